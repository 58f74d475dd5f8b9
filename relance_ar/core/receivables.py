"""What customers owed at the end of any day, and how late it was.

Nothing is kept: the figures follow from what was posted and matched, and when. A
back-dated entry changes the past months at once, as it does in the ledger.
"""

from bisect import bisect_right
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from itertools import accumulate, pairwise

from .amounts import ZERO

# Days late from which an amount is in the second, third, … age class.
LATE_FROM = (1, 31, 61, 91)
# Age classes by the due date of each instalment; what bears none has its entry's date.
NOT_DUE, OVER_90 = "not_due", "over_90"
TO_30, TO_60, TO_90 = "to_30", "to_60", "to_90"
CLASSES = (NOT_DUE, TO_30, TO_60, TO_90, OVER_90)
# Flows: of credits not matched (negative), of debits, of those late by so many days.
CREDITS, DEBITS = "credits", "debits"
FLOWS = (CREDITS, DEBITS, *LATE_FROM)


class Curve:
    """An amount through time: the sum of what happened up to the end of a day."""

    __slots__ = ("_days", "_sums")

    def __init__(self, changes: Mapping[date, Decimal]):
        """Take the change of each day, in any order."""
        self._days = sorted(changes)
        self._sums = list(accumulate(changes[day] for day in self._days))

    def at(self, day: date) -> Decimal:
        """Return the amount at the end of ``day``; 0 before anything happened."""
        rank = bisect_right(self._days, day)
        return self._sums[rank - 1] if rank else ZERO

    def sum_of_days(self, start: date, end: date) -> Decimal:
        """Return the sum of the amounts at the end of each day, both ends included.

        :return: amount × days, as interest is reckoned from
        """
        inside = self._days[bisect_right(self._days, start) :]
        stops = [*(day for day in inside if day <= end), end + timedelta(days=1)]
        total, since = ZERO, start
        for stop in stops:
            total += self.at(since) * (stop - since).days
            since = stop
        return total


@dataclass(frozen=True, slots=True)
class Standing:
    """What customers owe at the end of a day, by age. Sums of standings are standings.

    :param classes: open debits by age class, in the order of ``CLASSES``
    :param credits: credit notes and payments not matched yet, negative
    """

    classes: tuple[Decimal, ...] = (ZERO,) * len(CLASSES)
    credits: Decimal = ZERO

    def __add__(self, other: "Standing") -> "Standing":
        classes = map(sum, zip(self.classes, other.classes, strict=True))
        return Standing(tuple(classes), self.credits + other.credits)

    def converted(self, rate: Decimal) -> "Standing":
        """Return the same in another currency, one unit of which is 1 / ``rate``."""
        return Standing(tuple(a * rate for a in self.classes), self.credits * rate)

    @property
    def open(self) -> Decimal:
        """Return the open debits, credits not taken off."""
        return sum(self.classes, ZERO)

    @property
    def balance(self) -> Decimal:
        """Return what is owed once the credits are taken off: the balance of the books.

        Negative when customers are owed more than they owe.
        """
        return self.open + self.credits

    @property
    def overdue(self) -> Decimal:
        """Return the open debits whose due date has passed, by a day or more."""
        return sum(self.classes[1:], ZERO)

    @property
    def not_due_net(self) -> Decimal:
        """Return what is not due, the credits set against the oldest debts first."""
        return max(min(self.classes[0], self.balance), ZERO)

    @property
    def by_class(self) -> dict[str, Decimal]:
        """Return the open debits by the code of their age class."""
        return dict(zip(CLASSES, self.classes, strict=True))


def standing(curves: Mapping[object, Curve], day: date) -> Standing:
    """Return what was owed at the end of a day, in the currency of the curves.

    :param curves: by ``FLOWS``; one that is missing is 0 all the time
    """
    nothing = Curve({})
    debits, *late = (curves.get(kind, nothing).at(day) for kind in (DEBITS, *LATE_FROM))
    classes = tuple(a - b for a, b in pairwise([debits, *late, ZERO]))
    return Standing(classes, curves.get(CREDITS, nothing).at(day))


@dataclass(frozen=True, slots=True)
class Part:
    """A part of an instalment, or of a credit, and how long it was open.

    :param amount: signed; credits are negative
    :param day: of the entry
    :param due: its due date
    :param until: day on which it was matched; None: still open
    """

    amount: Decimal
    day: date
    due: date
    until: date | None = None


def flows_of(parts: Iterable[Part]) -> dict[object, dict[date, Decimal]]:
    """Return the flows of parts, as ``standing`` wants them: what SQL does for many.

    A part is late from the day after its due date; one that is matched before it would
    reach an age never enters that class.
    """
    found: dict[object, dict[date, Decimal]] = {kind: {} for kind in FLOWS}
    for part in parts:
        is_credit = part.amount < ZERO
        starts = {CREDITS if is_credit else DEBITS: part.day}
        if not is_credit:
            for days in LATE_FROM:
                starts[days] = max(part.day, part.due + timedelta(days=days))
        for kind, start in starts.items():
            if part.until is None or start < part.until:
                changes = found[kind]
                changes[start] = changes.get(start, ZERO) + part.amount
                if part.until is not None:
                    end = part.until
                    changes[end] = changes.get(end, ZERO) - part.amount
    return found
