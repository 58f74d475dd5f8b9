from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import html2plaintext

from .relance_event import HANDOVER

# What ties an activity to what is done when it is finished.
TIES = {"activity_type_id", "res_id", "res_model", "res_model_id"}
PLACE = TIES - {"activity_type_id"}
REMINDER = "relance.reminder"
AGREEMENTS = ("relance.dispute", "relance.promise", "relance.plan")
HANDOVER_TASK = "relance_ar.mail_activity_type_delegation"


class MailActivity(models.Model):
    _inherit = "mail.activity"

    def write(self, vals):
        # EXTENDS 'mail': core checks the document that an activity leaves, not the one
        # that it is moved to; finishing it there would act on a reminder.
        if not self.env.su and TIES & vals.keys():
            calls = self._relance_calls()
            result = super().write(vals)
            (calls - self._relance_calls())._relance_refuse_loss()
        else:
            result = super().write(vals)
        if not self.env.su and TIES & vals.keys():
            # Finishing it acts on a reminder: its type counts as well there.
            names = (REMINDER, *AGREEMENTS) if PLACE & vals.keys() else (REMINDER,)
            self._relance_check_tied(names)
        return result

    def _relance_check_tied(self, names):
        """Refuse to tie activities to records of ours that the user may not write.

        :param names: the models concerned; the rights on them say nothing of others
        :raise AccessError: for such a record
        """
        for name in names:
            tied = self.filtered(lambda activity, n=name: activity.res_model == n)
            if tied:
                self.env[name].browse(tied.mapped("res_id")).check_access("write")

    def unlink(self):
        # EXTENDS 'mail': a call to make does not vanish from the to-do list.
        if not self.env.su:
            self._relance_calls()._relance_refuse_loss()
        return super().unlink()

    def _relance_calls(self):
        """Return the activities of calls and visits that are still to be made."""
        reminders = self.env["relance.reminder"].sudo()  # sudo: their state only
        types = set(reminders._get_call_activity_types().values()) - {False}
        ours = self.filtered(
            lambda a: a.res_model == reminders._name and a.activity_type_id.id in types
        )
        to_make = reminders.browse(ours.mapped("res_id")).exists()
        to_make = set(to_make.filtered(lambda r: r.state == "approved").ids)
        return ours.filtered(lambda activity: activity.res_id in to_make)

    def _relance_refuse_loss(self):
        """Refuse to lose a call.

        :raise UserError: telling how it ends
        """
        for activity in self[:1]:
            raise UserError(
                self.env._(
                    "%(name)s: a call ends by its outcome, or with its reminder: log "
                    "it, put it off, or cancel the reminder.",
                    name=activity.summary or activity.display_name,
                )
            )

    def _action_done(self, feedback=False, attachment_ids=None):
        # EXTENDS 'mail': finishing the activity of a call confirms the contact, and
        # finishing that of an answer marks it as read.
        reminders = self.env["relance.reminder"]
        called = answered = reminders
        ours = self.filtered(lambda activity: activity.res_model == reminders._name)
        if ours:
            call_types = set(reminders._get_call_activity_types().values())
            called = ours._relance_reminders_of(call_types)
            answered = ours._relance_reminders_of(
                {reminders._get_answer_activity_type()}
            )
        handed_over = self._relance_handed_over()
        result = super()._action_done(feedback=feedback, attachment_ids=attachment_ids)
        handed_over._relance_tell_officer(feedback)
        # sudo: whoever was given the task may finish it, as Odoo lets them do.
        called = called.sudo().exists().with_context(relance_feedback=feedback or "")
        called._confirm_call()
        answered.sudo().exists()._read_answer()
        return result

    def _relance_reminders_of(self, type_ids):
        """Return the reminders of the activities of some types."""
        found = self.filtered(lambda a: a.activity_type_id.id in type_ids - {False})
        return self.env["relance.reminder"].browse(found.mapped("res_id"))

    # -------------------------------------------------------------------- handed over

    def _relance_handed_over(self):
        """Return the tasks by which somebody else dealt with a debtor."""
        to_id = self.env["ir.model.data"]._xmlid_to_res_id
        kind = to_id(HANDOVER_TASK, raise_if_not_found=False)
        return self.filtered(
            lambda a: a.res_model == "res.partner" and a.activity_type_id.id == kind
        )

    def _relance_tell_officer(self, feedback):
        """Give who handed a debtor over the task to see what came of it."""
        for activity in self.sudo():  # sudo: a task on the customer, for a colleague
            debtor = self.env["res.partner"].sudo().browse(activity.res_id).exists()
            self._relance_seal_dealt(debtor, feedback)
            who = activity.create_uid
            if not who.active or who.share:
                who = self.env.company._get_relance_officer()
            if debtor and who and who != self.env.user:
                words = self.with_context(lang=who.lang or self.env.lang).env
                debtor.activity_schedule(
                    "mail.mail_activity_data_todo",
                    fields.Date.context_today(self),
                    summary=words._(
                        "%(who)s has dealt with %(debtor)s: see what follows",
                        who=self.env.user.name,
                        debtor=debtor.name,
                    ),
                    note=feedback or "",
                    user_id=who.id,
                )

    @api.model
    def _relance_seal_dealt(self, debtor, feedback):
        """Seal what came of a debtor who was handed over, if they are one of ours."""
        events, company = self.env["relance.event"], self.env.company
        handed = [
            ("partner_id", "=", debtor.id),
            ("company_id", "=", company.id),
            ("kind", "=", HANDOVER),
        ]
        # sudo: sealed by whoever was given the task, without rights on contacts.
        if not events.sudo().search_count(handed, limit=1):
            return
        words = self.env._("%(who)s has dealt with it", who=self.env.user.name)
        said = [(self.env._("Note"), html2plaintext(feedback or ""))]
        vals = {
            "company_id": company.id,
            "partner_id": debtor.id,
            "kind": HANDOVER,
            "subject": words,
            "body": events._to_html(said),
            "debtor": debtor.name,
        }
        events._record([vals])
