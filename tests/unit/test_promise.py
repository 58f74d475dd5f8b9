from datetime import date, timedelta
from decimal import Decimal

import pytest
from core.calendar import Calendar, Closing
from core.promise import Books, Freed, PauseRules, Promise, Receipt, judge, pause
from hypothesis import given
from hypothesis import strategies as st

CALENDAR = Calendar()
MADE, DAY = date(2026, 3, 2), date(2026, 3, 20)  # a Monday and a Friday
PROMISE = Promise(Decimal(1000), DAY, 3, MADE)
LIMIT = date(2026, 3, 23)


def receipt(on, amount, **values):
    return Receipt(on, Decimal(amount), **values)


def outcome(receipts, today, still_owed=1000, promise=PROMISE, **more):
    books = Books(Decimal(still_owed), **more)
    found = judge(promise, receipts, books, today, CALENDAR)
    return found.state, found.received, found.missing


def test_the_limit_is_a_day_on_which_banks_work():
    assert PROMISE.limit(CALENDAR) == LIMIT  # a Monday
    friday = Promise(Decimal(1), DAY, 1, MADE)
    assert friday.limit(CALENDAR) == LIMIT  # Saturday is moved


@pytest.mark.parametrize(
    ("paid_on", "today", "state"),
    [
        (None, DAY, "open"),
        (None, LIMIT, "open"),
        (None, LIMIT + timedelta(days=1), "broken"),
        (MADE, DAY, "kept"),
        (LIMIT, LIMIT, "kept"),
        (LIMIT + timedelta(days=1), date(2026, 4, 1), "broken"),
        (MADE - timedelta(days=1), LIMIT + timedelta(days=1), "broken"),
    ],
)
def test_the_day_of_the_money_decides(paid_on, today, state):
    receipts = [receipt(paid_on, 1000)] if paid_on else []
    assert outcome(receipts, today)[0] == state


def test_a_part_is_counted():
    after = LIMIT + timedelta(days=1)
    receipts = [receipt(DAY, 400), receipt(after, 600)]
    assert outcome(receipts[:1], after, 600) == ("broken", 400, 600)
    # What came late keeps nothing, and is not missing any more.
    assert outcome(receipts, after, 0) == ("broken", 1000, 0)
    assert outcome(receipts[:1], DAY) == ("open", 400, 600)


def test_a_credit_note_is_no_money_but_nothing_is_owed_for_it():
    credit = receipt(DAY, 300, is_credit_note=True)
    assert outcome([credit], DAY) == ("open", 0, 700)
    assert outcome([credit, receipt(DAY, 700)], DAY) == ("kept", 700, 0)


def test_nothing_left_open_keeps_a_promise_above_what_was_owed():
    assert outcome([receipt(DAY, 800)], DAY, still_owed=0) == ("kept", 800, 0)


def test_what_is_undone_no_longer_counts():
    paid = [receipt(DAY, 1000)]
    after = LIMIT + timedelta(days=1)
    assert outcome(paid, after, 0)[0] == "kept"
    assert outcome([], after, 1000)[0] == "broken"
    assert outcome([], LIMIT, 1000)[0] == "open"


def test_a_loss_keeps_no_promise():
    after = LIMIT + timedelta(days=1)
    lost = receipt(DAY, 1000, is_other=True)
    assert outcome([lost], DAY, 0) == ("void", 0, 0)
    assert outcome([lost], after, 0) == ("void", 0, 0)
    # Noted after the limit it excuses nobody.
    late = receipt(after, 1000, is_other=True)
    assert outcome([late], after, 0) == ("broken", 0, 0)


def test_what_is_written_off_is_no_longer_expected():
    lost = receipt(DAY, 200, is_other=True)
    assert outcome([lost, receipt(DAY, 800)], DAY, 0) == ("kept", 800, 0)
    assert outcome([lost, receipt(DAY, 700)], DAY, 100) == ("open", 700, 100)
    # Of another part of the debt it changes nothing.
    assert outcome([lost], DAY, 1000) == ("open", 0, 1000)


