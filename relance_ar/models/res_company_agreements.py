from odoo import fields, models


class RelanceCompanyAgreements(models.AbstractModel):
    """What a company grants to those who promise. Extends ``res.company``."""

    _name = "relance.company.agreements"
    _description = "Promises and payment plans of a company"

    currency_id = fields.Many2one("res.currency")
    relance_slack = fields.Monetary(
        string="Amount that may be missing",
        currency_field="currency_id",
        default=1.0,
        help="What may be missing of a promise or of an instalment, bank charges for "
        "instance, without breaking it; of a small one, a tenth at most.",
    )

    _relance_slack_positive = models.Constraint(
        "CHECK (COALESCE(relance_slack, 0) >= 0)",
        "What may be missing of a promise cannot be negative.",
    )
