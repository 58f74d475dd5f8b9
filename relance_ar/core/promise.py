"""Promises to pay: what they suspend, and whether they were kept.

Nobody is asked whether a promise was kept: the money says it. A receipt counts when it
arrives from the day of the promise on; so does a credit note, since nobody owes any
more what it cancels. What is written off is no longer expected, but keeps nothing.
What is disputed is not expected either, until the dispute is over.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from .amounts import ZERO
from .calendar import Calendar, shift

OPEN, KEPT, BROKEN, VOID = "open", "kept", "broken", "void"
# Days left to match money that came in time: what is not in order on our side first.
MATCHING_DAYS = 10


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
class Freed:
    """What a dispute left to be paid when it ended.

    :param on: day on which it ended
    :param amount: in the currency of the lines
    :param since: day on which it had begun
    """

    on: date
    amount: Decimal
    since: date = date.min


@dataclass(frozen=True, slots=True)
class Books:
    """What the books say besides the receipts that are matched.

    :param owed: what is open today on the lines, disputed or not
    :param disputed: the part of it that is disputed today
    :param slack: what may be missing of an amount without anybody minding
    :param unmatched: money and credit notes of the debtor that pay nothing yet
    :param freed: disputes about the lines that have ended since
    """

    owed: Decimal = ZERO
    disputed: Decimal = ZERO
    slack: Decimal = ZERO
    unmatched: tuple[Receipt, ...] = ()
    freed: tuple[Freed, ...] = ()

    @property
    def payable(self) -> Decimal:
        """Return what is open and not disputed."""
        return max(self.owed - self.disputed, ZERO)

    def slack_of(self, amount: Decimal) -> Decimal:
        """Return what may be missing of an amount: of a small one, a tenth at most."""
        return min(self.slack, amount / 10)

    def with_unmatched(self) -> "Books":
        """Return the books as they will be once the unmatched money is matched."""
        came = sum((receipt.amount for receipt in self.unmatched), ZERO)
        return replace(self, owed=max(self.owed - came, ZERO), unmatched=())

    def extend(
        self, limit: date, missing: Decimal, tolerance: int, calendar: Calendar
    ) -> date:
        """Return the last day for an amount that was disputed on its first one.

        :param limit: last day on which all the rest might arrive
        :param missing: what had not come by then
        """
        open_then = [f for f in self.freed if f.since <= limit < f.on]
        if not ZERO < missing <= sum((f.amount for f in open_then), ZERO):
            return limit
        last = max(freed.on for freed in open_then)
        return calendar.limit_of(shift(last, tolerance))


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a promise.

    :param received: money that came for it, in time or late, at most what was promised
    :param missing: what was promised and is still to come today; 0 when kept
    :param settled_on: day of the receipt that fulfilled it, or None
    :param to_match: money came in time, and has to be matched before it is judged
    :param until: last day on which it is waited for, if that is after its limit
    """

    state: str
    received: Decimal
    missing: Decimal
    settled_on: date | None = None
    to_match: bool = False
    until: date | None = None


def judge(
    promise: Promise,
    receipts: Iterable[Receipt],
    books: Books,
    today: date,
    calendar: Calendar,
) -> Outcome:
    """Return what became of a promise, as the books stand today.

    It is kept when what came in by its limit reaches the amount, or what was left to
    pay of it; it is broken on the day after the limit otherwise. It is void when
    nothing came and nothing is left to pay: its lines were written off by then. What
    is undone in the books no longer counts, since the same figures are asked again.

    What is disputed is not waited for; once the dispute is over, for the tolerance of
    the promise. Money that came in time and is not matched leaves it open some days.

    :param receipts: what was matched with its lines, in any order
    """
    receipts = list(receipts)
    found = _judge(promise, receipts, books, today, calendar)
    if found.state != BROKEN or not books.unmatched:
        return found
    last = shift(promise.limit(calendar), MATCHING_DAYS)
    if today > last:
        return found
    matched = [*receipts, *(_since(r, promise.made_on) for r in books.unmatched)]
    again = _judge(promise, matched, books.with_unmatched(), today, calendar)
    if again.state != KEPT:
        return found
    return replace(found, state=OPEN, to_match=True, until=last)


def _since(receipt, day):
    """Return a receipt that was on its way on ``day`` as of that day."""
    return replace(receipt, on=max(receipt.on, day))


def _judge(promise, receipts, books, today, calendar):
    limit = promise.limit(calendar)
    since = sorted((r for r in receipts if promise.made_on <= r.on), key=lambda r: r.on)
    counted = [r for r in since if not r.is_other]
    came = sum((r.amount for r in counted), ZERO)
    # A loss noted after the limit excuses nobody: it was still to be paid.
    lost_late = sum((r.amount for r in since if r.is_other and r.on > limit), ZERO)
    expected = min(promise.amount, came + books.payable + lost_late)
    if expected <= ZERO:  # all that is left of it may be disputed
        return Outcome(OPEN if books.disputed else VOID, ZERO, ZERO)
    wanted = expected - books.slack_of(promise.amount)
    by_limit = sum((r.amount for r in counted if r.on <= limit), ZERO)
    limit = books.extend(limit, wanted - by_limit, promise.tolerance, calendar)
    in_time = [receipt for receipt in counted if receipt.on <= limit]
    settled_on = _settled_on(in_time, wanted)
    if settled_on:
        received = sum((r.amount for r in in_time if not r.is_credit_note), ZERO)
        return Outcome(KEPT, min(received, promise.amount), ZERO, settled_on)
    received = sum((r.amount for r in counted if not r.is_credit_note), ZERO)
    missing = min(max(expected - came, ZERO), books.payable)
    state, until = BROKEN, None
    if today <= limit:
        state, until = OPEN, limit if limit > promise.limit(calendar) else None
    return Outcome(state, min(received, promise.amount), missing, until=until)


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
