"""Days that are at least so many are marked as such, in each month."""

from odoo import Command
from odoo.tests import freeze_time, tagged

from .common import TODAY, RelanceHttpCase, days


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestLeast(RelanceHttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.debtor = cls._debtor()
        cls._invoice(cls.debtor, days(-100), 100)  # of November
        cls._open(90000, days(-60))  # in January

    @classmethod
    def _open(cls, amount, day):
        """Post an opening balance, which no sale explains."""
        receivable = cls.company_data["default_account_receivable"]
        other = cls.company_data["default_account_revenue"].copy(
            {"account_type": "equity", "code": "890999"}
        )
        line = {"partner_id": cls.debtor.id, "account_id": receivable.id}
        lines = ({**line, "debit": amount}, {"account_id": other.id, "credit": amount})
        lines = [Command.create(vals) for vals in lines]
        move = cls.env["account.move"].create({"date": day, "line_ids": lines})
        move.action_post()

    def _dso(self):
        dashboard = self.env["relance.dashboard"].with_user(self.officer)
        kpis = dashboard.get_data({"months": 6})["kpis"]
        [dso] = [kpi for kpi in kpis if kpi["code"] == "dso"]
        return dso

    def test_each_month_says_whether_it_is_at_least(self):
        dso = self._dso()
        self.assertEqual(dso["least"], [3, 4, 5])  # from January on
        self.assertTrue(dso["is_least"] and dso["series"][2])

    def test_the_table_marks_them(self):
        self.browser_js(
            "/odoo/relance-dashboard",
            """
            const row = document.querySelector(".o_relance_table tr[data-code=dso]");
            const cells = [...row.querySelectorAll("td")].map((td) => td.textContent);
            const marked = cells.map((text) => text.includes("≥"));
            const expected = cells.map((text, rank) => rank >= cells.length - 3);
            const isNumber = /^\\d/.test(cells.at(-4).trim());
            if (!isNumber || String(marked) !== String(expected)) {
                throw new Error(cells.join(" | "));
            }
            console.log("test successful");
            """,
            "!!document.querySelector('.o_relance_table tr[data-code=dso] td')",
            login=self.officer.login,
        )
