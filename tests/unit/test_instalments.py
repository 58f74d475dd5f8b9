from datetime import date, timedelta
from decimal import Decimal

import pytest
from core.calendar import Calendar
from core.instalments import EVERY, Instalment, beyond_usual, propose, watch
from core.promise import Books, Freed, Receipt
from hypothesis import given
from hypothesis import strategies as st

CALENDAR = Calendar()
TODAY = date(2026, 3, 18)
PLAN = [
    Instalment(date(2026, 3, 18), Decimal(400)),
    Instalment(date(2026, 4, 20), Decimal(300)),
    Instalment(date(2026, 5, 20), Decimal(300)),
]


def came(amount, on=TODAY):
    return Receipt(on, Decimal(amount))


def still_owed(receipts):
    """Return what is open of 1,000 once these receipts are matched."""
    return max(Decimal(1000) - sum(r.amount for r in receipts), Decimal(0))


def standing(paid, today, tolerance=2, resumed_on=None, owed=None, **more):
    receipts = paid if isinstance(paid, list) else [came(paid)]
    left = still_owed(receipts) if owed is None else Decimal(owed)
    books = Books(left, **more)
    found = watch(PLAN, receipts, books, today, tolerance, CALENDAR, resumed_on)
    return found.state, [i.state for i in found.instalments]


def test_equal_parts_sum_to_the_total():
    plan = propose(Decimal(1000), 3, TODAY)
    assert [i.amount for i in plan] == [
        Decimal("333.33"),
        Decimal("333.33"),
        Decimal("333.34"),
    ]
    assert [i.day for i in plan] == [
        TODAY,
        date(2026, 4, 18),
        date(2026, 5, 18),
    ]


def test_a_larger_part_at_once():
    plan = propose(Decimal(1000), 3, TODAY, first_amount=Decimal(400))
    assert [i.amount for i in plan] == [400, 300, 300]


def test_months_of_different_lengths():
    days = [i.day for i in propose(Decimal(9), 3, date(2027, 1, 31))]
    assert days == [date(2027, 1, 31), date(2027, 2, 28), date(2027, 3, 31)]


def test_a_currency_without_cents():
    plan = propose(Decimal(1000), 3, TODAY, unit=Decimal(1))
    assert [i.amount for i in plan] == [333, 333, 334]


@pytest.mark.parametrize(
    "values",
    [
        {"total": Decimal(0), "count": 3},
        {"total": Decimal(-5), "count": 3},
        {"total": Decimal(100), "count": 0},
        {"total": Decimal(100), "count": 3, "first_amount": Decimal(101)},
        {"total": Decimal(100), "count": 3, "first_amount": Decimal(0)},
        {"total": Decimal(100), "count": 3, "first_amount": Decimal(100)},
        {"total": Decimal("0.02"), "count": 3},
    ],
)
def test_no_plan_can_be_drawn_up(values):
    with pytest.raises(ValueError):
        propose(first_day=TODAY, **values)


@given(
    st.decimals("1", "1000000", places=2),
    st.integers(1, 36),
    st.sampled_from(sorted(EVERY)),
    st.dates(date(2026, 1, 1), date(2030, 12, 31)),
)
def test_any_plan_sums_and_goes_forward(total, count, every, first_day):
    plan = propose(total, count, first_day, every)
    assert sum(i.amount for i in plan) == total
    days = [i.day for i in plan]
    assert days[0] == first_day and days == sorted(set(days)) and len(days) == count


@pytest.mark.parametrize(
    ("paid", "today", "expected"),
    [
        (0, TODAY, ("active", ["due", "coming", "coming"])),
        (0, date(2026, 3, 20), ("active", ["due", "coming", "coming"])),
        (0, date(2026, 3, 21), ("broken", ["late", "coming", "coming"])),
        (399, date(2026, 3, 21), ("broken", ["late", "coming", "coming"])),
        (400, date(2026, 3, 21), ("active", ["paid", "coming", "coming"])),
        (500, date(2026, 3, 21), ("active", ["paid", "part", "coming"])),
        (500, date(2026, 4, 23), ("broken", ["paid", "late", "coming"])),
        (1000, date(2026, 3, 19), ("done", ["paid", "paid", "paid"])),
        (1200, date(2026, 6, 19), ("done", ["paid", "paid", "paid"])),
    ],
)
def test_each_instalment_is_watched_by_itself(paid, today, expected):
    assert standing(paid, today) == expected


