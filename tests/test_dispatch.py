import base64

from odoo.exceptions import RedirectWarning, UserError
from odoo.tests import freeze_time, tagged
from odoo.tools import mute_logger

from .common import BOUNCE, TODAY, RelanceCase, days

PDF_START = b"%PDF"
# Debian's wkhtmltopdf says at each PDF that it leaves out headers and footers.
PDF_LOGGER = "odoo.addons.base.models.ir_actions_report"


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestEmail(RelanceCase):
    """E-mails through a real SMTP server: what leaves, and what does not."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.debtor = cls._debtor()
        cls.invoice = cls._invoice(cls.debtor, days(-3), 15000)

    def _approved(self):
        reminder = self._plan()
        reminder.action_approve()
        return reminder

    def _send(self, reminder):
        """Send as the officer, with real PDFs; return the messages that left."""
        with self.mail_server() as sink, mute_logger(PDF_LOGGER):
            reminder.with_context(force_report_rendering=True).action_send()
        return sink.messages

    def _send_refused(self, reminder):
        """Send to a mail server that does not know the address."""
        with (
            self.mail_server() as sink,
            mute_logger("odoo.addons.mail.models.mail_mail"),
        ):
            sink.refused["debtor@debtor.test"] = "550 No such user"
            reminder.action_send()

    def test_the_message_that_leaves(self):
        reminder = self._approved()
        [message] = self._send(reminder)
        self.assertRecordValues(
            reminder,
            [
                {
                    "state": "sent",
                    "date_done": TODAY,
                    "deadline": days(8),
                    "recipient": "debtor@debtor.test",
                }
            ],
        )
        self.assertEqual(message["To"], "Debtor SARL <debtor@debtor.test>")
        self.assertIn("officer@creditor.test", message["Reply-To"])
        self.assertIn("billing@creditor.test", message["From"])
        self.assertEqual(message["Subject"], "Creditor SAS: payment reminder")
        text = message.get_body(("html",)).get_content()
        for expected in (self.invoice.name, "15,000.00", "03/26/2026", "40.00"):
            self.assertIn(expected, text)

    def test_the_invoice_is_attached_as_pdf(self):
        [message] = self._send(self._approved())
        [pdf] = message.iter_attachments()
        self.assertEqual(pdf.get_content_type(), "application/pdf")
        self.assertTrue(pdf.get_content().startswith(PDF_START))
        self.assertIn(self.invoice.name.replace("/", "_"), pdf.get_filename())

    def test_the_invoice_sent_before_is_attached_as_it_was(self):
        self.invoice.message_main_attachment_id = False
        stored = self.env["ir.attachment"].create(
            {
                "name": "as sent.pdf",
                "datas": base64.b64encode(PDF_START + b" as sent"),
                "mimetype": "application/pdf",
                "res_model": "account.move",
                "res_id": self.invoice.id,
                "res_field": "invoice_pdf_report_file",
            }
        )
        self.invoice.invalidate_recordset()
        [message] = self._send(self._approved())
        [pdf] = message.iter_attachments()
        self.assertEqual(pdf.get_content(), stored.raw)

    def test_statutory_penalties_are_stated(self):
        reminder = self._approved()
        # 15 000 x 12.15 % x 3 / 365 = 14.979
        self.assertRecordValues(
            reminder, [{"penalty_interest": 14.98, "penalty_indemnity": 40.0}]
        )
        [message] = self._send(reminder)
        text = message.get_body(("html",)).get_content()
        self.assertIn("14.98", text)
        self.assertIn("plus 10 points", text)
        self.assertIn("15,054.98", text)

    def test_an_individual_reads_nothing_of_penalties(self):
        person = self._debtor("Claude Petit", is_company=False)
        self._invoice(person, days(-5), 100)
        self._plan()
        reminder = self.reminders.search([("partner_id", "=", person.id)])
        reminder.action_approve()
        [message] = self._send(reminder)
        text = message.get_body(("html",)).get_content()
        self.assertIn("100.00", text)
        self.assertNotIn("indemnity", text)
        self.assertNotIn("interest", text)

    def test_the_debtor_is_written_to_in_french(self):
        self.debtor.lang = "fr_FR"
        [message] = self._send(self._approved())
        text = message.get_body(("html",)).get_content()
        self.assertIn("Madame, Monsieur", text)
        self.assertIn("15\N{NO-BREAK SPACE}000,00", text.replace("\u202f", "\u00a0"))
        self.assertIn("26/03/2026", text)

    def test_a_language_that_is_no_longer_installed_is_replaced_by_ours(self):
        reminder = self._approved()
        reminder.sudo().lang = "de_DE"
        [message] = self._send(reminder)
        self.assertIn("Dear Sir", message.get_body(("html",)).get_content())

    def test_names_are_escaped(self):
        self.debtor.name = "<script>alert(1)</script>"
        [message] = self._send(self._approved())
        html = message.get_body(("html",)).get_content()
        self.assertNotIn("<script>", html)

    def test_a_refused_address_is_not_a_contact_and_another_channel_follows(self):
        reminder = self._approved()
        self._send_refused(reminder)
        self.assertRecordValues(
            reminder,
            [
                {
                    "state": "failed",
                    "failure_kind": "address",
                    "date_done": False,
                    "deadline": False,
                }
            ],
        )
        self.assertIn("550", reminder.failure)
        repair = self.env.ref("relance_ar.mail_activity_type_repair")
        self.assertEqual(reminder.activity_ids.activity_type_id, repair)
        self.assertEqual(reminder.activity_ids.user_id, self.officer)
        again = self._plan()
        self.assertRecordValues(again, [{"phase": "level_1", "channel": "phone"}])

    def test_a_new_address_makes_e_mail_usable_again(self):
        reminder = self._approved()
        self._send_refused(reminder)
        self.debtor.email = "new@debtor.test"
        self.assertEqual(self._plan().channel, "email")

    def test_our_mail_server_down_does_not_blame_the_address(self):
        reminder = self._approved()
        with self.mail_server():
            pass  # stopped again: its port answers no more
        servers = type(self.env["ir.mail_server"])
        self.patch(servers, "_disable_send", lambda _self: False)
        reminder.action_send()
        self.assertRecordValues(
            reminder, [{"state": "failed", "failure_kind": "server"}]
        )
        self.assertFalse(reminder.activity_ids)
        self.assertEqual(self._plan().channel, "email")

    def test_nothing_leaves_before_the_approval(self):
        self.assertFalse(self._send(self._plan()))

    def test_sending_twice_sends_once(self):
        reminder = self._approved()
        self.assertEqual(len(self._send(reminder)), 1)
        self.assertFalse(self._send(reminder))

    def test_a_debt_paid_meanwhile_is_not_claimed(self):
        reminder = self._approved()
        self._register_payment(self.invoice, payment_date=TODAY)
        self.assertFalse(self._send(reminder))
        self.assertEqual(reminder.state, "cancelled")

    def test_what_was_paid_in_part_meanwhile_is_claimed_for_the_rest(self):
        reminder = self._approved()
        self._register_payment(self.invoice, amount=5000.0, payment_date=TODAY)
        [message] = self._send(reminder)
        self.assertIn("10,000.00", message.get_body(("html",)).get_content())
        self.assertEqual(reminder.line_ids.amount_residual, 10000.0)

    def test_one_invoice_paid_meanwhile_leaves_the_others(self):
        other = self._invoice(self.debtor, days(-2), 70)
        reminder = self._approved()
        self._register_payment(self.invoice, payment_date=TODAY)
        [message] = self._send(reminder)
        text = message.get_body(("html",)).get_content()
        self.assertNotIn(self.invoice.name, text)
        self.assertIn(other.name, text)

    def test_a_hold_set_meanwhile_stops_it(self):
        reminder = self._approved()
        self.debtor.write({"relance_hold_until": days(3), "relance_hold_reason": "?"})
        self.assertFalse(self._send(reminder))
        self.assertEqual(reminder.state, "cancelled")

    def test_a_credit_received_meanwhile_stops_it(self):
        reminder = self._approved()
        self._invoice(self.debtor, TODAY, 15000, move_type="out_refund")
        self.assertFalse(self._send(reminder))
        self.assertEqual(reminder.state, "cancelled")

    def test_a_text_that_cannot_be_filled_in_stops_one_and_not_the_others(self):
        other = self._debtor("Other SA")
        self._invoice(other, days(-3))
        broken = self.env.ref("relance_ar.mail_template_level_1").copy(
            {"body_html": "<p t-out='object.no_such_field'/>"}
        )
        level = self.env.ref("relance_ar.level_1_first")
        own = self.scenario.copy({"name": "own"})
        own.level_ids.filtered(
            lambda lv: lv.delay_days == level.delay_days
        ).mail_template_id = broken
        self.debtor.relance_scenario_id = own
        reminders = self._approved()
        with mute_logger("odoo.addons.mail.models.mail_render_mixin"):
            messages = self._send(reminders)
        self.assertEqual(len(messages), 1)
        failed = reminders.filtered(lambda r: r.partner_id == self.debtor)
        self.assertRecordValues(
            failed, [{"state": "failed", "failure_kind": "content"}]
        )
        self.assertIn("no_such_field", failed.failure)

    def test_a_reminder_that_has_lost_its_firmest_step_does_not_leave(self):
        """What is only coming due must not be claimed with the text of an overdue."""
        self._invoice(self.debtor, days(3), 100)
        reminder = self._approved()
        self._register_payment(self.invoice, payment_date=TODAY)
        self.assertFalse(self._send(reminder))
        self.assertEqual(reminder.state, "cancelled")

    def test_a_preventive_reminder_does_not_leave_after_the_due_date(self):
        debtor = self._debtor("Late SA")
        self._invoice(debtor, days(3), 100)
        reminder = self._plan().filtered(lambda r: r.partner_id == debtor)
        reminder.action_approve()
        with freeze_time(days(5)):
            self.assertFalse(self._send(reminder))
        self.assertEqual(reminder.state, "cancelled")

    def test_an_e_mail_that_comes_back_is_not_a_contact(self):
        reminder = self._approved()
        [message] = self._send(reminder)
        bounce = BOUNCE.format(id=message["Message-Id"], status="5.2.2")
        with mute_logger("odoo.addons.mail.models.mail_thread"):
            self.env["mail.thread"].sudo().message_process("mail.thread", bounce)
        self.assertRecordValues(
            reminder, [{"state": "failed", "failure_kind": "address"}]
        )
        self.assertEqual(self._plan().channel, "phone")

    def test_a_failed_e_mail_is_not_tried_again_behind_our_back(self):
        reminder = self._approved()
        self._send_refused(reminder)
        mails = self.env["mail.mail"].sudo()
        mail = mails.search([("mail_message_id", "=", reminder.message_id.id)])
        self.assertEqual(mail.state, "cancel")

    def test_an_address_checked_by_the_officer_is_used_again(self):
        reminder = self._approved()
        self._send_refused(reminder)
        reminder.action_address_checked()
        self.assertEqual(self._plan().channel, "email")

    def test_the_proof_is_kept_even_if_the_text_says_to_delete_it(self):
        self.env.ref("relance_ar.mail_template_level_1").auto_delete = True
        reminder = self._approved()
        self._send(reminder)
        self.assertIn(self.invoice.name, reminder.message_id.body)

    def test_the_mail_queue_leaves_alone_what_we_are_sending(self):
        reminder = self._approved()
        reminder.sudo()._queue()
        with self.mail_server() as sink:
            self.env["mail.mail"].sudo().process_email_queue()
            self.assertFalse(sink.messages)
            with freeze_time(f"{TODAY} 01:00"):
                self.env["mail.mail"].sudo().process_email_queue()
            self.assertEqual(len(sink.messages), 1)

    def test_all_the_addresses_of_the_contact_are_written_to(self):
        self.debtor.email = "a@x.test, Jean <b@x.test>"
        [message] = self._send(self._approved())
        self.assertEqual(
            [address.addr_spec for address in message["To"].addresses],
            ["a@x.test", "b@x.test"],
        )

    def test_a_line_break_in_a_name_is_not_one_in_the_header(self):
        self.debtor.name = "Foo\nBcc: evil@x.test"
        [message] = self._send(self._approved())
        self.assertFalse(message["Bcc"])

    def test_the_contact_chosen_by_the_officer_is_written_to(self):
        reminder = self._plan()
        boss = self.env["res.partner"].create(
            {"parent_id": self.debtor.id, "name": "Boss", "email": "boss@debtor.test"}
        )
        reminder.contact_id = boss
        reminder.action_approve()
        [message] = self._send(reminder)
        self.assertIn("boss@debtor.test", message["To"])


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestCallsAndLetters(RelanceCase):
    """What a person does: calls on the to-do list, letters to post."""

    def test_an_approved_call_is_on_the_to_do_list_of_the_officer(self):
        self._invoice(self._debtor(email=False), days(-3))
        reminder = self._plan()
        reminder.action_approve()
        activity = reminder.activity_ids
        self.assertRecordValues(
            activity,
            [
                {
                    "user_id": self.officer.id,
                    "date_deadline": TODAY,
                    "activity_type_id": self.env.ref(
                        "relance_ar.mail_activity_type_call"
                    ).id,
                }
            ],
        )
        self.assertIn("Debtor SARL", activity.summary)
        self.assertIn("+33 1 99 00 12 34", activity.note)
        self.assertEqual(reminder.state, "approved")

    def test_the_finished_activity_confirms_the_contact(self):
        self._invoice(self._debtor(email=False), days(-3))
        reminder = self._plan()
        reminder.action_approve()
        todo = reminder.activity_ids.with_user(self.officer)
        with self.assertRaises(RedirectWarning):
            todo.action_feedback("will pay")
        self._log_call(reminder, note="will pay")
        self.assertFalse(todo.active)
        self.assertRecordValues(
            reminder, [{"state": "done", "date_done": TODAY, "deadline": days(8)}]
        )

    def test_another_activity_confirms_nothing(self):
        self._invoice(self._debtor(email=False), days(-3))
        reminder = self._plan()
        reminder.action_approve()
        todo = reminder.activity_schedule("mail.mail_activity_data_todo")
        todo.action_feedback("thought about it")
        self.assertEqual(reminder.state, "approved")

    def test_approving_twice_schedules_one_call(self):
        self._invoice(self._debtor(email=False), days(-3))
        reminder = self._plan()
        reminder.action_approve()
        reminder.action_approve()
        reminder.action_send()
        self.assertEqual(len(reminder.activity_ids), 1)

    def test_a_cancelled_call_leaves_the_to_do_list(self):
        self._invoice(self._debtor(email=False), days(-3))
        reminder = self._plan()
        reminder.action_approve()
        reminder.action_cancel()
        self.assertFalse(reminder.activity_ids)

    def test_a_posted_letter_is_kept_in_the_history(self):
        debtor = self._debtor(email=False, phone=False, is_company=False)
        self._invoice(debtor, days(-5))
        reminder = self._plan()
        self.assertEqual(reminder.channel, "letter")
        reminder.action_approve()
        with mute_logger(PDF_LOGGER):
            reminder.with_context(force_report_rendering=True).action_print_letter()
        letter = reminder.letter_id
        self.assertTrue(letter.raw.startswith(PDF_START))
        self.assertRecordValues(
            reminder, [{"state": "approved", "deadline": days(8), "date_done": False}]
        )
        with freeze_time(days(2)):
            reminder.action_send()
        # Posted two days later: the deadline and the letter are those on the paper.
        self.assertRecordValues(
            reminder,
            [{"state": "sent", "deadline": days(8), "date_done": days(2)}],
        )
        self.assertEqual(reminder.message_ids.attachment_ids, letter)
        self.assertEqual(letter.name, f"{reminder.reference}.pdf")

    def test_a_letter_is_not_printed_before_its_approval(self):
        debtor = self._debtor(email=False, phone=False, is_company=False)
        self._invoice(debtor, days(-5))
        with self.assertRaises(UserError):
            self._plan().action_print_letter()

    def test_a_formal_notice_claims_only_what_has_come_that_far(self):
        debtor = self._debtor()
        old = self._invoice(debtor, days(-70), 500)
        for offset, step in ((-50, "level_1"), (-35, "level_2"), (-20, "level_3")):
            with freeze_time(days(offset)):
                reminder = self._plan(days(offset))
                self.assertEqual(reminder.phase, step)
                reminder.action_approve()
                reminder.sudo()._confirm("sent")
        young = self._invoice(debtor, days(-3), 70)
        notice = self._plan()
        self.assertEqual(notice.phase, "formal_notice")
        parts = notice._get_lines_by_part()
        self.assertEqual(parts["to_pay"].move_id, old)
        self.assertEqual(parts["also_due"].move_id, young)
        self.assertRecordValues(notice, [{"amount_net": 500.0, "amount_due": 570.0}])
        self.assertEqual(notice.penalty_indemnity, 40.0)

    def test_deleting_an_activity_type_breaks_no_other_activity(self):
        self.env.ref("relance_ar.mail_activity_type_visit").sudo().unlink()
        todo = self._debtor().activity_schedule("mail.mail_activity_data_todo")
        todo.action_feedback("done")
        self.assertEqual(todo.state, "done")
