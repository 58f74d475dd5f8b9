from odoo import api, fields, models
from odoo.exceptions import UserError

from .res_partner_policy import OFFICER_GROUP


class RelanceDisputeCredit(models.AbstractModel):
    """The credit notes that come from a dispute: drafts, which accountants post."""

    _name = "relance.dispute.credit"
    _description = "Credit notes of a dispute"

    credit_move_ids = fields.Many2many(
        "account.move",
        "relance_dispute_credit_rel",
        string="Credit notes",
        readonly=True,
        copy=False,
        groups=OFFICER_GROUP,
    )
    credit_count = fields.Integer(compute="_compute_credit_count", groups=OFFICER_GROUP)

    @api.depends("credit_move_ids")
    def _compute_credit_count(self):
        for record in self:
            record.credit_count = len(record.credit_move_ids)

    def _make_credit_notes(self, amount, words):
        """Return draft credit notes of an amount, one for each invoice concerned.

        Drafts: who may post accounting entries does so.
        """
        self.ensure_one()
        parts = self._divide_by_invoice(amount)
        notes = self.env["account.move"]
        for move, part in parts.items():
            # sudo: a draft only; who concludes need not have rights on accounting.
            wizard = (
                self.env["account.move.reversal"]
                .sudo()
                .with_company(move.company_id)
                .create(
                    {
                        "move_ids": move.ids,
                        "company_id": move.company_id.id,
                        "reason": words or self.reason_id.name,
                        "journal_id": move.journal_id.id,
                    }
                )
            )
            wizard.reverse_moves()
            wizard.new_move_ids._relance_reduce_to(part)
            notes += wizard.new_move_ids
        return notes

    def _divide_by_invoice(self, amount):
        """Return ``{invoice: its part of an amount}``, the oldest first.

        :raise UserError: when nothing is open that could be credited
        """
        left, parts = amount, {}
        lines = self._get_open_lines()
        for line, is_open in zip(lines, lines._relance_open_amounts(), strict=True):
            part = min(left, is_open)
            if part > 0 and line.move_id.is_invoice():
                parts[line.move_id] = parts.get(line.move_id, 0) + part
                left -= part
        if not parts or self.currency_id.compare_amounts(left, 0) > 0:
            raise UserError(
                self.env._(
                    "%(name)s: less than %(amount)s is open on its invoices. Choose a "
                    "credit note that exists.",
                    name=self.display_name,
                    amount=self._money(amount),
                )
            )
        return parts

    def action_credit_notes(self):
        """Open the credit notes that came from the dispute."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Credit notes"),
            "res_model": "account.move",
            "view_mode": "list,form",
            "domain": [("id", "in", self.credit_move_ids.ids)],
            "context": {"create": False},
        }
