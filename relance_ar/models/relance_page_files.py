import re

from odoo import api, models
from odoo.tools.pdf import PdfReadError, merge_pdf

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
        found = scope.env["account.move"].search(domain, limit=1000)
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
    def _get_all_pdf(self, scope):
        """Return the open invoices as one PDF, or None when there is none."""
        contents, size = [], 0
        for move in self._get_invoices(scope)[:MAX_INVOICES]:
            content = self._get_pdf(scope, move)[1]
            size += len(content)
            if contents and size > MAX_BYTES:
                break
            contents.append(content)
        readable = [content for content in contents if self._is_readable(content)]
        return merge_pdf(readable) if readable else None

    @api.model
    def _is_readable(self, content):
        if not content.startswith(b"%PDF"):
            return False
        try:
            merge_pdf([content])
        except (PdfReadError, ValueError, KeyError):
            return False
        return True
