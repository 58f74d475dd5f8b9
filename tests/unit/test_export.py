"""Tables for other programs: nothing runs in them, nothing is spoiled."""

import re

import pytest
from core.export import safe_cell, write_csv
from hypothesis import given
from hypothesis import strategies as st


@pytest.mark.parametrize(
    "value",
    ["+33 4 65 71 00 00", "+33 (0)4 65.71", "-12.50", "+7", "12,5", "Debtor", ""],
)
def test_phone_numbers_and_amounts_stay_as_they_are(value):
    assert safe_cell(value) == value


@pytest.mark.parametrize(
    "value",
    [
        "=1+1",
        "+33-4",
        "+A1",
        "-2+3+cmd|' /C calc'!A0",
        "@SUM(A1)",
        "+1\n=2",
        "+(1)",
        "-(2)",
        "+\u0661",
    ],
)
def test_what_a_spreadsheet_would_run_is_a_text(value):
    assert safe_cell(value).startswith("'")


def test_a_table():
    content = write_csv([("a", "A"), ("b", "B")], [{"a": "+33 1", "b": None}])
    assert content.decode("utf-8-sig") == "A;B\r\n+33 1;\r\n"


@pytest.mark.parametrize(
    ("value", "said"),
    [
        ("+33-4-65-71-00-00", "+33 4 65 71 00 00"),
        ("+49 30/123456-78", "+49 30 123456 78"),
        ("+33 4 65 71 00 00 / 01", "+33 4 65 71 00 00, 01"),
        ("+33 4 65 / 66 67", "+33 4 65, 66 67"),
        ("+33 (0)4-65.71.00.00", "+33 (0)4 65.71.00.00"),
        ("+33\u00a04\u00a065\u00a071\u00a000\u00a000", "+33 4 65 71 00 00"),
        ("+33 4 65 71 00 00 -", "+33 4 65 71 00 00"),
    ],
)
def test_a_phone_number_keeps_its_figures_without_dashes(value, said):
    assert safe_cell(value) == said


@pytest.mark.parametrize(
    "value",
    [
        "+12345678*2",
        "+12345678-A1",
        "+12345678^9",
        "+1234567-8e9",
        "+12345678-cmd|' /C calc'!A0",
        "+1234567-8\n=2",
        "-1234567-8",
        "+0-1234567",
        "+123-456",
        "+1-2-3-4-5-6-7-8-9-0-1-2-3-4-5-6-7-8-9-0-1-2-3",
    ],
)
def test_a_formula_is_no_phone_number(value):
    assert safe_cell(value).startswith("'")


@given(st.text("+-/0123456789 .(),=*^eA'|\u00a0", max_size=20))
def test_nothing_that_reckons_is_left_without_its_apostrophe(value):
    said = safe_cell(value)
    if said.startswith(("=", "@", "+", "-")):
        assert not re.search(r"[-+*/^=|A-Za-z]", said[1:])
