import base64
import logging

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import email_normalize, formataddr

from .relance_channel import EMAIL, LETTERS

_logger = logging.getLogger(__name__)

# More than a person waits for: the mail queue takes over.
SEND_NOW = 50
# Failures of the mail server or of the sender: the address is not to blame.
SERVER_FAILURES = ("mail_smtp", "mail_from_invalid", "mail_from_missing", "mail_spam")


class RelanceReminder(models.Model):
    """What leaves, and the last look before it does."""

    _inherit = "relance.reminder"

    @api.model
    def _get_sendable_domain(self, company, day):
        """Return the approved written reminders whose time has come."""
        return (
            Domain("company_id", "=", company.id)
            & Domain("state", "=", "approved")
            & Domain("channel", "=", EMAIL)
            & Domain("date_planned", "<=", day)
        )

    def _dispatch(self):
        """Let the approved reminders leave once the transaction is committed.

        :return: the reminders that have left
        """
        left = self._queue()
        mails = left._get_queued_mails()
        # Many e-mails are left to Odoo's mail queue: nobody waits in front of a screen.
        if len(mails) <= SEND_NOW:
            mails.send_after_commit()
        return left.filtered(lambda reminder: reminder.state == "sent")

    def _queue(self):
        """Check again, then hand over to the channel; return what has been handed over.

        An e-mail is queued and its reminder marked in the same transaction: a crash
        can neither lose nor double it.
        """
        ready = self.try_lock_for_update().filtered(lambda r: r.state == "approved")
        ready = ready._check_before_sending()
        left = self.browse()
        for channel, reminders in ready.grouped("channel").items():
            if channel == EMAIL:
                left += reminders._queue_emails()
            elif channel in LETTERS:
                left += reminders._post_letters()
            else:
                reminders._schedule_calls()
        return left

    def _get_queued_mails(self):
        # sudo: the officer may send reminders without rights on the mail queue.
        return (
            self.env["mail.mail"]
            .sudo()
            .search(
                [
                    ("mail_message_id", "in", self.message_id.ids),
                    ("state", "=", "outgoing"),
                ]
            )
        )

    def _send_queued_mails(self):
        """Send the queued e-mails, committing after each: for the cron only."""
        mails = self._get_queued_mails()
        if mails:
            mails.process_email_queue(email_ids=mails.ids)

    def _check_before_sending(self):
        """Drop what was paid or stopped since the proposal; return what remains.

        The same facts and the same core decide as in the run: only the reminder's own
        presence, and the rhythm, are left out of account.
        """
        kept = self.browse()
        for company, reminders in self.grouped("company_id").items():
            facts = self.env["relance.facts"]._load(
                reminders.partner_id.ids,
                company,
                fields.Date.context_today(self),
                ignore_pending=reminders.ids,
            )
            for reminder in reminders:
                if reminder._keep_what_is_owed(facts.get(reminder.partner_id.id)):
                    kept += reminder
        return kept

    def _keep_what_is_owed(self, facts):
        """Refresh the lines from the facts; cancel the reminder if nothing is left."""
        self.ensure_one()
        debtor = facts and facts.debtor
        owed = {
            line.id: line
            for line in (debtor.lines if debtor else ())
            if line.residual > 0 and not line.blocks
        }
        on_hold = (
            debtor
            and debtor.hold_until
            and (debtor.hold_until >= fields.Date.context_today(self))
        )
        gone = self.line_ids.filtered(lambda li: li.move_line_id.id not in owed)
        if on_hold:
            self._cancel(self.env._("Cancelled: the customer is on hold."))
            return False
        if gone == self.line_ids:
            self._cancel(self.env._("Cancelled: nothing is owed any more."))
            return False
        gone.unlink()
        for line in self.line_ids:
            line.amount_residual = float(owed[line.move_line_id.id].residual)
        return self._keep_if_net_is_positive(debtor)

    def _keep_if_net_is_positive(self, debtor):
        currency = self.currency_id
        credit = -sum(
            line.residual
            for line in debtor.lines
            if line.residual < 0 and line.currency == currency.id
        )
        self.amount_credit = float(credit)
        if currency.compare_amounts(self.amount_net, 0) > 0:
            return True
        self._cancel(self.env._("Cancelled: the credits cover what is due."))
        return False

    # --------------------------------------------------------------------- e-mail

    def _queue_emails(self):
        """Write the e-mails into Odoo's mail queue; return the reminders queued."""
        queued = self.browse()
        with_text = self._with_text()
        for template, reminders in with_text.grouped(
            lambda r: r.level_id.mail_template_id
        ).items():
            queued += reminders._mail_with(template)
        return queued

    def _with_text(self):
        """Return the reminders whose level has a text; the others fail, saying so."""
        without = self.filtered(lambda r: not r.level_id.mail_template_id)
        for reminder in without:
            reminder._fail(
                self.env._(
                    "The level “%(level)s” has no text: choose one in the scenario.",
                    level=reminder.level_id.name,
                ),
                "content",
            )
        return self - without

    def _mail_with(self, template):
        """Queue the e-mails in one batch; one by one if a text cannot be rendered."""
        try:
            with self.env.cr.savepoint():
                return self._queue_mails(template)
        except Exception as error:
            if len(self) > 1:
                return self.browse().concat(*(r._mail_with(template) for r in self))
            _logger.info("%s cannot be written: %s", self.display_name, error)
            self._fail(
                self.env._(
                    "The text “%(text)s” cannot be filled in: %(error)s",
                    text=template.name,
                    error=error,
                ),
                "content",
            )
            return self.browse()

    def _queue_mails(self, template):
        for reminder in self:
            reminder.recipient = email_normalize(reminder._get_email())
        self._confirm("sent")
        mails = template.sudo().send_mail_batch(self.ids)
        for mail in mails:
            self.browse(mail.res_id).message_id = mail.mail_message_id
        return self

    def _get_email(self):
        """Return the address written to: the contact's, else the debtor's."""
        self.ensure_one()
        return self.contact_id.email or self.partner_id.email

    def _get_email_to(self):
        """Return the recipient as a mail header wants it: name and address."""
        self.ensure_one()
        return formataddr((self.contact_id.name, self._get_email()))

    def _get_reply_to(self):
        """Return where answers go: the officer, else the company."""
        self.ensure_one()
        return self.user_id.email_formatted or self.company_id.email_formatted

    def _process_attachments_for_template_post(self, mail_template):
        """Attach the PDF of each invoice listed, as it was sent if it was."""
        result = {}
        for reminder in self:
            ids, contents = [], []
            for move in reminder.line_ids.move_id.filtered(lambda m: m.is_invoice()):
                if move.invoice_pdf_report_id:
                    ids.append(move.invoice_pdf_report_id.id)
                else:
                    name, content = reminder._print_invoice(move)
                    contents.append((name, base64.b64encode(content)))
            result[reminder.id] = {"attachment_ids": ids, "attachments": contents}
        return result

    def _print_invoice(self, move):
        """Return the name and the PDF of an invoice that has no stored one."""
        report = self.env["ir.actions.report"].with_context(lang=self.lang)
        content, _kind = report._render_qweb_pdf("account.account_invoices", move.ids)
        return move._get_invoice_report_filename(), content

    def _mail_failed(self, failure_type, failure_reason):
        """React to an e-mail that the mail server refused or did not take."""
        message = failure_reason or self.env._("The mail server gave no reason.")
        kind = "server" if failure_type in SERVER_FAILURES else "address"
        return self._fail(message, kind)

    # -------------------------------------------------------------------- letters

    def _post_letters(self):
        """Make the letters, keep them in the chatter, and note them as posted."""
        left = self._with_text()
        left._confirm("sent")
        for reminder in left:
            name, content = reminder._print_letter()
            reminder.message_post(
                body=self.env._("Letter posted."), attachments=[(name, content)]
            )
        return left

    def _print_letter(self):
        """Return the name and the PDF of the letter, in the debtor's language."""
        self.ensure_one()
        content, _kind = self.env["ir.actions.report"]._render_qweb_pdf(
            "relance_ar.relance_reminder_report", self.ids
        )
        return f"{self.reference}.pdf", content

    def _get_letter_html(self):
        """Return the text of the level in the debtor's language, for the letter."""
        self.ensure_one()
        template = self.level_id.mail_template_id.sudo()
        rendered = template._render_field("body_html", self.ids, compute_lang=True)
        return rendered[self.id]
