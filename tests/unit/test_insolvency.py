"""Proceedings by their notices: what opens, converts, closes, and hides nothing."""

from datetime import date

import pytest
from core import insolvency
from core.notices import Notice

SIREN, OTHER = "883847758", "732829320"
TODAY = date(2026, 11, 22)
LIQUIDATION = "Jugement d'ouverture de liquidation judiciaire"
TO_LIQUIDATION = "Jugement de conversion en liquidation judiciaire"
RESOLVED = "Jugement prononçant la résolution du plan de sauvegarde"
RECOVERY = "Jugement d'ouverture d'une procédure de redressement judiciaire"
SAFEGUARD = "Jugement d'ouverture d'une procédure de sauvegarde"


def notice(
    day, nature, heading="", complement="", sirens=(SIREN,), judged=None, **more
):
    """Return a notice published on ``day``, judged three days before by default."""
    published = date.fromisoformat(day)
    judged = date.fromisoformat(judged) if judged else published.replace(day=1)
    return Notice(
        id=f"A{published:%Y%m%d}1",
        sirens=sirens,
        kind="annonce",
        family="collective",
        published_on=published,
        judgment_on=judged,
        heading=heading,
        nature=nature,
        complement=complement,
        **more,
    )


# The natures of the State's directory of companies, by what they lead to.
@pytest.mark.parametrize(
    ("nature", "complement", "effect"),
    [
        (LIQUIDATION, "", ("opens", "liquidation")),
        (
            "Jugement d'extension de liquidation judiciaire",
            "",
            ("extends", "liquidation"),
        ),
        (
            "Jugement de conversion en liquidation judiciaire",
            "",
            ("converts", "liquidation"),
        ),
        (
            f"{TO_LIQUIDATION} de la procédure de sauvegarde",
            "",
            ("converts", "liquidation"),
        ),
        (
            f"{TO_LIQUIDATION} de la procédure de sauvegarde financière accélérée",
            "",
            ("converts", "liquidation"),
        ),
        *(
            (
                f"Jugement prononçant la résolution du plan de {plan} et la "
                "liquidation judiciaire",
                "",
                ("opens_anew", "liquidation"),
            )
            for plan in (
                "sauvegarde",
                "sauvegarde accélérée",
                "sauvegarde financière accélérée",
                "cession",
                "redressement",
                "traitement de sortie de crise",
            )
        ),
        (
            "Jugement mettant fin à la procédure de traitement de sortie de crise et "
            "ouvrant une procédure de liquidation judiciaire",
            "",
            ("opens_anew", "liquidation"),
        ),
        (
            "Autre jugement prononçant",
            "La liquidation judiciaire.",
            ("opens", "liquidation"),
        ),
        (
            "Autre jugement d'ouverture",
            "liquidation judiciaire",
            ("opens", "liquidation"),
        ),
        (RECOVERY, "", ("opens", "recovery")),
        (
            "Jugement d'extension d'une procédure de redressement judiciaire",
            "",
            ("extends", "recovery"),
        ),
        (
            f"{RESOLVED} et le redressement judiciaire",
            "",
            ("opens_anew", "recovery"),
        ),
        (
            "Jugement de conversion en redressement judiciaire de la procédure de "
            "sauvegarde",
            "",
            ("converts", "recovery"),
        ),
        (
            "Jugement mettant fin à la procédure de traitement de sortie de crise et "
            "ouvrant une procédure de redressement judiciaire",
            "",
            ("opens_anew", "recovery"),
        ),
        (
            "Autre jugement d'ouverture",
            "redressement judiciaire",
            ("opens", "recovery"),
        ),
        (SAFEGUARD, "", ("opens", "safeguard")),
        (f"{SAFEGUARD} accélérée", "", ("opens", "safeguard")),
        (f"{SAFEGUARD} financière accélérée", "", ("opens", "safeguard")),
        (
            "Jugement d'extension d'une procédure de sauvegarde",
            "",
            ("extends", "safeguard"),
        ),
        (
            "Autre jugement d'ouverture",
            "procédure de sauvegarde",
            ("opens", "safeguard"),
        ),
        (
            "Jugement d'ouverture d'une procédure de rétablissement professionnel",
            "",
            ("opens", "personal_recovery"),
        ),
        ("Jugement de clôture pour insuffisance d'actif", "", ("closes", "")),
        ("Jugement mettant fin à la procédure de sauvegarde", "", ("closes", "")),
        (
            "Arrêt de la cour d'appel infirmant une décision soumise à publicité",
            "",
            ("closes", ""),
        ),
        ("Jugement de clÃ´ture pour extinction du passif", "", ("closes", "")),
        ("Jugement arrêtant le plan de redressement", "", ("plans", "")),
        ("Jugement modifiant le plan de sauvegarde", "", ("plans", "")),
        ("Autre jugement", "liquidation judiciaire", ("neutral", "")),
        ("Autre jugement d'ouverture", "rien de connu", ("neutral", "")),
        ("Jugement de faillite personnelle", "", ("neutral", "")),
        ("Dépôt de l'état des créances", "", ("neutral", "")),
        ("", "", ("neutral", "")),
    ],
)
def test_what_a_judgment_does(nature, complement, effect):
    found = insolvency.effect_of(notice("2026-01-10", nature, complement=complement))
    assert (found.what, found.kind) == effect


