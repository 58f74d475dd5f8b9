"""Notices of the BODACC, the official bulletin of commercial announcements, read.

A record of the open data has JSON documents serialised as strings in its fields, dates
in several forms, and sometimes text that was decoded wrongly: all is read here, and
what cannot be read is None or "" and never an error.
"""

import json
import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date

from .identity import SIREN_LENGTH, normalise

ISSUED, RECTIFYING, CANCELLING = "annonce", "rectificatif", "annulation"
# Judgments are kept on the register from 1985 on; a date before, or long after its own
# publication, is a slip of the keyboard.
FIRST_YEAR = 1985
MONTHS = (
    "janvier",
    "fevrier",
    "mars",
    "avril",
    "mai",
    "juin",
    "juillet",
    "aout",
    "septembre",
    "octobre",
    "novembre",
    "decembre",
)
_ISO = re.compile(r"(\d{4})-(\d{2})-(\d{2})")
_FRENCH = re.compile(r"(\d{1,2})/(\d{1,2})/(\d{4})")
_IN_WORDS = re.compile(r"(\d{1,2})(?:er)? ([a-z]+) (\d{4})")
_PREVIOUS = re.compile(r"([ABC])\s*$")
# Bytes of UTF-8 taken for Latin letters: "clôture" became "clÃ´ture".
_MOJIBAKE = re.compile(r"[ÃÂâ]")


@dataclass(frozen=True, slots=True)
class Notice:
    """One notice of the bulletin.

    :param id: publication, issue and number, as in ``A202601765232``
    :param sirens: the companies that it is about
    :param kind: ``annonce``, ``rectificatif`` (replaces ``previous_id``) or
        ``annulation`` (takes ``previous_id`` and itself away)
    :param family: ``collective``, ``radiation`` and so on
    :param published_on: day of publication, from which the time to declare runs
    :param judgment_on: day of the judgment; None where the bulletin's is absurd
    :param heading: the ``famille`` of the judgment, as in "Jugement d'ouverture"
    :param nature: as in "Jugement d'ouverture de liquidation judiciaire"
    :param complement: what else it says
    """

    id: str
    sirens: tuple[str, ...]
    kind: str
    family: str
    published_on: date
    judgment_on: date | None = None
    heading: str = ""
    nature: str = ""
    complement: str = ""
    court: str = ""
    name: str = ""
    url: str = ""
    previous_id: str = ""


def repair(text: str | None) -> str:
    """Return a text whose UTF-8 had been read as Latin, in its own letters."""
    text = unicodedata.normalize("NFC", str(text or ""))
    if not _MOJIBAKE.search(text):
        return text
    for encoding in ("cp1252", "latin-1"):
        try:
            return text.encode(encoding).decode("utf-8")
        except UnicodeError:
            continue
    return text


def plain(text: str | None) -> str:
    """Return a text to compare: no accents, no capitals, single spaces, plain signs."""
    text = repair(text).replace("’", "'")
    letters = unicodedata.normalize("NFKD", text)
    kept = "".join(c for c in letters if not unicodedata.combining(c))
    return " ".join(kept.lower().split())


def read_date(text: str | None, latest: date | None = None) -> date | None:
    """Return a day of the bulletin: ISO, French figures, or French words.

    :param latest: a judgment is not published before it is given
    """
    text = plain(text)
    found = _day_of(text)
    if not found or found.year < FIRST_YEAR or (latest and found > latest):
        return None
    return found


def _day_of(text):
    if match := _ISO.match(text):
        return _date(*match.groups())
    if match := _FRENCH.match(text):
        return _date(*reversed(match.groups()))
    if (match := _IN_WORDS.search(text)) and match[2] in MONTHS:
        return _date(match[3], MONTHS.index(match[2]) + 1, match[1])
    return None


def _date(year, month, day):
    try:
        return date(int(year), int(month), int(day))
    except ValueError:
        return None


