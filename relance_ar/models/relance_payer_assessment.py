from odoo import api, fields, models

from ..core.schedule import Reason

SHARE_DIGITS = (5, 4)
DAYS_DIGITS = (8, 1)


class RelancePayerAssessment(models.Model):
    """The profile proposed for one debtor of one company, with its evidence.

    Written by assessments alone, in SQL: a row for each debtor, brought up to date once
    a week. A person accepts the proposal, or keeps another profile.
    """

    _name = "relance.payer.assessment"
    _description = "Assessment of a payer"
    _inherit = ["relance.payer.assessing", "relance.wording"]
    _order = "is_settled, overdue_amount desc, id"
    _rec_name = "partner_id"

    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, ondelete="cascade"
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    partner_id = fields.Many2one(
        "res.partner",
        string="Debtor",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
    )
    current_id = fields.Many2one(
        "relance.payer.profile",
        string="Current profile",
        compute="_compute_current_id",
        search="_search_current_id",
    )
    suggestion_id = fields.Many2one(
        "relance.payer.profile",
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
        help="Empty when the history is too short to go by.",
    )
    kept_for_id = fields.Many2one(
        "relance.payer.profile",
        string="Kept in spite of",
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
        help="The suggestion against which a person has kept another profile.",
    )
    is_settled = fields.Boolean(
        string="Decided",
        readonly=True,
        help="The customer has the profile suggested, or a person has kept another one "
        "for this very suggestion.",
    )
    paid_amount = fields.Monetary(
        string="Paid", readonly=True, help="Over the last 12 months."
    )
    paid_count = fields.Integer(
        string="Instalments paid", readonly=True, help="Over the last 12 months."
    )
    days_late = fields.Float(
        string="Days late",
        readonly=True,
        digits=DAYS_DIGITS,
        aggregator="avg",
        help="From the due date to the payment, weighted by the amounts; negative when "
        "paid early.",
    )
    spread = fields.Float(
        string="Spread (days)",
        readonly=True,
        digits=DAYS_DIGITS,
        aggregator="avg",
        help="Standard deviation of the days late: small when they hardly vary.",
    )
    on_time_share = fields.Float(
        string="On time", readonly=True, digits=SHARE_DIGITS, aggregator="avg"
    )
    after_reminder_share = fields.Float(
        string="After a reminder", readonly=True, digits=SHARE_DIGITS, aggregator="avg"
    )
    automatic_share = fields.Float(
        string="Automatic", readonly=True, digits=SHARE_DIGITS, aggregator="avg"
    )
    invoice_count = fields.Integer(string="Invoices", readonly=True)
    overdue_amount = fields.Monetary(
        string="Overdue", readonly=True, help="Net of free credits."
    )
    overdue_days = fields.Integer(
        string="Oldest (days)", readonly=True, aggregator="max"
    )
    last_payment = fields.Date(readonly=True)
    reasons = fields.Json(readonly=True)
    evidence = fields.Text(compute="_compute_evidence")
    assessed_on = fields.Date(
        string="Figures of", readonly=True, help="The day on which they last changed."
    )

    # Not an index: Odoo's merge of contacts knows of constraints only.
    _debtor_once = models.Constraint(
        "UNIQUE (company_id, partner_id)", "This debtor is assessed already."
    )

    @api.depends("partner_id.payer_profile_id")
    def _compute_current_id(self):
        for company, rows in self.grouped("company_id").items():
            for row in rows.with_company(company):
                row.current_id = row.partner_id.payer_profile_id

    @api.model
    def _search_current_id(self, operator, value):
        return [("partner_id.payer_profile_id", operator, value)]

    @api.depends("reasons")
    @api.depends_context("lang")
    def _compute_evidence(self):
        for row in self:
            reasons = (Reason(code, params) for code, params in row.reasons or ())
            row.evidence = "\n".join(
                self._say(reason, currency=row.currency_id) for reason in reasons
            )

    # ------------------------------------------------------------------- decisions

    def action_accept(self):
        """Give the debtors the profiles suggested; return the assessments concerned."""
        self.check_access("read")
        moved = self.filtered(
            lambda row: row.suggestion_id and row.current_id != row.suggestion_id
        )
        groups = moved.grouped(lambda row: (row.company_id, row.suggestion_id))
        for (company, suggestion), rows in groups.items():
            partners = rows.partner_id.with_company(company)
            partners._relance_set_profile(suggestion, "accepted")
        return moved

    def action_keep(self):
        """Keep the debtors' own profiles until another one is suggested.

        :return: the assessments concerned
        """
        self.check_access("read")
        moved = self.filtered(lambda row: not row.is_settled)
        for company, rows in moved.grouped("company_id").items():
            partners = rows.partner_id.with_company(company)
            partners.check_access("write")
            partners._relance_log_profile("kept")
        moved._keep()
        moved._settle()
        return moved

    def _keep(self):
        """Take note that the current profiles hold against today's suggestions."""
        # sudo: rows are read-only, this column is moved by decisions alone; the callers
        # have checked that the user may write the customer.
        for suggestion, rows in self.sudo().grouped("suggestion_id").items():
            rows.kept_for_id = suggestion

    def _note_choice(self):
        """Take note of profiles that people have just chosen by hand, or taken away."""
        chosen = self.filtered(
            lambda row: row.current_id and row.current_id != row.suggestion_id
        )
        chosen._keep()
        # sudo: as in _keep.
        (self - chosen).sudo().kept_for_id = False
        self._settle()

    def action_assess_now(self):
        """Assess all the debtors of the companies that the user works in.

        Called from the list, whatever is selected there.

        :return: an action that shows the list again
        """
        self.check_access("read")
        for company in self.env.companies:
            # sudo: rows are written by assessments alone, from the books.
            self.sudo().with_company(company)._assess(company)
        return {"type": "ir.actions.client", "tag": "soft_reload"}

    def action_open_partner(self):
        """Open the debtor."""
        self.ensure_one()
        return self.partner_id._get_records_action()
