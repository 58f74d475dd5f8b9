"""Seasons, closings of the debtor, roles, refusals, minimums and what is held.

Each rule by example, on one short ladder.
"""

from datetime import date
from decimal import Decimal
from functools import partial

import pytest
from core.calendar import Calendar, Closing, Season
from core.channel import choose_written
from core.schedule import (
    Contact,
    Level,
    Line,
    Phase,
    Reason,
    Scenario,
    choose_channel,
    claimed,
)

from . import deciding
from .deciding import (
    EMAIL,
    EVERY_CHANNEL,
    LETTER,
    PHONE,
    REGISTERED,
    USD,
    codes,
    outcome,
    reason,
)

AUGUST = Season("August", (8, 1), (8, 31), lead=10)
SEPTEMBER = Season("September", (9, 1), (9, 30), min_gap=4)
YEAR = Calendar(seasons=(AUGUST, SEPTEMBER))

LADDER = Scenario(
    (
        Level(1, Phase.PREVENTIVE, -7, (EMAIL,)),
        Level(2, Phase.PREVENTIVE, -2, (EMAIL,)),
        Level(3, Phase.LEVEL_1, 1, (EMAIL, PHONE)),
        Level(4, Phase.LEVEL_2, 20, (EMAIL, LETTER), role="director"),
    ),
    min_gap=7,
)


def line(id=1, due=date(2026, 3, 2), residual="1000", **facts):
    return Line(id, due, Decimal(residual), **facts)


run = partial(deciding.run, scenario=LADDER)
run_one = partial(deciding.run_one, scenario=LADDER)


# -------------------------------------------------------------------------- seasons


@pytest.mark.parametrize(
    ("due", "day"),
    [
        (date(2026, 7, 31), date(2026, 7, 24)),  # before the season: as usual
        (date(2026, 8, 1), date(2026, 7, 22)),
        (date(2026, 8, 28), date(2026, 7, 22)),
        (date(2026, 9, 1), date(2026, 8, 25)),
    ],
)
def test_what_matures_in_august_is_asked_about_before_it(due, day):
    decision = run_one(date(2026, 7, 1), line(due=due), calendar=YEAR)
    assert outcome(decision) == (False, 1, day)
    assert run_one(day, line(due=due), calendar=YEAR).due


def test_early_contact_says_which_season_it_is_for():
    decision = run_one(date(2026, 7, 22), line(due=date(2026, 8, 20)), calendar=YEAR)
    assert reason(decision, "season") == {"season": "August"}
    usual = run_one(date(2026, 7, 24), line(due=date(2026, 7, 31)), calendar=YEAR)
    assert "season" not in codes(usual)


def test_season_never_delays_a_contact():
    """Due on the first days of August, the usual step comes earlier by itself."""
    scenario = Scenario((Level(1, Phase.PREVENTIVE, -20, (EMAIL,)),))
    decision = run_one(
        date(2026, 7, 1), line(due=date(2026, 8, 3)), scenario=scenario, calendar=YEAR
    )
    assert outcome(decision) == (False, 1, date(2026, 7, 15))  # the 14th: a holiday
    assert "season" not in codes(decision)


def test_only_the_first_preventive_step_comes_early():
    august = line(due=date(2026, 8, 20), reached=LADDER.levels[0].rank)
    decision = run_one(date(2026, 7, 27), august, calendar=YEAR)
    assert outcome(decision) == (False, 2, date(2026, 8, 18))
    overdue = line(due=date(2026, 8, 20), reached=LADDER.levels[1].rank)
    decision = run_one(date(2026, 7, 27), overdue, calendar=YEAR)
    assert outcome(decision) == (False, 3, date(2026, 8, 21))


def test_scenario_without_prevention_has_nothing_to_bring_forward():
    scenario = Scenario((Level(3, Phase.LEVEL_1, 1, (EMAIL,)),))
    decision = run_one(
        date(2026, 7, 22), line(due=date(2026, 8, 20)), scenario=scenario, calendar=YEAR
    )
    assert outcome(decision) == (False, 3, date(2026, 8, 21))


def test_early_contact_that_was_missed_is_caught_up():
    decision = run_one(date(2026, 7, 27), line(due=date(2026, 8, 20)), calendar=YEAR)
    assert outcome(decision) == (True, 1, date(2026, 7, 27))


