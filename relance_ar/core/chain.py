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
OUTSIDE = "outside"


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
    """A place at which a chain is not what it was.

    :ivar position: of the link, or of the first of several that are missing
    :ivar until: the last of several that are missing
    """

    position: int
    why: str
    until: int = 0


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


def find_breaks(links, length, head):
    """Return all the ``Break`` of a chain, in order; none when it is proven.

    After a break the walk goes on from the digest that the broken link says it has: a
    first forgery does not hide a second one. A link that stands before the first place,
    or at a place that is taken, is none of the chain: the walk goes on without it.

    :param links: ``Link`` in the order of their positions, whatever these are
    :param length: how many links the chain has had
    :param head: the digest of the last of them
    """
    found, previous, expected = [], START, 1
    for link in links:
        if link.position < expected:
            found.append(Break(link.position, OUTSIDE))
            continue
        if link.position > expected:
            last = link.position - 1
            found.append(Break(expected, MISSING, last if last > expected else 0))
        elif link.previous != previous:
            found.append(Break(expected, MOVED))
        if link.digest != digest(link.previous, link.content):
            found.append(Break(link.position, CHANGED))
        previous, expected = link.digest, link.position + 1
    if (length, head) != (expected - 1, previous):
        found.append(Break(expected, CUT))
    return found
