"""Who is contacted, when, at which level, by which channel: each rule by example.

Monday 2 March 2026 is the maturity. The steps of the standard ladder then fall on:
23 February, 3, 13 and 24 March, 3, 13 and 27 April, and Saturday 16 May.
"""

from copy import deepcopy
from datetime import date, timedelta
from decimal import Decimal
from functools import partial

import pytest
from core.calendar import Calendar, Closing
from core.schedule import (
    Contact,
    Debtor,
    Level,
    Line,
    Phase,
    Reason,
    Scenario,
    choose_channel,
    decide,
)

from . import deciding
from .deciding import (
    EMAIL,
    EUR,
    FRANCE,
    LETTER,
    PHONE,
    REGISTERED,
    USD,
    codes,
    outcome,
    reason,
)

ALSACE = Calendar(alsace_moselle=True)
DUE = date(2026, 3, 2)

LADDER = (
    Level(1, Phase.PREVENTIVE, -7, (EMAIL, PHONE)),
    Level(2, Phase.LEVEL_1, 1, (EMAIL, PHONE)),
    Level(3, Phase.LEVEL_1, 11, (PHONE, EMAIL)),
    Level(4, Phase.LEVEL_2, 22, (EMAIL, LETTER, PHONE)),
    Level(5, Phase.LEVEL_2, 32, (PHONE, LETTER)),
    Level(6, Phase.LEVEL_3, 42, (REGISTERED, LETTER, EMAIL)),
    Level(7, Phase.FORMAL_NOTICE, 56, (REGISTERED,)),
    Level(8, Phase.LITIGATION, 75, (REGISTERED, LETTER)),
)
STANDARD = Scenario(LADDER, min_gap=7, grace=2)
LEVEL = {level.id: level for level in LADDER}


def ladder(*levels, min_gap=7, grace=2):
    """Return a scenario from ``(id, phase, delay)``, all by e-mail."""
    return Scenario(
        tuple(Level(*level, channels=(EMAIL,)) for level in levels), min_gap, grace
    )


def line(id=1, due=DUE, residual="1000", *, reached=None, on=None, **facts):
    """Return a receivable line; ``reached`` is the id of its last standard level."""
    if reached:
        facts["reached"] = LEVEL[reached].rank
        facts["reached_on"] = on
    return Line(id, due, Decimal(residual), facts.pop("currency", EUR), **facts)


run = partial(deciding.run, scenario=STANDARD)


def run_one(today, only_line=None, **options):
    """Decide for a debtor with one line, of 1 000 unless told."""
    options = {"scenario": STANDARD, **options}
    return deciding.run_one(today, only_line or line(), **options)


# ------------------------------------------------------------------ when, one line


@pytest.mark.parametrize(
    ("today", "expected"),
    [
        (date(2026, 2, 2), (False, 1, date(2026, 2, 23))),
        (date(2026, 2, 20), (False, 1, date(2026, 2, 23))),
        (date(2026, 2, 23), (True, 1, date(2026, 2, 23))),
        (date(2026, 2, 26), (True, 1, date(2026, 2, 26))),
        (date(2026, 3, 2), (True, 1, date(2026, 3, 2))),  # matures today
        (date(2026, 3, 3), (True, 2, date(2026, 3, 3))),
        (date(2026, 3, 12), (True, 2, date(2026, 3, 12))),
        (date(2026, 3, 13), (True, 3, date(2026, 3, 13))),
        (date(2026, 3, 24), (True, 3, date(2026, 3, 24))),
        (date(2026, 12, 1), (True, 3, date(2026, 12, 1))),
    ],
)
def test_line_never_reminded_of_takes_the_step_of_its_age_in_the_first_phase(
    today, expected
):
    assert outcome(run_one(today)) == expected


@pytest.mark.parametrize(
    ("reached", "eve", "day"),
    [
        (1, date(2026, 3, 2), date(2026, 3, 3)),
        (2, date(2026, 3, 12), date(2026, 3, 13)),
        (3, date(2026, 3, 23), date(2026, 3, 24)),
        (4, date(2026, 4, 2), date(2026, 4, 3)),
        (5, date(2026, 4, 10), date(2026, 4, 13)),
        (6, date(2026, 4, 24), date(2026, 4, 27)),
        (7, date(2026, 5, 15), date(2026, 5, 18)),  # Saturday 16 May
    ],
)
def test_next_step_comes_on_its_day_and_not_on_the_eve(reached, eve, day):
    instalment = line(reached=reached, on=date(2026, 2, 23))
    assert outcome(run_one(eve, instalment)) == (False, reached + 1, day)
    assert outcome(run_one(day, instalment)) == (True, reached + 1, day)


def test_second_instalment_is_not_dunned_before_its_date():
    first, second = line(1), line(2, due=date(2026, 4, 1))
    decisions = run(date(2026, 3, 3), first, second)
    assert [outcome(d) for d in decisions] == [
        (True, 2, date(2026, 3, 3)),
        (False, 1, date(2026, 3, 25)),
    ]


