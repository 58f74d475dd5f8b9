"""A debtor whom an officer may not read: what is owed is still on every screen."""

from odoo import Command
from odoo.exceptions import AccessError
from odoo.service.model import call_kw
from odoo.tests import freeze_time, tagged

from .common import TODAY, days
from .effect_case import EffectMixin
from .test_dashboard import DashboardCase

NAMES = {"display_name": {}, "partner_id": {"fields": {"display_name": {}}}}


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestDebtorElsewhere(EffectMixin, DashboardCase):
    def setUp(self):
        super().setUp()
        lines = self._lines(self._invoice(self.debtor, days(-3)))
        about = {"move_line_ids": [Command.set(lines.ids)], "amount": 200}
        self._contact(self._invoice(self.debtor, days(-30)), days(-9))
        promises = self.env["relance.promise"].with_user(self.officer)
        promises.create({**about, "date": days(2)})
        reason = self.env.ref("relance_ar.dispute_reason_price")
        self.env["relance.dispute"].with_user(self.officer).create(
            {**about, "reason_id": reason.id, "deadline": days(1)}
        )
        # Odoo lets a customer move to another company, with entries in this one.
        other = self.setup_other_company(name="Second SAS")["company"]
        self.debtor.company_id = other

    def _list(self, model):
        """Return the records of a list, as the web client asks for them."""
        self.env.invalidate_all()
        records = self.env[model].with_user(self.officer)
        return call_kw(records, "web_search_read", [[], NAMES], {})["records"]

    def test_the_debtor_cannot_be_read(self):
        with self.assertRaises(AccessError):
            self.debtor.with_user(self.officer).check_access("read")

    def test_the_dashboard_opens(self):
        self.env.invalidate_all()
        data = self._data()
        for panel in ("debtors", "disputes", "promises"):
            self.assertEqual([row["name"] for row in data[panel]], ["Debtor SARL"])

    def test_filters_find_what_they_owe(self):
        for filters in ({}, {"officer_id": self.officer.id}, {"profile_id": -1}):
            self.env.invalidate_all()
            value = self._tile("receivables", **filters)["value"]
            behind = self._behind("receivables", **filters)
            self.assertEqual((value, sum(behind.mapped("amount"))), (2000, 2000))

    def test_lists_open(self):
        for name in ("reminder", "promise", "dispute", "effect"):
            [row] = self._list(f"relance.{name}")
            self.assertIn("Debtor SARL", row["display_name"])
            self.assertEqual(row["partner_id"]["display_name"], "Debtor SARL")

    def test_lists_of_what_follows_open(self):
        about = {"company_id": self.company.id, "partner_id": self.debtor.id}
        money = {"currency_id": self.company.currency_id.id}
        elsewhere, self.debtor.company_id = self.debtor.company_id, False
        # sudo: as their verbs leave them.
        for name, values in (
            ("penalty.claim", {**money, "date": TODAY}),
            ("litigation", money),
            ("proceeding", {"number": "A1"}),
        ):
            self.env[f"relance.{name}"].sudo().create({**about, **values})
        self.debtor.company_id = elsewhere
        for name in ("penalty.claim", "litigation", "proceeding"):
            [row] = self._list(f"relance.{name}")
            self.assertIn("Debtor SARL", row["display_name"])
