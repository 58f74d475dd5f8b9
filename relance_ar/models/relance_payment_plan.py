from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from .relance_event_kinds import PLAN
from .relance_plan_instalment import LONGEST_PAST

EVERY = [
    ("week", "Week"),
    ("fortnight", "Fortnight"),
    ("month", "Month"),
    ("quarter", "Quarter"),
]


class RelancePlan(models.Model):
    """Instalments agreed with a debtor instead of the maturities of some invoices.

    The entries of the invoices stay as they are. While the plan is kept, nobody is
    written to about them; when it is broken, their own due dates count again.
    """

    _name = "relance.plan"
    _description = "Payment plan"
    _inherit = [
        "relance.plan.agreeing",
        "relance.plan.watching",
        "relance.plan.penalties",
        "relance.plan.schedule",
        "relance.agreement.books",
        "relance.agreement.tasks",
        "relance.agreement",
    ]
    _order = "id desc"
    _reference_prefix = "PL"
    _event_kind = PLAN

    state = fields.Selection(
        [
            ("draft", "Draft"),
            ("active", "Active"),
            ("broken", "Broken off"),
            ("done", "Kept to the end"),
            ("cancelled", "Cancelled"),
        ],
        required=True,
        default="draft",
        readonly=True,
        copy=False,
        index=True,
        tracking=True,
    )
    amount_total = fields.Monetary(
        string="Agreed",
        compute="_compute_amount_total",
        store=True,
        readonly=False,
        precompute=True,
        help="What is paid by instalments: what is owed, unless another sum is agreed.",
    )
    count = fields.Integer(string="Number of instalments", default=3)
    every = fields.Selection(EVERY, required=True, default="month")
    first_date = fields.Date(
        string="First one on", default=fields.Date.context_today, required=True
    )
    first_amount = fields.Monetary(
        string="First amount",
        help="A larger part-payment to begin with. Empty: all the same.",
    )
    instalment_ids = fields.One2many("relance.plan.instalment", "plan_id", copy=True)
    amount_planned = fields.Monetary(
        string="Total of the instalments", compute="_compute_amounts", store=True
    )
    amount_paid = fields.Monetary(
        string="Paid", compute="_compute_amounts", store=True, copy=False
    )
    tolerance_days = fields.Integer(
        string="Tolerance",
        default=lambda self: self.env.company.relance_plan_tolerance,
        required=True,
        help="Days left to the bank after each instalment.",
    )
    acceptance = fields.Selection(
        [
            ("signed", "Signed document"),
            ("email", "E-mail"),
            ("portal", "Portal"),
        ],
        string="Accepted in the form of",
        help="How the debtor accepted: the document comes with it.",
    )
    accepted_on = fields.Date(string="Accepted on")
    accepted_by = fields.Char(
        string="Accepted by", help="Who accepted, and in which capacity."
    )
    acceptance_ids = fields.Many2many(
        "ir.attachment",
        string="Proof of acceptance",
        copy=False,
        help="The signed schedule, or the e-mail that accepts it.",
    )
    note = fields.Text()

    _count_bounded = models.Constraint(
        "CHECK (count BETWEEN 1 AND 60)", "A plan has between 1 and 60 instalments."
    )
    _tolerance_bounded = models.Constraint(
        "CHECK (tolerance_days BETWEEN 0 AND 60)",
        "The tolerance lies between 0 and 60 days.",
    )

    @api.depends("move_line_ids")
    def _compute_amount_total(self):
        for record in self:
            lines = record.move_line_ids
            record.amount_total = sum(lines._relance_undisputed_amounts())

    @api.depends("instalment_ids.amount", "instalment_ids.amount_paid")
    def _compute_amounts(self):
        for record in self:
            record.amount_planned = sum(record.instalment_ids.mapped("amount"))
            record.amount_paid = sum(record.instalment_ids.mapped("amount_paid"))

    # -------------------------------------------------------------------- drawing up

    @api.model
    def _get_enterable_fields(self):
        return super()._get_enterable_fields() | self._get_changeable_fields()

    @api.model
    def _get_changeable_fields(self):
        return {
            "move_line_ids",
            "amount_total",
            "user_id",
            "count",
            "every",
            "first_date",
            "first_amount",
            "instalment_ids",
            "tolerance_days",
            "waives_penalties",
            "acceptance",
            "accepted_on",
            "accepted_by",
            "acceptance_ids",
            "note",
            "reminder_id",
        }

    def _check_writable(self, vals):
        free = {"note", "user_id", "acceptance_ids"}
        if not self.env.su and vals.keys() - free:
            for record in self:
                if record.state != "draft":
                    raise UserError(
                        self.env._(
                            "%(name)s is agreed: it is not rewritten. Cancel it and "
                            "draw up another one.",
                            name=record.display_name,
                        )
                    )
        return super()._check_writable(vals)

    @api.model_create_multi
    def create(self, vals_list):
        plans = super().create(vals_list)
        # sudo: what counts for the plan is not written by hand.
        plans.sudo()._set_matched_before()
        plans.sudo()._set_stated()
        plans._hold_lines()
        plans._adopt_files("acceptance_ids")
        return plans

    def write(self, vals):
        agreed = self.filtered(lambda r: r.state != "draft")
        signed = {record: record.acceptance_ids for record in agreed}
        result = super().write(vals)
        if "state" in vals:
            self._hold_lines()
        if "acceptance_ids" in vals:
            self._check_signed(signed)
        if {"move_line_ids", "amount_total"} & vals.keys():
            self.sudo()._set_matched_before()  # sudo: as in create
            self.sudo()._set_stated()
        if "acceptance_ids" in vals:
            self._adopt_files("acceptance_ids")
        return result

    def _hold_lines(self):
        """Have the database keep that an instalment is under one active plan."""
        # sudo: rows of ours, which nobody writes by hand.
        self.env["relance.plan.line"].sudo()._follow(self.sudo())

    def _note_taken_over(self):
        self._hold_lines()
        self.filtered(lambda r: r.state == "draft")._set_stated()

    def _check_signed(self, signed):
        """Refuse to take away what shows that a plan was accepted.

        :param signed: ``{plan: its files before}``
        :raise UserError: naming the plan
        """
        for record, files in signed.items():
            if not self.env.su and files - record.acceptance_ids:
                raise UserError(
                    self.env._(
                        "%(name)s is agreed: what was signed is kept. Files may be "
                        "added.",
                        name=record.display_name,
                    )
                )

    @api.constrains("first_date")
    def _check_first_date(self):
        for record in self:
            record._check_day(record.first_date, ahead=LONGEST_PAST, past=LONGEST_PAST)

    @api.constrains("move_line_ids", "amount_total")
    def _check_total(self):
        self._check_lines()
        for record in self:
            is_open = record._get_payable_amount()
            if not record.amount_total > 0 or (
                record.currency_id.compare_amounts(record.amount_total, is_open) > 0
            ):
                raise ValidationError(
                    self.env._(
                        "A plan is about at most the %(open)s owed and not disputed on "
                        "its instalments.",
                        open=record._money(is_open),
                    )
                )

    # ------------------------------------------------------------------- transitions

    def action_cancel(self):
        """End plans by agreement: the due dates of the invoices count again."""
        return self._move("_cancel")

    def _cancel(self):
        cancelled = self.filtered(lambda r: r.state in ("draft", "active", "broken"))
        cancelled.state = "cancelled"
        cancelled._drop_plan_tasks()
        return cancelled

    def action_resume(self):
        """Take a broken plan up again, once what was late has come; return those."""
        self._check_waiver()
        return self._move("_resume")

    def action_print(self):
        """Print the schedule, to be signed."""
        report = self.env.ref("relance_ar.relance_plan_report")
        return report.report_action(self)

    def action_write(self):
        """Open an e-mail to the debtor, with the schedule attached."""
        return self._compose("relance_ar.mail_template_plan")
