"""What a file really is, by its content: the name and the browser may say anything."""

import io
import re
import zipfile

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
TOO_MANY, TOO_LARGE, EMPTY, FOREIGN = "too_many", "too_large", "empty", "foreign"
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
            names = archive.namelist()
            if len(names) > MAX_ENTRIES or any(map(_is_program, names)):
                return None
            if "word/document.xml" in names:
                return DOCX
            if "xl/workbook.xml" in names:
                return XLSX
            info = archive.getinfo("mimetype") if "mimetype" in names else None
            if not info or info.file_size > 100:
                return None
            kind = archive.read(info).decode("ascii", "replace").strip()
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, OSError):
        return None
    return kind if kind in (ODT, ODS) else None


def _is_program(name):
    lower = name.lower()
    is_macro = "vbaproject" in lower or lower.startswith(("basic/", "scripts/"))
    return is_macro or lower.endswith((".exe", ".js", ".vbs", ".html", ".svg"))


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
        ``TOO_MANY``, ``TOO_LARGE``, ``EMPTY``, ``FOREIGN``
    """
    given = [(name, content) for name, content in files if name or content]
    if len(given) > MAX_FILES:
        return [], TOO_MANY
    sizes = [len(content) for _name, content in given]
    if any(size > MAX_BYTES for size in sizes) or sum(sizes) > MAX_BYTES_IN_ALL:
        return [], TOO_LARGE
    if not all(sizes):
        return [], EMPTY
    kinds = [kind_of(content) for _name, content in given]
    if not all(kinds):
        return [], FOREIGN
    return [
        (clean_name(name, kind), kind, content)
        for (name, content), kind in zip(given, kinds, strict=True)
    ], ""
