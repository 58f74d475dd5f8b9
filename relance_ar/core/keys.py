"""Takes the keys of personal pages out of what is kept, so that nobody uses them."""

import re

# The address, as mail programs quote it: as it is, escaped in another address, or cut
# at the end of a line.
_CUT = r"(?:=?\r?\n[> ]*)?"
_KEY = re.compile(
    rf"(relance(?:/|%2F|%252F|=2F){_CUT})[0-9]{{1,9}}{_CUT}-(?:{_CUT}[0-9a-f]){{40}}",
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
