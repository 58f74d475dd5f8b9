import logging

import psycopg2

from odoo import fields
from odoo.exceptions import UserError

from ..core import schedule
from ..core.calendar import NoWorkingDayError
from ..core.credit import share_credit
from ..core.preflight import WARNING
from .relance_channel import EMAIL
from .relance_level import PHASE_CODE
from .relance_plan import HELD, Plan

MANAGER, OFFICER = "manager", "officer"

_logger = logging.getLogger(__name__)


class Explainer:
    """Decides from the facts of one company at one date, and says why. Writes nothing.

    Used as ``Explainer(run).explain(lines)``.

    :ivar failed: ``{debtor id: why it could not be decided on}``
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
        self.wording = run.with_context(lang=self.company._get_relance_lang())
        self.said = {}
        self.failed = {}

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

    def _load_safely(self, partner_ids, **options):
        """Return the facts of these debtors, without those that cannot be read."""
        partner_ids = list(partner_ids)
        try:
            return self._load(partner_ids, **options)
        except psycopg2.Error:
            raise  # the transaction is lost; explaining writes nothing, no savepoint
        except Exception as error:
            if len(partner_ids) < 2:
                self._note_failed(partner_ids[0], error)
                return {}
            middle = len(partner_ids) // 2
            first = self._load_safely(partner_ids[:middle], **options)
            return first | self._load_safely(partner_ids[middle:], **options)

    def _for_each(self, loaded, decide):
        """Yield ``(facts, decide(facts))``, without the debtors with whom it fails."""
        for facts in loaded.values():
            try:
                found = decide(facts)
            except psycopg2.Error:
                raise  # the transaction is lost
            except Exception as error:
                self._note_failed(facts.partner_id, error)
            else:
                yield facts, found

    def _note_failed(self, partner_id, error):
        _logger.info("Debtor %s cannot be decided on", partner_id, exc_info=error)
        self.failed[partner_id] = self.run._say_debtor_failure(partner_id, error)

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
            who = (recipient.contact_id, recipient.lang)
            if lead.channel == EMAIL:  # one message to one address, whoever reads it
                who = recipient.emails
            key = (currency, waits_for, who)
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
        partners = lines.partner_id.commercial_partner_id
        loaded = self._load_safely(partners.ids) if partners else {}
        found = {}
        for _facts, explained in self._for_each(
            loaded, lambda facts: self._explain_debtor(facts, set(lines.ids))
        ):
            found.update(explained)
        for line in lines - lines.browse(found):
            if failure := self.failed.get(line.partner_id.commercial_partner_id.id):
                found[line.id] = self._not_explained(line, [failure])
                continue
            is_open = not line.reconciled and line.account_type == "asset_receivable"
            code = "no_partner" if is_open and not line.partner_id else "not_receivable"
            sentence = self.run._say(schedule.Reason(code))
            found[line.id] = self._not_explained(line, [sentence])
        return found

    def decide_on(self, lines):
        """Return ``{line id: (facts, decision)}`` for open journal items."""
        wanted, partners = set(lines.ids), lines.partner_id.commercial_partner_id
        loaded = self._load_safely(partners.ids) if partners else {}
        return {
            decision.line.id: (facts, decision)
            for facts, decisions in self._for_each(loaded, self._decide)
            for decision in decisions
            if decision.line.id in wanted
        }

    def _explain_debtor(self, facts, wanted):
        """Return ``{line id: explanation}`` of the lines wanted of one debtor."""
        return {
            decision.line.id: self._explanation(decision, facts)
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
