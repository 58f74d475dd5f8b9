from dataclasses import dataclass
from hashlib import sha256

from odoo import fields
from odoo.tools import split_every

from ..core import schedule
from .relance_channel import CALLS, EMAIL
from .relance_scenario import PHASE_CODE

# The reminder itself is the note: nothing more goes to the chatter.
QUIET = {
    "tracking_disable": True,
    "mail_create_nolog": True,
    "mail_create_nosubscribe": True,
}
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
        lines = self.facts.debtor.lines
        return -sum(
            line.residual
            for line in lines
            if line.residual < 0 and line.currency == self.currency_id
        )

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


class Planner:
    """Turns the facts of one company at one date into reminders, or explains them.

    Used as ``Planner(run).plan(partner_ids)`` or ``Planner(run).explain(lines)``. Seven
    or so reads for a batch, whatever its size; one insert for each hundred of rows.
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

    # ----------------------------------------------------------------- planning

    def plan(self, partner_ids):
        """Propose what is due to these debtors; refresh or withdraw older proposals."""
        self._review_approved(partner_ids)
        new, changed, withdrawn = [], {}, []
        for facts in self._load(partner_ids).values():
            plans = self._plans(facts)
            for proposal in facts.proposals:
                plan = self._successor(proposal, plans)
                if self._is_for_an_earlier_day(proposal):
                    continue
                if plan is None:
                    if proposal.date_planned <= self.contact_day:
                        withdrawn.append(proposal.id)
                elif plan.fingerprint != proposal.fingerprint:
                    changed[proposal.id] = plan
            new += plans
        self._withdraw(withdrawn)
        self._refresh(changed)
        self._create(new)

    def _review_approved(self, partner_ids):
        """Cancel what was approved and has lost its object; put calls back on lists."""
        approved = self._reminders().search(
            [
                ("company_id", "=", self.company.id),
                ("partner_id", "in", partner_ids),
                ("state", "=", "approved"),
                ("letter_id", "=", False),
            ]
        )
        kept = approved._check_before_sending() if approved else approved
        kept.filtered(lambda reminder: reminder.channel in CALLS)._schedule_calls()

    def _successor(self, proposal, plans):
        """Take out of ``plans`` and return the one about a proposal's lines, if any."""
        lines = set(proposal.line_ids)
        plan = next((plan for plan in plans if plan.line_ids & lines), None)
        if plan:
            plans.remove(plan)
        return plan

    def _is_for_an_earlier_day(self, proposal):
        """Say whether a run of a later day must leave a proposal as it is."""
        today = fields.Date.context_today(self.run)
        return today <= proposal.date_planned < self.contact_day

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

    def _reminders(self, ids=()):
        # sudo: only runs and transitions write reminders; who may plan was checked.
        return self.env["relance.reminder"].sudo().with_context(**QUIET).browse(ids)

    def _withdraw(self, reminder_ids):
        reason = self.env._("Withdrawn by the run: no longer due.")
        self._reminders(reminder_ids)._cancel(reason)

    def _refresh(self, plans):
        """Bring proposals up to date, in place."""
        reminders = self._reminders(plans)
        reminders.line_ids.unlink()
        # The index on live lines must see them gone before the new ones come.
        self.env["relance.reminder.line"].flush_model()
        for reminder in reminders:
            reminder.write(self._prepare_reminder_vals(plans[reminder.id]))
        self._complete(reminders, list(plans.values()))

    def _create(self, plans):
        values = [self._prepare_reminder_vals(plan) for plan in plans]
        self._close_failed([plan.facts.partner_id for plan in plans])
        self._complete(self._reminders().create(values), plans)

    def _close_failed(self, partner_ids):
        """Take failed reminders off the worklist once their step is proposed again."""
        self._reminders().search(
            [
                ("company_id", "=", self.company.id),
                ("partner_id", "in", partner_ids),
                ("state", "=", "failed"),
            ]
        )._cancel()

    def _complete(self, reminders, plans):
        """Give the reminders their lines, and a task where nobody can be reached."""
        self.env["relance.reminder.line"].sudo().with_context(**QUIET).create(
            [
                self._prepare_line_vals(reminder, decision, plan.facts)
                for reminder, plan in zip(reminders, plans, strict=True)
                for decision in plan.decisions
            ]
        )
        for reminder, plan in zip(reminders, plans, strict=True):
            if plan.state == HELD and plan.lead.level.channels:
                reminder._ask_for_repair(reminder.why)

    def _prepare_reminder_vals(self, plan):
        """Return the values of the reminder of a plan."""
        lead, facts = plan.lead, plan.facts
        return {
            "run_id": self.run.id,
            "company_id": self.company.id,
            "partner_id": facts.partner_id,
            "contact_id": plan.recipient.contact_id,
            "lang": plan.recipient.lang,
            "user_id": facts.user_id,
            "currency_id": plan.currency_id,
            "state": plan.state,
            "level_id": lead.level.id,
            "phase": PHASE_CODE[lead.level.phase],
            "channel": lead.channel or next(iter(lead.level.channels), EMAIL),
            "date_planned": lead.next_date,
            "amount_credit": float(plan.credit),
            "why": self._why(plan),
            "fingerprint": plan.fingerprint,
        }

    def _prepare_line_vals(self, reminder, decision, facts):
        """Return the values of one line of a reminder."""
        return {
            "reminder_id": reminder.id,
            "move_line_id": decision.line.id,
            "move_name": facts.numbers[decision.line.id],
            "level_id": decision.level.id,
            "date_maturity": decision.line.maturity,
            "amount_residual": float(decision.line.residual),
        }

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
