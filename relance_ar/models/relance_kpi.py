from collections import defaultdict

from odoo import api, models

from ..core import kpi
from ..core.amounts import ZERO
from ..core.penalty import BUSINESS, ECB_MRO, MARKUP, semester_of
from ..core.receivables import LATE_FROM, Curve

# Flow of all that is late, by a day or more.
LATE = LATE_FROM[0]


class RelanceKpi(models.AbstractModel):
    """The figures of ``core.kpi``, month by month, for what a screen asks.

    Nothing is kept: a past month is worked out again from the books, with what was
    entered and matched since.
    """

    _name = "relance.kpi"
    _inherit = ["relance.kpi.work", "relance.kpi.words"]
    _description = "Key figures of collections"

    @api.model
    @api.readonly
    def get_figures(self, filters=None):
        """Return the figures of the months that filters ask for.

        :param filters: as ``relance.kpi.scope`` takes them
        :return: dict: ``day``, ``ends`` (last day of each month), ``values`` by code:
            a number for each month, or None; ``least``: codes and ranks of months whose
            days are at least the number given
        """
        scope = self._get_scope(filters)
        return self._to_plain(scope, self._compute(scope)[0])

    @api.model
    def _to_plain(self, scope, found):
        """Return figures as JSON holds them; decimals become numbers."""
        values, least = {}, defaultdict(list)
        for code, row in found.items():
            values[code] = []
            for rank, value in enumerate(row):
                if isinstance(value, kpi.Days):
                    if value.is_least:
                        least[code].append(rank)
                    value = value.value
                values[code].append(None if value is None else float(value))
        return {
            "day": scope.day.isoformat(),
            "ends": [end.isoformat() for _first, end in scope.months],
            "values": values,
            "least": dict(least),
        }

    @api.model
    def _compute(self, scope):
        """Return figures and what they follow from.

        :return: ``({code: [figure of each month, oldest first]}, [standing of each end
            of the scope])``
        """
        rates = {}
        curves = self._load_curves(scope)
        standings = self._standings(scope, curves, rates)
        invoiced, received = self._load_movements(scope, rates)
        figures = {
            **self._figures_of_books(scope, standings, invoiced, received),
            **self._figures_of_payments(scope, rates),
            **self._figures_of_work(scope),
            **self._figures_of_disputes(scope, standings, rates),
            **self._figures_of_penalties(scope, curves, rates),
        }
        return figures, standings

    @api.model
    def _figures_of_books(self, scope, standings, invoiced, received):
        """Return what follows from the balances and the sales."""
        found = defaultdict(list)
        opened = zip(scope.months, standings, standings[1:], strict=False)
        for (first, end), opening, closing in opened:
            sales = kpi.sales_up_to(invoiced, end)
            dso = kpi.count_back(closing.balance, sales)
            best = kpi.best_possible_dso(closing, sales)
            sold = invoiced.get(first, ZERO)
            for code, value in (
                ("receivables", closing.balance),
                ("overdue", closing.overdue),
                ("overdue_share", kpi.overdue_share(closing)),
                ("dso", dso),
                ("best_dso", best),
                ("days_delinquent", kpi.average_days_delinquent(dso, best)),
                ("effectiveness", kpi.effectiveness(opening, sold, closing)),
                ("invoiced", sold),
                ("received", received.get(first, ZERO)),
            ):
                found[code].append(value)
        return found

    @api.model
    def _figures_of_payments(self, scope, rates):
        payments = self._load_payments(scope, rates)
        return {
            "days_late": [
                kpi.mean_days(*payments[first]) for first, _end in scope.months
            ]
        }

    @api.model
    def _figures_of_work(self, scope):
        """Return the shares of what was promised, called and invoiced."""

        def rows(load, function):
            found = load(scope)
            return [function(*found.get(first, (0, 0))) for first, _end in scope.months]

        return {
            "promises_kept": rows(self._load_promises, kpi.share),
            "dispute_days": rows(self._load_resolved, kpi.average),
            "calls_confirmed": rows(self._load_calls, kpi.share),
            "first_pass": rows(self._load_first_pass, kpi.share),
        }

    @api.model
    def _figures_of_disputes(self, scope, standings, rates):
        disputed = self._load_disputed(scope, rates)
        pairs = zip(disputed[1:], standings[1:], strict=True)
        return {
            "disputed_share": [
                kpi.share(amount, standing.open) for amount, standing in pairs
            ]
        }

    @api.model
    def _figures_of_penalties(self, scope, curves, rates):
        """Return the interest that ran, the penalties paid, and the effort."""
        contacts = self._load_contacts(scope)
        recovered = self._load_recovered(scope, rates)
        paid = self._load_penalties_paid(scope, rates)
        accrued = self._accrue(scope, curves, rates)
        months = [first for first, _end in scope.months]
        return {
            "penalties_accrued": accrued,
            "penalties_recovered": [paid[first] for first in months],
            "effort": [
                kpi.effort(contacts.get(first, (0,))[0], recovered[first])
                for first in months
            ],
        }

    @api.model
    def _accrue(self, scope, curves, rates):
        """Return the interest of each month on what was overdue; None without a rate.

        At the rate of the company's terms: an order of magnitude. What a customer owes
        exactly (their regime, rate, disputes, proceedings) is in their statement.
        """
        table = self.env["relance.interest.rate"]._get_table()
        nothing = Curve({})
        found = []
        for first, end in scope.months:
            total = ZERO
            for pot, kinds in curves.items():
                percent = self._interest_rate(pot[0], first, table)
                if percent is None:
                    total = None
                    break
                days = kinds.get(LATE, nothing).sum_of_days(first, end)
                rate = self._rate_of(scope, *pot, end, rates)
                total += kpi.interest(days, percent) * rate
            found.append(total)
        return found

    @api.model
    def _interest_rate(self, company_id, day, table):
        """Return the yearly rate of a company in the half-year of a day, or None."""
        company = self.env["res.company"].browse(company_id)
        # sudo: a rate, which invoices state.
        own = company.sudo()._get_relance_penalty_settings()["rate"]
        reference = table.get(ECB_MRO, {}).get(semester_of(day))
        if own is not None or reference is None:
            return own
        return reference + MARKUP[BUSINESS]
