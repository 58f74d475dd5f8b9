"""Facts drawn at random for the property tests, and runs that follow one another."""

from copy import deepcopy
from datetime import date, timedelta
from decimal import Decimal

from core.amounts import ZERO
from core.calendar import Calendar, Closing, Season
from core.schedule import Contact, Debtor, Level, Line, Phase, Reason, Scenario, decide
from hypothesis import strategies as st

ONE_DAY = timedelta(days=1)
CHANNELS = ("email", "phone", "letter", "registered_letter")
EVERY_CHANNEL = frozenset(CHANNELS)
ROLES = ("accounts_payable", "director")
START = date(2026, 1, 1)
# Longer than the longest ladder drawn here, with all its gaps, deadlines and closings.
HORIZON = 460

# ----------------------------------------------------------------------- calendars

days = st.integers(0, 400).map(lambda n: START + timedelta(days=n))
month_days = days.map(lambda day: (day.month, day.day))


@st.composite
def closings(draw, first, of_debtor=False):
    """Draw a closing in the weeks after ``first``, perhaps of every year."""
    begin = first + timedelta(days=draw(st.integers(-5, 60)))
    end = begin + timedelta(days=draw(st.integers(0, 20)))
    yearly = draw(st.booleans())
    if yearly:  # it was entered some years ago, and counts all the same
        begin, end = begin - timedelta(days=1461), end - timedelta(days=1461)
    return Closing(begin, end, yearly, of_debtor)


@st.composite
def seasons(draw):
    """Draw a season of some weeks or months, perhaps over new year."""
    return Season(
        draw(st.sampled_from(["August", "September"])),
        draw(month_days),
        draw(month_days),
        draw(st.none() | st.integers(0, 30)),
        draw(st.none() | st.integers(1, 6)),
    )


def calendars(first):
    """Draw a calendar whose closings lie in the weeks after ``first``."""
    return st.builds(
        Calendar,
        alsace_moselle=st.booleans(),
        closings=st.lists(closings(first), max_size=2).map(tuple),
        seasons=st.lists(seasons(), max_size=2).map(tuple),
    )


# ----------------------------------------------------------------------- scenarios

channel_lists = st.lists(
    st.sampled_from(CHANNELS), min_size=1, max_size=3, unique=True
).map(tuple)
some_channels = st.frozensets(st.sampled_from(CHANNELS))


def money(least, most):
    """Draw an amount between two numbers of cents."""
    return st.integers(least, most).map(lambda cents: Decimal(cents).scaleb(-2))


@st.composite
def scenarios(draw, prevention=2, least_gap=1, minimums=True):
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
    minimum = st.just(Decimal(0)) | money(0, 80000) if minimums else st.just(Decimal(0))
    # A formal notice never comes first: such a ladder has nothing to do.
    levels = tuple(
        Level(
            rank,
            phase,
            delay,
            draw(channel_lists),
            role=draw(st.sampled_from(["", "", *ROLES])),
            minimum=draw(minimum),
            granted=draw(st.sampled_from([0, 3, 8])),
        )
        for rank, (phase, delay) in enumerate(steps, start=1)
    )
    return Scenario(levels, draw(st.integers(least_gap, 10)), draw(st.integers(0, 4)))


# ---------------------------------------------------------------------- the debtor


@st.composite
def recipients(draw):
    """Draw by which channels whom a line is sent to can be reached, by role."""
    roles = draw(st.sets(st.sampled_from(ROLES)))
    return {role: draw(some_channels) for role in ("", *sorted(roles))}


def around(today):
    """Draw a day within three weeks of another."""
    return st.integers(-20, 20).map(lambda n: today + timedelta(days=n))


@st.composite
def lines_of(draw, scenario, today, credits=True):
    """Draw the lines of a debtor, at various steps of the scenario."""
    lines = []
    for number in range(1, draw(st.integers(1, 4)) + 1):
        maturity = today - timedelta(days=draw(st.integers(-40, 120)))
        level = draw(st.none() | st.sampled_from(scenario.levels))
        residual = draw(money(-90000 if credits else 1, 100000))
        lines.append(
            Line(
                number,
                maturity,
                residual,
                currency=draw(st.sampled_from([1, 1, 2])),
                worth=draw(st.sampled_from([None, residual * 2, residual / 4])),
                reached=level.rank if level else None,
                reached_on=today - timedelta(days=1) if level else None,
                blocks=draw(st.sampled_from([(), (), (), (Reason("dispute"),)])),
                held=draw(st.sampled_from([(), (), (), (Reason("check_bounced"),)])),
                pending=draw(st.sampled_from(["", "", "", "R/001"])),
                broken_on=draw(st.none() | st.none() | around(today)),
                reachable=draw(st.none() | recipients()),
            )
        )
        for until in draw(st.lists(around(today), max_size=2)):
            lines[-1].hold(until, Reason("promise", {"until": until}))
        lines[-1].dispute(draw(st.sampled_from([ZERO, ZERO, Decimal(7)])))
    return lines


