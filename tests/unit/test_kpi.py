"""Figures of small ledgers, worked out by hand in the comments."""

from datetime import date
from decimal import Decimal

import pytest
from core.kpi import (
    REGISTRY,
    Days,
    Sales,
    average,
    average_days_delinquent,
    best_possible_dso,
    change,
    count_back,
    effectiveness,
    effort,
    interest,
    is_better,
    is_month_under_way,
    mean_days,
    overdue_share,
    sales_up_to,
    share,
)
from core.receivables import Curve, Part, Standing, flows_of, standing

TODAY = date(2026, 3, 18)


def money(*amounts):
    found = [Decimal(amount) for amount in amounts]
    return found[0] if len(found) == 1 else found


def month(year, number, last, amount):
    return Sales(date(year, number, 1), date(year, number, last), money(amount))


# The latest first; March is under way.
SALES = [
    month(2026, 3, 18, 9000),
    month(2026, 2, 28, 14000),
    month(2026, 1, 31, 15500),
]


@pytest.mark.parametrize(
    ("owed", "days"),
    [
        (0, 0),
        (-500, 0),
        (4500, 9),  # half of the 18 days of March
        (9000, 18),
        (16000, 32),  # March, and 7 000 / 14 000 of the 28 days of February
        (23000, 46),
        (26000, 52),  # 46, and 3 000 / 15 500 of 31 days: 6
    ],
)
def test_what_is_owed_is_counted_back_through_the_months(owed, days):
    assert count_back(money(owed), SALES) == Days(money(days))


def test_more_than_all_sales_known_is_at_least_their_days():
    assert count_back(money(50000), SALES) == Days(money(77), is_least=True)


def test_a_month_without_invoices_adds_its_days():
    # 18 days of March, 28 empty ones, 7 750 / 15 500 of 31 days: 15.5.
    sales = [SALES[0], month(2026, 2, 28, 0), SALES[2]]
    assert count_back(money(16750), sales).value == money("61.5")


def test_a_month_of_credit_notes_is_looked_for_in_the_months_before():
    # 9 000 - 9 000 + 1 500 credited in February: 1 500 / 15 500 of 31 days are 3 days.
    sales = [SALES[0], month(2026, 2, 28, -1500), SALES[2]]
    assert count_back(money(9001), sales).value > 18 + 28 + 3
    assert count_back(money(9000), sales).value == 18


@pytest.mark.parametrize("sales", [[], [month(2026, 3, 18, 0)]])
def test_without_sales_there_is_no_dso(sales):
    assert count_back(money(100), sales) is None


# Invoice of 1 000 due on 1 March (17 days late), of 2 000 due on 10 February (36), of
# 4 000 due on 10 January (67), of 500 due on 1 December (107); 8 000 due on 31 March;
# 300 due today; a payment of 700 that is not matched.
LEDGER = [
    Part(money(1000), date(2026, 1, 30), date(2026, 3, 1)),
    Part(money(2000), date(2026, 1, 10), date(2026, 2, 10)),
    Part(money(4000), date(2025, 12, 10), date(2026, 1, 10)),
    Part(money(500), date(2025, 11, 1), date(2025, 12, 1)),
    Part(money(8000), date(2026, 3, 1), date(2026, 3, 31)),
    Part(money(300), date(2026, 2, 16), TODAY),
    Part(money(-700), date(2026, 3, 2), date(2026, 3, 2)),
]


def stands(parts, day=TODAY):
    curves = {kind: Curve(changes) for kind, changes in flows_of(parts).items()}
    return standing(curves, day)


def test_each_instalment_is_in_the_class_of_its_age():
    found = stands(LEDGER)
    assert found.classes == tuple(money(8300, 1000, 2000, 4000, 500))
    assert found.credits == -700
    assert (found.open, found.balance, found.overdue) == (15800, 15100, 7500)


