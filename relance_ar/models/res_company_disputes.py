from odoo import api, fields, models
from odoo.exceptions import ValidationError


class RelanceCompanyDisputes(models.AbstractModel):
    """How a company deals with calls in vain, and with disputes nobody answers."""

    _name = "relance.company.disputes"
    _description = "Calls and disputes of a company"

    relance_director_id = fields.Many2one(
        "res.users",
        string="Director of disputes",
        domain=lambda self: self.env["relance.dispute"]._get_owner_domain(),
        help="Asked about disputes that neither the salesperson nor the team leader "
        "answered in time.",
    )
    relance_escalation_days = fields.Integer(
        string="Days left to an escalation",
        default=2,
        help="Working days that each further person has to answer a dispute.",
    )
    relance_call_attempts = fields.Integer(
        string="Calls in vain",
        default=3,
        help="After so many attempts without an answer, writing is proposed instead. "
        "Never with 0.",
    )

    _relance_call_attempts_bounded = models.Constraint(
        "CHECK (COALESCE(relance_call_attempts, 0) BETWEEN 0 AND 99)",
        "Attempts to call lie between 0 and 99.",
    )

    @api.constrains("relance_director_id")
    def _check_relance_director(self):
        """Refuse a director who could not open the disputes."""
        for company in self:
            director = company.relance_director_id
            if director and not self.env["relance.dispute"]._may_own(director, company):
                raise ValidationError(
                    self.env._(
                        "%(who)s cannot open disputes: put them in the group "
                        "“Salesperson: own disputes” first.",
                        who=director.name,
                    )
                )
