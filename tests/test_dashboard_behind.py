"""What a click opens sums to the figure; a month under way is compared with none."""

from datetime import date

from odoo.exceptions import UserError
from odoo.tests import freeze_time, tagged

from .common import TODAY, days
from .kpi_case import CurrenciesMixin
from .test_dashboard import DashboardCase


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestDashboardBehind(DashboardCase):
    def test_a_debtor_opens_what_they_owe_late(self):
        late = self._invoice(self.debtor, days(-10), 1000)
        self._invoice(self.debtor, days(20), 5000)
        self._credit(late, 300, days(-1), match=False)
        [debtor] = self._data()["debtors"]
        behind = self._behind(f"debtor:{debtor['id']}")
        self.assertEqual((debtor["amount"], debtor["days"]), (1000, 10))
        self.assertEqual(behind.mapped("amount"), [1000])
        with self.assertRaises(UserError):
            self._behind("debtor:x")

    def _invoice_of_penalties(self):
        penalties = self._invoice(self.debtor, days(-40), 100)
        # sudo: as the verb of invoicing leaves a claim.
        self.env["relance.penalty.claim"].sudo().create(
            {
                "company_id": self.company.id,
                "partner_id": self.debtor.id,
                "currency_id": self.company.currency_id.id,
                "date": days(-70),
                "invoice_id": penalties.id,
                "state": "invoiced",
                "settled_on": days(-70),
            }
        )
        return penalties

    def test_penalties_recovered_open_their_payments_of_the_month(self):
        penalties = self._invoice_of_penalties()
        other = self._invoice(self.debtor, days(-40), 700)
        self._pay(penalties, 25, date(2026, 2, 20))
        self._pay(penalties, 40, days(-1))
        self._pay(other, 500, days(-1))
        for day, expected in ((None, 40), ("2026-02-28", 25), ("2026-01-31", 0)):
            behind = self._behind("penalties_recovered", day=day)
            found = self._tile("penalties_recovered", day=day)["value"]
            self.assertEqual(found, expected)
            self.assertEqual(sum(behind.mapped("amount")), expected)
            self.assertEqual(len(behind), bool(expected))

    def test_a_payment_of_penalties_back_in_draft_is_none(self):
        penalties = self._invoice_of_penalties()
        payment = self._pay(penalties, 40, days(-1))
        self.assertEqual(self._tile("penalties_recovered")["value"], 40)
        payment.action_draft()
        self.assertEqual(self._tile("penalties_recovered")["value"], 0)
        self.assertFalse(self._behind("penalties_recovered"))

    def test_another_officer_s_payments_of_penalties_are_left_out(self):
        second = self._new_user("second", "relance_ar.group_relance_user")
        self.test_penalties_recovered_open_their_payments_of_the_month()
        self.assertFalse(self._behind("penalties_recovered", officer_id=second.id))

    def test_filters_are_about_debtors_and_leave_out_entries_of_nobody(self):
        self._invoice(self.debtor, days(-10), 100)
        self._opening(self.env["res.partner"], 450, days(-20))
        for filters, expected in (
            ({}, 550),
            ({"officer_id": self.officer.id}, 100),
            ({"profile_id": -1}, 100),
        ):
            behind = self._behind("receivables", **filters)
            value = self._tile("receivables", **filters)["value"]
            self.assertEqual((value, sum(behind.mapped("amount"))), (expected,) * 2)


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestDashboardCurrencies(CurrenciesMixin, DashboardCase):
    """Companies of two currencies: all in that of the current one, as the figures."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._make_dollars()
        # Of 6 February, due on 8 March.
        for company, in_february, in_march in (
            (cls.company, 100, 100),
            (cls.other, 300, 200),
        ):
            invoice = cls._bill(company, 1000)
            cls._settle(invoice, in_february, "2026-02-20")
            cls._settle(invoice, in_march, days(-2))

    def setUp(self):
        super().setUp()
        self._choose(self.company, self.other)

    def test_the_figures_and_what_they_open_are_euros(self):
        for code, day, expected in (
            ("receivables", None, 800 + 500 / 4),
            ("overdue", None, 800 + 500 / 4),
            ("receivables", "2026-02-28", 900 + 700 / 2),
            ("invoiced", "2026-02-28", 1000 + 1000 / 2),
            ("received", "2026-02-28", 100 + 300 / 2),
            ("received", None, 100 + 200 / 4),
            ("received", "2026-01-31", 0),
        ):
            behind = self._behind(code, day=day)
            self.assertAlmostEqual(self._tile(code, day=day)["value"], expected, 6)
            self.assertAlmostEqual(sum(behind.mapped("amount")), expected, 6, code)
            euro = self.company.currency_id if behind else self.env["res.currency"]
            self.assertEqual(behind.figures_currency_id, euro)
            # As the foot of a list and a pivot have it.
            groups = behind.formatted_read_group(
                [("id", "in", behind.ids)], [], ["amount:sum"]
            )
            self.assertAlmostEqual(groups[0]["amount:sum"] or 0, expected, 6, code)

    def test_payments_weigh_what_they_are_worth(self):
        for day, expected, late in (
            ("2026-02-28", 100 + 300 / 2, -16),
            (None, 100 + 200 / 4, 8),
        ):
            paid = self._behind("days_late", day=day)
            self.assertAlmostEqual(sum(paid.mapped("amount")), expected, 6)
            weighted = sum(paid.mapped("weighted_days"))
            self.assertAlmostEqual(weighted, late * expected, 6)
            self.assertAlmostEqual(self._tile("days_late", day=day)["value"], late, 6)

    def test_each_payment_at_the_rate_of_its_month(self):
        paid = self.dashboard.env["relance.settlement"].search([])
        self.assertAlmostEqual(sum(paid.mapped("amount")), 250 + 150, 6)

    def test_before_the_first_rate_that_one_holds(self):
        self.env["res.currency.rate"].search([]).unlink()
        self._make_rate("2026-03-05", 2)
        self._make_rate("2026-03-10", 4)
        figures = self.dashboard.get_figures({"months": 3})
        self.assertEqual(figures["values"]["received"][-2:], [250, 150])
        # In an analysis of all months as on the dashboard.
        paid = self.dashboard.env["relance.settlement"].search([])
        self.assertAlmostEqual(sum(paid.mapped("amount")), 250 + 150, 6)

    def test_a_month_under_way_is_at_the_rate_of_the_day(self):
        self._make_rate("2026-03-17", 8)
        for day, expected in (("2026-03-16", 100 + 200 / 4), (None, 100 + 200 / 8)):
            self.assertAlmostEqual(self._tile("received", day=day)["value"], expected)
            for code in ("received", "days_late"):
                amounts = self._behind(code, day=day).mapped("amount")
                self.assertAlmostEqual(sum(amounts), expected, 6, (code, day))

    def test_the_other_company_first_has_dollars(self):
        self._choose(self.other, self.company)
        # Without a rate of its own for euros in the company of euros, at 1 for 1.
        rate = self.env["res.currency"]._get_conversion_rate(
            self.company.currency_id, self.other.currency_id, self.company, TODAY
        )
        behind = self._behind("receivables")
        self.assertEqual(behind.figures_currency_id, self.other.currency_id)
        self.assertAlmostEqual(sum(behind.mapped("amount")), 500 + 800 * rate, 6)
        value = self._tile("receivables")["value"]
        self.assertAlmostEqual(value, 500 + 800 * rate, 6)


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestDashboardUnderWay(DashboardCase):
    """A month that has just begun is no bad month."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # Of 1 000 due in December, 200 came in in January and 400 in February.
        invoice = cls._invoice(cls.debtor, date(2025, 12, 31), 1000)
        cls._pay(invoice, 200, date(2026, 1, 15))
        cls._pay(invoice, 400, date(2026, 2, 10))

    def test_what_flows_is_not_compared_until_the_month_is_over(self):
        tile = self._tile("effectiveness", day="2026-03-02")
        self.assertEqual(tile["series"][-3:], [0.2, 0.5, 0])
        self.assertIsNone(tile["change"])
        self.assertIsNone(tile["is_better"])
        self.assertIs(tile["is_under_way"], True)

    def test_a_month_that_is_over_is_compared(self):
        tile = self._tile("effectiveness", day="2026-02-28")
        self.assertAlmostEqual(tile["change"], 0.3)
        self.assertIs(tile["is_better"], True)
        self.assertIs(tile["is_under_way"], False)

    def test_what_stands_is_compared_on_any_day(self):
        tile = self._tile("overdue", day="2026-02-12")
        self.assertEqual((tile["value"], tile["change"]), (400, -400))
        self.assertIs(tile["is_better"], True)
        self.assertIs(tile["is_under_way"], False)
