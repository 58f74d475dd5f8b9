from collections import defaultdict
from decimal import Decimal

from dateutil.relativedelta import relativedelta

from odoo import api, models
from odoo.fields import Domain
from odoo.tools import SQL

from ..core.amounts import ZERO
from ..core.payer_evidence import REMINDED_DAYS
from ..core.receivables import Curve
from .relance_channel import CALLS
from .relance_facts_types import CONFIRMED
from .relance_kpi_books import MONEY_JOURNALS


class RelanceKpiWork(models.AbstractModel):
    """Reads, by month, what was done and what came of it: promises, disputes, calls,
    contacts, penalties, invoices accepted. A query each, whatever their number.

    Each ``_load_*`` returns ``{first day of the month: …}``.
    """

    _name = "relance.kpi.work"
    _inherit = "relance.kpi.books"
    _description = "Work of collections, by month"

    @api.model
    def _by_month(self, scope, model, day, domain, *columns, partner="partner_id"):
        """Return the records of a model in a scope, counted by the month of a day.

        :param day: name of the date that says when
        :param columns: SQL of what is counted; ``t`` is the table
        :return: ``{first day: tuple of the columns}``
        """
        records = self.env[model]
        table = SQL.identifier(records._table)
        within = Domain(day, ">=", scope.start) & Domain(day, "<=", scope.day)
        query = records._search(
            self._scope_domain(scope, partner) & within & Domain(domain)
        )
        query.groupby = SQL("1")
        month = SQL("date_trunc('month', %s.%s)::date", table, SQL.identifier(day))
        rows = self.env.execute_query(query.select(month, *columns))
        return {row[0]: row[1:] for row in rows}

    @api.model
    def _load_promises(self, scope):
        """Return ``(kept, judged)`` of the promises whose time was over."""
        return self._by_month(
            scope,
            "relance.promise",
            "date_limit",
            [("state", "in", ("kept", "broken"))],
            SQL("count(*) FILTER (WHERE relance_promise.state = 'kept')"),
            SQL("count(*)"),
        )

    @api.model
    def _load_resolved(self, scope):
        """Return ``(days, disputes)`` of the disputes that were settled."""
        return self._by_month(
            scope,
            "relance.dispute",
            "resolved_on",
            [("state", "=", "resolved")],
            SQL("sum(relance_dispute.days_to_resolve)"),
            SQL("count(*)"),
        )

    @api.model
    def _load_calls(self, scope):
        """Return ``(confirmed in writing, calls)`` of the calls and visits that took
        place."""
        return self._by_month(
            scope,
            "relance.reminder",
            "date_done",
            [("channel", "in", CALLS), ("state", "=", "done")],
            SQL("count(relance_reminder.followed_up_on)"),
            SQL("count(*)"),
        )

    @api.model
    def _load_contacts(self, scope):
        """Return ``(contacts,)``: those that took place, on any channel."""
        return self._by_month(
            scope,
            "relance.reminder",
            "date_done",
            [("state", "in", CONFIRMED)],
            SQL("count(*)"),
        )

    @api.model
    def _load_first_pass(self, scope):
        """Return ``(accepted, invoices)``: neither disputed nor corrected so far."""
        disputes = self.env["relance.dispute"]
        # sudo: which invoices, of those just selected, were disputed or credited.
        lines = disputes.sudo()._line_table()
        return self._by_month(
            scope,
            "account.move",
            "invoice_date",
            [("move_type", "=", "out_invoice"), ("state", "=", "posted")],
            SQL(
                """
                count(*) FILTER (
                    WHERE account_move.id NOT IN (
                          SELECT n.reversed_entry_id FROM account_move n
                           WHERE n.reversed_entry_id IS NOT NULL
                             AND n.move_type = 'out_refund' AND n.state = 'posted')
                      AND account_move.id NOT IN (
                          SELECT i.move_id FROM relance_dispute d
                            JOIN %(rel)s k ON k.%(record)s = d.id
                            JOIN account_move_line i ON i.id = k.%(line)s
                           WHERE d.state != 'cancelled'))
                """,
                **lines,
            ),
            SQL("count(*)"),
            partner="commercial_partner_id",
        )

    # -------------------------------------------------------------------- disputes

    @api.model
    def _load_disputed(self, scope, rates):
        """Return what was disputed at each end of the scope, in its currency.

        As it was entered: what was paid or credited of it since is not taken off.
        """
        records = self.env["relance.dispute"]
        query = records._search(
            self._scope_domain(scope)
            & Domain("state", "!=", "cancelled")
            & Domain("date_open", "<=", scope.day)
        )
        table = SQL.identifier(records._table)
        names = ("company_id", "currency_id", "date_open", "resolved_on")
        columns = [SQL("%s.%s", table, SQL.identifier(name)) for name in names]
        rows = self.env.execute_query(
            query.select(*columns, SQL("%s.amount::text", table))
        )
        changes = defaultdict(lambda: defaultdict(Decimal))
        for company_id, currency_id, opened, resolved, amount in rows:
            of_pot = changes[company_id, currency_id]
            of_pot[opened] += Decimal(amount)
            if resolved:
                of_pot[resolved] -= Decimal(amount)
        curves = {pot: Curve(found) for pot, found in changes.items()}
        return [
            sum(
                (
                    curve.at(day) * self._rate_of(scope, *pot, day, rates)
                    for pot, curve in curves.items()
                ),
                ZERO,
            )
            for day in scope.ends
        ]

    # ------------------------------------------------------------------- recovered

    @api.model
    def _load_recovered(self, scope, rates):
        """Return what came in within some days after a contact about it.

        Each payment counts once, whatever the number of contacts before it.
        """
        reminders = self.env["relance.reminder"]
        since = scope.start - relativedelta(days=REMINDED_DAYS)
        contacts = reminders._search(
            self._scope_domain(scope)
            & Domain("state", "in", CONFIRMED)
            & Domain("date_done", ">=", since)
            & Domain("date_done", "<=", scope.day)
        )
        rows = self.env.execute_query(
            SQL(
                """
                SELECT r.company_id, date_trunc('month', c.date)::date,
                       sum(r.amount)::text
                  FROM account_partial_reconcile r
                  JOIN account_move_line c
                    ON c.id = r.credit_move_id AND c.parent_state = 'posted'
                  JOIN account_move_line l
                    ON l.id = r.debit_move_id AND l.parent_state = 'posted'
                 WHERE c.date BETWEEN %(start)s AND %(day)s
                   AND r.max_date >= %(start)s
                   AND c.journal_id = ANY(%(money)s)
                   AND EXISTS (
                       SELECT FROM relance_reminder_line rl
                         JOIN (%(contacts)s) k ON k.id = rl.reminder_id
                        WHERE rl.move_line_id = r.debit_move_id
                          AND c.date BETWEEN k.date_done AND k.date_done + %(days)s)
                 GROUP BY 1, 2
                """,
                start=scope.start,
                day=scope.day,
                days=REMINDED_DAYS,
                money=self._journal_ids(scope, *MONEY_JOURNALS),
                contacts=contacts.select(
                    SQL("relance_reminder.id"), SQL("relance_reminder.date_done")
                ),
            )
        )
        return self._in_scope_currency(scope, rows, rates)

    @api.model
    def _load_penalties_paid(self, scope, rates):
        """Return what was paid on invoices of penalties."""
        claims = self.env["relance.penalty.claim"]
        invoiced = claims._search(
            self._scope_domain(scope) & Domain("invoice_id", "!=", False)
        )
        rows = self.env.execute_query(
            SQL(
                """
                SELECT r.company_id, date_trunc('month', c.date)::date,
                       sum(r.amount)::text
                  FROM account_move_line l
                  JOIN account_partial_reconcile r ON r.debit_move_id = l.id
                  JOIN account_move_line c
                    ON c.id = r.credit_move_id AND c.parent_state = 'posted'
                 WHERE l.move_id IN (%(invoices)s) AND l.parent_state = 'posted'
                   AND l.account_id = ANY(%(accounts)s)
                   AND c.journal_id = ANY(%(money)s)
                   AND c.date BETWEEN %(start)s AND %(day)s
                 GROUP BY 1, 2
                """,
                invoices=invoiced.select("relance_penalty_claim.invoice_id"),
                accounts=self._receivable_ids(),
                money=self._journal_ids(scope, *MONEY_JOURNALS),
                start=scope.start,
                day=scope.day,
            )
        )
        return self._in_scope_currency(scope, rows, rates)

    @api.model
    def _in_scope_currency(self, scope, rows, rates):
        """Return ``{first day: amount}`` of rows by company and month."""
        found = defaultdict(Decimal)
        for company_id, month, amount in rows:
            currency = self.env["res.company"].browse(company_id).currency_id
            day = min(month + relativedelta(months=1, days=-1), scope.day)
            rate = self._rate_of(scope, company_id, currency.id, day, rates)
            found[month] += Decimal(amount) * rate
        return found
