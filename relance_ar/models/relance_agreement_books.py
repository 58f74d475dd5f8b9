from collections import defaultdict
from dataclasses import replace
from datetime import date
from decimal import Decimal

from odoo import api, fields, models
from odoo.tools import SQL

from ..core.amounts import ZERO
from ..core.promise import Books, Freed, Receipt
from .ids_array import ids_array

# What came and pays nothing yet: debtor, currency, company, day, credit note, amount,
# entry.
_OF_ENTRIES = """
SELECT c.commercial_partner_id, l.currency_id, l.company_id, l.date,
       m.move_type = 'out_refund', (-l.amount_residual_currency)::text, m.id
  FROM account_move_line l
  JOIN account_move m ON m.id = l.move_id
  JOIN account_journal j ON j.id = m.journal_id
  JOIN account_account a ON a.id = l.account_id
  JOIN res_partner c ON c.id = l.partner_id
 WHERE l.parent_state = 'posted' AND l.reconciled IS NOT TRUE
   AND l.amount_residual_currency < 0 AND a.account_type = 'asset_receivable'
   AND (m.move_type = 'out_refund' OR m.origin_payment_id IS NOT NULL
        OR m.statement_line_id IS NOT NULL OR l.payment_id IS NOT NULL
        OR j.type IN ('bank', 'cash', 'credit'))
   AND c.commercial_partner_id = ANY(%(debtors)s)
   AND l.company_id = ANY(%(companies)s)
"""
_OF_BANK_LINES = """
SELECT c.commercial_partner_id, COALESCE(s.foreign_currency_id, s.currency_id),
       s.company_id, m.date, FALSE, (-s.amount_residual)::text, m.id
  FROM account_bank_statement_line s
  JOIN account_move m ON m.id = s.move_id
  JOIN res_partner c ON c.id = s.partner_id
 WHERE s.is_reconciled IS NOT TRUE AND s.amount_residual < 0 AND m.state = 'posted'
   AND c.commercial_partner_id = ANY(%(debtors)s)
   AND s.company_id = ANY(%(companies)s)
"""
_OF_PAYMENTS = """
SELECT c.commercial_partner_id, p.currency_id, p.company_id, p.date, FALSE,
       p.amount::text, NULL::int
  FROM account_payment p
  JOIN res_partner c ON c.id = p.partner_id
 WHERE p.is_matched IS NOT TRUE AND p.state = 'in_process' AND p.move_id IS NULL
   AND p.payment_type = 'inbound' AND p.partner_type = 'customer'
   AND c.commercial_partner_id = ANY(%(debtors)s)
   AND p.company_id = ANY(%(companies)s)
"""


