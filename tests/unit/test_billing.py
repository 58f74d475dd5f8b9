"""What customers ask of their invoices, and what every invoice should carry."""

import pytest
from core import billing
from core.billing import Invoice, Requirement

FULL = Invoice(
    references={"order": "PO 12", "market": "M1", "commitment": "E1", "service": "S1"},
    has_delivery=True,
    address_id=7,
    wanted_address_id=7,
    validator="Mrs Roux",
    portal="chorus",
    attachments=("Delivery note 12.pdf",),
    lines=("Maintenance of the lift, March 2026",),
)


def missing(invoice, *asked):
    """Return kinds and severities of what is missing."""
    return [(m.kind, m.severity) for m in billing.check(invoice, asked)]


@pytest.mark.parametrize("kind", sorted({*billing.OF_CUSTOMERS, *billing.OF_ALL}))
def test_a_full_invoice_meets_each_requirement(kind):
    detail = {"portal": "chorus", "attachment": "delivery NOTE"}.get(kind, "")
    assert missing(FULL, Requirement(kind, "block", detail)) == []


@pytest.mark.parametrize(
    ("kind", "detail", "invoice"),
    [
        ("order", "", Invoice(references={"order": "  "})),
        ("market", "", Invoice()),
        ("commitment", "", Invoice(references={"commitment": None})),
        ("service", "", Invoice()),
        ("delivery", "", Invoice()),
        ("invoice_address", "", Invoice(address_id=7, wanted_address_id=8)),
        ("portal", "chorus", Invoice(portal="email")),
        ("attachment", "", Invoice()),
        ("attachment", "delivery note", Invoice(attachments=("order.pdf",))),
        ("validator", "", Invoice()),
        ("due_date", "", Invoice(has_due_date=False)),
        ("method", "", Invoice(has_method=False)),
        ("account", "", Invoice(has_account=False)),
        ("description", "", Invoice(lines=("Lift maintenance", "Service"))),
    ],
)
def test_what_is_missing_is_found(kind, detail, invoice):
    asked = Requirement(kind, "warn", detail)
    assert missing(invoice, asked) == [(kind, "warn")]


def test_what_is_ignored_is_not_told():
    assert missing(Invoice(), Requirement("order", "ignore")) == []


def test_a_kind_is_told_once_and_by_its_gravest():
    found = missing(
        Invoice(),
        Requirement("market", "warn"),
        Requirement("order", "warn"),
        Requirement("order", "block"),
    )
    assert found == [("order", "block"), ("market", "warn")]
    milder = missing(Invoice(), Requirement("order", "block"), Requirement("order"))
    assert milder == [("order", "block")]


def test_an_address_that_nobody_asked_for_is_never_wrong():
    assert missing(Invoice(address_id=3), Requirement("invoice_address")) == []


@pytest.mark.parametrize(
    ("text", "good"),
    [
        ("Maintenance of the lift, March 2026", True),
        ("Conseil juridique", True),
        ("Service", False),
        ("12345 6789", False),
        ("Prestation", False),
        ("A b", False),
        ("", False),
    ],
)
def test_a_description_says_what_was_sold(text, good):
    assert billing.is_description(text) is good
