from odoo import fields, models

from .res_partner_policy import OFFICER_GROUP

AGREEMENTS = {
    "dispute": "relance.dispute",
    "promise": "relance.promise",
    "plan": "relance.plan",
}


class RelanceMoveAgreements(models.AbstractModel):
    """What was said about an invoice: disputes, promises, payment plans."""

    _name = "relance.move.agreements"
    _description = "Agreements about an invoice"

    relance_dispute_count = fields.Integer(
        string="Disputes", compute="_compute_relance_agreements", groups=OFFICER_GROUP
    )
    relance_promise_count = fields.Integer(
        string="Promises", compute="_compute_relance_agreements", groups=OFFICER_GROUP
    )
    relance_plan_count = fields.Integer(
        string="Payment plans",
        compute="_compute_relance_agreements",
        groups=OFFICER_GROUP,
    )

    def _compute_relance_agreements(self):
        for name, model in AGREEMENTS.items():
            found = self.env[model].search(
                [
                    ("move_line_ids.move_id", "in", self.ids),
                    ("state", "!=", "cancelled"),
                ]
            )
            moves_of = {record: record.move_line_ids.move_id for record in found}
            for move in self:
                move[f"relance_{name}_count"] = sum(
                    move in moves for moves in moves_of.values()
                )

    def _post(self, soft=True):
        # EXTENDS 'account': what was said of a corrected invoice goes on for all of it.
        posted = super()._post(soft)
        for model in AGREEMENTS.values():
            self.env[model]._take_over_lines(posted)
        return posted

    def action_relance_disputes(self):
        """Open the disputes about this invoice."""
        return self._relance_open_agreements("relance_dispute_action")

    def action_relance_promises(self):
        """Open the promises about this invoice."""
        return self._relance_open_agreements("relance_promise_action")

    def action_relance_plans(self):
        """Open the payment plans about this invoice."""
        return self._relance_open_agreements("relance_plan_action")

    def _relance_open_agreements(self, name):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(f"relance_ar.{name}")
        domain = [("move_line_ids.move_id", "=", self.id)]
        return {**action, "domain": domain, "context": {}}

    def action_relance_dispute(self):
        """Open a new dispute about what is still owed on this invoice."""
        return self._get_relance_open_lines().action_relance_dispute()
