"""Which cash comes in, week by week, from what is owed today.

A plan says when; else a promise, weighted by how often that customer keeps them; else
the due date and the customer's habit, and for what is disputed the time that disputes
take. Three ways it may go are followed from the first day to the last: what has come in
by any day is never more in the low one than expected, and never less in the high one.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from typing import NamedTuple

from .amounts import ZERO
from .calendar import FIRST_DAY, LAST_DAY
from .interval import wilson

LOW, EXPECTED, HIGH = "low", "expected", "high"
WAYS = (LOW, EXPECTED, HIGH)
PLAN, PROMISE, HABIT, DISPUTE = "plan", "promise", "habit", "dispute"
SOURCES = (PLAN, PROMISE, HABIT, DISPUTE)
# Who should have paid already takes another week at least.
LEAST_WAIT = 7
# How much the company's own rate weighs beside a customer's few promises.
PRIOR = 2


@dataclass(frozen=True, slots=True)
class Habit:
    """How late a customer pays: days after the due date, weighted by the amounts.

    :param spread: standard deviation of these days
    """

    delay: int = 0
    spread: int = 0


@dataclass(frozen=True, slots=True)
class Keeping:
    """How often promises are kept.

    :param expected: the rate to reckon with
    :param least: the lower end of its interval
    """

    expected: Decimal = Decimal("0.5")
    least: Decimal = ZERO


def keeping(kept: int, broken: int, of_all: Keeping | None = None) -> Keeping:
    """Return how often a customer keeps promises; few cases lean on all customers'.

    :param of_all: the rate of all customers; without it, one kept and one broken
        promise are added (Laplace), so that nothing is taken for sure
    """
    cases = kept + broken
    prior = of_all.expected if of_all else Decimal("0.5")
    rate = (kept + PRIOR * prior) / (cases + PRIOR)
    return Keeping(rate, min(Decimal(str(wilson(kept, cases)[0])), rate))


@dataclass(frozen=True, slots=True)
class Agreed:
    """A part that was promised, or is an instalment of a plan, for a day."""

    day: date
    amount: Decimal
    source: str = PROMISE


@dataclass(frozen=True, slots=True)
class Dispute:
    """A part that is disputed.

    :param ends: day on which it is expected to be settled
    :param owed: share that customers turned out to owe in the end
    """

    amount: Decimal
    ends: date
    owed: Decimal = Decimal(1)


@dataclass(frozen=True, slots=True)
class Owed:
    """What one customer owes for one due date; ``amount`` above zero."""

    amount: Decimal
    due: date
    habit: Habit = Habit()
    keeping: Keeping = Keeping()
    agreed: tuple[Agreed, ...] = ()
    disputes: tuple[Dispute, ...] = ()


class Receipt(NamedTuple):
    """What comes in on a day if things go one way."""

    way: str
    day: date
    amount: Decimal
    source: str


def set_off(owed: Iterable[Owed], credit: Decimal) -> list[Owed]:
    """Return what is left of a customer's debts once credits have paid the oldest.

    :param credit: what is not matched yet, positive
    """
    left = []
    for item in sorted(owed, key=lambda item: item.due):
        paid = min(credit, item.amount)
        credit -= paid
        if item.amount > paid:
            left.append(replace(item, amount=item.amount - paid))
    return left


def receipts(item: Owed, today: date) -> Iterator[Receipt]:
    """Yield what comes in of one debt, in each of the three ways.

    What is agreed or disputed is at most what is owed: plans and promises come first.
    A way may bring less than the amount: what is found not to be owed never comes.
    """
    habits = usual_days(item, today)
    left = item.amount
    for agreed in sorted(item.agreed, key=lambda agreed: agreed.day):
        part = min(agreed.amount, left)
        left -= part
        yield from _of_agreement(replace(agreed, amount=part), item, habits, today)
    for dispute in item.disputes:
        part = min(dispute.amount, left)
        left -= part
        yield from _of_dispute(replace(dispute, amount=part), habits)
    if left > ZERO:
        for way in WAYS:
            yield Receipt(way, habits[way], left, HABIT)


def _of_agreement(agreed, item, habits, today):
    """Yield what is kept on its day, and the rest when that customer usually pays.

    A plan is signed: it is expected to be kept, and weighted in the low way alone.
    """
    day, keeps = max(agreed.day, today), item.keeping
    rates = {LOW: keeps.least, EXPECTED: keeps.expected, HIGH: Decimal(1)}
    if agreed.source == PLAN:
        rates.update({LOW: keeps.expected, EXPECTED: Decimal(1)})
    for way, rate in rates.items():
        kept = agreed.amount * rate
        if kept > ZERO:
            yield Receipt(way, day, kept, agreed.source)
        if agreed.amount > kept:
            later = max(habits[way], day)
            yield Receipt(way, later, agreed.amount - kept, agreed.source)


def _of_dispute(dispute, habits):
    """Yield what turns out to be owed, once the dispute is settled."""
    rates = {LOW: ZERO, EXPECTED: dispute.owed, HIGH: Decimal(1)}
    for way, rate in rates.items():
        amount = dispute.amount * rate
        if amount > ZERO:
            yield Receipt(way, max(habits[way], dispute.ends), amount, DISPUTE)


def usual_days(item: Owed, today: date) -> dict[str, date]:
    """Return the day on which a debt is paid if the customer does as usual.

    After the due date and the customer's delay, a spread earlier or later. Who has let
    that day go by is expected to take as long again, and a week at least; in the low
    way twice that; in the high one they pay tomorrow.
    """
    usual = _shift(item.due, item.habit.delay)
    early, late = (
        _shift(usual, days) for days in (-item.habit.spread, item.habit.spread)
    )
    if usual <= today:
        wait = max((today - usual).days, LEAST_WAIT)
        usual, late = _shift(today, wait), max(late, _shift(today, 2 * wait))
    return {HIGH: max(early, _shift(today, 1)), EXPECTED: usual, LOW: late}


def _shift(day, days):
    """Return a day some days later; the ends of the calendar hold whatever is found."""
    reached = day.toordinal() + int(days)
    least, most = FIRST_DAY.toordinal(), LAST_DAY.toordinal()
    return date.fromordinal(min(max(reached, least), most))


# ------------------------------------------------------------------------ by week


def week_of(day: date) -> date:
    """Return the Monday of a day's week."""
    return day - timedelta(days=day.weekday())


