"""Who reads of a dispute, who writes to the customer, and who is given its tasks."""

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.service.model import call_kw
from odoo.tests import freeze_time, tagged
from odoo.tools import mute_logger

from .common import TODAY, days
from .test_dispatch import PDF_LOGGER
from .test_dispute import DisputeCase
from .test_dispute_access import DisputeAccessCase

ANSWER = """\
From: Debtor <debtor@debtor.test>
To: billing@creditor.test
Subject: Re: your claim
Message-Id: <answer@debtor.test>
In-Reply-To: {0}
References: {0}
MIME-Version: 1.0
Content-Type: text/plain

We do not agree.
"""


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestWhatTheyRead(DisputeAccessCase):
    def test_what_the_customer_quotes_is_not_shown(self):
        reminder = self._plan().filtered(lambda r: self.line in r.line_ids.move_line_id)
        self.assertIn(self._lines(self.other_invoice), reminder.line_ids.move_line_id)
        theirs = self.other_invoice.name
        for quoted in (
            f'<div data-o-mail-quote="1">You owe {theirs}</div>',
            f'<blockquote type="cite">You owe {theirs}</blockquote>',
            f'<div class="gmail_quote">On Monday, we wrote: {theirs}</div>',
            f"<p>-----Original Message-----</p><p>You owe {theirs}</p>",
            f"<pre>On 18 March 2026, Creditor wrote:\n&gt; You owe {theirs}</pre>",
        ):
            # As the gateway does.
            reminder.sudo().message_post(
                body=f"<p>Two chairs were broken.</p>{quoted}",
                body_is_html=True,
                message_type="email",
                author_id=self.debtor.id,
                email_from=self.debtor.email,
            )
        mine = self._as_seller(self.mine)
        [values] = call_kw(mine, "read", [mine.ids, ["messages"]], {})
        self.assertEqual(values["messages"].count("Two chairs were broken."), 5)
        self.assertNotIn(theirs, values["messages"])

    def test_a_former_owner_no_longer_reads_it(self):
        self.assertIn(self.seller.partner_id, self.mine.message_partner_ids)
        self.mine.user_id = self.other_seller
        found = self.env["relance.dispute"].with_user(self.seller).search([])
        self.assertNotIn(self.mine, found)
        self.assertIn(self.other_seller.partner_id, self.mine.message_partner_ids)

    def test_an_owner_who_leads_the_team_still_reads_it(self):
        self.mine.write({"user_id": self.other_seller.id, "leader_id": self.seller.id})
        self.assertIn(self.mine, self.mine.with_user(self.seller).search([]))

    def test_their_own_task_is_not_moved_onto_a_foreign_dispute(self):
        task = self._as_seller(self.mine).activity_ids
        with self.assertRaises(AccessError):
            call_kw(task, "write", [task.ids, {"res_id": self.theirs.id}], {})
        # The type of a task of one's own on another document is free.
        own = self.debtor.activity_schedule(
            "mail.mail_activity_data_todo", user_id=self.seller.id
        ).with_user(self.seller)
        kind = self.env.ref("mail.mail_activity_data_call").id
        call_kw(own, "write", [own.ids, {"activity_type_id": kind}], {})
        self.assertEqual(own.activity_type_id.id, kind)


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestWhoWritesOut(DisputeAccessCase):
    def setUp(self):
        super().setUp()
        self.theirs.message_subscribe(self.seller.partner_id.ids)
        self.followed = self._as_seller(self.theirs)

    def _mails(self):
        return self.env["mail.mail"].sudo().search([("model", "=", self.theirs._name)])

    def test_a_follower_does_not_send_the_official_answer(self):
        template = self.env.ref("relance_ar.mail_template_dispute_proofs")
        composers = self.env["mail.compose.message"].with_user(self.seller)
        before = self._mails()
        for mode in ("comment", "mass_mail"):
            with self.subTest(mode), self.assertRaises(AccessError):
                composers.create(
                    {
                        "model": self.theirs._name,
                        "res_ids": repr(self.theirs.ids),
                        "composition_mode": mode,
                        "template_id": template.id,
                    }
                ).action_send_mail()
        mine = template.with_user(self.seller)
        with self.assertRaises(AccessError):
            call_kw(mine, "send_mail", [mine.ids, self.theirs.id], {})
        self.assertEqual(self._mails(), before)

    def test_nor_anything_else_to_the_customer(self):
        for values in (
            {"partner_ids": self.debtor.ids},
            {"outgoing_email_to": "someone@debtor.test"},
        ):
            with self.subTest(values), self.assertRaises(AccessError):
                call_kw(
                    self.followed,
                    "message_post",
                    [self.followed.ids],
                    {"body": "Pay me.", **values},
                )
        mine = self._as_seller(self.mine)
        with self.assertRaises(AccessError):
            call_kw(mine, "message_subscribe", [mine.ids, self.debtor.ids], {})

    def test_colleagues_are_written_to(self):
        self.followed.message_post(
            body="I sold the other half.",
            partner_ids=self.officer.partner_id.ids,
            subtype_xmlid="mail.mt_comment",
        )
        self.assertIn("other half", self.theirs.message_ids[0].body)

    def test_a_customer_who_answers_does_not_follow_nor_stop_colleagues(self):
        self._conclude(self.theirs, "confirmed")
        action = self.theirs.action_send_proofs()
        composers = self.env["mail.compose.message"].with_user(self.officer)
        with mute_logger(PDF_LOGGER), self.mail_server() as sink:
            composers.with_context(**action["context"]).create({}).action_send_mail()
            self.env["mail.mail"].sudo().process_email_queue()
        sent = sink.to("debtor@debtor.test")[0]  # colleagues who follow get it too
        self.env["mail.thread"].message_process(None, ANSWER.format(sent["Message-Id"]))
        self.assertIn("We do not agree.", self.theirs.message_ids[0].body)
        self.assertEqual(self.theirs.message_ids[0].author_id, self.debtor)
        self.assertNotIn(self.debtor, self.theirs.message_partner_ids)
        # An officer may have them follow: colleagues still speak among themselves.
        self.theirs.message_subscribe(self.debtor.ids)
        self.assertIn(self.debtor, self.theirs.message_partner_ids)
        said = self.followed.message_post(
            body="They never do.", subtype_xmlid="mail.mt_comment"
        )
        self.assertNotIn(self.debtor, said.sudo().notified_partner_ids)

    def test_officers_write_once_it_is_resolved(self):
        with self.assertRaisesRegex(UserError, "conclude"):
            call_kw(self.theirs, "action_send_proofs", [self.theirs.ids], {})
        self._conclude(self.theirs, "confirmed")
        action = self.theirs.action_send_proofs()
        composers = self.env["mail.compose.message"].with_user(self.officer)
        with mute_logger(PDF_LOGGER):
            composer = composers.with_context(**action["context"]).create({})
            composer.action_send_mail()
        self.assertIn(self.debtor, self.theirs.message_ids[0].partner_ids)

    def test_an_invoice_being_corrected_is_said_in_words(self):
        self._conclude(self.theirs, "confirmed")
        self.other_invoice.button_draft()
        with self.assertRaisesRegex(UserError, "not posted"):
            call_kw(self.theirs, "action_send_proofs", [self.theirs.ids], {})


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestWhoIsAsked(DisputeCase):
    """Tasks go to people who can open what they are about."""

    def _strangers(self):
        archived = self._new_user("archived", "relance_ar.group_relance_user")
        archived.active = False
        portal = self._new_user("portal", "base.group_portal")
        employee = self._new_user("employee", "base.group_user")
        return archived, portal, employee

    def test_a_dispute_with_an_officer_who_is_none(self):
        for stranger in self._strangers():
            with self.subTest(stranger.login):
                dispute = self._dispute(50, officer_id=stranger.id)
                self.assertEqual(dispute.officer_id, self.officer)
                dispute.sudo().officer_id = stranger
                mine = dispute.with_user(self.seller)
                mine.answer = "Right."
                mine.action_confirm_debt()
                task = self._tasks(dispute, "dispute_conclude")
                self.assertEqual(task.user_id, self.officer)

    def test_without_a_director_it_escalates_to_somebody_who_can(self):
        self.company.relance_director_id = False
        for stranger in self._strangers():
            with self.subTest(stranger.login):
                dispute = self._dispute(50)
                dispute.sudo().officer_id = stranger
                dispute.action_escalate()
                self.assertEqual(dispute.escalated_to_id, self.officer)

    def test_a_deadline_that_moves_asks_nobody_who_left(self):
        dispute = self._dispute(50)
        self.seller.sudo().active = False
        dispute.deadline = days(9)
        self.assertEqual(self._tasks(dispute).user_id, self.officer)


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestAnswerKept(DisputeCase):
    def _answered(self):
        dispute = self._dispute(200)
        mine = dispute.with_user(self.seller)
        mine.answer = "The price is right."
        mine.action_confirm_debt()
        return dispute

    def test_what_is_answered_is_not_rewritten(self):
        dispute = self._answered()
        for user in (self.seller, self.officer):
            mine = dispute.with_user(user)
            for vals in ({"answer": "Never said."}, {"amount_proposed": 10}):
                with self.subTest(vals), self.assertRaisesRegex(UserError, "answered"):
                    call_kw(mine, "write", [mine.ids, vals], {})
        dispute.action_ask_again()
        dispute.with_user(self.seller).answer = "It was wrong."
        self.assertEqual(dispute.answer, "It was wrong.")

    def test_a_credit_lies_within_what_is_disputed(self):
        mine = self._dispute(200).with_user(self.seller)
        for amount in (-5, 999, 1e300, float("nan")):
            with self.subTest(amount), self.assertRaises(ValidationError):
                call_kw(mine, "write", [mine.ids, {"amount_proposed": amount}], {})

    def test_one_credit_note_upholds_no_more_than_itself(self):
        first, second = self._dispute(200), self._dispute(200)
        self._conclude(first, "credited")
        note = first.credit_move_ids
        with self.assertRaisesRegex(UserError, "Nothing of"):
            self._conclude(second, "credited", credit_move_id=note.id)
        self.assertEqual(second.state, "open")
