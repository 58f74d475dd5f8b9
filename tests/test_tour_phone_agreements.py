"""Promises and payment plans on the screen of a phone, of customers with long names."""

from odoo import Command
from odoo.tests import freeze_time, tagged

from .common import TODAY, RelanceHttpCase, days

LONG = "Société coopérative des producteurs de légumes de la vallée de la Garonne SCA"


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestAgreementsOnPhone(RelanceHttpCase):
    browser_size = "375x812"
    touch_enabled = True

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        invoice = cls._invoice(cls._debtor(LONG), days(-3))
        cls.lines = [Command.set(cls._lines(invoice).ids)]
        # The welcome of a new user would cover the screen.
        cls.officer.sudo().tour_enabled = False

    def _tour(self, name, url):
        self.start_tour(f"/odoo/{url}", name, login=self.officer.login)
        self.env.invalidate_all()

    def test_a_promise(self):
        promises = self.env["relance.promise"].with_user(self.officer)
        promises.create(
            {
                "move_line_ids": self.lines,
                "date": days(2),
                "promised_by": "Ms Martin, head of the accounts payable department",
            }
        )
        self._tour("relance_promise_phone", "relance-promises")
        self._tour("relance_promise_new_phone", "relance-promises/new")

    def test_a_plan(self):
        plans = self.env["relance.plan"].with_user(self.officer)
        plan = plans.create({"move_line_ids": self.lines, "count": 4})
        plan.action_propose()
        self._tour("relance_plan_phone", "relance-plans")
        self.assertEqual(sorted(plan.instalment_ids.mapped("amount"))[0], 240.0)
        self._tour("relance_plan_new_phone", "relance-plans/new")
