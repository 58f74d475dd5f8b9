"""Calls: no end without an outcome, and what was agreed is confirmed in writing."""

from odoo.exceptions import AccessError, RedirectWarning, UserError
from odoo.service.model import call_kw
from odoo.tests import Form, freeze_time, tagged
from odoo.tools import mute_logger

from .common import TODAY, RelanceCase, days
from .test_dispatch import PDF_LOGGER


class CallCase(RelanceCase):
    """An approved call to a debtor without e-mail."""

    offset, amount = -3, 1000.0

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.seller = cls._new_user("seller", "relance_ar.group_relance_dispute")
        cls.debtor = cls._debtor(email=False)
        cls.invoice = cls._invoice(cls.debtor, days(cls.offset), cls.amount)
        cls.invoice.invoice_user_id = cls.seller
        cls.line = cls._lines(cls.invoice)

    def setUp(self):
        super().setUp()
        self.call = self._plan()
        self.call.action_approve()
        self.assertEqual((self.call.channel, self.call.state), ("phone", "approved"))

    def _compose(self, action, **values):
        composers = self.env["mail.compose.message"].with_user(self.officer)
        return composers.with_context(**action["context"]).create(values)


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestOutcome(CallCase):
    def test_no_door_ends_a_call_without_an_outcome(self):
        todo = self.call.activity_ids.with_user(self.officer)
        for records, method in (
            (todo, "action_feedback"),
            (todo, "action_done"),
            (todo, "action_feedback_schedule_next"),
            (self.call, "action_done"),
        ):
            with self.subTest(method), self.assertRaises(RedirectWarning) as caught:
                call_kw(records, method, [records.ids], {})
            action = caught.exception.args[1]
            self.assertEqual(action["res_model"], "relance.call")
            self.assertEqual(action["context"], {"default_reminder_id": self.call.id})
        self.assertTrue(todo.active)
        self.assertRecordValues(self.call, [{"state": "approved", "date_done": False}])
        with self.assertRaises(AccessError):
            call_kw(self.call, "write", [self.call.ids, {"call_outcome": "other"}], {})

    def test_several_at_once_are_named(self):
        self._invoice(self._debtor("Other SAS", email=False), days(-3))
        other = self._plan()
        other.action_approve()
        with self.assertRaisesRegex(UserError, other.reference):
            (self.call + other).action_done()

    def test_a_promise_comes_out_of_it_in_one_go(self):
        self._log_call(
            self.call, "promise", date=days(5), amount=400.0, spoke_to="Ms Martin"
        )
        self.assertRecordValues(
            self.call.promise_ids,
            [
                {
                    "date": days(5),
                    "amount": 400.0,
                    "source": "call",
                    "promised_by": "Ms Martin",
                    "move_line_ids": self.line.ids,
                    "state": "open",
                }
            ],
        )
        self.assertRecordValues(
            self.call,
            [
                {
                    "state": "done",
                    "date_done": TODAY,
                    "call_outcome": "promise",
                    "call_spoke_to": "Ms Martin",
                    "call_attempts": 1,
                }
            ],
        )
        self.assertFalse(self.call.activity_ids)
        bodies = " ".join(self.call.message_ids.mapped("body"))
        self.assertIn("Ms Martin", bodies)

    def test_the_form_proposes_what_the_reminder_lists(self):
        action = self.call.with_user(self.officer).action_log_call()
        calls = self.env["relance.call"].with_user(self.officer)
        form = Form(calls.with_context(**action["context"]))
        self.assertFalse(form.spoke_to)  # a company does not answer the telephone
        form.spoke_to = "Ms Martin"
        form.late_outcome = "promise"
        self.assertEqual(form.amount, 1000.0)
        form.date = days(4)
        form.save().action_log()
        self.assertEqual(self.call.promise_ids.amount, 1000.0)

    def test_a_dispute_comes_out_of_it_and_the_salesperson_is_asked(self):
        reason = self.env.ref("relance_ar.dispute_reason_quantity")
        self._log_call(
            self.call,
            "dispute",
            reason_id=reason.id,
            amount=150.0,
            note="Three chairs are missing.",
            asked="Were they on the lorry?",
        )
        dispute = self.call.dispute_ids
        self.assertRecordValues(
            dispute,
            [
                {
                    "amount": 150.0,
                    "user_id": self.seller.id,
                    "officer_id": self.officer.id,
                    "description": "Three chairs are missing.",
                    "asked": "Were they on the lorry?",
                }
            ],
        )
        self.assertEqual(dispute.activity_ids.user_id, self.seller)
        with freeze_time(days(20)):
            self.assertEqual(self._plan(days(20)).amount_net, 850.0)

    def test_already_paid_they_say_waits_for_the_bank(self):
        self._log_call(self.call, "paid", date=days(-1))
        self.assertFalse(self.call.promise_ids)
        self.assertFalse(self._plan(days(3)))
        with freeze_time(days(4)):
            hold = self.env["relance.line.hold"].search(
                [("move_line_id", "=", self.line.id)]
            )
            self.assertIn("03/17/2026", hold.reason)
            self.assertFalse(hold.is_running)

    def test_nothing_was_paid_on_a_day_to_come(self):
        with self.assertRaisesRegex(UserError, "promise"):
            self._log_call(self.call, "paid", date=days(1))
        self.assertFalse(self.call.promise_ids)

    def test_the_disputed_part_is_neither_promised_nor_disputed_again(self):
        line = self.call.line_ids.move_line_id
        reason = self.env.ref("relance_ar.dispute_reason_price")
        disputes = self.env["relance.dispute"].with_user(self.officer)
        values = {"move_line_ids": line.ids, "reason_id": reason.id}
        disputes.create({**values, "amount": 200.0})
        self._log_call(self.call, "dispute", reason_id=reason.id)
        self.assertEqual(self.call.dispute_ids.amount, 800.0)

    def test_a_wrong_contact_is_put_right_and_called_again(self):
        self._log_call(
            self.call,
            "wrong_contact",
            new_name="Ms Durand",
            new_phone="+33 1 99 00 55 55",
            next_attempt_on=days(2),
        )
        person = self.call.contact_id
        self.assertRecordValues(
            person,
            [
                {
                    "name": "Ms Durand",
                    "phone": "+33 1 99 00 55 55",
                    "parent_id": self.debtor.id,
                    "relance_role": "accounts_payable",
                }
            ],
        )
        self.assertRecordValues(
            self.call,
            [{"state": "approved", "call_attempts": 1, "date_planned": days(2)}],
        )
        task = self.call.activity_ids
        self.assertEqual(task.date_deadline, days(2))
        self.assertIn("Ms Durand", task.note)
        self.assertIn("+33 1 99 00 55 55", task.note)
        self.assertNotIn("+33 1 99 00 12 34", task.note)

    def test_a_number_put_right_is_on_the_task(self):
        self._log_call(self.call, "wrong_contact", new_phone="+33 1 99 00 66 66")
        self.assertIn("+33 1 99 00 66 66", self.call.activity_ids.note)

    def test_a_payment_is_seen_on_the_task(self):
        task = self.call.activity_ids
        self.assertIn("1,000.00", task.summary)
        self._register_payment(self.invoice, amount=300)
        self._plan()
        self.assertIn("700.00", task.summary)
        self.assertIn("700.00", task.note)

    def test_a_wrong_contact_without_a_better_one_is_to_be_repaired(self):
        self._log_call(self.call, "wrong_contact")
        kinds = self.call.activity_ids.activity_type_id
        repair = self.env.ref("relance_ar.mail_activity_type_repair")
        self.assertIn(repair, kinds)

    def test_without_an_answer_it_is_tried_again_on_a_working_day(self):
        friday = days(2)
        with freeze_time(friday):
            self._log_call(self.call, "no_answer")
        self.assertRecordValues(
            self.call,
            [{"state": "approved", "call_attempts": 1, "call_outcome": False}],
        )
        # Monday.
        self.assertEqual(self.call.activity_ids.date_deadline, days(5))
        with freeze_time(days(5)):
            self._log_call(self.call)
        self.assertEqual(self.call.call_attempts, 2)

    def test_what_is_missing_is_asked_for_and_nothing_is_kept(self):
        for outcome, values in (
            ("promise", {"date": False}),
            ("promise", {"date": days(-1)}),
            ("promise", {"date": days(3), "amount": 2000.0}),
            ("dispute", {}),
            ("other", {"note": False}),
            ("informed", {"bill_received": "yes"}),  # in preventive calls only
            ("other", {"spoke_to": False}),
            ("paid", {"amount": 1000.01}),
            ("no_answer", {"next_attempt_on": days(-1)}),
        ):
            with self.subTest(outcome, **values), self.assertRaises(UserError):
                self._log_call(self.call, outcome, **values)
        self.assertEqual(self.call.state, "approved")
        self.assertFalse(self.call.promise_ids + self.call.promise_ids)

    def test_a_call_is_logged_once(self):
        self._log_call(self.call)
        with self.assertRaises(UserError):
            self._log_call(self.call)

    def test_who_is_no_officer_logs_nothing(self):
        calls = self.env["relance.call"].with_user(self.seller)
        with self.assertRaises(AccessError):
            calls.create({"reminder_id": self.call.id, "outcome": "other"})


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestInWriting(CallCase):
    def _unwritten(self):
        reminders = self.reminders
        return reminders.search(reminders._get_unwritten_calls_domain())

    def test_the_confirmation_carries_the_invoices_and_what_was_said(self):
        self.debtor.email = "debtor@debtor.test"
        with mute_logger(PDF_LOGGER):
            action = self._log_call(
                self.call, "promise", date=days(5), amount=400.0, confirms=True
            )
            self.assertEqual(self._unwritten(), self.call)
            composer = self._compose(action)
            self.assertEqual(composer.partner_ids, self.debtor)
            self.assertIn("400.00", composer.body)
            self.assertIn("03/23/2026", composer.body)
            self.assertEqual(len(composer.attachment_ids), 1)
            composer.body += "<p>With my thanks.</p>"
            with self.mail_server() as sink:
                composer.action_send_mail()
                self.env["mail.mail"].sudo().process_email_queue()
        [message] = sink.to("debtor@debtor.test")
        self.assertIn("With my thanks.", message.get_body(("html",)).get_content())
        self.assertEqual(len(list(message.iter_attachments())), 1)
        self.assertEqual(self.call.followed_up_on, TODAY)
        self.assertFalse(self._unwritten())

    def test_an_internal_note_is_no_confirmation(self):
        self._log_call(self.call)
        self.call.message_post(body="Nice people.")
        self.assertEqual(self._unwritten(), self.call)


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestPreventive(CallCase):
    offset, amount = 5, 6000.0

    def test_the_answer_is_kept_in_its_own_fields(self):
        self.assertEqual(self.call.phase, "preventive")
        self._log_call(
            self.call,
            "informed",
            bill_received="yes",
            bill_registered="yes",
            bill_approved="no",
            bill_approved_by="Mr Roux",
            payment_run_on=days(9),
            obstacle="The order number is missing.",
        )
        self.assertRecordValues(
            self.call,
            [
                {
                    "state": "done",
                    "bill_received": "yes",
                    "bill_registered": "yes",
                    "bill_approved": "no",
                    "bill_approved_by": "Mr Roux",
                    "payment_run_on": days(9),
                    "obstacle": "The order number is missing.",
                }
            ],
        )

    def _task(self, **answers):
        self._log_call(self.call, "informed", bill_received="yes", **answers)
        own_side = self.env.ref("relance_ar.mail_activity_type_own_side")
        return self.call.activity_ids.filtered(lambda a: a.activity_type_id == own_side)

    def test_what_is_not_approved_is_seen_to(self):
        self.assertIn("not approved", self._task(bill_approved="no").summary)

    def test_a_payment_after_the_due_date_is_seen_to(self):
        self.assertIn("after the due date", self._task(payment_run_on=days(6)).summary)

    def test_a_payment_in_time_asks_for_nothing(self):
        task = self._task(payment_run_on=days(5), bill_approved="yes")
        self.assertFalse(task)

    def test_a_payment_run_that_is_past_is_none(self):
        with self.assertRaises(UserError):
            self._task(payment_run_on=days(-1))

    def test_only_preventive_calls_offer_their_answer(self):
        calls = self.env["relance.call"].with_user(self.officer)
        form = Form(calls.with_context(default_reminder_id=self.call.id))
        form.outcome = "informed"
        offered = dict(calls._fields["late_outcome"].selection)
        self.assertNotIn("informed", offered)

    def test_whether_it_was_received_is_the_least(self):
        with self.assertRaises(UserError):
            self._log_call(self.call, "informed")


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestHandOver(CallCase):
    def _hand_over(self, kind, user, day=None, **values):
        wizards = self.env["relance.delegation"].with_user(self.officer)
        vals = {"reminder_id": self.call.id, "kind": kind, "user_id": user.id}
        vals["date"] = day or days(7)
        return wizards.create({**vals, **values}).action_hand_over()

    def test_a_manager_takes_over_until_a_day(self):
        wizard = self.env["relance.delegation"].with_user(self.officer)
        wizard = wizard.create(
            {"reminder_id": self.call.id, "kind": "manager", "date": days(7)}
        )
        self.assertTrue(
            wizard.user_id.has_group("relance_ar.group_relance_manager"),
        )
        self._hand_over("manager", self.manager, note="They know each other.")
        self.assertRecordValues(
            self.debtor.activity_ids,
            [{"user_id": self.manager.id, "date_deadline": days(7)}],
        )
        self.assertEqual(self.call.state, "cancelled")
        self.assertEqual(self.debtor.relance_hold_until, days(7))
        self.assertIn("They know each other.", self.debtor.relance_hold_reason)
        self.assertFalse(self._plan(days(1)))
        self.assertTrue(self._plan(days(8)))

    def test_someone_without_our_rights_finds_the_task_on_the_customer(self):
        self._hand_over("other", self.seller)
        task = self.debtor.activity_ids.with_user(self.seller)
        task.action_feedback("I saw the owner.")
        self.assertFalse(task.active)

    def test_a_visit_has_a_date_and_an_owner_and_an_outcome(self):
        self._hand_over("visit", self.manager)
        self.assertRecordValues(
            self.call,
            [
                {
                    "channel": "visit",
                    "user_id": self.manager.id,
                    "date_planned": days(7),
                    "state": "approved",
                }
            ],
        )
        visit = self.call.activity_ids
        self.assertRecordValues(
            visit, [{"user_id": self.manager.id, "date_deadline": days(7)}]
        )
        with self.assertRaises(UserError):  # its day has not come
            self._log_call(self.call, "promise", date=days(9))
        with freeze_time(days(7)):
            with self.assertRaises(RedirectWarning):
                visit.with_user(self.manager).action_feedback()
            self._log_call(self.call, "promise", date=days(9))
        self.assertEqual(self.call.promise_ids.source, "visit")

    def test_a_visit_on_a_proposal_is_decided_and_stays(self):
        self._invoice(self._debtor("Other SAS", email=False), days(-3))
        self.call = self._plan().filtered(lambda r: r.partner_id.name == "Other SAS")
        self.assertEqual(self.call.state, "proposed")
        self._hand_over("visit", self.manager, days(2))
        visit = {
            "channel": "visit",
            "user_id": self.manager.id,
            "date_planned": days(2),
            "state": "approved",
        }
        for offset in (0, 1):
            with freeze_time(days(offset)):
                if offset:
                    with self.enter_registry_test_mode():
                        cron = self.env.ref("relance_ar.ir_cron_daily_run")
                        cron.method_direct_trigger()
                    self.env.invalidate_all()
                self.assertRecordValues(self.call, [visit])
                self.assertRecordValues(
                    self.call.activity_ids,
                    [{"user_id": self.manager.id, "date_deadline": days(2)}],
                )

    def test_a_visit_waits_until_our_side_is_in_order(self):
        self.call.sudo().write(
            {
                "state": "held",
                "preflight": [
                    {
                        "line": self.line.id,
                        "number": self.invoice.name,
                        "code": "unsent",
                        "severity": "blocking",
                        "params": {},
                    }
                ],
            }
        )
        with self.assertRaises(UserError):
            self._hand_over("visit", self.manager, days(2))

    def test_neither_a_past_day_nor_a_call_that_is_over(self):
        with self.assertRaises(UserError):
            self._hand_over("other", self.seller, days(-1))
        with self.assertRaises(UserError):
            self._hand_over("visit", self.seller)
        self._log_call(self.call)
        with self.assertRaises(UserError):
            self._hand_over("other", self.seller)
