"""Odoo's merge of contacts, with all that is kept on customers here."""

from odoo.tests import freeze_time, tagged

from .common import TODAY, RelanceCase, days


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestMerge(RelanceCase):
    """Two accounts of one customer become one; nothing is lost, nothing raises."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.kept, cls.gone = cls._debtor("Kept SA"), cls._debtor("Gone SA")
        for partner in (cls.kept, cls.gone):
            cls._invoice(partner, days(-3))
        cls.assessments = cls.env["relance.payer.assessment"].sudo()
        cls.other_company = cls._create_company(name="Other SAS")

    def _merge(self):
        """Merge as the administrator does, through the wizard."""
        wizards = self.env["base.partner.merge.automatic.wizard"]
        wizard = wizards.with_user(self.env.ref("base.user_admin")).create({})
        both = self.gone + self.kept
        wizard._merge(both.ids, self.kept)
        self.env.invalidate_all()

    def _assess(self, partner, day, company=None):
        return self.assessments.create(
            {
                "partner_id": partner.id,
                "company_id": (company or self.company).id,
                "assessed_on": day,
            }
        )

    def test_two_assessed_customers_are_merged_and_the_latest_assessment_is_kept(self):
        self._assess(self.kept, days(-7))
        latest = self._assess(self.gone, TODAY)
        elsewhere = self._assess(self.gone, days(-9), self.other_company)
        self._merge()
        left = self.assessments.search([("partner_id", "=", self.kept.id)])
        self.assertEqual(left, latest + elsewhere)
        self.assertFalse(self.gone.exists())

    def test_the_assessment_of_the_one_that_stays_is_kept_if_it_is_the_latest(self):
        latest = self._assess(self.kept, TODAY)
        self._assess(self.gone, days(-7))
        self._merge()
        left = self.assessments.search([("company_id", "=", self.company.id)])
        self.assertEqual(left, latest)
        self.assertEqual(latest.partner_id, self.kept)

    def test_reminders_roles_closings_and_history_follow(self):
        boss = self.env["res.partner"].create(
            {"parent_id": self.gone.id, "name": "Boss", "email": "boss@gone.test"}
        )
        boss.relance_role = "director"
        self.gone.relance_refused_channel_ids = self.env.ref(
            "relance_ar.relance_channel_visit"
        )
        closing = self.env["relance.closing"].create(
            {"partner_id": self.gone.id, "date_from": days(9), "date_to": days(9)}
        )
        self.gone.with_user(self.officer).payer_profile_id = self.env.ref(
            "relance_ar.payer_profile_negligent"
        )
        logged = self.gone.message_ids
        reminders = self._plan()
        of_gone = reminders.filtered(lambda r: r.partner_id == self.gone)
        of_gone.action_approve_and_send()
        self._merge()
        self.assertEqual(reminders.partner_id, self.kept)
        self.assertEqual(reminders.contact_id, self.kept)
        self.assertEqual(of_gone.state, "sent")
        self.assertEqual(boss.commercial_partner_id, self.kept)
        self.assertEqual(closing.partner_id, self.kept)
        self.assertIn(logged[0], self.kept.message_ids)
        self.assertEqual(self.kept.relance_refused_channel_ids.code, "visit")
        self.assertEqual(self.kept.payer_profile_id.code, "negligent")
        self.assertFalse(self._plan(), "the contact made still counts")

    def test_the_longest_hold_and_open_proceedings_are_kept(self):
        self.kept.write({"relance_hold_until": days(-1), "relance_hold_reason": "old"})
        self.gone.write({"relance_hold_until": days(9), "relance_hold_reason": "new"})
        self.gone.solvency_state = "insolvency"
        self._merge()
        self.assertRecordValues(
            self.kept,
            [
                {
                    "relance_hold_until": days(9),
                    "relance_hold_reason": "new",
                    "solvency_state": "insolvency",
                }
            ],
        )

    def test_two_scores_of_one_provider_and_day_become_one(self):
        scores = self.env["relance.score"]
        for partner in (self.gone, self.kept):
            for day, score in ((TODAY, 10), (days(-partner.id), 20)):
                scores.create({"partner_id": partner.id, "date": day, "score": score})
        own = scores.search([("partner_id", "=", self.kept.id)])
        self._merge()
        left = scores.search([("partner_id", "=", self.kept.id)])
        self.assertEqual(len(left), 3)
        self.assertLess(own, left)

    def test_the_day_of_the_judgment_follows_the_proceedings(self):
        self.kept.write(
            {"solvency_state": "active", "solvency_judgment_on": days(-900)}
        )
        self.gone.write(
            {"solvency_state": "insolvency", "solvency_judgment_on": days(-9)}
        )
        self._merge()
        self.assertEqual(self.kept.solvency_judgment_on, days(-9))
