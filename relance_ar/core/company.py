"""What the registers say of a company, read from their answers.

A company that a service does not show is unknown, never fine: those that asked not to
be shown are absent from the directory and answered with 404 by INSEE.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from .identity import SIREN_LENGTH
from .notices import read_date, repair

ACTIVE, CLOSED, UNKNOWN = "active", "closed", "unknown"
_STATES = {"A": ACTIVE, "C": CLOSED, "F": CLOSED}
HIDDEN = "[ND]"
# Order and names of INSEE's brackets of staff.
STAFF = {
    "00": "0",
    "01": "1-2",
    "02": "3-5",
    "03": "6-9",
    "11": "10-19",
    "12": "20-49",
    "21": "50-99",
    "22": "100-199",
    "31": "200-249",
    "32": "250-499",
    "41": "500-999",
    "42": "1000-1999",
    "51": "2000-4999",
    "52": "5000-9999",
    "53": "10000+",
}


@dataclass(frozen=True, slots=True)
class Company:
    """A company, or one of its establishments, as a register describes it.

    Texts are "" where the register says nothing, or hides it.

    :param state: of the company: ``active``, ``closed`` or ``unknown``
    :param site_state: of the establishment that the address is of
    :param legal_form: INSEE's code of four digits
    :param activity: code of the activity, as in ``53.10Z``
    :param size: ``PME``, ``ETI`` or ``GE``
    :param staff: bracket, as in ``10-19``
    :param is_partial: its owner asked that some of it be hidden
    """

    siren: str
    state: str = UNKNOWN
    name: str = ""
    siret: str = ""
    site_state: str = UNKNOWN
    street: str = ""
    zip: str = ""
    city: str = ""
    vat: str = ""
    legal_form: str = ""
    activity: str = ""
    size: str = ""
    staff: str = ""
    created_on: date | None = None
    closed_on: date | None = None
    is_partial: bool = False
    is_public: bool = False


def read_directory(answer: Mapping, number: str) -> Company | None:
    """Return the company of a SIREN or SIRET in the directory's answer, or None.

    The service may give others beside it: only the very same number counts.
    """
    siren = number[:SIREN_LENGTH]
    found = next(
        (r for r in answer.get("results", ()) if str(r.get("siren")) == siren), None
    )
    if not found:
        return None
    site = _directory_site(found, number)
    extras = _mapping(found.get("complements"))
    vats = found.get("tva") or []
    return Company(
        siren=siren,
        state=_STATES.get(found.get("etat_administratif"), UNKNOWN),
        name=_text(found.get("nom_raison_sociale")) or _text(found.get("nom_complet")),
        siret=_text(site.get("siret")),
        site_state=_STATES.get(site.get("etat_administratif"), UNKNOWN),
        street=_street(site, "numero_voie", "indice_repetition", "type_voie")
        or _street_of(site),
        zip=_text(site.get("code_postal")),
        city=_text(site.get("libelle_commune")),
        vat=_text(vats[0]) if isinstance(vats, list) and vats else "",
        legal_form=_text(found.get("nature_juridique")),
        activity=_text(found.get("activite_principale")),
        size=_text(found.get("categorie_entreprise")),
        staff=STAFF.get(found.get("tranche_effectif_salarie"), ""),
        created_on=read_date(found.get("date_creation")),
        closed_on=read_date(found.get("date_fermeture")),
        is_partial=found.get("statut_diffusion") == "P",
        is_public=bool(extras.get("est_administration")),
    )


def _directory_site(found, number):
    """Return the establishment of a SIRET, else the head office."""
    sites = [
        _mapping(found.get("siege")),
        *map(_mapping, found.get("matching_etablissements") or ()),
    ]
    return next((s for s in sites if s.get("siret") == number), sites[0])


def _street(site, *names, last="libelle_voie"):
    parts = [_text(site.get(name)) for name in (*names, last)]
    return " ".join(filter(None, parts))


def _street_of(site):
    """Return the street of an address on one line: what stands before the postcode."""
    address, zip_code = _text(site.get("adresse")), _text(site.get("code_postal"))
    return address.split(zip_code)[0].strip() if zip_code else ""


def read_sirene(answer: Mapping, number: str) -> Company | None:
    """Return the company of INSEE's answer, or None where it shows neither part.

    :param answer: ``{"unit": ..., "establishment": ...}``
    """
    unit = _mapping(answer.get("unit"))
    site = _mapping(answer.get("establishment"))
    siren = number[:SIREN_LENGTH]
    if siren not in (unit.get("siren"), site.get("siren")):
        return None
    flat = _mapping(site.get("uniteLegale"))
    about = {**flat, **unit, **_last(unit.get("periodesUniteLegale"))}
    state = _STATES.get(about.get("etatAdministratifUniteLegale"), UNKNOWN)
    place = _mapping(site.get("adresseEtablissement"))
    now = _last(site.get("periodesEtablissement"))
    return Company(
        siren=siren,
        state=state,
        name=_sirene_name(about),
        siret=_text(site.get("siret")),
        site_state=_STATES.get(now.get("etatAdministratifEtablissement"), UNKNOWN),
        street=_street(
            place,
            "numeroVoieEtablissement",
            "indiceRepetitionEtablissement",
            "typeVoieEtablissement",
            last="libelleVoieEtablissement",
        ),
        zip=_text(place.get("codePostalEtablissement")),
        city=_text(place.get("libelleCommuneEtablissement")),
        legal_form=_text(about.get("categorieJuridiqueUniteLegale")),
        activity=_text(about.get("activitePrincipaleUniteLegale")),
        size=_text(about.get("categorieEntreprise")),
        staff=STAFF.get(about.get("trancheEffectifsUniteLegale"), ""),
        created_on=read_date(about.get("dateCreationUniteLegale")),
        # The period in which it is closed began on the day of the closing.
        closed_on=read_date(about.get("dateDebut")) if state == CLOSED else None,
        is_partial=about.get("statutDiffusionUniteLegale") in ("P", "N"),
        is_public=_text(about.get("categorieJuridiqueUniteLegale")).startswith("7"),
    )


def _sirene_name(about):
    """Return the name of a company, or of a person in business."""
    first = about.get("prenomUsuelUniteLegale") or about.get("prenom1UniteLegale")
    person = [_text(first), _text(about.get("nomUniteLegale"))]
    return _text(about.get("denominationUniteLegale")) or " ".join(filter(None, person))


def _last(periods):
    """Return the period that runs: the first one listed."""
    return _mapping(periods[0]) if isinstance(periods, list) and periods else {}


def _mapping(value):
    return value if isinstance(value, Mapping) else {}


def _text(value):
    """Return a text, repaired; "" for what is hidden or no text at all."""
    text = repair(value).strip() if isinstance(value, str) else ""
    return "" if text == HIDDEN else text
