"""The dashboard: what it shows, and the records behind each figure."""

import json
from datetime import date

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.service.model import call_kw
from odoo.tests import freeze_time, tagged

from .common import TODAY, days
from .kpi_case import KpiCase


class DashboardCase(KpiCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.dashboard = cls.env["relance.dashboard"].with_user(cls.officer)

    def _data(self, user=None, **filters):
        """Ask as the screen does."""
        dashboard = self.dashboard.with_user(user or self.officer)
        return call_kw(dashboard, "get_data", [filters], {})

    def _behind(self, what, **filters):
        """Return the records that a figure opens."""
        action = call_kw(self.dashboard, "open_records", [what, filters], {})
        self.assertEqual(action["type"], "ir.actions.act_window")
        self.env.invalidate_all()  # as in a request of its own
        records = self.dashboard.env[action["res_model"]]
        return records.with_context(**action["context"]).search(action["domain"])

    def _tile(self, code, **values):
        [tile] = [k for k in self._data(**values)["kpis"] if k["code"] == code]
        return tile


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestDashboard(DashboardCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._make_ledger()

    def test_all_is_plain_json(self):
        data = self._data()
        self.assertEqual(json.loads(json.dumps(data)), data)
        self.assertFalse(data["is_empty"])
        self.assertEqual(len(data["labels"]), 12)

    def test_the_ages_sum_to_the_receivables(self):
        data = self._data()
        self.assertAlmostEqual(
            sum(row["amount"] for row in data["ageing"]),
            self._tile("receivables")["value"],
            2,
        )

    def test_the_records_behind_sum_to_the_figures_today_and_then(self):
        for day in (None, "2026-02-28", "2025-12-31"):
            for code in ("receivables", "overdue"):
                found = self._behind(code, day=day)
                value = self._tile(code, day=day)["value"]
                self.assertAlmostEqual(sum(found.mapped("amount")), value, 2)
            for row in self._data(day=day)["ageing"]:
                found = self._behind(f"age:{row['code']}", day=day)
                self.assertAlmostEqual(sum(found.mapped("amount")), row["amount"], 2)

    def test_the_largest_debtors_are_those_of_the_items(self):
        data = self._data()
        amounts = [debtor["amount"] for debtor in data["debtors"]]
        self.assertEqual(amounts, sorted(amounts, reverse=True))
        for debtor in data["debtors"]:
            late = self._behind(f"debtor:{debtor['id']}")
            self.assertTrue(all(late.mapped("is_late")))
            self.assertAlmostEqual(sum(late.mapped("amount")), debtor["amount"], 2)
            self.assertEqual(max(late.mapped("days_late")), debtor["days"])

    def test_the_payments_behind_weigh_as_the_figure_does(self):
        for end in self._data()["ends"]:
            paid = self._behind("days_late", day=end)
            value = self._tile("days_late", day=end)["value"]
            if not paid:
                self.assertIsNone(value)
                continue
            weighted = sum(paid.mapped("weighted_days")) / sum(paid.mapped("amount"))
            self.assertAlmostEqual(value, weighted, 6)

    def test_invoiced_and_received_open_their_entries(self):
        for code in ("invoiced", "received"):
            lines = self._behind(code, day="2026-02-28")
            value = self._tile(code, day="2026-02-28")["value"]
            self.assertTrue(lines)
            self.assertAlmostEqual(sum(lines.mapped("amount")), value, 2)

    def test_every_figure_opens_something(self):
        for kpi in self._data()["kpis"]:
            self._behind(kpi["code"])
        with self.assertRaises(UserError):
            self._behind("nothing")
        with self.assertRaises(UserError):
            self._behind("work:nothing")

    def test_filters_hold_for_figures_names_and_records(self):
        second = self._new_user("second", "relance_ar.group_relance_user")
        other = self.env["res.partner"].search([("name", "=", "Other SAS")])
        other.relance_user_id = second
        data = self._data(officer_id=second.id)
        self.assertEqual([d["id"] for d in data["debtors"]], other.ids)
        items = self._behind("receivables", officer_id=second.id)
        self.assertEqual(items.partner_id, other)
        value = self._tile("receivables", officer_id=second.id)["value"]
        self.assertAlmostEqual(sum(items.mapped("amount")), value, 2)
        choices = self._data()["choices"]
        self.assertIn(second.id, [choice["id"] for choice in choices["officers"]])

    def test_another_currency_is_the_same_on_both(self):
        currency = self.setup_other_currency(
            "CAD", rates=[("2026-01-01", 2.0), ("2026-03-01", 4.0)]
        )
        self._invoice(self.debtor, date(2026, 2, 20), 800, currency_id=currency.id)
        for day in (None, "2026-02-28"):
            found = self._behind("overdue", day=day)
            value = self._tile("overdue", day=day)["value"]
            self.assertAlmostEqual(sum(found.mapped("amount")), value, 2)


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestDashboardWork(DashboardCase):
    """What is to be done, and what is at risk."""

    def test_an_empty_ledger_says_so(self):
        data = self._data()
        self.assertTrue(data["is_empty"])
        self.assertEqual(data["worklist"], [])

    def test_a_ledger_that_is_paid_by_the_end_of_each_month_is_alive(self):
        invoice = self._invoice(self.debtor, days(15), 1000)  # of 3 March
        self._pay(invoice, 1000, days(-2))
        data = self._data()
        self.assertFalse(data["is_empty"])
        self.assertEqual(self._tile("invoiced")["value"], 1000)

    def test_what_was_credited_at_once_is_no_empty_ledger(self):
        invoice = self._invoice(self.debtor, days(28), 1000)
        self._credit(invoice, 1000, days(-2))
        self.assertFalse(self._data()["is_empty"])

    def test_credits_alone_are_no_empty_ledger(self):
        invoice = self._invoice(self.debtor, days(-400), 500)
        self._pay(invoice, 500, days(-400))
        self.assertTrue(self._data(months=3)["is_empty"])  # all of it long ago
        self._credit(invoice, 500, days(-390), match=False)
        data = self._data(months=3)
        self.assertFalse(data["is_empty"])
        self.assertEqual(self._tile("receivables")["value"], -500)

    def test_it_is_empty_for_whom_the_filters_leave_out(self):
        self._invoice(self.debtor, days(-3))
        other = self._debtor("Other SAS")
        self.assertTrue(self._data(debtor_id=other.id)["is_empty"])
        self.assertFalse(self._data(debtor_id=self.debtor.id)["is_empty"])

    def test_what_is_to_be_done_today(self):
        self._invoice(self.debtor, days(-3))
        reminder = self._plan()
        [work] = self._data()["worklist"]
        self.assertEqual((work["code"], work["count"]), ("approve", 1))
        self.assertEqual(self._behind("work:approve"), reminder)

    def test_promises_and_disputes_at_risk(self):
        lines = self._lines(self._invoice(self.debtor, days(-3)))
        promise = (
            self.env["relance.promise"]
            .with_user(self.officer)
            .create(
                {
                    "move_line_ids": [Command.set(lines.ids)],
                    "date": days(2),
                    "amount": 300,
                }
            )
        )
        dispute = (
            self.env["relance.dispute"]
            .with_user(self.officer)
            .create(
                {
                    "move_line_ids": [Command.set(lines.ids)],
                    "reason_id": self.env.ref("relance_ar.dispute_reason_price").id,
                    "amount": 200,
                    "deadline": days(1),
                }
            )
        )
        data = self._data()
        self.assertEqual([row["id"] for row in data["promises"]], promise.ids)
        self.assertEqual([row["id"] for row in data["disputes"]], dispute.ids)
        # 200 of 1 000 are disputed.
        self.assertEqual(self._tile("disputed_share")["value"], 0.2)
        self.assertEqual(self._behind("disputed_share"), dispute)
        # The next day it is settled: open yesterday, not any more.
        with freeze_time(days(1)):
            dispute.sudo()._conclude("confirmed", 0)
            self.env.flush_all()
            self.assertEqual(self._tile("disputed_share")["value"], 0)
            self.assertEqual(self._tile("dispute_days")["value"], 1)
            then = self._tile("disputed_share", day=str(TODAY))
            self.assertEqual(then["value"], 0.2)

    def test_a_change_for_the_better_is_told(self):
        old = self._invoice(self.debtor, days(-40), 1000)
        self._invoice(self.debtor, days(20), 1000)
        self.assertIs(self._tile("overdue")["is_better"], None)  # 1 000, as before
        self._pay(old, 600, days(-1))
        tile = self._tile("overdue")
        self.assertEqual((tile["value"], tile["change"]), (400, -600))
        self.assertIs(tile["is_better"], True)

    def test_only_officers_open_it(self):
        for role in ("base.group_user", "relance_ar.group_relance_dispute"):
            user = self._new_user(role[-7:], role)
            with self.assertRaises(AccessError):
                self._data(user=user)
            for model in ("relance.forecast.report", "relance.effect.report"):
                with self.assertRaises(AccessError):
                    call_kw(self.env[model].with_user(user), "get_data", [{}], {})

    def test_opening_leads_to_nobody_else_s_records(self):
        company = self.setup_other_company(name="Second SAS")["company"]
        invoice = (
            self.env["account.move"]
            .with_company(company)
            .create(
                {
                    "move_type": "out_invoice",
                    "partner_id": self.debtor.id,
                    "invoice_date": days(-40),
                    "invoice_line_ids": [
                        Command.create({"name": "x", "price_unit": 70, "tax_ids": []})
                    ],
                }
            )
        )
        invoice.action_post()
        for name in ("receivable", "settlement", "movement", "effect"):
            found = self.env[f"relance.{name}"].with_user(self.officer).search([])
            self.assertNotIn(company, found.company_id)
        self.assertFalse(self._behind("receivables"))