@pytest.mark.parametrize(
    ("day", "classes"),
    [
        (date(2026, 2, 1), (1000, 0, 0, 0, 0)),  # on the day itself, not late
        (date(2026, 3, 1), (1000, 0, 0, 0, 0)),
        (date(2026, 3, 2), (0, 1000, 0, 0, 0)),  # 1 day
        (date(2026, 3, 31), (0, 1000, 0, 0, 0)),  # 30 days
        (date(2026, 4, 1), (0, 0, 1000, 0, 0)),  # 31 days
        (date(2026, 4, 30), (0, 0, 1000, 0, 0)),  # 60 days
        (date(2026, 5, 1), (0, 0, 0, 1000, 0)),  # 61 days
        (date(2026, 5, 30), (0, 0, 0, 1000, 0)),  # 90 days
        (date(2026, 5, 31), (0, 0, 0, 0, 1000)),  # 91 days
        (date(2026, 1, 29), (0, 0, 0, 0, 0)),  # not invoiced yet
    ],
)
def test_an_instalment_grows_old(day, classes):
    assert stands(LEDGER[:1], day).classes == tuple(money(*classes))


def test_what_is_paid_is_open_until_it_is_matched():
    # 1 000 due on 1 March, 600 of it paid on 10 March; the rest stays open.
    parts = [
        Part(money(600), date(2026, 1, 30), date(2026, 3, 1), date(2026, 3, 10)),
        Part(money(400), date(2026, 1, 30), date(2026, 3, 1)),
    ]
    assert stands(parts, date(2026, 2, 28)).classes[0] == 1000
    assert stands(parts, date(2026, 3, 9)).overdue == 1000
    assert stands(parts, date(2026, 3, 10)).overdue == 400
    assert stands(parts, date(2026, 6, 10)).classes == tuple(money(0, 0, 0, 0, 400))


def test_credits_pay_the_oldest_debts_first():
    # 8 300 not due, 7 500 late, 700 of credits: they take nothing off what is not due.
    assert stands(LEDGER).not_due_net == 8300
    # 9 000 of credits: 7 500 for what is late, 1 500 for what is not.
    with_more = [*LEDGER, Part(money(-8300), TODAY, TODAY)]
    assert stands(with_more).not_due_net == 6800
    assert Standing(tuple(money(100, 0, 0, 0, 0)), money(-300)).not_due_net == 0


def test_lateness_is_what_dso_has_above_the_best_possible():
    standing_ = stands(LEDGER)
    # 15 100: 18 days of March, then 6 100 / 14 000 of 28 days: 12.2.
    dso = count_back(standing_.balance, SALES)
    assert dso.value == money("30.2")
    # 8 300: 8 300 / 9 000 of 18 days: 16.6.
    best = best_possible_dso(standing_, SALES)
    assert best.value == money("16.6")
    assert average_days_delinquent(dso, best).value == money("13.6")
    assert average_days_delinquent(None, best) is None


def test_overdue_share_leaves_credits_out():
    assert overdue_share(stands(LEDGER)) == money(7500) / money(15800)
    assert overdue_share(Standing()) is None
    assert overdue_share(stands([Part(money(-10), TODAY, TODAY)])) is None


def test_effectiveness_of_a_month():
    # 10 000 at first, 20 000 invoiced, 12 000 left, 9 000 of it not due: 18 000 came in
    # of the 21 000 that could.
    opening = Standing(tuple(money(4000, 6000, 0, 0, 0)))
    closing = Standing(tuple(money(9000, 3000, 0, 0, 0)))
    assert effectiveness(opening, money(20000), closing) == money(18000) / money(21000)
    # All that was due came in.
    nothing_late = Standing(tuple(money(9000, 0, 0, 0, 0)))
    assert effectiveness(opening, money(20000), nothing_late) == 1
    # Nothing could be collected: no figure.
    assert effectiveness(Standing(), money(0), Standing()) is None


