"""Disputes that share instalments: each has its own part, and is credited there."""

from odoo import Command
from odoo.exceptions import UserError, ValidationError
from odoo.tests import freeze_time, tagged

from .common import TODAY, days
from .test_dispute_credits import CreditCase


class OverlapCase(CreditCase):
    """Two invoices of 1,000: the first one is contested whole, 300 of both besides."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.other = cls._invoice(cls.debtor, days(-2))
        cls.other.invoice_user_id = cls.seller
        cls.other_line = cls._lines(cls.other)

    def _overlap(self):
        both = self.line + self.other_line
        first = self._dispute(1000)
        return first, self._dispute(300, move_line_ids=[Command.set(both.ids)])

    def _parts_of(self, lines):
        found = self.env["relance.dispute"]._load_disputed_parts(lines.ids)
        return [float(found.get(line.id, 0)) for line in lines]


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestOverlap(OverlapCase):
    def test_what_is_disputed_of_a_line_is_the_same_for_whoever_asks(self):
        self._overlap()
        both = self.line + self.other_line
        self.assertEqual(self._parts_of(both), [1000.0, 300.0])
        self.assertEqual(self._parts_of(self.line), [1000.0])
        self.assertEqual(self._parts_of(self.other_line), [300.0])

    def test_at_third_hand_as_well(self):
        third = self._invoice(self.debtor, days(-1))
        last = self._lines(third)
        self._overlap()
        chain = self.other_line + last
        self._dispute(800, move_line_ids=[Command.set(chain.ids)])
        self.assertEqual(self._parts_of(last), [100.0])
        self.assertEqual(self._parts_of(self.line + chain), [1000.0, 1000.0, 100.0])

    def test_no_more_is_disputed_than_is_left_by_the_others(self):
        self._overlap()
        lines = [Command.set(self.other_line.ids)]
        with self.assertRaises(ValidationError):
            self._dispute(700.01, move_line_ids=lines)
        self._dispute(700, move_line_ids=lines)

    def test_its_credit_note_is_of_the_invoice_that_it_contests(self):
        first, second = self._overlap()
        self._conclude(second, "credited")
        note = second.credit_move_ids
        self.assertRecordValues(
            note, [{"reversed_entry_id": self.other.id, "amount_total": 300.0}]
        )
        self.assertFalse(first.credit_move_ids)

    def test_a_credit_goes_beyond_what_is_open(self):
        dispute = self._dispute(200)
        self._register_payment(self.invoice, amount=900)
        self._conclude(dispute, "credited")
        self.assertEqual(dispute.credit_move_ids.amount_total, 200.0)

    def test_but_not_beyond_what_was_invoiced(self):
        dispute = self._dispute(900)
        note = self._reverse_invoice(self.invoice)
        note._relance_reduce_to(300)
        with self.assertRaises(UserError):
            self._conclude(dispute, "credited")


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestLowered(OverlapCase):
    def test_a_cancelled_invoice_takes_its_part_out(self):
        both = self.line + self.other_line
        dispute = self._dispute(1500, move_line_ids=[Command.set(both.ids)])
        self.other.button_draft()
        self.other.button_cancel()
        self._run_cron("disputes")
        self.assertEqual((dispute.state, dispute.amount), ("open", 1000.0))
        self.assertIn("1,500.00", " ".join(dispute.message_ids.mapped("body")))
        self.assertIn("1,000.00", self._tasks(dispute).summary)
        self._conclude(dispute, "credited")
        self.assertEqual(dispute.credit_move_ids.amount_total, 1000.0)

    def test_a_corrected_invoice_is_credited_as_it_is_now(self):
        dispute = self._dispute(900)
        self.invoice.button_draft()
        self.invoice.invoice_line_ids.price_unit = 500
        self.invoice.action_post()
        self._conclude(dispute, "credited")
        self.assertRecordValues(
            dispute, [{"amount": 500.0, "amount_upheld": 500.0, "outcome": "credited"}]
        )
        self.assertEqual(dispute.credit_move_ids.amount_total, 500.0)


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestStands(CreditCase):
    def _body(self, dispute):
        action = dispute.action_send_proofs()
        composers = self.env["mail.compose.message"].with_user(self.officer)
        return composers.with_context(**action["context"]).create({}).body

    def test_what_was_credited_elsewhere_is_upheld_and_not_asked_for(self):
        dispute = self._dispute(200)
        note = self._credit(50)
        self._conclude(dispute, "confirmed")
        self.assertRecordValues(
            dispute,
            [
                {
                    "outcome": "partly",
                    "amount_upheld": 50.0,
                    "credit_move_ids": note.ids,
                }
            ],
        )
        body = self._body(dispute)
        self.assertIn("150.00", body)
        self.assertIn("are owed", body)

    def test_what_was_paid_meanwhile_is_not_asked_for(self):
        dispute = self._dispute(200)
        self._register_payment(self.invoice, amount=900)
        self._conclude(dispute, "confirmed")
        body = self._body(dispute)
        self.assertIn("100.00", body)
        self.assertIn("200.00", body)  # what was contested
        self._register_payment(self.invoice, amount=100)
        self.assertNotIn("are owed", self._body(dispute))

    def test_the_answer_goes_to_who_disputed(self):
        person = self._debtor("Ms Martin", parent_id=self.debtor.id, is_company=False)
        reminder = self._plan()
        reminder.contact_id = person
        dispute = self._dispute(200, reminder_id=reminder.id)
        self._conclude(dispute, "confirmed")
        action = dispute.action_send_proofs()
        composers = self.env["mail.compose.message"].with_user(self.officer)
        composer = composers.with_context(**action["context"]).create({})
        self.assertEqual(composer.partner_ids, person)
