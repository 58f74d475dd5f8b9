from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import email_normalize_all, format_date

from .relance_groups import OFFICER_GROUP

# What stored messages show in the place of the key: see relance.link.mailing.
PAGE, MARKER = "/relance", "personal-link"


class RelanceLinkMaking(models.AbstractModel):
    """Makes the links: with reminders, by an officer, or in the place of an old one."""

    _name = "relance.link.making"
    _inherit = ["relance.writing"]
    _description = "Making of personal links"

    @api.model
    def _prepare(self, company, partner, contact, email, lang, reminder_id=False):
        """Return the values of a link of a debtor, for one contact of theirs."""
        today = fields.Date.context_today(self)
        return {
            "company_id": company.id,
            "partner_id": partner.commercial_partner_id.id,
            "contact_id": contact.id,
            "email": email,
            "reminder_id": reminder_id,
            "lang": lang,
            "expires_on": fields.Date.add(today, days=company.relance_link_days),
        }

    @api.model
    def _make_for_reminders(self, reminders):
        """Make the links of reminders that are being sent, of one company at once."""
        company = reminders.company_id
        if not reminders or company.relance_link_days <= 0:
            return self
        # sudo: made by the sending, for reminders that were checked.
        return self.sudo().create(
            [
                self._prepare(
                    company,
                    reminder.partner_id,
                    reminder.contact_id,
                    reminder.recipient,
                    reminder._get_lang(),
                    reminder.id,
                )
                for reminder in reminders
            ]
        )

    @api.model
    def _make_for_debtor(self, partner, company=None):
        """Make a link by hand, for the invoice address of a debtor.

        :raise UserError: when the company has no personal pages
        """
        if not (self.env.su or self.env.user.has_group(OFFICER_GROUP)):
            self.check_access("create")
        company = company or self.env.company
        partner.check_access("read")
        if company.relance_link_days <= 0:
            raise UserError(
                self.env._("Personal links are switched off in the settings.")
            )
        debtor = partner.commercial_partner_id
        # sudo: the invoice address of a debtor that the user may read.
        contact = debtor.browse(debtor.sudo().address_get(["invoice"])["invoice"])
        lang = self._to_installed_lang(contact.lang)
        email = ", ".join(email_normalize_all(contact.email or debtor.email or ""))
        # sudo: the rights of the officer were checked.
        vals = self._prepare(company, debtor, contact, email, lang)
        link = self.sudo().create({**vals, "is_by_hand": True})
        return link.with_env(self.env)

    def _renew(self):
        """Make a new link for whom an expired one was made, and send it to them.

        Once a day, and only to an address that is still theirs.

        :return: the new link, or none
        """
        self.ensure_one()
        today = fields.Date.context_today(self)
        known = email_normalize_all(self.contact_id.email or "")
        known += email_normalize_all(self.partner_id.email or "")
        wanted = email_normalize_all(self.email or "")
        if self.renewed_on == today or not wanted or not set(wanted) <= set(known):
            return self.browse()
        self.renewed_on = today
        vals = self._prepare(
            self.company_id,
            self.partner_id,
            self.contact_id,
            self.email,
            self.lang,
            self.reminder_id.id,
        )
        return self.create(vals)._send()

    def _send(self):
        """Queue the e-mails that bring links to whom they were made for."""
        template = self.env.ref("relance_ar.mail_template_link")
        for mail in template.send_mail_batch(self.ids):
            link = self.browse(mail.res_id)
            link.sent_message_ids = [fields.Command.link(mail.mail_message_id.id)]
        self.env.ref("mail.ir_cron_mail_scheduler_action")._trigger()
        return self

    def _say_origin(self):
        """Return how the link came into the hands of whoever answers through it."""
        self.ensure_one()
        day = format_date(self.env, self.create_date)
        values = {"number": self.id, "email": self.email or "", "day": day}
        if self.is_by_hand:
            return self.env._(
                "link %(number)s, made by hand by %(who)s on %(day)s (%(email)s)",
                who=self.create_uid.name,
                **values,
            )
        if self.reminder_id:
            return self.env._(
                "link %(number)s, sent to %(email)s with %(reminder)s on %(day)s",
                reminder=self.reminder_id.reference,
                **values,
            )
        return self.env._(
            "link %(number)s, renewed and sent to %(email)s on %(day)s", **values
        )

    def _get_lang(self):
        """Return the language of whom it was made for, if it is installed."""
        self.ensure_one()
        return self._to_installed_lang(self.lang)

    def _get_marked_url(self, path=""):
        """Return the address of the page without its key, for messages to be kept."""
        return f"{self.get_base_url()}{PAGE}/{MARKER}{path}"
