"""Consumers, insolvency, years of 366 days, periods, and what makes no sense."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from core.penalty import NOTHING, MissingRateError, compute
from core.penalty_invoice import Instalment, compute_invoice
from core.penalty_terms import (
    Debtor,
    binding_rate,
    floor_at,
    propose_regime,
    rate_of,
    regime_of,
)

D0 = date(2026, 3, 2)
RATES = {
    "ecb_mro": {
        date(2025, 7, 1): Decimal("2.15"),
        date(2026, 1, 1): Decimal("2.15"),
        date(2026, 7, 1): Decimal("2.40"),
    },
    "legal_professional": {
        date(2024, 1, 1): Decimal("5.07"),
        date(2026, 1, 1): Decimal("2.62"),
        date(2026, 7, 1): Decimal("2.75"),
    },
}


def day(offset):
    """Return the day ``offset`` days after the maturity D0."""
    return D0 + timedelta(days=offset)


def owed(amount="1000", maturity=D0, at=None, **options):
    """Compute at 60 days of lateness with the table above."""
    return compute(
        Decimal(amount), maturity, at or day(60), **{"rates": RATES, **options}
    )


# ---------------------------------------------------------------------- consumers


def test_consumer_owes_the_legal_interest_from_the_formal_notice_only():
    # T13, then 20 000 EUR, notice of 1 June: 29 d at 2.62 %, 31 d at 2.75 %.
    at = date(2026, 7, 31)
    found = owed("20000", at=at, regime="consumer", notice=date(2026, 6, 1))
    assert [(s.start, s.days, s.rate) for s in found.segments] == [
        (date(2026, 6, 2), 29, Decimal("2.62")),
        (date(2026, 7, 1), 31, Decimal("2.75")),
    ]
    assert (found.interest, found.indemnity) == (Decimal("88.35"), 0)


def test_formal_notice_before_maturity_starts_nothing_early():
    found = owed(regime="consumer", notice=day(-10))
    assert found.segments[0].start == day(1)


def test_contract_rate_never_binds_a_consumer():
    found = owed(regime="consumer", notice=day(10), contract_rate=Decimal(18))
    assert {s.rate for s in found.segments} == {Decimal("2.62")}


def test_missing_legal_rate_names_its_kind_and_semester():
    with pytest.raises(MissingRateError) as caught:
        owed(at=date(2027, 1, 1), regime="consumer", notice=day(10))
    assert (caught.value.kind, caught.value.semester) == (
        "legal_professional",
        date(2027, 1, 1),
    )


def test_exempt_debtor_owes_nothing_and_needs_no_rate():
    assert owed(regime="exempt", rates={}) == NOTHING


# ------------------------------------------------------------------ public buyers


@pytest.mark.parametrize(
    ("agreed", "rate", "kind"),
    [(5, "10.15", "ecb_mro"), ("10.15", "10.15", "ecb_mro"), (11, 11, "contract")],
)
def test_a_rate_agreed_below_the_statutory_one_binds_no_public_creditor(
    agreed, rate, kind
):
    found = owed(regime="public", contract_rate=Decimal(agreed))
    assert [(s.rate, s.kind) for s in found.segments] == [(Decimal(rate), kind)]
    assert binding_rate("public", Decimal(agreed), D0, RATES) == (
        Decimal(agreed) if kind == "contract" else None
    )


def test_a_rate_agreed_with_a_public_buyer_needs_the_statutory_one():
    with pytest.raises(MissingRateError):
        owed(regime="public", contract_rate=Decimal(11), rates={})


def test_a_segment_says_where_its_rate_comes_from():
    ecb, legal = Decimal("2.15"), Decimal("2.62")
    assert owed().segments[0].reference == ecb
    assert owed(contract_rate=Decimal(15)).segments[0].kind == "contract"
    of_person = owed(regime="consumer", notice=D0).segments[0]
    assert (of_person.kind, of_person.reference) == ("legal_professional", legal)


# --------------------------------------------------------------------- insolvency


def test_interest_stops_the_day_before_the_judgment():
    found = owed(judgment=day(31))
    assert (found.segments[-1].end, found.indemnity) == (day(30), 40)
    assert found.interest == owed(at=day(30)).interest == Decimal("9.99")


@pytest.mark.parametrize(
    ("judgment", "indemnity"), [(day(-5), 0), (D0, 0), (day(1), 40), (day(90), 40)]
)
def test_no_indemnity_for_what_matures_on_the_judgment_or_later(judgment, indemnity):
    assert owed(judgment=judgment).indemnity == indemnity


def test_due_on_the_eve_of_the_judgment_bears_the_indemnity_alone():
    found = owed(judgment=day(1))
    assert (found.interest, found.indemnity, found.segments) == (0, 40, ())


# ----------------------------------------------------------------- basis and units


def test_year_of_366_days_weighs_each_day_less():
    # 10 000 x 10 % x (31 + 28 days of 2023-24: 61 / 365 + 60 / 366)
    start, at = date(2023, 10, 31), date(2024, 2, 29)
    found = owed(
        "10000", start, at, contract_rate=Decimal(10), year="act_act", rates=None
    )
    assert [s.days for s in found.segments] == [61, 60]
    assert found.interest == Decimal("331.06")
    of_365 = owed("10000", start, at, contract_rate=Decimal(10), rates=None)
    assert of_365.interest == Decimal("331.51")


def test_currency_of_five_cents_is_rounded_to_five_cents():
    found = owed(at=day(30), rounding=Decimal("0.05"))
    assert found.interest == Decimal("10.00")


def test_currency_without_decimals():
    assert owed("100000", at=day(30), rounding=Decimal(1)).interest == 999


@pytest.mark.parametrize(
    "options",
    [
        {"contract_rate": Decimal("-0.01")},
        {"contract_rate": Decimal("100.01")},
        {"rounding": Decimal(0)},
        {"rounding": Decimal("-0.01")},
        {"year": "act_360"},
    ],
)
def test_what_makes_no_sense_is_refused(options):
    with pytest.raises(ValueError, match=r"a (rate|currency|year) "):
        owed(**options)


def test_rates_at_both_bounds_are_taken():
    assert owed(contract_rate=Decimal(0)).interest == 0
    # 1 000 x 100 % x 60 / 365
    assert owed(contract_rate=Decimal(100)).interest == Decimal("164.38")


@pytest.mark.parametrize("amount", ["0", "-0.01", "-5000"])
def test_nothing_on_a_negative_base(amount):
    assert owed(amount) == NOTHING


@pytest.mark.parametrize("at", [D0, day(-1), day(-400)])
def test_nothing_before_maturity(at):
    assert owed(at=at) == NOTHING


# ------------------------------------------------------------------------ periods


def test_period_counts_its_own_days_only():
    found = owed("10000", at=day(60), since=day(31))
    assert [(s.start, s.end, s.days) for s in found.segments] == [
        (day(31), day(60), 30)
    ]


def test_rounding_of_periods_adds_up():
    # 5.00 a month of 30.42 days: each third alone would be rounded down
    whole = owed("150", at=day(21))
    parts = [
        owed("150", at=day(end), since=day(end - 6)).interest for end in (7, 14, 21)
    ]
    alone = [owed("150", at=day(7)).interest] * 3
    assert sum(parts) == whole.interest == Decimal("1.05")
    assert parts == [Decimal("0.35")] * 3 == alone
    parts = [owed("1000", at=day(end), since=day(end)).interest for end in range(1, 61)]
    assert sum(parts) == owed("1000", at=day(60)).interest == Decimal("19.97")
    assert set(parts) == {Decimal("0.33"), Decimal("0.34")}


def test_period_of_a_public_buyer_keeps_the_first_rate():
    found = owed(at=date(2026, 8, 1), since=date(2026, 7, 10), regime="public")
    assert {s.rate for s in found.segments} == {Decimal("10.15")}


def test_period_after_full_payment_is_empty():
    found = owed(payments=[(day(10), Decimal(1000))], since=day(20))
    assert (found.interest, found.segments) == (0, ())


# ------------------------------------------------------------------------ invoices


def parts(*maturities, **options):
    """Return instalments of 500."""
    return [
        Instalment(rank, Decimal(500), maturity, **options)
        for rank, maturity in enumerate(maturities, start=1)
    ]


def test_first_late_instalment_bears_the_indemnity():
    found = compute_invoice(parts(D0, day(5), day(90)), day(60), rates=RATES)
    assert {key: p.indemnity for key, p in found.items()} == {1: 40, 2: 0, 3: 0}
    punctual, late = parts(D0, day(5))
    punctual.payments = [(D0, Decimal(500))]
    found = compute_invoice([late, punctual], day(60), rates=RATES)
    assert {key: p.indemnity for key, p in found.items()} == {1: 0, 2: 40}


def test_credit_note_was_never_owed():
    [part] = parts(D0, credits=Decimal(100))
    [found] = compute_invoice([part], day(30), rates=RATES).values()
    assert found == owed("400", at=day(30))
    part.credits = Decimal(500)
    assert compute_invoice([part], day(30), rates=RATES) == {1: NOTHING}


def test_indemnity_of_partial_credit_note_depends_on_what_is_left_at_maturity():
    # Paid 300 in time; the credit note of 200 comes later but was never owed.
    [part] = parts(D0, credits=Decimal(200), payments=[(day(-1), Decimal(300))])
    assert compute_invoice([part], day(30), rates=RATES) == {1: NOTHING}


# -------------------------------------------------------------------------- terms


@pytest.mark.parametrize(
    ("is_company", "siren", "vat", "regime"),
    [
        (True, "", "", "business"),
        (True, "732829320", "FR44732829320", "business"),
        (False, "732829320", "", "business"),
        (False, "", "BE0477472701", "business"),
        (True, "217500016", "", "public"),  # a town
        (True, "130025265", "", "public"),  # the State
        (False, "", "", "consumer"),
    ],
)
def test_regime_is_proposed_from_the_nature_of_the_debtor(
    is_company, siren, vat, regime
):
    assert propose_regime(is_company, siren, vat) == regime


def test_regime_chosen_on_the_invoice_goes_first():
    town = Debtor(is_company=True, siren="217500016", country_id=75)
    assert regime_of(town) == "public"
    assert regime_of(town, excluded={75}) == "exempt"
    assert regime_of(town, chosen="business", excluded={75}) == "business"
    chosen = Debtor(is_company=True, regime="consumer", country_id=75)
    assert regime_of(chosen, excluded={75}) == "consumer"
    assert regime_of(Debtor(country_id=None), excluded={75}) == "consumer"


def test_rate_of_the_company_is_for_business_only():
    ours, theirs, invoice = Decimal(15), Decimal(12), Decimal(11)
    assert rate_of("business", None, None, ours) == 15
    assert rate_of("business", None, theirs, ours) == 12
    assert rate_of("business", invoice, theirs, ours) == 11
    assert rate_of("public", None, None, ours) is None
    assert rate_of("public", invoice, None, ours) == 11
    assert rate_of("business", Decimal(0), Decimal(0), Decimal(0)) is None


def test_floor_is_three_times_the_legal_rate():
    legal = RATES["legal_professional"]
    assert floor_at(date(2026, 12, 31), legal) == Decimal("8.25")
    assert floor_at(date(2024, 5, 1), legal) == Decimal("15.21")
    assert floor_at(date(2027, 1, 1), legal) is None


def test_days_after_the_last_one_counted_are_left_out():
    part = Instalment(1, Decimal(1000), D0, until=day(30))
    found = compute_invoice([part], day(60), rates=RATES)[1]
    assert (found.segments[-1].end, found.interest) == (day(30), Decimal("9.99"))
    part.since = day(31)
    assert compute_invoice([part], day(60), rates=RATES)[1].interest == 0


def test_each_instalment_has_the_lump_sum_of_its_currency():
    parts = [
        Instalment(1, Decimal(1000), D0, indemnity=Decimal(44)),
        Instalment(2, Decimal(1000), day(10), indemnity=Decimal(48)),
    ]
    found = compute_invoice(parts, day(60), rates=RATES)
    assert [found[1].indemnity, found[2].indemnity] == [44, 0]
