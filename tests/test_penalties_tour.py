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


@tagged("post_install", "-at_install")
@freeze_time("2026-03-02")
class TestPenaltiesOnPhone(RelanceHttpCase):
    """The list of claims on the screen of a phone."""

    browser_size = "375x667"
    touch_enabled = True

    def test_cards_fit_the_width(self):
        name = "Société nouvelle de transports et de manutention du littoral"
        invoice = self._invoice(self._debtor(name), "2026-01-31", 12345678)
        claims = self.env["relance.penalty.claim"].with_user(self.officer)
        claims.prepare(self._lines(invoice).ids)
        self.browser_js(
            "/odoo/relance-penalties",
            """
            const card = document.querySelector(".o_kanban_record");
            const page = document.querySelector(".o_kanban_renderer");
            const amount = card.querySelector("[name=amount_total]");
            const right = amount.getBoundingClientRect().right;
            const isWide = page.scrollWidth > page.clientWidth + 1;
            const isCut = right > card.getBoundingClientRect().right;
            const isBroken = amount.getClientRects().length > 1;
            if (isWide || isCut || isBroken) {
                throw new Error(`too wide: ${isWide} ${isCut} ${isBroken}`);
            }
            console.log("test successful");
            """,
            "!!document.querySelector('.o_kanban_record [name=amount_total]')",
            login=self.officer.login,
        )
