from odoo import models


class MailActivity(models.Model):
    _inherit = "mail.activity"

    def _action_done(self, feedback=False, attachment_ids=None):
        # EXTENDS 'mail': finishing the activity of a call confirms the contact, and
        # finishing that of an answer marks it as read.
        reminders = self.env["relance.reminder"]
        called = answered = reminders
        ours = self.filtered(lambda activity: activity.res_model == reminders._name)
        if ours:
            call_types = set(reminders._get_call_activity_types().values())
            called = ours._relance_reminders_of(call_types)
            answered = ours._relance_reminders_of(
                {reminders._get_answer_activity_type()}
            )
        result = super()._action_done(feedback=feedback, attachment_ids=attachment_ids)
        # sudo: whoever was given the task may finish it, as Odoo lets them do.
        called.sudo().exists()._confirm_call()
        answered.sudo().exists()._read_answer()
        return result

    def _relance_reminders_of(self, type_ids):
        """Return the reminders of the activities of some types."""
        found = self.filtered(lambda a: a.activity_type_id.id in type_ids - {False})
        return self.env["relance.reminder"].browse(found.mapped("res_id"))
