from odoo import api, fields, models
from odoo.exceptions import UserError

from ..core import billing

# Our field, and those in which addons for public buyers keep the same.
REFERENCES = {
    billing.ORDER: ("ref", "purchase_order_reference"),
    billing.MARKET: ("relance_market_number", "contract_reference"),
    billing.COMMITMENT: ("relance_commitment_number", "purchase_order_reference"),
    billing.SERVICE: ("relance_service_code", "buyer_reference"),
}


class RelanceInvoiceBilling(models.AbstractModel):
    """What the customer wants on the invoice: the part of invoices about it.

    Plain columns without a default: a million invoices get them at no cost.
    """

    _name = "relance.invoice.billing"
    _description = "Billing requirements of an invoice"

    relance_market_number = fields.Char(string="Market number", copy=False)
    relance_commitment_number = fields.Char(string="Commitment number", copy=False)
    relance_service_code = fields.Char(string="Service code", copy=False)
    relance_on_portal = fields.Boolean(
        string="On the customer's portal",
        copy=False,
        help="The invoice was put where the customer wants it.",
    )
    relance_billing_missing = fields.Text(
        string="Missing on the invoice", compute="_compute_relance_billing_missing"
    )

    @api.depends(
        "ref",
        "partner_id",
        "partner_shipping_id",
        "invoice_date_due",
        "partner_bank_id",
        "invoice_line_ids.name",
        "relance_market_number",
        "relance_commitment_number",
        "relance_service_code",
        "relance_on_portal",
        "state",
    )
    def _compute_relance_billing_missing(self):
        self.relance_billing_missing = False
        invoices = self.filtered(
            lambda move: (
                move.move_type == "out_invoice"
                and move.state in ("draft", "posted")
                and move.payment_state not in ("paid", "reversed")
            )
        )
        for move, missing in invoices._relance_missing(of_all=True).items():
            move.relance_billing_missing = "\n".join(
                move._relance_say_missing(found) for found in missing
            )

    # ---------------------------------------------------------------------- checking

    def _relance_missing(self, of_all, at_posting=False):
        """Return ``{invoice: [core.billing.Missing]}`` for those that lack something.

        :param of_all: check what is asked of every invoice too
        :param at_posting: leave out what only comes after the posting
        """
        found = {}
        for company, moves in self.grouped("company_id").items():
            debtors = moves.commercial_partner_id
            asked = self.env["relance.billing.requirement"]._load(
                debtors.ids, company, of_all
            )
            for move in moves:
                if missing := move._relance_check_billing(asked, at_posting):
                    found[move] = missing
        return found

    def _relance_check_billing(self, asked, at_posting, on_own_side=False):
        """Return what the invoice lacks.

        :param on_own_side: the order number has a check of its own there
        """
        self.ensure_one()
        debtor = self.commercial_partner_id
        wanted = [*asked.get(debtor.id, ()), *asked.get(None, ())]
        # sudo: policy of officers, applied whoever posts.
        if not on_own_side and debtor.sudo().relance_requires_order:
            wanted.append((billing.Requirement(billing.ORDER), False))
        if at_posting:
            wanted = [w for w in wanted if w[0].kind != billing.PORTAL]
        address = next((a for _requirement, a in wanted if a), False)
        return wanted and billing.check(
            self._relance_to_billing(address, wanted),
            tuple(requirement for requirement, _address in wanted),
        )

    def _relance_to_billing(self, address_id, wanted):
        """Return the invoice as ``core.billing`` wants it."""
        portals = [r.detail for r, _a in wanted if r.kind == billing.PORTAL]
        shipping = self.partner_shipping_id
        return billing.Invoice(
            references={kind: self._relance_reference(kind) for kind in REFERENCES},
            has_delivery=bool(shipping.street and shipping.city),
            address_id=self.partner_id.id,
            wanted_address_id=address_id or 0,
            portal=(portals[0] if portals and self.relance_on_portal else ""),
            attachments=self._relance_attachment_names(wanted),
            has_due_date=bool(self.invoice_date_due or self.invoice_payment_term_id),
            has_method=bool(self.preferred_payment_method_line_id),
            has_account=bool(self.partner_bank_id),
            lines=tuple(
                line.name or ""
                for line in self.invoice_line_ids
                if line.display_type == "product" and line.price_subtotal
            ),
        )

    def _relance_attachment_names(self, wanted):
        """Return the names of the attached files, if somebody asks for one."""
        if not any(r.kind == billing.ATTACHMENT for r, _a in wanted):
            return ()
        # sudo: only names of the files of an invoice that the user may read.
        files = self.env["ir.attachment"].sudo()
        found = files.search(
            [("res_model", "=", "account.move"), ("res_id", "in", self.ids)]
        )
        return tuple(found.mapped("name"))

    def _relance_reference(self, kind):
        """Return a reference of the customer, from the first field that has one."""
        names = [name for name in REFERENCES[kind] if name in self._fields]
        return next((self[name] for name in names if self[name]), "")

    def _relance_say_missing(self, missing):
        """Return one sentence for what is missing."""
        kinds = self.env["relance.billing.requirement"]._fields["kind"]
        label = dict(kinds._description_selection(self.env))[missing.kind]
        if missing.detail:
            label = f"{label} ({missing.detail})"
        if missing.severity == billing.BLOCK:
            return self.env._("Required: %(what)s", what=label)
        return self.env._("Missing: %(what)s", what=label)

    # ----------------------------------------------------------------------- posting

    def _post(self, soft=True):
        # EXTENDS 'account': what blocks is asked for; the rest is noted.
        invoices = self.filtered(lambda move: move.move_type == "out_invoice")
        missing = invoices._relance_missing(of_all=True, at_posting=True)
        invoices._relance_refuse(missing)
        posted = super()._post(soft)
        own = (posted & invoices)._relance_missing(of_all=False, at_posting=True)
        for move, found in own.items():
            move._message_log(body="\n".join(map(move._relance_say_missing, found)))
        return posted

    def _relance_refuse(self, missing):
        """Refuse to post what lacks something that blocks.

        :raise UserError: naming each invoice and what it lacks
        """
        lines = [
            self.env._(
                "%(invoice)s of %(customer)s: %(what)s",
                invoice=move.display_name,
                customer=move.commercial_partner_id.name,
                what=move._relance_say_missing(found),
            )
            for move, of_move in missing.items()
            for found in of_move
            if found.severity == billing.BLOCK
        ]
        if lines:
            raise UserError("\n".join(lines))
