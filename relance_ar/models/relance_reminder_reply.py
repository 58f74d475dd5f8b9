from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import html2plaintext

ANSWER_ACTIVITY = "relance_ar.mail_activity_type_answer"
# What the officer reads of an answer on the to-do list.
EXCERPT_LINES, EXCERPT_CHARACTERS = 8, 600
AUTOMATIC = "out_of_office"


class RelanceReminderReply(models.AbstractModel):
    """What the debtor answers to a reminder, until somebody has read it.

    Comes before ``mail.thread`` among the parents of the reminder: it extends it.
    """

    _name = "relance.reminder.reply"
    _description = "Answers to a reminder"

    answered_on = fields.Datetime(
        readonly=True, copy=False, help="When the debtor last answered."
    )
    answer_state = fields.Selection(
        [("unread", "To read"), ("read", "Read")],
        string="Answer",
        readonly=True,
        copy=False,
        index="btree_not_null",
        help="An answer to read holds the next automatic step of the debtor.",
    )
    reply_address = fields.Char(compute="_compute_reply_address")

    @api.depends("user_id", "company_id")
    def _compute_reply_address(self):
        """The record's own address if the company has a mail domain, else a person's.

        An answer to the former comes back to this record through the mail gateway.
        """
        defaults = {
            r.id: r.user_id.email_formatted or r.company_id.email_formatted
            for r in self
        }
        authors = {
            r.id: (r.user_id.partner_id or r.company_id.partner_id).id for r in self
        }
        addresses = self._notify_get_reply_to_batch(defaults, authors) if self else {}
        for reminder in self:
            reminder.reply_address = addresses[reminder.id]

    def _get_reply_to(self):
        """Return where answers go."""
        self.ensure_one()
        return self.reply_address

    # ------------------------------------------------------------------- arriving

    def _message_post_after_hook(self, message, msg_values):
        # EXTENDS 'mail': an answer of the debtor is noted, whatever way it came.
        result = super()._message_post_after_hook(message, msg_values)
        if message._relance_is_answer(self):
            # sudo: whoever answers (the gateway, a portal user) has no rights on
            # reminders; only that there is an answer is written, on the record it was
            # posted on.
            self.sudo()._note_answer(message.sudo())
        return result

    def _notify_thread(self, message, msg_vals=False, **kwargs):
        # EXTENDS 'mail': nobody is written to about what a machine wrote. Two
        # autoresponders would answer one another through us. sudo: who wrote it is
        # looked at, and a note is kept, whatever rights the gateway runs with.
        author = message.sudo().author_id
        if message.message_type == AUTOMATIC and (not author or author.partner_share):
            self.sudo()._message_log(
                body=self.env._("An automatic reply: it does not count as an answer.")
            )
            return []
        return super()._notify_thread(message, msg_vals=msg_vals, **kwargs)

    def _note_answer(self, message):
        """Mark the reminder as answered, and have the officer read it."""
        self.ensure_one()
        self.write({"answered_on": fields.Datetime.now(), "answer_state": "unread"})
        kind = self._get_answer_activity_type()
        if not kind:
            return
        note = self._in_officer_lang()._get_answer_note(message)
        opened = self.activity_ids.filtered(lambda a: a.activity_type_id.id == kind)
        if opened:
            opened[0].note = note + (opened[0].note or "")
        else:
            self._create_activities({self.id: self._prepare_answer_vals(kind, note)})

    @api.model
    def _get_answer_activity_type(self):
        """Return the id of the type of the activity, or False if it was deleted."""
        to_id = self.env["ir.model.data"]._xmlid_to_res_id
        return to_id(ANSWER_ACTIVITY, raise_if_not_found=False)

    def _prepare_answer_vals(self, activity_type_id, note):
        """Return the values of the activity that asks to read an answer."""
        reminder = self._in_officer_lang()
        return {
            "activity_type_id": activity_type_id,
            "summary": reminder.env._(
                "%(debtor)s has answered", debtor=self.partner_id.name
            ),
            "note": note,
            "date_deadline": fields.Date.context_today(self),
        }

    def _get_answer_note(self, message):
        """Return who wrote and the first lines, as HTML."""
        text = html2plaintext(message.body or "", include_references=False)
        lines = [line.strip() for line in text.splitlines() if line.strip()]
        values = {
            "author": message.author_id.display_name or message.email_from,
            "lines": [line[:EXCERPT_CHARACTERS] for line in lines[:EXCERPT_LINES]],
        }
        return self.env["ir.qweb"]._render("relance_ar.reminder_answer_note", values)

    # -------------------------------------------------------------------- reading

    @api.model
    def _get_unread_answer_domain(self):
        """Return the reminders with an answer that nobody has read.

        Until it is read, no automatic step goes to the same debtor (``partner_id``) of
        the same company: what they say may change everything.

        :rtype: Domain
        """
        return Domain("answer_state", "=", "unread")

    def action_answer_read(self):
        """Note that the answer of the debtor has been read.

        :return: the reminders it was to be read on
        """
        return self._move("_read_answer")

    def _read_answer(self):
        """Mark the answers as read and take them off the to-do list."""
        read = self.filtered_domain(self._get_unread_answer_domain())
        read.answer_state = "read"
        if read:
            # Finished, not deleted: who read it, and when, stays in the history.
            read.activity_feedback([ANSWER_ACTIVITY])
        return read
