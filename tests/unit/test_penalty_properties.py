"""What holds for any amount, dates, payments and rates."""

from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from itertools import pairwise

from core.penalty import BUSINESS, CONSUMER, NOTHING, PUBLIC, compute, semester_of
from core.penalty_invoice import Instalment, compute_invoice
from hypothesis import assume, example, given
from hypothesis import strategies as st

ONE_DAY = timedelta(days=1)
CENT = Decimal("0.01")
FINE = Decimal("1e-15")
FIRST, LAST = date(2023, 1, 1), date(2028, 12, 31)
SEMESTERS = [date(y, m, 1) for y in range(FIRST.year, LAST.year + 1) for m in (1, 7)]


def money(least="0.01", most="100000"):
    return st.decimals(Decimal(least), Decimal(most), places=2)


percents = st.decimals(Decimal(0), Decimal(20), places=2)
tables = st.lists(percents, min_size=len(SEMESTERS), max_size=len(SEMESTERS)).map(
    lambda values: {"ecb_mro": dict(zip(SEMESTERS, values, strict=True))}
)


@st.composite
def claims(draw, payments_above="0.01"):
    """Draw the arguments of ``compute`` for a line that is late, more or less paid."""
    maturity = draw(st.dates(FIRST, date(2026, 12, 31)))
    late = draw(st.integers(1, 600))
    offsets = st.integers(-1, 3) | st.integers(-30, 730)
    paid = st.tuples(offsets, money(payments_above, "40000"))
    return {
        "amount": draw(money()),
        "maturity": maturity,
        "at": maturity + timedelta(days=late),
        "payments": [
            (maturity + timedelta(days=offset), value)
            for offset, value in draw(st.lists(paid, max_size=4))
        ],
        "regime": draw(st.sampled_from([BUSINESS, PUBLIC])),
        "contract_rate": draw(st.none() | percents),
        "rates": draw(tables),
    }


def balance(claim, day):
    """Return what is owed at the end of ``day``."""
    paid = sum(value for when, value in claim["payments"] if when <= day)
    return claim["amount"] - paid


def rate_of(claim, day):
    """Return the rate of one day of lateness, from the texts of law."""
    if claim["regime"] == PUBLIC:
        ecb = claim["rates"]["ecb_mro"][semester_of(claim["maturity"] + ONE_DAY)]
        return max(ecb + 8, claim["contract_rate"] or 0)
    if claim["contract_rate"] is not None:
        return claim["contract_rate"]
    return claim["rates"]["ecb_mro"][semester_of(day)] + 10


def days_late(claim):
    """Return the days of lateness, the last one included."""
    count = (claim["at"] - claim["maturity"]).days
    return [claim["maturity"] + timedelta(days=n) for n in range(1, count + 1)]


def day_by_day(claim):
    """Return the exact interest in cents: one sum a day, with fractions."""
    if balance(claim, claim["maturity"]) <= 0:
        return Fraction(0)
    each_day = (
        Fraction(max(balance(claim, day - ONE_DAY), 0)) * Fraction(rate_of(claim, day))
        for day in days_late(claim)
    )
    return sum(each_day, Fraction(0)) / 365


def half_up(cents):
    """Return an exact number of cents as an amount, rounded half-up."""
    return Decimal(int(cents + Fraction(1, 2))).scaleb(-2)


A_YEAR_AT_HALF_A_CENT = {
    "amount": Decimal("4251.00"),
    "maturity": date(2025, 7, 4),
    "at": date(2026, 7, 4),
    "payments": [],
    "regime": BUSINESS,
    "contract_rate": Decimal("12.5"),
    "rates": {},
}


@given(claims())
@example(A_YEAR_AT_HALF_A_CENT)
def test_interest_is_the_sum_of_each_day_rounded_once(claim):
    assert compute(**claim).interest == half_up(day_by_day(claim))


@given(claims(payments_above="-20000"))
def test_refunds_and_undone_payments_follow_the_balance_day_by_day(claim):
    exact = Decimal(1) * day_by_day(claim).numerator / day_by_day(claim).denominator
    found = compute(**claim, rounding=FINE).interest
    assert abs(found - exact / 100) <= FINE


@given(claims())
def test_segments_sum_to_the_interest(claim):
    found = compute(**claim)
    assert sum((s.amount for s in found.segments), Decimal(0)) == found.interest
    assert found.total == found.interest + found.indemnity


@given(claims())
def test_segments_follow_each_other_within_one_semester_and_one_balance(claim):
    segments = compute(**claim).segments
    for segment in segments:
        assert segment.days == (segment.end - segment.start).days + 1
        assert semester_of(segment.start) == semester_of(segment.end)
        assert segment.base == balance(claim, segment.start - ONE_DAY) > 0
        assert segment.base == balance(claim, segment.end - ONE_DAY)
        assert segment.rate == rate_of(claim, segment.end)
    ends = [claim["maturity"], *(s.end for s in segments)]
    assert [s.start for s in segments] == [end + ONE_DAY for end in ends[:-1]]
    assert ends[-1] <= claim["at"]


@given(claims())
def test_segments_cover_each_day_on_which_something_is_owed(claim):
    assume(balance(claim, claim["maturity"]) > 0)
    covered = sum(s.days for s in compute(**claim).segments)
    unpaid = [d for d in days_late(claim) if balance(claim, d - ONE_DAY) > 0]
    assert covered == len(unpaid)


