"""Files from outside are known by their content, never by their name."""

import io
import zipfile

import pytest
from core import upload

PDF, PNG = b"%PDF-1.7\n...", b"\x89PNG\r\n\x1a\n...."
JPEG, WEBP = b"\xff\xd8\xff\xe0...", b"RIFF....WEBPVP8 "


def archive(**entries):
    """Return a ZIP; two underscores stand for a slash, one more for a point."""
    output = io.BytesIO()
    with zipfile.ZipFile(output, "w") as file:
        for name, content in entries.items():
            file.writestr(name.replace("__", "/").replace("DOT", "."), content)
    return output.getvalue()


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
    assert upload.check([("a.txt", PDF)]) == ([("a.pdf", upload.PDF, PDF)], "")
    assert upload.check([("a.pdf", PDF)] * 6) == ([], upload.TOO_MANY)
    large = PDF + b" " * upload.MAX_BYTES
    assert upload.check([("a.pdf", large)]) == ([], upload.TOO_LARGE)
    two_thirds = PDF + b" " * (upload.MAX_BYTES - 100)
    assert upload.check([("a.pdf", two_thirds)] * 3) == ([], upload.TOO_LARGE)
    assert upload.check([("a.pdf", b"")]) == ([], upload.EMPTY)
    assert upload.check([("a.pdf", PDF), ("b.pdf", b"<html>")]) == ([], upload.FOREIGN)