@pytest.mark.parametrize(
    ("contact", "closings", "expected", "days"),
    [
        (date(2026, 8, 24), (), date(2026, 8, 31), 7),  # before the season
        (date(2026, 8, 28), (), date(2026, 9, 1), 4),  # 4 days are enough in it
        (date(2026, 9, 8), (), date(2026, 9, 14), 4),  # a Saturday
        (date(2026, 9, 25), (), date(2026, 9, 29), 4),
        (date(2026, 9, 28), (), date(2026, 10, 5), 7),  # 2 October: too soon again
        # The 29th and 30th are closed: by then the season and its rhythm are over.
        (
            date(2026, 9, 25),
            (Closing(date(2026, 9, 29), date(2026, 9, 30)),),
            date(2026, 10, 2),
            7,
        ),
    ],
)
def test_rhythm_of_september_lasts_as_long_as_september(
    contact, closings, expected, days
):
    calendar = Calendar(closings=closings, seasons=(AUGUST, SEPTEMBER))
    decision = run_one(
        contact, line(), calendar=calendar, last_contact=Contact(contact, EMAIL)
    )
    assert decision.next_date == expected
    assert reason(decision, "min_gap") == {"days": days, "on": contact}


# -------------------------------------------------------------- the debtor's closing

CLOSED = (Closing(date(2026, 3, 2), date(2026, 3, 13), of_debtor=True),)


def test_contact_waits_for_the_debtor_to_be_back():
    decision = run_one(date(2026, 3, 3), line(), closings=CLOSED)
    assert outcome(decision) == (False, 3, date(2026, 3, 16))
    assert reason(decision, "not_working") == {
        "why": "debtor_closing",
        "day": date(2026, 3, 16),
    }
    assert run_one(date(2026, 3, 16), line(), closings=CLOSED).due


def test_step_of_the_eve_takes_place_before_the_closing():
    early = line(due=date(2026, 3, 6))
    assert outcome(run_one(date(2026, 2, 27), early, closings=CLOSED)) == (
        True,
        1,
        date(2026, 2, 27),
    )


def test_preventive_step_that_the_closing_moves_past_maturity_gives_way():
    due = line(due=date(2026, 3, 10))
    assert outcome(run_one(date(2026, 3, 2), due, closings=CLOSED)) == (
        False,
        3,
        date(2026, 3, 16),
    )


def test_our_closing_and_theirs_add_up():
    ours = Calendar(closings=(Closing(date(2026, 3, 16), date(2026, 3, 17)),))
    decision = run_one(date(2026, 3, 13), line(), calendar=ours, closings=CLOSED)
    assert outcome(decision) == (False, 3, date(2026, 3, 18))


# ----------------------------------------------------------------- roles, refusals


def test_level_reaches_whom_it_is_meant_for():
    by_role = {"": frozenset({EMAIL}), "director": frozenset({LETTER})}
    young, old = run(
        date(2026, 3, 27),
        line(1, due=date(2026, 3, 20), reachable=by_role),
        line(2, reached=LADDER.levels[2].rank, reachable=by_role),
    )
    assert (young.level.id, young.channel) == (3, EMAIL)
    assert (old.level.id, old.channel) == (4, LETTER)


def test_without_such_a_person_whom_the_invoice_names_is_reached():
    by_role = {"": frozenset({EMAIL}), "purchaser": frozenset({LETTER})}
    decision = run_one(
        date(2026, 3, 27), line(reached=LADDER.levels[2].rank, reachable=by_role)
    )
    assert (decision.level.id, decision.channel) == (4, EMAIL)


def test_line_without_recipients_of_its_own_is_reached_as_the_debtor():
    decision = run_one(date(2026, 3, 3), line(), reachable=frozenset({PHONE}))
    assert decision.channel == PHONE


@pytest.mark.parametrize(
    ("refused", "failed", "reachable", "chosen", "reasons"),
    [
        ({EMAIL}, (), EVERY_CHANNEL, PHONE, ["channel_refused", "channel_first"]),
        ({EMAIL, PHONE}, (), EVERY_CHANNEL, None, ["channel_refused"] * 2),
        ((), {EMAIL}, {PHONE}, PHONE, ["channel_failed", "channel_first"]),
        ((), {EMAIL}, EVERY_CHANNEL, EMAIL, ["channel_first"]),  # another address
        ((), (), {PHONE}, PHONE, ["channel_missing", "channel_first"]),
        ({EMAIL}, {EMAIL}, {PHONE}, PHONE, ["channel_refused", "channel_first"]),
    ],
)
def test_channel_that_is_refused_or_came_back_gives_way_and_says_why(
    refused, failed, reachable, chosen, reasons
):
    found, why = choose_channel(
        (EMAIL, PHONE),
        frozenset(reachable),
        None,
        frozenset(refused),
        frozenset(failed),
    )
    assert found == chosen
    assert [r.code for r in why] == [*reasons, *([] if chosen else ["unreachable"])]


# ------------------------------------------------------------------------- minimums


