from odoo import models


class RelanceProofPapers(models.AbstractModel):
    """The invoices of a proof file: as they were sent, with their electronic form."""

    _name = "relance.proof.papers"
    _description = "Invoices of a proof file"

    def _collect_invoices(self):
        """Return the invoices: the PDF that was stored, else the copy that an e-mail
        carried, else printed now; the XML too."""
        section = self.env._("Invoices")
        copies = {}
        for attachment, move in self._find_sent_copies().items():
            copies.setdefault(move.id, attachment)  # the one that was sent first
        missing = self.move_ids.filtered(
            lambda m: not m.invoice_pdf_report_id and m.id not in copies
        )
        printed = self.env["relance.reminder"]._print_invoices(missing.ids)
        pieces = []
        for move in self.move_ids:
            sent = move.invoice_pdf_report_id or copies.get(move.id)
            content = sent.raw if sent else printed.get(move.id, b"")
            name = move._get_invoice_report_filename()
            date = move.invoice_date
            if not content:
                self._miss(self.env._("%(name)s: cannot be printed", name=move.name))
            else:
                pieces.append(self._piece(section, move.name, name, content, date=date))
            pieces += self._collect_electronic(section, move)
        return pieces

    def _collect_electronic(self, section, move):
        """Return the electronic forms of an invoice: files in XML."""
        files = self.env["ir.attachment"].search(
            [
                ("res_model", "=", "account.move"),
                ("res_id", "=", move.id),
                ("res_field", "in", (False, "ubl_cii_xml_file")),
                ("mimetype", "in", ("application/xml", "text/xml")),
            ]
        )
        return [
            self._piece(section, f"{move.name} · {file.name}", file.name, file.raw)
            for file in files
        ]
