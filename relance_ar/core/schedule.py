"""Who is contacted, about what, when, how, and why: decisions without a database.

``decide`` takes the facts of one debtor, a scenario, a date and a calendar and returns
one decision for each receivable line, with its reasons as codes and parameters. Same
inputs, same answer. The words of the reasons are chosen (and translated) by the caller.
"""

from bisect import bisect_right
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from enum import IntEnum
from functools import partial

from .calendar import ONE_DAY, Calendar, Closing

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
    """A step of a scenario, ``delay`` days after (or before) the maturity of a line.

    :param role: whom it is meant for at the debtor's, as a key of ``Line.reachable``
    :param minimum: least net principal, in the currency of the company, for which a
        message of this level is worth sending
    :param granted: days that its message gives to pay; none with 0
    """

    id: int
    phase: Phase
    delay: int
    channels: tuple[str, ...]
    role: str = ""
    minimum: Decimal = ZERO
    granted: int = 0

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
    _steps: dict = field(default_factory=dict, init=False, compare=False, repr=False)

    def prevention(self) -> list[Level]:
        """Return the levels of the preventive track, mildest first."""
        return self._sorted(lambda level: level.phase == Phase.PREVENTIVE)

    def ladder(self) -> list[Level]:
        """Return the levels for overdue lines, mildest first."""
        return self._sorted(lambda level: level.phase > Phase.PREVENTIVE)

    def _sorted(self, condition):
        return sorted(filter(condition, self.levels), key=lambda level: level.rank)

    def preventive_steps(self, reached: tuple | None) -> "Steps":
        """Return the preventive levels that are left after a rank."""
        return self._remember(
            ("preventive", reached), lambda: Steps(_after(self.prevention(), reached))
        )

    def overdue_steps(self, reached: tuple | None) -> "Steps":
        """Return the levels of the ladder that are left: at most one phase above."""
        reached = reached if reached and reached[0] else None
        return self._remember(
            ("overdue", reached), lambda: self._find_overdue_steps(reached)
        )

    def _find_overdue_steps(self, reached):
        steps = _after(self.ladder(), reached)
        current = reached[0] if reached else Phase.PREVENTIVE
        ceiling = next((s.phase for s in steps if s.phase > current), current)
        allowed = [level for level in steps if level.phase <= ceiling]
        return Steps(allowed, beyond=steps[len(allowed) :])

    def _remember(self, key, find):
        # A scenario serves thousands of lines, which are at a handful of ranks.
        if key not in self._steps:
            self._steps[key] = find()
        return self._steps[key]


class Steps:
    """The levels that a line may take next, in order, and those that come later.

    :ivar delays: of the levels, in days from the maturity
    """

    __slots__ = ("beyond", "delays", "levels")

    def __init__(self, levels, beyond=()):
        self.levels, self.beyond = levels, beyond
        self.delays = [level.delay for level in levels]

    def latest(self, days: int) -> Level:
        """Return the last level whose delay is over by then, else the first."""
        return self.levels[max(bisect_right(self.delays, days) - 1, 0)]


def _after(levels, reached):
    """Return the levels that are firmer than a rank."""
    return [level for level in levels if not reached or level.rank > reached]


@dataclass(frozen=True, slots=True)
class Contact:
    """A confirmed contact: the message left, or the call was made."""

    on: date
    channel: str


@dataclass(slots=True)
class Line:
    """One instalment as it stands today; a negative residual is a credit.

    :param worth: the residual in the currency of the company; None: the same
    :param reached: rank of the firmest level already confirmed on this line
    :param blocks: why this very line is left out
    :param notes: what else is worth saying about the line
    :param rejected_on: when an automatic payment of it was rejected
    :param held: what to put right on our side before anybody is written to about it
    :param pending: name of the reminder under way that lists it, or ""
    :param reachable: codes of the channels that reach whom this line is sent to, by
        role; the role "" serves for those without a person; None: as the debtor
    """

    id: int
    maturity: date
    residual: Decimal
    currency: int = 0
    worth: Decimal | None = None
    reached: tuple[Phase, int] | None = None
    reached_on: date | None = None
    blocks: tuple[Reason, ...] = ()
    notes: tuple[Reason, ...] = ()
    rejected_on: date | None = None
    held: tuple[Reason, ...] = ()
    pending: str = ""
    reachable: Mapping[str, frozenset[str]] | None = None

    @property
    def principal(self) -> Decimal:
        """Return the residual in the currency of the company."""
        return self.residual if self.worth is None else self.worth


