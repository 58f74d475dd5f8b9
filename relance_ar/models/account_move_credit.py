import copy
from decimal import Decimal

from odoo import models
from odoo.exceptions import UserError

from ..core.dispute import shares


class RelanceMoveCredit(models.AbstractModel):
    """Makes a draft credit note smaller than the invoice that it reverses."""

    _name = "relance.move.credit"
    _description = "Partial credit note"

    def _relance_reduce_to(self, amount):
        """Bring a draft credit note down to an amount, taxes included, to the cent.

        Each line keeps its account and taxes. What rounding leaves is put right on the
        lines, else on the tax: not every total can be reached with a rate.

        :param amount: in the currency of the credit note
        :raise UserError: when it cannot be reached
        """
        self.ensure_one()
        if self.currency_id.compare_amounts(amount, self.amount_total) >= 0:
            return
        lines = self.invoice_line_ids.filtered(lambda li: li.display_type == "product")
        self._relance_scale(lines, amount)
        for line in lines.sorted(lambda li: -abs(li.price_total)):
            if self._relance_is_at(amount):
                return
            self._relance_nudge(line, amount)
        if not self._relance_is_at(amount):
            self._relance_put_on_tax(amount)
        if lines and not self._relance_is_at(amount):
            # A few cents bear no tax that could be corrected: with one more they do.
            lines[0].price_unit += self.currency_id.rounding
            self._relance_put_on_tax(amount)
        if not self._relance_is_at(amount):
            raise UserError(
                self.env._(
                    "A credit note of %(amount)s cannot be made to the cent from "
                    "%(invoice)s: make it by hand, and choose it.",
                    amount=amount,
                    invoice=self.reversed_entry_id.name,
                )
            )

    def _relance_is_at(self, amount):
        return self.currency_id.compare_amounts(self.amount_total, amount) == 0

    def _relance_scale(self, lines, amount):
        """Give each line its share of the amount."""
        currency = self.currency_id
        prices = [
            Decimal(str(li.quantity * li.price_unit * (1 - li.discount / 100)))
            for li in lines
        ]
        share = Decimal(str(amount)) / Decimal(str(self.amount_total))
        unit = Decimal(str(currency.rounding))
        total = (sum(prices) * share / unit).quantize(Decimal(1)) * unit
        if not sum(prices):
            return
        for line, part in zip(lines, shares(total, prices, unit), strict=True):
            line.write({"quantity": 1, "discount": 0, "price_unit": float(part)})

    def _relance_nudge(self, line, amount):
        """Move the total towards the amount by the price of one line, if it helps."""
        currency, before = self.currency_id, line.price_unit
        difference = amount - self.amount_total
        rate = line.price_unit / line.price_total if line.price_total else 1
        cent = currency.rounding if difference > 0 else -currency.rounding
        line.price_unit = before + (currency.round(difference * rate) or cent)
        if abs(amount - self.amount_total) >= abs(difference):
            line.price_unit = before

    def _relance_put_on_tax(self, amount):
        """Correct a tax by the cents that are left, as the form lets people do."""
        totals = copy.deepcopy(self.tax_totals)
        groups = [g for part in totals["subtotals"] for g in part["tax_groups"]]
        if groups:
            groups[0]["tax_amount_currency"] += amount - self.amount_total
            self.tax_totals = totals
