"""What the runs to come would do: the same as the runs themselves, one by one."""

from copy import deepcopy
from datetime import date, timedelta
from decimal import Decimal

from core.calendar import Calendar, Closing, Season
from core.foresight import foresee
from core.schedule import Contact, Debtor, Level, Line, Phase, Reason, Scenario, decide
from hypothesis import given, settings
from hypothesis import strategies as st

from .strategies import START, Simulation, debts

EMAIL, PHONE, REGISTERED = "email", "phone", "registered_letter"
DUE = date(2026, 3, 2)  # a Monday
FRANCE = Calendar()
LADDER = Scenario(
    (
        Level(1, Phase.PREVENTIVE, -7, (EMAIL,)),
        Level(2, Phase.LEVEL_1, 1, (EMAIL, PHONE), granted=8),
        Level(3, Phase.LEVEL_2, 22, (PHONE, EMAIL), granted=8),
        Level(4, Phase.FORMAL_NOTICE, 56, (REGISTERED,), granted=15),
    ),
    min_gap=7,
    grace=2,
)


def line(id=1, due=DUE, residual="1000", **facts):
    return Line(id, due, Decimal(residual), **facts)


def contacts(first, last, *lines, scenario=LADDER, calendar=FRANCE, **debtor):
    """Return what is foreseen as ``(day, {line id: level id})``."""
    facts = {"reachable": frozenset({EMAIL, PHONE, REGISTERED}), **debtor}
    found = foresee(Debtor(lines, **facts), scenario, first, last, calendar)
    return [(day, {d.line.id: d.level.id for d in due}) for day, due in found]


# ------------------------------------------------------------------------ examples


def test_ladder_is_played_to_its_end_if_nobody_pays():
    assert contacts(date(2026, 2, 2), date(2026, 12, 31), line()) == [
        (date(2026, 2, 23), {1: 1}),
        (date(2026, 3, 3), {1: 2}),
        (date(2026, 3, 24), {1: 3}),
        (date(2026, 4, 27), {1: 4}),
    ]


def test_nothing_beyond_the_last_day():
    assert contacts(date(2026, 2, 2), date(2026, 2, 22), line()) == []
    assert contacts(date(2026, 2, 2), date(2026, 2, 23), line()) == [
        (date(2026, 2, 23), {1: 1})
    ]


def test_last_day_at_the_week_end_waits_for_monday():
    saturday = date(2026, 3, 14)
    young = line(due=date(2026, 3, 13))
    assert contacts(saturday, saturday, young) == []
    assert contacts(saturday, date(2026, 3, 16), young) == [(date(2026, 3, 16), {1: 2})]


def test_old_line_is_not_contacted_twice_within_the_gap_and_the_deadline():
    found = contacts(date(2026, 6, 1), date(2026, 7, 31), line())
    # 8 days granted and 2 of grace, each time.
    assert [day for day, _levels in found] == [
        date(2026, 6, 1),
        date(2026, 6, 11),
        date(2026, 6, 22),  # Sunday 21 June
    ]


def test_line_held_on_our_side_is_told_once_and_the_others_go_on():
    held = line(1, held=(Reason("check_bounced"),))
    found = contacts(date(2026, 3, 3), date(2026, 3, 31), held, line(2))
    assert found == [(date(2026, 3, 3), {1: 2, 2: 2}), (date(2026, 3, 24), {2: 3})]


def test_line_that_reaches_nobody_is_told_once_and_does_not_climb():
    found = contacts(
        date(2026, 3, 3), date(2026, 12, 31), line(), reachable=frozenset({EMAIL})
    )
    assert found == [
        (date(2026, 3, 3), {1: 2}),
        (date(2026, 3, 24), {1: 3}),
        (date(2026, 4, 27), {1: 4}),
    ]


def test_line_that_reaches_nobody_is_taken_up_by_a_step_that_does():
    found = contacts(
        date(2026, 2, 23),
        date(2026, 3, 31),
        line(),
        line(2, due=date(2026, 3, 5), reached=LADDER.levels[0].rank),
        reachable=frozenset({PHONE}),
    )
    assert (
        found
        == [
            (date(2026, 2, 23), {1: 1}),
            (date(2026, 3, 3), {1: 2}),
            (date(2026, 3, 13), {2: 2}),  # 8 days granted on the 3rd, and 2 of grace
            (date(2026, 3, 24), {1: 3}),
            (date(2026, 3, 27), {2: 3}),
        ][:4]
    )


