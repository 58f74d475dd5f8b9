from odoo import api, models
from odoo.tools import email_normalize_all

from .relance_link_making import MARKER, PAGE

REMINDER, LINK = "relance.reminder", "relance.link"
PLACE = f"{PAGE}/{MARKER}"


class RelanceLinkMailing(models.AbstractModel):
    """Puts the key of the personal link into an e-mail at the moment it leaves.

    What is stored (the message, the proof, the mail queue) shows a marker instead: who
    reads the history of a reminder cannot answer for the debtor.

    Comes first among the parents of ``mail.mail``: it extends what is made to be sent.
    """

    _name = "relance.link.mailing"
    _description = "Personal links in e-mails"

    def _relance_prepare(self, server):
        # EXTENDS relance.mail.sending: the links of a batch are read together.
        return super(
            RelanceLinkMailing,
            self.with_context(relance_tokens=self._relance_load_tokens()),
        )._relance_prepare(server)

    def _prepare_outgoing_list(self, mail_server=False, doc_to_followers=None):
        # EXTENDS 'mail'
        emails = super()._prepare_outgoing_list(mail_server, doc_to_followers)
        if any(PLACE in (email["body"] or "") for email in emails):
            tokens = self.env.context.get("relance_tokens")
            if tokens is None or self.id not in tokens:
                tokens = self._relance_load_tokens()
            token, addresses = tokens.get(self.id) or ("", set())
            for email in emails if token else ():
                self._relance_fill_in(email, token, addresses)
        return emails

    @api.model
    def _relance_fill_in(self, email, token, addresses):
        """Put the key into an e-mail, if it goes to nobody but whom it is for."""
        written_to = {
            address
            for written in (*email["email_to"], *(email["email_cc"] or ()))
            for address in email_normalize_all(written)
        }
        if not written_to or not written_to <= addresses:
            return
        for part in ("body", "body_alternative"):
            email[part] = email[part].replace(PLACE, f"{PAGE}/{token}")

    def _relance_load_tokens(self):
        """Return ``{e-mail id: (key, addresses)}``: a few queries for all.

        Of the e-mail of a reminder itself, and of those that bring a link: another one
        about the same record, from a template of anybody's, gets no key.
        """
        # sudo: as the mail queue, which runs with the rights of whoever triggers it;
        # an e-mail gets no other link than that of its own reminder.
        mails = self.sudo().filtered(lambda mail: not mail.is_notification)
        links = mails._relance_find_reminder_links() | mails._relance_find_sent_links()
        return {
            mail_id: (link._get_token(), set(email_normalize_all(link.email or "")))
            for mail_id, link in links.items()
        }

    def _relance_find_reminder_links(self):
        """Return ``{e-mail id: the link of the reminder that it is}``."""
        mails = self.filtered(lambda mail: mail.model == REMINDER)
        reminders = mails.env[REMINDER].browse(mails.mapped("res_id")).exists()
        own = {reminder.message_id.id: reminder.id for reminder in reminders}
        made = mails.env[LINK].search(
            [("reminder_id", "in", reminders.ids), ("revoked_on", "=", False)],
            order="id",
        )
        by_reminder = {link.reminder_id.id: link for link in made}
        found = {
            mail.id: by_reminder.get(own.get(mail.mail_message_id.id)) for mail in mails
        }
        return {mail_id: link for mail_id, link in found.items() if link}

    def _relance_find_sent_links(self):
        """Return ``{e-mail id: the link that it brings}``."""
        mails = self.filtered(lambda mail: mail.model == LINK)
        links = mails.env[LINK].browse(mails.mapped("res_id")).exists()
        by_id = {link.id: link for link in links}
        return {
            mail.id: by_id[mail.res_id]
            for mail in mails
            if mail.res_id in by_id
            and mail.mail_message_id in by_id[mail.res_id].sent_message_ids
        }
