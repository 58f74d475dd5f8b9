"""Cash to come: small debts followed by hand, and what holds for any."""

from datetime import date, timedelta
from decimal import Decimal

from core.forecast import (
    DISPUTE,
    EXPECTED,
    HABIT,
    HIGH,
    LOW,
    PLAN,
    PROMISE,
    Agreed,
    Dispute,
    Habit,
    Keeping,
    Owed,
    error,
    forecast,
    keeping,
    receipts,
    set_off,
    week_of,
)
from hypothesis import given
from hypothesis import strategies as st

TODAY = date(2026, 3, 18)  # a Wednesday
SURE = Keeping(Decimal(1), Decimal(1))
THREE_IN_FOUR = Keeping(Decimal("0.75"), Decimal("0.5"))


def after(days):
    return TODAY + timedelta(days=days)


def money(value):
    return Decimal(value)


def comes(item):
    """Return ``{way: [(days from today, amount, source)]}``."""
    found = {LOW: [], EXPECTED: [], HIGH: []}
    for way, day, amount, source in receipts(item, TODAY):
        found[way].append(((day - TODAY).days, amount, source))
    return found


def test_what_is_not_due_comes_after_the_usual_delay():
    # Due in 10 days, usually paid 12 days late, give or take 4.
    item = Owed(money(1000), after(10), Habit(12, 4))
    assert comes(item) == {
        HIGH: [(18, 1000, HABIT)],
        EXPECTED: [(22, 1000, HABIT)],
        LOW: [(26, 1000, HABIT)],
    }


def test_who_let_the_usual_day_go_by_takes_as_long_again():
    # Due 50 days ago, usually 20 days late: 30 days beyond the habit.
    item = Owed(money(1000), after(-50), Habit(20, 4))
    assert comes(item) == {
        HIGH: [(1, 1000, HABIT)],
        EXPECTED: [(30, 1000, HABIT)],
        LOW: [(60, 1000, HABIT)],
    }


def test_who_is_a_day_beyond_takes_another_week():
    item = Owed(money(1000), after(-21), Habit(20, 0))
    assert [days for days, *_ in comes(item)[EXPECTED]] == [7]


def test_a_promise_weighs_what_the_customer_keeps():
    # 600 promised for day 5; the rest of 1 000, and what is not kept, by the habit:
    # day 22, or 26 in the low way.
    agreed = (Agreed(after(5), money(600)),)
    item = Owed(money(1000), after(10), Habit(12, 4), THREE_IN_FOUR, agreed)
    assert comes(item) == {
        HIGH: [(5, 600, PROMISE), (18, 400, HABIT)],
        EXPECTED: [(5, 450, PROMISE), (22, 150, PROMISE), (22, 400, HABIT)],
        LOW: [(5, 300, PROMISE), (26, 300, PROMISE), (26, 400, HABIT)],
    }


def test_a_plan_has_its_own_days():
    plan = tuple(Agreed(after(days), money(500), PLAN) for days in (7, 37))
    item = Owed(money(1000), after(-50), Habit(20, 4), SURE, plan)
    for way in (LOW, EXPECTED, HIGH):
        assert comes(item)[way] == [(7, 500, PLAN), (37, 500, PLAN)]


def test_a_plan_is_weighted_in_the_low_way_alone():
    # Three in four are kept; the rest by the habit, which is in 60 days.
    plan = (Agreed(after(7), money(1000), PLAN),)
    found = comes(Owed(money(1000), after(-50), Habit(20), THREE_IN_FOUR, plan))
    assert found[EXPECTED] == [(7, 1000, PLAN)]
    assert found[LOW] == [(7, 750, PLAN), (60, 250, PLAN)]


def test_no_more_is_expected_than_is_owed():
    agreed = (Agreed(after(5), money(600)), Agreed(after(9), money(900)))
    found = comes(Owed(money(1000), after(10), keeping=SURE, agreed=agreed))
    assert found[EXPECTED] == [(5, 600, PROMISE), (9, 400, PROMISE)]


