"""Our own side first: each check by example, and money shared out over debts."""

from datetime import date
from decimal import Decimal

import pytest
from core.preflight import (
    BLOCKING,
    IGNORE,
    OK,
    WARNING,
    Finding,
    Money,
    OwnSide,
    allocate,
    check,
    verdict,
)
from hypothesis import given
from hypothesis import strategies as st

from .strategies import money

DAY = date(2026, 3, 2)
CODES = (
    "not_sent",
    "bounced",
    "order_number",
    "terms",
    "draft_credit",
    "loose_credit",
    "in_process",
    "in_bank",
    "free_credit",
    "unread",
    "refused",
    "currency_rate",
)
# What is wrong, one at a time, on an instalment of 100.
WRONG = [
    ({"is_sent": False}, "not_sent", {}),
    ({"bounced": "a@x.test"}, "bounced", {"address": "a@x.test"}),
    ({"misses_order": True}, "order_number", {}),
    (
        {"terms": ("60 days", "30 days")},
        "terms",
        {"terms": "60 days", "agreed": "30 days"},
    ),
    ({"draft_credit": "RINV/1"}, "draft_credit", {"name": "RINV/1"}),
    ({"loose_credit": "RINV/2"}, "loose_credit", {"name": "RINV/2"}),
    (
        {"in_process": Money(Decimal(100), "PAY/1", DAY)},
        "in_process",
        {"amount": Decimal(100), "label": "PAY/1", "on": DAY},
    ),
    (
        {"in_bank": Money(Decimal(100), "VIR", DAY)},
        "in_bank",
        {"amount": Decimal(100), "label": "VIR", "on": DAY},
    ),
    ({"unread": "RL000007"}, "unread", {"reminder": "RL000007"}),
    (
        {"bounced": "a@x.test", "bounce_id": 7},
        "bounced",
        {"address": "a@x.test", "which": 7},
    ),
    (
        {"draft_credit": "draft", "draft_id": 8},
        "draft_credit",
        {"name": "draft", "which": 8},
    ),
    (
        {"unread": "RL000007", "unread_on": "2026-03-02 09:00:00"},
        "unread",
        {"reminder": "RL000007", "which": "2026-03-02 09:00:00"},
    ),
    ({"refused": 3}, "refused", {"count": 3}),
    ({"without_rate": "USD"}, "currency_rate", {"rateless": "USD"}),
]


def policy(severity):
    """Return the same severity for every check."""
    return dict.fromkeys(CODES, severity)


def own_side(residual=100, **facts):
    return OwnSide(Decimal(residual), **facts)


# ---------------------------------------------------------------------- the checks


@pytest.mark.parametrize("severity", [IGNORE, WARNING, BLOCKING])
def test_side_in_order_finds_nothing(severity):
    assert check(own_side(), policy(severity)) == ()


@pytest.mark.parametrize(("facts", "code", "params"), WRONG)
@pytest.mark.parametrize("severity", [WARNING, BLOCKING])
def test_each_check_is_as_grave_as_the_company_says(facts, code, params, severity):
    found = check(own_side(**facts), policy(severity))
    assert found == (Finding(code, severity, params),)


@pytest.mark.parametrize(("facts", "code", "_params"), WRONG)
def test_check_that_is_ignored_or_unknown_finds_nothing(facts, code, _params):
    assert check(own_side(**facts), {**policy(BLOCKING), code: IGNORE}) == ()
    assert check(own_side(**facts), {}) == ()


@pytest.mark.parametrize("code", ["in_process", "in_bank"])
@pytest.mark.parametrize(
    ("amount", "severity"),
    [("99.99", WARNING), ("100", BLOCKING), ("100.01", BLOCKING)],
)
def test_money_that_covers_a_part_only_warns(code, amount, severity):
    facts = {code: Money(Decimal(amount), "VIR", DAY)}
    [finding] = check(own_side(**facts), policy(BLOCKING))
    assert (finding.code, finding.severity) == (code, severity)


def test_credits_never_block_because_the_net_balance_does():
    [finding] = check(own_side(free_credit=Decimal(500)), policy(BLOCKING))
    assert finding == Finding("free_credit", WARNING, {"amount": Decimal(500)})


def test_everything_that_is_wrong_is_told():
    facts = {
        key: value for wrong, _code, _params in WRONG for key, value in wrong.items()
    }
    found = check(own_side(**facts), policy(BLOCKING))
    assert sorted(f.code for f in found) == sorted({code for _f, code, _p in WRONG})


@pytest.mark.parametrize(
    ("severities", "expected"),
    [
        ((), OK),
        ((WARNING,), WARNING),
        ((WARNING, BLOCKING, WARNING), BLOCKING),
    ],
)
def test_verdict_is_the_gravest(severities, expected):
    assert verdict(Finding("x", severity) for severity in severities) == expected


# ------------------------------------------------------------------------ the money


@pytest.mark.parametrize(
    ("amount", "debts", "covered"),
    [
        ("100", [(1, "100")], {1: "100"}),
        ("100", [(1, "80"), (2, "100")], {2: "100"}),  # the very amount
        ("100", [(1, "80"), (2, "50")], {1: "80", 2: "20"}),  # else the oldest first
        ("30", [(1, "80"), (2, "50")], {1: "30"}),
        ("500", [(1, "80"), (2, "50")], {1: "80", 2: "50"}),
        ("100", [(1, "100"), (2, "100")], {1: "100"}),  # the older of two alike
        ("150", [(1, "0"), (2, "200")], {2: "150"}),  # settled: passed over
        ("100", [], {}),
    ],
)
def test_money_goes_to_the_very_amount_else_to_the_oldest(amount, debts, covered):
    found = allocate(Decimal(amount), [(key, Decimal(owed)) for key, owed in debts])
    assert found == {key: Decimal(share) for key, share in covered.items()}


debts_of = st.lists(money(0, 5000), max_size=6).map(lambda owed: list(enumerate(owed)))


@given(money(1, 20000), debts_of)
def test_money_covers_no_more_than_there_is_and_than_is_owed(amount, debts):
    covered = allocate(amount, debts)
    owed = dict(debts)
    assert sum(covered.values()) == min(amount, sum(owed.values())) or (
        list(covered.values()) == [amount]
    )
    assert all(0 < share <= owed[key] for key, share in covered.items())


@given(money(1, 20000), debts_of)
def test_debt_of_the_very_amount_is_the_one_meant(amount, debts):
    alike = [key for key, owed in debts if owed == amount]
    if alike:
        assert allocate(amount, debts) == {alike[0]: amount}


@given(money(1, 20000), debts_of)
def test_at_most_one_debt_is_covered_in_part_and_it_is_the_last(amount, debts):
    covered = allocate(amount, debts)
    owed = dict(debts)
    partly = [key for key, share in covered.items() if share < owed[key]]
    assert partly in ([], list(covered)[-1:])
    assert list(covered) == sorted(covered)
