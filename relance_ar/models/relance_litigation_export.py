from odoo import api, fields, models
from odoo.tools import SQL

from ..core.export import write_csv
from ..core.penalty import NOTHING
from .ids_array import ids_array
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
        notices = self._load_last_notices(lines.ids)
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
    def _load_last_notices(self, line_ids):
        """Return the formal notice of lines that an agency asks for.

        The registered one that counts for what follows, as the case tells it; else the
        last one that has left in another way.

        :return: ``{line id: {"notice": day it left, "notice_number": tracking number,
            "notice_received": day from which it counts}}``
        """
        registered = self.env["relance.registered.letter"]._load_notices(line_ids)
        found = {
            line_id: {"notice": day, "notice_number": "", "notice_received": None}
            for line_id, day in self._load_other_notices(line_ids)
        }
        for line_id, notice in registered.items():
            found[line_id] = {
                "notice": notice.posted_on,
                "notice_number": notice.number,
                "notice_received": notice.notice_on,
            }
        return found

    @api.model
    def _load_other_notices(self, line_ids):
        """Return ``[(line id, day)]`` of the last formal notices that have left, by the
        rules of registered ones: of the step of the line, if it still counts."""
        self.env.flush_all()
        return self.env.execute_query(
            SQL(
                """
                SELECT rl.move_line_id, max(r.date_done)
                  FROM relance_reminder_line rl
                  JOIN relance_reminder r ON r.id = rl.reminder_id
                  JOIN relance_level lv ON lv.id = rl.level_id
                 WHERE rl.move_line_id = ANY(%s) AND rl.is_over IS NOT TRUE
                   AND lv.phase = %s AND r.state IN %s
                 GROUP BY rl.move_line_id
                """,
                ids_array(line_ids),
                FORMAL_NOTICE,
                CONFIRMED,
            )
        )

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
