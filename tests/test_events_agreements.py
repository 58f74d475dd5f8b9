"""What is promised, contested and agreed is sealed, and so is what comes of it."""

from odoo import Command
from odoo.exceptions import UserError
from odoo.service.model import call_kw
from odoo.tests import freeze_time, tagged
from odoo.tools import mute_logger

from .common import BOUNCE, TODAY, days
from .test_call_followup import FollowUpCase
from .test_dispatch import PDF_LOGGER
from .test_dispute import DisputeCase
from .test_events import CHAIN_LOGGER
from .test_payment_plan import PlanCase


class SealedMixin:
    """Reads the chain of the debtor."""

    def _events(self, record=None):
        domain = [("partner_id", "=", self.debtor.id)]
        if record:
            domain += [
                ("about_model", "=", record._name),
                ("about_id", "=", record.id),
            ]
        events = self.env["relance.event"].with_user(self.officer)
        return events.search(domain, order="position")

    def _stages(self, record):
        return [event.stage for event in self._events(record)]

    def _chain(self):
        chains = self.env["relance.event.chain"].with_user(self.officer)
        return chains.search([("partner_id", "=", self.debtor.id)])

    def _assert_proven(self):
        self.assertFalse(self._chain().action_check())

    def _forget(self, record, stage):
        """Take an event away from what it tells of, by SQL."""
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE relance_event SET about_id = 0 WHERE about_model = %s"
            " AND about_id = %s AND stage = %s",
            (record._name, record.id, stage),
        )
        self.env.invalidate_all()

    def _assert_told(self, words):
        with mute_logger(CHAIN_LOGGER):
            self.assertTrue(self._chain().action_check())
        self.assertIn(words, self._chain().break_note)


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestSealedPromises(SealedMixin, PlanCase):
    """Promises and plans, from what is said to what the money says."""

    def test_a_promise_and_that_it_was_kept(self):
        promise = self._promise(promised_by="Ms Martin", note="By <transfer>")
        [event] = self._events(promise)
        self.assertRecordValues(
            event, [{"kind": "promise", "stage": "open", "author": self.officer.name}]
        )
        for words in ("1,000.00", "03/23/2026", "Ms Martin", "By &lt;transfer&gt;"):
            self.assertIn(words, event.body)
        self.assertEqual(event.lines[0]["number"], self.invoice.name)
        self._pay(days(2))
        self._judge(days(3))
        self.assertEqual(self._stages(promise), ["open", "kept"])
        self._assert_proven()

    def test_a_broken_one_and_one_taken_back(self):
        broken = self._promise(days(2), amount=400.0)
        self._judge(days(20))
        self.assertEqual(self._stages(broken), ["open", "broken"])
        broken.with_user(self.manager).cancel("Noted on the wrong customer")
        self.assertEqual(self._stages(broken), ["open", "broken", "cancelled"])
        self._assert_proven()

    def _promise_and_plan(self):
        """Return both, on two invoices: a plan takes the place of its promises."""
        other = self._invoice(self.debtor, days(-10), 300)
        return self._promise(amount=300.0, lines=self._lines(other)), self._active()

    def test_what_is_not_about_its_object_is_no_event(self):
        promise = self._promise()
        promise.write({"note": "He will call.", "user_id": self.manager.id})
        self.assertEqual(self._stages(promise), ["open"])

    def test_its_proof_is_sealed_and_kept(self):
        files = self.env["ir.attachment"].with_user(self.officer)
        proof = files.create({"name": "bill.pdf", "raw": b"bill"})
        promise = self._promise()
        promise.proof_ids = proof
        self.assertEqual(self._stages(promise), ["open", "changed"])
        self.assertEqual(self._events(promise)[-1].files[0]["name"], "bill.pdf")
        with self.assertRaises(UserError):
            proof.write({"raw": b"other"})

    def test_a_plan_with_the_signed_document_until_it_is_broken(self):
        plan = self._draft()
        plan.action_propose()
        self._accept(plan)
        self.assertFalse(self._events(plan), "nobody has agreed to a draft")
        plan.action_activate()
        [event] = self._events(plan)
        self.assertEqual((event.kind, event.stage), ("plan", "active"))
        self.assertEqual(event.files[0]["name"], "signed.pdf")
        for words in ("03/18/2026: ", "250.00", "Ms Martin, director"):
            self.assertIn(words, event.body)
        self._watch(days(30))
        self.assertEqual(self._stages(plan), ["active", "broken"])
        self._assert_proven()

    def test_one_taken_out_is_missed(self):
        promise, plan = self._promise_and_plan()
        self._judge(days(20))
        self._watch(days(30))
        self._forget(plan, "active")
        self._assert_told("was changed")  # what it came to is still told
        self.assertNotIn(plan.reference, self._chain().break_note)
        for record in (plan, promise):
            self._forget(record, "broken")
            self._assert_told(record.reference)

    def test_what_was_there_before_is_sealed_as_it_is_found(self):
        promise, plan = self._promise_and_plan()
        self._draft()
        self.env.flush_all()
        self.env.cr.execute("DELETE FROM relance_event")
        self.env.cr.execute("DELETE FROM relance_event_chain")
        self.env.invalidate_all()
        for model, count in (("promise", 1), ("plan", 1), ("dispute", 0)):
            records = self.env[f"relance.{model}"].sudo()
            self.assertEqual(records._seal_existing(), count)
            self.assertEqual(records._seal_existing(), 0)
        found = self._events(promise) + self._events(plan)
        self.assertEqual(found.mapped("stage"), ["open", "active"])
        self.assertEqual(set(found.mapped("is_sealed_later")), {True})
        self._assert_proven()

    def test_a_chain_removed_as_a_whole_is_missed_if_somebody_was_written_to(self):
        reminder = self._plan()
        with self.mail_server():
            reminder.action_approve_and_send()
        self.env.flush_all()
        self.env.cr.execute("DELETE FROM relance_event")
        self.env.cr.execute("DELETE FROM relance_event_chain")
        self.env.invalidate_all()
        with mute_logger(CHAIN_LOGGER), self.enter_registry_test_mode():
            self.env.ref("relance_ar.ir_cron_check_proof").method_direct_trigger()
        self.assertIn(reminder.reference, self._chain().break_note)


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestSealedDisputes(SealedMixin, DisputeCase):
    """Disputes: what the customer says, our answer with its proofs, the outcome."""

    def _answer_by_mail(self, dispute):
        files = self.env["ir.attachment"].with_user(self.officer)
        order = files.create({"name": "order.pdf", "raw": b"signed"})
        dispute.proof_ids = order
        composers = self.env["mail.compose.message"].with_user(self.officer)
        self._conclude(dispute, "confirmed", words="You signed the order.")
        with mute_logger(PDF_LOGGER), self.mail_server() as sink:
            action = dispute.action_send_proofs()
            composers.with_context(**action["context"]).create({}).action_send_mail()
            self.env["mail.mail"].sudo().process_email_queue()
        self.assertTrue(sink.to("debtor@debtor.test"))
        return order

    def test_opened_concluded_and_answered_with_the_proofs(self):
        dispute = self._dispute()
        order = self._answer_by_mail(dispute)
        opened, concluded, answer = self._events(dispute)
        self.assertEqual((opened.kind, opened.stage), ("dispute", "open"))
        self.assertIn("The price agreed was lower.", opened.body)
        self.assertIn("200.00", opened.body)
        self.assertEqual(concluded.stage, "resolved")
        self.assertIn("Debt confirmed", concluded.body)
        self.assertIn("You signed the order.", concluded.body)
        self.assertEqual((answer.kind, answer.stage), ("email", False))
        self.assertIn("debtor@debtor.test", answer.recipient)
        self.assertIn(order, answer.attachment_ids)
        self.assertEqual(len(answer.files), 2)
        self._assert_proven()

    def test_what_colleagues_tell_each_other_is_not_sealed(self):
        dispute = self._dispute()
        dispute.answer = "The order says so."
        dispute.action_confirm_debt()
        dispute.message_post(body="Who has it?", partner_ids=self.seller.partner_id.ids)
        self.assertEqual(self._stages(dispute), ["open"])
        self.assertNotIn("The order says so.", str(self._events().mapped("body")))

    def test_past_the_deadline_nothing_is_said_to_the_customer(self):
        dispute = self._dispute()
        with freeze_time(days(30)):
            self._run_cron("disputes")
        self.assertEqual(dispute.state, "escalated")
        self.assertEqual(self._stages(dispute), ["open"])
        self._assert_proven()

    def test_another_amount_is_told(self):
        dispute = self._dispute()
        dispute.amount = 300
        self.assertEqual(self._stages(dispute), ["open", "changed"])
        self.assertIn("300.00", self._events(dispute)[-1].body)

    def test_the_message_sent_is_not_rewritten_by_people(self):
        dispute = self._dispute()
        self._answer_by_mail(dispute)
        message = self._events(dispute)[-1].message_id
        admin = self.env.ref("base.user_admin")
        with self.assertRaises(UserError):
            message.with_user(admin).write({"body": "never said"})
        with self.assertRaises(UserError):
            message.with_user(admin).unlink()
        with self.assertRaises(UserError):
            dispute.with_user(self.officer)._message_update_content(
                message.with_user(self.officer), body="never said"
            )
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE mail_message SET body = 'x' WHERE id = %s", [message.id]
        )
        self.env.invalidate_all()
        self._assert_told("rewritten")

    def test_the_customer_s_answer_on_it_is_sealed(self):
        dispute = self._dispute()
        author = self._debtor("Payer", parent_id=self.debtor.id)
        dispute.sudo().message_post(
            body="No, the price was lower.",
            message_type="email",
            author_id=author.id,
            attachments=[("offer.txt", b"offer")],
        )
        answer = self._events(dispute)[-1]
        self.assertEqual((answer.kind, answer.author), ("answer", "Payer"))
        self.assertEqual(answer.files[0]["name"], "offer.txt")

    def test_merged_accounts_keep_what_was_agreed(self):
        kept = self._debtor("Kept SA")
        theirs = self._invoice(kept, days(-3))
        promises = self.env["relance.promise"].with_user(self.officer)
        lines = [Command.set(self._lines(theirs).ids)]
        promises.create({"move_line_ids": lines, "date": days(5), "amount": 100})
        dispute, gone = self._dispute(), self.debtor
        wizards = self.env["base.partner.merge.automatic.wizard"]
        admin = self.env.ref("base.user_admin")
        wizards.with_user(admin).create({})._merge((gone + kept).ids, kept)
        self.env.invalidate_all()
        self.debtor = kept
        self.assertEqual(dispute.partner_id, kept)
        self._conclude(dispute, "confirmed")
        self.assertEqual(self._stages(dispute), ["open", "resolved"])
        self.assertEqual(len(self._chain()), 2)
        self._assert_proven()


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestSealedCalls(SealedMixin, FollowUpCase):
    """Calls: what came of them, attempts, confirmations, hand-overs."""

    def test_the_note_the_outcome_and_the_confirmation(self):
        composer = self._confirmed("promise", date=days(5), amount=400.0)
        self._send(composer)
        call, written = self.call.event_ids.sorted("position")
        self.assertEqual(call.kind, "phone")
        self.assertIn("They said so.", call.body)
        self.assertIn("Promise to pay", call.body)
        self.assertEqual(written.kind, "email")
        self.assertEqual(written.message_id, self.call.follow_up_message_id)
        self.assertIn("debtor@debtor.test", written.recipient)
        self.assertEqual(len(written.files), 1)
        self.assertEqual(self._stages(self.call.promise_ids), ["open"])
        self._assert_proven()

    def test_a_confirmation_taken_out_is_missed(self):
        self._send(self._confirmed())
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE relance_event SET message_id = NULL WHERE kind = 'email'"
        )
        self.env.invalidate_all()
        self._assert_told(self.call.reference)

    def test_a_confirmation_that_comes_back(self):
        self._send(self._confirmed())
        message = self.call.follow_up_message_id
        raw = BOUNCE.format(status="5.1.1", id=message.message_id)
        self.env["mail.thread"].sudo().message_process("relance.reminder", raw)
        self.assertEqual(
            self.call.event_ids.sorted("position").mapped("kind"),
            ["phone", "email", "failed"],
        )
        self._assert_proven()

    def test_a_confirmation_as_a_letter(self):
        self.debtor.email = False
        self._log_call(self.call)
        with mute_logger(PDF_LOGGER):
            confirmed = self.call.with_context(force_report_rendering=True)
            confirmed.action_confirmation_posted()
        letter = self.call.event_ids.sorted("position")[-1]
        self.assertEqual(letter.kind, "letter")
        self.assertIn("We thank you for our conversation", letter.body)
        self.assertEqual(letter.attachment_ids.raw[:4], b"%PDF")
        self._assert_proven()

    def test_an_attempt_is_told_and_is_no_contact(self):
        self._log_call(self.call, "no_answer", next_attempt_on=days(1), note="Rings")
        [attempt] = self.call.event_ids
        self.assertEqual((attempt.kind, attempt.stage), ("phone", "attempt"))
        self.assertIn("Rings", attempt.subject)
        with self.assertRaises(UserError):
            self.call.sudo().unlink()
        self._assert_proven()
        with freeze_time(days(1)):
            self._log_call(self.call)
        self.assertEqual(self.call.state, "done")
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE relance_event SET stage = 'attempt' WHERE reminder_id = %s",
            [self.call.id],
        )
        self.env.invalidate_all()
        [(_key, words)] = self._chain().sudo()._find_untold_reminders()
        self.assertIn(self.call.reference, words)

    def test_a_hand_over_and_what_came_of_it(self):
        wizard = self.env["relance.delegation"].with_user(self.officer)
        vals = {"reminder_id": self.call.id, "user_id": self.seller.id}
        wizard.create(
            {**vals, "date": days(5), "note": "Go <there>"}
        ).action_hand_over()
        [event] = self._events()
        self.assertEqual(event.kind, "handover")
        self.assertIn(self.seller.name, event.subject)
        self.assertIn("Go &lt;there&gt;", event.body)
        task = self.debtor.activity_ids.filtered(lambda a: a.user_id == self.seller)
        call_kw(
            task.with_user(self.seller),
            "action_feedback",
            [task.ids],
            {"feedback": "They pay at the end of the month."},
        )
        dealt = self._events()[-1]
        self.assertEqual((dealt.kind, dealt.author), ("handover", self.seller.name))
        self.assertIn("They pay at the end of the month.", dealt.body)
        self._assert_proven()

    def test_what_the_officer_writes_from_the_history(self):
        self._log_call(self.call)
        self.call.message_post(
            body="As agreed: our bank details.",
            partner_ids=self.debtor.ids,
            message_type="comment",
            subtype_xmlid="mail.mt_comment",
        )
        written = self.call.event_ids.sorted("position")[-1]
        self.assertEqual((written.kind, written.author), ("email", self.officer.name))
        self.assertIn("our bank details", written.body)
