"""Honest intervals around rates and days seen in a limited number of cases.

No simulation and no assumption on how days are spread: late payments have long tails.
"""

from collections.abc import Sequence
from math import comb, sqrt

# Two-sided 95 %.
Z = 1.959964
CONFIDENCE = 0.95


def wilson(hits: int, cases: int) -> tuple[float, float]:
    """Return the 95 % interval of a rate seen ``hits`` times in ``cases``.

    E. B. Wilson, 1927. Unlike the textbook interval it holds for few cases and for
    rates near 0 and 1. Without a case nothing is known: from 0 to 1.
    """
    if not cases:
        return 0.0, 1.0
    rate, square = hits / cases, Z * Z
    middle = rate + square / (2 * cases)
    width = Z * sqrt(rate * (1 - rate) / cases + square / (4 * cases * cases))
    scale = 1 + square / cases
    # The ends are exact where rounding would leave a trace.
    low = (middle - width) / scale if hits else 0.0
    high = (middle + width) / scale if hits < cases else 1.0
    return low, high


def median(ordered: Sequence[int]) -> float:
    """Return the middle of values in order: half of the cases took no longer."""
    half, odd = divmod(len(ordered), 2)
    return ordered[half] if odd else (ordered[half - 1] + ordered[half]) / 2


def median_interval(ordered: Sequence[int]) -> tuple[int, int] | None:
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
