"""What the tests of letters share: a reminder ready to be printed, its PDF read."""

import io

from pypdf import PdfReader

from odoo import Command

from .common import TODAY, RelanceCase

PDF_LOGGER = "odoo.addons.base.models.ir_actions_report"
IBAN = "FR7630006000011234567890189"


class LetterCase(RelanceCase):
    """A creditor with an address and a bank account."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.write(
            {
                "street": "18 rue du Faubourg",
                "zip": "75012",
                "city": "Paris",
                "company_registry": "99900399900011",
                "relance_letter_identity": "SAS au capital de 50 000 €, RCS Paris",
            }
        )
        cls.env["res.partner.bank"].create(
            {"acc_number": IBAN, "partner_id": cls.company.partner_id.id}
        )

    @classmethod
    def _level(cls, phase):
        levels = cls.scenario.level_ids.filtered(lambda lv: lv.phase == phase)
        return levels.sorted("delay_days")[:1]

    @classmethod
    def _reminder(cls, *invoices, phase="level_2", channel="letter", **values):
        """Return an approved reminder of invoices of one debtor, as the officer."""
        debtor, level = invoices[0].partner_id, cls._level(phase)
        reminder = (
            cls.env["relance.reminder"]
            .sudo()
            .create(
                {
                    "state": "approved",
                    "company_id": invoices[0].company_id.id,
                    "partner_id": debtor.id,
                    "contact_id": debtor.id,
                    "currency_id": invoices[0].currency_id.id,
                    "lang": debtor.lang,
                    "level_id": level.id,
                    "phase": phase,
                    "channel": channel,
                    "date_planned": TODAY,
                    "line_ids": [
                        Command.create(
                            {
                                "move_line_id": line.id,
                                "move_name": line.move_name,
                                "level_id": level.id,
                                "date_maturity": line.date_maturity,
                                "amount_residual": line.amount_residual_currency,
                            }
                        )
                        for line in cls._lines(*invoices)
                    ],
                    **values,
                }
            )
        )
        return reminder.with_user(cls.officer)

    def _real(self, records):
        """Return records whose documents are really printed."""
        return records.with_context(force_report_rendering=True)

    def _pages(self, content):
        """Return the texts of the pages of a PDF, spaces made plain."""
        self.assertEqual(content[:4], b"%PDF")
        pages = PdfReader(io.BytesIO(content)).pages
        return [" ".join(page.extract_text().split()) for page in pages]
