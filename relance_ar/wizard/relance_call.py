from odoo import api, fields, models
from odoo.exceptions import UserError

from ..core.calendar import shift
from ..models.relance_channel import CALLS
from ..models.relance_level import PREVENTIVE
from ..models.relance_reminder_call import (
    BILL_FIELDS,
    NOT_SPOKEN,
    OUTCOMES,
    YES_NO,
)

# Months: within which a call is tried again, and a payment run or a payment lies.
NEXT_ATTEMPT, LONGEST = 3, 12


class RelanceCall(models.TransientModel):
    """What came out of a call or a visit; what follows from it is made at once."""

    _name = "relance.call"
    _description = "Outcome of a call"
    _inherit = ["relance.call.following", "relance.bounded"]

    reminder_id = fields.Many2one("relance.reminder", required=True, readonly=True)
    company_id = fields.Many2one(related="reminder_id.company_id")
    partner_id = fields.Many2one(related="reminder_id.partner_id")
    contact_id = fields.Many2one(related="reminder_id.contact_id")
    currency_id = fields.Many2one(related="reminder_id.currency_id")
    is_preventive = fields.Boolean(compute="_compute_is_preventive")
    line_ids = fields.Many2many(
        "account.move.line", compute="_compute_line_ids", string="Listed"
    )
    spoke_to = fields.Char(
        string="Person reached",
        compute="_compute_defaults",
        store=True,
        readonly=False,
        precompute=True,
        help="Who answered, and in which capacity.",
    )
    outcome = fields.Selection(
        OUTCOMES,
        required=True,
        compute="_compute_outcome",
        store=True,
        readonly=False,
        precompute=True,
    )
    late_outcome = fields.Selection(
        [one for one in OUTCOMES if one[0] != "informed"],
        string="Outcome of a call about late invoices",
        help="As the outcome, without what is for preventive calls only.",
    )
    note = fields.Text(string="What was said")
    about_ids = fields.Many2many(
        "account.move.line",
        "relance_call_about_rel",
        string="Instalments concerned",
        compute="_compute_defaults",
        store=True,
        readonly=False,
        precompute=True,
        domain="[('id', 'in', line_ids)]",
    )
    amount = fields.Monetary(
        compute="_compute_amount", store=True, readonly=False, precompute=True
    )
    date = fields.Date(string="On")
    reason_id = fields.Many2one("relance.dispute.reason")
    asked = fields.Text(string="What is asked of the owner")
    writes_instead = fields.Boolean(
        string="Write instead",
        compute="_compute_writes_instead",
        store=True,
        readonly=False,
        precompute=True,
        help="No more calls: the reminder leaves as an e-mail or a letter.",
    )
    next_attempt_on = fields.Date(
        string="Next attempt on",
        compute="_compute_defaults",
        store=True,
        readonly=False,
        precompute=True,
    )
    new_name = fields.Char(string="Right person")
    new_phone = fields.Char(string="Right phone number")
    new_email = fields.Char(string="Right e-mail address")
    bill_received = fields.Selection(YES_NO, string="Invoice received")
    bill_registered = fields.Selection(YES_NO, string="Invoice registered")
    bill_approved = fields.Selection(YES_NO, string="Invoice approved")
    bill_approved_by = fields.Char(string="Approved by")
    payment_run_on = fields.Date(string="Payment run on")
    obstacle = fields.Text()
    confirms = fields.Boolean(
        string="Confirm in writing",
        default=True,
        help="Opens the e-mail that says what was agreed, with the invoices attached.",
    )

    @api.depends("reminder_id")
    def _compute_is_preventive(self):
        for wizard in self:
            wizard.is_preventive = wizard.reminder_id.phase == PREVENTIVE

    @api.depends("late_outcome")
    def _compute_outcome(self):
        for wizard in self:
            wizard.outcome = wizard.late_outcome or wizard.outcome

    @api.depends("reminder_id")
    def _compute_writes_instead(self):
        for wizard in self:
            most = wizard.reminder_id.company_id.relance_call_attempts
            tried = wizard.reminder_id.call_attempts + 1
            wizard.writes_instead = bool(most) and tried >= most

    @api.depends("reminder_id")
    def _compute_line_ids(self):
        for wizard in self:
            wizard.line_ids = wizard.reminder_id.line_ids.move_line_id

    @api.depends("reminder_id")
    def _compute_defaults(self):
        for wizard in self:
            reminder = wizard.reminder_id
            contact = reminder.contact_id
            # A company does not answer the telephone: somebody there does.
            wizard.spoke_to = not contact.is_company and contact.name
            lines = reminder.line_ids.move_line_id
            wizard.about_ids = lines.filtered(lambda line: not line.reconciled)
            tomorrow = shift(fields.Date.context_today(self), 1)
            calendar = (reminder.company_id or self.env.company)._get_relance_calendar()
            wizard.next_attempt_on = calendar.limit_of(tomorrow)

    @api.depends("about_ids")
    def _compute_amount(self):
        for wizard in self:
            lines = wizard.about_ids._origin
            wizard.amount = sum(lines._relance_undisputed_amounts())

    # ---------------------------------------------------------------------- logging

    def action_log(self):
        """Note the outcome and make what follows from it, all or nothing.

        :return: the e-mail that confirms it, to be edited, or nothing more
        :raise UserError: when the call is over, or the outcome lacks something
        """
        self.ensure_one()
        reminder = self.reminder_id
        reminder.check_access("write")
        if reminder.state != "approved" or reminder.channel not in CALLS:
            raise UserError(
                self.env._(
                    "%(name)s is not a call to be made.", name=reminder.display_name
                )
            )
        self._check_day(self.payment_run_on, ahead=LONGEST)
        if self.outcome not in NOT_SPOKEN:
            self._require("spoke_to")
        getattr(self, f"_log_{self.outcome}")()
        close = {"type": "ir.actions.act_window_close"}
        if self.outcome in NOT_SPOKEN:
            return close
        # sudo: outcomes are written by this transition; the rights were checked.
        reminder.sudo()._finish_call(self._prepare_outcome(), self._get_words())
        # What was not received goes out in any case.
        writes = self.confirms or self.outcome == "not_received"
        return reminder.action_write_confirmation() if writes else close

    def _prepare_outcome(self):
        """Return the values kept on the reminder."""
        values = {
            "call_outcome": self.outcome,
            "call_spoke_to": self.spoke_to,
            "call_note": self.note,
            "call_attempts": self.reminder_id.call_attempts + 1,
        }
        if self.outcome == "paid":
            values |= {"call_amount": self.amount, "call_paid_on": self.date}
        if self.is_preventive:
            values |= {name: self[name] for name in BILL_FIELDS}
        return values

    def _get_words(self):
        """Return the outcome in one line, for the history."""
        outcome = dict(self._fields["outcome"]._description_selection(self.env))
        words = (outcome[self.outcome], self.spoke_to, self.note)
        return " · ".join(filter(None, words))

    def _require(self, *names):
        """Refuse an outcome that lacks something.

        :raise UserError: naming it
        """
        missing = [
            self._fields[name]._description_string(self.env)
            for name in names
            if not self[name]
        ]
        if missing:
            raise UserError(
                self.env._("Still to fill in: %(names)s.", names=", ".join(missing))
            )

    def _log_promise(self):
        self._require("date", "amount", "about_ids")
        self._promise(self.date, self.note)

    def _promise(self, day, note):
        return self.env["relance.promise"].create(
            {
                **self._prepare_agreement_vals(),
                "date": day,
                "promised_by": self.spoke_to,
                "note": note,
                "user_id": self.reminder_id.user_id.id or self.env.uid,
            }
        )

    def _prepare_agreement_vals(self):
        """Return the values that a promise and a dispute from this call share."""
        return {
            "partner_id": self.partner_id.id,
            "move_line_ids": [fields.Command.set(self.about_ids.ids)],
            "amount": self.amount,
            "source": "visit" if self.reminder_id.channel == "visit" else "call",
            "reminder_id": self.reminder_id.id,
        }

    def _log_dispute(self):
        self._require("reason_id", "amount", "about_ids")
        return self.env["relance.dispute"].create(
            {
                **self._prepare_agreement_vals(),
                "reason_id": self.reason_id.id,
                "description": self.note,
                "asked": self.asked,
                "officer_id": self.reminder_id.user_id.id or self.env.uid,
            }
        )

    def _log_not_received(self):
        """Nothing more: the invoices leave with the confirmation."""

    def _log_informed(self):
        if not self.is_preventive:
            raise UserError(
                self.env._("Invoices are followed in preventive calls only.")
            )
        self._require("bill_received")

    def _log_other(self):
        self._require("note")

    def _log_no_answer(self):
        if self.writes_instead:
            # sudo: as in _plan_next.
            self.reminder_id.sudo()._write_instead(self._get_words())
            return
        self._require("next_attempt_on")
        self._plan_next()

    def _plan_next(self):
        self._check_day(self.next_attempt_on, ahead=NEXT_ATTEMPT)
        # sudo: planned by this transition; the rights were checked.
        self.reminder_id.sudo()._try_again(self.next_attempt_on, self._get_words())
