"""What no screen asks for: it is refused in words, or does no harm."""

import sys

from odoo.exceptions import UserError
from odoo.service.model import call_kw
from odoo.tests import BaseCase, freeze_time, tagged

from odoo.addons.relance_ar.models.relance_forecast_agreed import Agreed

from .common import TODAY
from .kpi_case import BranchMixin
from .test_dashboard import DashboardCase


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestFiguresBounds(BranchMixin, DashboardCase):
    def _refused(self, model, method, what):
        records = self.env[model].with_user(self.officer)
        with self.assertRaises(UserError, msg=f"{model}.{method}({what!r})"):
            call_kw(records, method, [what], {})

    def test_filters_that_are_none(self):
        for what in ("abc", [1], 5, 3.5, True, {"debtor_id": "1"}, {"months": 3.0}):
            for name in ("dashboard", "forecast.report", "effect.report"):
                self._refused(f"relance.{name}", "get_data", what)

    def test_figures_that_are_none(self):
        for what in (None, 5, [], {}, "", "age:", "age:old", "debtor:", "work:"):
            self._refused("relance.dashboard", "open_records", what)

    def test_a_rate_of_a_wrong_century_is_not_looked_up_month_by_month(self):
        other = self.setup_other_company(name="Second SAS")["company"]
        other.currency_id = self.setup_other_currency("CAD")
        rates = self.env["res.currency.rate"]
        rates.search([("currency_id", "=", other.currency_id.id)]).unlink()
        for day in ("0202-01-01", "2026-01-01"):
            rate = {"name": day, "rate": 2, "company_id": other.id}
            rates.create({**rate, "currency_id": self.company.currency_id.id})
        self.officer.company_ids += other
        self._settle(self._bill(other, 900), 300, TODAY)
        chosen = (self.company + other).ids
        paid = self.env["relance.settlement"].with_user(self.officer)
        paid = paid.with_context(allowed_company_ids=chosen)
        self.assertGreater(paid._rate_months()[0].year, 1990)
        self.assertEqual(paid.search([]).mapped("amount"), [600])


@tagged("post_install", "-at_install")
class TestAgreed(BaseCase):
    """Groups of lines about which something was said."""

    def _steps(self, count):
        """Return how many lines of code it takes to join so many pairs of lines."""
        agreed, steps = Agreed(), 0

        def trace(frame, event, _arg):
            nonlocal steps
            steps += event == "line"
            return trace

        known = sys.gettrace()
        sys.settrace(trace)
        try:
            for line_id in range(2 * count):
                agreed.join([line_id])
            for line_id in range(0, 2 * count, 2):
                agreed.join([line_id, line_id + 1])
        finally:
            sys.settrace(known)
        self.assertEqual(len(set(agreed.group_of.values())), count)
        return steps

    def test_joining_takes_as_long_for_each_of_many(self):
        self.assertLess(self._steps(200), 3 * self._steps(100))

    def test_what_was_said_is_joined(self):
        agreed = Agreed()
        for line_id in (1, 2, 3):
            agreed.groups[agreed.join([line_id])].agreed.append(line_id)
        self.assertEqual(agreed.join([3, 1, 4]), agreed.group_of[4])
        self.assertEqual(len(set(map(agreed.group_of.get, (1, 3, 4)))), 1)
        self.assertNotEqual(agreed.group_of[2], agreed.group_of[1])
        self.assertEqual(sorted(agreed.groups[agreed.group_of[1]].agreed), [1, 3])
        self.assertEqual(sorted(agreed.groups[agreed.group_of[1]].line_ids), [1, 3, 4])
