"""Check our own side first: what to put right before anybody is written to.

The articles: before contacting the customer, verify that the invoice was really sent by
the agreed channel, that the terms are those negotiated, that the contact is the right
one; and that the money has not arrived already (``reference/peers.md``, P1).
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from .amounts import ZERO
from .facts import Reason

OK, WARNING, BLOCKING, IGNORE = "ok", "warning", "blocking", "ignore"
_RANK = {OK: 0, WARNING: 1, BLOCKING: 2}


@dataclass(frozen=True, slots=True)
class Finding:
    """What a check found: its code, its severity, and the particulars."""

    code: str
    severity: str
    params: dict = field(default_factory=dict)

    @property
    def reason(self) -> Reason:
        """Return the finding as one step of a reasoning."""
        return Reason(f"check_{self.code}", self.params)


@dataclass(frozen=True, slots=True)
class Money:
    """Money that may already cover a debt: an amount, what tells it, and its day.

    :param is_sure: False when it may as well be meant for another debt
    """

    amount: Decimal
    label: str
    on: date | None = None
    is_sure: bool = True


class OwnSide(NamedTuple):
    """What is known of our own side about one instalment.

    :param residual: what is still owed, in the currency of the line; matters only
        beside money that may cover it
    :param is_sent: the invoice has been sent or printed
    :param bounced: address at which the e-mail of the invoice came back, or ""
    :param misses_order: the customer asks for an order number and there is none
    :param terms: names of the payment terms on the invoice and of those agreed, where
        they differ
    :param draft_credit: name of a credit note of this invoice still in draft, or ""
    :param loose_credit: name of a credit note in draft for the debtor, of no invoice,
        or ""
    :param in_process: payments registered that have not reached the bank
    :param in_bank: unmatched bank lines that may pay it
    :param free_credit: what the debtor has in credit, not matched, in that currency
    :param unread: reminder to which the debtor's answer has not been read, or ""
    :param bounce_id: which message came back; ``draft_id``: which entry is in draft;
        ``unread_on``: when the debtor answered. A new one is a new problem
    :param refused: how many e-mails in a row were refused for what they say
    :param without_rate: name of the currency when it has no rate, or ""
    """

    residual: Decimal
    is_sent: bool = True
    bounced: str = ""
    misses_order: bool = False
    terms: tuple[str, str] | None = None
    draft_credit: str = ""
    loose_credit: str = ""
    in_process: Money | None = None
    in_bank: Money | None = None
    free_credit: Decimal = ZERO
    unread: str = ""
    without_rate: str = ""
    bounce_id: int = 0
    draft_id: int = 0
    unread_on: str = ""
    refused: int = 0


def check(own: OwnSide, severities: Mapping[str, str]) -> tuple[Finding, ...]:
    """Return what is not in order on our side, by the policy of the company.

    :param severities: ``{code: "ignore", "warning" or "blocking"}``; what money may
        cover only in part, or perhaps, is never more than a warning
    """
    found = []
    for code, params, is_partial in _problems(own):
        severity = severities.get(code, IGNORE)
        if severity == BLOCKING and is_partial:
            severity = WARNING
        if severity != IGNORE:
            found.append(Finding(code, severity, params))
    return tuple(found)


def _problems(own):
    """Yield ``(code, particulars, only in part)`` of what is not in order."""
    if not own.is_sent:
        yield "not_sent", {}, False
    if own.misses_order:
        yield "order_number", {}, False
    if own.terms:
        yield "terms", {"terms": own.terms[0], "agreed": own.terms[1]}, False
    if own.free_credit:
        yield "free_credit", {"amount": own.free_credit}, True
    if own.refused:
        yield "refused", {"count": own.refused}, False
    for code, name, value, which in (
        ("bounced", "address", own.bounced, own.bounce_id),
        ("draft_credit", "name", own.draft_credit, own.draft_id),
        ("loose_credit", "name", own.loose_credit, 0),
        ("unread", "reminder", own.unread, own.unread_on),
        ("currency_rate", "rateless", own.without_rate, 0),
    ):
        if value:
            yield code, {name: value, **({"which": which} if which else {})}, False
    for code, money in (("in_process", own.in_process), ("in_bank", own.in_bank)):
        if money:
            params = {"amount": money.amount, "label": money.label, "on": money.on}
            yield code, params, money.amount < own.residual or not money.is_sure


def verdict(findings: Iterable[Finding]) -> str:
    """Return the gravest severity: ``ok``, ``warning`` or ``blocking``."""
    return max((f.severity for f in findings), key=_RANK.get, default=OK)


def allocate(
    amount: Decimal, debts: Iterable[tuple[int, Decimal]]
) -> dict[int, Decimal]:
    """Share out money over debts, to see which of them it may have paid.

    A debt of the very same amount is the one meant; otherwise the first ones given
    (the oldest) are covered first.

    :param debts: pairs of an id and what is owed; what is settled takes nothing
    :return: ``{id: what it covers of the debt}``
    """
    debts = [(key, owed) for key, owed in debts if owed > 0]
    same = next((key for key, owed in debts if owed == amount), None)
    if same is not None:
        return {same: amount}
    covered = {}
    for key, owed in debts:
        share = min(owed, amount)
        if share <= 0:
            break
        covered[key] = share
        amount -= share
    return covered
