"""Intervals against published values, and what is told of actions."""

from decimal import Decimal
from random import Random

import pytest
from core.effect import (
    LEAST_DEBTORS,
    Action,
    Followed,
    findings,
    measure,
    pairs,
    pooled,
)
from core.interval import Z, median, median_interval, normal, wilson
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


def test_a_confidence_in_deviations():
    # Tables of the normal distribution.
    assert normal(0.95) == pytest.approx(Z, abs=1e-6)
    assert normal(0.99) == pytest.approx(2.575829, abs=1e-6)


@given(st.floats(0, 1), st.integers(1, 400), st.floats(0.5, 4), st.floats(0, 2))
def test_who_wants_to_be_surer_has_a_wider_interval(rate, cases, z, more):
    low, high = wilson(rate * cases, cases, z)
    wider_low, wider_high = wilson(rate * cases, cases, z + more)
    assert wider_low <= low + 1e-12
    assert high <= wider_high + 1e-12


@given(st.integers(0, 400), st.integers(0, 400))
def test_the_rate_seen_lies_in_its_interval(one, other):
    hits, cases = sorted((one, other))
    low, high = wilson(hits, cases)
    assert 0 <= low <= high <= 1
    if cases:
        assert low <= hits / cases <= high


def test_what_followed_some_contacts():
    one = Followed(1, 0, 0, Decimal(100), Decimal(40))
    kept = [Followed(1, 1, days, Decimal(50), Decimal(50)) for days in range(1, 12, 2)]
    found = measure([one] * 14 + kept)
    assert (found.debtors, found.cases, found.paid, found.rate) == (20, 20, 6, 0.3)
    assert (found.days, found.days_low, found.days_high) == (6, 1, 11)
    assert (found.amount, found.recovered) == (1700, 860)
    assert found.is_enough


def test_each_debtor_counts_once():
    """Who was called often does not outweigh who was called once."""
    found = measure([Followed(9, 9, 9 * 4), Followed(1, 0), Followed(2, 1, 10)])
    assert (found.debtors, found.cases, found.paid) == (3, 12, 10)
    assert found.rate == 0.5  # (1 + 0 + 1/2) / 3, not 10/12
    assert (found.rate_low, found.rate_high) == wilson(1.5, 3)


def test_few_payments_have_no_median():
    found = measure([Followed(1, 1, 3)] * 5 + [Followed(1)] * 20)
    assert found.is_enough
    assert found.days is None


def test_few_debtors_say_nothing_however_many_cases():
    found = measure([Followed(1000, 999, 5000)] * (LEAST_DEBTORS - 1))
    assert not found.is_enough
    assert found.days is None
    assert measure([Followed(1, 1, 5)] * LEAST_DEBTORS).is_enough


def test_nothing_is_no_error():
    found = measure([])
    assert (found.debtors, found.cases, found.rate, found.days) == (0, 0, 0, None)
    assert not found.is_enough


CALL, MAIL = Action("level_1", 1, "phone"), Action("level_1", 1, "email")


def paid(debtors, count, cases=1):
    """Return what followed so many contacts of each of some debtors."""
    good = [Followed(cases, cases, 3 * cases)] * count
    return measure(good + [Followed(cases)] * (debtors - count))


def test_a_difference_beyond_chance_is_told():
    # 30 of 50 (0.46 to 0.72) against 10 of 50 (0.11 to 0.33).
    effects = {CALL: paid(50, 30), MAIL: paid(50, 10)}
    assert findings(effects) == [(CALL, MAIL)]
    assert findings({CALL: paid(50, 10), MAIL: paid(50, 30)}) == [(MAIL, CALL)]


def test_a_difference_that_may_be_chance_is_not():
    assert findings({CALL: paid(50, 20), MAIL: paid(50, 16)}) == []
    assert findings({CALL: paid(9, 9), MAIL: paid(50, 0)}) == []  # too few called


def test_many_cases_of_one_debtor_are_no_finding():
    assert findings({CALL: paid(1, 1, cases=500), MAIL: paid(1, 0, cases=500)}) == []


