from odoo import api, fields, models
from odoo.exceptions import ValidationError

from .relance_channel import EMAIL
from .relance_reminder_todo import CALL_ACTIVITIES


class RelanceReminderContact(models.AbstractModel):
    """Whom a reminder is for: somebody of the debtor's, who can still be reached."""

    _name = "relance.reminder.contact"
    _description = "Contact of a reminder"

    held_note = fields.Char(
        compute="_compute_held_note",
        help="What holds it when it is neither our own side nor a person.",
    )

    @api.depends("state", "preflight", "contact_id", "level_id.channel_ids")
    @api.depends_context("lang")
    def _compute_held_note(self):
        for reminder in self:
            is_held = reminder.state == "held" and not reminder._get_blocking()
            reminder.held_note = is_held and reminder._say_held()

    def _say_held(self):
        """Return what to do about a reminder that reaches nobody."""
        self.ensure_one()
        level = self.level_id.sudo()  # sudo: policy, maybe of a parent company
        if not level.channel_ids:
            return self.env._(
                "The level “%(level)s” has no channel: choose one in the scenario, and "
                "the next run takes the reminder up again.",
                level=level.name,
            )
        return self.env._(
            "The debtor cannot be reached at this level: complete the contact, and the "
            "next run takes the reminder up again. %(why)s",
            why=self._get_contact_problem(),
        ).strip()

    @api.constrains("contact_id", "partner_id")
    def _check_contact(self):
        # A run only names people of the debtor's; thousands are not looked at again.
        if self.env.su and self.env.context.get("relance_of_one_company"):
            return
        for reminder in self:
            if not reminder._is_of_debtor():
                raise ValidationError(
                    self.env._(
                        "%(contact)s is not a contact of %(debtor)s: what they owe is "
                        "not for others to read.",
                        contact=reminder.contact_id.display_name,
                        debtor=reminder.partner_id.display_name,
                    )
                )

    def _is_of_debtor(self):
        self.ensure_one()
        debtor = self.partner_id.commercial_partner_id
        return self.contact_id.commercial_partner_id == debtor

    def _get_contact_problem(self):
        """Return why the contact cannot be written to any more, or ""."""
        self.ensure_one()
        name = self.contact_id.display_name
        if not self._is_of_debtor():
            return self.env._(
                "%(contact)s is no longer a contact of the debtor.", contact=name
            )
        if not self.contact_id.active:
            return self.env._("%(contact)s is archived.", contact=name)
        if self.channel == EMAIL and not self._get_emails():
            return self.env._("No e-mail address for %(contact)s.", contact=name)
        return ""

    def _hold_if_lost(self):
        """Hold an approved reminder whose contact has gone, moved or lost its address.

        The next run finds another contact or another channel.

        :return: whether it is held
        """
        self.ensure_one()
        problem = self._get_contact_problem()
        if not problem:
            return False
        self._drop_activities(list(CALL_ACTIVITIES.values()))
        # Without fingerprint, the next run brings it up to date in any case.
        self.write({"state": "held", "approved_by_id": False, "fingerprint": False})
        self._message_log(body=problem)
        self._ask_for_repair(problem)
        return True
