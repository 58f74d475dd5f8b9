from decimal import Decimal

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..core.penalty import ACT_365, ACT_ACT

INCOME_TYPES = ("income", "income_other")


class RelanceCompanyPenalty(models.AbstractModel):
    """How a company reckons, states and invoices late-payment penalties.

    Extends ``res.company``.
    """

    _name = "relance.company.penalty"
    _description = "Late-payment penalties of a company"

    relance_penalty_year = fields.Selection(
        [(ACT_365, "365 days"), (ACT_ACT, "365 days, 366 in leap years")],
        string="Days in a year",
        default=ACT_365,
        required=True,
        help="No text fixes it; every published formula divides by 365.",
    )
    relance_penalty_paid_late = fields.Boolean(
        string="Penalties of invoices paid late",
        help="What was paid, but late, is shown and claimed with what is still owed.",
    )
    relance_penalty_account_id = fields.Many2one(
        "account.account",
        string="Income account of penalties",
        domain=[("account_type", "in", INCOME_TYPES)],
        check_company=True,
        help="Where invoiced penalties go, without VAT: 763 for instance.",
    )
    relance_penalty_excluded_country_ids = fields.Many2many(
        "res.country",
        "relance_company_excluded_country_rel",
        string="Countries without penalties",
        help="Nothing is asked from customers of these countries, unless a regime is "
        "chosen for them.",
    )
    relance_penalty_mentions = fields.Boolean(
        string="Mentions on invoices",
        default=True,
        help="Invoices to professionals state the rate of penalties, the indemnity and "
        "the discount terms (Code de commerce, L441-9).",
    )
    relance_discount_note = fields.Char(
        string="Discount terms",
        translate=True,
        help="What invoices say of discounts for early payment. Empty: that there are "
        "none, or those of the payment terms.",
    )
    relance_penalty_rate_note = fields.Char(compute="_compute_relance_penalty_note")

    @api.depends("relance_penalty_rate")
    def _compute_relance_penalty_note(self):
        today = fields.Date.context_today(self)
        rates = self.env["relance.interest.rate"]
        for company in self:
            company.relance_penalty_rate_note = rates._warn_below_floor(
                company.relance_penalty_rate, today
            )

    @api.constrains("relance_penalty_rate")
    def _check_relance_penalty_rate(self):
        for company in self.filtered(lambda c: not 0 <= c.relance_penalty_rate <= 100):
            raise ValidationError(
                self.env._(
                    "The penalty rate of %(name)s must lie between 0 and 100 %%.",
                    name=company.display_name,
                )
            )

    @api.constrains("relance_penalty_account_id")
    def _check_relance_penalty_account(self):
        for company in self:
            account = company.relance_penalty_account_id
            if account and account.account_type not in INCOME_TYPES:
                raise ValidationError(
                    self.env._(
                        "Penalties are income: choose another account than "
                        "%(account)s for them.",
                        account=account.display_name,
                    )
                )

    def _get_relance_penalty_settings(self):
        """Return what the core needs to know of the company."""
        self.ensure_one()
        rate = self.relance_penalty_rate
        return {
            "rate": Decimal(str(rate)) if rate else None,
            "year": self.relance_penalty_year or ACT_365,
            "excluded": frozenset(self.relance_penalty_excluded_country_ids.ids),
        }
