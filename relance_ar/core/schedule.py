"""Who is contacted, about what, when, how, and why: decisions without a database.

``decide`` takes the facts of one debtor, a scenario, a date and a calendar and returns
one decision for each receivable line, with its reasons as codes and parameters. Same
inputs, same answer. The words of the reasons are chosen (and translated) by the caller.
"""

from datetime import date, timedelta
from functools import partial

from .calendar import ONE_DAY, Calendar, NoWorkingDayError
from .channel import choose_channel
from .facts import Contact, Debtor, Decision, Line, Reason
from .ladder import ZERO, Level, Phase, Scenario
from .message import claimed, guard_messages, part_in_message

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
    "part_in_message",
]


def decide(
    debtor: Debtor, scenario: Scenario, today: date, calendar: Calendar
) -> list[Decision]:
    """Return one decision for each line of the debtor, in the same order."""
    try:
        return _Decider(debtor, scenario, today, calendar).decide()
    except NoWorkingDayError:
        closed = Reason("no_working_day")
        return [Decision(line, found=[closed]) for line in debtor.lines]


class _Decider:
    """The bounds shared by the lines of one debtor, worked out once."""

    def __init__(self, debtor, scenario, today, calendar):
        self.debtor, self.scenario = debtor, scenario
        self.today, self.calendar = today, calendar
        # The day this run plans for: today, or the next day on which somebody works.
        self.contact_day = calendar.next_working_day(today)
        # Days on which the debtor works as well.
        self.common = (
            calendar.with_closings(debtor.closings) if debtor.closings else calendar
        )
        self.preventive_bound = self._bound(overdue=False)
        self.overdue_bound = self._bound(overdue=True)
        # Contacts are counted from the last one made, or from one that is to be made.
        last = debtor.last_contact
        made_or_to_be = [last and last.on, debtor.pending_on]
        self.gap_from = max(filter(None, made_or_to_be), default=None)
        self.free_days, self.channels = {}, {}

    def decide(self):
        """Return the decisions on the debtor's lines."""
        decisions = [self._decide_line(line) for line in self.debtor.lines]
        for currency in {line.currency for line in self.debtor.lines}:
            guard_messages([d for d in decisions if d.line.currency == currency])
        return decisions

    # ------------------------------------------------------------------ a line

    def _decide_line(self, line):
        blocks = self._blocks(line)
        if blocks:
            return Decision(line, found=blocks)
        return self._preventive(line) or self._overdue(line)

    def _blocks(self, line):
        """Return why the line is left out whatever the date."""
        if line.residual <= 0:
            return [Reason("credit")]
        if line.blocks or self.debtor.blocks:
            return [*line.blocks, *self.debtor.blocks]
        if line.pending:
            return [Reason("pending", {"reminder": line.pending})]
        return []

    def _preventive(self, line):
        """Return the next step before maturity, or None when its time is over."""
        if line.maturity < self.contact_day or self.debtor.watch is not None:
            return None
        steps = self.scenario.preventive_steps(line.reached)
        bound = self._after_pause(line, self.preventive_bound)
        decision = self._schedule(line, steps, bound)
        if decision is None or decision.next_date > line.maturity:
            return None
        return decision

    def _overdue(self, line):
        """Return the next step of the ladder: at most one phase above the last one."""
        steps = self.scenario.overdue_steps(line.reached)
        if not steps.levels:
            has_ladder = bool(self.scenario.overdue_steps(None).levels)
            reason = Reason("finished") if has_ladder else Reason("no_level")
            return Decision(line, found=[reason])
        was_reminded = line.reached and line.reached[0]
        if not was_reminded and steps.levels[0].phase >= Phase.FORMAL_NOTICE:
            return Decision(line, found=[Reason("no_earlier_reminder")])
        return self._schedule(line, steps, self._bound_of(line))

    def _schedule(self, line, steps, bound):
        """Return the decision to take the latest step reached on the contact's day.

        The day is the first free one on or after the first step and the bound.
        """
        if not steps.levels:
            return None
        asked = max(self._first_day(line, steps.levels[0]), bound[0])
        day, moved = self._free_day(asked)
        level = steps.latest((day - line.maturity).days)
        channel, channel_reasons = self._choose_channel(line, level)
        decision = Decision(line, day == self.contact_day, level, day, channel)
        decision.explain = partial(
            self._explain,
            line,
            level,
            steps,
            self._bounds(asked, bound, moved),
            channel_reasons,
        )
        return decision

    @staticmethod
    def _bounds(asked, bound, moved):
        """Return what set the day: the latest bound, and what moved it from there."""
        bound_day, bound_reason = bound
        if bound_reason and bound_day == asked and "min_gap" not in moved:
            return [bound_reason, *moved.values()]
        return list(moved.values())

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

    # ------------------------------------------------------------------ the days

    def _bound(self, overdue):
        """Return the first day for a contact, gap apart, and what bounds it."""
        debtor = self.debtor
        bounds = [(self.today, None)]
        if overdue and debtor.deadline:
            grace = timedelta(days=self.scenario.grace)
            params = {"deadline": debtor.deadline, "days": self.scenario.grace}
            bounds.append((debtor.deadline + grace, Reason("deadline", params)))
        if debtor.hold_until and debtor.hold_until >= self.today:
            params = {"until": debtor.hold_until}
            bounds.append((debtor.hold_until + ONE_DAY, Reason("hold", params)))
        return max(bounds, key=lambda bound: bound[0])

    def _bound_of(self, line):
        """Return the bound of an overdue line: an automatic payer is left time."""
        watch = self.debtor.watch
        if watch is None or line.rejected_on:
            return self._after_pause(line, self.overdue_bound)
        bound = (
            line.maturity + timedelta(days=watch),
            Reason("watched", {"days": watch}),
        )
        bound = max(bound, self.overdue_bound, key=lambda found: found[0])
        return self._after_pause(line, bound)

    def _after_pause(self, line, bound):
        """Return the later of a bound and the day after what the line waits for."""
        if not line.is_paused(self.today):
            return bound
        until, reason = line.pause
        return max(bound, (until + ONE_DAY, reason), key=lambda found: found[0])

    def _free_day(self, asked):
        """Return the first working day that leaves the gap, and what moved it there.

        Many lines of one debtor ask for the same day: each is worked out once.
        """
        if asked not in self.free_days:
            self.free_days[asked] = self._find_free_day(asked)
        return self.free_days[asked]

    def _find_free_day(self, asked):
        day, last = asked, self.gap_from
        while True:
            after_gap = day
            while last and not self._leaves_gap(after_gap):
                after_gap += ONE_DAY
            working = self.common.next_working_day(after_gap)
            # A tighter rhythm may be over by the time somebody works again.
            if not last or self._leaves_gap(working):
                return working, self._why_free(asked, after_gap, working)
            day = working + ONE_DAY

    def _leaves_gap(self, day):
        return (day - self.gap_from).days >= self._gap(day)

    def _gap(self, day):
        """Return the days to leave before ``day``: never twice on one day."""
        return max(self.calendar.min_gap(day, self.scenario.min_gap), 1)

    def _why_free(self, asked, after_gap, day):
        """Return what moved a contact from ``asked`` to ``day``, by code."""
        moved, debtor = {}, self.debtor
        if after_gap > asked and self.gap_from == debtor.pending_on:
            moved["min_gap"] = Reason("pending", {"reminder": debtor.pending})
        elif after_gap > asked:
            params = {"days": self._gap(after_gap), "on": self.gap_from}
            moved["min_gap"] = Reason("min_gap", params)
        if day > after_gap:
            params = {"why": self.common.closed_because(after_gap), "day": day}
            moved["not_working"] = Reason("not_working", params)
        return moved

    def _first_day(self, line, level):
        """Return the day of the next step: at once when a promise was broken."""
        day = self._step_date(line, level)
        if level.phase > Phase.PREVENTIVE and line.fast_from:
            return min(day, line.fast_from)
        return day

    def _step_date(self, line, level):
        """Return the day of a step; the first preventive one may come early."""
        day = line.maturity + timedelta(days=level.delay)
        if level.phase == Phase.PREVENTIVE and self._is_first_preventive(level):
            early = self.calendar.early_day(line.maturity)
            return min(day, early[0]) if early else day
        return day

    def _is_first_preventive(self, level):
        return level is self.scenario.preventive_steps(None).levels[0]

    # --------------------------------------------------------------- the reasons

    def _explain(self, line, level, steps, bounds, channel_reasons):
        """Return the reasons for the step, its day and channel, in that order."""
        reasons = [*self._about(line), *self._about_step(line, level), *bounds]
        reasons += [*channel_reasons, *line.held]
        beyond = [step for step in steps.beyond if self._is_reached(line, step)]
        if beyond:
            # An older line waits for the firmer phases that its age allows.
            reasons.append(Reason("one_phase", {"level": beyond[-1].id}))
        return reasons

    def _about(self, line):
        """Return what is said of the line itself."""
        late = (self.contact_day - line.maturity).days
        code = "late" if late > 0 else "coming_due"
        reasons = [
            *line.notes,
            Reason(code, {"maturity": line.maturity, "days": abs(late)}),
        ]
        if line.rejected_on:
            reasons.append(Reason("rejected", {"on": line.rejected_on}))
        if line.reached:
            reasons.append(Reason("reached", {"on": line.reached_on}))
        if line.fast_from:
            reasons.append(Reason("broken_promise", {"on": line.broken_on}))
        return reasons

    def _about_step(self, line, level):
        """Return what is said of the day of a step, if it is to come or comes early."""
        reasons, step_date = [], self._step_date(line, level)
        if self._first_day(line, level) > self.today:
            reasons.append(Reason("step_date", {"on": step_date}))
        if step_date < line.maturity + timedelta(days=level.delay):
            _day, season = self.calendar.early_day(line.maturity)
            reasons.append(Reason("season", {"season": season}))
        return reasons

    def _is_reached(self, line, level):
        return self._step_date(line, level) <= self.contact_day
