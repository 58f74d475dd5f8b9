"""The longest payment terms that the law allows between professionals.

Code de commerce, L441-10 I (general rule), L441-11 II (sectors); Code de la commande
publique, R2192-10 and -11 (public buyers). Sources and vectors: the reference of
the project, section 6.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import NamedTuple

DEFAULT_DAYS, MAX_DAYS, END_OF_MONTH_DAYS, PERIODIC_DAYS = 30, 60, 45, 45
# How "45 days end of month" is counted: both are accepted, if agreed beforehand.
NOT_AGREED, DAYS_THEN_MONTH, MONTH_THEN_DAYS = "", "days_then_month", "month_then_days"
GENERAL = "general"
PERISHABLE, MEAT, ALCOHOL, WINE = "perishable", "meat", "alcohol", "wine"
TRANSPORT = "transport"
PUBLIC, HOSPITAL, PUBLIC_FIRM = "public", "hospital", "public_firm"
# A year of issue dates, a leap one: a term breaks the law if one of them does.
_YEAR = [date(2028, 1, 1) + timedelta(days=n) for n in range(366)]
_DECADES = (10, 20)


class Limit(NamedTuple):
    """The last day allowed, the rule that says so and the article that holds it."""

    last_day: date
    rule: str
    article: str


@dataclass(frozen=True, slots=True)
class Rule:
    """What governs the terms between two parties.

    :param sector: one of the codes of ``SECTORS``
    :param end_of_month: how 45 days end of month is counted, if it is agreed
    :param periodic: the invoice sums up the deliveries of a period (CGI, 289 I 3)
    """

    sector: str = GENERAL
    end_of_month: str = NOT_AGREED
    periodic: bool = False


USUAL = Rule()


@dataclass(frozen=True, slots=True)
class Breach:
    """A due date beyond what the law allows.

    :param days: how many days too late
    """

    limit: Limit
    days: int


def end_of_month(day: date) -> date:
    """Return the last day of the month."""
    return date(day.year + day.month // 12, day.month % 12 + 1, 1) - timedelta(days=1)


def end_of_decade(day: date) -> date:
    """Return the 10th, the 20th or the last day of the month."""
    return next((day.replace(day=d) for d in _DECADES if day.day <= d), None) or (
        end_of_month(day)
    )


def days_end_of_month(issue: date, days: int, method: str) -> date:
    """Return the day of "``days`` days end of month" by one of the two methods."""
    if method == DAYS_THEN_MONTH:
        return end_of_month(issue + timedelta(days=days))
    return end_of_month(issue) + timedelta(days=days)


def default_due(received_on: date) -> date:
    """Return when payment is due if nothing is agreed: 30 days from the receipt."""
    return received_on + timedelta(days=DEFAULT_DAYS)


def latest(issue: date, delivery: date | None = None, rule: Rule = USUAL) -> Limit:
    """Return the last day on which an invoice may fall due.

    :param issue: day of the invoice
    :param delivery: day of delivery or service; None: that of the invoice
    """
    return SECTORS[rule.sector](issue, delivery or issue, rule)


def check(
    issue: date,
    due: date,
    delivery: date | None = None,
    rule: Rule = USUAL,
) -> Breach | None:
    """Return how a due date breaks the law, or None."""
    limit = latest(issue, delivery, rule)
    days = (due - limit.last_day).days
    return Breach(limit, days) if days > 0 else None


def check_term(
    due_dates_of: Callable[[date], Iterable[date]],
    rule: Rule = USUAL,
) -> Breach | None:
    """Return the worst breach of a payment term over a year of invoices, or None.

    :param due_dates_of: the due dates of an invoice issued on a day
    """
    worst = None
    for issue in _YEAR:
        for due in due_dates_of(issue):
            breach = check(issue, due, rule=rule)
            if breach and (not worst or breach.days > worst.days):
                worst = breach
    return worst


def _general(issue, _delivery, rule):
    if rule.periodic:
        last = issue + timedelta(days=PERIODIC_DAYS)
        return Limit(last, "periodic", "L441-10 I")
    if rule.end_of_month:
        last = days_end_of_month(issue, END_OF_MONTH_DAYS, rule.end_of_month)
        return Limit(last, "end_of_month", "L441-10 I")
    return Limit(issue + timedelta(days=MAX_DAYS), "sixty_days", "L441-10 I")


def _perishable(_issue, delivery, _rule):
    last = end_of_decade(delivery) + timedelta(days=30)
    return Limit(last, "perishable", "L441-11 II 1°")


def _meat(_issue, delivery, _rule):
    return Limit(delivery + timedelta(days=20), "meat", "L441-11 II 2°")


def _alcohol(_issue, delivery, _rule):
    last = end_of_month(delivery) + timedelta(days=30)
    return Limit(last, "alcohol", "L441-11 II 3°")


def _wine(issue, _delivery, rule):
    """Return the later of the two terms, which the law offers side by side."""
    method = rule.end_of_month or MONTH_THEN_DAYS
    by_month = days_end_of_month(issue, END_OF_MONTH_DAYS, method)
    by_days = issue + timedelta(days=MAX_DAYS)
    return Limit(max(by_month, by_days), "wine", "L441-11 II 4°")


def _transport(issue, _delivery, _rule):
    return Limit(issue + timedelta(days=30), "transport", "L441-11 II 5°")


def _public_buyer(days, rule_name, article):
    def limit(issue, delivery, _rule):
        # The time runs from the receipt of the invoice, or from the service if later.
        start = max(issue, delivery)
        return Limit(start + timedelta(days=days), rule_name, article)

    return limit


SECTORS = {
    GENERAL: _general,
    PERISHABLE: _perishable,
    MEAT: _meat,
    ALCOHOL: _alcohol,
    WINE: _wine,
    TRANSPORT: _transport,
    PUBLIC: _public_buyer(30, "public", "R2192-10"),
    HOSPITAL: _public_buyer(50, "hospital", "R2192-11"),
    PUBLIC_FIRM: _public_buyer(60, "public_firm", "R2192-11"),
}