def test_lines_keep_their_own_level():
    old = line(1, due=date(2026, 1, 5), reached=4, on=date(2026, 2, 2))
    recent = line(2, due=date(2026, 2, 27))
    decisions = run(date(2026, 3, 3), old, recent)
    assert [(d.due, d.level.id) for d in decisions] == [(True, 6), (True, 2)]


def test_decisions_come_in_the_order_of_the_lines():
    lines = [line(3), line(1, residual="-5"), line(2, due=date(2026, 6, 1))]
    assert [d.line.id for d in run(date(2026, 3, 3), *lines)] == [3, 1, 2]
    assert [d.line for d in run(date(2026, 3, 3), *lines)] == lines


def test_deciding_changes_nothing_in_the_facts():
    debtor = Debtor([line(), line(2, residual="-50")], Contact(DUE, EMAIL))
    before = deepcopy(debtor)
    decide(debtor, STANDARD, date(2026, 3, 20), FRANCE)
    assert debtor == before


def test_debtor_without_lines_has_no_decision():
    assert run(date(2026, 3, 3)) == []


def test_order_in_which_levels_are_given_does_not_matter():
    shuffled = Scenario(LADDER[::-1], min_gap=7, grace=2)
    for offset in range(-20, 100):
        today = DUE + timedelta(days=offset)
        assert run_one(today) == run_one(today, scenario=shuffled)


# --------------------------------------------------------------------- missed days


@pytest.mark.parametrize("days_late", [0, 1, 2, 3, 9])
def test_missed_day_is_caught_up(days_late):
    today = FRANCE.next_working_day(date(2026, 3, 3) + timedelta(days=days_late))
    assert outcome(run_one(today)) == (True, 2, today)


def test_step_done_is_not_done_again():
    done = line(reached=2, on=date(2026, 3, 3))
    contact = Contact(date(2026, 3, 3), EMAIL)
    for today in (date(2026, 3, 3), date(2026, 3, 4), date(2026, 3, 12)):
        decision = run_one(today, done, last_contact=contact)
        assert outcome(decision) == (False, 3, date(2026, 3, 13))


def test_second_run_of_the_day_decides_nothing_even_without_a_minimum_gap():
    scenario = Scenario(LADDER, min_gap=0, grace=0)
    today = date(2026, 6, 1)  # 91 days late: every step is reached
    assert outcome(run_one(today, scenario=scenario)) == (True, 3, today)
    contacted = line(reached=3, on=today)
    contact = Contact(today, PHONE)
    again = run_one(today, contacted, scenario=scenario, last_contact=contact)
    assert again.due is False
    assert again.next_date == date(2026, 6, 2)


# ------------------------------------------------------------------------- how far


@pytest.mark.parametrize(
    ("reached", "taken", "beyond"),
    [
        (None, 3, 8),
        (1, 3, 8),
        (2, 5, 8),  # its second step of level 1 is over: level 2 is next
        (3, 5, 8),
        (4, 6, 8),
        (5, 6, 8),
        (6, 7, 8),
        (7, 8, None),
    ],
)
def test_old_line_climbs_one_phase_and_takes_its_latest_step(reached, taken, beyond):
    today = date(2026, 6, 1)
    decision = run_one(today, line(reached=reached, on=date(2026, 2, 23)))
    assert outcome(decision) == (True, taken, today)
    assert ("one_phase" in codes(decision)) is (beyond is not None)
    if beyond:
        assert reason(decision, "one_phase") == {"level": beyond}


@pytest.mark.parametrize(
    ("today", "beyond"),
    [
        (date(2026, 3, 23), None),
        (date(2026, 3, 24), 4),
        (date(2026, 4, 13), 6),
        (date(2026, 4, 27), 7),
    ],
)
def test_reason_names_the_firmest_step_that_the_age_would_allow(today, beyond):
    decision = run_one(today)
    found = [r.params["level"] for r in decision.reasons if r.code == "one_phase"]
    assert found == ([beyond] if beyond else [])


def test_last_step_of_the_ladder_finishes_it():
    decision = run_one(date(2026, 9, 1), line(reached=8, on=date(2026, 5, 18)))
    assert outcome(decision) == (False, None, None)
    assert codes(decision) == ["finished"]


@pytest.mark.parametrize("phase", [Phase.FORMAL_NOTICE, Phase.LITIGATION])
@pytest.mark.parametrize("reached", [None, 1])
def test_no_formal_notice_without_an_earlier_reminder(phase, reached):
    scenario = ladder((1, Phase.PREVENTIVE, -7), (9, phase, 30))
    decision = run_one(
        date(2026, 6, 1), line(reached=reached, on=date(2026, 2, 23)), scenario=scenario
    )
    assert outcome(decision) == (False, None, None)
    assert codes(decision) == ["no_earlier_reminder"]


