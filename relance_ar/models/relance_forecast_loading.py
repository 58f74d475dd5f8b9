from collections import defaultdict
from datetime import timedelta
from decimal import Decimal

from dateutil.relativedelta import relativedelta

from odoo import api, models
from odoo.fields import Domain
from odoo.tools import SQL

from ..core import forecast
from ..core.amounts import ZERO
from ..core.payer_evidence import MONTHS, PROCEEDINGS
from .ids_array import ids_array
from .relance_kpi_books import MONEY_JOURNALS

# Payments without which a customer's habit is that of all customers.
LEAST_PAYMENTS = 3


class RelanceForecastLoading(models.AbstractModel):
    """Reads what is owed and how each customer pays: a dozen queries for a company.

    Lines that nobody said anything about are read together by customer and due date.
    """

    _name = "relance.forecast.loading"
    _inherit = ["relance.kpi.books", "relance.forecast.agreed"]
    _description = "What a forecast follows from"

    @api.model
    def _forecast(self, scope, weeks):
        """Return the forecast of a scope, as ``core.forecast.Forecast``."""
        return forecast.forecast(self._load_owed(scope), scope.day, weeks)

    @api.model
    def _load_owed(self, scope):
        """Return what is owed, as ``core.forecast.Owed``, in the scope's currency.

        Customers in insolvency proceedings are left out: what they owe is claimed from
        the court, not waited for.
        """
        rates = {}
        agreed = self._load_agreed(scope, rates)
        habits = self._load_habits(scope)
        keeping = self._load_keeping(scope)
        debts, credits = defaultdict(list), defaultdict(Decimal)
        special = defaultdict(lambda: [ZERO, None])
        for key, due, line_id, amount in self._load_items(scope, agreed, rates):
            if amount < ZERO:
                credits[key] -= amount
            elif line_id in agreed.group_of:
                group = special[agreed.group_of[line_id], key]
                group[0] += amount
                group[1] = min(due, group[1] or due)
            else:
                debts[key].append(forecast.Owed(amount, due, habits[key], keeping[key]))
        for (group_id, key), (amount, due) in special.items():
            said = agreed.groups[group_id]
            parts = (tuple(said.agreed), tuple(said.disputes))
            debts[key].append(
                forecast.Owed(amount, due, habits[key], keeping[key], *parts)
            )
        return self._net_of_credits(debts, credits)

    @api.model
    def _net_of_credits(self, debts, credits):
        """Return the debts once credits have paid the oldest of each customer."""
        found = []
        for key, items in debts.items():
            found += forecast.set_off(items, credits[key]) if key in credits else items
        return found

    @api.model
    def _load_items(self, scope, agreed, rates):
        """Yield ``((company id, debtor id), due date, line id or None, amount)``.

        Credits come without a line; lines about which something was said, alone.
        Entries without a partner are nobody's: the debtor's id is None.
        """
        rows = self.env.execute_query(
            SQL(
                """
                %(since)s
                SELECT i.company_id, p.commercial_partner_id, i.currency_id, s.line_id,
                       i.left < 0, CASE WHEN i.left > 0 THEN i.due END,
                       sum(i.left)::text
                  FROM (%(items)s) i
                  LEFT JOIN res_partner p ON p.id = i.partner_id
                  LEFT JOIN res_partner d ON d.id = p.commercial_partner_id
                  LEFT JOIN unnest(%(special)s) s (line_id)
                    ON s.line_id = i.id AND i.left > 0
                 WHERE d.solvency_state IS DISTINCT FROM %(proceedings)s
                 GROUP BY 1, 2, 3, 4, 5, 6
                """,
                since=self._since_sql(scope.day),
                items=self._items_sql(scope.day, self._scope_domain(scope)),
                special=ids_array(agreed.group_of),
                proceedings=PROCEEDINGS,
            )
        )
        for (
            company_id,
            debtor_id,
            currency_id,
            line_id,
            _is_credit,
            due,
            amount,
        ) in rows:
            rate = self._rate_of(scope, company_id, currency_id, scope.day, rates)
            yield (company_id, debtor_id), due, line_id, Decimal(amount) * rate

    # ---------------------------------------------------------------------- habits

    @api.model
    def _load_habits(self, scope):
        """Return ``{(company id, debtor id): core.forecast.Habit}`` of the last year.

        Who paid too seldom is taken to pay as all customers of the company together.
        """
        by_company, known = defaultdict(lambda: [ZERO] * 3), {}
        for company_id, debtor_id, count, *sums in self._load_delays(scope):
            sums = [Decimal(part) for part in sums]
            totals = by_company[company_id]
            by_company[company_id] = [a + b for a, b in zip(totals, sums, strict=True)]
            if count >= LEAST_PAYMENTS:
                known[company_id, debtor_id] = self._to_habit(*sums)
        usual = {key: self._to_habit(*sums) for key, sums in by_company.items()}

        class Habits(dict):
            def __missing__(self, key):
                return usual.get(key[0], forecast.Habit())

        return Habits(known)

    @staticmethod
    def _to_habit(amount, weighted, squared):
        """Return a habit from Σ amount, Σ amount × days and Σ amount × days²."""
        mean = weighted / amount
        variance = max(squared / amount - mean * mean, ZERO)
        return forecast.Habit(round(mean), round(variance.sqrt()))

    @api.model
    def _load_delays(self, scope):
        """Return rows of payments by company and debtor: number, and sums as text."""
        sale = self._journal_ids(scope, "sale")
        since = scope.day - relativedelta(months=MONTHS)
        return self.env.execute_query(
            SQL(
                """
                SELECT l.company_id, p.commercial_partner_id, count(*),
                       sum(r.amount)::text,
                       sum(r.amount * (c.date - l.due))::text,
                       sum(r.amount * (c.date - l.due) ^ 2)::text
                  FROM account_partial_reconcile r
                  JOIN account_move_line c
                    ON c.id = r.credit_move_id AND c.parent_state = 'posted'
                  JOIN (%(lines)s) l ON l.id = r.debit_move_id
                  JOIN res_partner p ON p.id = l.partner_id
                 WHERE r.max_date > %(since)s AND r.amount > 0
                   AND c.date > %(since)s AND c.date <= %(day)s
                   AND c.journal_id = ANY(%(money)s)
                 GROUP BY 1, 2
                """,
                lines=self._select_lines(scope, Domain("journal_id", "in", sale)),
                since=since,
                day=scope.day,
                money=self._journal_ids(scope, *MONEY_JOURNALS),
            )
        )

    # -------------------------------------------------------------------- promises

    @api.model
    def _load_keeping(self, scope):
        """Return ``{(company id, debtor id): core.forecast.Keeping}``."""
        promises = self.env["relance.promise"]
        since = scope.day - timedelta(days=2 * 365)
        rows = promises._read_group(
            Domain("company_id", "in", scope.companies.ids)
            & Domain("state", "in", ("kept", "broken"))
            & Domain("date_limit", ">=", since),
            ["company_id", "partner_id", "state"],
            ["__count"],
        )
        counts = defaultdict(lambda: {"kept": 0, "broken": 0})
        totals = defaultdict(lambda: {"kept": 0, "broken": 0})
        for company, partner, state, count in rows:
            counts[company.id, partner.commercial_partner_id.id][state] += count
            totals[company.id][state] += count
        of_all = {
            company.id: forecast.keeping(**totals[company.id])
            for company in scope.companies
        }

        class Rates(dict):
            def __missing__(self, key):
                return forecast.keeping(0, 0, of_all[key[0]])

        return Rates(
            {
                key: forecast.keeping(of_all=of_all[key[0]], **found)
                for key, found in counts.items()
            }
        )
