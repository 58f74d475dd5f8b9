"""What the registers say of a company: the published examples, and what is hidden."""

from datetime import date

import pytest
from core import company

LA_POSTE = {
    "results": [
        {
            "siren": "356000000",
            "nom_complet": "la poste",
            "nom_raison_sociale": "LA POSTE",
            "siege": {
                "siret": "35600000000048",
                "activite_principale": "53.10Z",
                "code_postal": "75015",
                "commune": "75115",
                "libelle_commune": "PARIS 15",
                "numero_voie": "9",
                "type_voie": "RUE",
                "libelle_voie": "DU COLONEL PIERRE AVIA",
                "etat_administratif": "A",
                "date_fermeture": None,
                "statut_diffusion_etablissement": "O",
            },
            "activite_principale": "53.10Z",
            "categorie_entreprise": "GE",
            "date_creation": "1991-01-01",
            "date_fermeture": None,
            "etat_administratif": "A",
            "nature_juridique": "5510",
            "tranche_effectif_salarie": "53",
            "statut_diffusion": "O",
            "matching_etablissements": [
                {
                    "siret": "35600000049837",
                    "etat_administratif": "F",
                    "adresse": "1 RUE DU PORT 29200 BREST",
                    "code_postal": "29200",
                    "libelle_commune": "BREST",
                }
            ],
            "complements": {"est_administration": False},
        }
    ],
    "total_results": 1,
}
SOLE_TRADER = {
    "unit": {
        "siren": "732829320",
        "prenom1UniteLegale": "ANNE",
        "periodesUniteLegale": [
            {
                "dateFin": None,
                "dateDebut": "2019-01-01",
                "nomUniteLegale": "ROUX",
                "denominationUniteLegale": None,
                "etatAdministratifUniteLegale": "A",
                "nicSiegeUniteLegale": "00031",
                "activitePrincipaleUniteLegale": "43.22A",
            }
        ],
    },
    "establishment": {
        "siren": "732829320",
        "siret": "73282932000031",
        "adresseEtablissement": {
            "numeroVoieEtablissement": "12",
            "indiceRepetitionEtablissement": "BIS",
            "typeVoieEtablissement": "RUE",
            "libelleVoieEtablissement": "DES LILAS",
            "codePostalEtablissement": "35000",
            "libelleCommuneEtablissement": "RENNES",
        },
        "periodesEtablissement": [{"etatAdministratifEtablissement": "F"}],
        "uniteLegale": {
            "etatAdministratifUniteLegale": "A",
            "categorieJuridiqueUniteLegale": "1000",
            "trancheEffectifsUniteLegale": "NN",
        },
    },
}


def test_the_published_example_of_the_directory():
    assert company.read_directory(LA_POSTE, "356000000") == company.Company(
        siren="356000000",
        state="active",
        name="LA POSTE",
        siret="35600000000048",
        site_state="active",
        street="9 RUE DU COLONEL PIERRE AVIA",
        zip="75015",
        city="PARIS 15",
        legal_form="5510",
        activity="53.10Z",
        size="GE",
        staff="10000+",
        created_on=date(1991, 1, 1),
    )


def test_the_establishment_asked_for_gives_the_address():
    found = company.read_directory(LA_POSTE, "35600000049837")
    assert (found.siret, found.street, found.city) == (
        "35600000049837",
        "1 RUE DU PORT",
        "BREST",
    )
    # A closed establishment is not a closed company.
    assert (found.state, found.site_state) == ("active", "closed")


@pytest.mark.parametrize(
    "answer",
    [
        {"results": []},
        {},
        {"results": [{"siren": "404833048"}]},  # another company
    ],
)
def test_a_company_that_is_not_shown_is_unknown(answer):
    assert company.read_directory(answer, "356000000") is None


def test_a_closed_company_and_a_public_one():
    closed = {
        "siren": "356000000",
        "etat_administratif": "C",
        "date_fermeture": "2024-05-31",
        "statut_diffusion": "P",
        "nom_complet": "soci\u00c3\u00a9t\u00c3\u00a9",
        "tva": ["FR39356000000"],
        "complements": {"est_administration": True},
        "siege": None,
    }
    found = company.read_directory({"results": [closed]}, "356000000")
    assert found.state == "closed"
    assert found.closed_on == date(2024, 5, 31)
    assert (found.is_partial, found.is_public, found.name) == (True, True, "société")
    assert (found.vat, found.siret, found.site_state) == (
        "FR39356000000",
        "",
        "unknown",
    )


@pytest.mark.parametrize("state", [None, "X", "", 3])
def test_a_state_that_is_not_known_is_unknown(state):
    found = company.read_directory(
        {"results": [{"siren": "356000000", "etat_administratif": state}]}, "356000000"
    )
    assert found.state == "unknown"


def test_a_sole_trader_in_sirene():
    found = company.read_sirene(SOLE_TRADER, "732829320")
    assert (found.name, found.state, found.activity) == (
        "ANNE ROUX",
        "active",
        "43.22A",
    )
    assert (found.street, found.zip, found.city) == (
        "12 BIS RUE DES LILAS",
        "35000",
        "RENNES",
    )
    assert (found.site_state, found.legal_form, found.staff) == ("closed", "1000", "")
    assert found.closed_on is None


def test_hidden_values_of_sirene_are_empty():
    unit = {
        "siren": "732829320",
        "statutDiffusionUniteLegale": "P",
        "periodesUniteLegale": [
            {"nomUniteLegale": "[ND]", "etatAdministratifUniteLegale": "A"}
        ],
    }
    place = {"libelleVoieEtablissement": "[ND]", "codePostalEtablissement": "35000"}
    site = {"siren": "732829320", "adresseEtablissement": place}
    found = company.read_sirene({"unit": unit, "establishment": site}, "732829320")
    assert (found.name, found.street, found.is_partial) == ("", "", True)
    assert (found.zip, found.state) == ("35000", "active")


def test_a_company_closed_in_sirene_says_since_when():
    unit = {
        "siren": "732829320",
        "periodesUniteLegale": [
            {"dateDebut": "2023-06-30", "etatAdministratifUniteLegale": "C"}
        ],
    }
    found = company.read_sirene({"unit": unit}, "732829320")
    assert (found.state, found.closed_on) == ("closed", date(2023, 6, 30))


@pytest.mark.parametrize(
    "answer",
    [
        {"unit": None, "establishment": None},
        {},
        {"unit": {"siren": "404833048"}, "establishment": None},
    ],
)
def test_what_sirene_does_not_show_is_unknown(answer):
    assert company.read_sirene(answer, "732829320") is None


def test_an_establishment_alone_is_enough():
    answer = {"unit": None, "establishment": SOLE_TRADER["establishment"]}
    found = company.read_sirene(answer, "73282932000031")
    assert (found.state, found.siret) == ("active", "73282932000031")
