"""What holds for any debtor, scenario, calendar and day, at once and over months."""

from copy import deepcopy
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise

from core.calendar import Calendar, Closing
from core.schedule import Contact, Debtor, Level, Line, Phase, Reason, Scenario, decide
from hypothesis import example, given, settings
from hypothesis import strategies as st

ONE_DAY = timedelta(days=1)
CHANNELS = ("email", "phone", "letter", "registered_letter")
START = date(2026, 1, 1)
# Longer than the longest ladder drawn here, with all its gaps and deadlines.
HORIZON = 420

# ------------------------------------------------------------------------ the facts

days = st.integers(0, 400).map(lambda n: START + timedelta(days=n))


def calendars(first):
    """Draw a calendar whose closings lie in the weeks after ``first``."""
    closing = st.tuples(st.integers(-5, 60), st.integers(0, 20)).map(
        lambda pair: Closing(
            first + timedelta(days=pair[0]),
            first + timedelta(days=sum(pair)),
        )
    )
    return st.builds(
        Calendar,
        alsace_moselle=st.booleans(),
        closings=st.lists(closing, max_size=2).map(tuple),
    )


channel_lists = st.lists(
    st.sampled_from(CHANNELS), min_size=1, max_size=3, unique=True
).map(tuple)


@st.composite
def scenarios(draw, prevention=2, least_gap=1):
    """Draw a ladder whose delays follow the order of the phases, as the model asks."""
    delays = draw(st.sets(st.integers(-15, 0), max_size=prevention))
    steps = [(Phase.PREVENTIVE, delay) for delay in sorted(delays)]
    delay = 0
    first = draw(st.sampled_from([Phase.LEVEL_1, Phase.LEVEL_2, Phase.LEVEL_3]))
    for phase in Phase:
        if phase > Phase.PREVENTIVE:
            for _step in range(draw(st.integers(1 if phase == first else 0, 2))):
                delay += draw(st.sampled_from([1, 2, 3, 5, 8, 12]))
                steps.append((phase, delay))
    # A formal notice never comes first: such a ladder has nothing to do.
    levels = tuple(
        Level(rank, phase, delay, draw(channel_lists))
        for rank, (phase, delay) in enumerate(steps, start=1)
    )
    return Scenario(levels, draw(st.integers(least_gap, 10)), draw(st.integers(0, 4)))


def money(least, most):
    return st.integers(least, most).map(lambda cents: Decimal(cents).scaleb(-2))


@st.composite
def lines_of(draw, scenario, today, credits=True):
    """Draw the lines of a debtor, at various steps of the scenario."""
    lines = []
    for number in range(1, draw(st.integers(1, 4)) + 1):
        maturity = today - timedelta(days=draw(st.integers(-40, 120)))
        level = draw(st.none() | st.sampled_from(scenario.levels))
        lines.append(
            Line(
                number,
                maturity,
                draw(money(-90000 if credits else 1, 100000)),
                currency=draw(st.sampled_from([1, 1, 2])),
                reached=level.rank if level else None,
                reached_on=today - timedelta(days=1) if level else None,
                blocks=draw(st.sampled_from([(), (), (), (Reason("dispute"),)])),
                pending=draw(st.sampled_from(["", "", "", "R/001"])),
            )
        )
    return lines


@st.composite
def cases(draw, credits=True, reachable=None):
    """Draw the arguments of ``decide``."""
    today = draw(days)
    scenario = draw(scenarios())
    before = st.integers(0, 20).map(lambda n: today - timedelta(days=n))
    around = st.integers(-20, 20).map(lambda n: today + timedelta(days=n))
    contact = st.builds(Contact, before, st.sampled_from(CHANNELS))
    everyone = st.just(frozenset(CHANNELS))
    debtor = Debtor(
        draw(lines_of(scenario, today, credits)),
        last_contact=draw(st.none() | contact),
        deadline=draw(st.none() | around),
        reachable=draw(everyone | st.frozensets(st.sampled_from(CHANNELS))),
        hold_until=draw(st.none() | st.none() | around),
    )
    return debtor, scenario, today, draw(calendars(today))


def outcome(decision):
    """Return what a run does with a line: due, level, date and channel."""
    level_id = decision.level.id if decision.level else None
    return decision.due, level_id, decision.next_date, decision.channel


def rank(decision):
    """Return the firmness of what happens now, below every level if nothing does."""
    return decision.level.rank if decision.due else (-1, 0)


def tells(decision, code):
    """Say whether a reason is given."""
    return code in [reason.code for reason in decision.reasons]


# ------------------------------------------------------------------- one decision


@given(cases())
def test_same_facts_give_the_same_answer_and_stay_as_they_were(case):
    before = deepcopy(case)
    assert decide(*case) == decide(*before)
    assert case == before


