"""What was said to a debtor is kept as it was said: nobody rewrites or deletes it."""

from odoo.exceptions import AccessError, UserError
from odoo.service.model import call_kw
from odoo.tests import freeze_time, tagged
from odoo.tools import mute_logger

from .common import TODAY, RelanceCase, days


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestProof(RelanceCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.debtor = cls._debtor()
        cls.invoice = cls._invoice(cls.debtor, days(-3))
        cls.admin = cls.env.ref("base.user_admin")
        cls.admin.write(
            {
                "company_ids": [(4, cls.company.id)],
                "company_id": cls.company.id,
            }
        )

    def setUp(self):
        super().setUp()
        self.reminder = self._plan()
        with self.mail_server():
            self.reminder.action_approve_and_send()
        self.message = self.reminder.sudo().message_id
        mails = self.env["mail.mail"].sudo()
        self.mail = mails.search([("mail_message_id", "=", self.message.id)])
        self.file = self.message.attachment_ids

    def _rpc(self, user, records, method, *args, **kwargs):
        records = records.with_user(user)
        return call_kw(records, method, [records.ids, *args], kwargs)

    def _assert_refused(self, user, records, method, *args):
        with self.subTest(user=user.login, model=records._name, method=method):
            with mute_logger("odoo.models"), self.assertRaises(UserError) as refused:
                self._rpc(user, records, method, *args)
                self.env.flush_all()
            if user == self.admin:
                self.assertIn(self.reminder.reference, str(refused.exception))

    def test_the_message_and_its_files_are_neither_written_nor_deleted(self):
        self.assertTrue(self.file)
        for user in (self.officer, self.manager, self.admin):
            for records, vals in (
                (self.message, {"body": "never said"}),
                (self.message, {"attachment_ids": [(5,)]}),
                (self.message, {"date": "2020-01-01"}),
                (self.mail, {"body_html": "never said"}),
                (self.mail, {"email_to": "x@y.test"}),
                (self.file, {"raw": b"other"}),
                (self.file, {"res_id": 0, "res_model": False}),
            ):
                self._assert_refused(user, records, "write", vals)
            for records in (self.message, self.mail, self.file):
                self._assert_refused(user, records, "unlink")
        self.assertNotIn("never said", self.message.body)
        self.assertTrue(self.file.exists())

    def test_the_chatter_neither_rewrites_nor_deletes(self):
        reminder = self.reminder.with_user(self.officer)
        with self.assertRaisesRegex(UserError, self.reminder.reference):
            # as the controller of the chatter does
            reminder.sudo()._message_update_content(self.message, body="never said")
        with self.assertRaisesRegex(UserError, self.reminder.reference):
            self.file.with_user(self.officer).sudo()._delete_and_notify()

    def test_a_note_of_a_person_stays_theirs(self):
        note = self.reminder.with_user(self.officer).message_post(
            body="Called back", message_type="comment"
        )
        self._rpc(self.officer, note, "write", {"body": "Called back twice"})
        self._rpc(self.officer, note, "unlink")
        self.assertFalse(note.exists())

    def test_a_message_may_be_starred(self):
        self._rpc(self.officer, self.message, "toggle_message_starred")
        self.assertTrue(self.message.with_user(self.officer).starred)

    def test_the_history_is_not_invented(self):
        said = {
            "model": self.reminder._name,
            "res_id": self.reminder.id,
            "message_type": "email_outgoing",
            "body": "We waive everything.",
        }
        messages = self.env["mail.message"]
        with self.assertRaises(AccessError):
            call_kw(messages.with_user(self.officer), "create", [said], {})
        note = {**said, "message_type": "comment"}
        self.assertTrue(call_kw(messages.with_user(self.officer), "create", [note], {}))

    def test_a_file_is_not_hidden(self):
        file = self.message.attachment_ids[:1]
        for vals in ({"res_field": "no_such"}, {"public": True}):
            with self.subTest(vals), self.assertRaises(UserError):
                self._rpc(self.officer, file, "write", vals)

    def test_the_posted_letter_is_kept(self):
        person = self._debtor("Claude", email=False, phone=False, is_company=False)
        self._invoice(person, days(-5))
        letter = self._plan().filtered(lambda r: r.partner_id == person)
        letter.action_approve()
        with mute_logger("odoo.addons.base.models.ir_actions_report"):
            letter.with_context(force_report_rendering=True).action_print_letter()
        letter.action_send()
        self.assertEqual(letter.state, "sent")
        posted = letter.message_ids.filtered("attachment_ids")
        for records in (posted, letter.letter_id):
            with self.assertRaises(UserError):
                self._rpc(self.officer, records, "unlink")
        with self.assertRaises(UserError):
            self._rpc(self.officer, posted, "write", {"body": "not posted"})

    def test_the_copy_of_an_invoice_survives_the_invoice(self):
        stored = self.env["ir.attachment"].create(
            {
                "name": "as sent.pdf",
                "raw": b"%PDF as sent",
                "mimetype": "application/pdf",
                "res_model": "account.move",
                "res_id": self.invoice.id,
            }
        )
        self.message.sudo().attachment_ids = stored
        self.env["ir.attachment"].sudo().search(
            [("res_model", "=", "account.move"), ("res_id", "=", self.invoice.id)]
        ).unlink()
        self.assertTrue(stored.exists())
        self.assertEqual(stored.res_model, "relance.reminder")
        self.assertEqual(stored.raw, b"%PDF as sent")
        self.env["ir.attachment"].sudo()._gc_file_store_unsafe()
        self.assertEqual(self.message.attachment_ids, stored)

    def test_the_debtor_of_a_reminder_is_not_deleted(self):
        with self.assertRaises(UserError):
            self.debtor.sudo().unlink()

    def test_files_of_what_has_not_left_are_free(self):
        other = self._debtor("Other SA")
        self._invoice(other, days(-3))
        proposed = self._plan().filtered(lambda r: r.partner_id == other)
        file = self.env["ir.attachment"].create(
            {"name": "x", "res_model": proposed._name, "res_id": proposed.id}
        )
        self._rpc(self.officer, file, "unlink")
        self.assertFalse(file.exists())
