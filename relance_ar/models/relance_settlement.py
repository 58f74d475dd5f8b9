from odoo import fields, models
from odoo.tools import SQL

from .relance_kpi_books import MONEY_JOURNALS


class RelanceSettlement(models.Model):
    """An amount of money matched with an instalment of an invoice: how late it came."""

    _name = "relance.settlement"
    _inherit = ["relance.analysis.rates"]
    _description = "Payment of an instalment"
    _auto = False
    _rec_name = "move_name"
    _order = "paid_on desc, id desc"

    move_id = fields.Many2one("account.move", string="Invoice", readonly=True)
    move_name = fields.Char(string="Number", readonly=True)
    payment_move_id = fields.Many2one("account.move", string="Payment", readonly=True)
    journal_id = fields.Many2one("account.journal", readonly=True)
    invoice_user_id = fields.Many2one(
        "res.users", string="Salesperson of the invoice", readonly=True
    )
    due = fields.Date(string="Due on", readonly=True)
    paid_on = fields.Date(readonly=True)
    days_late = fields.Integer(
        readonly=True,
        aggregator="avg",
        help="Each payment alike; the figure of the dashboard weighs the amounts.",
    )
    amount = fields.Monetary(
        string="Paid",
        currency_field="figures_currency_id",
        readonly=True,
        help="In the currency of the current company, at the rate of the month's end.",
    )
    is_penalty = fields.Boolean(string="Of penalties", readonly=True)
    weighted_days = fields.Float(
        string="Amount × days late",
        readonly=True,
        help="Divided by what was paid: the days late, weighted by the amounts.",
    )

    @property
    def _table_query(self):
        lines = self._search_posted_lines()
        return SQL(
            """
            SELECT r.id, l.move_id, l.move_name, e.move_id AS payment_move_id,
                   e.journal_id, m.invoice_user_id, e.date AS paid_on,
                   COALESCE(l.date_maturity, l.date) AS due,
                   r.amount * COALESCE(w.rate, 1) AS amount,
                   e.date - COALESCE(l.date_maturity, l.date) AS days_late,
                   r.amount * COALESCE(w.rate, 1)
                       * (e.date - COALESCE(l.date_maturity, l.date)) AS weighted_days,
                   l.move_id IN (SELECT q.invoice_id FROM relance_penalty_claim q
                                  WHERE q.invoice_id IS NOT NULL) AS is_penalty,
                   %(debtor)s
              FROM account_partial_reconcile r
              JOIN account_move_line e
                ON e.id = r.credit_move_id AND e.parent_state = 'posted'
              JOIN account_journal j ON j.id = e.journal_id AND j.type IN %(money)s
              JOIN account_move_line l ON l.id = r.debit_move_id
              JOIN account_journal s ON s.id = l.journal_id AND s.type = 'sale'
              JOIN account_move m ON m.id = l.move_id
              JOIN res_company c ON c.id = l.company_id
              %(worth)s
              LEFT JOIN res_partner p ON p.id = l.partner_id
              LEFT JOIN res_partner d ON d.id = p.commercial_partner_id
             WHERE r.amount > 0 AND l.id IN (%(lines)s)
            """,
            money=MONEY_JOURNALS,
            debtor=self._debtor_columns(),
            lines=lines.select(),
            worth=self._worth_join(SQL("e.date")),
        )

    def action_open_entry(self):
        """Open the invoice that was paid."""
        self.ensure_one()
        return self.move_id._get_records_action()
