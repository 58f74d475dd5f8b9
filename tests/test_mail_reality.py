"""What becomes of e-mails: answers, refusals, bounces, a hand in the mail queue."""

import io
import smtplib
from unittest.mock import patch

from odoo.exceptions import AccessError, UserError
from odoo.tests import freeze_time, new_test_user, tagged
from odoo.tools import config, mute_logger, pdf
from odoo.tools.pdf import PdfFileReader

from .common import TODAY, RelanceCase, days
from .test_dispatch import PDF_LOGGER

FILES = "odoo.addons.relance_ar.models.relance_reminder_files"
DISPATCH = "odoo.addons.relance_ar.models.relance_reminder_dispatch"
MAIL_LOGGERS = ("odoo.addons.mail.models.mail_mail",)
ANSWER = """\
From: {author}
To: {to}
Subject: Re: payment reminder
Message-Id: <{rank}@debtor.test>
In-Reply-To: {reference}
{headers}Content-Type: text/html

<p>Paid <b>yesterday</b>.</p><p>&lt;script&gt;alert(1)&lt;/script&gt;</p>
"""
REPORT = """\
From: MAILER-DAEMON@debtor.test
To: {to}
Subject: Undelivered Mail Returned to Sender
Message-Id: <report{rank}@debtor.test>
MIME-Version: 1.0
Content-Type: multipart/report; report-type={kind}; boundary="part"

--part
Content-Type: text/plain

What a person reads.
{machine}--part
Content-Type: message/rfc822

Message-Id: {reference}
To: {address}

The reminder.
--part--
"""
STATUS = """\
--part
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.debtor.test

Final-Recipient: rfc822; {address}
Action: {action}
Status: {status}

"""