def test_formal_notice_follows_a_reminder_of_an_earlier_scenario():
    scenario = ladder((9, Phase.FORMAL_NOTICE, 30))
    decision = run_one(
        date(2026, 6, 1), line(reached=2, on=date(2026, 3, 3)), scenario=scenario
    )
    assert outcome(decision) == (True, 9, date(2026, 6, 1))


def test_phase_that_the_scenario_lacks_is_no_obstacle():
    scenario = ladder(
        (1, Phase.LEVEL_1, 5), (2, Phase.LEVEL_3, 20), (3, Phase.FORMAL_NOTICE, 40)
    )
    assert run_one(date(2026, 6, 1), scenario=scenario).level.id == 1
    reminded = line(reached=3, on=date(2026, 3, 13))  # its level 1 is over
    decision = run_one(date(2026, 6, 1), reminded, scenario=scenario)
    assert decision.level.id == 2
    assert reason(decision, "one_phase") == {"level": 3}


def test_change_of_scenario_never_makes_the_tone_milder():
    scenario = ladder((1, Phase.LEVEL_1, 5), (2, Phase.LEVEL_1, 15))
    decision = run_one(
        date(2026, 6, 1), line(reached=4, on=date(2026, 3, 24)), scenario=scenario
    )
    assert codes(decision) == ["finished"]


def test_scenario_without_levels_has_nothing_to_say():
    decision = run_one(date(2026, 6, 1), scenario=Scenario(()))
    assert outcome(decision) == (False, None, None)
    assert codes(decision) == ["no_level"]


def test_scenario_of_prevention_only_stops_at_maturity():
    scenario = ladder((1, Phase.PREVENTIVE, -7))
    assert outcome(run_one(DUE, scenario=scenario)) == (True, 1, DUE)
    assert codes(run_one(date(2026, 3, 3), scenario=scenario)) == ["no_level"]


# --------------------------------------------------------------- gap and deadline


@pytest.mark.parametrize(
    ("min_gap", "contact", "expected"),
    [
        (7, date(2026, 3, 2), date(2026, 3, 9)),
        (7, date(2026, 3, 3), date(2026, 3, 10)),
        (5, date(2026, 3, 9), date(2026, 3, 16)),  # Saturday 14 March
        (1, date(2026, 3, 9), date(2026, 3, 10)),
        (30, date(2026, 3, 9), date(2026, 4, 8)),
    ],
)
def test_next_contact_waits_for_the_minimum_gap(min_gap, contact, expected):
    options = {
        "scenario": Scenario(LADDER, min_gap=min_gap),
        "last_contact": Contact(contact, EMAIL),
    }
    eve = expected - timedelta(days=1)
    while not FRANCE.is_working_day(eve):
        eve -= timedelta(days=1)
    early = run_one(eve, **options)
    assert (early.due, early.next_date) == (False, expected)
    assert reason(early, "min_gap") == {"days": min_gap, "on": contact}
    on_time = run_one(expected, **options)
    assert (on_time.due, on_time.next_date) == (True, expected)


def test_first_contact_waits_for_no_gap():
    scenario = Scenario(LADDER, min_gap=365, grace=365)
    decision = run_one(date(2026, 3, 3), scenario=scenario)
    assert outcome(decision) == (True, 2, date(2026, 3, 3))
    assert codes(decision) == ["late", "channel_first"]


def test_level_is_the_one_of_the_day_that_the_gap_leaves():
    decision = run_one(date(2026, 3, 10), last_contact=Contact(date(2026, 3, 9), EMAIL))
    assert outcome(decision) == (False, 3, date(2026, 3, 16))


@pytest.mark.parametrize(
    ("grace", "deadline", "expected"),
    [
        (2, date(2026, 3, 10), date(2026, 3, 12)),
        (1, date(2026, 3, 10), date(2026, 3, 11)),
        (2, date(2026, 3, 12), date(2026, 3, 16)),  # Saturday 14 March
    ],
)
def test_next_contact_comes_at_the_granted_deadline_plus_grace(
    grace, deadline, expected
):
    """DESIGN: ``max(…, …, deadline granted in the last message + grace)``."""
    decision = run_one(
        date(2026, 3, 9), scenario=Scenario(LADDER, 7, grace), deadline=deadline
    )
    assert decision.next_date == expected
    assert decision.due is False
    assert reason(decision, "deadline") == {"deadline": deadline, "days": grace}


def test_deadlines_of_the_standard_ladder_leave_its_steps_on_their_days():
    """Day 1 grants 8 days, and 2 of grace: the next step is planned on day 11."""
    decision = run_one(
        date(2026, 3, 4),
        line(reached=2, on=date(2026, 3, 3)),
        last_contact=Contact(date(2026, 3, 3), EMAIL),
        deadline=date(2026, 3, 11),
    )
    assert outcome(decision) == (False, 3, date(2026, 3, 13))


