"""What a file really is, by its content: the name and the browser may say anything."""

import io
import re
import zipfile

from PIL import Image, WebPImagePlugin  # noqa: F401  Odoo loads fewer plugins

from .pdf_size import size_of

try:
    from pypdf import PdfReader
except ImportError:  # Odoo takes either
    from PyPDF2 import PdfReader

PDF, PNG, JPEG, WEBP = "application/pdf", "image/png", "image/jpeg", "image/webp"
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
ODT = "application/vnd.oasis.opendocument.text"
ODS = "application/vnd.oasis.opendocument.spreadsheet"
# The types that are taken, with the extension that the file is given.
EXTENSIONS = {
    PDF: "pdf",
    PNG: "png",
    JPEG: "jpg",
    WEBP: "webp",
    DOCX: "docx",
    XLSX: "xlsx",
    ODT: "odt",
    ODS: "ods",
}
MAX_FILES, MAX_BYTES, MAX_BYTES_IN_ALL = 5, 8 * 1024 * 1024, 16 * 1024 * 1024
MAX_NAME, MAX_ENTRIES = 80, 2000
# What a small file may grow to when it is opened: pages and their tree, pixels, bytes.
MAX_PAGES, MAX_DEPTH, MAX_PIXELS = 200, 50, 50 * 1000 * 1000
# Scans of a JPEG: each, of some bytes, makes its reader go through the whole picture.
MAX_SCANS, SCAN = 30, b"\xff\xda"
MAX_INFLATED, MAX_RATIO, MIN_INFLATED = 100 * 1024 * 1024, 200, 1024 * 1024
TOO_MANY, TOO_LARGE, EMPTY, FOREIGN = "too_many", "too_large", "empty", "foreign"
UNREADABLE = "unreadable"
_UNSAFE = re.compile(r"[^\w .()+-]+")
# A page that hides in the first bytes of another type is shown as a page by some.
_MARKUP = re.compile(rb"<\s*(!doctype|html|script|svg|iframe|body)", re.I)


def kind_of(content):
    """Return the MIME type of a file that is taken, else None.

    :param content: bytes
    """
    if content.startswith(b"%PDF-"):
        kind = PDF
    elif content.startswith(b"\x89PNG\r\n\x1a\n"):
        kind = PNG
    elif content.startswith(b"\xff\xd8\xff"):
        kind = JPEG
    elif content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        kind = WEBP
    elif content.startswith(b"PK\x03\x04"):
        return _kind_of_archive(content)
    else:
        return None
    return None if _MARKUP.search(content[:1024]) else kind


def _kind_of_archive(content):
    """Return the type of an office document without macros, else None."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            return _kind_of_entries(archive)
    except Exception:  # whatever a broken archive does to its reader
        return None


def _kind_of_entries(archive):
    names = archive.namelist()
    inflated = sum(info.file_size for info in archive.infolist())
    packed = sum(info.compress_size for info in archive.infolist())
    is_bomb = inflated > max(MIN_INFLATED, MAX_RATIO * packed)
    if len(names) > MAX_ENTRIES or is_bomb or inflated > MAX_INFLATED:
        return None
    if any(map(_is_program, names)):
        return None
    if "word/document.xml" in names:
        return DOCX
    if "xl/workbook.xml" in names:
        return XLSX
    info = archive.getinfo("mimetype") if "mimetype" in names else None
    if not info or info.file_size > 100:
        return None
    kind = archive.read(info).decode("ascii", "replace").strip()
    return kind if kind in (ODT, ODS) else None


def _is_program(name):
    lower = name.lower()
    is_macro = "vbaproject" in lower or lower.startswith(("basic/", "scripts/"))
    return is_macro or lower.endswith((".exe", ".js", ".vbs", ".html", ".svg"))


def opens(kind, content):
    """Say whether a file can be opened without harm: what it claims to be, bounded.

    :param kind: MIME type, as ``kind_of`` found it
    """
    check = {PDF: _is_document, PNG: _is_picture, JPEG: _is_picture, WEBP: _is_picture}
    try:
        return kind not in check or check[kind](content)
    except Exception:  # whatever a broken file does to its reader
        return False


def takes_long(content):
    """Say whether a picture is a JPEG made to keep its reader busy."""
    return content.startswith(b"\xff\xd8") and content.count(SCAN) > MAX_SCANS


def _is_picture(content):
    """Say whether a picture has a size, and not too large a one: only its head."""
    if takes_long(content):
        return False
    with Image.open(io.BytesIO(content), formats=("PNG", "JPEG", "WEBP")) as picture:
        width, height = picture.size
    return 0 < width * height <= MAX_PIXELS


def _is_document(content):
    """Say whether a PDF can be read without a password and has few enough pages."""
    reader = PdfReader(io.BytesIO(content))
    if reader.is_encrypted and not reader.decrypt(""):
        return False
    waiting, pages = [(reader.trailer["/Root"]["/Pages"], None, 0)], 0
    sizes, inflated = {}, 0
    while waiting:
        node, box, depth = waiting.pop()
        node = node.get_object()
        box = node.get("/MediaBox", box)
        kids = node.get("/Kids")
        if kids is None:
            pages += 1
            inflated += size_of(node.get("/Contents"), sizes, MAX_INFLATED)
            if not _is_box(box) or inflated > MAX_INFLATED:
                return False
            continue
        kids = kids.get_object()
        if depth > MAX_DEPTH or pages + len(waiting) + len(kids) > MAX_PAGES:
            return False
        waiting += [(kid, box, depth + 1) for kid in kids]
    return pages > 0


def _is_box(box):
    """Say whether a page has a size: four numbers."""
    sides = [float(side) for side in box.get_object()] if box is not None else []
    return len(sides) == 4


def clean_name(name, kind):
    """Return a file name that is nothing but a name, with the extension of its type.

    :param name: as the browser gave it: a path, any characters
    :param kind: MIME type, one of ``EXTENSIONS``
    """
    last = re.split(r"[/\\]", name or "")[-1]
    stem = last.rsplit(".", 1)[0] if "." in last else last
    stem = _UNSAFE.sub("_", stem).strip(" ._")[:MAX_NAME].strip(" ._")
    return f"{stem or 'document'}.{EXTENSIONS[kind]}"


def check(files):
    """Return the files as they are kept, or why they are not taken.

    :param files: ``[(name, bytes)]``; those without name and content are left out, as
        an empty field of a form sends one
    :return: ``([(name, MIME type, bytes)], "")``, or ``([], problem)`` with one of
        ``TOO_MANY``, ``TOO_LARGE``, ``EMPTY``, ``FOREIGN``, ``UNREADABLE``
    """
    given = [(name, content) for name, content in files if name or content]
    if len(given) > MAX_FILES:
        return [], TOO_MANY
    contents = [content for _name, content in given]
    sizes = [len(content) for content in contents]
    if any(size > MAX_BYTES for size in sizes) or sum(sizes) > MAX_BYTES_IN_ALL:
        return [], TOO_LARGE
    if not all(sizes):
        return [], EMPTY
    kinds = [kind_of(content) for content in contents]
    if not all(kinds):
        return [], FOREIGN
    if not all(opens(*pair) for pair in zip(kinds, contents, strict=True)):
        return [], UNREADABLE
    return [
        (clean_name(name, kind), kind, content)
        for (name, content), kind in zip(given, kinds, strict=True)
    ], ""
