"""How the weekly e-mail is refused, and received again."""

from odoo.exceptions import AccessError
from odoo.service.model import call_kw
from odoo.tests import freeze_time, tagged

from .common import TODAY, RelanceCase, RelanceHttpCase, days
from .weekly_case import WeeklyMixin


@tagged("post_install", "-at_install")
class TestWeeklyRefusal(WeeklyMixin, RelanceHttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        with freeze_time(TODAY):
            cls._set_up_weekly()
        rows = cls.env["relance.weekly"].sudo()  # made by the job
        cls.row = rows.create({"user_id": cls.seller.id, "company_id": cls.company.id})

    def _path(self):
        return f"/relance/weekly/{self.row.id}/{self.row._get_token()}"

    def test_a_link_asks_and_a_click_refuses(self):
        self.assertIn("Stop it", self.url_open(self._path()).text)
        self.assertFalse(self.row.is_refused)  # filters of mail follow links, too
        self.assertEqual(
            self.url_open(
                self._path(), data={"List-Unsubscribe": "One-Click"}
            ).status_code,
            200,
        )
        self.env.invalidate_all()
        self.assertTrue(self.row.is_refused)
        self.env.ref("relance_ar.ir_cron_weekly").method_direct_trigger()
        self.env.invalidate_all()
        self.assertFalse(self.row.week)

    def test_who_has_refused_may_receive_it_again(self):
        self.url_open(self._path(), data={"List-Unsubscribe": "One-Click"})
        # The page says so, also later, and offers the way back.
        page = self.url_open(self._path()).text
        self.assertIn("no longer receive", page)
        self.assertIn("Receive it again", page)
        self.env.invalidate_all()
        self.assertTrue(self.row.is_refused)  # looking changes nothing
        page = self.url_open(self._path(), data={"again": "1"}).text
        self.assertIn("Mondays", page)
        self.env.invalidate_all()
        self.assertFalse(self.row.is_refused)

    def test_a_token_that_is_no_text_of_ours(self):
        for token in ("%C3%A9", "%FF", "%F0%9F%92%B6"):
            path = f"/relance/weekly/{self.row.id}/{token}"
            self.assertEqual(self.url_open(path).status_code, 404)
            self.assertEqual(self.url_open(path, data={"again": "1"}).status_code, 404)

    def test_another_link_refuses_nothing(self):
        path = f"/relance/weekly/{self.row.id}/forged"
        self.assertEqual(
            self.url_open(path, data={"List-Unsubscribe": "One-Click"}).status_code, 404
        )
        self.env.invalidate_all()
        self.assertFalse(self.row.is_refused)


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestWeeklyList(WeeklyMixin, RelanceCase):
    """A manager sees who receives it, and lets them receive it again."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._set_up_weekly()

    def test_a_manager_lets_a_colleague_receive_it_again(self):
        self._send()
        row = self._row(self.seller)
        self.assertEqual(row.sent_on, TODAY)
        row.sudo().is_refused = True
        for user in (self.seller, self.officer):
            with self.assertRaises(AccessError):
                call_kw(row.with_user(user), "action_receive_again", [row.ids], {})
        with self.assertRaises(AccessError):
            row.with_user(self.manager).is_refused = False
        both = row | self._row(self.manager)
        mine = both.with_user(self.manager)
        self.assertEqual(mine.action_receive_again(), row)
        self.assertFalse(row.is_refused)
        call_kw(mine, "action_receive_again", [both.ids], {})  # as the button does
        with freeze_time(days(7)):
            self.assertEqual(len(self._send()[self.seller]), 1)

    def test_the_list_is_under_configuration(self):
        menu = self.env.ref("relance_ar.relance_weekly_menu")
        self.assertEqual(
            menu.parent_id, self.env.ref("relance_ar.relance_configuration_menu")
        )
        action = menu.action
        self.assertIn("o_view_nocontent", action.help)
        views = [[False, kind] for kind in (*action.view_mode.split(","), "search")]
        weekly = self.env["relance.weekly"].with_user(self.manager)
        found = call_kw(weekly, "get_views", [views], {})["views"]
        for kind in ("list", "kanban"):
            self.assertIn("action_receive_again", found[kind]["arch"])


@tagged("post_install", "-at_install")
class TestWeeklyOnPhone(WeeklyMixin, RelanceHttpCase):
    browser_size = "375x667"
    touch_enabled = True

    def test_the_list_fits_and_has_its_button(self):
        row = (
            self.env["relance.weekly"]
            .sudo()
            .create(
                {
                    "user_id": self.officer.id,
                    "company_id": self.company.id,
                    "is_refused": True,
                    "failure": "Something unexpected: "
                    + "the server of mail is away " * 4,
                }
            )
        )
        self.manager.sudo().tour_enabled = False
        self.browser_js(
            "/odoo/relance-weekly",
            """
            const button = document.querySelector(
                ".o_kanban_record button[name=action_receive_again]"
            );
            const page = document.querySelector(".o_kanban_renderer");
            if (page.scrollWidth > window.innerWidth) {
                throw new Error(`${page.scrollWidth} wide`);
            }
            button.click();
            const wait = setInterval(() => {
                if (!document.querySelector(".o_kanban_record button:not(.d-none)")) {
                    clearInterval(wait);
                    console.log("test successful");
                }
            }, 100);
            """,
            "!!document.querySelector('.o_kanban_record [name=action_receive_again]')",
            login=self.manager.login,
        )
        self.env.invalidate_all()
        self.assertFalse(row.is_refused)
