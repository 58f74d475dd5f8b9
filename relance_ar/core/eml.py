"""E-mails written again from what is recorded of them, so that they can be opened."""

import re
from email.message import EmailMessage
from email.policy import SMTP

# Characters of a header: Python folds long ones in a time that nobody has.
MAX_HEADER = 1000
_TYPE = re.compile(r"([a-z]+)/([a-z0-9.+-]+)", re.ASCII)
# Said by each of them: it is not the message that travelled.
REBUILT = "X-Reconstructed"


def write_eml(headers, text, html, files=()):
    """Return an e-mail as bytes, whatever its values are made of.

    :param headers: ``{name: value}``; empty ones are left out, long ones cut, one that
        is no header of its kind is kept as free text, under ``X-`` and its name
    :param text: its plain text
    :param html: the same as HTML, or ""
    :param files: ``[(name, MIME type, bytes)]``
    """
    message = EmailMessage(policy=SMTP)
    for name, value in headers.items():
        if value:
            plain = _on_one_line(value)
            # Those written to are ours, and all of them are named.
            limit = None if name == "To" else MAX_HEADER
            _add_header(message, name, plain[:limit])
    message.set_content(_clean(text))
    if html:
        message.add_alternative(_clean(html), subtype="html")
    for name, kind, content in files:
        main, sub = _split_type(kind)
        message.add_attachment(
            content, maintype=main, subtype=sub, filename=_on_one_line(name)
        )
    return message.as_bytes()


def _split_type(kind):
    """Return the two parts of a MIME type; of one that is none, those of any file."""
    found = _TYPE.fullmatch(kind or "")
    if not found or found[1] in ("message", "multipart"):
        return "application", "octet-stream"
    return found[1], found[2]


def _add_header(message, name, value):
    """Add a header; as free text when it cannot be read or written as what it is."""
    for title in (name, f"X-{name}"):
        alone = EmailMessage(policy=SMTP)
        try:
            alone[title] = value
            alone.as_bytes()
        except Exception:
            continue
        message[title] = value
        return


def _on_one_line(value):
    """Return a value without what would make another header of it."""
    return " ".join(_clean(str(value)).split())


def _clean(text):
    """Return a text that can be written: halves of characters are replaced."""
    return text.encode("utf-8", "replace").decode("utf-8")
