"""Promises in the decisions: what waits for them, and what a broken one does."""

from datetime import date

from core.schedule import Contact, Phase, Reason

from .test_schedule_policy import LADDER, line, outcome, run_one

PROMISED = Reason("promise", {"until": date(2026, 3, 20)})
PAUSE = (date(2026, 3, 20), PROMISED)  # a Friday
TODAY = date(2026, 3, 18)
FIRST = (Phase.LEVEL_1, 1)


def codes(decision):
    return [reason.code for reason in decision.reasons]


def test_what_is_promised_waits_until_the_day_after():
    decision = run_one(TODAY, line(pause=PAUSE))
    assert outcome(decision) == (False, 3, date(2026, 3, 23))
    assert PROMISED in decision.reasons


def test_other_lines_do_not_wait():
    assert run_one(TODAY, line()).due


def test_a_promise_that_is_over_pauses_nothing():
    decision = run_one(date(2026, 3, 21), line(pause=PAUSE))
    assert "promise" not in codes(decision)
    assert decision.due


def test_preventive_steps_wait_too():
    decision = run_one(TODAY, line(due=date(2026, 3, 25), pause=PAUSE))
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
