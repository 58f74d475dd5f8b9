from odoo import api, models
from odoo.exceptions import AccessError, UserError

from .relance_groups import OFFICER_GROUP

# Context: an officer has a customer follow a dispute.
INVITED = "relance_customer_invited"
# Who has to do with a dispute besides officers, and so follows it.
PEOPLE = ("user_id", "leader_id", "escalated_to_id", "concluder_id")


class RelanceDisputeWriting(models.AbstractModel):
    """Who is written to about a dispute: colleagues, and customers by officers only.

    Comes before ``mail.thread`` among the parents of the dispute: it extends it.
    """

    _name = "relance.dispute.writing"
    _description = "Messages about a dispute"

    def action_send_proofs(self):
        """Open the e-mail that tells the customer why the amount is owed.

        :raise UserError: for one that is not resolved, or whose invoice is a draft
        """
        self.ensure_one()
        self._check_officer()
        if self.state != "resolved":
            raise UserError(
                self.env._(
                    "%(name)s: conclude it first, then write to the customer.",
                    name=self.display_name,
                )
            )
        moves = self.sudo().move_line_ids.move_id  # sudo: their number and state
        for move in moves.filtered(lambda m: m.state != "posted")[:1]:
            raise UserError(
                self.env._(
                    "%(name)s: %(invoice)s is not posted, and cannot be attached. "
                    "Write to the customer once it is.",
                    name=self.display_name,
                    invoice=move.name or move.display_name,
                )
            )
        return self._compose("relance_ar.mail_template_dispute_proofs")

    def _get_contact(self):
        # EXTENDS relance.agreement.writing: who disputed it, if they have an address.
        # sudo: one address, which the template fills in.
        person = self.sudo().reminder_id.contact_id
        return person if person.email_normalized else super()._get_contact()

    def _get_still_owed(self):
        """Return what the customer still has to pay of what they disputed.

        No more than is open, less the draft credit notes that follow.
        """
        self.ensure_one()
        record = self.sudo()  # sudo: one total, for the e-mail about it
        drafts = record.credit_move_ids.filtered(lambda m: m.state == "draft")
        left = self._get_open_amount() - sum(drafts.mapped("amount_total"))
        return max(min(self.amount - self.amount_upheld, left), 0)

    # ------------------------------------------------------------- to whom it goes

    def _may_write_out(self):
        """Say whether the user may write to customers about disputes."""
        return self.env.su or self.env.user.has_group(OFFICER_GROUP)

    def _check_may_write_out(self):
        """Refuse to write to customers to whom is no officer.

        :raise AccessError: telling what to do instead
        """
        if not self._may_write_out():
            raise AccessError(
                self.env._(
                    "Collections officers write to customers about disputes: log a "
                    "note for them instead."
                )
            )

    def _notify_get_recipients(self, message, msg_vals=False, **kwargs):
        # EXTENDS 'mail': whoever follows a dispute may post on it, but not outside.
        found = super()._notify_get_recipients(message, msg_vals=msg_vals, **kwargs)
        outside = [recipient for recipient in found if recipient["share"]]
        if not outside or self._may_write_out():
            return found
        vals = msg_vals or {}
        named = vals.get("partner_ids") or message.sudo().partner_ids.ids
        if any(not r["id"] or r["id"] in named for r in outside):
            self._check_may_write_out()
        # Who merely follows is left out: a customer, or a colleague who has left.
        return [recipient for recipient in found if not recipient["share"]]

    def _process_attachments_for_template_post(self, mail_template):
        # EXTENDS 'mail': what is written from a template goes to the customer.
        self._check_may_write_out()
        return super()._process_attachments_for_template_post(mail_template)

    def message_subscribe(self, partner_ids=None, subtype_ids=None):
        # EXTENDS 'mail': a customer who follows reads what colleagues tell each other.
        if self._get_outsiders(partner_ids):
            self._check_may_write_out()
            self = self.with_context(**{INVITED: True})
        return super().message_subscribe(partner_ids, subtype_ids)

    def _message_subscribe(self, partner_ids=None, subtype_ids=None, customer_ids=None):
        # EXTENDS 'mail': nor does a customer follow by answering our e-mail.
        if not self.env.context.get(INVITED):
            outsiders = set(self._get_outsiders(partner_ids).ids)
            partner_ids = [i for i in partner_ids or () if i not in outsiders]
        return super()._message_subscribe(partner_ids, subtype_ids, customer_ids)

    @api.model
    def _get_outsiders(self, partner_ids):
        # sudo: who of them is no colleague.
        partners = self.env["res.partner"].sudo().browse(partner_ids or ())
        return partners.filtered("partner_share")

    # ----------------------------------------------------------------- who follows

    def write(self, vals):
        # EXTENDS: who has nothing to do with it any more no longer reads it.
        if not vals.keys() & set(PEOPLE):
            return super().write(vals)
        before = {record: record._get_people() for record in self}
        result = super().write(vals)
        for record in self.sudo():  # sudo: who follows comes from who answers
            left = before[record] - record._get_people()
            strangers = left.filtered(lambda user: not user.has_group(OFFICER_GROUP))
            if strangers:
                record.message_unsubscribe(strangers.partner_id.ids)
        return result

    def _get_people(self):
        """Return who has to do with the dispute now, besides its officer."""
        self.ensure_one()
        people = self.env["res.users"]
        return people.union(*(self[name] for name in PEOPLE)).sudo()
