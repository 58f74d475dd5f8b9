"""Read in the label of a bank line which debts it names.

Banks alter case, spaces and signs of references ("FAC / 2026 / 00012"); and people put
in them what is common to many debts ("LOYER", "2026"). So references are compared by
their letters and digits, from word to word, and weighed by how much they tell.
"""

import re
import unicodedata
from collections.abc import Iterable
from decimal import Decimal
from enum import IntEnum

from stdnum import iso11649

MINIMUM, PLAIN = 5, 8
# A remittance text is cut to 140 signs; a reference of ISO 11649 has 25.
LONGEST, MOST_WORDS = 35, 12
_SIGNS = re.compile(r"[^0-9A-Z]+")
_YEARS = re.compile(r"((19|20)\d\d)+")
_MONTH = re.compile(r"(0[1-9]|1[0-2])(19|20)\d\d|(19|20)\d\d(0[1-9]|1[0-2])")


class Weight(IntEnum):
    """How much a reference tells of the debt that is meant."""

    COMMON = 0  # counts only alone in the label, with the very amount: a clue
    WEAK = 1  # counts with the very amount
    STRONG = 2  # counts by itself


def normalise(text: str | None) -> str:
    """Return the letters and digits of a text, in capitals without accents."""
    return "".join(_words(text))


def weigh(code: str) -> Weight:
    """Return how much a reference tells, as ``normalise`` returns it."""
    if iso11649.is_valid(code):
        return Weight.STRONG
    digits = re.sub(r"\D", "", code)
    if len(code) < MINIMUM or not digits or _YEARS.fullmatch(digits):
        return Weight.COMMON
    is_plain = digits == code and len(code) < PLAIN
    return Weight.WEAK if is_plain or _MONTH.fullmatch(digits) else Weight.STRONG


def codes_in(label: str | None) -> set[str]:
    """Return all that a label may name: its words, alone and run together."""
    words = _words(label)
    found = set()
    for start in range(len(words)):
        code = ""
        for word in words[start : start + MOST_WORDS]:
            code += word
            if len(code) > LONGEST:
                break
            found.add(code)
    return found


def agrees(amount: Decimal, owed: Iterable[Decimal]) -> bool:
    """Say whether an amount is that of one of the debts, or of all together."""
    owed = list(owed)
    return amount in owed or amount == sum(owed)


def _words(text):
    text = (text or "").upper()
    if not text.isascii():
        text = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    return [word for word in _SIGNS.split(text) if word]
