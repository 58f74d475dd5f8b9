"""What a customer owes against what it may owe: scores, limits, classes, alerts."""

from collections.abc import Iterable
from decimal import Decimal
from typing import NamedTuple

# Shares of the limit, in percents, from which somebody is told.
THRESHOLDS = (50, 70, 90, 100)
HUNDRED = Decimal(100)


class RiskClass(NamedTuple):
    """A class of risk: from which score on, on a scale from 0 (worst) to 100."""

    id: int
    least_score: Decimal


def used_percent(exposure: Decimal, limit: Decimal) -> Decimal | None:
    """Return the share of a limit that is used, in percents; None without a limit.

    What a customer has in credit uses nothing.

    :param exposure: owed and about to be invoiced, in the currency of the limit
    """
    if limit <= 0:
        return None
    return max(exposure, Decimal(0)) * HUNDRED / limit


def band(exposure: Decimal, limit: Decimal) -> int:
    """Return the highest threshold that is reached, or 0."""
    used = used_percent(exposure, limit)
    reached = [share for share in THRESHOLDS if used is not None and used >= share]
    return max(reached, default=0)


def crossed(told: int, now: int) -> int:
    """Return the threshold to tell of, or 0: each once, until it is left and passed.

    :param told: the band of the last look
    :param now: the band of today
    """
    return now if now > told else 0


def scaled(score: Decimal, worst: Decimal, best: Decimal) -> Decimal:
    """Return a provider's score on a scale from 0 (worst) to 100 (best).

    :param worst: may be the larger one: some providers rate a risk, others a health
    :raise ValueError: when the score lies outside, or the scale has no length
    """
    if worst == best:
        raise ValueError("a scale needs two ends")
    share = (score - worst) * HUNDRED / (best - worst)
    if not 0 <= share <= HUNDRED:
        raise ValueError(f"{score} lies outside the scale {worst} to {best}")
    return share


def class_of(score: Decimal | None, classes: Iterable[RiskClass]) -> int | None:
    """Return the id of the class of a score from 0 to 100; None without a score."""
    if score is None:
        return None
    best_first = sorted(classes, key=lambda found: found.least_score, reverse=True)
    return next((c.id for c in best_first if score >= c.least_score), None)
