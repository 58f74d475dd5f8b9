from odoo import api, models

from ..core.company import legal_form


class RelanceReminderParties(models.AbstractModel):
    """Who writes, who asks and who owes, as a letter names them."""

    _name = "relance.reminder.parties"
    _description = "Parties named on a letter"

    def _get_sender_lines(self):
        """Return the address and the means to reach us, for the letterhead."""
        self.ensure_one()
        return self._to_sender_lines(self.company_id, self._get_officer_email())

    def _get_parties(self):
        """Return who asks and who owes, in full: rows of ``(title, lines)``."""
        self.ensure_one()
        company = self.company_id
        return [
            (self.env._("Creditor"), self._describe_creditor(company)),
            (self.env._("Debtor"), self._describe_debtor()),
        ]

    def _describe_creditor(self, company):
        partner = company.partner_id.sudo()  # sudo: our own address
        siren = partner.relance_siren
        return [
            company.name,
            company.relance_letter_identity or "",
            self._on_one_line(partner),
            siren and f"SIREN {siren}",
            company.vat and self.env._("VAT number: %(number)s", number=company.vat),
        ]

    @api.model
    def _on_one_line(self, partner):
        """Return the address of a partner on one line."""
        lines = partner._display_address(without_company=True).splitlines()
        return ", ".join(line.strip() for line in lines if line.strip())

    def _describe_debtor(self):
        debtor = self.partner_id.commercial_partner_id
        siren = debtor.relance_siren
        # sudo: public data of the registers.
        known = self.env["relance.register.company"].sudo()
        found = known.search([("siren", "=", siren)], limit=1) if siren else known
        return [
            debtor.name,
            legal_form((found.data or {}).get("legal_form")),
            self._on_one_line(debtor),
            siren and f"SIREN {siren}",
            debtor.vat and self.env._("VAT number: %(number)s", number=debtor.vat),
        ]
