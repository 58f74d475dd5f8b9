"""The longest terms of the law: published vectors, both ways of counting, sectors."""

from datetime import date, timedelta

import pytest
from core import payment_terms as terms

DAYS = timedelta(days=1)


def day(text):
    """Return a day from its ISO form."""
    return date.fromisoformat(text)


@pytest.mark.parametrize(
    ("issue", "days_then_month", "month_then_days", "sixty"),
    [
        ("2026-01-20", "2026-03-31", "2026-03-17", "2026-03-21"),
        ("2026-01-15", "2026-03-31", "2026-03-17", "2026-03-16"),
        ("2025-02-15", "2025-04-30", "2025-04-14", "2025-04-16"),
        ("2026-01-31", "2026-03-31", "2026-03-17", "2026-04-01"),
        ("2026-12-17", "2027-01-31", "2027-02-14", "2027-02-15"),
    ],
)
def test_the_published_calendar(issue, days_then_month, month_then_days, sixty):
    for method, expected in (
        (terms.DAYS_THEN_MONTH, days_then_month),
        (terms.MONTH_THEN_DAYS, month_then_days),
        (terms.NOT_AGREED, sixty),
    ):
        found = terms.latest(day(issue), rule=terms.Rule(end_of_month=method))
        assert found.last_day == day(expected)
        assert found.article == "L441-10 I"


def test_without_an_agreement_thirty_days_from_the_receipt():
    assert terms.default_due(day("2026-02-01")) == day("2026-03-03")


def test_periodic_invoices_have_forty_five_days_whatever_is_agreed():
    rule = terms.Rule(end_of_month=terms.DAYS_THEN_MONTH, periodic=True)
    found = terms.latest(day("2026-01-20"), rule=rule)
    assert (found.last_day, found.rule) == (day("2026-03-06"), "periodic")


@pytest.mark.parametrize(
    ("delivery", "end"),
    [
        ("2026-02-01", "2026-02-10"),
        ("2026-02-10", "2026-02-10"),
        ("2026-02-11", "2026-02-20"),
        ("2026-02-20", "2026-02-20"),
        ("2026-02-21", "2026-02-28"),
        ("2024-02-29", "2024-02-29"),
        ("2026-12-31", "2026-12-31"),
    ],
)
def test_the_end_of_the_decade(delivery, end):
    assert terms.end_of_decade(day(delivery)) == day(end)


@pytest.mark.parametrize(
    ("sector", "last_day", "article"),
    [
        (terms.PERISHABLE, "2026-03-12", "L441-11 II 1°"),  # decade to 10 February
        (terms.MEAT, "2026-02-25", "L441-11 II 2°"),
        (terms.ALCOHOL, "2026-03-30", "L441-11 II 3°"),
        (terms.WINE, "2026-04-14", "L441-11 II 4°"),
        (terms.TRANSPORT, "2026-03-12", "L441-11 II 5°"),
        (terms.PUBLIC, "2026-03-12", "R2192-10"),
        (terms.HOSPITAL, "2026-04-01", "R2192-11"),
        (terms.PUBLIC_FIRM, "2026-04-11", "R2192-11"),
    ],
)
def test_the_sectors(sector, last_day, article):
    rule = terms.Rule(sector=sector)
    found = terms.latest(day("2026-02-10"), day("2026-02-05"), rule)
    assert (found.last_day, found.article) == (day(last_day), article)
    assert found.rule == sector


def test_wine_takes_the_later_of_its_two_terms():
    rule = terms.Rule(terms.WINE, terms.DAYS_THEN_MONTH)
    assert terms.latest(day("2026-01-20"), rule=rule).last_day == day("2026-03-31")


def test_a_public_buyer_counts_from_the_service_if_it_is_later():
    rule = terms.Rule(terms.PUBLIC)
    found = terms.latest(day("2026-02-10"), day("2026-02-20"), rule)
    assert found.last_day == day("2026-03-22")


def test_a_day_too_many_is_a_breach():
    issue = day("2026-02-10")
    assert terms.check(issue, issue + 60 * DAYS) is None
    breach = terms.check(issue, issue + 61 * DAYS)
    assert (breach.days, breach.limit.rule) == (1, "sixty_days")
    assert breach.limit.last_day == day("2026-04-11")


@pytest.mark.parametrize(
    ("term", "rule", "days"),
    [
        (lambda d: [d + 60 * DAYS], terms.USUAL, 0),
        (lambda d: [d + 30 * DAYS, d + 90 * DAYS], terms.USUAL, 30),
        # "60 days end of month" is beyond 60 days but on one day in the month.
        (lambda d: [terms.end_of_month(d + 60 * DAYS)], terms.USUAL, 30),
        (
            lambda d: [terms.days_end_of_month(d, 45, terms.MONTH_THEN_DAYS)],
            terms.Rule(end_of_month=terms.MONTH_THEN_DAYS),
            0,
        ),
        # The same term where it was not agreed: 1st of a month of 31 days.
        (
            lambda d: [terms.days_end_of_month(d, 45, terms.MONTH_THEN_DAYS)],
            terms.USUAL,
            15,
        ),
        # Counted by one method, agreed by the other: 17 November.
        (
            lambda d: [terms.days_end_of_month(d, 45, terms.DAYS_THEN_MONTH)],
            terms.Rule(end_of_month=terms.MONTH_THEN_DAYS),
            17,
        ),
        (lambda d: [], terms.USUAL, 0),
    ],
)
def test_a_term_is_judged_over_a_year(term, rule, days):
    breach = terms.check_term(term, rule)
    assert (breach.days if breach else 0) == days