def test_the_next_one_and_what_is_missing():
    found = watch(PLAN, [came(500)], Books(Decimal(500)), TODAY, 2, CALENDAR)
    assert found.next_one.day == date(2026, 4, 20)
    assert found.next_one.missing == 200
    assert watch(PLAN, [came(1000)], Books(), TODAY, 2, CALENDAR).next_one is None


@given(st.decimals(0, 1500, places=2), st.integers(0, 120), st.decimals(0, 500))
def test_more_money_never_makes_it_worse(paid, days, more):
    worse = {"broken": 0, "active": 1, "done": 2}
    today = TODAY + timedelta(days=days)
    before, after = standing(paid, today)[0], standing(paid + more, today)[0]
    assert worse[after] >= worse[before]


@pytest.mark.parametrize(
    ("days", "to_pay", "expected"),
    [
        ((0, 31, 61), 1000, ""),
        ((30,), 1000, ""),
        ((31,), 1000, "delayed"),
        ((0, 101), 1000, "spaced"),
        ((101, 0), 1000, "spaced"),
        ((0,), 999, "partial"),
        ((), 1000, ""),
    ],
)
def test_what_an_officer_does_not_agree_to_alone(days, to_pay, expected):
    plan = [Instalment(TODAY + timedelta(days=n), Decimal(1)) for n in days]
    found = beyond_usual(plan, Decimal(to_pay), Decimal(1000), TODAY, 30)
    assert found == expected


@pytest.mark.parametrize("every", sorted(EVERY))
def test_what_is_proposed_is_usual(every):
    plan = propose(Decimal(1000), 12, date(2026, 11, 30), every)
    day = date(2026, 11, 30)
    assert beyond_usual(plan, Decimal(1000), Decimal(1000), day, 0) == ""


@pytest.mark.parametrize(
    ("receipts", "expected"),
    [
        # In time, whenever it was matched.
        ([came(400, date(2026, 3, 20))], ("active", ["paid", "coming", "coming"])),
        # A day beyond the tolerance, even before anybody looked.
        ([came(400, date(2026, 3, 21))], ("broken", ["late", "coming", "coming"])),
        # In two parts, the second one too late.
        (
            [came(300), came(100, date(2026, 3, 24))],
            ("broken", ["late", "coming", "coming"]),
        ),
        # Too late for the first one, in time for the second one.
        ([came(700, date(2026, 3, 24))], ("broken", ["late", "paid", "coming"])),
    ],
)
def test_the_day_of_the_money_decides(receipts, expected):
    assert standing(receipts, date(2026, 3, 25)) == expected


def test_a_loss_pays_no_instalment():
    lost = Receipt(TODAY, Decimal(1000), is_other=True)
    assert standing([lost], TODAY, owed=1000)[1] == ["due", "coming", "coming"]
    # Once nothing is left, and nothing came, nothing is waited for.
    assert standing([lost], TODAY) == ("void", ["dropped"] * 3)
    # A loss that is noted after the limit excuses nobody.
    late = Receipt(date(2026, 3, 21), Decimal(1000), is_other=True)
    assert standing([late], date(2026, 3, 21))[1][0] == "late"


LATE_DAY = date(2026, 6, 1)


@pytest.mark.parametrize(
    ("paid", "owed", "disputed", "expected"),
    [
        # The rest was written off, or its invoice cancelled: kept.
        (900, 0, 0, ("done", ["paid", "paid", "paid"])),
        (700, 0, 0, ("done", ["paid", "paid", "dropped"])),
        # A part of it: the last instalments are lower.
        (700, 100, 0, ("broken", ["paid", "paid", "late"])),
        # Disputed: not waited for, and not over either.
        (800, 200, 200, ("active", ["paid", "paid", "paid"])),
        (700, 300, 300, ("active", ["paid", "paid", "dropped"])),
        (0, 1000, 1000, ("active", ["dropped"] * 3)),
        (799, 201, 200, ("broken", ["paid", "paid", "late"])),
    ],
)
def test_what_is_not_owed_comes_off_the_last_ones(paid, owed, disputed, expected):
    receipts = [came(paid)] if paid else []
    found = standing(receipts, LATE_DAY, owed=owed, disputed=Decimal(disputed))
    assert found == expected


