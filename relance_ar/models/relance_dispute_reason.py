from odoo import api, fields, models
from odoo.exceptions import ValidationError


class RelanceDisputeReason(models.Model):
    """Why customers dispute an invoice: who answers, with what, and by when."""

    _name = "relance.dispute.reason"
    _description = "Reason of disputes"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    code = fields.Char(help="Stable name, for imports and reports.")
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    owner_rule = fields.Selection(
        [
            ("salesperson", "The salesperson of the invoice"),
            ("officer", "The collections officer"),
            ("person", "One person"),
        ],
        string="Owner",
        required=True,
        default="salesperson",
    )
    user_id = fields.Many2one(
        "res.users",
        string="Person",
        domain=lambda self: self.env["relance.dispute"]._get_owner_domain(),
        help="Who solves the disputes with this reason, whoever sold.",
    )
    documents = fields.Text(
        string="Documents to collect",
        translate=True,
        help="What proves who is right: shown to the owner of the dispute.",
    )
    days = fields.Integer(
        string="Working days to resolve",
        required=True,
        default=5,
        help="A dispute is settled quickly, or the whole invoice is paid late.",
    )

    _days_bounded = models.Constraint(
        "CHECK (days BETWEEN 0 AND 60)", "A dispute is settled within 60 working days."
    )
    _person_named = models.Constraint(
        "CHECK (owner_rule != 'person' OR user_id IS NOT NULL)",
        "Name the person who solves the disputes with this reason.",
    )
    _code_uniq = models.UniqueIndex(
        "(code) WHERE code IS NOT NULL", "Another reason has this code."
    )

    @api.constrains("user_id")
    def _check_person(self):
        """Refuse a person who could not open the disputes."""
        disputes = self.env["relance.dispute"]
        for reason in self:
            user = reason.user_id
            if user and not disputes._may_own(user, user.company_id):
                raise ValidationError(
                    self.env._(
                        "%(who)s cannot open disputes: put them in the group "
                        "“Salesperson: own disputes” first.",
                        who=user.name,
                    )
                )
