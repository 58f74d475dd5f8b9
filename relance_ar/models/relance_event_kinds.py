"""The kinds of contacts, apart from the models: who imports them loads none."""

from .relance_channel import CHANNELS

ANSWER, FAILED, POSTAL, LITIGATION = "answer", "failed", "postal", "litigation"
DISPUTE, PROMISE, PLAN, HANDOVER = "dispute", "promise", "plan", "handover"
MERGED = "merged"
KINDS = [
    *CHANNELS,
    (ANSWER, "Answer of the debtor"),
    (FAILED, "It did not arrive"),
    (POSTAL, "Fate of a registered letter"),
    (LITIGATION, "Litigation"),
    (DISPUTE, "Dispute"),
    (PROMISE, "Promise to pay"),
    (PLAN, "Payment plan"),
    (HANDOVER, "Handed over"),
    (MERGED, "Accounts merged"),
]
# A call or a visit in which nobody was spoken to: no contact yet.
ATTEMPT = "attempt"
