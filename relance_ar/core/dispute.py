"""Disputes: the part of a debt that is not chased, and by when to settle them."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal

from .amounts import ZERO
from .calendar import Calendar, shift


def allocate(amount: Decimal, open_amounts: Sequence[Decimal]) -> list[Decimal]:
    """Return the disputed part of each line, the first ones first.

    :param amount: what is disputed in all; more than what is open disputes everything
    :param open_amounts: what is open on each line, in the order to take them
    """
    parts = []
    for open_amount in open_amounts:
        part = min(max(open_amount, ZERO), amount)
        parts.append(part)
        amount -= part
    return parts


def disputed_parts(
    disputes: Iterable[tuple[Decimal, Sequence[int]]], residuals: Mapping[int, Decimal]
) -> dict[int, Decimal]:
    """Return ``{line id: what is disputed of it today}``: never more than is open.

    Several disputes on one line add up. What was paid since comes off the undisputed
    part first: a debtor pays what they agree with.

    :param disputes: amount and ids of the lines of each dispute, in order
    :param residuals: what is open today, by line
    """
    left = dict(residuals)
    found = {}
    for amount, line_ids in disputes:
        parts = allocate(amount, [left.get(line_id, ZERO) for line_id in line_ids])
        for line_id, part in zip(line_ids, parts, strict=True):
            if part > ZERO:
                left[line_id] -= part
                found[line_id] = found.get(line_id, ZERO) + part
    return found


def deadline(start: date, days: int, calendar: Calendar) -> date:
    """Return the last day to settle it: ``days`` working days after ``start``."""
    day = calendar.limit_of(start)
    for _working_day in range(days):
        day = calendar.limit_of(shift(day, 1))
    return day
