"""Each contact is sealed when it takes place: what is changed afterwards shows."""

import contextlib

from odoo.exceptions import AccessError, UserError, ValidationError
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

    def _cut(self, chain):
        """Remove the third and last contact, so that nothing inside shows it."""
        self._sql(
            "DELETE FROM relance_event WHERE position = 3 AND chain_id = %s", chain.id
        )
        self._sql(
            "UPDATE relance_event_chain c SET event_count = 2, head = e.digest "
            "FROM relance_event e WHERE e.chain_id = c.id AND e.position = 2 "
            "AND c.id = %s",
            chain.id,
        )

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
        subject = reminder._get_letter_subject()
        reminder.level_id.mail_template_id.sudo().subject = "Other words"
        reminder.action_send()
        [event] = reminder.event_ids
        self.assertEqual(event.subject, subject)
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

    def _columns(self):
        """Return ``{column: SQL of another value}`` of all that is stored."""
        self.env.cr.execute(
            "SELECT column_name, data_type FROM information_schema.columns "
            "WHERE table_name = 'relance_event'"
        )
        others = {
            "boolean": "NOT COALESCE({0}, FALSE)",
            "integer": "COALESCE({0}, 0) + 100",
            "jsonb": '\'[{{"id": 0, "name": "x", "sha256": "x"}}]\'',
            "timestamp without time zone": "{0} - interval '1 day'",
        }
        free = {"id", "create_uid", "create_date", "write_uid", "write_date"}
        return {
            column: others.get(kind, "{0} || 'x'").format(column)
            for column, kind in self.env.cr.fetchall()
            if column not in free
        }

    def _exists(self, column):
        """Return SQL of another row that a column may lead to."""
        table = {
            "partner_id": "res_partner",
            "company_id": "res_company",
            "chain_id": "relance_event_chain",
            "message_id": "mail_message",
        }.get(column)
        rows = f"SELECT max(id) FROM {table} t WHERE t.id <> relance_event.{column}"
        return f"({rows})" if table else "NULL"

    def test_each_stored_column_is_sealed(self):
        self.env["res.company"].create({"name": "Other"})
        other = self._debtor("Other SA")
        self.chains.sudo()._make_missing([(self.company.id, other.id)])
        columns = self._columns()
        self.assertIn("origin_id", columns)
        for column, value in columns.items():
            if column.endswith("_id") and column not in ("origin_id", "about_id"):
                value = self._exists(column)
            if column in ("stage", "about_model"):
                value = "'x'"
            with self.subTest(column), self.env.cr.savepoint() as savepoint:
                self._sql(
                    f"UPDATE relance_event SET {column} = {value} "
                    "WHERE position = 1 AND chain_id = %s",
                    self.chain.id,
                )
                self.assertEqual(self.env.cr.rowcount, 1)
                with mute_logger(CHAIN_LOGGER):
                    self.assertTrue(self.chain.action_check(), column)
                savepoint.rollback()
                self.env.invalidate_all()

    def test_a_contact_does_not_leave_the_file_of_its_debtor(self):
        other = self._debtor("Other SA")
        self._sql(
            "UPDATE relance_event SET partner_id = %s WHERE position = 2 "
            "AND chain_id = %s",
            other.id,
            self.chain.id,
        )
        self._assert_broken(2, "another debtor")
        found = self.events._of_debtors([self.debtor.id], self.company)
        self.assertEqual(len(found[self.debtor.id]), 3)

    def test_the_end_cut_with_its_head_is_missed_by_a_proof_file(self):
        with mute_logger("odoo.addons.base.models.ir_actions_report"):
            self._real(self.invoice.with_user(self.officer)).action_relance_proof()
        self._cut(self.chain)
        self._assert_broken(3, "is not what Proof file")

    def test_a_first_break_hides_no_second_one(self):
        change = (
            "UPDATE relance_event SET body = 'x' WHERE position = %s AND chain_id = %s"
        )
        for position, count in ((2, 1), (3, 2), (3, 2)):
            self._sql(change, position, self.chain.id)
            self._assert_broken(2, f"Contact {position} was changed")
            self.assertEqual(len(self.chain.sudo().activity_ids), count)

    def test_a_default_of_somebody_breaks_no_seal(self):
        defaults = self.env["ir.default"].with_user(self.officer)
        for name, field in self.events._fields.items():
            if field.store and field.type in ("char", "text", "boolean", "integer"):
                with contextlib.suppress(ValidationError):
                    value = 1 if field.type in ("boolean", "integer") else "nobody"
                    defaults.set("relance.event", name, value, True)
        self.env["relance.reminder"].with_user(self.officer).browse(
            self.reminder.id
        )._record_attempt("Nobody answered")
        self.assertFalse(self.chain.action_check())

    def test_a_file_put_beside_it_afterwards(self):
        file = self.env["ir.attachment"].create({"name": "late.txt", "raw": b"x"})
        self._sql(
            "INSERT INTO relance_event_attachment_rel (event_id, attachment_id) "
            "SELECT id, %s FROM relance_event WHERE position = 2 AND chain_id = %s",
            file.id,
            self.chain.id,
        )
        self._assert_broken(2, "late.txt was added afterwards")

    def test_a_sealed_message_goes_with_nothing(self):
        event = self.reminder.event_ids.sorted("position")[1]
        with self.assertRaises(UserError):
            event.message_id.sudo().unlink()

    def test_a_chain_closed_without_a_merged_account(self):
        self._sql(
            "UPDATE relance_event_chain SET is_open = FALSE WHERE id = %s",
            self.chain.id,
        )
        self._assert_broken(4, "no contact tells of a merged account")

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

    def test_a_sealed_file_is_not_renamed(self):
        file = self.reminder.event_ids.sorted("position")[1].attachment_ids
        self._sql(
            "UPDATE ir_attachment SET name = 'acknowledgement.pdf' WHERE id = %s",
            file.id,
        )
        self._assert_broken(2, "proof.txt is called acknowledgement.pdf now")

    def test_the_officer_is_told_once_by_the_monthly_check(self):
        self._sql(
            "UPDATE relance_event SET subject = 'x' WHERE chain_id = %s", self.chain.id
        )
        self.company.partner_id.lang = "fr_FR"
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
        self.assertEqual(tasks.summary, "La preuve des contacts a été modifiée")
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
        self.assertEqual(sum(chains.mapped("event_count")), 5)
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
