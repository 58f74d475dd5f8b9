"""Interest and indemnity: the published and computed vectors, and the corner cases."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from core import penalty
from core.penalty import NOTHING, MissingRateError, Segment, compute

# The main refinancing rate of the ECB on 1 January and on 1 July.
ECB_RATES = {
    2009: ("2.50", "1.00"),
    2010: ("1.00", "1.00"),
    2011: ("1.00", "1.25"),
    2012: ("1.00", "1.00"),
    2013: ("0.75", "0.50"),
    2014: ("0.25", "0.15"),
    2015: ("0.05", "0.05"),
    2016: ("0.05", "0.00"),
    2017: ("0.00", "0.00"),
    2018: ("0.00", "0.00"),
    2019: ("0.00", "0.00"),
    2020: ("0.00", "0.00"),
    2021: ("0.00", "0.00"),
    2022: ("0.00", "0.00"),
    2023: ("2.50", "4.00"),
    2024: ("4.50", "4.25"),
    2025: ("3.15", "2.15"),
    2026: ("2.15", "2.40"),
}
RATES = {
    "ecb_mro": {
        date(year, month, 1): Decimal(rate)
        for year, pair in ECB_RATES.items()
        for month, rate in zip((1, 7), pair, strict=True)
    }
}
D0 = date(2026, 3, 2)


def day(offset):
    """Return the day ``offset`` days after the maturity D0."""
    return D0 + timedelta(days=offset)


def owed(amount, maturity, at, *, rate=None, payments=(), **options):
    """Compute with amounts and rates written as text, and the table of the ECB."""
    return compute(
        Decimal(amount),
        maturity,
        at,
        contract_rate=None if rate is None else Decimal(rate),
        payments=[(when, Decimal(paid)) for when, paid in payments],
        **{"rates": RATES, **options},
    )


def spans(found):
    """Return ``(start, end, days, base, rate)`` of each segment."""
    return [(s.start, s.end, s.days, s.base, s.rate) for s in found.segments]


# ------------------------------------------------------------------------ vectors


@pytest.mark.parametrize(
    ("amount", "maturity", "at", "options", "interest", "total"),
    [
        pytest.param("15000", D0, day(30), {"rate": "15"}, "184.93", "224.93", id="P1"),
        pytest.param(
            "1000.00",
            date(2026, 4, 24),
            date(2026, 8, 2),
            {"rate": "12.15"},
            "33.29",  # published as 33.28: rounded down
            "73.29",
            id="P2",
        ),
        pytest.param(
            "15000.00",
            date(2024, 1, 31),
            date(2024, 3, 1),  # through 29 February
            {"rate": "15"},
            "184.93",
            "224.93",
            id="T1",
        ),
        pytest.param(
            "12000.00",
            date(2026, 6, 30),
            date(2026, 7, 30),
            {},
            "122.30",
            "162.30",
            id="T2",
        ),
        pytest.param(
            "12000.00",
            date(2026, 5, 15),
            date(2026, 8, 15),
            {},
            "371.28",
            "411.28",
            id="T3",
        ),
        pytest.param(
            "10000.00",
            date(2026, 5, 15),
            date(2026, 8, 15),
            {"regime": "public"},
            "255.84",
            "295.84",
            id="T6",
        ),
        pytest.param(
            "1000.00",
            date(2026, 4, 24),
            date(2026, 8, 2),
            {"rate": "12.15"},
            "33.29",
            "73.29",
            id="T8",
        ),
        pytest.param(
            "10000.00",
            date(2026, 7, 31),
            date(2026, 8, 30),
            {"rate": "8.25"},
            "67.81",
            "107.81",
            id="T10",
        ),
        pytest.param(
            "100.00",
            date(2026, 7, 31),
            date(2026, 8, 1),
            {},
            "0.03",
            "40.03",
            id="T11",
        ),
        pytest.param(
            "100.00",
            date(2026, 7, 31),
            date(2026, 9, 30),
            {"payments": [(date(2026, 7, 31), "100.00")]},
            "0",
            "0",
            id="T12",
        ),
        pytest.param(
            "5000.00",
            date(2024, 7, 31),
            date(2026, 9, 30),
            {"regime": "consumer"},
            "0",
            "0",
            id="T13",
        ),
    ],
)
def test_published_and_computed_vectors(amount, maturity, at, options, interest, total):
    found = owed(amount, maturity, at, **options)
    assert found.interest == Decimal(interest)
    assert found.total == Decimal(total)
    assert found.indemnity == Decimal(total) - Decimal(interest)


@pytest.mark.parametrize(
    ("semester", "rate"),
    [
        (date(semester.year, semester.month, 1), value + 10)
        for semester, value in RATES["ecb_mro"].items()
        if semester.year >= 2013
    ],
)
def test_statutory_rate_of_each_semester_is_the_refinancing_rate_plus_ten(
    semester, rate
):
    found = owed("36500", semester - timedelta(days=1), semester)
    assert spans(found) == [(semester, semester, 1, Decimal("36500"), rate)]
    assert found.interest == rate


@pytest.mark.parametrize(
    ("at", "semester"),
    [
        (date(2026, 1, 1), date(2026, 1, 1)),
        (date(2026, 6, 30), date(2026, 1, 1)),
        (date(2026, 7, 1), date(2026, 7, 1)),
        (date(2026, 12, 31), date(2026, 7, 1)),
    ],
)
def test_rates_are_read_on_1_january_and_1_july(at, semester):
    assert penalty.semester_of(at) == semester


# ----------------------------------------------------------------------- segments


def test_lateness_is_cut_at_the_semester():
    found = owed("12000", date(2026, 5, 15), date(2026, 8, 15))
    base = Decimal("12000")
    assert found.segments == (
        Segment(
            date(2026, 5, 16),
            date(2026, 6, 30),
            46,
            base,
            Decimal("12.15"),
            Decimal("183.75"),
        ),
        Segment(
            date(2026, 7, 1),
            date(2026, 8, 15),
            46,
            base,
            Decimal("12.40"),
            Decimal("187.53"),
        ),
    )


def test_lateness_over_three_years_has_one_segment_for_each_semester():
    found = owed("1000", date(2023, 12, 31), date(2026, 1, 1))
    assert [(s.start, s.end, s.rate) for s in found.segments] == [
        (date(2024, 1, 1), date(2024, 6, 30), Decimal("14.50")),
        (date(2024, 7, 1), date(2024, 12, 31), Decimal("14.25")),
        (date(2025, 1, 1), date(2025, 6, 30), Decimal("13.15")),
        (date(2025, 7, 1), date(2025, 12, 31), Decimal("12.15")),
        (date(2026, 1, 1), date(2026, 1, 1), Decimal("12.15")),
    ]
    assert [s.days for s in found.segments] == [182, 184, 181, 184, 1]


def test_last_segment_bears_the_rounding_difference():
    found = owed("1000.00", date(2026, 4, 24), date(2026, 8, 2), rate="12.15")
    assert found.interest == Decimal("33.29")
    assert [s.amount for s in found.segments] == [Decimal("22.30"), Decimal("10.99")]


@pytest.mark.parametrize(
    ("amount", "rate", "maturity", "at", "interest"),
    [
        # One year: 4 251.00 × 12.5 % = 531.375, which is half a cent.
        ("4251.00", "12.5", date(2025, 7, 4), date(2026, 7, 4), "531.38"),
        ("1621.00", "12.5", date(2025, 1, 8), date(2026, 1, 8), "202.63"),
        # 292 days: 9 075.25 × 12.5 % × 0.8 = 907.525
        ("9075.25", "12.5", date(2026, 4, 20), date(2027, 2, 6), "907.53"),
        ("1.25", "10", date(2026, 2, 2), date(2026, 4, 16), "0.03"),
    ],
)
def test_half_a_cent_is_rounded_up_whatever_the_cuts(
    amount, rate, maturity, at, interest
):
    assert owed(amount, maturity, at, rate=rate).interest == Decimal(interest)


# ----------------------------------------------------------------------- payments


def test_partial_payment_leaves_interest_on_the_balance():
    found = owed("1000", D0, day(60), rate="18", payments=[(day(20), "400")])
    assert found.interest == Decimal("21.70")
    assert found.indemnity == Decimal(40)
    assert spans(found) == [
        (day(1), day(20), 20, Decimal("1000"), Decimal("18")),
        (day(21), day(60), 40, Decimal("600"), Decimal("18")),
    ]
    assert [s.amount for s in found.segments] == [Decimal("9.86"), Decimal("11.84")]


def test_payments_and_semester_cut_the_same_lateness():
    found = owed(
        "10000",
        date(2026, 6, 15),
        date(2026, 7, 31),
        payments=[(date(2026, 7, 10), "3000"), (date(2026, 6, 20), "2000")],
    )
    assert spans(found) == [
        (date(2026, 6, 16), date(2026, 6, 20), 5, Decimal("10000"), Decimal("12.15")),
        (date(2026, 6, 21), date(2026, 6, 30), 10, Decimal("8000"), Decimal("12.15")),
        (date(2026, 7, 1), date(2026, 7, 10), 10, Decimal("8000"), Decimal("12.40")),
        (date(2026, 7, 11), date(2026, 7, 31), 21, Decimal("5000"), Decimal("12.40")),
    ]
    # 16.643836 + 26.630137 + 27.178082 + 35.671233
    assert found.interest == Decimal("106.12")


def test_two_payments_on_one_day_make_one_cut():
    found = owed(
        "1000", D0, day(30), rate="10", payments=[(day(10), "100"), (day(10), "200")]
    )
    assert [(s.days, s.base) for s in found.segments] == [(10, 1000), (20, 700)]


def test_payment_on_the_last_day_of_a_semester_makes_one_cut():
    found = owed(
        "1000",
        date(2026, 6, 20),
        date(2026, 7, 10),
        payments=[(date(2026, 6, 30), "400")],
    )
    assert [(s.days, s.base, s.rate) for s in found.segments] == [
        (10, Decimal("1000"), Decimal("12.15")),
        (10, Decimal("600"), Decimal("12.40")),
    ]


def test_day_of_the_payment_bears_interest_on_what_is_paid_that_day():
    found = owed("36500", D0, day(5), rate="10", payments=[(day(5), "36500")])
    assert found.interest == Decimal("50.00")


def test_payment_on_the_first_day_of_lateness_leaves_one_day_on_the_whole():
    found = owed("1000", D0, day(3), rate="18", payments=[(day(1), "400")])
    assert [(s.days, s.base) for s in found.segments] == [(1, 1000), (2, 600)]


def test_payment_on_the_first_day_of_a_semester_counts_from_the_second():
    found = owed(
        "1000",
        date(2026, 6, 20),
        date(2026, 7, 10),
        payments=[(date(2026, 7, 1), "400")],
    )
    assert [(s.days, s.base) for s in found.segments] == [
        (10, 1000),
        (1, 1000),
        (9, 600),
    ]


def test_full_payment_stops_interest_but_leaves_the_claim():
    at_payment = owed("1000", D0, day(20), rate="18", payments=[(day(20), "1000")])
    later = owed("1000", D0, day(400), rate="18", payments=[(day(20), "1000")])
    assert at_payment == later
    assert later.interest == Decimal("9.86")
    assert later.total == Decimal("49.86")


def test_payment_later_than_the_date_of_the_claim_is_ignored():
    with_it = owed("1000", D0, day(60), rate="18", payments=[(day(61), "400")])
    without = owed("1000", D0, day(60), rate="18")
    assert with_it == without
    assert without.interest == Decimal("29.59")
    assert len(without.segments) == 1


@pytest.mark.parametrize("offset", [-30, -1, 0])
def test_part_paid_before_maturity_leaves_the_rest_and_the_whole_indemnity(offset):
    found = owed("1000", D0, day(60), rate="18", payments=[(day(offset), "400")])
    assert found.interest == Decimal("17.75")  # 600 × 18 % × 60 / 365
    assert found.indemnity == Decimal(40)
    assert spans(found) == [(day(1), day(60), 60, Decimal("600"), Decimal("18"))]


@pytest.mark.parametrize("offset", [-30, -1, 0])
def test_paid_in_full_at_maturity_owes_nothing(offset):
    payments = [(day(offset), "1000")]
    assert owed("1000", D0, day(60), rate="18", payments=payments) == NOTHING


def test_one_cent_left_at_maturity_owes_the_indemnity():
    found = owed("1000", D0, day(60), rate="18", payments=[(D0, "999.99")])
    assert found.interest == Decimal("0.00")
    assert found.total == Decimal("40.00")


def test_overpayment_before_maturity_owes_nothing():
    assert owed("1000", D0, day(60), rate="18", payments=[(D0, "1500")]) == NOTHING


def test_overpayment_after_maturity_earns_no_negative_interest():
    found = owed("1000", D0, day(60), rate="18", payments=[(day(20), "1500")])
    assert found.interest == Decimal("9.86")
    assert [s.days for s in found.segments] == [20]


def test_payment_undone_by_the_bank_reopens_the_balance_the_next_day():
    payments = [(day(10), "1000"), (day(20), "-1000")]
    found = owed("1000", D0, day(30), rate="18", payments=payments)
    assert spans(found) == [
        (day(1), day(10), 10, Decimal("1000"), Decimal("18")),
        (day(21), day(30), 10, Decimal("1000"), Decimal("18")),
    ]
    assert found.interest == Decimal("9.86")


def test_credit_of_the_whole_amount_owes_nothing():
    assert owed("0", D0, day(60), rate="18") == NOTHING
    assert owed("-100", D0, day(60), rate="18") == NOTHING


# -------------------------------------------------------------------------- dates


@pytest.mark.parametrize("offset", [-400, -1, 0])
def test_nothing_is_owed_up_to_maturity(offset):
    assert owed("1000", D0, day(offset)) == NOTHING


def test_nothing_is_zero_and_has_no_segment():
    assert (NOTHING.interest, NOTHING.indemnity, NOTHING.total) == (0, 0, 0)
    assert NOTHING.segments == ()


def test_first_day_of_lateness_bears_one_day_of_interest():
    found = owed("36500", D0, day(1), rate="10")
    assert found.interest == Decimal("10.00")
    assert spans(found) == [(day(1), day(1), 1, Decimal("36500"), Decimal("10"))]


@pytest.mark.parametrize(
    ("maturity", "at", "days", "interest"),
    [
        (date(2025, 1, 1), date(2026, 1, 1), 365, "100.00"),
        (date(2024, 1, 1), date(2025, 1, 1), 366, "100.27"),  # leap year, still / 365
    ],
)
def test_year_has_365_days_even_when_it_has_366(maturity, at, days, interest):
    found = owed("1000", maturity, at, rate="10")
    assert sum(s.days for s in found.segments) == days
    assert found.interest == Decimal(interest)


# ------------------------------------------------------------------------ regimes


def test_public_buyer_keeps_the_rate_of_the_first_day_of_lateness():
    found = owed("10000", date(2025, 6, 29), date(2026, 8, 1), regime="public")
    assert {s.rate for s in found.segments} == {Decimal("11.15")}


def test_public_buyer_due_on_30_june_is_late_in_the_second_semester():
    found = owed("10000", date(2026, 6, 30), date(2026, 7, 30), regime="public")
    assert {s.rate for s in found.segments} == {Decimal("10.40")}
    assert found.interest == Decimal("85.48")


def test_consumer_owes_nothing_even_at_a_contract_rate():
    assert owed("1000", D0, day(60), regime="consumer", rate="18") == NOTHING


def test_consumer_needs_no_rate():
    assert owed("1000", D0, day(60), regime="consumer", rates={}) == NOTHING


def test_contract_rate_replaces_the_statutory_one_in_every_semester():
    found = owed("1000", date(2025, 1, 31), date(2026, 8, 1), rate="9")
    assert {s.rate for s in found.segments} == {Decimal("9")}


def test_contract_rate_of_zero_is_a_rate():
    found = owed("1000", D0, day(60), rate="0")
    assert found.interest == Decimal("0.00")
    assert found.total == Decimal("40.00")


# ---------------------------------------------------------------------- indemnity


@pytest.mark.parametrize("regime", ["business", "public"])
@pytest.mark.parametrize("late", [1, 30, 2 * 365])
def test_indemnity_is_forty_euros_whatever_the_delay(regime, late):
    maturity = date(2024, 6, 14)
    at = maturity + timedelta(days=late)
    assert owed("50", maturity, at, regime=regime).indemnity == Decimal(40)


@pytest.mark.parametrize("indemnity", ["0", "38.52"])
def test_indemnity_can_be_waived_or_stated_in_another_currency(indemnity):
    found = owed("1000", D0, day(60), rate="18", indemnity=Decimal(indemnity))
    assert found.indemnity == Decimal(indemnity)
    assert found.total == Decimal("29.59") + Decimal(indemnity)


# -------------------------------------------------------------------------- rates


@pytest.mark.parametrize(
    ("maturity", "at", "regime", "semester"),
    [
        (date(2026, 12, 15), date(2027, 1, 1), "business", date(2027, 1, 1)),
        (date(2027, 8, 1), date(2027, 8, 2), "business", date(2027, 7, 1)),
        (date(2026, 12, 31), date(2027, 1, 5), "public", date(2027, 1, 1)),
        (date(2008, 9, 1), date(2009, 2, 1), "business", date(2008, 7, 1)),
    ],
)
def test_missing_rate_names_the_semester(maturity, at, regime, semester):
    with pytest.raises(MissingRateError) as caught:
        owed("1000", maturity, at, regime=regime)
    assert caught.value.kind == "ecb_mro"
    assert caught.value.semester == semester
    assert str(caught.value) == f"no rate ecb_mro from {semester}"


@pytest.mark.parametrize("rates", [None, {}, {"ecb_mro": {}}, {"legal": {D0: 1}}])
def test_empty_table_is_a_missing_rate(rates):
    with pytest.raises(MissingRateError, match="no rate ecb_mro from 2026-01-01"):
        owed("1000", D0, day(60), rates=rates)


def test_public_buyer_needs_no_later_rate_than_the_first():
    found = owed("1000", date(2026, 12, 15), date(2027, 2, 15), regime="public")
    assert {s.rate for s in found.segments} == {Decimal("10.40")}


def test_semester_after_full_payment_needs_no_rate():
    payments = [(date(2026, 12, 20), "1000")]
    found = owed("1000", date(2026, 12, 15), date(2027, 2, 15), payments=payments)
    assert found.interest == Decimal("1.70")  # 1 000 × 12.40 % × 5 / 365


def test_contract_rate_needs_no_table():
    assert owed("1000", D0, day(60), rate="18", rates=None).interest == Decimal("29.59")


# ----------------------------------------------------------------------- rounding


@pytest.mark.parametrize(
    ("unit", "interest"),
    [
        ("0.001", "122.301"),
        ("0.01", "122.30"),
        ("0.010", "122.30"),  # the same unit, written otherwise
        ("1", "122"),
        ("1.0", "122"),  # str() of the float that Odoo keeps for the yen
    ],
)
def test_interest_is_a_multiple_of_the_unit_of_the_currency(unit, interest):
    found = owed("12000", date(2026, 6, 30), date(2026, 7, 30), rounding=Decimal(unit))
    assert found.interest == Decimal(interest)
    assert sum(s.amount for s in found.segments) == found.interest


def test_the_ends_of_the_calendar():
    """There is no day after the last one, nor before the first."""
    assert compute(Decimal(100), date.max, date.max) == NOTHING
    late = {"rates": {}, "judgment": date.min}
    assert compute(Decimal(100), date(2026, 1, 31), date.max, **late) == NOTHING
