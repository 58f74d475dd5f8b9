"""What was said about a whole invoice goes on for it when its terms are corrected."""

from odoo import Command
from odoo.tests import freeze_time, tagged

from .common import TODAY, days
from .test_payment_plan import PlanCase


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestCorrectedTerms(PlanCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.halves = cls.env["account.payment.term"].create(
            {
                "name": "Two halves",
                "line_ids": [
                    Command.create(
                        {"value": "percent", "value_amount": 50, "nb_days": nb_days}
                    )
                    for nb_days in (0, 10)
                ],
            }
        )

    def _correct(self):
        self.invoice.button_draft()
        self.invoice.invoice_payment_term_id = self.halves
        self.invoice.action_post()
        lines = self._lines(self.invoice)
        self.assertEqual(len(lines), 2)
        return lines

    def test_promises_and_disputes_keep_to_the_invoice(self):
        dispute = self._dispute(200)
        promise = self._promise(amount=800.0)
        lines = self._correct()
        self.assertEqual(promise.move_line_ids, lines)
        self.assertEqual(dispute.sudo().move_line_ids, lines)
        self.assertEqual((promise.amount, dispute.amount), (800.0, 200.0))
        for line in lines:
            self.assertFalse(self._due(TODAY, line)["due"])
        self.assertEqual(sum(lines._relance_undisputed_amounts()), 800.0)
        for day in (1, 2):
            self._judge(days(day))
            self.assertEqual(promise.state, "open")

    def test_plans_keep_to_the_invoice(self):
        plan = self._active()
        lines = self._correct()
        self.assertEqual(plan.move_line_ids, lines)
        for line in lines:
            self.assertFalse(self._due(TODAY, line)["due"])
        self._pay(TODAY)
        self._watch(TODAY)
        self.assertEqual(plan.state, "done")

    def test_what_is_about_one_instalment_stays_with_it(self):
        lines = self._correct()
        promise = self._promise(amount=500.0, lines=lines[:1])
        self.invoice.button_draft()
        self.invoice.action_post()
        self.assertEqual(promise.move_line_ids, self._lines(self.invoice)[:1])

    def test_a_smaller_invoice_is_posted_all_the_same(self):
        promise = self._promise()
        self.invoice.button_draft()
        self.invoice.invoice_line_ids.price_unit = 500
        self.invoice.invoice_payment_term_id = self.halves
        self.invoice.action_post()
        self.assertEqual(promise.move_line_ids, self._lines(self.invoice))
        self._pay(days(1), 500)
        self._judge(days(9))
        self.assertEqual(promise.state, "kept")

    def test_what_was_taken_back_stays_as_it_was(self):
        promise = self._promise()
        promise.action_cancel()
        self._correct()
        self.assertEqual(len(promise.move_line_ids), 1)
