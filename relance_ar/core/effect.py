"""Which actions work: what follows a contact, with how many debtors, and how surely.

A case is one contact of one debtor that took place, with all the instalments it was
about together, until the next contact about one of them or some days, whichever comes
first. It is paid when all of them are. What is seen is what came after, not because:
those who are called were chosen. So only differences that chance hardly explains are
told, within one profile and one phase, and as words: nothing changes by itself.

The cases of one debtor are not independent: who pays, pays. So each debtor counts
once, with the share of their own cases, and it is debtors that the intervals count
(A. Donner, N. Klar, Design and Analysis of Cluster Randomization Trials in Health
Research, 2000, on the unit of analysis).
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from itertools import combinations
from math import fsum
from typing import NamedTuple

from .amounts import ZERO
from .interval import CONFIDENCE, median, median_interval, normal, wilson

# What comes in later is hardly put down to a contact.
WINDOW_DAYS = 30
# Fewer debtors say nothing, however many cases they have.
LEAST_DEBTORS = 10


class Action(NamedTuple):
    """What is compared: a channel, for one phase and one profile of payers."""

    phase: str
    profile: int
    channel: str


@dataclass(frozen=True, slots=True)
class Followed:
    """What followed the contacts of one debtor, by one kind of contact.

    :param cases: contacts whose time is over, 1 or more
    :param paid: those after which all was paid within it
    :param days: sum, over those paid, of the days from contact to payment; the days of
        each are the mean of its payments, weighted by their amounts
    :param amount: what was owed, credit notes of that time taken off, in one currency
    :param recovered: what came in within the time
    """

    cases: int
    paid: int = 0
    days: float = 0.0
    amount: Decimal = ZERO
    recovered: Decimal = ZERO

    def __add__(self, other: "Followed") -> "Followed":
        """Return what followed the contacts of both kinds, of the same debtor."""
        return Followed(
            self.cases + other.cases,
            self.paid + other.paid,
            self.days + other.days,
            self.amount + other.amount,
            self.recovered + other.recovered,
        )


@dataclass(frozen=True, slots=True)
class Effect:
    """What followed the contacts of one kind, with many debtors.

    :param debtors: different debtors of the cases: what the intervals count
    :param cases: contacts whose time is over
    :param paid: those after which all was paid within it
    :param rate: mean over the debtors of the share of their own cases that were paid,
        with its 95 % interval ``rate_low`` to ``rate_high``
    :param days: median over the debtors who paid of their days from contact to payment,
        and the interval of the median; None without enough of them
    :param amount: what was owed, in one currency
    :param recovered: what came in within the time
    """

    debtors: int
    cases: int
    paid: int
    rate: float
    rate_low: float
    rate_high: float
    days: float | None
    days_low: float | None
    days_high: float | None
    amount: Decimal
    recovered: Decimal

    @property
    def is_enough(self) -> bool:
        """Say whether there are enough debtors to say anything."""
        return self.debtors >= LEAST_DEBTORS

    def interval(self, confidence: float = CONFIDENCE) -> tuple[float, float]:
        """Return the interval of the rate: Wilson's, with as many cases as debtors.

        The share of a debtor lies between 0 and 1, so its variance is rate × (1 − rate)
        at most (R. Bhatia, C. Davis, A better bound on the variance, American
        Mathematical Monthly 107, 2000), that of one yes or no, which Wilson's interval
        takes: it is too wide rather than too narrow, however alike the cases of one
        debtor are.
        """
        return wilson(self.rate * self.debtors, self.debtors, normal(confidence))


def measure(found: Iterable[Followed]) -> Effect:
    """Return what followed the contacts of one kind.

    :param found: one for each debtor
    """
    found = list(found)
    debtors, hits = len(found), fsum(one.paid / one.cases for one in found)
    low, high = wilson(hits, debtors)
    days = sorted(one.days / one.paid for one in found if one.paid)
    between = median_interval(days) if debtors >= LEAST_DEBTORS else None
    return Effect(
        debtors=debtors,
        cases=sum(one.cases for one in found),
        paid=sum(one.paid for one in found),
        rate=hits / debtors if debtors else 0.0,
        rate_low=low,
        rate_high=high,
        days=median(days) if between else None,
        days_low=between and between[0],
        days_high=between and between[1],
        amount=sum((one.amount for one in found), ZERO),
        recovered=sum((one.recovered for one in found), ZERO),
    )


class Finding(NamedTuple):
    """One channel does better than another, for one phase and profile."""

    better: Action
    worse: Action


def pairs(effects: Mapping[Action, Effect]) -> list[tuple[Action, Action]]:
    """Return what is compared: pairs of one phase and profile, with enough debtors."""
    known = sorted(action for action, effect in effects.items() if effect.is_enough)
    return [
        (one, other)
        for one, other in combinations(known, 2)
        if (one.phase, one.profile) == (other.phase, other.profile)
    ]


def findings(effects: Mapping[Action, Effect]) -> list[Finding]:
    """Return the differences that are surely more than chance.

    The intervals of the two rates do not overlap, each with a confidence of
    1 − 0.05 ÷ number of pairs compared (Bonferroni; O. J. Dunn, Multiple comparisons
    among means, Journal of the American Statistical Association 56, 1961): where no
    channel does better than another, all pairs together announce something by chance in
    one report out of twenty at most.

    Intervals that do not overlap ask for more than a test of the difference would
    (N. Schenker, J. F. Gentleman, On judging the significance of differences by
    examining the overlap between confidence intervals, The American Statistician 55,
    2001). So it holds for two channels with the same debtors too, whose rates move
    together: the deviation of a difference is never more than the sum of the two.
    """
    compared = pairs(effects)
    if not compared:
        return []
    confidence = 1 - (1 - CONFIDENCE) / len(compared)
    between = {
        action: effects[action].interval(confidence)
        for action in {action for pair in compared for action in pair}
    }
    found = []
    for one, other in compared:
        if between[one][0] > between[other][1]:
            found.append(Finding(one, other))
        elif between[other][0] > between[one][1]:
            found.append(Finding(other, one))
    return found


def pooled(kinds: Iterable[Mapping[int, Followed]]) -> dict[int, Followed]:
    """Return what followed several kinds of contacts together, by debtor.

    :param kinds: for each kind, what followed by id of the debtor; one who is in
        several counts once
    """
    found = defaultdict(list)
    for kind in kinds:
        for debtor, followed in kind.items():
            found[debtor].append(followed)
    return {
        debtor: sum(several[1:], start=several[0]) for debtor, several in found.items()
    }
