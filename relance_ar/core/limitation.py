"""Until when a claim can be brought to court."""

from calendar import monthrange
from datetime import date

# C. com. L110-4 and C. civ. 2224; C. conso. L218-2 against a consumer.
PROFESSIONAL_YEARS, CONSUMER_YEARS = 5, 2


def add_months(day: date, months: int) -> date:
    """Return the same day so many months later, else the last of that month.

    As time limits are counted (CPC 641); a negative number goes back.
    """
    count = day.year * 12 + day.month - 1 + months
    year, month = divmod(count, 12)
    last = monthrange(year, month + 1)[1]
    return date(year, month + 1, min(day.day, last))


def limitation_date(due: date, performed: date | None, is_consumer: bool) -> date:
    """Return the day after which a claim can no longer be brought to court.

    From the due date; against a consumer from the performance if it is earlier: courts
    look at it (Cass. com., 26/02/2020, n° 18-25.036). Nothing that interrupts it is
    counted: an acknowledgement of the debt (C. civ. 2240) or a claim in court (2241)
    may give a later day, a formal notice does not (Cass. com., 18/05/2022,
    n° 20-23.204). It is not moved to a working day.

    :param performed: day of the delivery, if it is known
    """
    start = min(due, performed) if is_consumer and performed else due
    years = CONSUMER_YEARS if is_consumer else PROFESSIONAL_YEARS
    return add_months(start, 12 * years)
