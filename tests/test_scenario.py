import psycopg2

from odoo import Command
from odoo.exceptions import UserError, ValidationError
from odoo.tests import Form, freeze_time, tagged
from odoo.tools import mute_logger

from .common import TODAY, RelanceCase, days


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestDefaultScenarios(RelanceCase):
    """What is installed is what the articles on getting paid advise."""

    def _steps(self, xmlid):
        scenario = self.env.ref(f"relance_ar.{xmlid}").with_user(self.officer)
        return [
            (
                level.phase,
                level.delay_days,
                level.channel_ids.mapped("code"),
                level.approver,
                level.auto_send,
            )
            for level in scenario.level_ids
        ]

    def test_the_standard_scenario(self):
        self.assertEqual(
            self._steps("scenario_standard"),
            [
                ("preventive", -7, ["email", "phone"], "officer", True),
                ("level_1", 1, ["email", "phone"], "officer", True),
                ("level_1", 11, ["phone", "email"], "officer", False),
                ("level_2", 22, ["email", "letter", "phone"], "officer", False),
                ("level_2", 32, ["phone", "letter"], "officer", False),
                (
                    "level_3",
                    42,
                    ["registered_letter", "letter", "email"],
                    "officer",
                    False,
                ),
                ("formal_notice", 56, ["registered_letter"], "manager", False),
                ("litigation", 75, ["registered_letter", "letter"], "manager", False),
            ],
        )
        self.assertRecordValues(
            self.scenario, [{"min_gap_days": 7, "grace_days": 2, "company_id": False}]
        )

    def test_the_scenario_of_individuals(self):
        self.assertEqual(
            self._steps("scenario_consumer"),
            [
                ("level_1", 3, ["email", "letter"], "officer", True),
                ("level_2", 18, ["email", "phone", "letter"], "officer", False),
                ("level_3", 35, ["letter", "email"], "officer", False),
                ("formal_notice", 55, ["registered_letter"], "manager", False),
            ],
        )
        consumer = self.env.ref("relance_ar.scenario_consumer")
        self.assertFalse(any(consumer.level_ids.mapped("claim_penalties")))

    def test_every_level_has_a_text(self):
        """Words for what is written, instructions for what is said."""
        for level in self.env["relance.level"].search([]):
            codes = set(level.channel_ids.mapped("code"))
            with self.subTest(level.display_name, scenario=level.scenario_id.name):
                if codes & {"email", "letter", "registered_letter"}:
                    self.assertTrue(level.mail_template_id)
                if codes & {"phone", "visit"}:
                    self.assertTrue(level.instructions)

    def test_a_level_is_named_with_its_day(self):
        names = self.scenario.level_ids.mapped("display_name")
        self.assertEqual(
            names[:3],
            [
                "Before the due date (day -7)",
                "First reminder (day +1)",
                "Follow-up (day +11)",
            ],
        )

    def test_the_manager_sees_when_each_level_comes(self):
        dates = self.scenario.with_user(self.manager).level_ids.mapped("example_date")
        self.assertEqual(dates[:3], [days(-7), days(1), days(11)])


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestScenario(RelanceCase):
    """How a credit manager writes a scenario, and what is refused."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.scenarios = cls.env["relance.scenario"].with_user(cls.manager)
        cls.own = cls._scenario("Own")

    @classmethod
    def _scenario(cls, name, *levels, **values):
        """Return a scenario with levels given as ``(phase, delay, channel codes)``."""
        return cls.scenarios.create(
            {
                "name": name,
                "min_gap_days": 0,
                "level_ids": [
                    Command.create(cls._level_vals(*level)) for level in levels
                ],
                **values,
            }
        )

    @classmethod
    def _level_vals(cls, phase, delay, codes=("email",), **values):
        return {
            "name": f"{phase} {delay}",
            "phase": phase,
            "delay_days": delay,
            "channel_ids": [Command.set(cls._channels(*codes).ids)],
            "mail_template_id": cls.env.ref("relance_ar.mail_template_level_1").id,
            **values,
        }

    @classmethod
    def _channels(cls, *codes):
        channels = cls.env["relance.channel"]
        for code in codes:
            channels += cls.env.ref(f"relance_ar.relance_channel_{code}")
        return channels

    def _add(self, scenario, *level, **values):
        level = scenario.level_ids.create(
            {"scenario_id": scenario.id, **self._level_vals(*level, **values)}
        )
        level.flush_recordset()
        return level

    def _codes(self, level):
        """Return the channels as read back from the database."""
        self.env.flush_all()
        self.env.invalidate_all()
        return level.channel_ids.mapped("code")

    # ---------------------------------------------------------------- channels

    def test_channels_keep_the_order_in_which_they_are_given(self):
        for codes in (
            ["letter", "email", "phone"],
            ["visit", "registered_letter"],
            ["phone", "email", "letter"],
        ):
            with self.subTest(codes):
                scenario = self._scenario("Order", ("level_1", 5, codes))
                self.assertEqual(self._codes(scenario.level_ids), codes)

    def test_the_order_of_channels_can_be_changed(self):
        level = self._add(self.own, "level_1", 5, ["email", "phone", "letter"])
        for codes in (
            ["letter", "phone", "email"],
            ["phone", "letter"],
            ["phone", "email", "letter"],
        ):
            with self.subTest(codes):
                channels = self._channels(*codes)
                level.write({"channel_ids": [Command.set(channels.ids)]})
                self.assertEqual(level.channel_ids.mapped("code"), codes)
                self.assertEqual(self._codes(level), codes)

    def test_a_channel_linked_later_comes_last(self):
        level = self._add(self.own, "level_1", 5, ["phone"])
        level.write({"channel_ids": [Command.link(self._channels("email").id)]})
        self.assertEqual(self._codes(level), ["phone", "email"])
        level.write({"channel_ids": [Command.unlink(self._channels("phone").id)]})
        self.assertEqual(self._codes(level), ["email"])

    def test_two_levels_have_each_their_order(self):
        scenario = self._scenario(
            "Two",
            ("level_1", 5, ["email", "phone"]),
            ("level_1", 9, ["phone", "email"]),
        )
        first, second = scenario.level_ids
        self.assertEqual(self._codes(first), ["email", "phone"])
        self.assertEqual(self._codes(second), ["phone", "email"])

    def test_a_copy_keeps_levels_and_channels_in_order(self):
        scenario = self._scenario(
            "Old",
            ("level_1", 5, ["phone", "email"]),
            ("level_2", 20, ["letter", "email", "phone"]),
        )
        copied = scenario.copy({"name": "New"})
        self.assertEqual(
            [(level.delay_days, self._codes(level)) for level in copied.level_ids],
            [(5, ["phone", "email"]), (20, ["letter", "email", "phone"])],
        )
        self.assertFalse(copied.level_ids & scenario.level_ids)

    def test_a_level_is_found_by_its_channel(self):
        level = self._add(self.own, "level_1", 5, ["visit"])
        visit = self._channels("visit")
        domain = [("channel_ids", "in", visit.ids), ("scenario_id", "=", self.own.id)]
        self.assertEqual(level.search(domain), level)

    def test_the_order_of_channels_survives_the_form(self):
        level = self._add(self.own, "level_1", 5, ["letter", "email"])
        with Form(level) as form:
            form.name = "Renamed"
        self.assertEqual(self._codes(level), ["letter", "email"])

    # -------------------------------------------------------------- constraints

    def test_two_levels_cannot_come_on_one_day(self):
        self._add(self.own, "level_1", 5)
        with (
            mute_logger("odoo.sql_db"),
            self.assertRaises(psycopg2.errors.UniqueViolation),
        ):
            self._add(self.own, "level_2", 5)

    def test_an_archived_level_leaves_its_day_free(self):
        self._add(self.own, "level_1", 5).action_archive()
        self.env.flush_all()
        self.assertEqual(self._add(self.own, "level_1", 5).delay_days, 5)

    def test_a_firmer_phase_cannot_come_before_a_milder_one(self):
        self._add(self.own, "level_2", 20)
        with self.assertRaises(ValidationError) as refused:
            self._add(self.own, "level_3", 10)
        message = (
            "In the scenario Own a firmer phase comes before a milder one: put the "
            "levels in the order of their phases."
        )
        self.assertEqual(str(refused.exception), message)
        level = self._add(self.own, "level_3", 30)
        with self.assertRaises(ValidationError) as refused:
            level.delay_days = 10
        self.assertEqual(str(refused.exception), message)
        with self.assertRaises(ValidationError):
            self._scenario("Wrong", ("level_2", 5), ("level_1", 9))

    def test_an_archived_level_out_of_order_is_not_taken_up_again(self):
        level = self._add(self.own, "level_3", 10)
        level.action_archive()
        self._add(self.own, "level_1", 20)
        with self.assertRaises(ValidationError):
            level.action_unarchive()

    def test_levels_can_be_moved_together(self):
        scenario = self._scenario("Moved", ("level_1", 5), ("level_2", 9))
        first, second = scenario.level_ids
        scenario.write(
            {
                "level_ids": [
                    Command.update(first.id, {"delay_days": 12}),
                    Command.update(second.id, {"delay_days": 20}),
                ]
            }
        )
        self.assertEqual(scenario.level_ids.mapped("delay_days"), [12, 20])

    def test_days_out_of_range_are_refused(self):
        for phase, delay, values in (
            ("preventive", 1, {}),
            ("level_1", 0, {}),
            ("level_1", -1, {}),
            ("preventive", -366, {}),
            ("level_1", 3651, {}),
            ("level_1", 5, {"deadline_days": -1}),
            ("level_1", 5, {"deadline_days": 366}),
        ):
            with (
                self.subTest(phase=phase, delay=delay, **values),
                mute_logger("odoo.sql_db"),
                self.assertRaises(psycopg2.errors.CheckViolation),
            ):
                self._add(self.own, phase, delay, **values)
        for values in ({"min_gap_days": -1}, {"min_gap_days": 366}, {"grace_days": -1}):
            with (
                self.subTest(**values),
                mute_logger("odoo.sql_db"),
                self.assertRaises(psycopg2.errors.CheckViolation),
            ):
                self._scenario("Wrong", **values).flush_recordset()

    def test_a_preventive_level_may_come_on_the_due_date(self):
        self.assertEqual(self._add(self.own, "preventive", 0).delay_days, 0)

    # ----------------------------------------------------- deleting and archiving

    def _used(self):
        """Return the level and the reminder of a debtor planned by the scenario."""
        level = self._add(self.own, "level_1", 2, name="Used")
        debtor = self._debtor(relance_scenario_id=self.own.id)
        self._invoice(debtor, days(-3))
        return level, self._plan()

    def test_a_level_that_has_served_cannot_be_deleted(self):
        level, reminder = self._used()
        self.assertEqual(reminder.level_id, level)
        with self.assertRaises(UserError) as refused:
            level.unlink()
        self.assertEqual(
            str(refused.exception),
            "The level Used has served: it belongs to the history of reminders. "
            "Archive it instead.",
        )

    def test_a_scenario_that_has_served_cannot_be_deleted_either(self):
        self._used()
        with self.assertRaises(UserError) as refused:
            self.own.unlink()
        self.assertIn("Archive it instead", str(refused.exception))

    def test_an_archived_level_serves_no_more(self):
        level, reminder = self._used()
        level.action_archive()
        self._add(self.own, "level_1", 1, name="Instead")
        self._plan()
        self.assertEqual(reminder.level_id.name, "Instead")

    def test_a_level_that_has_not_served_can_be_deleted(self):
        level = self._add(self.own, "level_1", 5)
        level.unlink()
        self.assertFalse(self.own.level_ids)

    def test_customers_of_a_deleted_scenario_follow_the_default_one(self):
        self._add(self.own, "level_1", 2)
        debtor = self._debtor(relance_scenario_id=self.own.id)
        self._invoice(debtor, days(-3))
        self.own.unlink()
        self.env.flush_all()
        self.env.invalidate_all()
        reminder = self._plan()
        self.assertEqual(reminder.level_id, self.env.ref("relance_ar.level_1_first"))

    def test_the_default_scenario_of_a_company_cannot_vanish_unseen(self):
        self._add(self.own, "level_1", 2)
        self.company.relance_scenario_id = self.own
        debtor = self._debtor()
        self._invoice(debtor, days(-3))
        self.own.unlink()
        self.env.invalidate_all()
        self.assertEqual(self._plan().level_id.scenario_id, self.scenario)

    # ---------------------------------------------------------- which one applies

    def test_the_scenario_of_the_customer_goes_before_that_of_the_company(self):
        self._add(self.own, "level_1", 2)
        for_company = self._scenario("Company", ("level_1", 3))
        for_person = self._scenario("Person", ("level_1", 1))
        self.company.relance_scenario_id = for_company
        self.company.relance_consumer_scenario_id = for_person
        partners = (
            self._debtor("Special SA", relance_scenario_id=self.own.id)
            + self._debtor("Usual SA")
            + self._debtor("Claude Petit", is_company=False)
        )
        for partner in partners:
            self._invoice(partner, days(-3))
        found = {r.partner_id: r.level_id.scenario_id for r in self._plan()}
        self.assertEqual(
            found,
            dict(zip(partners, self.own + for_company + for_person, strict=True)),
        )

    def test_a_scenario_is_chosen_for_each_company(self):
        other = self.setup_other_company()["company"]
        debtor = self._debtor(relance_scenario_id=self.own.id)
        self.assertFalse(debtor.with_company(other).relance_scenario_id)

    def test_a_scenario_without_level_chases_nobody_and_says_so(self):
        debtor = self._debtor(relance_scenario_id=self.own.id)
        invoice = self._invoice(debtor, days(-3))
        self.assertFalse(self._plan())
        [why] = self.runs.explain(self._lines(invoice), TODAY)
        self.assertFalse(why["due"])
        self.assertEqual(len(why["reasons"]), 1, why["reasons"])

    # ------------------------------------------------------------- what is missing

    def test_a_level_without_channel_is_held_and_the_others_go_on(self):
        self._add(self.own, "level_1", 2, [])
        mute = self._debtor("Mute SA", relance_scenario_id=self.own.id)
        usual = self._debtor("Usual SA")
        self._invoice(mute, days(-3))
        self._invoice(usual, days(-3))
        reminders = {r.partner_id: r for r in self._plan()}
        self.assertEqual(reminders[usual].state, "proposed")
        self.assertEqual(reminders[mute].state, "held")
        run = reminders[mute].run_id
        self.assertFalse(run.failures)
        # The customer can be reached: it is the scenario that must be completed.
        self.assertNotIn("complete the contact", reminders[mute].why)

    def test_a_deleted_text_fails_that_reminder_and_the_others_leave(self):
        level = self._add(self.own, "level_1", 2, name="Textless")
        silent = self._debtor("Silent SA", relance_scenario_id=self.own.id)
        usual = self._debtor("Usual SA")
        self._invoice(silent, days(-3))
        self._invoice(usual, days(-3))
        reminders = self._plan()
        template = level.mail_template_id.sudo().copy()
        level.mail_template_id = template
        template.unlink()
        reminders.action_approve()
        with self.mail_server() as sink:
            reminders.action_send()
        self.assertEqual(
            [m["To"] for m in sink.messages], ["Usual SA <usual@debtor.test>"]
        )
        of = {r.partner_id: r for r in reminders}
        self.assertEqual(of[usual].state, "sent")
        self.assertRecordValues(
            of[silent],
            [
                {
                    "state": "failed",
                    "failure_kind": "content",
                    "failure": "The level “Textless” has no text for reminders: choose "
                    "one in the scenario.",
                    "date_done": False,
                }
            ],
        )

    def test_a_failed_text_is_proposed_again_once_it_is_there(self):
        level = self._add(self.own, "level_1", 2, mail_template_id=False)
        debtor = self._debtor(relance_scenario_id=self.own.id)
        self._invoice(debtor, days(-3))
        reminder = self._plan()
        reminder.action_approve()
        reminder.action_send()
        self.assertEqual(reminder.state, "failed")
        level.mail_template_id = self.env.ref("relance_ar.mail_template_level_1")
        self.assertRecordValues(
            self._plan(), [{"state": "proposed", "level_id": level.id}]
        )
