from dataclasses import dataclass
from hashlib import sha256

from odoo import fields
from odoo.tools import split_every

from ..core import schedule
from .relance_channel import EMAIL
from .relance_scenario import PHASE_CODE

HELD, PROPOSED = "held", "proposed"
SIMULATED_PER_BATCH = 1000


@dataclass(slots=True)
class Plan:
    """One reminder to be: due decisions with one debtor, currency and recipient."""

    facts: object
    currency_id: int
    recipient: object
    decisions: list

    @property
    def lead(self):
        """Return the decision that sets the tone: the firmest, then the oldest."""
        firmest = max(d.level.rank for d in self.decisions)
        return next(d for d in self.decisions if d.level.rank == firmest)

    @property
    def state(self):
        """Return ``held`` for a debtor who cannot be reached at this level."""
        return PROPOSED if self.lead.channel else HELD

    @property
    def line_ids(self):
        """Return the ids of the lines, to find the plan that follows a proposal."""
        return {decision.line.id for decision in self.decisions}

    @property
    def credit(self):
        """Return what the debtor has in credit in this currency, positive."""
        return self.facts.debtor.credit(self.currency_id)

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
            str(self.credit),
            sorted(
                (d.line.id, d.level.id, str(d.line.residual)) for d in self.decisions
            ),
        )
        return sha256(repr(content).encode()).hexdigest()[:32]


