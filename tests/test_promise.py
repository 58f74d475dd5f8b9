"""Promises: they suspend reminders, and the payments say whether they were kept."""

from unittest.mock import patch

from odoo import Command
from odoo.exceptions import AccessError, ValidationError
from odoo.service.model import call_kw
from odoo.tests import Form, freeze_time, tagged

from odoo.addons.relance_ar.models import relance_agreement_cron

from .common import TODAY, RelanceCase, days


class PromiseCase(RelanceCase):
    """A debtor who promises to pay an invoice of 1,000 euros."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.debtor = cls._debtor()
        cls.invoice = cls._invoice(cls.debtor, days(-3))
        cls.line = cls._lines(cls.invoice)

    def _promise(self, day=None, amount=1000.0, lines=None, **values):
        promises = self.env["relance.promise"].with_user(self.officer)
        vals = {"date": day or days(5), "amount": amount, **values}
        if "partner_id" not in vals:
            vals["move_line_ids"] = [Command.set((lines or self.line).ids)]
        return promises.create(vals)

    def _judge(self, day):
        with freeze_time(day), self.enter_registry_test_mode():
            self.env.ref("relance_ar.ir_cron_promises").method_direct_trigger()
        self.env.invalidate_all()

    def _pay(self, day, amount=None, invoice=None):
        more = {"amount": amount} if amount else {}
        invoice = invoice or self.invoice
        return self._register_payment(invoice, payment_date=day, **more)

    def _write_off(self, day, amount, line=None):
        """Match a line with a loss."""
        line = line or self.line
        loss = self.company_data["default_account_expense"]
        entry = self.env["account.move"].create(
            {
                "date": day,
                "journal_id": self.company_data["default_journal_misc"].id,
                "line_ids": [
                    Command.create(
                        {
                            "account_id": line.account_id.id,
                            "partner_id": line.partner_id.id,
                            "credit": amount,
                        }
                    ),
                    Command.create({"account_id": loss.id, "debit": amount}),
                ],
            }
        )
        entry.action_post()
        (line + entry.line_ids.filtered("credit")).reconcile()

    def _dispute(self, amount, lines=None):
        disputes = self.env["relance.dispute"].with_user(self.officer)
        return disputes.create(
            {
                "move_line_ids": [Command.set((lines or self.line).ids)],
                "reason_id": self.env.ref("relance_ar.dispute_reason_price").id,
                "amount": amount,
            }
        )

    def _due(self, day, line=None):
        [found] = self.runs.explain((line or self.line).ids, day)
        return found


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestPause(PromiseCase):
    def test_nobody_is_written_to_until_the_date_and_the_tolerance(self):
        promise = self._promise(days(5))
        # Monday and three days for the bank: Thursday.
        self.assertRecordValues(
            promise, [{"date_limit": days(8), "is_pausing": True, "state": "open"}]
        )
        self.assertFalse(self._plan())
        for offset, due in ((5, False), (8, False), (9, True)):
            with self.subTest(offset):
                self.assertEqual(self._due(days(offset))["due"], due)
        self.assertIn("promised", " ".join(self._due(TODAY)["reasons"]))

    def test_a_limit_on_a_closed_day_moves_to_the_next_working_one(self):
        self.company.relance_promise_tolerance = 0
        self.assertEqual(self._promise(days(3)).date_limit, days(5))

    def test_it_withdraws_what_was_proposed_and_stops_what_was_approved(self):
        proposed = self._plan()
        self._promise()
        self._plan()
        self.assertEqual(proposed.state, "cancelled")
        other = self._invoice(self._debtor("Other SAS"), days(-3))
        approved = self._plan()
        approved.action_approve()
        self._promise(lines=self._lines(other))
        with self.mail_server() as sink:
            approved.action_send()
        self.assertFalse(sink.messages)
        self.assertEqual(approved.state, "cancelled")
        self.assertIn("were promised for", approved.message_ids[0].body)

    def test_other_instalments_are_still_chased(self):
        other = self._invoice(self.debtor, days(-3), 70)
        self._promise()
        self.assertEqual(self._plan().line_ids.move_line_id, self._lines(other))

    def test_only_so_many_promises_suspend(self):
        for offset in (1, 2, 3):
            with freeze_time(days(offset)):
                promise = self._promise(days(offset + 9))
        self.assertFalse(promise.is_pausing)
        self.assertTrue(self._due(days(3))["due"])
        self.company.relance_promise_pauses = 0
        other = self._lines(self._invoice(self._debtor("Other SAS"), days(-3)))
        self.assertFalse(self._promise(lines=other).is_pausing)

    def test_it_suspends_no_longer_than_the_settings_say(self):
        promise = self._promise(days(300))
        self.assertRecordValues(
            promise, [{"is_pausing": True, "pause_until": days(60), "state": "open"}]
        )
        self.assertIn("at the longest", promise.message_ids[0].body)
        self.assertFalse(self._due(days(58))["due"])  # a Friday
        with freeze_time(days(61)):
            self.assertTrue(self._due(days(61))["due"])
        self.company.relance_promise_longest = 0
        other = self._lines(self._invoice(self._debtor("Other SAS"), days(-3)))
        self.assertFalse(self._promise(lines=other).is_pausing)

    def test_one_of_a_small_part_suspends_nothing(self):
        small = self._promise(amount=499.99)
        self.assertRecordValues(
            small, [{"is_pausing": False, "pause_until": False, "state": "open"}]
        )
        self.assertIn("50 %", small.message_ids[0].body)
        self.assertTrue(self._due(TODAY)["due"])
        self.assertTrue(self._promise(amount=500.0).is_pausing)

    def test_those_that_were_kept_count_as_long_as_the_rest_is_owed(self):
        self.company.relance_promise_share = 0
        pauses = []
        for offset in (1, 2, 3):
            with freeze_time(days(offset)):
                promise = self._promise(days(offset + 5), amount=1.0)
                pauses.append(promise.is_pausing)
                self._pay(days(offset), 1)
                promise.action_judge()
                self.assertEqual(promise.state, "kept")
        self.assertEqual(pauses, [True, True, False])

    def test_the_disputed_part_is_not_promised(self):
        self._dispute(200)
        form = Form(
            self.env["relance.promise"]
            .with_user(self.officer)
            .with_context(default_move_line_ids=[Command.set(self.line.ids)])
        )
        self.assertEqual(form.amount, 800.0)
        form.date = days(5)
        promise = form.save()
        self._pay(days(4), 800)
        self._judge(days(9))
        self.assertEqual(promise.state, "kept")
        with self.assertRaisesRegex(ValidationError, "not disputed"):
            self._promise(amount=1.0)

    def test_one_noted_by_mistake_uses_up_nothing(self):
        self.company.relance_promise_pauses = 1
        self._promise().action_cancel()
        self.assertTrue(self._promise().is_pausing)

    def test_a_new_one_replaces_the_open_one(self):
        first = self._promise(days(5))
        second = self._promise(days(12))
        self.assertRecordValues(
            first + second, [{"state": "cancelled"}, {"state": "open"}]
        )

    def test_the_old_one_still_holds_what_the_new_one_is_not_about(self):
        other = self._lines(self._invoice(self.debtor, days(-2), 600))
        first = self._promise(days(5), 1600, self.line + other)
        second = self._promise(days(12), 600, other)
        self.assertRecordValues(
            first + second,
            [
                {"state": "open", "amount": 1000.0, "move_line_ids": self.line.ids},
                {"state": "open", "amount": 600.0, "move_line_ids": other.ids},
            ],
        )
        self.assertFalse(self._due(days(8))["due"])
        self.assertFalse(self._due(days(8), other)["due"])
        self.assertTrue(second.is_pausing)
        self._pay(days(4))
        self._judge(days(4))
        self.assertRecordValues(first + second, [{"state": "kept"}, {"state": "open"}])

    def test_the_form_proposes_all_that_is_owed(self):
        action = self.line.with_user(self.officer).action_relance_promise()
        promises = self.env["relance.promise"].with_user(self.officer)
        form = Form(promises.with_context(**action["context"]))
        self.assertEqual((form.amount, form.partner_id), (1000.0, self.debtor))
        form.date = days(5)
        form.promised_by = "Ms Martin"
        self.assertTrue(form.save().is_pausing)

    def test_a_form_opened_on_the_customer_takes_the_oldest(self):
        promises = self.env["relance.promise"].with_user(self.officer)
        form = Form(promises.with_context(default_partner_id=self.debtor.id))
        form.date = days(5)
        form.amount = 300.0
        self.assertEqual(form.save().move_line_ids, self.line)

    def test_without_instalments_it_is_about_the_oldest(self):
        old = self._invoice(self.debtor, days(-40), 300)
        promise = self._promise(partner_id=self.debtor.id, amount=500.0)
        self.assertEqual(promise.move_line_ids, self._lines(old, self.invoice))
        small = self._promise(partner_id=self.debtor.id, amount=300.0)
        self.assertEqual(small.move_line_ids, self._lines(old))


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestJudging(PromiseCase):
    def test_kept_by_the_payment(self):
        promise = self._promise()
        self._pay(days(4))
        self._judge(days(4))
        self.assertRecordValues(
            promise,
            [
                {
                    "state": "kept",
                    "amount_received": 1000.0,
                    "amount_missing": 0.0,
                    "settled_on": days(4),
                }
            ],
        )

    def test_broken_the_day_after_its_limit_and_the_next_level_follows(self):
        with freeze_time(days(-2)):
            first = self._plan(days(-2))
            first.action_approve()
            first.sudo()._confirm("done")
            first.sudo().deadline = False
        promise = self._promise(days(1))
        self._judge(days(5))
        self.assertEqual(promise.state, "open")
        self._judge(days(6))
        self.assertRecordValues(promise, [{"state": "broken", "amount_missing": 1000}])
        task = promise.activity_ids
        self.assertEqual(task.user_id, self.officer)
        self.assertIn("1,000.00", task.summary)
        usual = self.line.date_maturity
        with freeze_time(days(6)):
            reminder = self._plan(days(6))
            self.assertRecordValues(
                reminder, [{"state": "proposed", "date_planned": days(6)}]
            )
            self.assertIn("promised", reminder.why)
        # Without the promise the second step would come later.
        self.assertGreater(
            reminder.level_id.delay_days, (days(6) - usual).days, "not a fast lane"
        )

    def test_kept_in_part_is_broken_for_the_rest(self):
        promise = self._promise(amount=800.0)
        self._pay(days(3), 500)
        self._judge(days(9))
        self.assertRecordValues(
            promise,
            [{"state": "broken", "amount_received": 500.0, "amount_missing": 300.0}],
        )

    def test_of_a_part_is_kept_by_that_part(self):
        promise = self._promise(amount=400.0)
        self._pay(days(3), 400)
        self._judge(days(3))
        self.assertEqual(promise.state, "kept")
        self.assertTrue(self._due(days(4))["next_date"])

    def test_reopened_when_the_reconciliation_is_undone(self):
        promise = self._promise()
        self._pay(days(2))
        self._judge(days(3))
        self.assertEqual(promise.state, "kept")
        self.line.remove_move_reconcile()
        self._judge(days(4))
        self.assertRecordValues(
            promise, [{"state": "open", "settled_on": False, "amount_received": 0.0}]
        )
        # The money is there still, unmatched: some days are left to match it again.
        self._judge(days(18))
        self.assertEqual(promise.state, "open")
        self._judge(days(19))
        self.assertEqual(promise.state, "broken")

    def test_paid_in_time_and_matched_late_is_kept(self):
        promise = self._promise()
        self._judge(days(9))
        self.assertEqual(promise.state, "broken")
        self.assertTrue(promise.activity_ids)
        self._pay(days(7))
        self._judge(days(10))
        self.assertRecordValues(promise, [{"state": "kept", "settled_on": days(7)}])
        self.assertFalse(promise.activity_ids)
        # Too late is too late, however late it is matched.
        other = self._invoice(self.debtor, days(-3))
        second = self._promise(lines=self._lines(other))
        self._judge(days(10))
        self._pay(days(10), invoice=other)
        self._judge(days(11))
        self.assertEqual(second.state, "broken")

    def test_an_invoice_cancelled_meanwhile_cancels_it(self):
        promise = self._promise()
        self.invoice.button_draft()
        self.invoice.button_cancel()
        self._judge(days(1))
        self.assertEqual(promise.state, "cancelled")

    def test_an_invoice_corrected_overnight_keeps_it(self):
        promise = self._promise(days(1))
        self.invoice.button_draft()
        self._judge(days(1))
        self.assertEqual(promise.state, "open")
        # Nothing is said of it while it is corrected, even after its limit.
        self._judge(days(9))
        self.assertEqual(promise.state, "open")
        self.invoice.action_post()
        self._judge(days(1))
        self.assertEqual(promise.state, "open")
        self._judge(days(9))
        self.assertEqual(promise.state, "broken")

    def test_a_credit_note_keeps_it(self):
        promise = self._promise()
        self._reverse_invoice(self.invoice, is_modify=False, post=True)
        self._judge(days(1))
        self.assertRecordValues(promise, [{"state": "kept", "amount_received": 0.0}])

    def test_an_old_payment_matched_again_is_no_new_money(self):
        self._pay(days(-2), 500)
        promise = self._promise(amount=500.0)
        paid = self.line.matched_credit_ids.credit_move_id
        self.line.remove_move_reconcile()
        (self.line + paid).reconcile()
        self._judge(days(1))
        self.assertRecordValues(promise, [{"state": "open", "amount_received": 0.0}])
        self._pay(days(1), 500)
        self._judge(days(1))
        self.assertRecordValues(promise, [{"state": "kept", "amount_received": 500.0}])

    def test_a_loss_is_no_payment(self):
        promise = self._promise()
        self._write_off(days(1), 1000)
        self._judge(days(1))
        self.assertRecordValues(
            promise, [{"state": "cancelled", "amount_received": 0.0}]
        )
        other = self._invoice(self.debtor, days(-3))
        second = self._promise(lines=self._lines(other))
        self._judge(days(9))
        self._write_off(days(9), 1000, self._lines(other))
        self._judge(days(10))
        self.assertEqual(second.state, "broken")

    def test_a_small_loss_on_what_was_paid_breaks_nothing(self):
        promise = self._promise()
        self._pay(days(1), 990)
        self._write_off(days(1), 10)
        self._judge(days(1))
        self.assertRecordValues(promise, [{"state": "kept", "amount_received": 990.0}])

    def test_the_run_asks_the_books_itself(self):
        self._promise(days(1))
        with freeze_time(days(7)):
            self.assertTrue(self._due(days(7))["due"])

    def test_the_profile_counts_them(self):
        kept = self._promise(amount=100.0)
        self._pay(days(1), 100)
        self._judge(days(1))
        with freeze_time(days(1)):  # the payment of that day is no part of it
            self._promise(days(2), amount=50.0)
        self._judge(days(30))
        evidence = self.env["relance.payer.evidence"]
        with freeze_time(days(30)):
            found = evidence._load_evidence(
                self.company, days(30), tuple(self.debtor.ids)
            )
        self.assertEqual(kept.state, "kept")
        self.assertEqual(
            (
                found[self.debtor.id].promises_kept,
                found[self.debtor.id].promises_broken,
            ),
            (1, 1),
        )

    def test_out_of_time_the_next_turn_goes_on_with_the_others(self):
        others = [self._invoice(self._debtor(f"D{n} SA"), days(-3)) for n in range(2)]
        promises = self._promise()
        for invoice in others:
            promises |= self._promise(lines=self._lines(invoice))
        told, crons = [], type(self.env["ir.cron"])

        def out_of_time(_self, _processed=0, *, remaining=None):
            told.append(remaining)
            return 0

        with (
            freeze_time(days(9)),
            patch.object(relance_agreement_cron, "WORKED_AT_ONCE", 1),
            patch.object(crons, "_commit_progress", out_of_time),
        ):
            for _turn in range(3):
                self.env["relance.promise"].sudo()._cron_judge()
        self.assertEqual(set(promises.mapped("state")), {"broken"})
        self.assertEqual(told, [2, 1, 0])

    def test_many_are_judged_in_a_few_queries(self):
        for rank in range(6):
            invoice = self._invoice(self._debtor(f"D{rank} SA"), days(-3))
            self._promise(lines=self._lines(invoice))
        promises = self.env["relance.promise"].search([])
        self.env.flush_all()
        self.env.invalidate_all()
        promises._judge(days(20))
        with self.assertQueryCount(4):
            self.env.invalidate_all()
            promises._line_ids_by_record()
            promises._load_receipts(self.line.ids)
            promises._load_open_amounts(self.line.ids)


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestBadInput(PromiseCase):
    def test_a_day_that_is_past(self):
        with self.assertRaises(ValidationError):
            self._promise(days(-1))

    def test_more_than_is_owed(self):
        with self.assertRaises(ValidationError):
            self._promise(amount=1000.01)
        with self.assertRaises(ValidationError):
            self._promise(amount=0)

    def test_instalments_that_are_not_owed(self):
        paid = self._invoice(self.debtor, days(-9))
        self._pay(TODAY, invoice=paid)
        other = self._invoice(self._debtor("Other SAS"), days(-3))
        for lines in (self._lines(paid), self._lines(self.invoice, other)):
            with self.subTest(lines), self.assertRaises(ValidationError):
                self._promise(lines=lines, amount=1)
        with self.assertRaises(ValidationError):
            self._promise(partner_id=self._debtor("Nothing SA").id, amount=1)

    def test_nobody_says_by_hand_that_it_was_kept(self):
        promise = self._promise()
        for vals in ({"state": "kept"}, {"date": days(9)}, {"amount": 1}):
            with self.subTest(vals), self.assertRaises(AccessError):
                call_kw(promise, "write", [promise.ids, vals], {})
        with self.assertRaises(AccessError):
            self._promise(made_on=days(-9))
