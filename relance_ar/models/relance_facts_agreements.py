from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from odoo import api, fields, models

from ..core import instalments, promise
from ..core.amounts import ZERO
from ..core.schedule import Reason


@dataclass(slots=True)
class Agreed:
    """What was said about one instalment.

    :param disputed: the part that is contested, in its currency
    :param holds: last days on which nobody is written to about it, and why; None in the
        place of a day: until somebody says so
    :param broken_on: last day of the latest promise or plan that was not kept
    """

    disputed: Decimal = ZERO
    holds: list[tuple[date | None, Reason]] = field(default_factory=list)
    broken_on: date | None = None

    def holds_on(self, day):
        """Return why nobody is written to about it on ``day``."""
        return [why for until, why in self.holds if until is None or until >= day]

    def note_broken(self, day):
        """Keep the latest of the days on which something was not kept."""
        self.broken_on = max(filter(None, (self.broken_on, day)), default=None)

    def tell(self, line):
        """Tell it to the core's line."""
        line.broken_on = self.broken_on
        for until, why in self.holds:
            line.hold(until, why)
        line.dispute(self.disputed)


class RelanceFactsAgreements(models.AbstractModel):
    """Reads what was said about the lines of a batch of debtors: holds, disputes,
    promises, payment plans and formal notices."""

    _name = "relance.facts.agreements"
    _description = "Facts about holds, disputes, promises and plans"

    @api.model
    def _apply_agreements(self, facts):
        """Tell the core's lines what was said about them, in place.

        :param facts: ``{partner id: DebtorFacts}`` with their lines
        """
        lines = {
            line.id: line for found in facts.values() for line in found.debtor.lines
        }
        today = fields.Date.context_today(self)
        for line_id, about in self._load_agreements(list(lines), today).items():
            about.tell(lines[line_id])

    @api.model
    def _load_agreements(self, line_ids, today):
        """Return ``{line id: Agreed}`` for the lines about which something was said.

        Five queries when nothing was; a dozen more at most, whatever the number of
        lines.
        """
        found = defaultdict(Agreed)
        if not line_ids:
            return found
        # sudo: what was said about these lines, for whoever plans or explains.
        self = self.sudo()
        for line_id, hold in self.env["relance.line.hold"]._load(line_ids).items():
            found[line_id].holds.append((hold["until"], Reason("line_hold", hold)))
        disputed = self.env["relance.dispute"]._load_disputed_parts(line_ids)
        for line_id, part in disputed.items():
            found[line_id].disputed = part
        self._add_promises(found, line_ids, today)
        self._add_plans(found, line_ids, today)
        self._add_notices(found, line_ids)
        return found

    @api.model
    def _add_notices(self, found, line_ids):
        """Add until when the next step waits for a registered formal notice."""
        notices = self.env["relance.registered.letter"]._load_notices(line_ids)
        for line_id, notice in notices.items():
            if hold := notice.hold():
                found[line_id].holds.append(hold)

    @api.model
    def _add_promises(self, found, line_ids, today):
        """Add the promises under way, and those that were broken.

        What is noted on them may be of yesterday: the books are asked again.
        """
        promises = self.env["relance.promise"]
        of_lines = promises._load_of_lines(line_ids)
        outcomes = promises.union(*of_lines.values())._judge(today) if of_lines else {}
        for line_id, records in of_lines.items():
            by_state = records.grouped(lambda record: outcomes[record].state)
            kept = by_state.get(promise.KEPT, promises).mapped("date_limit")
            for record in by_state.get(promise.OPEN, promises).filtered("is_pausing"):
                until = record._get_hold_until(outcomes[record])
                why = Reason("promise", {**record._get_hold_params(), "until": until})
                found[line_id].holds.append((until, why))
            for record in by_state.get(promise.BROKEN, promises):
                if record.date_limit >= max(kept, default=date.min):
                    found[line_id].note_broken(record.date_limit)

    @api.model
    def _add_plans(self, found, line_ids, today):
        """Add the plans under way, and those that were broken."""
        plans = self.env["relance.plan"]
        of_lines = plans._load_of_lines(line_ids)
        if not of_lines:
            return
        every = plans.union(*of_lines.values())
        progress = every.filtered(lambda r: r.state in ("active", "done"))._progress(
            today
        )
        for line_id, records in of_lines.items():
            for record in records:
                stands = progress.get(record)
                awaited = stands and stands.next_one
                if record.state == "broken":
                    found[line_id].note_broken(record.broken_on)
                elif awaited and stands.state == instalments.BROKEN:
                    found[line_id].note_broken(awaited.limit)
                elif awaited:
                    params = {"plan": record.reference, "on": awaited.day}
                    why = Reason("plan", {**params, "until": stands.until})
                    found[line_id].holds.append((stands.until, why))
