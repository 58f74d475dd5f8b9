"""Penalties of a debtor against whom proceedings are open: one judgment for all."""

from odoo.tests import freeze_time, tagged

from .common import TODAY
from .test_penalties_vectors import PenaltyCase
from .test_proceedings import JUDGMENT, ProceedingCase

LATER = "2026-06-15"


@tagged("post_install", "-at_install")
@freeze_time(LATER)
class TestPenaltiesInProceedings(ProceedingCase, PenaltyCase):
    """A judgment of 3 March; invoices fall due thirty days after they were made."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # Born on 1 January and on 2 March; the last one falls due after the judgment.
        cls.late = cls._invoice(cls.debtor, "2026-01-31", 10000)
        cls.eve = cls._invoice(cls.debtor, "2026-04-01", 10000)
        cls.claims = cls.env["relance.penalty.claim"].with_user(cls.officer)

    def _confirmed(self):
        found = self._watch()
        found.action_confirm()
        return found

    def _row(self, found, invoice):
        return next(row for row in found.claim_rows if row["number"] == invoice.name)

    def test_earlier_debts_stop_at_the_confirmed_judgment(self):
        self._confirmed()
        # 10 000 x 12.15 % x 30 / 365: until 2 March
        self.assertEqual(self._owed(self.late, LATER), (99.86, 40.0))
        self.assertEqual(self._owed(self.eve, LATER), (0.0, 0.0))

    def test_what_has_stopped_does_not_run_again(self):
        found = self._confirmed()
        found.action_close()
        self.assertEqual(self._owed(self.late, LATER), (99.86, 40.0))
        self.assertEqual(self._owed(self.eve, LATER), (0.0, 0.0))

    def test_each_debt_stops_at_the_first_judgment_since_its_birth(self):
        found = self._confirmed()
        found.action_close()
        between = self._invoice(self.debtor, "2026-04-02", 10000)
        # As when a second notice is confirmed, of other proceedings.
        second = found.sudo().copy({"opened_on": "2026-05-03"})
        second.state = "confirmed"
        self.assertEqual(self._owed(self.late, LATER), (99.86, 40.0))
        # 10 000 x 12.15 % x 30 / 365: from 3 April until 2 May
        self.assertEqual(self._owed(between, LATER), (99.86, 40.0))

    def test_the_day_entered_by_hand_gives_way_to_the_proceedings(self):
        found = self._watch()
        self.debtor.solvency_judgment_on = "2026-02-15"
        self.assertEqual(self._owed(self.late, LATER), (46.60, 40.0))
        found.action_confirm()
        self.assertEqual(self._owed(self.late, LATER), (99.86, 40.0))

    def test_debts_born_since_bear_penalties(self):
        self._confirmed()
        newer = self._invoice(self.debtor, "2026-04-02", 10000)
        self.assertEqual(self._lines(newer)._get_relance_birth(), JUDGMENT)
        # 10 000 x 12.15 % x 30 / 365
        self.assertEqual(self._owed(newer, "2026-05-02"), (99.86, 40.0))

    def test_what_was_delivered_before_bears_none(self):
        self._confirmed()
        newer = self._invoice(self.debtor, "2026-04-02", 10000)
        newer.delivery_date = "2026-03-02"
        self.assertEqual(self._owed(newer, "2026-05-02"), (0.0, 0.0))

    def test_the_day_entered_by_hand_stops_earlier_debts_alone(self):
        self.debtor.write(
            {"solvency_state": "insolvency", "solvency_judgment_on": JUDGMENT}
        )
        newer = self._invoice(self.debtor, "2026-04-02", 10000)
        self.assertEqual(self._owed(self.late, LATER), (99.86, 40.0))
        self.assertEqual(self._owed(newer, "2026-05-02"), (99.86, 40.0))

    def test_the_judgment_is_that_of_one_company(self):
        self._confirmed().sudo().company_id = self._create_company(name="Other SAS")
        self.debtor.solvency_state = "unknown"
        self.assertEqual(self._owed(self.late, "2026-04-01"), (199.73, 40.0))

    def test_what_was_waived_is_not_declared(self):
        with freeze_time("2026-02-20"):
            claim = self.claims.prepare(self._lines(self.late).ids)
            claim.action_claim()
            claim.with_user(self.manager).waive("a gesture")
        row = self._row(self._confirmed(), self.late)
        self.assertEqual(row["indemnity"], 0)
        # 99.86, less the 66.58 of the twenty days until 20 February
        self.assertEqual(row["interest"], 33.28)

    def test_what_was_only_claimed_is_declared(self):
        with freeze_time("2026-02-20"):
            self.claims.prepare(self._lines(self.late).ids).action_claim()
        row = self._row(self._confirmed(), self.late)
        self.assertEqual((row["interest"], row["indemnity"]), (99.86, 40.0))

    def test_what_is_settled_later_was_owed_on_the_day_of_the_judgment(self):
        with freeze_time(TODAY):
            claim = self.claims.prepare(self._lines(self.late).ids, JUDGMENT)
            claim.action_claim()
            claim.with_user(self.manager).waive("a gesture")
        row = self._row(self._confirmed(), self.late)
        self.assertEqual((row["interest"], row["indemnity"]), (99.86, 40.0))
