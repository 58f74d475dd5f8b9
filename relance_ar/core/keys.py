"""Takes the keys of personal pages out of what is kept, so that nobody uses them."""

import re

# What mail programs put between two characters of an address: the end of a line, in
# text and HTML, and the signs of quoting, one for each reply. Bounded, so that a long
# text is read once.
_CUT = r"(?:=?\r?\n|<w?br ?/?>|</?(?:span|div|p)[^<>]{0,200}>|&gt;|&nbsp;|[> \t]){0,40}"
# As they are, and escaped in another address, in a part of an e-mail, in HTML, in JSON,
# or by programs that look into each address (Proofpoint writes _ and -2D).
_SLASH = r"(?:\\?/|%2F|%252F|=2F|&#47;|&#x2F;|_)"
_DASH = r"(?:-2D|-|%2D|%252D|=2D|&#45;|&#x2D;)"
_KEY = re.compile(
    rf"({_CUT.join('relance')}{_CUT}{_SLASH}{_CUT})"
    rf"[0-9](?:{_CUT}[0-9]){{0,8}}{_CUT}{_DASH}(?:{_CUT}[0-9a-f]){{40}}",
    re.IGNORECASE,
)


def hide_keys(text, marker):
    """Return a text with a marker in the place of each key.

    :param text: str or bytes, of any kind
    """
    if isinstance(text, bytes):
        # Each byte is one character and comes back as it was.
        return hide_keys(text.decode("latin-1"), marker).encode("latin-1")
    return _KEY.sub(lambda found: found[1] + marker, text)
