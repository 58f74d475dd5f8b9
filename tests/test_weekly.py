"""The weekly e-mail: to whom, and about what."""

from unittest.mock import patch

from odoo import Command
from odoo.tests import freeze_time, tagged

from .common import TODAY, RelanceCase, days
from .kpi_case import KpiCase
from .weekly_case import WeeklyMixin


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

    def test_who_refuses_or_leaves_while_the_job_runs_has_none(self):
        leaver = self._new_user("leaver", "relance_ar.group_relance_dispute")
        self.other.write({"user_id": leaver.id, "customer_rank": 1})
        weekly = type(self.env["relance.weekly"])
        load = weekly._load_told

        def refuse_meanwhile(rows):
            told = load(rows)
            rows.filtered(lambda row: row.user_id == self.seller).is_refused = True
            rows.user_id.filtered(lambda user: user == leaver).active = False
            return told

        with patch.object(weekly, "_load_told", refuse_meanwhile):
            found = self._send()
        self.assertTrue(found[self.manager])
        self.assertFalse(found[self.seller])
        self.assertFalse([m for m in self.mails if leaver.email in (m.email_to or "")])

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
        self.assertLess((many - few) / 10, 6)
