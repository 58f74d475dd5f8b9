from odoo import models


class MailActivity(models.Model):
    _inherit = "mail.activity"

    def _action_done(self, feedback=False, attachment_ids=None):
        # EXTENDS 'mail': finishing the activity of a call confirms the contact.
        reminders = self.env["relance.reminder"]
        ours = self.filtered(lambda activity: activity.res_model == reminders._name)
        if ours:
            types = set(reminders._get_call_activity_types().values())
            calls = ours.filtered(lambda a: a.activity_type_id.id in types)
            reminders = reminders.browse(calls.mapped("res_id"))
        result = super()._action_done(feedback=feedback, attachment_ids=attachment_ids)
        # sudo: whoever was given the call may finish it, as Odoo lets them do.
        reminders.sudo().exists()._confirm_call()
        return result
