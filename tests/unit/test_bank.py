"""What the label of a bank line names, and how much that tells."""

from decimal import Decimal

import pytest
from core.bank import Weight, agrees, codes_in, normalise, weigh
from hypothesis import given
from hypothesis import strategies as st


@pytest.mark.parametrize(
    ("label", "code"),
    [
        ("VIR FAC / 2026 / 00012 MERCI", "FAC202600012"),
        ("vir fac-2026-00012", "FAC202600012"),
        ("RF85 FAC0 0001", "RF85FAC00001"),
        ("Réf. été12345", "ETE12345"),
    ],
)
def test_a_reference_is_read_through_spaces_signs_and_case(label, code):
    assert code in codes_in(label)
    assert normalise(label).endswith(code) or code in normalise(label)


@pytest.mark.parametrize(
    ("label", "code"),
    [
        ("VIR XFAC202600012", "FAC202600012"),
        ("FAC2026000123", "FAC202600012"),
        ("FAC 2026", "FAC202600012"),
        ("", ""),
        (None, ""),
    ],
)
def test_a_reference_ends_where_words_do(label, code):
    assert code not in codes_in(label)


@pytest.mark.parametrize(
    ("code", "weight"),
    [
        ("FAC202600012", Weight.STRONG),
        ("FAC12", Weight.STRONG),
        ("20260001", Weight.STRONG),
        ("RF18539007547034", Weight.STRONG),
        ("12345", Weight.WEAK),
        ("LOYER032026", Weight.WEAK),
        ("202603", Weight.WEAK),
        ("LOYER", Weight.COMMON),
        ("LOYER2026", Weight.COMMON),
        ("20252026", Weight.COMMON),
        ("2026", Weight.COMMON),
        ("FAC1", Weight.COMMON),
        ("1", Weight.COMMON),
        ("", Weight.COMMON),
    ],
)
def test_a_reference_weighs_what_it_tells(code, weight):
    assert weigh(code) == weight


@pytest.mark.parametrize(
    ("amount", "owed", "expected"),
    [
        (100, [100, 200], True),
        (300, [100, 200], True),
        (150, [100, 200], False),
        (100, [], False),
    ],
)
def test_an_amount_agrees_with_one_debt_or_with_all(amount, owed, expected):
    assert agrees(Decimal(amount), [Decimal(one) for one in owed]) is expected


@given(st.text(max_size=200))
def test_any_label_is_read(label):
    for code in codes_in(label):
        assert code == normalise(code)
        assert code in normalise(label)
