"""Intervals against published values, and what is told of actions."""

from decimal import Decimal

import pytest
from core.effect import Action, findings, measure, pooled
from core.interval import median, median_interval, wilson
from hypothesis import given
from hypothesis import strategies as st


@pytest.mark.parametrize(
    ("hits", "cases", "low", "high"),
    [
        # Newcombe, Statistics in Medicine 17 (1998), table I, method 3.
        (81, 263, 0.2553, 0.3662),
        (15, 148, 0.0624, 0.1605),
        (0, 20, 0.0, 0.1611),
        (1, 29, 0.0061, 0.1718),
    ],
)
def test_interval_of_a_rate(hits, cases, low, high):
    found = wilson(hits, cases)
    assert found == pytest.approx((low, high), abs=5e-5)


def test_without_cases_nothing_is_known():
    assert wilson(0, 0) == (0.0, 1.0)


@pytest.mark.parametrize(
    ("cases", "ranks"),
    [
        # Ranks of the confidence interval of a median, from tables of the sign test.
        (5, None),
        (6, (1, 6)),
        (9, (2, 8)),
        (10, (2, 9)),
        (20, (6, 15)),
        (30, (10, 21)),
    ],
)
def test_interval_of_a_median(cases, ranks):
    assert median_interval(range(1, cases + 1)) == ranks


def test_interval_of_a_median_of_many():
    low, high = median_interval(range(1, 1002))
    assert low < 501 < high
    assert high - low < 70  # 1.96 × √1001 is 62


def test_the_median_is_in_the_middle():
    assert median([1, 4, 9]) == 4
    assert median([1, 4, 6, 9]) == 5


@given(st.integers(0, 400), st.integers(0, 400))
def test_the_rate_seen_lies_in_its_interval(one, other):
    hits, cases = sorted((one, other))
    low, high = wilson(hits, cases)
    assert 0 <= low <= high <= 1
    if cases:
        assert low <= hits / cases <= high


def test_what_followed_some_contacts():
    found = measure(20, [1, 2, 3, 5, 8, 13], Decimal(20000), Decimal(7000))
    assert (found.cases, found.paid, found.rate) == (20, 6, 0.3)
    assert found.days == 4
    assert (found.days_low, found.days_high) == (1, 13)
    assert found.is_enough


def test_few_payments_have_no_median():
    found = measure(4, [1, 2])
    assert found.days is None
    assert not found.is_enough


CALL, MAIL = Action("level_1", 1, "phone"), Action("level_1", 1, "email")


def paid(cases, count):
    return measure(cases, [3] * count)


def test_a_difference_beyond_chance_is_told():
    # 30 of 50 (0.46 to 0.72) against 10 of 50 (0.11 to 0.33).
    effects = {CALL: paid(50, 30), MAIL: paid(50, 10)}
    assert findings(effects) == [(CALL, MAIL)]
    assert findings({CALL: paid(50, 10), MAIL: paid(50, 30)}) == [(MAIL, CALL)]


def test_a_difference_that_may_be_chance_is_not():
    assert findings({CALL: paid(50, 20), MAIL: paid(50, 16)}) == []
    assert findings({CALL: paid(9, 9), MAIL: paid(50, 0)}) == []  # too few calls


def test_other_profiles_and_phases_are_not_compared():
    for other in (MAIL._replace(profile=2), MAIL._replace(phase="level_2")):
        assert findings({CALL: paid(50, 40), other: paid(50, 5)}) == []


def test_kinds_of_contacts_are_pooled():
    one = (10, [2, 9], Decimal(100), Decimal(50))
    other = (10, [1, 3, 4, 5], Decimal(300), Decimal(150))
    found = pooled([one, other])
    assert (found.cases, found.paid, found.amount, found.recovered) == (20, 6, 400, 200)
    assert found.days == 3.5
