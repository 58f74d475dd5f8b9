"""Tables for other programs: nothing runs in them, nothing is spoiled."""

import pytest
from core.export import safe_cell, write_csv


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
