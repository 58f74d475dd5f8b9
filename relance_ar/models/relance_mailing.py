import gc
import logging

import psycopg2

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_date

_logger = logging.getLogger(__name__)

# Letters printed between two commits, and at once while a person waits.
PRINTED_PER_CHUNK = 20
NOW = 20
PRINTING, PRINTED, FAILED = "printing", "printed", "failed"


class RelanceMailing(models.Model):
    """The post of a day: letters in the order in which they go into envelopes.

    Printed in chunks, each committed: what was interrupted goes on where it stopped.
    Printing posts nothing: a person says afterwards which letters were posted.
    """

    _name = "relance.mailing"
    _description = "Post of the day"
    _inherit = [
        "mail.thread",
        "relance.guarded",
        "relance.mailing.making",
        "relance.mailing.document",
    ]
    _order = "date desc, id desc"
    _check_company_auto = True

    name = fields.Char(compute="_compute_name")
    company_id = fields.Many2one(
        "res.company",
        required=True,
        readonly=True,
        index=True,
        default=lambda self: self.env.company,
    )
    date = fields.Date(required=True, readonly=True)
    user_id = fields.Many2one("res.users", string="By", required=True, readonly=True)
    state = fields.Selection(
        [
            (PRINTING, "Being printed"),
            (PRINTED, "Printed"),
            (FAILED, "Not printed"),
        ],
        required=True,
        readonly=True,
        default=PRINTING,
        index=True,
    )
    line_ids = fields.One2many("relance.mailing.line", "mailing_id", readonly=True)
    letter_count = fields.Integer(string="Letters", compute="_compute_counts")
    printed_count = fields.Integer(string="Printed", compute="_compute_counts")
    posted_count = fields.Integer(string="Letters gone", compute="_compute_counts")
    left_out_count = fields.Integer(
        string="Left out",
        compute="_compute_counts",
        help="Paid or stopped meanwhile, or not printable: see the reminder.",
    )
    progress = fields.Float(compute="_compute_counts")
    document_id = fields.Many2one(
        "ir.attachment", string="Letters and list", readonly=True, ondelete="set null"
    )
    page_count = fields.Integer(string="Pages", readonly=True)
    failure = fields.Text(readonly=True)

    @api.depends("date", "user_id")
    @api.depends_context("lang")
    def _compute_name(self):
        for mailing in self:
            mailing.name = self.env._(
                "Post of %(day)s (%(number)s)",
                day=format_date(self.env, mailing.date),
                number=mailing.id or 0,
            )

    @api.depends("line_ids.state", "line_ids.reminder_id.state")
    def _compute_counts(self):
        for mailing in self:
            lines = mailing.line_ids
            waiting = len(lines.filtered(lambda line: line.state == "waiting"))
            printed = lines.filtered(lambda line: line.state == "printed")
            mailing.letter_count = len(lines)
            mailing.printed_count = len(printed)
            mailing.left_out_count = len(lines) - waiting - len(printed)
            mailing.posted_count = len(
                printed.filtered(lambda line: line.reminder_id.state == "sent")
            )
            done = len(lines) - waiting
            mailing.progress = 100 * done / len(lines) if lines else 0

    @api.ondelete(at_uninstall=False)
    def _unlink_except_printing(self):
        for mailing in self.filtered(lambda m: m.state == PRINTING):
            raise UserError(self.env._("%(name)s is being printed.", name=mailing.name))

    def _open(self):
        """Return the action that opens these mailings."""
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "relance_ar.relance_mailing_action"
        )
        if len(self) == 1:
            return {
                **action,
                "res_id": self.id,
                "view_mode": "form",
                "views": [(False, "form")],
            }
        return {**action, "domain": [("id", "in", self.ids)]}

    # ------------------------------------------------------------------- printing

    def _print_small(self):
        """Print at once what a person waits for; leave the rest to the scheduler."""
        for mailing in self:
            if len(mailing.line_ids) <= NOW:
                mailing._print_chunk()
                mailing._finish_if_done()
        if PRINTING in self.mapped("state"):
            self.env.ref("relance_ar.ir_cron_print_post")._trigger()

    def action_go_on(self):
        """Have what was interrupted go on; return the mailings concerned."""
        self.check_access("write")
        # sudo: see _make_for.
        stopped = self.sudo().filtered(lambda mailing: mailing.state != PRINTED)
        stopped.write({"state": PRINTING, "failure": False})
        stopped._print_small()
        return stopped.with_env(self.env)

    @api.model
    def _cron_print(self):
        """Print the mailings that wait, chunk after chunk; each is committed."""
        commit = self.env["ir.cron"]._commit_progress
        while mailing := self._claim_next():
            waiting = len(mailing._get_waiting())
            try:
                # The letters are kept before they are put together.
                printed = mailing._print_chunk() if waiting else 1
                if not waiting:
                    mailing._finish_if_done()
            except psycopg2.OperationalError:
                raise  # a conflict of transactions: the scheduler tries again
            except Exception as error:
                self.env.cr.rollback()
                _logger.exception("%s cannot be printed", mailing.name)
                mailing.write({"state": FAILED, "failure": str(error)})
                printed = waiting
            left = commit(printed, remaining=max(waiting + 1 - printed, 0))
            self.env.invalidate_all()
            gc.collect()  # PDFs that were read refer to themselves: they would pile up
            if not left:
                return

    @api.model
    def _claim_next(self):
        """Return the oldest mailing that no other worker prints."""
        for mailing in self.search([("state", "=", PRINTING)], order="id", limit=50):
            if locked := mailing.try_lock_for_update():
                return locked
        return self.browse()

    def _get_waiting(self):
        return self.line_ids.filtered(lambda line: line.state == "waiting")

    def _print_chunk(self):
        """Print the next letters; return how many lines were treated.

        :raise UserError: when the program that makes PDFs prints none of them
        """
        self.ensure_one()
        lines = self._get_waiting().sorted("sequence")[:PRINTED_PER_CHUNK]
        user = self.user_id
        reminders = lines.reminder_id.with_context(lang=user.lang)
        reminders = reminders.with_company(self.company_id)
        new = reminders.filtered(lambda r: r.state == "approved" and not r.letter_id)
        reminders.filtered(lambda r: r.state == "approved")._make_letters()
        new._refuse_if_none_printed()
        for line in lines:
            line._note_printed()
        return len(lines)

    def _finish_if_done(self):
        """Put the letters together once all have been printed."""
        self.ensure_one()
        if not self._get_waiting():
            self._assemble()
            is_printed = self.line_ids.filtered(lambda line: line.state == "printed")
            self.state = PRINTED if is_printed else FAILED
            if not is_printed:
                self.failure = self.env._(
                    "No letter was printed: each reminder says why."
                )

    # -------------------------------------------------------------------- posting

    def action_post(self):
        """Open what asks which of the letters were posted, and their numbers."""
        self.ensure_one()
        return self.line_ids.reminder_id.action_post_letters()

    def action_download(self):
        """Download the letters with their list."""
        self.ensure_one()
        return self.document_id._relance_download()


