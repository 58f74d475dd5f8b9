import re
from collections import defaultdict
from datetime import timedelta
from decimal import Decimal

from odoo import api, fields, models
from odoo.tools import SQL

from ..core import preflight
from ..core.preflight import Money, OwnSide

# Payments are still looked for in bank lines of the last months only.
BANK_DAYS = 180
_WORD = re.compile(r"[^\s,;:()]+")


class RelanceOwnSide(models.AbstractModel):
    """Reads what may not be in order on our side, for a whole batch of debtors.

    Everything found here is judged by ``core.preflight``.
    """

    _name = "relance.own.side"
    _inherit = "relance.refusals"
    _description = "Checks of our own side"

    @api.model
    def _check_own_side(self, rows, partners, company, needs_order, unread):
        """Return ``{line id: findings}`` about the lines that owe something.

        :param rows: ``{partner id: rows}``
        :param partners: the debtors, with the environment of the company
        :param needs_order: ids of the debtors who ask for an order number
        :param unread: ``{partner id: (reminder with an answer to read, since when)}``
        """
        severities = self.env["relance.check"]._get_severities()
        known = self._load_own_side(rows, partners, company)
        known.update(needs_order=needs_order, unread=unread)
        # Most invoices of a debtor are in the same case, which is judged once.
        judged, found = {}, {}
        for partner_id, partner_rows in rows.items():
            credits = self._free_credits(partner_rows)
            for row in partner_rows:
                if row.residual > 0:
                    own = self._own_side(row, partner_id, known, credits)
                    if own not in judged:
                        judged[own] = preflight.check(own, severities)
                    if judged[own]:
                        found[row.id] = judged[own]
        return found

    @api.model
    def _own_side(self, row, partner_id, known, credits):
        """Return what is known about one line, for the checks."""
        in_process = known["in_process"].get(row.id)
        in_bank = known["in_bank"].get(row.id)
        has_money = in_process or in_bank
        bounced, bounce_id = known["bounced"].get(row.move_id, ("", 0))
        draft, draft_id = known["drafts"].get(row.move_id, ("", 0))
        unread, unread_on = known["unread"].get(partner_id, ("", ""))
        return OwnSide(
            residual=row.residual if has_money else preflight.ZERO,
            is_sent=row.is_sent or not row.is_invoice,
            bounced=bounced,
            bounce_id=bounce_id,
            misses_order=partner_id in known["needs_order"]
            and row.is_invoice
            and not row.order_number,
            terms=self._different_terms(row, partner_id, known),
            draft_credit=draft,
            draft_id=draft_id,
            in_process=in_process,
            in_bank=in_bank,
            free_credit=credits.get(row.currency_id, preflight.ZERO),
            unread=unread,
            unread_on=unread_on,
            refused=known["refused"].get(row.id, 0),
            without_rate=known["without_rate"].get(row.currency_id, ""),
        )

    @api.model
    def _free_credits(self, rows):
        """Return ``{currency: what is in credit}``, positive."""
        credits = defaultdict(Decimal)
        for row in rows:
            if row.residual < 0:
                credits[row.currency_id] -= row.residual
        return credits

    @api.model
    def _different_terms(self, row, partner_id, known):
        """Return the names of the terms on an invoice and agreed, if they differ."""
        agreed = known["agreed"].get(partner_id)
        if not (agreed and row.is_invoice) or row.terms_id == agreed:
            return None
        names = known["terms"]
        return names(row.terms_id) or self.env._("none"), names(agreed)

    # ------------------------------------------------------------------ reading

    @api.model
    def _load_own_side(self, rows, partners, company):
        """Return all that the checks need, by name."""
        every_row = [row for found in rows.values() for row in found]
        owed = [row for row in every_row if row.residual > 0]
        move_ids = tuple({row.move_id for row in owed}) or (0,)
        terms = self.env["account.payment.term"].sudo()  # sudo: names of terms only
        return {
            "agreed": {p.id: p.property_payment_term_id.id for p in partners},
            "terms": lambda term_id: terms.browse(term_id or []).display_name,
            "bounced": self._load_bounced(move_ids),
            "refused": self._load_refused([row.id for row in owed]),
            "drafts": self._load_draft_credits(move_ids),
            "in_process": self._load_in_process(owed, move_ids),
            "in_bank": self._load_in_bank(rows, company),
            "without_rate": self._load_without_rate(owed, company),
        }

    @api.model
    def _load_bounced(self, move_ids):
        """Return ``{invoice id: (address, message id)}`` of last e-mails come back."""
        rows = self.env.execute_query(
            SQL(
                """
                SELECT DISTINCT ON (m.res_id) m.res_id, n.notification_status,
                       COALESCE(p.email, n.mail_email_address, '?'), m.id
                  FROM mail_notification n
                  JOIN mail_message m ON m.id = n.mail_message_id
                  JOIN account_move i ON i.id = m.res_id
                  LEFT JOIN res_partner p ON p.id = n.res_partner_id
                 WHERE m.model = 'account.move' AND n.notification_type = 'email'
                   AND (p.id IS NULL
                        OR p.commercial_partner_id = i.commercial_partner_id)
                   AND m.res_id IN (
                       SELECT fm.res_id
                         FROM mail_notification fn
                         JOIN mail_message fm ON fm.id = fn.mail_message_id
                        WHERE fn.notification_status IN ('bounce', 'exception')
                          AND fm.model = 'account.move' AND fm.res_id IN %s)
                 ORDER BY m.res_id, m.id DESC, n.notification_status
                """,
                move_ids,
            )
        )
        return {
            move_id: (address, message_id)
            for move_id, status, address, message_id in rows
            if status in ("bounce", "exception")
        }

    @api.model
    def _load_draft_credits(self, move_ids):
        """Return ``{invoice id: (name, id) of its credit note in draft}``."""
        rows = self.env.execute_query(
            SQL(
                """
                SELECT reversed_entry_id, COALESCE(NULLIF(name, '/'), ref, ''), id
                  FROM account_move
                 WHERE state = 'draft' AND move_type = 'out_refund'
                   AND reversed_entry_id IN %s
                """,
                move_ids,
            )
        )
        return {
            move_id: (name or self.env._("draft"), draft_id)
            for move_id, name, draft_id in rows
        }

    @api.model
    def _load_in_process(self, owed, move_ids):
        """Return ``{line id: Money}`` registered as paid, not yet at the bank."""
        payments = self.env.execute_query(
            SQL(
                """
                SELECT p.id, p.currency_id, p.amount, p.name, p.date,
                       ARRAY_AGG(r.invoice_id)
                  FROM account_move__account_payment r
                  JOIN account_payment p ON p.id = r.payment_id
                 WHERE r.invoice_id IN %s AND p.state = 'in_process'
                   AND p.payment_type = 'inbound' AND p.move_id IS NULL
                 GROUP BY p.id
                 ORDER BY p.date, p.id
                """,
                move_ids,
            )
        )
        covered = {}
        for _id, currency_id, amount, name, day, invoice_ids in payments:
            paid = [
                row
                for row in owed
                if row.move_id in invoice_ids and row.currency_id == currency_id
            ]
            self._cover(covered, paid, amount, name, day)
        return covered

    @api.model
    def _load_in_bank(self, rows, company):
        """Return ``{line id: Money}`` seen on the bank, not matched with anything.

        What comes from a customer is theirs; from nobody known, it pays what it names.
        """
        lines = self.env.execute_query(
            SQL(
                """
                SELECT p.commercial_partner_id, s.payment_ref, m.date,
                       COALESCE(s.foreign_currency_id, s.currency_id),
                       -s.amount_residual
                  FROM account_bank_statement_line s
                  JOIN account_move m ON m.id = s.move_id
                  LEFT JOIN res_partner p ON p.id = s.partner_id
                 WHERE s.company_id = %s AND s.is_reconciled IS NOT TRUE
                   AND s.amount_residual < 0 AND m.state = 'posted'
                   AND m.date > %s
                   AND (p.id IS NULL OR p.commercial_partner_id IN %s)
                 ORDER BY m.date, s.id
                """,
                company.id,
                fields.Date.context_today(self) - timedelta(days=BANK_DAYS),
                tuple(rows) or (0,),
            )
        )
        by_reference, covered = self._by_reference(rows) if lines else {}, {}
        for partner_id, label, day, currency_id, amount in lines:
            named = self._named(label, by_reference)
            theirs = rows.get(partner_id, ())
            if partner_id:
                named = [row for row in theirs if row in named]
            owed = [
                row
                for row in named or theirs
                if row.residual > 0 and row.currency_id == currency_id
            ]
            self._cover(covered, owed, amount, label or "", day)
        return covered

    @api.model
    def _named(self, label, by_reference):
        """Return the rows whose reference is in a label, the oldest first."""
        words = {self._word(word) for word in _WORD.findall(label or "")} - {""}
        found = {row.id: row for word in words for row in by_reference.get(word, ())}
        return sorted(found.values(), key=lambda row: (row.maturity, row.id))

    @api.model
    def _by_reference(self, rows):
        """Return ``{number or payment reference: rows}``, to read bank lines with."""
        found = defaultdict(list)
        for partner_rows in rows.values():
            for row in partner_rows:
                for reference in {row.number, row.payment_reference} - {None, ""}:
                    found[self._word(reference)].append(row)
        return found

    @api.model
    def _word(self, text):
        """Return a reference as it is compared: banks alter case and signs."""
        return re.sub(r"[^0-9A-Z]", "", text.upper())

    @api.model
    def _cover(self, covered, rows, amount, label, day):
        """Note in ``covered`` which of the rows some money may have paid."""
        debts = [
            (
                row.id,
                row.residual - (covered[row.id].amount if row.id in covered else 0),
            )
            for row in rows
        ]
        for line_id, share in preflight.allocate(Decimal(str(amount)), debts).items():
            if share > 0:
                known = covered.get(line_id)
                total = share + (known.amount if known else 0)
                covered[line_id] = Money(total, label, day)

    @api.model
    def _load_without_rate(self, owed, company):
        """Return ``{currency id: name}`` of foreign currencies without any rate."""
        foreign = {row.currency_id for row in owed} - {company.currency_id.id}
        # sudo: names of currencies, and whether they have rates.
        currencies = self.env["res.currency"].sudo().browse(foreign)
        return {
            currency.id: currency.name
            for currency in currencies
            if not currency.rate_ids
        }
