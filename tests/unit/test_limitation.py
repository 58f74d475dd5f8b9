"""Until when a claim can be brought to court, and tables for other programs."""

from datetime import date

import pytest
from core.export import safe_cell, write_csv
from core.limitation import add_months, limitation_date


@pytest.mark.parametrize(
    ("day", "months", "expected"),
    [
        (date(2026, 1, 31), 1, date(2026, 2, 28)),
        (date(2027, 12, 31), 2, date(2028, 2, 29)),
        (date(2026, 3, 31), -1, date(2026, 2, 28)),
        (date(2026, 12, 15), 1, date(2027, 1, 15)),
        (date(2026, 1, 15), -1, date(2025, 12, 15)),
        (date(2024, 2, 29), 60, date(2029, 2, 28)),
    ],
)
def test_same_day_else_the_last_of_the_month(day, months, expected):
    assert add_months(day, months) == expected


def test_five_years_between_professionals_from_the_due_date():
    performed = date(2020, 11, 2)
    assert limitation_date(date(2021, 3, 1), performed, False) == date(2026, 3, 1)


def test_two_years_against_a_consumer_from_the_earlier_day():
    due, performed = date(2024, 3, 1), date(2023, 11, 2)
    assert limitation_date(due, performed, True) == date(2025, 11, 2)
    assert limitation_date(due, date(2024, 4, 1), True) == date(2026, 3, 1)
    assert limitation_date(due, None, True) == date(2026, 3, 1)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("=1+1", "'=1+1"),
        ("+33 1 99 00 18 18", "+33 1 99 00 18 18"),
        ("+33+1", "'+33+1"),
        ("-5|cmd", "'-5|cmd"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("  -5,20", "-5,20"),
        ("Dupont", "Dupont"),
        (None, ""),
        (0, 0),
        (-5.0, -5.0),
    ],
)
def test_no_spreadsheet_runs_a_cell(value, expected):
    assert safe_cell(value) == expected


def test_the_table_keeps_accents_semicolons_and_quotes():
    table = write_csv([("a", "Créance"), ("b", "B")], [{"a": 'dit "x"; y', "b": 1}])
    assert table.decode("utf-8-sig") == 'Créance;B\r\n"dit ""x""; y";1\r\n'
    assert table.startswith(b"\xef\xbb\xbf")