@pytest.mark.parametrize("today", [date(2026, 3, 10), date(2026, 3, 17)])
def test_nothing_leaves_before_the_granted_deadline(today):
    decision = run_one(today, deadline=date(2026, 3, 17))
    assert decision.due is False
    assert decision.next_date > date(2026, 3, 17)


def test_deadline_long_past_is_forgotten():
    decision = run_one(date(2026, 3, 20), deadline=date(2026, 3, 10))
    assert outcome(decision) == (True, 3, date(2026, 3, 20))
    assert "deadline" not in codes(decision)


@pytest.mark.parametrize(
    ("contact", "deadline", "hold", "bound"),
    [
        (date(2026, 3, 26), date(2026, 3, 19), date(2026, 3, 27), "min_gap"),
        (date(2026, 3, 16), date(2026, 4, 7), date(2026, 3, 27), "deadline"),
        (date(2026, 3, 16), date(2026, 3, 19), date(2026, 4, 14), "hold"),
    ],
)
def test_latest_bound_decides_and_is_the_reason(contact, deadline, hold, bound):
    decision = run_one(
        date(2026, 3, 26),
        last_contact=Contact(contact, EMAIL),
        deadline=deadline,
        hold_until=hold,
    )
    found = [c for c in codes(decision) if c in ("min_gap", "deadline", "hold")]
    assert found == [bound]
    assert decision.due is False


def test_step_later_than_every_bound_keeps_its_day():
    decision = run_one(
        date(2026, 3, 4),
        line(reached=3, on=date(2026, 3, 3)),
        last_contact=Contact(date(2026, 3, 3), PHONE),
        deadline=date(2026, 3, 9),
        hold_until=date(2026, 3, 10),
    )
    assert outcome(decision) == (False, 4, date(2026, 3, 24))


# -------------------------------------------------------------------- working days


@pytest.mark.parametrize("today", [date(2026, 3, 14), date(2026, 3, 15)])
def test_run_on_a_week_end_plans_for_monday(today):
    assert outcome(run_one(today)) == (True, 3, date(2026, 3, 16))


def test_run_on_sunday_sees_the_steps_of_monday():
    decision = run_one(date(2026, 2, 22))
    assert outcome(decision) == (True, 1, date(2026, 2, 23))
    assert reason(decision, "coming_due") == {"maturity": DUE, "days": 7}


@pytest.mark.parametrize(
    ("due", "calendar", "expected", "why"),
    [
        (date(2026, 3, 6), FRANCE, date(2026, 3, 9), "weekend"),
        (date(2026, 4, 30), FRANCE, date(2026, 5, 4), "holiday"),
        (date(2026, 4, 2), FRANCE, date(2026, 4, 3), None),
        (date(2026, 4, 2), ALSACE, date(2026, 4, 7), "holiday"),
        (
            date(2026, 8, 3),
            Calendar(closings=(Closing(date(2026, 8, 3), date(2026, 8, 14)),)),
            date(2026, 8, 17),
            "closing",
        ),
    ],
)
def test_step_on_a_closed_day_moves_to_the_next_working_day(
    due, calendar, expected, why
):
    scenario = ladder((2, Phase.LEVEL_1, 1))
    today = due - timedelta(days=3)
    decision = run_one(today, line(due=due), scenario=scenario, calendar=calendar)
    assert outcome(decision) == (False, 2, expected)
    if why:
        assert reason(decision, "not_working") == {"why": why, "day": expected}
    else:
        assert "not_working" not in codes(decision)


def test_gap_that_ends_on_a_week_end_says_why_monday_was_chosen():
    decision = run_one(
        date(2026, 3, 10),
        scenario=Scenario(LADDER, min_gap=5),
        last_contact=Contact(date(2026, 3, 9), EMAIL),
    )
    assert decision.next_date == date(2026, 3, 16)
    assert reason(decision, "not_working") == {
        "why": "weekend",
        "day": date(2026, 3, 16),
    }


def test_week_end_is_not_blamed_for_a_day_that_the_gap_decides():
    decision = run_one(
        date(2026, 3, 14), last_contact=Contact(date(2026, 3, 11), EMAIL)
    )
    assert decision.next_date == date(2026, 3, 18)
    assert reason(decision, "min_gap") == {"days": 7, "on": date(2026, 3, 11)}
    assert "not_working" not in codes(decision)


