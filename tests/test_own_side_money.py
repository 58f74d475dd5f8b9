"""Money that may have arrived already, however it was registered or named."""

from unittest.mock import patch

from odoo import Command
from odoo.tests import freeze_time, tagged

from .common import TODAY, days
from .test_own_side import OwnSideCase


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestPaymentsOfNoInvoice(OwnSideCase):
    """Payments registered on the customer, which make no entry before the bank.

    The module of full accounting, which allows it, is not in Community: its state of
    invoices stands in.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        moves = type(cls.env["account.move"])
        in_payment = patch.object(
            moves, "_get_invoice_in_payment_state", lambda _self: "in_payment"
        )
        cls.startClassPatcher(in_payment)

    def _payment(self, amount=1000, partner=None, **values):
        journal = self.company_data["default_journal_bank"]
        method = journal.inbound_payment_method_line_ids[:1]
        method.payment_account_id = False
        payment = self.env["account.payment"].create(
            {
                "partner_id": (partner or self.debtor).id,
                "partner_type": "customer",
                "payment_type": "inbound",
                "amount": amount,
                "date": days(-1),
                "journal_id": journal.id,
                "payment_method_line_id": method.id,
                "memo": "CHQ 4711",
                **values,
            }
        )
        payment.action_post()
        self.assertRecordValues(payment, [{"state": "in_process", "move_id": False}])
        return payment

    def test_it_holds_what_the_customer_owes_and_says_which_it_is(self):
        payment = self._payment()
        reminder = self._assert_held("in_process")
        text = reminder.preflight_text
        for said in ("1,000.00", "CHQ 4711", payment.name, "03/17/2026"):
            self.assertIn(said, text)
        payment.action_cancel()
        self._plan()
        self.assertEqual(reminder.state, "proposed")

    def test_one_registered_on_a_contact_is_of_the_customer(self):
        clerk = self._debtor("Clerk", is_company=False, parent_id=self.debtor.id)
        self._payment(partner=clerk)
        self._assert_held("in_process")

    def test_a_part_only_warns(self):
        self._payment(400)
        reminder = self._plan()
        self.assertEqual(
            self._codes(reminder), {(self.invoice.name, "in_process", "warning")}
        )

    def test_it_covers_only_its_own_currency(self):
        self._payment(currency_id=self.setup_other_currency("USD").id)
        self._assert_in_order()

    def test_what_does_not_come_from_this_customer_holds_nothing(self):
        self._payment(partner=self._debtor("Other SA"))
        self._payment(payment_type="outbound")
        self._payment(date=days(-200))
        self._payment().action_cancel()
        self._assert_in_order()


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestReferences(OwnSideCase):
    """What a bank line of nobody known must say to be taken for a payment."""

    def _named_by(self, reference, label, amount=1000):
        self.invoice.payment_reference = reference
        self._bank_line(amount, label=label)

    def test_a_structured_reference_as_banks_print_it(self):
        self._named_by("RF18539007547034", "VIR RF18 5390 0754 7034 DUPONT")
        self._assert_held("in_bank")

    def test_a_number_with_spaces_around_its_signs(self):
        number = self.invoice.name.replace("/", " / ")
        self._bank_line(1000, label=f"VIREMENT {number} MERCI")
        self._assert_held("in_bank")

    def test_what_many_have_in_common_names_nobody(self):
        for reference, label in (
            ("2026", "VIR 03 2026"),
            ("LOYER", "LOYER MARS DUPONT"),
            ("1", "VIR 1"),
            ("LOYER 2026", "LOYER 2026 LOT 4"),
        ):
            with self.subTest(reference=reference):
                self._named_by(reference, label)
        self._assert_in_order()

    def test_a_common_reference_alone_with_the_very_amount_is_a_clue(self):
        self._named_by("LOYER", "Loyer")
        reminder = self._plan()
        self.assertEqual(
            self._codes(reminder), {(self.invoice.name, "in_bank", "warning")}
        )
        self.assertEqual(reminder.state, "proposed")

    def test_a_common_reference_with_another_amount_is_nothing(self):
        self._named_by("LOYER", "Loyer", 990)
        self._assert_in_order()

    def test_a_short_number_needs_the_very_amount(self):
        self._named_by("12345", "VIR 12345 DUPONT", 1500)
        self._assert_in_order()
        self._bank_line(1000, label="VIR 12345 DUPONT")
        self._assert_held("in_bank")

    def test_a_part_of_a_longer_number_is_not_the_number(self):
        self._bank_line(1000, label=f"VIR {self.invoice.name}7")
        self._assert_in_order()

    def test_a_common_word_in_the_label_of_a_customer_chooses_no_invoice(self):
        """Their money covers the oldest, not the one whose reference is "1"."""
        self.invoice.payment_reference = "OLDEST1"
        other = self._invoice(self.debtor, days(-2), 1500)
        other.payment_reference = "1"
        self._bank_line(1200, self.debtor, label="VIR 1")
        reminders = self._plan()
        found = {item for r in reminders for item in self._codes(r)}
        self.assertEqual(
            found,
            {
                (self.invoice.name, "in_bank", "blocking"),
                (other.name, "in_bank", "warning"),
            },
        )

    def test_each_debtor_whom_a_line_names_is_asked_about(self):
        """What is said of one debtor does not depend on who is planned with them."""
        other = self._debtor("Other SA")
        theirs = self._invoice(other, days(-3))
        (self.invoice + theirs).payment_reference = "CONTRACT 4711"
        self._bank_line(1000, label="CONTRACT 4711")
        alone = self._explained()["held"], self._explained(theirs)["held"]
        self.assertEqual(alone, (True, True))
        self.assertEqual(self._plan().mapped("state"), ["held"] * 2)


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestCreditNotesTypedByHand(OwnSideCase):
    """A credit note in draft that reverses no invoice is told, and holds nothing."""

    def _draft(self, partner, **values):
        return self.env["account.move"].create(
            {
                "move_type": "out_refund",
                "partner_id": partner.id,
                "invoice_line_ids": [
                    Command.create({"name": "Gesture", "price_unit": 10})
                ],
                **values,
            }
        )

    def test_it_is_told_on_all_that_the_customer_owes(self):
        other = self._invoice(self.debtor, days(-2), 200)
        self._draft(self.debtor, ref="Broken pallet")
        reminder = self._plan()
        self.assertRecordValues(
            reminder, [{"state": "proposed", "preflight_state": "warning"}]
        )
        self.assertEqual(
            self._codes(reminder),
            {
                (number, "loose_credit", "warning")
                for number in (self.invoice.name, other.name)
            },
        )
        self.assertIn("Broken pallet", reminder.preflight_text)

    def test_the_one_of_an_invoice_still_holds_it(self):
        self._draft(self.debtor)
        self._reverse_invoice(self.invoice)
        reminder = self._plan()
        self.assertEqual(
            self._codes(reminder),
            {
                (self.invoice.name, "loose_credit", "warning"),
                (self.invoice.name, "draft_credit", "blocking"),
            },
        )
        self.assertEqual(reminder.state, "held")

    def test_that_of_another_customer_is_not_told(self):
        self._draft(self._debtor("Other SA"))
        self._assert_in_order()


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestBranch(OwnSideCase):
    """A branch is paid on the bank journal of its parent."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.branch = cls.env["res.company"].create(
            {"name": "Branch", "parent_id": cls.company.id, "country_id": False}
        )
        everybody = cls.officer + cls.manager + cls.env.user
        everybody.company_ids += cls.branch
        cls.branch.relance_user_id = cls.officer
        cls.theirs = cls._debtor("Local SA")
        cls.theirs.with_company(
            cls.branch
        ).property_account_receivable_id = cls.company_data[
            "default_account_receivable"
        ]
        cls.local = cls._invoice(
            cls.theirs,
            days(-3),
            500,
            company_id=cls.branch,
            journal_id=cls.company_data["default_journal_sale"],
            account_id=cls.company_data["default_account_revenue"].id,
        )

    def _plan_branch(self):
        return self._plan(company=self.branch)

    def test_an_unmatched_line_on_the_journal_of_the_parent(self):
        self.assertEqual(self.local.company_id, self.branch)
        line = self._bank_line(500, self.theirs)
        line.move_id.invalidate_recordset()
        self.assertEqual(line.company_id, self.company)
        reminder = self._plan_branch()
        self.assertRecordValues(reminder, [{"state": "held"}])
        self.assertEqual(
            self._codes(reminder), {(self.local.name, "in_bank", "blocking")}
        )

    def test_a_line_of_the_parent_that_names_the_invoice(self):
        self._bank_line(500, label=f"VIR {self.local.name}")
        self.assertRecordValues(self._plan_branch(), [{"state": "held"}])

    def test_the_parent_does_not_look_at_the_invoices_of_the_branch(self):
        self._bank_line(500, self.theirs)
        self.assertEqual(self._plan().partner_id, self.debtor)
