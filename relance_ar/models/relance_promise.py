from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import format_date

from ..core import promise
from .relance_event_kinds import PROMISE

# Months: nobody promises to pay later than that, but by a payment plan.
LONGEST = 12


class RelancePromise(models.Model):
    """What a debtor said would be paid, and by when.

    It suspends the reminders about its instalments until its date and some days for the
    bank. Nobody says whether it was kept: the reconciliations do.
    """

    _name = "relance.promise"
    _description = "Promise to pay"
    _inherit = [
        "relance.promise.entering",
        "relance.promise.judging",
        "relance.promise.cancelling",
        "relance.agreement.books",
        "relance.agreement.tasks",
        "relance.agreement",
    ]
    _order = "date desc, id desc"
    _reference_prefix = "PR"
    _event_kind = PROMISE

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
    promised_by = fields.Char(string="Promised by")
    proof_ids = fields.Many2many(
        "ir.attachment",
        string="Proofs",
        help="The e-mail, the bill of exchange: what the promise can be shown by.",
    )
    note = fields.Text()
    made_on = fields.Date(
        string="Made on",
        required=True,
        readonly=True,
        default=fields.Date.context_today,
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
        help="Not when the same instalments were promised too often before, or too "
        "small a part of them.",
    )
    pause_until = fields.Date(
        string="Reminders suspended until",
        readonly=True,
        help="At most for the longest time of the settings.",
    )

    _amount_positive = models.Constraint(
        "CHECK (amount >= 0)", "A promise is about an amount above zero."
    )

    @api.depends("move_line_ids")
    def _compute_amount(self):
        for record in self:
            record.amount = sum(record.move_line_ids._relance_undisputed_amounts())

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

    @api.constrains("amount", "move_line_ids", "date")
    def _check_promise(self):
        self._check_lines()
        for record in self:
            is_open = record._get_payable_amount()
            if record.date < record.made_on:
                raise ValidationError(
                    self.env._(
                        "%(day)s is past: a promise is about a day to come.",
                        day=format_date(self.env, record.date),
                    )
                )
            record._check_day(record.date, ahead=LONGEST, past=LONGEST)
            record._check_no_plan()
            if record.currency_id.compare_amounts(record.amount, 0) <= 0:
                raise ValidationError(self.env._("Say how much was promised."))
            if record.currency_id.compare_amounts(record.amount, is_open) > 0:
                raise ValidationError(
                    self.env._(
                        "%(amount)s were promised, but only %(open)s are owed and not "
                        "disputed on these instalments: add others, or lower the "
                        "amount.",
                        amount=record._money(record.amount),
                        open=record._money(is_open),
                    )
                )

    def _to_core(self, tolerance=None):
        """Return the promise as ``core.promise.Promise``."""
        self.ensure_one()
        return promise.Promise(
            amount=self._to_decimal(self.amount),
            day=self.date,
            tolerance=self.tolerance_days if tolerance is None else tolerance,
            made_on=self.made_on,
        )

    def _get_hold_params(self):
        """Return what is said of a promise that is waited for."""
        self.ensure_one()
        return {"amount": self.amount, "on": self.date, "until": self.pause_until}

    def _get_hold_until(self, outcome):
        """Return until when reminders wait: longer for what is matched or was disputed.

        :param outcome: ``core.promise.Outcome``
        """
        self.ensure_one()
        is_longest = self.pause_until < self.date_limit
        return self.pause_until if is_longest else outcome.until or self.pause_until

    # --------------------------------------------------------------------- sealing

    @api.model
    def _get_sealed_fields(self):
        return super()._get_sealed_fields() | {"amount", "date", "proof_ids"}

    def _get_sealed_facts(self):
        names = ["amount", "date", "source", "promised_by", "note"]
        if self.state in ("kept", "broken"):
            names += ["amount_received", "amount_missing", "settled_on"]
        return [self._to_fact(name) for name in names]

    def _get_sealed_files(self):
        return self.proof_ids

    # ----------------------------------------------------------------- transitions

    def action_judge(self):
        """Check the payments: were promises kept; return those that changed."""
        return self._move("_judge_now")
