from odoo import fields, models
from odoo.exceptions import UserError
from odoo.tools import email_normalize, format_date, formatLang

from ..core.calendar import shift

# Months that a payment may lie back.
LONGEST_PAST = 24


class RelanceCallFollowing(models.AbstractModel):
    """What follows from a call: money looked for, the right person noted."""

    _name = "relance.call.following"
    _description = "What follows from a call"

    def _log_paid(self):
        """Wait some days for money that is on its way, they say: no promise."""
        self._require("amount", "about_ids")
        today = fields.Date.context_today(self)
        if self.date and self.date > today:
            raise UserError(
                self.env._("What is paid on a day to come is a promise: log it as one.")
            )
        self._check_day(self.date, ahead=0, past=LONGEST_PAST)
        if self.currency_id.compare_amounts(self.amount, 0) <= 0:
            raise UserError(self.env._("Say how much was paid."))
        owed = sum(self.about_ids._relance_open_amounts())
        if self.currency_id.compare_amounts(self.amount, owed) > 0:
            raise UserError(
                self.env._(
                    "Only %(owed)s are owed on these instalments.",
                    owed=formatLang(self.env, owed, currency_obj=self.currency_id),
                )
            )
        note = self.env._("Already paid, they say.")
        if self.date:
            day = format_date(self.env, self.date)
            note = self.env._("Already paid on %(day)s, they say.", day=day)
        until = shift(today, self.company_id.relance_promise_tolerance)
        lines = self._not_held_until(until)
        if lines:
            reason = " ".join(filter(None, (note, self.note)))
            self.env["relance.line.hold"]._hold(lines, reason, until)

    def _not_held_until(self, day):
        """Return the instalments concerned, but for those on hold for longer."""
        holds = self.env["relance.line.hold"].search(
            [("move_line_id", "in", self.about_ids.ids), ("active", "=", True)]
        )
        longer = holds.filtered(lambda h: not h.date_until or h.date_until >= day)
        return self.about_ids - longer.move_line_id

    def _log_wrong_contact(self):
        """Put the contact right and call again, or have it repaired."""
        contact = self.contact_id
        if self.new_email and not email_normalize(self.new_email):
            raise UserError(
                self.env._("%(email)s is no e-mail address.", email=self.new_email)
            )
        found = {"phone": self.new_phone, "email": self.new_email}
        found = {name: value for name, value in found.items() if value}
        if self.new_name:  # the one reached by mistake stays who they are
            self._add_person()
        elif found:
            contact.write(found)
        if not (self.new_phone or self.new_name):
            words = self.env._(
                "%(contact)s is not the right contact: find whom to call.",
                contact=contact.display_name,
            )
            # sudo: a task about a reminder just checked.
            self.reminder_id.sudo()._ask_for_repair(words)
        self._plan_next()

    def _add_person(self):
        """Note the right person at the debtor's, and call them next."""
        person = self.env["res.partner"].create(
            {
                "name": self.new_name,
                "parent_id": self.partner_id.id,
                "phone": self.new_phone,
                "email": self.new_email,
                "relance_role": "accounts_payable",
            }
        )
        self.reminder_id.contact_id = person
