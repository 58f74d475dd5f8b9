from odoo import api, fields, models
from odoo.exceptions import RedirectWarning, UserError
from odoo.fields import Domain

from ..core.channel import choose_written
from .relance_channel import CALLS
from .relance_reminder_todo import CALL_ACTIVITIES

# Outcome of a call: whether somebody was spoken to, which is what makes it a contact.
OUTCOMES = [
    ("promise", "Promise to pay"),
    ("dispute", "Dispute"),
    ("paid", "Already paid, they say"),
    ("not_received", "Invoice not received"),
    ("informed", "Preventive: invoice followed"),
    ("other", "Spoken to, nothing agreed"),
    ("wrong_contact", "Wrong contact"),
    ("no_answer", "No answer"),
]
NOT_SPOKEN = ("wrong_contact", "no_answer")
YES_NO = [("yes", "Yes"), ("no", "No")]
# What a preventive call brings.
BILL_FIELDS = (
    "bill_received",
    "bill_registered",
    "bill_approved",
    "bill_approved_by",
    "payment_run_on",
    "obstacle",
)


class RelanceReminderCall(models.AbstractModel):
    """What came out of a call or a visit, and its confirmation in writing.

    Comes before ``mail.thread`` among the parents of the reminder: it extends it.
    """

    _name = "relance.reminder.call"
    _description = "Outcome of a call"

    call_outcome = fields.Selection(
        OUTCOMES, string="Outcome", readonly=True, copy=False, tracking=True
    )
    call_spoke_to = fields.Char(string="Spoken to", readonly=True, copy=False)
    call_note = fields.Text(string="What was said", readonly=True, copy=False)
    call_attempts = fields.Integer(string="Attempts", readonly=True, copy=False)
    bill_received = fields.Selection(YES_NO, string="Invoice received", readonly=True)
    bill_registered = fields.Selection(
        YES_NO, string="Invoice registered", readonly=True
    )
    bill_approved = fields.Selection(YES_NO, string="Invoice approved", readonly=True)
    bill_approved_by = fields.Char(string="Approved by", readonly=True)
    payment_run_on = fields.Date(string="Payment run on", readonly=True)
    obstacle = fields.Text(readonly=True, help="What stands in the way of the payment.")
    promise_ids = fields.One2many("relance.promise", "reminder_id")
    dispute_ids = fields.One2many("relance.dispute", "reminder_id")

    @api.model
    def _get_unwritten_calls_domain(self):
        """Return the calls and visits that were not confirmed in writing.

        :rtype: Domain
        """
        return (
            Domain("channel", "in", CALLS)
            & Domain("state", "=", "done")
            & Domain("call_outcome", "!=", False)
            & Domain("followed_up_on", "=", False)
        )

    # ------------------------------------------------------------------- finishing

    def action_log_call(self):
        """Open what to note of a call or a visit."""
        self.ensure_one()
        name = self.env._("Outcome of the call")
        if self.channel == "visit":
            name = self.env._("Outcome of the visit")
        return {
            "type": "ir.actions.act_window",
            "name": name,
            "res_model": "relance.call",
            "view_mode": "form",
            "views": [(False, "form")],
            "target": "new",
            "context": {"default_reminder_id": self.id},
        }

    def _check_outcome(self):
        """Refuse to finish a call without saying what came out of it.

        :raise RedirectWarning: with the button that asks for it
        """
        mute = self.filtered(lambda r: not r.call_outcome)
        if len(mute) == 1:
            message = self.env._(
                "%(name)s: a call is finished by its outcome. Press “Log the call”.",
                name=mute.display_name,
            )
            raise RedirectWarning(
                message, mute.action_log_call(), self.env._("Log the call")
            )
        if mute:
            raise UserError(
                self.env._(
                    "A call is finished by its outcome: log %(names)s one by one.",
                    names=", ".join(mute.mapped("display_name")),
                )
            )

    def _finish_call(self, vals, words):
        """Note the outcome of calls in which somebody was spoken to: they count."""
        self.write(vals)
        self._bring_call_up_to_date()
        self._ask_for_bill()
        xmlids = list(CALL_ACTIVITIES.values())
        if self.activity_ids.filtered(
            lambda a: a.activity_type_id.id in self._get_call_activity_types().values()
        ):
            self.activity_feedback(xmlids, feedback=words)
        return self._confirm_call()

    def _try_again(self, day, words):
        """Put a call back on the to-do list for another day."""
        self.ensure_one()
        kinds = self._get_call_activity_types().values()
        self.write({"call_attempts": self.call_attempts + 1, "date_planned": day})
        self._message_log(body=words)
        self._record_attempt(words)
        calls = self.activity_ids.filtered(lambda a: a.activity_type_id.id in kinds)
        calls.date_deadline = day
        self._refresh_calls(calls, always=True)
        self._schedule_calls()

    def _write_instead(self, words):
        """Write to whom no call reaches: the reminder leaves by another channel.

        It stays approved: the officer who called in vain decided it.

        :raise UserError: for a debtor without any address
        """
        self.ensure_one()
        channel = self._get_written_channel()
        if not channel:
            raise UserError(
                self.env._(
                    "%(name)s: no e-mail address and no postal address to write to. "
                    "Complete the contact, or plan another attempt.",
                    name=self.display_name,
                )
            )
        self._drop_activities(list(CALL_ACTIVITIES.values()))
        self.write(
            {
                "call_attempts": self.call_attempts + 1,
                "channel": channel,
                "date_planned": fields.Date.context_today(self),
            }
        )
        kinds = dict(self._fields["channel"]._description_selection(self.env))
        self._message_log(
            body=self.env._(
                "%(words)s · Tried in vain %(count)s times: %(channel)s instead.",
                words=words,
                count=self.call_attempts,
                channel=kinds[channel],
            )
        )

    def _get_written_channel(self):
        """Return the code of the channel by which to write instead of calling."""
        self.ensure_one()
        recipients = self.env["relance.recipients"]
        debtor = self.partner_id
        directory = recipients._load_directory(
            debtor.commercial_partner_id, self.company_id, {}
        )
        reachable = recipients._reachable(debtor, self.contact_id, directory)
        channels = self.level_id.channel_ids.mapped("code")
        return choose_written(channels, reachable, recipients._refused(debtor))

    def _get_call_facts(self):
        """Return ``[(label, text)]`` of what a call or a visit brought."""
        self.ensure_one()
        names = ["call_outcome", "call_spoke_to", "call_note", "call_amount"]
        names += ["call_paid_on", *BILL_FIELDS]
        return [self._to_fact(name) for name in names]

    # ------------------------------------------------------------------- from an answer

    def action_new_dispute(self):
        """Open a new dispute about what the reminder lists."""
        self.ensure_one()
        return self._in_this_contact(
            self.line_ids.move_line_id.action_relance_dispute()
        )

    def action_new_promise(self):
        """Open a new promise to pay what the reminder lists."""
        self.ensure_one()
        return self._in_this_contact(
            self.line_ids.move_line_id.action_relance_promise()
        )

    def _in_this_contact(self, action):
        """Have what an action opens say that it comes from this contact."""
        about = {"default_reminder_id": self.id}
        return {**action, "context": {**action["context"], **about}}

    # -------------------------------------------------------------------- handing over

    def action_hand_over(self):
        """Open what somebody else does: a visit, a manager, another person."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Hand over"),
            "res_model": "relance.delegation",
            "view_mode": "form",
            "target": "new",
            "context": {"default_reminder_id": self.id},
        }
