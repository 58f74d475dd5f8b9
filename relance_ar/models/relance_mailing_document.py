import io
import tempfile

from odoo import models
from odoo.tools.pdf import PdfFileReader, PdfFileWriter

from .relance_reminder_printing import PDF_MAGIC
from .res_company_letters import BOTH_SIDES

# What is held in memory while a file is written; the rest goes to the disk.
IN_MEMORY = 8 * 1024 * 1024


class RelanceMailingDocument(models.AbstractModel):
    """One document of all the letters of a post, with the list that goes with it."""

    _name = "relance.mailing.document"
    _description = "Document of a post"

    def _assemble(self):
        """Put the list and the letters, in their order, into one document."""
        self.ensure_one()
        lines = self.line_ids.filtered(lambda line: line.state == "printed")
        if not lines:
            return
        with tempfile.SpooledTemporaryFile(max_size=IN_MEMORY) as output:
            self.page_count = self._write_document(lines.sorted("sequence"), output)
            output.seek(0)
            self.document_id = self.env["ir.attachment"].create(
                {
                    "name": f"{self.name.replace('/', '-')}.pdf",
                    "raw": output.read(),
                    "mimetype": "application/pdf",
                    "res_model": self._name,
                    "res_id": self.id,
                }
            )

    def _write_document(self, lines, output):
        """Write the list and the letters into a file; return how many pages.

        The letters go in first, because the list tells how many pages each has.
        """
        writer = PdfFileWriter()
        for line in lines:
            content = line.reminder_id.letter_id.raw or b""
            line.pages = self._append(writer, content)
            line.reminder_id.letter_id.invalidate_recordset(["raw"], flush=False)
        self._put_first(writer, self._print_list())
        writer.write(output)
        return len(writer.pages)

    def _append(self, writer, content):
        """Append the pages of a PDF; return how many, without what is left blank."""
        if not content.startswith(PDF_MAGIC):
            return 0  # tests without the program that makes PDFs
        pages = PdfFileReader(io.BytesIO(content)).pages
        for page in pages:
            writer.add_page(page)
        if self._leaves_blank(pages):
            writer.add_blank_page()  # as large as the last one
        return len(pages)

    def _put_first(self, writer, content):
        """Put the pages of a PDF before all others."""
        if not content.startswith(PDF_MAGIC):
            return
        pages = PdfFileReader(io.BytesIO(content)).pages
        if self._leaves_blank(pages):
            size = pages[0].mediabox
            writer.insert_blank_page(size.width, size.height, 0)
        for rank, page in enumerate(pages):
            writer.insert_page(page, rank)

    def _leaves_blank(self, pages):
        """Say whether a blank page follows, so that the next letter has a sheet."""
        # sudo: a setting of the company.
        sides = self.company_id.sudo().relance_letter_sides
        return sides == BOTH_SIDES and len(pages) % 2 == 1

    def _print_list(self):
        """Return the PDF of the list: what is in the post, to be signed."""
        content, _kind = self.env["ir.actions.report"]._render_qweb_pdf(
            "relance_ar.relance_mailing_report", self.ids
        )
        return content

    def _get_list_lines(self):
        """Return the letters that the list shows, in their order."""
        self.ensure_one()
        return self.line_ids.filtered(lambda line: line.state == "printed").sorted(
            "sequence"
        )
