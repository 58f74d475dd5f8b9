"""Honest intervals around rates and days seen in a limited number of cases.

No simulation and no assumption on how days are spread: late payments have long tails.
"""

from collections.abc import Sequence
from math import comb, sqrt
from statistics import NormalDist

# Two-sided 95 %.
Z = 1.959964
CONFIDENCE = 0.95


def normal(confidence: float) -> float:
    """Return how many deviations a two-sided interval takes, by its confidence."""
    return NormalDist().inv_cdf((1 + confidence) / 2)


def wilson(hits: float, cases: int, z: float = Z) -> tuple[float, float]:
    """Return the interval of a rate seen ``hits`` times in ``cases``.

    E. B. Wilson, Probable inference, the law of succession, and statistical inference,
    Journal of the American Statistical Association 22, 1927. Unlike the textbook
    interval it holds for few cases and for rates near 0 and 1. Without a case nothing
    is known: from 0 to 1.

    :param hits: also a sum of shares, where a case may be hit in part
    :param z: deviations on each side, see ``normal``; 95 % unless told
    """
    if not cases:
        return 0.0, 1.0
    rate, square = hits / cases, z * z
    middle = rate + square / (2 * cases)
    width = z * sqrt(rate * (1 - rate) / cases + square / (4 * cases * cases))
    scale = 1 + square / cases
    # The ends are exact where rounding would leave a trace.
    low = (middle - width) / scale if hits else 0.0
    high = (middle + width) / scale if hits < cases else 1.0
    return low, high


def median(ordered: Sequence[float]) -> float:
    """Return the middle of values in order: half of the cases took no longer."""
    half, odd = divmod(len(ordered), 2)
    return ordered[half] if odd else (ordered[half - 1] + ordered[half]) / 2


def median_interval(ordered: Sequence[float]) -> tuple[float, float] | None:
    """Return two values seen between which the median lies, at 95 % or better.

    From the ranks alone (sign test). None with fewer than 6 cases: no two of them hold
    the median that surely.
    """
    cases = len(ordered)
    rank = _rank(cases)
    return (ordered[rank], ordered[cases - 1 - rank]) if rank is not None else None


def _rank(cases):
    """Return the largest rank that leaves 2.5 % on its side at most, or None."""
    if cases > 200:  # the normal approximation is as good, and needs no large numbers
        return max(int(cases / 2 - Z * sqrt(cases) / 2 - 1), 0)
    tail, rank = 0, None
    for below in range(cases):
        tail += comb(cases, below)
        if tail / 2**cases > (1 - CONFIDENCE) / 2:
            break
        rank = below
    return rank
