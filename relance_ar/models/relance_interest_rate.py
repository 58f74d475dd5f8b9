from decimal import Decimal

from odoo import api, fields, models
from odoo.tools import format_date

RATE_DIGITS = (6, 3)


class RelanceInterestRate(models.Model):
    """A reference rate from a date on. Penalties read one for each half-year."""

    _name = "relance.interest.rate"
    _description = "Reference interest rate"
    _order = "date_from desc, kind"
    _rec_name = "date_from"

    kind = fields.Selection(
        [
            ("ecb_mro", "ECB main refinancing rate"),
            ("legal_professional", "Legal rate, professionals"),
            ("legal_individual", "Legal rate, individuals"),
        ],
        required=True,
    )
    date_from = fields.Date(
        string="From",
        required=True,
        help="1 January or 1 July: the day at which the law reads the rate.",
    )
    value = fields.Float(string="Rate (%)", digits=RATE_DIGITS, required=True)
    source = fields.Char(
        translate=True, help="Where the value was read: a decision, an order, a page."
    )
    is_confirmed = fields.Boolean(
        string="Confirmed", help="Checked against the official publication."
    )

    _kind_date_uniq = models.UniqueIndex(
        "(kind, date_from)", "There is already a rate of this kind for this date."
    )
    _value_bounded = models.Constraint(
        "CHECK (value >= -5 AND value < 100)", "A rate must lie between -5 and 100 %."
    )
    _semester_start = models.Constraint(
        "CHECK (EXTRACT(DAY FROM date_from) = 1 "
        "AND EXTRACT(MONTH FROM date_from) IN (1, 7))",
        "Rates are read on 1 January and 1 July.",
    )

    @api.depends("kind", "date_from", "value")
    def _compute_display_name(self):
        kinds = dict(self._fields["kind"]._description_selection(self.env))
        for rate in self:
            day = format_date(self.env, rate.date_from) if rate.date_from else ""
            rate.display_name = f"{kinds.get(rate.kind, '')} {day}"

    @api.model
    def _get_table(self, kinds=("ecb_mro",)):
        """Return the rates as ``{kind: {first day of the semester: percent}}``."""
        table = {}
        for rate in self.search([("kind", "in", kinds)]):
            percent = Decimal(f"{rate.value:.{RATE_DIGITS[1]}f}")
            table.setdefault(rate.kind, {})[rate.date_from] = percent
        return table
