"""The weekly e-mail: to whom, about what, and how it is refused."""

from unittest.mock import patch

import psycopg2

from odoo import Command
from odoo.exceptions import AccessError
from odoo.service.model import call_kw
from odoo.tests import freeze_time, tagged
from odoo.tools import mute_logger

from odoo.addons.relance_ar.models import relance_weekly

from .common import TODAY, RelanceCase, RelanceHttpCase, RelanceMixin, days
from .kpi_case import KpiCase

LOGGER = "odoo.addons.relance_ar.models.relance_attempting"


class WeeklyMixin(RelanceMixin):
    @classmethod
    def _set_up_weekly(cls):
        cls.seller = cls._new_user("seller", "relance_ar.group_relance_dispute")
        cls.debtor = cls._debtor(user_id=cls.seller.id, customer_rank=1)
        cls.other = cls._debtor("Other SAS")
        cls.invoice = cls._invoice(cls.debtor, days(-10), 1000)
        cls._invoice(cls.other, days(-20), 300)

    def _send(self):
        """Let the job write; return ``{address: e-mail}`` of what it wrote."""
        known = self.env["mail.mail"].search([])
        with self.enter_registry_test_mode():
            self.env.ref("relance_ar.ir_cron_weekly").method_direct_trigger()
        self.env.invalidate_all()
        self.mails = self.env["mail.mail"].search([]) - known
        ours = self.env["res.users"].search([("email", "!=", False)])
        return {
            user: [m.body_html for m in self.mails if user.email in (m.email_to or "")]
            for user in ours
        }

    def _row(self, user, company=None):
        company = company or self.company
        return self.env["relance.weekly"].search(
            [("user_id", "=", user.id), ("company_id", "=", company.id)]
        )


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestWeekly(WeeklyMixin, RelanceCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._set_up_weekly()

    def test_each_reads_what_concerns_them(self):
        found = self._send()
        [figures] = found[self.manager]
        self.assertIn("1,300.00", figures)  # receivables of the company
        self.assertIn("Other SAS", figures)
        [own] = found[self.seller]
        self.assertIn("Debtor SARL", own)
        self.assertIn("10 days late", own)
        self.assertNotIn("Other SAS", own)
        self.assertNotIn("DSO", own)
        # Who only works through the list has the list.
        self.assertEqual(found[self.officer], [])

    def test_once_a_week(self):
        self.assertTrue(self._send()[self.seller])
        self.assertFalse(self._send()[self.seller])
        with freeze_time(days(7)):
            self.assertTrue(self._send()[self.seller])

    def test_disputes_of_a_salesperson(self):
        self.invoice.invoice_user_id = self.seller
        self.env["relance.dispute"].with_user(self.officer).create(
            {
                "move_line_ids": [Command.set(self._lines(self.invoice).ids)],
                "reason_id": self.env.ref("relance_ar.dispute_reason_price").id,
                "amount": 200,
            }
        )
        [own] = self._send()[self.seller]
        self.assertIn("200.00", own)

    def test_who_sold_what_is_disputed_is_told_whoever_answers(self):
        answers = self._new_user("answers", "relance_ar.group_relance_dispute")
        self.debtor.user_id = False
        self.invoice.invoice_user_id = self.seller
        dispute = (
            self.env["relance.dispute"]
            .with_user(self.officer)
            .create(
                {
                    "move_line_ids": [Command.set(self._lines(self.invoice).ids)],
                    "reason_id": self.env.ref("relance_ar.dispute_reason_price").id,
                    "amount": 200,
                }
            )
        )
        dispute.sudo().user_id = answers
        found = self._send()
        self.assertIn("200.00", found[answers][0])
        self.assertIn("200.00", found[self.seller][0])

    def test_nothing_is_sent_to_who_has_nothing_to_read(self):
        self._register_payment(self.invoice)
        self.assertEqual(self._send()[self.seller], [])
        self.assertFalse(self._row(self.seller).sent_on)

    def test_nothing_is_sent_about_a_company_without_receivables(self):
        company = self.env["res.company"].create({"name": "Empty Co"})
        self.manager.company_ids += company
        self.assertEqual(len(self._send()[self.manager]), 1)
        self.assertNotIn("Empty Co", "".join(self.mails.mapped("subject")))

    def test_administrators_read_of_their_own_company_alone(self):
        admin = self._new_user(
            "admin", "relance_ar.group_relance_manager,base.group_system"
        )
        other = self.setup_other_company(name="Other Co")["company"]
        (admin | self.manager).company_ids += other
        # Somebody owes something there.
        self.env["account.move"].with_company(other).create(
            {
                "move_type": "out_invoice",
                "partner_id": self.debtor.id,
                "invoice_date": days(-40),
                "invoice_line_ids": [
                    Command.create({"name": "x", "price_unit": 70, "tax_ids": []})
                ],
            }
        ).action_post()
        found = self._send()
        self.assertEqual(len(found[self.manager]), 2)
        self.assertEqual(len(found[admin]), 1)
        self.assertTrue(self._row(admin, other).is_refused)
        # They may ask for it.
        self._row(admin, other).with_user(self.manager).with_context(
            allowed_company_ids=other.ids
        ).action_receive_again()
        with freeze_time(days(7)):
            self.assertEqual(len(self._send()[admin]), 2)


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestWeeklyFailures(WeeklyMixin, RelanceCase):
    """One colleague who cannot be written to silences nobody."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._set_up_weekly()
        cls.second = cls._new_user("second", "relance_ar.group_relance_dispute")
        cls.other.write({"user_id": cls.second.id, "customer_rank": 1})
        cls.company.relance_user_id = cls.manager

    def _break(self, method, user, error=ValueError):
        """Let a method fail for one colleague."""
        weekly = type(self.env["relance.weekly"])
        original = getattr(weekly, method)

        def failing(rows, *args, **kwargs):
            if rows.user_id == user:
                raise error("boom")
            return original(rows, *args, **kwargs)

        return patch.object(weekly, method, failing)

    def _tasks(self, user):
        return user.partner_id.activity_ids

    @mute_logger(LOGGER)
    def test_one_who_fails_silences_nobody_and_is_tried_again(self):
        with self._break("_send", self.seller):
            found = self._send()
        self.assertEqual(found[self.seller], [])
        self.assertEqual(len(found[self.second]), 1)
        self.assertEqual(len(found[self.manager]), 1)
        row = self._row(self.seller)
        self.assertIn("ValueError", row.failure)
        self.assertEqual(row.failed_on, TODAY)
        self.assertFalse(self._row(self.second).failure)
        # A manager has it to do, once; the job comes back tomorrow.
        self.assertEqual(self._tasks(self.seller).user_id, self.manager)
        self.assertIn("ValueError", self._tasks(self.seller).note)
        cron = self.env.ref("relance_ar.ir_cron_weekly")
        triggers = self.env["ir.cron.trigger"].search([("cron_id", "=", cron.id)])
        self.assertEqual(triggers.mapped(lambda t: t.call_at.date()), [days(1)])
        with freeze_time(days(1)):
            found = self._send()
        self.assertEqual(len(found[self.seller]), 1)
        self.assertEqual(len(self.mails), 1)  # the others have theirs
        self.assertFalse(row.failure)
        self.assertFalse(self._tasks(self.seller))

    @mute_logger("odoo.addons.base.models.ir_cron")
    def test_a_job_that_is_cut_short_goes_on_and_doubles_nothing(self):
        conflict = psycopg2.errors.SerializationFailure
        with (
            patch.object(relance_weekly, "SENT_PER_COMMIT", 1),
            self._break("_send", self.seller, conflict),
        ):
            before = self._send()
        after = self._send()
        readers = self.manager | self.seller | self.second
        for user in readers:
            self.assertEqual(len(before[user]) + len(after[user]), 1)
        self.assertTrue(any(before[user] for user in readers))
        self.assertFalse(self._tasks(self.seller))

    @mute_logger(LOGGER)
    def test_one_who_fails_again_is_on_the_list_once(self):
        for later in (0, 1):
            with freeze_time(days(later)), self._break("_send", self.seller):
                self._send()
        self.assertEqual(len(self._tasks(self.seller)), 1)

    @mute_logger(LOGGER)
    def test_a_company_that_cannot_be_read_stops_no_other(self):
        first = self.env["res.company"].create({"name": "Aaa", "sequence": 0})
        self.manager.company_ids += first
        dashboard = type(self.env["relance.dashboard"])
        original = dashboard._get_scope

        def failing(records, *args, **kwargs):
            if records.env.company == first:
                raise ValueError("boom")
            return original(records, *args, **kwargs)

        with patch.object(dashboard, "_get_scope", failing):
            found = self._send()
        self.assertEqual(len(found[self.manager]), 1)
        self.assertTrue(self._row(self.manager, first).failure)
        self.assertFalse(self._row(self.manager).failure)

    def test_a_language_that_was_deactivated(self):
        lang = self.env["res.lang"]._activate_lang("de_DE")
        self.seller.lang = "de_DE"
        self.env.flush_all()
        # Odoo's screens refuse it while somebody has the language; data does not.
        self.env.cr.execute(
            "UPDATE res_lang SET active = false WHERE id = %s", (lang.id,)
        )
        self.env.registry.clear_all_caches()
        self.env.invalidate_all()
        found = self._send()
        self.assertEqual(len(found[self.seller]), 1)
        self.assertEqual(len(found[self.second]), 1)
        self.assertFalse(self._row(self.seller).failure)


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestWeeklyFigures(WeeklyMixin, KpiCase):
    def _trigger_queries(self, ranks):
        """Return the queries of the job with more salespeople."""
        for rank in ranks:
            user = self._new_user(f"s{rank}", "relance_ar.group_relance_dispute")
            debtor = self._debtor(f"S{rank} SA", user_id=user.id, customer_rank=1)
            self._invoice(debtor, days(-10), 100)
        self.env["relance.weekly"].sudo().search([]).unlink()
        self.env.flush_all()
        before = self.env.cr.sql_log_count
        self._send()
        return self.env.cr.sql_log_count - before

    def test_at_least_is_told(self):
        manager = self.manager
        self._opening(self._debtor("Old SARL"), 90000, days(-200))
        self._invoice(self.debtor, days(-10), 100)
        [body] = self._send()[manager]
        self.assertRegex(body, r"≥ \d+ days")

    def test_no_days_are_told_as_least_that_are_not(self):
        self._invoice(self.debtor, days(-10), 100)
        [body] = self._send()[self.manager]
        self.assertRegex(body, r"\d+ days")
        self.assertNotIn("≥", body)

    def test_what_is_told_is_read_at_once_for_all(self):
        few = self._trigger_queries(range(2))
        many = self._trigger_queries(range(2, 12))
        # For a colleague: an e-mail, and that it was written. The books are read once.
        self.assertLess((many - few) / 10, 7)


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
