from odoo import api, models
from odoo.tools import format_date, formatLang

from .mail_thread import BROUGHT_BY
from .relance_channel import EMAIL
from .relance_event_kinds import ANSWER


class RelanceSealedThread(models.AbstractModel):
    """A record in whose history people write to the debtor: each message is sealed.

    Comes before ``mail.thread`` among the parents of a model: it extends it. The model
    has ``_prepare_event_base``: what all its events say.
    """

    _name = "relance.sealed.thread"
    _description = "History with sealed messages"

    def _message_post_after_hook(self, message, msg_values):
        # EXTENDS 'mail': what is written to the debtor from the history is a contact.
        result = super()._message_post_after_hook(message, msg_values)
        # sudo: what was said is sealed, whoever says it.
        record, said = self.sudo(), message.sudo()
        if message._relance_is_answer(self):
            record._seal_answer(said)
        elif record._get_debtor_addresses(said):
            vals = record._prepare_message_event(said, EMAIL)
            self.env["relance.event"]._record([vals])
        return result

    def _check_can_update_message_content(self, messages):
        # EXTENDS 'mail': nor through the chatter is what was said rewritten.
        messages._relance_refuse_proofs()
        return super()._check_can_update_message_content(messages)

    def _get_debtor_addresses(self, message):
        """Return the addresses of the debtor's people to whom a message goes."""
        debtor = self.partner_id.commercial_partner_id
        people = message.sudo().partner_ids  # sudo: addresses, for the seal
        return [
            partner.email_formatted
            for partner in people
            if partner.email_normalized and partner.commercial_partner_id == debtor
        ]

    def _seal_answer(self, message):
        """Seal what the debtor answered."""
        vals = self._prepare_message_event(message, ANSWER)
        return self.env["relance.event"]._record([vals])

    def _prepare_message_event(self, message, kind):
        """Return the values of the event of a message, from or to the debtor."""
        is_answer = kind == ANSWER
        recipients = [] if is_answer else self._get_debtor_addresses(message)
        author = message.author_id.name or message.email_from
        return {
            **self._prepare_event_base(),
            "kind": kind,
            "date": message.date,
            "subject": message.subject or "",
            "body": message.body,
            "author": author if is_answer else self.env.user.name,
            "recipient": ", ".join(recipients),
            "headers": self._get_event_headers(message),
            "message_id": message.id,
            "attachment_ids": message.attachment_ids.ids,
        }

    def _to_fact(self, name):
        """Return a field as ``(label, text)``; "" for what is not filled in."""
        self.ensure_one()
        field = self._fields[name]
        return field._description_string(self.env), self._to_text(field, self[name])

    def _to_text(self, field, value):
        """Return the value of a field as people read it."""
        if not value:
            return ""
        if field.type == "selection":
            return dict(field._description_selection(self.env))[value]
        if field.type == "monetary":
            return formatLang(self.env, value, currency_obj=self.currency_id)
        if field.type == "date":
            return format_date(self.env, value)
        if field.type == "boolean":
            return self.env._("Yes")
        if field.relational:
            return ", ".join(value.mapped("display_name"))
        return str(value)

    @api.model
    def _get_event_headers(self, message):
        """Return the headers of an e-mail, as far as they are known."""
        brought_by = self.env.context.get(BROUGHT_BY)
        return {
            "type": message.message_type,
            "message_id": message.message_id or "",
            "from": message.email_from or "",
            "reply_to": message.reply_to or "",
            "in_reply_to": message.parent_id.message_id or "",
            **({"brought_by": brought_by} if brought_by else {}),
        }
