"""What a call brings to light is confirmed as it is, to whom it concerns."""

from odoo.exceptions import UserError
from odoo.tests import freeze_time, tagged
from odoo.tools import mute_logger

from .common import BOUNCE, TODAY, days
from .test_call import CallCase
from .test_dispatch import PDF_LOGGER


class FollowUpCase(CallCase):
    def setUp(self):
        super().setUp()
        self.debtor.email = "debtor@debtor.test"

    def _price(self):
        return self.env.ref("relance_ar.dispute_reason_price").id

    def _confirmed(self, outcome="other", **values):
        """Log a call and return the e-mail that is proposed."""
        action = self._log_call(self.call, outcome, confirms=True, **values)
        with mute_logger(PDF_LOGGER):
            return self._compose(action)

    def _send(self, composer):
        with mute_logger(PDF_LOGGER), self.mail_server() as sink:
            composer.action_send_mail()
            self.env["mail.mail"].sudo().process_email_queue()
        return sink


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestWhatIsConfirmed(FollowUpCase):
    def test_a_dispute_leaves_its_part_out_of_the_table_and_of_the_claim(self):
        self.call.level_id.sudo().claim_penalties = True
        self.assertIn("1,000.00", self.call.lines_table)
        composer = self._confirmed("dispute", reason_id=self._price(), amount=200.0)
        self.assertRecordValues(
            self.call.line_ids, [{"amount_residual": 800.0, "amount_disputed": 200.0}]
        )
        self.assertEqual(self.call.amount_net, 800.0)
        self.assertIn("800.00", composer.body)
        self.assertIn("that you dispute", composer.body)
        self.assertNotIn("1,000.00", composer.body)
        claim = self.call.claim_ids
        self.assertEqual(sum(claim.line_ids.segment_ids.mapped("base")), 800.0)

    def test_what_is_wholly_disputed_is_not_asked_for(self):
        composer = self._confirmed("dispute", reason_id=self._price(), amount=1000.0)
        self.assertRecordValues(
            self.call, [{"state": "done", "amount_net": 0.0, "date_done": TODAY}]
        )
        self.assertIn("You contest", composer.body)
        self.assertNotIn("Total to pay", composer.body)

    def test_already_paid_is_no_promise_and_asks_for_the_reference(self):
        composer = self._confirmed("paid", date=days(-2), amount=1000.0)
        self.assertFalse(self.call.promise_ids)
        self.assertRecordValues(
            self.call, [{"call_amount": 1000.0, "call_paid_on": days(-2)}]
        )
        self.assertIn("03/16/2026", composer.body)
        self.assertIn("its reference", composer.body)
        self.assertNotIn("would be paid", composer.body)
        hold = self.env["relance.line.hold"].search(
            [("move_line_id", "=", self.line.id)]
        )
        self.assertRecordValues(hold, [{"date_until": days(3), "active": True}])
        self.assertIn("03/16/2026", hold.reason)

    def test_a_longer_hold_stays_and_a_day_to_come_is_refused(self):
        holds = self.env["relance.line.hold"].with_user(self.manager)
        hold = holds._hold(self.line, "They sue us.", days(60))
        with self.assertRaises(UserError):
            self._log_call(self.call, "paid", date=days(1))
        self._log_call(self.call, "paid")
        self.assertRecordValues(hold, [{"date_until": days(60), "active": True}])

    def test_what_was_not_received_goes_out_in_any_case(self):
        action = self._log_call(self.call, "not_received", confirms=False)
        self.assertEqual(action["res_model"], "mail.compose.message")
        # And if the e-mail is discarded, it is still to be done.
        task = self.call.activity_ids
        self.assertRecordValues(task, [{"user_id": self.officer.id}])
        self.assertIn("send it again", task.summary)
        with mute_logger(PDF_LOGGER):
            composer = self._compose(action)
        self._send(composer)
        self.assertFalse(self.call.activity_ids)

    def test_a_reminder_names_itself_in_what_it_opens(self):
        for method in ("action_new_dispute", "action_new_promise"):
            context = getattr(self.call, method)()["context"]
            self.assertEqual(context["default_reminder_id"], self.call.id)


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestWhetherItArrives(FollowUpCase):
    def test_written_to_a_colleague_only_it_is_no_confirmation(self):
        composer = self._confirmed()
        composer.partner_ids = self.seller.partner_id
        self._send(composer)
        self.assertFalse(self.call.followed_up_on)

    def test_one_that_comes_back_confirms_nothing(self):
        sink = self._send(self._confirmed())
        self.assertEqual(self.call.followed_up_on, TODAY)
        [message] = sink.to("debtor@debtor.test")
        bounce = BOUNCE.format(status="5.1.1", id=message["Message-Id"])
        self.env["mail.thread"].message_process(None, bounce)
        self.env.invalidate_all()
        self.assertFalse(self.call.followed_up_on)
        repair = self.env.ref("relance_ar.mail_activity_type_repair")
        self.assertIn(repair, self.call.activity_ids.activity_type_id)
        self.assertEqual(self.call.state, "done")  # they were spoken to

    def test_one_that_the_server_refuses_confirms_nothing(self):
        composer = self._confirmed()
        with (
            mute_logger(PDF_LOGGER, "odoo.addons.mail.models.mail_mail"),
            self.mail_server() as sink,
        ):
            sink.refused["debtor@debtor.test"] = "550 5.1.1 nobody here"
            composer.action_send_mail()
            self.env["mail.mail"].sudo().process_email_queue()
        self.assertFalse(sink.messages)
        self.env.invalidate_all()
        self.assertFalse(self.call.followed_up_on)

    def test_without_an_address_it_is_a_letter(self):
        self.debtor.email = False
        action = self._log_call(self.call, confirms=True)
        self.assertEqual(action["type"], "ir.actions.report")
        html, _kind = self.env["ir.actions.report"]._render_qweb_html(
            action["report_name"], self.call.ids
        )
        self.assertIn("thank you for our conversation", html.decode())
        self.assertFalse(self.call.followed_up_on)
        self.assertEqual(self.call.action_confirmation_posted(), self.call)
        self.assertEqual(self.call.followed_up_on, TODAY)
        self.assertFalse(self.call.action_confirmation_posted())


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestRightPerson(FollowUpCase):
    def test_who_was_reached_by_mistake_stays_who_they_are(self):
        known = self.env["res.partner"].create(
            {
                "name": "Ms Martin",
                "function": "CFO",
                "email": "martin@debtor.test",
                "phone": "+33 1 99 00 11 11",
                "parent_id": self.debtor.id,
            }
        )
        self.call.contact_id = known
        self._log_call(self.call, "wrong_contact", new_name="Mr Durand")
        self.assertRecordValues(
            known, [{"name": "Ms Martin", "email": "martin@debtor.test"}]
        )
        self.assertNotEqual(self.call.contact_id, known)
        self.assertEqual(self.call.contact_id.name, "Mr Durand")


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestPreventiveTask(FollowUpCase):
    offset, amount = 5, 6000.0

    def test_an_invoice_that_did_not_arrive_is_to_be_sent_again(self):
        self._log_call(self.call, "informed", bill_received="no")
        task = self.call.activity_ids
        self.assertRecordValues(task, [{"user_id": self.officer.id}])
        self.assertIn("has not received the invoice", task.summary)
