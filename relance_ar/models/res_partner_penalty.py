from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import formatLang

from ..core.penalty import BUSINESS, CONSUMER, EXEMPT, PUBLIC
from ..core.penalty_terms import propose_regime
from .relance_groups import OFFICER_GROUP
from .relance_interest_rate import RATE_DIGITS

REGIMES = [
    (BUSINESS, "Business: ECB + 10 points, €40"),
    (PUBLIC, "Public buyer: ECB + 8 points, €40"),
    (CONSUMER, "Consumer: legal interest from the formal notice"),
    (EXEMPT, "No penalties"),
]
RATE_HELP = "Yearly rate agreed with this customer. With 0: that of your terms of sale."


class RelanceDebtorPenalty(models.AbstractModel):
    """The regime and the rate of a customer's penalties. Extends ``res.partner``.

    Plain columns without default: installing rewrites no partner.
    """

    _name = "relance.debtor.penalty"
    _description = "Late-payment penalties of a customer"

    relance_penalty_regime = fields.Selection(
        REGIMES,
        string="Regime of penalties",
        copy=False,
        groups=OFFICER_GROUP,
        help="Empty: as proposed from what the customer is.",
    )
    relance_penalty_regime_proposed = fields.Selection(
        REGIMES,
        string="Proposed regime",
        compute="_compute_relance_penalty_regime_proposed",
        groups=OFFICER_GROUP,
    )
    relance_penalty_rate = fields.Float(
        string="Penalty rate (%)",
        digits=RATE_DIGITS,
        company_dependent=True,
        copy=False,
        groups=OFFICER_GROUP,
        help=RATE_HELP,
    )
    relance_penalty_rate_note = fields.Char(
        compute="_compute_relance_penalty_rate_note", groups=OFFICER_GROUP
    )
    solvency_judgment_on = fields.Date(
        string="Proceedings opened on",
        copy=False,
        groups=OFFICER_GROUP,
        help="Day of the opening judgment, where no proceedings are followed: interest "
        "on earlier debts stops the day before it, and those that fall due from then "
        "on bear no indemnity.",
    )
    relance_penalty_accrued = fields.Char(
        string="Accrued until today",
        compute="_compute_relance_penalty_accrued",
        groups=OFFICER_GROUP,
        help="On what the customer owes, in each currency, claimed or not; also on "
        "what was paid late if the settings say so.",
    )
    relance_claim_count = fields.Integer(
        string="Penalty claims",
        compute="_compute_relance_claim_count",
        groups=OFFICER_GROUP,
    )

    @api.depends("is_company", "relance_siren", "vat", "commercial_partner_id")
    @api.depends_context("company")
    def _compute_relance_penalty_regime_proposed(self):
        # sudo: countries, of the current company's settings.
        excluded = self.env.company.sudo().relance_penalty_excluded_country_ids
        for partner in self:
            debtor = partner.commercial_partner_id
            partner.relance_penalty_regime_proposed = (
                EXEMPT
                if debtor.country_id in excluded
                else propose_regime(
                    debtor.is_company, debtor.relance_siren or "", debtor.vat or ""
                )
            )

    @api.depends("relance_penalty_rate", "relance_penalty_regime")
    @api.depends_context("company")
    def _compute_relance_penalty_rate_note(self):
        today = fields.Date.context_today(self)
        rates = self.env["relance.interest.rate"]
        for partner in self:
            partner.relance_penalty_rate_note = rates._warn_void(
                partner.relance_penalty_rate, today, partner._get_relance_regime()
            )

    @api.depends_context("company")
    def _compute_relance_penalty_accrued(self):
        today = fields.Date.context_today(self)
        lines = self.env["account.move.line"]
        company = self.env.company
        found = lines.search(
            lines._relance_late_domain(today, company.relance_penalty_paid_late)
            & fields.Domain("partner_id", "child_of", self.commercial_partner_id.ids)
            & fields.Domain("company_id", "=", company.id)
        )
        facts = self.env["relance.penalty.facts"]
        penalties, missing = facts._compute(found.ids, today, together=True)
        rates = self.env["relance.interest.rate"]
        mine = found.grouped(lambda line: line.partner_id.commercial_partner_id)
        for partner in self:
            own = mine.get(partner.commercial_partner_id._origin, lines)
            totals = [
                formatLang(
                    self.env,
                    sum(float(penalties[i].total) for i in group.ids if i in penalties),
                    currency_obj=currency,
                )
                for currency, group in own.grouped("currency_id").items()
            ]
            errors = {rates._say_missing(missing[i]) for i in own.ids if i in missing}
            # All or nothing: a part of it would be taken for the whole.
            partner.relance_penalty_accrued = " ".join(sorted(errors)) or " + ".join(
                totals
            )

    def _compute_relance_claim_count(self):
        counts = dict(
            self.env["relance.penalty.claim"]._read_group(
                [
                    ("partner_id", "in", self.commercial_partner_id.ids),
                    ("state", "!=", "cancelled"),
                ],
                ["partner_id"],
                ["__count"],
            )
        )
        for partner in self:
            partner.relance_claim_count = counts.get(partner.commercial_partner_id, 0)

    @api.constrains("relance_penalty_rate")
    def _check_relance_penalty_rate(self):
        for partner in self.filtered(
            lambda p: not 0 <= p.sudo().relance_penalty_rate <= 100
        ):
            raise ValidationError(
                self.env._(
                    "The penalty rate of %(name)s must lie between 0 and 100 %%.",
                    name=partner.display_name,
                )
            )

    def _get_relance_regime(self):
        """Return the regime of the customer: chosen, else proposed."""
        self.ensure_one()
        debtor = self.commercial_partner_id.sudo()  # sudo: for mentions on invoices
        return debtor.relance_penalty_regime or debtor.relance_penalty_regime_proposed

    def action_relance_claims(self):
        """Open the claims of penalties of this customer."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "relance_ar.relance_penalty_claim_action"
        )
        debtor = self.commercial_partner_id
        domain = [("partner_id", "=", debtor.id)]
        return {**action, "domain": domain, "context": {}}

    def action_relance_penalties(self):
        """Open what has accrued on what this customer owes, or paid late."""
        self.ensure_one()
        return self.env["relance.penalty.statement"]._open_for(
            {"partner_id": self.commercial_partner_id.id}
        )
