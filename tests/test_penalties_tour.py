from odoo.tests import freeze_time, tagged

from .common import RelanceHttpCase


@tagged("post_install", "-at_install")
@freeze_time("2026-03-02")
class TestPenaltiesTour(RelanceHttpCase):
    """From the invoice to the claim and its waiver, in a real browser."""

    def test_a_manager_claims_and_waives(self):
        self.manager.sudo().tour_enabled = False
        invoice = self._invoice(self._debtor(), "2026-01-31", 10000)
        self.start_tour(
            f"/odoo/action-account.action_move_out_invoice_type/{invoice.id}",
            "relance_penalties",
            login=self.manager.login,
        )
        claim = self.env["relance.penalty.claim"].search(
            [("line_ids.move_id", "=", invoice.id)]
        )
        self.assertRecordValues(
            claim,
            [
                {
                    "state": "waived",
                    "amount_total": 139.86,
                    "waived_by_id": self.manager.id,
                    "waive_reason": "late delivery",
                }
            ],
        )
