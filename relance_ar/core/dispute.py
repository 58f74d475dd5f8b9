"""Disputes: the part of a debt that is not chased, and by when to settle them."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal

from .amounts import ZERO
from .calendar import Calendar, shift

PAID, PARTLY = "paid", "partly"


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


def parts_by_dispute(
    disputes: Iterable[tuple[int, Decimal, Sequence[int]]],
    residuals: Mapping[int, Decimal],
) -> dict[int, dict[int, Decimal]]:
    """Return ``{dispute: {line id: what it contests of it today}}``.

    Never more than is open. Several disputes on one line add up, in their order: the
    answer is right if all those that share a line, at first or second hand, are given.
    What was paid since comes off the undisputed part first: a debtor pays what they
    agree with.

    :param disputes: key, amount and ids of the lines of each dispute, in order
    :param residuals: what is open today, by line
    """
    left = dict(residuals)
    found = {}
    for key, amount, line_ids in disputes:
        parts = allocate(amount, [left.get(line_id, ZERO) for line_id in line_ids])
        own = found.setdefault(key, {})
        for line_id, part in zip(line_ids, parts, strict=True):
            if part > ZERO:
                left[line_id] -= part
                own[line_id] = own.get(line_id, ZERO) + part
    return found


def disputed_parts(
    disputes: Iterable[tuple[int, Decimal, Sequence[int]]],
    residuals: Mapping[int, Decimal],
) -> dict[int, Decimal]:
    """Return ``{line id: what is disputed of it today}``, by all the disputes.

    :param disputes: as in ``parts_by_dispute``
    """
    found = {}
    for parts in parts_by_dispute(disputes, residuals).values():
        for line_id, part in parts.items():
            found[line_id] = found.get(line_id, ZERO) + part
    return found


def divide_credit(
    amount: Decimal, *rooms: Mapping[int, Decimal]
) -> tuple[dict[int, Decimal], Decimal]:
    """Return ``{invoice: its part of a credit}``, and what finds no room.

    :param rooms: how much each invoice may be credited, the best reason first: what
        the dispute contests, what is open, what was invoiced; each includes those
        before it
    """
    found = {}
    for room in rooms:
        for key, most in room.items():
            part = min(amount, max(most - found.get(key, ZERO), ZERO))
            if part > ZERO:
                found[key] = found.get(key, ZERO) + part
                amount -= part
    return found, amount


def deadline(start: date, days: int, calendar: Calendar) -> date:
    """Return the last day to settle it: ``days`` working days after ``start``."""
    day = calendar.limit_of(start)
    for _working_day in range(days):
        day = calendar.limit_of(shift(day, 1))
    return day


def next_person(order: Sequence, asked):
    """Return who is asked after ``asked``, or None if nobody is left.

    :param order: the people to ask, the first ones first
    :param asked: who was asked last; one who is not in the order (any more) counts as
        nobody
    """
    after = order.index(asked) + 1 if asked in order else 0
    return order[after] if after < len(order) else None


def credited(
    disputes: Iterable[tuple[int, Decimal, Mapping[str, Decimal], Sequence[int]]],
    credits: Mapping[int, Mapping[str, Decimal]],
) -> dict[int, Decimal]:
    """Return ``{dispute: what credit notes have taken off it since it was opened}``.

    A credit note says that the customer was right: it reduces the disputed part before
    the rest, the oldest dispute first, each cent once.

    :param disputes: key, amount, what was matched earlier and ids of the lines
    :param credits: by line, what is matched of each credit note
    """
    left = {line: dict(found) for line, found in credits.items()}
    result = {}
    for key, amount, earlier, line_ids in disputes:
        for line_id in line_ids:
            for note, matched in credits.get(line_id, {}).items():
                since = min(left[line_id][note], matched - earlier.get(note, ZERO))
                part = min(since, amount - result.get(key, ZERO))
                if part > ZERO:
                    left[line_id][note] -= part
                    result[key] = result.get(key, ZERO) + part
    return result


def is_undone(
    outcome: str, upheld: Decimal, standing: Decimal, *, is_open: bool, by_books: bool
) -> bool:
    """Say whether what settled a dispute is gone.

    :param outcome: how it was settled
    :param upheld: the part in which the customer was right
    :param standing: what its credit notes still give them
    :param is_open: whether anything is owed on its instalments
    :param by_books: whether a payment or a credit note ended it, and nobody else
    """
    if standing < upheld:
        return True
    return is_open and (outcome == PAID or (by_books and outcome == PARTLY))


def shares(amount: Decimal, weights: Sequence[Decimal], unit: Decimal) -> list[Decimal]:
    """Divide an amount in proportion to weights; the parts add up to it exactly.

    :param unit: smallest amount of money, a cent for instance
    """
    total, done, so_far, parts = sum(weights, ZERO), ZERO, ZERO, []
    for weight in weights:
        so_far += weight
        until = (amount * so_far / total / unit).quantize(Decimal(1)) * unit
        parts.append(until - done)
        done = until
    return parts
