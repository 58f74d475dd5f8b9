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
    ("credited", "Credited or paid before"),
    ("under_way", "Under way"),
]


class RelanceEffect(models.Model):
    """What followed a contact of a debtor, for all the instalments that it was about.

    Until the next contact about one of them, or ``WINDOW_DAYS`` days: what comes later
    is hardly put down to it. Reminders of one day by the same channel, of the same
    phase, are one contact; others of the same day do not end its time. What credit
    notes take off in that time was never to be paid, nor what had come in before the
    contact and was matched after it.
    """

    _name = "relance.effect"
    _inherit = ["relance.analysis.rates"]
    _description = "What followed a contact"
    _auto = False
    _rec_name = "reminder_id"
    _order = "contacted_on desc, id desc"

    reminder_id = fields.Many2one("relance.reminder", readonly=True)
    level_id = fields.Many2one("relance.level", readonly=True)
    phase = fields.Selection(PHASES, readonly=True)
    channel = fields.Selection(CHANNELS, readonly=True)
    user_id = fields.Many2one("res.users", string="Contact by", readonly=True)
    move_name = fields.Char(string="Number", readonly=True)
    instalments = fields.Integer(readonly=True)
    contacted_on = fields.Date(readonly=True)
    outcome = fields.Selection(OUTCOMES, readonly=True)
    cases = fields.Integer(readonly=True)
    paid = fields.Integer(string="Paid in full", readonly=True)
    rate = fields.Float(
        string="Share paid",
        readonly=True,
        aggregator="avg",
        digits=(5, 4),
        help="Of contacts. In “Which actions work” each debtor counts once instead.",
    )
    share_recovered = fields.Float(readonly=True, aggregator="avg", digits=(5, 4))
    days = fields.Float(
        string="Days to payment",
        readonly=True,
        aggregator="avg",
        digits=(6, 1),
        help="Mean of the payments, weighted by their amounts.",
    )
    amount = fields.Monetary(
        string="Owed then",
        currency_field="figures_currency_id",
        readonly=True,
        help="In the currency of the current company, at the rate of the month's end.",
    )
    recovered = fields.Monetary(
        currency_field="figures_currency_id",
        readonly=True,
        help="In the currency of the current company, at the rate of the month's end.",
    )

    @property
    def _table_query(self):
        return SQL(
            """
            SELECT k.id, k.id AS reminder_id, r.level_id, k.phase, k.channel, r.user_id,
                   k.move_name, k.instalments, k.contacted_on,
                   CASE WHEN o.is_paid THEN 'paid'
                        WHEN o.is_credited THEN 'credited'
                        WHEN NOT o.is_over THEN 'under_way'
                        WHEN k.recovered > 0 THEN 'part' ELSE 'unpaid' END AS outcome,
                   CASE WHEN o.is_over THEN 1 ELSE 0 END AS cases,
                   CASE WHEN o.is_paid THEN 1 ELSE 0 END AS paid,
                   CASE WHEN o.is_paid THEN 1.0 WHEN o.is_over THEN 0.0 END AS rate,
                   CASE WHEN o.is_over
                        THEN LEAST(k.recovered / NULLIF(k.amount, 0), 1)
                        END AS share_recovered,
                   CASE WHEN o.is_paid
                        THEN k.weighted / NULLIF(k.recovered, 0) END AS days,
                   k.amount * COALESCE(w.rate, 1) AS amount,
                   k.recovered * COALESCE(w.rate, 1) AS recovered, %(debtor)s
              FROM (%(contacts)s) k
              CROSS JOIN LATERAL (
                   SELECT k.to_pay = 0 AS is_credited,
                          k.to_pay > 0 AND k.is_settled AS is_paid,
                          k.to_pay > 0 AND (k.is_settled OR k.is_followed
                              OR %(today)s > k.until) AS is_over) o
              JOIN relance_reminder r ON r.id = k.id
              JOIN res_company c ON c.id = k.company_id
              %(worth)s
              JOIN res_partner d ON d.id = k.debtor_id
            """,
            today=fields.Date.context_today(self),
            debtor=self._debtor_columns(),
            contacts=self._contacts_sql(),
            worth=self._worth_join(SQL("k.contacted_on")),
        )

    def _contacts_sql(self):
        """Return the query of the contacts, with what came in for all they were about.

        One row for each debtor, day, channel and phase; ``to_pay``: instalments that
        credit notes, or money from before the contact, did not settle.
        """
        return SQL(
            """
            SELECT t.id, t.company_id, t.debtor_id, t.contacted_on, t.channel, t.phase,
                   t.until, t.is_followed,
                   count(*) AS instalments,
                   count(*) FILTER (WHERE t.residual > s.credited) AS to_pay,
                   bool_and(s.paid_currency >= t.residual - s.credited) AS is_settled,
                   string_agg(DISTINCT t.move_name, ', ') AS move_name,
                   sum(GREATEST(t.residual - s.credited, 0) * t.rate) AS amount,
                   sum(s.recovered) AS recovered, sum(s.weighted) AS weighted
              FROM (%(instalments)s) t
              CROSS JOIN LATERAL (%(payments)s) s
             GROUP BY t.id, t.company_id, t.debtor_id, t.contacted_on, t.channel,
                      t.phase, t.until, t.is_followed
            """,
            instalments=self._instalments_sql(),
            payments=self._payments_sql(),
        )

    def _instalments_sql(self):
        """Return the query of the instalments of each contact, and when its time ends.

        An instalment that two reminders of one contact were about counts once.
        """
        return SQL(
            """
            SELECT g.*,
                   LEAST(g.contacted_on + %(window)s, min(g.next_on) OVER contact - 1)
                       AS until,
                   min(g.next_on) OVER contact <= g.contacted_on + %(window)s
                       IS TRUE AS is_followed,
                   min(g.reminder_id) OVER contact AS id
              FROM (SELECT f.company_id, f.debtor_id, f.contacted_on, f.channel,
                           f.phase, f.move_line_id, f.next_on,
                           min(f.reminder_id) AS reminder_id,
                           min(f.move_name) AS move_name, max(f.residual) AS residual,
                           abs(l.amount_currency) AS total,
                           abs(l.balance / NULLIF(l.amount_currency, 0)) AS rate
                      FROM (%(lines)s) f
                      JOIN account_move_line l ON l.id = f.move_line_id
                     GROUP BY f.company_id, f.debtor_id, f.contacted_on, f.channel,
                              f.phase, f.move_line_id, f.next_on, l.id) g
            WINDOW contact AS (PARTITION BY g.company_id, g.debtor_id, g.contacted_on,
                                            g.channel, g.phase)
            """,
            window=WINDOW_DAYS,
            lines=self._lines_sql(),
        )

    def _lines_sql(self):
        """Return the query of what was contacted about, and on which later day next."""
        return SQL(
            """
            SELECT r.id AS reminder_id, r.company_id, r.channel, r.phase,
                   p.commercial_partner_id AS debtor_id, r.date_done AS contacted_on,
                   rl.move_line_id, rl.move_name, rl.amount_residual AS residual,
                   first_value(r.date_done) OVER (
                       PARTITION BY rl.move_line_id ORDER BY r.date_done
                       GROUPS BETWEEN 1 FOLLOWING AND 1 FOLLOWING) AS next_on
              FROM relance_reminder_line rl
              JOIN relance_reminder r ON r.id = rl.reminder_id
              JOIN res_partner p ON p.id = r.partner_id
             WHERE r.state IN %(confirmed)s AND rl.amount_residual > 0
               AND r.company_id = ANY(%(companies)s)
            """,
            confirmed=CONFIRMED,
            companies=self.env.companies.ids,
        )

    def _payments_sql(self):
        """Return the query of what came in for an instalment within the time.

        Money of posted entries alone; ``credited``: what was not to be paid any more,
        by credit notes of that time, or by entries from before the contact that were
        matched after it. Of those, the reminder knew what was not left: ``residual``.
        """
        return SQL(
            """
            SELECT COALESCE(sum(i.debit_amount_currency)
                            FILTER (WHERE i.is_within AND i.is_credit_note), 0)
                   + GREATEST(COALESCE(sum(i.debit_amount_currency)
                                       FILTER (WHERE NOT i.is_within), 0)
                              - (t.total - t.residual), 0) AS credited,
                   COALESCE(sum(i.debit_amount_currency)
                            FILTER (WHERE i.is_within AND i.is_money), 0)
                       AS paid_currency,
                   COALESCE(sum(i.amount)
                            FILTER (WHERE i.is_within AND i.is_money), 0) AS recovered,
                   COALESCE(sum(i.amount * (i.date - t.contacted_on))
                            FILTER (WHERE i.is_within AND i.is_money), 0) AS weighted
              FROM (SELECT q.amount, q.debit_amount_currency, e.date,
                           e.date >= t.contacted_on AS is_within,
                           j.type = 'sale' AS is_credit_note,
                           j.type IN %(money)s AS is_money
                      FROM account_partial_reconcile q
                      JOIN account_move_line e ON e.id = q.credit_move_id
                      JOIN account_journal j ON j.id = e.journal_id
                     WHERE q.debit_move_id = t.move_line_id
                       AND e.parent_state = 'posted' AND e.date <= t.until) i
            """,
            money=MONEY_JOURNALS,
        )

    def action_open_entry(self):
        """Open the reminder."""
        self.ensure_one()
        return self.reminder_id._get_records_action()
