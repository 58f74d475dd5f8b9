from odoo import models
from odoo.tools import email_normalize, email_normalize_all

FROM_PEOPLE = ("email", "comment")


class MailMessage(models.Model):
    _inherit = "mail.message"

    def _relance_is_from_debtor(self, company):
        """Tell whether somebody outside our company wrote it, not a machine."""
        self.ensure_one()
        if self.message_type not in FROM_PEOPLE:
            return False
        if self.message_type == "comment" and self.subtype_id.internal:
            return False
        if self.author_id and not self.author_id.partner_share:
            return False
        ours = email_normalize_all(company.email or "")
        ours += [company.catchall_email, company.bounce_email]
        return (
            self.author_id != company.partner_id
            and email_normalize(self.email_from) not in ours
        )
