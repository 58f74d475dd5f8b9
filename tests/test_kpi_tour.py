"""The dashboard and the forecast in a real browser."""

from odoo.tests import freeze_time, tagged

from .common import TODAY, RelanceHttpCase, days
from .effect_case import EffectMixin


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestKpiTour(EffectMixin, RelanceHttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.debtor = cls._debtor()
        cls.invoice = cls._invoice(cls.debtor, days(-3))
        cls._new_user("colleague", "relance_ar.group_relance_user")
        # The welcome of a new user would cover the screen.
        cls.officer.sudo().tour_enabled = False

    def test_an_officer_drills_down_and_filters(self):
        self.start_tour(
            "/odoo/relance-dashboard", "relance_dashboard", login=self.officer.login
        )

    def test_an_officer_reads_the_forecast(self):
        self.start_tour(
            "/odoo/relance-forecast", "relance_forecast", login=self.officer.login
        )

    def test_the_sheet_of_nobody_says_where_to_find_it(self):
        self.browser_js(
            "/odoo/action-relance_ar.relance_customer_action",
            """
            const page = document.querySelector(".o_relance_empty");
            if (!page.textContent.includes("Before a call")) {
                throw new Error(page.textContent);
            }
            console.log("test successful");
            """,
            "!!document.querySelector('.o_relance_empty')",
            login=self.officer.login,
        )

    def test_the_sheet_of_a_customer_who_is_gone_says_so(self):
        gone = self._debtor("Gone SAS")
        gone.unlink()
        self.browser_js(
            f"/odoo/action-relance_ar.relance_customer_action/{gone.id}",
            """
            const page = document.querySelector(".o_relance_empty");
            if (!page.textContent.includes("This customer no longer exists")) {
                throw new Error(page.textContent);
            }
            console.log("test successful");
            """,
            "!!document.querySelector('.o_relance_empty')",
            login=self.officer.login,
        )

    def _read_effects(self, words):
        self.env.flush_all()
        self.browser_js(
            "/odoo/relance-actions",
            f"""
            const page = document.querySelector(".o_relance_effect");
            if (!page.textContent.includes("{words}")) {{
                throw new Error(page.textContent);
            }}
            console.log("test successful");
            """,
            "!!document.querySelector('.o_relance_effect table')",
            login=self.officer.login,
        )

    def test_actions_with_few_debtors_are_not_compared(self):
        self._contact(self.invoice, days(-2), "phone")
        self._pay_in_full(self.invoice, days(-1))
        self._read_effects("too few debtors")

    def test_actions_of_enough_debtors_are_compared(self):
        for channel in ("phone", "email"):
            for rank in range(10):
                invoice = self._invoice(self._debtor(f"{channel} {rank}"), days(-50))
                self._contact(invoice, days(-40), channel)
                if channel == "phone":
                    self._pay_in_full(invoice, days(-30))
        self._read_effects("Phone call was followed by payment more often")


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestKpiOnPhone(RelanceHttpCase):
    """The dashboard on the screen of a phone."""

    browser_size = "375x667"
    touch_enabled = True

    def test_nothing_is_wider_than_the_screen(self):
        name = "Société nouvelle de transports et de manutention du littoral"
        self._invoice(self._debtor(name), days(-3), 12345678)
        self.browser_js(
            "/odoo/relance-dashboard",
            """
            const page = document.querySelector(".o_relance_figures");
            const panels = [...page.querySelectorAll(".o_relance_panel")];
            const isWide = page.scrollWidth > page.clientWidth + 1;
            const cut = panels.filter((p) => p.getBoundingClientRect().right > 376);
            if (isWide || cut.length || panels.length < 10) {
                throw new Error(`too wide: ${isWide} ${cut.length} ${panels.length}`);
            }
            console.log("test successful");
            """,
            "!!document.querySelector('.o_relance_table')",
            login=self.officer.login,
        )
