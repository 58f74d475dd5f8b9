from collections import defaultdict
from decimal import Decimal

from dateutil.relativedelta import relativedelta

from odoo import api, models
from odoo.fields import Domain
from odoo.tools import SQL

from ..core.kpi import LOOK_BACK
from ..core.receivables import CREDITS, DEBITS, LATE_FROM, Curve, Standing, standing

# Kinds of flows as SQL counts them: days late, and two that are no number of days.
KINDS = {-2: CREDITS, -1: DEBITS, **{days: days for days in LATE_FROM}}
MONEY_JOURNALS = ("bank", "cash", "credit")


class RelanceKpiBooks(models.AbstractModel):
    """Reads from the ledger what customers owed at the end of any day: a few queries.

    What is open today is taken as Odoo keeps it, and what was matched since the first
    day asked for is put back: matched lines that are older cost nothing. In the
    currency of each line, which is converted at the rate of each day: an exchange
    difference is no debt. Posted entries alone count, on both sides of what is matched.
    """

    _name = "relance.kpi.books"
    _inherit = "relance.kpi.items"
    _description = "Receivables at any date"

    # --------------------------------------------------------------------- flows

    @api.model
    def _load_curves(self, scope):
        """Return ``{(company id, currency id): {flow: core.receivables.Curve}}``."""
        changes = defaultdict(lambda: defaultdict(dict))
        for company_id, currency_id, kind, day, amount in self.env.execute_query(
            self._flows_sql(scope)
        ):
            changes[company_id, currency_id][KINDS[kind]][day] = Decimal(amount)
        return {
            pot: {kind: Curve(found) for kind, found in kinds.items()}
            for pot, kinds in changes.items()
        }

    @api.model
    def _flows_sql(self, scope):
        """Return the query of the changes of each flow, by day.

        A part of a line is open from its day to the day on which it was matched, and
        late from so many days after its due date: see ``core.receivables.flows_of``.
        """
        return SQL(
            """
            WITH parts AS (%(parts)s), steps AS (
                SELECT p.company_id, p.currency_id, k.kind, p.until, p.amount,
                       GREATEST(p.day, CASE WHEN k.kind > 0 THEN p.due + k.kind END,
                                %(first)s) AS since
                  FROM parts p
                  JOIN (VALUES %(kinds)s) k (kind)
                    ON p.is_credit = (k.kind = -2)
            )
            SELECT company_id, currency_id, kind, day, sum(amount)::text
              FROM (SELECT company_id, currency_id, kind, since AS day, amount
                      FROM steps WHERE until IS NULL OR since < until
                     UNION ALL
                    SELECT company_id, currency_id, kind, until, -amount
                      FROM steps WHERE since < until) changes
             WHERE day <= %(last)s
             GROUP BY company_id, currency_id, kind, day
            """,
            parts=self._parts_sql(scope),
            kinds=SQL(", ").join(SQL("(%s)", kind) for kind in KINDS),
            first=scope.ends[0],
            last=scope.day,
        )

    @api.model
    def _parts_sql(self, scope):
        """Return the query of the parts of lines that were open since the first day.

        Together those of the same days, which are many fewer than the lines.
        """
        return SQL(
            """
            SELECT company_id, currency_id, is_credit, day, due, until,
                   sum(amount) AS amount
              FROM (SELECT l.company_id, l.currency_id, l.is_credit, l.day, l.due,
                           NULL::date AS until, l.residual AS amount
                      FROM (%(still)s) l
                     UNION ALL
                    SELECT l.company_id, l.currency_id, l.is_credit, l.day, l.due,
                           u.until, u.amount
                      FROM (%(matched)s) u
                      JOIN (%(every)s) l ON l.id = u.line_id) found
             GROUP BY company_id, currency_id, is_credit, day, due, until
            """,
            still=self._select_lines(scope, Domain("reconciled", "=", False)),
            every=self._select_lines(scope),
            matched=self._matched_sql(scope.ends[0]),
        )

    @api.model
    def _standings(self, scope, curves, rates):
        """Return how things stood at each end of the scope, in its currency."""
        return [
            sum(
                (
                    standing(found, day).converted(
                        self._rate_of(scope, *pot, day, rates)
                    )
                    for pot, found in curves.items()
                ),
                Standing(),
            )
            for day in scope.ends
        ]

    # --------------------------------------------------------------- sales and money

    @api.model
    def _load_movements(self, scope, rates):
        """Return what was invoiced and received, by month, in the scope's currency.

        Invoiced: receivable lines of sales journals, taxes included, credit notes taken
        off. Received: those of bank and cash journals, refunds taken off.

        :return: ``({first day: invoiced}, {first day: received})``
        """
        since = scope.start - relativedelta(months=LOOK_BACK)
        sale = self._journal_ids(scope, "sale")
        money = self._journal_ids(scope, *MONEY_JOURNALS)
        query = self._lines_query(
            scope,
            Domain("journal_id", "in", sale + money),
            Domain("date", ">=", since) & Domain("date", "<=", scope.day),
        )
        query.groupby = SQL("1, 2, 3")
        line = SQL.identifier("account_move_line")
        rows = self.env.execute_query(
            query.select(
                SQL("%s.company_id", line),
                SQL("date_trunc('month', %s.date)::date", line),
                SQL("%s.journal_id = ANY(%s)", line, sale),
                SQL("sum(%s.balance)::text", line),
            )
        )
        invoiced, received = defaultdict(Decimal), defaultdict(Decimal)
        for company_id, month, is_sale, amount in rows:
            currency = self.env["res.company"].browse(company_id).currency_id
            day = min(month + relativedelta(months=1, days=-1), scope.day)
            rate = self._rate_of(scope, company_id, currency.id, day, rates)
            if is_sale:
                invoiced[month] += Decimal(amount) * rate
            else:
                received[month] -= Decimal(amount) * rate
        return invoiced, received

    @api.model
    def _load_payments(self, scope, rates):
        """Return how late payments came, by month of the payment.

        Money alone: credit notes, exchange differences and losses are no payments.

        :return: ``{first day: (amount, amount × days late)}``
        """
        money = self._journal_ids(scope, *MONEY_JOURNALS)
        sale = self._journal_ids(scope, "sale")
        rows = self.env.execute_query(
            SQL(
                """
                SELECT d.company_id, date_trunc('month', c.date)::date,
                       sum(d.amount)::text, sum(d.amount * (c.date - d.due))::text
                  FROM (SELECT r.credit_move_id, r.amount, l.company_id, l.due
                          FROM account_partial_reconcile r
                          JOIN (%(lines)s) l ON l.id = r.debit_move_id
                         WHERE r.max_date >= %(start)s -- never before the payment
                        -- Taken for selective, the joins would look up each line.
                        OFFSET 0) d
                  JOIN account_move_line c ON c.id = d.credit_move_id
                 WHERE c.date BETWEEN %(start)s AND %(day)s
                   AND c.journal_id = ANY(%(money)s) AND c.parent_state = 'posted'
                 GROUP BY 1, 2
                """,
                lines=self._select_lines(scope, Domain("journal_id", "in", sale)),
                start=scope.start,
                day=scope.day,
                money=money,
            )
        )
        found = defaultdict(lambda: (Decimal(0), Decimal(0)))
        for company_id, month, amount, weighted in rows:
            currency = self.env["res.company"].browse(company_id).currency_id
            day = min(month + relativedelta(months=1, days=-1), scope.day)
            rate = self._rate_of(scope, company_id, currency.id, day, rates)
            known = found[month]
            found[month] = (
                known[0] + Decimal(amount) * rate,
                known[1] + Decimal(weighted) * rate,
            )
        return found
