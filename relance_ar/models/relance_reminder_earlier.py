from odoo import api, fields, models
from odoo.tools import format_date

from .relance_facts_types import CONFIRMED
from .relance_level import FORMAL_NOTICE, LITIGATION, PREVENTIVE


class RelanceReminderEarlier(models.AbstractModel):
    """What a formal notice and a last letter recall: the contacts before them."""

    _name = "relance.reminder.earlier"
    _description = "Earlier contacts that a reminder recalls"

    earlier_note = fields.Text(
        string="Earlier contacts", compute="_compute_earlier_note"
    )

    @api.depends("line_ids.move_line_id", "phase", "lang")
    def _compute_earlier_note(self):
        earlier = self._load_earlier()
        for reminder in self:
            lang = reminder._get_lang()
            contacts = earlier.get(reminder.id, self.browse()).with_context(lang=lang)
            reminder.earlier_note = reminder.with_context(lang=lang)._say_earlier(
                contacts
            )

    def _load_earlier(self):
        """Return ``{id: contacts made about the same instalments}``, in one search."""
        firm = self.filtered(lambda r: r.phase in (FORMAL_NOTICE, LITIGATION))
        # sudo: contacts with this very debtor, of the same company.
        made = self.sudo().search(
            [
                ("company_id", "in", firm.company_id.ids),
                ("line_ids.move_line_id", "in", firm.line_ids.move_line_id.ids),
                ("state", "in", CONFIRMED),
                ("phase", "!=", PREVENTIVE),
            ],
            order="date_done, id",
        )
        return {
            reminder.id: made.filtered(
                lambda r, me=reminder: (
                    r.id != me.id
                    and r.company_id == me.company_id
                    and r.line_ids.move_line_id & me.line_ids.move_line_id
                )
            )
            for reminder in firm
        }

    def _say_earlier(self, contacts):
        """Return in one text the contacts before a firm letter: when, how.

        A letter that says the formal notice had no effect names that notice.
        """
        self.ensure_one()
        if self.phase == LITIGATION:
            contacts = contacts.filtered(lambda r: r.phase == FORMAL_NOTICE)
            return " ".join(contact._say_as_notice() for contact in contacts)
        if not contacts:
            return ""
        said = dict.fromkeys(contact._say_as_contact() for contact in contacts)
        return self.env._(
            "Our earlier reminders: %(contacts)s.", contacts=", ".join(said)
        )

    def _say_as_contact(self):
        """Return the day and the channel of a contact."""
        self.ensure_one()
        channels = dict(self._fields["channel"]._description_selection(self.env))
        return self.env._(
            "%(day)s (%(channel)s)",
            day=format_date(self.env, self.date_done),
            channel=channels[self.channel].lower(),
        )

    def _say_as_notice(self):
        """Return what became of a formal notice, in one sentence."""
        self.ensure_one()
        if letter := self.registered_ids[:1]:
            return letter._say_notice(letter._to_notice())
        return self.env._(
            "Our formal notice: %(contact)s.", contact=self._say_as_contact()
        )
