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


@given(st.text())
def test_any_text_is_taken(text):
    assert hide_keys(text, WORDS) == text
