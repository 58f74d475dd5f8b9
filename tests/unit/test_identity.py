"""SIREN, SIRET and French VAT numbers: published vectors and states."""

import pytest
from core import identity

SIREN, VAT, SIRET = "732829320", "FR44732829320", "73282932000074"
MONACO_VAT = "FR53000004605"


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        (None, ""),
        ("", ""),
        ("  ", ""),
        ("732 829 320", SIREN),
        ("732.829.320", SIREN),
        ("732-829-320", SIREN),
        ("732\u00a0829\u202f320", SIREN),  # no-break spaces of French typography
        ("fr 44 732 829 320", VAT),
        ("\t732829320\n", SIREN),
    ],
)
def test_separators_and_case_do_not_matter(typed, expected):
    assert identity.normalise(typed) == expected


@pytest.mark.parametrize(
    "siren", ["356000000", "552100554", "732829320", "404833048", "833310592"]
)
def test_published_siren_is_valid(siren):
    assert identity.siren_error(siren) == ""


@pytest.mark.parametrize(
    ("number", "error"),
    [
        ("404833047", "checksum"),
        ("732829321", "checksum"),
        ("73282932", "length"),
        ("7328293200", "length"),
        ("73282932000074", "siret"),
        ("73282932000079", "siret"),  # fourteen digits, even with a wrong key
        ("", "digits"),
        ("73282932A", "digits"),
        ("FR44732829320", "digits"),
        ("٧٣٢٨٢٩٣٢٠", "digits"),  # digits of another script
        ("73282932²", "digits"),
    ],
)
def test_wrong_siren_says_what_is_wrong(number, error):
    assert identity.siren_error(number) == error


@pytest.mark.parametrize(
    ("number", "valid"),
    [
        ("73282932000074", True),
        ("73282932000079", False),
        ("35600000000048", True),  # head office of La Poste
        ("35600000049837", True),  # post office: sum of digits, not Luhn
        ("35600000049838", False),
        ("732829320", False),
        ("7328293200007", False),
        ("7328293200007A", False),
        ("732 829 320 00074", False),  # not normalised
        ("", False),
    ],
)
def test_siret_key_with_the_rule_of_la_poste(number, valid):
    assert identity.is_siret(number) is valid


@pytest.mark.parametrize(
    ("registry", "siren"),
    [
        ("732 829 320 00074", "732829320"),
        ("732829320", "732829320"),
        ("35600000049837", "356000000"),
        ("73282932000079", ""),
        ("404833047", ""),
        ("RCS Paris B 732 829 320", ""),
        ("", ""),
        (None, ""),
    ],
)
def test_company_registry_gives_the_siren(registry, siren):
    assert identity.siren_from_registry(registry) == siren


@pytest.mark.parametrize(
    ("vat", "siren"),
    [
        ("FR39356000000", "356000000"),
        ("FR96552100554", "552100554"),
        ("FR44732829320", "732829320"),
        ("FR83404833048", "404833048"),
        ("FR64833310592", "833310592"),
        ("fr 44 732 829 320", "732829320"),
        ("FRK7399859412", "399859412"),  # a key with a letter
        (MONACO_VAT, ""),
        ("DE136695976", ""),
        ("44732829320", ""),
        ("", ""),
        (None, ""),
    ],
)
def test_vat_number_gives_the_siren(vat, siren):
    assert identity.siren_from_vat(vat) == siren


@pytest.mark.parametrize(
    "vat",
    [
        "FR45732829320",  # wrong key
        "FR83404833047",  # wrong SIREN
        "FR4473282932",  # a digit is missing
        "FR447328293200",  # a digit too many
        "FR123",
        "FRIO334175221",
        "FR44ABCDEFGHI",
    ],
)
def test_wrong_vat_number_gives_no_siren(vat):
    assert identity.siren_from_vat(vat) == ""


@pytest.mark.parametrize(
    ("vat", "monaco"),
    [
        (MONACO_VAT, True),
        ("fr 53 000 004 605", True),
        ("FR54000004605", False),  # wrong key
        ("53000004605", False),
        (VAT, False),
        ("", False),
        (None, False),
    ],
)
def test_monaco_is_known_by_its_vat_number(vat, monaco):
    assert identity.is_monaco_vat(vat) is monaco


@pytest.mark.parametrize(
    ("registry", "vat", "siren"),
    [
        (SIRET, None, "732829320"),
        (None, VAT, "732829320"),
        (SIRET, "FR83404833048", "732829320"),  # the registry is read first
        ("nonsense", "FR83404833048", "404833048"),
        ("", MONACO_VAT, ""),
        (None, None, ""),
    ],
)
def test_siren_is_found_in_the_registry_then_in_the_vat_number(registry, vat, siren):
    assert identity.find_siren(registry, vat) == siren


