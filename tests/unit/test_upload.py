"""Files from outside are known by their content, never by their name."""

import base64
import io
import logging
import struct
import zipfile
import zlib

import pytest
from core import upload
from PIL import Image
from pypdf import PdfWriter
from pypdf.generic import ArrayObject, NameObject

PDF, PNG = b"%PDF-1.7\n...", b"\x89PNG\r\n\x1a\n...."
JPEG, WEBP = b"\xff\xd8\xff\xe0...", b"RIFF....WEBPVP8 "


@pytest.fixture(autouse=True)
def broken_files_are_no_news(caplog):
    """What pypdf warns of in a file from outside is why it is refused."""
    caplog.set_level(logging.ERROR, "pypdf._reader")


def archive(**entries):
    """Return a ZIP; two underscores stand for a slash, one more for a point."""
    output = io.BytesIO()
    with zipfile.ZipFile(output, "w") as file:
        for name, content in entries.items():
            file.writestr(name.replace("__", "/").replace("DOT", "."), content)
    return output.getvalue()


def broken():
    """Return an archive that cannot be inflated: zlib complains, not zipfile."""
    output = io.BytesIO()
    with zipfile.ZipFile(output, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("mimetype", upload.ODT)
    content = output.getvalue()
    return content[:38] + b"\xff\xff\xff\xff" + content[42:]


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (PDF, upload.PDF),
        (PNG, upload.PNG),
        (JPEG, upload.JPEG),
        (WEBP, upload.WEBP),
        (archive(word__documentDOTxml="x"), upload.DOCX),
        (archive(xl__workbookDOTxml="x"), upload.XLSX),
        (archive(mimetype=upload.ODT), upload.ODT),
        (archive(mimetype=upload.ODS), upload.ODS),
    ],
)
def test_what_is_taken(content, kind):
    assert upload.kind_of(content) == kind


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"<html><script>alert(1)</script>",
        b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>",
        b"MZ\x90\x00",
        b"plain words",
        b"GIF89a/*<script>*/",
        PDF + b"<script>alert(1)</script>",
        PNG + b"<SVG onload=alert(1)>",
        b"PK\x03\x04 but no archive",
        archive(any="x"),
        archive(word__documentDOTxml="x", word__vbaProjectDOTbin="macro"),
        archive(word__documentDOTxml="x", aDOTexe="MZ"),
        archive(mimetype="text/html"),
        archive(mimetype="x" * 1000),
        broken(),
    ],
)
def test_what_is_refused(content):
    assert upload.kind_of(content) is None


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("bon.pdf", "bon.pdf"),
        ("../../etc/passwd", "passwd.pdf"),
        ("C:\\temp\\x.exe", "x.pdf"),
        ("photo.php.jpg", "photo.php.pdf"),
        ("<script>alert(1)</script>.pdf", "script.pdf"),
        ('"><img src=x onerror=alert(1)>.pdf', "img src_x onerror_alert(1).pdf"),
        ("", "document.pdf"),
        ("...", "document.pdf"),
        ("é" * 300 + ".pdf", "é" * 80 + ".pdf"),
        ("a\nb\u202egpj.pdf", "a_b_gpj.pdf"),
    ],
)
def test_names_are_names_with_the_extension_of_the_type(name, expected):
    assert upload.clean_name(name, upload.PDF) == expected


def test_files_are_bounded_in_number_and_size():
    assert upload.check([("", b"")]) == ([], "")
    real = document()
    assert upload.check([("a.txt", real)]) == ([("a.pdf", upload.PDF, real)], "")
    assert upload.check([("a.pdf", PDF)] * 6) == ([], upload.TOO_MANY)
    large = PDF + b" " * upload.MAX_BYTES
    assert upload.check([("a.pdf", large)]) == ([], upload.TOO_LARGE)
    two_thirds = PDF + b" " * (upload.MAX_BYTES - 100)
    assert upload.check([("a.pdf", two_thirds)] * 3) == ([], upload.TOO_LARGE)
    assert upload.check([("a.pdf", b"")]) == ([], upload.EMPTY)
    assert upload.check([("a.pdf", PDF), ("b.pdf", b"<html>")]) == ([], upload.FOREIGN)


def picture(kind="PNG", size=(2, 2)):
    output = io.BytesIO()
    Image.new("1" if kind == "PNG" else "RGB", size).save(output, kind)
    return output.getvalue()


def document(pages=1, **changes):
    """Return a PDF of blank pages; ``box`` and ``depth`` spoil it, ``key`` locks it."""
    writer = PdfWriter()
    for _page in range(pages):
        page = writer.add_blank_page(100, 100)
        if "box" in changes:
            page[NameObject("/MediaBox")] = ArrayObject(changes["box"])
    if "key" in changes:
        writer.encrypt(changes["key"], "owner", algorithm="RC4-128")
    output = io.BytesIO()
    writer.write(output)
    return output.getvalue()


def same_page(times):
    """Return a small PDF that shows one page again and again."""
    kids = b" ".join([b"3 0 R"] * times)
    return (
        b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n"
        b"2 0 obj<</Type/Pages/Kids[" + kids + b"]/Count 1>>endobj\n"
        b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]>>endobj\n"
        b"trailer<</Root 1 0 R/Size 4>>\nstartxref\n0\n%%EOF"
    )


def loop():
    """Return a PDF whose tree of pages leads back to itself."""
    return same_page(1).replace(b"/Kids[3 0 R]", b"/Kids[2 0 R]")


