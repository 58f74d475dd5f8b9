"""Payment plans: the instalments agreed, and how they are watched.

A plan leaves the entries of the invoices alone: it says when money is expected instead
of their maturities, until it is kept to the end or broken.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import ROUND_DOWN, Decimal
from itertools import pairwise

from dateutil.relativedelta import relativedelta

from .amounts import ZERO
from .calendar import Calendar, shift
from .promise import MATCHING_DAYS, Books, Receipt

PAID, PART, DUE, LATE, COMING = "paid", "part", "due", "late", "coming"
# Nothing of it is waited for: nobody owes it any more, or it is disputed.
DROPPED = "dropped"
ACTIVE, BROKEN, DONE, VOID = "active", "broken", "done", "void"
EVERY = {
    "week": relativedelta(weeks=1),
    "fortnight": relativedelta(weeks=2),
    "month": relativedelta(months=1),
    "quarter": relativedelta(months=3),
}


@dataclass(frozen=True, slots=True)
class Instalment:
    """What is to be paid, and by when."""

    day: date
    amount: Decimal


@dataclass(frozen=True, slots=True)
class Watched(Instalment):
    """An instalment, with what came in for it and where that leaves it.

    :param expected: what is waited for of its amount: the last instalments are
        lowered by what nobody owes any more, and by what is disputed
    :param paid: what came in for it, in time or late
    :param limit: last day on which it may arrive: one on which banks work
    """

    expected: Decimal = ZERO
    paid: Decimal = ZERO
    state: str = COMING
    limit: date | None = None

    @property
    def missing(self) -> Decimal:
        """Return what is still expected."""
        return max(self.expected - self.paid, ZERO)


@dataclass(frozen=True, slots=True)
class Progress:
    """Where a plan stands: its state, and its instalments by day.

    :param to_match: money came in time, and has to be matched before it is judged
    """

    state: str
    instalments: tuple[Watched, ...]
    to_match: bool = False

    @property
    def until(self) -> date | None:
        """Return the last day on which the next instalment is waited for."""
        if not self.next_one:
            return None
        days = MATCHING_DAYS if self.to_match else 0
        return shift(self.next_one.limit, days)

    @property
    def still_to_come(self) -> Decimal:
        """Return what is waited for in all, late or not."""
        return sum((i.missing for i in self.instalments), ZERO)

    @property
    def next_one(self) -> Watched | None:
        """Return the first instalment that is waited for."""
        over = (PAID, DROPPED)
        return next((i for i in self.instalments if i.state not in over), None)

    @property
    def missing(self) -> Decimal:
        """Return what is late."""
        return sum((i.missing for i in self.instalments if i.state == LATE), ZERO)


def propose(
    total: Decimal,
    count: int,
    first_day: date,
    every: str = "month",
    first_amount: Decimal | None = None,
    unit: Decimal = Decimal("0.01"),
) -> list[Instalment]:
    """Return equal instalments, the first one at once, that sum to the total.

    What does not divide is added to the last one. The day of the month is kept: a plan
    from 31 January goes on 28 February, then 31 March.

    :param count: how many, the first included
    :param every: a key of ``EVERY``
    :param first_amount: a larger part-payment to begin with; None: as the others
    :param unit: smallest amount of the currency
    :raise ValueError: when such a plan cannot be drawn up
    """
    if total <= ZERO or count < 1:
        raise ValueError("nothing to divide")
    if first_amount is not None and not ZERO < first_amount <= total:
        raise ValueError("the first instalment is nil or above the total")
    days = [first_day + EVERY[every] * rank for rank in range(count)]
    if count == 1:
        return [Instalment(days[0], total)]
    if first_amount is None:
        amounts = _divide(total, count, unit)
    else:
        amounts = [first_amount, *_divide(total - first_amount, count - 1, unit)]
    if min(amounts) <= ZERO:
        raise ValueError("too many instalments for the amount")
    return [Instalment(day, amount) for day, amount in zip(days, amounts, strict=True)]


def _divide(total, count, unit):
    share = (total / count / unit).to_integral_value(ROUND_DOWN) * unit
    return [share] * (count - 1) + [total - share * (count - 1)]


PARTIAL, DELAYED, SPACED = "partial", "delayed", "spaced"
# A quarter, with some days: as far apart as what is proposed.
LONGEST_GAP = 100


def beyond_usual(
    instalments: Sequence[Instalment],
    to_pay: Decimal,
    owed: Decimal,
    today: date,
    first_within: int,
) -> str:
    """Return why an officer does not agree to a plan alone, or "".

    A plan suspends the reminders about its lines as a whole. So it pays all of them, it
    begins at once, and its instalments follow each other.

    :param to_pay: what the plan still has to bring in
    :param owed: what is open on its lines, disputed parts left out
    :param first_within: days left to the first instalment
    :return: ``PARTIAL``, ``DELAYED``, ``SPACED`` or ""
    """
    if to_pay < owed:
        return PARTIAL
    days = sorted(i.day for i in instalments)
    if days and days[0] > shift(today, first_within):
        return DELAYED
    gaps = ((after - day).days for day, after in pairwise(days))
    return SPACED if max(gaps, default=0) > LONGEST_GAP else ""


def watch(
    instalments: Sequence[Instalment],
    receipts: Iterable[Receipt],
    books: Books,
    today: date,
    tolerance: int,
    calendar: Calendar,
    resumed_on: date | None = None,
) -> Progress:
    """Return where a plan stands: money pays the earliest instalments first.

    One that is not paid by its day, tolerance included, breaks the plan: the day of the
    money decides, not the day on which it was matched. What nobody owes any more and
    what is disputed is taken off the last instalments; if nothing came and nothing is
    left, the plan is void. Money that came in time and is not matched leaves it as it
    is for some days.

    :param receipts: all that came in for the plan, in any order; credit notes count,
        losses do not
    :param tolerance: days left to the bank after the day of each instalment
    :param resumed_on: day on which a broken plan was taken up again: what had come by
        then is no longer late
    """
    asked = sorted(instalments, key=lambda i: i.day), today, tolerance, calendar
    receipts = list(receipts)
    found = _watch(receipts, books, *asked, resumed_on)
    if found.state != BROKEN or not books.unmatched:
        return found
    if today > shift(found.next_one.limit, MATCHING_DAYS):
        return found
    matched = [*receipts, *books.unmatched]
    again = _watch(matched, books.with_unmatched(), *asked, resumed_on)
    if again.state == BROKEN:
        return found
    return replace(found, state=ACTIVE, to_match=True)


def _watch(receipts, books, instalments, today, tolerance, calendar, resumed_on):
    counted = [receipt for receipt in receipts if not receipt.is_other]
    came = sum((r.amount for r in counted), ZERO)
    total = sum((i.amount for i in instalments), ZERO)
    slack, left = books.slack_of(total), came
    planned, expected, found = ZERO, ZERO, []
    for instalment in instalments:
        limit = calendar.limit_of(shift(instalment.day, tolerance))
        planned += instalment.amount
        before, most = expected, came + books.payable + _lost_after(receipts, limit)
        expected = max(before, min(planned, most))
        short = expected - slack - _sum_by(counted, limit)
        limit = books.extend(limit, short, tolerance, calendar)
        last = max(limit, resumed_on or limit)
        in_time = _sum_by(counted, last)
        is_paid = in_time > ZERO and in_time >= expected - slack
        part, own = min(left, instalment.amount), expected - before
        left -= part
        watched = Watched(instalment.day, instalment.amount, own, part, limit=limit)
        found.append(replace(watched, state=_state(watched, is_paid, today)))
    is_left = came + books.owed > ZERO
    is_disputed = expected < min(planned, came + books.owed)
    return Progress(_plan_state(found, is_left, is_disputed), tuple(found))


def _sum_by(receipts, day):
    return sum((receipt.amount for receipt in receipts if receipt.on <= day), ZERO)


def _lost_after(receipts, day):
    """Return the losses noted after a day: they excuse nobody who was late by then."""
    return sum((r.amount for r in receipts if r.is_other and r.on > day), ZERO)


def _state(watched, is_paid, today):
    if watched.expected <= ZERO and not watched.paid:
        return DROPPED
    if is_paid:
        return PAID
    if today > watched.limit:
        return LATE
    if today >= watched.day:
        return DUE
    return PART if watched.paid else COMING


def _plan_state(instalments: Sequence[Watched], is_left, is_disputed):
    """Return the state: what is disputed may be owed again, so nothing is over."""
    states = {instalment.state for instalment in instalments}
    if LATE in states:
        return BROKEN
    if instalments and not is_left:
        return VOID
    is_over = PAID in states and states <= {PAID, DROPPED}
    return DONE if is_over and not is_disputed else ACTIVE