@pytest.mark.parametrize(
    ("scenario", "calendar", "today", "expected"),
    [
        pytest.param(
            ladder((1, Phase.LEVEL_1, 5), (2, Phase.LEVEL_1, 7)),  # 7 and 9 March
            FRANCE,
            date(2026, 3, 6),
            (2, date(2026, 3, 9)),
            id="two steps of one phase around a week-end",
        ),
        pytest.param(
            STANDARD,
            Calendar(closings=(Closing(date(2026, 3, 2), date(2026, 3, 13)),)),
            date(2026, 2, 27),
            (3, date(2026, 3, 16)),
            id="two steps of one phase in a closing",
        ),
        pytest.param(
            ladder((1, Phase.LEVEL_1, 5), (2, Phase.LEVEL_2, 7)),
            FRANCE,
            date(2026, 3, 6),
            (1, date(2026, 3, 9)),
            id="steps of two phases",
        ),
    ],
)
def test_level_announced_before_closed_days_is_the_one_taken_after_them(
    scenario, calendar, today, expected
):
    instalment = line(reached=1, on=date(2026, 2, 23))
    options = {"scenario": scenario, "calendar": calendar}
    announced = run_one(today, instalment, **options)
    taken = run_one(expected[1], instalment, **options)
    assert outcome(taken) == (True, *expected)
    assert outcome(announced) == (False, *expected)


# ---------------------------------------------------------------- preventive track


def test_old_debt_does_not_silence_what_is_coming_due():
    old = line(1, due=date(2026, 1, 5), reached=3, on=date(2026, 2, 12))
    coming = line(2)
    decisions = run(
        date(2026, 2, 23),
        old,
        coming,
        last_contact=Contact(date(2026, 2, 12), PHONE),
        deadline=date(2026, 3, 20),
    )
    assert [(d.due, d.level.id) for d in decisions] == [(False, 5), (True, 1)]


def test_coming_due_joins_the_reminder_of_the_same_day():
    old = line(1, due=date(2026, 1, 30), reached=2, on=date(2026, 2, 2))
    decisions = run(
        date(2026, 2, 23), old, line(2), last_contact=Contact(date(2026, 2, 2), EMAIL)
    )
    assert [outcome(d) for d in decisions] == [
        (True, 4, date(2026, 2, 23)),
        (True, 1, date(2026, 2, 23)),
    ]


def test_preventive_step_keeps_the_minimum_gap():
    decision = run_one(
        date(2026, 2, 23), last_contact=Contact(date(2026, 2, 19), EMAIL)
    )
    assert outcome(decision) == (False, 1, date(2026, 2, 26))


def test_preventive_step_that_the_gap_moves_past_maturity_gives_way_to_level_1():
    decision = run_one(
        date(2026, 2, 26),
        scenario=Scenario(LADDER, min_gap=10),
        last_contact=Contact(date(2026, 2, 23), EMAIL),
    )
    assert outcome(decision) == (False, 2, date(2026, 3, 5))


def test_preventive_step_is_caught_up_until_maturity_and_not_after():
    assert outcome(run_one(DUE)) == (True, 1, DUE)
    assert run_one(DUE + timedelta(days=1)).level.id == 2


def test_preventive_step_never_leaves_after_a_maturity_on_a_sunday():
    sunday = line(due=date(2026, 3, 8))
    assert outcome(run_one(date(2026, 3, 7), sunday)) == (True, 2, date(2026, 3, 9))


def test_preventive_step_that_the_week_end_moves_past_maturity_gives_way_too():
    scenario = ladder((1, Phase.PREVENTIVE, -1), (2, Phase.LEVEL_1, 1))
    sunday = line(due=date(2026, 3, 8))
    announced = run_one(date(2026, 3, 6), sunday, scenario=scenario)
    assert outcome(announced) == (False, 2, date(2026, 3, 9))


@pytest.mark.parametrize(
    ("today", "reached", "expected"),
    [
        (date(2026, 2, 19), None, (False, 1, date(2026, 2, 20))),
        (date(2026, 2, 20), None, (True, 1, date(2026, 2, 20))),
        (date(2026, 2, 25), None, (True, 1, date(2026, 2, 25))),
        (date(2026, 2, 26), None, (True, 2, date(2026, 2, 26))),  # the latest of two
        (date(2026, 2, 20), 1, (False, 2, date(2026, 2, 26))),
        (date(2026, 2, 26), 1, (True, 2, date(2026, 2, 26))),
        (date(2026, 2, 26), 2, (False, 3, date(2026, 3, 3))),
    ],
)
def test_preventive_steps_follow_each_other(today, reached, expected):
    scenario = ladder(
        (1, Phase.PREVENTIVE, -10), (2, Phase.PREVENTIVE, -4), (3, Phase.LEVEL_1, 1)
    )
    ranks = {1: (Phase.PREVENTIVE, -10), 2: (Phase.PREVENTIVE, -4), None: None}
    instalment = line()
    instalment.reached = ranks[reached]
    assert outcome(run_one(today, instalment, scenario=scenario)) == expected


def test_step_on_the_day_of_maturity_is_preventive():
    scenario = ladder((1, Phase.PREVENTIVE, 0), (2, Phase.LEVEL_1, 1))
    assert outcome(run_one(DUE, scenario=scenario)) == (True, 1, DUE)


