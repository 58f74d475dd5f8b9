import io

from odoo import models
from odoo.tools.pdf import PdfFileWriter

from ..core.chain import digest_of_file
from .pdf_overlay import draw_corner


class RelanceProofBinding(models.AbstractModel):
    """Binds the pieces of a proof file: cover, index, page numbers, bookmarks."""

    _name = "relance.proof.binding"
    _inherit = ["relance.proof.pages"]
    _description = "Binding of a proof file"

    def _bind(self, pieces):
        """Return the PDF of the pieces, and note their pages in the index.

        The index comes first but tells pages that depend on its own length: it is
        printed once to know that length, and again with the pages.
        """
        self.ensure_one()
        pages = self._to_all_pages(pieces)
        self._note_index(pieces, pages, 1)
        front = self._print_front()
        self._note_index(pieces, pages, len(front) + 1)
        front = self._print_front()
        writer = PdfFileWriter()
        for page in front:
            writer.add_page(page)
        self._append_pieces(writer, pieces, pages)
        writer.add_metadata({"/Title": self.name})
        self.page_count = len(writer.pages)
        output = io.BytesIO()
        writer.write(output)
        return output.getvalue()

    def _append_pieces(self, writer, pieces, pages):
        """Append the pieces, with a bookmark and a foot for each."""
        total = len(writer.pages) + sum(map(len, pages))
        sections = {}
        for number, (piece, its_pages) in enumerate(zip(pieces, pages, strict=True), 1):
            if not its_pages:
                continue
            first = len(writer.pages)
            for page in its_pages:
                self._append_page(writer, page, number, total)
            section = piece["section"]
            if section not in sections:
                sections[section] = writer.add_outline_item(
                    title=section, page_number=first
                )
            writer.add_outline_item(
                title=f"{number}. {piece['title']}",
                page_number=first,
                parent=sections[section],
            )

    def _append_page(self, writer, page, number, total):
        """Append a page of a piece, with its number at its foot."""
        writer.add_page(page)
        words = self.env._(
            "Piece %(number)s · page %(page)s of %(total)s",
            number=number,
            page=len(writer.pages),
            total=total,
        )
        writer.pages[-1].merge_page(draw_corner(page, words))
        writer.pages[-1].compress_content_streams()

    def _note_index(self, pieces, pages, first):
        """Note the index: each piece, its page, its file and its digest."""
        rows = []
        for number, (piece, its_pages) in enumerate(zip(pieces, pages, strict=True), 1):
            rows.append(
                {
                    "number": number,
                    "section": piece["section"],
                    "title": piece["title"],
                    "date": str(piece.get("date") or ""),
                    "page": first if its_pages else "",
                    "note": piece.get("note") or "",
                    "file": piece["file"],
                    "sha256": digest_of_file(piece["content"]),
                }
            )
            first += len(its_pages)
        self.index = rows

    def _print_front(self):
        """Return the pages of the cover and the index."""
        # sudo, by the caller: a report is a setting.
        content, _kind = self.env["ir.actions.report"]._render_qweb_pdf(
            "relance_ar.relance_proof_report", self.ids
        )
        return self._read_pages(content)
