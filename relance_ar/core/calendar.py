"""Working days and seasons in France: when a debtor may be contacted, and how often.

Public holidays come from the ``holidays`` library (Code du travail, art. L3133-1;
local law for Alsace-Moselle, art. L3134-13). The seasons come from the articles on
September: what matures in August is asked about before the holidays, and contacts
follow one another faster when everybody is back.
"""

from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache

# Not from the package itself, which would load all countries in the middle of a run.
from holidays.countries import France

SATURDAY = 5
# The library's codes of the two regions that share the local law.
_ALSACE_MOSELLE = ("57", "6AE")
# The calendar ends here: what lies beyond is taken for its first or last day, so that a
# hold until 9999 or an entry of the year 1 is reckoned with like any other.
FIRST_DAY, LAST_DAY = date(1900, 1, 1), date(2199, 12, 31)
# More closed days in a row than any firm takes: a guard against an endless search.
_LONGEST_CLOSURE = 400


@lru_cache(maxsize=64)
def public_holidays(year: int, alsace_moselle: bool = False) -> dict[date, str]:
    """Return the public holidays of ``year`` in metropolitan France, by date.

    :param alsace_moselle: add Good Friday and 26 December
    """
    days = dict(France(years=year, language="fr"))
    if alsace_moselle:
        for region in _ALSACE_MOSELLE:
            days.update(France(subdiv=region, years=year, language="fr"))
    return days


def shift(day: date, days: int = 0) -> date:
    """Return the day ``days`` after ``day``, inside the calendar."""
    first, last = FIRST_DAY.toordinal(), LAST_DAY.toordinal()
    return date.fromordinal(min(max(day.toordinal() + days, first), last))


class NoWorkingDayError(ValueError):
    """Closings leave no working day within a year: nobody can be contacted."""


@dataclass(frozen=True, slots=True)
class Closing:
    """A period in which nobody works, first and last day included.

    :param yearly: it comes back every year on the same days
    :param of_debtor: the debtor is closed, not we
    """

    first: date
    last: date
    yearly: bool = False
    of_debtor: bool = False

    def covers(self, day: date) -> bool:
        """Say whether ``day`` lies in the period."""
        if not self.yearly:
            return self.first <= day <= self.last
        period = (self.first.month, self.first.day), (self.last.month, self.last.day)
        return _in_yearly_period(period, day)

    def next_start(self, today: date) -> date:
        """Return the first day from today on that lies in it, or could."""
        if not self.yearly:
            return max(self.first, today)
        start = _on((self.first.month, self.first.day), today.year)
        if start >= today:
            return start
        return _on((self.first.month, self.first.day), today.year + 1)


@dataclass(frozen=True, slots=True)
class Season:
    """A part of every year with a rhythm of its own.

    :param first: ``(month, day)`` on which it begins
    :param last: ``(month, day)`` on which it ends, perhaps in the next year
    :param lead: what matures in it is first asked about at the latest so many days
        before it begins; None leaves the preventive steps alone
    :param min_gap: days between two contacts in it, where the scenario asks for more;
        None leaves the scenario's
    """

    name: str
    first: tuple[int, int]
    last: tuple[int, int]
    lead: int | None = None
    min_gap: int | None = None

    def covers(self, day: date) -> bool:
        """Say whether ``day`` lies in the season."""
        return _in_yearly_period((self.first, self.last), day)

    def start_before(self, day: date) -> date:
        """Return the day on which the season that holds ``day`` began."""
        began_last_year = (day.month, day.day) < self.first
        return _on(self.first, day.year - 1 if began_last_year else day.year)


@dataclass(frozen=True, slots=True)
class Calendar:
    """The working days of the creditor: Monday to Friday less holidays and closings."""

    alsace_moselle: bool = False
    closings: tuple[Closing, ...] = ()
    seasons: tuple[Season, ...] = ()

    def with_closings(self, closings: tuple[Closing, ...]) -> "Calendar":
        """Return the calendar with the closings of a debtor too."""
        return replace(self, closings=(*self.closings, *closings))

    def is_working_day(self, day: date) -> bool:
        """Say whether somebody works on ``day``."""
        return not self.closed_because(day)

    def closed_because(self, day: date) -> str:
        """Return why nobody works on ``day``: a code, or "" on a working day."""
        if day.weekday() >= SATURDAY:
            return "weekend"
        if day in public_holidays(day.year, self.alsace_moselle):
            return "holiday"
        closing = next((c for c in self.closings if c.covers(day)), None)
        if closing:
            return "debtor_closing" if closing.of_debtor else "closing"
        return ""

    def next_working_day(self, day: date) -> date:
        """Return ``day``, or the first working day after it.

        :raise NoWorkingDayError: when the closings leave no working day within a year
        """
        asked = day = shift(day)
        for _attempt in range(_LONGEST_CLOSURE):
            if self.is_working_day(day):
                return day
            day = shift(day, 1)
        raise NoWorkingDayError(
            f"no working day in the {_LONGEST_CLOSURE} days from {asked}"
        )

    def limit_of(self, day: date) -> date:
        """Return the last day to wait for: ``day``, or the next one that is worked on.

        Where the closings leave none it is ``day`` itself: what is waited for must end,
        and nothing else stop for the sake of it.
        """
        try:
            return self.next_working_day(day)
        except NoWorkingDayError:
            return shift(day)

    def check_days_left(self, today: date) -> None:
        """Check that somebody works again after each closing that is to come.

        :raise NoWorkingDayError: when closings follow one another for too long
        """
        starts = {closing.next_start(today) for closing in self.closings}
        for start in sorted({today, *starts}):
            self.next_working_day(start)

    def min_gap(self, day: date, usual: int) -> int:
        """Return the days to leave between the last contact and one on ``day``."""
        gaps = [
            season.min_gap
            for season in self.seasons
            if season.min_gap is not None and season.covers(day)
        ]
        return min([usual, *gaps])

    def early_day(self, maturity: date) -> tuple[date, str] | None:
        """Return when to ask, at the latest, about what matures in such a season.

        :return: the day and the name of the season, or None
        """
        maturity = shift(maturity)
        days = [
            (shift(season.start_before(maturity), -season.lead), season.name)
            for season in self.seasons
            if season.lead is not None and season.covers(maturity)
        ]
        return min(days, default=None)


def _in_yearly_period(period, day):
    """Say whether ``day`` lies between two ``(month, day)``, perhaps over new year."""
    first, last = period
    key = (day.month, day.day)
    if first <= last:
        return first <= key <= last
    return key >= first or key <= last


def _on(month_and_day, year):
    """Return the day of a year; 28 February for a 29th that it does not have."""
    month, day = month_and_day
    try:
        return date(year, month, day)
    except ValueError:
        return date(year, month, day - 1)
