"""Promises in the decisions: what waits for them, and what a broken one does."""

from datetime import date
from decimal import Decimal

import pytest
from core.schedule import Contact, Phase, Reason

from .deciding import codes, outcome
from .test_schedule_policy import LADDER, line, run, run_one

PROMISED = Reason("promise", {"until": date(2026, 3, 20)})
PAUSE = (date(2026, 3, 20), PROMISED)  # a Friday
TODAY = date(2026, 3, 18)
FIRST = (Phase.LEVEL_1, 1)


def held(*holds, **facts):
    found = line(**facts)
    for until, why in holds:
        found.hold(until, why)
    return found


def test_what_is_promised_waits_until_the_day_after():
    decision = run_one(TODAY, held(PAUSE))
    assert outcome(decision) == (False, 3, date(2026, 3, 23))
    assert PROMISED in decision.reasons


def test_other_lines_do_not_wait():
    assert run_one(TODAY, line()).due


def test_a_promise_that_is_over_pauses_nothing():
    decision = run_one(date(2026, 3, 21), held(PAUSE))
    assert "promise" not in codes(decision)
    assert decision.due


def test_preventive_steps_wait_too():
    decision = run_one(TODAY, held(PAUSE, due=date(2026, 3, 25)))
    assert outcome(decision) == (False, 2, date(2026, 3, 23))


def test_a_broken_promise_calls_for_the_next_step_at_once():
    facts = {"due": date(2026, 3, 9), "reached": FIRST, "reached_on": date(2026, 3, 10)}
    contact = Contact(date(2026, 3, 10), "email")
    slow = run_one(TODAY, line(**facts), last_contact=contact)
    assert outcome(slow) == (False, 4, date(2026, 3, 30))  # the 29th is a Sunday
    fast = run_one(
        TODAY, line(broken_on=date(2026, 3, 17), **facts), last_contact=contact
    )
    assert outcome(fast) == (True, 4, TODAY)
    assert "broken_promise" in codes(fast)


def test_the_gap_is_left_all_the_same():
    facts = {"due": date(2026, 3, 9), "reached": FIRST, "reached_on": date(2026, 3, 16)}
    decision = run_one(
        TODAY,
        line(broken_on=date(2026, 3, 17), **facts),
        last_contact=Contact(date(2026, 3, 16), "email"),
    )
    assert decision.next_date == date(2026, 3, 23)


def test_once_followed_by_a_contact_the_ladder_is_as_before():
    facts = {"due": date(2026, 3, 9), "reached": FIRST, "reached_on": TODAY}
    decision = run_one(
        date(2026, 3, 25),
        line(broken_on=date(2026, 3, 17), **facts),
        last_contact=Contact(TODAY, "email"),
    )
    assert outcome(decision) == (False, 4, date(2026, 3, 30))
    assert "broken_promise" not in codes(decision)


def test_a_promise_broken_before_the_maturity_brings_no_overdue_step_before_it():
    facts = {"due": date(2026, 3, 27), "reached": (Phase.PREVENTIVE, -2)}
    decision = run_one(
        TODAY, line(broken_on=date(2026, 3, 10), **facts), scenario=LADDER
    )
    assert decision.next_date == date(2026, 3, 30)


def test_the_longest_of_several_holds_counts_and_all_that_run_are_said():
    over = (date(2026, 3, 10), Reason("line_hold", {"until": date(2026, 3, 10)}))
    short = (date(2026, 3, 18), Reason("line_hold", {"until": date(2026, 3, 18)}))
    decision = run_one(TODAY, held(PAUSE, short, over))
    assert decision.next_date == date(2026, 3, 23)
    assert codes(decision)[:3] == ["late", "promise", "line_hold"]
    assert "line_hold" not in codes(run_one(date(2026, 3, 19), held(PAUSE, short)))


def test_a_hold_without_end_leaves_the_line_out():
    decision = run_one(TODAY, held((None, PROMISED)))
    assert outcome(decision) == (False, None, None)
    assert decision.reasons == [PROMISED]


def test_lines_of_one_debtor_in_other_situations_do_not_share_a_step():
    contact = Contact(date(2026, 3, 10), "email")
    facts = {"due": date(2026, 3, 9), "reached": FIRST, "reached_on": date(2026, 3, 10)}
    broken = {"broken_on": date(2026, 3, 17), **facts}
    lines = [
        line(id=1, **facts),
        line(id=2, **broken),
        held(PAUSE, id=3, **broken),
        line(id=4, **facts),
    ]
    found = run(TODAY, *lines, last_contact=contact)
    assert [d.next_date for d in found] == [
        date(2026, 3, 30),
        TODAY,
        date(2026, 3, 23),
        date(2026, 3, 30),
    ]


@pytest.mark.parametrize(
    ("residual", "disputed", "left", "worth"),
    [
        ("1000", "300", "700", "350.00"),
        ("1000", "1000", "1000", "500"),
        ("1000", "1200", "1000", "500"),
        ("1000", "0", "1000", "500"),
        ("-1000", "300", "-1000", "-500"),
    ],
)
def test_the_undisputed_part_is_left_in_both_currencies(
    residual, disputed, left, worth
):
    found = line(residual=residual, worth=Decimal(residual) / 2)
    found.dispute(Decimal(disputed))
    assert (found.residual, found.worth) == (Decimal(left), Decimal(worth))
    assert bool(found.blocks) is (Decimal(disputed) >= found.residual > 0)
