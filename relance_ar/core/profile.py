"""How a debtor pays: one of seven profiles, proposed from evidence.

The profiles are those of the articles on getting paid (seeds, "Recouvrement de
factures"): each rule below cites the definition that it turns into figures. ``assess``
only proposes; a person decides. Same evidence, same answer. The words of the reasons
are chosen (and translated) by the caller.
"""

from dataclasses import dataclass
from decimal import Decimal

from .payer_evidence import (
    CLOSED,
    ON_TIME_DAYS,
    PROCEEDINGS,
    Evidence,
    figures_of,
    percent,
)
from .schedule import Reason

NEGLIGENT, BAD_PAYER, INSOLVENT = "negligent", "bad_payer", "insolvent"
ADMINISTRATIVE, DISPUTE = "administrative", "dispute"
AUTOMATIC, GOOD = "automatic", "good"


@dataclass(frozen=True, slots=True)
class Thresholds:
    """Where one profile ends and the next begins. The articles give no figures.

    :param min_count: instalments paid (or invoices sent, when an old debt speaks for
        itself) without which nothing is proposed
    :param small_share: of the amount paid, under which what is overdue does not count:
        a bank charge, a forgotten cent
    :param silence_days: without any payment, for a debtor who has stopped paying
    :param old_days: age beyond which a debt is old: another whole term at the legal
        maximum of 60 days (Code de commerce, L441-10) has gone by
    :param automatic_share: of the amount paid by automatic methods
    :param circuit_count: instalments paid before a regular delay is called a circuit
    :param circuit_late: days late, at least, of a circuit
    :param circuit_spread: days of spread, at most, of a circuit
    :param dispute_count: disputes before they are called systematic
    :param dispute_share: of the invoices
    :param bad_late: days late on average, from which nobody pleads an oversight
    :param broken_count: promises broken before they count
    :param broken_share: of the promises
    :param good_late: days late on average, at most: those of the bank
    :param good_on_time_share: of the amount paid
    :param good_overdue_days: age, at most, of what a good payer still owes
    :param reminded_share: of the amount paid just after a reminder
    """

    min_count: int = 3
    small_share: Decimal = Decimal("0.02")
    silence_days: int = 90
    old_days: int = 60
    automatic_share: float = 0.8
    circuit_count: int = 6
    circuit_late: float = 10
    circuit_spread: float = 5
    dispute_count: int = 3
    dispute_share: float = 0.3
    bad_late: float = 30
    broken_count: int = 2
    broken_share: float = 0.5
    good_late: float = ON_TIME_DAYS
    good_on_time_share: float = 0.9
    good_overdue_days: int = 5
    reminded_share: float = 0.5

    def overdue_days(self, evidence: Evidence) -> int:
        """Return the age of the oldest debt, 0 when too little of it is owed."""
        small = self.small_share * evidence.paid_amount
        return evidence.overdue_days_max if evidence.overdue_amount > small else 0


@dataclass(frozen=True, slots=True)
class Assessment:
    """A proposed profile, None without enough history; why: figures, then decision."""

    code: str | None
    reasons: list[Reason]


DEFAULTS = Thresholds()


def assess(evidence: Evidence, thresholds: Thresholds = DEFAULTS) -> Assessment:
    """Return the profile that the evidence speaks for, and why.

    The first rule that applies decides: what one can do nothing about by reminding
    (insolvency, a machine, a circuit) comes before what one can.
    """
    code, decisive = next(
        (code, found)
        for code, rule in RULES
        if (found := rule(evidence, thresholds))  # the last rule takes everybody
    )
    return Assessment(code, [*figures_of(evidence), *decisive])


# ------------------------------------------------------------------------- rules


def _insolvent(evidence, thresholds):
    """Decide on "cannot pay for the moment".

    A public notice says so, or somebody who paid regularly has stopped altogether. An
    habitually very late payer is not meant: silence is nothing new there.
    """
    if evidence.solvency in (CLOSED, PROCEEDINGS):
        return [Reason("profile_is_in_proceedings", {"state": evidence.solvency})]
    was_regular = (
        evidence.paid_count >= thresholds.min_count
        and evidence.days_late_mean < thresholds.bad_late
    )
    overdue = thresholds.overdue_days(evidence)
    has_stopped = evidence.silent_days >= thresholds.silence_days
    if was_regular and has_stopped and overdue > thresholds.old_days:
        params = {"days": evidence.silent_days, "overdue": overdue}
        return [Reason("profile_has_stopped", params)]
    return []


