from bisect import bisect_right
from collections import defaultdict
from datetime import date
from decimal import Decimal

from odoo import api, models
from odoo.tools import SQL

from ..core.penalty import LUMP_SUM_INDEMNITY, ONE_DAY, ZERO


class RelancePenaltyCurrencies(models.AbstractModel):
    """Says what the lump sum of 40 euros is in another currency.

    At the rate of the day on which it becomes due, the day after maturity: what was
    claimed does not move with later rates.
    """

    _name = "relance.penalty.currencies"
    _description = "Lump-sum indemnity in other currencies"

    @api.model
    def _add_lump_sums(self, rows, parts):
        """Give to the instalments in other currencies their lump sum.

        Zero where no rate was entered: nothing is claimed at one that nobody knows.
        """
        euro = self.env.ref("base.EUR")
        foreign = [row for row in rows if row.currency_id != euro.id]
        if not foreign:
            return
        companies = self.env["res.company"].browse({r.company_id for r in foreign})
        currencies = self.env["res.currency"].browse({r.currency_id for r in foreign})
        table = self._load_currency_rates(companies, currencies | euro)
        for row in foreign:
            company = self.env["res.company"].browse(row.company_id)
            currency = self.env["res.currency"].browse(row.currency_id)
            # There is no day after the last one of the calendar.
            day = min(row.maturity, date.max - ONE_DAY) + ONE_DAY
            amount = self._convert_lump_sum(table, company, currency, day)
            parts[row.line_id].indemnity = ZERO if amount is None else amount

    @api.model
    def _load_currency_rates(self, companies, currencies):
        """Return ``{(company id or None, currency id): [(day, rate)]}``, in order.

        The rates of a branch are those of its company; None: shared by all.
        """
        rows = self.env.execute_query(
            SQL(
                """
                SELECT company_id, currency_id, name, rate FROM res_currency_rate
                 WHERE currency_id = ANY(%s)
                   AND (company_id IS NULL OR company_id = ANY(%s))
                 ORDER BY name
                """,
                currencies.ids,
                # sudo: the head of a branch, whose rates it uses.
                companies.sudo().root_id.ids,
            )
        )
        table = defaultdict(list)
        for company_id, currency_id, day, rate in rows:
            table[company_id, currency_id].append((day, float(rate)))
        return table

    @api.model
    def _convert_lump_sum(self, table, company, currency, day):
        """Return the lump sum in a currency at the rate of ``day``, or None."""
        euro = self.env.ref("base.EUR")
        rates = [
            self._find_rate(table, company, each, day) for each in (currency, euro)
        ]
        if not all(rates):
            return None
        amount = float(LUMP_SUM_INDEMNITY) * rates[0] / rates[1]
        return Decimal(str(currency.round(amount)))

    @api.model
    def _find_rate(self, table, company, currency, day):
        """Return the rate of ``day`` as Odoo reads it, the first one before that day
        if there is none since; None if none was ever entered."""
        # sudo: the head of a branch, whose rates it uses.
        lists = [
            table[owner, currency.id] for owner in (company.sudo().root_id.id, None)
        ]
        for rates in lists:
            rank = bisect_right(rates, day, key=lambda rate: rate[0])
            if rank:
                return rates[rank - 1][1]
        first = next((rates[0][1] for rates in lists if rates), None)
        return first or (1.0 if currency == company.currency_id else None)

    @api.model
    def _find_unconverted(self, lines):
        """Return the currencies of lines in which the lump sum cannot be stated."""
        euro, unknown = self.env.ref("base.EUR"), self.env["res.currency"]
        foreign = lines.filtered(lambda line: line.currency_id != euro)
        if not foreign:
            return unknown
        table = self._load_currency_rates(
            foreign.company_id, foreign.currency_id | euro
        )
        for line in foreign:
            day = line.date_maturity
            company, currency = line.company_id, line.currency_id
            if self._convert_lump_sum(table, company, currency, day) is None:
                unknown |= currency
        return unknown
