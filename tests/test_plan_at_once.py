"""Two who say something of the same instalments at once: one after the other."""

from unittest.mock import patch

import psycopg2

from odoo import SUPERUSER_ID, Command, api
from odoo.exceptions import UserError, ValidationError
from odoo.service.model import call_kw
from odoo.tests import freeze_time, tagged
from odoo.tools import mute_logger

from .common import TODAY, RelanceCase, days
from .test_payment_plan import PlanCase

SCRATCH = "relance_test_turns"


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestOnePlanAtATime(PlanCase):
    def _ready(self):
        plan = self._draft()
        plan.action_propose()
        return self._accept(plan)

    def _lines_held(self):
        held = self.env["relance.plan.line"].with_user(self.officer).search([])
        return {(line.plan_id, line.move_line_id) for line in held}

    def test_two_activated_together_are_checked_one_by_one(self):
        both = self._ready() + self._ready()
        with self.assertRaises(UserError):
            call_kw(both, "action_activate", [both.ids], {})
        self.assertEqual(set(both.mapped("state")), {"draft"})

    def test_a_broken_one_is_not_resumed_beside_another(self):
        first = self._active()
        self._watch(days(6))
        self.assertEqual(first.state, "broken")
        second = self._active()
        with freeze_time(days(6)):
            self._pay(days(6), 300)
            with self.assertRaises(UserError):
                call_kw(first, "action_resume", [first.ids], {})
            self.assertEqual(first.state, "broken")
            second.action_cancel()
            first.action_resume()
        self.assertEqual(first.state, "active")
        self.assertEqual(self._lines_held(), {(first, self.line)})

    def test_one_kept_and_replaced_does_not_come_back_beside_another(self):
        first = self._active()
        self._pay(TODAY)
        self._watch(TODAY)
        self.assertEqual(first.state, "done")
        self.assertFalse(self._lines_held())
        self.line.remove_move_reconcile()
        second = self._active()
        self._watch(days(1))
        self.assertEqual((first.state, second.state), ("done", "active"))
        self.assertFalse(first.activity_ids)

    def test_the_database_keeps_it_whoever_activates(self):
        plan = self._active()
        self.assertEqual(self._lines_held(), {(plan, self.line)})
        other = self._ready()
        with (
            mute_logger("odoo.sql_db"),
            self.assertRaises(psycopg2.errors.UniqueViolation),
        ):
            other.sudo().state = "active"
        plan.action_cancel()
        self.assertFalse(self._lines_held())
        other.action_activate()
        self.assertEqual(self._lines_held(), {(other, self.line)})

    def test_nobody_writes_what_is_held(self):
        plan = self._active()
        held = self.env["relance.plan.line"].with_user(self.officer).search([])
        for method in ("write", "unlink"):
            args = [{"plan_id": plan.id}] if method == "write" else []
            with self.subTest(method), self.assertRaises(UserError):
                call_kw(held, method, [held.ids, *args], {})

    def test_a_plan_of_an_invoice_may_be_deleted_with_it(self):
        self._active()
        self.invoice.button_draft()
        self.invoice.with_context(force_delete=True).unlink()
        self.assertFalse(self._lines_held())


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestWhoTakesTurns(PlanCase):
    """Whatever is said of an instalment takes its turn."""

    def _turns(self):
        turns = self.env["relance.line.turn"].sudo()
        found = turns.search([("move_line_id", "=", self.line.id)])
        found.invalidate_recordset()
        return found.turn

    def test_everything_that_is_said(self):
        said = {
            "dispute": lambda: self._dispute(100),
            "raised": lambda: (
                self.env["relance.dispute"]
                .with_user(self.officer)
                .search([])
                .write({"amount": 150})
            ),
            "promise": self._promise_rest,
            "plan": lambda: self._active(amount_total=850),
        }
        before = self._turns()
        for name, say in said.items():
            say()
            now = self._turns()
            with self.subTest(name):
                self.assertGreater(now, before)
            before = now

    def _promise_rest(self):
        return self._promise(amount=850.0)


