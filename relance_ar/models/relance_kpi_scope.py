from dataclasses import dataclass, field
from datetime import date

from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.fields import Domain

MONTHS = 12
# What a period may be, in months.
PERIODS = (3, 6, 12, 24)
NO_PROFILE = -1


@dataclass(frozen=True)
class Scope:
    """Of which companies, debtors and months figures are.

    :param ends: last day of each period, the day of the figures last; the first one
        opens the first month shown
    :param debtors: domain of the debtors in each company, by its id; {} for all
    """

    day: date
    ends: tuple
    companies: models.BaseModel
    debtors: dict = field(default_factory=dict)

    @property
    def months(self):
        """Return ``[(first day, last day)]`` of the months shown, oldest first."""
        return [(day.replace(day=1), day) for day in self.ends[1:]]

    @property
    def start(self):
        """Return the first day of the first month shown."""
        return self.ends[1].replace(day=1)

    @property
    def currency(self):
        """Return the currency that everything is converted to."""
        return self.companies.env.company.currency_id


class RelanceKpiScope(models.AbstractModel):
    """What figures are about: the user's companies, some debtors, some months.

    Every query begins with the ORM's own on the model it reads, so that access rights
    and record rules hold, whatever rules a database adds.
    """

    _name = "relance.kpi.scope"
    _inherit = ["relance.kpi.filters"]
    _description = "Scope of figures"

    @api.model
    def _get_scope(self, filters=None):
        """Return the scope that filters of the screen ask for.

        :param filters: ``day`` (date or its ISO form, today), ``months`` (12), and ids:
            ``officer_id``, ``salesperson_id``, ``team_id``, ``profile_id`` (-1: none),
            ``debtor_id``
        :raise AccessError: for who is no officer
        :raise UserError: for filters that are none
        """
        self._check_officer()
        filters = filters or {}
        self._check_filters(filters)
        today = fields.Date.context_today(self)
        runs = self.env["relance.run"]
        day = min(runs._to_date(filters.get("day") or today), today)
        months = filters.get("months")
        months = months if months in PERIODS else MONTHS
        companies = self.env.companies
        debtors = {}
        for company in companies:
            domain = self._get_debtor_domain(filters, company)
            if not domain.is_true():
                debtors[company.id] = domain
        return Scope(day, self._month_ends(day, months), companies, debtors)

    @api.model
    def _month_ends(self, day, months):
        """Return the last days of so many months up to a day, and of the one before.

        The last one is the day itself: its month may be under way.
        """
        first = day.replace(day=1)
        last_days = [
            first - relativedelta(months=back, days=1)
            for back in range(months - 1, -1, -1)
        ]
        return (*last_days, day)

    @api.model
    def _get_debtor_domain(self, filters, company):
        """Return the domain of the commercial partners that filters ask for.

        :rtype: Domain
        """
        domain = Domain.TRUE
        if debtor_id := filters.get("debtor_id"):
            domain &= Domain("id", "=", debtor_id)
        if officer_id := filters.get("officer_id"):
            domain &= self._get_officer_domain(officer_id, company)
        if profile_id := filters.get("profile_id"):
            wanted = False if profile_id == NO_PROFILE else profile_id
            domain &= Domain("payer_profile_id", "=", wanted)
        if salesperson_id := filters.get("salesperson_id"):
            domain &= Domain("user_id", "=", salesperson_id)
        if filters.get("team_id") and "crm.team" in self.env:
            # sudo: who is in a team, to choose the customers by.
            team = self.env["crm.team"].sudo().browse(filters["team_id"])
            domain &= Domain("user_id", "in", team.member_ids.ids)
        return domain

    @api.model
    def _get_officer_domain(self, officer_id, company):
        """Return the domain of the debtors that an officer looks after.

        As the planner has it: a debtor without an officer, or whose officer is none any
        more, belongs to that of the company.

        :rtype: Domain
        """
        officers = company._get_relance_officers()
        if officer_id == company._pick_relance_officer(officers).id:
            others = officers.ids
            others.remove(officer_id)
            return Domain("relance_user_id", "not in", others)
        if officer_id in officers.ids:
            return Domain("relance_user_id", "=", officer_id)
        return Domain.FALSE

    # -------------------------------------------------------------------- queries

    @api.model
    def _scope_domain(self, scope, partner="partner_id"):
        """Return the domain of the records of a scope.

        :param partner: name of the field that leads to the debtor or a contact of it
        :rtype: Domain
        """
        if not scope.debtors:
            return Domain("company_id", "in", scope.companies.ids)
        domains = []
        for company in scope.companies:
            domain = Domain("company_id", "=", company.id)
            if company.id in scope.debtors:
                partners = self._debtors_query(scope, company)
                domain &= Domain(partner, "in", partners)
            domains.append(domain)
        return Domain.OR(domains)

    @api.model
    def _debtors_query(self, scope, company):
        """Return the query of the debtors of a scope and their contacts."""
        # sudo: to choose by, among records that the user reads; a debtor who belongs to
        # another company by now is in the figures of all, and so in somebody's.
        partners = self.env["res.partner"].sudo().with_company(company)
        debtors = partners._search(scope.debtors[company.id], active_test=False)
        return partners._search(
            Domain("commercial_partner_id", "in", debtors), active_test=False
        )

    @api.model
    def _lines_query(self, scope, *domains):
        """Return the ORM's query of posted receivable lines of a scope."""
        self.env.flush_all()
        domain = Domain.AND(
            [
                Domain("account_id", "in", self._receivable_ids()),
                Domain("parent_state", "=", "posted"),
                self._scope_domain(scope),
                *domains,
            ]
        )
        return self.env["account.move.line"]._search(domain)

    @api.model
    def _receivable_ids(self):
        """Return the ids of the receivable accounts, of all companies."""
        return self.env["relance.run"]._receivable_account_ids()

    @api.model
    def _journal_ids(self, scope, *types):
        """Return the ids of the journals of some types.

        Those of the parents too: a branch posts in them. Whose the entries are is said
        by their own company.
        """
        journals = self.env["account.journal"].with_context(active_test=False)
        # sudo: ids of the parents, themselves among them, that the user may not have.
        companies = scope.companies.sudo().with_context(active_test=False).parent_ids
        domain = [("type", "in", types), ("company_id", "in", companies.ids)]
        return list(journals._search(domain))

    # ----------------------------------------------------------------- currencies

    @api.model
    def _rate_of(self, scope, company_id, currency_id, day, known):
        """Return what one unit of a currency is worth in that of the scope, on a day.

        :param known: dict that keeps the rates between calls
        :rtype: Decimal
        """
        key = (company_id, currency_id, day)
        if key not in known:
            currencies = self.env["res.currency"]
            known[key] = self._to_decimal(
                currencies._get_conversion_rate(
                    currencies.browse(currency_id),
                    scope.currency,
                    self.env["res.company"].browse(company_id),
                    day,
                )
            )
        return known[key]

    @api.model
    def _to_decimal(self, value):
        return self.env["relance.agreement"]._to_decimal(value)
