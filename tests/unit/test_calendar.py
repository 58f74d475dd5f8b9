"""Working days: week-ends, French holidays, Alsace-Moselle, closings."""

from datetime import date

import pytest
from core.calendar import (
    Calendar,
    Closing,
    NoWorkingDayError,
    Season,
    public_holidays,
)

FRANCE = Calendar()
ALSACE = Calendar(alsace_moselle=True)
AUGUST = Calendar(closings=(Closing(date(2026, 8, 3), date(2026, 8, 21)),))
SUMMER = Closing(date(2026, 8, 3), date(2026, 8, 21), yearly=True)
NEW_YEAR = Closing(date(2025, 12, 24), date(2026, 1, 3), yearly=True)
LEAP = Closing(date(2024, 2, 29), date(2024, 3, 2), yearly=True)


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


# --------------------------------------------------------------- closings that return


@pytest.mark.parametrize(
    ("closing", "day", "covered"),
    [
        (SUMMER, date(2026, 8, 2), False),
        (SUMMER, date(2026, 8, 3), True),
        (SUMMER, date(2031, 8, 21), True),
        (SUMMER, date(2031, 8, 22), False),
        (SUMMER, date(2019, 8, 10), True),  # also before it was entered
        (NEW_YEAR, date(2030, 12, 23), False),
        (NEW_YEAR, date(2030, 12, 24), True),
        (NEW_YEAR, date(2031, 1, 1), True),
        (NEW_YEAR, date(2031, 1, 3), True),
        (NEW_YEAR, date(2031, 1, 4), False),
        (NEW_YEAR, date(2031, 7, 1), False),
        (LEAP, date(2028, 2, 29), True),
        (LEAP, date(2026, 2, 28), False),
        (LEAP, date(2026, 3, 1), True),
    ],
)
def test_yearly_closing_comes_back_on_the_same_days(closing, day, covered):
    assert closing.covers(day) is covered


def test_contact_moves_over_a_yearly_closing_and_new_year():
    calendar = Calendar(closings=(NEW_YEAR,))
    assert calendar.next_working_day(date(2030, 12, 24)) == date(2031, 1, 6)


def test_closing_of_the_debtor_is_added_and_told_apart():
    ours = Calendar(closings=(SUMMER,))
    both = ours.with_closings(
        (Closing(date(2026, 9, 7), date(2026, 9, 9), of_debtor=True),)
    )
    assert both.closed_because(date(2026, 8, 12)) == "closing"
    assert both.closed_because(date(2026, 9, 8)) == "debtor_closing"
    assert ours.is_working_day(date(2026, 9, 8)), "the other debtors are not closed"
    assert both.next_working_day(date(2026, 9, 7)) == date(2026, 9, 10)


# --------------------------------------------------------------------------- seasons

AUGUST_SEASON = Season("August", (8, 1), (8, 31), lead=10)
WINTER = Season("Winter", (12, 15), (1, 15), lead=5, min_gap=3)
SEPTEMBER = Season("September", (9, 1), (9, 30), min_gap=4)


@pytest.mark.parametrize(
    ("season", "day", "covered"),
    [
        (AUGUST_SEASON, date(2026, 7, 31), False),
        (AUGUST_SEASON, date(2026, 8, 1), True),
        (AUGUST_SEASON, date(2026, 8, 31), True),
        (AUGUST_SEASON, date(2026, 9, 1), False),
        (WINTER, date(2026, 12, 14), False),
        (WINTER, date(2026, 12, 15), True),
        (WINTER, date(2027, 1, 15), True),
        (WINTER, date(2027, 1, 16), False),
    ],
)
def test_season_covers_the_same_days_of_every_year(season, day, covered):
    assert season.covers(day) is covered


@pytest.mark.parametrize(
    ("season", "day", "start"),
    [
        (AUGUST_SEASON, date(2026, 8, 1), date(2026, 8, 1)),
        (AUGUST_SEASON, date(2026, 8, 31), date(2026, 8, 1)),
        (WINTER, date(2026, 12, 20), date(2026, 12, 15)),
        (WINTER, date(2027, 1, 10), date(2026, 12, 15)),
        (Season("Spring", (2, 29), (4, 30)), date(2028, 3, 1), date(2028, 2, 29)),
        (Season("Spring", (2, 29), (4, 30)), date(2027, 3, 1), date(2027, 2, 28)),
    ],
)
def test_start_of_the_season_that_holds_a_day(season, day, start):
    assert season.start_before(day) == start


@pytest.mark.parametrize(
    ("maturity", "expected"),
    [
        (date(2026, 7, 31), None),
        (date(2026, 8, 1), (date(2026, 7, 22), "August")),
        (date(2026, 8, 31), (date(2026, 7, 22), "August")),
        (date(2026, 9, 1), None),  # September has no lead
        (date(2027, 1, 10), (date(2026, 12, 10), "Winter")),
    ],
)
def test_what_matures_in_a_season_is_asked_about_before_it(maturity, expected):
    calendar = Calendar(seasons=(SEPTEMBER, AUGUST_SEASON, WINTER))
    assert calendar.early_day(maturity) == expected


def test_earliest_of_two_seasons_counts():
    holidays = Season("School holidays", (7, 4), (8, 31), lead=3)
    calendar = Calendar(seasons=(AUGUST_SEASON, holidays))
    assert calendar.early_day(date(2026, 8, 5)) == (date(2026, 7, 1), "School holidays")


@pytest.mark.parametrize(
    ("day", "usual", "expected"),
    [
        (date(2026, 8, 31), 7, 7),
        (date(2026, 9, 1), 7, 4),
        (date(2026, 9, 30), 7, 4),
        (date(2026, 10, 1), 7, 7),
        (date(2026, 9, 15), 2, 2),  # never a slower rhythm than the scenario's
        (date(2026, 12, 20), 7, 3),
    ],
)
def test_rhythm_is_tighter_in_a_season(day, usual, expected):
    calendar = Calendar(seasons=(AUGUST_SEASON, SEPTEMBER, WINTER))
    assert calendar.min_gap(day, usual) == expected


def test_year_without_seasons_has_neither_lead_nor_rhythm():
    assert FRANCE.early_day(date(2026, 8, 10)) is None
    assert FRANCE.min_gap(date(2026, 9, 10), 7) == 7


# ------------------------------------------------------------------- too many closings


@pytest.mark.parametrize(
    ("closings", "is_open"),
    [
        ([], True),
        ([Closing(date(2026, 1, 1), date(2026, 12, 20))], True),
        (
            [
                Closing(date(2025, 1, 1), date(2025, 8, 31), yearly=True),
                Closing(date(2025, 9, 1), date(2025, 12, 31), yearly=True),
            ],
            False,
        ),
        (
            # A long row that only begins in three years.
            [
                Closing(date(2029, 1, 1), date(2029, 12, 31)),
                Closing(date(2030, 1, 1), date(2030, 12, 31)),
            ],
            False,
        ),
        # What is over closes nothing.
        ([Closing(date(2020, 1, 1), date(2025, 12, 31))], True),
        ([Closing(date(2024, 2, 29), date(2024, 3, 31), yearly=True)], True),
    ],
)
def test_closings_must_leave_a_day_within_a_year(closings, is_open):
    calendar = Calendar(closings=tuple(closings))
    if is_open:
        calendar.check_days_left(date(2026, 3, 18))
    else:
        with pytest.raises(NoWorkingDayError):
            calendar.check_days_left(date(2026, 3, 18))
