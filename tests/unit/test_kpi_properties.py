"""What holds for any ledger."""

from datetime import date, timedelta
from decimal import Decimal
from itertools import groupby

from core.kpi import Sales, best_possible_dso, count_back
from core.receivables import Curve, Part, Standing, flows_of, standing
from hypothesis import given
from hypothesis import strategies as st

FIRST, LAST = date(2024, 1, 1), date(2025, 12, 31)
ONE_DAY = timedelta(days=1)
days = st.dates(FIRST, LAST)
amounts = st.decimals(Decimal("-9999"), Decimal("9999"), places=2)


@st.composite
def parts(draw):
    """Return a part that is matched on its day or later, if at all."""
    day = draw(days)
    until = draw(st.none() | st.integers(0, 400))
    return Part(
        amount=draw(amounts),
        day=day,
        due=day + timedelta(days=draw(st.integers(-20, 120))),
        until=None if until is None else day + timedelta(days=until),
    )


ledgers = st.lists(parts(), max_size=12)


def stands(ledger, day):
    curves = {kind: Curve(changes) for kind, changes in flows_of(ledger).items()}
    return standing(curves, day)


@given(ledgers, days)
def test_the_ages_sum_to_the_balance(ledger, day):
    is_open = [p for p in ledger if p.day <= day and (not p.until or day < p.until)]
    found = stands(ledger, day)
    assert sum(found.classes) + found.credits == sum(p.amount for p in is_open)
    assert found.balance == sum(p.amount for p in is_open)
    assert all(amount >= 0 for amount in found.classes)


@given(ledgers, days)
def test_each_part_is_in_the_class_of_its_age(ledger, day):
    expected = [Decimal(0)] * 5
    for part in ledger:
        if part.amount > 0 and part.day <= day and (not part.until or day < part.until):
            late = (day - part.due).days
            rank = sum(late >= least for least in (1, 31, 61, 91))
            expected[rank] += part.amount
    assert list(stands(ledger, day).classes) == expected


@given(ledgers, ledgers, days)
def test_two_ledgers_stand_as_one(one, other, day):
    assert stands(one, day) + stands(other, day) == stands([*one, *other], day)


def months(per_day, last):
    """Return the sales of a company that invoices the same every day, latest first."""
    calendar = [FIRST + i * ONE_DAY for i in range((last - FIRST).days + 1)]
    found = []
    for _month, group in groupby(calendar, key=lambda day: (day.year, day.month)):
        of_month = list(group)
        amount = per_day * len(of_month)
        found.append(Sales(of_month[0], of_month[-1], amount))
    return found[::-1]


@given(
    st.integers(1, 10**6).map(Decimal),
    st.integers(0, 180),
    st.dates(date(2024, 12, 1), LAST),
)
def test_dso_of_steady_sales_is_their_term(per_day, term, last):
    found = count_back(per_day * term, months(per_day, last))
    assert abs(found.value - term) < Decimal("1e-9")
    assert not found.is_least


@given(
    st.lists(amounts, min_size=1, max_size=8),
    st.decimals(Decimal(0), Decimal(99999), places=2),
    st.decimals(Decimal(0), Decimal(999), places=2),
)
def test_owing_more_is_never_fewer_days(monthly, owed, more):
    last = FIRST - ONE_DAY
    sales = []
    for amount in monthly:
        sales.append(Sales(last.replace(day=1), last, amount))
        last = last.replace(day=1) - ONE_DAY
    less, found = count_back(owed, sales), count_back(owed + more, sales)
    if found is not None:
        assert found.value >= less.value - Decimal("1e-9")


@given(
    st.lists(st.decimals(Decimal(0), Decimal(9999), places=2), min_size=5, max_size=5),
    st.decimals(Decimal(-20000), Decimal(0), places=2),
)
def test_best_possible_dso_is_never_above_the_dso(classes, credits):
    found = Standing(tuple(classes), credits)
    sales = months(Decimal(50), LAST)
    best, dso = best_possible_dso(found, sales), count_back(found.balance, sales)
    assert best.value <= dso.value


@given(st.dictionaries(days, amounts, max_size=12), days, days)
def test_the_sum_of_days_is_the_sum_day_by_day(changes, one, other):
    start, end = sorted((one, other))
    curve = Curve(changes)
    one_by_one = sum(
        curve.at(start + i * ONE_DAY) for i in range((end - start).days + 1)
    )
    assert curve.sum_of_days(start, end) == one_by_one
