from odoo import api, fields, models


class RelancePlanLine(models.Model):
    """What active plans are about: an instalment is paid by one plan at a time.

    The database keeps it so, whoever activates plans at once.
    """

    _name = "relance.plan.line"
    _description = "Instalment under an active plan"
    _log_access = False

    plan_id = fields.Many2one(
        "relance.plan",
        string="Payment plan",
        required=True,
        index=True,
        ondelete="cascade",
    )
    move_line_id = fields.Many2one(
        "account.move.line", required=True, ondelete="cascade"
    )

    _line_uniq = models.UniqueIndex(
        "(move_line_id)", "Another plan is under way on the same instalments."
    )

    @api.model
    def _follow(self, plans):
        """Hold the instalments of the active plans, and let go those of the others."""
        self.search([("plan_id", "in", plans.ids)]).unlink()
        active = plans.filtered(lambda plan: plan.state == "active")
        self.create(
            [
                {"plan_id": plan.id, "move_line_id": line.id}
                for plan in active
                for line in plan.move_line_ids
            ]
        )
