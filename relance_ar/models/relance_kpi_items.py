from odoo import api, models
from odoo.fields import Domain
from odoo.tools import SQL

LINE_COLUMNS = ("id", "company_id", "currency_id", "partner_id")


class RelanceKpiItems(models.AbstractModel):
    """Queries of receivable lines, and of what was matched with them since a day."""

    _name = "relance.kpi.items"
    _inherit = "relance.kpi.scope"
    _description = "Receivable lines at a date"

    @api.model
    def _select_lines(self, scope, *domains):
        """Return the query of lines as the others want them."""
        line = SQL.identifier("account_move_line")
        return self._lines_query(scope, *domains).select(
            *(SQL("%s.%s", line, SQL.identifier(name)) for name in LINE_COLUMNS),
            SQL("%s.date AS day", line),
            SQL("COALESCE(%(l)s.date_maturity, %(l)s.date) AS due", l=line),
            SQL("%s.amount_currency < 0 AS is_credit", line),
            SQL("%s.amount_residual_currency AS residual", line),
        )

    @api.model
    def _matched_sql(self, day):
        """Return the query of what was matched after a day, on both sides, signed.

        What is matched with an entry back in draft is still open in the books: it comes
        without a day, whenever that was.

        :return: columns ``line_id``, ``until`` and ``amount``
        """
        return SQL(
            """
            WITH loose AS MATERIALIZED (%(loose)s), matched AS (
                SELECT id, debit_move_id, credit_move_id, max_date AS until,
                       debit_amount_currency, credit_amount_currency
                  FROM account_partial_reconcile
                 WHERE max_date > %(day)s AND id NOT IN (SELECT id FROM loose)
                 UNION ALL
                SELECT id, debit_move_id, credit_move_id, NULL,
                       debit_amount_currency, credit_amount_currency
                  FROM account_partial_reconcile
                 WHERE id IN (SELECT id FROM loose))
            SELECT debit_move_id AS line_id, until, debit_amount_currency AS amount
              FROM matched WHERE debit_amount_currency != 0
             UNION ALL
            SELECT credit_move_id, until, -credit_amount_currency
              FROM matched WHERE credit_amount_currency != 0
            """,
            day=day,
            loose=self._loose_sql(),
        )

    @api.model
    def _loose_sql(self):
        """Return the query of the reconciliations of entries that are not posted.

        Odoo keeps them when an entry goes back to draft, and takes their amounts off
        what is open of the other side. From the entries in draft, which are few.
        """
        return SQL(
            """
            SELECT r.id
              FROM account_journal j
              JOIN account_move m
                ON m.journal_id = j.id AND m.state IN ('draft', 'cancel')
              JOIN account_move_line l ON l.move_id = m.id
              JOIN account_partial_reconcile r ON r.debit_move_id = l.id
             UNION
            SELECT r.id
              FROM account_journal j
              JOIN account_move m
                ON m.journal_id = j.id AND m.state IN ('draft', 'cancel')
              JOIN account_move_line l ON l.move_id = m.id
              JOIN account_partial_reconcile r ON r.credit_move_id = l.id
            """
        )

    @api.model
    def _since_sql(self, day):
        """Return the query, named ``since``, of what was matched of lines after a day.

        :return: ``WITH since AS (…)``, for ``_items_sql``
        """
        return SQL(
            """
            WITH since AS MATERIALIZED (
                SELECT line_id, sum(amount) AS amount
                  FROM (%s) matched GROUP BY line_id)
            """,
            self._matched_sql(day),
        )

    @api.model
    def _items_sql(self, day, domain):
        """Return the query of the lines that were open at the end of a day.

        In two parts, each by an index of its own: those still open, and those that
        were matched since.

        :param domain: on the lines
        :return: columns of the lines, ``due``, and ``left``: what was open
        """
        lines = self.env["account.move.line"]
        domain = Domain(domain) & Domain.AND(
            [
                Domain("account_id", "in", self._receivable_ids()),
                Domain("parent_state", "=", "posted"),
                Domain("date", "<=", day),
            ]
        )
        names = ("id", "move_id", "journal_id", "company_id", "partner_id")
        names += ("currency_id", "date", "date_maturity", "amount_residual_currency")
        columns = [SQL.identifier("account_move_line", name) for name in names]
        return SQL(
            """
            SELECT i.*, COALESCE(i.date_maturity, i.date) AS due
              FROM (SELECT o.*, o.amount_residual_currency + COALESCE(u.amount, 0)
                           AS left
                      FROM (%(open)s) o LEFT JOIN since u ON u.line_id = o.id
                     UNION ALL
                    SELECT o.*, o.amount_residual_currency + u.amount
                      FROM (%(closed)s) o JOIN since u ON u.line_id = o.id) i
             WHERE i.left != 0
            """,
            open=lines._search(domain & Domain("reconciled", "=", False)).select(
                *columns
            ),
            closed=lines._search(domain & Domain("reconciled", "=", True)).select(
                *columns
            ),
        )
