"""What people type into a form of the personal page, made plain: text, amount, day."""

import re
import unicodedata
from datetime import date
from decimal import Decimal

MAX_LINE, MAX_TEXT, MAX_AMOUNT = 120, 2000, 30
# Thousands are grouped by one sign throughout; two digits at the most are a fraction.
_AMOUNT = (
    r"(?:(?P<grouped>[1-9][0-9]{0,2}(?:(?P<sign>[ '.,])[0-9]{3})"
    r"(?:(?P=sign)[0-9]{3})*)|(?P<plain>[0-9]{1,12}))"
    r"(?:(?!(?P=sign))[.,](?P<cents>[0-9]{1,2}))?"
)
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


def amount(value, units=()):
    """Return one amount typed in any usual way: ``1 234,56``, ``1,234.56``, ``12 €``.

    :param units: what may stand beside the number: code, symbol and name of the
        currency in which it is owed, and of no other
    :return: ``Decimal`` above zero, or None: no number, several, a negative one, or one
        that can be read in two ways. What a debtor promises is never guessed.
    """
    unit = "|".join(map(re.escape, filter(None, units)))
    typed = rf"(?:(?:{unit}) ?)?{_AMOUNT}(?: ?(?:{unit}))?"
    plain = line(value) if len(value or "") <= MAX_AMOUNT else ""
    found = re.fullmatch(typed, plain, re.IGNORECASE)
    if not found:
        return None
    whole = re.sub(r"[ '.,]", "", found["plain"] or found["grouped"])
    return Decimal(f"{whole}.{found['cents'] or '0'}") or None


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
