import io
import logging
import re

from reportlab.lib.pagesizes import A4
from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas

from odoo import api, models
from odoo.tools.pdf import merge_pdf

_logger = logging.getLogger(__name__)
# One document with so many invoices at the most, the oldest first.
MAX_INVOICES, MAX_BYTES = 30, 25 * 1024 * 1024
NOT_IN_NAMES = re.compile(r"[^\w.-]+")


class RelancePageFiles(models.AbstractModel):
    """The invoices that a debtor downloads from their page."""

    _name = "relance.page.files"
    _description = "Files of the personal page"

    @api.model
    def _get_invoices(self, scope, ids=None):
        """Return posted invoices and credit notes of the scope.

        :param ids: what a request names; None: those that are open, the oldest first
        """
        domain = [
            ("move_type", "in", ("out_invoice", "out_refund")),
            ("state", "=", "posted"),
            ("company_id", "=", scope.company.id),
            ("commercial_partner_id", "=", scope.debtor.id),
        ]
        if ids is None:
            moves = self._get_lines(scope).move_id
            domain.append(("id", "in", moves.ids))
        else:
            domain.append(("id", "in", ids))
        found = scope.env["account.move"].search(domain)
        return found.sorted(lambda move: (move.invoice_date_due or move.date, move.id))

    @api.model
    def _get_pdf(self, scope, move):
        """Return the name and the PDF of one invoice of the scope."""
        stored = move.invoice_pdf_report_id
        content = stored.raw
        if not content:
            # In the language of the page; nothing is stored on the invoice.
            printed = scope.env["relance.reminder"]._print_invoices(move.ids)
            content = printed[move.id]
        return f"{NOT_IN_NAMES.sub('_', move.name or 'invoice')}.pdf", content

    @api.model
    def _get_parts(self, scope):
        """Return the open invoices by document: ``[(first, last, invoices)]``."""
        moves = self._get_invoices(scope)
        return [
            (start + 1, min(start + MAX_INVOICES, len(moves)), part)
            for start in range(0, len(moves), MAX_INVOICES)
            for part in [moves[start : start + MAX_INVOICES]]
        ]

    @api.model
    def _get_all_pdf(self, scope, number=1):
        """Return a part of the open invoices as one PDF, or None when there is none.

        What is not in it is said on a first sheet, with the reason.

        :param number: of the part, from 1
        """
        parts = self._get_parts(scope)
        if not 1 <= number <= len(parts):
            return None
        contents, missing, size = [], [], 0
        for move in parts[number - 1][2]:
            content = self._get_pdf(scope, move)[1]
            if not self._is_readable(content):
                missing.append((move, self.env._("the file cannot be read")))
            elif contents and size + len(content) > MAX_BYTES:
                missing.append((move, self.env._("too large: download it by itself")))
            else:
                size += len(content)
                contents.append(content)
        if missing:
            contents.insert(0, self._make_sheet(missing))
        return merge_pdf(contents)

    @api.model
    def _make_sheet(self, missing):
        """Return a PDF that names the invoices that a document does not hold."""
        output = io.BytesIO()
        canvas = Canvas(output, pagesize=A4)
        text = canvas.beginText(20 * mm, 270 * mm)
        text.setFont("Helvetica-Bold", 13)
        text.textLine(self.env._("Not in this document"))
        text.setFont("Helvetica", 11)
        for move, why in missing:
            text.textLine(self.env._("%(name)s: %(why)s", name=move.name, why=why))
        canvas.drawText(text)
        canvas.save()
        return output.getvalue()

    @api.model
    def _is_readable(self, content):
        if not content.startswith(b"%PDF"):
            return False
        try:
            merge_pdf([content])
        except Exception:  # whatever a broken file does to its reader
            _logger.info("An invoice cannot be read as a PDF", exc_info=True)
            return False
        return True
