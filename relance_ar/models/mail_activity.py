from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import RedirectWarning, UserError
from odoo.tools import format_date, html2plaintext, plaintext2html

from .relance_event_kinds import HANDOVER

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
            awaited = self._relance_awaited()
            result = super().write(vals)
            (awaited - self._relance_awaited())._relance_refuse_loss()
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
        # EXTENDS 'mail': what others wait for does not vanish from the to-do list.
        if not self.env.su:
            self._relance_awaited()._relance_refuse_loss()
        return super().unlink()

    def _relance_awaited(self):
        """Return the activities that end by what comes out of them, and only so."""
        return (
            self._relance_calls() | self._relance_disputes() | self._relance_debtors()
        )

    def _relance_disputes(self):
        """Return the activities of disputes that wait for an answer or a conclusion."""
        disputes = self.env["relance.dispute"].sudo()  # sudo: their state only
        types = disputes._get_task_types()
        ours = self.filtered(
            lambda a: a.res_model == disputes._name and a.activity_type_id.id in types
        )
        known = disputes.browse(ours.mapped("res_id")).exists()
        return ours.filtered(
            lambda a: (
                a.res_id in known.ids
                and disputes.browse(a.res_id)._get_task_end(a.activity_type_id.id)
            )
        )

    def _relance_debtors(self):
        """Return the tasks about debtors who are left alone because of them."""
        handed, today = self._relance_handed_over(), fields.Date.context_today(self)
        # sudo: until when they are left alone.
        debtors = (
            self.env["res.partner"].sudo().browse(handed.mapped("res_id")).exists()
        )
        held = debtors.filtered(
            lambda p: p.relance_hold_until and p.relance_hold_until >= today
        )
        return handed.filtered(lambda a: a.res_id in held.ids)

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
        """Refuse to lose what others wait for.

        :raise UserError: telling how it ends
        """
        for activity in self[:1]:
            if activity.res_model != REMINDER:
                raise UserError(
                    self.env._(
                        "%(name)s: this task ends by what comes out of it: answer the "
                        "dispute, conclude it, or mark as done what was handed over.",
                        name=activity.summary or activity.display_name,
                    )
                )
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
        if not self.env.su:
            self._relance_check_disputes()
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

    def _relance_check_disputes(self):
        """Refuse to finish what a dispute waits for without doing it.

        :raise RedirectWarning: with the button that opens what is to be done
        """
        for activity in self._relance_disputes()[:1]:
            # sudo: who has the task may be somebody who cannot open the dispute.
            dispute = self.env["relance.dispute"].sudo().browse(activity.res_id)
            end = dispute._get_task_end(activity.activity_type_id.id)
            raise RedirectWarning(*end)

    # -------------------------------------------------------------------- handed over

    def _relance_handed_over(self):
        """Return the tasks by which somebody else dealt with a debtor."""
        to_id = self.env["ir.model.data"]._xmlid_to_res_id
        kind = to_id(HANDOVER_TASK, raise_if_not_found=False)
        return self.filtered(
            lambda a: a.res_model == "res.partner" and a.activity_type_id.id == kind
        )

    @staticmethod
    def _relance_say_hold(env, feedback, until):
        """Return what came of it, and until when the customer is left alone."""
        words = [plaintext2html(feedback)] if feedback else []
        if until:
            held = env._(
                "Nothing is sent to them until %(day)s: press “End the hold” on the "
                "customer, page Collections, to go on before.",
                day=format_date(env, until),
            )
            words.append(plaintext2html(held))
        return Markup().join(words)

    def _relance_tell_officer(self, feedback):
        """Give who handed a debtor over the task to see what came of it."""
        for activity in self.sudo():  # sudo: a task on the customer, for a colleague
            debtor = self.env["res.partner"].sudo().browse(activity.res_id).exists()
            self._relance_seal_dealt(debtor, feedback)
            who = activity.create_uid
            if not who.active or who.share:
                who = self.env.company._get_relance_officer()
            until = debtor.with_company(self.env.company).relance_hold_until
            is_held = until and until >= fields.Date.context_today(self)
            # Whoever ends the hold has something to do even about their own task.
            if debtor and who and (is_held or who != self.env.user):
                words = self.with_context(lang=who.lang or self.env.lang).env
                debtor.activity_schedule(
                    "mail.mail_activity_data_todo",
                    fields.Date.context_today(self),
                    summary=words._(
                        "%(who)s has dealt with %(debtor)s: see what follows",
                        who=self.env.user.name,
                        debtor=debtor.name,
                    ),
                    note=self._relance_say_hold(words, feedback, is_held and until),
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
