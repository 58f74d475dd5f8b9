"""Which actions work: what followed contacts, from real reminders and payments."""

from odoo.exceptions import UserError
from odoo.service.model import call_kw
from odoo.tests import freeze_time, tagged

from .common import TODAY, days
from .effect_case import EffectMixin
from .kpi_case import KpiCase


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestEffect(EffectMixin, KpiCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.effects = cls.env["relance.effect"].with_user(cls.officer)

    def _case(self, reminder):
        self.env.flush_all()
        self.env.invalidate_all()
        return self.effects.search([("reminder_id", "=", reminder.id)])

    def test_what_came_within_the_time_is_recovered(self):
        invoice = self._invoice(self.debtor, days(-60), 1000)
        reminder = self._contact(invoice, days(-50))
        self._pay(invoice, 400, days(-45))
        self._pay(invoice, 600, days(-40))
        [case] = self._case(reminder)
        # (400 × 5 + 600 × 10) / 1 000 days.
        self.assertEqual((case.outcome, case.days, case.cases), ("paid", 8, 1))
        self.assertEqual((case.amount, case.recovered), (1000, 1000))

    def test_a_part_is_no_payment_in_full(self):
        invoice = self._invoice(self.debtor, days(-60), 1000)
        reminder = self._contact(invoice, days(-50))
        self._pay(invoice, 400, days(-45))
        [case] = self._case(reminder)
        self.assertEqual((case.outcome, case.recovered), ("part", 400))
        self.assertFalse(case.days)

    def test_what_comes_too_late_is_not_put_down_to_it(self):
        invoice = self._invoice(self.debtor, days(-60), 1000)
        reminder = self._contact(invoice, days(-50))
        self._pay(invoice, 1000, days(-19))  # 31 days later
        [case] = self._case(reminder)
        self.assertEqual((case.outcome, case.recovered), ("unpaid", 0))

    def test_the_next_contact_ends_the_time_of_the_first(self):
        invoice = self._invoice(self.debtor, days(-60), 1000)
        first = self._contact(invoice, days(-50))
        second = self._contact(invoice, days(-40), "phone", self.second)
        self._pay(invoice, 1000, days(-40))
        self.assertEqual(self._case(first).outcome, "unpaid")
        self.assertEqual(self._case(second).outcome, "paid")
        self.assertEqual(self._case(second).days, 0)

    def test_a_contact_whose_time_is_not_over_is_no_case_yet(self):
        invoice = self._invoice(self.debtor, days(-60), 1000)
        reminder = self._contact(invoice, days(-5))
        [case] = self._case(reminder)
        self.assertEqual((case.outcome, case.cases), ("under_way", 0))

    def test_what_is_credited_is_no_case(self):
        """Nobody failed to pay what was given up."""
        invoice = self._invoice(self.debtor, days(-60), 1000)
        reminder = self._contact(invoice, days(-50))
        self._credit(invoice, 1000, days(-45))
        [case] = self._case(reminder)
        self.assertEqual((case.outcome, case.cases), ("credited", 0))
        self.assertEqual((case.amount, case.recovered), (0, 0))
        self.assertEqual(self._report()["rows"], [])

    def test_who_pays_the_rest_after_a_credit_note_has_paid(self):
        invoice = self._invoice(self.debtor, days(-60), 1000)
        reminder = self._contact(invoice, days(-50))
        self._credit(invoice, 400, days(-45))
        self._pay(invoice, 600, days(-40))
        [case] = self._case(reminder)
        self.assertEqual((case.outcome, case.days), ("paid", 10))
        self.assertEqual((case.amount, case.recovered), (600, 600))

    def test_a_payment_set_back_to_draft_is_none(self):
        invoice = self._invoice(self.debtor, days(-60), 1000)
        reminder = self._contact(invoice, days(-50))
        payment = self._pay(invoice, 1000, days(-45))
        self.assertEqual(self._case(reminder).outcome, "paid")
        payment.action_draft()
        self.assertEqual(self._case(reminder).outcome, "unpaid")

    def test_what_had_come_in_before_was_not_to_be_paid(self):
        """Bank lines are entered a day or two after their date."""
        invoice = self._invoice(self.debtor, days(-60), 1000)
        reminder = self._contact(invoice, days(-50))
        self._pay(invoice, 1000, days(-51))
        [case] = self._case(reminder)
        self.assertEqual((case.outcome, case.cases), ("credited", 0))
        self.assertEqual((case.amount, case.recovered), (0, 0))

    def test_a_part_that_had_come_in_before(self):
        invoice = self._invoice(self.debtor, days(-60), 1000)
        self._pay(invoice, 100, days(-55))  # as the contact knew
        reminder = self._contact(invoice, days(-50))
        self._pay(invoice, 400, days(-51))
        [case] = self._case(reminder)
        self.assertEqual((case.outcome, case.amount), ("unpaid", 500))
        self._pay(invoice, 500, days(-40))
        [case] = self._case(reminder)
        self.assertEqual((case.outcome, case.days), ("paid", 10))
        self.assertEqual((case.amount, case.recovered), (500, 500))

    # ------------------------------------------------------- one contact, one case

    def test_the_instalments_of_a_contact_are_followed_together(self):
        small = self._invoice(self.debtor, days(-60), 1000)
        large = self._invoice(self.debtor, days(-60), 3000)
        reminder = self._contact(small | large, days(-50))
        self._pay(small, 1000, days(-40))
        [case] = self._case(reminder)
        self.assertEqual((case.outcome, case.cases, case.paid), ("part", 1, 0))
        self.assertEqual((case.instalments, case.share_recovered), (2, 0.25))
        self.assertFalse(case.days)
        self._pay(large, 3000, days(-30))
        [case] = self._case(reminder)
        self.assertEqual((case.outcome, case.cases, case.paid), ("paid", 1, 1))
        self.assertEqual((case.amount, case.recovered), (4000, 4000))
        self.assertEqual(case.days, 17.5)  # (1 000 × 10 + 3 000 × 20) / 4 000
        self.assertEqual(case.move_name, f"{small.name}, {large.name}")

    def test_the_next_contact_about_one_of_them_ends_the_time_of_all(self):
        one = self._invoice(self.debtor, days(-60), 1000)
        other = self._invoice(self.debtor, days(-60), 500)
        first = self._contact(one | other, days(-50))
        self._contact(other, days(-40), "phone", self.second)
        self._pay(one, 1000, days(-45))
        self._pay(other, 500, days(-35))
        self.assertEqual(self._case(first).outcome, "part")

    def test_contacts_of_one_day_do_not_end_each_other(self):
        invoice = self._invoice(self.debtor, days(-60), 1000)
        call = self._contact(invoice, days(-50), "phone")
        mail = self._contact(invoice, days(-50), "email", self.second)
        self._pay(invoice, 1000, days(-45))
        for reminder in (call, mail):
            [case] = self._case(reminder)
            self.assertEqual((case.outcome, case.days), ("paid", 5))

    def test_the_e_mails_of_one_day_are_one_case(self):
        one = self._invoice(self.debtor, days(-60), 1000)
        other = self._invoice(self.debtor, days(-60), 500)
        first = self._contact(one | other, days(-50))
        second = self._contact(other, days(-50), cycle=2)
        self._pay(one, 1000, days(-45))
        [case] = self._case(first)
        self.assertFalse(self._case(second))
        # What both were about counts once.
        self.assertEqual(
            (case.instalments, case.amount, case.recovered), (2, 1500, 1000)
        )

    def _report(self):
        self.env.flush_all()
        report = self.env["relance.effect.report"].with_user(self.officer)
        return call_kw(report, "get_data", [{}], {})

    def _cases(self, channel, paid, count=12):
        """Contact so many debtors, one of whose invoices is paid by some."""
        for rank in range(count):
            debtor = self._debtor(f"{channel} {rank}")
            invoice = self._invoice(debtor, days(-90), 100)
            self._contact(invoice, days(-80), channel)
            if rank < paid:
                self._pay(invoice, 100, days(-80 + rank))

    def _invoices(self, debtor, count=12):
        found = self.env["account.move"]
        for _rank in range(count):
            found |= self._invoice(debtor, days(-90), 100)
        return found

    def test_a_difference_is_told_in_words_with_its_debtors(self):
        self._cases("phone", 11)
        self._cases("email", 1)
        data = self._report()
        [words] = data["suggestions"]
        self.assertIn("Phone call was followed by payment more often", words)
        self.assertIn("12 debtors, 12 contacts", words)
        self.assertEqual((data["pairs"], data["least"]), (1, 10))
        calls = [row for row in data["rows"] if row["channel"] == "Phone call"]
        self.assertEqual([row["cases"] for row in calls], [12, 12])
        self.assertEqual([row["debtors"] for row in calls], [12, 12])
        self.assertEqual(calls[0]["paid"], 11)
        # Days 0 to 10: the sixth of eleven.
        self.assertEqual(calls[0]["days"], 5)
        self.assertEqual((calls[0]["amount"], calls[0]["recovered"]), (1200, 1100))
        self.assertAlmostEqual(calls[0]["share_recovered"], 11 / 12)

    def test_few_debtors_say_nothing(self):
        self._cases("phone", 3, count=3)
        self._cases("email", 0, count=3)
        data = self._report()
        self.assertEqual((data["suggestions"], data["pairs"]), ([], 0))
        self.assertFalse(any(row["is_enough"] for row in data["rows"]))

    def test_one_call_and_one_e_mail_announce_nothing(self):
        """About twelve invoices each: one debtor who pays, one who does not."""
        paying = self._invoices(self.debtor)
        self._contact(paying, days(-80), "phone")
        for invoice in paying:
            self._pay(invoice, 100, days(-75))
        self._contact(self._invoices(self._debtor("Other SAS")), days(-80), "email")
        data = self._report()
        self.assertEqual(data["suggestions"], [])
        counts = {(row["debtors"], row["cases"]) for row in data["rows"]}
        self.assertEqual(counts, {(1, 1)})

    def test_many_contacts_of_one_debtor_announce_nothing(self):
        paying, other = self._invoices(self.debtor), self._debtor("Other SAS")
        for rank, invoice in enumerate(paying):
            self._contact(invoice, days(-80 + rank), "phone")
            self._pay(invoice, 100, days(-80 + rank))
        for rank, invoice in enumerate(self._invoices(other)):
            self._contact(invoice, days(-80 + rank), "email")
        data = self._report()
        self.assertEqual(data["suggestions"], [])
        self.assertEqual({row["cases"] for row in data["rows"]}, {12})
        self.assertFalse(any(row["is_enough"] for row in data["rows"]))

    def test_who_was_contacted_often_counts_once(self):
        self._cases("phone", 0, count=11)
        for rank, invoice in enumerate(self._invoices(self.debtor, 11)):
            self._contact(invoice, days(-80 + rank), "phone")
            self._pay(invoice, 100, days(-80 + rank))
        row = self._report()["rows"][0]
        self.assertEqual((row["debtors"], row["cases"], row["paid"]), (12, 22, 11))
        self.assertAlmostEqual(row["rate"], 1 / 12)

    def test_each_pair_compared_asks_for_a_larger_difference(self):
        # 12 of 16 (0.505 to 0.898) against 4 of 16 (0.102 to 0.495): barely disjoint.
        self._cases("phone", 12, count=16)
        self._cases("email", 4, count=16)
        data = self._report()
        self.assertEqual((len(data["suggestions"]), data["pairs"]), (1, 1))
        self._cases("letter", 5, count=10)
        data = self._report()
        self.assertEqual((data["suggestions"], data["pairs"]), ([], 3))

    def test_filters_that_are_none_are_refused(self):
        report = self.env["relance.effect.report"].with_user(self.officer)
        bad = ({"profile_id": "x"}, {"debtor_id": "1 OR 1=1"}, {"officer_id": [1]})
        bad += ({"team_id": 1.5}, {"debtor_id": {"a": 1}}, {"debtor_id": 10**30})
        bad += ({"profile_id": -2}, {"debtor_id": True}, {"months": 3.0}, "abc", [1], 5)
        for filters in bad:
            with self.subTest(filters=filters), self.assertRaises(UserError):
                call_kw(report, "get_data", [filters], {})
        none = {"profile_id": -1, "officer_id": 0, "debtor_id": "", "months": False}
        self.assertEqual(call_kw(report, "get_data", [none], {})["rows"], [])
