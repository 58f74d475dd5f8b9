"""Late-payment interest and the lump-sum indemnity, by French law.

Sources: Code de commerce L441-10 II and D441-5 (business), Code de la commande
publique L2192-13, R2192-31 and D2192-35 (public buyers), Code civil 1231-6 (consumers).
Amounts are ``Decimal`` in the currency of the invoice, rates are percent per year.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal

from .amounts import ZERO

BUSINESS, PUBLIC, CONSUMER = "business", "public", "consumer"
ECB_MRO = "ecb_mro"
# L441-10 II: refinancing rate + 10 points; R2192-31: + 8 points.
MARKUP = {BUSINESS: Decimal(10), PUBLIC: Decimal(8)}
# D441-5 and D2192-35: one per late invoice, in euros, without VAT.
LUMP_SUM_INDEMNITY = Decimal(40)
# Every published formula divides by 365, leap years included; no statute fixes it.
DAYS_PER_YEAR = Decimal(365)
CENT = Decimal("0.01")

RateTable = Mapping[str, Mapping[date, Decimal]]


class MissingRateError(ValueError):
    """No rate is known for a semester: it must be entered, never guessed."""

    def __init__(self, kind: str, semester: date):
        self.kind, self.semester = kind, semester
        super().__init__(f"no rate {kind} from {semester}")


@dataclass(frozen=True, slots=True)
class Segment:
    """Interest on one balance at one rate, ``start`` and ``end`` included."""

    start: date
    end: date
    days: int
    base: Decimal
    rate: Decimal
    amount: Decimal


@dataclass(frozen=True, slots=True)
class Penalty:
    """What the law makes due on one receivable at one date."""

    interest: Decimal
    indemnity: Decimal
    segments: tuple[Segment, ...] = ()

    @property
    def total(self) -> Decimal:
        """Interest and indemnity together."""
        return self.interest + self.indemnity


NOTHING = Penalty(ZERO, ZERO)


def semester_of(day: date) -> date:
    """Return the first day of the half-year of ``day``, at which rates are read."""
    return date(day.year, 1 if day.month <= 6 else 7, 1)


def compute(
    amount: Decimal,
    maturity: date,
    at: date,
    *,
    payments: Iterable[tuple[date, Decimal]] = (),
    regime: str = BUSINESS,
    contract_rate: Decimal | None = None,
    rates: RateTable | None = None,
    indemnity: Decimal = LUMP_SUM_INDEMNITY,
    rounding: Decimal = CENT,
) -> Penalty:
    """Return the penalty that has accrued on a receivable from ``maturity`` to ``at``.

    Days run from the day after maturity to ``at``, included. A payment counts up to
    and including the day on which the funds arrive (L441-9). The sum is rounded once.

    :param amount: what was invoiced with VAT, less credit notes
    :param payments: ``(day, amount)``, in any order
    :param regime: ``business``, ``public`` or ``consumer`` (who owes nothing here)
    :param contract_rate: the stipulated rate, in % per year; None for the statutory one
    :param rates: ``{kind: {first day of the semester: percent}}``
    :param indemnity: lump sum due if the amount was not paid in full at maturity
    :param rounding: smallest unit of the currency
    :raise MissingRateError: when a semester has no rate
    """
    if regime == CONSUMER or at <= maturity:
        return NOTHING
    payments = sorted(payments)
    if _balance(amount, payments, maturity) <= 0:
        return NOTHING
    raw = [
        (start, end, base, _rate(regime, contract_rate, rates, maturity, start))
        for start, end, base in _periods(amount, payments, maturity, at)
    ]
    return Penalty(*_total(raw, rounding, indemnity))


def _balance(amount, payments, day):
    """Return what is still owed at the end of ``day``."""
    return amount - sum((paid for when, paid in payments if when <= day), ZERO)


def _periods(amount, payments, maturity, at):
    """Yield ``(start, end, base)``: cut after each payment and at each semester."""
    start = maturity + timedelta(days=1)
    while start <= at:
        base = _balance(amount, payments, start - timedelta(days=1))
        if base <= 0:
            # Paid in full, but an undone or refunded payment may reopen the balance.
            later = [day for day, _paid in payments if day >= start]
            if not later:
                return
            start = min(later) + timedelta(days=1)
            continue
        next_payment = min((day for day, _paid in payments if day >= start), default=at)
        end = min(at, next_payment, _end_of_semester(start))
        yield start, end, base
        start = end + timedelta(days=1)


def _end_of_semester(day):
    first = semester_of(day)
    following = date(day.year, 7, 1) if first.month == 1 else date(day.year + 1, 1, 1)
    return following - timedelta(days=1)


def _rate(regime, contract_rate, rates, maturity, day):
    """Return the rate of ``day``: frozen for public buyers, else its semester's."""
    if contract_rate is not None:
        return contract_rate
    anchor = maturity + timedelta(days=1) if regime == PUBLIC else day
    semester = semester_of(anchor)
    known = (rates or {}).get(ECB_MRO, {})
    if semester not in known:
        raise MissingRateError(ECB_MRO, semester)
    return known[semester] + MARKUP[regime]


def _total(raw, rounding, indemnity):
    """Round the unrounded sum once; the last segment bears the difference."""
    # Divided once, after the sum: a division cut at 28 digits can lose half a cent.
    products = [
        base * rate * ((end - start).days + 1) for start, end, base, rate in raw
    ]
    unit = rounding.normalize()
    interest, *shown = (
        (product / (100 * DAYS_PER_YEAR)).quantize(unit, ROUND_HALF_UP)
        for product in [sum(products, ZERO), *products]
    )
    shown[-1] += interest - sum(shown, ZERO)
    segments = tuple(
        Segment(start, end, (end - start).days + 1, base, rate, amount)
        for (start, end, base, rate), amount in zip(raw, shown, strict=True)
    )
    return interest, indemnity, segments
