"""Which actions work: what follows a contact, with how many cases, and how surely.

A case is one instalment in one contact that took place, until the next contact about it
or some days, whichever comes first. What is seen is what came after, not because: those
who are called were chosen. So only differences that chance hardly explains are told,
within one profile and one phase, and as words: nothing changes by itself.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import combinations
from typing import NamedTuple

from .amounts import ZERO
from .interval import median, median_interval, wilson

# What comes in later is hardly put down to a contact.
WINDOW_DAYS = 30
# Fewer cases say nothing, whatever their interval.
LEAST_CASES = 10


class Action(NamedTuple):
    """What is compared: a channel, for one phase and one profile of payers."""

    phase: str
    profile: int
    channel: str


@dataclass(frozen=True, slots=True)
class Effect:
    """What followed the contacts of one kind.

    :param cases: instalments in contacts whose time is over
    :param paid: those paid in full within it
    :param rate: paid ÷ cases, with its 95 % interval ``rate_low`` to ``rate_high``
    :param days: median of the days from contact to payment, of those paid, and the
        interval of the median; None without enough of them
    :param amount: what was owed, in one currency
    :param recovered: what came in within the time
    """

    cases: int
    paid: int
    rate_low: float
    rate_high: float
    days: float | None
    days_low: int | None
    days_high: int | None
    amount: Decimal
    recovered: Decimal

    @property
    def rate(self) -> float:
        """Return the share of the instalments that were paid."""
        return self.paid / self.cases if self.cases else 0.0

    @property
    def is_enough(self) -> bool:
        """Say whether there are enough cases to say anything."""
        return self.cases >= LEAST_CASES


def measure(
    cases: int, days: Sequence[int], amount: Decimal = ZERO, recovered: Decimal = ZERO
) -> Effect:
    """Return what followed some contacts.

    :param days: days from contact to payment, in order, one for each case paid
    """
    low, high = wilson(len(days), cases)
    between = median_interval(days)
    return Effect(
        cases=cases,
        paid=len(days),
        rate_low=low,
        rate_high=high,
        days=median(days) if between else None,
        days_low=between and between[0],
        days_high=between and between[1],
        amount=amount,
        recovered=recovered,
    )


class Finding(NamedTuple):
    """One channel does better than another, for one phase and profile."""

    better: Action
    worse: Action


def findings(effects: dict[Action, Effect]) -> list[Finding]:
    """Return the differences that are surely more than chance.

    The intervals of the two rates do not overlap: with 95 % each, fewer than one
    difference in a hundred found by chance alone.
    """
    found = []
    known = {action: e for action, e in effects.items() if e.is_enough}
    for one, other in combinations(sorted(known), 2):
        if (one.phase, one.profile) != (other.phase, other.profile):
            continue
        if known[one].rate_low > known[other].rate_high:
            found.append(Finding(one, other))
        elif known[other].rate_low > known[one].rate_high:
            found.append(Finding(other, one))
    return found


def pooled(effects: Iterable[tuple[int, Sequence[int], Decimal, Decimal]]) -> Effect:
    """Return what followed several kinds of contacts together.

    :param effects: arguments of ``measure``
    """
    cases, days, amount, recovered = 0, [], ZERO, ZERO
    for more_cases, more_days, more_amount, more_recovered in effects:
        cases += more_cases
        days += more_days
        amount += more_amount
        recovered += more_recovered
    return measure(cases, sorted(days), amount, recovered)
