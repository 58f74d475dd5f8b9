"""Rounds of runs, approvals and sendings that once went wrong."""

from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import freeze_time, new_test_user, tagged

from .common import TODAY, days
from .test_policy import PolicyCase


@tagged("post_install", "-at_install")
@freeze_time(f"{TODAY} 09:00")
class TestRounds(PolicyCase):
    """Runs of several days, what is approved between them, what is sent."""

    def test_a_run_ahead_leaves_the_lines_of_today_alone(self):
        debtor = self._debtor()
        self._invoice(debtor, days(14))
        ahead = self._plan(days(7))
        self._invoice(debtor, days(-3))
        now = self._plan()
        self.assertFalse(self._plan(days(7)))
        self.assertEqual((ahead + now).mapped("state"), ["proposed"] * 2)
        lines = (ahead + now).line_ids
        self.assertEqual(len(lines), 2)
        self.assertEqual(len(lines.move_line_id), 2)

    def test_an_approved_call_takes_no_other_proposal_back(self):
        crowns = self.setup_other_currency("SEK", rates=[("2020-01-01", 10)])
        debtor = self._debtor(email=False)
        self._invoice(debtor, days(-3))
        self._invoice(debtor, days(-3), currency_id=crowns)
        first, second = self._plan().sorted("currency_id")
        first.action_approve()
        self._plan()
        self.assertEqual(second.state, "proposed")
        self.assertEqual(len(second.line_ids), 1)

    def test_a_call_that_nobody_makes_does_not_silence_prevention(self):
        debtor = self._debtor(email=False)
        self._invoice(debtor, days(-3))
        self._plan().action_approve()
        self._invoice(debtor, days(12))
        self.assertFalse(self._plan(days(5)), "the gap to the call is kept")
        self.assertEqual(self._plan(days(8)).phase, "preventive")

    def test_what_has_grown_above_the_ceiling_waits_for_a_manager(self):
        self.company.relance_approval_ceiling = 500
        debtor = self._debtor()
        invoice = self._invoice(debtor, days(-3), 1000)
        payment = self._register_payment(invoice, amount=900, payment_date=TODAY)
        reminder = self._plan()
        reminder.channel = "email"
        reminder.action_approve()
        self.assertEqual(reminder.state, "approved")
        (self._lines(invoice).matched_credit_ids).unlink()
        payment.move_id.button_draft()
        with self.mail_server() as sink:
            reminder.action_send()
        self.assertFalse(sink.messages)
        self.assertRecordValues(
            reminder,
            [{"state": "proposed", "over_ceiling": True, "may_approve": False}],
        )

    def test_what_has_shrunk_below_the_least_amount_does_not_leave(self):
        self._level(1).minimum_amount = 50
        invoice = self._invoice(self._debtor(), days(-3), 100)
        reminder = self._plan()
        reminder.channel = "email"
        reminder.action_approve()
        self._register_payment(invoice, amount=99.5, payment_date=TODAY)
        with self.mail_server() as sink:
            reminder.action_send()
        self.assertFalse(sink.messages)
        self.assertEqual(reminder.state, "cancelled")

    def test_the_simulation_gives_the_reasons_of_the_run(self):
        self._invoice(self._debtor(), days(-3))
        simulation = self.env["relance.simulation"].with_user(self.officer).create({})
        simulation.action_simulate()
        self.assertEqual(simulation.line_ids.why, self._plan().why)

    def test_a_debtor_who_never_opens_stops_nobody(self):
        closed = self._debtor()
        self._close_for_years(partner_id=closed.id)
        invoice = self._invoice(closed, days(-3))
        self._invoice(self._debtor("Open SA"), days(-3))
        [answer] = self.runs.explain(self._lines(invoice), TODAY)
        self.assertIn("no working day", answer["reasons"][0])
        simulation = self.env["relance.simulation"].with_user(self.officer).create({})
        simulation.action_simulate()
        self.assertEqual(simulation.line_ids.partner_id.name, "Open SA")
        activation = self.env["relance.activation"].with_user(self.manager).create({})
        activation.action_simulate()
        self.assertEqual(sum(activation.line_ids.mapped("reminder_count")), 1)

    def test_a_level_that_a_person_proposes_is_told_and_leaves_by_nothing(self):
        self._level(1).write({"auto_propose": False, "auto_send": True})
        invoice = self._invoice(self._debtor(), days(-3))
        self._switch_on()
        [answer] = self.runs.explain(self._lines(invoice), TODAY)
        self.assertIn("a run that a person makes does", " ".join(answer["reasons"]))
        simulation = self.env["relance.simulation"].with_user(self.officer).create({})
        simulation.action_simulate()
        self.assertFalse(simulation.line_ids.leaves_by_itself)

    def test_a_failure_in_another_currency_stays_on_the_worklist(self):
        crowns = self.setup_other_currency("SEK", rates=[("2020-01-01", 10)])
        debtor = self._debtor()
        self._invoice(debtor, days(-3))
        failed = self._plan()
        failed.action_approve()
        failed.sudo()._fail("The server does not answer.", "server")
        self._lines(*debtor.invoice_ids).no_followup = True
        self._invoice(debtor, days(-3), currency_id=crowns)
        self.assertEqual(self._plan().currency_id, crowns)
        self.assertEqual(failed.state, "failed")

    def test_the_message_of_a_reminder_is_not_written_by_hand(self):
        self._invoice(self._debtor(), days(-3))
        reminder = self._plan()
        with self.assertRaises(AccessError):
            reminder.with_user(self.officer).write({"message_id": False})

    def test_a_simulation_is_read_by_who_made_it(self):
        self._invoice(self._debtor(), days(-3))
        simulation = self.env["relance.simulation"].with_user(self.officer).create({})
        simulation.action_simulate()
        elsewhere = self.env["res.company"].sudo().create({"name": "Elsewhere"})
        stranger = new_test_user(
            self.env,
            "stranger",
            groups="relance_ar.group_relance_user",
            company_id=elsewhere.id,
            company_ids=[Command.set(elsewhere.ids)],
        )
        lines = self.env["relance.simulation.line"]
        self.assertTrue(lines.with_user(self.officer).search_count([]))
        self.assertFalse(lines.with_user(stranger).search_count([]))

    def test_another_worker_plans_batches_of_the_day(self):
        for rank in range(3):
            self._invoice(self._debtor(f"Number{rank} SA"), days(-3))
        runs = self.env["relance.run"].sudo()
        run = runs._get_daily_run(self.company)
        run._open_batches()
        helper = self.env.ref("relance_ar.ir_cron_daily_help")
        with self.enter_registry_test_mode():
            helper.method_direct_trigger()
        self.assertEqual(run.state, "done")
        self.assertFalse(run.batch_ids)
        self.assertEqual(run.reminder_count, 3)