def with_minimum(*minimums):
    """Return a ladder of levels 1 and 2 with these minimums."""
    phases = ((Phase.LEVEL_1, 1), (Phase.LEVEL_2, 20))
    return Scenario(
        tuple(
            Level(number, phase, delay, (EMAIL,), minimum=Decimal(minimum))
            for number, ((phase, delay), minimum) in enumerate(
                zip(phases, minimums, strict=True), start=1
            )
        )
    )


OLD = {"due": date(2026, 2, 2), "reached": (Phase.LEVEL_1, 1)}
TODAY = date(2026, 3, 3)


@pytest.mark.parametrize(
    ("lines", "due"),
    [
        ([line(residual="49.99")], [False]),
        ([line(residual="50")], [True]),
        ([line(1, residual="30"), line(2, residual="20")], [True, True]),
        ([line(1, residual="60"), line(2, residual="-11")], [False, False]),
        ([line(1, residual="60"), line(2, residual="-10")], [True, False]),
        # The currency of the company counts: 20 of theirs are worth 80 of ours.
        ([line(residual="20", worth=Decimal(80), currency=USD)], [True]),
        ([line(residual="80", worth=Decimal(20), currency=USD)], [False]),
        (
            [
                line(1, residual="20", worth=Decimal(80), currency=USD),
                line(2, residual="-10", worth=Decimal(-40), currency=USD),
            ],
            [False, False],
        ),
    ],
)
def test_message_below_the_minimum_does_not_leave(lines, due):
    decisions = run(TODAY, *lines, scenario=with_minimum(50, 0))
    assert [d.due for d in decisions] == due
    if not any(due):
        assert decisions[0].next_date is None
        assert reason(decisions[0], "below_minimum") == {"minimum": Decimal(50)}


def test_minimum_is_that_of_the_firmest_step():
    old, young = line(1, residual="60", **OLD), line(2, residual="50")
    for minimum, due in ((110, True), (111, False)):
        first, second = run(TODAY, old, young, scenario=with_minimum(0, minimum))
        assert (first.due, second.due) == (due, True)


def test_too_little_for_the_firm_step_does_not_silence_the_mild_one():
    """Otherwise a debt of a few cents would shelter all the younger ones."""
    old, young = line(1, residual="0.50", **OLD), line(2, residual="90")
    first, second = run(TODAY, old, young, scenario=with_minimum(0, 100))
    assert outcome(first) == (False, 2, None)
    assert "below_minimum" in codes(first)
    assert outcome(second) == (True, 1, TODAY)


def test_what_remains_must_reach_its_own_minimum():
    old, young = line(1, residual="40", **OLD), line(2, residual="30")
    decisions = run(TODAY, old, young, scenario=with_minimum(50, 100))
    assert [d.due for d in decisions] == [False, False]


def test_overdue_below_its_minimum_does_not_silence_what_is_coming_due():
    scenario = Scenario(
        (
            Level(1, Phase.PREVENTIVE, -7, (EMAIL,)),
            Level(2, Phase.LEVEL_1, 1, (EMAIL,), minimum=Decimal(50)),
        )
    )
    overdue, coming = run(
        TODAY, line(1, residual="10"), line(2, due=date(2026, 3, 9)), scenario=scenario
    )
    assert (overdue.due, coming.due) == (False, True)


# ------------------------------------------------------------------ what is claimed

LAW = Scenario(
    (
        Level(1, Phase.LEVEL_1, 1, (EMAIL,)),
        Level(2, Phase.FORMAL_NOTICE, 20, (REGISTERED,), minimum=Decimal(100)),
    )
)


@pytest.mark.parametrize(
    ("credit", "due"),
    [
        ("-50", [True, True]),
        ("-51", [False, True]),  # below the minimum of the notice
        ("-150", [False, True]),  # the notice would claim nothing at all
        ("-299.99", [False, True]),
        ("-300", [False, False]),
    ],
)
def test_formal_notice_needs_a_net_claim_of_its_own(credit, due):
    """It asks only for what has come that far: the younger debt is mentioned."""
    lines = line(1, residual="150", **OLD), line(2, residual="300")
    *decisions, _credit = run(TODAY, *lines, line(3, residual=credit), scenario=LAW)
    assert [d.due for d in decisions] == due


def test_what_a_message_claims_depends_on_its_firmest_step():
    notice, young = run(TODAY, line(1, **OLD), line(2), scenario=LAW)
    coming = run_one(date(2026, 2, 24), line())
    assert claimed([notice, young]) == [notice]
    assert claimed([young, coming]) == [young]
    assert claimed([coming]) == [coming]
    assert claimed([]) == []


# --------------------------------------------------------------------- what is held

