"""Working days in France: when a debtor may be contacted.

Public holidays come from the ``holidays`` library (Code du travail, art. L3133-1;
local law for Alsace-Moselle, art. L3134-13).
"""

from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import lru_cache

import holidays

ONE_DAY = timedelta(days=1)
SATURDAY = 5
# The library's codes of the two regions that share the local law.
_ALSACE_MOSELLE = ("57", "6AE")
# More closed days in a row than any firm takes: a guard against an endless search.
_LONGEST_CLOSURE = 400


@lru_cache(maxsize=64)
def public_holidays(year: int, alsace_moselle: bool = False) -> dict[date, str]:
    """Return the public holidays of ``year`` in metropolitan France, by date.

    :param alsace_moselle: add Good Friday and 26 December
    """
    days = dict(holidays.France(years=year, language="fr"))
    if alsace_moselle:
        for region in _ALSACE_MOSELLE:
            days.update(holidays.France(subdiv=region, years=year, language="fr"))
    return days


@dataclass(frozen=True, slots=True)
class Calendar:
    """The working days of the creditor: Monday to Friday less holidays and closings.

    :param closings: inclusive periods, as ``((first_day, last_day), ...)``
    """

    alsace_moselle: bool = False
    closings: tuple[tuple[date, date], ...] = field(default=())

    def is_working_day(self, day: date) -> bool:
        """Say whether somebody works on ``day``."""
        return not self.closed_because(day)

    def closed_because(self, day: date) -> str:
        """Return why nobody works on ``day``: a code, or "" on a working day."""
        if day.weekday() >= SATURDAY:
            return "weekend"
        if day in public_holidays(day.year, self.alsace_moselle):
            return "holiday"
        if any(first <= day <= last for first, last in self.closings):
            return "closing"
        return ""

    def next_working_day(self, day: date) -> date:
        """Return ``day``, or the first working day after it.

        :raise ValueError: when the closings leave no working day within a year
        """
        for _attempt in range(_LONGEST_CLOSURE):
            if self.is_working_day(day):
                return day
            day += ONE_DAY
        raise ValueError(f"no working day in the {_LONGEST_CLOSURE} days before {day}")
