import psycopg2

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import formataddr

from .relance_channel import CALLS, EMAIL, LETTERS
from .relance_level import PREVENTIVE

# More than a person waits for: the mail queue takes over.
SEND_NOW = 50


class RelanceReminder(models.Model):
    """What leaves, and the last look before it does."""

    _inherit = "relance.reminder"

    @api.model
    def _get_sendable_domain(self, company, day):
        """Return the approved e-mails whose time has come, for the daily run.

        What the run itself approved waits for a person, unless its level goes alone.
        """
        return (
            Domain("company_id", "=", company.id)
            & Domain("state", "=", "approved")
            & Domain("channel", "=", EMAIL)
            & Domain("date_planned", "<=", day)
            & (self._get_alone_domain(company) | Domain("approved_by_id", "!=", False))
        )

    @api.model
    def _get_alone_domain(self, company):
        """Return the reminders that may leave without anybody, by their level."""
        alone = Domain("level_id.auto_send", "=", True)
        rule, before = company._get_relance_old_debt()
        if rule == "approve" and before:
            old = Domain("date_maturity", "<", before)
            alone &= Domain("line_ids", "not any", old)
        return alone

    def _dispatch(self):
        """Let the approved reminders leave once the transaction is committed.

        :return: the reminders that have left
        """
        left = self._queue()
        mails = left._get_queued_mails()
        # Many e-mails are left to Odoo's mail queue: nobody waits in front of a screen.
        if len(mails) <= SEND_NOW:
            mails._relance_send_after_commit()
        else:
            mails.scheduled_date = False
            # sudo: to wake Odoo's scheduler, which would come by within the hour.
            self.env.ref("mail.ir_cron_mail_scheduler_action").sudo()._trigger()
        return left.filtered(lambda reminder: reminder.state == "sent")

    def _queue(self):
        """Check again, then hand over to the channel; return what has been handed over.

        An e-mail is queued and its reminder marked in the same transaction: a crash
        can neither lose nor double it.
        """
        ready = self.try_lock_for_update().filtered(lambda r: r.state == "approved")
        # A printed letter has left the printer: it is posted as it is, or not at all.
        printed = ready.filtered("letter_id")
        # A call waits on the to-do list; it is looked at again when it is made.
        checked = (ready - printed)._check_before_sending()
        calls = checked.filtered(lambda r: r.channel in CALLS)
        ready = printed._leave_out_outdated() + calls
        ready += (checked - calls)._check_rhythm()
        left = self.browse()
        for channel, reminders in ready.grouped("channel").items():
            left += reminders._leave_by(channel)
        return left

    def _leave_by(self, channel):
        """Hand over to a channel; return what has left. To be extended for a new one.

        :param channel: its code, that of all these reminders
        """
        if channel == EMAIL:
            return self._queue_emails()
        if channel in LETTERS:
            return self._post_letters()
        self._schedule_calls()  # a call leaves when somebody has made it
        return self.browse()

    def _get_queued_mails(self):
        # sudo: the officer may send reminders without rights on the mail queue.
        return (
            self.env["mail.mail"]
            .sudo()
            .search(
                [
                    ("mail_message_id", "in", self.message_id.ids),
                    ("model", "=", self._name),
                    ("res_id", "in", self.ids),
                    ("state", "=", "outgoing"),
                ]
            )
        )

    def _send_queued_mails(self):
        """Send the queued e-mails, committing after each: for the cron only."""
        self._get_queued_mails()._relance_send_each(self.env.cr.commit)

    def _check_before_sending(self):
        """Drop what was paid or stopped since the proposal; return what remains.

        The facts are read again; the rhythm is not decided again. A reminder whose
        firmest step has lost its object is cancelled: the next run proposes the rest.
        One that something on our own side speaks against is held, and one that has
        grown above the ceiling of officers waits for a manager.
        """
        kept = self.browse()
        for company, reminders in self.grouped("company_id").items():
            facts = self.env["relance.facts"]._load(
                reminders.partner_id.ids, company, ignore_pending=reminders.ids
            )
            for reminder in reminders:
                debtor_facts = facts.get(reminder.partner_id.id)
                reminder._refresh_credits(debtor_facts)
                reason = reminder._refresh_lines(debtor_facts and debtor_facts.debtor)
                if reason:
                    reminder._cancel(reason)
                elif reminder._exceeds_ceiling(debtor_facts.debtor):
                    reminder._ask_manager()
                elif not (
                    reminder._hold_if_lost()
                    or reminder._hold_if_wrong(debtor_facts.findings)
                ):
                    kept += reminder
        return kept

    def _refresh_lines(self, debtor):
        """Bring the lines in line with the facts; return why nothing may be sent."""
        self.ensure_one()
        today = fields.Date.context_today(self)
        if debtor and debtor.hold_until and debtor.hold_until >= today:
            return self.env._("Cancelled: the customer is on hold.")
        if debtor and any(block.code == "insolvency" for block in debtor.blocks):
            return self.env._("Cancelled: insolvency proceedings are open.")
        if debtor and self.channel in debtor.refused:
            return self.env._("Cancelled: the customer does not want this channel.")
        owed = {
            line.id: line
            for line in (debtor.lines if debtor else ())
            if line.residual > 0 and not line.blocks and not line.is_on_hold(today)
        }
        gone = self.line_ids.filtered(lambda li: li.move_line_id.id not in owed)
        if gone == self.line_ids:
            return self._say_nothing_left(debtor, today)
        # What was coming due when it was proposed has become overdue meanwhile.
        gone |= self.line_ids.filtered(
            lambda li: li.level_id.phase == PREVENTIVE and li.date_maturity < today
        )
        left = self.line_ids - gone
        if self.level_id not in left.level_id:
            return self.env._(
                "Cancelled: its firmest step has lost its object. The next run "
                "proposes what remains."
            )
        gone.unlink()
        for line in left:
            now = owed[line.move_line_id.id]
            line.amount_residual = float(now.residual)
            line.amount_disputed = float(now.disputed)
        return self._get_net_problem(debtor) or self._get_minimum_problem(debtor)

    def _get_minimum_problem(self, debtor):
        """Return that less is owed than the level is worth, in company currency."""
        minimum = self.level_id.minimum_amount
        asked = self._get_lines_by_part()["to_pay"].move_line_id.ids
        principal = sum(
            line.principal
            for line in debtor.lines
            if line.id in asked
            or (line.residual < 0 and line.currency == self.currency_id.id)
        )
        if minimum and principal < minimum:
            return self.env._("Cancelled: less is owed than its level is worth.")
        return ""

    # --------------------------------------------------------------------- e-mail

    def _queue_emails(self):
        """Write the e-mails into Odoo's mail queue; return the reminders queued."""
        queued = self.browse()
        with_text = self._with_text()
        for (template, _company), reminders in with_text.grouped(
            lambda r: (r.level_id.mail_template_id, r.company_id)
        ).items():
            queued += reminders._mail_with(template)
        return queued

    def _with_text(self):
        """Return the reminders whose level has a text; the others fail, saying so."""
        # sudo: which model the text of a level is for; the officer may not read it.
        usable = self.filtered(
            lambda r: r.level_id.mail_template_id.sudo().model == self._name
        )
        for reminder in self - usable:
            reminder._fail(
                self.env._(
                    "The level “%(level)s” has no text for reminders: choose one in "
                    "the scenario.",
                    level=reminder.level_id.name,
                ),
                "content",
            )
        return usable

    def _mail_with(self, template):
        """Queue the e-mails in one batch; one by one if a text cannot be rendered."""
        try:
            with self.env.cr.savepoint():
                return self._queue_mails(template)
        except psycopg2.OperationalError:
            raise  # a conflict of transactions, nothing that the text is to blame for
        except Exception as error:
            if len(self) > 1:
                return self.browse().concat(*(r._mail_with(template) for r in self))
            self._fail_text(error)
            return self.browse()

    def _queue_mails(self, template):
        """Write the e-mails of one company, kept as a proof, and note the contacts."""
        with_address = self.filtered(lambda reminder: reminder._get_emails())
        (self - with_address)._fail(self.env._("No e-mail address."), "address")
        with_address._note_recipients()
        with_address._confirm("sent")
        files = with_address._attach_invoices()
        self.env["relance.link"]._make_for_reminders(with_address)
        # sudo: the text of the level, filled in for reminders that were checked; the
        # officer needs no rights on texts, nor on the mail queue.
        mails = (
            template.sudo()
            .with_context(relance_files=files)
            .send_mail_batch(
                with_address.ids, email_values=with_address._prepare_email_values()
            )
        )
        mails._relance_reserve()
        for reminder, mail in zip(with_address, mails, strict=True):
            reminder.message_id = mail.mail_message_id
        with_address._record_contact()
        return with_address

    def _prepare_email_values(self):
        """Return what is the same in all the e-mails of one company."""
        # sudo: the mail domain of the company, a setting.
        company = self.company_id
        return {
            "auto_delete": False,
            "record_company_id": company.id,
            # Where bounces come back to, also if the mail queue sends the e-mail.
            "record_alias_domain_id": company.sudo().alias_domain_id.id,
        }

    def _note_recipients(self):
        """Note the addresses written to: those that still work, if any does."""
        failed = self.env["relance.recipients"]._load_failed_addresses(
            tuple(self.partner_id.commercial_partner_id.ids), self.company_id
        )
        for reminder in self:
            emails = reminder._get_emails()
            working = [email for email in emails if email not in failed]
            reminder.recipient = ", ".join(working or emails)

    def _get_emails(self):
        """Return the addresses to write to: the contact's, else the debtor's."""
        self.ensure_one()
        emails = self.env["relance.recipients"]._emails(
            self.partner_id, self.contact_id
        )
        return list(dict.fromkeys(emails))

    def _get_email_to(self):
        """Return the recipients as a mail header wants them: names and addresses."""
        self.ensure_one()
        # A line break in a name must not become one in a header.
        name = " ".join((self.contact_id.name or self.partner_id.name or "").split())
        emails = self.recipient.split(", ") if self.recipient else []
        return ", ".join(
            formataddr((name, email)) for email in emails or self._get_emails()
        )
