from odoo import api, fields, models
from odoo.exceptions import UserError


class RelanceLineHoldWizard(models.TransientModel):
    """Asks until when, and why, instalments are not to be chased."""

    _name = "relance.line.hold.wizard"
    _description = "Do not chase until"

    move_line_ids = fields.Many2many(
        "account.move.line", string="Instalments", required=True
    )
    date_until = fields.Date(
        string="Until",
        help="The last day of the hold. Empty: until somebody lifts it.",
    )
    reason = fields.Char(required=True)

    @api.model
    def _open_for(self, lines):
        """Return the action that asks about ``lines``.

        :raise UserError: when nothing is owed on any of them
        """
        owed = lines.filtered(
            lambda line: (
                line.account_type == "asset_receivable"
                and line.parent_state == "posted"
                and line.amount_residual_currency > 0
            )
        )
        if not owed:
            raise UserError(
                self.env._("Nothing is owed here: there is nothing to hold.")
            )
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Do not chase until…"),
            "res_model": self._name,
            "view_mode": "form",
            "target": "new",
            "context": {"default_move_line_ids": owed.ids},
        }

    def action_hold(self):
        """Hold the instalments.

        :return: an action that shows the screen behind again
        :raise UserError: without a reason
        """
        self.ensure_one()
        reason = self.reason.strip()
        if not reason:
            raise UserError(self.env._("Say why they are not to be chased."))
        self.env["relance.line.hold"]._hold(self.move_line_ids, reason, self.date_until)
        return {"type": "ir.actions.client", "tag": "soft_reload"}
