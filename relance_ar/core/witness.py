"""The last digests of chains as somebody outside the database keeps them.

Whoever writes a chain again to its end, and its head, leaves nothing that shows inside;
what left the house before tells another digest for the same place.
"""

import csv
import io
import re
from typing import NamedTuple

_DIGEST = re.compile(r"[0-9a-f]{64}")
_CODE = re.compile(r"[0-9a-f]{32}")
# Columns of the table after the name of the debtor.
PLACES = slice(1, 4)
# Contacts of one debtor.
MOST = 10**9


class Head(NamedTuple):
    """A chain on a day: its code, how many contacts it had, the digest of the last."""

    code: str
    count: int
    digest: str


def read_table(content):
    """Return the ``Head`` of a table that was kept: debtor, code, contacts, digest.

    :param content: bytes, as ``export.write_csv`` makes them
    :raise ValueError: if it is no such table, or was changed beyond reading
    """
    text = content.decode("utf-8-sig")
    try:
        rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=";"))
    except csv.Error as error:
        raise ValueError(str(error)) from error
    heads = [_read_row(row) for row in rows[1:] if row]
    if not heads:  # nothing to compare with is no proof that nothing has changed
        raise ValueError("no row")
    return heads


def _read_row(row):
    code, count, digest = row[PLACES]  # ValueError for fewer
    is_one = _CODE.fullmatch(code) and _DIGEST.fullmatch(digest)
    if not is_one or not 0 <= int(count) <= MOST:
        raise ValueError(row)
    return Head(code, int(count), digest)


def find_lost(kept, present):
    """Return the ``Head`` that were kept and are not found in the chains any more.

    :param kept: ``Head``
    :param present: ``{(code, position): digest}`` of contacts as they are now; chains
        that have grown since still have the contact at that position
    """
    return [
        head
        for head in kept
        if head.count and present.get((head.code, head.count)) != head.digest
    ]
