import io
import logging
import zlib
from time import monotonic

from PIL import Image

from odoo import api, models
from odoo.tools.pdf import PdfFileReader, PdfFileWriter, generic

from ..core.upload import takes_long
from .pdf_overlay import draw_corner
from .relance_reminder_printing import PDF_MAGIC

_logger = logging.getLogger(__name__)
# Of a file that others made: more is in the ZIP only.
MAX_PAGES, MAX_DEPTH, MAX_PIXELS = 200, 30, 50_000_000
# Bytes of the text of a page, unpacked, on average.
PAGE_INFLATED = 40 * 1024
# Streams of a page; a stream, however small, costs the reader time.
MAX_PARTS = 500
# Seconds of reading what others made: one file, and all of a proof file.
FILE_SECONDS, ALL_SECONDS = 10, 30
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
    def _to_all_pages(self, pieces):
        """Return the pages of each piece, and note on it why it cannot be bound.

        What others made, one file or many, takes no more time than it is given.
        """
        left, pages = ALL_SECONDS, []
        for piece in pieces:
            is_own = piece.get("max_pages", MAX_PAGES) > MAX_PAGES
            start = monotonic()
            until = float("inf") if is_own else start + min(left, FILE_SECONDS)
            found, piece["note"] = self._to_pages(piece, until)
            pages.append(found)
            if not is_own:
                left -= monotonic() - start
        return pages

    @api.model
    def _to_pages(self, piece, until):
        """Return the pages of a piece; none for a file that is no document.

        :param until: when the reading ends, by ``time.monotonic``
        :return: ``(pages, why it cannot be bound or "")``
        """
        content = piece.get("pdf") or piece["content"]
        is_image = (piece.get("mimetype") or "").startswith("image/")
        if not content.startswith(PDF_MAGIC) and not is_image:
            return [], ""
        most = piece.get("max_pages", MAX_PAGES)
        try:
            self._check_time(until)
            if is_image:
                content = self._image_to_pdf(content)
            return self._try_pages(content, most, until), ""
        except Unbound as error:
            return [], str(error)
        except Exception as error:
            # A file of others makes the reader fail in any way.
            _logger.info("%s cannot be bound: %r", piece["name"], error)
            return [], self.env._("cannot be bound")

    @api.model
    def _check_time(self, until):
        """Stop reading what takes too long.

        :raise Unbound: when the time is over
        """
        if monotonic() > until:
            raise Unbound(self.env._("takes too long to read"))

    @api.model
    def _try_pages(self, content, most, until):
        """Return the pages of a PDF, each of which has been written once.

        :raise Exception: whatever the reader raises
        """
        reader = PdfFileReader(io.BytesIO(content), strict=False)
        self._check_tree(reader, most, until)
        scratch, blanks = PdfFileWriter(), {}
        left = most * PAGE_INFLATED
        for page in list(reader.pages):
            self._check_time(until)
            left -= self._measure(page, left)
            scratch.add_page(page)
            size = (float(page.mediabox.width), float(page.mediabox.height))
            if size not in blanks:
                blanks[size] = draw_corner(page, "")
            scratch.pages[-1].merge_page(blanks[size])
            scratch.pages[-1].compress_content_streams()
        output = io.BytesIO()
        scratch.write(output)
        return list(PdfFileReader(io.BytesIO(output.getvalue()), strict=False).pages)

    @api.model
    def _check_tree(self, reader, most, until):
        """Refuse a tree of more pages than are bound, before it is read as a whole."""
        nodes, count = [(reader.trailer["/Root"]["/Pages"].get_object(), 0)], 0
        while nodes:
            self._check_time(until)
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
        if len(parts) > MAX_PARTS:
            raise Unbound(self.env._("too large"))
        size = 0
        for part in parts:
            # A stream that pages share is counted for each: so the writer packs it.
            size += self._inflated_size(part.get_object(), most - size)
            if size > most:
                raise Unbound(self.env._("too large"))
        return size

    @api.model
    def _inflated_size(self, part, most):
        """Return the size of a stream when it is unpacked, at most one more than asked.

        Only what can be measured without the work it may be made to cause: as it is, or
        packed once by Flate.

        :raise Unbound: when it is packed otherwise, which other readers may unpack
        """
        data = getattr(part, "_data", b"")
        data = data.encode("latin-1") if isinstance(data, str) else data
        filters = self._read_entry(part, "/Filter") if data else []
        if not filters:
            return len(data)
        if filters != ["/FlateDecode"] or self._read_entry(part, "/DecodeParms"):
            raise Unbound(self.env._("cannot be bound"))
        try:
            return len(zlib.decompressobj().decompress(data, max(most, 0) + 1))
        except zlib.error as error:
            raise Unbound(self.env._("cannot be bound")) from error

    @api.model
    def _read_entry(self, part, key):
        """Return an entry of a stream, one or several, as a list."""
        value = part.get(key)
        value = value.get_object() if value is not None else []
        values = value if isinstance(value, list) else [value]
        found = [one.get_object() for one in values]
        return [one for one in found if one and not isinstance(one, generic.NullObject)]

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
        if takes_long(content):
            raise Unbound(self.env._("takes too long to read"))
        output = io.BytesIO()
        with Image.open(io.BytesIO(content)) as image:
            if image.width * image.height > MAX_PIXELS:
                raise Unbound(self.env._("too large"))
            image.convert("RGB").save(output, format="pdf", resolution=150)
        return output.getvalue()