@dataclass(slots=True)
class Debtor:
    """What is known of one debtor in one company.

    :param deadline: last day that our last message about overdue lines granted
    :param reachable: codes of the channels that can reach the debtor
    :param refused: codes of the channels that the debtor does not want
    :param failed: codes of the channels whose last message came back
    :param closings: when the debtor is closed
    :param watch: the debtor pays automatically: days after the maturity from which what
        is still open is taken for rejected; None for all others
    :param hold_until: last day of a hold granted to the debtor
    :param blocks: why nothing at all is sent to this debtor
    :param pending: name of the approved reminder that has not left yet, or ""
    """

    lines: Sequence[Line]
    last_contact: Contact | None = None
    deadline: date | None = None
    reachable: frozenset[str] = frozenset()
    refused: frozenset[str] = frozenset()
    failed: frozenset[str] = frozenset()
    closings: tuple[Closing, ...] = ()
    watch: int | None = None
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
    ``held`` says that something on our side must be put right first.

    :param found: what speaks against a contact
    :param explain: returns why this level, day and channel; asked for when somebody
        wants the reasons, since a run needs those of one line in ten
    """

    line: Line
    due: bool = False
    level: Level | None = None
    next_date: date | None = None
    channel: str | None = None
    found: list[Reason] = field(default_factory=list)
    explain: Callable[[], list[Reason]] | None = field(
        default=None, compare=False, repr=False
    )

    @property
    def reasons(self) -> list[Reason]:
        """Return why, in the order of the reasoning."""
        return [*(self.explain() if self.explain else ()), *self.found]

    @property
    def held(self) -> bool:
        """Say whether something on our side comes first."""
        return bool(self.line.held)

    @property
    def waits_for(self) -> str:
        """Return what comes first: ``our_side``, a ``contact``, or "" for nothing."""
        if self.held:
            return "our_side"
        return "" if self.channel else "contact"


def decide(
    debtor: Debtor, scenario: Scenario, today: date, calendar: Calendar
) -> list[Decision]:
    """Return one decision for each line of the debtor, in the same order."""
    return _Decider(debtor, scenario, today, calendar).decide()


def part_in_message(message: Phase, line: Phase) -> str:
    """Return the part that a line plays in a message, by their phases.

    A preventive reminder asks for what is coming due, any other for what is overdue. A
    formal notice asks only for the lines that have come that far: the others are
    mentioned.

    :return: ``to_pay``, ``also_due`` or ``coming_due``
    """
    if message == line == Phase.PREVENTIVE:
        return "to_pay"
    if line == Phase.PREVENTIVE:
        return "coming_due"
    if message >= Phase.FORMAL_NOTICE > line:
        return "also_due"
    return "to_pay"


def claimed(decisions: Sequence[Decision]) -> list[Decision]:
    """Return what a message asks to pay among these; the rest is mentioned."""
    firmest = max((d.level.phase for d in decisions), default=Phase.PREVENTIVE)
    return [d for d in decisions if part_in_message(firmest, d.level.phase) == "to_pay"]


def choose_channel(
    channels: Sequence[str],
    reachable: frozenset[str],
    last: Contact | None,
    refused: frozenset[str] = frozenset(),
    failed: frozenset[str] = frozenset(),
) -> tuple[str | None, list[Reason]]:
    """Return the first usable channel that differs from the last contact's, and why.

    With a single usable channel the same one serves again; without any, None.

    :param reachable: codes of the channels for which there is an address
    :param refused: codes of those that the debtor does not want
    :param failed: codes of those whose last message came back
    """
    if not channels:
        return None, [Reason("no_channel")]
    usable, reasons = [], []
    for channel in channels:
        if channel in refused:
            reasons.append(Reason("channel_refused", {"channel": channel}))
        elif channel in failed and channel not in reachable:
            reasons.append(Reason("channel_failed", {"channel": channel}))
        elif channel not in reachable:
            reasons.append(Reason("channel_missing", {"channel": channel}))
        else:
            usable.append(channel)
    if not usable:
        return None, [*reasons, Reason("unreachable")]
    chosen = next((c for c in usable if not last or c != last.channel), usable[0])
    return chosen, [*reasons, _channel_reason(chosen, last)]


def _channel_reason(chosen, last):
    """Return why this channel: it comes first, it varies, or it is the only one."""
    if not last:
        return Reason("channel_first", {"channel": chosen})
    if chosen == last.channel:
        return Reason("channel_only", {"channel": chosen})
    params = {"channel": chosen, "last": last.channel, "on": last.on}
    return Reason("channel_varied", params)


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
        self.free_days, self.channels = {}, {}

    def decide(self):
        """Return the decisions on the debtor's lines."""
        decisions = [self._decide_line(line) for line in self.debtor.lines]
        for currency in {line.currency for line in self.debtor.lines}:
            self._guard_messages([d for d in decisions if d.line.currency == currency])
        return decisions

    # ------------------------------------------------------------- the messages

    def _guard_messages(self, decisions):
        """Withdraw a message whose own lines do not exceed the debtor's credits.

        Overdue lines make one message, which only mentions what is coming due; without
        them, what is coming due makes a message of its own. Lines that wait for our
        side or for a contact make no message yet: they are withdrawn only where nothing
        at all is owed.
        """
        credits = [d.line for d in decisions if d.line.residual < 0]
        due = [decision for decision in decisions if decision.due]
        ready = [decision for decision in due if not decision.waits_for]
        preventive = [d for d in ready if d.level.phase == Phase.PREVENTIVE]
        overdue = [d for d in ready if d.level.phase > Phase.PREVENTIVE]
        if not self._trim_message(overdue, credits):
            self._trim_message(preventive, credits)
        waiting = [decision for decision in due if decision.waits_for]
        self._withdraw(waiting, waiting and self._net_problem(due, credits))

    def _trim_message(self, message, credits):
        """Withdraw what is not worth sending; return what remains of the message.

        Too little for the firmest step does not silence the milder ones.
        """
        if not message:
            return message
        firmest = max((d.level for d in message), key=lambda level: level.rank)
        asked = claimed(message)
        problem, without = self._net_problem(asked, credits), asked
        if not problem:
            problem = self._below_minimum(asked, credits, firmest.minimum)
            without = [d for d in message if d.level == firmest]
        if not problem:
            return message
        self._withdraw(without, problem)
        return self._trim_message([d for d in message if d.due], credits)

    @staticmethod
    def _below_minimum(asked, credits, minimum):
        """Return that a message asks for too little, in the company's currency."""
        lines = [*(decision.line for decision in asked), *credits]
        if minimum and sum(line.principal for line in lines) < minimum:
            return Reason("below_minimum", {"minimum": minimum})
        return None

    @staticmethod
    def _net_problem(message, credits):
        lines = [decision.line for decision in message]
        if sum((line.residual for line in [*lines, *credits]), ZERO) > 0:
            return None
        return Reason("net_not_positive")

    @staticmethod
    def _withdraw(decisions, reason):
        for decision in decisions if reason else ():
            decision.due, decision.next_date = False, None
            decision.found.append(reason)

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
        pending = line.pending or self.debtor.pending
        if pending:
            return [Reason("pending", {"reminder": pending})]
        return []

    def _preventive(self, line):
        """Return the next step before maturity, or None when its time is over."""
        if line.maturity < self.contact_day or self.debtor.watch is not None:
            return None
        steps = self.scenario.preventive_steps(line.reached)
        decision = self._schedule(line, steps, self.preventive_bound)
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
        asked = max(self._step_date(line, steps.levels[0]), bound[0])
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
            return self.overdue_bound
        bound = (
            line.maturity + timedelta(days=watch),
            Reason("watched", {"days": watch}),
        )
        return max(bound, self.overdue_bound, key=lambda found: found[0])

    def _free_day(self, asked):
        """Return the first working day that leaves the gap, and what moved it there.

        Many lines of one debtor ask for the same day: each is worked out once.
        """
        if asked not in self.free_days:
            self.free_days[asked] = self._find_free_day(asked)
        return self.free_days[asked]

    def _find_free_day(self, asked):
        day, last = asked, self.debtor.last_contact
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
        return (day - self.debtor.last_contact.on).days >= self._gap(day)

    def _gap(self, day):
        """Return the days to leave before ``day``: never twice on one day."""
        return max(self.calendar.min_gap(day, self.scenario.min_gap), 1)

    def _why_free(self, asked, after_gap, day):
        """Return what moved a contact from ``asked`` to ``day``, by code."""
        moved, last = {}, self.debtor.last_contact
        if after_gap > asked:
            params = {"days": self._gap(after_gap), "on": last.on}
            moved["min_gap"] = Reason("min_gap", params)
        if day > after_gap:
            params = {"why": self.common.closed_because(after_gap), "day": day}
            moved["not_working"] = Reason("not_working", params)
        return moved

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
        return reasons

    def _about_step(self, line, level):
        """Return what is said of the day of a step, if it is to come or comes early."""
        reasons, step_date = [], self._step_date(line, level)
        if step_date > self.today:
            reasons.append(Reason("step_date", {"on": step_date}))
        if step_date < line.maturity + timedelta(days=level.delay):
            _day, season = self.calendar.early_day(line.maturity)
            reasons.append(Reason("season", {"season": season}))
        return reasons

    def _is_reached(self, line, level):
        return self._step_date(line, level) <= self.contact_day
