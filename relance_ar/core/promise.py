"""Promises to pay: what they suspend, and whether they were kept.

Nobody is asked whether a promise was kept: the money says it. A receipt counts when it
arrives from the day of the promise on; so does a credit note, since nobody owes any
more what it cancels. What is written off is no longer expected, but keeps nothing.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from .amounts import ZERO
from .calendar import Calendar, shift

OPEN, KEPT, BROKEN, VOID = "open", "kept", "broken", "void"


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
    """What was matched with a line of the promise; positive.

    :param is_credit_note: nobody owes it any more
    :param is_other: neither money nor a credit note: a loss, a transfer, a set-off
    :param document: id of the entry that it comes with
    """

    on: date
    amount: Decimal
    is_credit_note: bool = False
    is_other: bool = False
    document: int = 0


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

    It is kept when what came in by its limit reaches the amount, or what was left to
    pay of it; it is broken on the day after the limit otherwise. It is void when
    nothing came and nothing is left to pay: its lines were written off by then. What
    is undone in the books no longer counts, since the same figures are asked again.

    :param receipts: what was matched with its lines, in any order
    :param still_owed: what is open on its lines today
    """
    limit = promise.limit(calendar)
    since = sorted((r for r in receipts if promise.made_on <= r.on), key=lambda r: r.on)
    counted = [r for r in since if not r.is_other]
    in_time = [receipt for receipt in counted if receipt.on <= limit]
    received = sum((r.amount for r in in_time if not r.is_credit_note), ZERO)
    # A loss noted after the limit excuses nobody: it was still to be paid.
    lost_late = sum((r.amount for r in since if r.is_other and r.on > limit), ZERO)
    came = sum((r.amount for r in counted), ZERO)
    expected = min(promise.amount, came + max(still_owed, ZERO) + lost_late)
    if expected <= ZERO:
        return Outcome(VOID, ZERO, ZERO)
    settled_on = _settled_on(in_time, expected)
    if settled_on:
        return Outcome(KEPT, min(received, promise.amount), ZERO, settled_on)
    missing = expected - sum((r.amount for r in in_time), ZERO)
    return Outcome(BROKEN if today > limit else OPEN, received, missing)


def _settled_on(receipts, amount):
    """Return the day on which the running total reaches the amount, or None."""
    for receipt in receipts:
        amount -= receipt.amount
        if amount <= ZERO:
            return receipt.on
    return None


@dataclass(frozen=True, slots=True)
class PauseRules:
    """What a company grants to those who promise.

    :param times: how many promises about the same lines suspend their reminders
    :param longest: days after which reminders go on, whatever was promised
    :param share: part of what is owed, in percent, that must be promised
    """

    times: int
    longest: int
    share: int


OFTEN, SMALL = "often", "small"


def pause(
    promise: Promise,
    owed: Decimal,
    granted: int,
    rules: PauseRules,
    calendar: Calendar,
) -> tuple[date | None, str]:
    """Return the last day on which reminders are suspended, and else why they are not.

    A line is held as a whole or not at all: one invoice does not have two clocks. A
    promise of a small part of it is a payment on account, and leaves the rest late.

    :param owed: what may be paid on its lines, disputed parts left out
    :param granted: earlier promises about them that suspended, kept ones included
    :return: ``(day, "")``, or ``(None, OFTEN)``, or ``(None, SMALL)``
    """
    if granted >= rules.times or rules.longest <= 0:
        return None, OFTEN
    if promise.amount * 100 < owed * rules.share:
        return None, SMALL
    return min(promise.limit(calendar), shift(promise.made_on, rules.longest)), ""
