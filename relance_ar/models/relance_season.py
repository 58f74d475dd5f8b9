from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..core.calendar import Season

MONTHS = [
    ("1", "January"),
    ("2", "February"),
    ("3", "March"),
    ("4", "April"),
    ("5", "May"),
    ("6", "June"),
    ("7", "July"),
    ("8", "August"),
    ("9", "September"),
    ("10", "October"),
    ("11", "November"),
    ("12", "December"),
]
# The longest that each month can be.
DAYS = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)


class RelanceSeason(models.Model):
    """A part of every year with a rhythm of its own, such as August and September."""

    _name = "relance.season"
    _inherit = "relance.company.shared"
    _description = "Season of collections"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one(
        "res.company", help="Leave empty to share the season between companies."
    )
    first_day = fields.Integer(required=True, default=1)
    first_month = fields.Selection(MONTHS, required=True)
    last_day = fields.Integer(required=True, default=31)
    last_month = fields.Selection(MONTHS, required=True)
    has_lead = fields.Boolean(
        string="Ask before it begins",
        help="What falls due in the season is first asked about before it begins, "
        "while somebody is there to approve the invoice.",
    )
    lead_days = fields.Integer(
        string="At the latest, days before",
        default=7,
        help="Days between the first preventive contact and the start of the season.",
    )
    has_gap = fields.Boolean(
        string="Tighter rhythm",
        help="Contacts in the season follow one another sooner than the scenario says.",
    )
    gap_days = fields.Integer(
        string="Minimum gap (days)",
        default=4,
        help="Days between two contacts with one debtor, in the season.",
    )

    _bounded = models.Constraint(
        "CHECK (lead_days BETWEEN 0 AND 90 AND gap_days BETWEEN 1 AND 365)",
        "A lead lies between 0 and 90 days, a gap between 1 and 365.",
    )

    @api.constrains("first_day", "first_month", "last_day", "last_month")
    def _check_days(self):
        for season in self:
            for day, month in (season._get_first(), season._get_last()):
                if not 1 <= day <= DAYS[month - 1]:
                    raise ValidationError(
                        self.env._(
                            "%(season)s: the month %(month)s has no day %(day)s.",
                            season=season.name,
                            month=month,
                            day=day,
                        )
                    )

    def _get_first(self):
        self.ensure_one()
        return self.first_day, int(self.first_month)

    def _get_last(self):
        self.ensure_one()
        return self.last_day, int(self.last_month)

    def _to_core(self):
        """Return the seasons as the calendar wants them."""
        return tuple(
            Season(
                name=season.name,
                first=season._get_first()[::-1],
                last=season._get_last()[::-1],
                lead=season.lead_days if season.has_lead else None,
                min_gap=season.gap_days if season.has_gap else None,
            )
            for season in self
        )

    @api.model
    def _of_company(self, company):
        """Return the seasons of a company, shared ones included."""
        # sudo: policy, needed by whoever plans.
        return self.sudo().search(
            [("company_id", "in", [False, *company.parent_ids.ids])]
        )