RECEIPTS = st.lists(
    st.builds(
        Receipt,
        st.dates(date(2026, 2, 1), date(2026, 4, 30)),
        st.decimals("0.01", 2000, places=2),
        st.booleans(),
    ),
    max_size=5,
)
TODAYS = st.dates(date(2026, 3, 2), date(2026, 5, 30))


@given(RECEIPTS, TODAYS)
def test_more_money_never_breaks_a_promise(receipts, today):
    before = outcome(receipts, today)[0]
    after = outcome([*receipts, receipt(DAY, 100)], today)[0]
    assert (before, after) != ("kept", "broken")
    assert (before, after) != ("kept", "open")


@given(RECEIPTS, TODAYS)
def test_once_over_the_state_does_not_change_with_time(receipts, today):
    known = [r for r in receipts if r.on <= today]
    state = outcome(known, today)[0]
    later = outcome(known, today + timedelta(days=40))[0]
    assert later == (state if state != "open" else "broken")


CENTS = st.decimals(0, 50, places=2)


@given(RECEIPTS, TODAYS, CENTS)
def test_slack_never_breaks_a_promise(receipts, today, slack):
    before = outcome(receipts, today)[0]
    after = outcome(receipts, today, slack=slack)[0]
    assert after in (before, "kept")


@given(RECEIPTS, TODAYS, st.decimals(0, 1500, places=2))
def test_a_dispute_never_breaks_a_promise(receipts, today, disputed):
    order = ["broken", "open", "kept"]
    before = outcome(receipts, today)[0]
    after = outcome(receipts, today, disputed=disputed)[0]
    assert order.index(after) >= order.index(before) or after == "open"


@given(RECEIPTS, TODAYS, RECEIPTS)
def test_unmatched_money_accuses_nobody_and_keeps_nothing(receipts, today, unmatched):
    before = outcome(receipts, today)
    after = outcome(receipts, today, unmatched=tuple(unmatched))
    assert after == before or (before[0], after[0]) == ("broken", "open")


AFTER = LIMIT + timedelta(days=1)


@pytest.mark.parametrize(
    ("paid", "slack", "promised", "state"),
    [
        ("999.99", "1", 1000, "kept"),
        ("999", "1", 1000, "kept"),
        ("998.99", "1", 1000, "broken"),
        ("999.99", "0", 1000, "broken"),
        # Of a small amount, a tenth at most; never all of it.
        ("1.79", "1", 2, "broken"),
        ("1.80", "1", 2, "kept"),
    ],
)
def test_some_cents_break_nothing(paid, slack, promised, state):
    promise = Promise(Decimal(promised), DAY, 3, MADE)
    left = Decimal(promised) - Decimal(paid)
    found = outcome([receipt(DAY, paid)], AFTER, left, promise, slack=Decimal(slack))
    assert found[0] == state


def test_what_is_disputed_is_not_waited_for():
    paid = [receipt(DAY, 800)]
    assert outcome(paid, AFTER, 200, disputed=Decimal(200)) == ("kept", 800, 0)
    assert outcome(paid, AFTER, 200, disputed=Decimal(150)) == ("broken", 800, 50)
    # All of it is: it is neither kept nor broken, nor void.
    assert outcome([], AFTER, 1000, disputed=Decimal(1000)) == ("open", 0, 0)


@pytest.mark.parametrize(
    ("ended", "amount", "paid", "today", "state"),
    [
        # Over before the limit: as if it had never been.
        (DAY, 200, 800, AFTER, "broken"),
        # Later: what it leaves to pay has the tolerance again, a Friday to a Monday.
        (date(2026, 3, 27), 200, 800, date(2026, 3, 30), "open"),
        (date(2026, 3, 27), 200, 800, date(2026, 3, 31), "broken"),
        # Something else was missing, too.
        (date(2026, 3, 27), 200, 799, date(2026, 3, 30), "broken"),
    ],
)
def test_once_a_dispute_is_over_the_rest_is_waited_for(
    ended, amount, paid, today, state
):
    freed = (Freed(ended, Decimal(amount)),)
    found = outcome([receipt(DAY, paid)], today, 1000 - paid, freed=freed)
    assert found[0] == state


