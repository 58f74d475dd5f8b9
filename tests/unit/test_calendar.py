"""Working days: week-ends, French holidays, Alsace-Moselle, closings."""

from datetime import date

import pytest
from core.calendar import Calendar, Closing, public_holidays

FRANCE = Calendar()
ALSACE = Calendar(alsace_moselle=True)
AUGUST = Calendar(closings=(Closing(date(2026, 8, 3), date(2026, 8, 21)),))


@pytest.mark.parametrize(
    ("year", "expected"),
    [
        (
            2024,
            "01-01 04-01 05-01 05-08 05-09 05-20 07-14 08-15 11-01 11-11 12-25",
        ),
        (
            2025,
            "01-01 04-21 05-01 05-08 05-29 06-09 07-14 08-15 11-01 11-11 12-25",
        ),
        (
            2026,
            "01-01 04-06 05-01 05-08 05-14 05-25 07-14 08-15 11-01 11-11 12-25",
        ),
        (
            2027,
            "01-01 03-29 05-01 05-06 05-08 05-17 07-14 08-15 11-01 11-11 12-25",
        ),
    ],
)
def test_france_has_eleven_public_holidays(year, expected):
    found = sorted(day.strftime("%m-%d") for day in public_holidays(year))
    assert found == expected.split()


@pytest.mark.parametrize(
    ("year", "good_friday"),
    [
        (2024, date(2024, 3, 29)),
        (2025, date(2025, 4, 18)),
        (2026, date(2026, 4, 3)),
        (2027, date(2027, 3, 26)),
    ],
)
def test_alsace_moselle_adds_good_friday_and_26_december(year, good_friday):
    added = public_holidays(year, True).keys() - public_holidays(year).keys()
    assert added == {good_friday, date(year, 12, 26)}


@pytest.mark.parametrize(
    ("calendar", "day", "why"),
    [
        (FRANCE, date(2026, 3, 6), ""),  # Friday
        (FRANCE, date(2026, 3, 7), "weekend"),
        (FRANCE, date(2026, 3, 8), "weekend"),
        (FRANCE, date(2026, 3, 9), ""),  # Monday
        (FRANCE, date(2026, 7, 14), "holiday"),
        (FRANCE, date(2026, 8, 15), "weekend"),  # Assumption, on a Saturday
        (FRANCE, date(2026, 5, 15), ""),  # the day after Ascension is worked
        (FRANCE, date(2026, 4, 3), ""),
        (ALSACE, date(2026, 4, 3), "holiday"),
        (FRANCE, date(2025, 12, 26), ""),
        (ALSACE, date(2025, 12, 26), "holiday"),
        (ALSACE, date(2026, 7, 14), "holiday"),
        (AUGUST, date(2026, 7, 31), ""),
        (AUGUST, date(2026, 8, 3), "closing"),  # the first day is closed
        (AUGUST, date(2026, 8, 12), "closing"),
        (AUGUST, date(2026, 8, 21), "closing"),  # and so is the last one
        (AUGUST, date(2026, 8, 24), ""),
    ],
)
def test_a_closed_day_says_why(calendar, day, why):
    assert calendar.closed_because(day) == why
    assert calendar.is_working_day(day) is (why == "")


@pytest.mark.parametrize(
    ("calendar", "day", "expected"),
    [
        (FRANCE, date(2026, 3, 4), date(2026, 3, 4)),  # already a working day
        (FRANCE, date(2026, 3, 7), date(2026, 3, 9)),  # Saturday
        (FRANCE, date(2026, 3, 8), date(2026, 3, 9)),  # Sunday
        (FRANCE, date(2026, 4, 4), date(2026, 4, 7)),  # Easter: three days
        (FRANCE, date(2026, 5, 1), date(2026, 5, 4)),  # a holiday, then a week-end
        (FRANCE, date(2025, 12, 25), date(2025, 12, 26)),
        (ALSACE, date(2025, 12, 25), date(2025, 12, 29)),
        (ALSACE, date(2026, 4, 3), date(2026, 4, 7)),
        (FRANCE, date(2027, 1, 1), date(2027, 1, 4)),
        (AUGUST, date(2026, 8, 1), date(2026, 8, 24)),  # week-end, closing, week-end
    ],
)
def test_contact_moves_to_the_next_working_day(calendar, day, expected):
    assert calendar.next_working_day(day) == expected


def test_year_end_closing_reaches_into_the_next_year():
    calendar = Calendar(closings=(Closing(date(2026, 12, 24), date(2027, 1, 3)),))
    assert calendar.next_working_day(date(2026, 12, 24)) == date(2027, 1, 4)


def test_adjacent_closings_are_one_closing():
    calendar = Calendar(
        closings=(
            Closing(date(2026, 8, 10), date(2026, 8, 14)),
            Closing(date(2026, 8, 3), date(2026, 8, 7)),
        )
    )
    assert calendar.next_working_day(date(2026, 8, 3)) == date(2026, 8, 17)


def test_closing_of_one_day_closes_that_day_only():
    bridge = date(2026, 5, 15)
    calendar = Calendar(closings=(Closing(bridge, bridge),))
    assert calendar.closed_because(bridge) == "closing"
    assert calendar.next_working_day(bridge) == date(2026, 5, 18)
    assert calendar.is_working_day(date(2026, 5, 13))


def test_company_closed_for_ever_is_an_error_and_not_an_endless_search():
    calendar = Calendar(closings=(Closing(date(2026, 1, 1), date(2036, 1, 1)),))
    with pytest.raises(ValueError, match="no working day"):
        calendar.next_working_day(date(2026, 1, 1))


def test_closing_of_a_year_is_still_waited_for():
    calendar = Calendar(closings=(Closing(date(2026, 1, 1), date(2026, 12, 31)),))
    assert calendar.next_working_day(date(2026, 1, 1)) == date(2027, 1, 4)
