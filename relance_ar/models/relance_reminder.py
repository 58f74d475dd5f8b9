from odoo import api, fields, models
from odoo.exceptions import UserError

from .relance_channel import CALLS, CHANNELS, EMAIL
from .relance_facts_types import CONFIRMED, UNSENT
from .relance_reminder_preflight import OWN_SIDE_ACTIVITY
from .relance_reminder_todo import CALL_ACTIVITIES, REPAIR_ACTIVITY

ACTIVITIES = [*CALL_ACTIVITIES.values(), REPAIR_ACTIVITY, OWN_SIDE_ACTIVITY]


class RelanceReminder(models.Model):
    """One contact with one debtor on one channel, listing its receivable lines.

    It is the record of what was said, when, to whom and about how much: a reminder that
    has left is never deleted, and only a confirmed one counts for the next step.
    """

    _name = "relance.reminder"
    _description = "Reminder"
    _inherit = [
        # Those that extend mail.thread come before it, and claims before files.
        "relance.reminder.call",
        "relance.reminder.followup",
        "relance.reminder.claims",
        "relance.reminder.reply",
        "relance.reminder.notes",
        "relance.reminder.failure",
        "relance.reminder.files",
        "relance.sealed.thread",
        "mail.thread",
        "mail.activity.mixin",
        "relance.guarded",
        "relance.copied",
        "relance.reminder.content",
        "relance.reminder.credit",
        "relance.reminder.todo",
        "relance.reminder.letter",
        "relance.reminder.preflight",
        "relance.reminder.approval",
        "relance.reminder.timing",
        "relance.reminder.contact",
        "relance.reminder.event",
        "relance.reminder.link",
    ]
    _order = "date_planned desc, id desc"
    _check_company_auto = True

    reference = fields.Char(compute="_compute_reference", search="_search_reference")
    state = fields.Selection(
        [
            ("proposed", "To approve"),
            ("held", "Blocked"),
            ("approved", "Approved"),
            ("sent", "Sent"),
            ("done", "Done"),
            ("failed", "Failed"),
            ("cancelled", "Cancelled"),
        ],
        required=True,
        default="proposed",
        readonly=True,
        copy=False,
        index=True,
        tracking=True,
    )
    run_id = fields.Many2one(
        "relance.run", index="btree_not_null", readonly=True, ondelete="set null"
    )
    company_id = fields.Many2one(
        "res.company",
        required=True,
        readonly=True,
        default=lambda self: self.env.company,
    )
    partner_id = fields.Many2one(
        "res.partner",
        string="Debtor",
        required=True,
        readonly=True,
        index=True,
        check_company=True,
    )
    contact_id = fields.Many2one(
        "res.partner",
        required=True,
        check_company=True,
        domain="['|', ('id', '=', partner_id), ('id', 'child_of', partner_id)]",
        help="Who receives the message.",
    )
    recipient = fields.Char(
        readonly=True, copy=False, help="The e-mail address written to."
    )
    user_id = fields.Many2one(
        "res.users",
        string="Officer",
        index="btree_not_null",
        tracking=True,
        domain=[("share", "=", False)],
    )
    level_id = fields.Many2one(
        "relance.level",
        required=True,
        readonly=True,
        index=True,
        ondelete="restrict",
        help="The firmest level among the lines.",
    )
    channel = fields.Selection(CHANNELS, required=True, tracking=True)
    date_planned = fields.Date(string="Planned on", required=True, index=True)
    date_done = fields.Date(string="Done on", readonly=True, copy=False)
    deadline = fields.Date(
        string="To pay until",
        readonly=True,
        copy=False,
        help="The day that the message grants.",
    )
    line_ids = fields.One2many("relance.reminder.line", "reminder_id", copy=False)
    fingerprint = fields.Char(
        readonly=True, copy=False, help="Digest of the facts behind the proposal."
    )
    letter_id = fields.Many2one(
        "ir.attachment",
        string="Printed letter",
        readonly=True,
        copy=False,
        ondelete="set null",
        help="The letter as it was printed: the same is kept once it is posted.",
    )
    why = fields.Text(readonly=True, help="How the run came to propose this reminder.")
    message_id = fields.Many2one(
        "mail.message",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="set null",
    )

    # ------------------------------------------------------------------ computes

    @api.depends("create_date")
    def _compute_reference(self):
        for reminder in self:
            reminder.reference = self._reference_of(reminder.id or 0)

    @api.model
    def _reference_of(self, reminder_id):
        """Return the reference of a reminder, known without reading it."""
        return f"RL{reminder_id:06d}"

    def _search_reference(self, operator, value):
        if operator not in ("=", "ilike", "like", "in"):
            return NotImplemented
        values = value if operator == "in" else [value]
        digits = [str(v or "").upper().removeprefix("RL").lstrip("0") for v in values]
        return [("id", "in", [int(d) for d in digits if d.isdecimal()])]

    @api.depends("partner_id", "reference")
    def _compute_display_name(self):
        for reminder in self:
            # sudo: whose it is, as many2one fields say it to who reads the record.
            debtor = reminder.sudo().partner_id.name
            reminder.display_name = " · ".join(
                filter(None, (reminder.reference, debtor))
            )

    # ------------------------------------------------------------------ CRUD

    @api.model
    def _get_writable_fields(self):
        return {"contact_id", "channel", "user_id", "date_planned"}

    def _check_writable(self, vals):
        changed = self._get_writable_fields() & vals.keys()
        if changed and not self.env.su:
            for reminder in self:
                if reminder.state not in UNSENT:
                    raise UserError(
                        self.env._(
                            "%(name)s is over: what was said is not rewritten.",
                            name=reminder.display_name,
                        )
                    )
            self._check_day_written(vals)
            self._refuse_if_printed(vals)
        return super()._check_writable(vals)

    def _check_company(self, fnames=None):
        # A run reads, of each company, only what belongs to it: checking thousands of
        # reminders again, one by one, would take a tenth of its time.
        if self.env.su and self.env.context.get("relance_of_one_company"):
            return None
        return super()._check_company(fnames)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_left(self):
        for reminder in self:
            if reminder.state in CONFIRMED:
                raise UserError(
                    self.env._(
                        "The reminder %(name)s has left: it is kept as a proof.",
                        name=reminder.display_name,
                    )
                )

    # --------------------------------------------------------------- transitions

    def _move(self, transition):
        """Apply a transition to the reminders that the user may write.

        :return: the reminders that it moved, in the user's environment
        """
        self.check_access("write")
        # sudo: states are written by transitions only, on records just checked.
        moved = getattr(self.sudo(), transition)()
        return moved.with_env(self.env)

    def action_send(self):
        """Send what is approved: e-mails leave, letters are noted as posted.

        Calls and visits wait for their activity to be finished.

        :return: the reminders sent
        :raise UserError: when it is too soon for all of them
        """
        self._refuse_if_too_soon()
        self._refuse_if_outdated()
        return self._move("_dispatch")

    def action_send_emails(self):
        """Send the approved e-mails among the reminders; return those sent."""
        emails = self.filtered(lambda reminder: reminder.channel == EMAIL)
        emails._refuse_if_too_soon()
        return emails._move("_dispatch")

    def action_cancel(self):
        """Give up reminders that have not left; their lines may be proposed again.

        :return: the reminders cancelled
        """
        return self._move("_cancel")

    def _cancel(self, reason="", keep=()):
        """Cancel what has not left; tasks go, but for those of the types to keep."""
        cancelled = self.filtered(lambda r: r.state in (*UNSENT, "failed"))
        cancelled.state = "cancelled"
        cancelled._drop_activities([x for x in ACTIVITIES if x not in keep])
        if reason:
            cancelled._message_log_batch({r.id: reason for r in cancelled})
        return cancelled

    def action_done(self):
        """Note that a call or a visit took place: it now counts as a contact.

        :return: the reminders done
        """
        return self._move("_confirm_call")

    def _confirm_call(self):
        done = self.filtered(lambda r: r.state == "approved" and r.channel in CALLS)
        done._refuse_calls_too_soon()
        done._check_outcome()
        done._drop_activities(list(CALL_ACTIVITIES.values()))
        done._confirm("done")
        done._record_contact(self.env.context.get("relance_feedback") or "")
        return done

    def _confirm(self, state):
        """Note that the contact took place today."""
        self._claim_penalties()
        today = fields.Date.context_today(self)
        for reminder in self:
            reminder.write(
                {
                    "state": state,
                    "date_done": today,
                    "deadline": reminder._get_deadline(),
                    "failure": False,
                    "failure_kind": False,
                }
            )

    def _get_deadline(self):
        """Return the day granted: as printed on the letter, else from today."""
        self.ensure_one()
        days = self.level_id.deadline_days
        today = fields.Date.context_today(self)
        if self.letter_id:
            return self.deadline
        return days and fields.Date.add(today, days=days)
