"""Credits set against several messages: each cent once, nobody asked for nothing."""

from decimal import Decimal

import pytest
from core.credit import credits_by_currency, share_credit
from hypothesis import given
from hypothesis import strategies as st

from .strategies import money


@pytest.mark.parametrize(
    ("credit", "asked", "shares"),
    [
        ("0", ["60", "60"], ["0", "0"]),
        ("40", ["100"], ["40"]),
        ("100", ["60", "60"], ["50", "50"]),
        ("100", ["100", "200"], ["33.33", "66.67"]),
        ("0.123", ["1.5"], ["0.123"]),  # alone, to the last digit
        ("500", ["100", "200"], ["100", "200"]),
        ("500", [], []),
    ],
)
def test_credit_is_shared_in_proportion(credit, asked, shares):
    found = share_credit(Decimal(credit), [Decimal(amount) for amount in asked])
    assert found == [Decimal(share) for share in shares]


@pytest.mark.parametrize(
    ("places", "credit", "shares"),
    [
        (0, "1000", ["333", "667"]),  # yen have no cents
        (3, "100", ["33.333", "66.667"]),  # Tunisian dinars have millimes
    ],
)
def test_each_part_is_an_amount_of_the_currency(places, credit, shares):
    asked = [Decimal(1000), Decimal(2000)]
    found = share_credit(Decimal(credit), asked, places)
    assert found == [Decimal(share) for share in shares]


def test_credits_of_each_currency_stand_apart():
    items = [("EUR", -5), ("EUR", 100), ("USD", -7), ("EUR", -1), ("JPY", 3)]
    found = credits_by_currency((code, Decimal(amount)) for code, amount in items)
    assert found == {"EUR": 6, "USD": 7}


@given(money(0, 100000), st.lists(money(1, 50000), max_size=5))
def test_no_cent_is_lost_or_counted_twice(credit, asked):
    shares = share_credit(credit, asked)
    assert sum(shares) == min(credit, sum(asked))
    for share, amount in zip(shares, asked, strict=True):
        assert 0 <= share <= amount + Decimal("0.01")