def test_maturity_put_off_after_a_reminder_brings_back_no_preventive_step():
    postponed = line(due=date(2026, 4, 1), reached=2, on=date(2026, 3, 3))
    decision = run_one(date(2026, 3, 25), postponed)
    assert outcome(decision) == (False, 3, date(2026, 4, 13))  # 12 April: Sunday


# ------------------------------------------------------------ credits, net balance


def test_credit_is_not_dunned():
    decision = run_one(date(2026, 3, 3), line(residual="-100"))
    assert outcome(decision) == (False, None, None)
    assert codes(decision) == ["credit"]


@pytest.mark.parametrize(
    ("reached", "today"),
    [
        (None, date(2026, 2, 23)),
        (1, date(2026, 3, 3)),
        (2, date(2026, 3, 13)),
        (3, date(2026, 3, 24)),
        (4, date(2026, 4, 3)),
        (5, date(2026, 4, 13)),
        (6, date(2026, 4, 27)),
        (7, date(2026, 5, 18)),
    ],
)
@pytest.mark.parametrize(
    ("residual", "due"), [("1000", True), ("400", True), ("0.01", True), ("0", False)]
)
def test_each_step_serves_whole_and_partly_paid_lines_but_no_paid_one(
    reached, today, residual, due
):
    decision = run_one(today, line(residual=residual, reached=reached))
    assert decision.due is due


@pytest.mark.parametrize(
    ("credit", "due"), [("-99.99", True), ("-100", False), ("-250", False)]
)
def test_debtor_whose_credits_cover_the_overdue_is_not_written_to(credit, due):
    overdue, _credit = run(
        date(2026, 3, 3), line(1, residual="100"), line(2, residual=credit)
    )
    assert outcome(overdue) == (due, 2, date(2026, 3, 3) if due else None)
    assert ("net_not_positive" in codes(overdue)) is not due


def test_debt_that_is_not_due_yet_does_not_use_up_the_credits():
    overdue, coming, _credit = run(
        date(2026, 3, 3),
        line(1, residual="100"),
        line(2, due=date(2026, 3, 10), residual="1000"),
        line(3, due=date(2026, 12, 31), residual="-150"),
    )
    assert (overdue.due, codes(overdue)[-1]) == (False, "net_not_positive")
    assert outcome(coming) == (True, 1, date(2026, 3, 3))


def test_prevention_counts_every_credit_against_the_whole_account():
    coming, _credit = run(
        date(2026, 2, 23), line(1, residual="100"), line(2, residual="-100")
    )
    assert (coming.due, codes(coming)[-1]) == (False, "net_not_positive")


def test_net_balance_counts_all_overdue_lines():
    decisions = run(
        date(2026, 3, 3),
        line(1, residual="100"),
        line(2, residual="100"),
        line(3, residual="-150"),
    )
    assert [d.due for d in decisions] == [True, True, False]


def test_message_alone_must_exceed_the_credits():
    """A finished or disputed line owes much, but the message does not ask for it."""
    finished, young, _credit = run(
        date(2026, 3, 3),
        line(1, due=date(2025, 1, 1), residual="9000", reached=8, on=DUE),
        line(2, residual="100"),
        line(3, residual="-150"),
    )
    assert not finished.due
    assert (young.due, codes(young)[-1]) == (False, "net_not_positive")


def test_line_that_matures_during_the_week_end_is_overdue_on_monday():
    sunday = line(1, due=date(2026, 3, 8), residual="100")
    credit = line(2, residual="-40")
    decision, _credit = run(date(2026, 3, 7), sunday, credit)
    assert outcome(decision) == (True, 2, date(2026, 3, 9))
    assert reason(decision, "late")["days"] == 1


def test_line_that_matures_today_is_not_overdue():
    overdue, matures, _credit = run(
        date(2026, 3, 3),
        line(1, residual="100"),
        line(2, due=date(2026, 3, 3), residual="100", reached=1, on=DUE),
        line(3, residual="-150"),
    )
    assert (overdue.due, codes(overdue)[-1]) == (False, "net_not_positive")
    assert outcome(matures) == (False, 2, date(2026, 3, 4))


def test_credit_in_another_currency_does_not_count():
    euros, dollars, credit = run(
        date(2026, 3, 3),
        line(1, residual="100"),
        line(2, residual="100", currency=USD),
        line(3, residual="-500", currency=USD),
    )
    assert (euros.due, dollars.due, credit.due) == (True, False, False)
    assert "net_not_positive" not in codes(euros)
    assert "net_not_positive" in codes(dollars)


def test_lines_in_several_currencies_are_due_on_the_same_day():
    decisions = run(date(2026, 3, 3), line(1), line(2, currency=USD))
    assert [outcome(d) for d in decisions] == [(True, 2, date(2026, 3, 3))] * 2


# ------------------------------------------------------------ hold, blocks, pending


