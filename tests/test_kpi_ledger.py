"""Figures agree with the ledger: branches, drafts, sales long ago, officers gone."""

from datetime import date

from odoo import Command
from odoo.tests import freeze_time, tagged

from .common import TODAY, days
from .kpi_case import BOOKED, BranchMixin, KpiCase
from .test_dashboard import DashboardCase


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestKpiBranches(BranchMixin, DashboardCase):
    """A branch posts in the journals of its parent."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.branch = cls._make_branch()
        # 6 February, due on 8 March: 250 of the branch came in on 16 March.
        cls.invoice = cls._bill(cls.branch, 1000)
        cls._settle(cls.invoice, 250, days(-2))
        cls._bill(cls.company, 600)

    def _check(self, figures):
        """Compare figures, and the sums of what they open, with the numbers given."""
        for code, day, expected in figures:
            found = self._tile(code, day=day)["value"]
            self.assertEqual(found, expected, (code, day))
            if code in BOOKED:
                behind = sum(self._behind(code, day=day).mapped("amount"))
                self.assertAlmostEqual(behind, expected, 2, (code, day))

    def test_a_branch_alone(self):
        self._choose(self.branch)
        self._check(
            [
                ("receivables", None, 750),
                ("invoiced", "2026-02-28", 1000),
                ("received", None, 250),
                # 18 days of March, and 750 / 1 000 of the 28 of February.
                ("dso", None, 39),
                ("days_late", None, 8),
                # (1 000 - 750) / (1 000 - 0 not due).
                ("effectiveness", None, 0.25),
            ]
        )

    def test_who_works_for_the_branch_alone_has_the_same(self):
        self.officer = self._new_user(
            "branch", "relance_ar.group_relance_user", company=self.branch
        )
        self.dashboard = self.env["relance.dashboard"].with_user(self.officer)
        self.test_a_branch_alone()

    def test_the_parent_alone_and_with_its_branch(self):
        self._choose(self.company)
        self._check(
            [
                ("receivables", None, 600),
                ("invoiced", "2026-02-28", 600),
                ("received", None, 0),
                ("days_late", None, None),
                ("effectiveness", None, 0),
            ]
        )
        self._choose(self.company, self.branch)
        self._check(
            [
                ("receivables", None, 1350),
                ("invoiced", "2026-02-28", 1600),
                ("received", None, 250),
                # 18 days of March, and 1 350 / 1 600 of the 28 of February.
                ("dso", None, 41.625),
                ("days_late", None, 8),
                ("effectiveness", None, 250 / 1600),
            ]
        )

    def test_the_habits_and_the_comparison_of_the_forecast(self):
        self._choose(self.branch)
        report = self.dashboard.env["relance.forecast.report"]
        habits = report._load_habits(report._get_scope())
        self.assertEqual(habits[self.branch.id, self.debtor.id].delay, 8)
        # sudo: as the job keeps it.
        self.env["relance.forecast"].sudo()._keep(self.branch)
        with freeze_time("2026-03-20"):
            self._settle(self.invoice, 300, "2026-03-20")
        with freeze_time("2026-03-24"):
            [past] = report.get_data()["past"]
        self.assertEqual((past["ahead"], past["actual"]), (1, 300))


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestKpiDrafts(DashboardCase):
    """Odoo keeps the reconciliation of an entry that goes back to draft."""

    def _check(self, owed, received):
        self.assertEqual(self._balance(TODAY), owed)
        self.assertEqual(self._tile("receivables")["value"], owed)
        self.assertEqual(sum(self._behind("receivables").mapped("amount")), owed)
        self.assertEqual(self._tile("received")["value"], received)

    def test_a_payment_back_in_draft_pays_nothing(self):
        invoice = self._invoice(self.debtor, days(-10), 1000)
        payment = self._pay(invoice, 600, days(-2))
        self._check(400, 600)
        payment.action_draft()
        self.assertTrue(self._lines(invoice).matched_credit_ids)
        self._check(1000, 0)
        self.assertEqual(self._tile("overdue")["value"], 1000)
        self.assertEqual(self._data()["debtors"][0]["amount"], 1000)
        self.assertIsNone(self._tile("days_late")["value"])
        self.assertFalse(self._behind("days_late"))
        report = self.env["relance.forecast.report"].with_user(self.officer)
        self.assertFalse(report._load_delays(report._get_scope()))
        # Nor had it paid anything the day before; and then it does again.
        day = days(-1).isoformat()
        self.assertEqual(self._tile("receivables", day=day)["value"], 1000)
        payment.action_post()
        self._check(400, 600)
        self.assertEqual(self._tile("days_late")["value"], 8)

    def test_all_of_it_in_an_entry_of_the_bank(self):
        invoice = self._invoice(self.debtor, days(-10), 1000)
        line = {
            "account_id": self.company_data["default_account_receivable"].id,
            "partner_id": self.debtor.id,
        }
        other = self.company_data["default_account_revenue"]
        move = self.env["account.move"].create(
            {
                "journal_id": self.company_data["default_journal_bank"].id,
                "date": days(-2),
                "line_ids": [
                    Command.create({**line, "credit": 1000}),
                    Command.create({"account_id": other.id, "debit": 1000}),
                ],
            }
        )
        move.action_post()
        credit = move.line_ids.filtered("credit")
        (self._lines(invoice) + credit).reconcile()
        self._check(0, 1000)
        move.button_draft()
        self._check(1000, 0)
        self.assertEqual(self._behind("overdue").move_id, invoice)

    def test_an_invoice_back_in_draft_leaves_a_credit(self):
        invoice = self._invoice(self.debtor, days(-10), 1000)
        self._pay(invoice, 600, days(-2))
        invoice.button_draft()
        self._check(-600, 600)
        self.assertIsNone(self._tile("days_late")["value"])
        self.assertEqual(self._behind("age:credits").mapped("amount"), [-600])

    def test_nothing_is_recovered_by_a_draft(self):
        invoice = self._invoice(self.debtor, days(-3), 2000)
        reminder = self._plan(days(-1))
        reminder.sudo().write({"state": "done", "date_done": days(-1)})
        payment = self._pay(invoice, 500, TODAY)
        # One contact for 500: two for 1 000.
        self.assertEqual(self._tile("effort")["value"], 2)
        payment.action_draft()
        self.assertIsNone(self._tile("effort")["value"])


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestKpiFarSales(KpiCase):
    def test_the_dso_of_a_day_is_the_same_whatever_is_shown(self):
        old = self._invoice(self.debtor, date(2023, 12, 10), 1000)  # 10 November
        self._invoice(self.debtor, days(27), 100)  # of 15 March
        self.assertEqual(old.invoice_date, date(2023, 11, 10))
        # All months from November 2023 on: the 1 100 are all that was sold in them.
        expected = (TODAY - date(2023, 11, 1)).days + 1
        in_january = (date(2026, 1, 31) - date(2023, 11, 1)).days + 1
        for months in (3, 6, 12, 24):
            figures = self._figures(months=months)
            self.assertEqual(figures["values"]["dso"][-1], expected, months)
            self.assertEqual(figures["values"]["dso"][-3], in_january, months)
            self.assertNotIn(months - 1, figures["least"].get("dso", ()), months)


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestKpiOfficersGone(DashboardCase):
    """Whose officer is gone belongs to the company's, as the planner has it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.gone = cls._new_user("gone", "relance_ar.group_relance_user")
        cls.debtor.relance_user_id = cls.gone
        cls._invoice(cls.debtor, days(-10), 1000)

    def _owed(self, officer):
        """Return what an officer's debtors owe, and the sum of what it opens."""
        behind = self._behind("receivables", officer_id=officer.id)
        figure = self._tile("receivables", officer_id=officer.id)["value"]
        return figure, sum(behind.mapped("amount"))

    def _check_taken_over(self):
        self.assertEqual(self._plan().user_id, self.officer)
        self.assertEqual(self._owed(self.officer), (1000, 1000))
        self.assertEqual(self._owed(self.gone), (0, 0))
        debtors = self._data(officer_id=self.officer.id)["debtors"]
        self.assertEqual([row["id"] for row in debtors], self.debtor.ids)
        self.assertEqual(self._behind("receivables").officer_id, self.officer)

    def test_while_they_are_there_it_is_theirs(self):
        self.assertEqual(self._owed(self.gone), (1000, 1000))
        self.assertEqual(self._owed(self.officer), (0, 0))

    def test_of_an_officer_who_is_archived(self):
        self.gone.active = False
        self._check_taken_over()

    def test_of_one_who_has_another_job(self):
        group = self.env.ref("relance_ar.group_relance_user")
        self.gone.group_ids -= group
        self._check_taken_over()
