"""Whom a reminder is for, between the approval and the sending."""

from odoo.exceptions import UserError, ValidationError
from odoo.service.model import call_kw
from odoo.tests import freeze_time, tagged

from .common import TODAY, RelanceCase, days


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestContact(RelanceCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.debtor, cls.other = cls._debtor(), cls._debtor("Other SA")
        cls.boss = cls.env["res.partner"].create(
            {"parent_id": cls.debtor.id, "name": "Boss", "email": "boss@debtor.test"}
        )
        cls.repair = cls.env.ref("relance_ar.mail_activity_type_repair")
        cls._invoice(cls.debtor, days(-3))

    def setUp(self):
        super().setUp()
        self.reminder = self._plan()
        self.reminder.contact_id = self.boss
        self.reminder.action_approve()

    def _press(self, reminders, button, *args):
        with self.mail_server() as sink:
            call_kw(
                reminders.with_user(self.officer), button, [reminders.ids, *args], {}
            )
        return sink.messages

    def _assert_held(self, text):
        self.assertFalse(self._press(self.reminder, "action_send"))
        self.assertEqual(self.reminder.state, "held")
        self.assertFalse(self.reminder.approved_by_id)
        self.assertIn(text, self.reminder.held_note)
        self.assertEqual(self.reminder.activity_ids.activity_type_id, self.repair)
        self.assertIn(text, self.reminder.activity_ids.note)

    def test_a_contact_moved_to_another_customer_is_not_written_to(self):
        self.boss.parent_id = self.other
        self._assert_held("no longer a contact of the debtor")
        again = self._plan()
        self.assertEqual(again.contact_id, self.debtor)
        self.assertEqual(again.state, "proposed")

    def test_an_archived_contact_is_not_written_to(self):
        self.boss.active = False
        self._assert_held("archived")

    def test_nobody_is_written_to_without_an_address(self):
        (self.boss + self.debtor).email = False
        self._assert_held("No e-mail address")

    def test_another_debtor_is_not_chosen_as_contact(self):
        reminder = self.reminder
        for contact in (self.other, self.company.partner_id):
            with self.assertRaisesRegex(ValidationError, contact.name):
                self._press(reminder, "write", {"contact_id": contact.id})
                self.env.flush_all()
        self._press(reminder, "write", {"contact_id": self.debtor.id})
        self.assertEqual(reminder.contact_id, self.debtor)

    def test_a_level_without_channel_says_so_and_asks_once(self):
        self.reminder.action_cancel()
        self._invoice(self.other, days(-3))
        level = self.reminder.level_id
        level.sudo().channel_line_ids.unlink()
        held = self._plan()
        self.assertEqual(held.mapped("state"), ["held", "held"])
        self.assertEqual(len(held.activity_ids), 1)
        self.assertIn(level.name, held.activity_ids.summary)
        for reminder in held:
            with self.assertRaisesRegex(UserError, "has no channel"):
                self._press(reminder, "action_release")
            self.assertIn("has no channel", reminder.held_note)
        self.assertFalse(self._plan(), "unchanged, and nobody is asked again")
        self.assertEqual(len(held.activity_ids), 1)
