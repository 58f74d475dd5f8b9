from collections import defaultdict
from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal

from odoo import api, models
from odoo.fields import Domain

from ..core import forecast
from ..core.amounts import ZERO

# Days that disputes take where none was settled yet: the working time of most reasons.
USUAL_DISPUTE_DAYS = 30
OPEN_DISPUTES = ("open", "escalated")


@dataclass
class Said:
    """What was said about some lines together."""

    line_ids: list = field(default_factory=list)
    agreed: list = field(default_factory=list)
    disputes: list = field(default_factory=list)


@dataclass
class Agreed:
    """What was said, by group of lines that belong together.

    :param group_of: ``{line id: id of its group}``
    :param groups: ``{id of the group: Said}``
    """

    group_of: dict = field(default_factory=dict)
    groups: dict = field(default_factory=lambda: defaultdict(Said))

    def join(self, line_ids):
        """Return the id of the one group that all these lines are in from now on."""
        known = {self.group_of[i] for i in line_ids if i in self.group_of}
        # The smaller ones go into the largest, so that no line moves often.
        into = max(
            known, key=lambda g: (len(self.groups[g].line_ids), -g), default=None
        )
        if into is None:
            into = min(line_ids)
        said = self.groups[into]
        for other in known - {into}:
            moved = self.groups.pop(other)
            said.agreed += moved.agreed
            said.disputes += moved.disputes
            self._add(into, moved.line_ids)
        self._add(into, [i for i in line_ids if i not in self.group_of])
        return into

    def _add(self, group_id, line_ids):
        """Put lines into a group."""
        self.groups[group_id].line_ids += line_ids
        self.group_of.update(dict.fromkeys(line_ids, group_id))


class RelanceForecastAgreed(models.AbstractModel):
    """Reads the plans, promises and disputes that say when money comes in."""

    _name = "relance.forecast.agreed"
    _inherit = ["relance.kpi.scope"]
    _description = "Agreements that a forecast follows"

    @api.model
    def _load_agreed(self, scope, rates):
        """Return what was said about lines, in the currency of the scope."""
        found = Agreed()
        self._add_plans(scope, rates, found)
        self._add_promises(scope, rates, found)
        self._add_disputes(scope, rates, found)
        return found

    @api.model
    def _worth(self, scope, record, amount, rates):
        """Return an amount of a record in the currency of the scope."""
        rate = self._rate_of(
            scope, record.company_id.id, record.currency_id.id, scope.day, rates
        )
        return self._to_decimal(amount) * rate

    @api.model
    def _add_plans(self, scope, rates, found):
        """Add the instalments still to come of the active plans."""
        plans = self.env["relance.plan"].search(
            self._scope_domain(scope) & Domain("state", "=", "active")
        )
        line_ids = plans._line_ids_by_record()
        for plan in plans:
            if not line_ids[plan.id]:
                continue
            said = found.groups[found.join(line_ids[plan.id])]
            for instalment in plan.instalment_ids:
                missing = instalment.amount - instalment.amount_paid
                amount = self._worth(scope, plan, missing, rates)
                if amount > ZERO:
                    said.agreed.append(
                        forecast.Agreed(instalment.date, amount, forecast.PLAN)
                    )

    @api.model
    def _add_promises(self, scope, rates, found):
        """Add the promises under way about lines that are in no plan."""
        promises = self.env["relance.promise"].search(
            self._scope_domain(scope) & Domain("state", "=", "open"), order="date, id"
        )
        line_ids = promises._line_ids_by_record()
        planned = set(found.group_of)
        for promise in promises:
            of_promise = [i for i in line_ids[promise.id] if i not in planned]
            amount = self._worth(
                scope, promise, promise.amount - promise.amount_received, rates
            )
            if of_promise and amount > ZERO:
                said = found.groups[found.join(of_promise)]
                said.agreed.append(forecast.Agreed(promise.date, amount))

    @api.model
    def _add_disputes(self, scope, rates, found):
        """Add the disputed parts, and the day on which they are expected to end."""
        disputes = self.env["relance.dispute"].search(
            self._scope_domain(scope) & Domain("state", "in", OPEN_DISPUTES)
        )
        line_ids = disputes._line_ids_by_record()
        parts = disputes._load_disputed_parts({i for s in line_ids.values() for i in s})
        spent, owed = self._load_settled(scope)
        soon = scope.day + timedelta(days=forecast.LEAST_WAIT)
        seen = set()
        for dispute in disputes:
            ids = [i for i in line_ids[dispute.id] if i in parts and i not in seen]
            seen.update(ids)
            total = sum((parts[i] for i in ids), Decimal(0))
            amount = self._worth(scope, dispute, total, rates)
            if ids and amount > ZERO:
                ends = max(dispute.date_open + timedelta(days=spent), soon)
                said = found.groups[found.join(ids)]
                said.disputes.append(forecast.Dispute(amount, ends, owed))

    @api.model
    def _load_settled(self, scope):
        """Return how long disputes took, in days, and which share was owed after all.

        Of all those settled in the companies; without any, the usual time, all owed.
        """
        [(days, amount, upheld)] = self.env["relance.dispute"]._read_group(
            Domain("company_id", "in", scope.companies.ids)
            & Domain("state", "=", "resolved"),
            [],
            ["days_to_resolve:avg", "amount:sum", "amount_upheld:sum"],
        )
        if not amount:
            return USUAL_DISPUTE_DAYS, Decimal(1)
        share = Decimal(1) - self._to_decimal(upheld) / self._to_decimal(amount)
        return round(days), min(max(share, ZERO), Decimal(1))
