"""Late-payment interest and the lump-sum indemnity, by French law.

Sources: Code de commerce L441-10 II and D441-5 (business), Code de la commande
publique L2192-13, R2192-31 and D2192-35 (public buyers), Code civil 1231-6 (consumers).
Amounts are ``Decimal`` in the currency of the invoice, rates are percent per year.

What is owed through time is multiplied with the rate through time: one segment for each
half-year and each balance. The products are summed as they are and rounded once.
"""

from calendar import isleap
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import NamedTuple

from .amounts import ZERO

BUSINESS, PUBLIC, CONSUMER = "business", "public", "consumer"
# Not a regime of the law: nothing is asked, as the company has decided.
EXEMPT = "exempt"
ECB_MRO, LEGAL_PROFESSIONAL = "ecb_mro", "legal_professional"
# Where the rate of a segment comes from: one of the two above, or a contract.
CONTRACT = "contract"
# L441-10 II: refinancing rate + 10 points; R2192-31: + 8 points.
MARKUP = {BUSINESS: Decimal(10), PUBLIC: Decimal(8), CONSUMER: Decimal(0)}
# D441-5 and D2192-35: one per late invoice, in euros, without VAT.
LUMP_SUM_INDEMNITY = Decimal(40)
# Every published formula divides by 365, leap years included; no statute fixes it.
ACT_365, ACT_ACT = "act_365", "act_act"
# A day weighs 1/365 or 1/366 of a year; with a common divisor nothing is lost.
_DAY_WEIGHT = {365: 366, 366: 365}
_DIVISOR = 100 * 365 * 366
CENT = Decimal("0.01")
ONE = Decimal(1)
ONE_DAY = timedelta(days=1)

RateTable = Mapping[str, Mapping[date, Decimal]]


class UnknownPenaltyError(ValueError):
    """What a penalty depends on is not known: it is said, and nothing is claimed."""


class UnknownJudgmentError(UnknownPenaltyError):
    """Proceedings were opened against a debtor, nobody entered on which day."""

    def __init__(self, debtor_id: int):
        self.debtor_id = debtor_id
        super().__init__(f"no day of judgment of debtor {debtor_id}")


class MissingRateError(UnknownPenaltyError):
    """No rate is known for a semester: it must be entered, never guessed."""

    def __init__(self, kind: str, semester: date):
        self.kind, self.semester = kind, semester
        super().__init__(f"no rate {kind} from {semester}")


class Rate(NamedTuple):
    """A yearly rate and where it comes from.

    :param kind: ``ecb_mro``, ``legal_professional`` or ``contract``
    :param reference: the published rate that the points are added to, or None
    """

    percent: Decimal
    kind: str
    reference: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Segment:
    """Interest on one balance at one rate, ``start`` and ``end`` included.

    ``kind`` and ``reference`` say where the rate comes from: see ``Rate``.
    """

    start: date
    end: date
    days: int
    base: Decimal
    rate: Decimal
    amount: Decimal
    kind: str = field(default="", compare=False)
    reference: Decimal | None = field(default=None, compare=False)


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

    def with_indemnity(self, amount: Decimal) -> "Penalty":
        """Return the same interest with another indemnity."""
        return replace(self, indemnity=amount)


NOTHING = Penalty(ZERO, ZERO)


def semester_of(day: date) -> date:
    """Return the first day of the half-year of ``day``, at which rates are read."""
    return date(day.year, 1 if day.month <= 6 else 7, 1)


@dataclass(slots=True)
class Terms:
    """What the penalty on an amount depends on, besides its maturity.

    :param payments: ``(day, amount)``, in any order
    :param regime: ``business``, ``public``, ``consumer`` (who owes the legal interest,
        from the formal notice only, and no indemnity) or ``exempt``
    :param contract_rate: the stipulated rate, in % per year; None for the statutory
        one. Never that of a consumer; that of a public buyer only if it is higher.
    :param rates: ``{kind: {first day of the semester: percent}}``
    :param indemnity: lump sum due if the amount was not paid in full at maturity
    :param rounding: smallest unit of the currency
    :param year: ``act_365``, or ``act_act`` for 366 days in leap years
    :param notice: the day of the formal notice, for consumers
    :param judgment: opening of insolvency proceedings: interest stops the day before,
        and what matures on that day or later bears no indemnity
    :param since: count the days from this one only. What was rounded until then stays
        as it is, so that the interest of periods that follow each other adds up.
    :raise ValueError: when the rate or the rounding makes no sense
    """

    payments: Iterable[tuple[date, Decimal]] = ()
    regime: str = BUSINESS
    contract_rate: Decimal | None = None
    rates: RateTable | None = None
    indemnity: Decimal = LUMP_SUM_INDEMNITY
    rounding: Decimal = CENT
    year: str = ACT_365
    notice: date | None = None
    judgment: date | None = None
    since: date | None = None

    def __post_init__(self):
        rate = self.contract_rate
        if rate is not None and not 0 <= rate <= 100:
            raise ValueError(f"a rate of {rate} % a year")
        if self.rounding <= 0:
            raise ValueError(f"a currency rounded to {self.rounding}")
        if self.year not in (ACT_365, ACT_ACT):
            raise ValueError(f"a year of {self.year}")


