from datetime import timedelta
from decimal import Decimal
from functools import partial

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL, format_date

from ..core import forecast
from .relance_kpi_books import MONEY_JOURNALS

WEEKS = 13
# Weeks ahead at which past forecasts are compared with what came in.
COMPARED = (1, 4)
# Past forecasts that are compared.
KEPT = 26


class RelanceForecast(models.Model):
    """What was expected to come in by the end of a week, as it was expected then.

    Kept once a week, and never changed: a forecast is judged by what it said.
    """

    _name = "relance.forecast"
    _inherit = ["relance.guarded", "relance.attempting"]
    _description = "Cash forecast that was kept"
    _order = "made_on desc, week"
    _rec_name = "week"

    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, ondelete="cascade"
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    made_on = fields.Date(required=True, readonly=True)
    made_week = fields.Date(string="Week of the forecast", required=True, readonly=True)
    week = fields.Date(required=True, readonly=True, help="Its Monday.")
    expected = fields.Monetary(
        string="Expected in the week", required=True, readonly=True
    )
    low_sum = fields.Monetary(
        string="By its end, low", required=True, readonly=True, aggregator=None
    )
    expected_sum = fields.Monetary(
        string="By its end, expected", required=True, readonly=True, aggregator=None
    )
    high_sum = fields.Monetary(
        string="By its end, high", required=True, readonly=True, aggregator=None
    )

    _kept_once = models.UniqueIndex(
        "(company_id, made_week, week)", "The forecast of this week is kept already."
    )

    # ------------------------------------------------------------------------ cron

    @api.model
    def _cron_keep(self):
        """Keep the forecast of this week, company by company, if it is not yet.

        One that fails stops no other; a credit manager is told. The job of the next day
        tries again.
        """
        cron = self.env["ir.cron"]
        monday = forecast.week_of(fields.Date.context_today(self))
        companies = self.env["res.company"].search([("active", "=", True)])
        done = self.search([("made_week", "=", monday)]).company_id
        cron._commit_progress(remaining=len(companies - done))
        for company in companies - done:
            kept = partial(self._keep_and_clear, company)
            self._attempt(kept, partial(self._tell_failure, company))
            if not cron._commit_progress(1):
                return

    @api.model
    def _keep_and_clear(self, company):
        """Keep the forecast of a company; earlier failures are no longer to do."""
        self._drop_told(company.partner_id, self._get_failure_title(company))
        return self._keep(company)

    @api.model
    def _tell_failure(self, company, error):
        title = self._get_failure_title(company)
        self._tell_manager(company, company.partner_id, title, error)

    @api.model
    def _get_failure_title(self, company):
        return self.with_context(lang=company._get_relance_lang()).env._(
            "The cash forecast cannot be kept (%(company)s)", company=company.name
        )

    @api.model
    def _keep(self, company):
        """Keep the forecast of a company; return its weeks."""
        alone = self.with_company(company).with_context(allowed_company_ids=company.ids)
        report = alone.env["relance.forecast.report"]
        scope = report._get_scope()
        found = report._forecast(scope, WEEKS)
        money = company.currency_id
        return self.create(
            [
                {
                    "company_id": company.id,
                    "made_on": scope.day,
                    "made_week": forecast.week_of(scope.day),
                    "week": week.monday,
                    "expected": money.round(float(week.expected)),
                    "low_sum": money.round(float(week.low_sum)),
                    "expected_sum": money.round(float(week.expected_sum)),
                    "high_sum": money.round(float(week.high_sum)),
                }
                for week in found.weeks
            ]
        )


