from odoo import models


class RelanceProofAgreements(models.AbstractModel):
    """The disputes, promises and payment plans of a proof file, with their papers."""

    _name = "relance.proof.agreements"
    _description = "Agreements of a proof file"

    def _get_agreements(self):
        """Return what was contested, promised and agreed about the invoices.

        :return: list of dicts: ``title`` and ``records``, oldest first, those that were
            taken back or never agreed left out
        """
        self.ensure_one()
        about = [("move_line_ids.move_id", "in", self.move_ids.ids)]
        known = [*about, ("state", "!=", "cancelled")]
        # One that was signed and has ended since is a proof all the same.
        signed = [*about, ("activated_by_id", "!=", False)]
        found = [
            (self.env._("Disputes"), self.env["relance.dispute"].search(known)),
            (self.env._("Promises to pay"), self.env["relance.promise"].search(known)),
            (self.env._("Payment plans"), self.env["relance.plan"].search(signed)),
        ]
        return [
            {"title": title, "records": records.sorted("id")}
            for title, records in found
            if records
        ]

    def _collect_agreements(self):
        """Return the list of what was agreed or contested, then what shows it: signed
        documents, proofs, credit notes."""
        groups = self._get_agreements()
        if not groups:
            return []
        section = self.env._("Disputes, promises and plans")
        content = self._print_page("relance_ar.relance_proof_agreements_report")
        pieces = [self._own_piece(section, content)]
        # What left with an e-mail is among the files of the contacts already.
        known = self._get_written().attachment_ids
        for record in (record for group in groups for record in group["records"]):
            files = record._get_proof_files() - known
            known += files
            pieces += self._collect_attachments(
                section, files, record.create_date, record.reference
            )
            notes = record._get_proof_credits() - self.move_ids
            pieces += self._collect_credits(section, notes)
        return pieces

    def _collect_credits(self, section, notes):
        """Return the credit notes with which disputes were concluded."""
        printed = self.env["relance.reminder"]._print_invoices(notes.ids)
        return [
            self._piece(
                section,
                note.name,
                note._get_invoice_report_filename(),
                printed[note.id],
                date=note.invoice_date,
            )
            for note in notes
            if printed.get(note.id)
        ]
