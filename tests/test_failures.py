"""One debtor who fails stops nobody else, whatever asks, and is named in words."""

import sys
from unittest.mock import patch

from odoo.exceptions import UserError
from odoo.tests import freeze_time, tagged
from odoo.tools import mute_logger

from .common import TODAY, RelanceCase, days

RUN = "odoo.addons.relance_ar.models.relance_run"
LOGGERS = (
    "odoo.sql_db",
    "odoo.addons.relance_ar.models.relance_run_failure",
    "odoo.addons.relance_ar.models.relance_explainer",
)


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestFailures(RelanceCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.broken = cls._debtor("Broken SA")
        cls.others = [cls._debtor(f"Other{rank} SA") for rank in range(4)]
        cls.invoices = {
            partner: cls._invoice(partner, days(-3))
            for partner in (cls.broken, *cls.others)
        }

    def setUp(self):
        super().setUp()
        loggers = mute_logger(*LOGGERS)
        loggers.__enter__()
        self.addCleanup(loggers.__exit__)

    def _break(self, method, error):
        """Let a method that reads or decides fail for one debtor."""
        run_class = type(self.env["relance.run"])
        original = getattr(run_class, method)
        broken_id = self.broken.id

        def failing(records, first, *args, **kwargs):
            ids = first.ids if hasattr(first, "ids") else first
            if broken_id in ids:
                raise error
            return original(records, first, *args, **kwargs)

        return patch.object(run_class, method, failing)

    def _assert_named(self, text):
        self.assertIn("Broken SA", text)
        self.assertNotIn("Other", text)
        self.assertNotIn("Traceback", text)

    def test_facts_that_cannot_be_read_stop_one_debtor(self):
        lines = self._lines(*self.invoices.values())
        wizard = self.env["relance.simulation"].with_user(self.officer)
        activation = self.env["relance.activation"].with_user(self.manager)
        with self._break("_load_partners", ValueError("boom")):
            explained = self.runs.explain(lines, TODAY)
            simulation = wizard.create({"date": TODAY})
            action = simulation.action_simulate()
            start = activation.browse(activation.action_open()["res_id"])
            run = self.runs.create({"date": TODAY})
            run.action_plan()
        by_line = {found["move_line_id"]: found for found in explained}
        for line in lines:
            found = by_line[line.id]
            is_broken = line.partner_id == self.broken
            self.assertEqual(found["due"], not is_broken)
            if is_broken:
                self._assert_named(found["reasons"][0])
        self.assertEqual(len(simulation.line_ids), 4)
        self._assert_named(action["params"]["message"])
        self.assertEqual(sum(start.line_ids.mapped("reminder_count")), 4)
        self._assert_named(start.failures)
        self.assertEqual(len(run.reminder_ids), 4)
        self._assert_named(run.failures)
        self.assertNotIn("boom", run.failures, "what programs say is for the log")

    def test_what_is_said_for_people_is_kept(self):
        with self._break("_load_partners", UserError("Choose a scenario.")):
            run = self.runs.create({"date": TODAY})
            run.action_plan()
        self.assertEqual(run.failures, "Broken SA: Choose a scenario.")

    def _take_the_step(self):
        """Print a letter to somebody whose invoice is then found to be another's.

        That somebody is in the second batch of the runs to come.
        """
        self.patch(sys.modules[RUN], "DEBTORS_PER_BATCH", 1 + len(self.others))
        former = self._debtor("Former SA")
        reminders = self._plan()
        reminder = reminders.filtered(lambda r: r.partner_id == self.broken)
        (reminders - reminder).action_cancel()
        printed = self.env["ir.attachment"].create({"name": "letter", "raw": b"%PDF"})
        reminder.action_approve()
        reminder.sudo().write(
            {
                "partner_id": former.id,
                "contact_id": former.id,
                "channel": "letter",
                "letter_id": printed.id,
            }
        )
        return reminder

    def _run_daily(self):
        with self.enter_registry_test_mode():
            self.env.ref("relance_ar.ir_cron_daily_run").method_direct_trigger()
        self.env.invalidate_all()
        return self.env["relance.run"].search(
            [("is_daily", "=", True), ("company_id", "=", self.company.id)]
        )

    def _assert_step_named(self, run, reminder):
        self._assert_named(run.failures)
        self.assertIn(reminder.reference, run.failures)
        self.assertNotIn("in use by somebody else", run.failures)
        self.assertNotIn("duplicate key", run.failures)
        self.assertEqual(run.state, "done")
        planned = run.reminder_ids.partner_id
        self.assertEqual(len(planned), 4)

    def test_a_step_taken_elsewhere_is_named_by_the_daily_run(self):
        reminder = self._take_the_step()
        self._assert_step_named(self._run_daily(), reminder)

    def test_a_step_taken_elsewhere_is_named_by_a_run_of_a_person(self):
        reminder = self._take_the_step()
        run = self.runs.create({"date": TODAY})
        run.action_plan()
        self._assert_step_named(run, reminder)

    def test_a_list_that_is_whole_has_no_dots(self):
        run = self.runs.create({"date": TODAY}).sudo()
        run._note_in_use([partner.id for partner in self.others])
        self.assertNotIn("…", run.failures)
        run.failures = False
        run._note_in_use([partner.id for partner in self.others] * 2)
        self.assertTrue(run.failures.endswith("…"))