def test_the_more_is_compared_the_larger_a_difference_must_be():
    # 15 of 20 (0.531 to 0.888) against 6 of 20 (0.145 to 0.519): barely disjoint.
    effects = {CALL: paid(20, 15), MAIL: paid(20, 6)}
    assert findings(effects) == [(CALL, MAIL)]
    for profile in (2, 3):
        for channel in ("phone", "email"):
            effects[Action("level_1", profile, channel)] = paid(20, 10)
    assert len(pairs(effects)) == 3
    assert findings(effects) == []


def test_what_is_not_compared_takes_nothing_away():
    effects = {CALL: paid(20, 15), MAIL: paid(20, 6)}
    effects[CALL._replace(profile=2)] = paid(20, 10)  # with nothing beside it
    effects[MAIL._replace(channel="letter")] = paid(9, 5)  # too few debtors
    assert pairs(effects) == [(MAIL, CALL)]
    assert findings(effects) == [(CALL, MAIL)]


def test_other_profiles_and_phases_are_not_compared():
    for other in (MAIL._replace(profile=2), MAIL._replace(phase="level_2")):
        assert findings({CALL: paid(50, 40), other: paid(50, 5)}) == []


def test_kinds_of_contacts_are_pooled_by_debtor():
    one = {7: Followed(2, 1, 9.0, Decimal(100), Decimal(50)), 8: Followed(1)}
    other = {7: Followed(1, 1, 4.0, Decimal(300), Decimal(150)), 9: Followed(1, 1, 2.0)}
    found = pooled([one, other])
    assert found[7] == Followed(3, 2, 13.0, Decimal(400), Decimal(200))
    assert found.keys() == {7, 8, 9}
    assert measure(found.values()).debtors == 3


# ---------------------------------------------------------------- whatever the cases

followed = st.integers(1, 40).flatmap(
    lambda cases: st.builds(Followed, st.just(cases), st.integers(0, cases))
)
debtors = st.lists(followed, min_size=1, max_size=40)


@given(debtors)
def test_the_rate_of_debtors_lies_in_its_interval(found):
    effect = measure(found)
    assert 0 <= effect.rate_low <= effect.rate <= effect.rate_high <= 1
    assert effect.rate == pytest.approx(
        sum(f.paid / f.cases for f in found) / len(found)
    )


@given(debtors, st.integers(2, 50))
def test_more_cases_of_the_same_debtors_make_nothing_surer(found, times):
    """However often each was contacted: the same rate, the same interval."""
    more = [Followed(f.cases * times, f.paid * times) for f in found]
    one, other = measure(found), measure(more)
    assert other.cases == times * one.cases
    for name in ("debtors", "rate", "rate_low", "rate_high", "is_enough"):
        assert getattr(one, name) == pytest.approx(getattr(other, name))


effects_of = st.dictionaries(
    st.builds(
        Action,
        st.sampled_from(("level_1", "level_2")),
        st.integers(0, 2),
        st.sampled_from(("phone", "email", "letter")),
    ),
    st.builds(
        lambda count, part: paid(count, round(count * part)),
        st.integers(1, 60),
        st.floats(0, 1),
    ),
)


@given(effects_of)
def test_a_finding_is_of_a_pair_and_of_the_better_one(effects):
    compared = {frozenset(pair) for pair in pairs(effects)}
    for better, worse in findings(effects):
        assert frozenset((better, worse)) in compared
        assert effects[better].rate_low > effects[worse].rate_high
        assert min(effects[better].debtors, effects[worse].debtors) >= LEAST_DEBTORS


@given(effects_of, effects_of)
def test_what_else_is_compared_adds_no_finding(effects, others):
    everything = {**others, **effects}
    if len(pairs(everything)) >= len(pairs(effects)):
        told = findings(everything)
        assert {f for f in told if set(f) <= set(effects)} <= set(findings(effects))


def test_by_chance_one_report_in_twenty_announces_something_at_most():
    """All channels alike, debtors who always pay or never, contacted often."""
    chance, reports, wrong = Random(8), 400, 0
    for _report in range(reports):
        effects = {}
        for profile in range(3):
            for channel in ("phone", "email", "letter"):
                found = []
                for _debtor in range(chance.randint(10, 30)):
                    cases = chance.randint(1, 30)
                    habit = chance.random() < 0.4
                    found.append(Followed(cases, cases * habit))
                effects[Action("level_1", profile, channel)] = measure(found)
        wrong += bool(findings(effects))
    assert wrong <= reports * 0.05
