from datetime import timedelta

from odoo import SUPERUSER_ID, api, fields, models, modules
from odoo.modules.registry import Registry

# How long Odoo's mail queue leaves an e-mail to us: it sends it if we have crashed.
RESERVED_MINUTES = 15


class MailMail(models.Model):
    _inherit = "mail.mail"

    def _relance_reserve(self):
        """Keep the mail queue from sending the e-mails while we do.

        Two senders that each read an e-mail as outgoing would both send it.
        """
        self.scheduled_date = fields.Datetime.now() + timedelta(
            minutes=RESERVED_MINUTES
        )

    def _relance_send_each(self, commit):
        """Send the e-mails one by one, each in a transaction of its own.

        Killed at any moment, at most the e-mail under way can be sent twice.

        :param commit: called after each
        """
        commit()
        for mail in self:
            mail.invalidate_recordset()
            # Whoever else would send skips the lock; the state is read anew.
            if mail.try_lock_for_update().state == "outgoing":
                mail.send()
            commit()

    def _relance_send_after_commit(self):
        """Send the e-mails once the transaction that wrote them is committed."""
        if modules.module.current_test:  # as core does: a test commits nothing
            self._relance_send_each(self.env.flush_all)
            return
        database, ids, context = self.env.cr.dbname, self.ids, self.env.context

        @self.env.cr.postcommit.add
        def send_with_new_cursor():
            with Registry(database).cursor() as cr:
                env = api.Environment(cr, SUPERUSER_ID, context)
                env["mail.mail"].browse(ids)._relance_send_each(cr.commit)

    def _postprocess_sent_message(
        self, success_pids, success_emails, failure_reason=False, failure_type=None
    ):
        # EXTENDS 'mail': a reminder whose e-mail did not leave is not a contact.
        # Looked up before: afterwards, an e-mail that left may be deleted.
        failed = self.filtered(lambda mail: mail.state == "exception")
        result = super()._postprocess_sent_message(
            success_pids,
            success_emails,
            failure_reason=failure_reason,
            failure_type=failure_type,
        )
        if failed:
            # sudo: the mail queue runs with the rights of whoever triggered it.
            reminders = self.env["relance.reminder"].sudo()
            found = reminders.search([("message_id", "in", failed.mail_message_id.ids)])
            for reminder in found:
                mail = failed.filtered(
                    lambda m, r=reminder: m.mail_message_id == r.message_id
                )
                reminder._mail_failed(
                    failure_type or mail.failure_type,
                    failure_reason or mail.failure_reason,
                )
        return result
