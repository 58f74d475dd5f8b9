"""Promises and the rest of the books: disputes, cents, unmatched money, late money."""

from psycopg2 import IntegrityError

from odoo.exceptions import AccessError, UserError
from odoo.tests import freeze_time, tagged
from odoo.tools import mute_logger

from .common import TODAY, days
from .test_promise import PromiseCase

MATCH_TASK = "relance_ar.mail_activity_type_payment_to_match"


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestPromiseBooks(PromiseCase):
    def _on_account(self, day, amount, partner=None):
        """Post a payment of the debtor that nobody matches."""
        payment = self.env["account.payment"].create(
            {
                "payment_type": "inbound",
                "partner_type": "customer",
                "partner_id": (partner or self.debtor).id,
                "amount": amount,
                "date": day,
            }
        )
        payment.action_post()
        return payment

    def _conclude(self, dispute, day):
        with freeze_time(day):
            dispute.sudo()._conclude("confirmed", 0)

    # -------------------------------------------------------------------- disputes

    def test_a_dispute_opened_later_breaks_nothing(self):
        promise = self._promise()
        self._dispute(200)
        self._pay(days(2), 800)
        self._judge(days(9))
        self.assertRecordValues(
            promise, [{"state": "kept", "amount_missing": 0.0, "settled_on": days(2)}]
        )
        self.assertFalse(promise.activity_ids)

    def test_once_the_dispute_is_over_the_rest_is_waited_for(self):
        promise = self._promise()
        dispute = self._dispute(200)
        self._pay(days(2), 800)
        self._judge(days(9))
        self._conclude(dispute, days(9))  # a Friday, and three days for the bank
        self._judge(days(10))
        self.assertRecordValues(promise, [{"state": "open", "amount_missing": 200.0}])
        with freeze_time(days(10)):
            self.assertFalse(self._due(days(10))["due"])
        self._judge(days(13))
        self.assertRecordValues(promise, [{"state": "broken", "amount_missing": 200.0}])

    def test_what_is_contested_too_late_excuses_nothing(self):
        promise = self._promise()
        self._judge(days(9))
        with freeze_time(days(9)):
            self._dispute(1000)
        self._judge(days(10))
        self.assertEqual(promise.state, "broken")

    def test_all_of_it_disputed_it_is_neither_kept_nor_broken(self):
        promise = self._promise()
        self._dispute(1000)
        self._judge(days(9))
        self.assertEqual(promise.state, "open")

    # ----------------------------------------------------------------------- cents

    def test_some_cents_break_nothing(self):
        promise = self._promise()
        self._pay(days(1), 999.99)
        self._judge(days(9))
        self.assertEqual(promise.state, "kept")
        self.company.relance_slack = 0
        self._judge(days(9))
        self.assertRecordValues(promise, [{"state": "broken", "amount_missing": 0.01}])

    # ------------------------------------------------------------------- unmatched

    def test_money_in_time_is_matched_first(self):
        promise = self._promise()
        self._on_account(days(4), 1000)
        self._judge(days(9))
        self.assertRecordValues(promise, [{"state": "open", "to_match": True}])
        task = promise.activity_ids
        self.assertEqual(task.activity_type_id, self.env.ref(MATCH_TASK))
        self.assertIn("1,000.00", task.summary)
        self.assertEqual(task.user_id, self.officer)
        with freeze_time(days(9)):
            self.assertFalse(self._due(days(9))["due"])
        credit = self.env["account.move.line"].search(
            [
                ("partner_id", "=", self.debtor.id),
                ("account_id", "=", self.line.account_id.id),
                ("balance", "<", 0),
            ]
        )
        (self.line + credit).reconcile()
        self._judge(days(10))
        self.assertRecordValues(promise, [{"state": "kept", "to_match": False}])
        self.assertFalse(promise.activity_ids)

    def test_nobody_matches_it_for_days(self):
        promise = self._promise()
        self._on_account(days(4), 1000)
        self._judge(days(18))
        self.assertEqual(promise.state, "open")
        self._judge(days(19))
        self.assertRecordValues(promise, [{"state": "broken", "to_match": False}])
        kind = promise.activity_ids.activity_type_id
        self.assertEqual(
            kind, self.env.ref("relance_ar.mail_activity_type_promise_broken")
        )

    def test_too_little_too_late_or_of_another_is_no_excuse(self):
        promise = self._promise()
        self._on_account(days(4), 900)
        self._on_account(days(9), 1000)
        self._on_account(days(4), 1000, self._debtor("Other SAS"))
        self._judge(days(9))
        self.assertEqual(promise.state, "broken")

    # ------------------------------------------------------------------ late money

    def test_what_comes_late_is_missing_no_more(self):
        promise = self._promise(amount=500.0)
        self._pay(days(1), 300)
        self._judge(days(9))
        task = promise.activity_ids
        self.assertIn("200.00", task.summary)
        self._pay(days(10), 150)
        self._judge(days(10))
        self.assertEqual(promise.activity_ids, task)
        self.assertIn("50.00", task.summary)
        self._pay(days(11), 50)
        self._judge(days(11))
        self.assertRecordValues(
            promise,
            [{"state": "broken", "amount_received": 500.0, "amount_missing": 0.0}],
        )
        self.assertFalse(promise.activity_ids)

    def test_a_task_that_is_done_does_not_come_back(self):
        promise = self._promise()
        self._judge(days(9))
        with freeze_time(days(9)):
            promise.activity_ids.with_user(self.officer).action_feedback()
        self._judge(days(10))
        self.assertFalse(promise.activity_ids)

    # ---------------------------------------------------------------------- people

    def test_who_left_hands_their_promises_on(self):
        promise = self._promise()
        self._judge(days(9))
        self.company.relance_user_id = self.manager
        self.officer.sudo().active = False
        self._judge(days(10))
        tasks = promise.with_context(active_test=False).activity_ids
        self.assertEqual(tasks.user_id, self.manager)
        self.assertEqual(promise.user_id, self.manager)

    def test_only_a_manager_takes_back_what_was_broken(self):
        promise = self._promise()
        self._judge(days(9))
        for call in (promise.action_cancel, lambda: promise.cancel("a mistake")):
            with self.assertRaises(AccessError):
                call()
        managed = promise.with_user(self.manager)
        with self.assertRaises(UserError):
            managed.cancel("  ")
        action = managed.action_cancel()
        wizard = self.env[action["res_model"]].with_user(self.manager)
        wizard = wizard.with_context(**action["context"])
        wizard.create({"reason": "The day was noted wrongly."}).action_cancel()
        self.assertEqual(promise.state, "cancelled")
        self.assertFalse(promise.activity_ids)
        self.assertIn("noted wrongly", promise.message_ids[0].body)

    def test_an_officer_takes_back_what_is_open(self):
        promise = self._promise()
        self.assertEqual(promise.action_cancel(), promise)
        self.assertEqual(promise.state, "cancelled")

    def test_many_broken_in_a_night_cost_few_queries_each(self):
        promises = self._promise()
        for rank in range(9):
            invoice = self._invoice(self._debtor(f"D{rank} SA"), days(-3))
            promises |= self._promise(lines=self._lines(invoice))
        self.env.flush_all()

        def cost(records):
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            records.sudo()._judge_now()
            self.env.flush_all()
            return self.env.cr.sql_log_count - before

        with freeze_time(days(9)):
            alone, many = cost(promises[:1]), cost(promises[1:])
        self.assertEqual(set(promises.mapped("state")), {"broken"})
        self.assertEqual(len(promises.activity_ids), 10)
        self.assertLess((many - alone) / 8, 12)

    # -------------------------------------------------------------------- settings

    def test_the_slack_is_no_negative_amount(self):
        settings = self.env["res.config.settings"].create({"relance_slack": 5.0})
        settings.execute()
        self.assertEqual(self.company.relance_slack, 5.0)
        with self.assertRaises(IntegrityError), mute_logger("odoo.sql_db"):
            self.company.relance_slack = -1
            self.company.flush_recordset()