@given(claims(), st.data())
def test_interest_adds_up_over_time(claim, data):
    assume(claim["regime"] == BUSINESS)
    days = [claim["maturity"], *days_late(claim)]
    cuts = sorted(data.draw(st.sets(st.sampled_from(days), max_size=4)))
    marks = [claim["maturity"], *cuts, claim["at"]]
    parts = [{**claim, "maturity": start, "at": end} for start, end in pairwise(marks)]
    in_cents = sum((compute(**part).interest for part in parts), Decimal(0))
    unrounded = sum(
        (compute(**part, rounding=FINE).interest for part in parts), Decimal(0)
    )
    assert abs(unrounded - compute(**claim, rounding=FINE).interest) <= 6 * FINE
    assert abs(in_cents - compute(**claim).interest) <= len(parts) * CENT


@given(claims(), money())
def test_greater_amount_never_owes_less(claim, more):
    greater = compute(**{**claim, "amount": claim["amount"] + more})
    assert greater.interest >= compute(**claim).interest
    assert greater.indemnity >= compute(**claim).indemnity


@given(claims(), st.integers(1, 60))
def test_later_claim_never_owes_less(claim, days):
    later = compute(**{**claim, "at": claim["at"] + timedelta(days=days)})
    assert later.interest >= compute(**claim).interest
    assert later.indemnity == compute(**claim).indemnity


@given(claims(), st.integers(-60, 760), money())
def test_one_more_payment_never_owes_more(claim, offset, paid):
    payment = (claim["maturity"] + timedelta(days=offset), paid)
    relieved = compute(**{**claim, "payments": [*claim["payments"], payment]})
    assert relieved.interest <= compute(**claim).interest
    assert relieved.indemnity <= compute(**claim).indemnity


@given(claims(), st.integers(1, 400))
def test_payment_after_the_date_of_the_claim_changes_nothing(claim, days):
    payment = (claim["at"] + timedelta(days=days), claim["amount"])
    assert compute(**{**claim, "payments": [*claim["payments"], payment]}) == compute(
        **claim
    )


@given(claims(), st.randoms(use_true_random=False))
def test_order_of_payments_does_not_matter(claim, random):
    shuffled = random.sample(claim["payments"], len(claim["payments"]))
    assert compute(**{**claim, "payments": shuffled}) == compute(**claim)


@given(claims(), st.integers(0, 400))
def test_nothing_is_owed_on_or_before_maturity(claim, early):
    at = claim["maturity"] - timedelta(days=early)
    assert compute(**{**claim, "at": at}) == NOTHING


@given(claims())
def test_consumer_never_owes_anything(claim):
    assert compute(**{**claim, "regime": CONSUMER}) == NOTHING


@given(claims())
def test_indemnity_is_due_once_when_maturity_was_not_met(claim):
    met = balance(claim, claim["maturity"]) <= 0
    assert compute(**claim).indemnity == (0 if met else 40)


@given(claims())
def test_interest_is_a_whole_number_of_cents(claim):
    interest = compute(**claim).interest
    assert interest == interest.quantize(CENT, ROUND_HALF_UP) >= 0


@given(claims(payments_above="-20000"), st.data())
def test_periods_add_up_to_the_cent(claim, data):
    days = days_late(claim)
    cuts = sorted(data.draw(st.sets(st.sampled_from(days), max_size=5)))
    ends = [*[cut - ONE_DAY for cut in cuts if cut > days[0]], claim["at"]]
    starts = [None, *[end + ONE_DAY for end in ends[:-1]]]
    parts = [
        compute(**{**claim, "at": end, "since": start})
        for start, end in zip(starts, ends, strict=True)
    ]
    assert sum(part.interest for part in parts) == compute(**claim).interest
    for part in parts:
        assert sum((s.amount for s in part.segments), Decimal(0)) == part.interest
    covered = [segment.days for part in parts for segment in part.segments]
    assert sum(covered) == sum(s.days for s in compute(**claim).segments)


@given(claims(), st.integers(-400, 800))
def test_no_interest_from_the_judgment_on(claim, offset):
    judgment = claim["maturity"] + timedelta(days=offset)
    found = compute(**claim, judgment=judgment)
    assert all(segment.end < judgment for segment in found.segments)
    assert found.interest <= compute(**claim).interest
    if judgment <= claim["maturity"]:
        assert found.total == 0


@given(claims())
def test_a_year_of_366_days_never_costs_more(claim):
    actual = compute(**claim, year="act_act").interest
    assert actual <= compute(**claim).interest
    assert actual >= compute(**claim).interest * Decimal(365) / 366 - CENT


@given(st.lists(claims(), min_size=1, max_size=5), st.dates(FIRST, date(2028, 6, 1)))
def test_indemnity_is_due_exactly_once_per_invoice(drawn, at):
    parts = [
        Instalment(rank, claim["amount"], claim["maturity"], payments=claim["payments"])
        for rank, claim in enumerate(drawn)
    ]
    found = compute_invoice(parts, at, rates=drawn[0]["rates"])
    late = [
        claim
        for claim in drawn
        if claim["maturity"] < at and balance(claim, claim["maturity"]) > 0
    ]
    assert sum(penalty.indemnity for penalty in found.values()) == (40 if late else 0)
    assert set(found) == set(range(len(drawn)))


@given(claims(), money("0", "100000"))
def test_credit_note_counts_from_the_start(claim, credited):
    part = Instalment(
        1,
        claim["amount"],
        claim["maturity"],
        credits=credited,
        payments=claim["payments"],
    )
    [found] = compute_invoice([part], claim["at"], rates=claim["rates"]).values()
    smaller = {**claim, "amount": claim["amount"] - credited}
    plain = {**smaller, "regime": BUSINESS, "contract_rate": None}
    assert found == compute(**plain)
