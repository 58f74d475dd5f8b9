"""PDF of an invoice, and of all that are open, on the personal page."""

import base64
import io
from unittest.mock import patch

from pypdf import PdfReader
from reportlab.pdfgen.canvas import Canvas

from odoo.tests import freeze_time, tagged
from odoo.tools import mute_logger

from odoo.addons.relance_ar.models import relance_page_files

from .common import TODAY, days
from .page_case import PDF_LOGGER, PageCase


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestDocuments(PageCase):
    """The invoices were sent: their PDFs are those that were sent."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        for move in (cls.invoice, cls.coming, cls.foreign):
            cls._keep_pdf(move)

    @classmethod
    def _keep_pdf(cls, move):
        output = io.BytesIO()
        canvas = Canvas(output)
        canvas.drawString(100, 700, f"As sent: {move.name}")
        canvas.save()
        move.message_main_attachment_id = False
        cls.env["ir.attachment"].create(
            {
                "name": f"{move.name}.pdf",
                "datas": base64.b64encode(output.getvalue()),
                "mimetype": "application/pdf",
                "res_model": "account.move",
                "res_id": move.id,
                "res_field": "invoice_pdf_report_file",
            }
        )
        move.invalidate_recordset()

    def _pages(self, response):
        self.assertEqual(response.status_code, 200)
        self.assertEqual(response.headers["Content-Type"], "application/pdf")
        pages = PdfReader(io.BytesIO(response.content)).pages
        return [page.extract_text().strip() for page in pages]

    def test_one_invoice(self):
        response = self._get(f"/invoice/{self.invoice.id}")
        self.assertEqual(self._pages(response), [f"As sent: {self.invoice.name}"])
        self.assertIn("inline", response.headers["Content-Disposition"])

    def test_all_open_ones_in_one_document_the_oldest_first(self):
        response = self._get("/invoices")
        names = [self.invoice.name, self.coming.name]
        self.assertEqual(self._pages(response), [f"As sent: {name}" for name in names])
        self.assertIn("attachment", response.headers["Content-Disposition"])

    def test_many_invoices_come_in_parts_and_all_of_them_are_offered(self):
        with patch.object(relance_page_files, "MAX_INVOICES", 1):
            page = self._get()
            text = self._text(page)
            for rank, move in enumerate((self.invoice, self.coming), 1):
                self.assertIn(f"Download the invoices {rank} to {rank} of 2", text)
                self.assertIn(f"{self.base}/invoices?part={rank}", page.text)
                pages = self._pages(self._get("/invoices", part=rank))
                self.assertEqual(pages, [f"As sent: {move.name}"])
            for wrong in ("0", "3", "-1", "x", "9" * 30):
                response = self._get("/invoices", part=wrong)
                self.assertIn(response.status_code, (404, 429))

    def test_what_is_too_large_to_be_in_it_is_said(self):
        with patch.object(relance_page_files, "MAX_BYTES", 1):
            [sheet, invoice] = self._pages(self._get("/invoices"))
        self.assertIn(f"{self.coming.name}: too large", sheet)
        self.assertEqual(invoice, f"As sent: {self.invoice.name}")

    def test_a_file_that_is_no_pdf_does_not_spoil_the_others(self):
        self.invoice.invoice_pdf_report_id.raw = b"%PDF-broken"
        with mute_logger("pypdf._reader"):
            pages = self._pages(self._get("/invoices"))
        self.assertIn(f"{self.invoice.name}: the file cannot be read", pages[0])
        self.assertEqual(pages[1:], [f"As sent: {self.coming.name}"])

    def test_a_paid_invoice_can_still_be_downloaded(self):
        self._register_payment(self.invoice)
        response = self._get(f"/invoice/{self.invoice.id}")
        self.assertEqual(self._pages(response), [f"As sent: {self.invoice.name}"])
        self.assertEqual(len(self._pages(self._get("/invoices"))), 1)

    def test_an_invoice_that_was_never_printed_is_printed_for_the_page_alone(self):
        new = self._invoice(self.debtor, days(-1), 10)
        reminders = type(self.env["relance.reminder"])
        made = reminders._print_invoices

        def printed(records, ids):
            """Really print, which Odoo's tests spare."""
            with mute_logger(PDF_LOGGER):
                real = records.with_context(force_report_rendering=True)
                return made(real, ids)

        with patch.object(reminders, "_print_invoices", printed):
            response = self._get(f"/invoice/{new.id}")
        self.assertTrue(response.content.startswith(b"%PDF"))
        self.assertTrue(self._pages(response))
        self.assertFalse(new.invoice_pdf_report_id)


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestNothingIsWritten(PageCase):
    """Invoices without a stored PDF are printed, and stay as they are."""

    def _touched(self):
        """Return how often the invoices were written, by what the database keeps."""
        self.env.flush_all()
        self.env.cr.execute(
            "SELECT id FROM account_move "
            "WHERE write_date > '2000-01-02' AND id = ANY(%s)",
            ((self.invoice + self.coming).ids,),
        )
        return self.env.cr.fetchall()

    def test_looking_at_invoices_leaves_them_as_they_are(self):
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE account_move SET write_date = '2000-01-01' WHERE id = ANY(%s)",
            ((self.invoice + self.coming).ids,),
        )
        self.env.invalidate_all()
        for path in (f"/invoice/{self.invoice.id}", "/invoices", "/statement", ""):
            self.assertEqual(self._get(path).status_code, 200)
            self.assertEqual(self._touched(), [], path)
