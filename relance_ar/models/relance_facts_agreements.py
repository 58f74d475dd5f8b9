from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from odoo import api, fields, models

from ..core import instalments, promise
from ..core.ladder import ZERO
from ..core.schedule import Reason


@dataclass(slots=True)
class Agreed:
    """What was said about one instalment.

    :param disputed: the part that is contested, in its currency
    :param pause: last day on which nobody is written to about it, and why
    :param broken_on: last day of the latest promise or plan that was not kept
    """

    disputed: Decimal = ZERO
    pause: tuple[date, Reason] | None = None
    broken_on: date | None = None


class RelanceFactsAgreements(models.AbstractModel):
    """Reads the disputes, promises and plans about the lines of a batch of debtors."""

    _name = "relance.facts.agreements"
    _description = "Facts about disputes, promises and plans"

    @api.model
    def _apply_agreements(self, facts, company):
        """Tell the core's lines what was said about them, in place.

        :param facts: ``{partner id: DebtorFacts}`` with their lines
        """
        lines = {
            line.id: line for found in facts.values() for line in found.debtor.lines
        }
        today = fields.Date.context_today(self)
        agreed = self._load_agreements(list(lines), company, today)
        for line_id, about in agreed.items():
            self._apply(lines[line_id], about)

    @api.model
    def _apply(self, line, about):
        line.pause, line.broken_on = about.pause, about.broken_on
        if about.disputed <= ZERO or line.residual <= ZERO:
            return
        reason = {"amount": about.disputed}
        if about.disputed >= line.residual:
            line.blocks = (*line.blocks, Reason("disputed", reason))
            return
        left = line.residual - about.disputed
        if line.worth is not None:
            line.worth = (line.worth * left / line.residual).quantize(Decimal("0.01"))
        line.residual = left
        line.notes = (*line.notes, Reason("disputed_part", reason))

    @api.model
    def _load_agreements(self, line_ids, company, today):
        """Return ``{line id: Agreed}`` for the lines about which something was said.

        Two queries when nothing was; a dozen at most otherwise, whatever the number of
        lines.
        """
        found = defaultdict(Agreed)
        if not line_ids:
            return found
        # sudo: what was said about these lines, for whoever plans or explains.
        self = self.sudo()
        disputed = self.env["relance.dispute"]._load_disputed_parts(line_ids)
        for line_id, part in disputed.items():
            found[line_id].disputed = part
        self._add_promises(found, line_ids, today)
        self._add_plans(found, line_ids, company, today)
        return found

    @api.model
    def _add_promises(self, found, line_ids, today):
        """Add the promises under way, and those that were broken.

        What is noted on them may be of yesterday: the books are asked again.
        """
        pairs = self.env["relance.promise"]._load_of_lines(line_ids)
        promises = self.env["relance.promise"].browse({pair[0] for pair in pairs})
        outcomes = {r.id: outcome for r, outcome in promises._judge(today).items()}
        kept = defaultdict(lambda: date.min)
        of_lines = [(line_id, promises.browse(pid)) for pid, line_id in pairs]
        for line_id, record in of_lines:
            if outcomes[record.id].state == promise.KEPT:
                kept[line_id] = max(kept[line_id], record.date_limit)
        for line_id, record in of_lines:
            about, state = found[line_id], outcomes[record.id].state
            if state == promise.OPEN and record.is_pausing:
                params = {
                    "amount": record.amount,
                    "on": record.date,
                    "until": record.date_limit,
                }
                self._pause(about, record.date_limit, Reason("promise", params))
            elif state == promise.BROKEN and record.date_limit >= kept[line_id]:
                self._break(about, record.date_limit)

    @api.model
    def _add_plans(self, found, line_ids, company, today):
        """Add the plans under way, and those that were broken."""
        plans = self.env["relance.plan"].search(
            [
                ("move_line_ids", "in", line_ids),
                ("state", "in", ("active", "broken", "done")),
            ]
        )
        running = plans.filtered(lambda r: r.state in ("active", "done"))
        wanted = set(line_ids)
        calendar = running and company._get_relance_calendar()
        for record, progress in running._progress(today).items():
            following = progress.next_one
            for line_id in wanted & set(record.move_line_ids.ids) if following else ():
                limit = record._limit(following.day, calendar)
                if progress.state == instalments.BROKEN:
                    self._break(found[line_id], limit)
                    continue
                params = {"plan": record.reference, "on": following.day, "until": limit}
                self._pause(found[line_id], limit, Reason("plan", params))
        for record in plans - running:
            for line_id in wanted & set(record.move_line_ids.ids):
                self._break(found[line_id], record.broken_on)

    @staticmethod
    def _pause(about, until, reason):
        if not about.pause or until > about.pause[0]:
            about.pause = (until, reason)

    @staticmethod
    def _break(about, day):
        about.broken_on = max(filter(None, (about.broken_on, day)), default=None)