def test_a_dispute_that_began_too_late_leaves_no_more_time():
    freed = (Freed(date(2026, 3, 27), Decimal(200), since=AFTER),)
    found = outcome([receipt(DAY, 800)], date(2026, 3, 30), 200, freed=freed)
    assert found == ("broken", 800, 200)


def test_what_comes_after_a_dispute_keeps_it():
    freed = (Freed(date(2026, 3, 27), Decimal(200)),)
    receipts = [receipt(DAY, 800), receipt(date(2026, 3, 30), 200)]
    found = outcome(receipts, date(2026, 4, 9), 0, freed=freed)
    assert found == ("kept", 1000, 0)


@pytest.mark.parametrize(
    ("came_on", "amount", "today", "state"),
    [
        (LIMIT, 1000, AFTER, "open"),
        (MADE - timedelta(days=9), 1000, AFTER, "open"),  # on its way that day
        (LIMIT, 999, AFTER, "broken"),
        (AFTER, 1000, AFTER, "broken"),
        (LIMIT, 1000, LIMIT + timedelta(days=10), "open"),
        (LIMIT, 1000, LIMIT + timedelta(days=11), "broken"),
    ],
)
def test_money_in_time_is_matched_before_anybody_is_accused(
    came_on, amount, today, state
):
    unmatched = (receipt(came_on, amount),)
    found = judge(
        PROMISE, [], Books(Decimal(1000), unmatched=unmatched), today, CALENDAR
    )
    assert (found.state, found.to_match) == (state, state == "open")
    assert found.missing == 1000


@given(RECEIPTS, TODAYS)
def test_received_and_missing_stay_within_the_promise(receipts, today):
    state, received, missing = outcome(receipts, today)
    assert received >= 0 and 0 <= missing <= PROMISE.amount
    assert missing == 0 or state != "kept"


@pytest.mark.parametrize(
    ("amount", "granted", "rules", "expected"),
    [
        (1000, 1, PauseRules(2, 60, 50), (LIMIT, "")),
        (1000, 2, PauseRules(2, 60, 50), (None, "often")),
        (1000, 0, PauseRules(2, 0, 50), (None, "often")),
        (1000, 0, PauseRules(2, 10, 50), (date(2026, 3, 12), "")),
        (500, 0, PauseRules(2, 60, 50), (LIMIT, "")),
        (499, 0, PauseRules(2, 60, 50), (None, "small")),
        (1, 0, PauseRules(2, 60, 0), (LIMIT, "")),
    ],
)
def test_what_a_promise_suspends(amount, granted, rules, expected):
    promise = Promise(Decimal(amount), DAY, 3, MADE)
    assert pause(promise, Decimal(1000), granted, rules, CALENDAR) == expected


@given(
    st.integers(1, 1000),
    st.dates(MADE, date(2030, 12, 31)),
    st.integers(0, 5),
    st.builds(PauseRules, st.integers(0, 5), st.integers(0, 366), st.integers(0, 100)),
)
def test_no_promise_holds_a_line_for_longer_than_granted(amount, day, granted, rules):
    promise = Promise(Decimal(amount), day, 3, MADE)
    until, why = pause(promise, Decimal(1000), granted, rules, CALENDAR)
    assert (until is None) == bool(why)
    if until:
        assert (until - MADE).days <= rules.longest and granted < rules.times
        assert amount * 100 >= 1000 * rules.share


def test_without_a_working_day_the_promised_one_is_the_limit():
    closed = Calendar(closings=(Closing(MADE, date(2029, 1, 1)),))
    assert PROMISE.limit(closed) == LIMIT
    found = judge(PROMISE, [], Books(Decimal(1000)), date(2026, 3, 24), closed)
    assert found.state == "broken"
