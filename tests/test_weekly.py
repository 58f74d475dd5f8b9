"""The weekly e-mail: to whom, about what, and how it is refused."""

from odoo import Command
from odoo.tests import freeze_time, tagged

from .common import TODAY, RelanceCase, RelanceHttpCase, RelanceMixin, days


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
        mails = self.env["mail.mail"].search([]) - known
        ours = (self.manager, self.seller, self.officer)
        return {
            user: [m.body_html for m in mails if user.email in m.email_to]
            for user in ours
        }


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

    def test_nothing_is_sent_to_who_has_nothing_to_read(self):
        self._register_payment(self.invoice)
        self.assertEqual(self._send()[self.seller], [])


@tagged("post_install", "-at_install")
class TestWeeklyRefusal(WeeklyMixin, RelanceHttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        with freeze_time(TODAY):
            cls._set_up_weekly()
        rows = cls.env["relance.weekly"].sudo()  # made by the job
        cls.row = rows._get_row(cls.seller, cls.company)

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
        self.row._send_to_all(self.company, TODAY)
        self.assertFalse(self.row.week)

    def test_another_link_refuses_nothing(self):
        path = f"/relance/weekly/{self.row.id}/forged"
        self.assertEqual(
            self.url_open(path, data={"List-Unsubscribe": "One-Click"}).status_code, 404
        )
        self.env.invalidate_all()
        self.assertFalse(self.row.is_refused)