@pytest.mark.parametrize(
    ("siren", "registry", "vat", "country", "expected"),
    [
        (SIREN, SIRET, VAT, "FR", []),
        (SIREN, SIREN, "", "FR", []),
        ("", "", "", "FR", []),
        (None, None, None, None, []),
        ("404833047", "", "", "FR", ["siren"]),
        (SIREN, "RCS Paris", "", "FR", ["registry"]),
        (SIREN, "HRB 12345", "", "DE", []),  # another country's register
        (SIREN, "", "FR45732829320", "FR", ["vat"]),
        (SIREN, "", "DE136695976", "FR", []),
        (SIREN, "", "DE000000000", "FR", []),  # Odoo checks those itself
        (SIREN, "40483304800022", "", "FR", ["siret_differs"]),
        (SIREN, "", "FR83404833048", "FR", ["vat_differs"]),
        (
            SIREN,
            "40483304800022",
            "FR83404833048",
            "FR",
            ["siret_differs", "vat_differs"],
        ),
        (SIREN, "", MONACO_VAT, "FR", []),
        ("404833047", "nonsense", "FR00", "RE", ["siren", "registry", "vat"]),
    ],
)
def test_problems_name_each_identifier(siren, registry, vat, country, expected):
    assert identity.problems(siren, registry, vat, country) == expected


@pytest.mark.parametrize(
    ("vat", "only"),
    [("FR45732829320", "vat"), ("FR123", "vat")],
)
def test_wrong_vat_number_is_one_problem_and_contradicts_nothing(vat, only):
    assert identity.problems("404833048", "", vat, "FR") == [only]


@pytest.mark.parametrize(
    ("siren", "registry", "vat", "country", "is_company", "state"),
    [
        (SIREN, SIRET, VAT, "FR", True, "valid"),
        (SIREN, "", "", "", True, "valid"),
        (SIREN, "", "", None, True, "valid"),
        (SIREN, "", MONACO_VAT, "FR", True, "valid"),
        (SIREN, "", "", "FR", False, "valid"),  # a sole trader
        (SIREN, "HRB 12345", "DE136695976", "DE", True, "valid"),  # French branch
        ("404833047", "", "", "FR", True, "invalid"),
        ("404833047", "", "", "FR", False, "invalid"),
        (SIREN, "", "FR83404833048", "FR", True, "invalid"),
        ("", "RCS Paris", "", "FR", True, "invalid"),
        ("", "", "FR45732829320", "FR", True, "invalid"),
        ("", "", "", "FR", True, "missing"),
        (None, None, None, None, True, "missing"),
        ("", SIRET, "", "FR", True, "missing"),  # found elsewhere, not yet filled in
        ("", "", "", "GP", True, "missing"),
        ("", "", "", "NC", True, "not_applicable"),  # New Caledonia: RIDET
        ("", "", MONACO_VAT, "FR", True, "not_applicable"),
        ("", "", "", "MC", True, "not_applicable"),
        ("", "", "", "DE", True, "not_applicable"),
        ("", "", "", "FR", False, "not_applicable"),
        ("", "nonsense", "FR00", "FR", False, "not_applicable"),
    ],
)
def test_state_of_the_siren(siren, registry, vat, country, is_company, state):
    found = identity.siren_state(siren, registry, vat, country, is_company)
    assert found == state


@pytest.mark.parametrize(
    "country", ["FR", "GP", "MQ", "GF", "RE", "YT", "BL", "MF", "PM"]
)
def test_companies_of_france_and_its_sirene_territories_need_a_siren(country):
    assert identity.siren_state("", "", "", country, True) == "missing"


@pytest.mark.parametrize("country", ["NC", "PF", "WF", "MC", "BE", "CH"])
def test_companies_with_a_register_of_their_own_need_none(country):
    assert identity.siren_state("", "", "", country, True) == "not_applicable"


@pytest.mark.parametrize(
    ("registry", "vat", "country", "siren"),
    [
        ("732829320", "", "FR", SIREN),
        ("732829320", "", "RE", SIREN),
        ("732829320", "", None, SIREN),
        ("732829320", "", "NO", ""),  # a Norwegian number that fits by chance
        ("732829320", "", "PF", ""),
        (SIRET, "", "DE", ""),
        ("HRB 12345", VAT, "DE", SIREN),  # registered for VAT in France
    ],
)
def test_the_company_id_of_other_countries_is_left_alone(registry, vat, country, siren):
    assert identity.find_siren(registry, vat, country) == siren


def test_a_foreign_company_id_contradicts_no_siren():
    assert identity.problems("404833048", "732829320", "", "NO") == []


@pytest.mark.parametrize(
    ("registry", "country", "wrong"),
    [
        ("0 123 456", "NC", False),
        ("0123456.001", "NC", False),
        ("123 456", "NC", False),
        ("01234", "NC", True),
        ("RIDET 12", "NC", True),
        ("123456", "PF", False),
        ("A12345", "PF", False),
        ("A12345-001", "PF", False),
        ("AB1234", "PF", True),
        ("12345", "PF", True),
        (SIRET, "PF", False),  # known by its French number
        ("", "PF", False),
        (None, "NC", False),
        ("nonsense", "FR", False),  # judged elsewhere
        ("nonsense", None, False),
    ],
)
def test_ridet_and_tahiti_numbers_are_judged_by_their_shape(registry, country, wrong):
    assert identity.is_local_number_wrong(registry, country) is wrong


@pytest.mark.parametrize(
    ("registry", "siren", "differs"),
    [
        (SIRET, SIREN, False),
        ("732 829 320 00074", SIREN, False),
        (SIRET, "404833048", True),
        ("35600000049837", "356000000", False),
        ("404833048", SIREN, False),  # a SIREN names no establishment
        ("12345", SIREN, False),
        (SIRET, "", False),
        (None, SIREN, False),
    ],
)
def test_an_establishment_belongs_to_its_company(registry, siren, differs):
    assert identity.branch_differs(registry, siren) is differs
