from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from ..core.calendar import shift
from .relance_facts_types import CONFIRMED

STATES_NOT_LIVE = ("cancelled", "failed")


class RelanceReminderLine(models.Model):
    """One instalment in one reminder: its level and what was owed at that time.

    A live line is unique for its instalment, level and cycle: the database itself
    refuses to contact anyone twice about the same step.
    """

    _name = "relance.reminder.line"
    _inherit = ["relance.copied"]
    _description = "Line of a reminder"
    _order = "reminder_id, date_maturity, id"
    # Its reminder says who and when; a run writes tens of thousands of lines.
    _log_access = False

    reminder_id = fields.Many2one(
        "relance.reminder", required=True, index=True, ondelete="cascade"
    )
    state = fields.Selection(related="reminder_id.state")
    is_live = fields.Boolean(compute="_compute_is_live", store=True)
    move_line_id = fields.Many2one(
        "account.move.line",
        string="Instalment",
        index="btree_not_null",
        ondelete="set null",
    )
    move_id = fields.Many2one(related="move_line_id.move_id", string="Invoice")
    move_name = fields.Char(
        string="Number", required=True, help="Kept even if the entry is deleted."
    )
    level_id = fields.Many2one(
        "relance.level", required=True, index=True, ondelete="restrict"
    )
    cycle = fields.Integer(
        default=1, help="Grows when the ladder starts again for this instalment."
    )
    is_over = fields.Boolean(
        readonly=True,
        help="The ladder has started again since: this step no longer counts.",
    )
    date_maturity = fields.Date(string="Due on", required=True)
    days_late = fields.Integer(compute="_compute_days_late")
    currency_id = fields.Many2one(related="reminder_id.currency_id")
    amount_residual = fields.Monetary(
        string="Owed", help="What was owed on this instalment at that time."
    )
    amount_disputed = fields.Monetary(
        string="Disputed, not asked",
        readonly=True,
        help="The part of the instalment that is left out because it is disputed.",
    )
    is_attached = fields.Boolean(
        readonly=True, help="Whether the e-mail carried a copy of the invoice."
    )

    _line_level_uniq = models.UniqueIndex(
        "(move_line_id, level_id, cycle) WHERE is_live",
        "This level is already used in another reminder of this instalment.",
    )
    _amount_positive = models.Constraint(
        "CHECK (amount_residual > 0 OR amount_residual = 0 AND amount_disputed > 0)",
        "A reminder lists what is still owed.",
    )

    @api.depends("reminder_id.state")
    def _compute_is_live(self):
        for line in self:
            line.is_live = line.reminder_id.state not in STATES_NOT_LIVE

    @api.depends("date_maturity", "reminder_id.date_done", "reminder_id.date_planned")
    def _compute_days_late(self):
        today = fields.Date.context_today(self)
        for line in self:
            reminder = line.reminder_id
            day = reminder.date_done or max(reminder.date_planned or today, today)
            line.days_late = line.date_maturity and (day - line.date_maturity).days

    def _get_step_date(self):
        """Return the day on which the step comes for this instalment."""
        self.ensure_one()
        return shift(self.date_maturity, self.level_id.delay_days)

    def _get_letter_amounts(self):
        """Return what a letter says of the instalment beside what is owed.

        :return: ``date`` of the invoice, ``amount`` and ``paid``, in its currency; what
            is disputed is neither paid nor asked for
        """
        self.ensure_one()
        # sudo: the invoice listed, which the debtor has; it may be gone since.
        line = self.sudo().move_line_id
        is_open = self.amount_residual + self.amount_disputed
        amount = line.amount_currency or is_open
        return {
            "date": line.move_id.invoice_date or line.date,
            "amount": amount,
            "paid": self.currency_id.round(amount - is_open),
        }

    def _to_event(self):
        """Return what a sealed contact says of the instalment; amounts as text."""
        self.ensure_one()
        disputed = self.amount_disputed and {"disputed": f"{self.amount_disputed:.2f}"}
        return {
            "number": self.move_name,
            "due": fields.Date.to_string(self.date_maturity),
            "owed": f"{self.amount_residual:.2f}",
            "currency": self.currency_id.name,
            "phase": self.level_id.phase,
            "level": self.level_id.name or "",
            **(disputed or {}),
        }

    def _note_copied(self, names):
        # EXTENDS relance.copied: runs give the reminders their amounts themselves.
        self.env["relance.reminder"].invalidate_model(["line_ids"])

    @api.ondelete(at_uninstall=False)
    def _unlink_except_said(self):
        for line in self:
            if line.state in CONFIRMED:
                raise UserError(
                    self.env._(
                        "%(name)s has left: its lines are kept as a proof.",
                        name=line.reminder_id.display_name,
                    )
                )

    @api.model
    def _get_confirmed_domain(self):
        """Return the lines whose contact took place, and still counts."""
        return Domain("reminder_id.state", "in", CONFIRMED) & Domain(
            "is_over", "=", False
        )
