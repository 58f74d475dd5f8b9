"""Credit notes and disputes: to the cent, each once, and the rest is chased."""

from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import freeze_time, tagged

from .common import TODAY, days
from .test_dispute import DisputeCase


class CreditCase(DisputeCase):
    def _credit(self, amount, match=True, **values):
        """Return a posted credit note of the debtor, matched with the invoice."""
        note = self.env["account.move"].create(
            {
                "move_type": "out_refund",
                "partner_id": self.debtor.id,
                "invoice_date": TODAY,
                "invoice_line_ids": [
                    Command.create({"name": "x", "price_unit": amount, "tax_ids": []})
                ],
                **values,
            }
        )
        note.action_post()
        if match:
            account = self.line.account_id
            mine = note.line_ids.filtered(lambda li: li.account_id == account)
            (mine + self.line).reconcile()
        return note

    def _parts(self):
        found = self.env["relance.dispute"]._load_disputed_parts(self.line.ids)
        return float(found.get(self.line.id, 0))


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestCreditedElsewhere(CreditCase):
    def test_it_comes_off_the_disputed_part_and_closes_the_dispute(self):
        dispute = self._dispute(200)
        self._credit(150)
        self.assertEqual(self._parts(), 50.0)
        self._run_cron("disputes")
        self.assertEqual(dispute.state, "open")
        self._credit(50)
        self.assertEqual(self._parts(), 0.0)
        self._run_cron("disputes")
        self.assertRecordValues(
            dispute,
            [{"state": "resolved", "outcome": "credited", "amount_upheld": 200.0}],
        )
        self.assertEqual(self._plan().amount_net, 800.0)

    def test_one_of_before_the_dispute_does_not_uphold_it(self):
        self._credit(300)
        dispute = self._dispute(200)
        self.assertEqual(self._parts(), 200.0)
        self._register_payment(self.invoice)
        self._run_cron("disputes")
        self.assertRecordValues(
            dispute, [{"state": "resolved", "outcome": "paid", "amount_upheld": 0.0}]
        )

    def test_a_conclusion_credits_only_what_is_missing(self):
        dispute = self._dispute(200)
        known = self._credit(150)
        self._conclude(dispute, "credited")
        made = dispute.credit_move_ids - known
        self.assertRecordValues(made, [{"amount_total": 50.0, "state": "draft"}])

    def test_an_invoice_being_corrected_suspends_and_does_not_end_it(self):
        dispute = self._dispute(200)
        self.invoice.button_draft()
        self._run_cron("disputes")
        self.invoice.action_post()
        self._run_cron("disputes")
        self.assertEqual(dispute.state, "open")
        self.assertEqual(self._parts(), 200.0)


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestExistingNote(CreditCase):
    def test_its_amount_is_what_is_upheld_and_said(self):
        dispute = self._dispute(200)
        note = self._credit(50, match=False)
        self._conclude(dispute, "credited", credit_move_id=note.id)
        self.assertRecordValues(dispute, [{"outcome": "partly", "amount_upheld": 50.0}])
        action = dispute.action_send_proofs()
        composers = self.env["mail.compose.message"].with_user(self.officer)
        body = composers.with_context(**action["context"]).create({}).body
        self.assertIn("50.00", body)
        self.assertIn("150.00", body)

    def test_one_of_another_sale_currency_or_state_is_refused(self):
        dispute = self._dispute(200)
        other = self._invoice(self.debtor, days(-3))
        cancelled = self._credit(200, match=False)
        cancelled.button_draft()
        cancelled.button_cancel()
        dollars = self.env.ref("base.USD")
        dollars.active = True
        for note in (
            self._reverse_invoice(other),
            cancelled,
            self._credit(200, match=False, currency_id=dollars.id),
        ):
            with self.subTest(note.name), self.assertRaises(UserError):
                self._conclude(dispute, "credited", credit_move_id=note.id)
        self.assertEqual(dispute.state, "open")


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestDraft(CreditCase):
    def test_the_rest_is_chased_while_the_draft_waits_for_an_accountant(self):
        dispute = self._dispute(200)
        self._conclude(dispute, "credited")
        note = dispute.credit_move_ids.with_env(self.env)
        self.assertTrue(
            note.activity_ids.user_id.has_group("account.group_account_invoice")
        )
        reminder = self._plan()
        self.assertRecordValues(reminder, [{"amount_net": 800.0, "state": "proposed"}])
        self.assertNotIn(
            "draft_credit", [found["code"] for found in reminder.preflight]
        )
        note.action_post()
        self.assertFalse(note.activity_ids)
        self.assertEqual(self._parts(), 0.0)
        self.assertEqual(self.line.amount_residual, 800.0)


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestToTheCent(CreditCase):
    def test_partial_credit_notes_are_right_to_the_cent(self):
        tax = self.company.account_sale_tax_id
        for count, quantity, price, amounts in (
            (7, 3, 33.33, (100.0, 0.01, 333.34)),
            (20, 1, 0.35, (3.33, 0.05)),
            (12, 1, 10.0, (50.01, 0.07)),
            (25, 1, 99.99, (333.33,)),
            (1, 1, 1000.0, (0.03, 77.77, 100.0, 199.99)),
        ):
            line = {"name": "x", "quantity": quantity, "price_unit": price}
            line["tax_ids"] = [Command.set(tax.ids)]
            invoice = self.env["account.move"].create(
                {
                    "move_type": "out_invoice",
                    "partner_id": self.debtor.id,
                    "invoice_date": days(-30),
                    "invoice_line_ids": [Command.create(line) for _i in range(count)],
                }
            )
            invoice.action_post()
            for amount in amounts:
                with self.subTest(count=count, price=price, amount=amount):
                    note = self._reverse_invoice(invoice)
                    note._relance_reduce_to(amount)
                    self.assertAlmostEqual(note.amount_total, amount)
                    self.assertAlmostEqual(
                        sum(note.line_ids.mapped("balance")), 0, places=4
                    )
                    self.assertEqual(note.invoice_line_ids.tax_ids, tax)
