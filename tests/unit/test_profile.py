"""One example of each profile, and of what tips the balance to its neighbour."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from core import profile
from core.identity import is_public_siren
from core.payer_evidence import Evidence
from core.profile import Thresholds, assess

TODAY = date(2026, 3, 18)
NEW = Evidence(today=TODAY)
# Pays 12 invoices a year, 12 days late, and owes nothing.
REGULAR = Evidence(
    today=TODAY,
    paid_amount=Decimal(12000),
    paid_count=12,
    days_late_mean=12,
    days_late_spread=8,
    on_time_share=0.3,
    invoice_count=12,
    last_payment=TODAY - timedelta(days=10),
)
PUNCTUAL = replace(REGULAR, days_late_mean=-1, days_late_spread=2, on_time_share=1)


def overdue(days, amount=1000):
    return {"overdue_days_max": days, "overdue_amount": Decimal(amount)}


def silent(days):
    return {"last_payment": TODAY - timedelta(days=days)}


CASES = [
    # A notice says that they cannot pay, whatever they did before.
    (PUNCTUAL, {"solvency": "insolvency"}, "insolvent", "profile_is_in_proceedings"),
    (NEW, {"solvency": "closed"}, "insolvent", "profile_is_in_proceedings"),
    (PUNCTUAL, {"solvency": "active"}, "good", "profile_is_good"),
    # Paid regularly, then nothing more.
    (PUNCTUAL, {**overdue(61), **silent(90)}, "insolvent", "profile_has_stopped"),
    (PUNCTUAL, {**overdue(61), **silent(89)}, "bad_payer", "profile_has_old_debt"),
    (PUNCTUAL, {**overdue(60), **silent(90)}, "negligent", "profile_is_often_late"),
    (PUNCTUAL, {**overdue(61, 200), **silent(90)}, "good", "profile_is_good"),
    (
        REGULAR,
        {**overdue(61), **silent(90), "days_late_mean": 30},
        "bad_payer",
        "profile_has_old_debt",
    ),
    # A machine pays.
    (NEW, {"prefers_automatic": True}, "automatic", "profile_is_automatic"),
    (REGULAR, {"automatic_share": 0.8}, "automatic", "profile_pays_automatically"),
    (REGULAR, {"automatic_share": 0.79}, "negligent", "profile_is_often_late"),
    (NEW, {"paid_count": 2, "automatic_share": 1}, None, "profile_too_short"),
    # A circuit: public, or as regular as a clock.
    (NEW, {"is_public_body": True}, "administrative", "profile_is_public"),
    (
        REGULAR,
        {"is_public_body": True, "prefers_automatic": True},
        "automatic",
        "profile_is_automatic",
    ),
    (REGULAR, {"days_late_spread": 5}, "administrative", "profile_is_circuit"),
    (REGULAR, {"days_late_spread": 5.1}, "negligent", "profile_is_often_late"),
    (
        REGULAR,
        {"days_late_spread": 2, "days_late_mean": 45},
        "administrative",
        "profile_is_circuit",
    ),
    (
        REGULAR,
        {"days_late_spread": 2, "paid_count": 5},
        "negligent",
        "profile_is_often_late",
    ),
    (
        REGULAR,
        {"days_late_spread": 2, "days_late_mean": 9},
        "negligent",
        "profile_is_often_late",
    ),
    # Regular because our reminders are: no circuit.
    (
        REGULAR,
        {"days_late_spread": 2, "after_reminder_share": 0.5},
        "negligent",
        "profile_waits_for_reminders",
    ),
    (
        REGULAR,
        {"days_late_spread": 2, "promises_broken": 2},
        "bad_payer",
        "profile_breaks_promises",
    ),
    # Too little to go by.
    (NEW, {}, None, "profile_too_short"),
    (PUNCTUAL, {"paid_count": 2}, None, "profile_too_short"),
    (NEW, {"invoice_count": 9, **overdue(60)}, None, "profile_too_short"),
    (NEW, {"invoice_count": 2, **overdue(61)}, None, "profile_too_short"),
    (
        NEW,
        {"invoice_count": 3, **overdue(61)},
        "bad_payer",
        "profile_has_old_debt",
    ),
    # Always a dispute, right or wrong.
    (
        REGULAR,
        {"disputes_upheld": 1, "disputes_rejected": 3},
        "dispute",
        "profile_is_disputing",
    ),
    (
        REGULAR,
        {"disputes_upheld": 1, "disputes_rejected": 2},
        "negligent",
        "profile_is_often_late",
    ),
    (
        REGULAR,
        {"disputes_rejected": 2, "invoice_count": 2},
        "negligent",
        "profile_is_often_late",
    ),
    (
        REGULAR,
        {"disputes_rejected": 3, "invoice_count": 0},
        "dispute",
        "profile_is_disputing",
    ),
    # As late as possible, whatever was promised.
    (REGULAR, {"days_late_mean": 30}, "bad_payer", "profile_is_very_late"),
    (REGULAR, {"days_late_mean": 29.9}, "negligent", "profile_is_often_late"),
    (
        REGULAR,
        {"promises_kept": 2, "promises_broken": 2},
        "bad_payer",
        "profile_breaks_promises",
    ),
    (
        REGULAR,
        {"promises_kept": 3, "promises_broken": 2},
        "negligent",
        "profile_is_often_late",
    ),
    (
        REGULAR,
        {"promises_kept": 0, "promises_broken": 1},
        "negligent",
        "profile_is_often_late",
    ),
    # On the day, or before.
    (PUNCTUAL, {}, "good", "profile_is_good"),
    (PUNCTUAL, {"days_late_mean": 2}, "good", "profile_is_good"),
    (PUNCTUAL, {"days_late_mean": 2.1}, "negligent", "profile_is_often_late"),
    (PUNCTUAL, {"on_time_share": 0.89}, "negligent", "profile_is_often_late"),
    (PUNCTUAL, overdue(5), "good", "profile_is_good"),
    (PUNCTUAL, overdue(6), "negligent", "profile_is_often_late"),
    (PUNCTUAL, overdue(50, 240), "good", "profile_is_good"),
    # Waits to be reminded.
    (
        REGULAR,
        {"after_reminder_share": 0.5},
        "negligent",
        "profile_waits_for_reminders",
    ),
    (REGULAR, {}, "negligent", "profile_is_often_late"),
]


@pytest.mark.parametrize(("base", "change", "code", "why"), CASES)
def test_profile(base, change, code, why):
    found = assess(replace(base, **change))
    assert (found.code, found.reasons[-1].code) == (code, why)


def test_every_profile_has_an_example():
    codes = {code for code, _rule in profile.RULES}
    assert {case[2] for case in CASES} == codes
    assert len(codes - {None}) == 7


def test_the_figures_come_first_and_the_decision_last():
    evidence = replace(
        REGULAR,
        days_late_mean=34.4,
        days_late_spread=6.4,
        paid_count=41,
        paid_amount=Decimal(120000),
        after_reminder_share=0.126,
        automatic_share=0.05,
        promises_kept=1,
        promises_broken=1,
        disputes_rejected=1,
        solvency="active",
        **overdue(61, 5000),
    )
    assert [(reason.code, reason.params) for reason in assess(evidence).reasons] == [
        (
            "profile_late",
            {
                "days": 34,
                "months": 12,
                "spread": 6,
                "count": 41,
                "amount": Decimal(120000),
            },
        ),
        ("profile_on_time", {"percent": 30}),
        ("profile_reminded", {"percent": 13, "days": 10}),
        ("profile_automatic_share", {"percent": 5}),
        ("profile_overdue", {"amount": Decimal(5000), "days": 61}),
        ("profile_last_payment", {"on": date(2026, 3, 8), "days": 10}),
        ("profile_promises", {"kept": 1, "broken": 1}),
        ("profile_disputes", {"upheld": 0, "rejected": 1, "invoices": 12}),
        ("profile_solvency", {"state": "active"}),
        ("profile_is_very_late", {"days": 30}),
        ("profile_has_old_debt", {"days": 61}),
    ]


@pytest.mark.parametrize(
    ("mean", "code", "days"),
    [
        (0.6, "profile_late", 1),
        (0.4, "profile_punctual", 0),
        (-0.4, "profile_punctual", 0),
        (-7, "profile_early", 7),
    ],
)
def test_the_mean_in_words(mean, code, days):
    reason = assess(replace(REGULAR, days_late_mean=mean)).reasons[0]
    assert (reason.code, reason.params["days"]) == (code, days)


def test_nothing_known_is_said_as_such():
    codes = [reason.code for reason in assess(NEW).reasons]
    expected = ["profile_no_payment", "profile_nothing_overdue", "profile_too_short"]
    assert codes == expected


def test_thresholds_can_be_moved():
    strict = Thresholds(bad_late=10)
    assert assess(REGULAR, strict).code == "bad_payer"


@pytest.mark.parametrize(
    ("siren", "is_public"),
    [
        ("110046018", True),
        ("213105554", True),
        ("21 310 555 4", True),
        ("356000000", False),
        ("732829320", False),
        ("", False),
        (None, False),
    ],
)
def test_the_siren_of_a_public_body(siren, is_public):
    assert is_public_siren(siren) is is_public