def png_of(width, height):
    """Return the head of a PNG that says it is large."""
    head = b"IHDR" + struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    crc = struct.pack(">I", zlib.crc32(head))
    return b"\x89PNG\r\n\x1a\n" + struct.pack(">I", 13) + head + crc


@pytest.mark.parametrize(
    "content",
    [
        document(),
        document(upload.MAX_PAGES),
        document(key=""),
        picture(),
        picture("JPEG"),
        picture("WEBP"),
        archive(word__documentDOTxml="x"),
        same_page(3),
    ],
)
def test_what_opens(content):
    [[_name, _kind, kept]], problem = upload.check([("a", content)])
    assert (kept, problem) == (content, "")


@pytest.mark.parametrize(
    "content",
    [
        PDF,
        document(upload.MAX_PAGES + 1),
        document(box=[]),
        document(0),
        document(key="secret"),
        same_page(1).replace(b"/MediaBox[0 0 9 9]", b""),
        same_page(upload.MAX_PAGES + 1),
        loop(),
        PNG,
        JPEG,
        WEBP,
        png_of(20000, 20000),
        png_of(13000, 13000),
        picture()[:20],
    ],
)
def test_what_does_not_open_is_not_taken(content):
    assert upload.check([("a", content)]) == ([], upload.UNREADABLE)


def scanned(times):
    """Return a progressive JPEG whose last scan, of some bytes, is repeated."""
    output = io.BytesIO()
    Image.new("L", (64, 64), 128).save(output, "JPEG", progressive=True)
    content = output.getvalue()
    return (
        content[:-2] + content[content.rindex(b"\xff\xda") : -2] * times + b"\xff\xd9"
    )


def test_a_picture_that_is_gone_through_again_and_again_is_not_taken():
    usual = scanned(5)
    assert upload.check([("a", usual)]) == ([("a.jpg", "image/jpeg", usual)], "")
    for times in (upload.MAX_SCANS + 1, 5000):
        found = upload.check([("a", scanned(times))])
        assert found == ([], upload.UNREADABLE)


def test_what_grows_too_large_in_an_archive_is_refused():
    output = io.BytesIO()
    with zipfile.ZipFile(output, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("word/document.xml", b" " * (3 * 1024 * 1024))
    assert upload.kind_of(output.getvalue()) is None


def pages_of(content, filters, times=1):
    """Return a PDF whose pages share one stream, packed by some filters."""
    packed = content
    for name in reversed(filters):
        packed = PACKED[name](packed)
    names = "".join(f"/{name}" for name in filters).encode()
    kids = b" ".join(b"%d 0 R" % (4 + rank) for rank in range(times))
    pages = b"".join(
        b"%d 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]/Contents 3 0 R>>endobj\n"
        % (4 + rank)
        for rank in range(times)
    )
    return (
        b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n"
        b"2 0 obj<</Type/Pages/Kids[" + kids + b"]/Count 1>>endobj\n"
        b"3 0 obj<</Length %d/Filter[%s]>>stream\n"
        % (len(packed), names)
        + packed
        + b"\nendstream endobj\n"
        + pages
        + b"trailer<</Root 1 0 R/Size %d>>\nstartxref\n0\n%%%%EOF" % (4 + times)
    )


def shared_list(count):
    """Return a PDF whose page shows a stream without anything so many times."""
    parts = b"3 0 R " * count
    plain = pages_of(b"", [])
    return plain.replace(b"/Contents 3 0 R", b"/Contents[" + parts + b"]")


PACKED = {
    "FlateDecode": lambda content: zlib.compress(content, 9),
    "Fl": lambda content: zlib.compress(content, 9),
    "ASCII85Decode": lambda content: base64.a85encode(content) + b"~>",
    "ASCIIHexDecode": lambda content: content.hex().encode() + b">",
    "AHx": lambda content: content.hex().encode() + b">",
}
BLANKS = b" " * (4 * 1024 * 1024)


@pytest.mark.parametrize(
    "content",
    [
        pages_of(b"q Q", []),
        pages_of(b"q Q", ["FlateDecode"], times=200),
        pages_of(b"q Q" * 100000, ["ASCII85Decode", "FlateDecode"], times=100),
        pages_of(b"q Q", ["ASCIIHexDecode"]),
        pages_of(b"q Q", ["ASCII85Decode", "AHx"]),
        shared_list(500),
        pages_of(BLANKS, ["FlateDecode"], times=20),
    ],
)
def test_pages_that_can_be_unpacked_are_taken(content):
    assert upload.opens(upload.PDF, content)


@pytest.mark.parametrize(
    "content",
    [
        pages_of(b"q Q", ["FlateDecode", "FlateDecode"]),
        pages_of(b"q Q", ["Fl", "ASCII85Decode", "Fl"]),
        pages_of(b"q Q", ["FlateDecode", "ASCII85Decode"]),
        pages_of(b"q Q", ["FlateDecode", "AHx"]),
        pages_of(b"q Q", ["ASCII85Decode", "ASCIIHexDecode", "FlateDecode"]),
        pages_of(BLANKS, ["FlateDecode"], times=40),
        pages_of(BLANKS, ["ASCII85Decode", "FlateDecode"], times=40),
        pages_of(BLANKS, ["ASCIIHexDecode", "Fl"], times=40),
        pages_of(b"q Q", ["FlateDecode"]).replace(b"/FlateDecode", b"/Foo4567Code"),
        shared_list(501),
    ],
)
def test_pages_that_grow_without_measure_are_not(content):
    assert len(content) < 100000
    assert not upload.opens(upload.PDF, content)
