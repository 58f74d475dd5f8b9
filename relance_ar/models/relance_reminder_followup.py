from odoo import fields, models
from odoo.tools import format_date

from .relance_channel import CALLS, LETTER
from .relance_reminder_preflight import OWN_SIDE_ACTIVITY
from .relance_reminder_todo import REPAIR_ACTIVITY


class RelanceReminderFollowup(models.AbstractModel):
    """The confirmation in writing of what was said on the phone.

    Comes before ``mail.thread`` among the parents of the reminder: it extends it.
    """

    _name = "relance.reminder.followup"
    _description = "Written confirmation of a call"
    _inherit = ["relance.writing"]

    currency_id = fields.Many2one("res.currency")
    followed_up_on = fields.Date(
        string="Confirmed in writing on",
        readonly=True,
        copy=False,
        help="When what was said went out to the debtor, with the invoices. Empty "
        "again if the e-mail comes back.",
    )
    follow_up_message_id = fields.Many2one(
        "mail.message",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="set null",
    )
    call_amount = fields.Monetary(
        string="Paid, they say",
        readonly=True,
        copy=False,
        help="What the debtor says to have paid already.",
    )
    call_paid_on = fields.Date(string="Paid on, they say", readonly=True, copy=False)

    # --------------------------------------------------------------- what it says

    def _bring_call_up_to_date(self):
        """List what is asked for after the call: without what was just disputed.

        What was paid meanwhile goes, unless nothing else is listed.
        """
        disputes = self.env["relance.dispute"]
        parts = disputes._load_disputed_parts(self.line_ids.move_line_id.ids)
        for reminder in self:
            lines = reminder.line_ids.filtered("move_line_id")
            paid = lines.filtered(lambda line: line.move_line_id.reconciled)
            if paid != reminder.line_ids:
                paid.unlink()
            for line in lines - paid:
                [is_open] = line.move_line_id._relance_open_amounts()
                disputed = float(parts.get(line.move_line_id.id, 0))
                line.amount_residual = max(is_open - disputed, 0)
                line.amount_disputed = disputed
            asked = sum(
                reminder._get_lines_by_part()["to_pay"].mapped("amount_residual")
            )
            reminder.amount_credit = min(reminder.amount_credit, asked)
        self.invalidate_recordset()

    # ------------------------------------------------------------------ writing it

    def action_write_confirmation(self):
        """Open the e-mail that confirms what was said, with the invoices attached.

        :return: without an e-mail address of the debtor, the letter to print
        """
        self.ensure_one()
        if not self._get_emails():
            letter = self.env.ref("relance_ar.relance_reminder_confirmation_report")
            return letter.report_action(self)
        return self._open_composer(
            self.env._("Confirm in writing"),
            "relance_ar.mail_template_call_confirmation",
            relance_follow_up=True,
        )

    def action_confirmation_posted(self):
        """Note that the letter that confirms a call was posted.

        :return: the calls confirmed
        """
        return self._move("_note_confirmation_posted")

    def _note_confirmation_posted(self):
        posted = self.filtered(
            lambda r: r.state == "done" and r.channel in CALLS and not r.followed_up_on
        )
        posted.followed_up_on = fields.Date.context_today(self)
        posted._settle_bill()
        for reminder in posted:
            words = reminder.env._("Confirmation posted as a letter.")
            reminder._message_log(body=words)
            reminder._record_posted_confirmation(words)
        return posted

    def _record_posted_confirmation(self, words):
        """Seal the letter that confirms a call, as its text is now."""
        self.ensure_one()
        content, _kind = self.env["ir.actions.report"]._render_qweb_pdf(
            "relance_ar.relance_reminder_confirmation_report", self.ids
        )
        values = {"raw": content, "res_model": self._name, "res_id": self.id}
        file = self.env["ir.attachment"].create(
            {"name": f"{self.reference}.pdf", **values}
        )
        vals = {
            **self._prepare_event_base(),
            "kind": LETTER,
            "subject": words,
            "body": self._get_confirmation_html(),
            "attachment_ids": file.ids,
        }
        return self.env["relance.event"]._record([vals])

    def _get_confirmation_html(self):
        """Return what was said, for the letter, in the debtor's language."""
        self.ensure_one()
        # sudo: one text, filled in for a reminder that the caller reads.
        template = self.env.ref("relance_ar.mail_template_call_confirmation").sudo()
        return template._render_field("body_html", self.ids, compute_lang=True)[self.id]

    # ------------------------------------------------------------ whether it arrives

    def _message_post_after_hook(self, message, msg_values):
        # EXTENDS 'mail': a call whose confirmation has left is followed up in writing.
        result = super()._message_post_after_hook(message, msg_values)
        if self.env.context.get("relance_follow_up") and self._reaches_debtor(message):
            # sudo: a date that nobody writes by hand.
            self.sudo().write(
                {
                    "followed_up_on": fields.Date.context_today(self),
                    "follow_up_message_id": message.id,
                }
            )
            self.sudo()._settle_bill()
        return result

    def _reaches_debtor(self, message):
        """Say whether a message confirms a call that has ended, once, to the debtor.

        It carries the invoices, and goes to somebody of the debtor's at an address.
        """
        ended = self.state == "done" and self.call_outcome and not self.followed_up_on
        sent = message.message_type == "comment" and not message.subtype_id.internal
        if not (ended and sent and message.attachment_ids):
            return False
        return any(
            partner.email_normalized
            and partner.commercial_partner_id == self.partner_id.commercial_partner_id
            for partner in message.sudo().partner_ids  # sudo: addresses, not shown
        )

    def _message_receive_bounce(self, email, partner):
        # EXTENDS 'mail': a confirmation that came back confirms nothing.
        result = super()._message_receive_bounce(email, partner)
        report = self.env.context.get("relance_report")
        message_id = self.env.context.get("relance_bounced_message_id")
        confirmed = self.sudo().filtered(  # sudo: the gateway speaks for their server
            lambda r: message_id and r.follow_up_message_id.id == message_id
        )
        if not report or report.failed:
            confirmed._follow_up_failed(report.reason if report else email)
        return result

    def _follow_up_failed(self, reason):
        """Take back that calls were confirmed in writing; have the address repaired."""
        self.write({"followed_up_on": False, "follow_up_message_id": False})
        for reminder in self:
            words = reminder.env._(
                "The written confirmation did not arrive: %(reason)s",
                reason=reason or "–",
            )
            reminder._message_log(body=words)
            reminder._record_failure(words)
            reminder._schedule_once(REPAIR_ACTIVITY, "_prepare_repair_vals", words)

    # --------------------------------------------------------------- what is to be done

    def _ask_for_bill(self):
        """Give the officer what a call brought to light about the invoice itself."""
        stuck = self.filtered(lambda r: r._get_bill_problem())
        stuck._schedule_once(OWN_SIDE_ACTIVITY, "_prepare_bill_vals")

    def _get_bill_problem(self):
        """Return what keeps an invoice from being paid in time, or ""."""
        self.ensure_one()
        name = self.partner_id.name
        due = min(self.line_ids.mapped("date_maturity"), default=False)
        if self.bill_received == "no" or self.call_outcome == "not_received":
            return self.env._(
                "%(debtor)s has not received the invoice: send it again", debtor=name
            )
        if self.bill_approved == "no":
            return self.env._(
                "%(debtor)s has not approved the invoice: see what is missing",
                debtor=name,
            )
        if self.payment_run_on and due and self.payment_run_on > due:
            return self.env._(
                "%(debtor)s plans the payment for %(day)s, after the due date",
                debtor=name,
                day=format_date(self.env, self.payment_run_on),
            )
        if self.obstacle:
            return self.env._("%(debtor)s: obstacle", debtor=name)
        return ""

    def _settle_bill(self):
        """Take the task to send an invoice off the list: it has just been sent."""
        sent = self.filtered(
            lambda r: r.call_outcome == "not_received" and not r.obstacle
        )
        sent._drop_activities([OWN_SIDE_ACTIVITY])

    def _prepare_bill_vals(self, activity_type_id):
        """Return the values of the task to send the invoice again, or help."""
        self.ensure_one()
        return {
            "activity_type_id": activity_type_id,
            "summary": self._get_bill_problem(),
            "note": self.obstacle or "",
            "date_deadline": fields.Date.context_today(self),
        }