@given(cases())
def test_each_line_has_its_decision_whatever_the_order_of_the_lines(case):
    debtor, *others = case
    decisions = decide(debtor, *others)
    assert [d.line for d in decisions] == debtor.lines
    backwards = decide(replace(debtor, lines=debtor.lines[::-1]), *others)
    assert backwards == decisions[::-1]


@given(cases())
def test_every_decision_has_a_reason(case):
    assert all(decision.reasons for decision in decide(*case))


@given(cases())
def test_date_is_always_a_working_day_to_come(case):
    _debtor, _scenario, today, calendar = case
    for decision in decide(*case):
        if decision.next_date:
            assert calendar.closed_because(decision.next_date) == ""
            assert decision.next_date >= today


@given(cases())
def test_due_means_the_first_working_day_of_the_run(case):
    _debtor, _scenario, today, calendar = case
    for decision in decide(*case):
        if decision.next_date:
            contact_day = calendar.next_working_day(today)
            assert decision.due is (decision.next_date == contact_day)
        else:
            assert decision.due is False


@given(cases())
def test_date_is_after_the_step_the_gap_the_deadline_and_the_hold(case):
    debtor, scenario, _today, _calendar = case
    for decision in decide(*case):
        day, level, line = decision.next_date, decision.level, decision.line
        if not day:
            continue
        assert day >= line.maturity + timedelta(days=level.delay)
        if debtor.last_contact:
            assert day >= debtor.last_contact.on + timedelta(days=scenario.min_gap)
        if debtor.hold_until:
            assert day > debtor.hold_until
        if level.phase == Phase.PREVENTIVE:
            assert day <= line.maturity
        else:
            assert day > line.maturity
            if debtor.deadline:
                assert day >= debtor.deadline + timedelta(days=scenario.grace)


@given(cases())
def test_nothing_is_sent_for_credits_blocks_and_reminders_under_way(case):
    for decision in decide(*case):
        line = decision.line
        if line.residual <= 0 or line.blocks or line.pending:
            assert outcome(decision) == (False, None, None, None)


@given(cases())
def test_level_is_above_the_last_one_and_at_most_one_phase_higher(case):
    scenario = case[1]
    for decision in decide(*case):
        if decision.level:
            reached = decision.line.reached or (Phase.PREVENTIVE, -1000)
            assert decision.level.rank > reached
            between = {
                level.phase
                for level in scenario.levels
                if reached[0] < level.phase < decision.level.phase
            }
            assert not between


@given(cases())
def test_channel_is_allowed_usable_and_varied(case):
    debtor = case[0]
    for decision in decide(*case):
        if decision.level:
            usable = [c for c in decision.level.channels if c in debtor.reachable]
            last = debtor.last_contact and debtor.last_contact.channel
            fresh = [channel for channel in usable if channel != last]
            assert decision.channel == next(iter(fresh or usable), None)


@given(cases())
def test_run_on_a_closed_day_is_the_run_of_the_next_working_day(case):
    debtor, scenario, today, calendar = case
    later = decide(debtor, scenario, calendar.next_working_day(today), calendar)
    assert [outcome(d) for d in decide(*case)] == [outcome(d) for d in later]


@given(cases(), st.data())
def test_partial_payment_never_makes_the_tone_firmer_or_earlier(case, data):
    debtor, *others = case
    before = decide(debtor, *others)
    paid = data.draw(st.sampled_from(debtor.lines))
    smaller = replace(paid, residual=paid.residual - data.draw(money(1, 120000)))
    lines = [smaller if line is paid else line for line in debtor.lines]
    after = decide(replace(debtor, lines=lines), *others)
    for old, new in zip(before, after, strict=True):
        assert rank(new) <= rank(old)
        if new.level:
            assert new.level == old.level
            assert new.next_date is None or new.next_date == old.next_date


@given(cases())
def test_net_balance_in_favour_of_the_debtor_sends_nothing(case):
    debtor, _scenario, today, calendar = case
    contact_day = calendar.next_working_day(today)
    for decision in decide(*case):
        if decision.due:
            account = [
                line.residual
                for line in debtor.lines
                if line.currency == decision.line.currency
                and (
                    line.residual < 0
                    or line.maturity < contact_day
                    or decision.level.phase == Phase.PREVENTIVE
                )
            ]
            assert sum(account, Decimal(0)) > 0


# --------------------------------------------------------- announced, and then done


AROUND_A_WEEK_END = (
    Debtor(
        [Line(1, date(2026, 3, 2), Decimal(100))],
        reachable=frozenset(CHANNELS),
    ),
    Scenario(
        (
            Level(1, Phase.LEVEL_1, 5, CHANNELS),  # Saturday
            Level(2, Phase.LEVEL_1, 7, CHANNELS),  # Monday
        ),
    ),
    date(2026, 3, 6),
    Calendar(),
)


