from odoo import api, fields, models
from odoo.tools import format_date

from ..core import payment_terms as terms


class RelanceInvoiceTerms(models.AbstractModel):
    """The terms of an invoice against the law and against what was agreed."""

    _name = "relance.invoice.terms"
    _description = "Payment terms of an invoice"

    relance_terms_note = fields.Char(
        string="Payment terms", compute="_compute_relance_terms_note"
    )

    @api.depends(
        "invoice_date", "invoice_date_due", "invoice_payment_term_id", "partner_id"
    )
    @api.depends_context("lang")
    def _compute_relance_terms_note(self):
        for move in self:
            notes = [move._relance_breach_note(), move._relance_agreed_note()]
            move.relance_terms_note = " ".join(filter(None, notes)) or False

    def _relance_breach_note(self):
        """Return which article the due date breaks, or False."""
        debtor = self.commercial_partner_id
        if self.move_type != "out_invoice" or not debtor._relance_is_professional():
            return False
        issue = self.invoice_date or fields.Date.context_today(self)
        due = self.invoice_date_due
        law = self.env["relance.terms"]
        rule = law._get_rule(self.company_id, debtor)
        breach = due and terms.check(issue, due, self.delivery_date or None, rule)
        return law._say_breach(breach)

    def _relance_agreed_note(self):
        """Return that the terms are not those agreed with the customer, or False."""
        agreed = self.commercial_partner_id.with_company(
            self.company_id
        ).property_payment_term_id
        term = self.invoice_payment_term_id
        if self.move_type != "out_invoice" or not agreed or term == agreed:
            return False
        return self.env._(
            "Agreed with the customer: %(agreed)s. On the invoice: %(terms)s.",
            agreed=agreed.name,
            terms=term.name or format_date(self.env, self.invoice_date_due) or "?",
        )