class Explainer:
    """Decides from the facts of one company at one date, and says why. Writes nothing.

    Used as ``Explainer(run).explain(lines)`` or ``Explainer(run).simulate()``.
    """

    def __init__(self, run, old_debt=None):
        """Prepare to plan a run.

        :param old_debt: ``(rule, day)`` to try instead of the company's own
        """
        self.run, self.env = run, run.env
        self.old_rule, self.old_before = (
            old_debt or run.company_id._get_relance_old_debt()
        )
        self.company, self.today = run.company_id, fields.Date.to_date(run.date)
        self.calendar = run.company_id._get_relance_calendar()
        self.contact_day = self.calendar.next_working_day(self.today)
        self.scenarios = {}

    # ----------------------------------------------------------------- deciding

    def _load(self, partner_ids):
        """Return the facts of these debtors, at the day the run plans for."""
        return self.run._load(
            partner_ids,
            self.company,
            ignored_before=self.old_rule == "ignore" and self.old_before,
        )

    def _decide(self, facts):
        """Return the core's decisions on the lines of one debtor."""
        scenario = self._scenario(facts.scenario_id)
        return schedule.decide(facts.debtor, scenario, self.today, self.calendar)

    def _scenario(self, scenario_id):
        if scenario_id not in self.scenarios:
            # sudo: a scenario is policy, and the officer may be given one of a parent.
            record = self.env["relance.scenario"].sudo().browse(scenario_id or [])
            empty = schedule.Scenario(levels=())
            self.scenarios[scenario_id] = record._to_core() if record else empty
        return self.scenarios[scenario_id]

    def _plans(self, facts):
        """Return the plans of what is due to a debtor, one for each message."""
        plans = {}
        for decision in self._decide(facts):
            if decision.due:
                line = decision.line
                recipient = facts.recipients[line.id]
                key = (line.currency, recipient.contact_id, recipient.lang)
                plan = plans.setdefault(key, Plan(facts, key[0], recipient, []))
                plan.decisions.append(decision)
        return list(plans.values())

    # --------------------------------------------------------------- explaining

    def _why(self, plan):
        """Return the reasoning behind a plan, in the language of the company."""
        wording = self.run.with_context(lang=self.company.partner_id.lang)
        lead = plan.lead
        first = wording.env._(
            "%(count)s instalment(s); the firmest step is: %(level)s.",
            count=len(plan.decisions),
            level=self._level_name(lead.level.id, wording),
        )
        return "\n".join([first, *self._sentences(lead, plan.facts, wording)])

    def _sentences(self, decision, facts, wording):
        """Return the reasons of a decision as sentences."""
        names = {"hold": facts.hold_reason}
        if decision.level:
            names["level"] = self._level_name(decision.level.id, wording)
        if decision.line.reached:
            names["reached"] = self._reached_name(decision.line.reached, facts, wording)
        return [
            wording._say(reason, **names, beyond=self._beyond(reason, wording))
            for reason in decision.reasons
        ]

    def _beyond(self, reason, wording):
        level_id = reason.code == "one_phase" and reason.params["level"]
        return self._level_name(level_id, wording) if level_id else ""

    def _level_name(self, level_id, wording):
        # sudo: the name of a step of the policy.
        return wording.env["relance.level"].sudo().browse(level_id).name

    def _reached_name(self, rank, facts, wording):
        """Return the name of the step last taken, or of its phase."""
        levels = self._scenario(facts.scenario_id).levels
        level = next((lv for lv in levels if lv.rank == rank), None)
        if level:
            return self._level_name(level.id, wording)
        phases = wording.env["relance.level"]._fields["phase"]
        return dict(phases._description_selection(wording.env))[PHASE_CODE[rank[0]]]

    def explain(self, lines):
        """Return ``{line id: explanation}`` for journal items of the company."""
        partners = lines.partner_id.commercial_partner_id
        loaded = self._load(partners.ids)
        wanted, found = set(lines.ids), {}
        for facts in loaded.values():
            for decision in self._decide(facts):
                if decision.line.id in wanted:
                    found[decision.line.id] = self._explanation(decision, facts)
        for line in lines - lines.browse(found):
            is_open = not line.reconciled and line.account_type == "asset_receivable"
            code = "no_partner" if is_open and not line.partner_id else "not_receivable"
            sentence = self.run._say(schedule.Reason(code))
            found[line.id] = self._not_explained(line, [sentence])
        return found

    def _explanation(self, decision, facts):
        level = decision.level
        return {
            "move_line_id": decision.line.id,
            "due": decision.due,
            "level": self._level_name(level.id, self.run) if level else False,
            "level_id": level.id if level else False,
            "phase": PHASE_CODE[level.phase] if level else False,
            "next_date": decision.next_date or False,
            "channel": decision.channel or False,
            "reasons": self._sentences(decision, facts, self.run),
        }

    def _not_explained(self, line, reasons):
        empty = dict.fromkeys(
            ("level", "level_id", "phase", "next_date", "channel"), False
        )
        return {"move_line_id": line.id, "due": False, **empty, "reasons": reasons}

    # --------------------------------------------------------------- simulating

    def simulate(self):
        """Count what ``plan`` would propose, without writing anything.

        :return: ``{(phase, channel name, leaves by itself): {"reminder_count",
            "line_count", "amount"}}``, the amount in the currency of the company
        """
        counts = {}
        for batch in split_every(
            SIMULATED_PER_BATCH, self.run._debtor_ids(self.company)
        ):
            loaded = self._load(batch)
            for facts in loaded.values():
                for plan in self._plans(facts):
                    self._count(plan, counts)
        return counts

    def _count(self, plan, counts):
        key = (
            PHASE_CODE[plan.lead.level.phase],
            self.run._channel_name(plan.lead.channel) or self.env._("Unreachable"),
            self._leaves_by_itself(plan),
        )
        empty = {"reminder_count": 0, "line_count": 0, "amount": 0.0}
        count = counts.setdefault(key, empty)
        count["reminder_count"] += 1
        count["line_count"] += len(plan.decisions)
        count["amount"] += self._in_company_currency(plan)

    def _leaves_by_itself(self, plan):
        """Say whether nobody would be asked before this reminder leaves."""
        level = self.env["relance.level"].sudo().browse(plan.lead.level.id)
        waits = self.old_rule == "approve" and self.old_before
        is_old = waits and any(d.line.maturity < waits for d in plan.decisions)
        return plan.lead.channel == EMAIL and level.auto_send and not is_old

    def _in_company_currency(self, plan):
        currency = self.env["res.currency"].browse(plan.currency_id)
        amount = float(sum(d.line.residual for d in plan.decisions))
        target = self.company.currency_id
        return currency._convert(amount, target, self.company, self.today)
