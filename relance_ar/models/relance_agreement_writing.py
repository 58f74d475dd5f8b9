from odoo import models


class RelanceAgreementWriting(models.AbstractModel):
    """Writing to the debtor about what was agreed, in their language."""

    _name = "relance.agreement.writing"
    _description = "Messages about agreements"
    _inherit = ["relance.writing"]

    def _compose(self, xmlid):
        """Return the action that opens an e-mail to the debtor, to edit and send."""
        return self._open_composer(self.env._("Write to the customer"), xmlid)

    def _get_contact(self):
        """Return who is written to: the invoice address of the debtor."""
        self.ensure_one()
        # sudo: one address, which the template fills in.
        debtor = self.partner_id.sudo()
        return debtor.browse(debtor.address_get(["invoice"])["invoice"])

    def _get_lang(self):
        """Return the language of the debtor, or ours if it is not installed."""
        self.ensure_one()
        return self._to_installed_lang(self._get_contact().lang or self.partner_id.lang)
