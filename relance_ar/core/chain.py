"""A chain of records in which a removal or a change shows.

Each link carries the digest of the one before it and of its own content: whoever
changes one in the database would have to write all the later ones again, and the head.
"""

import hashlib
import json
from dataclasses import dataclass

START = "0" * 64
# Why a chain is broken.
MISSING, MOVED, CHANGED, CUT = "missing", "moved", "changed", "cut"


@dataclass(frozen=True)
class Link:
    """A record of a chain, as it is found.

    :ivar position: its place, from 1 on
    :ivar previous: the digest that it says the record before it has
    :ivar digest: the digest that it says it has
    :ivar content: what it says, of strings, numbers, lists and dicts
    """

    position: int
    previous: str
    digest: str
    content: dict


@dataclass(frozen=True)
class Break:
    """The first place at which a chain is not what it was."""

    position: int
    why: str


def canonical(content):
    """Return a content as the one text that stands for it, however it is stored."""
    return json.dumps(
        content, ensure_ascii=False, sort_keys=True, separators=(",", ":")
    )


def digest(previous, content):
    """Return the digest (SHA-256, hexadecimal) of a link."""
    text = f"{previous}\n{canonical(content)}"
    return hashlib.sha256(text.encode()).hexdigest()


def digest_of_file(data):
    """Return the digest (SHA-256, hexadecimal) of the bytes of a file."""
    return hashlib.sha256(data).hexdigest()


def find_break(links, length, head):
    """Return the first ``Break`` of a chain, or None when it is proven.

    :param links: ``Link`` in the order of their positions
    :param length: how many links the chain has had
    :param head: the digest of the last of them
    """
    previous, expected = START, 1
    for link in links:
        if link.position != expected:
            return Break(expected, MISSING)
        if link.previous != previous:
            return Break(expected, MOVED)
        if link.digest != digest(previous, link.content):
            return Break(expected, CHANGED)
        previous, expected = link.digest, expected + 1
    if (length, head) != (expected - 1, previous):
        return Break(expected, CUT)
    return None
