from odoo import api, fields, models
from odoo.fields import Domain

from ..core import billing


class RelanceBillingRequirement(models.Model):
    """What a customer, or every customer, wants on invoices to be able to pay them."""

    _name = "relance.billing.requirement"
    _description = "Billing requirement"
    _order = "partner_id, kind"
    _check_company_auto = True

    partner_id = fields.Many2one(
        "res.partner",
        string="Customer",
        index="btree_not_null",
        ondelete="cascade",
        check_company=True,
        help="Empty: for all customers.",
    )
    company_id = fields.Many2one(
        "res.company", index="btree_not_null", help="Empty: for all companies."
    )
    kind = fields.Selection(
        [
            (billing.ORDER, "Purchase-order number"),
            (billing.MARKET, "Market number"),
            (billing.COMMITMENT, "Commitment number (public buyers)"),
            (billing.SERVICE, "Service code (public buyers)"),
            (billing.DELIVERY, "Delivery or site address"),
            (billing.INVOICE_ADDRESS, "Invoice sent to this address"),
            (billing.PORTAL, "Put on the customer's portal"),
            (billing.ATTACHMENT, "Attachment"),
            (billing.VALIDATOR, "Who validates"),
            (billing.DUE_DATE, "Due date"),
            (billing.METHOD, "Means of payment"),
            (billing.ACCOUNT, "Bank account"),
            (billing.DESCRIPTION, "Precise description"),
        ],
        string="Wanted",
        required=True,
    )
    severity = fields.Selection(
        [
            (billing.IGNORE, "Ignore"),
            (billing.WARN, "Warn"),
            (billing.BLOCK, "Block"),
        ],
        string="If it is missing",
        required=True,
        default=billing.WARN,
        help="What blocks is asked for before the invoice is posted.",
    )
    detail = fields.Char(
        help="The portal, words in the name of the attached file, who validates…"
    )
    address_id = fields.Many2one(
        "res.partner",
        index="btree_not_null",
        help="Where invoices go: a post box (TSA), a shared service centre…",
    )
    active = fields.Boolean(default=True)

    @api.depends("kind", "detail")
    def _compute_display_name(self):
        kinds = dict(self._fields["kind"]._description_selection(self.env))
        for record in self:
            record.display_name = " · ".join(
                filter(None, (kinds.get(record.kind), record.detail))
            )

    @api.model
    def _load(self, partner_ids, company, of_all=True):
        """Return ``{debtor id: requirements}``; under None, those of all customers.

        :param partner_ids: ids of commercial partners
        :param of_all: take those of all customers too
        """
        wanted = Domain("partner_id", "in", list(partner_ids))
        if of_all:
            wanted |= Domain("partner_id", "=", False)
        # sudo: policy, whoever posts or plans.
        found = self.sudo().search(
            wanted
            & Domain("company_id", "in", (False, company.id))
            & Domain("severity", "!=", billing.IGNORE)
        )
        return {
            partner.id or None: [
                (
                    billing.Requirement(r.kind, r.severity, r.detail or ""),
                    r.address_id.id,
                )
                for r in records
            ]
            for partner, records in found.grouped("partner_id").items()
        }
