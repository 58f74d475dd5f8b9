"""The cash forecast: from real entries, kept, and compared with what came in."""

from unittest.mock import patch

from odoo import Command
from odoo.service.model import call_kw
from odoo.tests import freeze_time, tagged
from odoo.tools import mute_logger

from .common import TODAY, days
from .kpi_case import KpiCase


@tagged("post_install", "-at_install")
@freeze_time(TODAY)  # a Wednesday: weeks begin on the 16th, 23rd, 30th of March
class TestForecast(KpiCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.report = cls.env["relance.forecast.report"].with_user(cls.officer)

    def _data(self, **filters):
        return call_kw(self.report, "get_data", [filters], {})

    def _expected(self, **filters):
        """Return ``{monday: expected}`` of the weeks in which something is."""
        weeks = self._data(**filters)["weeks"]
        return {w["monday"]: round(w["expected"], 2) for w in weeks if w["expected"]}

    def _pays(self, late, count=3, debtor=None):
        """Let a debtor have paid invoices some days late."""
        for rank in range(count):
            due = days(-60 - 30 * rank)
            invoice = self._invoice(debtor or self.debtor, due, 100)
            self._pay(invoice, 100, days(-60 - 30 * rank + late))

    def test_who_pays_late_is_expected_late(self):
        self._pays(10)
        self._invoice(self.debtor, days(5), 1000)  # 23 March, and 10 days: 2 April
        self.assertEqual(self._expected(), {"2026-03-30": 1000})

    def test_who_has_no_habit_pays_as_all_do(self):
        self._pays(10, debtor=self._debtor("Other SAS"))
        self._invoice(self.debtor, days(5), 1000)
        self.assertEqual(self._expected(), {"2026-03-30": 1000})

    def test_a_promise_weighs_as_promises_are_kept(self):
        lines = self._lines(self._invoice(self.debtor, days(-1), 1000))
        self.env["relance.promise"].with_user(self.officer).create(
            {"move_line_ids": [Command.set(lines.ids)], "date": days(6), "amount": 600}
        )
        # Nobody has promised before: half of the 600 on the 24th. The rest a week from
        # now, on the 25th: due yesterday, and nobody pays late.
        data = self._data()
        [week] = [w for w in data["weeks"] if w["expected"]]
        self.assertEqual(week["monday"], "2026-03-23")
        self.assertEqual(week["sources"]["promise"], 600)
        self.assertEqual(week["sources"]["habit"], 400)
        # In the low way nothing that is promised comes before the habit: in two weeks.
        self.assertEqual((week["low"], week["high"]), (0, 600))

    def test_credits_are_not_expected_twice(self):
        self._invoice(self.debtor, days(5), 1000)
        invoice = self._invoice(self.debtor, days(30), 300)
        self._credit(invoice, 200, TODAY, match=False)
        self.assertEqual(sum(self._expected().values()), 1100)

    def test_what_nobody_is_named_for_is_expected_too(self):
        nobody = self.env["res.partner"]
        self._opening(nobody, 100, days(-20))
        self._invoice(self.debtor, days(10), 50)
        self.assertEqual(self._data()["total"], 150)
        self.assertEqual(self._last("receivables"), 150)

    def test_a_disputed_part_waits(self):
        lines = self._lines(self._invoice(self.debtor, days(5), 1000))
        self.env["relance.dispute"].with_user(self.officer).create(
            {
                "move_line_ids": [Command.set(lines.ids)],
                "reason_id": self.env.ref("relance_ar.dispute_reason_price").id,
                "amount": 400,
            }
        )
        # No dispute was settled yet: 30 days, on 17 April.
        self.assertEqual(self._expected(), {"2026-03-23": 600, "2026-04-13": 400})

    def test_who_is_in_proceedings_is_not_waited_for(self):
        self._invoice(self.debtor, days(5), 1000)
        self.debtor.solvency_state = "insolvency"
        self.assertEqual(self._expected(), {})

    def test_a_plan_says_when(self):
        lines = self._lines(self._invoice(self.debtor, days(-60), 900))
        plan = (
            self.env["relance.plan"]
            .with_user(self.manager)
            .create({"move_line_ids": [Command.set(lines.ids)], "count": 3})
        )
        plan.action_propose()
        files = self.env["ir.attachment"].with_user(self.manager)
        proof = files.create({"name": "signed.pdf", "raw": b"x"})
        plan.write(
            {
                "acceptance": "signed",
                "accepted_on": TODAY,
                "accepted_by": "Ms Martin",
                "acceptance_ids": [Command.set(proof.ids)],
            }
        )
        plan.action_activate()
        self.assertEqual(plan.state, "active")
        sources = [w["sources"]["plan"] for w in self._data()["weeks"]]
        self.assertAlmostEqual(sum(sources), 900, 2)
        # Three instalments of 300, the first one at once.
        self.assertEqual([amount for amount in sources if amount], [300, 300, 300])
        self.assertEqual(sources[0], 300)

    def test_filters_narrow_it(self):
        other = self._debtor("Other SAS")
        self._invoice(self.debtor, days(5), 1000)
        self._invoice(other, days(5), 70)
        second = self._new_user("second", "relance_ar.group_relance_user")
        other.relance_user_id = second
        self.assertEqual(sum(self._expected(officer_id=second.id).values()), 70)

    # ------------------------------------------------------------------- afterwards

    def _keep(self):
        with self.enter_registry_test_mode():
            self.env.ref("relance_ar.ir_cron_forecast").method_direct_trigger()
        self.env.invalidate_all()
        return self.env["relance.forecast"].search(
            [("company_id", "=", self.company.id)]
        )

    def test_it_is_kept_once_a_week_and_compared_with_what_came(self):
        invoice = self._invoice(self.debtor, days(5), 1000)
        paid = self._invoice(self.debtor, days(0), 500)
        kept = self._keep()
        self.assertEqual(len(kept), 13)
        self.assertEqual(self._keep(), kept)
        self.assertEqual(sum(kept.mapped("expected")), 1500)
        self.assertFalse(self._data()["errors"])
        # What comes in on what was owed then counts, and a later sale does not.
        with freeze_time("2026-03-20"):
            payment = self._pay(paid, 400, "2026-03-20")
            late = self._invoice(self.debtor, "2026-04-19", 70)  # of the 20th
            self._pay(late, 70, "2026-03-20")
        with freeze_time("2026-03-24"):
            self.assertGreater(len(self._keep()), 13)
            self._pay(paid, 50, "2026-03-23")  # after the end of that week
            [past] = [row for row in self._data()["past"] if row["ahead"] == 1]
            self.assertEqual(past["actual"], 400)
            # 500 was due on the day itself: expected in a week, not in that week.
            self.assertEqual(past["expected"], 0)
            [error] = self._data()["errors"]
            self.assertEqual((error["cases"], error["mean"]), (1, 1))
            # A payment back in draft is none.
            payment.action_draft()
            [past] = [row for row in self._data()["past"] if row["ahead"] == 1]
            self.assertEqual(past["actual"], 0)
        self.assertTrue(invoice)

    @mute_logger("odoo.addons.relance_ar.models.relance_attempting")
    def test_a_company_that_fails_stops_no_other_and_is_told(self):
        first = self.env["res.company"].create({"name": "Aaa", "sequence": 0})
        self.manager.company_ids += first
        first.relance_user_id = self.manager
        self._invoice(self.debtor, days(5), 1000)
        report = type(self.env["relance.forecast.report"])
        original = report._forecast

        def failing(records, scope, *args):
            if scope.companies == first:
                raise ValueError("boom")
            return original(records, scope, *args)

        with patch.object(report, "_forecast", failing):
            self.assertEqual(len(self._keep()), 13)
        kept = self.env["relance.forecast"].search([("company_id", "=", first.id)])
        self.assertFalse(kept)
        task = first.partner_id.activity_ids
        self.assertEqual(task.user_id, self.manager)
        self.assertIn("ValueError", task.note)
        self._keep()  # the job of the next day
        kept = self.env["relance.forecast"].search([("company_id", "=", first.id)])
        self.assertEqual(len(kept), 13)
        self.assertFalse(first.partner_id.activity_ids)

    def test_a_forecast_that_was_kept_is_not_rewritten(self):
        self._invoice(self.debtor, days(5), 1000)
        kept = self._keep()
        before = kept.mapped("expected_sum")
        self._invoice(self.debtor, days(6), 5000)
        self.assertEqual(self._keep().mapped("expected_sum"), before)
