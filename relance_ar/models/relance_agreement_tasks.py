from dataclasses import dataclass
from datetime import date

from odoo import api, fields, models

# Types of the tasks that promises and plans give.
BROKEN_TASK = "relance_ar.mail_activity_type_promise_broken"
COMING_TASK = "relance_ar.mail_activity_type_plan_coming"
LATE_TASK = "relance_ar.mail_activity_type_plan_broken"
MATCH_TASK = "relance_ar.mail_activity_type_payment_to_match"
# Months in which a payment that came in time may still be matched.
LOOK_BACK = 12


@dataclass(frozen=True, slots=True)
class Task:
    """What an officer has to do about a record.

    :param kind: XML id of the type of the activity
    :param comes_back: given again to who marked it as done, as long as it is wanted
    """

    kind: str
    day: date
    summary: str
    comes_back: bool = False


class RelanceAgreementTasks(models.AbstractModel):
    """The officer of promises and plans, and their tasks, kept in step set by set."""

    _name = "relance.agreement.tasks"
    _description = "Tasks about promises and plans"

    partner_id = fields.Many2one("res.partner")
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
    to_match = fields.Boolean(
        string="Payment to match",
        readonly=True,
        copy=False,
        help="Money came in time and is not matched: it is waited for some days.",
    )

    @api.depends("partner_id")
    def _compute_user_id(self):
        for record in self:
            officer = record.partner_id and record._officer_of_debtor()
            record.user_id = officer or self.env.user

    def _replace_leavers(self):
        """Give what officers who left looked after to those who follow them."""
        for record in self.with_context(active_test=False):
            left = record.user_id
            if not left or record._is_officer(left):
                continue
            officer = record._officer_of_debtor()
            if not officer or officer == left:
                continue
            record.user_id = officer
            record._message_log(
                body=self.env._(
                    "%(left)s has left: %(who)s takes over.",
                    left=left.name,
                    who=officer.name,
                )
            )

    def _in_language_of_officer(self):
        """Return the record in the language of who has its tasks."""
        self.ensure_one()
        officer = self._pick_officer(self.user_id)
        return self.with_context(lang=officer.lang or self.env.lang)

    def _keep_tasks(self, kinds, wanted, moved):
        """Keep the tasks of some types in step with what is to do.

        What is to do no longer goes; what somebody has done does not come back, unless
        something moved. Whoever cannot open the record any more hands it on.

        :param kinds: XML ids of the types
        :param wanted: ``{record: Task}``
        :param moved: records of which something has changed: they get a new task
        """
        to_id = self.env["ir.model.data"]._xmlid_to_res_id
        types = {to_id(kind, raise_if_not_found=False): kind for kind in kinds}
        types.pop(False, None)
        known = self._find_tasks(list(types))
        useless = known.browse()
        for activity in known:
            record = self.browse(activity.res_id)
            task = wanted.get(record)
            if not task or types[activity.activity_type_id.id] != task.kind:
                useless += activity
            else:
                record._update_task(activity, task)
        useless.unlink()
        having = set((known - useless).mapped("res_id"))
        ids = {kind: type_id for type_id, kind in types.items()}
        self._create_tasks(
            ids,
            {
                record: task
                for record, task in wanted.items()
                if record.id not in having and (task.comes_back or record in moved)
            },
        )

    def _find_tasks(self, type_ids):
        """Return the activities of some types, of whoever has them."""
        # sudo: tasks on our records, also those of people who have left.
        return (
            self.env["mail.activity"]
            .sudo()
            .search(
                [
                    ("res_model", "=", self._name),
                    ("res_id", "in", self.ids),
                    ("activity_type_id", "in", type_ids),
                ]
            )
        )

    def _update_task(self, activity, task):
        """Write what a task now says; hand it on if its owner cannot open it."""
        vals = {"summary": task.summary}
        if task.comes_back:
            vals["date_deadline"] = task.day
        if not self._is_officer(activity.user_id):
            officer = self._pick_officer(self.user_id)
            vals["user_id"] = officer.id or activity.user_id.id
        changed = {
            name: value
            for name, value in vals.items()
            if activity._fields[name].convert_to_write(activity[name], activity)
            != value
        }
        if changed:
            activity.write(changed)

    def _create_tasks(self, type_ids, tasks):
        """Create activities in one go."""
        model_id = self.env["ir.model"]._get_id(self._name)
        self.env["mail.activity"].create(
            [
                {
                    "activity_type_id": type_ids[task.kind],
                    "summary": task.summary,
                    "automated": True,
                    "date_deadline": task.day,
                    "res_model_id": model_id,
                    "res_id": record.id,
                    "user_id": officer.id,
                }
                for record, task in tasks.items()
                if task.kind in type_ids
                and (officer := record._pick_officer(record.user_id))
            ]
        )

    def _say_match(self, amount):
        """Return the task to match what came in time."""
        record = self._in_language_of_officer()
        summary = record.env._(
            "%(debtor)s: match the payment that came (%(amount)s wait for it)",
            debtor=record.partner_id.name,
            amount=record._money(float(amount)),
        )
        today = fields.Date.context_today(self)
        return Task(MATCH_TASK, today, summary)
