from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import plaintext2html

from ..models.mail_activity import HANDOVER_TASK
from ..models.relance_facts_types import UNSENT
from ..models.relance_groups import MANAGER_GROUP, OFFICER_GROUP
from ..models.relance_reminder_todo import CALL_ACTIVITIES

# Months for which a debtor is left to somebody else.
LONGEST = 12


class RelanceDelegation(models.TransientModel):
    """Gives a debtor to somebody else to deal with: with a date, and an owner."""

    _name = "relance.delegation"
    _description = "Hand a debtor over"
    _inherit = ["relance.bounded"]

    reminder_id = fields.Many2one("relance.reminder", required=True, readonly=True)
    partner_id = fields.Many2one(related="reminder_id.partner_id")
    company_id = fields.Many2one(related="reminder_id.company_id")
    kind = fields.Selection(
        [
            ("visit", "A visit"),
            ("manager", "A manager takes over"),
            ("other", "Someone else handles this"),
        ],
        required=True,
        default="other",
    )
    user_id = fields.Many2one(
        "res.users",
        string="Who",
        required=True,
        compute="_compute_user_id",
        store=True,
        readonly=False,
        precompute=True,
        domain="[('share', '=', False), ('company_ids', 'in', company_id)]",
    )
    date = fields.Date(string="To be done by", required=True)
    note = fields.Text(string="What is expected")

    @api.depends("kind", "reminder_id")
    def _compute_user_id(self):
        for wizard in self:
            company = wizard.company_id or self.env.company
            if wizard.kind == "manager":
                managers = company._get_relance_officers().filtered(
                    lambda u: u.has_group(MANAGER_GROUP)
                )
                wizard.user_id = (managers - self.env.user)[:1] or managers[:1]
            else:
                wizard.user_id = wizard.user_id or wizard.reminder_id.user_id

    def action_hand_over(self):
        """Plan the visit, or put the debtor on hold and on the other's to-do list.

        :raise UserError: for a day that is past, or a reminder that is over
        """
        self.ensure_one()
        reminder = self.reminder_id
        reminder.check_access("write")
        self._check_day(self.date, ahead=LONGEST)
        self._check_person()
        if reminder.state not in UNSENT:
            raise UserError(self.env._("%(name)s is over.", name=reminder.display_name))
        if self.kind == "visit":
            self._plan_visit()
        else:
            self._put_on_hold()
        return {"type": "ir.actions.act_window_close"}

    def _check_person(self):
        """Refuse who could not open the customer.

        :raise UserError: naming them
        """
        # sudo: whether they work here.
        user = self.user_id.sudo()
        if not user.active or user.share or self.company_id not in user.company_ids:
            raise UserError(
                self.env._(
                    "%(who)s is archived, no colleague, or not of %(company)s: choose "
                    "somebody else.",
                    who=user.name,
                    company=self.company_id.name,
                )
            )

    def _plan_visit(self):
        """Turn the contact into a visit of that person on that day.

        Whoever plans it approves it: the next run leaves it as it is.
        """
        self._check_visit()
        # sudo: a transition of the reminder; the rights were checked.
        reminder = self.reminder_id.sudo()
        reminder._drop_activities(list(CALL_ACTIVITIES.values()))
        values = {"channel": "visit", "user_id": self.user_id.id}
        reminder.write({**values, "date_planned": self.date})
        if self.note:
            reminder._message_log(body=self.note)
        words = self.env._("A visit is planned: %(who)s", who=self.user_id.name)
        reminder._record_handover(words, self.note)
        if reminder.state == "held":  # nobody could be reached but by a visit
            reminder.state = "proposed"
        if reminder.state == "proposed":
            self.reminder_id.action_approve()
        else:
            reminder._schedule_calls()

    def _check_visit(self):
        """Refuse a visitor who could not log it, or one while our side is wrong.

        :raise UserError: telling what to do instead
        """
        if not self.user_id.has_group(OFFICER_GROUP):
            raise UserError(
                self.env._(
                    "%(who)s is no collections officer: choose “Someone else handles "
                    "this”.",
                    who=self.user_id.name,
                )
            )
        reminder = self.reminder_id
        if reminder.state == "held" and reminder._get_blocking():
            raise UserError(
                self.env._(
                    "%(name)s is blocked: put right what its checks say, or press "
                    "“Chase all the same”, before a visit is planned.",
                    name=reminder.display_name,
                )
            )

    def _put_on_hold(self):
        """Stop writing to the debtor until the day; the other has the task.

        The task is on the customer, which everybody may open.
        """
        reminder, debtor = self.reminder_id, self.partner_id
        words = self.env._("Handed over to %(who)s", who=self.user_id.name)
        here = debtor.with_company(self.company_id)
        until, known = here.relance_hold_until, ""
        if until and until >= fields.Date.context_today(self):
            known = here.relance_hold_reason  # a hold is made longer, never shorter
        reasons = filter(None, (known, words, self.note))
        here.write(
            {
                "relance_hold_until": max(filter(None, (until, self.date))),
                "relance_hold_reason": " · ".join(reasons),
            }
        )
        debtor.activity_schedule(
            HANDOVER_TASK,
            self.date,
            # Without the amount: any colleague may read it there.
            summary=self.env._(
                "%(debtor)s: deal with what is owed", debtor=debtor.name
            ),
            note=plaintext2html(self.note or ""),
            user_id=self.user_id.id,
        )
        reminder._message_log(body=words)
        # sudo: sealed by this step; the rights were checked.
        reminder.sudo()._record_handover(words, self.note)
        reminder.action_cancel()
