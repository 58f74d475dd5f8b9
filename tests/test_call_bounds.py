"""Calls, hand-overs and promises: days, people and amounts that somebody can mean."""

from odoo import Command
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.service.model import call_kw
from odoo.tests import Form, freeze_time, tagged
from odoo.tools import mute_logger

from .common import TODAY, days
from .test_call import CallCase
from .test_call_followup import FollowUpCase
from .test_dispatch import PDF_LOGGER
from .test_promise import PromiseCase

BROKEN_TASK = "relance_ar.mail_activity_type_promise_broken"
FAR_DAYS = ("9999-12-31", "0001-01-01", days(-1).isoformat(), "2027-04-01")


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestDaysOfCalls(CallCase):
    def _log(self, outcome, **values):
        wizards = self.env["relance.call"].with_user(self.officer)
        vals = {
            "reminder_id": self.call.id,
            "outcome": outcome,
            "note": "So.",
            "spoke_to": "Ms Martin",
            **values,
        }
        wizard = wizards.create({**vals, "confirms": False})
        return call_kw(wizard, "action_log", [wizard.ids], {})

    def test_the_next_attempt(self):
        for day in (*FAR_DAYS, days(100).isoformat()):
            with self.subTest(day), self.assertRaises(ValidationError):
                self._log("no_answer", next_attempt_on=day)
        self.assertEqual((self.call.state, self.call.call_attempts), ("approved", 0))
        self._log("no_answer", next_attempt_on=days(80).isoformat())

    def test_a_promise_by_telephone(self):
        for day in FAR_DAYS:
            with self.subTest(day), self.assertRaises(ValidationError):
                self._log("promise", date=day)
        self._log("promise", date=days(300).isoformat())

    def test_a_payment_of_long_ago(self):
        with self.assertRaises(ValidationError):
            self._log("paid", date="0001-01-01")
        self._log("paid", date=days(-300).isoformat())

    def test_a_hand_over(self):
        wizards = self.env["relance.delegation"].with_user(self.officer)
        vals = {"reminder_id": self.call.id, "user_id": self.seller.id}
        for day in FAR_DAYS:
            wizard = wizards.create({**vals, "date": day})
            with self.subTest(day), self.assertRaises(ValidationError):
                call_kw(wizard, "action_hand_over", [wizard.ids], {})
        self.assertFalse(self.debtor.relance_hold_until)

    def test_a_hand_over_goes_to_a_colleague_who_is_there(self):
        portal = self._new_user("portal", "base.group_portal")
        gone = self._new_user("gone", "relance_ar.group_relance_user")
        gone.active = False
        wizards = self.env["relance.delegation"].with_user(self.officer)
        vals = {"reminder_id": self.call.id, "date": days(7)}
        for user in (portal, gone):
            for kind in ("visit", "manager", "other"):
                wizard = wizards.create({**vals, "user_id": user.id, "kind": kind})
                with self.subTest(user=user.login), self.assertRaises(UserError):
                    call_kw(wizard, "action_hand_over", [wizard.ids], {})
        self.assertEqual(self.call.state, "approved")

    def test_the_task_on_the_customer_does_not_show_what_is_owed(self):
        wizards = self.env["relance.delegation"].with_user(self.officer)
        vals = {"reminder_id": self.call.id, "date": days(7)}
        wizards.create({**vals, "user_id": self.seller.id}).action_hand_over()
        colleague = self._new_user(
            "colleague", "base.group_user,base.group_partner_manager"
        )
        [task] = self.debtor.activity_ids.with_user(colleague).read(["summary", "note"])
        self.assertNotIn("1,000", f"{task}")

    def test_a_right_address_that_is_none(self):
        with self.assertRaisesRegex(UserError, "not-an-email"):
            self._log("wrong_contact", new_name="Ms Martin", new_email="not-an-email")
        self.assertFalse(self.debtor.child_ids)
        self._log("wrong_contact", new_name="Ms Martin", new_email="m@debtor.test")
        self.assertEqual(self.debtor.child_ids.email, "m@debtor.test")

    def test_amounts(self):
        for amount in (float("nan"), float("inf"), 1e300):
            with self.subTest(amount), self.assertRaises(ValidationError):
                self._log("promise", date=days(5).isoformat(), amount=amount)

    def test_what_a_colleague_types_is_their_own(self):
        vals = {"reminder_id": self.call.id, "outcome": "other", "note": "Mine."}
        calls = self.env["relance.call"].with_user(self.officer)
        delegations = self.env["relance.delegation"].with_user(self.officer)
        wizards = (
            calls.create(vals),
            delegations.create({"reminder_id": self.call.id, "date": days(7)}),
        )
        colleague = self._new_user("colleague", "relance_ar.group_relance_user")
        for wizard in wizards:
            theirs = wizard.with_user(colleague)
            theirs.invalidate_recordset()
            with self.subTest(wizard._name), self.assertRaises(AccessError):
                call_kw(theirs, "read", [theirs.ids, ["note"]], {})


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestWhatConfirms(FollowUpCase):
    """Only the e-mail with the invoices to the debtor, after the call, and once."""

    def _post(self, **values):
        vals = {"partner_ids": self.debtor.ids, "body": "As agreed.", **values}
        call = self.call.with_user(self.officer).with_context(relance_follow_up=True)
        return call.message_post(
            subtype_xmlid="mail.mt_comment", message_type="comment", **vals
        )

    def test_what_does_not_count(self):
        files = [("invoice.pdf", b"x")]
        self._post(attachments=files)
        self.assertFalse(self.call.followed_up_on, "before the call")
        self._log_call(self.call)
        self._post()
        self.assertFalse(self.call.followed_up_on, "without the invoices")
        call = self.call.with_user(self.officer).with_context(relance_follow_up=True)
        call.message_post(
            body="Note",
            partner_ids=self.debtor.ids,
            attachments=files,
            subtype_xmlid="mail.mt_note",
            message_type="comment",
        )
        self.assertFalse(self.call.followed_up_on, "an internal note")
        sent = self._post(attachments=files)
        self.assertEqual(self.call.followed_up_on, TODAY)
        self._post(attachments=files)
        self.assertEqual(self.call.sudo().follow_up_message_id, sent)

    def test_the_e_mail_proposed_counts(self):
        composer = self._confirmed()
        with mute_logger(PDF_LOGGER):
            composer.action_send_mail()
        self.assertEqual(self.call.followed_up_on, TODAY)


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestPromises(PromiseCase):
    def test_days_far_away(self):
        promises = self.env["relance.promise"].with_user(self.officer)
        lines = [Command.set(self.line.ids)]
        for day in FAR_DAYS:
            vals = {"move_line_ids": lines, "date": day, "amount": 100}
            with self.subTest(day), self.assertRaises(ValidationError):
                call_kw(promises, "create", [vals], {})

    def test_amounts(self):
        for amount in (float("nan"), float("inf"), 1e300):
            with self.subTest(amount), self.assertRaises(ValidationError):
                self._promise(amount=amount)

    def test_of_two_noted_together_the_last_one_stands(self):
        promises = self.env["relance.promise"].with_user(self.officer)
        lines = [Command.set(self.line.ids)]
        vals = [
            {"move_line_ids": lines, "date": days(n).isoformat(), "amount": 500}
            for n in (5, 9)
        ]
        made = promises.browse(call_kw(promises, "create", [vals], {}))
        self.assertEqual(made.mapped("state"), ["cancelled", "open"])

    def test_a_debtor_that_joins_a_group_still_promises(self):
        group = self._debtor("Group SA")
        self.debtor.write({"parent_id": group.id, "is_company": False})
        promise = self._promise(partner_id=self.debtor.id)
        self.assertEqual(promise.state, "open")

    def test_a_broken_one_is_told_to_who_can_open_it(self):
        archived = self._new_user("archived", "relance_ar.group_relance_user")
        archived.active = False
        employee = self._new_user("employee", "base.group_user")
        for stranger in (archived, employee):
            with self.subTest(stranger.login):
                promise = self._promise(user_id=stranger.id)
                self._judge(days(30))
                self.assertEqual(promise.state, "broken")
                kind = self.env.ref(BROKEN_TASK)
                task = promise.activity_ids.filtered(
                    lambda a, k=kind: a.activity_type_id == k
                )
                self.assertEqual(task.user_id, self.officer)
                promise.with_user(self.manager).cancel("Judged in a test.")

    def test_the_form_keeps_the_contact_it_comes_from(self):
        reminder = self._plan()
        for name in ("promise", "dispute"):
            action = getattr(reminder, f"action_new_{name}")()
            records = self.env[action["res_model"]].with_user(self.officer)
            form = Form(records.with_context(**action["context"]))
            if name == "promise":
                form.date = days(5)
            else:
                form.reason_id = self.env.ref("relance_ar.dispute_reason_price")
            with self.subTest(name):
                self.assertEqual(form.save().reminder_id, reminder)
