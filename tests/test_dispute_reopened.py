"""What settled a dispute may be undone: then it is open again, and somebody is told."""

from odoo.tests import freeze_time, tagged

from .common import TODAY, days
from .test_dispute_credits import CreditCase


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestPaid(CreditCase):
    def _paid(self):
        dispute = self._dispute(200)
        payment = self._register_payment(self.invoice)
        self._run_cron("disputes")
        self.assertEqual((dispute.state, dispute.outcome), ("resolved", "paid"))
        return dispute, payment

    def test_a_payment_that_is_undone_opens_it_again(self):
        dispute, _payment = self._paid()
        self.line.remove_move_reconcile()
        with freeze_time(days(10)):
            self._run_cron("disputes")
            self.assertRecordValues(
                dispute,
                [{"state": "open", "outcome": False, "resolved_on": False}],
            )
            self.assertEqual(self._tasks(dispute).user_id, self.seller)
            self.assertEqual(self._parts(), 200.0)
            self._run_cron("disputes")
            self.assertEqual(dispute.state, "open")

    def test_one_that_was_answered_goes_to_who_concludes(self):
        dispute = self._dispute(200)
        dispute.with_user(self.seller).answer = "The price is right."
        dispute.with_user(self.seller).action_confirm_debt()
        self._register_payment(self.invoice)
        self._run_cron("disputes")
        self.line.remove_move_reconcile()
        self._run_cron("disputes")
        self.assertEqual(dispute.state, "open")
        self.assertEqual(self._tasks(dispute, "dispute_conclude").user_id, self.officer)

    def test_it_stays_settled_while_the_payment_stands(self):
        dispute, _payment = self._paid()
        self._run_cron("disputes")
        self.assertEqual(dispute.state, "resolved")

    def test_what_was_paid_says_nothing_of_who_was_right(self):
        self._paid()
        evidence = self.env["relance.payer.evidence"]
        found = evidence._load_agreements(self.debtor.ids, self.company)
        self.assertFalse(found[self.debtor.id]["disputes_rejected"])

    def test_owner_and_officer_are_told_of_it(self):
        dispute, _payment = self._paid()
        told = dispute.message_ids.filtered(lambda m: "Nothing is open" in m.body)
        self.assertEqual(
            told.notified_partner_ids, (self.seller | self.officer).partner_id
        )


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestCreditGone(CreditCase):
    def _settled(self):
        dispute = self._dispute(200)
        self._conclude(dispute, "credited")
        self.assertEqual(dispute.state, "resolved")
        return dispute, dispute.credit_move_ids.with_env(self.env)

    def _assert_reopened(self, dispute):
        self.env.invalidate_all()
        self.assertRecordValues(
            dispute, [{"state": "open", "outcome": False, "amount_upheld": 0.0}]
        )
        task = self._tasks(dispute, "dispute_conclude")
        self.assertEqual(task.user_id, self.officer)
        self.assertIn("credit notes", task.note)
        self.assertEqual(self._parts(), 200.0)

    def test_a_draft_that_is_deleted_opens_it_again(self):
        dispute, note = self._settled()
        note.unlink()
        self._assert_reopened(dispute)
        self._conclude(dispute, "credited")
        self.assertEqual(dispute.credit_move_ids.amount_total, 200.0)

    def test_a_note_that_is_cancelled_does_so(self):
        dispute, note = self._settled()
        note.action_post()
        self._run_cron("disputes")
        self.assertEqual(dispute.state, "resolved")
        note.button_draft()
        self._run_cron("disputes")
        self.assertEqual(dispute.state, "resolved")  # it waits
        note.button_cancel()
        self._assert_reopened(dispute)

    def test_a_note_made_smaller_does_so_at_night(self):
        dispute, note = self._settled()
        note.invoice_line_ids.price_unit = 120
        self._run_cron("disputes")
        self._assert_reopened(dispute)
        self._conclude(dispute, "credited")  # the first one still counts
        self.assertEqual(sum(dispute.credit_move_ids.mapped("amount_total")), 200.0)

    def test_a_note_made_elsewhere_that_is_not_matched_any_more(self):
        dispute = self._dispute(200)
        self._credit(200)
        self._run_cron("disputes")
        self.assertEqual((dispute.state, dispute.outcome), ("resolved", "credited"))
        self._run_cron("disputes")
        self.assertEqual(dispute.state, "resolved")
        self.line.remove_move_reconcile()
        self._run_cron("disputes")
        self._assert_reopened(dispute)
