"""Which actions work: what followed contacts, from real reminders and payments."""

from odoo.service.model import call_kw
from odoo.tests import freeze_time, tagged

from .common import TODAY, days
from .kpi_case import KpiCase


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestEffect(KpiCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.effects = cls.env["relance.effect"].with_user(cls.officer)
        cls.level = cls.scenario.level_ids.filtered(lambda lv: lv.phase == "level_1")[0]
        cls.second = cls.scenario.level_ids.filtered(lambda lv: lv.phase == "level_2")[
            0
        ]

    def _contact(self, invoice, day, channel="email", level=None):
        """Note a contact about an invoice, as runs and transitions leave it."""
        level = level or self.level
        line = self._lines(invoice)
        return (
            self.env["relance.reminder"]
            .sudo()
            .create(
                {
                    "company_id": self.company.id,
                    "partner_id": invoice.partner_id.id,
                    "contact_id": invoice.partner_id.id,
                    "currency_id": line.currency_id.id,
                    "level_id": level.id,
                    "phase": level.phase,
                    "channel": channel,
                    "state": "done" if channel == "phone" else "sent",
                    "date_planned": day,
                    "date_done": day,
                    "line_ids": [
                        (
                            0,
                            0,
                            {
                                "move_line_id": line.id,
                                "move_name": invoice.name,
                                "level_id": level.id,
                                "date_maturity": line.date_maturity,
                                "amount_residual": line.amount_residual,
                            },
                        )
                    ],
                }
            )
        )

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
        self.assertEqual((case.outcome, case.days, case.cases), ("paid", 10, 1))
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

    def test_credit_notes_are_no_recovery(self):
        invoice = self._invoice(self.debtor, days(-60), 1000)
        reminder = self._contact(invoice, days(-50))
        self._credit(invoice, 1000, days(-45))
        self.assertEqual(self._case(reminder).outcome, "unpaid")

    def _report(self):
        self.env.flush_all()
        report = self.env["relance.effect.report"].with_user(self.officer)
        return call_kw(report, "get_data", [{}], {})

    def _cases(self, channel, paid, count=12):
        for rank in range(count):
            invoice = self._invoice(self.debtor, days(-90), 100)
            self._contact(invoice, days(-80), channel)
            if rank < paid:
                self._pay(invoice, 100, days(-80 + rank))

    def test_a_difference_is_told_in_words_with_its_cases(self):
        self._cases("phone", 11)
        self._cases("email", 1)
        data = self._report()
        [words] = data["suggestions"]
        self.assertIn("Phone call was followed by payment more often", words)
        self.assertIn("12 cases", words)
        calls = [row for row in data["rows"] if row["channel"] == "Phone call"]
        self.assertEqual([row["cases"] for row in calls], [12, 12])
        self.assertEqual(calls[0]["paid"], 11)
        # Days 0 to 10: the sixth of eleven.
        self.assertEqual(calls[0]["days"], 5)
        self.assertEqual((calls[0]["amount"], calls[0]["recovered"]), (1200, 1100))

    def test_few_cases_say_nothing(self):
        self._cases("phone", 3, count=3)
        self._cases("email", 0, count=3)
        data = self._report()
        self.assertEqual(data["suggestions"], [])
        self.assertFalse(any(row["is_enough"] for row in data["rows"]))