def test_standings_of_several_currencies_are_converted_and_added():
    euros = Standing(tuple(money(100, 0, 0, 0, 50)), money(-20))
    dollars = Standing(tuple(money(200, 10, 0, 0, 0))).converted(money("0.5"))
    assert euros + dollars == Standing(tuple(money(200, 5, 0, 0, 50)), money(-20))


def test_days_are_weighted_by_amounts():
    # 3 000 paid 10 days late, 1 000 paid 2 days early: 28 000 / 4 000 are 7 days.
    assert mean_days(money(4000), money(3000 * 10 - 1000 * 2)) == 7
    assert mean_days(money(0), money(0)) is None
    assert average(21, 2) == money("10.5")
    assert average(0, 0) is None


def test_shares_lie_between_nothing_and_all():
    assert share(3, 4) == money("0.75")
    assert share(5, 4) == 1
    assert share(-1, 4) == 0
    assert share(0, 0) is None


def test_effort_is_contacts_for_a_thousand():
    assert effort(12, money(24000)) == money("0.5")
    assert effort(12, money(0)) is None


def test_interest_runs_on_what_is_overdue_each_day():
    # 1 000 overdue from 2 March, 400 from the 10th: 8 days of 1 000, 9 days of 400 to
    # the 18th, at 12.15 %: 11 600 × 12.15 / 36 500.
    curve = Curve({date(2026, 3, 2): money(1000), date(2026, 3, 10): money(-600)})
    amount_days = curve.sum_of_days(date(2026, 3, 1), TODAY)
    assert amount_days == 11600
    assert round(interest(amount_days, money("12.15")), 2) == money("3.86")


def test_each_figure_has_one_code():
    codes = [kpi.code for kpi in REGISTRY]
    assert len(codes) == len(set(codes))


def test_sales_are_known_for_the_same_months_whatever_else_is():
    # March 2026 and 36 months before: from March 2023 on.
    known = {date(2023, 3, 1): money(5), date(2026, 2, 1): money(7)}
    others = {date(2023, 2, 1): money(50), date(2026, 4, 1): money(60)}
    found = sales_up_to(known, TODAY)
    assert found == sales_up_to({**known, **others}, TODAY)
    assert len(found) == 37
    assert found[:2] == [month(2026, 3, 18, 0), month(2026, 2, 28, 7)]
    assert found[-1] == month(2023, 3, 31, 5)


def test_sales_begin_with_the_first_month_that_has_some():
    known = {date(2026, 1, 1): money(-3), date(2025, 12, 1): money(0)}
    assert sales_up_to(known, TODAY)[-1] == month(2026, 1, 31, -3)
    assert len(sales_up_to(known, TODAY)) == 3
    assert sales_up_to({}, TODAY) == []
    assert sales_up_to(known, date(2025, 12, 31)) == []


FIGURES = {kpi.code: kpi for kpi in REGISTRY}


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        (date(2026, 3, 1), True),
        (date(2026, 3, 30), True),
        (date(2026, 3, 31), False),
        (date(2026, 2, 28), False),
        (date(2028, 2, 28), True),
        (date(2025, 12, 31), False),
    ],
)
def test_a_month_is_under_way_until_its_last_day(day, expected):
    assert is_month_under_way(day) is expected
    moved = change(FIGURES["effectiveness"], [0.9, 0.5, 0.2], day)
    assert moved is None if expected else moved == pytest.approx(-0.3)
    # What stands at the end of a day is compared on any day.
    assert change(FIGURES["overdue"], [90, 50, 20], day) == -30


def test_nothing_is_compared_with_nothing():
    for series in ([], [3], [None, 3], [3, None]):
        assert change(FIGURES["overdue"], series, TODAY) is None


def test_which_way_is_better():
    assert is_better(FIGURES["overdue"], -30) is True
    assert is_better(FIGURES["overdue"], 30) is False
    assert is_better(FIGURES["effectiveness"], 0.1) is True
    assert is_better(FIGURES["receivables"], 30) is None
    assert is_better(FIGURES["overdue"], 0) is None
    assert is_better(FIGURES["overdue"], None) is None
