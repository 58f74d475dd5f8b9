"""When the next step of a line falls: the ladder, the rhythm and the working days."""

from datetime import date
from typing import NamedTuple

from .calendar import LAST_DAY, Calendar, Closing, shift
from .facts import Debtor, Line, Reason
from .ladder import Level, Phase, Scenario, Steps


class Situation(NamedTuple):
    """What sets the days of a debtor, lines apart: many debtors are in the same one.

    All that ``Timing`` looks at of a debtor belongs here, as it is remembered by it.
    """

    last_on: date | None
    pending: str
    pending_on: date | None
    deadline: date | None
    hold_until: date | None
    watch: int | None
    closings: tuple[Closing, ...]

    @classmethod
    def of(cls, debtor: Debtor) -> "Situation":
        """Return the situation of a debtor."""
        return cls(
            debtor.last_contact and debtor.last_contact.on,
            debtor.pending,
            debtor.pending_on,
            debtor.deadline,
            debtor.hold_until,
            debtor.watch,
            debtor.closings,
        )


def pending(reminder: str, on: date | None) -> Reason:
    """Return that a reminder under way comes first, and the day planned for it."""
    return Reason("pending", {"reminder": reminder, **({"on": on} if on else {})})


def why_day(asked: date, bound: tuple, moved: dict) -> list[Reason]:
    """Return what set a day: the latest bound, and what moved it from there.

    :param bound: a day, and its reason or None
    :param moved: what moved the contact from the day asked, by code
    """
    bound_day, bound_reason = bound
    if bound_reason and bound_day == asked and "min_gap" not in moved:
        return [bound_reason, *moved.values()]
    return list(moved.values())


class Step(NamedTuple):
    """The next step of a line, its day, and what that follows from.

    :param due: it belongs to the day that the run plans for
    :param level: None when there is no step: ``found`` says why
    """

    due: bool = False
    level: Level | None = None
    day: date | None = None
    steps: Steps | None = None
    bounds: tuple = ()
    found: tuple[Reason, ...] = ()


