from odoo import api, fields, models
from odoo.exceptions import UserError

from .relance_channel import CALLS, EMAIL, LETTERS
from .relance_event_kinds import ANSWER, ATTEMPT, FAILED, HANDOVER
from .relance_facts_types import CONFIRMED

SEALED_AT_ONCE = 200


class RelanceReminderEvent(models.AbstractModel):
    """The contacts that a reminder makes, kept in the chain of its debtor."""

    _name = "relance.reminder.event"
    _description = "Contacts of a reminder"

    event_ids = fields.One2many("relance.event", "reminder_id", readonly=True)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_sealed(self):
        # sudo: whether something is sealed decides, not who may read it.
        for event in self.sudo().event_ids[:1]:
            raise UserError(
                self.env._(
                    "%(name)s: somebody tried to reach the debtor, which is kept as a "
                    "proof.",
                    name=event.reminder_id.display_name,
                )
            )

    def _record_contact(self, note=""):
        """Seal what has just been said, by e-mail, letter, call or visit.

        :param note: what the officer wrote about a call
        :return: the events
        """
        events = self.env["relance.event"]
        return events._record([reminder._prepare_event(note) for reminder in self])

    def _record_attempt(self, words):
        """Seal that somebody called, and spoke to nobody who could answer."""
        self.ensure_one()
        vals = self._prepare_event_base()
        vals |= {"kind": self.channel, "stage": ATTEMPT, "subject": words}
        return self.env["relance.event"]._record([vals])

    def _record_handover(self, words, note=""):
        """Seal that somebody else deals with the debtor: who, and what is expected."""
        self.ensure_one()
        events, vals = self.env["relance.event"], self._prepare_event_base()
        body = events._to_html([(self.env._("What is expected"), note)])
        vals |= {"kind": HANDOVER, "subject": words, "body": body, "recipient": ""}
        return events._record([vals])

    def _record_failure(self, message):
        """Seal that what was sent did not arrive."""
        vals = [
            {**reminder._prepare_event_base(), "kind": FAILED, "subject": message}
            for reminder in self
        ]
        return self.env["relance.event"]._record(vals)

    def _prepare_event_base(self):
        """Return what all the events of a reminder say: to whom, about what."""
        self.ensure_one()
        debtor = self.partner_id
        # sudo: the number of the debtor, which officers see.
        siren = debtor.sudo().relance_siren
        return {
            "company_id": self.company_id.id,
            "partner_id": debtor.id,
            "reminder_id": self.id,
            "reference": self.reference,
            "debtor": " ".join(filter(None, (debtor.name, siren))),
            "recipient": self._get_event_recipient(),
            "lines": [line._to_event() for line in self.line_ids.sorted("id")],
        }

    def _prepare_event(self, note=""):
        """Return the values of the event of the contact itself."""
        self.ensure_one()
        # sudo: what was said, by whoever may confirm the contact.
        message = self.sudo().message_id
        is_letter = self.channel in LETTERS
        files = self.sudo().letter_id if is_letter else message.attachment_ids
        posted = self._prepare_posting_event() if is_letter else {}
        return {
            **self._prepare_event_base(),
            **posted,
            "kind": self.channel,
            "subject": self._get_said_subject(),
            "body": message.body if self.channel == EMAIL else self._get_said(note),
            "headers": self._get_event_headers(message) if message else {},
            "message_id": message.id if self.channel == EMAIL else False,
            "attachment_ids": files.ids,
        }

    def _get_said_subject(self):
        """Return the subject of the message, as sent or printed, or its level."""
        self.ensure_one()
        # sudo: what was said, by whoever may confirm the contact.
        message = self.sudo().message_id
        return message.subject or self.letter_subject or self.level_id.name

    def _get_said(self, note=""):
        """Return what was said in a call or a visit, as HTML.

        :param note: what the officer wrote, kept if the outcome does not say it
        """
        self.ensure_one()
        if self.channel in LETTERS:
            return self.env["relance.event"]._to_html(self._get_posting_facts())
        if self.channel not in CALLS or not self.call_outcome:
            return self.env["relance.event"]._to_html([(self.env._("Note"), note)])
        return self.env["relance.event"]._to_html(self._get_call_facts())

    def _get_event_recipient(self):
        """Return to whom: the addresses written to, the address on the letter, or who
        was spoken to."""
        self.ensure_one()
        contact = self.contact_id
        if self.channel == EMAIL:
            return self.recipient or ""
        if self.channel in LETTERS:
            return self._get_letter_address()
        return " ".join(filter(None, (contact.display_name, contact.phone)))

    # -------------------------------------------------------------------- migration

    @api.model
    def _seal_existing(self, commit=None):
        """Seal the contacts made before contacts were sealed, as they are found.

        In the order in which they took place; those sealed already are left alone.

        :param commit: called after each batch
        :return: how many contacts were sealed
        """
        domain = [("state", "in", CONFIRMED), ("event_ids", "=", False)]
        count = 0
        while found := self.search(domain, order="date_done, id", limit=SEALED_AT_ONCE):
            vals_list = [vals for reminder in found for vals in reminder._as_found()]
            self.env["relance.event"]._record(vals_list)
            count += len(vals_list)
            if commit:
                commit()
            self.env.invalidate_all()
        return count

    def _as_found(self):
        """Return the values of the contact of a reminder, and of its answers."""
        self.ensure_one()
        done = fields.Datetime.to_datetime(self.date_done)
        contact = {
            **self._prepare_event(),
            "date": self.message_id.date or done or self.write_date,
            "author": self.user_id.name or self.company_id.name,
        }
        found = [contact, *self._prepare_found_messages()]
        return [{**vals, "is_sealed_later": True} for vals in found]

    def _prepare_found_messages(self):
        """Return the values of the answers, and of what else was written to them."""
        found = []
        for message in (self.message_ids - self.message_id).sorted("id"):
            if message._relance_is_from_debtor(self.company_id):
                found.append(self._prepare_message_event(message, ANSWER))
            elif self._get_debtor_addresses(message):
                author = message.author_id.name or message.email_from
                vals = self._prepare_message_event(message, EMAIL)
                found.append({**vals, "author": author})
        return found
