from odoo import api, fields, models

from .relance_facts_types import CONFIRMED, UNSENT


class RelanceReminderCredit(models.AbstractModel):
    """What the debtor has in credit, set against a reminder: each cent once."""

    _name = "relance.reminder.credit"
    _description = "Credits of a reminder"

    credits = fields.Json(
        string="Credits in detail",
        readonly=True,
        copy=False,
        help="The debtor's credits in this currency at that time: dicts with name, "
        "date and amount.",
    )
    credit_sibling_ids = fields.Many2many(
        "relance.reminder",
        compute="_compute_credit_sibling_ids",
        help="Other reminders that share the credits of the debtor.",
    )

    @api.depends("partner_id", "company_id", "currency_id", "run_id")
    def _compute_credit_sibling_ids(self):
        others = self.search(
            [
                ("company_id", "in", self.company_id.ids),
                ("partner_id", "in", self.partner_id.ids),
                ("amount_credit", ">", 0),
                ("state", "in", (*UNSENT, *CONFIRMED)),
            ]
        ).grouped(lambda r: (r.company_id, r.partner_id, r.currency_id))
        for reminder in self:
            key = reminder.company_id, reminder.partner_id, reminder.currency_id
            known = others.get(key, self.browse())
            reminder.credit_sibling_ids = known.filtered(reminder._shares_credit_with)

    def _shares_credit_with(self, other):
        """Say whether another reminder of the debtor comes from the same plan.

        What is still to leave does. What has left does if the same run proposed it, or
        if it left today: the credits of older ones count again.
        """
        if other == self:
            return False
        if other.state in UNSENT:
            return True
        is_of_run = other.run_id and other.run_id == self.run_id
        return is_of_run or other.date_done == fields.Date.context_today(self)

    def _get_credit_elsewhere(self):
        """Return the credits set against the other reminders of the same plan."""
        self.ensure_one()
        states = (*UNSENT, *CONFIRMED)
        # Some may have been cancelled meanwhile, in the same batch.
        others = self.credit_sibling_ids.filtered(lambda r: r.state in states)
        return sum(others.mapped("amount_credit"))

    def _get_net_problem(self, debtor):
        """Set the credits against what is due; return why nothing is left to ask."""
        currency = self.currency_id
        credit = float(debtor.credit(currency.id))
        if credit:
            credit = max(credit - self._get_credit_elsewhere(), 0)
        self.amount_credit = credit
        if currency.compare_amounts(self.amount_net, 0) <= 0:
            return self.env._("Cancelled: the credits cover what is due.")
        return ""

    def _refresh_credits(self, facts):
        """List the credits as they are now; nothing without facts of the debtor."""
        if facts:
            self.credits = facts.credits.get(self.currency_id.id)

    def _get_credit_rows(self):
        """Return the credits as the message lists them, and what goes elsewhere.

        :return: ``(dicts with name, date and amount, amount set against others)``
        """
        self.ensure_one()
        rows = [
            {
                "name": found["name"],
                "date": fields.Date.to_date(found["date"]),
                "amount": float(found["amount"]),
            }
            for found in self.credits or ()
        ]
        elsewhere = sum(row["amount"] for row in rows) - self.amount_credit
        return rows, self.currency_id.round(elsewhere)
