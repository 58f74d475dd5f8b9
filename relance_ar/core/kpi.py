"""The figures by which cash is steered: each formula, its unit and its edge cases.

Amounts are ``Decimal`` in one currency, dates are days, shares lie between 0 and 1.
None stands for a figure that cannot be had: nothing was sold, promised or called. The
names and formulas that people read are in the Odoo layer (``relance.kpi.words``), under
the same codes.

Sources: the Credit Research Foundation's definitions of best possible DSO, average days
delinquent and collection effectiveness; the count-back (exhaustion) method for DSO, as
French credit managers use it (méthode par épuisement du chiffre d'affaires).
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from .amounts import ZERO
from .receivables import Standing

DAYS, SHARE, MONEY, COUNT = "days", "share", "money", "count"
LOW, HIGH, NEITHER = "low", "high", "neither"
# Months of sales that are known before that of a day: what is owed is counted back in
# them. The same for any day, so that its figures do not depend on what else is shown.
LOOK_BACK = 36


@dataclass(frozen=True, slots=True)
class Kpi:
    """A figure: its code, its unit, and which way is the good one.

    :param is_flow: about what happened in a month, not about how things stand
    """

    code: str
    unit: str
    better: str = NEITHER
    is_flow: bool = False


REGISTRY = (
    Kpi("receivables", MONEY),
    Kpi("overdue", MONEY, LOW),
    Kpi("overdue_share", SHARE, LOW),
    Kpi("dso", DAYS, LOW),
    Kpi("best_dso", DAYS),
    Kpi("days_delinquent", DAYS, LOW),
    Kpi("effectiveness", SHARE, HIGH, is_flow=True),
    Kpi("invoiced", MONEY, is_flow=True),
    Kpi("received", MONEY, HIGH, is_flow=True),
    Kpi("days_late", DAYS, LOW, is_flow=True),
    Kpi("promises_kept", SHARE, HIGH, is_flow=True),
    Kpi("disputed_share", SHARE, LOW),
    Kpi("dispute_days", DAYS, LOW, is_flow=True),
    Kpi("calls_confirmed", SHARE, HIGH, is_flow=True),
    Kpi("first_pass", SHARE, HIGH, is_flow=True),
    Kpi("penalties_accrued", MONEY, is_flow=True),
    Kpi("penalties_recovered", MONEY, HIGH, is_flow=True),
    Kpi("effort", COUNT, LOW, is_flow=True),
)


@dataclass(frozen=True, slots=True)
class Sales:
    """What was invoiced in a month, taxes included, credit notes taken off.

    :param first: its first day
    :param last: its last day, or the day of the figures in the month under way
    """

    first: date
    last: date
    amount: Decimal

    @property
    def days(self) -> int:
        """Return how many days of it have gone by."""
        return (self.last - self.first).days + 1


@dataclass(frozen=True, slots=True)
class Days:
    """A number of days; ``is_least``: the sales known do not reach that far back."""

    value: Decimal
    is_least: bool = False


def sales_up_to(invoiced: Mapping[date, Decimal], day: date) -> list[Sales]:
    """Return the months of sales up to a day, the latest first, without a gap.

    That of the day and ``LOOK_BACK`` months before it, from the first one with sales.

    :param invoiced: by the first day of each month; others than these do not matter
    """
    months, last = [], day
    for _back in range(LOOK_BACK + 1):
        first = last.replace(day=1)
        months.append(Sales(first, last, invoiced.get(first, ZERO)))
        last = first - timedelta(days=1)
    while months and not months[-1].amount:
        months.pop()
    return months


def count_back(owed: Decimal, sales: Iterable[Sales]) -> Days | None:
    """Return in how many days of sales, counted back, that amount was invoiced.

    Days sales outstanding by exhaustion: the latest month is taken off what is owed,
    with its days, then the month before, until a part of a month is left. Seasons and
    growth do not bend it, as they bend receivables ÷ sales × days.

    A month without invoices adds its days: nothing of what is owed was sold in it. One
    with more credit notes than invoices does too, and what it credited is looked for in
    the months before. Nothing owed, or less than nothing, is 0 days. When more is owed
    than all the sales known (an opening balance), it is at least their days.

    :param owed: what customers owe, credits taken off
    :param sales: months, the latest first, without a gap
    :return: None without a month or any sale: there is nothing to measure by
    """
    months = list(sales)
    if not any(month.amount > ZERO for month in months):
        return None
    left, days = owed, ZERO
    for month in months:
        if left <= ZERO:
            break
        if month.amount > ZERO and left < month.amount:
            return Days(days + month.days * left / month.amount)
        left -= month.amount
        days += month.days
    return Days(days, is_least=left > ZERO)


def best_possible_dso(standing: Standing, sales: Iterable[Sales]) -> Days | None:
    """Return the DSO if nobody were late: count-back of what is not due.

    Credits are set against the oldest debts first, so that it never exceeds the DSO.
    """
    return count_back(standing.not_due_net, sales)


def average_days_delinquent(dso: Days | None, best: Days | None) -> Days | None:
    """Return the days of DSO that lateness costs: DSO − best possible DSO."""
    if dso is None or best is None:
        return None
    return Days(max(dso.value - best.value, ZERO), dso.is_least)


def share(part: Decimal | int, whole: Decimal | int) -> Decimal | None:
    """Return a part of a whole, between 0 and 1; None of nothing."""
    if whole <= 0:
        return None
    return min(max(Decimal(part) / Decimal(whole), ZERO), Decimal(1))


def overdue_share(standing: Standing) -> Decimal | None:
    """Return which part of the open debits is past its due date.

    Credits not matched are left out on both sides: which debt they pay is not known.
    """
    return share(standing.overdue, standing.open)


def effectiveness(
    opening: Standing, invoiced: Decimal, closing: Standing
) -> Decimal | None:
    """Return which part of what could be collected in a month was.

    Collection effectiveness index: (opening balance + invoiced − closing balance) ÷
    (opening balance + invoiced − closing balance not due). 1: all that was due came in.
    Credit notes and write-offs lower the balance as money does. None when nothing could
    be collected; never below 0.
    """
    could = opening.balance + invoiced - closing.not_due_net
    return share(opening.balance + invoiced - closing.balance, could)


def mean_days(amount: Decimal, weighted: Decimal) -> Decimal | None:
    """Return days weighted by amounts: Σ amount × days ÷ Σ amount.

    Days late are those from the due date to the payment, negative when paid early.

    :param weighted: Σ amount × days
    """
    return weighted / amount if amount > ZERO else None


def average(total: int, count: int) -> Decimal | None:
    """Return a plain mean of days, each case alike; None without a case."""
    return Decimal(total) / count if count > 0 else None


def effort(contacts: int, recovered: Decimal) -> Decimal | None:
    """Return how many contacts it took for each 1 000 of currency recovered.

    A contact is an e-mail, letter, call or visit that took place; recovered is what
    came in on the instalments it was about, within some days. Time is not noted, so no
    hours are made up. None when nothing was recovered: no number is large enough.
    """
    return Decimal(1000) * contacts / recovered if recovered > ZERO else None


def is_month_under_way(day: date) -> bool:
    """Say whether days of the month of a day are still to come."""
    return (day + timedelta(days=1)).day != 1


def change(kpi: Kpi, series: Sequence[float | None], day: date) -> float | None:
    """Return how much a figure moved since the end of the month before.

    None for what happens in a month (``is_flow``) while that month is under way: a few
    days are not compared with a whole month, or each month would begin with bad news.
    None too without a figure on one of the two.

    :param series: a figure for each month, the latest last
    :param day: of the latest figure
    """
    if len(series) < 2 or None in series[-2:]:
        return None
    if kpi.is_flow and is_month_under_way(day):
        return None
    return series[-1] - series[-2]


def is_better(kpi: Kpi, moved: float | None) -> bool | None:
    """Say whether a change is for the better; None of no change, or of no good way."""
    if not moved or kpi.better == NEITHER:
        return None
    return (moved < 0) == (kpi.better == LOW)


def interest(amount_days: Decimal, percent: Decimal) -> Decimal:
    """Return the interest that ran on overdue amounts, at one yearly rate.

    :param amount_days: Σ over the days of what was overdue at their end
    :param percent: per year of 365 days, as the published formulas have it
    """
    return amount_days * percent / 36500
