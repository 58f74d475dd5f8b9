from datetime import date
from decimal import Decimal

from core.calendar import Calendar, Closing
from core.dispute import (
    allocate,
    credited,
    deadline,
    disputed_parts,
    divide_credit,
    is_undone,
    next_person,
    parts_by_dispute,
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
    disputes = [(7, Decimal(300), [1])]
    assert disputed_parts(disputes, {1: Decimal(1000)}) == {1: 300}
    assert disputed_parts(disputes, {1: Decimal(300)}) == {1: 300}
    assert disputed_parts(disputes, {1: Decimal(200)}) == {1: 200}
    assert disputed_parts(disputes, {1: Decimal(0)}) == {}
    assert disputed_parts(disputes, {}) == {}


def test_several_disputes_add_up_to_what_is_open():
    disputes = [(7, Decimal(300), [1, 2]), (8, Decimal(500), [2])]
    residuals = {1: Decimal(200), 2: Decimal(400)}
    assert disputed_parts(disputes, residuals) == {1: 200, 2: 400}


DISPUTES = st.lists(
    st.tuples(AMOUNTS, st.lists(st.integers(1, 6), min_size=1, unique=True)), max_size=8
).map(lambda found: [(key, *one) for key, one in enumerate(found)])
RESIDUALS = st.fixed_dictionaries(
    {line: st.decimals(-50, 3000, places=2) for line in range(1, 7)}
)


@given(DISPUTES, RESIDUALS)
def test_never_more_than_is_open_nor_than_is_disputed(disputes, residuals):
    parts = disputed_parts(disputes, residuals)
    assert all(0 < part <= residuals[line] for line, part in parts.items())
    for key, amount, line_ids in disputes:
        own = parts_by_dispute(disputes, residuals)[key]
        assert sum(own.values()) <= amount
        assert set(own) <= set(line_ids)


def related(disputes, lines):
    """Return the disputes on some lines, and those that share a line with them."""
    found, known = [], set(lines)
    while True:
        more = [d for d in disputes if d not in found and known & set(d[2])]
        if not more:
            return [d for d in disputes if d in found]
        found += more
        known |= {line for d in more for line in d[2]}


@given(DISPUTES, RESIDUALS, st.sets(st.integers(1, 6)))
def test_what_is_disputed_of_a_line_depends_on_no_other_question(
    disputes, residuals, asked
):
    of_all = disputed_parts(disputes, residuals)
    of_some = disputed_parts(related(disputes, asked), residuals)
    for line in asked:
        assert of_some.get(line) == of_all.get(line)


def test_each_dispute_has_its_own_part_of_a_line():
    residuals = {1: Decimal(1000), 2: Decimal(1000)}
    disputes = [(1, Decimal(1000), [1]), (2, Decimal(300), [1, 2])]
    assert parts_by_dispute(disputes, residuals) == {1: {1: 1000}, 2: {2: 300}}


def test_a_credit_goes_where_it_is_contested_then_open_then_invoiced():
    contested, is_open, billed = (
        {1: Decimal(0), 2: Decimal(300)},
        {1: Decimal(400), 2: Decimal(500)},
        {1: Decimal(1000), 2: Decimal(1000)},
    )
    rooms = (contested, is_open, billed)
    for amount, parts, left in (
        (200, {2: 200}, 0),
        (600, {2: 300, 1: 300}, 0),
        (1000, {2: 500, 1: 500}, 0),
        (2500, {2: 1000, 1: 1000}, 500),
        (0, {}, 0),
    ):
        assert divide_credit(Decimal(amount), *rooms) == (parts, left)


@given(AMOUNTS, st.lists(RESIDUALS, max_size=3))
def test_a_credit_is_divided_to_the_cent(amount, rooms):
    parts, left = divide_credit(amount, *rooms)
    assert sum(parts.values()) + left == amount
    for key, part in parts.items():
        assert 0 < part <= max(room[key] for room in rooms)


def test_what_settled_a_dispute_may_be_gone():
    for outcome, upheld, standing, is_open, by_books, gone in (
        ("paid", 0, 0, True, True, True),
        ("paid", 0, 0, False, True, False),
        ("confirmed", 0, 0, True, False, False),
        ("credited", 200, 200, True, True, False),
        ("credited", 200, 199, False, False, True),
        ("partly", 50, 50, True, False, False),
        ("partly", 50, 50, True, True, True),
        ("partly", 50, 0, False, True, True),
    ):
        amounts = Decimal(upheld), Decimal(standing)
        found = is_undone(outcome, *amounts, is_open=is_open, by_books=by_books)
        assert found == gone, (outcome, upheld, standing)


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