class RelanceForecastReport(models.AbstractModel):
    """The cash forecast as its screen shows it, and how good the earlier ones were."""

    _name = "relance.forecast.report"
    _inherit = ["relance.forecast.loading"]
    _description = "Cash forecast"

    @api.model
    @api.readonly
    def get_data(self, filters=None):
        """Return the forecast of today, as plain JSON.

        :param filters: as ``relance.kpi.scope`` takes them, the day apart
        :return: dict: ``day``, ``currency``, ``weeks`` (``label``, ``monday``, what
            is expected by source, ``low``, ``expected``, ``high``, their sums),
            ``later``, ``total``, ``sources`` (names), ``errors``, ``past`` and
            ``is_empty``
        """
        self._check_filters(filters or {})
        scope = self._get_scope({**(filters or {}), "day": None})
        found = self._forecast(scope, WEEKS)
        is_all = not scope.debtors and len(scope.companies) == 1
        past = self._load_past(scope) if is_all else []
        total = sum((week.high for week in found.weeks), found.later[forecast.HIGH])
        return {
            "day": str(scope.day),
            "currency": {"id": scope.currency.id, "name": scope.currency.name},
            "weeks": [self._week_to_plain(week) for week in found.weeks],
            "later": {way: float(amount) for way, amount in found.later.items()},
            "total": float(total),
            "sources": self._get_source_names(),
            "errors": self._get_errors(past),
            "past": past,
            "is_empty": not total,
        }

    @api.model
    def _week_to_plain(self, week):
        ways = (*forecast.WAYS, *(f"{way}_sum" for way in forecast.WAYS))
        return {
            "monday": str(week.monday),
            "label": format_date(self.env, week.monday, date_format="d MMM"),
            "sources": {code: float(amount) for code, amount in week.sources.items()},
            **{way: float(getattr(week, way)) for way in ways},
        }

    @api.model
    def _get_source_names(self):
        return {
            forecast.PLAN: self.env._("Payment plans"),
            forecast.PROMISE: self.env._("Promises"),
            forecast.HABIT: self.env._("Due dates and habits"),
            forecast.DISPUTE: self.env._("Disputes once settled"),
        }

    # ------------------------------------------------------------------- afterwards

    @api.model
    def _load_past(self, scope):
        """Return what earlier forecasts said of weeks that are over, and what came in.

        :return: dicts: ``made_on``, ``ahead`` (weeks), ``low``, ``expected``, ``high``
            and ``actual``: sums up to the end of the week
        """
        monday = forecast.week_of(scope.day)
        rows = self.env["relance.forecast"].search(
            Domain("company_id", "=", scope.companies.id)
            & Domain("week", "<", monday)
            & Domain("made_week", ">=", monday - timedelta(weeks=KEPT + max(COMPARED))),
            order="made_week desc, week",
        )
        compared = rows.filtered(lambda row: self._get_ahead(row) in COMPARED)
        came = self._load_came_in(scope, compared) if compared else {}
        return [
            {
                "id": row.id,
                "made_on": str(row.made_on),
                "ahead": self._get_ahead(row),
                "low": row.low_sum,
                "expected": row.expected_sum,
                "high": row.high_sum,
                "actual": float(came.get(row.id, 0)),
            }
            for row in compared
        ]

    @api.model
    def _get_ahead(self, row):
        """Return how many weeks a row of a forecast covers."""
        return (row.week - row.made_week).days // 7 + 1

    @api.model
    def _load_came_in(self, scope, rows):
        """Return ``{id: what came in}`` by the end of the week on what was owed then.

        From the day of the forecast on, for entries up to that day: sales since then
        were not in it. One query for all of them.
        """
        values = [
            SQL("(%s, %s::date, %s::date)", row.id, row.made_on, row.week)
            for row in rows
        ]
        found = self.env.execute_query(
            SQL(
                """
                SELECT f.id, sum(r.amount)::text
                  FROM (VALUES %(rows)s) f (id, made_on, week)
                  JOIN account_partial_reconcile r ON r.max_date >= f.made_on
                  JOIN account_move_line c
                    ON c.id = r.credit_move_id AND c.parent_state = 'posted'
                   AND c.date BETWEEN f.made_on AND f.week + 6
                   AND c.journal_id = ANY(%(money)s)
                  JOIN (%(lines)s) l ON l.id = r.debit_move_id AND l.day <= f.made_on
                 GROUP BY f.id
                """,
                rows=SQL(", ").join(values),
                money=self._journal_ids(scope, *MONEY_JOURNALS),
                lines=self._select_lines(scope),
            )
        )
        return {row_id: Decimal(amount) for row_id, amount in found}

    @api.model
    def _get_errors(self, past):
        """Return how far forecasts were from what came in, by weeks ahead.

        :return: dicts: ``ahead``, ``cases``, ``mean``, ``bias``, ``inside`` (shares)
        """
        found = []
        for ahead in COMPARED:
            cases = [
                tuple(
                    self._to_decimal(row[name]) for name in (*forecast.WAYS, "actual")
                )
                for row in past
                if row["ahead"] == ahead
            ]
            if error := forecast.error(cases):
                found.append(
                    {
                        "ahead": ahead,
                        "cases": error.cases,
                        "mean": float(error.mean),
                        "bias": float(error.bias),
                        "inside": float(error.inside),
                    }
                )
        return found