class RelanceMailingLine(models.Model):
    """A letter in the post of a day, at its place."""

    _name = "relance.mailing.line"
    _description = "Letter in the post"
    _order = "mailing_id, sequence, id"

    mailing_id = fields.Many2one(
        "relance.mailing", required=True, index=True, ondelete="cascade"
    )
    sequence = fields.Integer(required=True)
    reminder_id = fields.Many2one(
        "relance.reminder", required=True, index=True, ondelete="cascade"
    )
    partner_id = fields.Many2one(related="reminder_id.partner_id", string="Debtor")
    contact_id = fields.Many2one(related="reminder_id.contact_id", string="To")
    channel = fields.Selection(related="reminder_id.channel")
    reminder_state = fields.Selection(
        related="reminder_id.state", string="State of the reminder"
    )
    state = fields.Selection(
        [
            ("waiting", "To print"),
            ("printed", "Printed"),
            ("left_out", "Left out"),
        ],
        required=True,
        default="waiting",
    )
    pages = fields.Integer()

    _waiting_uniq = models.UniqueIndex(
        "(reminder_id) WHERE state = 'waiting'",
        "This letter is about to be printed in another post.",
    )

    @api.model
    def _leave_out(self, reminders):
        """Take letters that are printed again out of the posts that printed them."""
        lines = self.search(
            [("reminder_id", "in", reminders.ids), ("state", "=", "printed")]
        )
        lines.state = "left_out"
        for mailing, group in lines.grouped("mailing_id").items():
            names = ", ".join(group.reminder_id.mapped("reference"))
            mailing._message_log(
                body=self.env._(
                    "Printed again, to be taken out of this post: %(names)s",
                    names=names,
                )
            )

    def _note_printed(self):
        """Note whether the letter was made; it is left out if it was not."""
        self.ensure_one()
        letter = self.reminder_id.letter_id
        ready = letter and self.reminder_id.state in ("approved", "sent")
        self.state = "printed" if ready else "left_out"
