"""From which day a registered letter counts."""

from datetime import date

import pytest
from core.postal import (
    DELIVERED,
    POSTED,
    REFUSED,
    RETURNED,
    UNCLAIMED,
    Notice,
    find_disorder,
    last_day_to_accept,
    news_expected_before,
    notice_date,
)

SENT, SHOWN, GIVEN = date(2026, 3, 2), date(2026, 3, 4), date(2026, 3, 9)


@pytest.mark.parametrize(
    ("state", "presented", "delivered", "expected"),
    [
        (POSTED, None, None, None),
        (POSTED, SHOWN, None, None),
        (DELIVERED, None, GIVEN, GIVEN),
        (DELIVERED, SHOWN, GIVEN, GIVEN),
        (REFUSED, SHOWN, None, SHOWN),
        (UNCLAIMED, SHOWN, GIVEN, SHOWN),
        (RETURNED, SHOWN, GIVEN, None),
    ],
)
def test_the_day_that_the_law_takes(state, presented, delivered, expected):
    assert notice_date(state, presented, delivered) == expected


def test_fifteen_days_from_the_day_after_the_announcement():
    assert last_day_to_accept(date(2026, 3, 2)) == date(2026, 3, 17)


@pytest.mark.parametrize(
    ("days", "expected"),
    [
        ((SENT, SHOWN, GIVEN, GIVEN), None),
        ((SENT, None, SENT, GIVEN), None),
        ((SENT, date(2026, 3, 1), None, GIVEN), ("posted", "presented")),
        ((SENT, SHOWN, SENT, GIVEN), ("presented", "delivered")),
        ((SENT, None, GIVEN, SHOWN), ("delivered", "today")),
    ],
)
def test_days_in_disorder(days, expected):
    assert find_disorder(*days) == expected


def notice(state, on=None, **values):
    """Return a notice posted on SENT that grants 8 days, with 2 days of grace."""
    about = {"deadline": date(2026, 3, 10), "days": 8, "grace": 2, **values}
    return Notice("RL000001", "1A", state, SENT, on, **about)


def test_on_its_way_the_next_step_waits_without_an_end():
    until, why = notice(POSTED).hold()
    assert until is None
    assert (why.code, why.params["on"]) == ("notice_under_way", SENT)


def test_come_back_from_a_wrong_address_nothing_waits():
    assert notice(RETURNED).hold() is None


@pytest.mark.parametrize(
    ("on", "values", "last_day", "until"),
    [
        # Received late: all the days granted, then the grace.
        (GIVEN, {}, date(2026, 3, 17), date(2026, 3, 18)),
        # At once: never less than the day that is printed.
        (SENT, {"days": 2}, date(2026, 3, 10), date(2026, 3, 11)),
        (GIVEN, {"grace": 0}, date(2026, 3, 17), date(2026, 3, 17)),
        (GIVEN, {"deadline": None, "days": 0}, GIVEN, date(2026, 3, 10)),
    ],
)
def test_the_days_granted_run_from_the_day_on_which_it_counts(
    on, values, last_day, until
):
    found = notice(DELIVERED, on, **values)
    assert found.last_day == last_day
    held, why = found.hold()
    assert (held, why.code) == (until, "notice_counts")


def test_news_are_expected_after_the_days_at_the_post_office():
    assert news_expected_before(date(2026, 3, 23)) == date(2026, 3, 3)
