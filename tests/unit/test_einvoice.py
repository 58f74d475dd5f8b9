"""Life-cycle statuses of electronic invoices: one policy for codes and names."""

import pytest
from core import einvoice


@pytest.mark.parametrize(
    ("status", "effect", "chase"),
    [
        ("200", "wait", True),
        ("203", "normal", True),
        ("204", "normal", True),
        ("205", "normal", True),
        ("206", "partial", True),
        ("207", "pause", False),
        ("208", "pause", False),
        ("209", "normal", True),
        ("210", "stop", False),
        ("211", "grace", False),
        ("212", "paid", False),
        ("213", "undelivered", False),
        ("220", "stop", False),
        ("221", "undelivered", False),
        ("225", "factor", False),
        ("226", "discreet", True),
        ("227", "factor", False),
        ("501", "undelivered", False),
        # Names that Odoo gives them.
        ("contested", "pause", False),
        ("suspended", "pause", False),
        ("refused", "stop", False),
        ("payment_sent", "grace", False),
        ("made_available", "normal", True),
        ("PD", "paid", False),
        ("RE", "undelivered", False),
        ("AP", "normal", True),
        ("cancelled", "stop", False),
        ("error", "undelivered", False),
        # What says nothing changes nothing.
        ("ready", "normal", True),
        ("to_send", "normal", True),
        ("999", "normal", True),
        ("", "normal", True),
        (None, "normal", True),
        (False, "normal", True),
    ],
)
def test_the_policy_of_a_status(status, effect, chase):
    found = einvoice.policy_of(status)
    assert (found.effect, found.chase) == (effect, chase)


def test_a_refusal_is_a_task_of_ours_and_a_dispute_is_theirs():
    assert einvoice.policy_of("210").ours and not einvoice.policy_of("210").dispute
    assert einvoice.policy_of("207").dispute and not einvoice.policy_of("207").ours


def test_every_code_has_a_policy_and_one_code_per_name():
    names = [name for found in einvoice._NAMES.values() for name in found]
    assert len(names) == len(set(names))
    assert set(einvoice._NAMES) <= set(einvoice._BY_CODE)
    assert set(einvoice._BY_CODE.values()) == set(einvoice.POLICIES)
