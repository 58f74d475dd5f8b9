"""What is known of a debtor, and what is decided: the words of the decisions."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from .amounts import ZERO
from .calendar import Closing, shift
from .credit import credits_by_currency
from .ladder import Level, Phase

CENT = Decimal("0.01")


@dataclass(frozen=True, slots=True)
class Reason:
    """One step of a reasoning: a code and what is needed to put it in words."""

    code: str
    params: dict = field(default_factory=dict)


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
    :param broken_on: last day of the latest promise about it that was broken: the next
        step comes at once, unless a contact followed already
    :param held: what to put right on our side before anybody is written to about it
    :param disputed: the part that is contested: not in the residual
    :param pending: name of the reminder under way that lists it, or ""
    :param hold_until: last day on which nobody is written to about this very line
    :param holds: why, and until when: somebody holds it, a promise or a payment plan is
        under way; see ``hold``
    :param pending_on: the day planned for that reminder
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
    broken_on: date | None = None
    held: tuple[Reason, ...] = ()
    disputed: Decimal = ZERO
    pending: str = ""
    hold_until: date | None = None
    holds: tuple[tuple[date, Reason], ...] = ()
    pending_on: date | None = None
    reachable: Mapping[str, frozenset[str]] | None = None

    @property
    def principal(self) -> Decimal:
        """Return the residual in the currency of the company."""
        return self.residual if self.worth is None else self.worth

    def hold(self, until: date | None, why: Reason) -> None:
        """Note that nobody is written to about it.

        :param until: the last such day; None: until somebody says so
        """
        if until is None:
            self.blocks = (*self.blocks, why)
            return
        self.holds = (*self.holds, (until, why))
        self.hold_until = max(until, self.hold_until or until)

    def dispute(self, amount: Decimal) -> None:
        """Leave out the part of it that is contested: the rest is asked for.

        :param amount: what is contested, in its currency
        """
        if amount <= ZERO or self.residual <= ZERO:
            return
        self.disputed = min(amount, self.residual)
        params = {"amount": amount}
        if amount >= self.residual:
            self.blocks = (*self.blocks, Reason("disputed", params))
            return
        left = self.residual - amount
        if self.worth is not None:
            self.worth = (self.worth * left / self.residual).quantize(CENT)
        self.residual = left
        self.notes = (*self.notes, Reason("disputed_part", params))

    def is_on_hold(self, day: date) -> bool:
        """Say whether nobody is written to about it on ``day``."""
        return bool(self.hold_until and self.hold_until >= day)

    def holds_on(self, day: date) -> list[Reason]:
        """Return why nobody is written to about it on ``day``."""
        return [why for until, why in self.holds if until >= day]

    @property
    def fast_from(self) -> date | None:
        """Return the day from which a broken promise calls for the next step."""
        if not self.broken_on or (self.reached_on and self.reached_on > self.broken_on):
            return None
        return shift(max(self.broken_on, self.maturity), 1)


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
    :param pending_on: the day planned for it: until it is made, other lines leave the
        gap that a contact on that day would ask for
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
    pending_on: date | None = None

    def credit(self, currency: int) -> Decimal:
        """Return what the debtor has in credit in a currency, positive."""
        found = credits_by_currency((li.currency, li.residual) for li in self.lines)
        return found.get(currency, ZERO)


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
