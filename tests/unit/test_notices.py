"""Notices of the bulletin: strings of JSON, dates in all forms, corrections."""

import json
from datetime import date

import pytest
from core import notices

SIREN = "883847758"


def record(number, day, nature="", **values):
    """Return a record as the open data gives it."""
    judgment = {
        "type": "initial",
        "famille": values.pop("heading", "Jugement d'ouverture"),
        "nature": nature,
        "date": values.pop("judgment", day),
    }
    return {
        "id": f"A{day[:4]}0001{number}",
        "dateparution": day,
        "typeavis": "annonce",
        "familleavis": "collective",
        "registre": [SIREN, "883 847 758"],
        "jugement": json.dumps(judgment),
        **values,
    }


def previous(number, year="2026"):
    """Return what a correction says of the notice before it."""
    return json.dumps(
        {
            "nomPublication": "BODACC A",
            "numeroParution": f"{year}0001",
            "numeroAnnonce": number,
        }
    )


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2026-09-08", date(2026, 9, 8)),
        ("2026-09-08T00:00:00+00:00", date(2026, 9, 8)),
        ("27/01/2022", date(2022, 1, 27)),
        ("27 novembre 2008", date(2008, 11, 27)),
        ("1er janvier 2020", date(2020, 1, 1)),
        ("1er\u00a0janvier\u00a02020", date(2020, 1, 1)),
        ("5 d\u00e9cembre 2019", date(2019, 12, 5)),
        ("5 d\u00c3\u00a9cembre 2019", date(2019, 12, 5)),  # decoded wrongly
        ("15 AO\u00dbT 2021", date(2021, 8, 15)),
        ("0022-01-27", None),
        ("27/01/0202", None),
        ("31/02/2022", None),
        ("2202-01-27", None),
        ("le 3 brumaire 2020", None),
        ("", None),
        (None, None),
        (20220127, None),
    ],
)
def test_dates_in_all_forms_that_the_register_uses(text, day):
    assert notices.read_date(text, latest=date(2027, 1, 1)) == day


@pytest.mark.parametrize(
    ("text", "repaired"),
    [
        ("cl\u00c3\u00b4ture", "cl\u00f4ture"),
        (
            "D\u00c3\u00a9p\u00c3\u00b4t de l\u00e2\u20ac\u2122\u00c3\u00a9tat",
            "D\u00e9p\u00f4t de l\u2019\u00e9tat",
        ),
        ("clo\u0302ture", "cl\u00f4ture"),  # letter and accent apart
        ("cl\u00f4ture", "cl\u00f4ture"),
        ("\u00c3 la carte 100 \u20ac", "\u00c3 la carte 100 \u20ac"),  # no UTF-8 in it
        ("", ""),
        (None, ""),
    ],
)
def test_text_decoded_wrongly_is_repaired(text, repaired):
    assert notices.repair(text) == repaired


def test_the_published_example_is_read():
    found = notices.read_notice(
        {
            "id": "A202500172390",
            "dateparution": "2025-01-24",
            "typeavis_lib": "Avis initial",
            "familleavis": "collective",
            "registre": ["883847758", "883 847 758"],
            "jugement": '{"type": "initial", "famille": "Jugement d\'ouverture", '
            '"nature": "Jugement d\'ouverture de liquidation judiciaire", '
            '"date": "2025-01-21"}',
        }
    )
    assert found == notices.Notice(
        id="A202500172390",
        sirens=(SIREN,),
        kind="annonce",
        family="collective",
        published_on=date(2025, 1, 24),
        judgment_on=date(2025, 1, 21),
        heading="Jugement d'ouverture",
        nature="Jugement d'ouverture de liquidation judiciaire",
    )


@pytest.mark.parametrize(
    "broken",
    [
        {},
        {"id": "A1"},
        {"dateparution": "2026-01-01"},
        {"id": "A1", "dateparution": "soon"},
    ],
)
def test_a_record_that_tells_too_little_is_left_out(broken):
    assert notices.read_notice(broken) is None


@pytest.mark.parametrize(
    "judgment", ["", "{", "[]", "null", '"text"', None, 12, {"date": None}, "{}"]
)
def test_a_broken_document_never_breaks_the_reading(judgment):
    found = notices.read_notice(
        {"id": "A1", "dateparution": "2026-01-01", "jugement": judgment}
    )
    assert (found.nature, found.judgment_on, found.sirens) == ("", None, ())


