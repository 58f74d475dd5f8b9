import io
import logging
import zlib

from PIL import Image
from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas

from odoo import api, models
from odoo.tools.pdf import PdfFileReader, PdfFileWriter

from .relance_reminder_printing import PDF_MAGIC

_logger = logging.getLogger(__name__)
# Of a file that others made: more is in the ZIP only.
MAX_PAGES, MAX_DEPTH, MAX_PIXELS = 200, 30, 50_000_000
# Bytes of the text of a page, unpacked, on average.
PAGE_INFLATED = 40 * 1024
# Of what we print ourselves: a long history.
MAX_OWN_PAGES = 5000


class Unbound(Exception):
    """A file cannot be bound; it is kept as it is, in the ZIP."""


class RelanceProofPages(models.AbstractModel):
    """Reads the files of a proof file as pages that can be bound.

    Anybody may have written them: one that is broken, or made to break the reader, is
    left out of the document and said to be in the ZIP.
    """

    _name = "relance.proof.pages"
    _description = "Pages of a proof file"

    @api.model
    def _to_pages(self, piece):
        """Return the pages of a piece; none for a file that is no document.

        :return: ``(pages, why it cannot be bound or "")``
        """
        content = piece.get("pdf") or piece["content"]
        is_image = (piece.get("mimetype") or "").startswith("image/")
        if not content.startswith(PDF_MAGIC) and not is_image:
            return [], ""
        try:
            if is_image:
                content = self._image_to_pdf(content)
            return self._try_pages(content, piece.get("max_pages", MAX_PAGES)), ""
        except Unbound as error:
            return [], str(error)
        except Exception as error:
            # A file of others makes the reader fail in any way.
            _logger.info("%s cannot be bound: %r", piece["name"], error)
            return [], self.env._("cannot be bound")

    @api.model
    def _try_pages(self, content, most):
        """Return the pages of a PDF, each of which has been written once.

        :raise Exception: whatever the reader raises
        """
        reader = PdfFileReader(io.BytesIO(content), strict=False)
        self._check_tree(reader, most)
        scratch, blanks = PdfFileWriter(), {}
        left = most * PAGE_INFLATED
        for page in list(reader.pages):
            left -= self._measure(page, left)
            scratch.add_page(page)
            size = (float(page.mediabox.width), float(page.mediabox.height))
            if size not in blanks:
                blanks[size] = self._draw_corner(page, "")
            scratch.pages[-1].merge_page(blanks[size])
            scratch.pages[-1].compress_content_streams()
        output = io.BytesIO()
        scratch.write(output)
        return list(PdfFileReader(io.BytesIO(output.getvalue()), strict=False).pages)

    @api.model
    def _check_tree(self, reader, most):
        """Refuse a tree of more pages than are bound, before it is read as a whole."""
        nodes, count = [(reader.trailer["/Root"]["/Pages"].get_object(), 0)], 0
        while nodes:
            node, depth = nodes.pop()
            count += 1
            if count > 2 * most or depth > MAX_DEPTH:
                raise Unbound(self.env._("more than %(count)s pages", count=most))
            kids = node.get("/Kids")
            kids = kids.get_object() if kids is not None else []
            if len(kids) > most:
                raise Unbound(self.env._("more than %(count)s pages", count=most))
            nodes += [(kid.get_object(), depth + 1) for kid in kids]

    @api.model
    def _measure(self, page, most):
        """Return how large the content of a page is, unpacked.

        :raise Unbound: when it is larger than ``most``
        """
        contents = page.get("/Contents")
        contents = contents.get_object() if contents is not None else []
        parts = contents if isinstance(contents, list) else [contents]
        size = 0
        for part in parts:
            data = getattr(part.get_object(), "_data", b"")
            data = data.encode("latin-1") if isinstance(data, str) else data
            size += len(data) + self._inflated_size(data, most - size)
            if size > most:
                raise Unbound(self.env._("too large"))
        return size

    @api.model
    def _inflated_size(self, data, most):
        """Return the size of data when it is unpacked, at most one more than asked."""
        try:
            return len(zlib.decompressobj().decompress(data, max(most, 0) + 1))
        except zlib.error:
            return 0  # packed otherwise, or not at all

    @api.model
    def _read_pages(self, content):
        """Return the pages of a PDF of our own; none of what is not printed as one."""
        if not content.startswith(PDF_MAGIC):
            return []
        return list(PdfFileReader(io.BytesIO(content), strict=False).pages)

    @api.model
    def _image_to_pdf(self, content):
        """Return a scanned image as a PDF.

        :raise Exception: if it cannot be read, or is too large
        """
        output = io.BytesIO()
        with Image.open(io.BytesIO(content)) as image:
            if image.width * image.height > MAX_PIXELS:
                raise Unbound(self.env._("too large"))
            image.convert("RGB").save(output, format="pdf", resolution=150)
        return output.getvalue()

    @api.model
    def _draw_corner(self, page, words):
        """Return a page, as large as another, with words in its lower corner alone."""
        width, height = float(page.mediabox.width), float(page.mediabox.height)
        output = io.BytesIO()
        canvas = Canvas(output, pagesize=(width, height))
        canvas.setFont("Helvetica", 7)
        canvas.setFillGray(0.35)
        canvas.drawRightString(width - 10 * mm, 4 * mm, words)
        canvas.save()
        return PdfFileReader(io.BytesIO(output.getvalue())).pages[0]