@pytest.mark.parametrize(
    ("today", "hold", "expected"),
    [
        (date(2026, 3, 3), date(2026, 3, 4), (False, 2, date(2026, 3, 5))),
        (date(2026, 3, 4), date(2026, 3, 4), (False, 2, date(2026, 3, 5))),
        (date(2026, 3, 5), date(2026, 3, 4), (True, 2, date(2026, 3, 5))),
        (date(2026, 3, 4), date(2026, 3, 6), (False, 2, date(2026, 3, 9))),
        (date(2026, 3, 7), date(2026, 3, 8), (True, 2, date(2026, 3, 9))),
        (date(2026, 3, 4), date(2026, 3, 19), (False, 3, date(2026, 3, 20))),
        (date(2026, 2, 24), date(2026, 2, 26), (False, 1, date(2026, 2, 27))),
        (date(2026, 2, 24), date(2026, 3, 2), (False, 2, date(2026, 3, 3))),
    ],
)
def test_hold_lasts_until_its_last_day_included(today, hold, expected):
    decision = run_one(today, hold_until=hold)
    assert outcome(decision) == expected
    if not decision.due:
        assert reason(decision, "hold") == {"until": hold}


def test_block_leaves_out_its_line_only():
    disputed = line(1, blocks=(Reason("dispute", {"name": "L1"}),))
    decisions = run(date(2026, 3, 3), disputed, line(2))
    assert [outcome(d) for d in decisions] == [
        (False, None, None),
        (True, 2, date(2026, 3, 3)),
    ]
    assert decisions[0].reasons == [Reason("dispute", {"name": "L1"})]


def test_block_of_the_debtor_leaves_out_every_line_with_every_reason():
    blocked = line(1, blocks=(Reason("no_followup"),))
    credit = line(3, residual="-10")
    decisions = run(
        date(2026, 3, 3), blocked, line(2), credit, blocks=(Reason("insolvency"),)
    )
    assert [d.due for d in decisions] == [False, False, False]
    assert [codes(d) for d in decisions] == [
        ["no_followup", "insolvency"],
        ["insolvency"],
        ["credit"],
    ]


def test_line_of_a_reminder_under_way_waits_for_it():
    decisions = run(date(2026, 3, 3), line(1, pending="R/007"), line(2))
    assert [d.due for d in decisions] == [False, True]
    assert decisions[0].reasons == [Reason("pending", {"reminder": "R/007"})]


def test_reminder_on_its_way_is_a_contact_for_the_other_lines():
    planned = date(2026, 3, 3)
    decisions = run(
        planned,
        line(1),
        line(2, pending="R/007", pending_on=planned),
        line(3, due=date(2026, 3, 12)),
        pending="R/007",
        pending_on=planned,
    )
    wait = Reason("pending", {"reminder": "R/007", "on": planned})
    assert outcome(decisions[0]) == (False, 2, date(2026, 3, 10))
    assert wait in decisions[0].reasons
    assert decisions[1].reasons == [wait]
    # Prevention is put off by the gap, not silenced by a call that nobody makes.
    assert outcome(decisions[2]) == (False, 1, date(2026, 3, 10))


def test_reminder_that_is_never_made_does_not_silence_the_debtor():
    decision = run_one(
        date(2026, 3, 12), line(), pending="R/007", pending_on=date(2026, 3, 3)
    )
    assert outcome(decision) == (True, 2, date(2026, 3, 12))


def test_debtor_who_is_never_open_is_told_and_not_an_error():
    for_ever = Closing(date(2026, 1, 1), date(2036, 1, 1), of_debtor=True)
    decision = run_one(date(2026, 3, 3), closings=(for_ever,))
    assert outcome(decision) == (False, None, None)
    assert codes(decision) == ["no_working_day"]


# ------------------------------------------------------------------------ channels


@pytest.mark.parametrize(
    ("channels", "reachable", "last", "chosen", "reasons"),
    [
        ((EMAIL, PHONE), (EMAIL, PHONE), None, EMAIL, ["channel_first"]),
        ((EMAIL, PHONE), (EMAIL, PHONE), EMAIL, PHONE, ["channel_varied"]),
        ((EMAIL, PHONE), (EMAIL, PHONE), PHONE, EMAIL, ["channel_varied"]),
        ((EMAIL, PHONE), (EMAIL, PHONE), LETTER, EMAIL, ["channel_varied"]),
        ((EMAIL, PHONE), (EMAIL,), EMAIL, EMAIL, ["channel_missing", "channel_only"]),
        ((EMAIL,), (EMAIL, PHONE), EMAIL, EMAIL, ["channel_only"]),
        ((EMAIL, PHONE), (PHONE,), None, PHONE, ["channel_missing", "channel_first"]),
        (
            (EMAIL, LETTER, PHONE),
            (LETTER, PHONE),
            LETTER,
            PHONE,
            ["channel_missing", "channel_varied"],
        ),
        ((EMAIL, PHONE), (), None, None, ["channel_missing"] * 2 + ["unreachable"]),
        ((EMAIL,), (PHONE,), EMAIL, None, ["channel_missing", "unreachable"]),
        ((), (EMAIL,), None, None, ["no_channel"]),
    ],
)
def test_channel_is_the_first_usable_one_that_differs_from_the_last(
    channels, reachable, last, chosen, reasons
):
    contact = Contact(DUE, last) if last else None
    found, why = choose_channel(channels, frozenset(reachable), contact)
    assert found == chosen
    assert [r.code for r in why] == reasons