@dataclass(frozen=True, slots=True)
class Week:
    """What comes in during a week, and since the first week of the forecast.

    :param sources: what is expected, by source
    :param low_sum: what has come in by its end in the low way; likewise the others
    """

    monday: date
    sources: dict[str, Decimal]
    low: Decimal
    expected: Decimal
    high: Decimal
    low_sum: Decimal
    expected_sum: Decimal
    high_sum: Decimal


@dataclass(frozen=True, slots=True)
class Forecast:
    """What comes in week by week, and after the last week, by way."""

    weeks: list[Week]
    later: dict[str, Decimal]


def forecast(owed: Iterable[Owed], today: date, count: int) -> Forecast:
    """Return what comes in over ``count`` weeks, the current one included."""
    first = week_of(today)
    mondays = [first + timedelta(weeks=rank) for rank in range(count)]
    end = first + timedelta(weeks=count)
    found = defaultdict(lambda: ZERO)
    later = dict.fromkeys(WAYS, ZERO)
    for item in owed:
        for way, day, amount, source in receipts(item, today):
            if day >= end:
                later[way] += amount
            else:
                found[week_of(day), way, source] += amount
    sums, weeks = dict.fromkeys(WAYS, ZERO), []
    for monday in mondays:
        by_way = {
            way: sum((found[monday, way, s] for s in SOURCES), ZERO) for way in WAYS
        }
        for way in WAYS:
            sums[way] += by_way[way]
        sources = {source: found[monday, EXPECTED, source] for source in SOURCES}
        totals = {f"{way}_sum": sums[way] for way in WAYS}
        weeks.append(Week(monday, sources, **by_way, **totals))
    return Forecast(weeks, later)


# ----------------------------------------------------------------------- afterwards


@dataclass(frozen=True, slots=True)
class Error:
    """How far forecasts were from what came in; shares of what came in.

    :param mean: mean absolute error, each week weighing by what came in
    :param bias: above zero when more was expected than came in
    :param inside: share of the weeks in which what came in lay between low and high
    """

    cases: int
    mean: Decimal
    bias: Decimal
    inside: Decimal


def error(cases: Iterable[tuple[Decimal, Decimal, Decimal, Decimal]]) -> Error | None:
    """Return the error of past forecasts; None if nothing came in at all.

    :param cases: (low, expected, high, what came in), of sums up to the same day
    """
    known = list(cases)
    came = sum((actual for *_ways, actual in known), ZERO)
    if came <= ZERO:
        return None
    missed = sum((abs(mid - actual) for _low, mid, _high, actual in known), ZERO)
    over = sum((mid - actual for _low, mid, _high, actual in known), ZERO)
    inside = sum(low <= actual <= high for low, _mid, high, actual in known)
    return Error(len(known), missed / came, over / came, Decimal(inside) / len(known))
