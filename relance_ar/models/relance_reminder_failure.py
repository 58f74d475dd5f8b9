import logging

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import email_normalize

from ..core.smtp import ADDRESS, CONTENT, SERVER, Report, blame
from .relance_facts_types import UNSENT
from .relance_reminder_files import PrintError
from .relance_reminder_todo import CALL_ACTIVITIES, REPAIR_ACTIVITY

_logger = logging.getLogger(__name__)

PRINT = "print"
PROVIDER = "provider"
NO_REPORT = Report(failed=True, recipient="", reason="")


class RelanceReminderFailure(models.AbstractModel):
    """What becomes of a reminder whose e-mail does not arrive.

    Comes before ``mail.thread`` among the parents of the reminder: it extends it.
    """

    _name = "relance.reminder.failure"
    _description = "Failure of a reminder"

    failure = fields.Text(readonly=True, copy=False)
    failure_kind = fields.Selection(
        [
            (ADDRESS, "The address of the debtor"),
            (SERVER, "Our mail server"),
            (CONTENT, "The content of the message"),
            (PRINT, "The printing of a document"),
            (PROVIDER, "The provider of registered letters"),
        ],
        readonly=True,
        copy=False,
        index="btree_not_null",
    )
    returned = fields.Char(
        readonly=True,
        copy=False,
        help="The addresses, among several, from which the e-mail came back.",
    )

    def _fail(self, message, kind):
        """Note that the contact did not take place: its lines are free again."""
        failed = self.filtered(lambda r: r.state in ("approved", "sent"))
        failed.filtered(lambda r: r.state == "sent")._record_failure(message)
        failed.write(
            {
                "state": "failed",
                "failure": message,
                "failure_kind": kind,
                "date_done": False,
                "deadline": False,
            }
        )
        if kind == "address":
            failed._ask_for_repair(message)
        return failed

    def _count_again(self, day, deadline):
        """Count a contact that was noted as failed by mistake, as it was before.

        What was proposed in its place is cancelled.

        :param day: the day on which it took place
        :param deadline: the day that it grants
        :raise UserError: when another one has left, or is printed, in its place
        """
        self.ensure_one()
        others = self._find_in_its_place()
        for other in others.filtered(lambda r: r.letter_id or r.state not in UNSENT):
            raise UserError(
                self.env._(
                    "%(name)s came back: %(other)s has taken its step again.",
                    name=self.display_name,
                    other=other.display_name,
                )
            )
        others._cancel(
            self.env._(
                "Cancelled: %(name)s has not come back after all.",
                name=self.display_name,
            )
        )
        self.env.flush_all()  # the index on live lines must see them gone
        self.write(
            {
                "state": "sent",
                "date_done": day,
                "deadline": deadline,
                "failure": False,
                "failure_kind": False,
            }
        )
        self._drop_activities([REPAIR_ACTIVITY])

    def _find_in_its_place(self):
        """Return the other reminders that take the same steps of the same lines."""
        steps = {(line.move_line_id, line.level_id) for line in self.line_ids}
        lines = self.env["relance.reminder.line"].search(
            [
                ("move_line_id", "in", self.line_ids.move_line_id.ids),
                ("level_id", "in", self.line_ids.level_id.ids),
                ("is_live", "=", True),
                ("reminder_id", "not in", self.ids),
            ]
        )
        same = lines.filtered(lambda x: (x.move_line_id, x.level_id) in steps)
        return same.reminder_id

    # ------------------------------------------------------------------- by its text

    def _fail_text(self, error):
        """Note that the text of the level cannot be filled in for this reminder."""
        self.ensure_one()
        _logger.info("%s cannot be written", self.display_name, exc_info=error)
        if isinstance(error, PrintError):
            self._fail(str(error), PRINT)
            return
        self._fail(
            self.env._(
                "The text “%(text)s” cannot be filled in: %(error)s",
                # sudo: the name of the text, so that somebody can correct it.
                text=self.level_id.mail_template_id.sudo().name,
                error=self._short(error),
            ),
            "content",
        )

    @api.model
    def _short(self, error):
        """Return the line of an error that says what is wrong, without traceback."""
        lines = str(error).strip().splitlines() or [type(error).__name__]
        return next((line for line in reversed(lines) if "Error" in line), lines[0])

    # --------------------------------------------------------------- by the server

    def _mail_failed(self, failure_type, failure_reason):
        """React to e-mails that the mail server refused or did not take.

        :return: the reminders that have failed
        """
        message = failure_reason or self.env._("The mail server gave no reason.")
        failed = self._fail(message, blame(failure_reason, failure_type))
        failed._give_up_mails()
        return failed

    def _mail_withdrawn(self, message):
        """React to e-mails that a person took out of the mail queue."""
        return self._fail(message, SERVER)

    def _give_up_mails(self):
        """Keep the failed e-mails from being tried again: the next run decides."""
        # sudo: see _get_queued_mails.
        self.env["mail.mail"].sudo().search(
            [
                ("mail_message_id", "in", self.message_id.ids),
                ("state", "in", ("outgoing", "exception")),
            ]
        ).state = "cancel"

    # ------------------------------------------------------------------- afterwards

    def _message_receive_bounce(self, email, partner):
        # EXTENDS 'mail': an e-mail that came back is not a contact.
        result = super()._message_receive_bounce(email, partner)
        report = self.env.context.get("relance_report") or NO_REPORT
        message_id = self.env.context.get("relance_bounced_message_id")
        for reminder in self.sudo():  # sudo: the gateway speaks for their server
            if message_id and message_id != reminder.message_id.id:
                continue  # another e-mail about it, to an officer maybe
            if not report.failed:
                reminder._message_log(body=reminder._say_not_failed(report))
            elif reminder.state == "sent":
                reminder._came_back(email, report)
        return result

    def _say_not_failed(self, report):
        """Return what a report says that announces no failure."""
        return self.env._(
            "A mail server reports on the e-mail, without any failure: %(reason)s",
            reason=report.reason or "–",
        )

    def _came_back(self, email, report):
        """Note that a mail server has given up; others may have received it."""
        self.ensure_one()
        written_to = set((self.recipient or "").split(", "))
        named = {email_normalize(email or ""), email_normalize(report.recipient)}
        returned = set((self.returned or "").split(", ")) | (named & written_to)
        message = self.env._(
            "The e-mail to %(address)s came back. %(reason)s",
            address=email or report.recipient or self.recipient,
            reason=report.reason,
        )
        # From an address that we do not know of, one of several may have forwarded it.
        if len(written_to) > 1 and written_to - returned:
            self.returned = ", ".join(sorted(filter(None, returned)))
            self._ask_for_repair(message)
            return
        failed = self._fail(message, blame(report.reason or "5.1.1", final=True))
        failed._reconsider_later_steps()

    def _reconsider_later_steps(self):
        """Put back to the plan what was approved because this step had been done.

        A step that has been taken since is left alone: it did reach the debtor. One
        that is only approved would come without the milder one before it.
        """
        later = self.search(
            [
                ("state", "=", "approved"),
                ("letter_id", "=", False),  # on paper already: a person decides
                ("line_ids.move_line_id", "in", self.line_ids.move_line_id.ids),
                ("id", "not in", self.ids),
            ]
        )
        later._drop_activities(list(CALL_ACTIVITIES.values()))
        later.state = "proposed"
        message = self.env._(
            "To be approved again: the e-mail of an earlier step has come back."
        )
        later._message_log_batch({reminder.id: message for reminder in later})
        return later

    # ------------------------------------------------------------------- by a person

    def action_address_checked(self):
        """Trust an address again after a failure: the next run may use it.

        :return: the reminders closed
        """
        return self._move("_trust_address")

    def _trust_address(self):
        self.filtered("returned").returned = False
        failed = self.filtered(lambda reminder: reminder.failure_kind == "address")
        failed.failure_kind = False
        failed._drop_activities([REPAIR_ACTIVITY])
        return failed._cancel()