@given(cases(credits=False))
@example(AROUND_A_WEEK_END)
def test_line_is_due_on_the_announced_day_at_the_announced_level(case):
    debtor, scenario, _today, calendar = case
    for index, announced in enumerate(decide(*case)):
        if announced.next_date:
            then = decide(debtor, scenario, announced.next_date, calendar)[index]
            assert outcome(then) == (True, *outcome(announced)[1:])


@given(cases(credits=False))
def test_line_is_not_due_before_the_announced_day(case):
    debtor, scenario, today, calendar = case
    for index, announced in enumerate(decide(*case)):
        if announced.next_date:
            wait = (announced.next_date - today).days
            for day in (today + timedelta(days=n) for n in {0, wait // 2, wait - 1}):
                if today <= day < announced.next_date and calendar.is_working_day(day):
                    assert not decide(debtor, scenario, day, calendar)[index].due


@given(cases())
def test_only_credits_cancel_an_announced_day(case):
    debtor, scenario, _today, calendar = case
    for index, announced in enumerate(decide(*case)):
        if announced.next_date:
            then = decide(debtor, scenario, announced.next_date, calendar)[index]
            assert then.due or tells(then, "net_not_positive")


# ---------------------------------------------------------------------- simulation


class Simulation:
    """Runs on given days and confirms each contact on the day it is due.

    :param granted: days that each message about overdue lines grants
    """

    def __init__(self, debtor, scenario, calendar, granted=0):
        self.debtor, self.scenario = deepcopy(debtor), scenario
        self.calendar, self.granted = calendar, granted
        self.contacts = []  # (day, channel)
        self.steps = {line.id: [] for line in debtor.lines}  # (day, level)

    def run(self, start, every=1):
        """Run ``every`` so many days from ``start``, over the horizon."""
        for count in range(0, HORIZON, every):
            self.run_on(start + timedelta(days=count))
        return self

    def run_on(self, today):
        """Run once; confirm what is due on the day that the run plans for."""
        decisions = decide(self.debtor, self.scenario, today, self.calendar)
        due = [d for d in decisions if d.due and d.channel]
        if due:
            self._confirm(due, self.calendar.next_working_day(today))

    def _confirm(self, due, today):
        lead = max(due, key=lambda decision: decision.level.rank)
        for decision in due:
            decision.line.reached = decision.level.rank
            decision.line.reached_on = today
            self.steps[decision.line.id].append((today, decision.level))
        self.debtor.last_contact = Contact(today, lead.channel)
        self.contacts.append((today, lead.channel))
        if lead.level.phase > Phase.PREVENTIVE:
            granted = timedelta(days=self.granted)
            self.debtor.deadline = today + granted if self.granted else None
        again = decide(self.debtor, self.scenario, today, self.calendar)
        assert not any(decision.due for decision in again)

    def phases(self, line_id):
        """Return the phases that a line went through above prevention, in order."""
        found = dict.fromkeys(level.phase for _day, level in self.steps[line_id])
        return [phase for phase in found if phase > Phase.PREVENTIVE]


def phases_of(scenario):
    """Return the phases of a ladder, mildest first, as they may be climbed."""
    return list(dict.fromkeys(level.phase for level in scenario.ladder()))


@st.composite
def debts(draw, **options):
    """Draw a debtor never contacted yet, a scenario and a calendar."""
    scenario = draw(scenarios(**options))
    lines = [
        Line(
            number,
            START + timedelta(days=draw(st.integers(-60, 60))),
            draw(money(1, 100000)),
            currency=draw(st.sampled_from([1, 1, 2])),
        )
        for number in range(1, draw(st.integers(1, 3)) + 1)
    ]
    debtor = Debtor(lines, reachable=frozenset(CHANNELS))
    return debtor, scenario, draw(calendars(START))


granted_days = st.sampled_from([0, 3, 8])
few = settings(max_examples=25)


@few
@given(debts(), granted_days, st.integers(1, 9))
def test_line_climbs_one_phase_at_a_time_and_repeats_no_step(debt, granted, every):
    simulation = Simulation(*debt, granted).run(START, every)
    phases = phases_of(debt[1])
    for steps in simulation.steps.values():
        ranks = [level.rank for _day, level in steps]
        assert ranks == sorted(set(ranks))
        climbed = [phases.index(r[0]) if r[0] else -1 for r in ranks]
        assert all(after - before <= 1 for before, after in pairwise([-1, *climbed]))


@few
@given(debts(), granted_days)
def test_two_contacts_are_never_closer_than_the_minimum_gap(debt, granted):
    simulation = Simulation(*debt, granted).run(START)
    gap = timedelta(days=debt[1].min_gap)
    contacts = [day for day, _channel in simulation.contacts]
    assert contacts
    assert all(later - earlier >= gap for earlier, later in pairwise(contacts))
    assert all(debt[2].is_working_day(day) for day in contacts)


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
@given(debts(), granted_days, st.integers(0, 120), st.integers(1, 9))
@example(
    (
        Debtor([Line(1, START, Decimal(100))], reachable=frozenset(CHANNELS)),
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
