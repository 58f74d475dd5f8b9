from psycopg2.sql import SQL as Query
from psycopg2.sql import Identifier

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from .relance_facts_types import CONFIRMED

INSERTED_AT_ONCE = 5000
STATES_NOT_LIVE = ("cancelled", "failed")


class RelanceReminderLine(models.Model):
    """One instalment in one reminder: its level and what was owed at that time.

    A live line is unique for its instalment, level and cycle: the database itself
    refuses to contact anyone twice about the same step.
    """

    _name = "relance.reminder.line"
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
    date_maturity = fields.Date(string="Due on", required=True)
    days_late = fields.Integer(compute="_compute_days_late")
    currency_id = fields.Many2one(related="reminder_id.currency_id")
    amount_residual = fields.Monetary(
        string="Owed", help="What was owed on this instalment at that time."
    )

    amount_disputed = fields.Monetary(
        string="Disputed, not asked",
        compute="_compute_amount_disputed",
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
        "CHECK (amount_residual > 0)", "A reminder lists what is still owed."
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

    def _compute_amount_disputed(self):
        waiting = self.filtered(lambda line: line.state not in CONFIRMED)
        # sudo: one figure about lines that the reminder lists.
        disputes = self.env["relance.dispute"].sudo()
        parts = disputes._load_disputed_parts(waiting.move_line_id.ids)
        for line in self:
            line.amount_disputed = float(parts.get(line.move_line_id.id, 0))

    @api.model
    def _insert(self, vals_list):
        """Insert the lines of a run in one statement, for live reminders only.

        The ORM would need a statement for each hundred and an update of each line: a
        run writes tens of thousands. The columns given are all that there is to a line.
        """
        if not vals_list:
            return
        self.env.flush_all()
        fixed = {
            "is_live": True,
            "cycle": 1,
        }
        names = map(Identifier, [*vals_list[0], *fixed])
        self.env.cr.execute_values(
            Query("INSERT INTO {} ({}) VALUES %s").format(
                Identifier(self._table), Query(", ").join(names)
            ),
            [(*vals.values(), *fixed.values()) for vals in vals_list],
            page_size=INSERTED_AT_ONCE,
        )
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
        """Return the lines whose contact took place."""
        return Domain("reminder_id.state", "in", CONFIRMED)
