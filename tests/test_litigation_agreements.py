"""Litigation, beside what is contested, promised and agreed."""

import csv
import io

from odoo.exceptions import UserError, ValidationError
from odoo.tests import freeze_time, tagged

from .common import TODAY, days
from .test_litigation import LitigationCase
from .test_payment_plan import PlanCase


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestSaidInLitigation(LitigationCase, PlanCase):
    """What stands is said in words, and one claim does not follow two ways."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.line = cls._lines(cls.invoice)

    def _hand(self, case):
        case.with_user(self.manager).action_hand_over()
        self.assertEqual(case.state, "running")
        return case

    def test_nothing_said_nothing_shown(self):
        self.assertFalse(self._case().said_note)

    def test_the_case_says_what_is_contested_promised_and_agreed(self):
        self._dispute(200)
        promise = self._promise(amount=300.0)
        case = self._case()
        self.assertIn("200.00", case.said_note)
        self.assertIn(self.invoice.name, case.said_note)
        self.assertIn(promise.reference, case.said_note)
        self._hand(case)
        event = self.env["relance.event"].search([("kind", "=", "litigation")])
        self.assertIn("200.00", event.body)
        self.assertIn(promise.reference, event.body)

    def test_a_plan_is_said_and_ends_when_it_is_handed_over(self):
        self.officer.group_ids += self.env.ref("relance_ar.group_relance_manager")
        plan = self._active(waives_penalties=True)
        late = self.line.relance_penalty(TODAY)["total"]
        case = self._case()
        self.assertIn(plan.reference, case.said_note)
        self.assertIn("03/18/2026", case.said_note)
        self.assertEqual(plan.state, "active")
        self._hand(case)
        self.assertEqual(plan.state, "cancelled")
        self.assertIn(case.reference, str(plan.message_ids.mapped("body")))
        # What the plan gave up is due again, and noted on the case.
        self.assertEqual(case.penalties, late)
        self.assertFalse(plan.activity_ids)
        self.assertFalse(case.said_note)

    def test_the_table_tells_the_disputed_part(self):
        self._dispute(200)
        case = self._case()
        [row] = csv.DictReader(
            io.StringIO(case._make_csv().decode("utf-8-sig")), delimiter=";"
        )
        self.assertEqual(float(row["Disputed"]), 200)

    def test_a_promise_about_it_is_told_to_who_follows_the_case(self):
        case = self._hand(self._case())
        promise = self._promise(amount=300.0)
        self.assertIn(case.reference, promise.litigation_note)
        task = case.activity_ids
        self.assertEqual(task.user_id, case.user_id)
        self.assertIn(promise.reference, task.summary)
        # It stays handed over whatever becomes of the promise.
        self._judge(days(20))
        self.assertEqual(promise.state, "broken")
        with freeze_time(days(20)):
            planned = self._plan(days(20))
        self.assertNotIn(self.invoice, planned.line_ids.move_id)
        case.with_user(self.manager).action_hand_back()
        self.env.invalidate_all()
        self.assertFalse(promise.litigation_note)

    def test_a_dispute_about_it_too(self):
        case = self._hand(self._case())
        dispute = self._dispute(200)
        self.assertIn(dispute.reference, case.activity_ids.summary)
        self.assertIn("200.00", case.said_note)

    def test_no_plan_takes_effect_on_what_is_handed_over(self):
        plan = self._draft()
        plan.action_propose()
        self._accept(plan)
        case = self._hand(self._case())
        with self.assertRaises(ValidationError) as refused:
            plan.action_activate()
        self.assertIn(case.reference, str(refused.exception))
        case.with_user(self.manager).action_hand_back()
        plan.action_activate()
        self.assertEqual(plan.state, "active")

    def test_a_broken_plan_is_not_taken_up_again_meanwhile(self):
        plan = self._active()
        self._watch(days(30))
        self.assertEqual(plan.state, "broken")
        case = self._hand(self._case())
        self._pay(days(30), 500.0)
        with freeze_time(days(30)):
            with self.assertRaises(ValidationError) as refused:
                plan.action_resume()
            self.assertIn(case.reference, str(refused.exception))
            self.assertEqual(plan.state, "broken")
            case.with_user(self.manager).action_hand_back()
            self.assertEqual(plan.action_resume(), plan)

    def test_a_line_in_a_case_that_waits_may_still_be_promised(self):
        case = self._case()
        promise = self._promise(amount=1000.0)
        self.assertFalse(promise.litigation_note)
        self.assertFalse(case.activity_ids)
        self.assertIn(promise.reference, case.said_note)
        with self.assertRaises(UserError):
            self._case()  # it is in a case already
