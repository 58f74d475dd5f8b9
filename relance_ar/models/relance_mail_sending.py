import logging
import smtplib
from datetime import timedelta

from odoo import SUPERUSER_ID, api, fields, models, modules
from odoo.modules.registry import Registry
from odoo.tools import exception_to_unicode, split_every

from .mail_session import MailSession
from .relance_handover import Handovers

_logger = logging.getLogger(__name__)

# How long Odoo's mail queue leaves an e-mail to us: it sends it if we have crashed.
RESERVED_MINUTES = 15
# Read, locked and committed together; their files are in memory meanwhile.
SENT_TOGETHER = 25
# Connections lost in a row after which the mail server is given up for now.
LOST_IN_A_ROW = 2
REMINDER = "relance.reminder"


class RelanceMailSending(models.AbstractModel):
    """Sends the e-mails of reminders: read and written in batches, each sent once.

    A batch is locked, so that senders share the work: nobody waits, nobody sends what
    another has. Odoo's own ``_send`` talks to the server and decides what became of
    each e-mail. Killed at any moment, at most the e-mail under way can be sent twice:
    see ``relance.handover``.

    Comes before ``mail.mail`` among the parents of the e-mail: it extends it.
    """

    _name = "relance.mail.sending"
    _description = "Sending of the e-mails of reminders"

    def send(self, auto_commit=False, raise_exception=False, post_send_callback=None):
        # EXTENDS 'mail': those of reminders leave in batches from Odoo's queue too.
        ours = self._relance_of_reminders()
        if raise_exception or not (auto_commit or modules.module.current_test):
            # In a transaction that is not ours to commit, only what was sent is left.
            known = self.env["relance.handover"].sudo()  # sudo: see its docstring
            ours = ours._relance_settle(known._find(ours.ids))
        elif ours:
            ours._relance_send_each(
                self.env.cr.commit if auto_commit else self.env.flush_all
            )
            if post_send_callback:
                post_send_callback(ours.ids)
        return super(RelanceMailSending, self - ours).send(
            auto_commit=auto_commit,
            raise_exception=raise_exception,
            post_send_callback=post_send_callback,
        )

    def _relance_of_reminders(self):
        """Return the e-mails that are reminders, not notes about one."""
        if self.env.context.get("relance_by_core"):
            return self.browse()
        # sudo: the mail queue runs with the rights of whoever triggered it. These
        # fields only: a queue of a thousand e-mails is not read as a whole.
        mails = self.sudo()
        mails.fetch(["mail_message_id", "is_notification"])
        mails.mail_message_id.fetch(["model"])
        return mails.filtered(
            lambda m: m.mail_message_id.model == REMINDER and not m.is_notification
        ).with_env(self.env)

    def _relance_reserve(self):
        """Keep the mail queue from sending the e-mails while we do."""
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
        """Send the e-mails one by one, in batches that are committed.

        :param commit: called after each batch
        """
        commit()
        with Handovers(self.env) as handovers:
            for server_id, domain_id, smtp_from, ids in list(
                self._split_by_mail_configuration()
            ):
                mails = self.browse(ids)
                server = self.env["ir.mail_server"].browse(server_id or [])
                # sudo: whose the server is decides how to send; nothing of it is shown.
                if server.sudo().owner_user_id:  # Odoo slows down a person's own one
                    mails._relance_send_slowly(commit)
                    continue
                connect = self._relance_connection(server_id, smtp_from)
                with MailSession(connect) as session:
                    mails._relance_send_through(
                        session, server, domain_id, commit, handovers
                    )

    def _relance_connection(self, server_id, smtp_from):
        """Return a function that connects to a mail server."""
        servers = self.env["ir.mail_server"]
        return lambda: servers._connect__(mail_server_id=server_id, smtp_from=smtp_from)

    def _relance_send_slowly(self, commit):
        """Let Odoo send, which may put off what exceeds its pace."""
        for mail in self.with_context(relance_by_core=True):
            if mail.try_lock_for_update().state == "outgoing":
                mail.send()
            commit()

    def _relance_send_through(self, session, server, domain_id, commit, handovers):
        """Send through one connection; give up when the mail server does."""
        lost, left = 0, set(self.ids)
        for part in split_every(SENT_TOGETHER, self.ids, self.browse):
            mine = part._relance_lock()
            ready = mine._relance_take(handovers)._relance_prepare(server)
            for mail in ready:
                try:
                    smtp = session.get()
                except Exception as error:  # whatever it is, as core does
                    self.browse(sorted(left))._relance_not_sent(error)
                    commit()
                    return
                left.discard(mail.id)
                done = mail._relance_send_one(smtp, server, domain_id)
                if mail.state == "sent":
                    handovers.note(mail)
                lost = 0 if done else lost + 1
                if lost >= LOST_IN_A_ROW:
                    session.give_up()
            left.difference_update(part.ids)
            commit()
            # What another sender has in hand keeps its notes: it may be stopped.
            handovers.forget(mine.ids)

    def _relance_lock(self):
        """Lock and return what nobody else is sending."""
        self.invalidate_recordset()
        # Whoever else would send skips the lock; the state is read anew.
        return self.try_lock_for_update(allow_referencing=True)

    def _relance_take(self, handovers):
        """Return, of what is locked, what is to be sent and has not left."""
        waiting = self.filtered(lambda mail: mail.state == "outgoing")
        return waiting - waiting._relance_settle(handovers.find(waiting.ids))

    def _relance_settle(self, taken):
        """Note as sent what had left when its sender was stopped; return it.

        :param taken: ids of the e-mails that the mail server has
        """
        gone = self.filtered(lambda mail: mail.id in taken and mail.state == "outgoing")
        if gone:
            _logger.warning("Sent before their sender was stopped: %s", gone.ids)
            values = {"failure_type": False, "failure_reason": False}
            gone.write({**values, "state": "sent"})
            gone._postprocess_sent_message([], [])
        return gone

    def _relance_send_one(self, smtp, server, domain_id):
        """Send one e-mail; return whether the mail server answered."""
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
        mails = self.try_lock_for_update(allow_referencing=True).filtered(
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
