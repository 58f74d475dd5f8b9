"""What becomes of a registered letter, and from which day it counts."""

from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise

from .facts import Reason

POSTED, DELIVERED, REFUSED = "posted", "delivered", "refused"
UNCLAIMED, RETURNED = "unclaimed", "returned"
# Refused by who should have posted it: it has never left.
NOT_POSTED = "not_posted"
# Given to the debtor, or offered to them: the letter has done its work.
OFFERED = (REFUSED, UNCLAIMED)
# CPCE, R53-3: from the day after that of the announcement.
DAYS_TO_ACCEPT = 15
DAYS_WITHOUT_NEWS = 20


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


@dataclass(frozen=True, slots=True)
class Notice:
    """A formal notice by registered letter about an instalment.

    :param reminder: its reference
    :param notice_on: day from which it counts, None while it is on its way
    :param deadline: last day to pay that is printed on it
    :param days: days to pay that it grants
    :param grace: days left to the bank after that
    """

    reminder: str
    number: str
    state: str
    posted_on: date
    notice_on: date | None = None
    deadline: date | None = None
    days: int = 0
    grace: int = 0

    @property
    def last_day(self) -> date | None:
        """Return the last day to pay: as printed, with all the days granted.

        They run from the day on which the notice counts: who receives it late has as
        long as who receives it at once.
        """
        if not self.notice_on:
            return None
        counted = self.notice_on + timedelta(days=self.days)
        return max(filter(None, (self.deadline, counted)))

    def hold(self) -> tuple[date | None, Reason] | None:
        """Return until when nothing firmer is sent about the instalment, and why.

        On its way, nobody knows whether the debtor has been put on notice: the next
        step waits until somebody notes what became of it. Then until its last day,
        and as long as the bank takes.

        :return: last such day (None: until somebody says so) and the reason; None when
            the letter came back from an address that is not theirs
        """
        if self.state == POSTED:
            params = {"reminder": self.reminder, "on": self.posted_on}
            return None, Reason("notice_under_way", params)
        if not self.notice_on:
            return None
        until = self.last_day + timedelta(days=max(self.grace - 1, 0))
        params = {"on": self.notice_on, "deadline": self.last_day, "days": self.grace}
        return until, Reason("notice_counts", params)


def news_expected_before(today: date) -> date:
    """Return the day before which a letter was posted whose fate should be known.

    One that is not collected comes back after 15 days at the post office.
    """
    return today - timedelta(days=DAYS_WITHOUT_NEWS)
