from odoo import models
from odoo.exceptions import UserError

REMINDER = "relance.reminder"
# What an e-mail says, to whom: a proof once it has left.
CONTENT = {
    "attachment_ids",
    "body_html",
    "email_cc",
    "email_to",
    "headers",
    "mail_message_id",
    "recipient_ids",
    "references",
}


class MailMail(models.Model):
    _name = "mail.mail"
    _inherit = ["relance.link.mailing", "relance.mail.sending", "mail.mail"]

    # -------------------------------------------------------- changes in the queue

    def write(self, vals):
        # EXTENDS 'mail': what happens to its e-mail happens to the reminder.
        if vals.get("state") == "outgoing":
            self._relance_refuse_retry()
        if not self.env.su and CONTENT & vals.keys():
            self.mail_message_id._relance_refuse_proofs()
        withdrawn = self.env[REMINDER]
        if vals.get("state") == "cancel":
            withdrawn = self._relance_find_waiting()
        result = super().write(self._relance_drop_unchanged(vals))
        if withdrawn:
            withdrawn._mail_withdrawn(
                self.env._("Its e-mail was cancelled in the mail queue before it left.")
            )
        return result

    def unlink(self):
        # EXTENDS 'mail': the message stays in the history of the reminder.
        if not self.env.su:  # one that waits may be withdrawn
            left = self.filtered(lambda mail: mail.state not in ("outgoing", "cancel"))
            left.mail_message_id._relance_refuse_proofs()
        reminders = self._relance_find_reminders()
        waiting = self._relance_find_waiting() if reminders else reminders
        ours = self.filtered(lambda mail: mail.mail_message_id in reminders.message_id)
        ours.is_notification = True
        result = super().unlink()
        if waiting:
            waiting._mail_withdrawn(
                self.env._("Its e-mail was deleted from the mail queue before it left.")
            )
        return result

    def _relance_drop_unchanged(self, vals):
        """Spare two queries per e-mail: Odoo writes its Message-Id again at sending."""
        unchanged = (
            "message_id" in vals
            and len(self) == 1
            and self.model == REMINDER
            and self.message_id == vals["message_id"]
        )
        return {k: v for k, v in vals.items() if k != "message_id" or not unchanged}

    def _relance_refuse_retry(self):
        """Refuse to put the e-mail of a reminder back into the queue.

        :raise UserError: what it says may be true no longer, and the next run proposes
            its lines again: the debtor would be written to twice
        """
        stopped = self.filtered(lambda mail: mail.state != "outgoing")
        for reminder in stopped._relance_find_reminders()[:1]:
            raise UserError(
                self.env._(
                    "The e-mail of %(name)s is not sent again: what it says may no "
                    "longer be true. The next run proposes the step again.",
                    name=reminder.display_name,
                )
            )

    def _relance_find_reminders(self):
        """Return the reminders whose e-mails these are."""
        # sudo: the mail queue runs with the rights of whoever triggered it.
        messages = self.sudo().mail_message_id.filtered(lambda m: m.model == REMINDER)
        # sudo: what becomes of an e-mail is written on its reminder, whoever sends it.
        reminders = self.env[REMINDER].sudo()
        if not messages:
            return reminders
        return reminders.search([("message_id", "in", messages.ids)])

    def _relance_find_confirmations(self):
        """Return the calls that these e-mails, to the debtors, were to confirm."""
        # sudo: the mail queue runs with the rights of whoever triggered it.
        mails = self.sudo().filtered(lambda mail: mail.model == REMINDER)
        calls = self.env[REMINDER].sudo()
        if not mails:
            return calls
        calls = calls.search(
            [("follow_up_message_id", "in", mails.mail_message_id.ids)]
        )
        theirs = mails.recipient_ids.commercial_partner_id
        return calls.filtered(lambda r: r.partner_id.commercial_partner_id in theirs)

    def _relance_find_waiting(self):
        """Return the reminders whose e-mails have not left yet."""
        waiting = self.filtered(lambda mail: mail.state == "outgoing")
        return waiting._relance_find_reminders()

    # -------------------------------------------------------------------- sending

    def _postprocess_sent_message(
        self, success_pids, success_emails, failure_reason=False, failure_type=None
    ):
        # EXTENDS 'mail': a reminder whose e-mail did not leave is not a contact.
        # Looked up before: afterwards, an e-mail may be deleted.
        failed = self.filtered(lambda mail: mail.state == "exception")
        causes = failed.grouped(
            lambda mail: (
                failure_type or mail.failure_type,
                failure_reason or mail.failure_reason,
            )
        )
        reminders = {
            cause: mails._relance_find_reminders() for cause, mails in causes.items()
        }
        unconfirmed = failed._relance_find_confirmations() if failed else failed
        result = super()._postprocess_sent_message(
            success_pids,
            success_emails,
            failure_reason=failure_reason,
            failure_type=failure_type,
        )
        for cause, found in reminders.items():
            if found:
                found._mail_failed(*cause)
        if unconfirmed:
            reason = failure_reason or failed[:1].failure_reason or failure_type
            unconfirmed._follow_up_failed(reason)
        return result
