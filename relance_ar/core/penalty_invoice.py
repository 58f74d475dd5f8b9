"""The penalties of a whole invoice: its instalments share one indemnity."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from .penalty import LUMP_SUM_INDEMNITY, ZERO, Penalty, compute


@dataclass(slots=True)
class Instalment:
    """A receivable of an invoice, and what settled it.

    :param amount: what was invoiced
    :param credits: what credit notes took off the price: it was never owed
    :param payments: ``(day, amount)``
    :param since: count the days from this one only
    :param until: count the days up to this one only, or None
    :param indemnity: what the lump sum is in its currency; None: that of the invoice
    """

    id: int
    amount: Decimal
    maturity: date
    credits: Decimal = ZERO
    payments: list = field(default_factory=list)
    since: date | None = None
    notice: date | None = None
    until: date | None = None
    indemnity: Decimal | None = None

    def owed_on(self, day: date) -> Decimal:
        """Return what was still owed at the end of ``day``."""
        paid = sum((amount for when, amount in self.payments if when <= day), ZERO)
        return self.amount - self.credits - paid


def compute_invoice(
    instalments: Iterable[Instalment],
    at: date,
    *,
    indemnity: Decimal = LUMP_SUM_INDEMNITY,
    **terms,
) -> dict[int, Penalty]:
    """Return the penalty of each instalment of one invoice at ``at``.

    The indemnity is due once for an invoice (service-public F23211), however many of
    its instalments are late: the first one carries it.

    :param terms: the same for all instalments: see ``penalty.compute``
    """
    found, is_carried = {}, False
    for part in sorted(instalments, key=lambda part: (part.maturity, part.id)):
        lump_sum = indemnity if part.indemnity is None else part.indemnity
        result = compute(
            part.amount - part.credits,
            part.maturity,
            min(at, part.until or at),
            payments=part.payments,
            indemnity=ZERO if is_carried else lump_sum,
            since=part.since,
            notice=part.notice,
            **terms,
        )
        is_carried = is_carried or bool(result.indemnity)
        found[part.id] = result
    return found
