from decimal import Decimal

from odoo import fields
from odoo.exceptions import UserError

from ..core import schedule
from .relance_channel import CALLS, EMAIL
from .relance_explainer import Explainer
from .relance_level import PHASE_CODE
from .relance_plan import HELD, PROPOSED
from .relance_reminder_preflight import OWN_SIDE_ACTIVITY
from .relance_reminder_todo import REPAIR_ACTIVITY

# The reminder itself is the note: nothing more goes to the chatter.
QUIET = {
    "tracking_disable": True,
    "mail_create_nolog": True,
    "mail_create_nosubscribe": True,
    "relance_of_one_company": True,
}


class Planner(Explainer):
    """Turns the decisions into reminders: ``Planner(run).plan(partner_ids)``.

    A dozen reads for a batch, whatever its size; one insert for each of the two tables.
    """

    def __init__(self, run, **options):
        super().__init__(run, **options)
        # sudo: only runs and transitions write reminders; who may plan was checked.
        self.reminders = self.env["relance.reminder"].sudo().with_context(**QUIET)

    def plan(self, partner_ids):
        """Propose what is due to these debtors; refresh or withdraw older proposals."""
        self._review_approved(partner_ids)
        new, changed, withdrawn, beside = [], {}, [], []
        for facts in self._load(partner_ids).values():
            left_alone = [p for p in facts.proposals if self._leave_alone(p, facts)]
            plans = self._without_lines_of(left_alone, self._plans(facts))
            due = {line_id for plan in plans for line_id in plan.line_ids}
            unchanged = []
            for proposal in facts.proposals:
                if proposal in left_alone:
                    continue
                plan = self._successor(proposal, plans)
                if plan is None:
                    if self._has_lost_its_object(proposal, due):
                        withdrawn.append(proposal.id)
                elif plan.fingerprint != proposal.fingerprint:
                    changed[proposal.id] = (plan, proposal.released)
                else:
                    unchanged.append(proposal.id)
            if plans or not changed.keys().isdisjoint(p.id for p in facts.proposals):
                beside += unchanged
            new += plans
        self._withdraw(withdrawn)
        self._refresh(changed)
        self._create(new)
        # One plan for one debtor: what leaves together is of one run.
        self.reminders.browse(beside).run_id = self.run

    def _review_approved(self, partner_ids):
        """Cancel what was approved and has lost its object; put calls back on lists."""
        approved = self.reminders.search(
            [
                ("company_id", "=", self.company.id),
                ("partner_id", "in", partner_ids),
                ("state", "=", "approved"),
                ("letter_id", "=", False),
            ]
        )
        kept = approved._check_before_sending() if approved else approved
        kept.filtered(lambda reminder: reminder.channel in CALLS)._schedule_calls()

    def _decide(self, facts):
        """Decide; note on the run a debtor who can never be contacted."""
        decisions = super()._decide(facts)
        never = schedule.Reason("no_working_day")
        if any(never in decision.found for decision in decisions[:1]):
            error = UserError(self.run._say(never))
            self.run._note_debtor_failure(facts.partner_id, error)
        return decisions

    def _successor(self, proposal, plans):
        """Take out of ``plans`` and return the one about a proposal's lines, if any."""
        lines = set(proposal.line_ids)
        plan = next((plan for plan in plans if plan.line_ids & lines), None)
        if plan:
            plans.remove(plan)
        return plan

    def _due(self, facts):
        """Leave to a person's run the levels that the daily one does not propose."""
        due = super()._due(facts)
        if not self.run.is_daily:
            return due
        proposed = {i for proposal in facts.proposals for i in proposal.line_ids}
        return [
            d
            for d in due
            if d.line.id in proposed or self._level(d.level.id).auto_propose
        ]

    def _has_lost_its_object(self, proposal, due):
        """Say whether a proposal without plan is withdrawn: not one of a later day.

        :param due: ids of the lines that this run proposes, in other reminders
        """
        taken = not due.isdisjoint(proposal.line_ids)
        return taken or proposal.date_planned <= self.contact_day

    def _leave_alone(self, proposal, facts):
        """Say whether this run must leave a proposal as it is.

        One of the same day as an approved reminder to the debtor waits beside it.
        """
        pending_on = facts.debtor.pending_on
        return self._is_of_another_day(proposal) or (
            pending_on
            and proposal.date_planned <= pending_on
            and facts.owes(proposal.line_ids)
        )

    @staticmethod
    def _without_lines_of(proposals, plans):
        """Take the lines of proposals out of the plans; drop what is left empty."""
        taken = {line_id for p in proposals for line_id in p.line_ids}
        if not taken:
            return plans
        left = [plan.without(taken) for plan in plans]
        return [plan for plan in left if plan.decisions]

    def _is_of_another_day(self, proposal):
        """Say whether a proposal is for a day that this run does not decide on.

        A run of a later day does not postpone it; one of a past day does not take it
        back to what was due then.
        """
        today, planned = fields.Date.context_today(self.run), proposal.date_planned
        if self.contact_day < today:
            return planned > self.contact_day
        return today <= planned < self.contact_day

    def _withdraw(self, reminder_ids):
        reason = self.env._("Withdrawn by the run: no longer due.")
        self.reminders.browse(reminder_ids)._cancel(reason)

    def _refresh(self, changed):
        """Bring proposals up to date, in place.

        :param changed: ``{reminder id: (plan, findings that a person set aside)}``
        """
        reminders = self.reminders.browse(changed)
        reminders.line_ids.unlink()
        # The index on live lines must see them gone before the new ones come.
        self.env["relance.reminder.line"].flush_model()
        for reminder in reminders:
            plan, released = changed[reminder.id]
            reminder.write(self._prepare_reminder_vals(plan, released))
        reminders.filtered(lambda r: r.state == PROPOSED)._drop_activities(
            [OWN_SIDE_ACTIVITY, REPAIR_ACTIVITY]
        )
        self._complete(reminders, [plan for plan, _released in changed.values()])

    def _create(self, plans):
        values = [self._prepare_reminder_vals(plan) for plan in plans]
        self._close_failed({line_id for plan in plans for line_id in plan.line_ids})
        self._complete(self.reminders._copy_in(values), plans)

    def _close_failed(self, line_ids):
        """Take failed reminders off the worklist once their step is proposed again.

        The contact stays to be repaired.
        """
        failed = self.reminders.search(
            [
                ("company_id", "=", self.company.id),
                ("line_ids.move_line_id", "in", list(line_ids)),
                ("state", "=", "failed"),
            ]
        )
        failed._cancel(keep=[REPAIR_ACTIVITY])

    def _complete(self, reminders, plans):
        """Give the reminders their lines, and a task where nobody can be reached."""
        self.env["relance.reminder.line"]._copy_in(
            [
                self._prepare_line_vals(reminder.id, decision, plan.facts)
                for reminder, plan in zip(reminders, plans, strict=True)
                for decision in plan.decisions
            ]
        )
        self._give_tasks(reminders, plans)

    def _give_tasks(self, reminders, plans):
        """Ask our side to put right what holds the reminders."""
        ours, unreachable, without_channel = [], [], {}
        for reminder, plan in zip(reminders, plans, strict=True):
            # Most plans wait for nothing: their reminders are not even read.
            if plan.state != HELD or reminder.state != HELD:
                continue
            if plan.lead.held:
                ours.append(reminder.id)
            elif plan.lead.level.channels:
                unreachable.append(reminder.id)
            else:  # one task for a level, not for each debtor
                without_channel.setdefault(plan.lead.level.id, reminder.id)
        self.reminders.browse(ours)._ask_own_side()
        self.reminders.browse(unreachable)._ask_for_repair()
        self.reminders.browse(without_channel.values())._ask_for_channel()

    def _prepare_reminder_vals(self, plan, released=()):
        """Return the values of the reminder of a plan.

        :param released: findings that a person has set aside, as kept on reminders
        """
        lead, facts = plan.lead, plan.facts
        held_by = {self.reminders._finding_key(*found) for found in plan.held_by}
        is_released = lead.channel and held_by and held_by <= set(released)
        return {
            "run_id": self.run.id,
            "company_id": self.company.id,
            "partner_id": facts.partner_id,
            "contact_id": plan.recipient.contact_id,
            "lang": plan.recipient.lang,
            "user_id": facts.user_id,
            "currency_id": plan.currency_id,
            "state": PROPOSED if is_released else plan.state,
            "over_ceiling": plan.is_over,
            "preflight": self.reminders._prepare_preflight(
                plan.findings, facts.numbers
            ),
            "preflight_state": plan.preflight_state,
            "level_id": lead.level.id,
            "phase": PHASE_CODE[lead.level.phase],
            "channel": lead.channel or next(iter(lead.level.channels), EMAIL),
            "date_planned": lead.next_date,
            **self._prepare_amounts(plan),
            "why": self._why(plan),
            "fingerprint": plan.fingerprint,
        }

    def _prepare_amounts(self, plan):
        """Return the amounts of a reminder, as they follow from its lines."""
        credit = float(plan.credit)
        if credit:  # a share of it may be finer than its currency
            credit = self._currency(plan).round(credit)
        return {
            "line_count": len(plan.decisions),
            "amount_due": float(sum(d.line.residual for d in plan.decisions)),
            "amount_credit": credit,
            "credits": plan.credits,
            "amount_net": float(plan.asked - Decimal(str(credit))),
            "date_oldest": min(line.maturity for line in plan.to_pay),
        }

    def _currency(self, plan):
        return self.env["res.currency"].browse(plan.currency_id)

    def _prepare_line_vals(self, reminder_id, decision, facts):
        """Return the values of one line of a reminder."""
        return {
            "reminder_id": reminder_id,
            "move_line_id": decision.line.id,
            "move_name": facts.numbers[decision.line.id],
            "level_id": decision.level.id,
            "cycle": facts.cycles.get(decision.line.id, 1),
            "date_maturity": decision.line.maturity,
            "amount_residual": decision.line.residual,
            "amount_disputed": decision.line.disputed,
            "is_live": True,
        }
