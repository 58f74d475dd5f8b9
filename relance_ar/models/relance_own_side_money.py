from collections import defaultdict
from datetime import timedelta
from decimal import Decimal

from odoo import api, fields, models
from odoo.tools import SQL

from ..core import bank, preflight
from ..core.bank import Weight
from ..core.preflight import Money
from .ids_array import ids_array

# Payments are still looked for in bank lines of the last months only.
BANK_DAYS = 180


class RelanceOwnSideMoney(models.AbstractModel):
    """Reads which money may have paid already: on its way, or on the bank.

    The money of a branch may be on a journal of its parent companies.
    """

    _name = "relance.own.side.money"
    _description = "Checks of our own side: money"

    # --------------------------------------------------------------- on its way

    @api.model
    def _load_in_process(self, rows, company):
        """Return ``{line id: Money}`` registered as paid, not yet in the books.

        A payment of certain invoices covers these; of none, what the debtor owes.
        """
        by_move, covered = defaultdict(list), {}
        for row in (row for found in rows.values() for row in found):
            by_move[row.move_id].append(row)
        payments = self._read_in_process(rows, ids_array(by_move), company)
        for partner_id, invoice_ids, currency_id, amount, label, day in payments:
            linked = [row for move_id in invoice_ids for row in by_move[move_id]]
            paid = linked if invoice_ids else rows.get(partner_id, ())
            paid = self._in_currency(paid, currency_id)
            self._cover(covered, paid, Money(self._to_decimal(amount), label, day))
        return covered

    @api.model
    def _read_in_process(self, rows, move_ids, company):
        """Return the payments without entry: who, invoices, currency, money.

        Core has an index on what is not matched with the bank.
        """
        return self.env.execute_query(
            SQL(
                """
                SELECT c.commercial_partner_id,
                       ARRAY_REMOVE(ARRAY_AGG(r.invoice_id), NULL),
                       p.currency_id, p.amount,
                       CONCAT_WS(', ', NULLIF(p.name, '/'), NULLIF(p.memo, '')), p.date
                  FROM account_payment p
                  LEFT JOIN res_partner c ON c.id = p.partner_id
                  LEFT JOIN account_move__account_payment r ON r.payment_id = p.id
                 WHERE p.is_matched IS NOT TRUE
                   AND p.state = 'in_process' AND p.move_id IS NULL
                   AND p.payment_type = 'inbound' AND p.partner_type = 'customer'
                   AND (r.invoice_id = ANY(%s)
                        OR (r.invoice_id IS NULL AND p.date > %s
                            AND p.company_id = ANY(%s)
                            AND c.commercial_partner_id = ANY(%s)))
                 GROUP BY p.id, c.commercial_partner_id
                 ORDER BY p.date, p.id
                """,
                move_ids,
                self._first_bank_day(),
                company.parent_ids.ids,
                ids_array(rows),
            )
        )

    # -------------------------------------------------------------- on the bank

    @api.model
    def _load_in_bank(self, rows, company):
        """Return ``{line id: Money}`` seen on the bank, not matched with anything.

        What comes from a customer is theirs; from nobody known, it pays what it names.
        """
        lines = self._read_bank(rows, company)
        by_code, covered = self._by_code(rows) if lines else {}, {}
        for partner_id, label, day, currency_id, amount in lines:
            money = Money(self._to_decimal(amount), label or "", day)
            named = self._named(money, currency_id, by_code)
            if partner_id:
                told = [row for row, weight in named.get(partner_id, ()) if weight]
                theirs = self._in_currency(rows.get(partner_id, ()), currency_id)
                self._cover(covered, told or theirs, money)
            else:
                # Each debtor whom it names is asked about: what is said of one does
                # not depend on the others.
                for found in named.values():
                    self._cover_named(covered, found, money)
        return covered

    @api.model
    def _read_bank(self, rows, company):
        """Return the unmatched bank lines of the debtors, and of nobody known."""
        return self.env.execute_query(
            SQL(
                """
                SELECT p.commercial_partner_id, s.payment_ref, m.date,
                       COALESCE(s.foreign_currency_id, s.currency_id),
                       -s.amount_residual
                  FROM account_bank_statement_line s
                  JOIN account_move m ON m.id = s.move_id
                  LEFT JOIN res_partner p ON p.id = s.partner_id
                 WHERE s.company_id = ANY(%s) AND s.is_reconciled IS NOT TRUE
                   AND s.amount_residual < 0 AND m.state = 'posted'
                   AND m.date > %s
                   AND (p.id IS NULL OR p.commercial_partner_id = ANY(%s))
                 ORDER BY m.date, s.id
                """,
                company.parent_ids.ids,
                self._first_bank_day(),
                ids_array(rows),
            )
        )

    @api.model
    def _first_bank_day(self):
        return fields.Date.context_today(self) - timedelta(days=BANK_DAYS)

    @api.model
    def _by_code(self, rows):
        """Return ``{reference as it is compared: [(partner id, row)]}``."""
        found = defaultdict(list)
        for partner_id, partner_rows in rows.items():
            for row in partner_rows:
                for reference in {row.number, row.payment_reference} - {None, ""}:
                    found[bank.normalise(reference)].append((partner_id, row))
        found.pop("", None)
        return found

    @api.model
    def _named(self, money, currency_id, by_code):
        """Return ``{partner id: [(row, weight)]}`` of what a label names, oldest first.

        What is common to many debts counts only where it is all that the label says.
        """
        whole, weights = bank.normalise(money.label), {}
        for code in bank.codes_in(money.label):
            weight = bank.weigh(code) if code in by_code else None
            if weight or (weight is not None and code == whole):
                for partner_id, row in by_code[code]:
                    of_partner = weights.setdefault(partner_id, {})
                    known = of_partner.get(row.id, (row, weight))[1]
                    of_partner[row.id] = row, max(known, weight)
        return {
            partner_id: sorted(
                (
                    found
                    for found in of_partner.values()
                    if found[0].residual > 0 and found[0].currency_id == currency_id
                ),
                key=lambda found: (found[0].maturity, found[0].id),
            )
            for partner_id, of_partner in weights.items()
        }

    @api.model
    def _in_currency(self, rows, currency_id):
        """Return the rows that owe something in a currency."""
        return [
            row for row in rows if row.residual > 0 and row.currency_id == currency_id
        ]

    @api.model
    def _cover_named(self, covered, named, money):
        """Note what money from nobody known may have paid of the debts that it names.

        A reference that tells little needs the very amount as well.
        """
        strong = [row for row, weight in named if weight == Weight.STRONG]
        if strong:
            return self._cover(covered, strong, money)
        weak = [row for row, weight in named if weight == Weight.WEAK]
        rows = weak or [row for row, _weight in named]
        if bank.agrees(money.amount, [row.residual for row in rows]):
            clue = Money(money.amount, money.label, money.on, is_sure=bool(weak))
            self._cover(covered, rows, clue)

    @api.model
    def _to_decimal(self, amount):
        """Return an amount without the noise of floats, which no currency has."""
        return Decimal(str(round(amount, 6)))

    # ------------------------------------------------------------------ sharing

    @api.model
    def _cover(self, covered, rows, money):
        """Note in ``covered`` which of the rows some money may have paid."""
        debts = [
            (row.id, row.residual - covered[row.id].amount)
            if row.id in covered
            else (row.id, row.residual)
            for row in rows
        ]
        for line_id, share in preflight.allocate(money.amount, debts).items():
            if share > 0:
                known = covered.get(line_id)
                covered[line_id] = Money(
                    share + known.amount if known else share,
                    money.label,
                    money.on,
                    money.is_sure and (not known or known.is_sure),
                )
