"""SIREN, SIRET and French VAT numbers, checked off-line.

A SIREN is nine digits with a Luhn key; a SIRET adds five digits for an establishment;
a French VAT number is ``FR``, a key of two characters and the SIREN. La Poste's SIRETs
follow another rule, and Monaco's VAT numbers contain no SIREN: python-stdnum knows.
"""

import re

from stdnum.exceptions import InvalidChecksum, ValidationError
from stdnum.fr import siren as fr_siren
from stdnum.fr import siret as fr_siret
from stdnum.fr import tva as fr_tva

VALID, INVALID, MISSING, NOT_APPLICABLE = (
    "valid",
    "invalid",
    "missing",
    "not_applicable",
)
SIREN_LENGTH, SIRET_LENGTH = 9, 14
# France and the overseas territories where INSEE gives SIRENs. New Caledonia (RIDET),
# French Polynesia (Tahiti number) and Wallis and Futuna keep registers of their own.
SIREN_COUNTRIES = frozenset(["FR", "GP", "MQ", "GF", "RE", "YT", "BL", "MF", "PM"])
# Shapes only, for want of a published key. RIDET: seven digits of a company, perhaps
# three of an establishment (ISEE). Tahiti number: six characters, the first of which
# may be a letter, perhaps three digits of an establishment (ISPF).
LOCAL_NUMBERS = {
    "NC": re.compile(r"\d{6,7}(\d{3})?"),
    "PF": re.compile(r"[0-9A-Z]\d{5}(\d{3})?"),
}
_SEPARATORS = re.compile(r"[\s.\-\u00a0\u202f]+")
_DIGITS = re.compile(r"[0-9]+")


def normalise(number: str | None) -> str:
    """Return ``number`` in capitals without spaces, dots and hyphens."""
    return _SEPARATORS.sub("", str(number or "")).upper()


def siren_error(number: str) -> str:
    """Return what is wrong with a normalised SIREN as a code, or "".

    Codes: ``digits`` (other characters than digits), ``siret`` (it is a SIRET),
    ``length`` (not nine digits), ``checksum`` (the key is wrong).
    """
    if not _DIGITS.fullmatch(number):
        return "digits"
    if len(number) == SIRET_LENGTH:
        return "siret"
    if len(number) != SIREN_LENGTH:
        return "length"
    try:
        fr_siren.validate(number)
    except InvalidChecksum:
        return "checksum"
    return ""


def is_public_siren(siren: str | None) -> bool:
    """Say whether a SIREN looks like one of the State or of a local authority.

    INSEE's definition of the SIREN: the number of a public body begins with 1 or 2,
    while the digits of others mean nothing. Good for a proposal only: a public
    undertaking (La Poste: 356 000 000) has a number like any company's.
    """
    return normalise(siren)[:1] in ("1", "2")


def is_siret(number: str) -> bool:
    """Say whether a normalised number is a valid SIRET."""
    return bool(_DIGITS.fullmatch(number)) and fr_siret.is_valid(number)


def siren_from_registry(registry: str | None) -> str:
    """Return the SIREN in a valid SIRET or SIREN, else ""."""
    number = normalise(registry)
    if is_siret(number) or (number and not siren_error(number)):
        return number[:SIREN_LENGTH]
    return ""


def siren_from_vat(vat: str | None) -> str:
    """Return the SIREN in a valid French VAT number, else "" (Monaco has none)."""
    number = normalise(vat)
    if not number.startswith("FR"):
        return ""
    try:
        return fr_tva.to_siren(fr_tva.validate(number))
    except ValidationError:
        return ""


def is_monaco_vat(vat: str | None) -> bool:
    """Say whether a VAT number is one of Monaco: French form, no SIREN inside."""
    number = normalise(vat)
    return number.startswith("FR") and number[4:7] == "000" and fr_tva.is_valid(number)


def find_siren(
    registry: str | None, vat: str | None, country: str | None = None
) -> str:
    """Return the SIREN that a company's other identifiers contain, else "".

    The company ID of another country may look like a SIREN by chance (one number of
    nine digits in ten has a right key): there only a French VAT number is read.

    :param country: two-letter code; None or "" is taken for France
    """
    is_french = (country or "FR") in SIREN_COUNTRIES
    in_registry = siren_from_registry(registry) if is_french else ""
    return in_registry or siren_from_vat(vat)


def is_local_number_wrong(registry: str | None, country: str | None) -> bool:
    """Say whether a RIDET or a Tahiti number has the wrong shape.

    Such a company may also be known by a SIREN or SIRET of metropolitan France.
    """
    number, shape = normalise(registry), LOCAL_NUMBERS.get(country or "")
    if not number or not shape or siren_from_registry(number):
        return False
    return not shape.fullmatch(number)


def branch_differs(registry: str | None, siren: str | None) -> bool:
    """Say whether the SIRET of an address belongs to another company than ``siren``.

    Establishments share the first nine digits of their company; a subsidiary, with a
    SIREN of its own, is a company and no address.
    """
    own = normalise(registry)
    return bool(siren and is_siret(own) and own[:SIREN_LENGTH] != siren)


def problems(
    siren: str | None, registry: str | None, vat: str | None, country: str | None
) -> list[str]:
    """Return what is wrong in the identifiers of a French company, as codes.

    Codes: ``registry`` (neither SIRET nor SIREN), ``vat`` (wrong French number),
    ``siret_differs`` and ``vat_differs`` (another SIREN than the partner's), ``siren``.
    """
    found = []
    french = country in SIREN_COUNTRIES
    in_registry = siren_from_registry(registry) if french else ""
    in_vat = siren_from_vat(vat)
    if siren and siren_error(siren):
        found.append("siren")
    if french and normalise(registry) and not in_registry:
        found.append("registry")
    if normalise(vat).startswith("FR") and not fr_tva.is_valid(normalise(vat)):
        found.append("vat")
    if siren and in_registry and in_registry != siren:
        found.append("siret_differs")
    if siren and in_vat and in_vat != siren:
        found.append("vat_differs")
    return found


def siren_state(
    siren: str | None,
    registry: str | None,
    vat: str | None,
    country: str | None,
    is_company: bool,
) -> str:
    """Return ``valid``, ``invalid``, ``missing`` or ``not_applicable``.

    Persons and companies of other countries need no SIREN; Monaco's have none.

    :param country: two-letter code; None or "" is taken for France
    """
    country = country or "FR"
    if not siren and (not is_company or country not in SIREN_COUNTRIES):
        return NOT_APPLICABLE
    if problems(siren, registry, vat, country):
        return INVALID
    if siren:
        return VALID
    return NOT_APPLICABLE if is_monaco_vat(vat) else MISSING