@pytest.mark.parametrize(
    "heading", ["Avis de dépôt", "Extrait de jugement", "Loi de 1967"]
)
def test_some_headings_are_no_judgment_about_the_proceedings(heading):
    found = insolvency.effect_of(notice("2026-01-10", LIQUIDATION, heading))
    assert found.what == "neutral"


def test_a_heading_of_closing_closes_whatever_the_nature():
    old = notice(
        "2020-11-25",
        "Autre jugement",
        "Jugement de clôture",
        "Jugement prononçant la clôture de la procédure de liquidation judiciaire",
    )
    assert insolvency.effect_of(old).what == "closes"


def stand(*notices, today=TODAY):
    """Return the standing by these notices."""
    return insolvency.standing(notices, SIREN, today)


def test_the_published_example():
    found = stand(
        notice("2025-01-24", LIQUIDATION, judged="2025-01-21"),
        notice("2026-10-09", "Jugement de faillite personnelle", "Extrait de jugement"),
    )
    assert (found.state, found.kind, found.opened_on) == (
        "open",
        "liquidation",
        date(2025, 1, 21),
    )
    assert found.last_id == "A202610091"
    deadline = insolvency.declaration_deadline(found.published_on)
    assert deadline == date(2025, 3, 24)


@pytest.mark.parametrize(
    "neutral",
    [
        notice("2026-05-10", "Dépôt de l'état des créances", "Avis de dépôt"),
        notice("2026-05-10", "Jugement arrêtant le plan de redressement"),
        notice("2026-05-10", "Modification de mandataire"),
        notice("2026-05-10", ""),
    ],
)
def test_a_later_neutral_notice_does_not_hide_an_opening(neutral):
    found = stand(notice("2026-02-10", RECOVERY, judged="2026-02-03"), neutral)
    assert (found.state, found.opened_on) == ("open", date(2026, 2, 3))


def test_a_closing_closes_and_a_later_opening_opens_again():
    first = notice("2020-02-10", RECOVERY)
    closing = notice("2021-02-10", "Jugement de clôture pour extinction du passif")
    again = notice("2026-02-10", LIQUIDATION, judged="2026-02-05")
    closed = stand(first, closing)
    assert (closed.state, closed.ended_on) == ("closed", date(2021, 2, 1))
    assert stand(first, closing, again).opened_on == date(2026, 2, 5)


def test_a_closing_without_a_known_opening_means_nothing_is_open():
    assert stand(notice("2021-02-10", "Jugement de clôture")).state == "none"


def test_a_conversion_keeps_the_day_of_the_opening():
    found = stand(
        notice("2026-02-10", RECOVERY, judged="2026-02-03"),
        notice("2026-06-10", "Jugement de conversion en liquidation judiciaire"),
    )
    assert (found.kind, found.opened_on) == ("liquidation", date(2026, 2, 3))
    assert found.published_on == date(2026, 2, 10)


def test_a_graver_opening_during_the_observation_is_a_conversion():
    opening = notice("2026-02-10", RECOVERY, judged="2026-02-03")
    graver = notice("2026-06-10", LIQUIDATION, judged="2026-06-01")
    found = stand(opening, graver)
    assert (found.kind, found.opened_on) == ("liquidation", date(2026, 2, 3))
    years_later = stand(notice("2020-02-10", RECOVERY), graver)
    assert years_later.opened_on == date(2026, 6, 1)


