from odoo import api, fields, models
from odoo.exceptions import AccessError

from .relance_channel import CALLS
from .relance_groups import MANAGER_GROUP
from .relance_reminder_todo import CALL_ACTIVITIES


class RelanceReminderApproval(models.AbstractModel):
    """Who lets a reminder leave: an officer, a credit manager, or the daily run."""

    _name = "relance.reminder.approval"
    _description = "Approval of a reminder"

    over_ceiling = fields.Boolean(
        readonly=True,
        copy=False,
        help="It is about more than officers of the company may approve.",
    )
    approved_by_id = fields.Many2one(
        "res.users",
        readonly=True,
        copy=False,
        help="Empty while nobody has approved it, or when the daily run did.",
    )
    may_approve = fields.Boolean(compute="_compute_may_approve")

    @api.depends("level_id.approver", "over_ceiling")
    @api.depends_context("uid")
    def _compute_may_approve(self):
        is_manager = self.env.user.has_group(MANAGER_GROUP)
        for reminder in self:
            by_officers = reminder.level_id.approver == "officer"
            reminder.may_approve = is_manager or (
                by_officers and not reminder.over_ceiling
            )

    def action_approve(self):
        """Approve what the user may approve; a call becomes an activity of the officer.

        :return: the reminders approved
        :raise AccessError: when every level asks for the credit manager
        """
        proposed = self.filtered(lambda reminder: reminder.state == "proposed")
        allowed = proposed.filtered("may_approve")
        if proposed and not allowed:
            raise AccessError(proposed[0]._why_manager())
        approved = allowed._move("_approve").filtered(lambda r: r.state == "approved")
        # sudo: who approved is written by the transition, on records just moved.
        approved.sudo().approved_by_id = self.env.user
        return approved

    def _why_manager(self):
        """Return why the user may not approve the reminder."""
        self.ensure_one()
        if self.over_ceiling:
            return self.env._(
                "%(name)s is about more than officers may approve: a credit manager "
                "does.",
                name=self.display_name,
            )
        return self.env._(
            "%(name)s: the level “%(level)s” is approved by a credit manager.",
            name=self.display_name,
            level=self.level_id.name,
        )

    def _approve(self):
        """Approve without asking who asks: for the run and ``action_approve``."""
        approved = self.filtered(lambda r: r.state == "proposed")
        approved.state = "approved"
        calls = approved.filtered(lambda r: r.channel in CALLS)
        calls._check_before_sending()._schedule_calls()
        return approved

    def action_approve_and_send(self):
        """Approve and send in one go; what comes too soon waits for its day, approved.

        :return: the reminders sent
        """
        return self.action_approve()._move("_dispatch")

    def action_start_again(self):
        """Open what starts the ladder again for the instalments: managers only."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Start again"),
            "res_model": "relance.restart",
            "view_mode": "form",
            "target": "new",
            "context": {"default_reminder_id": self.id},
        }

    def _exceeds_ceiling(self, debtor):
        """Say whether it has come to be about more than officers may approve."""
        self.ensure_one()
        ceiling = self.company_id.relance_approval_ceiling
        listed = set(self.line_ids.move_line_id.ids)
        principal = sum(line.principal for line in debtor.lines if line.id in listed)
        return bool(ceiling and principal > ceiling and not self.over_ceiling)

    def _ask_manager(self):
        """Take an approval back, for a credit manager to give."""
        self.write({"state": "proposed", "over_ceiling": True, "approved_by_id": False})
        self._drop_activities(list(CALL_ACTIVITIES.values()))
        self._message_log(
            body=self.env._(
                "It is now about more than officers may approve: a credit manager does."
            )
        )