def _automatic(evidence, thresholds):
    """Decide on "has agreed to an automatic way of paying, such as the LCR"."""
    share = evidence.automatic_share
    if evidence.prefers_automatic:
        return [Reason("profile_is_automatic")]
    if (
        evidence.paid_count >= thresholds.min_count
        and share >= thresholds.automatic_share
    ):
        return [Reason("profile_pays_automatically", {"percent": percent(share)})]
    return []


def _administrative(evidence, thresholds):
    """Decide on "a large structure whose circuit swallows invoices and reminders".

    A public body; or a delay so regular that a circuit explains it better than ill
    will: neither reminders nor promises change it.
    """
    if evidence.is_public_body:
        return [Reason("profile_is_public")]
    is_circuit = (
        evidence.paid_count >= thresholds.circuit_count
        and evidence.days_late_mean >= thresholds.circuit_late
        and evidence.days_late_spread <= thresholds.circuit_spread
    )
    is_moved = (
        evidence.after_reminder_share >= thresholds.reminded_share
        or evidence.promises_broken >= thresholds.broken_count
    )
    return [Reason("profile_is_circuit")] if is_circuit and not is_moved else []


def _too_short(evidence, thresholds):
    """Propose nothing on the strength of a payment or two."""
    is_old = thresholds.overdue_days(evidence) > thresholds.old_days
    count = max(evidence.paid_count, evidence.invoice_count if is_old else 0)
    if count >= thresholds.min_count:
        return []
    params = {"count": count, "least": thresholds.min_count}
    return [Reason("profile_too_short", params)]


def _disputing(evidence, thresholds):
    """Decide on "always has a dispute, valid or not, to justify not paying"."""
    count = evidence.disputes
    share = count / evidence.invoice_count if evidence.invoice_count else 1
    if count < thresholds.dispute_count or share < thresholds.dispute_share:
        return []
    return [Reason("profile_is_disputing", {"percent": percent(min(share, 1))})]


def _bad(evidence, thresholds):
    """Decide on "gains weeks or months of cash by paying as late as possible"."""
    reasons = []
    overdue = thresholds.overdue_days(evidence)
    if evidence.days_late_mean >= thresholds.bad_late:
        reasons.append(Reason("profile_is_very_late", {"days": thresholds.bad_late}))
    if overdue > thresholds.old_days:
        reasons.append(Reason("profile_has_old_debt", {"days": overdue}))
    broken, promises = evidence.promises_broken, evidence.promises
    if (
        broken >= thresholds.broken_count
        and broken >= thresholds.broken_share * promises
    ):
        params = {"broken": broken, "promises": promises}
        reasons.append(Reason("profile_breaks_promises", params))
    return reasons


def _good(evidence, thresholds):
    """Decide on "pays on the very day, if not before, without exception"."""
    is_good = (
        evidence.days_late_mean <= thresholds.good_late
        and evidence.on_time_share >= thresholds.good_on_time_share
        and thresholds.overdue_days(evidence) <= thresholds.good_overdue_days
    )
    return [Reason("profile_is_good")] if is_good else []


def _negligent(evidence, thresholds):
    """Decide on "waits to be reminded": whoever is late now and then, without more."""
    if evidence.after_reminder_share >= thresholds.reminded_share:
        return [Reason("profile_waits_for_reminders")]
    return [Reason("profile_is_often_late")]


RULES = (
    (INSOLVENT, _insolvent),
    (AUTOMATIC, _automatic),
    (ADMINISTRATIVE, _administrative),
    (None, _too_short),
    (DISPUTE, _disputing),
    (BAD_PAYER, _bad),
    (GOOD, _good),
    (NEGLIGENT, _negligent),
)
