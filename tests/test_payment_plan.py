"""Payment plans: instalments with their own dates; the invoices are not rewritten."""

from odoo import Command
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.service.model import call_kw
from odoo.tests import Form, freeze_time, tagged

from .common import TODAY, days
from .test_promise import PromiseCase


class PlanCase(PromiseCase):
    """A debtor who pays 1,000 euros by instalments."""

    def _draft(self, **values):
        plans = self.env["relance.plan"].with_user(self.officer)
        lines = [Command.set(self.line.ids)]
        return plans.create({"move_line_ids": lines, "count": 4, **values})

    def _accept(self, plan):
        files = self.env["ir.attachment"].with_user(self.officer)
        signed = files.create({"name": "signed.pdf", "raw": b"x"})
        plan.write(
            {
                "acceptance": "signed",
                "accepted_on": TODAY,
                "accepted_by": "Ms Martin, director",
                "acceptance_ids": [Command.set(signed.ids)],
            }
        )
        return plan

    def _active(self, **values):
        plan = self._draft(**values)
        plan.action_propose()
        self._accept(plan).action_activate()
        self.assertEqual(plan.state, "active")
        return plan

    def _watch(self, day):
        with freeze_time(day), self.enter_registry_test_mode():
            self.env.ref("relance_ar.ir_cron_plans").method_direct_trigger()
        self.env.invalidate_all()


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestDrawingUp(PlanCase):
    def test_equal_instalments_the_first_one_at_once(self):
        plan = self._draft(count=3)
        plan.action_propose()
        self.assertEqual(
            [(i.date.isoformat(), i.amount) for i in plan.instalment_ids],
            [
                ("2026-03-18", 333.33),
                ("2026-04-18", 333.33),
                ("2026-05-18", 333.34),
            ],
        )
        self.assertRecordValues(
            plan,
            [{"amount_total": 1000.0, "amount_planned": 1000.0, "state": "draft"}],
        )

    def test_the_form_takes_free_amounts(self):
        action = self.line.with_user(self.officer).action_relance_plan()
        plans = self.env["relance.plan"].with_user(self.officer)
        form = Form(plans.with_context(**action["context"]))
        self.assertEqual((form.amount_total, form.tolerance_days), (1000.0, 5))
        for day, amount in ((days(0), 600.0), (days(20), 400.0)):
            with form.instalment_ids.new() as instalment:
                instalment.date = day
                instalment.amount = amount
        plan = form.save()
        self.assertEqual(plan.amount_planned, 1000.0)
        with Form(plan) as form, form.instalment_ids.edit(1) as instalment:
            instalment.amount = 350.0
        self.assertEqual(plan.amount_planned, 950.0)

    def test_a_larger_part_payment_to_begin_with(self):
        plan = self._draft(count=3, first_amount=500.0, every="week")
        plan.action_propose()
        self.assertEqual(plan.instalment_ids.mapped("amount"), [500.0, 250.0, 250.0])
        plan.first_amount = 2000.0
        with self.assertRaises(UserError):
            plan.action_propose()

    def test_free_amounts_must_sum(self):
        plan = self._draft(
            instalment_ids=[
                Command.create({"date": days(0), "amount": 600.0}),
                Command.create({"date": days(30), "amount": 399.99}),
            ]
        )
        self._accept(plan)
        with self.assertRaisesRegex(ValidationError, "999.99"):
            plan.action_activate()
        plan.instalment_ids[1].amount = 400.0
        plan.action_activate()
        self.assertEqual(plan.state, "active")

    def test_no_activation_without_the_signed_document(self):
        plan = self._draft()
        plan.action_propose()
        for vals in (
            {},
            {"acceptance": "signed"},
            {"accepted_on": days(1)},
            {"accepted_on": TODAY},
        ):
            plan.write(vals)
            with self.subTest(vals), self.assertRaises(ValidationError):
                plan.action_activate()
        self._accept(plan).action_activate()
        self.assertEqual(plan.state, "active")
        # Another officer opens the document, too.
        kept = plan.acceptance_ids.with_user(self.manager)
        self.assertEqual(kept.read(["name"])[0]["name"], "signed.pdf")

    def test_bad_input(self):
        with self.assertRaises(ValidationError):
            self._draft(amount_total=1000.01)
        with self.assertRaises(ValidationError):
            self._draft(move_line_ids=[], partner_id=self.debtor.id)
        late = self._draft(first_date=days(-5))
        late.action_propose()
        with self.assertRaises(ValidationError):
            self._accept(late).action_activate()
        self._active()
        second = self._draft()
        second.action_propose()
        with self.assertRaises(ValidationError):
            self._accept(second).action_activate()

    def test_the_disputed_part_is_left_out(self):
        late = self._draft()
        late.action_propose()
        self._dispute(200)
        plan = self._draft()
        self.assertEqual(plan.amount_total, 800.0)
        with self.assertRaisesRegex(ValidationError, "not disputed"):
            self._draft(amount_total=801.0)
        with self.assertRaisesRegex(ValidationError, "not disputed"):
            self._accept(late).action_activate()

    def test_what_is_agreed_is_not_rewritten(self):
        plan = self._active()
        instalment = plan.instalment_ids[:1]
        for record, vals, error in (
            (plan, {"amount_total": 900.0}, UserError),
            (plan, {"state": "done"}, UserError),
            (instalment, {"amount": 1.0}, UserError),
            (instalment, {"amount_paid": 1.0}, UserError),
        ):
            with self.subTest(vals), self.assertRaises(error):
                call_kw(record, "write", [record.ids, vals], {})
        with self.assertRaises(UserError):
            instalment.unlink()
        with self.assertRaises(UserError):
            instalment.create({"plan_id": plan.id, "date": days(99), "amount": 1.0})
        with self.assertRaises(AccessError):
            self._draft(state="active")

    def test_an_officer_agrees_to_the_usual_only(self):
        for values in (
            {"amount_total": 10.0, "count": 1},
            {"first_date": days(31)},
            {"instalment_ids": self._instalments((0, 1.0), (700, 999.0))},
        ):
            plan = self._draft(**values)
            if "instalment_ids" not in values:
                plan.action_propose()
            self._accept(plan)
            with self.subTest(values), self.assertRaisesRegex(AccessError, "manager"):
                plan.action_activate()
        plan.with_user(self.manager).action_activate()
        self.assertEqual(plan.state, "active")

    def _instalments(self, *parts):
        return [
            Command.create({"date": days(offset), "amount": amount})
            for offset, amount in parts
        ]

    def test_nothing_slips_into_what_is_agreed(self):
        plan, other = self._active(), self._draft()
        other.action_propose()
        moved = other.instalment_ids[1:2]
        moved.date = days(400)
        with self.assertRaisesRegex(UserError, plan.reference):
            call_kw(moved, "write", [moved.ids, {"plan_id": plan.id}], {})
        self.assertEqual(len(plan.instalment_ids), 4)

    def test_what_was_signed_is_kept(self):
        plan = self._active()
        signed = plan.acceptance_ids
        for command in (Command.clear(), Command.unlink(signed.id), Command.set([])):
            with self.subTest(command), self.assertRaises(UserError):
                plan.write({"acceptance_ids": [command]})
        with self.assertRaises(UserError):
            signed.with_user(self.officer).raw = b"something else"
        with self.assertRaises(UserError):
            signed.with_user(self.officer).unlink()
        plan.write({"acceptance_ids": [Command.create({"name": "b.pdf", "raw": b"y"})]})
        self.assertIn(signed, plan.acceptance_ids)
        self.assertEqual(len(plan.acceptance_ids), 2)

    def test_the_schedule_is_printed_in_the_language_of_the_debtor(self):
        self.debtor.lang = "fr_FR"
        plan = self._draft()
        plan.action_propose()
        reports = self.env["ir.actions.report"].with_user(self.officer)
        html, _kind = reports._render_qweb_html(
            "relance_ar.report_payment_plan", plan.ids
        )
        text = html.decode()
        self.assertIn(self.invoice.name, text)
        self.assertIn("250,00", text)
        self.assertIn("18/04/2026", text)


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestWatching(PlanCase):
    def test_reminders_wait_for_the_next_instalment_not_the_invoice(self):
        self._active()
        self.assertFalse(self._plan())
        reasons = " ".join(self._due(TODAY)["reasons"])
        self.assertIn("payment plan", reasons)
        # 23 March is a Monday: five days after the first instalment.
        for offset, due in ((5, False), (6, True)):
            with freeze_time(days(offset)), self.subTest(offset):
                self.assertEqual(self._due(days(offset))["due"], due)

    def test_the_entries_of_the_invoice_are_not_rewritten(self):
        fields = ("date_maturity", "amount_residual", "balance", "name")
        before = [(line[f] for f in fields) for line in self.invoice.line_ids]
        due = self.invoice.invoice_date_due
        self._active()
        after = [(line[f] for f in fields) for line in self.invoice.line_ids]
        self.assertEqual(list(map(list, before)), list(map(list, after)))
        self.assertEqual(self.invoice.invoice_date_due, due)

    def test_each_instalment_is_watched_by_itself_until_the_end(self):
        plan = self._active()
        for number, day in enumerate((0, 31, 61, 92), start=1):
            self._pay(days(day), 250)
            self._watch(days(day))
            paid = plan.instalment_ids.filtered(lambda i: i.state == "paid")
            self.assertEqual(len(paid), number)
        self.assertRecordValues(
            plan, [{"state": "done", "amount_paid": 1000.0, "next_date": False}]
        )
        self.assertFalse(plan.activity_ids)

    def test_paid_before_the_document_comes_back(self):
        plan = self._draft()
        plan.action_propose()
        self._pay(TODAY, 250)
        self._accept(plan).action_activate()
        self.assertEqual(
            plan.instalment_ids.mapped("state"), ["paid", "coming", "coming", "coming"]
        )

    def test_what_is_written_at_the_end_asks_for_nothing(self):
        plan = self._active(count=1)
        self.assertIn("you pay", self._written(plan))
        self._pay(TODAY)
        self._watch(TODAY)
        self.assertNotIn("you pay", self._written(plan))
        self.assertIn("Thank you", self._written(plan))

    def _written(self, plan):
        template = self.env.ref("relance_ar.mail_template_plan")
        return template._render_field("body_html", plan.ids)[plan.id]

    def test_an_instalment_to_come_is_on_the_to_do_list(self):
        plan = self._active()
        self._pay(TODAY, 250)
        self._watch(days(1))
        self.assertFalse(plan.activity_ids)
        self._watch(days(27))
        self.assertRecordValues(
            plan.activity_ids,
            [{"user_id": self.officer.id, "date_deadline": days(31)}],
        )

    def test_a_missed_one_breaks_it_and_the_original_dates_come_back(self):
        plan = self._active()
        self._pay(TODAY, 250)
        # 18 April is a Saturday; with five days: Thursday 23.
        self._watch(days(36))
        self.assertEqual(plan.state, "active")
        self._watch(days(37))
        self.assertRecordValues(plan, [{"state": "broken", "broken_on": days(36)}])
        kind = self.env.ref("relance_ar.mail_activity_type_plan_broken")
        self.assertEqual(plan.activity_ids.activity_type_id, kind)
        with freeze_time(days(37)):
            reminder = self._plan(days(37))
            self.assertEqual(reminder.line_ids.date_maturity, days(-3))
            self.assertEqual(reminder.amount_net, 750.0)
        # The money that comes later mends nothing by itself.
        self._pay(days(38), 250)
        self._watch(days(38))
        self.assertEqual(plan.state, "broken")
        with freeze_time(days(38)):
            self.assertEqual(plan.action_resume(), plan)
        self.assertEqual(plan.state, "active")

    def test_paid_in_time_and_matched_late_it_goes_on(self):
        plan = self._active()
        self._watch(days(9))
        self.assertEqual(plan.state, "broken")
        self._pay(days(4), 250)
        self._watch(days(10))
        self.assertRecordValues(plan, [{"state": "active", "broken_on": False}])
        self.assertFalse(plan.activity_ids)
        self._pay(days(10), 750)
        self._watch(days(11))
        self.assertEqual(plan.state, "done")

    def test_paid_too_late_and_matched_before_the_cron_breaks_it(self):
        plan = self._active()
        self._pay(days(8), 250)
        self._watch(days(8))
        self.assertRecordValues(plan, [{"state": "broken", "broken_on": days(5)}])
        # It mends nothing by itself; who takes it up again forgets the delay.
        self._watch(days(9))
        self.assertEqual(plan.state, "broken")
        with freeze_time(days(9)):
            plan.action_resume()
        self.assertRecordValues(plan, [{"state": "active", "resumed_on": days(9)}])
        self._watch(days(10))
        self.assertEqual(plan.state, "active")

    def test_an_invoice_corrected_overnight_keeps_it(self):
        plan = self._active()
        self.invoice.button_draft()
        self._watch(days(1))
        self._watch(days(9))
        self.assertEqual(plan.state, "active")
        self.invoice.action_post()
        self._watch(days(1))
        self.assertEqual(plan.state, "active")
        self._watch(days(9))
        self.assertEqual(plan.state, "broken")

    def test_a_loss_pays_no_instalment(self):
        plan = self._active()
        self._write_off(TODAY, 250)
        self._watch(TODAY)
        self.assertRecordValues(plan, [{"state": "active", "amount_paid": 0.0}])
        self._write_off(days(1), 750)
        self._watch(days(1))
        self.assertEqual(plan.state, "cancelled")
        self.assertIn("without a payment", " ".join(plan.message_ids.mapped("body")))

    def test_an_old_payment_matched_again_pays_no_instalment(self):
        self._pay(days(-2), 250)
        plan = self._active(count=3)
        paid = self.line.matched_credit_ids.credit_move_id
        self.line.remove_move_reconcile()
        (self.line + paid).reconcile()
        self._watch(TODAY)
        self.assertRecordValues(plan, [{"state": "active", "amount_paid": 0.0}])

    def test_one_replaced_meanwhile_stays_broken(self):
        plan = self._active()
        self._watch(days(9))
        second = self._draft()
        second.action_propose()
        self._accept(second).action_activate()
        self._pay(days(4), 250)
        self._watch(days(10))
        self.assertEqual(plan.state, "broken")

    def test_undone_payments_bring_back_a_plan_that_was_done(self):
        plan = self._active(count=1)
        self._pay(TODAY)
        self._watch(TODAY)
        self.assertEqual(plan.state, "done")
        self.line.remove_move_reconcile()
        self._watch(days(1))
        self.assertEqual(plan.state, "active")
        # The money is there still, unmatched: some days are left to match it again.
        self._watch(days(15))
        self.assertEqual(plan.state, "active")
        self._watch(days(16))
        self.assertEqual(plan.state, "broken")

    def test_an_invoice_cancelled_meanwhile_cancels_it(self):
        plan = self._active()
        self.invoice.button_draft()
        self.invoice.button_cancel()
        self._watch(days(1))
        self.assertEqual(plan.state, "cancelled")


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestPenaltiesOfPlan(PlanCase):
    """What a plan gives up is asked for no more; a broken one gives up nothing."""

    def _kept(self, **values):
        """Return an active plan that gives up penalties, agreed by a manager."""
        plan = self._draft(waives_penalties=True, **values)
        plan.action_propose()
        self._accept(plan).with_user(self.manager).action_activate()
        return plan

    def _claims(self):
        claims = self.env["relance.penalty.claim"].with_user(self.officer)
        return claims.prepare(self.line.ids)

    def test_only_a_manager_gives_penalties_up(self):
        self.assertFalse(self._draft().waives_penalties)
        plan = self._draft(waives_penalties=True)
        plan.action_propose()
        self._accept(plan)
        with self.assertRaisesRegex(AccessError, "credit manager"):
            plan.action_activate()
        plan.with_user(self.manager).action_activate()
        self.assertRecordValues(
            plan, [{"state": "active", "activated_by_id": self.manager.id}]
        )
        self._watch(days(9))
        self.assertEqual(plan.state, "broken")
        with freeze_time(days(9)), self.assertRaises(AccessError):
            plan.action_resume()

    def test_penalties_on_what_a_plan_leaves_out_are_not_given_up(self):
        plan = self._draft(waives_penalties=True, amount_total=10.0, count=1)
        plan.action_propose()
        self._accept(plan)
        with self.assertRaisesRegex(ValidationError, "on the rest"):
            plan.with_user(self.manager).action_activate()
        plan.waives_penalties = False
        plan.with_user(self.manager).action_activate()
        self.assertTrue(self._claims().amount_interest)

    def test_nothing_is_claimed_while_it_is_kept_only(self):
        draft = self._claims()
        self.assertTrue(draft.amount_interest)
        plan = self._kept()
        self.assertFalse(draft.exists())
        self.assertFalse(self._claims())
        self._watch(days(9))
        self.assertEqual(plan.state, "broken")
        with freeze_time(days(9)):
            claim = self._claims()
        # As if it had never been: from the day after the maturity.
        self.assertEqual(min(claim.line_ids.mapped("date_from")), days(-2))

    def test_a_plan_that_keeps_penalties_leaves_them_due(self):
        self._active()
        self.assertTrue(self._claims().amount_interest)

    def test_what_was_claimed_before_is_waived_at_the_end(self):
        claim = self._claims()
        claim.action_claim()
        plan = self._kept(count=1)
        self.assertEqual(claim.state, "claimed")
        self._pay(TODAY)
        self._watch(TODAY)
        self.assertRecordValues(
            claim,
            [
                {
                    "state": "waived",
                    "waived_by_id": self.manager.id,
                    "waive_reason": f"Payment plan {plan.reference} kept.",
                }
            ],
        )

    def test_a_claim_about_more_is_left_to_a_person(self):
        other = self._lines(self._invoice(self.debtor, days(-5)))
        claims = self.env["relance.penalty.claim"].with_user(self.officer)
        claim = claims.prepare((self.line | other).ids)
        claim.action_claim()
        plan = self._kept(count=1)
        self._pay(TODAY)
        self._watch(TODAY)
        self.assertEqual((plan.state, claim.state), ("done", "claimed"))
        self.assertIn(claim.reference, " ".join(plan.message_ids.mapped("body")))
