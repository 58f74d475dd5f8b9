from odoo import api, fields, models
from odoo.tools import SQL

from ..core.export import write_csv
from ..core.penalty import NOTHING
from .relance_facts_types import CONFIRMED
from .relance_level import FORMAL_NOTICE
from .relance_penalty_states import SETTLED

NO_NOTICE = {"notice": None, "notice_number": "", "notice_received": None}
DAYS = ("date", "due", "limitation", "notice", "notice_received")


class RelanceLitigationExport(models.AbstractModel):
    """What an agency or a lawyer receives: a table, and the proof file."""

    _name = "relance.litigation.export"
    _description = "Export of a litigation"

    def _get_rows(self, day):
        """Return a row for each instalment of the case, as it stands on a day."""
        self.ensure_one()
        lines = self.move_line_ids.sorted(lambda line: (line.date_maturity, line.id))
        # sudo: totals of the lines of the case, which the user may read.
        claims = self.env["relance.penalty.claim"].sudo()
        found, _missing = claims._get_unclaimed(lines.sudo(), day, SETTLED)
        limits, parts = lines._get_relance_limitation(), self._get_disputed()
        notices = self._load_notices(lines.ids)
        return [
            {
                **self._prepare_row(line, found.get(line.id, NOTHING)),
                "disputed": float(parts.get(line.id, 0)),
                "limitation": limits.get(line.id),
                **notices.get(line.id, NO_NOTICE),
            }
            for line in lines
        ]

    @api.model
    def _load_notices(self, line_ids):
        """Return the last formal notice of lines that has left: what an agency asks.

        :return: ``{line id: {"notice": day it left, "notice_number": tracking number,
            "notice_received": day from which it counts}}``
        """
        self.env.flush_all()
        rows = self.env.execute_query(
            SQL(
                """
                SELECT DISTINCT ON (l.move_line_id)
                       l.move_line_id, r.date_done, g.number, g.notice_on
                  FROM relance_reminder_line l
                  JOIN relance_reminder r ON r.id = l.reminder_id
                  LEFT JOIN relance_registered_letter g ON g.reminder_id = r.id
                 WHERE l.move_line_id IN %s AND r.phase = %s AND r.state IN %s
                 ORDER BY l.move_line_id, r.date_done DESC, r.id DESC
                """,
                tuple(line_ids) or (0,),
                FORMAL_NOTICE,
                CONFIRMED,
            )
        )
        return {
            line_id: dict(zip(NO_NOTICE, (sent, number or "", received), strict=True))
            for line_id, sent, number, received in rows
        }

    def _prepare_row(self, line, penalty):
        debtor, move = self.partner_id, line.move_id
        return {
            "case": self.reference,
            "debtor": debtor.name,
            "siren": debtor.relance_siren or "",
            "vat": debtor.vat or "",
            "street": ", ".join(filter(None, (debtor.street, debtor.street2))),
            "zip": debtor.zip or "",
            "city": debtor.city or "",
            "country": debtor.country_id.code or "",
            "email": debtor.email or "",
            "phone": debtor.phone or "",
            "number": line.move_name or move.name,
            "date": move.invoice_date or line.date,
            "due": line.date_maturity,
            "amount": line.amount_currency,
            "owed": line.amount_residual_currency,
            "interest": float(penalty.interest),
            "indemnity": float(penalty.indemnity),
            "currency": line.currency_id.name,
        }

    @api.model
    def _get_csv_columns(self):
        """Return ``(key of a row, title)`` of the columns, in order."""
        return [
            ("case", self.env._("Case")),
            ("debtor", self.env._("Debtor")),
            ("siren", "SIREN"),
            ("vat", self.env._("VAT number")),
            ("street", self.env._("Street")),
            ("zip", self.env._("Postcode")),
            ("city", self.env._("City")),
            ("country", self.env._("Country")),
            ("email", self.env._("E-mail")),
            ("phone", self.env._("Phone")),
            ("number", self.env._("Invoice")),
            ("date", self.env._("Date")),
            ("due", self.env._("Due on")),
            ("amount", self.env._("Amount")),
            ("owed", self.env._("Still owed")),
            ("disputed", self.env._("Disputed")),
            ("interest", self.env._("Interest")),
            ("indemnity", self.env._("Indemnity")),
            ("currency", self.env._("Currency")),
            ("limitation", self.env._("Limitation, if nothing interrupts it")),
            ("notice", self.env._("Formal notice of")),
            ("notice_number", self.env._("Its tracking number")),
            ("notice_received", self.env._("Received, or first presented, on")),
        ]

    def _make_csv(self):
        """Return the cases as the bytes of a table."""
        today = fields.Date.context_today(self)
        rows = [row for case in self for row in case._get_rows(today)]
        for row in rows:
            for key in ("amount", "owed", "disputed", "interest", "indemnity"):
                row[key] = f"{row[key]:.2f}"
            for key in DAYS:
                row[key] = fields.Date.to_string(row[key]) if row[key] else ""
        return write_csv(self._get_csv_columns(), rows)

    def action_export(self):
        """Download the table of the cases for an agency or a lawyer."""
        self.check_access("read")
        self.check_access("write")
        # sudo: the file stays with the first case, which the user may write.
        attachment = (
            self.env["ir.attachment"]
            .sudo()
            .create(
                {
                    "name": "-".join([*self.mapped("reference")][:3]) + ".csv",
                    "raw": self._make_csv(),
                    "mimetype": "text/csv",
                    "res_model": self._name,
                    "res_id": self[:1].id,
                }
            )
        )
        return attachment._relance_download()

    def action_make_proof(self):
        """Make the proof file of the invoices of the case, and open it."""
        self.ensure_one()
        return self.env["relance.proof"]._make_for(self.move_ids, litigation=self)
