from odoo import api, fields, models
from odoo.exceptions import ValidationError

from .relance_groups import OFFICER_GROUP


class RelanceAgreementContact(models.AbstractModel):
    """The contact in which something was said: one with the same debtor."""

    _name = "relance.agreement.contact"
    _description = "Contact in which something was said"

    reminder_id = fields.Many2one(
        "relance.reminder",
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
        groups=OFFICER_GROUP,
        help="The contact in which it was said.",
    )
    company_id = fields.Many2one("res.company")
    partner_id = fields.Many2one("res.partner")

    @api.constrains("reminder_id")
    def _check_reminder(self):
        """Refuse a contact with somebody else, who would read of it."""
        for record in self.sudo():  # sudo: whose it is, not what it says
            reminder = record.reminder_id
            debtor = record.partner_id.commercial_partner_id
            is_other = (
                reminder.partner_id.commercial_partner_id != debtor
                or reminder.company_id != record.company_id
            )
            if reminder and is_other:
                raise ValidationError(
                    self.env._(
                        "%(name)s was said in a contact with another customer, or of "
                        "another company.",
                        name=record.display_name,
                    )
                )
