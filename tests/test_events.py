"""Each contact is sealed when it takes place: what is changed afterwards shows."""

from odoo.exceptions import AccessError, UserError
from odoo.service.model import call_kw
from odoo.tests import freeze_time, tagged
from odoo.tools import mute_logger

from .common import TODAY, days
from .letter_case import LetterCase

MODEL_LOGGER = "odoo.addons.base.models.ir_model"
CHAIN_LOGGER = "odoo.addons.relance_ar.models.relance_event_chain"


class EventCase(LetterCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.debtor = cls._debtor()
        cls.invoice = cls._invoice(cls.debtor, days(-3))
        cls.events = cls.env["relance.event"].with_user(cls.officer)
        cls.chains = cls.env["relance.event.chain"].with_user(cls.officer)

    def _email(self):
        reminder = self._plan()
        with self.mail_server():
            reminder.action_approve_and_send()
        self.assertEqual(reminder.state, "sent")
        return reminder

    def _chain(self, partner=None):
        partner = partner or self.debtor
        return self.chains.search([("partner_id", "=", partner.id)])

    def _sql(self, query, *parameters):
        self.env.flush_all()
        self.env.cr.execute(query, parameters)
        self.env.invalidate_all()

    def _answer(self, reminder, words="We pay on Friday."):
        author = self._debtor("Accounts payable", parent_id=self.debtor.id)
        return reminder.sudo().message_post(
            body=words,
            message_type="email",
            author_id=author.id,
            attachments=[("proof.txt", b"transfer")],
        )


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestSealed(EventCase):
    """What a contact keeps, whichever way it took."""

    def test_an_email_is_kept_with_its_words_headers_lines_and_files(self):
        reminder = self._email()
        [event] = reminder.event_ids
        message = reminder.sudo().message_id
        self.assertRecordValues(
            event,
            [
                {
                    "kind": "email",
                    "position": 1,
                    "recipient": "debtor@debtor.test",
                    "reference": reminder.reference,
                    "partner_id": self.debtor.id,
                    "author": self.officer.name,
                }
            ],
        )
        self.assertIn(self.invoice.name, event.body)
        self.assertEqual(event.headers["message_id"], message.message_id)
        self.assertEqual(event.attachment_ids, message.attachment_ids)
        [file] = event.files
        self.assertEqual(len(file["sha256"]), 64)
        [line] = event.lines
        self.assertEqual((line["number"], line["owed"]), (self.invoice.name, "1000.00"))
        self.assertFalse(self._chain().action_check())

    def test_a_call_keeps_what_the_officer_wrote(self):
        self.debtor.email = False
        reminder = self._plan()
        reminder.action_approve()
        self._log_call(reminder, "paid", note="Ask <b>Ines</b>", spoke_to="Mr Leroy")
        [event] = reminder.event_ids
        self.assertEqual(event.kind, "phone")
        for words in ("Already paid", "Mr Leroy", "Ask &lt;b&gt;Ines", "1,000.00"):
            self.assertIn(words, event.body)
        self.assertFalse(self._chain().action_check())

    def test_an_answer_and_its_files_are_contacts_too(self):
        reminder = self._email()
        self._answer(reminder)
        answer = reminder.event_ids.sorted("position")[-1]
        self.assertEqual((answer.kind, answer.position), ("answer", 2))
        self.assertIn("We pay on Friday", answer.body)
        self.assertEqual(answer.files[0]["name"], "proof.txt")
        self.assertFalse(self._chain().action_check())

    def test_what_came_back_is_a_contact(self):
        reminder = self._email()
        reminder.sudo()._fail("550 unknown", "address")
        self.assertEqual(
            reminder.event_ids.sorted("position").mapped("kind"), ["email", "failed"]
        )
        self.assertFalse(self._chain().action_check())

    def test_a_letter_is_kept_with_its_paper(self):
        reminder = self._reminder(self.invoice)
        with mute_logger("odoo.addons.base.models.ir_actions_report"):
            self._real(reminder).action_print_letter()
        self.assertFalse(reminder.event_ids)  # printed is not posted
        reminder.action_send()
        [event] = reminder.event_ids
        self.assertEqual(event.attachment_ids, reminder.letter_id)
        self.assertIn("1 rue de la Paix", event.recipient)
        self.assertFalse(self._chain().action_check())

    def test_one_chain_for_each_debtor_and_company(self):
        other = self._debtor("Other SA")
        self._invoice(other, days(-3))
        reminders = self._plan()
        with self.mail_server():
            reminders.action_approve_and_send()
        self.assertEqual(reminders.event_ids.mapped("position"), [1, 1])
        self.assertNotEqual(self._chain().code, self._chain(other).code)

    def test_nobody_writes_or_deletes_a_contact(self):
        event = self._email().event_ids
        with self.assertRaises(UserError):
            event.sudo().write({"body": "never said"})
        with self.assertRaises(UserError):
            event.sudo().unlink()
        for user in (self.officer, self.manager):
            for method, args in (("write", [{"body": "x"}]), ("unlink", [])):
                with self.assertRaises(UserError), mute_logger(MODEL_LOGGER):
                    call_kw(event.with_user(user), method, [event.ids, *args], {})
        with self.assertRaises(AccessError), mute_logger(MODEL_LOGGER):
            self.events.create({"partner_id": self.debtor.id, "kind": "email"})

    def test_the_file_of_a_contact_is_not_deleted_by_people(self):
        reminder = self._email()
        self._answer(reminder)
        file = reminder.event_ids.attachment_ids.filtered(
            lambda attachment: attachment.name == "proof.txt"
        )
        admin = self.env.ref("base.user_admin")
        with self.assertRaises(UserError):
            file.with_user(admin).unlink()
        with self.assertRaises(UserError):
            file.with_user(admin).write({"raw": b"other"})

    def test_another_company_does_not_see_them(self):
        self._email()
        other = self.env["res.company"].create({"name": "Other"})
        user = self._new_user("other", "relance_ar.group_relance_user", company=other)
        self.assertFalse(self.events.with_user(user).search([]))
        self.assertFalse(self.chains.with_user(user).search([]))


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestProven(EventCase):
    """What is changed by SQL, or beside the contacts, is found and named."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.second = cls._invoice(cls.debtor, days(-4), 500)

    def setUp(self):
        super().setUp()
        self.reminder = self._email()
        self._answer(self.reminder)
        self._answer(self.reminder, "We dispute it.")
        self.chain = self._chain()
        self.assertEqual(self.chain.event_count, 3)
        self.assertFalse(self.chain.action_check())

    def _assert_broken(self, position, words):
        with mute_logger(CHAIN_LOGGER):
            broken = self.chain.action_check()
        self.assertEqual(broken, self.chain)
        self.assertEqual(self.chain.break_position, position)
        self.assertIn(words, self.chain.break_note)

    def test_a_changed_word(self):
        self._sql(
            "UPDATE relance_event SET body = replace(body, 'Friday', 'Monday') "
            "WHERE position = 2 AND chain_id = %s",
            self.chain.id,
        )
        self._assert_broken(2, "Contact 2 was changed")

    def test_each_column_is_sealed(self):
        for column, value in (
            ("subject", "x"),
            ("recipient", "x@y.test"),
            ("author", "x"),
            ("debtor", "x"),
            ("reference", "x"),
            ("kind", "visit"),
            ("date", "2020-01-01"),
            ("headers", '{"from": "x"}'),
            ("lines", "[]"),
            ("files", "[]"),
            ("is_sealed_later", True),
        ):
            with self.subTest(column), self.env.cr.savepoint() as savepoint:
                self._sql(
                    f"UPDATE relance_event SET {column} = %s "
                    "WHERE position = 1 AND chain_id = %s",
                    value,
                    self.chain.id,
                )
                self._assert_broken(1, "Contact 1 was changed")
                savepoint.rollback()
                self.env.invalidate_all()

    def test_a_removed_contact(self):
        self._sql(
            "DELETE FROM relance_event WHERE position = 2 AND chain_id = %s",
            self.chain.id,
        )
        self._assert_broken(2, "Contact 2 is missing")

    def test_a_removed_end(self):
        self._sql(
            "DELETE FROM relance_event WHERE position = 3 AND chain_id = %s",
            self.chain.id,
        )
        self._assert_broken(3, "cut")

    def test_a_reminder_that_left_without_a_contact(self):
        self._sql("DELETE FROM relance_event WHERE chain_id = %s", self.chain.id)
        self._sql(
            "UPDATE relance_event_chain SET event_count = 0, head = %s WHERE id = %s",
            "0" * 64,
            self.chain.id,
        )
        self._assert_broken(1, self.reminder.reference)

    def test_a_message_rewritten_in_the_history(self):
        message = self.reminder.sudo().message_id
        self._sql(
            "UPDATE mail_message SET body = '<p>other</p>' WHERE id = %s", message.id
        )
        self._assert_broken(1, "rewritten")

    def test_a_file_changed_on_the_disk(self):
        file = self.reminder.event_ids.sorted("position")[1].attachment_ids
        self._sql(
            "UPDATE ir_attachment SET db_datas = 'other', store_fname = NULL "
            "WHERE id = %s",
            file.id,
        )
        self._assert_broken(2, "proof.txt was changed")

    def test_a_file_that_is_gone(self):
        file = self.reminder.event_ids.sorted("position")[1].attachment_ids
        self._sql("DELETE FROM ir_attachment WHERE id = %s", file.id)
        self._assert_broken(2, "proof.txt is gone")

    def test_the_officer_is_told_once_by_the_monthly_check(self):
        self._sql(
            "UPDATE relance_event SET subject = 'x' WHERE chain_id = %s", self.chain.id
        )
        cron = self.env.ref("relance_ar.ir_cron_check_proof")
        for day in (0, 31):
            with (
                freeze_time(days(day)),
                mute_logger(CHAIN_LOGGER),
                self.enter_registry_test_mode(),
            ):
                cron.method_direct_trigger()
        tasks = self.chain.sudo().activity_ids
        self.assertEqual(tasks.user_id, self.officer)
        self.assertEqual(len(tasks), 1)
        self.assertEqual(self.chain.checked_on.date(), days(31))

    def test_the_button_says_what_was_found(self):
        found = self.chain.action_check_and_tell()["params"]
        self.assertEqual(found["type"], "success")
        self.assertIn("3 contacts", found["message"])

    def test_merged_accounts_keep_their_chains(self):
        double = self._debtor("Debtor again", customer_rank=1)
        self._invoice(double, days(-4))
        reminder = self._plan(days(1)).filtered(lambda r: r.partner_id == double)
        with freeze_time(days(1)), self.mail_server():
            reminder.action_approve_and_send()
        self.env["base.partner.merge.automatic.wizard"]._merge(
            (self.debtor + double).ids, self.debtor, extra_checks=False
        )
        chains = self._chain()
        self.assertEqual(chains.mapped("is_open").count(True), 1)
        self.assertEqual(sum(chains.mapped("event_count")), 4)
        self.assertFalse(chains.action_check())

    def test_what_was_said_before_is_sealed_as_it_is_found(self):
        self._sql("DELETE FROM relance_event")
        self._sql("DELETE FROM relance_event_chain")
        self.env["relance.reminder"].sudo()._seal_existing()
        events = self.reminder.event_ids.sorted("position")
        self.assertEqual(events.mapped("kind"), ["email", "answer", "answer"])
        self.assertEqual(set(events.mapped("is_sealed_later")), {True})
        self.assertEqual(events[0].author, self.officer.name)
        self.assertFalse(self._chain().action_check())
        self.assertEqual(self.env["relance.reminder"].sudo()._seal_existing(), 0)
