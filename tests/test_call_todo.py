"""A call does not vanish from the to-do list; what is handed over comes back."""

from odoo.exceptions import UserError
from odoo.service.model import call_kw
from odoo.tests import freeze_time, tagged

from .common import TODAY, days
from .test_call import CallCase


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestTodo(CallCase):
    def test_no_door_takes_a_call_off_the_list(self):
        todo = self.call.activity_ids.with_user(self.officer)
        kind = self.env.ref("mail.mail_activity_data_todo")
        for method, args in (
            ("action_cancel", []),
            ("unlink", []),
            ("write", [{"activity_type_id": kind.id}]),
            ("write", [{"res_id": self.debtor.id, "res_model": "res.partner"}]),
        ):
            with self.subTest(method), self.assertRaises(UserError):
                call_kw(todo, method, [todo.ids, *args], {})
        self.assertTrue(todo.exists())
        todo.write({"date_deadline": days(2)})  # put off, as usual
        self.call.action_cancel()
        self.assertFalse(todo.exists())

    def test_other_tasks_may_be_cancelled(self):
        task = self.call.activity_schedule("mail.mail_activity_data_todo")
        task.with_user(self.officer).action_cancel()
        self.assertFalse(task.exists())

    def test_a_call_that_vanished_all_the_same_is_put_back(self):
        self.call.sudo().activity_ids.unlink()
        with self.enter_registry_test_mode():
            self.env.ref("relance_ar.ir_cron_daily_run").method_direct_trigger()
        self.env.invalidate_all()
        self.assertEqual(self.call.state, "approved")
        self.assertEqual(self.call.activity_ids.user_id, self.officer)


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestHandedOver(CallCase):
    def _hand_over(self, day):
        wizards = self.env["relance.delegation"].with_user(self.officer)
        vals = {"reminder_id": self.call.id, "kind": "other", "date": day}
        wizards.create({**vals, "user_id": self.seller.id}).action_hand_over()

    def test_a_hold_is_never_made_shorter(self):
        self.debtor.write(
            {"relance_hold_until": days(90), "relance_hold_reason": "In court."}
        )
        self._hand_over(days(5))
        self.assertEqual(self.debtor.relance_hold_until, days(90))
        self.assertIn("In court.", self.debtor.relance_hold_reason)
        self.assertIn("relance_seller", self.debtor.relance_hold_reason)

    def test_the_officer_is_told_what_came_of_it(self):
        self._hand_over(days(5))
        task = self.debtor.activity_ids.with_user(self.seller)
        task.action_feedback("They pay on Friday.")
        told = self.debtor.activity_ids
        self.assertRecordValues(told, [{"user_id": self.officer.id}])
        self.assertIn("They pay on Friday.", told.note)
        self.assertIn("03/23/2026", told.note)  # until then nothing is sent
        debtor = self.debtor.with_user(self.officer)
        self.assertEqual(debtor.action_relance_end_hold(), debtor)
        self.assertFalse(self.debtor.relance_hold_until)
        self.assertFalse(debtor.action_relance_end_hold())
        self.assertTrue(self._plan(days(1)))

    def test_the_task_is_not_cancelled_while_the_debtor_is_left_alone(self):
        self._hand_over(days(5))
        task = self.debtor.activity_ids.with_user(self.seller)
        for method in ("action_cancel", "unlink"):
            with self.subTest(method), self.assertRaises(UserError):
                call_kw(task, method, [task.ids], {})
        with freeze_time(days(6)):
            task.action_cancel()
        self.assertFalse(task.exists())

    def test_who_leaves_is_replaced(self):
        self._hand_over(days(5))
        task = self.debtor.activity_ids
        self.seller.sudo().active = False
        with self.enter_registry_test_mode():
            self.env.ref("relance_ar.ir_cron_daily_run").method_direct_trigger()
        self.env.invalidate_all()
        self.assertEqual(task.user_id, self.officer)
        bodies = " ".join(self.debtor.message_ids.mapped("body"))
        self.assertIn("has left", bodies)
