"""Who is contacted, about what, when, how, and why: decisions without a database.

``decide`` takes the facts of one debtor, a scenario, a date and a calendar and returns
one decision for each receivable line, with its reasons as codes and parameters. Same
inputs, same answer. The words of the reasons are chosen (and translated) by the caller.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from enum import IntEnum

from .calendar import Calendar

ZERO = Decimal(0)


class Phase(IntEnum):
    """The phases of a scenario, from the mildest to the firmest."""

    PREVENTIVE = 0
    LEVEL_1 = 1
    LEVEL_2 = 2
    LEVEL_3 = 3
    FORMAL_NOTICE = 4
    LITIGATION = 5


@dataclass(frozen=True, slots=True)
class Reason:
    """One step of a reasoning: a code and what is needed to put it in words."""

    code: str
    params: dict = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Level:
    """A step of a scenario, ``delay`` days after (or before) the maturity of a line."""

    id: int
    phase: Phase
    delay: int
    channels: tuple[str, ...]

    @property
    def rank(self) -> tuple[Phase, int]:
        """Order of firmness inside a scenario."""
        return (self.phase, self.delay)


@dataclass(frozen=True, slots=True)
class Scenario:
    """A ladder of levels and its rhythm, in days.

    :param min_gap: between two contacts with one debtor
    :param grace: after the deadline that the last message granted
    """

    levels: tuple[Level, ...]
    min_gap: int = 0
    grace: int = 0

    def prevention(self) -> list[Level]:
        """Return the levels of the preventive track, mildest first."""
        return sorted(
            (level for level in self.levels if level.phase == Phase.PREVENTIVE),
            key=lambda level: level.rank,
        )

    def ladder(self) -> list[Level]:
        """Return the levels for overdue lines, mildest first."""
        return sorted(
            (level for level in self.levels if level.phase > Phase.PREVENTIVE),
            key=lambda level: level.rank,
        )


@dataclass(frozen=True, slots=True)
class Contact:
    """A confirmed contact: the message left, or the call was made."""

    on: date
    channel: str


@dataclass(slots=True)
class Line:
    """One instalment as it stands today; a negative residual is a credit.

    :param reached: rank of the firmest level already confirmed on this line
    :param blocks: why this very line is left out
    :param notes: what else is worth saying about the line
    :param pending: name of the reminder under way that lists it, or ""
    :param reachable: codes of the channels that reach whom this line is sent to, if
        they differ from the debtor's
    """

    id: int
    maturity: date
    residual: Decimal
    currency: int = 0
    reached: tuple[Phase, int] | None = None
    reached_on: date | None = None
    blocks: tuple[Reason, ...] = ()
    notes: tuple[Reason, ...] = ()
    pending: str = ""
    reachable: frozenset[str] | None = None


@dataclass(slots=True)
class Debtor:
    """What is known of one debtor in one company.

    :param deadline: last day that our last message about overdue lines granted
    :param reachable: codes of the channels that can reach the debtor
    :param hold_until: last day of a hold granted to the debtor
    :param blocks: why nothing at all is sent to this debtor
    :param pending: name of the approved reminder that has not left yet, or ""
    """

    lines: Sequence[Line]
    last_contact: Contact | None = None
    deadline: date | None = None
    reachable: frozenset[str] = frozenset()
    hold_until: date | None = None
    blocks: tuple[Reason, ...] = ()
    pending: str = ""

    def credit(self, currency: int) -> Decimal:
        """Return what the debtor has in credit in a currency, positive."""
        return -sum(
            (
                line.residual
                for line in self.lines
                if line.residual < 0 and line.currency == currency
            ),
            ZERO,
        )


@dataclass(slots=True)
class Decision:
    """What happens to one line: the next level, its date, channel and reasons.

    ``due`` says that the contact belongs to the first working day on or after the date
    of the run. ``channel`` is None when the debtor cannot be reached at this level.
    """

    line: Line
    due: bool = False
    level: Level | None = None
    next_date: date | None = None
    channel: str | None = None
    reasons: list[Reason] = field(default_factory=list)


def decide(
    debtor: Debtor, scenario: Scenario, today: date, calendar: Calendar
) -> list[Decision]:
    """Return one decision for each line of the debtor, in the same order."""
    return _Decider(debtor, scenario, today, calendar).decide()


def choose_channel(
    channels: Sequence[str], reachable: frozenset[str], last: Contact | None
) -> tuple[str | None, list[Reason]]:
    """Return the first usable channel that differs from the last contact's, and why.

    With a single usable channel the same one serves again; without any, None.
    """
    if not channels:
        return None, [Reason("no_channel")]
    usable = [channel for channel in channels if channel in reachable]
    reasons = [
        Reason("channel_missing", {"channel": channel})
        for channel in channels
        if channel not in reachable
    ]
    if not usable:
        return None, [*reasons, Reason("unreachable")]
    last_channel = last.channel if last else None
    chosen = next((c for c in usable if c != last_channel), usable[0])
    if last and chosen != last.channel:
        reasons.append(
            Reason(
                "channel_varied",
                {"channel": chosen, "last": last.channel, "on": last.on},
            )
        )
    elif last:
        reasons.append(Reason("channel_only", {"channel": chosen}))
    else:
        reasons.append(Reason("channel_first", {"channel": chosen}))
    return chosen, reasons


class _Decider:
    """The bounds shared by the lines of one debtor, worked out once."""

    def __init__(self, debtor, scenario, today, calendar):
        self.debtor, self.scenario = debtor, scenario
        self.today, self.calendar = today, calendar
        self.ladder, self.prevention = scenario.ladder(), scenario.prevention()
        # The day this run plans for: today, or the next day on which somebody works.
        self.contact_day = calendar.next_working_day(today)
        self.preventive_bound = self._bound(overdue=False)
        self.overdue_bound = self._bound(overdue=True)

    def decide(self):
        """Return the decisions on the debtor's lines."""
        decisions = [self._decide_line(line) for line in self.debtor.lines]
        for currency in {line.currency for line in self.debtor.lines}:
            self._guard_net_balance(
                [d for d in decisions if d.line.currency == currency]
            )
        return decisions

    def _bound(self, overdue):
        """Return the first day free for a contact, and what bounds it."""
        debtor, one_day = self.debtor, timedelta(days=1)
        bounds = [(self.today, None)]
        if debtor.last_contact:
            # Never twice on one day, even where the scenario asks for no gap.
            gap = timedelta(days=max(self.scenario.min_gap, 1))
            last = debtor.last_contact
            params = {"days": gap.days, "on": last.on}
            bounds.append((last.on + gap, Reason("min_gap", params)))
        if overdue and debtor.deadline:
            grace = timedelta(days=self.scenario.grace)
            params = {"deadline": debtor.deadline, "days": self.scenario.grace}
            bounds.append((debtor.deadline + grace, Reason("deadline", params)))
        if debtor.hold_until and debtor.hold_until >= self.today:
            params = {"until": debtor.hold_until}
            bounds.append((debtor.hold_until + one_day, Reason("hold", params)))
        return max(bounds, key=lambda bound: bound[0])

    def _guard_net_balance(self, decisions):
        """Withdraw a message whose own lines do not exceed the debtor's credits.

        Overdue lines make one message, which only mentions what is coming due; without
        them, what is coming due makes a message of its own.
        """
        credit = sum((d.line.residual for d in decisions if d.line.residual < 0), ZERO)
        due = [decision for decision in decisions if decision.due]
        preventive = [d for d in due if d.level.phase == Phase.PREVENTIVE]
        overdue = [d for d in due if d.level.phase > Phase.PREVENTIVE]
        for message in (overdue, preventive):
            if message and sum(d.line.residual for d in message) + credit > 0:
                return
            for decision in message:
                decision.due, decision.next_date = False, None
                decision.reasons.append(Reason("net_not_positive"))

    def _decide_line(self, line):
        blocks = self._blocks(line)
        if blocks:
            return Decision(line, reasons=blocks)
        return self._preventive(line) or self._overdue(line)

    def _blocks(self, line):
        """Return why the line is left out whatever the date."""
        if line.residual <= 0:
            return [Reason("credit")]
        if line.blocks or self.debtor.blocks:
            return [*line.blocks, *self.debtor.blocks]
        pending = line.pending or self.debtor.pending
        if pending:
            return [Reason("pending", {"reminder": pending})]
        return []

    def _preventive(self, line):
        """Return the next step before maturity, or None when its time is over."""
        reached = line.reached
        steps = [
            level for level in self.prevention if not reached or level.rank > reached
        ]
        decision = self._schedule(line, steps, self.preventive_bound)
        if decision is None or decision.next_date > line.maturity:
            return None
        return decision

    def _overdue(self, line):
        """Return the next step of the ladder: at most one phase above the last one."""
        reached = line.reached if line.reached and line.reached[0] else None
        steps = [level for level in self.ladder if not reached or level.rank > reached]
        if not steps:
            reason = Reason("finished") if self.ladder else Reason("no_level")
            return Decision(line, reasons=[reason])
        if not reached and steps[0].phase >= Phase.FORMAL_NOTICE:
            return Decision(line, reasons=[Reason("no_earlier_reminder")])
        current = reached[0] if reached else Phase.PREVENTIVE
        ceiling = next((s.phase for s in steps if s.phase > current), current)
        allowed = [level for level in steps if level.phase <= ceiling]
        decision = self._schedule(line, allowed, self.overdue_bound)
        self._explain_ceiling(decision, line, steps, allowed)
        return decision

    def _schedule(self, line, steps, bound):
        """Return the decision to take the latest step reached on the contact's day.

        The day is the first working day on or after the first step and the bound.
        """
        if not steps:
            return None
        bound_day, bound_reason = bound
        asked = max(self._step_date(line, steps[0]), bound_day)
        day = self.calendar.next_working_day(asked)
        level = [s for s in steps if self._step_date(line, s) <= day][-1]
        decision = Decision(line, day == self.contact_day, level, day)
        decision.reasons = self._reasons(line, level, bound_reason)
        if day > asked:
            why = self.calendar.closed_because(asked)
            decision.reasons.append(Reason("not_working", {"why": why, "day": day}))
        reachable = line.reachable
        decision.channel, reasons = choose_channel(
            level.channels,
            self.debtor.reachable if reachable is None else reachable,
            self.debtor.last_contact,
        )
        decision.reasons += reasons
        return decision

    @staticmethod
    def _step_date(line, level):
        return line.maturity + timedelta(days=level.delay)

    def _reasons(self, line, level, bound_reason):
        """Return the reasons for the date, in the order of the reasoning."""
        late = (self.contact_day - line.maturity).days
        code = "late" if late > 0 else "coming_due"
        reasons = [
            *line.notes,
            Reason(code, {"maturity": line.maturity, "days": abs(late)}),
        ]
        if line.reached:
            reasons.append(Reason("reached", {"on": line.reached_on}))
        step_date = self._step_date(line, level)
        if step_date > self.today:
            reasons.append(Reason("step_date", {"on": step_date}))
        if bound_reason:
            reasons.append(bound_reason)
        return reasons

    def _explain_ceiling(self, decision, line, steps, allowed):
        """Say that an older line waits for the firmer phases that its age allows."""
        beyond = [s for s in steps[len(allowed) :] if self._is_reached(line, s)]
        if beyond:
            decision.reasons.append(Reason("one_phase", {"level": beyond[-1].id}))

    def _is_reached(self, line, level):
        return self._step_date(line, level) <= self.contact_day
