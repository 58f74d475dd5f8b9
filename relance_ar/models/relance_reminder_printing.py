import io
import logging
import re
import secrets

import psycopg2

from odoo import api, models
from odoo.exceptions import UserError
from odoo.tools import split_every
from odoo.tools.pdf import NameObject, PdfFileReader, PdfFileWriter

from odoo.addons.base.models.ir_actions_report import _wkhtml

from .pdf_overlay import draw_foot

_logger = logging.getLogger(__name__)

PDF_MAGIC = b"%PDF"
# Letters per call of the program that makes PDFs: each call takes more than a second.
LETTERS_PER_CALL = 20
UNPATCHED_ZOOM = 1.302


class RelanceReminderPrinting(models.AbstractModel):
    """Prints letters, many in one call of the program that makes PDFs.

    The pages of a call are told apart by a mark that nobody can guess, written without
    colour at the very top of the first page of each letter and taken away afterwards;
    each letter becomes a document of its own. Who writes, and the number of the page,
    are put at the foot of each page afterwards: not every version of that program can.
    """

    _name = "relance.reminder.printing"
    _description = "Printing of letters"

    @api.model
    def _get_print_zoom(self):
        """Return what brings a millimetre of a template to one on paper.

        Without the patches of its authors, as in Debian, wkhtmltopdf lays a page out a
        quarter wider than it is, and shrinks it: 76.8 mm for 100.
        """
        return 1 if _wkhtml().is_patched_qt else UNPATCHED_ZOOM

    def _get_letter_mark(self):
        """Return what tells the first page of a letter from all other pages.

        Nothing for a letter that is printed alone.
        """
        self.ensure_one()
        token = self.env.context.get("relance_mark")
        return f"[[{token}:{self.id}]]" if token else ""

    def _print_letters(self):
        """Return ``{id: PDF}`` of letters of one company in one language.

        Those that cannot be printed together are left out: they are tried one by one.
        """
        printed = {}
        for part in split_every(LETTERS_PER_CALL, self.ids, self.browse):
            if len(part) > 1:
                printed.update(part._print_together_if_possible())
        return printed

    def _print_together_if_possible(self):
        try:
            with self.env.cr.savepoint():
                token = secrets.token_hex(16)
                marked = self.with_context(relance_mark=token)
                return self._split_letters(marked._render_letters(), token)
        except psycopg2.Error:
            raise  # the transaction is lost
        except Exception as error:
            _logger.info("letters are printed one by one", exc_info=error)
            return {}

    def _render_letters(self):
        """Return the PDF of the letters, one after the other."""
        content, _kind = self.env["ir.actions.report"]._render_qweb_pdf(
            "relance_ar.relance_reminder_report", self.ids
        )
        return content

    def _split_letters(self, content, token):
        """Return ``{id: PDF}`` from the PDF of several letters.

        :param token: what nobody but this call knows; in the mark of each letter
        :return: nothing when they cannot be told apart
        """
        if not content.startswith(PDF_MAGIC):
            return {}
        # Names and numbers of debtors stand on these pages: nothing in them is a mark.
        mark = re.compile(rf"\s*\[\[{re.escape(token)}:(\d+)\]\]")
        pages, firsts, current = {}, [], None
        for page in PdfFileReader(io.BytesIO(content)).pages:
            if found := mark.match(page.extract_text() or ""):
                current = int(found.group(1))
                firsts.append(current)
                self._take_mark_away(page)
            pages.setdefault(current, []).append(page)
        if list(pages) != self.ids or firsts != self.ids:
            return {}
        return {
            reminder.id: reminder._finish_letter(pages[reminder.id])
            for reminder in self
        }

    @api.model
    def _take_mark_away(self, page):
        """Take the first text of a page away: programs that read it aloud find it."""
        content = page.get_contents()
        codes = [operator for _operands, operator in content.operations]
        start, end = codes.index(b"BT"), codes.index(b"ET")
        content.operations = content.operations[:start] + content.operations[end + 1 :]
        page[NameObject("/Contents")] = content

    def _print_one_letter(self):
        """Return the PDF of one letter.

        :raise UserError: when it cannot be printed
        """
        self.ensure_one()
        try:
            content = self._render_letters()
        except UserError as error:
            raise self._cannot_print(self.display_name, error) from error
        if not content.startswith(PDF_MAGIC):
            return content  # tests without the program: HTML
        return self._finish_letter(PdfFileReader(io.BytesIO(content)).pages)

    def _finish_letter(self, pages):
        """Return pages as a document of its own."""
        self.ensure_one()
        return self._finish_pages(pages, self.company_id, self._get_letter_name())

    @api.model
    def _finish_pages(self, pages, company, reference):
        """Return pages with who writes, the reference and the number at their foot.

        Pages on which nothing stands are left out: one is made by a margin too many.
        """
        writer = PdfFileWriter()
        pages = [page for page in pages if (page.extract_text() or "").strip()]
        for number, page in enumerate(pages, 1):
            writer.add_page(page)
            words = f"{reference} · {number}/{len(pages)}"
            foot = draw_foot(page, [*company._get_relance_identity(), words])
            writer.pages[-1].merge_page(foot)
            writer.pages[-1].compress_content_streams()
        writer.add_metadata({"/Title": reference})
        output = io.BytesIO()
        writer.write(output)
        return output.getvalue()

    @api.model
    def _print_document(self, report, record, company, reference):
        """Return the PDF of a record by a report in the frame of letters.

        :raise UserError: when it cannot be printed
        """
        # sudo: a report is a setting; the record is one that the caller reads.
        reports = self.env["ir.actions.report"].sudo()
        content, _kind = reports._render_qweb_pdf(report, record.ids)
        if not content.startswith(PDF_MAGIC):
            return content  # tests without the program: HTML
        pages = PdfFileReader(io.BytesIO(content)).pages
        return self._finish_pages(pages, company, reference)