@st.composite
def cases(draw, credits=True, minimums=True):
    """Draw the arguments of ``decide``."""
    today = draw(days)
    scenario = draw(scenarios(minimums=minimums))
    before = st.integers(0, 20).map(lambda n: today - timedelta(days=n))
    contact = st.builds(Contact, before, st.sampled_from(CHANNELS))
    debtor = Debtor(
        draw(lines_of(scenario, today, credits)),
        last_contact=draw(st.none() | contact),
        deadline=draw(st.none() | around(today)),
        reachable=draw(st.just(EVERY_CHANNEL) | some_channels),
        refused=draw(st.just(frozenset()) | some_channels),
        failed=draw(st.just(frozenset()) | some_channels),
        closings=tuple(draw(st.lists(closings(today, of_debtor=True), max_size=1))),
        hold_until=draw(st.none() | st.none() | around(today)),
    )
    return debtor, scenario, today, draw(calendars(today))


@st.composite
def debts(draw, credits=False, hindered=False, **options):
    """Draw a debtor never contacted yet, a scenario and a calendar.

    :param credits: some of the lines may be in credit
    :param hindered: lines may be held, and channels missing or refused
    """
    scenario = draw(scenarios(**options))
    held = st.sampled_from([(), (), (Reason("check_bounced"),)])
    least = -60000 if credits else 1
    lines = [
        Line(
            number,
            START + timedelta(days=draw(st.integers(-60, 60))),
            draw(money(least, 100000)),
            currency=draw(st.sampled_from([1, 1, 2])),
            held=draw(held) if hindered else (),
            reachable=draw(st.none() | recipients()) if hindered else None,
        )
        for number in range(1, draw(st.integers(1, 3)) + 1)
    ]
    debtor = Debtor(
        lines,
        reachable=EVERY_CHANNEL,
        refused=draw(some_channels) if hindered else frozenset(),
        closings=tuple(draw(st.lists(closings(START, of_debtor=True), max_size=1))),
    )
    return debtor, scenario, draw(calendars(START))


# ---------------------------------------------------------------------- simulation


class Simulation:
    """Runs on given days and confirms each contact on the day it is due.

    :param granted: days that each message about overdue lines grants; None: as the
        level says
    """

    def __init__(self, debtor, scenario, calendar, granted=None):
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
        """Run once; confirm what is due on the day that the run plans for.

        :return: that day and what is due, held or out of reach included
        """
        decisions = decide(self.debtor, self.scenario, today, self.calendar)
        contact_day = self.calendar.next_working_day(today)
        if made := self._made(decisions):
            self._confirm(made, contact_day)
        return contact_day, [d for d in decisions if d.due]

    @staticmethod
    def _made(decisions):
        return [d for d in decisions if d.due and d.channel and not d.held]

    def _confirm(self, made, today):
        lead = max(made, key=lambda decision: decision.level.rank)
        for decision in made:
            decision.line.reached = decision.level.rank
            decision.line.reached_on = today
            self.steps[decision.line.id].append((today, decision.level))
        self.debtor.last_contact = Contact(today, lead.channel)
        self.contacts.append((today, lead.channel))
        if lead.level.phase > Phase.PREVENTIVE:
            days = lead.level.granted if self.granted is None else self.granted
            self.debtor.deadline = today + timedelta(days=days) if days else None
        again = decide(self.debtor, self.scenario, today, self.calendar)
        assert not self._made(again), "the same day is decided twice"

    def phases(self, line_id):
        """Return the phases that a line went through above prevention, in order."""
        found = dict.fromkeys(level.phase for _day, level in self.steps[line_id])
        return [phase for phase in found if phase > Phase.PREVENTIVE]


def phases_of(scenario):
    """Return the phases of a ladder, mildest first, as they may be climbed."""
    return list(dict.fromkeys(level.phase for level in scenario.ladder()))
