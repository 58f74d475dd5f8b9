import re

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from ..core.chain import digest_of_file
from ..core.company import legal_form
from ..registers.http import RegisterError
from .relance_proof_pages import MAX_OWN_PAGES

UNSAFE = re.compile(r"[^\w .()-]+")


class RelanceProofCollecting(models.AbstractModel):
    """Finds the pieces of a proof file; an extension adds its own section."""

    _name = "relance.proof.collecting"
    _inherit = [
        "relance.proof.contacts",
        "relance.proof.papers",
        "relance.proof.agreements",
    ]
    _description = "Pieces of a proof file"

    @api.model
    def _get_sections(self):
        """Return the names of the methods that find pieces, in the order of the file.

        Each returns a list of pieces: see ``_piece``. To be extended.
        """
        return [
            "_collect_statement",
            "_collect_invoices",
            "_collect_orders",
            "_collect_deliveries",
            "_collect_joined",
            "_collect_contacts",
            "_collect_letters",
            "_collect_files",
            "_collect_agreements",
            "_collect_penalties",
            "_collect_register",
        ]

    def _collect(self):
        """Return all the pieces, each with a file name of its own."""
        self.ensure_one()
        pieces, known = [], set()
        for rank, name in enumerate(self._get_sections(), 1):
            for piece in getattr(self, name)():
                content = digest_of_file(piece["content"])
                if piece.get("is_copy") and content in known:
                    continue
                known.add(content)
                number = len(pieces) + 1
                safe = UNSAFE.sub("_", piece["name"]).strip(" .") or "piece"
                piece["file"] = f"{rank:02d}/{number:03d} {safe[-100:]}"
                pieces.append(piece)
        return pieces

    def _miss(self, words):
        """Note what the file has not, and why: it is said after the index."""
        self.missing = [*(self.missing or []), words]

    @api.model
    def _piece(self, section, title, name, content, **more):
        """Return a piece.

        :param section: title of its part of the file
        :param name: of the file in the ZIP, with its extension
        :param content: bytes
        :param more: ``date``, ``mimetype``; ``pdf``: bytes of what is bound in its
            place; ``max_pages`` that are bound; ``is_copy``: left out when another
            piece has the same content
        """
        return {
            "section": section,
            "title": " ".join((title or "").split()),
            "name": name,
            "content": content,
            **more,
        }

    @api.model
    def _own_piece(self, title, content, date=None):
        """Return a piece that we print ourselves, a section by itself."""
        more = {"date": date, "max_pages": MAX_OWN_PAGES}
        return self._piece(title, title, f"{title}.pdf", content, **more)

    def _collect_statement(self):
        """Return the statement of account of the day, open and settled."""
        first = min(self.move_ids.mapped("date"))
        statement = self.env["relance.statement"].create(
            {
                "partner_id": self.partner_id.id,
                "company_id": self.company_id.id,
                "since": first,
            }
        )
        content = statement._print()
        title = self.env._("Statement of account")
        return [self._own_piece(title, content, statement.date)]

    def _collect_penalties(self):
        """Return the sheet of the penalties of the invoices, row by row."""
        lines = self.move_ids._get_relance_lines()
        sheet = self.env["relance.penalty.statement"].create(
            {
                "move_line_ids": [fields.Command.set(lines.ids)],
                "company_id": self.company_id.id,
            }
        )
        title = self.env._("Late-payment penalties")
        try:
            if not sheet._get_printed_sheet()["groups"]:
                self._miss(self.env._("%(title)s: none has accrued", title=title))
                return []
        except UserError as error:  # a rate is missing: nothing is stated in part
            self._miss(self.env._("%(name)s: %(why)s", name=title, why=error))
            return []
        content, _kind = self.env["ir.actions.report"]._render_qweb_pdf(
            "relance_ar.relance_penalty_statement_report", sheet.ids
        )
        return [self._own_piece(title, content, sheet.date)]

    def _collect_register(self):
        """Return what the registers say of the debtor, on the day if they answer."""
        title = self.env._("Register and insolvency notices")
        siren = self.partner_id.relance_siren
        if not siren:
            self._miss(self.env._("%(title)s: the SIREN is not known", title=title))
            return []
        failure = self._read_register(siren)
        known = self.env["relance.register.company"].search([("siren", "=", siren)])
        if failure:
            self._miss(self.env._("%(name)s: %(why)s", name=title, why=failure))
        if not known.filtered(lambda c: c.checked_at or c.data or c.bulletin_on):
            return []
        content = self._print_page("relance_ar.relance_proof_register_report")
        date = known.checked_at or known.bulletin_on
        return [self._own_piece(title, content, date)]

    def _read_register(self, siren):
        """Ask the register about the debtor, unless it was asked today.

        :return: in words why it did not answer, or ""
        """
        register = self.env["relance.register"]
        # sudo, by the caller: what the registers say, as its own look-up keeps it.
        listed = self.env["relance.register.company"]._of_sirens([siren])
        if listed._is_fresh():
            return ""
        try:
            client = register._get_client()
            company = register._fetch_company(siren, client)
        except RegisterError as error:
            return register._say_failure(error.code)
        listed._note_answer(company, client.code)
        listed._apply()
        return ""

    def _get_register(self):
        """Return what the register page shows: the company, in words, its notices."""
        siren = self.partner_id.relance_siren
        company = self.env["relance.register.company"].search(
            [("siren", "=", siren)], limit=1
        )
        return {
            "company": company,
            "rows": self._get_register_rows(company.data or {}),
            "notices": self.env["relance.notice"].search([("siren", "=", siren)]),
        }

    @api.model
    def _get_register_rows(self, data):
        """Return ``[(label, text)]`` of what a register says of a company."""
        code = data.get("legal_form") or ""
        names = ("street", "zip", "city")
        return [
            (self.env._("Name"), data.get("name")),
            ("SIRET", data.get("siret")),
            (self.env._("Legal form"), legal_form(code) or code),
            (self.env._("Address"), " ".join(filter(None, map(data.get, names)))),
            (self.env._("VAT number"), data.get("vat")),
            (self.env._("Activity"), data.get("activity")),
            (self.env._("Size"), data.get("size")),
            (self.env._("Staff"), data.get("staff")),
            (self.env._("Created on"), data.get("created_on")),
            (self.env._("Closed on"), data.get("closed_on")),
        ]

    def _print_page(self, report):
        """Return the PDF of the proof file by a report of its own."""
        content, _kind = self.env["ir.actions.report"]._render_qweb_pdf(
            report, self.ids
        )
        return content

    def _collect_joined(self):
        """Return the papers that a person has joined."""
        section = self.env._("Papers joined")
        return self._collect_attachments(section, self.paper_ids)

    def _collect_orders(self):
        """Return the orders of the invoices, when Odoo's sales are installed."""
        if "sale.order" not in self.env:
            return []
        # sudo, by the caller: the orders of invoices that the user may read.
        orders = self._get_orders()
        return self._print_documents(
            self.env._("Orders"), "sale.action_report_saleorder", orders
        )

    def _get_orders(self):
        lines = self.move_ids.invoice_line_ids
        if "sale_line_ids" not in lines._fields:
            return []
        return lines.sale_line_ids.order_id

    def _collect_deliveries(self):
        """Return the delivery slips of these orders, when stock is installed."""
        orders = self._get_orders() if "stock.picking" in self.env else []
        if not orders or "picking_ids" not in orders._fields:
            return []
        done = orders.picking_ids.filtered(lambda p: p.state == "done")
        return self._print_documents(
            self.env._("Deliveries"), "stock.action_report_delivery", done
        )

    def _print_documents(self, section, report, records):
        """Return a piece for each record, printed by its own report."""
        pieces = []
        for record in records:
            name = record.display_name
            try:
                content, _kind = self.env["ir.actions.report"]._render_qweb_pdf(
                    report, record.ids
                )
            except (AccessError, UserError) as error:
                self._miss(
                    self.env._(
                        "%(name)s: %(why)s", name=f"{section}, {name}", why=error
                    )
                )
                continue
            pieces.append(self._piece(section, name, f"{name}.pdf", content))
        return pieces

    def _prove_contacts(self):
        """Return what the check of the contacts of the debtor says now, and the last
        digests: dicts of ``code``, ``count`` and ``head``."""
        chains = self.env["relance.event.chain"].search(
            [
                ("partner_id", "=", self.partner_id.id),
                ("company_id", "=", self.company_id.id),
            ]
        )
        notes, heads = [], []
        for chain in chains:
            end = {"code": chain.code, "count": chain.event_count, "head": chain.head}
            heads.append(end)
            notes.append(
                chain._say_breaks(chain._find_breaks())
                or self.env._(
                    "%(count)s contacts, as they were recorded. Last digest: %(head)s",
                    **end,
                )
            )
        return "\n".join(notes) or self.env._("No contact was recorded."), heads