class RelanceAgreementBooks(models.AbstractModel):
    """Reads what the books say of promises and plans besides what was matched."""

    _name = "relance.agreement.books"
    _description = "Books behind promises and plans"

    def _get_excusable_until(self):
        """Return the last day on which a dispute may be opened that excuses; or None.

        Who did not pay in time is not excused by what they contest afterwards.
        """
        self.ensure_one()
        return None

    def _load_books(self, line_ids):
        """Return ``{record: core.promise.Books}``: a few queries for all of them.

        :param line_ids: ``{record id: ids of its lines}``
        """
        every = {i for ids in line_ids.values() for i in ids}
        owed = self._load_open_amounts(every)
        # sudo: amounts of these lines; salespeople see their own disputes only.
        disputes = self.env["relance.dispute"].sudo()
        disputed = disputes._load_disputed_parts(list(every))
        opened = self._load_dispute_days(list(disputed))
        slacks = self._load_slacks()
        found = {}
        for record in self:
            mine, until = line_ids[record.id], record._get_excusable_until()
            first = min((opened[i] for i in mine if i in opened), default=date.max)
            is_excused = until is None or first <= until
            found[record] = Books(
                sum((owed.get(i, ZERO) for i in mine), ZERO),
                sum((disputed.get(i, ZERO) for i in mine if is_excused), ZERO),
                slacks[record.company_id, record.currency_id],
            )
        return found

    def _load_slacks(self):
        """Return ``{(company, currency): what may be missing}``, in the currency."""
        today = fields.Date.context_today(self)
        pairs = {(record.company_id, record.currency_id) for record in self}
        return {
            (company, currency): self._to_decimal(
                company.currency_id._convert(
                    company.relance_slack, currency, company, today
                )
            )
            for company, currency in pairs
        }

    @api.model
    def _load_dispute_days(self, line_ids):
        """Return ``{line id: day on which the first of its open disputes began}``."""
        if not line_ids:
            return {}
        disputes = self.env["relance.dispute"]
        return dict(
            self.env.execute_query(
                SQL(
                    """
                    SELECT r.%(line)s, MIN(d.date_open)
                      FROM relance_dispute d
                      JOIN %(rel)s r ON r.%(record)s = d.id
                     WHERE r.%(line)s = ANY(%(ids)s)
                       AND d.state IN ('open', 'escalated')
                     GROUP BY r.%(line)s
                    """,
                    **disputes._line_table(),
                    ids=ids_array(line_ids),
                )
            )
        )

    def _load_excuses(self, line_ids, books):
        """Return the books of records that seem broken, with what may excuse them.

        Money of the debtor that nobody has matched yet, and disputes that have ended.

        :param books: ``{record: core.promise.Books}``
        """
        if not self:
            return {}
        unmatched = self._load_unmatched()
        freed = self._load_freed({i for r in self for i in line_ids[r.id]})
        found = {}
        for record in self:
            ended = {k: v for i in line_ids[record.id] for k, v in freed[i].items()}
            found[record] = replace(
                books[record],
                unmatched=tuple(record._pick_unmatched(unmatched)),
                freed=tuple(ended.values()),
            )
        return found

    @api.model
    def _load_freed(self, line_ids):
        """Return ``{line id: {dispute id: core.promise.Freed}}`` of those over."""
        disputes, found = self.env["relance.dispute"], defaultdict(dict)
        for line_id, key, on, since, amount in self.env.execute_query(
            SQL(
                """
                SELECT r.%(line)s, d.id, d.resolved_on, d.date_open,
                       (d.amount - COALESCE(d.amount_upheld, 0))::text
                  FROM relance_dispute d
                  JOIN %(rel)s r ON r.%(record)s = d.id
                 WHERE r.%(line)s = ANY(%(ids)s)
                   AND d.state IN ('resolved', 'cancelled')
                   AND d.resolved_on IS NOT NULL
                """,
                **disputes._line_table(),
                ids=ids_array(line_ids),
            )
        ):
            found[line_id][key] = Freed(on, Decimal(amount), since)
        return found

    # ------------------------------------------------------------------- unmatched

    def _pick_unmatched(self, rows):
        """Return what the debtor paid in the currency, of ``_load_unmatched``."""
        self.ensure_one()
        companies = set(self.company_id.parent_ids.ids)
        debtor = self.partner_id.commercial_partner_id.id
        return [
            receipt
            for company_id, receipt in rows.get((debtor, self.currency_id.id), ())
            if company_id in companies
        ]

    def _load_unmatched(self):
        """Return ``{(debtor id, currency id): [(company id, core.promise.Receipt)]}``.

        What came and pays nothing yet: payments, credit notes, bank lines, and payments
        registered without an entry. The money of a branch may be with its parents.
        """
        found = defaultdict(list)
        # sudo: whose money it is, for verbs already checked and for the cron.
        debtors = self.sudo().partner_id.commercial_partner_id
        wanted = {
            "debtors": ids_array(debtors.ids),
            "companies": ids_array(self.sudo().company_id.parent_ids.ids),
        }
        self.env.flush_all()
        for (
            debtor,
            currency,
            company,
            on,
            is_note,
            amount,
            move,
        ) in self.env.execute_query(self._select_unmatched(wanted)):
            receipt = Receipt(on, Decimal(amount), is_note, document=move or 0)
            found[debtor, currency].append((company, receipt))
        return found

    @api.model
    def _select_unmatched(self, wanted):
        return SQL(
            "%s UNION ALL %s UNION ALL %s",
            SQL(_OF_ENTRIES, **wanted),
            SQL(_OF_BANK_LINES, **wanted),
            SQL(_OF_PAYMENTS, **wanted),
        )