def test_credit_that_a_later_maturity_outgrows_is_seen_to_do_so():
    """What is due is withdrawn for weeks, until another line becomes overdue."""
    lines = line(1), line(2, due=date(2026, 3, 20)), line(3, residual="-1500")
    found = contacts(date(2026, 3, 3), date(2026, 4, 10), *lines)
    assert found == [(date(2026, 3, 23), {1: 2, 2: 2})]


def test_message_below_its_minimum_is_seen_to_leave_at_a_level_that_asks_less():
    scenario = Scenario(
        (
            Level(1, Phase.LEVEL_1, 1, (EMAIL,), minimum=Decimal(500)),
            Level(2, Phase.LEVEL_1, 11, (EMAIL,)),
        )
    )
    found = contacts(
        date(2026, 3, 3),
        date(2026, 3, 31),
        line(residual="400"),
        scenario=scenario,
    )
    assert found == [(date(2026, 3, 13), {1: 2})]


def test_seasons_and_closings_are_foreseen():
    calendar = Calendar(
        closings=(Closing(date(2026, 9, 14), date(2026, 9, 18)),),
        seasons=(Season("September", (9, 1), (9, 30), min_gap=4),),
    )
    found = contacts(
        date(2026, 9, 1),
        date(2026, 9, 30),
        line(due=date(2026, 7, 1), reached=LADDER.levels[1].rank),
        calendar=calendar,
        last_contact=Contact(date(2026, 8, 31), EMAIL),
    )
    assert found == [(date(2026, 9, 4), {1: 3}), (date(2026, 9, 21), {1: 4})]


# ---------------------------------------------------------------------- properties


def played(found):
    """Return what is foreseen or done in a form to compare."""
    return [
        (day, sorted((d.line.id, d.level.id, d.channel or "") for d in due))
        for day, due in found
    ]


def day_by_day(debt, last):
    """Run each day until ``last``; return what each run does for the first time."""
    simulation, waiting, found = Simulation(*debt), set(), []
    day = START
    while debt[2].next_working_day(day) <= last:
        contact_day, due = simulation.run_on(day)
        fresh = [d for d in due if not (d.waits_for and d.line.id in waiting)]
        waiting |= {d.line.id for d in fresh if d.waits_for}
        waiting -= {d.line.id for d in fresh if not d.waits_for}
        if fresh:
            found.append((contact_day, fresh))
        day += timedelta(days=1)
    return found


anything = {"credits": True, "hindered": True}
horizons = st.integers(0, 150).map(lambda n: START + timedelta(days=n))


@settings(max_examples=60)
@given(debts(**anything), horizons)
def test_foresight_is_what_the_runs_of_each_day_do(debt, last):
    debtor, scenario, calendar = debt
    foreseen = foresee(debtor, scenario, START, last, calendar)
    assert played(foreseen) == played(day_by_day(debt, last))


@given(debts(**anything), horizons)
def test_foresight_leaves_the_debtor_as_it_was(debt, last):
    before = deepcopy(debt)
    list(foresee(debt[0], debt[1], START, last, debt[2]))
    assert debt == before


@given(debts(**anything))
def test_first_contact_foreseen_is_the_one_decided(debt):
    debtor, scenario, calendar = debt
    day = calendar.next_working_day(START)
    due = [d for d in decide(debtor, scenario, START, calendar) if d.due]
    foreseen = list(foresee(debtor, scenario, START, day, calendar))
    assert played(foreseen) == played([(day, due)] if due else [])


@settings(max_examples=10)
@given(debts(**anything))
def test_foresight_of_years_ends_and_repeats_no_step(debt):
    debtor, scenario, calendar = debt
    last = START + timedelta(days=2000)
    steps = [
        (d.line.id, d.level.id)
        for _day, due in foresee(debtor, scenario, START, last, calendar)
        for d in due
    ]
    assert len(steps) == len(set(steps))
