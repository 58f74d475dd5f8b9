"""What holds over months, whatever the debtor, the scenario and the calendar."""

from datetime import timedelta
from decimal import Decimal
from itertools import pairwise

from core.calendar import Calendar
from core.schedule import Debtor, Level, Line, Phase, Scenario, decide
from hypothesis import example, given, settings
from hypothesis import strategies as st

from .strategies import CHANNELS, EVERY_CHANNEL, START, Simulation, debts, phases_of

granted_days = st.sampled_from([None, 0, 3, 8])
few = settings(max_examples=25)


@few
@given(debts(hindered=True, credits=True), granted_days, st.integers(1, 9))
def test_line_climbs_one_phase_at_a_time_and_repeats_no_step(debt, granted, every):
    simulation = Simulation(*debt, granted).run(START, every)
    phases = phases_of(debt[1])
    for steps in simulation.steps.values():
        ranks = [level.rank for _day, level in steps]
        assert ranks == sorted(set(ranks))
        climbed = [phases.index(r[0]) if r[0] else -1 for r in ranks]
        assert all(after - before <= 1 for before, after in pairwise([-1, *climbed]))


@few
@given(debts(hindered=True, credits=True), granted_days)
def test_two_contacts_keep_the_gap_and_fall_on_working_days(debt, granted):
    debtor, scenario, calendar = debt
    simulation = Simulation(*debt, granted).run(START)
    days = [day for day, _channel in simulation.contacts]
    for earlier, later in pairwise(days):
        gap = max(calendar.min_gap(later, scenario.min_gap), 1)
        assert (later - earlier).days >= gap
    both = calendar.with_closings(debtor.closings)
    assert all(both.is_working_day(day) for day in days)


@few
@given(debts(minimums=False), granted_days)
def test_somebody_who_owes_and_can_be_reached_is_contacted(debt, granted):
    assert Simulation(*debt, granted).run(START).contacts


@few
@given(debts(), st.sampled_from([3, 8]))
def test_nothing_firm_leaves_before_the_end_of_the_granted_days(debt, granted):
    simulation = Simulation(*debt, granted).run(START)
    patience = timedelta(days=granted + debt[1].grace)
    firm = {
        day
        for steps in simulation.steps.values()
        for day, level in steps
        if level.phase > Phase.PREVENTIVE
    }
    for earlier, later in pairwise(sorted(firm)):
        # A preventive contact in between grants nothing and takes nothing back.
        assert later - earlier >= patience


@few
@given(debts(minimums=False), granted_days, st.integers(0, 120), st.integers(1, 9))
@example(
    (
        Debtor([Line(1, START, Decimal(100))], reachable=EVERY_CHANNEL),
        Scenario(
            tuple(
                Level(phase, phase, delay, CHANNELS)
                for phase, delay in zip(Phase, (-7, 1, 22, 42, 56, 75), strict=True)
            ),
            min_gap=7,
            grace=2,
        ),
        Calendar(),
    ),
    8,
    100,
    1,
)
def test_late_or_rare_runs_lose_no_phase_of_the_ladder(debt, granted, late, every):
    simulation = Simulation(*debt, granted)
    simulation.run(START + timedelta(days=late), every)
    for line in debt[0].lines:
        assert simulation.phases(line.id) == phases_of(debt[1])


@few
@given(debts(minimums=False), st.integers(1, 30))
def test_preventive_step_is_lost_only_with_the_maturity(debt, late):
    """Delayed by so many days, it takes place until the due date, never after."""
    debtor, scenario, calendar = debt
    for decision in decide(debtor, scenario, START, calendar):
        if decision.level and decision.level.phase == Phase.PREVENTIVE:
            day = decision.next_date + timedelta(days=late)
            later = decide(debtor, scenario, day, calendar)
            [then] = [d for d in later if d.line is decision.line]
            if then.level.phase == Phase.PREVENTIVE:
                assert then.due or not both_work(debt, day)
                assert then.next_date <= then.line.maturity
            else:
                assert next_common_day(debt, day) > then.line.maturity


def both_work(debt, day):
    """Say whether we and the debtor work on a day."""
    return debt[2].with_closings(debt[0].closings).is_working_day(day)


def next_common_day(debt, day):
    """Return the first day on which we and the debtor work."""
    return debt[2].with_closings(debt[0].closings).next_working_day(day)


@few
@given(debts(), granted_days)
def test_channel_changes_from_one_contact_to_the_next_when_it_can(debt, granted):
    simulation = Simulation(*debt, granted).run(START)
    channel_of = dict(simulation.contacts)
    for earlier, later in pairwise(channel_of):
        levels = [
            level
            for steps in simulation.steps.values()
            for day, level in steps
            if day == later
        ]
        firmest = max(levels, key=lambda level: level.rank)
        if len(firmest.channels) > 1:
            assert channel_of[later] != channel_of[earlier]
