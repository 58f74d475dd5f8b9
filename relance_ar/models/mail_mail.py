import logging
import smtplib
from datetime import timedelta

from odoo import SUPERUSER_ID, api, fields, models, modules
from odoo.exceptions import UserError
from odoo.modules.registry import Registry
from odoo.tools import exception_to_unicode, split_every

from .mail_session import MailSession

_logger = logging.getLogger(__name__)

# How long Odoo's mail queue leaves an e-mail to us: it sends it if we have crashed.
RESERVED_MINUTES = 15
# Read together, as a commit empties the cache; their files are in memory meanwhile.
READ_TOGETHER = 10
# Connections lost in a row after which the mail server is given up for now.
LOST_IN_A_ROW = 2
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
    _inherit = "mail.mail"

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

    def _relance_find_waiting(self):
        """Return the reminders whose e-mails have not left yet."""
        waiting = self.filtered(lambda mail: mail.state == "outgoing")
        return waiting._relance_find_reminders()

    # -------------------------------------------------------------------- sending

    def _relance_reserve(self):
        """Keep the mail queue from sending the e-mails while we do.

        Two senders that each read an e-mail as outgoing would both send it.
        """
        self.scheduled_date = fields.Datetime.now() + timedelta(
            minutes=RESERVED_MINUTES
        )

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

    def _relance_send_each(self, commit):
        """Send the e-mails one by one, each in a transaction of its own.

        Killed at any moment, at most the e-mail under way can be sent twice.

        :param commit: called after each
        """
        commit()
        for server_id, domain_id, smtp_from, ids in self._split_by_mail_configuration():
            mails = self.browse(ids)
            server = self.env["ir.mail_server"].browse(server_id or [])
            # sudo: whose the server is decides how to send; nothing of it is shown.
            if server.sudo().owner_user_id:  # Odoo slows down a person's own server
                mails._relance_send_slowly(commit)
                continue
            session = MailSession(
                lambda server_id=server_id, smtp_from=smtp_from: self.env[
                    "ir.mail_server"
                ]._connect__(mail_server_id=server_id, smtp_from=smtp_from)
            )
            with session:
                mails._relance_send_through(session, server, domain_id, commit)

    def _relance_send_slowly(self, commit):
        """Let Odoo send, which may put off what exceeds its pace."""
        for mail in self:
            if mail.try_lock_for_update().state == "outgoing":
                mail.send()
            commit()

    def _relance_send_through(self, session, server, domain_id, commit):
        """Send through one connection; give up when the mail server does."""
        lost, left = 0, set(self.ids)
        for part in split_every(READ_TOGETHER, self.ids, self.browse):
            ready = part._relance_prepare(server)
            for mail in part:
                try:
                    smtp = session.get()
                except Exception as error:  # whatever it is, as core does
                    self.browse(sorted(left))._relance_not_sent(error)
                    commit()
                    return
                left.discard(mail.id)
                done = ready.browse(mail.id)._relance_send_one(smtp, server, domain_id)
                lost = 0 if done else lost + 1
                commit()
                if lost >= LOST_IN_A_ROW:
                    session.give_up()

    def _relance_send_one(self, smtp, server, domain_id):
        """Send one e-mail unless another sender has it; return whether they talked."""
        self.invalidate_recordset()
        # Whoever else would send skips the lock; the state is read anew.
        if self.try_lock_for_update().state != "outgoing":
            return True
        # Its default addresses are those of the company that writes.
        mail = self.with_company(self.record_company_id)
        try:
            mail._send(smtp_session=smtp, alias_domain_id=domain_id, mail_server=server)
        except smtplib.SMTPServerDisconnected as error:
            self._relance_not_sent(error)
            return False
        return True

    def _relance_not_sent(self, error):
        """Note that the mail server could not be talked to."""
        mails = self.try_lock_for_update().filtered(
            lambda mail: mail.state in ("outgoing", "exception")
        )
        reason = exception_to_unicode(error)
        values = {"state": "exception", "failure_type": "mail_smtp"}
        mails.write({**values, "failure_reason": reason})
        mails._postprocess_sent_message(
            [], [], failure_reason=reason, failure_type="mail_smtp"
        )

    def _relance_prepare(self, server):
        """Read together what the e-mails consist of; return them with it at hand."""
        ready = {}
        for mail in self:
            try:
                ready[mail.id] = mail._prepare_outgoing_list(mail_server=server)
            except Exception:  # sending it says what is wrong, and on which e-mail
                _logger.info("%s is prepared later", mail.message_id, exc_info=True)
        return self.with_context(relance_outgoing=ready)

    def _send(self, *args, **kwargs):
        # EXTENDS 'mail': the default addresses are those of the company that writes,
        # also in Odoo's mail queue.
        if "relance_outgoing" not in self.env.context:
            messages = self.mail_message_id
            messages.fetch(["model", "record_company_id"])
            company = messages.record_company_id
            if len(company) == 1 and set(messages.mapped("model")) == {REMINDER}:
                self = self.with_company(company)
        return super()._send(*args, **kwargs)

    def _prepare_outgoing_list(self, mail_server=False, doc_to_followers=None):
        # EXTENDS 'mail'
        ready = self.env.context.get("relance_outgoing") or {}
        if self.id in ready:
            return ready.pop(self.id)
        return super()._prepare_outgoing_list(mail_server, doc_to_followers)

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
        result = super()._postprocess_sent_message(
            success_pids,
            success_emails,
            failure_reason=failure_reason,
            failure_type=failure_type,
        )
        for cause, found in reminders.items():
            if found:
                found._mail_failed(*cause)
        return result