def test_cents_break_no_plan_and_do_not_add_up():
    slack, paid = Decimal(1), [came("399.01")]
    assert standing(paid, date(2026, 3, 21), slack=slack)[0] == "active"
    assert standing([came("398.99")], date(2026, 3, 21), slack=slack)[0] == "broken"
    second = [*paid, came("299.99", date(2026, 4, 20))]
    assert standing(second, date(2026, 4, 23), slack=slack)[0] == "active"
    second = [*paid, came("299.98", date(2026, 4, 20))]
    assert standing(second, date(2026, 4, 23), slack=slack)[0] == "broken"
    assert standing([came("999.90")], TODAY, slack=slack)[0] == "done"


def test_once_a_dispute_is_over_its_part_is_waited_for():
    freed = (Freed(date(2026, 6, 5), Decimal(200)),)  # a Friday
    paid = [came(800)]
    assert standing(paid, date(2026, 6, 8), freed=freed)[0] == "active"
    assert standing(paid, date(2026, 6, 9), freed=freed)[0] == "broken"
    paid.append(came(200, date(2026, 6, 8)))
    assert standing(paid, date(2026, 6, 9), freed=freed)[0] == "done"


@pytest.mark.parametrize(
    ("amount", "on", "today", "state"),
    [
        (400, date(2026, 3, 20), date(2026, 3, 21), "active"),
        (399, date(2026, 3, 20), date(2026, 3, 21), "broken"),
        (400, date(2026, 3, 21), date(2026, 3, 21), "broken"),
        (400, date(2026, 3, 20), date(2026, 3, 30), "active"),
        (400, date(2026, 3, 20), date(2026, 3, 31), "broken"),
    ],
)
def test_money_in_time_is_matched_before_a_plan_is_broken(amount, on, today, state):
    books = Books(Decimal(1000), unmatched=(came(amount, on),))
    found = watch(PLAN, [], books, today, 2, CALENDAR)
    assert (found.state, found.to_match) == (state, state == "active")
    assert found.missing == 400


RECEIPTS = st.lists(
    st.builds(
        came,
        st.decimals("0.01", 900, places=2),
        st.integers(0, 90).map(lambda n: TODAY + timedelta(days=n)),
    ),
    max_size=5,
)
MONEY = st.decimals(0, 1200, places=2)


@given(RECEIPTS, MONEY, MONEY, st.integers(0, 120))
def test_what_is_waited_for_is_neither_more_than_agreed_nor_than_owed(
    receipts, owed, disputed, days
):
    books = Books(owed, disputed)
    today = TODAY + timedelta(days=days)
    found = watch(PLAN, receipts, books, today, 2, CALENDAR)
    total = sum(i.expected for i in found.instalments)
    matched = sum(r.amount for r in receipts)
    assert total == min(1000, matched + books.payable)
    for one in found.instalments:
        assert 0 <= one.expected <= one.amount and 0 <= one.paid <= one.amount
    assert sum(i.missing for i in found.instalments) <= books.payable
    assert found.state != "done" or matched > 0


@given(RECEIPTS, st.integers(0, 120), MONEY, RECEIPTS)
def test_disputes_and_unmatched_money_break_no_plan(receipts, days, disputed, more):
    today = TODAY + timedelta(days=days)
    plain = standing(receipts, today)[0]
    found = standing(receipts, today, disputed=disputed, unmatched=tuple(more))[0]
    assert found != "broken" or plain == "broken"


def test_a_plan_taken_up_again_forgets_what_came_late():
    late = [came(400, date(2026, 3, 24))]
    today = date(2026, 3, 25)
    assert standing(late, today, resumed_on=today)[0] == "active"
    # What has not come by then is late still.
    assert standing([], today, resumed_on=today)[0] == "broken"
    assert standing(late, date(2026, 4, 23), resumed_on=today)[0] == "broken"


@given(
    st.lists(st.tuples(st.decimals(0, 900, places=2), st.integers(0, 90)), max_size=5),
    st.integers(0, 120),
)
def test_what_is_found_does_not_depend_on_the_day_of_the_look(parts, days):
    """Judged on the day, or long after with the same receipts: broken stays broken."""
    receipts = [came(amount, TODAY + timedelta(days=day)) for amount, day in parts]
    today = TODAY + timedelta(days=days)
    known = [r for r in receipts if r.on <= today]
    if standing(known, today)[0] == "broken":
        assert standing(receipts, today + timedelta(days=200))[0] == "broken"


def test_a_plan_without_instalments_is_never_kept():
    found = watch([], [came(1000)], Books(), TODAY, 2, CALENDAR)
    assert (found.state, found.next_one) == ("active", None)
