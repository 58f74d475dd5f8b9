from datetime import date

import psycopg2

from odoo import Command
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.service.model import call_kw
from odoo.tests import Form, freeze_time, tagged
from odoo.tools import mute_logger

from .common import TODAY, RelanceCase, days

LATER = date(2026, 12, 15)  # after the last maturity of these tests


@tagged("post_install", "-at_install")
@freeze_time(LATER)
class TestPenalty(RelanceCase):
    """Interest and indemnity on real invoices, with real payments.

    The vectors are those of the texts and of their published calculators.
    """

    def _penalty(self, line, at):
        return line.with_user(self.officer).relance_penalty(at)

    def _amounts(self, invoice, at):
        """Return ``[(interest, indemnity, total)]`` of the instalments."""
        found = [self._penalty(line, at) for line in self._lines(invoice)]
        return [(p["interest"], p["indemnity"], p["total"]) for p in found]

    def _pay(self, invoice, day, amount=None):
        values = {"amount": amount} if amount else {}
        self._register_payment(invoice, payment_date=day, **values)

    def _instalments(self, partner, *maturities):
        """Return an invoice of 1000 in equal instalments due on these days."""
        issued = date(2026, 1, 1)
        share = 100 / len(maturities)
        term = self.env["account.payment.term"].create(
            {
                "name": "instalments",
                "line_ids": [
                    Command.create(
                        {
                            "value": "percent",
                            "value_amount": share,
                            "nb_days": (maturity - issued).days,
                        }
                    )
                    for maturity in maturities
                ],
            }
        )
        return self._create_invoice_one_line(
            price_unit=1000,
            tax_ids=[],
            partner_id=partner,
            invoice_date=issued,
            invoice_payment_term_id=term,
            post=True,
        )

    def test_the_contract_rate_of_the_company(self):
        self.company.relance_penalty_rate = 15
        invoice = self._invoice(self._debtor(), "2024-01-31", 15000)
        self.assertEqual(
            self._penalty(self._lines(invoice), date(2024, 3, 1)),
            {
                "interest": 184.93,
                "indemnity": 40.0,
                "total": 224.93,
                "segments": [
                    {
                        "start": date(2024, 2, 1),
                        "end": date(2024, 3, 1),
                        "days": 30,
                        "base": 15000.0,
                        "rate": 15.0,
                        "amount": 184.93,
                    }
                ],
            },
        )

    def test_the_statutory_rate(self):
        for due, amount, paid, interest in (
            ("2026-06-30", 12000, date(2026, 7, 30), 122.30),
            ("2026-05-15", 12000, date(2026, 8, 15), 371.28),
            ("2026-07-31", 100, date(2026, 8, 1), 0.03),
        ):
            with self.subTest(due=due):
                invoice = self._invoice(self._debtor(), due, amount)
                self._pay(invoice, paid)
                expected = [(interest, 40.0, round(interest + 40, 2))]
                self.assertEqual(self._amounts(invoice, paid), expected)
                # Once it is paid, nothing more accrues.
                self.assertEqual(self._amounts(invoice, LATER), expected)

    def test_each_half_year_has_its_own_rate(self):
        invoice = self._invoice(self._debtor(), "2026-05-15", 12000)
        found = self._penalty(self._lines(invoice), "2026-08-15")
        self.assertEqual(
            found["segments"],
            [
                {
                    "start": date(2026, 5, 16),
                    "end": date(2026, 6, 30),
                    "days": 46,
                    "base": 12000.0,
                    "rate": 12.15,
                    "amount": 183.75,
                },
                {
                    "start": date(2026, 7, 1),
                    "end": date(2026, 8, 15),
                    "days": 46,
                    "base": 12000.0,
                    "rate": 12.4,
                    "amount": 187.53,
                },
            ],
        )

    def test_nothing_until_the_due_date_included(self):
        invoice = self._invoice(self._debtor(), "2026-01-31")
        nothing = {"interest": 0.0, "indemnity": 0.0, "total": 0.0, "segments": []}
        for at in (date(2026, 1, 1), date(2026, 1, 30), date(2026, 1, 31)):
            self.assertEqual(self._penalty(self._lines(invoice), at), nothing)
        self.assertEqual(
            self._amounts(invoice, date(2026, 2, 1)), [(0.33, 40.0, 40.33)]
        )

    def test_nothing_when_paid_on_the_due_date(self):
        invoice = self._invoice(self._debtor(), "2026-01-31")
        self._pay(invoice, date(2026, 1, 31))
        self.assertEqual(self._amounts(invoice, LATER), [(0.0, 0.0, 0.0)])

    def test_a_partial_payment_in_time_reduces_the_base(self):
        invoice = self._invoice(self._debtor(), "2026-01-31", 10000)
        self._pay(invoice, date(2026, 1, 15), 4000)
        # 6 000 x 12.15 % x 30 / 365
        self.assertEqual(
            self._amounts(invoice, date(2026, 3, 2)), [(59.92, 40.0, 99.92)]
        )

    def test_a_late_partial_payment_cuts_the_period(self):
        invoice = self._invoice(self._debtor(), "2026-01-31", 10000)
        self._pay(invoice, date(2026, 2, 15), 4000)
        found = self._penalty(self._lines(invoice), date(2026, 3, 2))
        self.assertEqual(found["interest"], 79.89)
        self.assertEqual(
            [(s["days"], s["base"], s["amount"]) for s in found["segments"]],
            [(15, 10000.0, 49.93), (15, 6000.0, 29.96)],
        )

    def test_an_undone_payment_did_not_stop_the_interest(self):
        invoice = self._invoice(self._debtor(), "2026-01-31", 10000)
        self._pay(invoice, date(2026, 2, 15))
        self._lines(invoice).remove_move_reconcile()
        # 10 000 x 12.15 % x 30 / 365
        self.assertEqual(
            self._amounts(invoice, date(2026, 3, 2)), [(99.86, 40.0, 139.86)]
        )

    def test_a_credit_note_reduces_the_base_from_the_start(self):
        invoice = self._invoice(self._debtor(), "2026-01-31", 10000)
        refund = self._invoice(
            invoice.partner_id, "2026-03-20", 1000, move_type="out_refund"
        )
        self._lines(invoice, refund).reconcile()
        self.assertEqual(self._lines(invoice).amount_residual, 9000.0)
        # 9 000 x 12.15 % x 30 / 365, although the credit note is of 18 February.
        self.assertEqual(
            self._amounts(invoice, date(2026, 3, 2)), [(89.88, 40.0, 129.88)]
        )

    def test_an_invoice_cancelled_by_a_credit_note_owes_nothing(self):
        invoice = self._invoice(self._debtor(), "2026-01-31", 10000)
        refund = self._invoice(
            invoice.partner_id, "2026-08-20", 10000, move_type="out_refund"
        )
        self._lines(invoice, refund).reconcile()
        self.assertEqual(self._amounts(invoice, LATER), [(0.0, 0.0, 0.0)])

    def test_the_indemnity_is_due_once_for_each_invoice(self):
        debtor = self._debtor()
        invoice = self._instalments(debtor, date(2026, 1, 31), date(2026, 2, 28))
        self.assertEqual(
            self._amounts(invoice, date(2026, 2, 28)),
            [(4.66, 40.0, 44.66), (0.0, 0.0, 0.0)],
        )
        self.assertEqual(
            self._amounts(invoice, date(2026, 3, 2)),
            [(4.99, 40.0, 44.99), (0.33, 0.0, 0.33)],
        )
        other = self._invoice(debtor, "2026-01-31")
        self.assertEqual(self._amounts(other, date(2026, 3, 2)), [(9.99, 40.0, 49.99)])

    def test_the_first_late_instalment_carries_the_indemnity(self):
        invoice = self._instalments(
            self._debtor(), date(2026, 1, 31), date(2026, 2, 28)
        )
        self._pay(invoice, date(2026, 1, 31), 500)
        self.assertEqual(
            self._amounts(invoice, date(2026, 3, 2)),
            [(0.0, 0.0, 0.0), (0.33, 40.0, 40.33)],
        )

    def test_a_consumer_owes_neither(self):
        person = self._debtor("Claude Petit", is_company=False)
        invoice = self._invoice(person, "2026-01-31", 10000)
        self.assertEqual(self._amounts(invoice, LATER), [(0.0, 0.0, 0.0)])

    def test_a_contact_of_a_company_owes_as_the_company(self):
        contact = self._debtor(
            "Buyer", is_company=False, parent_id=self._debtor("Parent SA").id
        )
        invoice = self._invoice(contact, "2026-01-31")
        self.assertEqual(
            self._amounts(invoice, date(2026, 3, 2)), [(9.99, 40.0, 49.99)]
        )

    def test_the_indemnity_is_converted_into_the_currency_of_the_invoice(self):
        dollars = self.setup_other_currency("USD", rates=[("2016-01-01", 2.0)])
        invoice = self._invoice(self._debtor(), "2026-01-31", currency_id=dollars)
        self.assertEqual(
            self._amounts(invoice, date(2026, 3, 2)), [(9.99, 80.0, 89.99)]
        )

    def test_a_payment_in_currency_counts_at_its_amount_in_that_currency(self):
        dollars = self.setup_other_currency(
            "USD", rates=[("2016-01-01", 2.0), ("2026-02-10", 4.0)]
        )
        invoice = self._invoice(
            self._debtor(), "2026-01-31", 10000, currency_id=dollars
        )
        self._pay(invoice, date(2026, 2, 15), 4000)
        [(interest, indemnity, _total)] = self._amounts(invoice, date(2026, 3, 2))
        # The lump sum became due on 1 February: at the rate of that day, not of the
        # payment, whose rate would make it 160.
        self.assertEqual((interest, indemnity), (79.89, 80.0))

    def test_a_currency_without_decimals_has_none_in_its_penalties(self):
        yen = self.setup_other_currency(
            "JPY", rounding=1.0, rates=[("2016-01-01", 160.0)]
        )
        invoice = self._invoice(self._debtor(), "2026-01-31", 100000, currency_id=yen)
        # 100 000 x 12.15 % x 30 / 365 = 998.63
        self.assertEqual(
            self._amounts(invoice, date(2026, 3, 2)), [(999.0, 6400.0, 7399.0)]
        )

    def test_a_half_year_without_rate_is_named_with_the_remedy(self):
        invoice = self._invoice(self._debtor(), "2030-12-31")
        with self.assertRaises(UserError) as refused:
            self._amounts(invoice, date(2031, 1, 10))
        self.assertEqual(
            str(refused.exception),
            "No rate “ECB main refinancing rate” is known for the half-year from "
            "01/01/2031: enter it in Collections › Configuration › Interest rates.",
        )
        self.env["relance.interest.rate"].with_user(self.manager).create(
            {"kind": "ecb_mro", "date_from": "2031-01-01", "value": 2}
        )
        # 1 000 x 12 % x 10 / 365
        self.assertEqual(
            self._amounts(invoice, date(2031, 1, 10)), [(3.29, 40.0, 43.29)]
        )

    def test_a_contract_rate_needs_no_table(self):
        self.company.relance_penalty_rate = 15
        invoice = self._invoice(self._debtor(), "2030-12-31")
        self.assertEqual(
            self._amounts(invoice, date(2031, 1, 10)), [(4.11, 40.0, 44.11)]
        )

    def test_a_script_asks_with_a_date_in_letters(self):
        invoice = self._invoice(self._debtor(), "2026-01-31")
        lines = self.env["account.move.line"].with_user(self.officer)
        found = call_kw(
            lines, "relance_penalty", [self._lines(invoice).ids, "2026-03-02"], {}
        )
        self.assertEqual(
            (found["interest"], found["indemnity"], found["total"]),
            (9.99, 40.0, 49.99),
        )
        self.assertEqual(found["segments"][0]["start"], date(2026, 2, 1))

    def test_it_is_not_told_to_who_may_not_read_the_invoice(self):
        invoice = self._invoice(self._debtor(), "2026-01-31")
        seller = self._new_user("seller", "relance_ar.group_relance_dispute")
        with self.assertRaises(AccessError):
            self._lines(invoice).with_user(seller).relance_penalty("2026-03-02")


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestPenaltyOfReminder(RelanceCase):
    """What a reminder claims on top of the principal."""

    def test_the_penalties_of_all_its_lines(self):
        debtor = self._debtor()
        self._invoice(debtor, days(-3), 15000)
        self._invoice(debtor, days(-2), 1000)
        # 14.979 and 0.666
        self.assertRecordValues(
            self._plan(),
            [
                {
                    "amount_net": 16000.0,
                    "penalty_interest": 15.65,
                    "penalty_indemnity": 80.0,
                    "penalty_error": "",
                    "amount_claimed": 16095.65,
                }
            ],
        )

    def test_what_is_coming_due_bears_no_penalty(self):
        self._invoice(self._debtor(), days(4), 15000)
        self.assertRecordValues(
            self._plan(),
            [
                {
                    "phase": "preventive",
                    "penalty_interest": 0.0,
                    "penalty_indemnity": 0.0,
                    "amount_claimed": 15000.0,
                }
            ],
        )

    def test_the_contract_rate_is_told(self):
        self.company.relance_penalty_rate = 15
        self._invoice(self._debtor(), days(-3), 15000)
        reminder = self._plan()
        self.assertEqual(reminder.penalty_interest, 18.49)
        self.assertEqual(reminder.penalty_rate_note, "(contract rate: 15.00 % a year)")

    def test_a_missing_rate_is_said_instead_of_an_amount(self):
        self.env.ref("relance_ar.relance_interest_rate_ecb_mro_2026_01").unlink()
        self._invoice(self._debtor(), days(-3), 15000)
        self.assertRecordValues(
            self._plan(),
            [
                {
                    "penalty_interest": 0.0,
                    "penalty_indemnity": 0.0,
                    "penalty_error": "No rate “ECB main refinancing rate” is known for "
                    "the half-year from 01/01/2026: enter it in Collections › "
                    "Configuration › Interest rates.",
                }
            ],
        )

    def test_a_very_old_debt_does_not_hide_the_penalties_of_others(self):
        self._invoice(self._debtor("Old SA"), "2012-03-01", 100)
        self._invoice(self._debtor("Young SA"), days(-3), 15000)
        reminders = self._plan().sorted(lambda r: r.partner_id.name)
        self.env.invalidate_all()
        self.assertRecordValues(
            reminders,
            [
                {
                    "penalty_interest": 0.0,
                    "penalty_error": "No rate “ECB main refinancing rate” is known for "
                    "the half-year from 01/01/2012: enter it in Collections › "
                    "Configuration › Interest rates.",
                },
                {"penalty_interest": 14.98, "penalty_error": ""},
            ],
        )


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestInterestRate(RelanceCase):
    """The table of rates: one for each kind and half-year."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.rates = cls.env["relance.interest.rate"].with_user(cls.manager)

    def _rate(self, day, kind="ecb_mro", value=2.0):
        return self.rates.create({"kind": kind, "date_from": day, "value": value})

    def test_rates_are_read_on_two_days_of_the_year(self):
        for day in ("2027-01-02", "2027-06-30", "2027-02-01", "2027-07-02"):
            with (
                self.subTest(day),
                mute_logger("odoo.sql_db"),
                self.assertRaises(psycopg2.errors.CheckViolation),
            ):
                self._rate(day).flush_recordset()
        self.assertEqual(len(self._rate("2027-01-01") + self._rate("2027-07-01")), 2)

    def test_a_half_year_has_one_rate_of_each_kind(self):
        self._rate("2027-01-01")
        self._rate("2027-01-01", kind="legal_professional")
        with (
            mute_logger("odoo.sql_db"),
            self.assertRaises(psycopg2.errors.UniqueViolation),
        ):
            self._rate("2027-01-01").flush_recordset()

    def test_a_rate_is_a_percentage(self):
        for value in (-5.1, 100.0, 215.0):
            with (
                self.subTest(value),
                mute_logger("odoo.sql_db"),
                self.assertRaises(psycopg2.errors.CheckViolation),
            ):
                self._rate("2027-01-01", value=value).flush_recordset()

    def test_a_rate_keeps_three_decimals(self):
        rate = self._rate("2027-01-01", value=2.125)
        self.env.flush_all()
        rate.invalidate_recordset()
        table = self.rates._get_table()
        self.assertEqual(str(table["ecb_mro"][date(2027, 1, 1)]), "2.125")

    def test_the_manager_enters_a_rate_in_the_form(self):
        with Form(self.rates) as form:
            form.kind = "ecb_mro"
            form.date_from = date(2027, 1, 1)
            form.value = 2.4
        self.assertEqual(
            form.record.display_name, "ECB main refinancing rate 01/01/2027"
        )

    def test_the_published_rates_are_there(self):
        table = self.rates._get_table(("ecb_mro",))["ecb_mro"]
        self.assertEqual(
            {day: float(rate) for day, rate in table.items() if day.year >= 2022},
            {
                date(2022, 1, 1): 0.0,
                date(2022, 7, 1): 0.0,
                date(2023, 1, 1): 2.5,
                date(2023, 7, 1): 4.0,
                date(2024, 1, 1): 4.5,
                date(2024, 7, 1): 4.25,
                date(2025, 1, 1): 3.15,
                date(2025, 7, 1): 2.15,
                date(2026, 1, 1): 2.15,
                date(2026, 7, 1): 2.4,
            },
        )
        self.assertEqual(min(table), date(2013, 1, 1))
        self.assertEqual(len(table), 28, "none is missing since 2013")

    def test_the_contract_rate_is_a_percentage(self):
        for value in (-1.0, 101.0):
            with (
                self.subTest(value),
                self.assertRaises(ValidationError) as refused,
            ):
                self.company.relance_penalty_rate = value
            self.assertIn("between 0 and 100 %", str(refused.exception))
