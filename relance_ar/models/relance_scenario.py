from odoo import api, fields, models

from ..core.schedule import Scenario


class RelanceScenario(models.Model):
    """An ordered ladder of levels, and the rhythm at which it is climbed."""

    _name = "relance.scenario"
    _inherit = "relance.company.shared"
    _description = "Dunning scenario"
    _order = "sequence, id"
    _check_company_auto = True

    name = fields.Char(required=True, translate=True)
    description = fields.Text(translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one(
        "res.company", help="Leave empty to share the scenario between companies."
    )
    level_ids = fields.One2many("relance.level", "scenario_id", copy=True)
    min_gap_days = fields.Integer(
        string="Minimum gap (days)",
        default=7,
        help="Days between two contacts with the same debtor.",
    )
    grace_days = fields.Integer(
        string="Grace (days)",
        default=2,
        help="Days left to the bank after the deadline that a message has granted.",
    )

    _days_bounded = models.Constraint(
        "CHECK (min_gap_days BETWEEN 0 AND 365 AND grace_days BETWEEN 0 AND 365)",
        "The minimum gap and the grace must lie between 0 and 365 days.",
    )

    @api.constrains("level_ids")
    def _check_levels(self):
        self.level_ids.with_context(relance_levels_in_one_go=False)._check_order()

    @api.model_create_multi
    def create(self, vals_list):
        # Levels saved with their scenario are checked together, once all are there.
        scenarios = super(
            RelanceScenario, self.with_context(relance_levels_in_one_go=True)
        ).create(vals_list)
        return scenarios.with_env(self.env)

    def write(self, vals):
        if "level_ids" in vals:
            self = self.with_context(relance_levels_in_one_go=True)
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_used(self):
        self.with_context(active_test=False).level_ids._unlink_except_used()

    def _to_core(self):
        """Return the scenario as the decision core wants it."""
        self.ensure_one()
        return Scenario(
            levels=tuple(level._to_core() for level in self.level_ids),
            min_gap=self.min_gap_days,
            grace=self.grace_days,
        )
