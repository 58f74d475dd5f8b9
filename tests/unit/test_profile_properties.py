"""What holds for the profile of any debtor."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

from core.payer_evidence import Evidence
from core.profile import RULES, assess
from hypothesis import given, settings
from hypothesis import strategies as st

TODAY = date(2026, 3, 18)
# From the best to the worst: the three that differ by how late one pays.
RANK = {"good": 0, "negligent": 1, "bad_payer": 2}
money = st.decimals(Decimal(0), Decimal(10**7), places=2)
days = st.floats(-60, 400, allow_nan=False)
shares = st.floats(0, 1)
counts = st.integers(0, 40) | st.integers(0, 3)


@st.composite
def evidences(draw, **fixed):
    """Draw what may be known of a debtor, consistent or not."""
    values = {
        "paid_amount": draw(money),
        "paid_count": draw(counts),
        "days_late_mean": draw(days),
        "days_late_spread": draw(st.floats(0, 200)),
        "on_time_share": draw(shares),
        "after_reminder_share": draw(shares),
        "automatic_share": draw(shares),
        "prefers_automatic": draw(st.booleans()),
        "is_public_body": draw(st.booleans()),
        "solvency": draw(
            st.sampled_from(["unknown", "active", "closed", "insolvency"])
        ),
        "promises_kept": draw(counts),
        "promises_broken": draw(counts),
        "disputes_upheld": draw(counts),
        "disputes_rejected": draw(counts),
        "invoice_count": draw(counts),
        "overdue_amount": draw(money),
        "overdue_days_max": draw(st.integers(0, 2000)),
        "last_payment": draw(
            st.none()
            | st.integers(0, 2000).map(lambda ago: TODAY - timedelta(days=ago))
        ),
    }
    return Evidence(today=TODAY, **{**values, **fixed})


# Those whom only their delays tell apart.
reminded = evidences(
    prefers_automatic=False,
    is_public_body=False,
    solvency="unknown",
    automatic_share=0,
    disputes_upheld=0,
    disputes_rejected=0,
    promises_kept=0,
    promises_broken=0,
    last_payment=TODAY,
    paid_count=20,
    days_late_spread=9,
)


@given(evidences())
@settings(max_examples=200)
def test_any_evidence_gets_a_known_profile_and_reasons(evidence):
    found = assess(evidence)
    assert found.code in {code for code, _rule in RULES}
    assert found.reasons
    assert len({reason.code for reason in found.reasons}) == len(found.reasons)
    assert assess(replace(evidence)) == found


@given(reminded, shares, shares)
@settings(max_examples=300)
def test_paying_earlier_never_makes_the_profile_worse(evidence, part, more_on_time):
    better = replace(
        evidence,
        days_late_mean=evidence.days_late_mean - 60 * part,
        on_time_share=max(evidence.on_time_share, more_on_time),
        overdue_amount=evidence.overdue_amount * Decimal(1 - part),
        overdue_days_max=int(evidence.overdue_days_max * (1 - part)),
    )
    before, after = assess(evidence).code, assess(better).code
    assert RANK[after] <= RANK[before]


@given(evidences(), st.sampled_from(["0.01", "0.5", "3", "1000"]))
@settings(max_examples=200)
def test_the_size_of_the_customer_does_not_matter(evidence, factor):
    scaled = replace(
        evidence,
        paid_amount=evidence.paid_amount * Decimal(factor),
        overdue_amount=evidence.overdue_amount * Decimal(factor),
    )
    ours, theirs = assess(evidence), assess(scaled)
    assert ours.code == theirs.code
    assert [r.code for r in ours.reasons] == [r.code for r in theirs.reasons]


@given(evidences(solvency="insolvency") | evidences(solvency="closed"))
def test_proceedings_come_before_everything(evidence):
    assert assess(evidence).code == "insolvent"


@given(evidences(paid_count=0, paid_amount=Decimal(0), invoice_count=2))
def test_nobody_is_judged_on_nothing(evidence):
    if evidence.solvency in ("unknown", "active"):
        assert assess(evidence).code in (None, "automatic", "administrative")


@given(evidences(overdue_amount=Decimal(0)))
def test_who_owes_nothing_is_not_reproached_an_old_debt(evidence):
    codes = {reason.code for reason in assess(evidence).reasons}
    assert not codes & {"profile_has_old_debt", "profile_has_stopped"}
