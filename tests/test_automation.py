from collections import Counter
from unittest.mock import patch

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import freeze_time, tagged
from odoo.tools import mute_logger

from .common import TODAY, days
from .test_policy import PolicyCase

# What a simulation may write: itself.
OWN_TABLES = ("relance_simulation", "relance_simulation_line")


@tagged("post_install", "-at_install")
@freeze_time(f"{TODAY} 09:00")
class TestThreeSteps(PolicyCase):
    """Proposing, approving and sending: each may be automatic for itself."""

    def setUp(self):
        super().setUp()
        self.level = self._level(1)
        self.debtor = self._debtor()
        self.invoice = self._invoice(self.debtor, days(-3))

    def _automatic(self, **steps):
        """Make only these steps automatic, and switch sending on."""
        off = {"auto_propose": False, "auto_approve": False, "auto_send": False}
        self.level.write({**off, **{f"auto_{step}": True for step in steps}})
        self._switch_on()

    def test_nothing_by_itself(self):
        self._automatic()
        self.assertFalse(self._run_cron())
        self.assertFalse(self._reminders_to(self.debtor))
        self.assertEqual(self._plan().state, "proposed", "a person's run proposes it")

    def test_what_a_person_proposed_is_kept_up_to_date_by_the_daily_run(self):
        self._automatic()
        reminder = self._plan()
        self._register_payment(self.invoice, amount=400, payment_date=TODAY)
        self._run_cron()
        self.assertRecordValues(reminder, [{"state": "proposed", "amount_net": 600.0}])

    def test_a_level_left_to_a_person_does_not_silence_the_others(self):
        self._level(11).auto_propose = False
        self._level(1).auto_send = True
        old = self._invoice(self.debtor, days(-15), 300)
        self._switch_on()
        [message] = self._run_cron()
        text = message.get_body(("html",)).get_content()
        self.assertIn(self.invoice.name, text)
        self.assertNotIn(old.name, text)

    def test_proposing_alone(self):
        self._automatic(propose=True)
        self.assertFalse(self._run_cron())
        self.assertEqual(self._reminders_to(self.debtor).state, "proposed")

    def test_approving_alone_waits_for_somebody_to_send(self):
        self._automatic(propose=True, approve=True)
        self.assertFalse(self._run_cron())
        reminder = self._reminders_to(self.debtor)
        self.assertRecordValues(
            reminder, [{"state": "approved", "approved_by_id": False}]
        )
        with freeze_time(f"{days(1)} 09:00"):
            self.assertFalse(self._run_cron())
        with self.mail_server() as sink:
            reminder.with_user(self.officer).action_send()
        self.assertEqual(len(sink.messages), 1)

    def test_approving_takes_place_without_automatic_sending_too(self):
        self.level.write({"auto_send": False, "auto_approve": True})
        self.assertFalse(self._run_cron())
        self.assertEqual(self._reminders_to(self.debtor).state, "approved")

    def test_sending_alone_approves_as_well(self):
        self._automatic(propose=True, send=True)
        self.assertEqual(len(self._run_cron()), 1)
        self.assertEqual(self._reminders_to(self.debtor).state, "sent")

    def test_what_an_officer_approved_leaves_with_the_next_job(self):
        self._automatic(propose=True)
        self._run_cron()
        self._reminders_to(self.debtor).with_user(self.officer).action_approve()
        self.assertEqual(len(self._run_cron()), 1)

    def test_automatic_sending_does_not_go_over_the_ceiling(self):
        self.company.relance_approval_ceiling = 999
        self._automatic(propose=True, approve=True, send=True)
        self.assertFalse(self._run_cron())
        reminder = self._reminders_to(self.debtor)
        self.assertRecordValues(reminder, [{"state": "proposed", "over_ceiling": True}])
        reminder.with_user(self.manager).action_approve()
        self.assertEqual(len(self._run_cron()), 1)

    def test_automatic_sending_does_not_do_what_managers_approve(self):
        self.level.approver = "manager"
        self._automatic(propose=True, approve=True, send=True)
        self.assertFalse(self._run_cron())
        self.assertEqual(self._reminders_to(self.debtor).state, "proposed")

    def test_a_call_over_the_ceiling_waits_for_the_manager(self):
        self.company.relance_approval_ceiling = 999
        self.debtor.email = False
        self._run_cron()
        reminder = self._reminders_to(self.debtor)
        self.assertRecordValues(reminder, [{"state": "proposed", "channel": "phone"}])
        self.assertFalse(reminder.activity_ids)

    def test_an_old_debt_approved_by_itself_does_not_leave_by_itself(self):
        """The rule of the start says: propose, never send by itself."""
        self.level.write({"auto_approve": True, "auto_send": True})
        self._switch_on(old_debt_rule="approve", old_debt_before=days(-2))
        self.assertFalse(self._run_cron())
        reminder = self._reminders_to(self.debtor).with_user(self.officer)
        self.assertEqual(reminder.state, "approved")
        with self.mail_server() as sink:
            reminder.action_send()
        self.assertEqual(len(sink.messages), 1, "a person may send it")

    # ------------------------------------------------------------ resuming (P20)

    def test_ending_a_hold_sends_nothing_at_once(self):
        reminder = self._plan()
        reminder.action_approve()
        self.debtor.relance_hold_until = days(10)
        self._run_cron()
        self.assertEqual(reminder.state, "cancelled")
        with self.mail_server() as sink:
            self.debtor.with_user(self.officer).sudo().relance_hold_until = False
            self.env["mail.mail"].process_email_queue()
        self.assertFalse(sink.messages)
        again = self._plan()
        self.assertRecordValues(again, [{"state": "proposed", "date_done": False}])

    def test_after_a_hold_planning_and_sending_are_two_transactions(self):
        """A job that dies between the two has sent nothing, and goes on later."""
        self._switch_on()
        self.debtor.relance_hold_until = days(-1)
        runs = type(self.env["relance.run"])
        proposed = []

        def dying(run):
            run.env.invalidate_all()
            proposed.extend(run.reminder_ids.mapped("state"))
            raise MemoryError("killed")

        with (
            patch.object(runs, "_cron_approve", dying),
            mute_logger("odoo.addons.relance_ar.models.relance_run_daily"),
        ):
            self.assertFalse(self._run_cron())
        self.assertIn("proposed", proposed)
        queued = [("model", "=", "relance.reminder"), ("state", "=", "outgoing")]
        self.assertFalse(self.env["mail.mail"].search(queued))
        self.assertEqual(self._reminders_to(self.debtor).state, "proposed")
        self.assertEqual(len(self._run_cron()), 1)
        self.assertEqual(self._reminders_to(self.debtor).state, "sent")

    def test_releasing_sends_nothing_at_once(self):
        self._reverse_invoice(self.invoice)
        self._switch_on()
        self.assertFalse(self._run_cron())
        reminder = self._reminders_to(self.debtor).with_user(self.officer)
        with self.mail_server() as sink:
            reminder.action_release()
        self.assertFalse(sink.messages)
        self.assertEqual(reminder.state, "proposed")


