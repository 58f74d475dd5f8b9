from odoo import api, fields, models

from ..core import dispute
from .relance_dispute_entering import OPEN_STATES
from .relance_dispute_escalation import LEFT, NOBODY
from .relance_event_kinds import DISPUTE


class RelanceDispute(models.Model):
    """An amount that a customer contests, on one or several instalments.

    The disputed part is not chased, the rest is. Its owner, the salesperson as a rule,
    answers by a deadline; an officer concludes.
    """

    _name = "relance.dispute"
    _description = "Dispute"
    _inherit = [
        "relance.dispute.entering",
        "relance.dispute.owner",
        "relance.dispute.leader",
        "relance.dispute.tasks",
        "relance.dispute.books",
        "relance.dispute.settling",
        "relance.dispute.credit",
        "relance.dispute.escalation",
        "relance.dispute.concluding",
        "relance.dispute.parts",
        "relance.dispute.writing",
        "relance.dispute.papers",
        "relance.agreement",
    ]
    _order = "deadline, id"
    _reference_prefix = "DI"
    _event_kind = DISPUTE
    # Who only follows a dispute may say something about it.
    _mail_post_access = "read"

    state = fields.Selection(
        [
            ("open", "Open"),
            ("escalated", "Escalated"),
            ("resolved", "Resolved"),
            ("cancelled", "Cancelled"),
        ],
        required=True,
        default="open",
        readonly=True,
        copy=False,
        index=True,
        tracking=True,
    )
    reason_id = fields.Many2one(
        "relance.dispute.reason",
        required=True,
        index=True,
        ondelete="restrict",
        tracking=True,
    )
    amount = fields.Monetary(
        string="Disputed",
        compute="_compute_amount",
        store=True,
        readonly=False,
        precompute=True,
        required=True,
        tracking=True,
        help="What is contested; the rest of the instalments is chased.",
    )
    user_id = fields.Many2one(
        "res.users",
        string="Owner",
        compute="_compute_user_id",
        store=True,
        readonly=False,
        precompute=True,
        index=True,
        tracking=True,
        domain=lambda self: self.env["relance.dispute"]._get_owner_domain(),
        help="Who answers: the salesperson of the invoice, unless the reason says "
        "otherwise.",
    )
    salesperson_id = fields.Many2one(
        "res.users",
        compute="_compute_salesperson_id",
        store=True,
        help="Who sold what is disputed, whoever answers.",
    )
    officer_id = fields.Many2one(
        "res.users",
        domain=[("share", "=", False)],
        help="Who concludes.",
    )
    source = fields.Selection(
        [
            ("call", "Call"),
            ("email", "E-mail"),
            ("letter", "Letter"),
            ("portal", "Portal"),
            ("visit", "Visit"),
            ("own", "Noticed by us"),
        ],
        required=True,
        default="call",
    )
    description = fields.Text(string="What the customer says")
    asked = fields.Text(
        string="What is asked", help="What the owner of the dispute should find out."
    )
    documents = fields.Text(related="reason_id.documents")
    date_open = fields.Date(
        string="Opened on",
        required=True,
        readonly=True,
        default=fields.Date.context_today,
    )
    deadline = fields.Date(
        compute="_compute_deadline",
        store=True,
        readonly=False,
        precompute=True,
        required=True,
        tracking=True,
        help="Last day to settle it, from the working days of the reason.",
    )
    is_late = fields.Boolean(compute="_compute_is_late", search="_search_is_late")

    _amount_positive = models.Constraint(
        "CHECK (amount >= 0)", "A dispute is about an amount above zero."
    )

    # ------------------------------------------------------------------ computes

    @api.depends("move_line_ids")
    def _compute_amount(self):
        for record in self:
            record.amount = record._get_undisputed()

    @api.depends("move_line_ids", "reason_id")
    def _compute_user_id(self):
        for record in self:
            record.user_id = record._get_default_owner()

    @api.depends("move_line_ids")
    def _compute_salesperson_id(self):
        for record in self:
            sellers = record.move_line_ids.move_id.invoice_user_id
            record.salesperson_id = sellers[:1]

    @api.depends("reason_id", "date_open")
    def _compute_deadline(self):
        for record in self:
            start = record.date_open or fields.Date.context_today(self)
            company = record.company_id or self.env.company
            # sudo: working days, which are no secret.
            calendar = company.sudo()._get_relance_calendar()
            days = record.reason_id.days
            record.deadline = dispute.deadline(start, days, calendar)

    @api.depends("deadline", "state")
    def _compute_is_late(self):
        today = fields.Date.context_today(self)
        for record in self:
            is_open = record.state in OPEN_STATES
            record.is_late = is_open and record.deadline < today

    @api.model
    def _search_is_late(self, operator, value):
        if operator != "in" or set(value) != {True}:
            return NotImplemented
        today = fields.Date.context_today(self)
        return [("state", "in", OPEN_STATES), ("deadline", "<", today)]

    # -------------------------------------------------------------------- entering

    @api.model_create_multi
    def create(self, vals_list):
        self._check_deadlines(vals_list)
        disputes = super().create(vals_list)
        disputes._check_lines()
        disputes._check_amount()
        # sudo: who opens it may not write what follows from it.
        disputes.sudo()._open()
        disputes._adopt_files("proof_ids")
        return disputes

    def write(self, vals):
        raised = self.browse()
        if "amount" in vals:
            raised = self.filtered(lambda r: vals["amount"] > r.amount)
        owners = {record: record.user_id for record in self}
        result = super().write(vals)
        if "amount" in vals:
            raised._check_amount()
            (self - raised)._check_some_amount()
        if "proof_ids" in vals:
            self._adopt_files("proof_ids")
        if {"user_id", "deadline", "reason_id", "amount"} & vals.keys():
            for record in self.sudo():  # sudo: the task follows owner and deadline
                record._follow_owner(changed=record.user_id != owners[record])
        return result

    def _follow_owner(self, changed):
        """Give the task to whoever has to answer now, by their deadline."""
        self.ensure_one()
        if self.state not in OPEN_STATES:
            return
        if not self.answered_on:
            if self.escalation == NOBODY:
                self.escalate_on = self.deadline
            self._ask_owner()
        elif changed and self.user_id.active and not self.env.context.get(LEFT):
            self._ask_again()  # a new owner has not answered yet

    def _mail_get_partner_fields(self, introspect_fields=False):
        # EXTENDS 'mail': what colleagues tell each other here is not for the customer,
        # whom the composer would propose to write to.
        return super()._mail_get_partner_fields(introspect_fields) and []

    def _open(self):
        """Give the dispute its officer and its owner's task."""
        for record in self:
            record.officer_id = record._pick_officer(record.officer_id)
            if not record.user_id:
                record.user_id = record.officer_id
            record.escalate_on = record.deadline
            record._set_matched_before()
            record._tell_missing_rights()
            record._tell_other_sellers()
            record._ask_owner()
