"""Scenarios: the ladder of levels that an instalment climbs, and its rhythm."""

from bisect import bisect_right
from dataclasses import dataclass, field
from decimal import Decimal
from enum import IntEnum

from .amounts import ZERO


class Phase(IntEnum):
    """The phases of a scenario, from the mildest to the firmest."""

    PREVENTIVE = 0
    LEVEL_1 = 1
    LEVEL_2 = 2
    LEVEL_3 = 3
    FORMAL_NOTICE = 4
    LITIGATION = 5


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

    rank: tuple[Phase, int] = field(init=False, compare=False, repr=False)

    def __post_init__(self):
        # Order of firmness inside a scenario; asked for of every line.
        object.__setattr__(self, "rank", (self.phase, self.delay))


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
