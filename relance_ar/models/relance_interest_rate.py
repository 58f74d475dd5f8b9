from decimal import Decimal

from odoo import api, fields, models, tools
from odoo.tools import format_date, formatLang

from ..core.penalty import (
    LEGAL_PROFESSIONAL,
    PUBLIC,
    UnknownJudgmentError,
    semester_of,
)
from ..core.penalty_terms import floor_at, public_floor

RATE_DIGITS = (6, 3)


class RelanceInterestRate(models.Model):
    """A reference rate from a date on. Penalties read one for each half-year."""

    _name = "relance.interest.rate"
    _description = "Reference interest rate"
    _inherit = ["relance.interest.rate.asking", "mail.thread", "mail.activity.mixin"]
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
    value = fields.Float(
        string="Rate (%)", digits=RATE_DIGITS, required=True, tracking=True
    )
    source = fields.Char(
        translate=True, help="Where the value was read: a decision, an order, a page."
    )
    is_confirmed = fields.Boolean(
        string="Confirmed",
        tracking=True,
        help="Checked against the official publication.",
    )
    confirmed_by_id = fields.Many2one("res.users", readonly=True, copy=False)
    confirmed_on = fields.Date(readonly=True, copy=False)

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
    def _say_missing(self, missing):
        """Return the words of an ``UnknownPenaltyError``, with the remedy."""
        if isinstance(missing, UnknownJudgmentError):
            # sudo: the name of a debtor whose invoice is read.
            debtor = self.env["res.partner"].sudo().browse(missing.debtor_id)
            return self.env._(
                "%(name)s is in insolvency proceedings without a day of judgment: "
                "confirm the proceedings or enter that day on the customer. Until then "
                "no penalties are reckoned.",
                name=debtor.display_name,
            )
        kinds = self._fields["kind"]._description_selection(self.env)
        return self.env._(
            "No rate “%(kind)s” is known for the half-year from %(day)s: enter it in "
            "Collections › Configuration › Interest rates.",
            kind=dict(kinds)[missing.kind],
            day=missing.semester.strftime("%d/%m/%Y"),
        )

    @api.model
    def _get_floor(self, day):
        """Return three times the legal rate of ``day``, or None if it is not known."""
        # sudo: a published rate, told to whoever sets one.
        table = self.sudo()._get_table((LEGAL_PROFESSIONAL,))
        return floor_at(day, table.get(LEGAL_PROFESSIONAL, {}))

    @api.model
    def _warn_below_floor(self, rate, day):
        """Return that a stipulated rate is below what the law allows, or False.

        L441-10 II: the parties may not agree on less than three times the legal rate.
        Warned of, never raised: which half-year binds an old clause is not settled.
        """
        floor = self._get_floor(day) if rate else None
        if floor is None or Decimal(str(rate)) >= floor:
            return False
        return self.env._(
            "%(rate)s %% is below three times the legal rate, %(floor)s %% in the "
            "half-year from %(day)s: such a clause is not valid (Code de commerce, "
            "L441-10).",
            rate=formatLang(self.env, rate, digits=2),
            floor=formatLang(self.env, float(floor), digits=2),
            day=format_date(self.env, semester_of(day)),
        )

    @api.model
    def _warn_void(self, rate, day, regime):
        """Return why a stipulated rate does not bind a debtor under a regime, or False.

        A public buyer owes the statutory rate at least (L2192-14); others: see
        ``_warn_below_floor``.
        """
        if regime != PUBLIC:
            return self._warn_below_floor(rate, day)
        # sudo: a published rate, told to whoever sets one.
        floor = public_floor(day, self.sudo()._get_table()) if rate else None
        if floor is None or Decimal(str(rate)) >= floor:
            return False
        return self.env._(
            "%(rate)s %% is below the statutory rate of public buyers, %(floor)s %% in "
            "the half-year from %(day)s: such a clause is void, the statutory rate "
            "applies (Code de la commande publique, L2192-14).",
            rate=formatLang(self.env, rate, digits=2),
            floor=formatLang(self.env, float(floor), digits=2),
            day=format_date(self.env, semester_of(day)),
        )

    @api.model_create_multi
    def create(self, vals_list):
        rates = super().create(vals_list)
        self.env.registry.clear_cache()
        return rates

    def write(self, vals):
        result = super().write(vals)
        self.env.registry.clear_cache()
        return result

    @api.ondelete(at_uninstall=True)
    def _unlink_clear_cache(self):
        self.env.registry.clear_cache()

    @api.model
    @tools.ormcache("kinds")
    def _get_table(self, kinds=("ecb_mro",)):
        """Return the rates as ``{kind: {first day of the semester: percent}}``.

        Kept between calls, which only read it: every message states its rate.
        """
        table = {}
        for rate in self.search([("kind", "in", kinds)]):
            percent = Decimal(f"{rate.value:.{RATE_DIGITS[1]}f}")
            table.setdefault(rate.kind, {})[rate.date_from] = percent
        return table
