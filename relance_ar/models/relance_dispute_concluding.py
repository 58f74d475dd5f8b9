from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import format_date

from ..core import dispute
from .relance_dispute_entering import OPEN_STATES
from .relance_dispute_owner import ANSWER_TASK
from .relance_dispute_settling import CONCLUDE_TASK
from .relance_groups import MANAGER_GROUP


class RelanceDisputeConcluding(models.AbstractModel):
    """What becomes of disputes that are answered, and that nobody concludes."""

    _name = "relance.dispute.concluding"
    _description = "Disputes that wait for their conclusion"

    conclude_by = fields.Date(
        readonly=True,
        copy=False,
        help="Answered, and not concluded by this day: the next person is asked.",
    )
    concluder_id = fields.Many2one(
        "res.users",
        string="To conclude by",
        readonly=True,
        copy=False,
        help="Who was asked to conclude after the officer: a credit manager, then the "
        "director.",
    )

    @api.model
    def _get_unconcluded_domain(self, today):
        """Return the answered disputes that nobody concluded in time.

        :rtype: Domain
        """
        return (
            Domain("state", "in", OPEN_STATES)
            & Domain("answered_on", "!=", False)
            & Domain("conclude_by", "<", today)
        )

    def _set_conclude_by(self, today):
        """Give whoever concludes the delay of an escalation."""
        for record in self:
            record.conclude_by = record._get_next_day(today)

    def _escalate_conclusions(self, today):
        """Ask a credit manager, then the director; the last one again and again."""
        self._set_conclude_by(today)
        for record in self:
            who = record._get_next_concluder()
            if who and who != record.concluder_id:
                record.concluder_id = who
                record._message_log(
                    body=record.env._(
                        "Answered on %(day)s and not concluded: %(who)s is asked.",
                        day=format_date(record.env, record.answered_on),
                        who=who.name,
                    )
                )
                if not record._is_officer(who):
                    # Only officers conclude: the director sees it, and sees to it.
                    record.escalated_to_id = who
            record._ask_officer()

    def _get_next_concluder(self):
        """Return who is asked next: a manager, the director, else the same again."""
        self.ensure_one()
        company = self.company_id
        managers = company._get_relance_officers().filtered(
            lambda user: user.has_group(MANAGER_GROUP)
        )
        director = company.relance_director_id
        able = director.filtered(lambda user: self._may_own(user, company))
        order = [*(managers - self.officer_id)[:1], *(able - self.officer_id)]
        return dispute.next_person(order, self.concluder_id) or self.concluder_id

    def _get_concluder(self):
        """Return who concludes now."""
        self.ensure_one()
        asked = self.concluder_id
        if asked and self._may_own(asked, self.company_id):
            return asked
        return self._pick_officer(self.officer_id)

    # ------------------------------------------------------------------ who has left

    def _replace_concluders(self):
        """Replace officers and escalatees who can no longer do anything."""
        for record in self.with_context(active_test=False):
            company, gone = record.company_id, record.env["res.users"]
            if record.officer_id and not record._is_officer(record.officer_id):
                gone |= record.officer_id
                record.officer_id = record._officer_of_debtor()
            if record.concluder_id and not record._may_own(
                record.concluder_id, company
            ):
                gone |= record.concluder_id
                record.concluder_id = False
            if record.escalated_to_id and not record._may_own(
                record.escalated_to_id, company
            ):
                gone |= record.escalated_to_id
                record.escalated_to_id = record._get_next_step()[1]
            if gone:
                record._ask_again_whoever_is_in(gone)

    def _ask_again_whoever_is_in(self, gone):
        """Move the task of people who left to those in their place."""
        self._message_log(
            body=self.env._(
                "%(left)s has left: %(who)s takes over.",
                left=", ".join(gone.mapped("name")),
                who=(
                    self._get_concluder() if self.answered_on else self._get_asked()
                ).name,
            )
        )
        if self.answered_on:
            self._ask_officer()
        else:
            self._ask_owner()

    # ------------------------------------------------------------------- asking again

    def action_ask_again(self):
        """Ask the owner of answered disputes again; return those asked.

        :raise UserError: for one that is not answered, or settled
        """
        self._check_officer()
        for record in self:
            if record.state not in OPEN_STATES or not record.answered_on:
                raise UserError(
                    self.env._("%(name)s is not answered.", name=record.display_name)
                )
        return self._move("_ask_again")

    def _ask_again(self):
        """Take the answer back: the owner is asked, and escalation starts again."""
        asked = self.filtered(lambda r: r.state in OPEN_STATES and r.answered_on)
        today = fields.Date.context_today(self)
        for record in asked:
            record.write(
                {
                    "state": "open",
                    "answered_on": False,
                    "answered_by_id": False,
                    "proposal": False,
                    "amount_proposed": record.amount,
                    "conclude_by": False,
                    "concluder_id": False,
                    "escalation": "nobody",
                    "escalated_to_id": False,
                    "escalate_on": max(record.deadline, record._get_next_day(today)),
                }
            )
            record._drop_tasks(CONCLUDE_TASK, ANSWER_TASK)
            record._ask_owner()
        return asked