@pytest.mark.parametrize(
    ("persons", "sirens"),
    [
        ({"numeroImmatriculation": {"numeroIdentification": "732 829 320"}}, 2),
        ([{"inscriptionRM": {"numeroIdentificationRM": "732829320"}}], 2),
        ([{"numeroImmatriculation": {"numeroIdentification": SIREN}}], 1),
        ([{"numeroImmatriculation": None}, "nobody"], 1),
        ({"denomination": "X"}, 1),
    ],
)
def test_the_sirens_of_the_persons_count_too(persons, sirens):
    data = record(1, "2026-01-10", listepersonnes=json.dumps({"personne": persons}))
    found = notices.read_notice(data).sirens
    assert found == (SIREN, "732829320")[:sirens]


def test_numbers_that_are_no_siren_are_left_out():
    found = notices.read_notice(
        record(1, "2026-01-10", registre=["A 12", "12345", None])
    )
    assert found.sirens == ()
    one = notices.read_notice(record(1, "2026-01-10", registre="883 847 758"))
    assert one.sirens == (SIREN,)


def test_a_judgment_after_its_publication_is_a_slip():
    found = notices.read_notice(record(1, "2026-01-10", judgment="2062-01-08"))
    assert found.judgment_on is None


@pytest.mark.parametrize(
    ("values", "kind"),
    [
        ({}, "annonce"),
        ({"typeavis": "rectificatif"}, "rectificatif"),
        ({"typeavis": "annulation"}, "annulation"),
        ({"typeavis": None, "typeavis_lib": "Avis rectificatif"}, "rectificatif"),
        ({"typeavis": None, "typeavis_lib": "Avis d'annulation"}, "annulation"),
        ({"typeavis": None, "typeavis_lib": "Avis initial"}, "annonce"),
    ],
)
def test_the_kind_of_a_notice(values, kind):
    assert notices.read_notice(record(1, "2026-01-10", **values)).kind == kind


def standing(*records):
    """Return ids and natures of what stands."""
    found = notices.in_force(notices.read_notice(r) for r in records)
    return [(n.id, n.nature, n.published_on, n.judgment_on) for n in found]


OPENING = "Jugement d'ouverture de liquidation judiciaire"
FIRST = record(1, "2026-01-10", OPENING, judgment="2026-01-07")


def test_a_correction_replaces_from_the_first_publication():
    correction = record(
        9,
        "2026-02-10",
        "",
        judgment="2026-01-06",
        typeavis="rectificatif",
        parutionavisprecedent=previous("1"),
    )
    assert standing(FIRST, correction) == [
        ("A202600019", OPENING, date(2026, 1, 10), date(2026, 1, 6))
    ]
    assert standing(correction, FIRST) == standing(FIRST, correction)


def test_a_cancellation_takes_the_notice_and_itself_away():
    cancelled = {"typeavis": "annulation", "parutionavisprecedent": previous(1)}
    assert standing(FIRST, record(9, "2026-02-10", "", **cancelled)) == []


def test_a_cancelled_correction_brings_the_first_notice_back():
    corrected = {"typeavis": "rectificatif", "parutionavisprecedent": previous("0001")}
    cancelled = {"typeavis": "annulation", "parutionavisprecedent": previous("8")}
    assert standing(
        FIRST,
        record(8, "2026-02-10", "Other", **corrected),
        record(9, "2026-02-11", "", **cancelled),
    ) == standing(FIRST)


def test_a_correction_of_a_correction():
    records = [
        FIRST,
        record(
            8,
            "2026-02-10",
            "Second",
            typeavis="rectificatif",
            parutionavisprecedent=previous("1"),
        ),
        record(
            9,
            "2026-02-11",
            "Third",
            typeavis="rectificatif",
            parutionavisprecedent=previous("8"),
        ),
    ]
    assert [(n[0], n[1], n[2]) for n in standing(*records)] == [
        ("A202600019", "Third", date(2026, 1, 10))
    ]


def test_a_correction_of_what_is_not_known_stands_by_itself():
    alone = record(
        9,
        "2026-02-10",
        OPENING,
        typeavis="rectificatif",
        parutionavisprecedent=previous("77"),
    )
    assert [n[1] for n in standing(alone)] == [OPENING]
    alone["parutionavisprecedent"] = "{}"
    assert [n[1] for n in standing(alone)] == [OPENING]


def test_notices_come_in_the_order_of_the_judgments():
    late = record(1, "2026-03-01", "first judged", judgment="2026-01-01")
    soon = record(2, "2026-02-01", "then judged", judgment="2026-01-20")
    assert [n[1] for n in standing(late, soon)] == ["first judged", "then judged"]
