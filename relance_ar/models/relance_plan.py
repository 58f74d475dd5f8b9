from dataclasses import dataclass, replace
from decimal import Decimal
from functools import cached_property
from hashlib import sha256

from ..core import schedule
from ..core.preflight import verdict

HELD, PROPOSED = "held", "proposed"


@dataclass(eq=False)
class Plan:
    """One reminder to be: due decisions with one debtor, currency and recipient.

    What follows from the decisions is worked out once: they are not changed any more,
    ``without`` makes another plan.

    :param ceiling: what officers may approve, in the currency of the company
    :param credit: the part of the debtor's credits that is set against it, positive
    """

    facts: object
    currency_id: int
    recipient: object
    decisions: list
    ceiling: float = 0.0
    credit: Decimal = schedule.ZERO

    def without(self, line_ids):
        """Return the plan less the decisions on these lines."""
        left = [d for d in self.decisions if d.line.id not in line_ids]
        return replace(self, decisions=left)

    @cached_property
    def lead(self):
        """Return the decision that sets the tone: the firmest, then the oldest."""
        firmest = max(d.level.rank for d in self.decisions)
        return next(d for d in self.decisions if d.level.rank == firmest)

    @cached_property
    def state(self):
        """Return ``held`` for our own side or a debtor who cannot be reached."""
        return HELD if self.lead.waits_for else PROPOSED

    @property
    def held_by(self):
        """Return what holds it on our side: line id, code of the check, particulars."""
        return [
            (d.line.id, reason.code.removeprefix("check_"), reason.params)
            for d in self.decisions
            for reason in d.line.held
        ]

    @cached_property
    def findings(self):
        """Return ``{line id: what is not in order on our side}``, in order of lines."""
        known = self.facts.findings
        ids = [d.line.id for d in self.decisions]
        return {i: known[i] for i in ids if i in known}

    @property
    def preflight_state(self):
        """Return the gravest severity of the findings."""
        return verdict(f for found in self.findings.values() for f in found)

    @cached_property
    def principal(self):
        """Return what the reminder is about, in the currency of the company."""
        return sum(decision.line.principal for decision in self.decisions)

    @cached_property
    def line_ids(self):
        """Return the ids of the lines, to find the plan that follows a proposal."""
        return {decision.line.id for decision in self.decisions}

    @property
    def is_over(self):
        """Say whether it is about more than officers may approve."""
        return bool(self.ceiling and float(self.principal) > self.ceiling)

    @cached_property
    def to_pay(self):
        """Return the lines that the message asks to pay."""
        return [decision.line for decision in schedule.claimed(self.decisions)]

    @cached_property
    def asked(self):
        """Return what the message asks to pay, credits not yet taken off."""
        return sum(line.residual for line in self.to_pay)

    @property
    def credits(self):
        """Return the credits in that currency, to list them; None without any."""
        return self.facts.credits.get(self.currency_id)

    @property
    def fingerprint(self):
        """Return a digest of all that the reminder is made from.

        As long as it is the same, a proposal keeps what an officer changed in it.
        """
        content = (
            self.state,
            self.lead.channel,
            self.recipient.contact_id,
            self.recipient.lang,
            self.facts.user_id,
            self.is_over,
            str(self.credit),
            self.credits,
            sorted(
                (d.line.id, d.level.id, *map(str, self._amounts(d.line)))
                for d in self.decisions
            ),
            [
                (line_id, finding.code, finding.severity)
                for line_id, found in sorted(self.findings.items())
                for finding in found
            ],
            [
                (line_id, code, sorted((k, str(v)) for k, v in params.items()))
                for line_id, code, params in self.held_by
            ],
        )
        return sha256(repr(content).encode()).hexdigest()[:32]

    @staticmethod
    def _amounts(line):
        """Return what is asked of a line, and what is left out if anything is."""
        return [line.residual, *([line.disputed] if line.disputed else [])]
