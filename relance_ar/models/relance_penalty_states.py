"""States of a claim of penalties, and of the offer to waive it."""

DRAFT, CLAIMED, WAIVED, INVOICED, CANCELLED = (
    "draft",
    "claimed",
    "waived",
    "invoiced",
    "cancelled",
)
STATES = [
    (DRAFT, "Draft"),
    (CLAIMED, "Claimed"),
    (WAIVED, "Waived"),
    (INVOICED, "Invoiced"),
    (CANCELLED, "Cancelled"),
]
# What is over: its days are never asked for again, by a reminder either.
SETTLED = (WAIVED, INVOICED)
LIVE = (DRAFT, CLAIMED, *SETTLED)

OFFERED, GRANTED, LAPSED = "offered", "granted", "lapsed"
OFFERS = [(OFFERED, "Offered"), (GRANTED, "Granted"), (LAPSED, "Lapsed")]
