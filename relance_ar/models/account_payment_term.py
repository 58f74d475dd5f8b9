from odoo import api, fields, models


class AccountPaymentTerm(models.Model):
    _inherit = "account.payment.term"

    relance_breach = fields.Char(
        string="Beyond the law",
        compute="_compute_relance_breach",
        help="For customers without a rule of their own.",
    )

    @api.depends("line_ids.delay_type", "line_ids.nb_days", "line_ids.days_next_month")
    @api.depends_context("company", "lang")
    def _compute_relance_breach(self):
        terms = self.env["relance.terms"]
        rule = terms._get_rule(self.env.company)
        for term in self:
            term.relance_breach = terms._say_breach(terms._check_term(term, rule))
