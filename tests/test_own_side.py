from unittest.mock import patch

from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import freeze_time, tagged
from odoo.tools import mute_logger

from .common import BOUNCE, TODAY, RelanceCase, days


class OwnSideCase(RelanceCase):
    """A debtor with one overdue invoice, and what may be wrong on our side."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.debtor = cls._debtor()
        cls.invoice = cls._invoice(cls.debtor, days(-3))
        cls.checks = cls.env["relance.check"]
        cls._grave(not_sent="ignore")  # the invoices of these tests are not sent
        cls.task = cls.env.ref("relance_ar.mail_activity_type_own_side")

    @classmethod
    def _grave(cls, **severities):
        """Say how grave checks are, as the credit manager does."""
        for check in cls.checks.search([]).with_user(cls.manager):
            if check.code in severities:
                check.severity = severities[check.code]

    @classmethod
    def _bank_line(cls, amount, partner=None, label="VIR SEPA", day=TODAY, **values):
        return cls.env["account.bank.statement.line"].create(
            {
                "journal_id": cls.company_data["default_journal_bank"].id,
                "date": day,
                "payment_ref": label,
                "partner_id": partner and partner.id,
                "amount": amount,
                **values,
            }
        )

    def _codes(self, reminder):
        """Return ``{(number, code, severity)}`` of what a reminder says."""
        return {
            (found["number"], found["code"], found["severity"])
            for found in reminder.preflight or ()
        }

    def _assert_held(self, code, invoice=None):
        """Plan; the invoice is held for this check, with one task; return it."""
        invoice = invoice or self.invoice
        reminder = self._plan().filtered(lambda r: r.state == "held")
        self.assertEqual(self._codes(reminder), {(invoice.name, code, "blocking")})
        self.assertEqual(reminder.line_ids.move_id, invoice)
        self.assertRecordValues(reminder, [{"preflight_state": "blocking"}])
        self.assertRecordValues(
            reminder.activity_ids,
            [{"activity_type_id": self.task.id, "user_id": self.officer.id}],
        )
        return reminder

    def _assert_in_order(self):
        """Plan; nothing is found."""
        reminder = self._plan()
        self.assertRecordValues(
            reminder, [{"state": "proposed", "preflight_state": "ok"}]
        )
        self.assertFalse(reminder.preflight)

    def _explained(self, invoice=None):
        [why] = self.runs.explain(self._lines(invoice or self.invoice), TODAY)
        return why


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestChecks(OwnSideCase):
    """Each check of our own side, on real records, as grave as the company says."""

    def test_an_invoice_that_was_not_sent(self):
        self._grave(not_sent="blocking")
        reminder = self._assert_held("not_sent")
        self.assertIn("has not been sent from here", reminder.preflight_text)
        self.invoice.is_move_sent = True
        self.assertEqual(self._plan(), reminder, "the same one is taken up again")
        self.assertEqual(reminder.state, "proposed")

    def test_an_entry_that_is_no_invoice_is_never_sent(self):
        self._grave(not_sent="blocking")
        entry = self.env["account.move"].create(
            {
                "journal_id": self.company_data["default_journal_misc"].id,
                "date": days(-3),
                "line_ids": [
                    Command.create(
                        {
                            "account_id": account.id,
                            "partner_id": self._debtor("Entry SA").id,
                            "date_maturity": days(-3),
                            "debit": max(balance, 0),
                            "credit": max(-balance, 0),
                            "no_followup": False,
                        }
                    )
                    for account, balance in (
                        (self.company_data["default_account_receivable"], 50),
                        (self.company_data["default_account_revenue"], -50),
                    )
                ],
            }
        )
        entry.action_post()
        found = self._plan().filtered(lambda r: r.partner_id.name == "Entry SA")
        self.assertRecordValues(found, [{"state": "proposed", "amount_net": 50.0}])

    def _send_invoice(self):
        """Send the invoice by e-mail, as Odoo does; return the message that left."""
        with self.mail_server() as sink:
            self.invoice._generate_and_send(sending_methods=["email"])
        [message] = sink.messages
        return message

    def test_the_e_mail_of_the_invoice_came_back(self):
        message = self._send_invoice()
        bounce = BOUNCE.format(id=message["Message-Id"], status="5.1.1")
        with mute_logger("odoo.addons.mail.models.mail_thread"):
            self.env["mail.thread"].sudo().message_process("mail.thread", bounce)
        reminder = self._assert_held("bounced")
        self.assertIn("debtor@debtor.test", reminder.preflight_text)

    def test_an_invoice_sent_again_after_a_bounce(self):
        message = self._send_invoice()
        bounce = BOUNCE.format(id=message["Message-Id"], status="5.1.1")
        with mute_logger("odoo.addons.mail.models.mail_thread"):
            self.env["mail.thread"].sudo().message_process("mail.thread", bounce)
        reminder = self._assert_held("bounced")
        self.debtor.email = "right@debtor.test"
        self._send_invoice()
        self._plan()
        self.assertEqual(reminder.state, "proposed")

    def test_an_invoice_that_arrived(self):
        self._send_invoice()
        self._assert_in_order()

    def test_a_colleague_whose_e_mail_came_back_is_not_the_customer(self):
        self._send_invoice()
        colleague = self.manager.partner_id
        message = self.invoice.message_ids[:1]
        self.env["mail.notification"].create(
            {
                "mail_message_id": message.id,
                "res_partner_id": colleague.id,
                "notification_type": "email",
                "notification_status": "bounce",
            }
        )
        self._assert_in_order()

    def test_the_order_number_is_missing(self):
        self.debtor.relance_requires_order = True
        reminder = self._assert_held("order_number")
        self.invoice.ref = "PO 4711"
        self._plan()
        self.assertEqual(reminder.state, "proposed")

    def test_who_asks_for_no_order_number_needs_none(self):
        self._assert_in_order()

    def test_terms_that_are_not_those_agreed(self):
        agreed = self.env.ref("account.account_payment_term_30days")
        other = self.env.ref("account.account_payment_term_15days")
        self.debtor.property_payment_term_id = agreed
        invoice = self._create_invoice_one_line(
            price_unit=100,
            tax_ids=[],
            partner_id=self.debtor,
            invoice_date=days(-40),
            invoice_payment_term_id=other,
            post=True,
        )
        self._grave(terms="blocking")
        as_agreed = self._create_invoice_one_line(
            price_unit=100,
            tax_ids=[],
            partner_id=self.debtor,
            invoice_date=days(-40),
            invoice_payment_term_id=agreed,
            post=True,
        )
        reminders = self._plan()
        found = {item[:2] for r in reminders for item in self._codes(r)}
        self.assertIn((invoice.name, "terms"), found)
        self.assertNotIn((as_agreed.name, "terms"), found)

    def test_a_credit_note_in_draft(self):
        draft = self._reverse_invoice(self.invoice)
        reminder = self._assert_held("draft_credit")
        draft.unlink()
        self._plan()
        self.assertEqual(reminder.state, "proposed")

    def test_a_credit_note_in_draft_of_another_invoice(self):
        other = self._invoice(self.debtor, days(20), 10)
        self._reverse_invoice(other)
        self._assert_in_order()

    def test_free_credits_are_told_and_netted(self):
        self._grave(free_credit="blocking")
        self._invoice(self.debtor, days(-1), 300, move_type="out_refund")
        reminder = self._plan()
        self.assertRecordValues(
            reminder,
            [{"state": "proposed", "preflight_state": "warning", "amount_net": 700.0}],
        )
        self.assertEqual(
            self._codes(reminder), {(self.invoice.name, "free_credit", "warning")}
        )

    def test_a_currency_without_rate(self):
        crowns = self.setup_other_currency("SEK", rates=[])
        self._grave(currency_rate="blocking")
        invoice = self._invoice(self._debtor("Svensk AB"), days(-3), currency_id=crowns)
        self._assert_held("currency_rate", invoice)

    def test_a_check_that_is_ignored_is_not_even_told(self):
        self._grave(draft_credit="ignore")
        self._reverse_invoice(self.invoice)
        self._assert_in_order()

    def test_a_warning_is_told_and_holds_nothing(self):
        self._grave(draft_credit="warning")
        self._reverse_invoice(self.invoice)
        reminder = self._plan()
        self.assertRecordValues(
            reminder, [{"state": "proposed", "preflight_state": "warning"}]
        )
        self.assertIn("A credit note of this invoice is in draft", reminder.why)
        self.assertFalse(reminder.activity_ids)
        why = self._explained()
        self.assertFalse(why["held"])
        self.assertIn("credit note", why["reasons"][-1])

    def test_what_holds_is_told_on_the_invoice(self):
        self._reverse_invoice(self.invoice)
        why = self._explained()
        self.assertTrue(why["due"] and why["held"])
        self.assertIn("credit note of this invoice is in draft", why["reasons"][-1])

    def test_an_officer_does_not_change_how_grave_a_check_is(self):
        check = self.checks.search([], limit=1).with_user(self.officer)
        with self.assertRaises(AccessError):
            check.severity = "ignore"


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestMoney(OwnSideCase):
    """Money that may have arrived already: at the bank, or on its way."""

    def test_an_unmatched_bank_line_of_the_customer(self):
        line = self._bank_line(1000, self.debtor, "VIR FROM DEBTOR")
        reminder = self._assert_held("in_bank")
        self.assertIn("VIR FROM DEBTOR", reminder.preflight_text)
        self.assertIn("03/18/2026", reminder.preflight_text)
        line.unlink()
        self._plan()
        self.assertEqual(reminder.state, "proposed")

    def test_a_bank_line_that_only_names_the_invoice(self):
        label = f"vir sepa {self.invoice.name.lower()}; merci"
        self._bank_line(1000, label=label)
        self._assert_held("in_bank")

    def test_a_bank_line_that_writes_the_number_without_signs(self):
        number = self.invoice.name.replace("/", "-")
        self._bank_line(1000, label=f"VIR {number}")
        self._assert_held("in_bank")

    def test_a_bank_line_that_names_the_number_twice(self):
        """The number and the payment reference are often the same but for signs."""
        self.invoice.payment_reference = self.invoice.name.replace("/", "")
        self._bank_line(1500, label=f"{self.invoice.name} {self.invoice.name}")
        self._assert_held("in_bank")

    def test_a_label_of_signs_names_nobody(self):
        self.invoice.payment_reference = "--"
        self._bank_line(1000, label="VIR - X")
        self._assert_in_order()

    def test_a_bank_line_that_names_nobody(self):
        self._bank_line(1000, label="VIR SEPA")
        self._assert_in_order()

    def test_a_bank_line_of_somebody_else(self):
        self._bank_line(1000, self._debtor("Other SA"))
        self._assert_in_order()

    def test_what_is_said_of_one_debtor_does_not_depend_on_the_others(self):
        """A line of another customer is theirs, whoever is planned with them."""
        other = self._debtor("Other SA")
        theirs = self._invoice(other, days(-3), 1000)
        self._bank_line(1000, other, f"VIR {self.invoice.name}")
        alone = self._explained()["held"], self._explained(theirs)["held"]
        reminders = {r.partner_id: r.state for r in self._plan()}
        self.assertEqual(alone, (False, True))
        self.assertEqual(reminders, {self.debtor: "proposed", other: "held"})

    def test_money_that_left_is_no_payment(self):
        self._bank_line(-1000, self.debtor)
        self._assert_in_order()

    def test_a_part_of_the_money_only_warns(self):
        self._bank_line(400, self.debtor)
        reminder = self._plan()
        self.assertEqual(reminder.state, "proposed")
        self.assertEqual(
            self._codes(reminder), {(self.invoice.name, "in_bank", "warning")}
        )

    def test_two_parts_that_make_the_whole(self):
        self._bank_line(400, self.debtor)
        self._bank_line(600, self.debtor)
        self._assert_held("in_bank")

    def test_the_very_amount_tells_which_invoice_is_meant(self):
        other = self._invoice(self.debtor, days(-2), 250)
        self._bank_line(250, self.debtor)
        self._assert_held("in_bank", other)

    def test_a_second_line_goes_to_the_invoice_that_the_first_left(self):
        other = self._invoice(self.debtor, days(-2), 2000)
        self._bank_line(1000, self.debtor)
        self._bank_line(2500, self.debtor)
        held = self._plan()
        self.assertEqual(held.state, "held")
        self.assertEqual(held.line_ids.move_id, self.invoice + other)

    def test_what_is_left_of_a_bank_line_matched_in_part(self):
        """600 of the 1 000 received have been matched with something else."""
        line = self._bank_line(1000, self.debtor)
        _liquidity, suspense, _other = line._seek_for_lines()
        revenue = self.company_data["default_account_revenue"]
        line.move_id.with_context(skip_readonly_check=True).line_ids = [
            Command.update(suspense.id, {"credit": 400}),
            Command.create({"account_id": revenue.id, "credit": 600}),
        ]
        self.assertFalse(line.is_reconciled)
        reminder = self._plan()
        self.assertEqual(
            self._codes(reminder), {(self.invoice.name, "in_bank", "warning")}
        )

    def test_a_bank_line_in_the_currency_of_the_debt(self):
        dollars = self.setup_other_currency("USD")
        invoice = self._invoice(self.debtor, days(-3), 500, currency_id=dollars)
        self._bank_line(
            250, self.debtor, foreign_currency_id=dollars.id, amount_currency=500
        )
        reminder = self._assert_held("in_bank", invoice)
        self.assertEqual(reminder.currency_id, dollars)

    def test_a_line_older_than_half_a_year_is_forgotten(self):
        self._bank_line(1000, self.debtor, day=days(-200))
        self._assert_in_order()

    def _register_without_entry(self, invoices, **values):
        """Register a payment as with Odoo's full accounting: no entry before the bank.

        The module that adds it is not in Community: its state of invoices stands in.
        """
        journal = self.company_data["default_journal_bank"]
        method = journal.inbound_payment_method_line_ids[:1]
        method.payment_account_id = False
        moves = type(self.env["account.move"])
        with patch.object(
            moves, "_get_invoice_in_payment_state", lambda _self: "in_payment"
        ):
            payment = self._register_payment(
                invoices,
                payment_date=TODAY,
                journal_id=journal.id,
                payment_method_line_id=method.id,
                **values,
            )
        self.assertRecordValues(payment, [{"state": "in_process", "move_id": False}])
        return payment

    def test_a_payment_in_process(self):
        payment = self._register_without_entry(self.invoice)
        reminder = self._assert_held("in_process")
        self.assertIn("A payment of", reminder.preflight_text)
        payment.action_cancel()
        self._plan()
        self.assertEqual(reminder.state, "proposed")

    def test_a_part_in_process_only_warns(self):
        self._register_without_entry(self.invoice, amount=400)
        reminder = self._plan()
        self.assertEqual(
            self._codes(reminder), {(self.invoice.name, "in_process", "warning")}
        )

    def test_a_payment_of_two_invoices_counts_once(self):
        other = self._invoice(self.debtor, days(-2), 1000)
        self._register_without_entry(self.invoice + other, amount=1000)
        states = {r.line_ids.move_id: r.state for r in self._plan()}
        self.assertEqual(states, {self.invoice: "held", other: "proposed"})
