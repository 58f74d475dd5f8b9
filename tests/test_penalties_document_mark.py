"""A document of penalties stays one, whatever becomes of its claim."""

import importlib.util
from datetime import date
from pathlib import Path
from unittest.mock import patch

from odoo.exceptions import AccessError, UserError
from odoo.tests import freeze_time, tagged

from .common import TODAY
from .test_penalties_claims import ClaimCase

MIGRATION = "migrations/19.0.1.3.0/post-migration.py"


class DocumentCase(ClaimCase):
    """A claim until 2 March and the document that invoices it."""

    def setUp(self):
        super().setUp()
        self.claim = self._claimed(at="2026-03-02")
        self.document = self._invoiced(self.claim)

    def _refused(self, document):
        with self.assertRaises(UserError) as refused:
            document.action_post()
        self.assertIn("no longer invoices", str(refused.exception))
        self.assertEqual(document.state, "draft")

    def _bears_nothing(self, document):
        with freeze_time("2026-06-15"):
            self.assertEqual(self._owed(document, "2026-06-15"), (0.0, 0.0))
            self.assertFalse(self._prepare(document))


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestGivenUp(DocumentCase):
    """Cancelled, its days go to another document: it never comes back beside it."""

    def test_the_same_days_are_not_on_the_books_twice(self):
        self.document.action_post()
        self.document.button_cancel()
        second = self._invoiced(self.claim)
        second.action_post()
        self.document.button_draft()
        self._refused(self.document)
        self.assertEqual(second.state, "posted")

    def test_nor_is_it_posted_where_the_claim_was_only_given_back(self):
        self.document.button_cancel()
        self.document.button_draft()
        self._refused(self.document)

    def test_it_bears_no_penalties_even_if_posted_by_other_ways(self):
        self.document.button_cancel()
        self.document.button_draft()
        # Another addon, or a script: as superuser, past the check.
        model = type(self.env["account.move"])
        with patch.object(model, "_check_relance_document", lambda _move: None):
            self.document.sudo().action_post()
        self._bears_nothing(self.document)
        self.assertFalse(self.document._get_relance_mentions())

    def test_drafted_and_posted_again_it_is_the_same_document(self):
        self.document.action_post()
        self.document.button_draft()
        self.document.action_post()
        self.assertEqual(self.claim.state, "invoiced")
        self.assertEqual(self.claim.invoice_id, self.document)

    def test_who_invoices_cannot_unmark_it(self):
        with self.assertRaises(AccessError):
            self.document.relance_is_penalty = False


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestCopied(DocumentCase):
    """A copy claims no days, and is no ordinary invoice either."""

    def test_a_copy_is_not_posted(self):
        copied = self.document.copy({"invoice_date": TODAY})
        self.assertTrue(copied.relance_is_penalty)
        self.assertFalse(copied.sudo().relance_claim_ids)
        self.assertEqual(self.claim.invoice_id, self.document)
        self._refused(copied)
        self.assertFalse(copied.invoice_line_ids.tax_ids)

    def test_reversed_and_made_again_it_is_not_posted(self):
        self.document.action_post()
        again = self._reverse_invoice(self.document, is_modify=True)
        again.invoice_date = TODAY
        self._refused(again.filtered(lambda move: move.move_type == "out_invoice"))

    def test_an_ordinary_invoice_is_copied_as_before(self):
        copied = self.invoice.copy({"invoice_date": date(2026, 1, 1)})
        copied.action_post()
        self.assertFalse(copied.relance_is_penalty)


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestCredited(DocumentCase):
    """Credited in full, its claim may be cancelled and its days claimed again."""

    def setUp(self):
        super().setUp()
        self.document.action_post()
        self.credit = self._reverse_invoice(self.document, is_modify=False, post=True)

    def test_the_credit_note_is_posted_and_stays_once_the_claim_is_cancelled(self):
        self.assertEqual(self.document.payment_state, "reversed")
        self.credit.button_draft()
        self.credit.action_post()
        self.assertEqual(self.document.payment_state, "reversed")
        self.claim.action_cancel()
        with self.assertRaises(UserError) as refused:
            self.credit.button_draft()
        self.assertIn(self.document.name, str(refused.exception))

    def test_the_document_is_not_posted_again(self):
        self.claim.action_cancel()
        self.document.button_draft()
        self._refused(self.document)


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestMarkOfOlderVersions(DocumentCase):
    """Documents made before the mark existed get it."""

    def test_the_migration_marks_live_and_given_up_documents(self):
        self.document.button_cancel()
        second = self._invoiced(self.claim)
        moves = self.document + second + self.invoice
        moves.sudo().relance_is_penalty = False
        self.env.flush_all()
        module = Path(__file__).parents[1] / "relance_ar" / MIGRATION
        spec = importlib.util.spec_from_file_location("relance_migration", module)
        migration = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(migration)
        migration.migrate(self.env.cr, "19.0.1.2.0")
        moves.invalidate_recordset()
        self.assertEqual(moves.mapped("relance_is_penalty"), [True, True, False])