@tagged("post_install", "-at_install")
class TestTurns(RelanceCase):
    """On a copy of the table, really committed: the transaction of a test could not be
    seen by another."""

    def setUp(self):
        super().setUp()
        with self.registry.cursor() as cr:
            cr.execute(f"DROP TABLE IF EXISTS {SCRATCH}")
            cr.execute(
                f"CREATE TABLE {SCRATCH} (LIKE relance_line_turn "
                "INCLUDING DEFAULTS INCLUDING CONSTRAINTS INCLUDING INDEXES)"
            )
        self.addCleanup(self._drop)
        turns = type(self.env["relance.line.turn"])
        self.startPatcher(patch.object(turns, "_table", SCRATCH))

    def _drop(self):
        with self.registry.cursor() as cr:
            cr.execute(f"DROP TABLE {SCRATCH}")

    def _take(self, cr, line_ids):
        turns = api.Environment(cr, SUPERUSER_ID, {})["relance.line.turn"]
        turns._take(line_ids)

    def _race(self, first, second, known=()):
        """Let two transactions begin; the second takes turns after the first."""
        with self.registry.cursor() as cr:
            self._take(cr, list(known))
        with self.registry.cursor() as one, self.registry.cursor() as two:
            two.execute("SELECT 1")  # what it sees is what was there now
            self._take(one, first)
            one.commit()
            self._take(two, second)

    def test_the_second_of_two_at_once_begins_again(self):
        for known in ((), (7,)):
            with (
                self.subTest(known=known),
                mute_logger("odoo.sql_db"),
                self.assertRaises(psycopg2.errors.SerializationFailure),
            ):
                self._race([7], [9, 7], known)

    def test_others_do_not_wait(self):
        self._race([7], [9])

    def test_one_after_the_other(self):
        for _time in range(2):
            with self.registry.cursor() as cr:
                self._take(cr, [7])
        with self.registry.cursor() as cr:
            cr.execute(f"SELECT move_line_id, turn FROM {SCRATCH}")
            self.assertEqual(cr.fetchall(), [(7, 2)])


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestAgreedBounds(PlanCase):
    """What no plan is: of the year 9999, of a thousand instalments, of no amount."""

    def _rpc(self, method, *args):
        plans = self.env["relance.plan"].with_user(self.officer)
        return call_kw(plans, method, list(args), {})

    def test_days_that_nobody_agrees_to(self):
        lines = [Command.set(self.line.ids)]
        for day in ("9999-12-31", "0001-01-01", days(400).isoformat()):
            vals = {"move_line_ids": lines, "first_date": day, "every": "week"}
            with self.subTest(day), self.assertRaises(ValidationError):
                self._rpc("create", vals)
        plan = self._draft()
        for day in ("9999-12-31", "0001-01-01", "2037-01-01"):
            instalment = [Command.create({"date": day, "amount": 1000})]
            with self.subTest(day), self.assertRaises(ValidationError):
                self._rpc("write", plan.ids, {"instalment_ids": instalment})

    def test_an_acceptance_of_long_ago(self):
        plan = self._draft()
        plan.action_propose()
        self._accept(plan).accepted_on = "0001-01-01"
        with self.assertRaises(ValidationError):
            plan.action_activate()

    def test_no_more_than_sixty_instalments(self):
        plan = self._draft()
        rows = [
            Command.create({"date": days(n).isoformat(), "amount": 10})
            for n in range(61)
        ]
        with self.assertRaises(ValidationError):
            self._rpc("write", plan.ids, {"instalment_ids": rows})
        self._rpc("write", plan.ids, {"instalment_ids": rows[:60]})
        more = {"plan_id": plan.id, "date": days(61).isoformat(), "amount": 10}
        with self.assertRaises(ValidationError):
            instalments = self.env["relance.plan.instalment"].with_user(self.officer)
            call_kw(instalments, "create", [more], {})

    def test_amounts_that_are_none(self):
        plan = self._draft()
        for amount in (float("nan"), float("inf"), 1e300, 10**400, "NaN"):
            for name in ("amount_total", "first_amount"):
                with self.subTest(amount=amount), self.assertRaises(ValidationError):
                    self._rpc("write", plan.ids, {name: amount})
            row = [Command.create({"date": days(1).isoformat(), "amount": amount})]
            with self.subTest(amount=amount), self.assertRaises(ValidationError):
                self._rpc("write", plan.ids, {"instalment_ids": row})
