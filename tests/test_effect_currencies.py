"""What followed contacts of companies of two currencies, in that of the current one."""

from odoo.tests import freeze_time, tagged

from .common import TODAY
from .effect_case import EffectMixin
from .kpi_case import CurrenciesMixin, KpiCase


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestEffectCurrencies(EffectMixin, CurrenciesMixin, KpiCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._make_dollars()
        for company, received in ((cls.company, 100), (cls.other, 300)):
            invoice = cls._bill(company, 1000)
            cls._contact(invoice, "2026-02-10")
            cls._settle(invoice, received, "2026-02-20")
        cls.env.flush_all()

    def _of(self, model, *companies):
        chosen = [company.id for company in companies]
        records = self.env[model].with_user(self.officer)
        return records.with_context(allowed_company_ids=chosen)

    def test_they_add_up_in_the_currency_of_the_current_company(self):
        cases = self._of("relance.effect", self.company, self.other).search([])
        self.assertEqual(cases.figures_currency_id, self.company.currency_id)
        # A dollar was half a euro at the end of February.
        [found] = cases.formatted_read_group([], [], ["amount:sum", "recovered:sum"])
        self.assertAlmostEqual(found["amount:sum"], 1000 + 1000 / 2, 6)
        self.assertAlmostEqual(found["recovered:sum"], 100 + 300 / 2, 6)
        self.assertEqual(sorted(cases.mapped("share_recovered")), [0.1, 0.3])

    def test_the_report_has_the_same_and_the_debtor_once(self):
        report = self._of("relance.effect.report", self.company, self.other)
        row = report.get_data()["rows"][0]
        self.assertEqual((row["debtors"], row["cases"]), (1, 2))
        self.assertAlmostEqual(row["amount"], 1500, 6)
        self.assertAlmostEqual(row["recovered"], 250, 6)

    def test_a_month_under_way_is_at_the_rate_of_the_day_asked_for(self):
        report = self._of("relance.effect.report", self.company, self.other)
        self._make_rate("2026-02-25", 8)
        for day, rate in (("2026-02-20", 2), ("2026-02-28", 8), (None, 8)):
            row = report.get_data({"day": day})["rows"][0]
            self.assertAlmostEqual(row["amount"], 1000 + 1000 / rate, 6, day)