def test_a_dispute_takes_its_time_and_a_part_is_never_owed():
    # 400 of 1 000 disputed, settled on day 40, nine tenths of it owed in the end.
    dispute = Dispute(money(400), after(40), money("0.9"))
    item = Owed(money(1000), after(10), Habit(12, 4), disputes=(dispute,))
    assert comes(item) == {
        HIGH: [(40, 400, DISPUTE), (18, 600, HABIT)],
        EXPECTED: [(40, 360, DISPUTE), (22, 600, HABIT)],
        LOW: [(26, 600, HABIT)],
    }


def test_credits_pay_the_oldest_debts_first():
    debts = [Owed(money(500), after(9)), Owed(money(300), after(-5))]
    assert set_off(debts, money(400)) == [Owed(money(400), after(9))]
    assert set_off(debts, money(0)) == debts[::-1]
    assert set_off(debts, money(900)) == []


def test_few_promises_lean_on_those_of_all_customers():
    # No promise: what all customers keep. 4 of 4: (4 + 2 × 0.5) / 6.
    assert keeping(0, 0) == Keeping(money("0.5"), money(0))
    assert keeping(0, 0, THREE_IN_FOUR).expected == money("0.75")
    assert round(keeping(4, 0).expected, 4) == money("0.8333")
    # Wilson's interval of 4 in 4 begins at 0.5101.
    assert round(keeping(4, 0).least, 4) == money("0.5101")


def test_weeks_begin_on_monday():
    debts = [
        Owed(money(100), after(1)),  # Thursday of this week
        Owed(money(200), after(5)),  # Monday of the next one
        Owed(money(400), after(40)),  # beyond three weeks
    ]
    found = forecast(debts, TODAY, 3)
    assert [week.monday.isoformat() for week in found.weeks] == [
        "2026-03-16",
        "2026-03-23",
        "2026-03-30",
    ]
    assert [week.expected for week in found.weeks] == [100, 200, 0]
    assert [week.expected_sum for week in found.weeks] == [100, 300, 300]
    assert found.later == {LOW: 400, EXPECTED: 400, HIGH: 400}


def test_the_error_is_told_once_the_money_is_in():
    # 900 expected, 1 000 came; 1 200 expected, 1 000 came: 300 missed in 2 000; 100
    # too much expected; the second one lay outside.
    cases = [(800, 900, 1100, 1000), (1100, 1200, 1300, 1000)]
    found = error([tuple(map(Decimal, case)) for case in cases])
    assert (found.cases, found.mean, found.bias) == (2, money("0.15"), money("0.05"))
    assert found.inside == money("0.5")
    assert error([]) is None
    assert error([(money(1), money(2), money(3), money(0))]) is None


amounts = st.decimals(Decimal("0.01"), Decimal("9999"), places=2)
days = st.integers(-400, 400).map(after)
shares = st.decimals(Decimal(0), Decimal(1), places=2)
habits = st.builds(Habit, st.integers(-60, 200), st.integers(0, 90))
keepings = st.tuples(shares, shares).map(lambda pair: Keeping(max(pair), min(pair)))
agreements = st.builds(Agreed, days, amounts, st.sampled_from([PLAN, PROMISE]))
disputes = st.builds(Dispute, amounts, days, shares)
debts = st.builds(
    Owed,
    amounts,
    days,
    habits,
    keepings,
    st.lists(agreements, max_size=2).map(tuple),
    st.lists(disputes, max_size=2).map(tuple),
)


@given(st.lists(debts, max_size=5), st.integers(1, 30))
def test_low_never_exceeds_expected_nor_expected_high(items, count):
    found = forecast(items, TODAY, count)
    for week in found.weeks:
        assert week.low_sum <= week.expected_sum + Decimal("1e-9")
        assert week.expected_sum <= week.high_sum + Decimal("1e-9")
        assert abs(sum(week.sources.values()) - week.expected) < Decimal("1e-9")


@given(st.lists(debts, max_size=5))
def test_all_that_is_owed_comes_in_the_high_way(items):
    found = forecast(items, TODAY, 8)
    total = found.weeks[-1].high_sum + found.later[HIGH]
    assert abs(total - sum(item.amount for item in items)) < Decimal("1e-6")


@given(debts)
def test_nothing_comes_before_today(item):
    assert all(day >= TODAY for _way, day, _amount, _source in receipts(item, TODAY))


@given(days)
def test_a_week_holds_its_day(day):
    assert week_of(day).weekday() == 0
    assert 0 <= (day - week_of(day)).days < 7
