from odoo import api, models
from odoo.tools import formatLang, plaintext2html

CALL_ACTIVITIES = {
    "phone": "relance_ar.mail_activity_type_call",
    "visit": "relance_ar.mail_activity_type_visit",
}
REPAIR_ACTIVITY = "relance_ar.mail_activity_type_repair"


class RelanceReminderTodo(models.AbstractModel):
    """What a person does: calls, visits, and contacts to repair."""

    _name = "relance.reminder.todo"
    _description = "Activities of a reminder"

    def _schedule_calls(self):
        """Put an activity on the to-do list of each officer, once."""
        activity_types = self._get_call_activity_types()
        scheduled = self.activity_ids.filtered(
            lambda a: a.activity_type_id.id in activity_types.values()
        )
        self._refresh_calls(scheduled)
        missing = self.browse(set(self.ids) - set(scheduled.mapped("res_id")))
        missing._create_activities(
            {
                reminder.id: reminder._in_officer_lang()._prepare_call_vals(
                    activity_types[reminder.channel]
                )
                for reminder in missing
            }
        )

    def _refresh_calls(self, scheduled, always=False):
        """Bring tasks of calls up to date: amount, person, number, who makes it.

        Its day stays as it is: people put calls off there.

        :param always: whether the note is written anew though its title is the same
        """
        by_id = {reminder.id: reminder for reminder in self}
        for task in scheduled.filtered(lambda a: a.res_id in by_id):
            reminder = by_id[task.res_id]._in_officer_lang()
            if not always and task.summary == reminder._get_call_summary():
                continue
            vals = reminder._prepare_call_vals(task.activity_type_id.id)
            del vals["date_deadline"]
            responsible = reminder._get_responsible()
            task.write({**vals, "user_id": (responsible or task.user_id).id})

    @api.model
    def _get_call_activity_types(self):
        """Return ``{channel: id of its activity type}``."""
        to_id = self.env["ir.model.data"]._xmlid_to_res_id
        return {
            channel: to_id(xmlid, raise_if_not_found=False)
            for channel, xmlid in CALL_ACTIVITIES.items()
        }

    def _drop_activities(self, xmlids):
        """Take what is no longer to do off the to-do lists, done by hand or not."""
        self.activity_unlink(xmlids, only_automated=False)

    def _in_officer_lang(self):
        """Return the reminder in the language of whom it gives something to do."""
        self.ensure_one()
        return self.with_context(lang=self.user_id.lang or self.env.lang)

    def _prepare_call_vals(self, activity_type_id):
        """Return the values of the activity of a call or a visit."""
        self.ensure_one()
        phone = self.contact_id.phone or self.partner_id.phone or ""
        return {
            "activity_type_id": activity_type_id,
            "summary": self._get_call_summary(),
            "note": self._get_call_note(phone),
            "date_deadline": self.date_planned,
        }

    def _get_call_summary(self):
        """Return the title of the task: who owes how much, at which level."""
        amount = formatLang(self.env, self.amount_net, currency_obj=self.currency_id)
        return self.env._(
            "%(debtor)s: %(amount)s (%(level)s)",
            debtor=self.partner_id.name,
            amount=amount,
            level=self.level_id.name,
        )

    def _get_call_note(self, phone):
        """Return what the officer needs on the phone, as HTML."""
        values = {**self._prepare_message_values(self), "phone": phone}
        return self.env["ir.qweb"]._render("relance_ar.reminder_call_note", values)

    def _ask_for_repair(self, message=""):
        """Ask the officer to complete or correct the contact of the debtor, once.

        :param message: what went wrong; "": why nobody can be reached
        """
        self._schedule_once(REPAIR_ACTIVITY, "_prepare_repair_vals", message)

    def _schedule_once(self, xmlid, prepare, *about):
        """Give each officer a task of this type, unless there is one already.

        :param prepare: name of the method that returns the values of the activity
        """
        activity_type_id = self.env["ir.model.data"]._xmlid_to_res_id(
            xmlid, raise_if_not_found=False
        )
        has_one = self.activity_ids.filtered(
            lambda a: a.activity_type_id.id == activity_type_id
        ).mapped("res_id")
        missing = self.filtered(lambda r: r.id not in has_one)
        missing._create_activities(
            {
                reminder.id: getattr(reminder._in_officer_lang(), prepare)(
                    activity_type_id, *about
                )
                for reminder in missing
            }
        )

    def _prepare_repair_vals(self, activity_type_id, message):
        """Return the values of the activity that asks to complete a contact."""
        self.ensure_one()
        return {
            "activity_type_id": activity_type_id,
            "summary": self.env._("Complete the contact of the debtor"),
            "note": plaintext2html(message or self.why or ""),
            "date_deadline": self.date_planned,
        }

    def _ask_for_channel(self):
        """Ask to choose a channel for the levels, unless somebody has been asked."""
        if not self:
            return
        xmlid = "relance_ar.mail_activity_type_own_side"
        asked = self.search(
            [
                ("company_id", "in", self.company_id.ids),
                ("level_id", "in", self.level_id.ids),
                ("state", "=", "held"),
                ("level_id.channel_line_ids", "=", False),
                ("activity_ids.activity_type_id", "=", self.env.ref(xmlid).id),
            ]
        )
        new = self.filtered(lambda reminder: reminder.level_id not in asked.level_id)
        new._schedule_once(xmlid, "_prepare_channel_vals")

    def _prepare_channel_vals(self, activity_type_id):
        """Return the values of the activity that asks for a channel of the level."""
        self.ensure_one()
        return {
            "activity_type_id": activity_type_id,
            "summary": self.env._(
                "Choose a channel: %(name)s", name=self.level_id.name
            ),
            "note": plaintext2html(self._say_held()),
            "date_deadline": self.date_planned,
        }

    def _create_activities(self, vals_by_id):
        """Create one activity on each reminder, without an e-mail to its owner."""
        model_id = self.env["ir.model"]._get_id(self._name)
        self.env["mail.activity"].with_context(mail_activity_quick_update=True).create(
            [
                {
                    **vals_by_id[reminder.id],
                    "res_model_id": model_id,
                    "res_id": reminder.id,
                    "automated": True,
                    "user_id": reminder._get_responsible().id or self.env.uid,
                }
                for reminder in self
            ]
        )

    def _get_responsible(self):
        """Return who looks after the reminder: its officer, else the company's."""
        self.ensure_one()
        return self.user_id or self.company_id._get_relance_officer()
