"""What is read about debtors, on its way to the core and to the reminders."""

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from ..core.schedule import Debtor

# States of a reminder that took place, and of one that may still.
CONFIRMED = ("sent", "done")
UNSENT = ("proposed", "held", "approved")
# Entries that a customer receives.
INVOICES = ("out_invoice", "out_receipt")
# What fits in the memory, and makes the queries few.
DEBTORS_PER_BATCH = 2500


@dataclass(slots=True)
class DebtorFacts:
    """A debtor as the core wants it, and what else is needed to write to them.

    :param recipients: ``{line id: Recipients}``
    :param numbers: ``{line id: number of its entry}``
    :param findings: ``{line id: what is not in order on our side}``
    :param proposals: reminders still open to change
    :param credits: ``{currency id: credits}``, to list them: dicts with name, date
        and amount, as JSON holds them
    :param cycles: ``{line id: cycle}`` of lines whose ladder has started again
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
    credits: dict = field(default_factory=dict)
    cycles: dict = field(default_factory=dict)
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
    """Who is written to about a line, in which language, by which channels.

    :param emails: the addresses, normalised and in order: two contacts who share them
        get one message
    """

    contact_id: int
    lang: str
    reachable: frozenset
    emails: tuple = ()


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


class Row:
    """An open receivable line as it is read from the database.

    Not a dataclass: a run reads a hundred thousand of them.

    :ivar maturity: the due date, else the date of the entry
    :ivar residual: in the currency of the line
    :ivar worth: the same in the currency of the company
    :ivar is_invoice: whether it is an invoice, that a customer receives
    :ivar born: day of the delivery or of the invoice, whichever came first
    """

    __slots__ = (
        "born",
        "currency_id",
        "due",
        "fallback",
        "id",
        "is_invoice",
        "is_sent",
        "maturity",
        "move_id",
        "no_followup",
        "number",
        "order_number",
        "payment_reference",
        "payment_state",
        "residual",
        "sent_to_id",
        "terms_id",
        "worth",
    )

    def __init__(self, values):
        """Take the columns as ``_load_rows`` reads them, amounts as text."""
        (
            self.id,
            self.sent_to_id,
            self.number,
            self.currency_id,
            self.due,
            self.fallback,
            residual,
            worth,
            self.no_followup,
            self.payment_state,
            self.move_id,
            move_type,
            self.is_sent,
            self.terms_id,
            self.order_number,
            self.payment_reference,
            self.born,
        ) = values
        self.residual = Decimal(residual)
        self.worth = self.residual if worth == residual else Decimal(worth)
        self.maturity = self.due or self.fallback
        self.is_invoice = move_type in INVOICES

    @property
    def as_credit(self):
        """Return what a message says of it when it is a credit, as JSON holds it."""
        reference = self.order_number or self.payment_reference
        is_told = not reference or reference == self.number
        name = self.number if is_told else f"{self.number or '/'} ({reference})"
        day = self.fallback.isoformat()
        return {"name": name or "/", "date": day, "amount": str(-self.residual)}


class PenaltyRow(NamedTuple):
    """An instalment, as far as penalties go.

    :param debt: what bears one indemnity: an invoice; of an entry, each line, because
        an opening balance has many debtors
    """

    line_id: int
    debt: str
    move_id: int
    company_id: int
    currency_id: int
    partner_id: int | None
    amount: str
    maturity: date
    regime: str | None
    rate: str | None
    born: date


def debt_of(move_id: int, move_type: str, line_id: int) -> str:
    """Return the same as ``PenaltyRow.debt``: what bears one indemnity.

    An invoice bears one, however many instalments (service-public F23211). An entry is
    no invoice: the lines of an opening balance are of different ones, and nothing in it
    says which belong together (labels are copied from line to line), so that each late
    payment bears its own (CJEU, C-419/21 and C-78/22).
    """
    return f"line,{line_id}" if move_type == "entry" else f"move,{move_id}"


@dataclass(slots=True)
class Proposal:
    """A reminder that no person has decided on, and what it was made from."""

    id: int
    fingerprint: str
    date_planned: date
    released: list
    line_ids: list = field(default_factory=list)
