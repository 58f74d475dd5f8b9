import io

from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas

from odoo.tools.pdf import PdfFileReader

FONT, SIZE, GREY = "Helvetica", 7, 0.35


def draw_foot(page, lines):
    """Return a page, as large as another, with lines at its foot alone, in the middle.

    :param lines: words from top to bottom; those that are empty are left out
    """

    def draw(canvas, width):
        for rank, line in enumerate(reversed([line for line in lines if line])):
            canvas.drawCentredString(width / 2, 8 * mm + rank * 3.2 * mm, line)

    return _draw_over(page, draw)


def draw_corner(page, words):
    """Return a page, as large as another, with words in its lower corner alone."""
    return _draw_over(
        page,
        lambda canvas, width: canvas.drawRightString(width - 10 * mm, 4 * mm, words),
    )


def _draw_over(page, draw):
    """Return a page, as large as another, on which ``draw(canvas, width)`` wrote."""
    width, height = float(page.mediabox.width), float(page.mediabox.height)
    output = io.BytesIO()
    canvas = Canvas(output, pagesize=(width, height))
    canvas.setFont(FONT, SIZE)
    canvas.setFillGray(GREY)
    draw(canvas, width)
    canvas.save()
    return PdfFileReader(io.BytesIO(output.getvalue())).pages[0]
