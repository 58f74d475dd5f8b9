"""What an invoice must carry for the customer to be able to pay it.

The articles: learn the customer's billing process, and put on each invoice the order
number, the due date, how to pay and to which account, and a precise description.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

ORDER, MARKET, COMMITMENT, SERVICE = "order", "market", "commitment", "service"
DELIVERY, INVOICE_ADDRESS = "delivery", "invoice_address"
PORTAL, ATTACHMENT, VALIDATOR = "portal", "attachment", "validator"
DUE_DATE, METHOD, ACCOUNT, DESCRIPTION = "due_date", "method", "account", "description"
# What a customer may ask for, and what every invoice should carry.
OF_CUSTOMERS = (
    ORDER,
    MARKET,
    COMMITMENT,
    SERVICE,
    DELIVERY,
    INVOICE_ADDRESS,
    PORTAL,
    ATTACHMENT,
    VALIDATOR,
)
OF_ALL = (ORDER, DUE_DATE, METHOD, ACCOUNT, DESCRIPTION)
IGNORE, WARN, BLOCK = "ignore", "warn", "block"
# A description of one word, or so short, tells an accountant nothing.
SHORTEST_DESCRIPTION = 8


@dataclass(frozen=True, slots=True)
class Requirement:
    """One thing asked of invoices.

    :param severity: ``warn`` or ``block``
    :param detail: what exactly: the number, the address, the portal, the words in the
        name of the attachment
    """

    kind: str
    severity: str = WARN
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Invoice:
    """What an invoice carries.

    :param references: ``{order, market, commitment, service: what is written}``
    :param lines: descriptions of the lines that cost something
    :param products: names of their products: a bare name is no description
    :param attachments: names of the attached files
    :param portal: how it is sent, as the customer's requirement names it
    """

    references: Mapping[str, str] = field(default_factory=dict)
    has_delivery: bool = False
    address_id: int = 0
    wanted_address_id: int = 0
    validator: str = ""
    portal: str = ""
    attachments: tuple[str, ...] = ()
    has_due_date: bool = True
    has_method: bool = True
    has_account: bool = True
    lines: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Missing:
    """A requirement that an invoice does not meet."""

    kind: str
    severity: str
    detail: str = ""


def check(invoice: Invoice, requirements: tuple[Requirement, ...]) -> list[Missing]:
    """Return the requirements that are not met, each kind once, the gravest first."""
    found = {}
    for asked in requirements:
        if asked.severity != IGNORE and not _is_met(invoice, asked):
            known = found.get(asked.kind)
            if not known or (known.severity, asked.severity) == (WARN, BLOCK):
                found[asked.kind] = Missing(asked.kind, asked.severity, asked.detail)
    return sorted(found.values(), key=lambda missing: missing.severity != BLOCK)


def _is_met(invoice, asked):
    if asked.kind in (ORDER, MARKET, COMMITMENT, SERVICE):
        return bool((invoice.references.get(asked.kind) or "").strip())
    return _CHECKS[asked.kind](invoice, asked)


def _has_attachment(invoice, asked):
    """Say whether a file is attached whose name has the words asked for."""
    words = asked.detail.lower().split()
    return any(
        all(word in name.lower() for word in words) for name in invoice.attachments
    )


def _is_described(invoice, _asked):
    """Say whether every line that costs something is described."""
    return all(is_description(line) for line in invoice.lines)


def is_description(text: str) -> bool:
    """Say whether a text tells what was sold: several words, some letters."""
    letters = sum(char.isalpha() for char in text)
    return letters >= SHORTEST_DESCRIPTION and len(text.split()) > 1


_CHECKS = {
    DELIVERY: lambda invoice, _asked: invoice.has_delivery,
    INVOICE_ADDRESS: lambda invoice, _asked: (
        not invoice.wanted_address_id or invoice.address_id == invoice.wanted_address_id
    ),
    PORTAL: lambda invoice, asked: not asked.detail or invoice.portal == asked.detail,
    ATTACHMENT: _has_attachment,
    VALIDATOR: lambda invoice, asked: bool(invoice.validator or asked.detail),
    DUE_DATE: lambda invoice, _asked: invoice.has_due_date,
    METHOD: lambda invoice, _asked: invoice.has_method,
    ACCOUNT: lambda invoice, _asked: invoice.has_account,
    DESCRIPTION: _is_described,
}
