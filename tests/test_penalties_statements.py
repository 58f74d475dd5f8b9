"""The statement: complete or refused, at any date, to one debtor; and the screens."""

from unittest.mock import patch

from odoo import Command
from odoo.exceptions import UserError, ValidationError
from odoo.tests import Form, freeze_time, tagged

from odoo.addons.account.models.account_move import AccountMove

from .common import TODAY, days
from .test_penalties_claims import ClaimCase
from .test_penalties_reminders import ReminderCase
from .test_penalties_vectors import TOWN_SIREN

NEEDED = "_need_ubl_cii_xml"


class StatementCase(ClaimCase):
    """Statements opened by the officer."""

    def _statement(self, **values):
        statements = self.env["relance.penalty.statement"].with_user(self.officer)
        return statements.create(values or {"partner_id": self.debtor.id})

    def _forget_rate(self):
        self.env.ref("relance_ar.relance_interest_rate_ecb_mro_2026_01").unlink()


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestUnknownRate(StatementCase):
    """A missing rate is said wherever an amount would stand; never zero, never part."""

    def test_on_the_customer_and_in_lists(self):
        self._invoice(self.debtor, "2026-02-28", relance_penalty_rate=10)
        self._forget_rate()
        told = self.debtor.with_user(self.officer).relance_penalty_accrued
        self.assertIn("01/01/2026", told)
        self.assertNotIn("40.00", told)
        line = self._lines(self.invoice).with_user(self.officer)
        self.assertIn("01/01/2026", line.relance_penalty_error)
        arch = self.env.ref("relance_ar.account_move_line_view_list_relance").arch
        self.assertEqual(arch.count('invisible="relance_penalty_error"'), 2)

    def test_a_statement_is_not_printed_in_part(self):
        self._invoice(self.debtor, "2026-02-28", relance_penalty_rate=10)
        self._forget_rate()
        wizard = self._statement()
        self.assertTrue(wizard.has_rows)
        self.assertIn("01/01/2026", wizard.sheet)
        for print_it in (wizard.action_print, wizard._get_printed_sheet):
            with self.assertRaises(UserError) as refused:
                print_it()
            self.assertIn("01/01/2026", str(refused.exception))

    def test_nothing_has_accrued_is_not_said_beside_an_error(self):
        self._forget_rate()
        wizard = self._statement()
        self.assertEqual((wizard.has_rows, wizard.has_errors), (False, True))


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestStatementContent(StatementCase):
    """What is asked for, at which date, of whom."""

    def test_what_was_waived_or_invoiced_is_not_asked_again(self):
        claim = self._claimed(at="2026-03-02")
        self.assertIn("153.12", self._statement().sheet)
        claim.with_user(self.manager).waive("deal")
        wizard = self._statement()
        self.assertIn("53.26", wizard.sheet)
        self.assertNotIn("153.12", wizard.sheet)
        self.assertNotIn("indemnity", wizard.sheet)

    def test_nothing_left_to_claim_is_said(self):
        wizard = self._statement()
        wizard.action_prepare()
        self._claimed()
        with self.assertRaises(UserError) as refused:
            wizard.action_prepare()
        self.assertIn("Nothing is left to claim", str(refused.exception))

    def test_at_a_past_date_what_was_owed_then(self):
        self._pay(self.invoice, "2026-03-10")
        self.assertFalse(self._statement().has_rows)
        at = self._statement(partner_id=self.debtor.id, date="2026-03-02")
        self.assertIn("99.86", at.sheet)
        later = self._statement(partner_id=self.debtor.id, date="2026-03-11")
        self.assertFalse(later.has_rows)

    def test_several_debtors_are_refused(self):
        other = self._debtor("Other SA")
        both = self.invoice + self._invoice(other, "2026-01-31")
        wizard = self._statement(move_line_ids=self._lines(*both).ids)
        with self.assertRaises(UserError) as refused:
            wizard.action_print()
        self.assertIn("Other SA", str(refused.exception))
        self.assertEqual(len(self.claims.search(wizard.action_prepare()["domain"])), 2)

    def test_where_the_rate_comes_from(self):
        self.assertIn("ECB 2.15 + 10", self._statement().sheet)
        claim = self._claimed()
        self.assertIn("ECB 2.15 + 10", claim.sheet_html)
        other = self._debtor("Other SA", relance_penalty_rate=14)
        theirs = self._claimed(self._invoice(other, "2026-01-31"))
        self.assertIn("contract", theirs.sheet_html)
        self.assertNotIn("ECB", theirs.sheet_html)
        town = self._debtor("Town", relance_siren=TOWN_SIREN)
        public = self._claimed(self._invoice(town, "2026-01-31"))
        self.assertIn("ECB 2.15 + 8", public.sheet_html)


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestRegimeOfInvoice(StatementCase):
    """The regime chosen on the invoice goes before that of its customer."""

    def setUp(self):
        super().setUp()
        self.invoice.relance_penalty_regime = "public"

    def test_the_texts_and_the_term_of_the_document(self):
        claim = self._claimed()
        self.assertIn("R2192-31", claim._get_penalty_sheet()["law"])
        self.assertNotIn("L441-10", claim._get_penalty_sheet()["law"])
        self.assertIn("R2192-31", self._statement()._get_penalty_sheet()["law"])
        self.assertEqual(self._invoiced(claim).invoice_date_due, days(45))

    def test_the_costs(self):
        claim = self._prepare()
        self.invoice.relance_penalty_regime = "consumer"
        with self.assertRaises(ValidationError):
            claim.amount_cost = 50


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestRegimeOfReminder(ReminderCase):
    """The reminder speaks of the regime of what it asks for."""

    def test_the_law_note(self):
        invoice = self._invoice(self._debtor(), days(-3), 15000)
        invoice.relance_penalty_regime = "public"
        reminder = self._plan()
        self.assertIn("R2192-31", reminder.penalty_law_note)
        self.assertNotIn("L441-10", reminder.penalty_law_note)

    def test_a_penalty_document_bears_no_penalty(self):
        debtor = self._debtor()
        accountant = self._new_user("invoicing", "account.group_account_invoice")
        late = self._invoice(debtor, days(-60), 10000)
        self.company.relance_penalty_account_id = self.env["account.account"].create(
            {"name": "Penalties", "code": "763999", "account_type": "income_other"}
        )
        claims = self.env["relance.penalty.claim"].with_user(self.officer)
        claim = claims.prepare(self._lines(late).ids)
        claim.action_claim()
        claim.with_user(accountant).action_invoice()
        claim.invoice_id.with_user(self.env.user).action_post()
        self._pay(late, TODAY)
        reminder = self._remind(days(13))
        self.assertEqual(reminder.line_ids.move_line_id.move_id, claim.invoice_id)
        self.assertTrue(reminder.level_id.claim_penalties)
        self.assertRecordValues(
            reminder,
            [{"state": "sent", "penalty_interest": 0.0, "penalty_indemnity": 0.0}],
        )
        self.assertFalse(reminder.claim_ids)

    def test_a_draft_that_cannot_be_replaced_is_kept(self):
        invoice = self._invoice(self._debtor(), days(-3), 15000)
        claims = self.env["relance.penalty.claim"].with_user(self.officer)
        draft = claims.prepare(self._lines(invoice).ids)
        self.env.ref("relance_ar.relance_interest_rate_ecb_mro_2026_01").unlink()
        self.assertFalse(self._remind(TODAY).claim_ids)
        self.assertEqual(draft.exists().line_ids.interest, 14.98)


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestDocument(StatementCase):
    """The penalty document: no VAT whatever is edited, its claim, its invoices."""

    def test_no_vat_comes_back_while_it_is_edited(self):
        taxed = self.income.copy(
            {"code": "763998", "tax_ids": self.company.account_sale_tax_id.ids}
        )
        document = self._invoiced(self._claimed()).with_user(self.env.user)
        with Form(document) as form, form.invoice_line_ids.edit(0) as line:
            line.account_id = taxed
            line.product_id = self.product_a
        self.assertFalse(document.invoice_line_ids.tax_ids)

    def test_another_total_or_a_tax_is_not_posted(self):
        claim = self._claimed()
        document = self._invoiced(claim).with_user(self.env.user)
        line = document.invoice_line_ids[0]
        price = line.price_unit
        for vals in (
            {"price_unit": price - 1},
            {
                "price_unit": price,
                "tax_ids": [Command.set(self.company.account_sale_tax_id.ids)],
            },
        ):
            line.write(vals)
            with self.assertRaises(UserError) as refused:
                document.action_post()
            self.assertIn("without VAT", str(refused.exception))
        line.tax_ids = False
        document.action_post()
        self.assertEqual(document.amount_total, claim.amount_total)

    def test_no_electronic_invoice_is_needed(self):
        document = self._invoiced(self._claimed()).with_user(self.env.user)
        model = self.registry["account.move"]
        with patch.object(AccountMove, NEEDED, lambda _move, _kind: True, create=True):
            had = NEEDED in vars(model)
            self.env["account.move"]._register_hook()
            try:
                self.assertFalse(getattr(document, NEEDED)("facturx"))
                self.assertTrue(getattr(self.invoice, NEEDED)("facturx"))
            finally:
                if not had:
                    delattr(model, NEEDED)

    def test_the_document_and_the_invoices_lead_to_each_other(self):
        claim = self._claimed()
        document = self._invoiced(claim)
        self.assertEqual(document.relance_claim_count, 1)
        found = document.action_relance_claims()
        self.assertEqual(self.claims.search(found["domain"]), claim)
        self.assertEqual(claim.action_open_moves()["res_id"], self.invoice.id)
        self.assertEqual(claim.move_count, 1)

    def test_a_draft_is_not_invoiced_and_it_is_said(self):
        self.company.relance_penalty_account_id = self.income
        draft = self._prepare()
        with self.assertRaises(UserError) as refused:
            draft.with_user(self.accountant).action_invoice()
        self.assertIn("Nothing to invoice", str(refused.exception))

    def test_a_phone_shows_words_for_lines(self):
        arch = self.claims.get_view(view_type="form")["arch"]
        self.assertEqual(arch.count('<t t-name="card">'), 2)


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestRateTable(StatementCase):
    """A rate that was confirmed, then changed; one out of bounds."""

    def test_another_value_is_to_be_confirmed_again(self):
        rate = self.env.ref("relance_ar.relance_interest_rate_ecb_mro_2026_01")
        rate.action_confirm()
        rate.source = "a page"
        self.assertTrue(rate.is_confirmed)
        rate.value = 2.2
        self.assertRecordValues(
            rate,
            [{"is_confirmed": False, "confirmed_by_id": False, "confirmed_on": False}],
        )

    def test_the_rate_of_the_company_is_refused_in_words(self):
        for rate in (-1, 100.5):
            with self.assertRaises(ValidationError) as refused:
                self.company.relance_penalty_rate = rate
            self.assertIn("between 0 and 100 %", str(refused.exception))
