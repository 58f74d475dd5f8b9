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
            "up to the day."
        )

    @api.model
    def _words_of_balances(self):
        _ = self.env._
        books = self._source_books()
        return {
            "receivables": (
                _("Receivables"),
                _("Open invoices − credit notes and payments not matched yet"),
                _(
                    "At the end of the day; other currencies at the rate of that day. "
                    "Negative when customers are owed more than they owe."
                ),
                books,
            ),
            "overdue": (
                _("Overdue"),
                _("Open instalments whose due date has passed"),
                _("Each instalment by its own due date, credits not taken off."),
                books,
            ),
            "overdue_share": (
                _("Overdue share"),
                _("Overdue instalments ÷ open instalments"),
                _("Credits that are not matched are left out on both sides."),
                books,
            ),
        }

    @api.model
    def _words_of_days(self):
        _ = self.env._
        books = self._source_books()
        return {
            "dso": (
                _("DSO (count-back)"),
                _(
                    "Receivables are taken off the invoices of the latest month, then "
                    "of the month before, and so on: the days of the months used up"
                ),
                _(
                    "Taxes included, credit notes taken off. A month without invoices "
                    "adds its days. “At least” when more is owed than all the "
                    "invoices known, as with an opening balance."
                ),
                _(
                    "Exhaustion method, as French credit managers use it. %(books)s",
                    books=books,
                ),
            ),
            "best_dso": (
                _("Best possible DSO"),
                _("Count-back of the receivables that are not due"),
                _(
                    "The DSO if nobody paid late: what the payment terms cost. Credits "
                    "are set against the oldest debts first."
                ),
                _("Credit Research Foundation. %(books)s", books=books),
            ),
            "days_delinquent": (
                _("Average days delinquent"),
                _("DSO − best possible DSO"),
                _("What lateness costs, in days of sales."),
                _("Credit Research Foundation. %(books)s", books=books),
            ),
        }

    @api.model
    def _words_of_flows(self):
        _ = self.env._
        books = self._source_books()
        return {
            "effectiveness": (
                _("Collection effectiveness"),
                _(
                    "(receivables at the start + invoiced − receivables at the end) ÷ "
                    "(receivables at the start + invoiced − not due at the end)"
                ),
                _(
                    "100 % when all that was due came in. Credit notes and losses "
                    "count as receipts do. The month under way is not over."
                ),
                _("Credit Research Foundation (CEI). %(books)s", books=books),
            ),
            "invoiced": (
                _("Invoiced"),
                _("Invoices − credit notes of the month, taxes included"),
                _("By accounting date, in the sales journals."),
                books,
            ),
            "received": (
                _("Received"),
                _("Receipts from customers − refunds to them"),
                _("By accounting date, in the bank and cash journals, matched or not."),
                books,
            ),
            "days_late": (
                _("Days late of payments"),
                _("Σ (amount paid × days after the due date) ÷ Σ amount paid"),
                _(
                    "Of the payments of the month; negative when paid early. Credit "
                    "notes and losses are no payments."
                ),
                books,
            ),
        }

    @api.model
    def _words_of_work(self):
        _ = self.env._
        return {
            "promises_kept": (
                _("Promises kept"),
                _("Promises kept ÷ promises whose time was over in the month"),
                _("By number. The reconciliations say whether they were kept."),
                _("Promises and payments."),
            ),
            "disputed_share": (
                _("Disputed share"),
                _("Amounts of the open disputes ÷ open instalments"),
                _("With the amounts entered; 100 % at most."),
                _("Disputes that were open at the end of the day."),
            ),
            "dispute_days": (
                _("Days to settle a dispute"),
                _("Mean of the days from opening to settlement"),
                _("Of the disputes settled in the month, each alike."),
                _("Disputes."),
            ),
            "calls_confirmed": (
                _("Calls confirmed in writing"),
                _("Calls and visits confirmed in writing ÷ calls and visits made"),
                _("A confirmation that came back does not count."),
                _("Reminders by phone and visits."),
            ),
            "first_pass": (
                _("Invoices accepted at first pass"),
                _("Invoices neither disputed nor corrected ÷ invoices of the month"),
                _(
                    "By number. Corrected: with a credit note made from it. Recent "
                    "months go down as long as disputes come in."
                ),
                _("Customer invoices, credit notes and disputes."),
            ),
        }

    @api.model
    def _words_of_penalties(self):
        _ = self.env._
        return {
            "penalties_accrued": (
                _("Interest accrued"),
                _("Σ over the days: overdue of the day × yearly rate ÷ 365"),
                _(
                    "An order of magnitude, at the rate of your terms (else ECB + 10 "
                    "points), without the indemnities of 40 €. The statement of a "
                    "customer is exact."
                ),
                _("Code de commerce, L441-10. %(books)s", books=self._source_books()),
            ),
            "penalties_recovered": (
                _("Penalties recovered"),
                _("Payments of the month on invoices of penalties"),
                _("Taxes included, if any."),
                _("Claims of penalties that were invoiced."),
            ),
            "effort": (
                _("Contacts per 1 000 recovered"),
                _("1 000 × contacts of the month ÷ received within 10 days of one"),
                _(
                    "Contacts: e-mails, letters, calls and visits that took place. "
                    "Nobody notes minutes, so none are made up."
                ),
                _("Reminders, and payments on the instalments they list."),
            ),
        }
