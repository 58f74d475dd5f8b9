import re

import psycopg2

from odoo import api, fields, models
from odoo.exceptions import UserError

from .relance_level import FORMAL_NOTICE, LITIGATION
from .relance_reminder_failure import PRINT

FORMAL = (FORMAL_NOTICE, LITIGATION)


class RelanceReminderLetter(models.AbstractModel):
    """Letters: made once, printed, and kept as they were when they are posted."""

    _name = "relance.reminder.letter"
    _inherit = [
        "relance.reminder.printing",
        "relance.reminder.address",
        "relance.reminder.addressed",
        "relance.reminder.parties",
        "relance.reminder.earlier",
        "relance.reminder.posting",
    ]
    _description = "Letter of a reminder"

    registered_ids = fields.One2many(
        "relance.registered.letter", "reminder_id", readonly=True
    )
    letter_subject = fields.Char(
        string="Subject of the letter",
        readonly=True,
        copy=False,
        help="As printed.",
    )
    notice_on = fields.Date(
        string="Counts from",
        compute="_compute_notice_on",
        help="Day from which a registered letter counts: see the registered letter.",
    )

    @api.depends("registered_ids.notice_on")
    def _compute_notice_on(self):
        for reminder in self:
            reminder.notice_on = reminder.registered_ids[:1].notice_on

    def action_print_letter(self):
        """Make the letter of an approved reminder once, and download it.

        :raise UserError: when it is not approved, or too soon
        """
        self.ensure_one()
        if self.state != "approved":
            raise UserError(
                self.env._(
                    "Approve %(name)s before printing its letter.",
                    name=self.display_name,
                )
            )
        self._refuse_if_too_soon()
        self._move("_make_letters")
        if not self.letter_id:
            return False  # cancelled meanwhile: the chatter says why
        return self.letter_id._relance_download()

    def action_print_post(self):
        """Print the approved letters among the reminders as one document."""
        return self.env["relance.mailing"]._make_for(self)

    def _in_sending_order(self):
        """Return the letters as they go into envelopes: kind, postcode, name."""
        return self.sorted(
            lambda r: (
                r.channel,
                r._get_postal_partner().zip or "",
                r.contact_id.name or "",
                r.id,
            )
        )

    # --------------------------------------------------------------------- making

    def _make_letters(self):
        """Make the letters that have not been made; return those that there are.

        One whose text cannot be filled in fails, saying so; the others are made.
        """
        new = self.filtered(lambda reminder: not reminder.letter_id)
        ready = new._check_before_sending()._check_rhythm()._check_address()
        today = fields.Date.context_today(self)
        for reminder in ready:
            reminder.write({"deadline": reminder._get_deadline(), "printed_on": today})
        for _key, group in ready.grouped(
            lambda r: (r.company_id, r._get_lang())
        ).items():
            group._make_alike()
        return self.filtered("letter_id")

    def _make_alike(self):
        """Make letters of one company in one language: together, else one by one."""
        printed = self._print_letters()
        for reminder in self:
            try:
                with self.env.cr.savepoint():
                    reminder._make_letter(printed.get(reminder.id))
            except psycopg2.OperationalError:
                raise  # a conflict of transactions, nothing the text is to blame for
            except Exception as error:
                reminder._fail_text(error)

    def _refuse_if_none_printed(self):
        """Refuse to fail several letters because no PDF can be made at all.

        :raise UserError: with what the program that makes PDFs says
        """
        not_printed = self.filtered(lambda reminder: reminder.failure_kind == PRINT)
        if len(self) > 1 and not_printed == self:
            raise UserError(
                self.env._(
                    "Nothing can be printed: %(error)s", error=self[0].failure or ""
                )
            )

    def _make_letter(self, content=None):
        """Keep the letter as it is printed.

        :param content: its PDF, if it was printed with others
        """
        self.ensure_one()
        subject = self._get_letter_subject()
        self.write({"letter_subject": subject, **self._prepare_addressed()})
        if not content:
            # A text that cannot be filled in is told from a program that does not
            # print.
            self._get_letter_html()
            content = self._print_one_letter()
        self.letter_id = self.env["ir.attachment"].create(
            {
                "name": f"{self._get_letter_name()}.pdf",
                "raw": content,
                "mimetype": "application/pdf",
                "res_model": self._name,
                "res_id": self.id,
            }
        )

    # -------------------------------------------------------------------- content

    def _get_letter_subject(self):
        """Return the subject of the level's text, for the letter.

        E-mails have our name in it; the letterhead says it.
        """
        subject = self._render_text("subject") or ""
        ours = re.escape(self.company_id.name)
        said = re.sub(rf"^{ours}\s*[:–-]\s*", "", subject)
        return said[:1].upper() + said[1:]

    def _get_letter_html(self):
        """Return the text of the level, for the letter."""
        return self.with_context(relance_letter=True)._render_text("body_html")

    def _render_text(self, name):
        """Return a field of the level's text in the debtor's language."""
        self.ensure_one()
        # sudo: the text of the level, filled in for a reminder that the caller reads.
        template = self.level_id.mail_template_id.sudo()
        return template._render_field(name, self.ids, compute_lang=True)[self.id]

    def _is_formal(self):
        """Say whether the letter names the parties in full: what a court reads."""
        self.ensure_one()
        return self.phase in FORMAL

    def _get_qr_code(self):
        """Return the QR code of a SEPA transfer of what is asked for, or None."""
        self.ensure_one()
        numbers = self._get_lines_by_part()["to_pay"].mapped("move_name")
        reference = " ".join([self.reference, *dict.fromkeys(numbers)])
        amount = self.amount_claimed if self._is_formal() else self.amount_net
        return self.env["relance.transfer"]._get_code(
            self._get_bank_account(),
            amount,
            self.currency_id,
            reference,
            self.partner_id,
        )
