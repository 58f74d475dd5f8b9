"""The figures of real entries, against plain SQL and against sums made by hand."""

from datetime import date

from odoo.exceptions import AccessError
from odoo.tests import freeze_time, tagged

from .common import TODAY, days
from .kpi_case import KpiCase


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestKpiBooks(KpiCase):
    """A ledger with everything in it, at every end of month of two years."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._make_ledger()

    def _each_month(self):
        figures = self._figures(months=24)
        return figures, [date.fromisoformat(end) for end in figures["ends"]]

    def test_the_balance_of_each_month_is_that_of_the_accounts(self):
        figures, ends = self._each_month()
        self.assertEqual(len(ends), 24)
        self.assertEqual(ends[-2:], [date(2026, 2, 28), TODAY])
        expected = [self._balance(end) for end in ends]
        self.assertGreater(len(set(expected)), 8)
        for end, found, balance in zip(
            ends, figures["values"]["receivables"], expected, strict=True
        ):
            self.assertAlmostEqual(found, balance, 2, end)

    def test_the_ages_of_each_month_are_those_of_the_lines(self):
        kpi = self.kpi
        scope = kpi._get_scope({"months": 24})
        standings = kpi._standings(scope, kpi._load_curves(scope), {})
        for end, standing in zip(scope.ends, standings, strict=True):
            expected, credits_ = [0.0] * 5, 0.0
            for left, late in self._residuals(end):
                if left < 0:
                    credits_ += left
                else:
                    rank = sum(late >= least for least in (1, 31, 61, 91))
                    expected[rank] += left
            for found, amount in zip(standing.classes, expected, strict=True):
                self.assertAlmostEqual(float(found), amount, 2, end)
            self.assertAlmostEqual(float(standing.credits), credits_, 2, end)

    def test_a_past_day_is_shown_as_it_stood(self):
        for day in (days(-1), days(-33), days(-90)):
            found = self._last("receivables", day=day.isoformat(), months=3)
            self.assertAlmostEqual(found, self._balance(day), 2)

    def test_a_back_dated_entry_changes_the_past(self):
        before = self._figures(months=6)["values"]["receivables"]
        self._invoice(self.debtor, days(-40), 1000)  # invoiced in January
        after = self._figures(months=6)["values"]["receivables"]
        changes = [b - a for a, b in zip(before, after, strict=True)]
        self.assertEqual([round(c, 2) for c in changes], [0, 0, 0, 1000, 1000, 1000])

    def test_invoiced_and_received_are_those_of_the_journals(self):
        figures, ends = self._each_month()
        for code, types, sign in (
            ("invoiced", ("sale",), 1),
            ("received", ("bank", "cash", "credit"), -1),
        ):
            self.env.cr.execute(
                """
                SELECT to_char(l.date, 'YYYY-MM'), sum(l.balance)
                  FROM account_move_line l
                  JOIN account_account a ON a.id = l.account_id
                  JOIN account_journal j ON j.id = l.journal_id
                 WHERE a.account_type = 'asset_receivable' AND j.type IN %s
                   AND l.parent_state = 'posted' AND l.company_id = %s
                   AND l.date <= %s GROUP BY 1
                """,
                (types, self.company.id, TODAY),
            )
            known = dict(self.env.cr.fetchall())
            found = figures["values"][code]
            for end, amount in zip(ends, found, strict=True):
                expected = sign * float(known.get(end.strftime("%Y-%m"), 0))
                self.assertAlmostEqual(amount, expected, 2, (code, end))

    def test_entries_to_come_are_not_owed_yet(self):
        before = self._last("receivables")
        self._create_invoice_one_line(
            price_unit=1000,
            tax_ids=[],
            partner_id=self.debtor,
            invoice_date=days(5),
            post=True,
        )
        self.assertEqual(self._last("receivables"), before)


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestKpiByHand(KpiCase):
    """One or two entries, figures worked out in the comments."""

    def test_dso_counts_the_months_back(self):
        # February (28 days): 2 800 invoiced; March, 18 days so far: 900. Owed: 3 700 of
        # which 1 400 were paid: 2 300 = 900 (18 days) + 1 400 / 2 800 of 28 days (14).
        old = self._invoice(self.debtor, date(2026, 3, 10), 2800)  # 8 February
        self._invoice(self.debtor, date(2026, 4, 9), 900)  # 10 March
        self._pay(old, 1400, days(-2))
        self.assertEqual(self._last("dso"), 32)
        # Not due: the 900 of March, 18 days. Late: 14 days of sales.
        self.assertEqual(self._last("best_dso"), 18)
        self.assertEqual(self._last("days_delinquent"), 14)
        # 1 400 of 2 300 are late.
        self.assertAlmostEqual(self._last("overdue_share"), 1400 / 2300)
        # March: (2 800 + 900 - 2 300) / (2 800 + 900 - 900 not due) = 1 400 / 2 800.
        self.assertEqual(self._last("effectiveness"), 0.5)

    def test_an_opening_balance_is_at_least_the_days_known(self):
        self._opening(self.debtor, 5000, days(-60))
        self._invoice(self.debtor, date(2026, 4, 9), 900)
        figures = self._figures()
        self.assertEqual(figures["values"]["dso"][-1], 18)
        self.assertIn(11, figures["least"]["dso"])

    def test_without_entries_there_are_no_figures(self):
        values = self._figures()["values"]
        self.assertEqual(set(values["receivables"]), {0.0})
        for code in ("dso", "overdue_share", "effectiveness", "days_late", "effort"):
            self.assertEqual(set(values[code]), {None}, code)

    def test_days_late_weigh_the_amounts(self):
        # 900 paid 10 days late; 100 paid 20 days early: (9 000 - 2 000) / 1 000.
        self._pay(self._invoice(self.debtor, days(-12), 900), 900, days(-2))
        self._pay(self._invoice(self.debtor, days(15), 100), 100, days(-5))
        # A credit note is no payment.
        self._credit(self._invoice(self.debtor, days(-70), 400), 400, days(-1))
        self.assertEqual(self._last("days_late"), 7)

    def test_another_currency_is_worth_what_it_is_on_the_day(self):
        currency = self.setup_other_currency(
            "CAD", rates=[("2026-01-01", 2.0), ("2026-03-01", 4.0)]
        )
        invoice = self._invoice(
            self.debtor, date(2026, 3, 20), 800, currency_id=currency.id
        )
        # Invoiced on 18 February: 400 in the books, 200 since 1 March.
        figures = self._figures(months=3)["values"]
        self.assertEqual(figures["receivables"], [0, 400, 200])
        self.assertEqual(figures["invoiced"], [0, 400, 0])
        # Paid in March: 800 of it for 200, the difference of 200 is no debt.
        self._pay(invoice, 800, days(-3))
        self.assertTrue(invoice.line_ids.matched_credit_ids.exchange_move_id)
        figures = self._figures(months=3)["values"]
        self.assertEqual(figures["receivables"], [0, 400, 0])

    def test_interest_runs_on_what_is_overdue(self):
        self.company.relance_penalty_rate = 12
        # 10 000 due on 8 March: late from the 9th to the 18th, 10 days at 12 %.
        self._invoice(self.debtor, days(-10), 10000)
        found = self._last("penalties_accrued")
        self.assertAlmostEqual(found, 10000 * 10 * 0.12 / 365, 6)

    def test_first_pass_leaves_out_what_was_corrected(self):
        invoices = [self._invoice(self.debtor, days(27), 100) for _ in range(4)]
        self._credit(invoices[0], 10, days(-1))
        self.assertEqual(self._last("first_pass"), 0.75)


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestKpiScope(KpiCase):
    """Whose figures, and for whom."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.other = cls._debtor("Other SAS")
        cls._invoice(cls.debtor, days(-10), 1000)
        cls._invoice(cls.other, days(-10), 300)
        cls.profiles = cls.env["relance.payer.profile"].search([], limit=2)

    def _receivables(self, **filters):
        return self._last("receivables", **filters)

    def test_an_officer_has_their_debtors_and_the_company_s_has_the_rest(self):
        second = self._new_user("second", "relance_ar.group_relance_user")
        self.other.relance_user_id = second
        self.assertEqual(self._receivables(), 1300)
        self.assertEqual(self._receivables(officer_id=second.id), 300)
        self.assertEqual(self._receivables(officer_id=self.officer.id), 1000)

    def test_by_profile_and_by_salesperson(self):
        self.debtor.payer_profile_id = self.profiles[0]
        self.assertEqual(self._receivables(profile_id=self.profiles[0].id), 1000)
        self.assertEqual(self._receivables(profile_id=self.profiles[1].id), 0)
        self.assertEqual(self._receivables(profile_id=-1), 300)
        self.other.user_id = self.manager
        self.assertEqual(self._receivables(salesperson_id=self.manager.id), 300)

    def test_invoices_to_a_contact_belong_to_the_debtor(self):
        contact = self.env["res.partner"].create(
            {"name": "Till", "parent_id": self.debtor.id}
        )
        self._invoice(contact, days(-5), 50)
        self.debtor.payer_profile_id = self.profiles[0]
        self.assertEqual(self._receivables(profile_id=self.profiles[0].id), 1050)

    def test_only_officers_see_figures(self):
        for groups in ("base.group_user", "account.group_account_invoice"):
            user = self._new_user(f"no_{groups[-7:]}", groups)
            with self.assertRaises(AccessError):
                self._figures(user=user)

    def test_another_company_is_not_seen_unless_it_is_chosen(self):
        data = self.setup_other_company(name="Second SAS")
        company = data["company"]
        debtor = self._debtor("Third SA")
        move = (
            self.env["account.move"]
            .with_company(company)
            .create(
                {
                    "move_type": "out_invoice",
                    "partner_id": debtor.id,
                    "invoice_date": days(-40),
                    "invoice_line_ids": [
                        (0, 0, {"name": "x", "price_unit": 70, "tax_ids": []})
                    ],
                }
            )
        )
        move.action_post()
        self.assertEqual(self._receivables(), 1300)
        self.officer.company_ids += company
        both = self.kpi.with_context(allowed_company_ids=[self.company.id, company.id])
        self.assertEqual(both.get_figures({})["values"]["receivables"][-1], 1370)
        # A company that is chosen without being the user's own is refused.
        stranger = self._new_user("stranger", "relance_ar.group_relance_user")
        with self.assertRaises(AccessError):
            self.kpi.with_user(stranger).with_context(
                allowed_company_ids=[self.company.id, company.id]
            ).get_figures({})

    def test_a_record_rule_of_the_database_holds(self):
        self.env["ir.rule"].create(
            {
                "name": "not the other one",
                "model_id": self.env["ir.model"]._get_id("account.move.line"),
                "domain_force": [("partner_id", "!=", self.other.id)],
                "groups": [
                    (4, self.env.ref("relance_ar.group_relance_user").id),
                ],
            }
        )
        readers = self.env.ref("account.account_move_line_rule_group_readonly", False)
        if readers:
            readers.active = False
        self.assertEqual(self._receivables(), 1000)

    def test_each_figure_is_told_in_words(self):
        told = self.kpi._get_kpis()
        self.assertEqual({kpi["code"] for kpi in told}, set(self._figures()["values"]))
        for kpi in told:
            self.assertTrue(kpi["name"] and kpi["formula"] and kpi["source"], kpi)
