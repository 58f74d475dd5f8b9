"""What the books say of how a debtor pays, and the figures worth telling of it."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from .amounts import ZERO
from .schedule import Reason

UNKNOWN, CLOSED, PROCEEDINGS = "unknown", "closed", "insolvency"

# The evidence goes back this far.
MONTHS = 12
# A payment is put down to a reminder when it comes this many days after it at most.
REMINDED_DAYS = 10
# Bank days: a transfer ordered on a due date that is a Friday arrives on the Monday.
# Up to this many days after the due date a payment counts as on time.
ON_TIME_DAYS = 2


@dataclass(frozen=True, slots=True)
class Evidence:
    """What the books say of one debtor in one company, over the last 12 months.

    Amounts are in the currency of the company, shares lie between 0 and 1.

    :param paid_count: instalments of invoices paid, wholly or in part
    :param days_late_mean: days from maturity to payment, weighted by the amounts;
        negative when paid early
    :param days_late_spread: standard deviation of these days, weighted alike
    :param on_time_share: of the amount paid, up to ``ON_TIME_DAYS`` after maturity
    :param after_reminder_share: of the amount paid, within ``REMINDED_DAYS`` after a
        confirmed reminder about that instalment
    :param automatic_share: of the amount paid, by a method such as a direct debit
    :param prefers_automatic: an automatic method is the customer's own
    :param invoice_count: invoices sent
    :param overdue_amount: owed today beyond maturity, net of free credits
    :param overdue_days_max: age of the oldest overdue instalment
    :param solvency: ``unknown``, ``active``, ``closed`` or ``insolvency``
    """

    today: date
    paid_amount: Decimal = ZERO
    paid_count: int = 0
    days_late_mean: float = 0
    days_late_spread: float = 0
    on_time_share: float = 0
    after_reminder_share: float = 0
    automatic_share: float = 0
    prefers_automatic: bool = False
    is_public_body: bool = False
    solvency: str = UNKNOWN
    promises_kept: int = 0
    promises_broken: int = 0
    disputes_upheld: int = 0
    disputes_rejected: int = 0
    invoice_count: int = 0
    overdue_amount: Decimal = ZERO
    overdue_days_max: int = 0
    last_payment: date | None = None

    @property
    def promises(self) -> int:
        """How many promises have come to their term."""
        return self.promises_kept + self.promises_broken

    @property
    def disputes(self) -> int:
        """How many disputes were settled, whoever was right."""
        return self.disputes_upheld + self.disputes_rejected

    @property
    def silent_days(self) -> int:
        """Days since the last payment, 0 if none is known."""
        return (self.today - self.last_payment).days if self.last_payment else 0


def percent(share: float) -> int:
    """Return a share in whole percents."""
    return round(share * 100)


def figures_of(evidence: Evidence) -> list[Reason]:
    """Return the main figures as reasons, whatever the decision."""
    return [*_payments(evidence), *_debt(evidence), *_standing(evidence)]


def _payments(evidence):
    """Return how the debtor pays."""
    if not evidence.paid_count:
        return [Reason("profile_no_payment", {"months": MONTHS})]
    days = round(evidence.days_late_mean)
    kind = "late" if days > 0 else "early" if days < 0 else "punctual"
    params = {
        "days": abs(days),
        "months": MONTHS,
        "spread": round(evidence.days_late_spread),
        "count": evidence.paid_count,
        "amount": evidence.paid_amount,
    }
    shares = (
        ("profile_on_time", evidence.on_time_share, {}),
        ("profile_reminded", evidence.after_reminder_share, {"days": REMINDED_DAYS}),
        ("profile_automatic_share", evidence.automatic_share, {}),
    )
    return [
        Reason(f"profile_{kind}", params),
        *(
            Reason(code, {"percent": percent(share), **more})
            for code, share, more in shares
            if share or code == "profile_on_time"
        ),
    ]


def _debt(evidence):
    """Return what is owed, and since when nothing came."""
    if not evidence.overdue_amount:
        return [Reason("profile_nothing_overdue")]
    amount, days = evidence.overdue_amount, evidence.overdue_days_max
    reasons = [Reason("profile_overdue", {"amount": amount, "days": days})]
    if evidence.last_payment:
        params = {"on": evidence.last_payment, "days": evidence.silent_days}
        reasons.append(Reason("profile_last_payment", params))
    return reasons


def _standing(evidence):
    """Return what else is known: agreements, solvency."""
    reasons = []
    if evidence.promises:
        params = {"kept": evidence.promises_kept, "broken": evidence.promises_broken}
        reasons.append(Reason("profile_promises", params))
    if evidence.disputes:
        params = {
            "upheld": evidence.disputes_upheld,
            "rejected": evidence.disputes_rejected,
            "invoices": evidence.invoice_count,
        }
        reasons.append(Reason("profile_disputes", params))
    if evidence.solvency != UNKNOWN:
        reasons.append(Reason("profile_solvency", {"state": evidence.solvency}))
    return reasons
