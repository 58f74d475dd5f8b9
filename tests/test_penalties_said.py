"""What screens and statements say of penalties: nothing silent, nothing half known."""

from odoo.tests import freeze_time, tagged

from .common import TODAY
from .test_penalties_claims import ClaimCase
from .test_penalties_statements import StatementCase
from .test_penalties_vectors import TOWN_SIREN, PenaltyCase
from .test_proceedings import ProceedingCase

S1_2026 = "relance_ar.relance_interest_rate_ecb_mro_2026_01"


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestSettledOnStatement(StatementCase):
    """What is left out is told to us, with its claim; not to the debtor."""

    def test_waived_and_invoiced_claims_are_named(self):
        first = self._claimed(at="2026-03-02")
        second = self._claimed(at="2026-03-10")
        self.assertFalse(self._statement()._get_penalty_sheet()["notes"])
        first.with_user(self.manager).waive("deal")
        document = self._invoiced(second)
        wizard = self._statement()
        notes = wizard._get_penalty_sheet()["notes"]
        self.assertEqual(len(notes), 2)
        for text in (first.reference, "139.86", "waived on 03/18/2026"):
            self.assertIn(text, notes[0])
        for text in (second.reference, "26.63", "invoiced on 03/18/2026"):
            self.assertIn(text, notes[1])
        self.assertIn(document.display_name, notes[1])
        self.assertIn(first.reference, wizard.sheet)
        self.assertFalse(wizard._get_printed_sheet()["notes"])

    def test_not_on_a_day_before_they_were_settled(self):
        self._claimed(at="2026-03-02").with_user(self.manager).waive("deal")
        at = self._statement(partner_id=self.debtor.id, date="2026-03-17")
        self.assertFalse(at._get_penalty_sheet()["notes"])


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestDifference(ClaimCase):
    """What was claimed, against what is known now."""

    def test_a_payment_booked_later_with_a_date_in_the_past(self):
        claim = self._claimed(at="2026-03-02")
        self.assertFalse(claim.difference)
        self._pay(self.invoice, "2026-02-10")
        claim.invalidate_recordset()
        self.assertIn("33.29", claim.difference)
        self.assertEqual(claim.amount_interest, 99.86)

    def test_it_is_told_of_what_was_invoiced_too(self):
        claim = self._claimed(at="2026-03-02")
        self._invoiced(claim).action_post()
        self._pay(self.invoice, "2026-02-10")
        claim.invalidate_recordset()
        self.assertIn("33.29", claim.difference)

    def test_a_missing_rate_is_not_a_difference_of_all(self):
        claim = self._claimed(at="2026-03-02")
        self.env.ref(S1_2026).unlink()
        claim.invalidate_recordset()
        self.assertIn("01/01/2026", claim.difference)
        self.assertNotIn("0.00", claim.difference)


@tagged("post_install", "-at_install")
@freeze_time("2026-06-15")
class TestUnknownInProceedings(ProceedingCase, PenaltyCase):
    """The statement of claim says what is not known yet, and totals the rest."""

    def test_a_missing_rate_is_not_declared_as_nothing(self):
        late = self._invoice(self.debtor, "2026-01-31", 10000)
        found = self._watch()
        found.action_confirm()
        self.env.ref(S1_2026).unlink()
        found.invalidate_recordset()
        [row] = [row for row in found.claim_rows if row["number"] == late.name]
        self.assertEqual((row["interest"], row["indemnity"]), (None, None))
        self.assertEqual(row["total"], 10000.0)
        reports = self.env["ir.actions.report"]
        html, _kind = reports._render_qweb_html(
            "relance_ar.relance_proceeding_report", found.ids
        )
        self.assertIn("not known yet", html.decode())
        found.with_user(self.officer).action_make_statement()
        self.assertIn("01/01/2026", found.message_ids[0].body)


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestTermsShown(ClaimCase):
    """The regime and the text of the rate, where a person looks for them."""

    def test_the_regime_that_applies_to_the_invoice(self):
        town = self._debtor("Town", relance_siren=TOWN_SIREN)
        invoice = self._invoice(town, "2026-01-31")
        for user in (self.officer, self.accountant):
            mine = invoice.with_user(user)
            self.assertEqual(mine.relance_penalty_regime_applied, "public")
        invoice.relance_penalty_regime = "business"
        self.assertEqual(mine.relance_penalty_regime_applied, "business")
        arch = mine.get_view(view_type="form")["arch"]
        self.assertIn("relance_penalty_regime_applied", arch)

    def test_the_article_of_each_rate(self):
        self.assertIn("ECB 2.15 + 10 (L441-10)", self._claimed().sheet_html)
        town = self._debtor("Town", relance_siren=TOWN_SIREN)
        invoice = self._invoice(town, "2026-01-31")
        self.assertIn("ECB 2.15 + 8 (R2192-31)", self._claimed(invoice).sheet_html)
        self.assertIn("R2192-31", invoice._get_relance_mentions()[1])
        self.assertNotIn("R2192-31", self.invoice._get_relance_mentions()[1])


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestLinks(ClaimCase):
    """From an invoice to the document of its penalties, and back."""

    def test_there_and_back(self):
        other = self._invoice(self.debtor, "2026-02-15", 500)
        document = self._invoiced(self._claimed(self.invoice, other))
        both = self.invoice + other
        for invoice in both.with_user(self.accountant):
            self.assertEqual(invoice.relance_linked_ids, document)
            self.assertEqual(invoice.action_relance_linked()["res_id"], document.id)
        self.assertEqual(document.relance_linked_ids, both)
        self.assertEqual(document.relance_linked_count, 2)
        found = document.action_relance_linked()
        self.assertEqual(self.env["account.move"].search(found["domain"]), both)

    def test_none_once_the_document_is_given_up(self):
        document = self._invoiced(self._claimed())
        document.button_cancel()
        self.assertFalse(self.invoice.with_user(self.accountant).relance_linked_count)
        self.assertFalse(document.relance_linked_count)
