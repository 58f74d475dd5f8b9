from odoo import models

# What ties an activity to what is done when it is finished.
TIES = {"activity_type_id", "res_id", "res_model", "res_model_id"}


class MailActivity(models.Model):
    _inherit = "mail.activity"

    def write(self, vals):
        # EXTENDS 'mail': core checks the document that an activity leaves, not the one
        # that it is moved to; finishing it there would act on a reminder.
        result = super().write(vals)
        if not self.env.su and TIES & vals.keys():
            reminders = self.env["relance.reminder"]
            tied = self.filtered(lambda activity: activity.res_model == reminders._name)
            if tied:  # the rights on reminders say nothing of other activities
                reminders.browse(tied.mapped("res_id")).check_access("write")
        return result

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
