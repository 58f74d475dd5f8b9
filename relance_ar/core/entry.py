"""What people type into a form of the personal page, made plain: text, amount, day."""

import re
import unicodedata
from datetime import date
from decimal import Decimal, InvalidOperation

MAX_LINE, MAX_TEXT = 120, 2000
_PHONE = re.compile(r"[^0-9+ ().-]+")
_SPACES = re.compile(r"[ \t\u00a0\u202f\u2009]+")


def line(text, limit=MAX_LINE):
    """Return a text on one line, without characters that are not seen."""
    return _SPACES.sub(" ", _visible(text or "", "")).strip()[:limit].strip()


def text(value, limit=MAX_TEXT):
    """Return a text of several lines, without characters that are not seen."""
    plain = (value or "").replace("\r\n", "\n").replace("\r", "\n")
    rows = [_SPACES.sub(" ", row).strip() for row in _visible(plain, "\n").split("\n")]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(rows)).strip()[:limit].strip()


def _visible(value, kept):
    """Return a text without control, direction and private characters."""
    return "".join(
        char if char in kept or unicodedata.category(char)[0] != "C" else " "
        for char in value
    )


def phone(value):
    """Return the characters of a phone number."""
    return line(_PHONE.sub(" ", line(value)), 30)


def amount(value):
    """Return an amount typed in any usual way: ``1 234,56``, ``1,234.56``, ``1234.5``.

    :return: ``Decimal``, or None when it is none; never negative
    """
    plain = re.sub(r"[^\d,.]", "", line(value, 30))
    head, mark, tail = _split(plain)
    if mark and len(tail) > 2:  # 1.234 or 1,234: thousands
        head, tail = head + tail, ""
    try:
        return Decimal(f"{re.sub(r'[,.]', '', head) or '0'}.{tail or '0'}")
    except InvalidOperation:
        return None


def _split(plain):
    """Split at the last comma or point: ``(head, mark, tail)``."""
    where = max(plain.rfind(","), plain.rfind("."))
    return (
        (plain, "", "")
        if where < 0
        else (plain[:where], plain[where], plain[where + 1 :])
    )


def day(value):
    """Return a day typed as ``2026-03-18`` or ``18/03/2026``, or None."""
    found = re.fullmatch(r"(\d{4})-(\d{1,2})-(\d{1,2})", line(value, 12))
    parts = found and found.groups()
    if not parts:
        found = re.fullmatch(r"(\d{1,2})[/.](\d{1,2})[/.](\d{4})", line(value, 12))
        parts = found and found.groups()[::-1]
    try:
        return date(*map(int, parts)) if parts else None
    except ValueError:
        return None


def numbers(values, limit=200):
    """Return the whole numbers among texts, in order, each once; [] beyond a limit."""
    found = [int(value) for value in values if re.fullmatch(r"\d{1,9}", value or "")]
    return list(dict.fromkeys(found))[:limit]
