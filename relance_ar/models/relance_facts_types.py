"""What is read about debtors, on its way to the core and to the reminders."""

from dataclasses import dataclass, field
from datetime import date

from ..core.schedule import Debtor

# States of a reminder that took place, and of one that may still.
CONFIRMED = ("sent", "done")
UNSENT = ("proposed", "held", "approved")


@dataclass(slots=True)
class DebtorFacts:
    """A debtor as the core wants it, and what else is needed to write to them.

    :param recipients: ``{line id: Recipient}``
    :param numbers: ``{line id: number of its entry}``
    :param proposals: reminders still open to change
    :param hold_reason: why the debtor is on hold, in the words of a person
    """

    partner_id: int
    debtor: Debtor
    scenario_id: int
    user_id: int
    recipients: dict
    numbers: dict
    hold_reason: str = ""
    proposals: list = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Recipient:
    """Who is written to about a line, in which language, by which channels."""

    contact_id: int
    lang: str
    reachable: frozenset


@dataclass(slots=True)
class Proposal:
    """A reminder that no person has decided on, and what it was made from."""

    id: int
    fingerprint: str
    date_planned: date
    line_ids: list = field(default_factory=list)
