"""E-mails refused again and again, shared addresses, printing, and starting again."""

from unittest.mock import patch

from odoo.exceptions import AccessError, UserError
from odoo.service.model import call_kw
from odoo.tests import freeze_time, tagged
from odoo.tools import mute_logger

from .common import TODAY, RelanceCase, days

REPORTS = "odoo.addons.base.models.ir_actions_report"


class SendingCase(RelanceCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.debtor = cls._debtor()
        cls.invoice = cls._invoice(cls.debtor, days(-3))

    def _rpc(self, user, records, method, *args):
        records = records.with_user(user)
        ids = [records.ids] if records else []
        return call_kw(records, method, [*ids, *args], {})

    def _send(self, reminders, refused=None, refused_data=None):
        with (
            self.mail_server() as sink,
            mute_logger("odoo.addons.mail.models.mail_mail"),
        ):
            sink.refused.update(refused or {})
            sink.refused_data.update(refused_data or {})
            self._rpc(self.officer, reminders, "action_approve_and_send")
        return sink.messages


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestRefusals(SendingCase):
    def test_what_is_refused_three_times_for_its_content_waits_for_a_person(self):
        spam = {"debtor@debtor.test": "554 5.7.1 message content rejected as spam"}
        for attempt in range(3):
            reminder = self._plan()
            self.assertEqual(reminder.state, "proposed", attempt)
            self._send(reminder, refused_data=spam)
            self.assertEqual(reminder.failure_kind, "content")
        held = self._plan()
        self.assertEqual(held.state, "held")
        self.assertIn("3 e-mails in a row", held.preflight_text)
        self.assertEqual(
            held.activity_ids.activity_type_id,
            self.env.ref("relance_ar.mail_activity_type_own_side"),
        )
        self.assertFalse(self._plan(), "nor is anybody asked again")
        held.action_release()
        self._send(held, refused_data=spam)
        self.assertEqual(held.state, "failed")
        self.assertEqual(self._plan().state, "held", "once more is a new problem")

    def test_two_contacts_with_one_address_get_one_message(self):
        branches = self.env["res.partner"].create(
            [
                {
                    "parent_id": self.debtor.id,
                    "name": name,
                    "type": "invoice",
                    "email": email,
                }
                for name, email in (
                    ("North", "Shared@Debtor.test"),
                    ("South", "shared@debtor.test"),
                )
            ]
        )
        invoices = [self._invoice(branch, days(-3)) for branch in branches]
        reminders = self._plan()
        shared = reminders.filtered(lambda r: r.contact_id in branches)
        self.assertEqual(len(shared), 1)
        self.assertLessEqual(
            set(self._lines(*invoices).ids), set(shared.line_ids.move_line_id.ids)
        )
        messages = self._send(shared)
        self.assertEqual(len(messages), 1)
        self.assertEqual(len(messages[0]["To"].addresses), 1)

    def test_one_address_that_fails_is_left_out_and_the_other_is_used(self):
        self.debtor.email = "gone@debtor.test, here@debtor.test"
        reminder = self._plan()
        self._send(reminder)
        reminder.sudo().returned = "gone@debtor.test"
        self._invoice(self.debtor, days(-2))
        with freeze_time(days(14)):
            again = self._plan(days(14))
            again.channel = "email"
            [message] = self._send(again)
            self.assertEqual(
                [found.addr_spec for found in message["To"].addresses],
                ["here@debtor.test"],
            )
            self._rpc(self.officer, reminder, "action_address_checked")
            self.assertFalse(reminder.returned)

    def test_an_address_is_known_to_fail_whatever_it_was_written_to_with(self):
        self.debtor.email = "gone@debtor.test, other@debtor.test"
        answers = dict.fromkeys(
            ("gone@debtor.test", "other@debtor.test"), "550 5.1.1 no such user"
        )
        reminder = self._plan()
        self._send(reminder, refused=answers)
        self.assertEqual(reminder.failure_kind, "address")
        self.debtor.email = "gone@debtor.test"
        self.assertNotEqual(self._plan().channel, "email")

    def test_a_same_address_twice_is_written_to_once(self):
        self.debtor.email = "a@x.test, A@x.test"
        [message] = self._send(self._plan())
        self.assertEqual(len(message["To"].addresses), 1)


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestPrinting(SendingCase):
    """The program that makes PDFs is missing: the text is not to blame."""

    def _without_engine(self):
        reports = type(self.env["ir.actions.report"])
        error = UserError("Unable to find Wkhtmltopdf on this system.")
        return patch.object(reports, "_run_wkhtmltopdf", side_effect=error)

    def test_an_invoice_that_cannot_be_printed_is_named(self):
        reminder = self._plan()
        with self._without_engine(), mute_logger(REPORTS):
            call = reminder.with_user(self.officer)
            call.with_context(force_report_rendering=True).action_approve_and_send()
        self.assertEqual(reminder.state, "failed")
        self.assertEqual(reminder.failure_kind, "print")
        self.assertIn(self.invoice.name, reminder.failure)
        self.assertIn("wkhtmltopdf", reminder.failure)
        self.assertNotIn("cannot be filled in", reminder.failure)

    def test_a_letter_that_cannot_be_printed_blames_the_program(self):
        reminder = self._plan()
        reminder.channel = "letter"
        reminder.action_approve()
        with self._without_engine(), mute_logger(REPORTS):
            letter = reminder.with_user(self.officer)
            letter.with_context(force_report_rendering=True).action_print_letter()
        self.assertEqual(reminder.failure_kind, "print")
        self.assertIn(reminder.reference, reminder.failure)


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestStartAgain(SendingCase):
    """A credit manager starts the ladder again; what was said stays."""

    def _restart(self, user, reminder):
        wizards = self.env["relance.restart"]
        vals = {"reminder_id": reminder.id, "reason": "sent by mistake"}
        wizard_id = self._rpc(user, wizards, "create", [vals])
        return self._rpc(user, wizards.browse(wizard_id), "action_restart")

    def test_the_first_step_comes_again_in_a_new_cycle(self):
        first = self._plan()
        self._send(first)
        level = first.level_id
        with freeze_time(days(30)):
            second = self._plan(days(30))
            self.assertNotEqual(second.level_id, level)
            with self.assertRaises(AccessError):
                self._restart(self.officer, first)
            self._restart(self.manager, first)
            self.assertEqual(second.state, "cancelled")
            again = self._plan(days(30))
            self.assertEqual(again.line_ids.cycle, 2)
            self.assertEqual(again.phase, "level_1")
            again.channel = "email"
            self.assertEqual(len(self._send(again)), 1)
            self.assertIn("sent by mistake", first.message_ids[0].body)
            self.assertEqual(first.state, "sent")
            [line] = self._lines(self.invoice).with_user(self.officer)
            self.assertEqual(line.relance_level_id, again.level_id)

    def test_the_gap_still_counts(self):
        first = self._plan()
        self._send(first)
        self._restart(self.manager, first)
        self.assertFalse(self._plan(days(1)))

    def test_what_has_not_left_is_cancelled_instead(self):
        with self.assertRaisesRegex(UserError, "cancel it instead"):
            self._restart(self.manager, self._plan())
