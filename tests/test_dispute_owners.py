"""Disputes never lose who has to act: owners, concluders, and what they may write."""

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.service.model import call_kw
from odoo.tests import freeze_time, tagged

from .common import TODAY, days
from .test_dispute import DisputeCase


class AnsweredCase(DisputeCase):
    def setUp(self):
        super().setUp()
        self.dispute = self._dispute()

    def _answer(self):
        mine = self.dispute.with_user(self.seller)
        mine.answer = "The price is right."
        mine.action_confirm_debt()
        self.assertEqual(self._to_conclude().user_id, self.officer)

    def _to_conclude(self):
        return self._tasks(self.dispute, "dispute_conclude")


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestConcluding(AnsweredCase):
    def test_an_answer_that_nobody_concludes_goes_up(self):
        self._answer()
        manager = self.company._get_relance_officers().filtered(
            lambda u: u.has_group("relance_ar.group_relance_manager")
        )[:1]
        # Two working days from Wednesday: Friday.
        for offset, who in ((2, self.officer), (5, manager)):
            with freeze_time(days(offset)), self.subTest(offset):
                self._run_cron("disputes")
                self.assertEqual(self._to_conclude().user_id, who)
        with freeze_time(days(8)):
            self._run_cron("disputes")
            self.assertEqual(self._to_conclude().user_id, self.director)
            self.assertIn(
                self.dispute, self.dispute.with_user(self.director).search([])
            )
            self.assertEqual(self.dispute.state, "open")

    def test_an_archived_officer_is_replaced_and_their_task_moves(self):
        self._answer()
        self.company.relance_user_id = self.manager
        self.officer.sudo().active = False
        self._run_cron("disputes")
        self.assertEqual(self.dispute.sudo().officer_id, self.manager)
        self.assertEqual(self._to_conclude().sudo().user_id, self.manager)

    def test_an_archived_director_is_replaced(self):
        self.dispute.action_escalate()
        self.assertEqual(self.dispute.escalated_to_id, self.director)
        self.director.sudo().active = False
        self._run_cron("disputes")
        self.assertEqual(self.dispute.escalated_to_id, self.officer)
        self.assertEqual(self._tasks(self.dispute).user_id, self.officer)

    def test_the_officer_asks_again(self):
        with self.assertRaises(UserError):
            self.dispute.action_ask_again()
        self._answer()
        with self.assertRaises(AccessError):
            self.dispute.with_user(self.seller).action_ask_again()
        self.assertEqual(self.dispute.action_ask_again(), self.dispute)
        self.assertRecordValues(
            self.dispute,
            [{"answered_on": False, "proposal": False, "state": "open"}],
        )
        self.assertFalse(self._to_conclude())
        self.assertEqual(self._tasks(self.dispute).user_id, self.seller)
        with freeze_time(days(6)):
            self._run_cron("disputes")
        self.assertEqual(self.dispute.escalated_to_id, self.director)

    def test_a_new_owner_of_an_answered_one_is_asked(self):
        self._answer()
        self.dispute.user_id = self.manager
        self.assertEqual(self._tasks(self.dispute).user_id, self.manager)
        self.assertFalse(self.dispute.answered_on)

    def test_an_owner_who_leaves_after_the_answer_asks_nothing_again(self):
        self._answer()
        self.seller.sudo().active = False
        self._run_cron("disputes")
        self.assertEqual(self.dispute.user_id, self.officer)
        self.assertEqual(self.dispute.answered_on, TODAY)
        self.assertTrue(self._to_conclude())


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestWriting(AnsweredCase):
    def test_what_is_over_is_not_rewritten(self):
        self._conclude(self.dispute, "confirmed", words="No.")
        for user, vals in (
            (self.seller, {"answer": "Rewritten."}),
            (self.officer, {"amount": 10.0}),
            (self.officer, {"user_id": self.officer.id}),
            (self.officer, {"deadline": days(30)}),
            (self.officer, {"reason_id": self.price.id}),
        ):
            mine = self.dispute.with_user(user)
            with self.subTest(vals), self.assertRaises(UserError):
                call_kw(mine, "write", [mine.ids, vals], {})

    def test_one_is_lowered_though_an_invoice_is_paid(self):
        other = self._invoice(self.debtor, days(-9))
        lines = self.line + self._lines(other)
        dispute = self._dispute(300, move_line_ids=[(6, 0, lines.ids)])
        self._register_payment(other)
        dispute.amount = 100
        self.assertEqual(dispute.amount, 100)
        for amount in (0, 5000):
            with self.subTest(amount), self.assertRaises(ValidationError):
                dispute.amount = amount

    def test_neither_a_deadline_in_the_past_nor_an_owner_without_rights(self):
        nobody = self._new_user("nobody", "base.group_user")
        for vals in ({"deadline": days(-1)}, {"user_id": nobody.id}):
            with self.subTest(vals), self.assertRaises(ValidationError):
                self._dispute(10, **vals)
            with self.subTest(vals), self.assertRaises(ValidationError):
                self.dispute.write(vals)
        with self.assertRaises(ValidationError):
            self.price.write({"owner_rule": "person", "user_id": nobody.id})
        domain = self.dispute.fields_get(["user_id"])["user_id"]["domain"]
        found = self.env["res.users"].search(domain)
        self.assertIn(self.seller, found)
        self.assertNotIn(nobody, found)

    def test_what_is_escalated_early_does_not_say_it_is_late(self):
        self.dispute.action_escalate()
        bodies = " ".join(self.dispute.message_ids.mapped("body"))
        self.assertNotIn("Not answered by", bodies)
        self.assertIn("Before its deadline", bodies)

    def test_a_task_that_moves_says_what_is_disputed_now(self):
        self.dispute.amount = 450
        self.dispute.deadline = days(9)
        self.assertIn("450.00", self._tasks(self.dispute).summary)
