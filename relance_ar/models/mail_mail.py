from odoo import models


class MailMail(models.Model):
    _inherit = "mail.mail"

    def _postprocess_sent_message(
        self, success_pids, success_emails, failure_reason=False, failure_type=None
    ):
        # EXTENDS 'mail': a reminder whose e-mail did not leave is not a contact.
        if failure_type:
            # sudo: the mail queue runs with the rights of whoever triggered it.
            reminders = (
                self.env["relance.reminder"]
                .sudo()
                .search([("message_id", "in", self.mail_message_id.ids)])
            )
            for reminder in reminders:
                mail = self.filtered(
                    lambda m, r=reminder: m.mail_message_id == r.message_id
                )
                reason = failure_reason or mail[:1].failure_reason
                reminder._mail_failed(failure_type, reason)
        return super()._postprocess_sent_message(
            success_pids,
            success_emails,
            failure_reason=failure_reason,
            failure_type=failure_type,
        )
