from odoo import api, models

from ..core import payment_terms as terms

SECTORS = [
    (terms.GENERAL, "General rule: 60 days"),
    (terms.PERISHABLE, "Perishable food"),
    (terms.MEAT, "Live cattle, fresh meat"),
    (terms.ALCOHOL, "Alcoholic drinks"),
    (terms.WINE, "Grapes, musts and wine"),
    (terms.TRANSPORT, "Road haulage, vehicle rental, freight"),
]
BUYERS = [
    (terms.PUBLIC, "State, local authority: 30 days"),
    (terms.HOSPITAL, "Public hospital: 50 days"),
    (terms.PUBLIC_FIRM, "Public undertaking: 60 days"),
]
END_OF_MONTH = [
    (terms.DAYS_THEN_MONTH, "45 days, then the end of that month"),
    (terms.MONTH_THEN_DAYS, "The end of the month, then 45 days"),
]


class RelanceTerms(models.AbstractModel):
    """Says in words which article a payment term breaks."""

    _name = "relance.terms"
    _description = "Payment terms and the law"

    @api.model
    def _get_rule(self, company, debtor=None):
        """Return the rule between a company and one of its customers."""
        company = company.sudo()  # sudo: the sector, for whoever reads an invoice
        debtor = debtor and debtor.sudo()  # sudo: what is agreed, likewise
        buyer = debtor and debtor.relance_public_buyer
        agreed = debtor and debtor.relance_end_of_month
        return terms.Rule(
            sector=buyer or company.relance_sector or terms.GENERAL,
            end_of_month=agreed or company.relance_end_of_month or terms.NOT_AGREED,
            periodic=bool(debtor and debtor.relance_periodic),
        )

    @api.model
    def _say_breach(self, breach):
        """Return what a breach is, with its article; False without one."""
        if not breach:
            return False
        rules = {
            "sixty_days": self.env._("60 days from the invoice"),
            "end_of_month": self.env._("45 days end of month, as agreed"),
            "periodic": self.env._("45 days for a periodic invoice"),
        }
        sectors = dict(SECTORS + BUYERS)
        rule = rules.get(breach.limit.rule) or sectors.get(breach.limit.rule)
        return self.env._(
            "%(days)s day(s) beyond what the law allows: %(rule)s (%(code)s, "
            "%(article)s).",
            days=breach.days,
            rule=rule,
            code=self.env._("Code de la commande publique")
            if breach.limit.article.startswith("R2192")
            else self.env._("Code de commerce"),
            article=breach.limit.article,
        )

    @api.model
    def _check_term(self, term, rule):
        """Return the worst breach of a payment term over a year, or None."""
        lines = term.line_ids

        def due_dates_of(issue):
            return [line._get_due_date(issue) for line in lines]

        return terms.check_term(due_dates_of, rule) if lines else None
