from odoo import api, fields, models

from ..core import exposure


class RelanceRiskClass(models.Model):
    """A class of risk: the scores it takes, and the payment terms that go with it."""

    _name = "relance.risk.class"
    _description = "Class of risk"
    _order = "least_score desc"
    _check_company_auto = True

    name = fields.Char(required=True, translate=True)
    least_score = fields.Float(
        string="From score",
        required=True,
        digits=(5, 1),
        help="From 0 (worst) to 100 (best): all scores are brought to that scale.",
    )
    payment_term_id = fields.Many2one(
        "account.payment.term",
        string="Proposed terms",
        check_company=True,
        help="Proposed for the customers and prospects of this class.",
    )
    advice = fields.Text(translate=True)
    company_id = fields.Many2one("res.company", help="Empty: for all companies.")

    _score_bounded = models.Constraint(
        "CHECK (least_score BETWEEN 0 AND 100)", "Scores lie between 0 and 100."
    )
    _score_uniq = models.UniqueIndex(
        "(COALESCE(company_id, 0), least_score)", "Another class starts at this score."
    )

    @api.model
    def _class_of(self, score, company):
        """Return the class of a score from 0 to 100; none without a score.

        A company that has classes of its own does not use the shared ones.
        """
        # sudo: policy, the same for whoever reads a customer.
        classes = self.sudo().search([("company_id", "in", (False, company.id))])
        classes = classes.filtered("company_id") or classes
        found = exposure.class_of(
            score, [exposure.RiskClass(c.id, c.least_score) for c in classes]
        )
        return self.browse(found or [])