def test_reason_of_the_channel_names_the_channels():
    _found, why = choose_channel(
        (LETTER, EMAIL, PHONE), frozenset({EMAIL, PHONE}), Contact(DUE, EMAIL)
    )
    assert why == [
        Reason("channel_missing", {"channel": LETTER}),
        Reason("channel_varied", {"channel": PHONE, "last": EMAIL, "on": DUE}),
    ]


def test_only_channel_is_named_too():
    _found, why = choose_channel((EMAIL,), frozenset({EMAIL}), Contact(DUE, EMAIL))
    assert why == [Reason("channel_only", {"channel": EMAIL})]
    _found, why = choose_channel((EMAIL,), frozenset({EMAIL}), None)
    assert why == [Reason("channel_first", {"channel": EMAIL})]


def test_channels_rotate_along_the_ladder():
    today, contact, reached, used = DUE, None, None, []
    for level_id in (2, 3, 4, 5, 6):
        today = FRANCE.next_working_day(DUE + timedelta(days=LEVEL[level_id].delay))
        decision = run_one(today, line(reached=reached, on=today), last_contact=contact)
        assert decision.level.id == level_id
        used.append(decision.channel)
        contact, reached = Contact(today, decision.channel), level_id
    assert used == [EMAIL, PHONE, EMAIL, PHONE, REGISTERED]


def test_debtor_out_of_reach_is_due_without_a_channel():
    decision = run_one(date(2026, 3, 3), reachable=frozenset({LETTER}))
    assert outcome(decision) == (True, 2, date(2026, 3, 3))
    assert decision.channel is None
    assert codes(decision) == [
        "late",
        "channel_missing",
        "channel_missing",
        "unreachable",
    ]


# ----------------------------------------------------------------------- reasoning


def test_reasons_tell_the_whole_reasoning_in_order():
    decision = run_one(
        date(2026, 4, 28),
        line(reached=2, on=date(2026, 4, 27)),
        last_contact=Contact(date(2026, 4, 27), EMAIL),
    )
    assert outcome(decision) == (False, 5, date(2026, 5, 4))
    assert decision.reasons == [
        Reason("late", {"maturity": DUE, "days": 57}),
        Reason("reached", {"on": date(2026, 4, 27)}),
        Reason("min_gap", {"days": 7, "on": date(2026, 4, 27)}),
        Reason(
            "channel_varied",
            {"channel": PHONE, "last": EMAIL, "on": date(2026, 4, 27)},
        ),
        Reason("one_phase", {"level": 7}),
    ]


def test_reasons_of_a_step_to_come_give_its_day_and_why_it_moved():
    decision = run_one(date(2026, 5, 14), line(reached=7, on=date(2026, 4, 27)))
    assert decision.reasons == [
        Reason("late", {"maturity": DUE, "days": 74}),  # the 14th is Ascension
        Reason("reached", {"on": date(2026, 4, 27)}),
        Reason("step_date", {"on": date(2026, 5, 16)}),
        Reason("not_working", {"why": "weekend", "day": date(2026, 5, 18)}),
        Reason("channel_first", {"channel": REGISTERED}),
    ]


@pytest.mark.parametrize(
    ("today", "code", "days"),
    [
        (date(2026, 2, 23), "coming_due", 7),
        (date(2026, 3, 2), "coming_due", 0),
        (date(2026, 3, 3), "late", 1),
        (date(2026, 3, 7), "late", 7),  # a Saturday: counted on Monday
    ],
)
def test_reasons_start_with_the_age_of_the_line(today, code, days):
    first = run_one(today).reasons[0]
    assert first == Reason(code, {"maturity": DUE, "days": days})


# ------------------------------------------------------------------- the end of time


@pytest.mark.parametrize("far", [date.max, date.min])
def test_days_at_the_end_of_time_are_reckoned_with(far):
    facts = {"last_contact": Contact(date(2026, 3, 1), "email"), "deadline": far}
    for more in ({"hold_until": far}, {"pending": "R/007", "pending_on": far}):
        [found] = run(date(2026, 3, 12), line(1), **facts, **more)
        assert found.due == (far == date.min)
    [found] = run(date(2026, 3, 12), line(1, due=far))
    assert found.due == (far == date.min)
    assert found.reasons
