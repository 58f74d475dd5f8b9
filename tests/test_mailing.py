"""The post of a day: each letter once, on its own sheets, also when printing fails."""

import io
from unittest.mock import patch

from pypdf import PdfReader

from odoo.exceptions import UserError
from odoo.tests import freeze_time, tagged
from odoo.tools import mute_logger

from .common import TODAY, days
from .letter_case import PDF_LOGGER, LetterCase

MODELS = "odoo.addons.relance_ar.models"
CRON = "relance_ar.ir_cron_print_post"


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestMailing(LetterCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.letters = cls.env["relance.reminder"].with_user(cls.officer)
        for rank in range(3):
            invoice = cls._invoice(cls._debtor(f"Debtor {rank}"), days(-60), 1000)
            phase = "formal_notice" if rank == 1 else "level_2"
            cls.letters += cls._reminder(invoice, phase=phase)
        cls.mailings = cls.env["relance.mailing"].with_user(cls.officer)

    def _make(self, letters=None):
        with mute_logger(PDF_LOGGER):
            return self._real(letters or self.letters).action_print_post()

    def _run_cron(self):
        loggers = (PDF_LOGGER, f"{MODELS}.relance_mailing")
        with self.enter_registry_test_mode(), mute_logger(*loggers):
            cron = self.env.ref(CRON)
            cron.with_context(force_report_rendering=True).method_direct_trigger()
        self.env.invalidate_all()

    def _printer_down(self):
        """Have the program that makes PDFs fail, as when it is not there."""

        def fail(_records):
            raise UserError("Unable to find Wkhtmltopdf on this system.")

        return patch.object(type(self.letters), "_render_letters", fail)

    def test_on_both_sides_each_letter_begins_on_a_sheet(self):
        self.company.relance_letter_sides = "both"
        post = self.mailings.browse(self._make()["res_id"])
        pages = PdfReader(io.BytesIO(post.document_id.raw)).pages
        texts = [page.extract_text() for page in pages]
        self.assertEqual(post.line_ids.sorted("sequence").mapped("pages"), [1, 2, 1])
        self.assertEqual(len(pages), 2 + 2 + 2 + 2)
        for line, first in zip(
            post.line_ids.sorted("sequence"), (2, 4, 6), strict=True
        ):
            self.assertIn(line.reminder_id.reference, texts[first])
        self.assertEqual([rank for rank in range(8) if not texts[rank]], [1, 3, 7])
        sizes = {(page.mediabox.width, page.mediabox.height) for page in pages}
        self.assertEqual(len(sizes), 1)

    def test_on_one_side_no_page_is_blank(self):
        post = self.mailings.browse(self._make()["res_id"])
        pages = PdfReader(io.BytesIO(post.document_id.raw)).pages
        self.assertEqual(len(pages), 1 + 1 + 2 + 1)
        self.assertTrue(all(page.extract_text() for page in pages))

    def test_the_annex_is_attached_not_overleaf(self):
        self._make()
        text = " ".join(self._pages(self.letters[1].letter_id.raw))
        self.assertIn("The attached statement", text)
        self.assertNotIn("overleaf", text)

    def test_a_letter_is_in_one_post_at_a_time(self):
        with patch(f"{MODELS}.relance_mailing.NOW", 1):
            post = self.mailings.browse(self._make(self.letters[:2])["res_id"])
            self.assertEqual(post.state, "printing")
            with self.assertRaisesRegex(UserError, "prints these letters already"):
                self._make(self.letters[:2])
            rest = self.mailings.browse(self._make()["res_id"])
        self.assertEqual(rest.line_ids.reminder_id, self.letters[2])
        self._run_cron()
        self.assertEqual(post.state, "printed")
        # Once printed, somebody may ask for the same letters again.
        again = self.mailings.browse(self._make(self.letters[:2])["res_id"])
        self.assertEqual(again.line_ids.reminder_id, self.letters[:2])

    def test_with_the_printer_down_no_letter_fails(self):
        with self._printer_down(), self.assertRaises(UserError) as refused:
            self._make()
        self.assertIn("Wkhtmltopdf", str(refused.exception))
        self.assertEqual(set(self.letters.mapped("state")), {"approved"})
        self.assertFalse(self.mailings.search([]))

    def test_in_the_background_the_post_goes_on_when_the_printer_is_back(self):
        with patch(f"{MODELS}.relance_mailing.NOW", 1):
            post = self.mailings.browse(self._make()["res_id"])
        with self._printer_down():
            self._run_cron()
        self.assertEqual((post.state, post.printed_count), ("failed", 0))
        self.assertIn("Wkhtmltopdf", post.failure)
        self.assertEqual(set(self.letters.mapped("state")), {"approved"})
        with mute_logger(PDF_LOGGER):
            self._real(post).action_go_on()
        self.assertEqual((post.state, post.printed_count), ("printed", 3))

    def test_a_post_without_any_letter_is_not_called_printed(self):
        self.letters.sudo().partner_id.street = False
        post = self.mailings.browse(self._make()["res_id"])
        self.assertEqual((post.state, post.left_out_count), ("failed", 3))
        self.assertIn("No letter was printed", post.failure)

    def test_many_letters_make_several_documents(self):
        with patch(f"{MODELS}.relance_mailing_making.LETTERS_PER_POST", 2):
            found = self.mailings.search(self._make()["domain"], order="id")
        self.assertEqual(found.mapped("letter_count"), [2, 1])
        self.assertEqual(found.line_ids.reminder_id, self.letters)

    def test_the_name_of_a_post_has_a_day_that_people_read(self):
        post = self.mailings.browse(self._make(self.letters[0])["res_id"])
        self.assertIn("03/18/2026", post.name)
        self.assertIn("18/03/2026", post.with_context(lang="fr_FR").name)
