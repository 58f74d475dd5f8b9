"""Jobs of a company whose language was deactivated since go on, in another one."""

from datetime import date

from odoo import Command
from odoo.tests import freeze_time, tagged

from .common import TODAY, days
from .test_daily import DailyCase


@tagged("post_install", "-at_install")
@freeze_time(f"{TODAY} 09:00")
class TestLanguageGone(DailyCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.debtor = cls._debtor()
        cls.invoice = cls._invoice(cls.debtor, days(-3))

    def _trigger(self, name, day):
        with freeze_time(day), self.enter_registry_test_mode():
            self.env.ref(f"relance_ar.{name}").method_direct_trigger()
        self.env.invalidate_all()

    def test_the_day_is_done(self):
        self._switch_on()
        self._lose_lang(self.company.partner_id)
        self.assertEqual(len(self._run_cron()), 1)
        self.assertEqual(self._reminders_to(self.debtor).state, "sent")
        self.assertFalse(self.env["relance.run"].search([]).failures)

    def test_promises_are_judged(self):
        promises = self.env["relance.promise"].with_user(self.officer)
        lines = self._lines(self.invoice)
        promise = promises.create(
            {"date": days(5), "amount": 500, "move_line_ids": [Command.set(lines.ids)]}
        )
        self._lose_lang(self.company.partner_id)
        self._trigger("ir_cron_promises", days(30))
        self.assertEqual(promise.state, "broken")

    def test_claims_that_grow_too_old_are_warned_of(self):
        self._invoice(self.debtor, date(2021, 6, 30), 100)
        self._lose_lang(self.company.partner_id)
        self._trigger("ir_cron_warn_limitation", TODAY)
        kind = self.env.ref("relance_ar.mail_activity_type_limitation")
        self.assertIn(kind, self.debtor.activity_ids.activity_type_id)