class Timing:
    """The steps of one scenario on one day, for debtors in one situation."""

    def __init__(
        self, situation: Situation, scenario: Scenario, today: date, calendar: Calendar
    ):
        self.situation, self.scenario = situation, scenario
        self.today, self.calendar = today, calendar
        # The day this run plans for: today, or the next day on which somebody works.
        self.contact_day = calendar.next_working_day(today)
        # Days on which the debtor works as well.
        closings = situation.closings
        self.common = calendar.with_closings(closings) if closings else calendar
        self.preventive_bound = self._bound(overdue=False)
        self.overdue_bound = self._bound(overdue=True)
        # Contacts are counted from the last one made, or from one that is to be made.
        made_or_to_be = [situation.last_on, situation.pending_on]
        gap_from = max(filter(None, made_or_to_be), default=None)
        self.gap_from = gap_from and shift(gap_from)
        self._free_days, self._steps = {}, {}

    def step(self, line: Line) -> Step:
        """Return the next step of a line that nothing speaks against.

        Thousands of lines mature on the same days: each case is worked out once.
        """
        case = (
            *(line.maturity, line.reached, line.rejected_on is None),
            *(line.hold_until, line.broken_on and line.fast_from),
        )
        found = self._steps.get(case)
        if found is None:
            found = self._preventive(line) or self._overdue(line)
            self._steps[case] = found
        return found

    def next_contact(self, overdue: bool) -> tuple[date, list[Reason]]:
        """Return the first day on which a contact keeps the rhythm, and why then.

        For a contact that is decided already: its last look before it leaves.

        :param overdue: whether it asks for what is overdue, after the deadline granted
        """
        bound = self.overdue_bound if overdue else self.preventive_bound
        day, moved = self._free_day(bound[0])
        return day, why_day(bound[0], bound, moved)

    # ------------------------------------------------------------------ the step

    def _preventive(self, line):
        """Return the next step before maturity, or None when its time is over."""
        if line.maturity < self.contact_day or self.situation.watch is not None:
            return None
        steps = self.scenario.preventive_steps(line.reached)
        if not steps.levels:
            return None
        bound = self._after_hold(line, self.preventive_bound)
        step = self._schedule(line, steps, bound)
        return None if step.day > line.maturity else step

    def _overdue(self, line):
        """Return the next step of the ladder: at most one phase above the last one."""
        steps = self.scenario.overdue_steps(line.reached)
        if not steps.levels:
            has_ladder = bool(self.scenario.overdue_steps(None).levels)
            return Step(found=(Reason("finished" if has_ladder else "no_level"),))
        was_reminded = line.reached and line.reached[0]
        if not was_reminded and steps.levels[0].phase >= Phase.FORMAL_NOTICE:
            return Step(found=(Reason("no_earlier_reminder"),))
        bound = self._after_hold(line, self._bound_of(line))
        return self._schedule(line, steps, bound)

    def _schedule(self, line, steps, bound):
        """Return the latest step reached on the contact's day.

        The day is the first free one on or after the first step and the bound.
        """
        asked = max(self.first_day(line, steps.levels[0]), bound[0])
        day, moved = self._free_day(asked)
        level = steps.latest((day - line.maturity).days)
        is_due = day == self.contact_day
        return Step(is_due, level, day, steps, (asked, bound, moved))

    def first_day(self, line: Line, level: Level) -> date:
        """Return the day of a step for a line: at once when a promise was broken."""
        day = self.step_date(line.maturity, level)
        if level.phase > Phase.PREVENTIVE and line.fast_from:
            return min(day, line.fast_from)
        return day

    def step_date(self, maturity: date, level: Level) -> date:
        """Return the day of a step; the first preventive one may come early."""
        day = shift(maturity, level.delay)
        if level.phase == Phase.PREVENTIVE and self._is_first_preventive(level):
            early = self.calendar.early_day(maturity)
            return min(day, early[0]) if early else day
        return day

    def _is_first_preventive(self, level):
        return level is self.scenario.preventive_steps(None).levels[0]

    # ------------------------------------------------------------------ the days

    def _bound(self, overdue):
        """Return the first day for a contact, gap apart, and what bounds it."""
        known = self.situation
        bounds = [(self.today, None)]
        if overdue and known.deadline:
            grace = self.scenario.grace
            params = {"deadline": known.deadline, "days": grace}
            bounds.append((shift(known.deadline, grace), Reason("deadline", params)))
        if known.hold_until and known.hold_until >= self.today:
            params = {"until": known.hold_until}
            bounds.append((shift(known.hold_until, 1), Reason("hold", params)))
        return max(bounds, key=lambda bound: bound[0])

    def _bound_of(self, line):
        """Return the bound of an overdue line: an automatic payer is left time."""
        watch = self.situation.watch
        if watch is None or line.rejected_on:
            return self.overdue_bound
        bound = (
            shift(line.maturity, watch),
            Reason("watched", {"days": watch}),
        )
        return max(bound, self.overdue_bound, key=lambda found: found[0])

    def _after_hold(self, line, bound):
        """Return the bound, not before a hold of the very line is over."""
        if not line.is_on_hold(self.today):
            return bound
        # Its reason is among those about the line, whatever bounds the day.
        after = (shift(line.hold_until, 1), None)
        return max(after, bound, key=lambda found: found[0])

    def _free_day(self, asked):
        """Return the first working day that leaves the gap, and what moved it there.

        Many lines ask for the same day: each is worked out once.
        """
        if asked not in self._free_days:
            self._free_days[asked] = self._find_free_day(asked)
        return self._free_days[asked]

    def _find_free_day(self, asked):
        day, last = asked, self.gap_from
        while True:
            after_gap = max(day, shift(last, 1)) if last else day
            while after_gap < LAST_DAY and last and not self._leaves_gap(after_gap):
                after_gap = shift(after_gap, 1)
            working = self.common.next_working_day(after_gap)
            # A tighter rhythm may be over by the time somebody works again.
            if not last or working >= LAST_DAY or self._leaves_gap(working):
                return working, self._why_free(asked, after_gap, working)
            day = shift(working, 1)

    def _leaves_gap(self, day):
        return (day - self.gap_from).days >= self._gap(day)

    def _gap(self, day):
        """Return the days to leave before ``day``: never twice on one day."""
        return max(self.calendar.min_gap(day, self.scenario.min_gap), 1)

    def _why_free(self, asked, after_gap, day):
        """Return what moved a contact from ``asked`` to ``day``, by code."""
        moved, known = {}, self.situation
        if after_gap > asked and self.gap_from == known.pending_on:
            moved["min_gap"] = pending(known.pending, known.pending_on)
        elif after_gap > asked:
            params = {"days": self._gap(after_gap), "on": self.gap_from}
            moved["min_gap"] = Reason("min_gap", params)
        if day > after_gap:
            params = {"why": self.common.closed_because(after_gap), "day": day}
            moved["not_working"] = Reason("not_working", params)
        return moved
