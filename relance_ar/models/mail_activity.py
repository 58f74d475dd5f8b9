from odoo import models

from .relance_reminder_todo import CALL_ACTIVITIES


class MailActivity(models.Model):
    _inherit = "mail.activity"

    def _action_done(self, feedback=False, attachment_ids=None):
        # EXTENDS 'mail': finishing the activity of a call confirms the contact.
        types = [self.env.ref(xmlid).id for xmlid in CALL_ACTIVITIES.values()]
        calls = self.filtered(
            lambda activity: (
                activity.res_model == "relance.reminder"
                and activity.activity_type_id.id in types
            )
        )
        reminders = self.env["relance.reminder"].browse(calls.mapped("res_id"))
        result = super()._action_done(feedback=feedback, attachment_ids=attachment_ids)
        reminders.exists()._confirm_call()
        return result
