from odoo.exceptions import AccessError, UserError
from odoo.sql_db import Cursor
from odoo.tests import Form, freeze_time, tagged

from .common import TODAY, RelanceCase, days


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestActivation(RelanceCase):
    """Automatic sending: off until a credit manager has seen a simulation."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.wizards = cls.env["relance.activation"].with_user(cls.manager)
        cls.old = cls._debtor("Old SA")
        cls.young = cls._debtor("Young SA")
        cls.coming = cls._debtor("Coming SA", email=False)
        cls.lost = cls._debtor("Lost SA", email=False, phone=False, street=False)
        cls._invoice(cls.old, days(-60), 500)
        cls._invoice(cls.old, days(-3), 50)
        cls._invoice(cls.young, days(-3), 1000)
        cls._invoice(cls.young, days(-2), 200)
        cls._invoice(cls.coming, days(4), 300)
        cls._invoice(cls.lost, days(-3), 70)

    def _open(self, **values):
        """Return a wizard on which the manager has pressed “Simulate”."""
        wizard = self.wizards.browse(self.wizards.action_open()["res_id"])
        if values:
            wizard.write(values)
            wizard.action_simulate()
        return wizard

    def _shown(self, wizard):
        return sorted(
            (line.phase, line.channel, line.reminder_count, line.line_count)
            for line in wizard.line_ids
        )

    def _proposed(self, day=TODAY):
        """Return the counts of a real run, in the form of the simulation."""
        counts = {}
        channels = self.env["relance.reminder"]._fields["channel"]
        names = dict(channels._description_selection(self.env))
        for reminder in self._plan(day):
            held = reminder.state == "held"
            channel = "Unreachable" if held else names[reminder.channel]
            key = (reminder.phase, channel)
            reminders, lines = counts.get(key, (0, 0))
            counts[key] = (reminders + 1, lines + len(reminder.line_ids))
        return sorted((*key, *count) for key, count in counts.items())

    def test_automatic_sending_is_off_after_the_installation(self):
        company = self.env["res.company"].create({"name": "Fresh"})
        self.assertRecordValues(
            company,
            [{"relance_auto_send": False, "relance_auto_send_from": False}],
        )

    def test_the_simulation_is_shown_at_once(self):
        wizard = self._open()
        self.assertEqual(wizard.simulated, wizard._get_choices())
        self.assertRecordValues(
            wizard.line_ids,
            [
                {
                    "phase": "preventive",
                    "channel": "Phone call",
                    "reminder_count": 1,
                    "line_count": 1,
                    "amount": 300.0,
                    "auto_send": False,
                },
                {
                    "phase": "level_1",
                    "channel": "E-mail",
                    "reminder_count": 1,
                    "line_count": 2,
                    "amount": 1200.0,
                    "auto_send": True,
                },
                {
                    "phase": "level_1",
                    "channel": "Phone call",
                    "reminder_count": 1,
                    "line_count": 2,
                    "amount": 550.0,
                    "auto_send": False,
                },
                {
                    "phase": "level_1",
                    "channel": "Unreachable",
                    "reminder_count": 1,
                    "line_count": 1,
                    "amount": 70.0,
                    "auto_send": False,
                },
            ],
        )

    def test_the_simulation_shows_what_the_run_then_proposes(self):
        for day in (TODAY, days(8), days(30)):
            with self.subTest(day):
                shown = self._shown(self._open(date_from=day))
                with freeze_time(day):
                    self.assertEqual(shown, self._proposed(day))
                    self.reminders.search([]).action_cancel()

    def test_the_simulation_is_that_of_the_chosen_date(self):
        wizard = self._open()
        wizard.date_from = days(8)
        wizard.action_simulate()
        self.assertEqual(wizard.simulated, wizard._get_choices())
        self.assertNotIn("preventive", wizard.line_ids.mapped("phase"))

    def test_a_foreign_currency_is_shown_in_that_of_the_company(self):
        dollars = self.setup_other_currency("USD", rates=[("2016-01-01", 2.0)])
        self._invoice(self._debtor("Far SA"), days(-3), 600, currency_id=dollars)
        line = self._open().line_ids.filtered(
            lambda li: (li.phase, li.channel) == ("level_1", "E-mail")
        )
        self.assertEqual((line.reminder_count, line.amount), (2, 1500.0))

    def test_the_simulation_writes_to_nobody(self):
        wizard = self.wizards.create({})
        self.env.flush_all()
        mails = self.env["mail.mail"].search_count([])
        messages = self.env["mail.message"].search_count([])
        activities = self.env["mail.activity"].search_count([])
        written = set()
        execute = Cursor.execute

        def spy(cursor, query, *args, **kwargs):
            words = str(getattr(query, "code", query)).split()
            if words[0].upper() in ("INSERT", "UPDATE", "DELETE"):
                names = [word.strip('"') for word in words]
                written.add(
                    next(n for n in names[1:] if n.upper() not in ("INTO", "FROM"))
                )
            return execute(cursor, query, *args, **kwargs)

        self.patch(Cursor, "execute", spy)
        wizard.action_simulate()
        self.env.flush_all()
        self.assertLessEqual(written, {"relance_activation", "relance_activation_line"})
        self.assertFalse(self.env["relance.reminder"].search_count([]))
        self.assertFalse(self.env["relance.run"].search_count([]))
        self.assertEqual(self.env["mail.mail"].search_count([]), mails)
        self.assertEqual(self.env["mail.message"].search_count([]), messages)
        self.assertEqual(self.env["mail.activity"].search_count([]), activities)
        self.assertFalse(self.company.relance_auto_send)

    def test_it_is_switched_on_from_the_date_simulated(self):
        wizard = self._open(
            date_from=days(1), old_debt_before=days(-30), old_debt_rule="ignore"
        )
        wizard.action_activate()
        self.assertRecordValues(
            self.company,
            [
                {
                    "relance_auto_send": True,
                    "relance_auto_send_from": days(1),
                    "relance_old_debt_before": days(-30),
                    "relance_old_debt_rule": "ignore",
                }
            ],
        )
        self.assertFalse(self.company._relance_is_automatic(TODAY))
        self.assertTrue(self.company._relance_is_automatic(days(1)))
        self.assertTrue(wizard.is_active)

    def test_it_is_refused_without_a_simulation(self):
        wizard = self.wizards.create({})
        with self.assertRaises(UserError) as refused:
            wizard.action_activate()
        self.assertEqual(
            str(refused.exception),
            "Look at the simulation of the 18/03/2026 first: press “Simulate”.",
        )
        self.assertFalse(self.company.relance_auto_send)

    def test_it_is_refused_with_the_simulation_of_another_date(self):
        wizard = self._open()
        with Form(wizard) as form:
            form.date_from = days(8)
        with self.assertRaises(UserError) as refused:
            wizard.action_activate()
        self.assertIn("26/03/2026", str(refused.exception))
        self.assertFalse(self.company.relance_auto_send)

    def test_a_simulation_cannot_be_pretended(self):
        wizard = self.wizards.create({})
        with self.assertRaises(AccessError):
            self.wizards.create({"simulated": wizard._get_choices()})
        with self.assertRaises(AccessError):
            wizard.simulated = wizard._get_choices()
        self.assertFalse(self.company.relance_auto_send)

    def test_the_simulation_follows_the_rule_for_old_debts(self):
        # What leaves by itself differs: the manager must see it before deciding.
        wizard = self._open(old_debt_before=days(-30), old_debt_rule="ignore")
        calls = wizard.line_ids.filtered(lambda li: li.channel == "Phone call")
        found = {
            (line.phase, line.reminder_count, line.amount) for line in wizard.line_ids
        }
        self.assertEqual(sum(wizard.line_ids.mapped("line_count")), 5, found)
        self.assertEqual(calls.mapped("phase"), ["preventive"])

    def test_it_is_refused_when_the_rule_has_changed_since_the_simulation(self):
        wizard = self._open(old_debt_before=days(-30), old_debt_rule="ignore")
        wizard.old_debt_rule = "include"
        with self.assertRaises(UserError):
            wizard.action_activate()

    def test_it_is_switched_off_at_once(self):
        wizard = self._open()
        wizard.action_activate()
        wizard.action_deactivate()
        self.assertFalse(self.company.relance_auto_send)
        self.assertFalse(self.company._relance_is_automatic(TODAY))
        self.assertFalse(wizard.is_active)

    def test_only_a_credit_manager_decides(self):
        self.assertFalse(self.wizards.with_user(self.officer).has_access("read"))
        wizard = self._open()
        for method in ("action_simulate", "action_activate", "action_deactivate"):
            with self.subTest(method), self.assertRaises(AccessError):
                getattr(wizard.with_user(self.officer), method)()
        with self.assertRaises(AccessError):
            self.wizards.with_user(self.officer).action_open()
        self.assertFalse(self.company.relance_auto_send)

    def test_each_company_is_switched_on_alone(self):
        other = self.setup_other_company()["company"]
        self.manager.company_ids += other
        wizard = self._open()
        wizard.action_activate()
        self.assertTrue(self.company.relance_auto_send)
        self.assertFalse(other.relance_auto_send)
        there = self.wizards.with_company(other)
        wizard = there.browse(there.action_open()["res_id"])
        self.assertEqual(wizard.company_id, other)
        self.assertFalse(wizard.line_ids, "debts of another company are not counted")

    def test_a_company_that_is_not_ones_own_is_refused(self):
        other = self.setup_other_company()["company"]
        with self.assertRaises(AccessError):
            self.wizards.create({"company_id": other.id}).action_simulate()
        wizard = self.wizards.sudo().create({"company_id": other.id})
        wizard.simulated = wizard._get_choices()
        for method in ("action_simulate", "action_activate", "action_deactivate"):
            with self.subTest(method), self.assertRaises(AccessError):
                getattr(wizard.with_user(self.manager), method)()
        self.assertFalse(other.relance_auto_send)


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestOldDebts(RelanceCase):
    """What the day of the installation finds is treated by the chosen rule."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.old = cls._invoice(cls._debtor("Old SA"), days(-9), 500)
        cls.young = cls._invoice(cls._debtor("Young SA"), days(-3), 100)
        wizards = cls.env["relance.activation"].with_user(cls.manager)
        cls.wizard = wizards.browse(wizards.action_open()["res_id"])
        cls.wizard.old_debt_before = days(-5)

    def _run(self, rule):
        """Activate with ``rule``, let the daily cron work; return the states."""
        self.wizard.old_debt_rule = rule
        self.wizard.action_simulate()
        self.wizard.action_activate()
        with self.mail_server() as sink, self.enter_registry_test_mode():
            self.env.ref("relance_ar.ir_cron_daily_run").method_direct_trigger()
        self.recipients = sorted(message["To"] for message in sink.messages)
        return {
            reminder.partner_id.name: reminder.state
            for reminder in self.env["relance.reminder"].search([])
        }

    def test_old_debts_left_out(self):
        self.assertEqual(self._run("ignore"), {"Young SA": "sent"})
        self.assertEqual(self.recipients, ["Young SA <young@debtor.test>"])
        [why] = self.runs.explain(self._lines(self.old), TODAY)
        self.assertFalse(why["due"])
        self.assertEqual(len(why["reasons"]), 1)
        self.assertIn("03/13/2026", why["reasons"][0])

    def test_old_debts_to_approve(self):
        states = {"Old SA": "proposed", "Young SA": "sent"}
        self.assertEqual(self._run("approve"), states)
        self.assertEqual(self.recipients, ["Young SA <young@debtor.test>"])

    def test_old_debts_as_any_other(self):
        self.assertEqual(self._run("include"), {"Old SA": "sent", "Young SA": "sent"})
        self.assertEqual(
            self.recipients,
            ["Old SA <old@debtor.test>", "Young SA <young@debtor.test>"],
        )

    def test_the_day_named_is_not_old(self):
        self.wizard.old_debt_before = days(-9)
        self.assertEqual(self._run("ignore"), {"Old SA": "sent", "Young SA": "sent"})

    def test_nothing_leaves_before_the_date_of_the_start(self):
        self.wizard.date_from = days(1)
        states = self._run("include")
        self.assertEqual(states, {"Old SA": "proposed", "Young SA": "proposed"})
        self.assertEqual(self.recipients, [])

    def test_nothing_leaves_once_it_is_off(self):
        self.wizard.action_simulate()
        self.wizard.action_activate()
        self.wizard.action_deactivate()
        with self.mail_server() as sink, self.enter_registry_test_mode():
            self.env.ref("relance_ar.ir_cron_daily_run").method_direct_trigger()
        self.assertEqual(sink.messages, [])
        states = set(self.env["relance.reminder"].search([]).mapped("state"))
        self.assertEqual(states, {"proposed"})