def test_a_milder_opening_is_another_one():
    found = stand(
        notice("2023-02-10", LIQUIDATION, judged="2023-02-03"),
        notice("2026-06-10", SAFEGUARD, judged="2026-06-01"),
    )
    assert (found.kind, found.opened_on) == ("safeguard", date(2026, 6, 1))


def test_an_opening_published_twice_counts_once():
    found = stand(
        notice("2026-02-10", LIQUIDATION, judged="2026-02-03"),
        notice("2026-02-20", LIQUIDATION, judged="2026-02-03"),
    )
    assert found.published_on == date(2026, 2, 10)


def test_a_plan_that_fails_opens_new_proceedings():
    opening = notice("2023-02-10", SAFEGUARD, judged="2023-02-03")
    plan = notice("2023-12-10", "Jugement arrêtant le plan de sauvegarde")
    assert stand(opening, plan).in_plan
    for failed in (
        f"{RESOLVED} et la liquidation judiciaire",
        LIQUIDATION,
    ):
        found = stand(opening, plan, notice("2026-06-10", failed, judged="2026-06-01"))
        assert (found.kind, found.opened_on, found.in_plan) == (
            "liquidation",
            date(2026, 6, 1),
            False,
        )


def test_a_plan_that_fails_opens_new_proceedings_even_if_it_was_not_seen():
    found = stand(
        notice("2023-02-10", SAFEGUARD),
        notice(
            "2026-06-10",
            f"{RESOLVED} et le redressement judiciaire",
            judged="2026-06-01",
        ),
    )
    assert (found.kind, found.opened_on) == ("recovery", date(2026, 6, 1))


def test_a_conversion_without_its_opening_counts_as_one():
    found = stand(
        notice("2026-06-10", "Jugement de conversion en liquidation judiciaire")
    )
    assert (found.state, found.kind) == ("open", "liquidation")


def test_an_infirming_judgment_ends_it():
    infirmed = "Arrêt de la cour d'appel infirmant une décision soumise à publicité"
    found = stand(notice("2026-02-10", LIQUIDATION), notice("2026-06-10", infirmed))
    assert found.state == "closed"


def test_ten_years_without_news_and_it_has_expired():
    old = notice("2016-10-10", LIQUIDATION)
    assert stand(old).state == "expired"
    news = notice("2019-10-10", "Dépôt de l'état des créances", "Avis de dépôt")
    assert stand(old, news).state == "open"


def test_only_the_siren_decides():
    assert stand(notice("2026-02-10", LIQUIDATION, sirens=(OTHER,))).state == "none"
    both = notice("2026-02-10", LIQUIDATION, sirens=(OTHER, SIREN))
    assert stand(both).state == "open"
    assert stand().state == "none"


def test_an_opening_without_a_believable_day_is_still_one():
    silent = Notice("A1", (SIREN,), "annonce", "collective", date(2026, 2, 10))
    silent = insolvency.replace(silent, nature=LIQUIDATION)
    found = stand(silent)
    assert (found.state, found.opened_on) == ("open", None)
    assert found.published_on == date(2026, 2, 10)


@pytest.mark.parametrize(
    ("published", "is_far", "deadline"),
    [
        ("2025-01-24", False, "2025-03-24"),
        ("2026-10-09", False, "2026-12-09"),
        ("2025-12-31", False, "2026-03-02"),  # 28 February is a Saturday
        ("2026-03-01", False, "2026-05-04"),  # 1 May, then a weekend
        ("2025-01-24", True, "2025-05-26"),  # two more months; a Saturday
        ("2023-12-29", False, "2024-02-29"),
    ],
)
def test_the_time_to_declare(published, is_far, deadline):
    found = insolvency.declaration_deadline(date.fromisoformat(published), is_far)
    assert found == date.fromisoformat(deadline)


def test_the_judgment_takes_effect_at_midnight():
    day = date(2026, 2, 3)
    assert insolvency.is_before_opening(date(2026, 2, 2), day)
    assert not insolvency.is_before_opening(day, day)
