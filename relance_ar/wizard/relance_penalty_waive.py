from odoo import api, fields, models
from odoo.exceptions import UserError


class RelancePenaltyWaive(models.TransientModel):
    """Asks why penalties are waived, and on which condition."""

    _name = "relance.penalty.waive"
    _description = "Waive penalties"

    claim_ids = fields.Many2many("relance.penalty.claim", readonly=True)
    reason = fields.Char(string="Why", required=True)
    paid_by = fields.Date(
        string="Only if paid by",
        help="Empty: waived at once. Otherwise they are waived by themselves once all "
        "has been paid by this day, and stay due if not.",
    )

    @api.model
    def _open_for(self, claims):
        """Return the action that asks for claims.

        :raise UserError: without claims
        """
        self._require(claims)
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Waive penalties"),
            "res_model": self._name,
            "view_mode": "form",
            "target": "new",
            "context": {"default_claim_ids": claims.ids},
        }

    @api.model
    def _require(self, claims):
        if not claims:
            raise UserError(self.env._("Choose the claims to waive."))

    def action_waive(self):
        """Waive the claims, or offer to.

        :raise UserError: without claims, or a reason
        """
        self._require(self.claim_ids)
        self.claim_ids.waive(self.reason, self.paid_by)
        return {"type": "ir.actions.act_window_close"}