BOUNCED = (Reason("check_bounced", {"address": "a@x.test"}),)


def test_line_held_on_our_side_is_due_and_says_what_comes_first():
    decision = run_one(TODAY, line(held=BOUNCED))
    assert outcome(decision) == (True, 3, TODAY)
    assert decision.waits_for == "our_side"
    assert decision.reasons[-1] == BOUNCED[0]


def test_line_held_does_not_hold_the_others():
    held, ready = run(TODAY, line(1, held=BOUNCED), line(2))
    assert (held.due, held.held) == (True, True)
    assert (ready.due, ready.held, ready.waits_for) == (True, False, "")


def test_line_held_does_not_carry_a_message_over_the_credits():
    held, ready, _credit = run(
        TODAY,
        line(1, residual="500", held=BOUNCED),
        line(2, residual="100"),
        line(3, residual="-150"),
    )
    assert outcome(ready) == (False, 3, None)
    assert "net_not_positive" in codes(ready)
    assert held.due, "450 are owed once our side is in order"


def test_line_held_does_not_carry_a_message_over_its_minimum():
    held, ready = run(
        TODAY,
        line(1, residual="500", held=BOUNCED),
        line(2, residual="40"),
        scenario=with_minimum(50, 0),
    )
    assert (held.due, ready.due) == (True, False)


def test_firm_line_held_does_not_ask_its_minimum_of_the_others():
    held, ready = run(
        TODAY,
        line(1, residual="10", held=BOUNCED, **OLD),
        line(2, residual="40"),
        scenario=with_minimum(0, 1000),
    )
    assert (held.due, ready.due) == (True, True)


def test_nobody_puts_our_side_right_for_a_debt_that_the_credits_cover():
    held, _credit = run(
        TODAY, line(1, residual="100", held=BOUNCED), line(2, residual="-100")
    )
    assert outcome(held) == (False, 3, None)
    assert "net_not_positive" in codes(held)


def test_line_that_reaches_nobody_does_not_carry_the_message_either():
    mute = {"": frozenset()}
    far, near, _credit = run(
        TODAY,
        line(1, residual="500", reachable=mute),
        line(2, residual="100"),
        line(3, residual="-150"),
    )
    assert (far.due, far.waits_for) == (True, "contact")
    assert (near.due, codes(near)[-1]) == (False, "net_not_positive")


def test_line_that_reaches_nobody_does_not_ask_its_minimum_of_the_others():
    far, near = run(
        TODAY,
        line(1, residual="10", reachable={"": frozenset()}, **OLD),
        line(2, residual="40"),
        scenario=with_minimum(0, 1000),
    )
    assert (far.due, near.due) == (True, True)


# ------------------------------------------------------------------ an item held


HOLD = Reason("line_hold", {"until": date(2026, 3, 20), "by": "Ann", "why": "pallet"})


def held(**facts):
    found = line(**facts)
    found.hold(date(2026, 3, 20), HOLD)
    return found


@pytest.mark.parametrize(
    ("today", "expected"),
    [
        (date(2026, 2, 23), (False, 3, date(2026, 3, 23))),
        (date(2026, 3, 3), (False, 3, date(2026, 3, 23))),
        (date(2026, 3, 20), (False, 3, date(2026, 3, 23))),
        (date(2026, 3, 23), (True, 3, date(2026, 3, 23))),  # the Monday after
    ],
)
def test_a_held_line_waits_for_the_end_of_its_hold(today, expected):
    decision = run_one(today, held())
    assert outcome(decision) == expected
    assert ("line_hold" in codes(decision)) is (not expected[0])


def test_a_held_line_leaves_the_others_alone():
    decisions = run(date(2026, 3, 3), held(), line(2))
    assert [decision.due for decision in decisions] == [False, True]


def test_a_hold_before_the_first_step_moves_nothing():
    decision = run_one(date(2026, 3, 1), held(due=date(2026, 4, 20)))
    assert outcome(decision) == (False, 1, date(2026, 4, 13))
    assert "line_hold" in codes(decision)


def test_whom_no_call_reaches_is_written_to():
    every = frozenset({"email", "phone", "letter", "registered_letter"})
    for channels, reachable, refused, found in (
        (("phone", "letter", "email"), every, frozenset(), "letter"),
        (("phone",), every, frozenset(), "email"),
        (("phone",), every, frozenset({"email"}), "letter"),
        (("phone", "registered_letter"), every, frozenset(), "registered_letter"),
        (("phone", "email"), frozenset({"phone"}), frozenset(), None),
        ((), frozenset({"letter"}), frozenset(), "letter"),
    ):
        assert choose_written(channels, reachable, refused) == found
