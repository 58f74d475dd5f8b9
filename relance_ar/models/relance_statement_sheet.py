from collections import defaultdict

from odoo import api, models
from odoo.exceptions import AccessError
from odoo.tools import SQL

from ..core.penalty import NOTHING
from .relance_penalty_states import SETTLED

INVOICE, CREDIT_NOTE, PAYMENT, OTHER = "invoice", "credit_note", "payment", "other"

# The receivable lines as they stood at the end of a day; since: also those settled.
ITEMS = """
    SELECT l.id, COALESCE(m.name, ''), COALESCE(m.ref, ''), m.move_type,
           m.origin_payment_id IS NOT NULL
               OR m.statement_line_id IS NOT NULL,
           COALESCE(m.invoice_date, l.date), l.date_maturity, l.currency_id,
           l.amount_currency, COALESCE(s.settled, 0), s.settled_on
      FROM account_move_line l
      JOIN account_account a ON a.id = l.account_id
      JOIN account_move m ON m.id = l.move_id
      JOIN res_partner p ON p.id = l.partner_id
      LEFT JOIN LATERAL (
            SELECT sum(CASE WHEN r.debit_move_id = l.id
                            THEN r.debit_amount_currency
                            ELSE -r.credit_amount_currency END) AS settled,
                   max(r.max_date) AS settled_on
              FROM account_partial_reconcile r
             WHERE (r.debit_move_id = l.id OR r.credit_move_id = l.id)
               AND r.max_date <= %(day)s
           ) s ON TRUE
     WHERE p.commercial_partner_id = %(debtor)s
       AND l.company_id = %(company)s
       AND a.account_type = 'asset_receivable'
       AND l.parent_state = 'posted' AND l.date <= %(day)s
       AND (l.amount_currency <> COALESCE(s.settled, 0)
            OR s.settled_on >= %(since)s)
     ORDER BY l.date_maturity NULLS FIRST, l.date, l.id
"""


class RelanceStatementSheet(models.AbstractModel):
    """What one debtor owes and was credited, as it stood at the end of any day.

    A query for the items, those of the penalties and of what was agreed, however many
    items there are.
    """

    _name = "relance.statement.sheet"
    _inherit = ["relance.statement.agreements"]
    _description = "Sheet of a statement of account"

    @api.model
    def _get_statement(self, partner, company, day, since=None, penalties=True):
        """Return the statement of account of a debtor.

        :param since: also list what was settled from this day on; None: only open items
        :param penalties: whether late-payment penalties are reckoned at ``day``
        :return: dict: ``partner``, ``company``, ``day``, ``since``, ``groups`` (one for
            each currency: see ``_make_group``), ``errors`` (penalties that are not
            known) and ``agreements``: see ``_get_agreements``
        :raise AccessError: for a company that the user does not work in
        """
        partner.check_access("read")
        if company not in self.env.companies and not self.env.su:
            raise AccessError(self.env._("You do not work in this company."))
        debtor = partner.commercial_partner_id
        items = self._load_items(debtor, company, day, since)
        found, missing = self._load_penalties(items, day) if penalties else ({}, {})
        by_currency = defaultdict(list)
        for item in items:
            penalty = found.get(item["line"], NOTHING)
            item["interest"] = float(penalty.interest)
            item["indemnity"] = float(penalty.indemnity)
            by_currency[item["currency"]].append(item)
        rates = self.env["relance.interest.rate"]
        groups = [
            self._make_group(currency_id, group, day)
            for currency_id, group in sorted(by_currency.items())
        ]
        return {
            "partner": debtor,
            "company": company,
            "day": day,
            "since": since,
            "groups": groups,
            "errors": sorted({rates._say_missing(error) for error in missing.values()}),
            "agreements": self._get_agreements(items, day),
        }

    @api.model
    def _get_known_statement(self, partner, company, day, since=None, penalties=True):
        """Return the statement that a debtor reads: see ``_get_statement``.

        Of penalties that are not all known, it says nothing.
        """
        sheet = self._get_statement(partner, company, day, since, penalties)
        if sheet["errors"]:
            return self._get_statement(partner, company, day, since, penalties=False)
        return sheet

    @api.model
    def _load_items(self, debtor, company, day, since):
        """Return the receivable lines as they stood at the end of a day.

        :return: dicts: ``line``, ``number``, ``kind``, ``date``, ``due``, ``currency``
            (id), ``amount``, ``settled``, ``owed`` (signed: credits are negative) and
            ``settled_on``
        """
        self.env.flush_all()
        rows = self.env.execute_query(
            SQL(
                ITEMS,
                debtor=debtor.id,
                company=company.id,
                day=day,
                since=since or "9999-12-31",
            )
        )
        return [self._make_item(*row) for row in rows]

    @api.model
    def _make_item(
        self,
        line_id,
        number,
        reference,
        move_type,
        is_money,
        date,
        due,
        currency,
        amount,
        settled,
        settled_on,
    ):
        kinds = {"out_invoice": INVOICE, "out_refund": CREDIT_NOTE}
        amount, settled = float(amount), float(settled)
        return {
            "line": line_id,
            "number": number,
            "reference": reference,
            "kind": kinds.get(move_type) or (PAYMENT if is_money else OTHER),
            "date": date,
            "due": due,
            "currency": currency,
            "amount": amount,
            "settled": settled,
            "owed": amount - settled,
            "settled_on": settled_on,
        }

    @api.model
    def _load_penalties(self, items, day):
        """Return the penalties of the items, as ``relance.penalty.facts._compute``."""
        lines = self.env["account.move.line"].browse(
            [item["line"] for item in items if item["amount"] > 0]
        )
        # sudo: totals of the lines listed, which the reader of the statement may see.
        claims = self.env["relance.penalty.claim"].sudo()
        return claims._get_unclaimed(lines.sudo(), day, SETTLED) if lines else ({}, {})

    @api.model
    def _make_group(self, currency_id, items, day):
        """Return the items in one currency with their totals.

        :return: dict: ``currency``, ``open`` and ``settled`` (items), ``overdue``,
            ``to_come``, ``credits``, ``balance``, ``interest``, ``indemnity``,
            ``has_penalties`` and ``total``
        """
        currency = self.env["res.currency"].browse(currency_id)
        for item in items:
            item["owed"] = currency.round(item["owed"])
            item["late"] = bool(item["due"] and item["due"] < day and item["owed"] > 0)
        opened = [item for item in items if item["owed"]]
        late = sum(item["owed"] for item in opened if item["late"])
        debits = sum(item["owed"] for item in opened if item["owed"] > 0)
        credits_ = sum(item["owed"] for item in opened if item["owed"] < 0)
        interest = sum(item["interest"] for item in items)
        indemnity = sum(item["indemnity"] for item in items)
        return {
            "currency": currency,
            "open": opened,
            "settled": [item for item in items if not item["owed"]],
            "overdue": currency.round(late),
            "to_come": currency.round(debits - late),
            "credits": currency.round(credits_),
            "balance": currency.round(debits + credits_),
            "interest": currency.round(interest),
            "indemnity": currency.round(indemnity),
            "has_penalties": not currency.is_zero(interest + indemnity),
            "total": currency.round(debits + credits_ + interest + indemnity),
        }
