"""Payment plans: the instalments agreed, and how they are watched.

A plan leaves the entries of the invoices alone: it says when money is expected instead
of their maturities, until it is kept to the end or broken.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_DOWN, Decimal
from itertools import pairwise

from dateutil.relativedelta import relativedelta

from .amounts import ZERO
from .calendar import Calendar, shift
from .promise import Receipt

PAID, PART, DUE, LATE, COMING = "paid", "part", "due", "late", "coming"
ACTIVE, BROKEN, DONE = "active", "broken", "done"
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

    :param paid: what came in for it, in time or late
    :param limit: last day on which it may arrive: one on which banks work
    """

    paid: Decimal = ZERO
    state: str = COMING
    limit: date | None = None

    @property
    def missing(self) -> Decimal:
        """Return what is still expected."""
        return self.amount - self.paid


@dataclass(frozen=True, slots=True)
class Progress:
    """Where a plan stands: its state, and its instalments by day."""

    state: str
    instalments: tuple[Watched, ...]

    @property
    def next_one(self) -> Watched | None:
        """Return the first instalment that is not paid."""
        return next((i for i in self.instalments if i.state != PAID), None)


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
    today: date,
    tolerance: int,
    calendar: Calendar,
    resumed_on: date | None = None,
) -> Progress:
    """Return where a plan stands: money pays the earliest instalments first.

    One that is not paid by its day, tolerance included, breaks the plan: the day of the
    money decides, not the day on which it was matched.

    :param receipts: all that came in for the plan, in any order; credit notes count,
        losses do not
    :param tolerance: days left to the bank after the day of each instalment
    :param resumed_on: day on which a broken plan was taken up again: what had come by
        then is no longer late
    """
    receipts = [receipt for receipt in receipts if not receipt.is_other]
    paid, expected, found = sum((r.amount for r in receipts), ZERO), ZERO, []
    for instalment in sorted(instalments, key=lambda i: i.day):
        limit = calendar.limit_of(shift(instalment.day, tolerance))
        last = max(limit, resumed_on or limit)
        expected += instalment.amount
        part = min(paid, instalment.amount)
        paid -= part
        in_time = sum((r.amount for r in receipts if r.on <= last), ZERO) >= expected
        state = PAID if in_time else _state(instalment.day, part, today, limit)
        found.append(Watched(instalment.day, instalment.amount, part, state, limit))
    return Progress(_plan_state(found), tuple(found))


def _state(day, paid, today, limit):
    if today > limit:
        return LATE
    if today >= day:
        return DUE
    return PART if paid else COMING


def _plan_state(instalments: Iterable[Watched]):
    states = {instalment.state for instalment in instalments}
    if LATE in states:
        return BROKEN
    return DONE if states == {PAID} else ACTIVE  # without any, nothing was paid
