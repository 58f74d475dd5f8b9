"""How large what the pages of a PDF show is, once unpacked: bounded, not trusted."""

import base64
import math
import re
import zlib

# Filters of what a page shows. Packed twice, a few bytes would be of any size.
FLATE, ASCII85, HEX = "/FlateDecode", "/ASCII85Decode", "/ASCIIHexDecode"
TEXTS = (ASCII85, HEX)
SHORT = {"/Fl": FLATE, "/A85": ASCII85, "/AHx": HEX, "/LZW": "/LZWDecode"}
SHORT["/RL"] = "/RunLengthDecode"
# Others that pack: by how much at the most, in what is no attack.
OTHERS = {"/LZWDecode": 20, "/RunLengthDecode": 64}
CHUNK = 1024 * 1024
# Streams of a page: pages may share a list of empty ones, of any length.
MAX_PARTS = 500
_BLANKS = re.compile(rb"\s+")


def size_of(contents, known, limit):
    """Return how many bytes the contents of a page are, unpacked.

    :param contents: of a page: a stream, several, or none
    :param known: ``{place of a stream in the file: its size}``, filled in here: pages
        may share a stream, which counts for each of them
    :param limit: bytes; nothing is unpacked beyond
    :return: int, or infinity for more than the limit and for what cannot be measured
    """
    found = contents.get_object() if contents is not None else None
    if found is None:
        return 0
    streams = found if isinstance(found, list) else [contents]
    if len(streams) > MAX_PARTS:
        return math.inf
    total = 0
    for stream in streams:
        total += _size_of_stream(stream, known, limit)
        if total > limit:
            return math.inf
    return total


def _size_of_stream(stream, known, limit):
    place = getattr(stream, "idnum", None)
    if place is None or place not in known:
        size = _measure(stream.get_object(), limit)
        if place is None:
            return size
        known[place] = size
    return known[place]


def _measure(stream, limit):
    """Return the size of one stream, or infinity."""
    names = _filters_of(stream)
    # As it is in the file; unpacked by the reader only when it is asked for.
    data = getattr(stream, "_data", b"")
    if isinstance(data, str):
        data = data.encode("latin-1")
    # Bytes are packed, and what is packed written as text: not the other way round,
    # in which a few bytes would be a text of any size.
    if len(names) > 2 or not set(names[:-1]) <= {*TEXTS}:
        return math.inf
    for name in names:
        if name == FLATE:
            return _count(data, limit)
        if name in OTHERS:
            return len(data) * OTHERS[name]
        if name not in TEXTS:
            return math.inf
        data = _read_text(data, name)
    return len(data)


def _filters_of(stream):
    """Return the full names of the filters of a stream, the outermost first."""
    filters = stream.get("/Filter", [])
    filters = filters.get_object() if hasattr(filters, "get_object") else filters
    names = filters if isinstance(filters, list) else [filters]
    names = [str(name.get_object()) for name in names]
    return [SHORT.get(name, name) for name in names]


def _count(data, limit):
    """Return how large packed bytes are, without keeping them, or infinity."""
    packer, total = zlib.decompressobj(), 0
    while data and not packer.eof:
        total += len(packer.decompress(data, CHUNK))
        if total > limit:
            return math.inf
        data = packer.unconsumed_tail
    return total


def _read_text(data, name):
    """Return the bytes that are written as text, a few for each of them."""
    plain = _BLANKS.sub(b"", data)
    if name == ASCII85:
        return base64.a85decode(plain.removeprefix(b"<~").split(b"~")[0])
    digits = plain.split(b">")[0]
    return bytes.fromhex((digits + b"0" * (len(digits) % 2)).decode("ascii"))
