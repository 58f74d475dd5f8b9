from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import SQL, format_date

from ..core import promise
from .res_partner_policy import OFFICER_GROUP

BROKEN_TASK = "relance_ar.mail_activity_type_promise_broken"


class RelancePromise(models.Model):
    """What a debtor said would be paid, and by when.

    It suspends the reminders about its instalments until its date and some days for the
    bank. Nobody says whether it was kept: the reconciliations do.
    """

    _name = "relance.promise"
    _description = "Promise to pay"
    _inherit = ["relance.promise.judging", "relance.agreement"]
    _order = "date desc, id desc"
    _reference_prefix = "PR"

    state = fields.Selection(
        [
            ("open", "Open"),
            ("kept", "Kept"),
            ("broken", "Broken"),
            ("cancelled", "Cancelled"),
        ],
        required=True,
        default="open",
        readonly=True,
        copy=False,
        index=True,
        tracking=True,
    )
    date = fields.Date(string="Promised for", required=True, index=True, tracking=True)
    amount = fields.Monetary(
        string="Promised",
        compute="_compute_amount",
        store=True,
        readonly=False,
        precompute=True,
        required=True,
        tracking=True,
    )
    source = fields.Selection(
        [
            ("call", "Call"),
            ("email", "E-mail"),
            ("portal", "Portal"),
            ("bill", "Bill of exchange"),
            ("letter", "Letter"),
            ("visit", "Visit"),
        ],
        required=True,
        default="call",
    )
    promised_by = fields.Char()
    proof_ids = fields.Many2many(
        "ir.attachment",
        string="Proofs",
        help="The e-mail, the bill of exchange: what the promise can be shown by.",
    )
    note = fields.Text()
    user_id = fields.Many2one(
        "res.users",
        string="Officer",
        compute="_compute_user_id",
        store=True,
        readonly=False,
        precompute=True,
        index=True,
        domain=[("share", "=", False)],
    )
    made_on = fields.Date(
        required=True, readonly=True, default=fields.Date.context_today
    )
    tolerance_days = fields.Integer(
        string="Tolerance",
        readonly=True,
        help="Days left to the bank, as the settings were when it was made.",
    )
    date_limit = fields.Date(
        string="Waited for until",
        readonly=True,
        help="Last day on which the money may arrive: a working day.",
    )
    is_pausing = fields.Boolean(
        string="Suspends reminders",
        readonly=True,
        help="Not when the same instalments were promised too often before.",
    )
    reminder_id = fields.Many2one(
        "relance.reminder",
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
        groups=OFFICER_GROUP,
        help="The contact in which it was made.",
    )

    _amount_positive = models.Constraint(
        "CHECK (amount >= 0)", "A promise is about an amount above zero."
    )

    @api.depends("move_line_ids")
    def _compute_amount(self):
        for record in self:
            record.amount = sum(record.move_line_ids._relance_open_amounts())

    @api.depends("partner_id")
    def _compute_user_id(self):
        for record in self:
            officer = record.partner_id and record._officer_of_debtor()
            record.user_id = officer or self.env.user

    # -------------------------------------------------------------------- entering

    @api.model
    def _get_enterable_fields(self):
        return super()._get_enterable_fields() | {
            "date",
            "amount",
            "source",
            "promised_by",
            "proof_ids",
            "note",
            "user_id",
            "reminder_id",
        }

    @api.model
    def _get_changeable_fields(self):
        return {"proof_ids", "note", "user_id", "promised_by", "source"}

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            if not vals.get("move_line_ids") and vals.get("partner_id"):
                vals["move_line_ids"] = self._get_oldest(vals)
        promises = super().create(vals_list)
        # sudo: who enters it may not write what follows from it.
        promises.sudo()._open()
        promises._adopt_files("proof_ids")
        return promises

    def write(self, vals):
        result = super().write(vals)
        if "proof_ids" in vals:
            self._adopt_files("proof_ids")
        return result

    @api.model
    def _get_oldest(self, vals):
        """Return the oldest instalments that an amount pays, as commands."""
        company = self.env.company.browse(vals.get("company_id")) or self.env.company
        currency = vals.get("currency_id") or company.currency_id.id
        lines = self.env["account.move.line"].search(
            [
                ("partner_id", "child_of", vals["partner_id"]),
                ("company_id", "=", company.id),
                ("currency_id", "=", currency),
                ("account_type", "=", "asset_receivable"),
                ("parent_state", "=", "posted"),
                ("reconciled", "=", False),
                ("balance", ">", 0),
            ],
            order="date_maturity, id",
        )
        left, chosen = vals.get("amount") or 0, []
        for line in lines:
            if left > 0:
                chosen.append(line.id)
                left -= line.amount_residual_currency
        return [fields.Command.set(chosen)]

    @api.constrains("amount", "move_line_ids", "date")
    def _check_promise(self):
        self._check_lines()
        for record in self:
            if record.date < record.made_on:
                raise ValidationError(
                    self.env._(
                        "%(day)s is past: a promise is about a day to come.",
                        day=format_date(self.env, record.date),
                    )
                )
            if record.currency_id.compare_amounts(record.amount, 0) <= 0:
                raise ValidationError(self.env._("Say how much was promised."))
            if (
                record.currency_id.compare_amounts(record.amount, record.amount_open)
                > 0
            ):
                raise ValidationError(
                    self.env._(
                        "%(amount)s were promised, but only %(open)s are owed on these "
                        "instalments: add others, or lower the amount.",
                        amount=record._money(record.amount),
                        open=record._money(record.amount_open),
                    )
                )

    def _open(self):
        """Replace older promises on the same instalments, and suspend reminders."""
        self._set_matched_before()
        for record in self:
            company = record.company_id
            tolerance = company.relance_promise_tolerance
            earlier = record._get_earlier()
            earlier.filtered(lambda p: p.state == "open")._replace(record)
            used = earlier.filtered(lambda p, r=record: p._has_paused(r.made_on))
            allowed = company.relance_promise_pauses
            record.write(
                {
                    "tolerance_days": tolerance,
                    "date_limit": record._to_core(tolerance).limit(
                        company._get_relance_calendar()
                    ),
                    "is_pausing": promise.may_pause(len(used), allowed),
                }
            )
            if not record.is_pausing:
                record._message_log(
                    body=self.env._(
                        "Reminders go on: these instalments were promised %(count)s "
                        "time(s) before.",
                        count=len(used),
                    )
                )

    def _get_earlier(self):
        """Return the other promises on the same instalments."""
        self.ensure_one()
        return self.search(
            [
                ("move_line_ids", "in", self.move_line_ids.ids),
                ("id", "!=", self.id),
            ]
        )

    def _has_paused(self, day):
        """Say whether it suspended reminders and was not kept.

        One taken back on the day it was made was a mistake: it suspended nothing.
        """
        self.ensure_one()
        is_mistake = self.state == "cancelled" and self.made_on == day
        return self.is_pausing and self.state != "kept" and not is_mistake

    def _replace(self, successor):
        """Cancel open promises: the debtor named another day."""
        if not self:
            return
        self.state = "cancelled"
        body = self.env._("Replaced by %(promise)s.", promise=successor.display_name)
        self._message_log_batch({record.id: body for record in self})

    def _to_core(self, tolerance=None):
        """Return the promise as ``core.promise.Promise``."""
        self.ensure_one()
        return promise.Promise(
            amount=self._to_decimal(self.amount),
            day=self.date,
            tolerance=self.tolerance_days if tolerance is None else tolerance,
            made_on=self.made_on,
        )

    # ----------------------------------------------------------------- transitions

    def action_cancel(self):
        """Take promises back that were noted by mistake; return them."""
        return self._move("_cancel")

    def _cancel(self):
        cancelled = self.filtered(lambda r: r.state in ("open", "broken"))
        cancelled.state = "cancelled"
        cancelled._drop_tasks(BROKEN_TASK)
        return cancelled

    def action_judge(self):
        """Look now whether promises were kept; return those that changed."""
        return self._move("_judge_now")

    @api.model
    def _load_of_lines(self, line_ids):
        """Return ``[(promise id, line id)]`` of the promises not cancelled on lines."""
        self.flush_model()
        return self.env.execute_query(
            SQL(
                "SELECT r.%(record)s, r.%(line)s FROM %(rel)s r"
                " JOIN relance_promise p ON p.id = r.%(record)s"
                " WHERE r.%(line)s = ANY(%(ids)s) AND p.state != 'cancelled'",
                **self._line_table(),
                ids=list(line_ids),
            )
        )
