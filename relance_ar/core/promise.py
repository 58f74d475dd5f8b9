"""Promises to pay: what they suspend, and whether they were kept.

Nobody is asked whether a promise was kept: the money says it. A receipt counts when it
arrives from the day of the promise on; so does a credit note, since nobody owes any
more what it cancels.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from .amounts import ZERO
from .calendar import Calendar, shift

OPEN, KEPT, BROKEN = "open", "kept", "broken"


@dataclass(frozen=True, slots=True)
class Promise:
    """What a debtor said would be paid, and by when.

    :param amount: in the currency of the lines
    :param day: on which the payment was promised
    :param tolerance: days left to the bank after it
    :param made_on: day of the promise: earlier receipts have nothing to do with it
    """

    amount: Decimal
    day: date
    tolerance: int
    made_on: date

    def limit(self, calendar: Calendar) -> date:
        """Return the last day on which the money may arrive: banks work on it."""
        return calendar.limit_of(shift(self.day, self.tolerance))


@dataclass(frozen=True, slots=True)
class Receipt:
    """Money, or a credit note, matched with a line of the promise; positive."""

    on: date
    amount: Decimal
    is_credit_note: bool = False


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a promise.

    :param received: money that counts for it, at most what was promised
    :param missing: what was promised and neither received nor credited; 0 when kept
    :param settled_on: day of the receipt that fulfilled it, or None
    """

    state: str
    received: Decimal
    missing: Decimal
    settled_on: date | None = None


def judge(
    promise: Promise,
    receipts: Iterable[Receipt],
    still_owed: Decimal,
    today: date,
    calendar: Calendar,
) -> Outcome:
    """Return what became of a promise, as the books stand today.

    It is kept when what came in by its limit reaches the amount, or when that left
    nothing open on its lines; it is broken on the day after the limit otherwise. What
    is undone in the books no longer counts, since the same figures are asked again.

    :param receipts: what was matched with its lines, in any order
    :param still_owed: what is open on its lines today
    """
    limit = promise.limit(calendar)
    counted = sorted(
        (r for r in receipts if promise.made_on <= r.on), key=lambda r: r.on
    )
    in_time = [receipt for receipt in counted if receipt.on <= limit]
    received = sum((r.amount for r in in_time if not r.is_credit_note), ZERO)
    settled_on = _settled_on(in_time, promise.amount)
    if settled_on is None and in_time == counted and still_owed <= ZERO:
        settled_on = in_time[-1].on if in_time else promise.made_on
    if settled_on:
        return Outcome(KEPT, min(received, promise.amount), ZERO, settled_on)
    missing = promise.amount - sum((r.amount for r in in_time), ZERO)
    return Outcome(BROKEN if today > limit else OPEN, received, missing)


def _settled_on(receipts, amount):
    """Return the day on which the running total reaches the amount, or None."""
    for receipt in receipts:
        amount -= receipt.amount
        if amount <= ZERO:
            return receipt.on
    return None


def may_pause(granted: int, allowed: int | None) -> bool:
    """Say whether one more promise on the same line may suspend its reminders.

    :param granted: promises that already did, kept ones apart
    :param allowed: how many may; None sets no limit
    """
    return allowed is None or granted < allowed
