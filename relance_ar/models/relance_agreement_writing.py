from odoo import models


class RelanceAgreementWriting(models.AbstractModel):
    """Writing to the debtor about what was agreed, in their language."""

    _name = "relance.agreement.writing"
    _description = "Messages about agreements"

    def _compose(self, xmlid):
        """Return the action that opens an e-mail to the debtor, to edit and send."""
        self.ensure_one()
        template = self.env.ref(xmlid)
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Write to the customer"),
            "res_model": "mail.compose.message",
            "view_mode": "form",
            "target": "new",
            "context": {
                "default_model": self._name,
                "default_res_ids": self.ids,
                "default_composition_mode": "comment",
                "default_template_id": template.id,
                "default_email_layout_xmlid": "mail.mail_notification_light",
            },
        }

    def _get_contact(self):
        """Return who is written to: the invoice address of the debtor."""
        self.ensure_one()
        # sudo: one address, which the template fills in.
        debtor = self.partner_id.sudo()
        return debtor.browse(debtor.address_get(["invoice"])["invoice"])

    def _get_lang(self):
        """Return the language of the debtor, or ours if it is not installed."""
        self.ensure_one()
        lang = self._get_contact().lang or self.partner_id.lang
        installed = dict(self.env["res.lang"].get_installed())
        return lang if lang in installed else self.env.lang
