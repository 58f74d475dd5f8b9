from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import split_every

from .relance_channel import LETTERS

# What one document holds: its pages are put together in memory.
LETTERS_PER_POST = 500


class RelanceMailingMaking(models.AbstractModel):
    """Which letters go into a post: each is printed in one post at a time."""

    _name = "relance.mailing.making"
    _description = "Making of a post"

    @api.model
    def _make_for(self, reminders):
        """Make the post of the approved letters among reminders, for each company.

        :return: the action that opens it
        :raise UserError: when there is no letter to print
        """
        reminders.check_access("write")
        letters = reminders.filtered(
            lambda r: r.state == "approved" and r.channel in LETTERS
        )
        if not letters:
            raise UserError(
                self.env._(
                    "There is no approved letter here: approve letters first, then "
                    "print the post."
                )
            )
        free = self._leave_out_waiting(letters)
        # sudo: made by this verb only, of reminders that the user may write.
        mailings = (
            self.env["relance.mailing"]
            .sudo()
            .create(
                [
                    self._prepare_mailing(company, part)
                    for company, group in free.grouped("company_id").items()
                    for part in self._split(group)
                ]
            )
        )
        mailings._print_small()
        return mailings.with_env(self.env)._open()

    @api.model
    def _leave_out_waiting(self, letters):
        """Return the letters that no post is about to print.

        :raise UserError: naming the post that prints them all
        """
        # sudo: posts of the companies of these letters.
        lines = self.env["relance.mailing.line"].sudo()
        waiting = lines.search(
            [("reminder_id", "in", letters.ids), ("state", "=", "waiting")]
        )
        free = letters.filtered(lambda r: r.id not in waiting.reminder_id.ids)
        if not free:
            raise UserError(
                self.env._(
                    "%(name)s prints these letters already: see what became of it.",
                    name=waiting.mailing_id[:1].name,
                )
            )
        return free

    @api.model
    def _split(self, reminders):
        """Return letters in the order of their envelopes, by document."""
        ordered = reminders._in_sending_order()
        return split_every(LETTERS_PER_POST, ordered.ids, ordered.browse)

    @api.model
    def _prepare_mailing(self, company, reminders):
        lines = [
            fields.Command.create({"sequence": rank, "reminder_id": reminder.id})
            for rank, reminder in enumerate(reminders, 1)
        ]
        return {
            "company_id": company.id,
            "date": fields.Date.context_today(self),
            "user_id": self.env.uid,
            "line_ids": lines,
        }

    @api.model
    def action_print_approved(self):
        """Print all the approved letters of the current company whose day has come."""
        reminders = self.env["relance.reminder"].search(
            [
                ("company_id", "=", self.env.company.id),
                ("state", "=", "approved"),
                ("channel", "in", LETTERS),
                ("date_planned", "<=", fields.Date.context_today(self)),
                ("letter_id", "=", False),
            ]
        )
        return self._make_for(reminders)