class MailCase(RelanceCase):
    """A company with a mail domain, and debtors who answer."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        domain = cls.env["mail.alias.domain"].sudo().create({"name": "creditor.test"})
        cls.company.sudo().alias_domain_id = domain
        cls.catchall, cls.bounce = domain.catchall_email, domain.bounce_email
        cls.repair = cls.env.ref("relance_ar.mail_activity_type_repair")
        cls.to_read = cls.env.ref("relance_ar.mail_activity_type_answer")
        cls.officer.name = "Olga"  # a long name is left out of the address
        cls.rank = 0

    def _approved(self, *names, **values):
        """Return the approved e-mails to as many debtors, in the same order."""
        debtors = self.env["res.partner"]
        for name in names or ("Debtor SARL",):
            debtors += self._debtor(name, **values)
            self._invoice(debtors[-1], days(-3), 15000)
        reminders = self._plan().sorted(lambda r: debtors.ids.index(r.partner_id.id))
        reminders.action_approve()
        return reminders

    def _send(self, reminders, sink=None):
        """Send as the officer; return the messages that left."""
        if sink is None:
            with self.mail_server() as sink:
                return self._send(reminders, sink)
        with mute_logger(*MAIL_LOGGERS):
            reminders.action_send()
        return sink.messages

    def _process(self, text, **values):
        """Receive a message through the mail gateway."""
        type(self).rank += 1
        values = {"rank": self.rank, **values}
        with mute_logger("odoo.addons.mail.models.mail_thread"):
            # The gateway runs as the superuser.
            threads = self.env["mail.thread"].sudo()
            return threads.message_process(None, text.format(**values))

    def _answer(self, message, author="Ann <ann@debtor.test>", headers=""):
        return self._process(
            ANSWER,
            author=author,
            to=self.catchall,
            reference=message["Message-Id"],
            headers=headers,
        )

    def _report(
        self, message, address="debtor@debtor.test", status="5.1.1", action="failed"
    ):
        machine = STATUS.format(address=address, action=action, status=status)
        return self._process(
            REPORT,
            to=self.bounce,
            kind="delivery-status",
            machine=machine,
            reference=message["Message-Id"],
            address=address,
        )

    def _store_pdfs(self, moves, sizes=()):
        """Give invoices the PDF with which they were sent."""
        for rank, move in enumerate(moves):
            size = sizes[rank] if sizes else 10
            self.env["ir.attachment"].create(
                {
                    "name": f"{size}.pdf",
                    "raw": b"%PDF" + b"x" * size,
                    "mimetype": "application/pdf",
                    "res_model": "account.move",
                    "res_id": move.id,
                    "res_field": "invoice_pdf_report_file",
                }
            )
        self.env.invalidate_all()

    def _mail(self, reminder):
        domain = [("mail_message_id", "=", reminder.message_id.id)]
        return self.env["mail.mail"].sudo().search(domain)


@tagged("post_install", "-at_install")
@freeze_time(f"{TODAY} 09:00")
class TestAnswers(MailCase):
    """A reply lands in the chatter and waits until somebody has read it."""

    def setUp(self):
        super().setUp()
        self.reminder = self._approved()
        [self.message] = self._send(self.reminder)

    def _unread(self):
        return self.reminders.search(self.reminders._get_unread_answer_domain())

    def test_answers_come_back_to_the_record(self):
        self.assertIn(self.catchall, self.message["Reply-To"])
        self.assertIn(self.officer.name, self.message["Reply-To"])
        self.assertIn(self.bounce, self.message["Return-Path"])

    def test_an_answer_is_in_the_history_and_on_the_to_do_list(self):
        self.assertEqual(self._answer(self.message), self.reminder.id)
        self.assertRecordValues(
            self.reminder, [{"answer_state": "unread", "state": "sent"}]
        )
        self.assertEqual(str(self.reminder.answered_on), f"{TODAY} 09:00:00")
        self.assertEqual(self._unread(), self.reminder)
        self.assertIn("Paid", self.reminder.message_ids[0].body)
        activity = self.reminder.activity_ids
        self.assertRecordValues(
            activity,
            [{"activity_type_id": self.to_read.id, "user_id": self.officer.id}],
        )
        self.assertIn("ann@debtor.test", activity.note)
        self.assertIn("yesterday", activity.note)
        self.assertNotIn("<script>", activity.note)

    def test_the_button_marks_it_as_read(self):
        self._answer(self.message)
        self.assertEqual(self.reminder.action_answer_read(), self.reminder)
        self.assertEqual(self.reminder.answer_state, "read")
        self.assertFalse(self.reminder.activity_ids)
        self.assertFalse(self._unread())
        self.assertFalse(self.reminder.action_answer_read())

    def test_an_answer_to_read_is_the_only_task_it_gives(self):
        """The next reminder waits for the answer: no second task says the same."""
        self._answer(self.message)
        self._invoice(self.reminder.partner_id, days(-3))
        with freeze_time(days(30)):
            held = self._plan(days(30))
        self.assertEqual(held.mapped("state"), ["held"] * len(held))
        self.assertTrue(held)
        self.assertFalse(held.activity_ids)

    def test_finishing_the_activity_marks_it_as_read(self):
        self._answer(self.message)
        self.reminder.activity_ids.with_user(self.officer).action_feedback("read")
        self.assertEqual(self.reminder.answer_state, "read")

    def test_nobody_marks_it_as_read_without_the_right(self):
        self._answer(self.message)
        with self.assertRaises(AccessError):
            self.reminder.write({"answer_state": "read"})
        stranger = self._new_user("stranger", "base.group_user")
        with self.assertRaises(AccessError):
            self.reminder.with_user(stranger).action_answer_read()
        self.assertEqual(self.reminder.answer_state, "unread")

    def test_a_second_answer_is_to_be_read_as_well(self):
        self._answer(self.message)
        self._answer(self.message, author="Bob <bob@debtor.test>")
        activity = self.reminder.activity_ids
        self.assertEqual(len(activity), 1)
        self.assertIn("ann@debtor.test", activity.note)
        self.assertIn("bob@debtor.test", activity.note)
        self.reminder.action_answer_read()
        self._answer(self.message)
        self.assertEqual(self.reminder.answer_state, "unread")
        self.assertEqual(len(self.reminder.activity_ids), 1)

    def test_what_we_write_ourselves_is_no_answer(self):
        self._answer(self.message, author=self.officer.email_formatted)
        self._answer(self.message, author="billing@creditor.test")
        self.reminder.message_post(
            body="To the debtor", subtype_xmlid="mail.mt_comment"
        )
        self.reminder.message_post(body="To myself")
        self.assertFalse(self.reminder.answer_state)
        self.assertFalse(self.reminder.activity_ids)

    def test_what_the_debtor_writes_on_the_portal_is_an_answer(self):
        user = new_test_user(self.env, "portal_debtor", groups="base.group_portal")
        self.reminder.sudo().message_post(
            body="In dispute",
            author_id=user.partner_id.id,
            message_type="comment",
            subtype_xmlid="mail.mt_comment",
        )
        self.assertEqual(self.reminder.answer_state, "unread")

    def test_an_automatic_reply_is_kept_but_is_no_answer(self):
        partner = self.reminder.partner_id
        # Both would be written to, and answer automatically in their turn.
        self.reminder.sudo().message_subscribe((partner + self.officer.partner_id).ids)
        mails = self.env["mail.mail"].sudo()
        before = mails.search_count([])
        for header in ("Auto-Submitted: auto-replied", "X-Autoreply: yes"):
            with self.subTest(header):
                self._answer(self.message, partner.email_formatted, f"{header}\n")
                self.assertFalse(self.reminder.answer_state)
                self.assertFalse(self.reminder.activity_ids)
        self.assertEqual(mails.search_count([]), before)
        bodies = " ".join(self.reminder.message_ids.mapped("body"))
        self.assertIn("Paid", bodies)
        self.assertIn("An automatic reply", bodies)

    def test_a_reminder_without_officer_is_read_by_that_of_the_company(self):
        self.reminder.sudo().user_id = False
        self._answer(self.message)
        self.assertEqual(self.reminder.activity_ids.user_id, self.officer)


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestRefusals(MailCase):
    """The mail server says no: to the address, to us, or to the message."""

    def _assert_failed(self, reminder, kind):
        self.assertRecordValues(
            reminder,
            [
                {
                    "state": "failed",
                    "failure_kind": kind,
                    "date_done": False,
                    "deadline": False,
                }
            ],
        )
        repairs = reminder.activity_ids.filtered(
            lambda a: a.activity_type_id == self.repair
        )
        self.assertEqual(len(repairs), 1 if kind == "address" else 0)
        self.assertEqual(self._mail(reminder).state, "cancel")
        again = self._plan()
        channel = "phone" if kind == "address" else "email"
        self.assertRecordValues(again, [{"channel": channel, "phase": "level_1"}])

    def test_refused_recipient(self):
        for rank, (answer, kind) in enumerate(
            [
                ("550 5.1.1 User unknown", "address"),
                ("452 4.2.2 Mailbox full", "address"),
                ("450 4.2.0 Greylisted", "server"),
                ("554 5.7.1 Relay access denied", "server"),
            ]
        ):
            with self.subTest(answer), self.mail_server() as sink:
                reminder = self._approved(f"refused{rank} SA")
                sink.refused[f"refused{rank}@debtor.test"] = answer
                self._send(reminder, sink)
                self.assertIn(answer[:3], reminder.failure)
                self._assert_failed(reminder, kind)
                self._plan().action_cancel()
                self._end(reminder)

    def _end(self, reminder):
        """Leave nothing for the next run to propose."""
        self._register_payment(reminder.line_ids.move_id, payment_date=TODAY)

    def test_refused_message(self):
        for rank, (answer, kind) in enumerate(
            [
                ("552 5.2.2 Mailbox full", "address"),
                ("554 5.7.1 Looks like spam", "content"),
                ("552 5.3.4 Message too big", "content"),
                ("451 4.3.0 Try again later", "server"),
            ]
        ):
            with self.subTest(answer), self.mail_server() as sink:
                reminder = self._approved(f"data{rank} SA")
                sink.refused_data[f"data{rank}@debtor.test"] = answer
                self._send(reminder, sink)
                self.assertFalse(sink.messages)
                self._assert_failed(reminder, kind)
                self._plan().action_cancel()
                self._end(reminder)

    def test_no_encryption_where_we_ask_for_it(self):
        reminder = self._approved()
        with self.mail_server() as sink:
            with patch.dict(config.options, {"smtp_ssl": True}):
                self._send(reminder, sink)
            self.assertFalse(sink.tried)
        self._assert_failed(reminder, "server")

    def test_a_server_that_hangs_up_is_given_up(self):
        reminders = self._approved(*(f"hung{rank} SA" for rank in range(4)))
        with self.mail_server() as sink:
            sink.hangs_up = True
            self._send(reminders, sink)
            self.assertEqual(sink.tried, 2)
        self.assertEqual(set(reminders.mapped("state")), {"failed"})
        self.assertEqual(set(reminders.mapped("failure_kind")), {"server"})
        self.assertFalse(reminders.activity_ids)

    def test_one_refusal_stops_no_other(self):
        reminders = self._approved("one SA", "two SA", "three SA")
        with self.mail_server() as sink:
            sink.refused["two@debtor.test"] = "550 5.1.1 User unknown"
            self._send(reminders, sink)
            self.assertEqual(len(sink.messages), 2)
            self.assertEqual(sink.connections, 1)
        self.assertEqual(reminders.mapped("state"), ["sent", "failed", "sent"])

    def test_a_server_that_wants_a_connection_each_gets_one(self):
        reminders = self._approved("one SA", "two SA", "three SA")
        with self.mail_server() as sink:
            sink.one_each = True
            self._send(reminders, sink)
            self.assertEqual((len(sink.messages), sink.connections), (3, 3))
        self.assertEqual(set(reminders.mapped("state")), {"sent"})

    def test_an_unreachable_server_fails_all_at_once(self):
        reminders = self._approved("one SA", "two SA", "three SA")
        servers, tried = type(self.env["ir.mail_server"]), []

        def unreachable(*_args, **_kwargs):
            tried.append(1)
            raise smtplib.SMTPConnectError(421, "not now")

        with (
            self.mail_server() as sink,
            patch.object(servers, "_connect__", unreachable),
        ):
            self._send(reminders, sink)
        self.assertEqual(len(tried), 1)
        self.assertEqual(set(reminders.mapped("failure_kind")), {"server"})
        self.assertEqual(set(reminders.mapped("state")), {"failed"})


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestBounces(MailCase):
    """An e-mail that was taken, and comes back later."""

    def test_a_full_mailbox_is_not_a_contact(self):
        reminder = self._approved()
        [message] = self._send(reminder)
        self._report(message, status="5.2.2")
        self._report(message, status="5.2.2")
        self.assertRecordValues(
            reminder, [{"state": "failed", "failure_kind": "address"}]
        )
        self.assertIn("5.2.2", reminder.failure)
        self.assertEqual(reminder.activity_ids.activity_type_id, self.repair)
        self.assertEqual(len(reminder.activity_ids), 1)
        self.assertEqual(self._plan().channel, "phone")

    def test_the_policy_of_their_server_does_not_blame_the_address(self):
        reminder = self._approved()
        [message] = self._send(reminder)
        self._report(message, status="5.7.26")
        self.assertRecordValues(
            reminder, [{"state": "failed", "failure_kind": "server"}]
        )
        self.assertFalse(reminder.activity_ids)

    def test_a_delay_is_not_a_failure(self):
        reminder = self._approved()
        [message] = self._send(reminder)
        self._report(message, status="4.4.1", action="delayed")
        self.assertEqual(reminder.state, "sent")
        self.assertIn("4.4.1", reminder.message_ids[0].body)

    def test_a_receipt_is_not_a_failure(self):
        reminder = self._approved()
        [message] = self._send(reminder)
        self._process(
            REPORT,
            to=self.bounce,
            kind="disposition-notification",
            machine="",
            reference=message["Message-Id"],
            address="debtor@debtor.test",
        )
        self.assertEqual(reminder.state, "sent")

    def test_a_bounce_for_people_only_is_understood(self):
        reminder = self._approved()
        [message] = self._send(reminder)
        self._process(
            REPORT,
            to=self.bounce,
            kind="x",
            machine="",
            reference=message["Message-Id"],
            address="debtor@debtor.test",
        )
        self.assertRecordValues(
            reminder, [{"state": "failed", "failure_kind": "address"}]
        )

    def test_one_of_two_addresses_that_fails_is_repaired_and_no_more(self):
        reminder = self._approved(email="a@debtor.test, b@debtor.test")
        [message] = self._send(reminder)
        self._report(message, "a@debtor.test")
        self.assertRecordValues(
            reminder, [{"state": "sent", "returned": "a@debtor.test"}]
        )
        self.assertEqual(reminder.activity_ids.activity_type_id, self.repair)
        self._report(message, "b@debtor.test")
        self.assertEqual(reminder.state, "failed")
        self.assertEqual(len(reminder.activity_ids), 1)

    def test_another_e_mail_about_the_reminder_may_come_back(self):
        reminder = self._approved()
        with self.mail_server() as sink:
            self._send(reminder, sink)
            # sudo: notifications leave with the rights of the superuser.
            reminder.sudo().message_post(
                body="Please look at this.",
                partner_ids=self.manager.partner_id.ids,
                subtype_xmlid="mail.mt_comment",
            )
            [notification] = sink.to("manager@creditor.test")
        self._report(notification, "manager@creditor.test")
        self.assertEqual(reminder.state, "sent")

    def _two_steps(self):
        """Return a first step sent by e-mail, its message, and a second one planned."""
        first = self._approved()
        [message] = self._send(first)
        with freeze_time(days(20)):
            second = self._plan(days(20))
        self.assertEqual(second.phase, "level_2")
        return first, message, second

    def test_a_bounce_after_a_firmer_step_leaves_that_step(self):
        first, message, second = self._two_steps()
        with freeze_time(days(20)):
            second.sudo()._approve()
            second.sudo()._confirm("done")
            self._report(message)
            self.assertRecordValues(
                first + second, [{"state": "failed"}, {"state": "done"}]
            )
            self.assertFalse(self._plan(days(20)), "the minimum gap still counts")
        with freeze_time(days(30)):
            # Not back to the first level, whose reminder never arrived.
            later = self.env.ref("relance_ar.level_2_second")
            self.assertEqual(self._plan(days(30)).level_id, later)

    def test_a_bounce_takes_back_what_was_approved_because_of_the_step(self):
        first, message, second = self._two_steps()
        with freeze_time(days(20)):
            second.with_user(self.manager).action_approve()
            self._report(message)
            self.assertRecordValues(
                first + second, [{"state": "failed"}, {"state": "proposed"}]
            )
            self.assertFalse(second.activity_ids)
            self._plan(days(20))
            live = self.reminders.search([("state", "in", ("proposed", "approved"))])
            self.assertEqual(live.mapped("phase"), ["level_1"])


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestMailQueue(MailCase):
    """A hand in Odoo's queue of outgoing e-mails."""

    def setUp(self):
        super().setUp()
        self.reminder = self._approved()
        self.reminder.sudo()._queue()
        self.mail = self._mail(self.reminder)
        self.assertRecordValues(self.mail, [{"state": "outgoing"}])
        self.assertEqual(self.reminder.state, "sent")

    def _assert_withdrawn(self):
        self.assertRecordValues(
            self.reminder,
            [{"state": "failed", "failure_kind": "server", "date_done": False}],
        )
        self.assertIn("mail queue", self.reminder.failure)
        self.assertEqual(self._plan().channel, "email")

    def test_cancelled(self):
        self.mail.cancel()
        self._assert_withdrawn()

    def test_deleted(self):
        message = self.reminder.message_id
        self.mail.unlink()
        self._assert_withdrawn()
        self.assertTrue(message.exists())

    def test_a_sent_one_that_is_deleted_stays_in_the_history(self):
        with self.mail_server() as sink:
            self.mail._relance_send_each(self.env.flush_all)
            self.assertEqual(len(sink.messages), 1)
        self.mail.unlink()
        self.assertEqual(self.reminder.state, "sent")
        self.assertTrue(self.reminder.message_id.body)

    def test_cancelling_what_has_left_changes_nothing(self):
        with self.mail_server():
            self.mail._relance_send_each(self.env.flush_all)
        self.mail.cancel()
        self.assertEqual(self.reminder.state, "sent")

    def test_a_failed_one_is_not_put_back_into_the_queue(self):
        self.mail.cancel()
        with self.assertRaises(UserError):
            self.mail.mark_outgoing()
        self.assertEqual(self.mail.state, "cancel")

    def test_one_that_has_left_is_not_sent_twice(self):
        with self.mail_server() as sink:
            self.mail._relance_send_each(self.env.flush_all)
            with self.assertRaises(UserError):
                self.mail.mark_outgoing()
            self.mail._relance_send_each(self.env.flush_all)
            self.assertEqual(len(sink.messages), 1)

    def test_other_e_mails_leave_and_are_deleted_as_ever(self):
        values = {"email_to": "x@y.test", "email_from": "a@creditor.test"}
        mails = self.env["mail.mail"].sudo()
        other = mails.create({**values, "auto_delete": True})
        with self.mail_server() as sink:
            other.send(raise_exception=True)
            self.assertEqual(len(sink.messages), 1)
        self.assertFalse(other.exists())

    def test_other_e_mails_are_put_back_as_ever(self):
        other = self.env["mail.mail"].sudo().create({"email_to": "x@y.test"})
        other.state = "exception"
        other.action_retry()
        self.assertEqual(other.state, "outgoing")


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestAttachments(MailCase):
    """The copies of invoices that a message carries."""

    def _text(self, content):
        """Return the text of a PDF."""
        pages = PdfFileReader(io.BytesIO(content)).pages
        return "".join(page.extract_text() for page in pages)

    def _send_printed(self, moves):
        """Send with real PDFs, from a program that prints several documents at once.

        Debian's does not: it prints each of them, and they are put together after.

        :return: the messages, and how many documents each call was to print
        """
        reports, printed = type(self.env["ir.actions.report"]), []
        run = reports._run_wkhtmltopdf

        def run_patched(records, bodies, *args, **kwargs):
            printed.append(len(bodies))
            return pdf.merge_pdf(
                [run(records, [body], *args, **kwargs) for body in bodies]
            )

        reminders = self._plan()
        reminders.action_approve()
        with (
            self.mail_server() as sink,
            mute_logger(PDF_LOGGER),
            patch.object(reports, "_run_wkhtmltopdf", run_patched),
            patch.object(type(reminders), "_prints_several", lambda _self: True),
        ):
            reminders.with_context(force_report_rendering=True).action_send()
        self.assertFalse(moves.invoice_pdf_report_id)
        stored = [("res_model", "=", "account.move"), ("res_id", "in", moves.ids)]
        self.assertFalse(self.env["ir.attachment"].search(stored))
        return sink, printed

    def _assert_carries(self, message, carried, moves):
        """Check that a message carries some invoices, each under its own name."""
        texts = {
            part.get_filename(): self._text(part.get_content())
            for part in message.iter_attachments()
        }
        self.assertEqual(len(texts), len(carried))
        for move in carried:
            number = move.name.replace("/", "_")
            [text] = [text for name, text in texts.items() if number in name]
            for other in moves:
                self.assertEqual(other.name in text, other == move)

    def test_each_debtor_gets_their_own_invoices_printed_together(self):
        first, second = self._debtor("First SA"), self._debtor("Second SA")
        own = self._invoice(first, days(-3)) + self._invoice(first, days(-2))
        moves = own + self._invoice(second, days(-3))
        sink, printed = self._send_printed(moves)
        self.assertEqual(printed, [3])
        self._assert_carries(sink.to("first@debtor.test")[0], own, moves)
        self._assert_carries(sink.to("second@debtor.test")[0], moves - own, moves)

    def test_invoices_that_cannot_be_told_apart_are_printed_one_by_one(self):
        """One of several pages: then pages and invoices cannot be counted together."""
        debtor = self._debtor()
        long = self._invoice(debtor, days(-3))
        long.button_draft()
        items = [(0, 0, {"name": f"item {n}", "tax_ids": []}) for n in range(70)]
        long.write({"invoice_line_ids": items})
        long.action_post()
        moves = long + self._invoice(debtor, days(-2))
        sink, printed = self._send_printed(moves)
        self.assertEqual(printed, [2, 1, 1])
        self._assert_carries(sink.messages[0], moves, moves)

    def test_the_oldest_are_attached_up_to_a_number(self):
        debtor = self._debtor()
        invoices = [self._invoice(debtor, days(-3 - rank), 10) for rank in range(4)]
        reminder = self._plan()
        reminder.action_approve()
        with patch(f"{FILES}.MAX_FILES", 2):
            [message] = self._send(reminder)
        names = [part.get_filename() for part in message.iter_attachments()]
        self.assertEqual(len(names), 2)
        for name, invoice in zip(names, invoices[:1:-1], strict=True):
            self.assertIn(invoice.name.replace("/", "_"), name)
        text = message.get_body(("html",)).get_content()
        self.assertIn("available on request", text)
        for rank, invoice in enumerate(invoices):
            self.assertEqual(f"{invoice.name} *" in text, rank > 1)
        self.assertEqual(
            reminder.line_ids.filtered("is_attached").move_id,
            invoices[2] + invoices[3],
        )

    def test_the_oldest_are_attached_up_to_a_size(self):
        debtor = self._debtor()
        invoices = [self._invoice(debtor, days(-3 - rank), 10) for rank in range(3)]
        # The oldest one is too heavy by itself: the others are attached.
        self._store_pdfs(invoices, (400, 500, 2000))
        reminder = self._plan()
        reminder.action_approve()
        with patch(f"{FILES}.MAX_BYTES", 1000):
            [message] = self._send(reminder)
        names = [part.get_filename() for part in message.iter_attachments()]
        self.assertEqual(sorted(names), ["400.pdf", "500.pdf"])

    def test_nothing_is_said_when_all_are_attached(self):
        [message] = self._send(self._approved())
        text = message.get_body(("html",)).get_content()
        self.assertNotIn("available on request", text)


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestManyAtOnce(MailCase):
    """The database is asked per batch, not per e-mail, as far as that can be."""

    def _queries(self, count, name):
        """Return the queries of writing and of handing over as many e-mails.

        Approving counts as writing, with the notes that say who did.
        """
        names = [f"{name}{rank} SA" for rank in range(count)]
        self.env = self.env(context={**self.env.context, "tracking_disable": False})
        reminders = self._approved(*names).sudo()
        reminders = reminders.browse(reminders.ids)  # as a screen gives them
        reminders.state = "proposed"
        self._store_pdfs(reminders.line_ids.move_id)
        self.env.flush_all()
        self.env.invalidate_all()
        start = self.env.cr.sql_log_count
        reminders.action_approve()
        reminders._queue()
        self.env.flush_all()
        written = self.env.cr.sql_log_count

        def commit():
            self.env.flush_all()
            self.env.invalidate_all()  # as a real commit does

        with self.mail_server() as sink:
            reminders._get_queued_mails()._relance_send_each(commit)
            self.assertEqual(len(sink.messages), count)
        return written - start, self.env.cr.sql_log_count - written

    def test_ten_queries_per_e_mail(self):
        """Most are asked per batch: the rest is what each e-mail adds."""
        self._queries(1, "warm")
        few, many = self._queries(2, "few"), self._queries(12, "many")
        self.assertLessEqual((many[0] - few[0]) / 10, 1, "writing")
        self.assertLessEqual((sum(many) - sum(few)) / 10, 10, "in all")

    def test_many_are_left_to_the_mail_queue_at_once(self):
        reminders = self._approved("one SA", "two SA")
        cron = self.env.ref("mail.ir_cron_mail_scheduler_action")
        triggers = self.env["ir.cron.trigger"].sudo()
        with self.mail_server() as sink:
            with patch(f"{DISPATCH}.SEND_NOW", 1):
                self._send(reminders, sink)
            self.assertFalse(sink.messages)
            self.assertTrue(triggers.search([("cron_id", "=", cron.id)]))
            self.env["mail.mail"].sudo().process_email_queue()
            self.assertEqual(len(sink.messages), 2)
        self.assertEqual(set(reminders.mapped("state")), {"sent"})

    def test_one_note_per_reminder_at_most(self):
        self.env = self.env(context={**self.env.context, "tracking_disable": False})
        reminders = self._approved("one SA", "two SA")
        before = {reminder: len(reminder.message_ids) for reminder in reminders}
        self._send(reminders)
        for reminder in reminders:
            # The e-mail itself, and the note that it was sent.
            self.assertLessEqual(len(reminder.message_ids) - before[reminder], 2)
