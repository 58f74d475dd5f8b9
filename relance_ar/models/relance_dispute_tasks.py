from odoo import models

from ..core import dispute
from .relance_dispute_entering import OPEN_STATES
from .relance_dispute_owner import ANSWER_TASK
from .relance_dispute_settling import CONCLUDE_TASK
from .relance_groups import OFFICER_GROUP


class RelanceDisputeTasks(models.AbstractModel):
    """Open disputes are on somebody's to-do list, until they are answered and over."""

    _name = "relance.dispute.tasks"
    _description = "Tasks of disputes"

    def _get_task_types(self):
        """Return ``{id of the type of a task: whether it ends by an answer}``."""
        to_id = self.env["ir.model.data"]._xmlid_to_res_id
        found = {
            to_id(ANSWER_TASK, raise_if_not_found=False): True,
            to_id(CONCLUDE_TASK, raise_if_not_found=False): False,
        }
        found.pop(False, None)
        return found

    def _get_awaited_kind(self):
        """Return the id of the type of the task that an open dispute must have."""
        self.ensure_one()
        awaits_answer = not self.answered_on
        kinds = self._get_task_types().items()
        return next((i for i, answers in kinds if answers == awaits_answer), False)

    def _give_missing_tasks(self):
        """Give back the tasks that have vanished, somehow."""
        for record in self.filtered(lambda r: r.state in OPEN_STATES):
            kinds = record.activity_ids.activity_type_id.ids
            if record._get_awaited_kind() in kinds:
                continue
            if record.answered_on:
                record._ask_officer()
            else:
                record._ask_owner()

    def _ask_owners(self):
        """Put disputes on the to-do lists of those who answer, in few queries."""
        kind = self.env["ir.model.data"]._xmlid_to_res_id(
            ANSWER_TASK, raise_if_not_found=False
        )
        moved, new = {}, self.browse()
        for record in self:
            known = record.activity_ids.filtered(
                lambda a: a.activity_type_id.id == kind
            )[:1]
            if not known:
                new += record
                continue
            who, day, summary = record._prepare_answer_task()
            moved.setdefault((who, day), known.browse())
            moved[who, day] += known
            if known.summary != summary:
                known.summary = summary
        for (who, day), tasks in moved.items():
            tasks.write({"user_id": who.id, "date_deadline": day})
        for record in new:
            record._ask_owner()

    def _prepare_answer_task(self):
        """Return who answers a dispute, by which day, and what they are asked."""
        self.ensure_one()
        who = self._get_asked()
        record = self.with_context(lang=who.lang or self.env.lang)
        summary = record.env._(
            "%(debtor)s disputes %(amount)s: %(reason)s",
            debtor=record.partner_id.name,
            amount=record._money(record.amount),
            reason=record.reason_id.name,
        )
        return who, record.escalate_on or record.deadline, summary

    def _ask_owner(self):
        """Put the dispute on the to-do list of its owner, with its deadline."""
        self.ensure_one()
        who, day, summary = self._prepare_answer_task()
        record = self.with_context(lang=who.lang or self.env.lang)
        record._give_task(ANSWER_TASK, who, day, summary)

    # ------------------------------------------------------------------- by its end

    def _get_task_end(self, kind):
        """Return how the task of a type ends, and the action that opens that.

        :return: ``(message, action, label of its button)``; None if it may end at once
        """
        self.ensure_one()
        if self.state not in OPEN_STATES or kind != self._get_awaited_kind():
            return None
        if not self.answered_on:
            message = self.env._(
                "%(name)s: this task ends by the answer. Write what you found out on "
                "the dispute, then propose a credit note or say that the debt stands.",
                name=self.display_name,
            )
            return message, self._open_form(), self.env._("Open the dispute")
        message = self.env._(
            "%(name)s: this task ends by the conclusion.", name=self.display_name
        )
        if self.env.user.has_group(OFFICER_GROUP):
            return message, self.action_conclude(), self.env._("Conclude")
        return message, self._open_form(), self.env._("Open the dispute")

    def _open_form(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.display_name,
            "res_model": self._name,
            "res_id": self.id,
            "view_mode": "form",
            "views": [(False, "form")],
        }

    def _get_next_day(self, today):
        """Return the day by which whoever is asked next has to act."""
        self.ensure_one()
        company = self.company_id
        days = max(company.relance_escalation_days, 1)
        # sudo: working days, which are no secret.
        calendar = company.sudo()._get_relance_calendar()
        return dispute.deadline(today, days, calendar)
