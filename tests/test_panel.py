"""All that is checked before a contact, on the reminder and on the invoice."""

from lxml import html

from odoo.tests import freeze_time, tagged

from .common import TODAY, days
from .test_own_side import OwnSideCase

WEIGHED = {
    "The e-mail of the invoice came back",
    "The order number is missing",
    "The terms differ from those agreed",
    "A credit note is still in draft",
    "A credit note of no invoice is in draft",
    "A payment is in process",
    "A bank line may be its payment",
    "Credits are not matched",
    "An answer has not been read",
    "The currency has no rate",
    "Its e-mails are refused",
    "A billing requirement is not met",
    "The electronic invoice is refused, disputed or not delivered",
}
FIXED = {
    "No usable contact",
    "The customer is on hold",
    "The instalment is held",
    "The instalment is disputed",
    "A promise to pay is under way",
    "A payment plan is under way",
    "Excluded from follow-up",
    "The payment is blocked",
    "Insolvency proceedings",
}


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestPanel(OwnSideCase):
    def _rows(self, panel):
        """Return ``{check: (verdict, text)}`` of a panel."""
        rows = {}
        for row in html.fromstring(str(panel)).xpath(".//div[hasclass('row')]"):
            verdict, label, *text = (
                " ".join(cell.text_content().split()) for cell in row.xpath("./div")
            )
            rows[label] = verdict, " ".join(text)
        return rows

    def _rows_of_invoice(self, invoice=None):
        invoice = (invoice or self.invoice).with_user(self.officer)
        invoice.invalidate_recordset()
        return self._rows(invoice.relance_checks)

    def _assert_found(self, label, verdict, text):
        """What is found shows on the invoice; all the rest is in order."""
        rows = self._rows_of_invoice()
        self.assertEqual(rows[label][0], verdict)
        self.assertIn(text, rows.pop(label)[1])
        self.assertEqual(set(rows.values()), {("Nothing found", "")})

    def test_all_in_order_is_said_of_each_check(self):
        rows = self._rows_of_invoice()
        self.assertEqual(set(rows), WEIGHED | FIXED)
        self.assertEqual(set(rows.values()), {("Nothing found", "")})
        self.assertEqual(self._rows(self._plan().preflight_panel), rows)

    def test_what_the_company_ignores_is_not_listed(self):
        self._grave(in_bank="ignore", not_sent="warning")
        rows = self._rows_of_invoice()
        self.assertNotIn("A bank line may be its payment", rows)
        self.assertIn("The invoice has not been sent", rows)

    def test_not_sent(self):
        self._grave(not_sent="warning")
        self._assert_found(
            "The invoice has not been sent", "To look at", "has not been sent from here"
        )

    def test_draft_credit_note(self):
        self._reverse_invoice(self.invoice)
        self._assert_found(
            "A credit note is still in draft", "Blocking", "post or delete it first"
        )
        rows = self._rows(self._plan().preflight_panel)
        verdict, text = rows["A credit note is still in draft"]
        self.assertEqual(verdict, "Blocking")
        self.assertIn(self.invoice.name, text)
        self.assertEqual(len(rows), len(WEIGHED | FIXED))

    def test_missing_order_number(self):
        self.debtor.relance_requires_order = True
        self._assert_found(
            "The order number is missing", "Blocking", "has no reference"
        )

    def test_terms(self):
        self.debtor.property_payment_term_id = self.env.ref(
            "account.account_payment_term_30days"
        )
        self._assert_found(
            "The terms differ from those agreed", "To look at", "is agreed"
        )

    def test_free_credit(self):
        self._invoice(self.debtor, days(-1), 100, move_type="out_refund")
        self._assert_found("Credits are not matched", "To look at", "100.00")

    def test_a_bank_line(self):
        self._bank_line(1000, self.debtor)
        self._assert_found(
            "A bank line may be its payment", "Blocking", "match it first"
        )

    def test_no_usable_contact(self):
        reminder = self._plan()
        self.debtor.write({"email": False, "phone": False, "street": False})
        self._assert_found("No usable contact", "Blocking", "cannot be reached")
        self._plan()
        self.assertEqual(reminder.state, "held")
        rows = self._rows(reminder.preflight_panel)
        self.assertEqual(rows["No usable contact"][0], "Blocking")

    def test_no_usable_contact_for_what_is_excluded(self):
        self.invoice.no_followup = True
        self.debtor.write({"email": False, "phone": False, "street": False})
        self.assertEqual(self._rows_of_invoice()["No usable contact"][0], "Blocking")

    def test_hold_of_the_customer(self):
        reminder = self._plan()
        self.debtor.write(
            {"relance_hold_until": days(10), "relance_hold_reason": "New plan"}
        )
        self._assert_found("The customer is on hold", "Blocking", "New plan")
        reminder.invalidate_recordset()
        rows = self._rows(reminder.preflight_panel)
        self.assertIn("New plan", rows["The customer is on hold"][1])

    def test_a_hold_that_is_over(self):
        self.debtor.write({"relance_hold_until": days(-1), "relance_hold_reason": "x"})
        self.assertEqual(set(self._rows_of_invoice().values()), {("Nothing found", "")})

    def test_hold_of_the_instalment(self):
        reminder = self._plan()
        holds = self.env["relance.line.hold"].with_user(self.officer)
        holds._hold(self._lines(self.invoice), "Pallet broken", days(5))
        self._assert_found("The instalment is held", "Blocking", "Pallet broken")
        reminder.invalidate_recordset()
        rows = self._rows(reminder.preflight_panel)
        self.assertIn("Pallet broken", rows["The instalment is held"][1])

    def test_hold_of_the_instalment_without_end(self):
        holds = self.env["relance.line.hold"].with_user(self.officer)
        holds._hold(self._lines(self.invoice), "Pallet broken")
        self._assert_found("The instalment is held", "Blocking", "Pallet broken")

    def test_what_was_agreed_about_the_instalment(self):
        line = self._lines(self.invoice)
        price = self.env.ref("relance_ar.dispute_reason_price")
        of_line = {"move_line_ids": line.ids}
        dispute = {**of_line, "reason_id": price.id, "amount": 1000.0}
        reminder = self._plan()
        for model, vals, label, text in (
            ("dispute", dispute, "The instalment is disputed", "1,000.00"),
            (
                "promise",
                {**of_line, "date": days(3)},
                "A promise to pay is under way",
                "",
            ),
        ):
            record = self.env[f"relance.{model}"].with_user(self.officer).create(vals)
            self._assert_found(label, "Blocking", text)
            reminder.invalidate_recordset()
            self.assertEqual(self._rows(reminder.preflight_panel)[label][0], "Blocking")
            record.action_cancel()

    def test_a_part_in_dispute_stops_nothing(self):
        reminder = self._plan()
        self.env["relance.dispute"].with_user(self.officer).create(
            {
                "move_line_ids": self._lines(self.invoice).ids,
                "reason_id": self.env.ref("relance_ar.dispute_reason_price").id,
                "amount": 1.0,
            }
        )
        self.assertEqual(set(self._rows_of_invoice().values()), {("Nothing found", "")})
        rows = self._rows(reminder.preflight_panel)
        self.assertEqual(rows["The instalment is disputed"], ("Nothing found", ""))

    def test_excluded_from_follow_up(self):
        reminder = self._plan()
        self.invoice.no_followup = True
        self._assert_found("Excluded from follow-up", "Blocking", "excluded")
        reminder.invalidate_recordset()
        rows = self._rows(reminder.preflight_panel)
        self.assertEqual(rows["Excluded from follow-up"][0], "Blocking")

    def test_insolvency(self):
        self.debtor.solvency_state = "insolvency"
        self._assert_found("Insolvency proceedings", "Blocking", "L622-21")

    def test_what_has_left_is_not_judged_by_what_came_later(self):
        reminder = self._plan()
        reminder.action_approve()
        with self.mail_server():
            reminder.action_send()
        self.debtor.write({"relance_hold_until": days(9), "relance_hold_reason": "x"})
        rows = self._rows(reminder.preflight_panel)
        self.assertEqual(rows["The customer is on hold"], ("Nothing found", ""))

    def test_a_paid_invoice_has_no_panel(self):
        self._register_payment(self.invoice, payment_date=TODAY)
        self.invoice.invalidate_recordset()
        self.assertFalse(self.invoice.with_user(self.officer).relance_checks)

    def test_a_company_that_is_always_closed_is_told_and_the_screen_opens(self):
        self._close_for_years()
        rows = self._rows_of_invoice()
        self.assertIn("no working day", rows["No usable contact"][1])
