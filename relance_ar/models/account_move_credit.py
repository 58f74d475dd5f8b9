from odoo import models


class RelanceMoveCredit(models.AbstractModel):
    """Makes a draft credit note smaller than the invoice that it reverses."""

    _name = "relance.move.credit"
    _description = "Partial credit note"

    def _relance_reduce_to(self, amount):
        """Bring a draft credit note down to an amount, taxes included.

        Each line keeps its account and taxes. Rounding is put right on the largest.

        :param amount: in the currency of the credit note
        """
        self.ensure_one()
        currency, total = self.currency_id, self.amount_total
        if currency.compare_amounts(amount, total) >= 0:
            return
        lines = self.invoice_line_ids.filtered(lambda li: li.display_type == "product")
        share = amount / total
        for line in lines:
            price = line.quantity * line.price_unit * (1 - line.discount / 100)
            line.write(
                {
                    "quantity": 1,
                    "discount": 0,
                    "price_unit": currency.round(price * share),
                }
            )
        difference = amount - self.amount_total
        if lines and not currency.is_zero(difference):
            largest = max(lines, key=lambda line: abs(line.price_total))
            largest.price_unit += currency.round(difference)
