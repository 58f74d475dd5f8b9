"""From which day a registered letter counts."""

from datetime import date

import pytest
from core.postal import (
    DELIVERED,
    POSTED,
    REFUSED,
    RETURNED,
    UNCLAIMED,
    find_disorder,
    last_day_to_accept,
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
