"""What is typed into the personal page is made plain, or is nothing."""

from datetime import date
from decimal import Decimal

import pytest
from core import entry
from hypothesis import given
from hypothesis import strategies as st

EUROS = ("EUR", "€", "Euros", "Euro")


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("1234.5", "1234.5"),
        ("1 234,56 €", "1234.56"),
        ("1\u202f234,56", "1234.56"),
        ("1,234.56", "1234.56"),
        ("1.234,56", "1234.56"),
        ("1.234", "1234"),
        ("1,234", "1234"),
        ("12", "12"),
        ("EUR 12", "12"),
        ("12 eur", "12"),
        ("12 euros", "12"),
        ("€ 12 EUR", "12"),
        ("0,5 €", "0.5"),
        ("1'234.50", "1234.50"),
        ("1.234.567,8", "1234567.8"),
    ],
)
def test_amounts(typed, expected):
    assert entry.amount(typed, EUROS) == Decimal(expected)


@pytest.mark.parametrize(
    "typed",
    [
        "100 USD",
        "$50",
        "£ 7",
        "12.34 GBP",
        "non 50",
        "NaN 5",
        "100 kEU",
        "12 eurobonds",
    ],
)
def test_another_unit_than_that_of_what_is_owed_is_no_amount(typed):
    assert entry.amount(typed, EUROS) is None


def test_the_unit_is_that_of_the_currency():
    assert entry.amount("$ 50", ("USD", "$")) == 50
    assert entry.amount("50 €", ("USD", "$")) is None
    assert entry.amount("50", ()) == 50
    assert entry.amount("50 .", (".*", "")) is None


@pytest.mark.parametrize(
    "typed",
    [
        None,
        "",
        "nothing",
        "NaN",
        "inf",
        "1e5",
        "0",
        "0,00",
        "-5",
        "1,2,3",
        "1.234.56",
        "1234.5678",
        "0.123",
        "12 EUR 50",
        "12 50",
        "12.5 or 13",
        "12" + " " * 40,
        "9" * 13,
    ],
)
def test_what_is_not_one_amount_above_zero_is_none(typed):
    assert entry.amount(typed, EUROS) is None


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("2026-03-18", date(2026, 3, 18)),
        ("18/03/2026", date(2026, 3, 18)),
        ("18.3.2026", date(2026, 3, 18)),
        ("2026-02-30", None),
        ("tomorrow", None),
        ("", None),
        (None, None),
        ("0000-01-01", None),
    ],
)
def test_days(typed, expected):
    assert entry.day(typed) == expected


def test_texts_lose_what_is_not_seen_and_are_cut():
    assert entry.line(" a\r\nb\x00c\u202ed ") == "a b c d"
    assert entry.text("a\r\n\r\n\r\n\r\nb\x07") == "a\n\nb"
    assert len(entry.text("x" * 9999)) == entry.MAX_TEXT
    assert entry.phone("+33 1 <b>99</b>") == "+33 1 99"


def test_numbers_are_whole_and_each_once():
    assert entry.numbers(["3", "3", "x", "-1", "1.5", "9999999999", "", "7"]) == [3, 7]


@given(st.text())
def test_nothing_that_is_typed_makes_an_error(typed):
    found = entry.amount(typed, EUROS)
    assert found is None or found > 0
    entry.day(typed)
    assert "\n" not in entry.line(typed)
    assert len(entry.text(typed)) <= entry.MAX_TEXT
    entry.phone(typed)
    entry.numbers([typed])
