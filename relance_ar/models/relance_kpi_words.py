from odoo import api, models

from ..core.kpi import REGISTRY


class RelanceKpiWords(models.AbstractModel):
    """What people read of the figures: name, formula, what it counts and its source."""

    _name = "relance.kpi.words"
    _description = "Names and formulas of figures"

    @api.model
    def _get_kpis(self):
        """Return the figures in their order.

        :return: dicts: ``code``, ``unit``, ``better``, ``is_flow``, ``name``,
            ``formula``, ``note`` (edge cases) and ``source``
        """
        words = {
            **self._words_of_balances(),
            **self._words_of_days(),
            **self._words_of_flows(),
            **self._words_of_work(),
            **self._words_of_penalties(),
        }
        names = ("name", "formula", "note", "source")
        return [
            {
                "code": kpi.code,
                "unit": kpi.unit,
                "better": kpi.better,
                "is_flow": kpi.is_flow,
                **dict(zip(names, words[kpi.code], strict=True)),
            }
            for kpi in REGISTRY
        ]

    @api.model
    def _source_books(self):
        return self.env._(
            "Posted items of the receivable accounts, and their reconciliations dated "
            "up to the day. What is matched with an entry back in draft is open."
        )

    @api.model
    def _words_of_balances(self):
        books = self._source_books()
        return {
            "receivables": (
                self.env._("Receivables"),
                self.env._("Open invoices − credit notes and payments not matched yet"),
                self.env._(
                    "At the end of the day; other currencies at the rate of that day. "
                    "Negative when customers are owed more than they owe."
                ),
                books,
            ),
            "overdue": (
                self.env._("Overdue"),
                self.env._("Open instalments whose due date has passed"),
                self.env._(
                    "Each instalment by its own due date, credits not taken off."
                ),
                books,
            ),
            "overdue_share": (
                self.env._("Overdue share"),
                self.env._("Overdue instalments ÷ open instalments"),
                self.env._("Credits that are not matched are left out on both sides."),
                books,
            ),
        }

    @api.model
    def _words_of_days(self):
        books = self._source_books()
        return {
            "dso": (
                self.env._("DSO (count-back)"),
                self.env._(
                    "Receivables are taken off the invoices of the latest month, then "
                    "of the month before, and so on: the days of the months used up"
                ),
                self.env._(
                    "Taxes included, credit notes taken off. A month without invoices "
                    "adds its days. “At least” when more is owed than all the "
                    "invoices of the 36 months before, as with an opening balance."
                ),
                self.env._(
                    "Exhaustion method, as French credit managers use it. %(books)s",
                    books=books,
                ),
            ),
            "best_dso": (
                self.env._("Best possible DSO"),
                self.env._("Count-back of the receivables that are not due"),
                self.env._(
                    "The DSO if nobody paid late: what the payment terms cost. Credits "
                    "are set against the oldest debts first. The records behind are "
                    "the instalments not due, before credits."
                ),
                self.env._("Credit Research Foundation. %(books)s", books=books),
            ),
            "days_delinquent": (
                self.env._("Average days delinquent"),
                self.env._("DSO − best possible DSO"),
                self.env._("What lateness costs, in days of sales."),
                self.env._("Credit Research Foundation. %(books)s", books=books),
            ),
        }

    @api.model
    def _words_of_flows(self):
        books = self._source_books()
        return {
            "effectiveness": (
                self.env._("Collection effectiveness"),
                self.env._(
                    "(receivables at the start + invoiced − receivables at the end) ÷ "
                    "(receivables at the start + invoiced − not due at the end)"
                ),
                self.env._(
                    "100 % when all that was due came in. Credit notes and losses "
                    "count as receipts do. A month under way is not compared with a "
                    "whole one."
                ),
                self.env._("Credit Research Foundation (CEI). %(books)s", books=books),
            ),
            "invoiced": (
                self.env._("Sales invoiced"),
                self.env._("Invoices − credit notes of the month, taxes included"),
                self.env._("By accounting date, in the sales journals."),
                books,
            ),
            "received": (
                self.env._("Received"),
                self.env._("Receipts from customers − refunds to them"),
                self.env._(
                    "By accounting date, in the bank and cash journals, matched or not."
                ),
                books,
            ),
            "days_late": (
                self.env._("Days late of payments"),
                self.env._("Σ (amount paid × days after the due date) ÷ Σ amount paid"),
                self.env._(
                    "Of the payments of the month; negative when paid early. Credit "
                    "notes and losses are no payments."
                ),
                books,
            ),
        }

    @api.model
    def _words_of_work(self):
        return {
            "promises_kept": (
                self.env._("Promises kept"),
                self.env._("Promises kept ÷ promises whose time was over in the month"),
                self.env._(
                    "By number. The reconciliations say whether they were kept."
                ),
                self.env._("Promises and payments."),
            ),
            "disputed_share": (
                self.env._("Disputed share"),
                self.env._("Amounts of the open disputes ÷ open instalments"),
                self.env._("With the amounts entered; 100 % at most."),
                self.env._("Disputes that were open at the end of the day."),
            ),
            "dispute_days": (
                self.env._("Days to settle a dispute"),
                self.env._("Mean of the days from opening to settlement"),
                self.env._("Of the disputes settled in the month, each alike."),
                self.env._("Disputes."),
            ),
            "calls_confirmed": (
                self.env._("Calls confirmed in writing"),
                self.env._(
                    "Calls and visits confirmed in writing ÷ calls and visits made"
                ),
                self.env._("A confirmation that came back does not count."),
                self.env._("Reminders by phone and visits."),
            ),
            "first_pass": (
                self.env._("Invoices accepted at first pass"),
                self.env._(
                    "Invoices neither disputed nor corrected ÷ invoices of the month"
                ),
                self.env._(
                    "By number. Corrected: with a credit note made from it. Recent "
                    "months go down as long as disputes come in."
                ),
                self.env._("Customer invoices, credit notes and disputes."),
            ),
        }

    @api.model
    def _words_of_penalties(self):
        return {
            "penalties_accrued": (
                self.env._("Interest accrued"),
                self.env._("Σ over the days: overdue of the day × yearly rate ÷ 365"),
                self.env._(
                    "An order of magnitude, at the rate of your terms (else ECB + 10 "
                    "points), without the indemnities of 40 €. The statement of a "
                    "customer is exact. The records behind are what was overdue at the "
                    "end of the month."
                ),
                self.env._(
                    "Code de commerce, L441-10. %(books)s", books=self._source_books()
                ),
            ),
            "penalties_recovered": (
                self.env._("Penalties recovered"),
                self.env._("Payments of the month on invoices of penalties"),
                self.env._("Taxes included, if any."),
                self.env._("Claims of penalties that were invoiced."),
            ),
            "effort": (
                self.env._("Contacts per 1 000 recovered"),
                self.env._(
                    "1 000 × contacts of the month ÷ received within 10 days of one"
                ),
                self.env._(
                    "Contacts: e-mails, letters, calls and visits that took place. "
                    "Nobody notes minutes, so none are made up."
                ),
                self.env._("Reminders, and payments on the instalments they list."),
            ),
        }
