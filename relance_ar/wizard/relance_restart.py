from odoo import fields, models
from odoo.exceptions import UserError

from ..models.relance_facts_types import CONFIRMED, UNSENT


class RelanceRestart(models.TransientModel):
    """Starts the ladder again for the instalments of a reminder, and says why.

    After an agreement that has ended, or a message that should not have left. What was
    said stays; the minimum gap and the deadline granted still count.
    """

    _name = "relance.restart"
    _description = "Start the ladder again"

    reminder_id = fields.Many2one("relance.reminder", required=True, ondelete="cascade")
    reason = fields.Char(required=True)

    def action_restart(self):
        """Start again; who did, and why, is kept in the history.

        :raise UserError: for a reminder that has not left, or without a reason
        """
        self.ensure_one()
        if not self.reason.strip():
            raise UserError(self.env._("Say why the ladder starts again."))
        self.reminder_id.check_access("write")
        if self.reminder_id.state not in CONFIRMED:
            raise UserError(
                self.env._(
                    "%(name)s has not left: cancel it instead.",
                    name=self.reminder_id.display_name,
                )
            )
        # sudo: steps are written by transitions only; managers alone open this.
        reminder = self.reminder_id.sudo()
        lines = reminder.line_ids
        domain = lines._get_confirmed_domain()
        taken = lines.search([("move_line_id", "in", lines.move_line_id.ids)])
        taken.filtered_domain(domain).is_over = True
        message = self.env._("The ladder starts again: %(why)s", why=self.reason)
        waiting = taken.reminder_id.filtered(lambda r: r.state in UNSENT)
        waiting._cancel(message)
        reminder.message_post(body=message, author_id=self.env.user.partner_id.id)
        return {"type": "ir.actions.act_window_close"}
