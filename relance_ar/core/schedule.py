"""Who is contacted, about what, when, how, and why: decisions without a database.

``decide`` takes the facts of one debtor, a scenario, a date and a calendar and returns
one decision for each receivable line, with its reasons as codes and parameters. Same
inputs, same answer. The words of the reasons are chosen (and translated) by the caller.
"""

from datetime import date
from functools import partial

from .amounts import ZERO
from .calendar import Calendar, NoWorkingDayError, shift
from .channel import choose_channel
from .facts import Contact, Debtor, Decision, Line, Reason
from .ladder import Level, Phase, Scenario
from .message import claimed, guard_messages, part_in_message
from .timing import Situation, Timing, pending, why_day

__all__ = [
    "ZERO",
    "Contact",
    "Debtor",
    "Decision",
    "Level",
    "Line",
    "Phase",
    "Reason",
    "Scenario",
    "choose_channel",
    "claimed",
    "decide",
    "next_contact",
    "part_in_message",
]


def decide(
    debtor: Debtor,
    scenario: Scenario,
    today: date,
    calendar: Calendar,
    timings: dict | None = None,
) -> list[Decision]:
    """Return one decision for each line of the debtor, in the same order.

    :param timings: what is remembered between debtors, in one dict for each scenario,
        day and calendar: many of them are in the same situation
    """
    try:
        situation, timings = Situation.of(debtor), {} if timings is None else timings
        if situation not in timings:
            timings[situation] = Timing(situation, scenario, today, calendar)
        return _Decider(debtor, timings[situation]).decide()
    except NoWorkingDayError:
        closed = Reason("no_working_day")
        return [Decision(line, found=[closed]) for line in debtor.lines]


def next_contact(
    debtor: Debtor, scenario: Scenario, today: date, calendar: Calendar, overdue: bool
) -> tuple[date, list[Reason]]:
    """Return the first day on which a contact keeps the rhythm, and what puts it off.

    For a contact that is decided already: its last look before it leaves.

    :param overdue: whether it asks for what is overdue, after the deadline granted
    :raise NoWorkingDayError: when the closings leave no day
    """
    timing = Timing(Situation.of(debtor), scenario, today, calendar)
    return timing.next_contact(overdue)


class _Decider:
    """Decides on the lines of one debtor."""

    def __init__(self, debtor, timing):
        self.debtor, self.timing = debtor, timing
        self.channels = {}

    def decide(self):
        """Return the decisions on the debtor's lines."""
        decisions = [self._decide_line(line) for line in self.debtor.lines]
        by_currency = {}
        for decision in decisions:
            by_currency.setdefault(decision.line.currency, []).append(decision)
        for together in by_currency.values():
            guard_messages(together)
        return decisions

    # ------------------------------------------------------------------ a line

    def _decide_line(self, line):
        blocks = self._blocks(line)
        if blocks:
            return Decision(line, found=blocks)
        step = self.timing.step(line)
        if not step.level:
            return Decision(line, found=list(step.found))
        channel, channel_reasons = self._choose_channel(line, step.level)
        explain = partial(self._explain, line, step, channel_reasons)
        return Decision(line, step.due, step.level, step.day, channel, explain=explain)

    def _blocks(self, line):
        """Return why the line is left out whatever the date."""
        if line.residual <= 0:
            return [Reason("credit")]
        if line.blocks or self.debtor.blocks:
            return [*line.blocks, *self.debtor.blocks]
        if line.pending:
            return [pending(line.pending, line.pending_on)]
        return []

    def _choose_channel(self, line, level):
        """Return the channel and why; lines for one person at one level share it."""
        reachable = self.debtor.reachable
        if line.reachable is not None:
            by_role = line.reachable
            reachable = by_role.get(level.role, by_role[""])
        key = (level.id, reachable)
        if key not in self.channels:
            debtor = self.debtor
            self.channels[key] = choose_channel(
                level.channels,
                reachable,
                debtor.last_contact,
                debtor.refused,
                debtor.failed,
            )
        return self.channels[key]

    # --------------------------------------------------------------- the reasons

    def _explain(self, line, step, channel_reasons):
        """Return the reasons for the step, its day and channel, in that order."""
        reasons = [*self._about(line), *self._about_step(line, step.level)]
        reasons += [*why_day(*step.bounds), *channel_reasons, *line.held]
        beyond = [level for level in step.steps.beyond if self._is_reached(line, level)]
        if beyond:
            # An older line waits for the firmer phases that its age allows.
            reasons.append(Reason("one_phase", {"level": beyond[-1].id}))
        return reasons

    def _about(self, line):
        """Return what is said of the line itself."""
        late = (self.timing.contact_day - line.maturity).days
        code = "late" if late > 0 else "coming_due"
        reasons = [
            *line.notes,
            Reason(code, {"maturity": line.maturity, "days": abs(late)}),
        ]
        reasons += line.holds_on(self.timing.today)
        if line.rejected_on:
            reasons.append(Reason("rejected", {"on": line.rejected_on}))
        if line.reached:
            reasons.append(Reason("reached", {"on": line.reached_on}))
        if line.fast_from:
            reasons.append(Reason("broken_promise", {"on": line.broken_on}))
        return reasons

    def _about_step(self, line, level):
        """Return what is said of the day of a step, if it is to come or comes early."""
        reasons, step_date = [], self.timing.step_date(line.maturity, level)
        if self.timing.first_day(line, level) > self.timing.today:
            reasons.append(Reason("step_date", {"on": step_date}))
        if step_date < shift(line.maturity, level.delay):
            _day, season = self.timing.calendar.early_day(line.maturity)
            reasons.append(Reason("season", {"season": season}))
        return reasons

    def _is_reached(self, line, level):
        step_date = self.timing.step_date(line.maturity, level)
        return step_date <= self.timing.contact_day
