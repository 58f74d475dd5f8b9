"""Plans and the rest of the books: losses, disputes, cents, unmatched money."""

from odoo import Command
from odoo.exceptions import ValidationError
from odoo.tests import freeze_time, tagged

from .common import TODAY, days
from .test_payment_plan import PlanCase

MATCH_TASK = "relance_ar.mail_activity_type_payment_to_match"


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestPlanBooks(PlanCase):
    def _waiving(self, **values):
        plan = self._draft(waives_penalties=True, **values)
        plan.action_propose()
        self._accept(plan).with_user(self.manager).action_activate()
        return plan

    # ----------------------------------------------------------------------- losses

    def test_cents_written_off_do_not_undo_what_was_kept(self):
        self.company.relance_slack = 0
        plan = self._waiving(count=1)
        self._pay(TODAY, 999.90)
        self._write_off(TODAY, 0.10)
        self._watch(days(9))
        self.assertEqual(plan.state, "done")
        self.assertEqual(plan._get_waived_line_ids(self.line.ids), set(self.line.ids))

    def test_one_of_its_invoices_is_cancelled(self):
        other = self._invoice(self.debtor, days(-2))
        both = self._lines(self.invoice, other)
        plan = self._waiving(count=2, move_line_ids=[Command.set(both.ids)])
        other.button_draft()
        other.button_cancel()
        self._watch(TODAY)
        self.assertEqual(plan.instalment_ids.mapped("state"), ["due", "dropped"])
        self.assertIn("1,000.00", plan.activity_ids.summary)
        self._pay(TODAY)
        self._watch(TODAY)
        self.assertEqual(plan.state, "done")
        self.assertIn(self.line.id, plan._get_waived_line_ids(self.line.ids))

    def test_some_cents_break_nothing(self):
        plan = self._active()
        self._pay(TODAY, 249.97)
        self._watch(days(9))
        self.assertEqual(plan.state, "active")
        self.company.relance_slack = 0
        self._watch(days(9))
        self.assertEqual(plan.state, "broken")

    # --------------------------------------------------------------------- disputes

    def test_a_dispute_opened_later_breaks_nothing(self):
        plan = self._active()
        dispute = self._dispute(200)
        self._pay(TODAY, 800)
        self._watch(days(120))
        self.assertRecordValues(plan, [{"state": "active", "next_date": False}])
        self.assertFalse(plan.activity_ids)
        with freeze_time(days(121)):
            dispute.sudo()._conclude("confirmed", 0)
        self._watch(days(122))
        self.assertEqual(plan.state, "active")
        self.assertIn("200.00", plan.activity_ids.summary)
        self._watch(days(140))
        self.assertEqual(plan.state, "broken")

    def test_a_credit_note_for_what_was_disputed_ends_it(self):
        plan = self._active()
        self._dispute(200)
        self._pay(TODAY, 800)
        self._write_off(days(1), 200)
        self._watch(days(1))
        self.assertEqual(plan.state, "done")

    # -------------------------------------------------------------------- unmatched

    def test_money_in_time_is_matched_first(self):
        plan = self._active()
        payment = self.env["account.payment"].create(
            {
                "payment_type": "inbound",
                "partner_type": "customer",
                "partner_id": self.debtor.id,
                "amount": 250.0,
                "date": TODAY,
            }
        )
        payment.action_post()
        self._watch(days(9))
        self.assertRecordValues(plan, [{"state": "active", "to_match": True}])
        task = plan.activity_ids
        self.assertEqual(task.activity_type_id, self.env.ref(MATCH_TASK))
        self.assertIn("250.00", task.summary)
        with freeze_time(days(9)):
            self.assertFalse(self._due(days(9))["due"])
        self._watch(days(16))
        self.assertRecordValues(plan, [{"state": "broken", "to_match": False}])

    # ------------------------------------------------------------------- late money

    def test_a_plan_paid_in_whole_too_late_leaves_nothing_to_do(self):
        plan = self._active()
        self._watch(days(9))
        self.assertTrue(plan.activity_ids)
        self._pay(days(10))
        self._watch(days(10))
        self.assertEqual(plan.state, "broken")
        self.assertFalse(plan.activity_ids)

    def test_who_left_hands_their_plans_on(self):
        plan = self._active()
        self._watch(days(9))
        self.company.relance_user_id = self.manager
        self.officer.sudo().active = False
        self._watch(days(10))
        tasks = plan.with_context(active_test=False).activity_ids
        self.assertEqual((tasks.user_id, plan.user_id), (self.manager, self.manager))

    # --------------------------------------------------------------------- promises

    def test_a_plan_replaces_the_promises_on_its_instalments(self):
        other = self._lines(self._invoice(self.debtor, days(-2), 600))
        promise = self._promise(days(3), 1000)
        both = self._promise(days(3), 1600, self.line + other)
        plan = self._active(count=3)
        self.assertEqual(promise.state, "cancelled")
        self.assertRecordValues(
            both, [{"state": "open", "amount": 600.0, "move_line_ids": other.ids}]
        )
        self.assertIn(plan.reference, both.message_ids[0].body)
        self._pay(TODAY, 333.33)
        self._watch(days(9))
        self._judge(days(9))
        self.assertEqual((plan.state, promise.state), ("active", "cancelled"))
        self.assertNotIn("promised", " ".join(self._due(days(9))["reasons"]))

    def test_what_is_paid_by_instalments_is_not_promised(self):
        plan = self._active()
        with self.assertRaisesRegex(ValidationError, plan.reference):
            self._promise(amount=250.0)
        plan.action_cancel()
        self.assertEqual(self._promise(amount=250.0).state, "open")

    # --------------------------------------------------------------------- schedule

    def _schedule(self, plan):
        reports = self.env["ir.actions.report"].with_user(self.officer)
        html, _kind = reports._render_qweb_html(
            "relance_ar.report_payment_plan", plan.ids
        )
        return " ".join(html.decode().split())

    def test_what_is_signed_leaves_out_what_is_contested_and_stays(self):
        self._dispute(200)
        plan = self._active()
        signed = self._schedule(plan)
        self.assertIn("800.00", signed)
        self.assertIn("without prejudice", signed)
        self.assertIn("200.00", signed)
        self.assertNotIn("1,000.00", signed)
        self._pay(TODAY, 800)
        self._watch(TODAY)
        self.assertEqual(plan.state, "done")
        self.assertEqual(self._schedule(plan), signed)

    def test_one_drawn_up_again_states_what_is_owed_then(self):
        plan = self._draft()
        self._pay(TODAY, 300)
        plan.amount_total = 700
        plan.action_propose()
        self.assertEqual([row["owed"] for row in plan._get_stated()], [700.0])
        self.assertNotIn("without prejudice", self._schedule(plan))
