"""Penalties are asked for on what is not disputed."""

from odoo import Command
from odoo.tests import freeze_time, tagged

from .common import TODAY, days
from .test_penalties_reminders import ReminderCase


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestPenaltiesOfDisputes(ReminderCase):
    """15,000 euros, three days late: 14.98 of interest; a third of it is disputed."""

    def setUp(self):
        super().setUp()
        self.debtor = self._debtor()
        self.invoice = self._invoice(self.debtor, days(-3), 15000)
        self.line = self._lines(self.invoice)

    def _dispute(self, amount=5000):
        disputes = self.env["relance.dispute"].with_user(self.officer)
        return disputes.create(
            {
                "move_line_ids": [Command.set(self.line.ids)],
                "reason_id": self.env.ref("relance_ar.dispute_reason_price").id,
                "amount": amount,
            }
        )

    def test_the_message_and_its_claim_leave_the_disputed_part_out(self):
        self._dispute()
        reminder = self._plan()
        self.assertRecordValues(
            reminder.line_ids, [{"amount_residual": 10000, "amount_disputed": 5000}]
        )
        self.assertEqual(reminder.penalty_interest, 9.99)
        reminder.action_approve()
        with self.mail_server() as sink:
            reminder.action_send()
        text = sink.messages[0].get_body(("html",)).get_content()
        self.assertIn("9.99", text)
        self.assertNotIn("14.98", text)
        claim = reminder.claim_ids
        self.assertEqual((claim.amount_interest, claim.amount_indemnity), (9.99, 40))

    def test_a_dispute_opened_before_it_leaves_is_left_out_too(self):
        reminder = self._plan()
        self.assertEqual(reminder.penalty_interest, 14.98)
        reminder.action_approve()
        self._dispute()
        with self.mail_server():
            reminder.action_send()
        self.assertEqual(reminder.penalty_interest, 9.99)
        self.assertEqual(reminder.line_ids.amount_disputed, 5000)

    def test_the_same_rest_without_a_dispute_is_another_proposal(self):
        dispute = self._dispute()
        reminder = self._plan()
        dispute.action_cancel()
        self._register_payment(self.invoice, payment_date=TODAY, amount=5000)
        self._plan()
        self.assertRecordValues(
            reminder.line_ids, [{"amount_residual": 10000, "amount_disputed": 0}]
        )
        # Until the payment came, all of it was owed.
        self.assertEqual(reminder.penalty_interest, 14.98)

    def test_what_was_said_does_not_change_with_a_later_dispute(self):
        reminder = self._remind(TODAY)
        self._dispute()
        self.env.invalidate_all()
        self.assertEqual(reminder.penalty_interest, 14.98)
        self.assertEqual(reminder.claim_ids.amount_interest, 14.98)

    def test_claims_by_hand_and_the_statement_leave_it_out_as_well(self):
        dispute = self._dispute()
        claims = self.env["relance.penalty.claim"].with_user(self.officer)
        claim = claims.prepare(self.line.ids)
        self.assertEqual(claim.amount_interest, 9.99)
        self.assertFalse(claim._get_difference())
        # The law itself knows of no dispute.
        self.assertEqual(self.line.relance_penalty(TODAY)["interest"], 14.98)
        dispute.action_cancel()
        self.env.invalidate_all()
        self.assertIn("14.98", claim._get_difference())
        claim.sudo()._refresh(TODAY)
        self.assertEqual(claim.amount_interest, 14.98)

    def test_what_bears_no_penalties_may_be_disputed_all_the_same(self):
        self._dispute()
        self.line.sudo().date_maturity = False
        claims = self.env["relance.penalty.claim"].with_user(self.officer)
        self.assertFalse(claims.prepare(self.line.ids))

    def test_a_claim_whose_entry_is_gone_still_tells_a_difference(self):
        other = self._lines(self._invoice(self.debtor, days(-3), 15000))
        claims = self.env["relance.penalty.claim"].with_user(self.officer)
        claim = claims.prepare((self.line | other).ids)
        claim.sudo().line_ids[1].move_line_id = False
        self.assertIn("14.98", claim._get_difference())

    def test_the_indemnity_is_not_asked_for_a_debt_wholly_disputed(self):
        self._dispute(15000)
        claims = self.env["relance.penalty.claim"].with_user(self.officer)
        self.assertFalse(claims.prepare(self.line.ids))
        self.assertFalse(self._plan())
