from odoo.tools import split_every

from ..core.foresight import foresee
from .relance_channel import EMAIL
from .relance_explainer import OFFICER, Explainer
from .relance_facts_types import DEBTORS_PER_BATCH
from .relance_level import PHASE_CODE
from .relance_plan import PROPOSED


class Simulator(Explainer):
    """Says what a run would propose, today or on a day to come. Writes nothing.

    Used as ``Simulator(run).simulate()`` or ``Simulator(run).foresee(first)``.
    """

    def simulate(self):
        """Count what ``plan`` would propose, without writing anything.

        :return: ``{(phase, channel name, leaves by itself): {"reminder_count",
            "line_count", "amount"}}``, the amount in the currency of the company
        """
        counts = {}
        for loaded in self._load_all():
            for _facts, plans in self._for_each(loaded, self._plans):
                for plan in plans:
                    self._count(plan, counts)
        return counts

    def _load_all(self, **options):
        """Yield the facts of every debtor, batch by batch."""
        ids = self.run._debtor_ids(self.company)
        for batch in split_every(DEBTORS_PER_BATCH, ids):
            yield self._load_safely(batch, **options)

    def foresee(self, first):
        """Return the plans of the run's day, as if every contact until then was made.

        :param first: the day from which the contacts are played, usually today
        """
        last = max(self.contact_day, first)
        plans = []
        for loaded in self._load_all(ignore_approved=True):
            for _facts, found in self._for_each(
                loaded, lambda facts: self._foresee_debtor(facts, first, last)
            ):
                plans += found
        return plans

    def _foresee_debtor(self, facts, first, last):
        """Return the plans of the run's day for one debtor."""
        scenario = self._scenario(facts.scenario_id)
        days = foresee(facts.debtor, scenario, first, last, self.calendar)
        due = [due for day, due in days if day == self.contact_day]
        return [plan for some in due for plan in self._group(some, facts)]

    def _count(self, plan, counts):
        key = (
            PHASE_CODE[plan.lead.level.phase],
            self._channel_of(plan),
            self._leaves_by_itself(plan),
        )
        empty = {"reminder_count": 0, "line_count": 0, "amount": 0.0}
        count = counts.setdefault(key, empty)
        count["reminder_count"] += 1
        count["line_count"] += len(plan.decisions)
        count["amount"] += float(plan.principal)

    def _channel_of(self, plan):
        """Return the name of the channel, or why there is none."""
        if plan.lead.held:
            return self.env._("Held: our own side first")
        name = self.run._channel_name(plan.lead.channel)
        return name or self.env._("Unreachable")

    def _leaves_by_itself(self, plan):
        """Say whether nobody would be asked before this reminder leaves."""
        waits = self.old_rule == "approve" and self.old_before
        is_old = waits and any(d.line.maturity < waits for d in plan.decisions)
        return (
            plan.state == PROPOSED
            and plan.lead.channel == EMAIL
            and self._level(plan.lead.level.id).auto_send
            and self._level(plan.lead.level.id).auto_propose
            and self._approver(plan) == OFFICER
            and not is_old
        )
