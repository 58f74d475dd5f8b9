from odoo import fields, models
from odoo.tools import SQL

from ..core.effect import WINDOW_DAYS
from .relance_channel import CHANNELS
from .relance_facts_types import CONFIRMED
from .relance_kpi_books import MONEY_JOURNALS
from .relance_level import PHASES

OUTCOMES = [
    ("paid", "Paid"),
    ("part", "Paid in part"),
    ("unpaid", "Not paid"),
    ("under_way", "Under way"),
]


class RelanceEffect(models.Model):
    """What followed a contact, for one instalment that it was about.

    Until the next contact about it, or ``WINDOW_DAYS`` days: what comes later is hardly
    put down to it. In the currency of the company, as the books have it.
    """

    _name = "relance.effect"
    _inherit = ["relance.analysis"]
    _description = "What followed a contact"
    _auto = False
    _rec_name = "move_name"
    _order = "contacted_on desc, id desc"

    reminder_id = fields.Many2one("relance.reminder", readonly=True)
    level_id = fields.Many2one("relance.level", readonly=True)
    phase = fields.Selection(PHASES, readonly=True)
    channel = fields.Selection(CHANNELS, readonly=True)
    user_id = fields.Many2one("res.users", string="Contact by", readonly=True)
    move_line_id = fields.Many2one("account.move.line", readonly=True)
    move_name = fields.Char(string="Number", readonly=True)
    contacted_on = fields.Date(readonly=True)
    outcome = fields.Selection(OUTCOMES, readonly=True)
    cases = fields.Integer(readonly=True)
    paid = fields.Integer(string="Paid in full", readonly=True)
    rate = fields.Float(
        string="Share paid", readonly=True, aggregator="avg", digits=(5, 4)
    )
    days = fields.Integer(string="Days to payment", readonly=True, aggregator="avg")
    amount = fields.Monetary(
        string="Owed then", currency_field="company_currency_id", readonly=True
    )
    recovered = fields.Monetary(currency_field="company_currency_id", readonly=True)

    @property
    def _table_query(self):
        return SQL(
            """
            SELECT k.id, k.reminder_id, k.level_id, k.phase, k.channel, k.user_id,
                   k.move_line_id, k.move_name, k.contacted_on,
                   CASE WHEN o.is_paid THEN 'paid'
                        WHEN %(today)s <= k.until AND NOT k.is_followed
                            THEN 'under_way'
                        WHEN k.recovered > 0 THEN 'part' ELSE 'unpaid' END AS outcome,
                   CASE WHEN o.is_over THEN 1 ELSE 0 END AS cases,
                   CASE WHEN o.is_paid THEN 1 ELSE 0 END AS paid,
                   CASE WHEN o.is_over AND o.is_paid THEN 1.0
                        WHEN o.is_over THEN 0.0 END AS rate,
                   CASE WHEN o.is_paid THEN k.last_on - k.contacted_on END AS days,
                   k.amount, k.recovered, %(debtor)s
              FROM (%(contacts)s) k
              CROSS JOIN LATERAL (
                   SELECT k.paid_currency >= k.residual AS is_paid,
                          k.paid_currency >= k.residual OR k.is_followed
                              OR %(today)s > k.until AS is_over) o
              JOIN res_company c ON c.id = k.company_id
              JOIN res_partner p ON p.id = k.partner_id
              JOIN res_partner d ON d.id = p.commercial_partner_id
            """,
            today=fields.Date.context_today(self),
            debtor=self._debtor_columns(),
            contacts=self._contacts_sql(),
        )

    def _contacts_sql(self):
        """Return the query of the instalments contacted about, and what came in."""
        return SQL(
            """
            SELECT t.*,
                   COALESCE(s.paid_currency, 0) AS paid_currency,
                   COALESCE(s.recovered, 0) AS recovered, s.last_on
              FROM (SELECT rl.id, r.id AS reminder_id, rl.level_id, v.phase, r.channel,
                           r.user_id, r.company_id, r.partner_id, rl.move_line_id,
                           rl.move_name, r.date_done AS contacted_on,
                           rl.amount_residual AS residual,
                           rl.amount_residual * abs(l.balance
                               / NULLIF(l.amount_currency, 0)) AS amount,
                           LEAST(r.date_done + %(window)s,
                                 lead(r.date_done) OVER later - 1) AS until,
                           lead(r.date_done) OVER later <= r.date_done + %(window)s
                               IS TRUE AS is_followed
                      FROM relance_reminder_line rl
                      JOIN relance_reminder r ON r.id = rl.reminder_id
                      JOIN relance_level v ON v.id = rl.level_id
                      JOIN account_move_line l ON l.id = rl.move_line_id
                     WHERE r.state IN %(confirmed)s AND rl.amount_residual > 0
                       AND r.company_id = ANY(%(companies)s)
                    WINDOW later AS (PARTITION BY rl.move_line_id
                                     ORDER BY r.date_done, rl.id)) t
              LEFT JOIN LATERAL (
                   SELECT sum(q.debit_amount_currency) AS paid_currency,
                          sum(q.amount) AS recovered, max(e.date) AS last_on
                     FROM account_partial_reconcile q
                     JOIN account_move_line e ON e.id = q.credit_move_id
                     JOIN account_journal j
                       ON j.id = e.journal_id AND j.type IN %(money)s
                    WHERE q.debit_move_id = t.move_line_id
                      AND e.date >= t.contacted_on AND e.date <= t.until) s ON TRUE
            """,
            window=WINDOW_DAYS,
            confirmed=CONFIRMED,
            money=MONEY_JOURNALS,
            companies=self.env.companies.ids,
        )

    def action_open_entry(self):
        """Open the reminder."""
        self.ensure_one()
        return self.reminder_id._get_records_action()
