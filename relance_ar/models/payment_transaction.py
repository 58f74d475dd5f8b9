from odoo import fields, models
from odoo.tools import formatLang

from .relance_agreement_litigation import TOLD_TASK


class PaymentTransaction(models.Model):
    _inherit = "payment.transaction"

    relance_credit = fields.Monetary(
        string="Credits set off",
        readonly=True,
        copy=False,
        help="Of what the invoices come to, paid by credits of the debtor.",
    )

    def _post_process(self):
        # EXTENDS 'payment': what was handed over may be paid to us all the same.
        result = super()._post_process()
        self.filtered(lambda tx: tx.state == "done")._relance_tell_cases()
        return result

    def _relance_tell_cases(self):
        """Have it passed on to who handles a case that its instalments were paid."""
        # sudo: payments are processed by whoever pays, or by nobody in particular.
        holds = self.env["relance.line.hold"].sudo()
        for transaction in self.filtered("invoice_ids"):
            found = holds.search(
                [
                    ("move_id", "in", transaction.invoice_ids.ids),
                    ("litigation_id.state", "=", "running"),
                ]
            )
            for case in found.litigation_id:
                transaction._relance_tell(case)

    def _relance_tell(self, case):
        """Note a payment on a case, for who follows it to pass on."""
        self.ensure_one()
        words = case.env._(
            "Paid online: %(amount)s (%(reference)s). To be told to who handles the "
            "case.",
            amount=formatLang(case.env, self.amount, currency_obj=self.currency_id),
            reference=self.reference,
        )
        case._message_log(body=words)
        case.activity_schedule(
            TOLD_TASK,
            fields.Date.context_today(case),
            summary=words,
            user_id=case._get_follower().id or self.env.uid,
        )
