"""Contacts that took place, to see what followed them."""

from odoo import Command


class EffectMixin:
    """Contacts of debtors, of two levels."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.level = cls.scenario.level_ids.filtered(lambda lv: lv.phase == "level_1")[0]
        cls.second = cls.scenario.level_ids.filtered(lambda lv: lv.phase == "level_2")[
            0
        ]

    @classmethod
    def _contact(cls, invoices, day, channel="email", level=None, cycle=1):
        """Note a contact about invoices, as runs and transitions leave it."""
        level = level or cls.level
        lines = cls._lines(*invoices)
        reminders = cls.env["relance.reminder"].sudo()
        return reminders.create(
            {
                "company_id": invoices.company_id.id,
                "partner_id": invoices.partner_id.id,
                "contact_id": invoices.partner_id.id,
                "currency_id": lines.currency_id.id,
                "level_id": level.id,
                "phase": level.phase,
                "channel": channel,
                "state": "done" if channel == "phone" else "sent",
                "date_planned": day,
                "date_done": day,
                "line_ids": [
                    Command.create(
                        {
                            "move_line_id": line.id,
                            "move_name": line.move_name,
                            "level_id": level.id,
                            "cycle": cycle,
                            "date_maturity": line.date_maturity,
                            "amount_residual": line.amount_residual,
                        }
                    )
                    for line in lines
                ],
            }
        )

    def _pay_in_full(self, invoice, day):
        wizard = self.env["account.payment.register"].with_context(
            active_model="account.move", active_ids=invoice.ids
        )
        return wizard.create({"payment_date": day})._create_payments()
