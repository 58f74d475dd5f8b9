"""What a dispute waits for stays on somebody's list until it is done."""

from odoo.exceptions import RedirectWarning, UserError
from odoo.service.model import call_kw
from odoo.tests import freeze_time, tagged

from .common import TODAY, days
from .test_dispute_owners import AnsweredCase


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestTasks(AnsweredCase):
    def _assert_stays(self, task, user, model):
        mine = task.with_user(user)
        for method in ("action_done", "action_feedback"):
            with self.subTest(method), self.assertRaises(RedirectWarning) as caught:
                call_kw(mine, method, [mine.ids], {})
            self.assertEqual(caught.exception.args[1]["res_model"], model)
        for method in ("action_cancel", "unlink"):
            with self.subTest(method), self.assertRaises(UserError):
                call_kw(mine, method, [mine.ids], {})
        kind = self.env.ref("mail.mail_activity_data_todo")
        with self.assertRaises(UserError):
            call_kw(mine, "write", [mine.ids, {"activity_type_id": kind.id}], {})
        self.assertTrue(task.exists() and task.active)

    def test_an_answer_ends_its_task_and_nothing_else(self):
        task = self._tasks(self.dispute)
        self._assert_stays(task, self.seller, "relance.dispute")
        self._answer()
        self.assertFalse(self._tasks(self.dispute))

    def test_a_conclusion_ends_its_task_and_nothing_else(self):
        self._answer()
        self._assert_stays(
            self._to_conclude(), self.officer, "relance.dispute.conclude"
        )
        self._conclude(self.dispute, "confirmed")
        self.assertFalse(self.dispute.activity_ids)

    def test_other_tasks_end_as_usual(self):
        task = self.dispute.activity_schedule(
            "mail.mail_activity_data_todo", user_id=self.seller.id
        )
        task.with_user(self.seller).action_feedback()
        self.assertFalse(task.active)

    def test_one_that_vanished_all_the_same_is_given_back(self):
        self.dispute.sudo().activity_ids.unlink()
        self._run_cron("disputes")
        self.assertEqual(self._tasks(self.dispute).user_id, self.seller)
        self._answer()
        self._to_conclude().sudo().unlink()
        self._run_cron("disputes")
        self.assertEqual(self._to_conclude().user_id, self.officer)

    def test_the_director_is_asked_again_and_again(self):
        for offset, due in ((6, 8), (8, 8), (9, 13), (13, 13), (14, 16)):
            with freeze_time(days(offset)), self.subTest(offset):
                self._run_cron("disputes")
                self.assertRecordValues(
                    self._tasks(self.dispute),
                    [{"user_id": self.director.id, "date_deadline": days(due)}],
                )
        self.assertEqual(self.dispute.escalation, "director")

    def test_another_amount_is_on_the_task(self):
        self.dispute.amount = 450
        self.assertIn("450.00", self._tasks(self.dispute).summary)

    def test_the_credit_proposed_is_what_is_disputed(self):
        self.assertEqual(self.dispute.amount_proposed, 200.0)
        self.dispute.amount = 450
        self.assertEqual(self.dispute.amount_proposed, 450.0)
        self.dispute.with_user(self.seller).amount_proposed = 100
        self.dispute.with_user(self.seller).answer = "A part."
        self.dispute.with_user(self.seller).action_propose_credit()
        self.assertEqual(self.dispute.amount_proposed, 100.0)
        self.dispute.action_ask_again()
        self.assertEqual(self.dispute.amount_proposed, 450.0)

    def test_the_analysis_is_of_what_is_resolved(self):
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "relance_ar.relance_dispute_action_analysis"
        )
        self.assertEqual(action["domain"], '[("state", "=", "resolved")]')

    def test_a_night_of_many_costs_few_queries_each(self):
        self._escalated(1)
        few = self._escalated(2)
        many = self._escalated(12)
        self.assertLess((many - few) / 10, 19)

    def _escalated(self, count):
        """Return the queries that it takes to escalate some disputes at night."""
        self.env["relance.dispute"].search([])._move("_close", "cancelled", "withdrawn")
        made = self.dispute.browse()
        for _i in range(count):
            made += self._dispute(10)
        self.env.flush_all()
        self.env.invalidate_all()
        with freeze_time(days(6)):
            before = self.env.cr.sql_log_count
            made.sudo()._escalate(days(6))
            self.env.flush_all()
            spent = self.env.cr.sql_log_count - before
        self.assertEqual(set(made.mapped("state")), {"escalated"})
        return spent


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestSeveralSellers(AnsweredCase):
    def test_the_other_salesperson_follows_and_is_told(self):
        other = self._new_user("other", "relance_ar.group_relance_dispute")
        invoice = self._invoice(self.debtor, days(-2))
        invoice.invoice_user_id = other
        lines = self.line + self._lines(invoice)
        dispute = self._dispute(300, move_line_ids=[(6, 0, lines.ids)])
        self.assertEqual(dispute.user_id, self.seller)
        self.assertIn(dispute, dispute.with_user(other).search([]))
        told = dispute.message_ids.filtered(lambda m: "sold a part" in m.body)
        self.assertEqual(told.notified_partner_ids, other.partner_id)
        # Who may not open disputes is not let in by that.
        invoice.invoice_user_id = self._new_user("nobody", "base.group_user")
        dispute = self._dispute(100, move_line_ids=[(6, 0, lines.ids)])
        self.assertNotIn(
            invoice.invoice_user_id.partner_id, dispute.message_partner_ids
        )
