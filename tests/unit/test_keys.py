"""Keys of personal pages are found however a mail program quotes them."""

import pytest
from core.keys import hide_keys
from hypothesis import given
from hypothesis import strategies as st

KEY = "12-" + "0123456789abcdef0123" * 2
WORDS = "personal-link"


@pytest.mark.parametrize(
    ("quoted", "kept"),
    [
        (f"https://x/relance/{KEY}", f"https://x/relance/{WORDS}"),
        (
            f"https://x/relance/{KEY}/answer/paid",
            f"https://x/relance/{WORDS}/answer/paid",
        ),
        (
            f"u=https%3A%2F%2Fx%2Frelance%2F{KEY}&d",
            f"u=https%3A%2F%2Fx%2Frelance%2F{WORDS}&d",
        ),
        (f"%252Frelance%252F{KEY}", f"%252Frelance%252F{WORDS}"),
        (f"HTTPS://X/RELANCE/{KEY.upper()}", f"HTTPS://X/RELANCE/{WORDS}"),
        (f"x/relance/{KEY[:9]}=\r\n{KEY[9:]}.", f"x/relance/{WORDS}."),
        (f"> x/relance/{KEY[:30]}\n> {KEY[30:]}.", f"> x/relance/{WORDS}."),
        # Plain text that was made HTML, line by line.
        (f"&gt; x/relance/{KEY[:9]}\n&gt; {KEY[9:]}.", f"&gt; x/relance/{WORDS}."),
        (f"x/relance/{KEY[:9]}<br/>\n&gt; &gt; {KEY[9:]}.", f"x/relance/{WORDS}."),
        (f"x/relance/{KEY[:9]}<wbr>{KEY[9:]}<wbr/>.", f"x/relance/{WORDS}<wbr/>."),
        (f"x/relance/{KEY[0]}\r\n>> {KEY[1:]}.", f"x/relance/{WORDS}."),
        (f"x/rel=\r\nance/{KEY}.", f"x/rel=\r\nance/{WORDS}."),
        *(
            (f"x/relance/{KEY.replace('-', dash)}.", f"x/relance/{WORDS}.")
            for dash in ("%2D", "%2d", "%252D", "=2D", "&#45;", "&#x2d;", "&#x2D;")
        ),
        (f"x&#47;relance&#x2F;{KEY}.", f"x&#47;relance&#x2F;{WORDS}."),
        # As Proofpoint writes addresses, and as JSON does.
        (f"u=https-3A__x_relance_12-2D{KEY[3:]}&d", f"u=https-3A__x_relance_{WORDS}&d"),
        (rf"https:\/\/x\/relance\/{KEY}.", rf"https:\/\/x\/relance\/{WORDS}."),
        (f"/relance/{KEY} /relance/{KEY}", f"/relance/{WORDS} /relance/{WORDS}"),
    ],
)
def test_a_quoted_key_is_replaced(quoted, kept):
    assert hide_keys(quoted, WORDS) == kept
    assert hide_keys(quoted.encode() + b"\xff", WORDS) == kept.encode() + b"\xff"


@pytest.mark.parametrize(
    "text",
    ["", f"x/{KEY}", "/relance/12-abc", f"/relance/{WORDS}", "/my/relance/12", KEY],
)
def test_all_else_stays(text):
    assert hide_keys(text, WORDS) == text


def test_long_texts_without_a_key_are_read_once():
    """What looks like the beginning of a key, again and again."""
    for text in ("relance/1 ", "r\n> ", "relance/" + "1" * 9 + " " * 39):
        many = text * 20000
        assert hide_keys(many, WORDS) == many


@given(st.text())
def test_any_text_is_taken(text):
    assert hide_keys(text, WORDS) == text
