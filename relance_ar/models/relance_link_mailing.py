from odoo import models

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
            token = tokens.get(self.id)
            for email in emails if token else ():
                for part in ("body", "body_alternative"):
                    email[part] = email[part].replace(PLACE, f"{PAGE}/{token}")
        return emails

    def _relance_load_tokens(self):
        """Return ``{e-mail id: key}`` of e-mails to debtors: one query for all."""
        # sudo: as the mail queue, which runs with the rights of whoever triggers it;
        # an e-mail gets no other link than that of its own reminder.
        mails = self.sudo().filtered(lambda mail: not mail.is_notification)
        links = self.env[LINK].sudo()
        reminders = mails.filtered(lambda mail: mail.model == REMINDER)
        made = links.search(
            [
                ("reminder_id", "in", reminders.mapped("res_id")),
                ("revoked_on", "=", False),
            ],
            order="id",
        )
        by_reminder = {link.reminder_id.id: link for link in made}
        found = {mail.id: by_reminder.get(mail.res_id) for mail in reminders}
        for mail in mails.filtered(lambda mail: mail.model == LINK):
            found[mail.id] = links.browse(mail.res_id).exists()
        return {key: link._get_token() for key, link in found.items() if link}
