from odoo import fields, models

from .account_move_agreements import AGREEMENTS
from .relance_groups import OFFICER_GROUP


class RelanceDebtorAgreements(models.AbstractModel):
    """What was said with a customer: disputes, promises, payment plans."""

    _name = "relance.debtor.agreements"
    _description = "Agreements with a customer"

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
        debtors = self.commercial_partner_id
        for name, model in AGREEMENTS.items():
            counts = dict(
                self.env[model]._read_group(
                    [("partner_id", "in", debtors.ids), ("state", "!=", "cancelled")],
                    ["partner_id"],
                    ["__count"],
                )
            )
            for partner in self:
                partner[f"relance_{name}_count"] = counts.get(
                    partner.commercial_partner_id, 0
                )

    def action_relance_disputes(self):
        """Open the disputes of this customer."""
        return self._relance_open_agreements("relance_dispute_action")

    def action_relance_promises(self):
        """Open the promises of this customer."""
        return self._relance_open_agreements("relance_promise_action")

    def action_relance_plans(self):
        """Open the payment plans of this customer."""
        return self._relance_open_agreements("relance_plan_action")

    def _relance_open_agreements(self, name):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(f"relance_ar.{name}")
        debtor = self.commercial_partner_id
        return {
            **action,
            "domain": [("partner_id", "=", debtor.id)],
            "context": {"default_partner_id": debtor.id},
        }
