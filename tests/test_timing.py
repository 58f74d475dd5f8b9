"""The rhythm at the moment of sending: not before the day, not too close to others."""

from odoo.exceptions import UserError, ValidationError
from odoo.service.model import call_kw
from odoo.tests import freeze_time, tagged

from .common import TODAY, RelanceCase, days


class TimingCase(RelanceCase):
    """A debtor with an overdue invoice; buttons pressed by RPC as the officer."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.debtor = cls._debtor()
        cls.invoice = cls._invoice(cls.debtor, days(-3))

    def _press(self, reminders, button, *args):
        """Press a button as a client does; return the messages that leave."""
        with self.mail_server() as sink:
            call_kw(
                reminders.with_user(self.officer), button, [reminders.ids, *args], {}
            )
        return sink.messages

    def _run_daily(self):
        with self.mail_server() as sink, self.enter_registry_test_mode():
            self.env.ref("relance_ar.ir_cron_daily_run").method_direct_trigger()
        self.env.invalidate_all()
        return sink.messages

    def _ahead(self, count=12):
        """Return the reminder of a run to come, about the invoice."""
        self.debtor.write({"relance_hold_until": days(1)})
        ahead = self._plan(days(count))
        self.debtor.write({"relance_hold_until": False})
        return ahead


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestPlannedDay(TimingCase):
    """What is planned for a day to come leaves on that day, whoever is in a hurry."""

    def setUp(self):
        super().setUp()
        self.ahead = self._ahead()
        self.ahead.channel = "email"
        self.day = self.ahead.date_planned

    def test_approve_and_send_only_approves_what_is_for_a_day_to_come(self):
        self.assertFalse(self._press(self.ahead, "action_approve_and_send"))
        self.assertRecordValues(
            self.ahead, [{"state": "approved", "date_planned": days(12)}]
        )
        self.assertIn("03/30/2026", self.ahead.waiting_note)
        self.assertIn("03/30/2026", self.ahead.message_ids[0].body)

    def test_send_says_from_which_day_on(self):
        self.ahead.action_approve()
        for button in ("action_send", "action_send_emails"):
            with self.subTest(button=button):
                with self.assertRaisesRegex(UserError, "03/30/2026"):
                    self._press(self.ahead, button)
                self.assertEqual(self.ahead.state, "approved")

    def test_the_daily_run_sends_it_when_its_day_has_come(self):
        self.ahead.action_approve()
        self.company.write({"relance_auto_send": True, "relance_auto_send_from": TODAY})
        for day, count in ((days(6), 0), (self.day, 1)):
            with freeze_time(f"{day} 09:00"):
                sent = [m for m in self._run_daily() if "debtor" in m["To"]]
                self.assertEqual(len(sent), count, day)
        self.assertEqual(self.ahead.state, "sent")

    def test_a_letter_is_not_printed_before_its_day(self):
        self.ahead.channel = "letter"
        self.ahead.action_approve()
        with self.assertRaisesRegex(UserError, "03/30/2026"):
            self._press(self.ahead, "action_print_letter")
        self.assertFalse(self.ahead.letter_id)

    def test_a_call_is_not_noted_as_made_before_its_day(self):
        self.ahead.channel = "phone"
        self.ahead.action_approve()
        with self.assertRaisesRegex(UserError, "03/30/2026"):
            self._press(self.ahead, "action_done")
        task = self.ahead.activity_ids
        with self.assertRaisesRegex(UserError, "03/30/2026"):
            self._press(task, "action_feedback")
        self.assertEqual(self.ahead.state, "approved")
        with freeze_time(self.day):
            self._log_call(self.ahead)
            self.assertEqual(self.ahead.state, "done")

    def test_a_step_is_not_brought_before_its_time(self):
        own = self.ahead.line_ids
        step = own.date_maturity.toordinal() + own.level_id.delay_days
        self.assertGreater(step, TODAY.toordinal(), "a step of another day")
        with self.assertRaisesRegex(UserError, "cannot leave before"):
            self._press(self.ahead, "write", {"date_planned": TODAY})
        self._press(self.ahead, "write", {"date_planned": days(20)})
        self.assertEqual(self.ahead.date_planned, days(20))

    def test_a_reminder_is_not_put_off_for_ever(self):
        with self.assertRaisesRegex(ValidationError, "9999"):
            self._press(self.ahead, "write", {"date_planned": "9999-12-31"})

    def test_the_explanation_names_the_day_of_what_waits(self):
        self.ahead.action_approve()
        [found] = self.runs.explain(self._lines(self.invoice), TODAY)
        self.assertIn(
            f"{self.ahead.reference}, approved for 03/30/2026", found["reasons"][0]
        )
        self._press(self.ahead, "action_cancel")
        [found] = self.runs.explain(self._lines(self.invoice), TODAY)
        self.assertTrue(found["due"])


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestGapAtSending(TimingCase):
    """Another contact meanwhile: what was approved waits for the gap, and says so."""

    def test_another_contact_meanwhile_puts_it_off(self):
        first = self._plan()
        first.action_approve()
        self._invoice(self.debtor, days(4))
        with freeze_time(days(7)):  # the first one was planned a week ago
            second = self._plan(days(7))
            self.assertEqual(second.partner_id, self.debtor)
            second.action_approve()
            self.assertEqual(len(self._press(first, "action_send")), 1)
            with self.assertRaisesRegex(UserError, "last message granted|two contacts"):
                self._press(second, "action_send")
            self.assertFalse(self._press(second + first, "action_approve_and_send"))
        self.assertEqual(second.state, "approved")

    def test_the_daily_run_puts_it_off_to_the_day_that_leaves_the_gap(self):
        self.company.write({"relance_auto_send": True, "relance_auto_send_from": TODAY})
        first = self._plan()
        first.action_approve()
        self._invoice(self.debtor, days(4))
        with freeze_time(f"{days(7)} 09:00"):
            second = self._plan(days(7))
            second.action_approve()
            self.assertEqual(len(self._run_daily()), 1)
        self.assertEqual(first.state, "sent")
        self.assertEqual(second.state, "approved")
        # eight days granted on the 25th, two of grace: the 4th is a Saturday, and the
        # 6th is Easter Monday
        self.assertEqual(str(second.date_planned), "2026-04-07")
        with freeze_time("2026-04-07 09:00"):
            self._run_daily()
        self.assertEqual(second.state, "sent")

    def test_two_reminders_of_one_plan_leave_together(self):
        self._invoice(self.debtor, days(-3), currency_id=self.env.ref("base.USD").id)
        both = self._plan()
        both.action_approve()
        self.assertEqual(len(both), 2)
        self.assertEqual(len(self._press(both[0], "action_send")), 1)
        self.assertEqual(len(self._press(both[1], "action_send")), 1)

    def test_two_reminders_of_one_plan_do_not_follow_each_other_day_by_day(self):
        self._invoice(self.debtor, days(-3), currency_id=self.env.ref("base.USD").id)
        both = self._plan()
        both.action_approve()
        self._press(both[0], "action_send")
        with freeze_time(days(1)), self.assertRaisesRegex(UserError, "may leave from"):
            self._press(both[1], "action_send")

    def test_what_a_later_run_refreshes_is_still_of_one_plan(self):
        self._invoice(self.debtor, days(-3), currency_id=self.env.ref("base.USD").id)
        both = self._plan()
        self._register_payment(self.invoice, amount=100.0, payment_date=TODAY)
        with freeze_time(days(1)):
            self._plan(days(1))
            both.action_approve()
            self.assertEqual(len(self._press(both, "action_send")), 2)

    def test_a_call_counts_as_the_other_contact(self):
        first = self._plan()
        first.channel = "phone"
        first.action_approve()
        self._invoice(self.debtor, days(4))
        with freeze_time(days(7)):
            second = self._plan(days(7))
            second.action_approve()
            self._log_call(first)
            with self.assertRaisesRegex(UserError, "may leave from"):
                self._press(second, "action_send")
