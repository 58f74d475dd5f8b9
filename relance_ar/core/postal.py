"""What becomes of a registered letter, and from which day it counts."""

from datetime import timedelta
from itertools import pairwise

POSTED, DELIVERED, REFUSED = "posted", "delivered", "refused"
UNCLAIMED, RETURNED = "unclaimed", "returned"
# Given to the debtor, or offered to them: the letter has done its work.
OFFERED = (REFUSED, UNCLAIMED)
# CPCE, R53-3: from the day after that of the announcement.
DAYS_TO_ACCEPT = 15


def notice_date(state, presented=None, delivered=None):
    """Return the day from which a formal notice by registered letter counts, or None.

    Its receipt; if the debtor refused it or did not collect it, the day on which it was
    first presented: a letter that was not collected is valid all the same (Cass. 1re
    civ., 20/01/2021, n° 19-20.680). On its way, or come back from an address that is
    not theirs, it does not count: the cautious reading.

    :param presented: day of the first presentation; of an electronic letter, day on
        which it was announced to them
    :param delivered: day of the receipt
    """
    if state == DELIVERED:
        return delivered
    if state in OFFERED:
        return presented
    return None


def last_day_to_accept(announced):
    """Return the last day on which an electronic letter can be accepted (R53-3)."""
    return announced + timedelta(days=DAYS_TO_ACCEPT)


def find_disorder(posted, presented, delivered, today):
    """Return the first pair of days in the wrong order, as their names, or None.

    :return: ``(earlier, later)`` among "posted", "presented", "delivered", "today"
    """
    days = [
        (name, day)
        for name, day in (
            ("posted", posted),
            ("presented", presented),
            ("delivered", delivered),
            ("today", today),
        )
        if day
    ]
    for (name, day), (next_name, next_day) in pairwise(days):
        if day > next_day:
            return name, next_name
    return None