@tagged("post_install", "-at_install")
@freeze_time(f"{TODAY} 09:00")
class TestSimulation(PolicyCase):
    """What the run of a day would do, in advance, and written nowhere."""

    def _simulate(self, day, user=None):
        simulation = (
            self.env["relance.simulation"]
            .with_user(user or self.officer)
            .create({"date": day})
        )
        simulation.action_simulate()
        return simulation.line_ids

    @staticmethod
    def _summary(records):
        """Return what lines of a simulation and reminders have in common."""
        is_real = records._name == "relance.reminder"
        return sorted(
            (
                record.partner_id.name,
                record.contact_id.name,
                record.level_id.id,
                "held" if is_held else record.channel,
                len(record.line_ids) if is_real else record.line_count,
            )
            for record in records
            for is_held in [record.state == "held" if is_real else record.held]
        )

    def _ledger(self):
        """Make debtors of every kind."""
        self._bad_payer = self._debtor("Old SA")
        for offset, amount in ((-40, 500), (-3, 300), (4, 200)):
            self._invoice(self._bad_payer, days(offset), amount)
        coming = self._debtor("Coming SA")
        self._invoice(coming, days(9), 100)
        caller = self._debtor("Caller SA", email=False)
        self._invoice(caller, days(-20), 100)
        held = self._debtor("Held SA")
        self._reverse_invoice(self._invoice(held, days(-5), 100))
        mute = self._debtor("Mute SA", email=False, phone=False, street=False)
        self._invoice(mute, days(-5), 100)
        person = self._debtor("Claude Petit", is_company=False)
        self._invoice(person, days(-1), 100)
        covered = self._debtor("Covered SA")
        self._invoice(covered, days(-6), 100)
        self._invoice(covered, days(8), 100)
        self._invoice(covered, days(-6), 150, move_type="out_refund")
        closed = self._debtor("Closed SA")
        self._invoice(closed, days(-2), 100)
        self.env["relance.closing"].create(
            {"partner_id": closed.id, "date_from": TODAY, "date_to": days(6)}
        )
        paused = self._debtor("Paused SA", relance_hold_until=days(12))
        self._invoice(paused, days(-2), 100)

    def _live(self, day):
        """Do a day as it will be: the daily run, then each contact is confirmed."""
        self._run_on(day)
        planned = self.env["relance.reminder"].search([("date_planned", "=", day)])
        with freeze_time(f"{day} 12:00"):
            ready = planned.filtered(lambda r: r.state in ("proposed", "approved"))
            ready.sudo()._confirm("sent")
        return planned

    def test_the_simulation_of_each_day_is_what_the_day_then_does(self):
        self._ledger()
        calendar = self.company._get_relance_calendar()
        horizon = [days(count) for count in range(40)]
        workdays = [day for day in horizon if calendar.is_working_day(day)]
        simulated = {day: self._summary(self._simulate(day)) for day in workdays}
        self.assertGreater(sum(map(len, simulated.values())), 20)
        waiting = self.env[
            "relance.reminder"
        ]  # simulated once, then brought up to date
        for day in horizon:
            found = self._live(day) - waiting
            waiting += found.filtered(lambda r: r.state == "held")
            with self.subTest(day=day):
                self.assertEqual(self._summary(found), simulated.get(day, []))

    def _count_rows(self):
        """Return the number of rows of each table of ours and of the mail."""
        self.env.flush_all()
        self.env.cr.execute(
            "SELECT relname FROM pg_class WHERE relkind = 'r' "
            "AND (relname LIKE 'relance%' OR relname LIKE 'mail%')"
        )
        tables = [name for [name] in self.env.cr.fetchall() if name not in OWN_TABLES]
        counts = Counter()
        for table in tables:
            self.env.cr.execute(f'SELECT count(*) FROM "{table}"')
            [counts[table]] = self.env.cr.fetchone()
        return counts

    def test_it_writes_nothing_but_itself(self):
        self._ledger()
        self._plan().filtered(lambda r: r.state == "proposed")[:1].action_approve()
        before = self._count_rows()
        states = self.reminders.search([]).read()
        self._simulate(days(20))
        self.assertEqual(self._count_rows(), before)
        self.assertEqual(self.reminders.search([]).read(), states)

    def test_what_was_approved_is_played_on_its_day(self):
        debtor = self._debtor()
        self._invoice(debtor, days(-3))
        self._plan().action_approve()
        self.assertEqual(self._simulate(TODAY).partner_id, debtor)
        self.assertFalse(self._simulate(days(3)))
        later = self._simulate(days(10))
        self.assertEqual(later.level_id, self._level(11))

    def test_what_leaves_by_itself_is_told(self):
        self._invoice(self._debtor(), days(-3))
        self.assertFalse(self._simulate(TODAY).leaves_by_itself, "it is switched off")
        self._switch_on()
        self.assertTrue(self._simulate(TODAY).leaves_by_itself)
        self.company.relance_approval_ceiling = 10
        self.assertRecordValues(
            self._simulate(TODAY), [{"leaves_by_itself": False, "approver": "manager"}]
        )

    def test_simulating_again_replaces_the_lines(self):
        self._invoice(self._debtor(), days(-3))
        simulation = self.env["relance.simulation"].with_user(self.officer).create({})
        simulation.action_simulate()
        simulation.action_simulate()
        self.assertRecordValues(simulation, [{"line_count": 1, "amount": 1000.0}])
        simulation.date = days(2)
        simulation.action_simulate()
        self.assertFalse(simulation.line_ids)

    def test_the_past_is_not_played(self):
        with self.assertRaisesRegex(UserError, "the past is not played"):
            self._simulate(days(-1))

    def test_nobody_pretends_a_simulation_by_rpc(self):
        self._invoice(self._debtor(), days(-3))
        lines = self._simulate(TODAY)
        with self.assertRaises(AccessError):
            lines.write({"amount": 1})
        with self.assertRaises(AccessError):
            lines.simulation_id.write({"line_ids": [fields.Command.clear()]})
