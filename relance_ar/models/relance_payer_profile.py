from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..core import profile


class RelancePayerProfile(models.Model):
    """A way of paying, and how to deal with it. The codes are fixed: they are assessed.

    What people change here is the strategy: its words, its scenario, its rhythm.
    """

    _name = "relance.payer.profile"
    _description = "Payer profile"
    _order = "sequence, id"

    code = fields.Selection(
        [
            (profile.GOOD, "Good payer"),
            (profile.NEGLIGENT, "Negligent"),
            (profile.ADMINISTRATIVE, "Administrative"),
            (profile.AUTOMATIC, "Automatic"),
            (profile.DISPUTE, "Dispute"),
            (profile.BAD_PAYER, "Bad payer"),
            (profile.INSOLVENT, "Insolvent"),
        ],
        required=True,
        readonly=True,
    )
    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    strategy = fields.Text(
        translate=True, help="How to deal with these customers, for the officers."
    )
    scenario_id = fields.Many2one(
        "relance.scenario",
        index="btree_not_null",
        ondelete="set null",
        domain=[("company_id", "=", False)],
        help="For customers of this profile without a scenario of their own. Empty: "
        "the default scenario of the company.",
    )
    is_chased = fields.Boolean(
        string="Reminded",
        default=True,
        help="Without it nobody is reminded: only payments that are rejected or do not "
        "come are followed up.",
    )
    watch_days = fields.Integer(
        string="Watch (days)",
        default=5,
        help="For automatic payments: an instalment that is still open this many days "
        "after its due date is treated as a rejected payment.",
    )

    _code_uniq = models.UniqueIndex("(code)", "This profile exists already.")
    _watch_bounded = models.Constraint(
        "CHECK (watch_days BETWEEN 0 AND 365)",
        "The days of watch must lie between 0 and 365.",
    )

    @api.constrains("scenario_id")
    def _check_scenario(self):
        for record in self:
            if record.scenario_id.company_id:
                raise ValidationError(
                    self.env._(
                        "The profile %(profile)s serves all companies: choose a "
                        "scenario that they share, not %(scenario)s.",
                        profile=record.name,
                        scenario=record.scenario_id.name,
                    )
                )

    def _get_watch(self):
        """Return the days of watch of a profile that is not reminded, else None."""
        return self.watch_days if self and not self.is_chased else None

    @api.model
    def _ids_by_code(self):
        """Return ``{code: id}``."""
        return {record.code: record.id for record in self.search([], limit=100)}
