"""What customers want on invoices: at posting, on the screen, before a reminder."""

from unittest.mock import patch

from odoo.exceptions import AccessError, UserError
from odoo.tests import freeze_time, tagged

from odoo.addons.relance_ar.models import relance_own_side_rules

from .common import TODAY, days
from .test_own_side import OwnSideCase


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestBilling(OwnSideCase):
    """Requirements of a customer, warned about or blocking."""

    def _ask(self, kind, severity="warn", **values):
        return (
            self.env["relance.billing.requirement"]
            .with_user(self.officer)
            .create(
                {
                    "partner_id": self.debtor.id,
                    "kind": kind,
                    "severity": severity,
                    **values,
                }
            )
        )

    def _draft(self, **values):
        invoice = self._create_invoice_one_line(
            price_unit=100,
            tax_ids=[],
            partner_id=self.debtor,
            invoice_date=TODAY,
            **values,
        )
        return invoice.with_user(self._accountant())

    def _accountant(self):
        # Who posts invoices need not be an officer.
        login = "relance_biller"
        user = self.env["res.users"].search([("login", "=", login)])
        return user or self._new_user("biller", "account.group_account_invoice")

    def test_what_blocks_is_asked_for_before_posting(self):
        self._ask("order", "block")
        self._ask("market", "block")
        draft = self._draft()
        with self.assertRaises(UserError) as caught:
            draft.action_post()
        message = str(caught.exception)
        self.assertIn("Required: Purchase-order number", message)
        self.assertIn("Required: Market number", message)
        self.assertIn(self.debtor.name, message)
        draft.write({"ref": "PO 12", "relance_market_number": "M 7"})
        draft.action_post()
        self.assertEqual(draft.state, "posted")

    def test_what_only_warns_is_noted(self):
        self._ask("service", "warn")
        draft = self._draft()
        self.assertIn("Missing: Service code", draft.relance_billing_missing)
        draft.action_post()
        self.assertEqual(draft.state, "posted")
        self.assertIn("Missing: Service code", str(draft.message_ids.mapped("body")))

    def test_other_customers_are_not_concerned(self):
        self._ask("order", "block")
        self.assertEqual(self._invoice(self._debtor("Other"), days(30)).state, "posted")

    def test_the_address_of_invoices(self):
        box = self.env["res.partner"].create(
            {"name": "TSA 12345", "parent_id": self.debtor.id, "type": "invoice"}
        )
        self._ask("invoice_address", "block", address_id=box.id)
        draft = self._draft()
        draft.sudo().partner_id = self.debtor
        with self.assertRaises(UserError):
            draft.action_post()
        draft.sudo().partner_id = box
        draft.action_post()
        self.assertEqual(draft.state, "posted")

    def test_an_attachment_by_the_words_of_its_name(self):
        self._ask("attachment", "block", detail="delivery note")
        draft = self._draft()
        with self.assertRaises(UserError):
            draft.action_post()
        self.env["ir.attachment"].create(
            {
                "name": "Delivery_note 12 delivery note.pdf",
                "raw": b"x",
                "res_model": "account.move",
                "res_id": draft.id,
            }
        )
        draft.action_post()
        self.assertEqual(draft.state, "posted")

    def test_the_portal_comes_after_the_posting_and_before_the_reminder(self):
        self._ask("portal", "block", detail="Coupa")
        invoice = self._invoice(self.debtor, days(-10), 300)
        self.assertEqual(invoice.state, "posted")
        held = self._plan().filtered(lambda r: invoice in r.line_ids.move_id)
        self.assertEqual(held.state, "held")
        self.assertIn("portal (Coupa)", str(held.preflight_text))
        (invoice + self.invoice).relance_on_portal = True
        reminder = self._plan()
        self.assertEqual(
            set((held + reminder).mapped("state")) - {"cancelled"}, {"proposed"}
        )

    def test_before_a_reminder_what_warns_warns(self):
        self._ask("market", "warn")
        reminder = self._plan()
        self.assertEqual(
            (reminder.state, reminder.preflight_state), ("proposed", "warning")
        )

    def test_what_every_invoice_should_carry_holds_no_reminder(self):
        self.env.ref("relance_ar.relance_requirement_description").severity = "block"
        self.assertEqual(self._plan().preflight_state, "ok")
        draft = self._draft()
        draft.invoice_line_ids.name = "Service"
        with self.assertRaisesRegex(UserError, "Precise description"):
            draft.action_post()

    def test_salespeople_do_not_see_the_requirements(self):
        asked = self._ask("order")
        seller = self._new_user("seller", "relance_ar.group_relance_dispute")
        with self.assertRaises(AccessError):
            asked.with_user(seller).read(["kind"])


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestElectronicStatus(OwnSideCase):
    """What the platform says of an invoice, when an addon keeps it."""

    def _with_status(self, status, day=None):
        rules = type(self.env["relance.own.side.rules"])
        statuses = {self.invoice.id: (status, day)}
        with patch.object(
            rules, "_load_einvoice_statuses", lambda _self, _ids: statuses
        ):
            return self._plan()

    def _in_field(self, name):
        """Let the status be read in a field, as if an addon kept it there."""
        return patch.object(relance_own_side_rules, "STATUS_FIELDS", (name,))

    def test_without_an_addon_nothing_is_read(self):
        with self._in_field("no_such_field"):
            self.assertEqual(self._plan().preflight_state, "ok")

    def test_the_status_is_read_where_an_addon_keeps_it(self):
        self.invoice.ref = "refused"
        with self._in_field("ref"):
            self.assertEqual(self._plan().state, "held")

    def test_a_disputed_invoice_is_held(self):
        for status in ("207", "contested", "suspended", "refused", "rejected"):
            with self.subTest(status):
                reminder = self._with_status(status)
                self.assertEqual(reminder.state, "held")
                self.assertIn(f"“{status}”", str(reminder.preflight_text))
                reminder.sudo().action_cancel()

    def test_another_invoice_like_it_is_chased(self):
        other = self._invoice(self.invoice.partner_id, days(-3))
        reminders = self._with_status("refused")
        held = reminders.filtered(lambda r: self.invoice in r.line_ids.move_id)
        chased = reminders.filtered(lambda r: other in r.line_ids.move_id)
        self.assertEqual((held.state, chased.state), ("held", "proposed"))
        self.assertEqual(chased.preflight_state, "ok")

    def test_an_approved_invoice_is_chased(self):
        reminder = self._with_status("approved")
        self.assertEqual((reminder.state, reminder.preflight_state), ("proposed", "ok"))

    def test_a_partial_approval_is_a_warning(self):
        reminder = self._with_status("partially_approved")
        self.assertEqual(
            (reminder.state, reminder.preflight_state), ("proposed", "warning")
        )

    def test_a_payment_announced_is_given_five_days(self):
        self.assertEqual(self._with_status("payment_sent", days(-5)).state, "held")

    def test_an_announced_payment_that_does_not_come_is_chased(self):
        reminder = self._with_status("payment_sent", days(-6))
        self.assertEqual(reminder.state, "proposed")
