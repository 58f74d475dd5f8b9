import psycopg2

from odoo import models
from odoo.exceptions import UserError


class RelanceReminderLetter(models.AbstractModel):
    """Letters: made once, printed, and kept as they were when they are posted."""

    _name = "relance.reminder.letter"
    _description = "Letter of a reminder"

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
        return {
            "type": "ir.actions.act_url",
            "url": f"/web/content/{self.letter_id.id}?download=true",
            "target": "download",
        }

    def _make_letters(self):
        """Make the letters that have not been made; return those that there are.

        One whose text cannot be filled in fails, saying so; the others are made.
        """
        new = self.filtered(lambda reminder: not reminder.letter_id)
        for reminder in new._check_before_sending()._check_rhythm():
            try:
                with self.env.cr.savepoint():
                    reminder._make_letter()
            except psycopg2.OperationalError:
                raise  # a conflict of transactions, nothing the text is to blame for
            except Exception as error:
                reminder._fail_text(error)
        return self.filtered("letter_id")

    def _make_letter(self):
        """Make the letter, and keep it as it is."""
        self.ensure_one()
        self.deadline = self._get_deadline()
        name, content = self._print_letter()
        self.letter_id = self.env["ir.attachment"].create(
            {
                "name": name,
                "raw": content,
                "mimetype": "application/pdf",
                "res_model": self._name,
                "res_id": self.id,
            }
        )

    def _post_letters(self):
        """Note the letters as posted, and keep in the history what was printed."""
        left = self._with_text()._make_letters()
        left._confirm("sent")
        for reminder in left:
            reminder.message_post(
                body=self.env._("Letter posted."),
                attachment_ids=reminder.letter_id.ids,
            )
        return left

    def _print_letter(self):
        """Return the name and the PDF of the letter, in the debtor's language."""
        self.ensure_one()
        # A text that cannot be filled in is told from a program that does not print.
        self._get_letter_subject()
        self._get_letter_html()
        try:
            content, _kind = self.env["ir.actions.report"]._render_qweb_pdf(
                "relance_ar.relance_reminder_report", self.ids
            )
        except UserError as error:
            raise self._cannot_print(self.display_name, error) from error
        return f"{self.reference}.pdf", content

    def _get_letter_subject(self):
        """Return the subject of the level's text, for the letter."""
        return self._render_text("subject")

    def _get_letter_html(self):
        """Return the text of the level, for the letter."""
        return self._render_text("body_html")

    def _render_text(self, name):
        """Return a field of the level's text in the debtor's language."""
        self.ensure_one()
        # sudo: the text of the level, filled in for a reminder that the caller reads.
        template = self.level_id.mail_template_id.sudo()
        return template._render_field(name, self.ids, compute_lang=True)[self.id]
