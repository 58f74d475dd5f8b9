from contextlib import contextmanager
from unittest.mock import patch

from odoo.exceptions import UserError
from odoo.tests import freeze_time, tagged
from odoo.tools import mute_logger

from .common import TODAY, RelanceCase, days

DAILY = "odoo.addons.relance_ar.models.relance_run_daily"


class DailyCase(RelanceCase):
    """Runs the daily cron through Odoo's scheduler, with a real mail server."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.cron = cls.env.ref("relance_ar.ir_cron_daily_run")

    def _run_cron(self, sink=None):
        """Trigger the cron record; return the messages that have left."""
        if sink is None:
            with self.mail_server() as sink:
                return self._run_cron(sink)
        self.env.flush_all()
        with self.enter_registry_test_mode():
            self.cron.method_direct_trigger()
        self.env.invalidate_all()
        return sink.messages

    def _switch_on(self, **values):
        """Switch automatic sending on, as the credit manager does."""
        wizards = self.env["relance.activation"].with_user(self.manager)
        wizard = wizards.browse(wizards.action_open()["res_id"])
        wizard.write({"date_from": TODAY, "old_debt_rule": "include", **values})
        wizard.action_simulate()
        wizard.action_activate()

    def _reminders_to(self, partner):
        return self.env["relance.reminder"].search([("partner_id", "=", partner.id)])


@tagged("post_install", "-at_install")
@freeze_time(f"{TODAY} 09:00")
class TestDailyRun(DailyCase):
    """The morning of the collections department."""

    def test_installing_writes_to_no_customer(self):
        debtor = self._debtor()
        self._invoice(debtor, days(-3))
        self.assertFalse(self._run_cron())
        reminder = self._reminders_to(debtor)
        self.assertRecordValues(reminder, [{"state": "proposed", "channel": "email"}])
        self.assertFalse(self.env["mail.mail"].search([("state", "=", "outgoing")]))

    def test_not_even_what_an_officer_approved_leaves_before_the_switch(self):
        debtor = self._debtor()
        self._invoice(debtor, days(-3))
        self._plan().action_approve()
        self.assertFalse(self._run_cron())
        self.assertEqual(self._reminders_to(debtor).state, "approved")

    def test_calls_are_on_the_to_do_list_of_the_officer(self):
        debtor = self._debtor(email=False)
        self._invoice(debtor, days(-3))
        self._run_cron()
        reminder = self._reminders_to(debtor)
        self.assertRecordValues(reminder, [{"state": "approved", "channel": "phone"}])
        self.assertEqual(reminder.activity_ids.user_id, self.officer)

    def test_once_switched_on_the_first_reminder_leaves_by_itself(self):
        debtor = self._debtor()
        self._invoice(debtor, days(-3))
        self._switch_on()
        [message] = self._run_cron()
        self.assertIn("debtor@debtor.test", message["To"])
        self.assertIn("officer@creditor.test", message["Reply-To"])
        self.assertRecordValues(
            self._reminders_to(debtor), [{"state": "sent", "date_done": TODAY}]
        )

    def test_a_second_run_on_the_same_day_does_nothing(self):
        self._invoice(self._debtor(), days(-3))
        self._invoice(self._debtor("Caller SA", email=False), days(-3))
        self._switch_on()
        self.assertEqual(len(self._run_cron()), 1)
        before = self.env["relance.reminder"].search([]).read()
        activities = self.env["mail.activity"].search_count([])
        self.assertFalse(self._run_cron())
        self.assertEqual(self.env["relance.reminder"].search([]).read(), before)
        self.assertEqual(self.env["mail.activity"].search_count([]), activities)

    def test_nothing_leaves_before_the_chosen_date(self):
        debtor = self._debtor()
        self._invoice(debtor, days(-3))
        self._switch_on(date_from=days(1))
        self.assertFalse(self._run_cron())
        with freeze_time(f"{days(1)} 09:00"):
            self.assertEqual(len(self._run_cron()), 1)

    def test_old_debts_wait_for_a_person_if_the_manager_says_so(self):
        old, young = self._debtor("Old SA"), self._debtor("Young SA")
        self._invoice(old, days(-5))
        self._invoice(young, days(-2))
        self._switch_on(old_debt_rule="approve", old_debt_before=days(-3))
        [message] = self._run_cron()
        self.assertIn("young@debtor.test", message["To"])
        self.assertEqual(self._reminders_to(old).state, "proposed")

    def test_old_debts_are_left_out_if_the_manager_says_so(self):
        old = self._debtor("Old SA")
        self._invoice(old, days(-5))
        self._switch_on(old_debt_rule="ignore", old_debt_before=days(-3))
        self.assertFalse(self._run_cron())
        self.assertFalse(self._reminders_to(old))

    def test_a_level_that_asks_for_approval_waits(self):
        debtor = self._debtor(phone=False)
        self._invoice(debtor, days(-12))
        self._switch_on()
        self.assertFalse(self._run_cron())
        self.assertRecordValues(
            self._reminders_to(debtor), [{"state": "proposed", "channel": "email"}]
        )

    def test_nothing_leaves_at_the_week_end(self):
        debtor = self._debtor()
        self._invoice(debtor, days(-3))
        self._switch_on()
        with freeze_time("2026-03-21 09:00"):  # a Saturday
            self.assertFalse(self._run_cron())
            self.assertEqual(str(self._reminders_to(debtor).date_planned), "2026-03-23")
        with freeze_time("2026-03-23 09:00"):
            self.assertEqual(len(self._run_cron()), 1)

    def test_many_leave_in_batches_each_once(self):
        addresses = set()
        for rank in range(5):
            debtor = self._debtor(f"Number{rank} SA")
            addresses.add(debtor.email)
            self._invoice(debtor, days(-3))
        self._switch_on()
        with patch(f"{DAILY}.DISPATCHED_PER_BATCH", 2):
            messages = self._run_cron()
        self.assertEqual(len(messages), 5)
        self.assertEqual(
            {message["To"].addresses[0].addr_spec for message in messages}, addresses
        )

    def test_one_failing_company_does_not_stop_the_others(self):
        debtor = self._debtor()
        self._invoice(debtor, days(-3))
        run_class = type(self.env["relance.run"])
        plan = run_class._cron_plan
        others = self.setup_other_company(name="first by name")["company"]
        others.sequence = self.company.sequence - 1  # planned before ours

        def failing_plan(run):
            if run.company_id in others:
                raise UserError("no working day in sight")
            return plan(run)

        self.patch(run_class, "_cron_plan", failing_plan)
        with mute_logger(DAILY):
            self._run_cron()
        runs = self.env["relance.run"].sudo()
        failed = runs.search([("company_id", "in", others.ids)])
        self.assertEqual(
            failed.mapped("failures"), ["no working day in sight"] * len(others)
        )
        self.assertEqual(self._reminders_to(debtor).state, "proposed")

    def test_each_company_has_its_own_switch(self):
        other = self._create_company(
            name="Other creditor", country_id=self.env.ref("base.fr").id
        )
        self._switch_on()
        self.assertTrue(self.company._relance_is_automatic(TODAY))
        self.assertFalse(other._relance_is_automatic(TODAY))


class PowerCut(BaseException):
    """What no code can catch and go on from."""


@tagged("post_install", "-at_install")
@freeze_time(f"{TODAY} 09:00")
class TestCrash(DailyCase):
    """Killed at any moment and run again: nothing lost, nothing doubled."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.debtors = cls.env["res.partner"]
        for rank in range(3):
            debtor = cls._debtor(f"Number{rank} SA")
            cls._invoice(debtor, days(-3))
            cls.debtors |= debtor

    def _crash_in(self, method, after=1):
        """Let a method of the reminders or the run raise after so many calls."""
        model = "relance.run" if method == "_plan_batch" else "relance.reminder"
        cls = type(self.env[model])
        original, calls = getattr(cls, method), []

        def crashing(records, *args, **kwargs):
            calls.append(records)
            if len(calls) > after:
                raise PowerCut
            return original(records, *args, **kwargs)

        return patch.object(cls, method, crashing)

    @contextmanager
    def _power_cut(self):
        """Expect the power cut; unlike assertRaises, take nothing back."""
        try:
            yield
        except PowerCut:
            return
        self.fail("the power was not cut")

    def _assert_each_contacted_once(self, sink):
        received = [m["To"].addresses[0].addr_spec for m in sink.messages]
        self.assertEqual(sorted(received), sorted(self.debtors.mapped("email")))
        reminders = self.env["relance.reminder"].search([])
        self.assertEqual(reminders.mapped("state"), ["sent"] * 3)

    def test_while_planning(self):
        self._switch_on()
        with self.mail_server() as sink:
            with (
                self._power_cut(),
                patch("odoo.addons.relance_ar.models.relance_run.DEBTORS_PER_BATCH", 1),
                self._crash_in("_plan_batch", after=2),
            ):
                self._run_cron(sink)
            planned = self.env["relance.reminder"].search([])
            self.assertEqual(planned.partner_id, self.debtors[:2])
            self._run_cron(sink)
            self._assert_each_contacted_once(sink)

    def test_between_the_queue_and_the_mail_server(self):
        self._switch_on()
        with self.mail_server() as sink:
            with self._power_cut(), self._crash_in("_send_queued_mails", 0):
                self._run_cron(sink)
            self.assertFalse(sink.messages)
            self._run_cron(sink)
            self.assertFalse(sink.messages, "they wait for the mail queue")
            with freeze_time(f"{TODAY} 09:20"):
                self.env["mail.mail"].process_email_queue()
            self._assert_each_contacted_once(sink)

    def test_while_writing_the_second_batch(self):
        self._switch_on()
        with self.mail_server() as sink:
            with (
                self._power_cut(),
                patch(f"{DAILY}.DISPATCHED_PER_BATCH", 1),
                self._crash_in("_queue", after=1),
            ):
                self._run_cron(sink)
            self.assertEqual(len(sink.messages), 1)
            self._run_cron(sink)
            self._assert_each_contacted_once(sink)
