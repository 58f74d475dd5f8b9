from datetime import date
from decimal import Decimal

from core.calendar import Calendar, Closing
from core.dispute import (
    allocate,
    credited,
    deadline,
    disputed_parts,
    next_person,
    shares,
)
from hypothesis import given
from hypothesis import strategies as st

AMOUNTS = st.decimals(0, 5000, places=2)


def test_the_first_lines_are_disputed_first():
    assert allocate(Decimal(300), [Decimal(200), Decimal(400)]) == [200, 100]
    assert allocate(Decimal(900), [Decimal(200), Decimal(400)]) == [200, 400]
    assert allocate(Decimal(5), [Decimal(-3), Decimal(4)]) == [0, 4]


def test_what_was_paid_comes_off_the_undisputed_part():
    disputes = [(Decimal(300), [1])]
    assert disputed_parts(disputes, {1: Decimal(1000)}) == {1: 300}
    assert disputed_parts(disputes, {1: Decimal(300)}) == {1: 300}
    assert disputed_parts(disputes, {1: Decimal(200)}) == {1: 200}
    assert disputed_parts(disputes, {1: Decimal(0)}) == {}
    assert disputed_parts(disputes, {}) == {}


def test_several_disputes_add_up_to_what_is_open():
    disputes = [(Decimal(300), [1, 2]), (Decimal(500), [2])]
    residuals = {1: Decimal(200), 2: Decimal(400)}
    assert disputed_parts(disputes, residuals) == {1: 200, 2: 400}


@given(st.lists(st.tuples(AMOUNTS, st.lists(st.integers(1, 4), unique=True))))
def test_never_more_than_is_open_nor_than_is_disputed(disputes):
    residuals = {1: Decimal(100), 2: Decimal(2000), 3: Decimal(0), 4: Decimal(-50)}
    parts = disputed_parts(disputes, residuals)
    assert all(0 < part <= residuals[line] for line, part in parts.items())
    assert sum(parts.values()) <= sum(amount for amount, _lines in disputes)


def test_a_deadline_counts_working_days():
    friday = date(2026, 4, 3)  # before Easter Monday
    assert deadline(friday, 1, Calendar()) == date(2026, 4, 7)
    assert deadline(friday, 0, Calendar()) == friday
    assert deadline(date(2026, 4, 4), 0, Calendar()) == date(2026, 4, 7)


def test_without_a_working_day_the_deadline_is_in_calendar_days():
    closed = Calendar(closings=(Closing(date(2026, 1, 1), date(2029, 1, 1)),))
    assert deadline(date(2026, 3, 2), 3, closed) == date(2026, 3, 5)


def test_the_next_person_is_asked_until_nobody_is_left():
    order = ["manager", "director"]
    assert next_person(order, None) == "manager"
    assert next_person(order, "manager") == "director"
    assert next_person(order, "director") is None
    assert next_person(order, "who left") == "manager"
    assert next_person([], None) is None


def test_a_credit_note_reduces_the_oldest_dispute_first_and_once():
    earlier = {"7:5": Decimal(250)}
    disputes = [(1, Decimal(200), {}, [7]), (2, Decimal(100), earlier, [7, 8])]
    assert credited(disputes, {7: {"7:6": Decimal(250)}}) == {1: 200, 2: 50}
    assert credited(disputes, {7: {"7:5": Decimal(250)}}) == {1: 200}
    assert credited(disputes, {7: {"7:5": Decimal(280)}}) == {1: 200, 2: 30}
    assert credited(disputes, {}) == {}


@given(AMOUNTS, st.lists(st.decimals("0.01", 999, places=2), min_size=1, max_size=30))
def test_shares_add_up_to_the_amount(amount, weights):
    cent, total = Decimal("0.01"), sum(weights)
    parts = shares(amount, weights, cent)
    assert sum(parts) == amount
    for part, weight in zip(parts, weights, strict=True):
        assert abs(part - amount * weight / total) <= cent
