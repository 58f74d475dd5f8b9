from odoo import api, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import email_normalize, email_normalize_all

from .relance_facts_types import CONFIRMED
from .relance_uninstalling import without_force

FROM_PEOPLE = ("email", "comment")
# What has left or arrived: written by the sending and the gateway alone.
BY_MACHINES = ("email", "email_outgoing")
REMINDER = "relance.reminder"
# Who wrote it: nobody writes that afterwards.
AUTHOR = {"author_id", "email_from"}
# What becomes of a message in the course of things: stars, pins, who has read it.
FREE = {
    "mail_ids",
    "notification_ids",
    "notified_partner_ids",
    "pinned_at",
    "reaction_ids",
    "starred",
    "starred_partner_ids",
}


class MailMessage(models.Model):
    _inherit = "mail.message"

    def _relance_is_from_debtor(self, company):
        """Tell whether somebody outside our company wrote it, not a machine."""
        self.ensure_one()
        if self.message_type not in FROM_PEOPLE:
            return False
        if self.message_type == "comment" and self.subtype_id.internal:
            return False
        if self.author_id and not self.author_id.partner_share:
            return False
        ours = email_normalize_all(company.email or "")
        ours += [company.catchall_email, company.bounce_email]
        return (
            self.author_id != company.partner_id
            and email_normalize(self.email_from) not in ours
        )

    def _relance_is_answer(self, record):
        """Tell whether the debtor of a record wrote it, and nobody in their name.

        :param record: with the rights of whoever posts it
        :raise AccessError: when a colleague posts it in the name of the debtor
        """
        self.ensure_one()
        message = self.sudo()  # sudo: who wrote it, whoever posts it
        if not message._relance_is_from_debtor(record.company_id):
            return False
        if record.env.su or not record.env.user._is_internal():
            return True
        debtor = record.sudo().partner_id.commercial_partner_id  # sudo: as above
        if message.author_id.commercial_partner_id == debtor:
            raise AccessError(
                self.env._(
                    "Customers alone write in their name: what they write is a proof. "
                    "Log a note of what they said."
                )
            )
        return False

    # ---------------------------------------------------------------------- proofs

    @api.model_create_multi
    def create(self, vals_list):
        # EXTENDS 'mail': people add notes to the history of a reminder; what left
        # and what arrived is written by the sending and the gateway alone.
        for vals in vals_list if not self.env.su else ():
            is_ours = vals.get("model") == REMINDER
            is_machine = vals.get("message_type") in BY_MACHINES
            if is_ours and (is_machine or self._relance_is_for_debtor(vals)):
                self._relance_refuse_forging()
        return super().create([self._relance_hide_keys(vals) for vals in vals_list])

    @api.model
    def _relance_is_for_debtor(self, vals):
        """Say whether a colleague makes a message of the debtor of a reminder."""
        # sudo: whose people the author is, and whose reminder it is.
        author = self.env["res.partner"].sudo().browse(vals.get("author_id") or [])
        reminder = self.env[REMINDER].sudo().browse(vals.get("res_id") or [])
        debtor = reminder.partner_id.commercial_partner_id
        is_theirs = bool(debtor) and author.commercial_partner_id == debtor
        return is_theirs and self.env.user._is_internal()

    @api.model
    def _relance_refuse_forging(self):
        raise AccessError(
            self.env._("The history of a reminder takes notes of people only.")
        )

    @api.model
    def _relance_hide_keys(self, vals):
        """Return values without the keys of personal pages."""
        hide = self.env["relance.link.hiding"]._hide_in_text
        said = {
            name: hide(vals[name]) for name in ("subject", "body") if vals.get(name)
        }
        return {**vals, **said}

    def write(self, vals):
        # EXTENDS 'mail': what was said to a debtor is not rewritten.
        vals = self._relance_hide_keys(vals)
        if not self.env.su and not vals.keys() <= FREE:
            self._relance_refuse_proofs()
            if AUTHOR & vals.keys() and REMINDER in self.sudo().mapped("model"):
                self._relance_refuse_forging()  # sudo: of which records they are
        return super().write(vals)

    def unlink(self):
        # EXTENDS 'mail'
        return super(MailMessage, without_force(self)).unlink()

    @api.ondelete(at_uninstall=False)
    def _unlink_except_proof(self):
        # A message that is sealed goes for nobody, not with its record either.
        if self.env.su:
            self._relance_refuse_sealed()
        else:
            self._relance_refuse_proofs()

    def _relance_refuse_proofs(self):
        """Refuse to touch the messages of reminders that have left, and those sealed.

        :raise UserError: naming the reminder
        """
        for reminder in self._relance_find_proven()[:1]:
            raise UserError(
                self.env._(
                    "%(name)s has left: its message and its files are kept as a proof.",
                    name=reminder.display_name,
                )
            )
        self._relance_refuse_sealed()

    def _relance_refuse_sealed(self):
        """Refuse to touch messages that contacts are sealed with.

        :raise UserError: saying so
        """
        # sudo: whether it is sealed decides, not who may read the contact.
        events = self.env["relance.event"].sudo()
        if events.search_count([("message_id", "in", self.ids)], limit=1):
            raise UserError(
                self.env._("This message was sent or received: it is kept as a proof.")
            )

    def _relance_find_proven(self):
        """Return the reminders that these messages prove, notes of people left out."""
        # sudo: whether there is such a reminder decides, not who may read it.
        reminders = self.env[REMINDER].sudo()
        ours = self.sudo().filtered(lambda message: message.model == REMINDER)
        said = ours.filtered(lambda message: message.message_type != "comment")
        if not ours:
            return reminders
        return reminders.search(
            [
                "|",
                ("message_id", "in", ours.ids),
                "&",
                ("id", "in", said.mapped("res_id")),
                ("state", "in", CONFIRMED),
            ]
        )
