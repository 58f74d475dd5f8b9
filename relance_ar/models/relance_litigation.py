from odoo import api, fields, models
from odoo.exceptions import UserError

from .relance_litigation_flow import BACK, CLOSED, DRAFT, RUNNING
from .relance_litigation_sealing import SHOWN

OVER = (BACK, CLOSED)


class RelanceLitigation(models.Model):
    """Instalments that leave the amicable phase: by which route, at what cost.

    While it runs they are held: nobody of ours chases them.
    """

    _name = "relance.litigation"
    _description = "Litigation"
    _inherit = [
        "mail.thread",
        "mail.activity.mixin",
        "relance.guarded",
        "relance.litigation.said",
        "relance.litigation.flow",
        "relance.litigation.export",
    ]
    _order = "state, id desc"
    _check_company_auto = True

    reference = fields.Char(compute="_compute_reference")
    state = fields.Selection(
        [
            (DRAFT, "Being prepared"),
            (RUNNING, "Handed over"),
            (BACK, "Taken back"),
            (CLOSED, "Case closed"),
        ],
        required=True,
        readonly=True,
        default=DRAFT,
        index=True,
        tracking=True,
        copy=False,
    )
    is_over = fields.Boolean(compute="_compute_is_over")
    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, index=True
    )
    company_currency_id = fields.Many2one(
        related="company_id.currency_id", string="Currency of the company"
    )
    currency_id = fields.Many2one("res.currency", required=True, readonly=True)
    partner_id = fields.Many2one(
        "res.partner",
        string="Debtor",
        required=True,
        readonly=True,
        index=True,
        check_company=True,
    )
    move_line_ids = fields.Many2many(
        "account.move.line",
        "relance_litigation_line_rel",
        string="Instalments",
        readonly=True,
    )
    move_ids = fields.Many2many(
        "account.move", string="Invoices", compute="_compute_move_ids"
    )
    route_id = fields.Many2one("relance.litigation.route", tracking=True)
    conditions = fields.Text(related="route_id.conditions")
    court_facts = fields.Text(related="route_id.court")
    time_limits = fields.Text(related="route_id.time_limits")
    costs = fields.Text(related="route_id.costs")
    texts = fields.Text(related="route_id.texts")
    read_on = fields.Date(related="route_id.read_on")
    handler_id = fields.Many2one(
        "res.partner",
        string="Handled by",
        tracking=True,
        help="The agency, lawyer, commissaire de justice or factor.",
    )
    court = fields.Char(tracking=True)
    case_number = fields.Char(string="Their reference", tracking=True)
    user_id = fields.Many2one(
        "res.users",
        string="Case followed by",
        tracking=True,
        domain=[("share", "=", False)],
    )
    note = fields.Text()
    handed_on = fields.Date(string="Handed over on", readonly=True, copy=False)
    over_on = fields.Date(string="Over on", readonly=True, copy=False)
    outcome = fields.Selection(
        [
            ("paid", "Paid in full"),
            ("partly", "Paid in part"),
            ("title", "A title to enforce"),
            ("lost", "Lost"),
            ("hopeless", "Irrecoverable"),
        ],
        tracking=True,
    )
    principal = fields.Monetary(
        readonly=True, help="Owed when it was handed over, without penalties."
    )
    penalties = fields.Monetary(readonly=True, help="Accrued when it was handed over.")
    amount_open = fields.Monetary(
        string="Still owed", compute="_compute_amount_open", help="Today."
    )
    entry_ids = fields.One2many("relance.litigation.entry", "litigation_id")
    amount_spent = fields.Monetary(
        string="Fees and costs",
        compute="_compute_account",
        currency_field="company_currency_id",
    )
    amount_returned = fields.Monetary(
        string="Received",
        compute="_compute_account",
        currency_field="company_currency_id",
    )
    limitation_on = fields.Date(
        string="Limitation",
        compute="_compute_limitation_on",
        help="The first day on which a part could be too old for a court: 5 years, 2 "
        "against a consumer, from the due date. What interrupts it is not counted: a "
        "later day may apply.",
    )
    is_limitation_near = fields.Boolean(compute="_compute_limitation_on")
    proof_ids = fields.One2many("relance.proof", "litigation_id", readonly=True)

    def _compute_reference(self):
        for case in self:
            case.reference = f"CT{case.id or 0:05d}"

    @api.depends("partner_id")
    def _compute_display_name(self):
        for case in self:
            # sudo: whose it is, as many2one fields say it to who reads the record.
            case.display_name = f"{case.reference} · {case.sudo().partner_id.name}"

    @api.depends("state")
    def _compute_is_over(self):
        for case in self:
            case.is_over = case.state in OVER

    @api.depends("move_line_ids")
    def _compute_move_ids(self):
        for case in self:
            case.move_ids = case.move_line_ids.move_id

    @api.depends("move_line_ids.amount_residual_currency")
    def _compute_amount_open(self):
        for case in self:
            owed = case.move_line_ids.mapped("amount_residual_currency")
            case.amount_open = sum(owed)

    @api.depends("entry_ids.amount", "entry_ids.kind")
    def _compute_account(self):
        for case in self:
            received = case.entry_ids.filtered(lambda e: e.kind == "returned")
            spent = case.entry_ids - received
            case.amount_returned = sum(received.mapped("amount"))
            case.amount_spent = sum(spent.mapped("amount"))

    @api.depends("move_line_ids.date_maturity")
    def _compute_limitation_on(self):
        today = fields.Date.context_today(self)
        for case in self:
            opened = case.move_line_ids.filtered("amount_residual_currency")
            days = opened._get_relance_limitation().values()
            case.limitation_on = min(days, default=False)
            margin = case.company_id.relance_limitation_margin
            limit = fields.Date.add(today, months=margin)
            near = case.limitation_on and case.limitation_on <= limit
            case.is_limitation_near = bool(near) and not case.is_over

    # ------------------------------------------------------------------------ CRUD

    @api.model
    def _get_writable_fields(self):
        return {
            "route_id",
            "handler_id",
            "court",
            "case_number",
            "user_id",
            "note",
            "outcome",
            "entry_ids",
        }

    def _check_writable(self, vals):
        if {"outcome", *SHOWN} & vals.keys() and not self.env.su:
            for case in self.filtered("is_over"):
                raise UserError(self.env._("%(name)s is over.", name=case.display_name))
            self._check_may_direct(vals)
        return super()._check_writable(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_handed_over(self):
        for case in self.filtered(lambda c: c.state != DRAFT):
            raise UserError(
                self.env._(
                    "%(name)s was handed over: it is kept as a proof.",
                    name=case.display_name,
                )
            )
