"""E-mails written again from a record: whatever it is made of, a file comes out."""

import email
from email import policy

import pytest
from core.eml import MAX_HEADER, write_eml
from hypothesis import given
from hypothesis import strategies as st


def read(content):
    """Return a message as it is read from bytes."""
    return email.message_from_bytes(content, policy=policy.default)


def test_an_email_with_its_files():
    content = write_eml(
        {"From": "Zoé <a@b.test>", "Subject": "Relance n° 1", "Reply-To": ""},
        "Payez.",
        "<p>Payez.</p>",
        [
            ("a.pdf", "application/pdf", b"%PDF"),
            ("b", "message/rfc822", b"x"),
            ("c", "a; b/\r\nc", b""),
        ],
    )
    message = read(content)
    assert message["Subject"] == "Relance n° 1"
    assert message["Reply-To"] is None
    assert message.get_body(("plain",)).get_content().strip() == "Payez."
    files = list(message.iter_attachments())
    assert [file.get_filename() for file in files] == ["a.pdf", "b", "c"]
    assert files[0].get_content() == b"%PDF"


def test_a_line_break_makes_no_header():
    message = read(write_eml({"Subject": "Re:\r\nBcc: x@y.test"}, "x", ""))
    assert message["Bcc"] is None


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("Message-ID", "<é@b>"),
        ("From", '"'),
        ("To", "<"),
        ("To", "a@["),
        ("From", "=?x?b?!?="),
        ("Subject", "half \ud800 of one"),
    ],
)
def test_what_is_no_header_is_kept_as_text(name, value):
    message = read(write_eml({name: value, "X-Contact": "1"}, "x \ud800", ""))
    assert message["X-Contact"] == "1"
    assert message[name] is not None or message[f"X-{name}"] is not None


def test_long_headers_are_cut_but_all_those_written_to_are_named():
    """Python folds a header of 30 000 letters in a minute."""
    people = ", ".join(f"p{number}@b.test" for number in range(200))
    long = {name: "é" * 30000 for name in ("From", "Reply-To", "Message-ID")}
    message = read(write_eml({**long, "Subject": "x" * 3000, "To": people}, "x", ""))
    assert len(message["To"].addresses) == 200
    assert message["Subject"] == "x" * MAX_HEADER
    for name in long:
        kept = message[name] or message[f"X-{name}"]
        assert 0 < str(kept).count("é") <= MAX_HEADER


@given(st.sampled_from(["From", "To", "Message-ID", "Date", "Subject"]), st.text())
def test_any_value_can_be_written(name, value):
    assert write_eml({name: value}, value, value)
