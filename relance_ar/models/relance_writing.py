from odoo import api, models


class RelanceWriting(models.AbstractModel):
    """Writing to people outside: in their language, with Odoo's composer."""

    _name = "relance.writing"
    _description = "Messages to debtors"

    def _to_installed_lang(self, lang):
        """Return a language, or ours if it is not installed."""
        installed = dict(self.env["res.lang"].get_installed())
        return lang if lang in installed else self.env.lang

    @api.model
    def _to_sender_lines(self, company, email):
        """Return our address and the means to reach us, for the head of a letter."""
        company = company.sudo()  # sudo: our own address, which we show
        address = company.partner_id._display_address(without_company=True)
        return list(filter(None, (*address.splitlines(), company.phone, email)))

    def _open_composer(self, title, xmlid, **context):
        """Return the action that opens an e-mail about the record, to edit and send.

        :param xmlid: of the template of the e-mail
        """
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": title,
            "res_model": "mail.compose.message",
            "view_mode": "form",
            "views": [(False, "form")],
            "target": "new",
            "context": {
                "default_model": self._name,
                "default_res_ids": self.ids,
                "default_composition_mode": "comment",
                "default_template_id": self.env.ref(xmlid).id,
                "default_email_layout_xmlid": "mail.mail_notification_light",
                **context,
            },
        }
