from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

# Months: what a plan may look back at, and ahead to. As many as a court allows.
LONGEST_PAST, LONGEST_AHEAD = 12, 120
MOST = 60

STATES = [
    ("coming", "Coming"),
    ("part", "Part paid"),
    ("due", "Due"),
    ("late", "Missed"),
    ("paid", "Paid"),
    ("dropped", "Not expected"),
]


class RelancePlanInstalment(models.Model):
    """One amount of a payment plan, with its own due date, watched by itself."""

    _name = "relance.plan.instalment"
    _description = "Instalment of a plan"
    _inherit = ["relance.bounded", "relance.guarded"]
    _order = "plan_id, date, id"

    plan_id = fields.Many2one(
        "relance.plan",
        string="Payment plan",
        required=True,
        index=True,
        ondelete="cascade",
    )
    company_id = fields.Many2one(related="plan_id.company_id")
    partner_id = fields.Many2one(related="plan_id.partner_id")
    currency_id = fields.Many2one(related="plan_id.currency_id")
    plan_state = fields.Selection(related="plan_id.state", string="State of the plan")
    date = fields.Date(string="Due on", required=True)
    amount = fields.Monetary(required=True)
    amount_paid = fields.Monetary(string="Paid", readonly=True, copy=False)
    state = fields.Selection(STATES, default="coming", readonly=True, copy=False)

    _amount_positive = models.Constraint(
        "CHECK (amount > 0)", "An instalment is an amount above zero."
    )
    _date_uniq = models.UniqueIndex(
        "(plan_id, date)", "Two instalments of a plan fall due on the same day."
    )

    @api.model
    def _get_writable_fields(self):
        return {"plan_id", "date", "amount"}

    def _check_writable(self, vals):
        into = self.plan_id.browse(vals.get("plan_id") or ())
        self._check_draft(self.plan_id | into)
        return super()._check_writable(vals)

    @api.model_create_multi
    def create(self, vals_list):
        plans = self.env["relance.plan"].browse([v.get("plan_id") for v in vals_list])
        self._check_draft(plans)
        return super().create(vals_list)

    @api.constrains("date")
    def _check_date(self):
        for record in self:
            record._check_day(record.date, ahead=LONGEST_AHEAD, past=LONGEST_PAST)

    @api.constrains("plan_id")
    def _check_count(self):
        for plan in self.plan_id:
            if len(plan.instalment_ids) > MOST:
                raise ValidationError(
                    self.env._(
                        "A plan has between 1 and %(most)s instalments.", most=MOST
                    )
                )

    @api.ondelete(at_uninstall=False)
    def _unlink_except_agreed(self):
        self._check_draft(self.plan_id)

    def _check_draft(self, plans):
        """Refuse to rewrite what is agreed.

        :raise UserError: naming the plan
        """
        for plan in plans:
            if not self.env.su and plan.state != "draft":
                raise UserError(
                    self.env._(
                        "%(name)s is agreed: its instalments are not rewritten.",
                        name=plan.display_name,
                    )
                )
