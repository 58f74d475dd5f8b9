"""An offer to waive: the days that pass until the debt is paid are part of it."""

from datetime import date

from odoo.exceptions import UserError
from odoo.tests import freeze_time, tagged

from .common import TODAY, days
from .test_penalties_claims import ClaimCase
from .test_penalties_reminders import ReminderCase


class OfferCase(ClaimCase):
    """A claim until 2 March, offered to be waived if all is paid by 31 March."""

    def setUp(self):
        super().setUp()
        self.claim = self._claimed(at="2026-03-02")
        self.claim.with_user(self.manager).waive("deal", "2026-03-31")

    def _settle(self, day):
        with freeze_time(day), self.enter_registry_test_mode():
            self.env.ref("relance_ar.ir_cron_settle_offers").method_direct_trigger()


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestRunningOffer(OfferCase):
    """While it runs, when it is granted, when it lapses."""

    def test_no_later_day_is_claimed_nor_stated(self):
        self.assertFalse(self._prepare())
        statement = self.env["relance.penalty.statement"].with_user(self.officer)
        wizard = statement.create({"partner_id": self.debtor.id})
        self.assertIn("99.86", wizard.sheet)
        self.assertNotIn("153.12", wizard.sheet)

    def test_a_draft_of_later_days_is_dropped_by_the_offer(self):
        self.claim.with_user(self.manager).action_withdraw_offer()
        draft = self._prepare()
        self.assertEqual(draft.line_ids.date_from, date(2026, 3, 3))
        self.claim.with_user(self.manager).waive("again", "2026-03-31")
        self.assertFalse(draft.exists())

    def test_paid_in_time_all_is_waived_until_the_payment(self):
        self._pay(self.invoice, "2026-03-25")
        self._settle("2026-04-01")
        self.assertRecordValues(
            self.claim,
            [
                {
                    "state": "waived",
                    "waiver_state": "granted",
                    "date": date(2026, 3, 25),
                    # 10 000 x 12.15 % x 53 / 365
                    "amount_interest": 176.42,
                }
            ],
        )
        with freeze_time("2026-04-02"):
            self.assertFalse(self._prepare())

    def test_granted_once_the_rate_of_the_last_days_is_known(self):
        ecb = self.env.ref("relance_ar.relance_interest_rate_ecb_mro_2026_01")
        ecb.unlink()
        self._pay(self.invoice, "2026-03-25")
        self._settle("2026-04-01")
        self.assertEqual(self.claim.waiver_state, "offered")
        self._rate("ecb_mro", "2026-01-01", 2.15)
        self._settle("2026-04-02")
        self.assertEqual(self.claim.waiver_state, "granted")

    def test_lapsed_its_days_are_claimed(self):
        self._settle("2026-04-07")
        self.assertEqual(self.claim.waiver_state, "lapsed")
        with freeze_time("2026-04-07"):
            more = self._prepare()
        self.assertEqual(
            (more.line_ids.date_from, more.line_ids.date_to),
            (date(2026, 3, 3), date(2026, 4, 7)),
        )

    def test_it_is_not_cancelled_by_the_way(self):
        for user in (self.officer, self.manager):
            with self.assertRaises(UserError) as refused:
                self.claim.with_user(user).action_cancel()
            self.assertIn("withdraws", str(refused.exception))
        self.claim.with_user(self.manager).action_withdraw_offer()
        self.claim.with_user(self.officer).action_cancel()
        self.assertEqual(self.claim.state, "cancelled")

    def test_waived_at_once_there_is_no_offer_left(self):
        self.claim.with_user(self.manager).waive("after all")
        self.assertEqual((self.claim.state, self.claim.waiver_state), ("waived", False))


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestReminderDuringOffer(ReminderCase):
    """Reminders neither state nor claim the days of a running offer."""

    def test_the_days_after_the_claim_are_left_out(self):
        invoice = self._invoice(self._debtor(), days(-3), 15000)
        claim = self._remind(TODAY).claim_ids
        self.assertEqual(claim.amount_interest, 14.98)
        claim.with_user(self.manager).waive("deal", days(60))
        second = self._remind(days(13))
        self.assertEqual(second.line_ids.move_line_id, self._lines(invoice))
        self.assertEqual(second.penalty_interest, 14.98)
        self.assertFalse(second.claim_ids)
        self.assertEqual(claim.amount_interest, 14.98)
