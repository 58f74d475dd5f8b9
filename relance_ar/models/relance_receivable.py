from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from ..core.receivables import CREDITS, LATE_FROM, NOT_DUE, OVER_90, TO_30, TO_60, TO_90

CLASSES = [
    (CREDITS, "Credits not matched"),
    (NOT_DUE, "Not due"),
    (TO_30, "1 – 30 days"),
    (TO_60, "31 – 60 days"),
    (TO_90, "61 – 90 days"),
    (OVER_90, "Over 90 days"),
]


class RelanceReceivable(models.Model):
    """An item that was open at the end of a day: ``relance_day`` of the context.

    What the figures are made of: their sums are the same. A request is about one day:
    the values of a record are kept for the whole of it.
    """

    _name = "relance.receivable"
    _inherit = ["relance.analysis"]
    _description = "Open item at a date"
    _auto = False
    _rec_name = "move_name"
    _order = "due, id"

    move_line_id = fields.Many2one("account.move.line", readonly=True)
    move_id = fields.Many2one("account.move", string="Entry", readonly=True)
    move_name = fields.Char(string="Number", readonly=True)
    journal_id = fields.Many2one("account.journal", readonly=True)
    invoice_user_id = fields.Many2one(
        "res.users", string="Salesperson of the invoice", readonly=True
    )
    date = fields.Date(readonly=True)
    due = fields.Date(string="Due on", readonly=True)
    days_late = fields.Integer(readonly=True, aggregator="max")
    age = fields.Selection(CLASSES, readonly=True)
    is_late = fields.Boolean(string="Overdue", readonly=True)
    currency_id = fields.Many2one("res.currency", readonly=True)
    amount_currency = fields.Monetary(
        string="Owed", currency_field="currency_id", readonly=True
    )
    amount = fields.Monetary(
        string="Owed, in company currency",
        currency_field="figures_currency_id",
        readonly=True,
        help="In the currency of the current company, at the rate of the day.",
    )

    @property
    def _table_query(self):
        return self._get_receivables_sql(self._get_day())

    @api.model
    def _get_receivables_sql(self, day):
        """Return the query of what was open at the end of a day."""
        books = self.env["relance.kpi.books"]
        companies = Domain("company_id", "in", self.env.companies.ids)
        return SQL(
            """
            %(since)s
            SELECT i.id, i.id AS move_line_id, i.move_id, m.name AS move_name,
                   i.journal_id, m.invoice_user_id, i.date, i.due, i.currency_id,
                   i.left AS amount_currency,
                   i.left * w.rate AS amount,
                   GREATEST(%(day)s - i.due, 0) AS days_late,
                   i.left > 0 AND i.due < %(day)s AS is_late,
                   CASE WHEN i.left < 0 THEN %(credit)s ELSE
                        (%(classes)s::text[])[
                            1 + width_bucket(%(day)s - i.due, %(ages)s)] END AS age,
                   %(debtor)s
              FROM (%(items)s) i
              JOIN account_move m ON m.id = i.move_id
              JOIN res_company c ON c.id = i.company_id
              JOIN (%(worth)s) w
                ON w.company_id = i.company_id AND w.currency_id = i.currency_id
              LEFT JOIN res_partner p ON p.id = i.partner_id
              LEFT JOIN res_partner d ON d.id = p.commercial_partner_id
            """,
            day=day,
            credit=CREDITS,
            classes=[code for code, _name in CLASSES[1:]],
            ages=SQL("ARRAY[%s]", SQL(", ").join(SQL("%s", age) for age in LATE_FROM)),
            debtor=self._debtor_columns(),
            since=books._since_sql(day),
            items=books._items_sql(day, companies),
            worth=self._worth_sql(day),
        )

    @api.model
    def _worth_sql(self, day):
        """Return what each currency was worth in that of the figures, on a day.

        By the rates of each company, as the figures take them.
        """
        currencies = self.env["res.currency"].with_context(active_test=False)
        every = currencies.search([], limit=1000)
        rows, main = [], self.env.company.currency_id.id
        for company in self.env.companies:
            rates = every._get_rates(company, day)
            rows += [
                SQL(
                    "(%s, %s, %s::numeric)", company.id, currency_id, rates[main] / rate
                )
                for currency_id, rate in rates.items()
            ]
        return SQL(
            "SELECT * FROM (VALUES %s) v (company_id, currency_id, rate)",
            SQL(", ").join(rows),
        )

    def action_open_entry(self):
        """Open the invoice or entry of the item."""
        self.ensure_one()
        return self.move_id._get_records_action()
