"""What is read about debtors, on its way to the core and to the reminders."""

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from ..core.schedule import Debtor

# States of a reminder that took place, and of one that may still.
CONFIRMED = ("sent", "done")
UNSENT = ("proposed", "held", "approved")


@dataclass(slots=True)
class DebtorFacts:
    """A debtor as the core wants it, and what else is needed to write to them.

    :param recipients: ``{line id: Recipients}``
    :param numbers: ``{line id: number of its entry}``
    :param findings: ``{line id: what is not in order on our side}``
    :param proposals: reminders still open to change
    :param hold_reason: why the debtor is on hold, in the words of a person
    :param opening: day of the judgment that stops the debts born before it
    """

    partner_id: int
    debtor: Debtor
    scenario_id: int
    user_id: int
    recipients: dict
    numbers: dict
    hold_reason: str = ""
    opening: date | None = None
    findings: dict = field(default_factory=dict)
    proposals: list = field(default_factory=list)

    def owes(self, line_ids):
        """Say whether something is still owed on one of these lines."""
        wanted = set(line_ids)
        return any(
            line.id in wanted and line.residual > 0 and not line.blocks
            for line in self.debtor.lines
        )


@dataclass(frozen=True, slots=True)
class Recipient:
    """Who is written to about a line, in which language, by which channels."""

    contact_id: int
    lang: str
    reachable: frozenset


class Recipients:
    """Who is written to about a line, by the role that a level asks for.

    :param by_role: ``{role: Recipient}``; the role "" serves for those without a person
    """

    __slots__ = ("by_role", "reachable")

    def __init__(self, by_role):
        self.by_role = by_role
        self.reachable = {role: found.reachable for role, found in by_role.items()}

    def for_role(self, role):
        """Return the recipient for a role."""
        return self.by_role.get(role) or self.by_role[""]


@dataclass(slots=True)
class Row:
    """An open receivable line as it is read from the database, amounts as text.

    :param residual: in the currency of the line
    :param worth: the same in the currency of the company
    :param born: day of the delivery or of the invoice, whichever came first
    """

    id: int
    sent_to_id: int
    number: str
    currency_id: int
    due: date
    fallback: date
    residual: Decimal
    worth: Decimal
    no_followup: bool
    payment_state: str
    move_id: int
    move_type: str
    is_sent: bool
    terms_id: int
    order_number: str
    payment_reference: str
    born: date

    def __post_init__(self):
        self.residual, self.worth = Decimal(self.residual), Decimal(self.worth)

    @property
    def maturity(self):
        """Return the due date, else the date of the entry."""
        return self.due or self.fallback

    @property
    def is_invoice(self):
        """Say whether it is an invoice, that a customer receives."""
        return self.move_type in ("out_invoice", "out_receipt")


@dataclass(slots=True)
class Proposal:
    """A reminder that no person has decided on, and what it was made from."""

    id: int
    fingerprint: str
    date_planned: date
    released: list
    line_ids: list = field(default_factory=list)
