from odoo import api, models

# A banking app reads so many characters of the reference.
QR_REFERENCE = 140
SEPA_QR = "sct_qr"


class RelanceTransfer(models.AbstractModel):
    """To which account debtors pay: the same on letters, e-mails and the page."""

    _name = "relance.transfer"
    _description = "Transfer to us"

    @api.model
    def _get_account(self, company, moves):
        """Return the account to pay invoices to: the latest one's, else the company's.

        The latest tells where money is wanted today: companies change their bank.
        """
        # sudo: the account number that the invoices already show.
        moves = moves.sudo().filtered("partner_bank_id.active")
        latest = moves.sorted(lambda move: (move.invoice_date or move.date, move.id))
        own = company.sudo().partner_id.bank_ids
        return (latest[-1:].partner_bank_id or own)[:1]

    @api.model
    def _get_code(self, bank, amount, currency, reference, debtor):
        """Return the QR code of a SEPA transfer, or None.

        None when the addon of Odoo that makes it is missing, the currency is not the
        euro, or the account is not one of the SEPA zone.
        """
        methods = dict(bank.get_available_qr_methods_in_sequence()) if bank else {}
        if SEPA_QR not in methods:
            return None
        return bank.build_qr_code_base64(
            currency.round(amount),
            reference[:QR_REFERENCE],
            "",
            currency,
            debtor,
            qr_method=SEPA_QR,
            silent_errors=True,
        )
