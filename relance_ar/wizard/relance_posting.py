from odoo import api, fields, models
from odoo.exceptions import UserError

from ..models.relance_channel import LETTERS, REGISTERED_LETTER
from ..models.relance_registered_letter import ELECTRONIC, PAPER


class RelancePosting(models.TransientModel):
    """Asks which printed letters were posted: only a person knows."""

    _name = "relance.posting"
    _description = "Letters posted"

    posted_on = fields.Date(
        required=True, default=lambda self: fields.Date.context_today(self)
    )
    line_ids = fields.One2many("relance.posting.line", "posting_id")
    has_registered = fields.Boolean(compute="_compute_has_registered")
    has_outdated = fields.Boolean(compute="_compute_has_outdated")

    @api.depends("line_ids.channel")
    def _compute_has_registered(self):
        for wizard in self:
            channels = wizard.line_ids.mapped("channel")
            wizard.has_registered = REGISTERED_LETTER in channels

    @api.depends("line_ids.meanwhile")
    def _compute_has_outdated(self):
        for wizard in self:
            wizard.has_outdated = any(wizard.line_ids.mapped("meanwhile"))

    @api.onchange("posted_on")
    def _onchange_posted_on(self):
        """Show what another day makes of the letters; other ticks stay as they are."""
        if self.posted_on:
            self.line_ids._look_again()

    @api.model
    def _open_for(self, reminders):
        """Return the action that asks about the printed letters among reminders.

        :raise UserError: when there is none
        """
        printed = reminders.filtered(
            lambda r: r.state == "approved" and r.channel in LETTERS and r.letter_id
        )
        if not printed:
            raise UserError(self.env._("There is no printed letter here to post."))
        wizard = self.create(
            {
                "line_ids": [
                    fields.Command.create({"reminder_id": reminder.id})
                    for reminder in printed._in_sending_order()
                ]
            }
        )
        wizard.line_ids._look_again()
        return wizard._show()

    def _show(self):
        """Return the action that shows the question."""
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Which were posted?"),
            "res_model": self._name,
            "res_id": self.id,
            "view_mode": "form",
            "target": "new",
            "context": {"dialog_size": "extra-large"},
        }

    def action_print_again(self):
        """Print the outdated letters again that were not posted.

        :return: the action that shows what was printed
        """
        self.ensure_one()
        outdated = self.line_ids.filtered("meanwhile")
        return outdated.filtered(
            lambda line: not line.is_posted
        ).reminder_id.action_print_again()

    def action_confirm(self):
        """Note the letters as posted.

        What has changed since the question was asked is shown first.

        :return: an action that shows the screen behind again, or the question
        :raise UserError: for a day before that of the printing, or to come
        """
        self.ensure_one()
        posted = self.line_ids.filtered("is_posted")
        if posted._look_again():
            return self._show()
        reminders = posted.reminder_id
        details = {line.reminder_id.id: line._get_details() for line in posted}
        files = {line: line._get_files() for line in posted}
        moved = reminders.with_context(relance_posting=details)._move("_dispatch")
        for line, slips in files.items():
            if line.reminder_id in moved:
                line.reminder_id.registered_ids._add_slips(slips)
        return {"type": "ir.actions.client", "tag": "soft_reload"}


class RelancePostingLine(models.TransientModel):
    """A printed letter: posted or not, with which number."""

    _name = "relance.posting.line"
    _description = "Letter posted"

    posting_id = fields.Many2one("relance.posting", required=True, ondelete="cascade")
    reminder_id = fields.Many2one("relance.reminder", required=True, readonly=True)
    contact_id = fields.Many2one(related="reminder_id.contact_id", string="To")
    channel = fields.Selection(related="reminder_id.channel")
    printed_on = fields.Date(related="reminder_id.printed_on")
    deadline = fields.Date(related="reminder_id.deadline")
    # Neither is computed: what a person has ticked, or has not, is not reckoned again.
    meanwhile = fields.Text(
        readonly=True,
        help="Why the letter is outdated since it was printed: print it again, or say "
        "that it was posted all the same.",
    )
    is_posted = fields.Boolean(string="Posted", default=True)
    number = fields.Char(string="Tracking number")
    form = fields.Selection([(PAPER, "On paper"), (ELECTRONIC, "Electronic")])
    slip = fields.Binary(
        string="Proof of deposit",
        attachment=False,
        help="The slip that the post office stamps. It can be added later as well.",
    )
    slip_name = fields.Char()

    def _find_meanwhile(self):
        """Return ``{line: why its letter is outdated}``, "" if it is not."""
        days = {line.reminder_id.id: line.posting_id.posted_on for line in self}
        found = self.reminder_id._find_meanwhile(days)
        return {line: "\n".join(found.get(line.reminder_id.id, ())) for line in self}

    def _look_again(self):
        """Show what has changed since the last look: it moves the tick, nothing else.

        :return: the lines that are no longer ticked
        """
        found = self._find_meanwhile()
        changed = self.filtered(lambda line: (line.meanwhile or "") != found[line])
        for words, lines in changed.grouped(found.get).items():
            lines.meanwhile, lines.is_posted = words, not words
        return changed.filtered(lambda line: not line.is_posted)

    @api.model_create_multi
    def create(self, vals_list):
        return super().create(vals_list)._check_readable()

    def write(self, vals):
        written = super().write(vals)
        self._check_readable()
        return written

    def _check_readable(self):
        """Refuse letters that the user may not read: what is shown of them is theirs.

        :raise AccessError: naming the rule
        """
        self.reminder_id.check_access("read")
        return self

    def _get_files(self):
        """Return the proof of deposit as ``[(name, bytes)]``.

        :raise UserError: when it is too large, or the letter is not registered
        """
        self.ensure_one()
        if self.slip and self.channel != REGISTERED_LETTER:
            raise UserError(
                self.env._(
                    "%(name)s is not a registered letter: it has no proof of deposit.",
                    name=self.reminder_id.display_name,
                )
            )
        letters = self.env["relance.registered.letter"]
        return letters._read_slip(self.slip, self.slip_name)

    def _get_details(self):
        """Return what the posting says of the letter."""
        self.ensure_one()
        return {
            "posted_on": self.posting_id.posted_on,
            "number": self.number,
            "form": self.form,
            "in_spite_of": self.meanwhile or "",
        }
