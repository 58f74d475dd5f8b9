from odoo import fields, models

from .relance_groups import OFFICER_GROUP


class RelanceDebtorBilling(models.AbstractModel):
    """What a customer wants on invoices: the part of partners about it."""

    _name = "relance.debtor.billing"
    _description = "Billing requirements of a customer"

    relance_requirement_ids = fields.One2many(
        "relance.billing.requirement",
        "partner_id",
        string="Billing requirements",
        groups=OFFICER_GROUP,
        help="Checked when an invoice is posted, and before a reminder.",
    )
