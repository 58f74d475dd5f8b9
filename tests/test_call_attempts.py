"""Calls in vain come to an end: after some attempts the debtor is written to."""

from odoo.exceptions import UserError
from odoo.tests import Form, freeze_time, tagged

from .common import TODAY, days
from .test_call import CallCase


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestAttempts(CallCase):
    def _in_vain(self, times):
        for _i in range(times):
            self._log_call(self.call, "no_answer")

    def _form(self):
        calls = self.env["relance.call"].with_user(self.officer)
        form = Form(calls.with_context(default_reminder_id=self.call.id))
        form.late_outcome = "no_answer"
        return form

    def test_the_last_one_proposes_to_write(self):
        self.assertFalse(self._form().writes_instead)
        self._in_vain(2)
        self.assertTrue(self._form().writes_instead)

    def test_it_leaves_as_a_letter_that_says_so(self):
        self._in_vain(3)
        self.assertRecordValues(
            self.call,
            [
                {
                    "state": "approved",
                    "channel": "letter",
                    "call_attempts": 3,
                    "date_planned": TODAY,
                }
            ],
        )
        self.assertFalse(self.call.activity_ids)
        self.assertIn("tried to reach you", self.call.lines_table)

    def test_or_as_an_e_mail_that_really_leaves(self):
        self.debtor.email = "debtor@debtor.test"
        self._in_vain(3)
        self.assertEqual(self.call.channel, "email")
        with self.mail_server() as sink:
            self.call.action_send()
        [message] = sink.to("debtor@debtor.test")
        text = message.get_body(("html",)).get_content()
        self.assertIn("tried to reach you", text)
        self.assertEqual(self.call.state, "sent")

    def test_the_next_run_leaves_it_as_it_is(self):
        self._in_vain(3)
        with freeze_time(days(1)):
            with self.enter_registry_test_mode():
                self.env.ref("relance_ar.ir_cron_daily_run").method_direct_trigger()
            self.env.invalidate_all()
        self.assertEqual((self.call.state, self.call.channel), ("approved", "letter"))

    def test_a_person_may_call_once_more(self):
        self._in_vain(2)
        self._log_call(self.call, "no_answer", writes_instead=False)
        self.assertEqual((self.call.channel, self.call.call_attempts), ("phone", 3))

    def test_without_an_address_there_is_nothing_to_write_to(self):
        self.debtor.write({"street": False, "zip": False, "city": False})
        self._in_vain(2)
        with self.assertRaises(UserError):
            self._in_vain(1)
        self.assertEqual((self.call.channel, self.call.call_attempts), ("phone", 2))

    def test_it_is_a_setting(self):
        self.company.relance_call_attempts = 0
        self._in_vain(5)
        self.assertEqual(self.call.channel, "phone")
