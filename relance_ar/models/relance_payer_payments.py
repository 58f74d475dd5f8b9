from datetime import date

from dateutil.relativedelta import relativedelta

from odoo import api, models
from odoo.tools import SQL

from ..core.payer_evidence import MONTHS, ON_TIME_DAYS, REMINDED_DAYS
from .relance_facts_types import CONFIRMED


class RelancePayerPayments(models.AbstractModel):
    """Reads when and how invoices were paid over the last months, by debtor."""

    _name = "relance.payer.payments"
    _description = "Payments of debtors"

    @api.model
    def _from_payments(self, company, today: date, ids):
        """Return the FROM and WHERE that select what settled invoices lately.

        Aliases: pr (reconciliation), d (instalment), c (payment), p (partner). Only
        entries of a bank or cash journal are payments: neither credit notes, nor
        exchange differences, nor write-offs are.
        """
        since = today - relativedelta(months=MONTHS)
        return SQL(
            """
            FROM account_partial_reconcile pr
            JOIN account_move_line c ON c.id = pr.credit_move_id
            JOIN account_journal jc ON jc.id = c.journal_id
            JOIN account_move_line d ON d.id = pr.debit_move_id
            JOIN account_journal jd ON jd.id = d.journal_id
            JOIN account_account a ON a.id = d.account_id
            JOIN res_partner p ON p.id = d.partner_id
            WHERE pr.company_id = %(company)s
              AND pr.max_date > %(since)s -- never before the payment: spares reading it
              AND c.date > %(since)s AND c.date <= %(today)s
              AND jc.type IN ('bank', 'cash', 'credit')
              AND jd.type = 'sale'
              AND a.account_type = 'asset_receivable'
              AND pr.amount > 0
              AND %(among)s
            """,
            company=company.id,
            since=since,
            today=today,
            among=self._among(SQL("p.commercial_partner_id"), ids),
        )

    @staticmethod
    def _among(column, ids):
        """Return the condition that a column is one of the ids; None stands for all."""
        return SQL("TRUE") if ids is None else SQL("%s IN %s", column, ids or (0,))

    @api.model
    def _load_payments(self, company, today, ids):
        """Read how late payments came, weighted by their amounts."""
        rows = self.env.execute_query_dict(
            SQL(
                """
                SELECT s.debtor,
                       sum(s.amount) AS paid_amount,
                       count(DISTINCT s.line) AS paid_count,
                       sum(s.amount * s.late) / sum(s.amount) AS mean,
                       sum(s.amount * s.late * s.late) / sum(s.amount) AS square,
                       sum(s.amount) FILTER (WHERE s.late <= %s) AS on_time_amount,
                       sum(s.amount) FILTER (WHERE s.is_reminded) AS reminded_amount,
                       max(s.day) AS last_payment
                  FROM (SELECT p.commercial_partner_id AS debtor, d.id AS line,
                               pr.amount, c.date AS day,
                               c.date - COALESCE(d.date_maturity, d.date) AS late,
                               EXISTS (
                                   SELECT FROM relance_reminder_line rl
                                     JOIN relance_reminder r ON r.id = rl.reminder_id
                                    WHERE rl.move_line_id = d.id AND r.state IN %s
                                      AND c.date BETWEEN r.date_done
                                                     AND r.date_done + %s
                               ) AS is_reminded
                        %s) s
                 GROUP BY s.debtor
                """,
                ON_TIME_DAYS,
                CONFIRMED,
                REMINDED_DAYS,
                self._from_payments(company, today, ids),
            )
        )
        found = {}
        for row in rows:
            mean, square = row.pop("mean"), row.pop("square")
            row["days_late_mean"] = round(mean, 1)
            variance = max(square - mean * mean, 0)  # rounding may leave it below
            row["days_late_spread"] = round(variance**0.5, 1)
            found[row.pop("debtor")] = row
        return found

    @api.model
    def _load_automatic(self, company, today, ids):
        """Read what was paid by the automatic methods of the company."""
        # sudo: which methods are automatic is no secret, it is in the settings.
        methods = company.sudo().relance_automatic_method_line_ids.ids
        if not methods:
            return {}
        return self._load_amounts(
            "automatic_amount",
            SQL(
                """
                SELECT p.commercial_partner_id,
                       sum(abs(ap.amount_company_currency_signed))
                  FROM account_payment ap
                  JOIN res_partner p ON p.id = ap.partner_id
                 WHERE ap.company_id = %s AND ap.payment_method_line_id IN %s
                   AND ap.partner_type = 'customer' AND ap.payment_type = 'inbound'
                   AND ap.state IN ('in_process', 'paid')
                   AND ap.date > %s AND ap.date <= %s AND %s
                 GROUP BY p.commercial_partner_id
                """,
                company.id,
                tuple(methods),
                today - relativedelta(months=MONTHS),
                today,
                self._among(SQL("p.commercial_partner_id"), ids),
            ),
        )

    @api.model
    def _load_amounts(self, name, query):
        """Return one amount of each debtor, under a name."""
        rows = self.env.execute_query(query)
        return {partner_id: {name: amount} for partner_id, amount in rows}
