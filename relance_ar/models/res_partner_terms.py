from odoo import api, fields, models

from .relance_terms import BUYERS, END_OF_MONTH


class RelanceDebtorTerms(models.AbstractModel):
    """The terms agreed with a customer: the part of partners about them."""

    _name = "relance.debtor.terms"
    _description = "Payment terms of a customer"

    relance_public_buyer = fields.Selection(
        BUYERS,
        string="Public buyer",
        copy=False,
        help="Code de la commande publique, R2192-10 and R2192-11.",
    )
    relance_end_of_month = fields.Selection(
        END_OF_MONTH,
        string="45 days end of month",
        copy=False,
        help="Agreed in the contract with this customer; empty: as the company does.",
    )
    relance_periodic = fields.Boolean(
        string="Periodic invoices",
        copy=False,
        help="Invoices sum up the deliveries of a period: 45 days at most.",
    )
    relance_terms_breach = fields.Char(
        string="Terms beyond the law", compute="_compute_relance_terms_breach"
    )

    @api.depends(
        "property_payment_term_id",
        "relance_public_buyer",
        "relance_end_of_month",
        "relance_periodic",
    )
    @api.depends_context("company", "lang")
    def _compute_relance_terms_breach(self):
        terms = self.env["relance.terms"]
        for partner in self:
            term = partner.property_payment_term_id
            is_bound = bool(term) and partner._relance_is_professional()
            rule = terms._get_rule(self.env.company, partner)
            partner.relance_terms_breach = is_bound and terms._say_breach(
                terms._check_term(term, rule)
            )