def read_notice(record: Mapping) -> Notice | None:
    """Return a record of the open data as a notice; None if it tells too little."""
    published_on = read_date(record.get("dateparution"))
    notice_id = str(record.get("id") or "")
    if not notice_id or not published_on:
        return None
    judgment = _document(record.get("jugement"))
    return Notice(
        id=notice_id,
        sirens=_sirens(record),
        kind=_kind(record),
        family=str(record.get("familleavis") or ""),
        published_on=published_on,
        judgment_on=read_date(judgment.get("date"), latest=published_on),
        heading=repair(judgment.get("famille")),
        nature=repair(judgment.get("nature")),
        complement=repair(judgment.get("complementJugement")),
        court=repair(record.get("tribunal")),
        name=repair(record.get("commercant")),
        url=str(record.get("url_complete") or ""),
        previous_id=_previous_id(record),
    )


def _kind(record):
    """Return the kind of a notice; older records have its label only."""
    kind = plain(record.get("typeavis"))
    if kind in (RECTIFYING, CANCELLING):
        return kind
    label = plain(record.get("typeavis_lib"))
    kinds = ((RECTIFYING, "rectif"), (CANCELLING, "annul"))
    return next((kind for kind, word in kinds if word in label), ISSUED)


def _document(field):
    """Return a JSON document that was serialised in a field, as a dict."""
    if isinstance(field, str):
        try:
            field = json.loads(field)
        except ValueError:
            return {}
    return field if isinstance(field, dict) else {}


def _sirens(record):
    """Return the SIRENs that a record names, each once.

    ``registre`` gives each number in two forms, among numbers of other registers.
    """
    numbers = record.get("registre") or []
    numbers = [numbers] if isinstance(numbers, str) else list(numbers)
    persons = _document(record.get("listepersonnes")).get("personne") or []
    for person in [persons] if isinstance(persons, dict) else persons:
        if isinstance(person, dict):
            numbers += [
                (person.get("numeroImmatriculation") or {}).get("numeroIdentification"),
                (person.get("inscriptionRM") or {}).get("numeroIdentificationRM"),
            ]
    found = [normalise(number)[:SIREN_LENGTH] for number in numbers if number]
    sirens = [number for number in found if number.isdecimal() and len(number) == 9]
    return tuple(dict.fromkeys(sirens))


def _previous_id(record):
    """Return the id of the notice that this one corrects or cancels, or ""."""
    previous = _document(record.get("parutionavisprecedent"))
    name = _PREVIOUS.search(repair(previous.get("nomPublication")).upper())
    issue = str(previous.get("numeroParution") or "").strip()
    number = str(previous.get("numeroAnnonce") or "").strip().lstrip("0")
    return f"{name[1]}{issue}{number}" if name and issue and number else ""


def in_force(notices: Iterable[Notice]) -> list[Notice]:
    """Return the notices that stand once corrections and cancellations are applied.

    A corrected notice says what the correction says, from the day on which the first
    one was published: the time to declare does not begin again.
    """
    standing, replaced = {}, {}
    for notice in sorted(notices, key=lambda n: (n.published_on, _number(n.id))):
        previous = standing.get(notice.previous_id)
        if notice.kind == CANCELLING:
            standing.pop(notice.previous_id, None)
            if older := replaced.pop(notice.previous_id, None):
                standing[older.id] = older  # a correction was cancelled: back to it
        elif notice.kind == RECTIFYING and previous:
            del standing[previous.id]
            replaced[notice.id] = previous
            standing[notice.id] = _corrected(notice, previous)
        else:
            standing[notice.id] = notice
    return sorted(standing.values(), key=_order)


def _number(notice_id):
    """Return the number of a notice to sort by: issues of a day follow one another."""
    digits = notice_id[1:]
    return (len(digits), digits)


def _order(notice):
    """Sort by the day of the judgment: publications may come in another order."""
    return (
        notice.judgment_on or notice.published_on,
        notice.published_on,
        _number(notice.id),
    )


def _corrected(notice, previous):
    """Return a correction completed by what it leaves as it was."""
    return replace(
        notice,
        published_on=previous.published_on,
        judgment_on=notice.judgment_on or previous.judgment_on,
        heading=notice.heading or previous.heading,
        nature=notice.nature or previous.nature,
        complement=notice.complement or previous.complement,
        sirens=notice.sirens or previous.sirens,
    )
