"""The sheet of a customer: one screen before a call."""

import json

from odoo.exceptions import AccessError, UserError
from odoo.service.model import call_kw
from odoo.tests import freeze_time, tagged

from .common import TODAY, days
from .kpi_case import KpiCase


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestCustomerSheet(KpiCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.late = cls._invoice(cls.debtor, days(-10), 1000)
        paid = cls._invoice(cls.debtor, days(-30), 500)
        cls._pay(paid, 500, days(-20))
        cls._invoice(cls._debtor("Other SAS"), days(-10), 70)

    def _data(self, partner=None, user=None):
        sheets = self.env["relance.customer.sheet"].with_user(user or self.officer)
        return call_kw(sheets, "get_data", [(partner or self.debtor).id], {})

    def test_how_they_stand_and_pay(self):
        data = self._data()
        self.assertEqual(json.loads(json.dumps(data)), data)
        self.assertEqual(data["partner"]["name"], "Debtor SARL")
        self.assertEqual(
            data["figures"],
            {"owed": 1000, "overdue": 1000, "days_late": 10, "paid": 500},
        )
        self.assertEqual(data["days_late"][-2:], [10, None])

    def test_the_next_step_and_why(self):
        [step] = self._data()["next_steps"]
        self.assertEqual(step["number"], self.late.name)
        self.assertTrue(step["due"])
        self.assertIn("late", " ".join(step["reasons"]))

    def test_a_contact_shows_the_debtor(self):
        contact = self.env["res.partner"].create(
            {
                "name": "Ms Martin",
                "parent_id": self.debtor.id,
                "relance_role": "approver",
                "phone": "+33 1 99 00 00 01",
            }
        )
        data = self._data(contact)
        self.assertEqual(data["figures"]["owed"], 1000)
        self.assertEqual(data["people"][0]["name"], "Ms Martin")

    def test_it_is_opened_from_the_customer(self):
        action = self.debtor.with_user(self.officer).action_relance_sheet()
        self.assertEqual(action["params"], {"partner_id": self.debtor.id})

    def _refused(self, error, partner_id):
        sheets = self.env["relance.customer.sheet"].with_user(self.officer)
        with self.assertRaises(error) as caught:
            call_kw(sheets, "get_data", [partner_id], {})
        return str(caught.exception)

    def test_a_customer_that_is_no_more_is_told_so(self):
        gone = self._debtor("Gone SAS")
        gone.unlink()
        for partner_id in (gone.id, 2**31 - 1, 0, -1, False, None):
            self.assertIn("no longer exists", self._refused(UserError, partner_id))

    def test_what_is_no_customer_is_refused(self):
        for partner_id in ("x", [1, 2], {"a": 1}, 1.5, True, 10**30):
            self.assertIn("no longer exists", self._refused(UserError, partner_id))

    def test_a_customer_of_another_company_is_not_shown(self):
        company = self.setup_other_company(name="Second SAS")["company"]
        other = self._debtor("Elsewhere SAS", company_id=company.id)
        self._refused(AccessError, other.id)

    def test_only_officers_open_it(self):
        with self.assertRaises(AccessError):
            self._data(user=self._new_user("nobody", "base.group_user"))
