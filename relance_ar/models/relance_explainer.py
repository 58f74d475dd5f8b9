from odoo import fields
from odoo.exceptions import UserError
from odoo.tools import split_every

from ..core import schedule
from ..core.calendar import NoWorkingDayError
from ..core.credit import share_credit
from ..core.foresight import foresee
from ..core.preflight import WARNING
from .relance_channel import EMAIL
from .relance_facts_types import DEBTORS_PER_BATCH
from .relance_level import PHASE_CODE
from .relance_plan import HELD, PROPOSED, Plan

MANAGER, OFFICER = "manager", "officer"


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
        self.contact_day = self._contact_day()
        self.ceiling = run.company_id.relance_approval_ceiling
        self.scenarios, self.timings = {}, {}
        # What is kept on records is in the language of the company.
        self.wording = run.with_context(lang=self.company.partner_id.lang)
        self.said = {}

    def _contact_day(self):
        """Return the day that the run plans for.

        :raise UserError: when the company's own closings leave none
        """
        try:
            return self.calendar.next_working_day(self.today)
        except NoWorkingDayError as error:
            sentence = self.run._say(schedule.Reason("no_working_day"))
            raise UserError(sentence) from error

    # ----------------------------------------------------------------- deciding

    def _load(self, partner_ids, **options):
        """Return the facts of these debtors, at the day the run plans for."""
        return self.run._load(
            partner_ids,
            self.company,
            ignored_before=self.old_rule == "ignore" and self.old_before,
            **options,
        )

    def _decide(self, facts):
        """Return the core's decisions on the lines of one debtor."""
        return schedule.decide(
            facts.debtor,
            self._scenario(facts.scenario_id),
            self.today,
            self.calendar,
            self.timings.setdefault(facts.scenario_id, {}),
        )

    def _scenario(self, scenario_id):
        if scenario_id not in self.scenarios:
            # sudo: a scenario is policy, and the officer may be given one of a parent.
            record = self.env["relance.scenario"].sudo().browse(scenario_id or [])
            empty = schedule.Scenario(levels=())
            self.scenarios[scenario_id] = record._to_core() if record else empty
        return self.scenarios[scenario_id]

    def _plans(self, facts):
        """Return the plans of what is due to a debtor, one for each message."""
        return self._group(self._due(facts), facts)

    def _due(self, facts):
        """Return the decisions that this run makes reminders of."""
        return [decision for decision in self._decide(facts) if decision.due]

    def _group(self, due, facts):
        """Return plans: by currency, recipient, and what they wait for.

        Lines sent to one address make one message, for whom its firmest level is meant.
        """
        sent_together = {}
        for decision in due:
            base = facts.recipients[decision.line.id].for_role("")
            address = (base.contact_id, base.lang)
            key = (decision.line.currency, decision.waits_for, address)
            sent_together.setdefault(key, []).append(decision)
        plans = {}
        for (currency, waits_for, _address), decisions in sent_together.items():
            lead = Plan(facts, currency, None, decisions).lead
            recipient = facts.recipients[lead.line.id].for_role(lead.level.role)
            key = (currency, waits_for, recipient.contact_id, recipient.lang)
            new = Plan(facts, currency, recipient, [], self.ceiling)
            plans.setdefault(key, new).decisions += decisions
        return self._share_credits(list(plans.values()), facts)

    def _share_credits(self, plans, facts):
        """Set the credits against the messages, each euro once.

        :return: the plans that still ask for something
        """
        together = {}
        # What leaves now comes first: what waits may change.
        for plan in sorted(plans, key=lambda plan: plan.state == HELD):
            together.setdefault((plan.currency_id, plan.state), []).append(plan)
        left = {}
        for (currency, _state), some in together.items():
            left.setdefault(currency, facts.debtor.credit(currency))
            # sudo: how many digits amounts have in that currency.
            places = self.env["res.currency"].sudo().browse(currency).decimal_places
            asked = [plan.asked for plan in some]
            shares = share_credit(left[currency], asked, places)
            for plan, share in zip(some, shares, strict=True):
                plan.credit = share
                left[currency] -= share
        return [plan for plan in plans if plan.asked > plan.credit]

    def _approver(self, plan):
        """Return who may approve: the level says, and a manager above the ceiling."""
        return MANAGER if plan.is_over else self._level(plan.lead.level.id).approver

    def _level(self, level_id):
        # sudo: a step of the policy, which may be one of a parent company.
        return self.env["relance.level"].sudo().browse(level_id)

    # --------------------------------------------------------------- explaining

    def _why(self, plan):
        """Return the reasoning behind a plan, in the language of the company."""
        wording, lead = self.wording, plan.lead
        first = wording.env._(
            "%(count)s instalment(s); the firmest step is: %(level)s.",
            count=len(plan.decisions),
            level=self._level_name(lead.level.id, wording),
        )
        return "\n".join([first, *self._sentences(lead, plan.facts, wording)])

    def _sentences(self, decision, facts, wording):
        """Return the reasons of a decision as sentences."""
        names = {
            "hold": facts.hold_reason,
            "company_currency": self.company.currency_id,
            "currency": self.env["res.currency"].browse(decision.line.currency),
        }
        if decision.level:
            names["level"] = self._level_name(decision.level.id, wording)
        if decision.line.reached:
            names["reached"] = self._reached_name(decision.line.reached, facts, wording)
        reasons = [*decision.reasons, *self._warnings(decision, facts)]
        return [self._say(reason, names, wording) for reason in reasons]

    def _say(self, reason, names, wording):
        """Return a reason in words; many debtors are told the same."""
        key = (reason.code, *reason.params.items(), *names.items(), wording.env.lang)
        if key not in self.said:
            beyond = self._beyond(reason, wording)
            self.said[key] = wording._say(reason, **names, beyond=beyond)
        return self.said[key]

    def _warnings(self, decision, facts):
        """Return what is to be looked at on our side, as reasons."""
        level = decision.level
        if not level:
            return []
        by_hand = [] if self._level(level.id).auto_propose else ["by_hand"]
        return [
            *map(schedule.Reason, by_hand),
            *(
                finding.reason
                for finding in facts.findings.get(decision.line.id, ())
                if finding.severity == WARNING
            ),
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
        found = {
            line_id: self._explanation(decision, facts)
            for line_id, (facts, decision) in self.decide_on(lines).items()
        }
        for line in lines - lines.browse(found):
            is_open = not line.reconciled and line.account_type == "asset_receivable"
            code = "no_partner" if is_open and not line.partner_id else "not_receivable"
            sentence = self.run._say(schedule.Reason(code))
            found[line.id] = self._not_explained(line, [sentence])
        return found

    def decide_on(self, lines):
        """Return ``{line id: (facts, decision)}`` for open journal items."""
        wanted = set(lines.ids)
        loaded = self._load(lines.partner_id.commercial_partner_id.ids)
        return {
            decision.line.id: (facts, decision)
            for facts in loaded.values()
            for decision in self._decide(facts)
            if decision.line.id in wanted
        }

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
            "held": decision.due and (decision.held or not decision.channel),
            "reasons": self._sentences(decision, facts, self.run),
        }

    def _not_explained(self, line, reasons):
        empty = dict.fromkeys(
            ("level", "level_id", "phase", "next_date", "channel"), False
        )
        return {
            "move_line_id": line.id,
            "due": False,
            **empty,
            "held": False,
            "reasons": reasons,
        }

    # --------------------------------------------------------------- simulating

    def simulate(self):
        """Count what ``plan`` would propose, without writing anything.

        :return: ``{(phase, channel name, leaves by itself): {"reminder_count",
            "line_count", "amount"}}``, the amount in the currency of the company
        """
        counts = {}
        for loaded in self._load_all():
            for facts in loaded.values():
                for plan in self._plans(facts):
                    self._count(plan, counts)
        return counts

    def _load_all(self, **options):
        """Yield the facts of every debtor, batch by batch."""
        ids = self.run._debtor_ids(self.company)
        for batch in split_every(DEBTORS_PER_BATCH, ids):
            yield self._load(batch, **options)

    def foresee(self, first):
        """Return the plans of the run's day, as if every contact until then was made.

        :param first: the day from which the contacts are played, usually today
        """
        last = max(self.contact_day, first)
        plans = []
        for loaded in self._load_all(ignore_approved=True):
            for facts in loaded.values():
                scenario = self._scenario(facts.scenario_id)
                days = foresee(facts.debtor, scenario, first, last, self.calendar)
                for day, due in days:
                    if day == self.contact_day:
                        plans += self._group(due, facts)
        return plans

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