def compute(amount: Decimal, maturity: date, at: date, **terms) -> Penalty:
    """Return the penalty that has accrued on a receivable from ``maturity`` to ``at``.

    Days run from the day after maturity to ``at``, included. A payment counts up to
    and including the day on which the funds arrive (L441-9). The sum is rounded once.

    :param amount: what was invoiced with VAT, less credit notes; nothing is due on a
        negative one
    :param terms: see ``Terms``
    :raise MissingRateError: when a semester has no rate
    :raise ValueError: when the rate or the rounding makes no sense
    """
    terms = Terms(**terms)
    judgment = terms.judgment
    if at <= maturity or (judgment and maturity >= judgment):
        return NOTHING
    start = _first_day(terms.regime, maturity, terms.notice)
    payments = sorted(terms.payments)
    if start is None or _balance(amount, payments, maturity) <= 0:
        return NOTHING
    last = min(at, judgment - ONE_DAY) if judgment else at
    raw = [
        (first, end, base, _rate(terms, maturity, first))
        for first, end, base in _periods(amount, payments, start, last, terms.since)
    ]
    interest, segments = _total(raw, terms)
    indemnity = ZERO if terms.regime == CONSUMER else terms.indemnity
    return Penalty(interest, indemnity, segments)


def _first_day(regime, maturity, notice):
    """Return the first day of interest, or None if the debtor owes none."""
    if regime == EXEMPT or (regime == CONSUMER and not notice):
        return None
    # C. civ. 1231-6: a consumer owes interest from the formal notice.
    return (max(maturity, notice) if regime == CONSUMER else maturity) + ONE_DAY


def _balance(amount, payments, day):
    """Return what is still owed at the end of ``day``."""
    return amount - sum((paid for when, paid in payments if when <= day), ZERO)


def _periods(amount, payments, start, last, since=None):
    """Yield ``(start, end, base)``: cut after each payment, at each semester, and
    before ``since``."""
    balance = _balance(amount, payments, start - ONE_DAY)
    cuts = [payment for payment in payments if start <= payment[0] < last]
    if since and start < since <= last:
        cuts = sorted([*cuts, (since - ONE_DAY, ZERO)])
    for day, paid in [*cuts, (last, ZERO)]:
        # Paid in full, but an undone or refunded payment may reopen the balance.
        while balance > 0 and start <= day:
            end = min(day, _end_of_semester(start))
            yield start, end, balance
            start = end + ONE_DAY
        balance -= paid
        start = max(start, day + ONE_DAY)


def _end_of_semester(day):
    return date(day.year, 6, 30) if day.month <= 6 else date(day.year, 12, 31)


def _rate(terms, maturity, day):
    """Return the ``Rate`` of ``day``: frozen for public buyers, else its semester's."""
    regime, contract_rate = terms.regime, terms.contract_rate
    kind = LEGAL_PROFESSIONAL if regime == CONSUMER else ECB_MRO
    if contract_rate is not None and regime not in (CONSUMER, PUBLIC):
        return Rate(contract_rate, CONTRACT)
    semester = semester_of(maturity + ONE_DAY if regime == PUBLIC else day)
    known = (terms.rates or {}).get(kind, {})
    if semester not in known:
        raise MissingRateError(kind, semester)
    statutory = known[semester] + MARKUP[regime]
    # L2192-14: a clause that gives a public buyer less than the statutory is void.
    if regime == PUBLIC and contract_rate is not None and contract_rate > statutory:
        return Rate(contract_rate, CONTRACT)
    return Rate(statutory, kind, known[semester])


def _total(raw, terms):
    """Round the unrounded sum once; the last segment bears the difference.

    :return: the interest and the segments from ``since`` on
    """
    products = [
        base * rate.percent * _count(start, end) * _weigh(start, terms.year)
        for start, end, base, rate in raw
    ]
    since, unit = terms.since, terms.rounding
    before = sum(1 for start, *_rest in raw if since and start < since)
    # Divided once, after the sum: a division cut at 28 digits can lose half a cent.
    interest = _rounded(sum(products, ZERO), unit)
    interest -= _rounded(sum(products[:before], ZERO), unit)
    shown = [_rounded(product, unit) for product in products[before:]]
    if shown:
        shown[-1] += interest - sum(shown, ZERO)
    return interest, tuple(map(_segment, raw[before:], shown))


def _segment(row, amount):
    """Return a row ``(start, end, base, rate)`` and its interest as a ``Segment``."""
    start, end, base, rate = row
    days = _count(start, end)
    return Segment(start, end, days, base, rate.percent, amount, *rate[1:])


def _count(start, end):
    """Return the number of days from ``start`` to ``end``, both included."""
    return (end - start).days + 1


def _weigh(day, year):
    """Return what a day counts for, out of the common divisor."""
    return _DAY_WEIGHT[366 if year == ACT_ACT and isleap(day.year) else 365]


def _rounded(product, unit):
    """Return a sum of weighted products as an amount, rounded half-up to ``unit``."""
    units = (product / (_DIVISOR * unit)).quantize(ONE, ROUND_HALF_UP)
    return units * unit.normalize()
