"""What the life-cycle status of an electronic invoice means for collections.

Codes and keys of the life cycle: AFNOR XP Z12-014, in the lists of the national forum
(FNFE-MPE); names that Odoo and community addons give them. The policy is a reading: the
reference of the project, section 7.4.
"""

from typing import NamedTuple

NORMAL, UNDELIVERED, PARTIAL = "normal", "undelivered", "partial"
PAUSE, STOP, GRACE, PAID = "pause", "stop", "grace", "paid"
FACTOR, DISCREET, WAIT = "factor", "discreet", "wait"
# Days that a payment said to be on its way is given.
GRACE_DAYS = 5


class Policy(NamedTuple):
    """What to do about an invoice.

    :param effect: one of the codes above
    :param chase: whether a reminder may ask for it
    :param dispute: whether it opens a dispute
    :param ours: whether our own side has something to put right
    """

    effect: str
    chase: bool
    dispute: bool = False
    ours: bool = False


POLICIES = {
    NORMAL: Policy(NORMAL, chase=True),
    WAIT: Policy(WAIT, chase=True),
    UNDELIVERED: Policy(UNDELIVERED, chase=False, ours=True),
    PARTIAL: Policy(PARTIAL, chase=True, dispute=True),
    PAUSE: Policy(PAUSE, chase=False, dispute=True),
    STOP: Policy(STOP, chase=False, ours=True),
    GRACE: Policy(GRACE, chase=False),
    PAID: Policy(PAID, chase=False),
    FACTOR: Policy(FACTOR, chase=False, ours=True),
    DISCREET: Policy(DISCREET, chase=True),
}
_BY_CODE = {
    "200": WAIT,
    "201": WAIT,
    "202": WAIT,
    "203": NORMAL,
    "204": NORMAL,
    "205": NORMAL,
    "206": PARTIAL,
    "207": PAUSE,
    "208": PAUSE,
    "209": NORMAL,
    "210": STOP,
    "211": GRACE,
    "212": PAID,
    "213": UNDELIVERED,
    "214": NORMAL,
    "220": STOP,
    "221": UNDELIVERED,
    "225": FACTOR,
    "226": DISCREET,
    "227": FACTOR,
    "228": NORMAL,
    "501": UNDELIVERED,
}
# Names by which Odoo (l10n_fr_pdp, account_peppol) and others keep the same statuses.
_NAMES = {
    "200": ("submitted", "sent", "done", "processing"),
    "201": ("ap_sent",),
    "202": ("ab", "ap_received", "received"),
    "203": ("made_available", "ap_available"),
    "204": ("in_hand",),
    "205": ("ap", "approved"),
    "206": ("partially_approved",),
    "207": ("contested", "dispute", "uq"),
    "208": ("suspended",),
    "209": ("completed",),
    "210": ("refused",),
    "211": ("payment_sent",),
    "212": ("pd", "paid", "payment_received"),
    "213": ("re", "rejected", "error"),
    "214": ("stamped",),
    "220": ("cancelled",),
    "221": ("routing_error",),
    "225": ("factored",),
    "226": ("undisclosed_factored",),
    "227": ("payment_entity_change",),
    "228": ("not_factored",),
    "501": ("unacceptable",),
}
_CODE_OF = {name: code for code, names in _NAMES.items() for name in names}


def code_of(status: str | None) -> str:
    """Return the three-digit code of a status given by code or by name, or ""."""
    known = str(status or "").strip().lower()
    return known if known in _BY_CODE else _CODE_OF.get(known, "")


def policy_of(status: str | None) -> Policy:
    """Return what a status asks for; an unknown one, or none, changes nothing."""
    return POLICIES[_BY_CODE.get(code_of(status), NORMAL)]
