"""Which regime and which rate of late-payment penalties a debt is under."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from . import identity
from .insolvency import is_before_opening
from .penalty import (
    BUSINESS,
    CONSUMER,
    ECB_MRO,
    EXEMPT,
    MARKUP,
    PUBLIC,
    RateTable,
    semester_of,
)

# L441-10 II: no stipulated rate below three times the legal one.
FLOOR_TIMES = 3


@dataclass(frozen=True, slots=True)
class Debtor:
    """What is known of a debtor, as far as penalties go.

    :param regime: chosen by a person, or ""
    :param rate: stipulated with this debtor, in % per year, or None
    :param country_id: any hashable name of the country, or None
    :param judgments: the days on which insolvency proceedings were opened, in order
    :param is_undated: there are proceedings, of which nobody knows the day
    """

    is_company: bool = False
    siren: str = ""
    vat: str = ""
    regime: str = ""
    rate: Decimal | None = None
    country_id: int | None = None
    judgments: tuple[date, ...] = ()
    is_undated: bool = False


def judgment_of(debtor: Debtor, born: date) -> date | None:
    """Return the judgment that stops the interest of a debt: the first since its birth.

    A debt born since is paid when it falls due, like any other (Code de commerce,
    L622-17): it bears penalties. What a judgment has stopped does not run again when
    the proceedings end (L622-28).
    """
    earlier = (day for day in debtor.judgments if is_before_opening(born, day))
    return next(earlier, None)


def propose_regime(is_company: bool, siren: str, vat: str) -> str:
    """Return the regime that the nature of a debtor speaks for; a person decides.

    L441-10 binds professionals: companies and sole traders, who have a SIREN or a VAT
    number. A consumer owes neither its penalties nor the indemnity.
    """
    if identity.is_public_siren(siren):
        return PUBLIC
    return BUSINESS if is_company or siren or vat else CONSUMER


def regime_of(debtor: Debtor, chosen: str = "", excluded=frozenset()) -> str:
    """Return the regime of an invoice: chosen on it, on its debtor, else proposed.

    :param chosen: the one chosen on the invoice, or ""
    :param excluded: countries in which the company asks for no penalties; a choice on
        the invoice or on the debtor goes before
    """
    if chosen or debtor.regime:
        return chosen or debtor.regime
    if debtor.country_id in excluded:
        return EXEMPT
    return propose_regime(debtor.is_company, debtor.siren, debtor.vat)


def rate_of(
    regime: str, of_invoice: Decimal | None, of_debtor: Decimal | None, of_company
) -> Decimal | None:
    """Return the stipulated rate, or None for that of the regime.

    Terms of sale bind no public buyer (L2192-14) nor, here, a consumer: the rate of the
    company is for business customers only. One agreed with a public buyer counts where
    it is above the statutory one: see ``penalty.compute``.
    """
    stipulated = of_invoice or of_debtor
    if regime == BUSINESS:
        stipulated = stipulated or of_company
    return stipulated or None


def floor_at(day: date, legal: RateTable) -> Decimal | None:
    """Return three times the legal rate of ``day``, or None if it is not known.

    :param legal: ``{first day of the semester: percent}`` of professionals
    """
    rate = legal.get(semester_of(day))
    return None if rate is None else FLOOR_TIMES * rate


def binding_rate(
    regime: str, stipulated: Decimal | None, day: date, rates: RateTable
) -> Decimal | None:
    """Return the stipulated rate as far as it binds, or None for the statutory one.

    :param day: on which the statutory rate of a public buyer is read
    """
    if regime != PUBLIC or stipulated is None:
        return stipulated
    statutory = public_floor(day, rates)
    return stipulated if statutory is not None and stipulated > statutory else None


def public_floor(day: date, rates: RateTable) -> Decimal | None:
    """Return the statutory rate of public buyers of ``day``, or None if not known."""
    ecb = rates.get(ECB_MRO, {}).get(semester_of(day))
    return None if ecb is None else ecb + MARKUP[PUBLIC]
