from dateutil.relativedelta import relativedelta

from odoo import api, models
from odoo.fields import Domain
from odoo.tools import SQL

from .relance_run import FIRST_DAY


class RelanceAnalysisRates(models.AbstractModel):
    """An analysis of what happened: of each month at one rate, as the figures have it.

    The rate of the last day of the month, or of the day of the figures in its month: as
    ``relance.kpi.scope._rate_of`` is asked for it, by the rates of each company.
    """

    _name = "relance.analysis.rates"
    _inherit = ["relance.analysis"]
    _description = "Analysis of what happened in months"
    _auto = False

    @api.model
    def _search_posted_lines(self):
        """Return the query of the receivable lines that the reader may see."""
        return self.env["account.move.line"]._search(
            Domain("account_id", "in", self._receivable_ids())
            & Domain("parent_state", "=", "posted")
            & Domain("company_id", "in", self.env.companies.ids)
        )

    @api.model
    def _worth_join(self, day):
        """Return the join, named ``w``, of what a company's currency is worth.

        ``w.rate`` is null where that is the currency of the figures. Without another
        currency among the companies, nothing is looked for.

        :param day: SQL of the day of a row; ``c`` is the table of its company
        """
        main = self.env.company.currency_id
        others = self.env.companies.filtered(lambda c: c.currency_id != main)
        if not others:
            return SQL("CROSS JOIN (VALUES (NULL::numeric)) w (rate)")
        first, last = self._rate_months()
        return SQL(
            """
            LEFT JOIN (%(worth)s) w
              ON w.company_id = c.id
             AND w.month = LEAST(GREATEST(date_trunc('month', %(day)s)::date,
                                          %(first)s), %(last)s)
            """,
            worth=SQL(" UNION ALL ").join(
                self._worth_by_month_sql(company, first, last) for company in others
            ),
            day=day,
            first=first,
            last=last,
        )

    @api.model
    def _rate_months(self):
        """Return the months in which rates may differ: the one before the first rate,
        in which that one holds as in all earlier ones, and that of the day."""
        rates, day = self.env["res.currency.rate"], self._get_day()
        # A slip of the keyboard is a rate of the year 202: no figures are about it.
        known = [("name", ">=", FIRST_DAY), ("name", "<=", day)]
        first = rates.search(known, order="name", limit=1).name or day
        return first.replace(day=1) - relativedelta(months=1), day.replace(day=1)

    @api.model
    def _worth_by_month_sql(self, company, first, last):
        """Return what the currency of a company was worth in that of the figures.

        :return: columns ``company_id``, ``month`` (its first day) and ``rate``
        """
        return SQL(
            """
            SELECT %(company)s AS company_id, e.month, %(main)s / %(own)s AS rate
              FROM (SELECT g.month::date AS month,
                           LEAST((g.month + interval '1 month - 1 day')::date, %(day)s)
                               AS at
                      FROM generate_series(%(first)s::timestamp, %(last)s::timestamp,
                                           interval '1 month') g (month)) e
            """,
            company=company.id,
            main=self._rate_sql(company, self.env.company.currency_id),
            own=self._rate_sql(company, company.currency_id),
            day=self._get_day(),
            first=first,
            last=last,
        )

    @api.model
    def _rate_sql(self, company, currency):
        """Return the rate of a currency on the day ``e.at``, as Odoo finds it.

        The company's own before those of all; the first one before there was any.
        """
        known = SQL(
            """
            SELECT r.rate::numeric FROM res_currency_rate r
             WHERE r.currency_id = %(currency)s
               AND (r.company_id IS NULL OR r.company_id = %(company)s)
            """,
            currency=currency.id,
            company=company.root_id.id,
        )
        return SQL(
            """
            COALESCE((%(known)s AND r.name <= e.at
                      ORDER BY r.company_id, r.name DESC LIMIT 1),
                     (%(known)s ORDER BY r.company_id, r.name LIMIT 1), 1.0)
            """,
            known=known,
        )
