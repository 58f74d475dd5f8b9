"""Who is asked after the owner: the leader of the sales team, then the director.

The database of the tests has ``sales_team``; the addon does without.
"""

from odoo.exceptions import ValidationError
from odoo.tests import freeze_time, tagged

from .common import TODAY, days
from .test_dispute import DISPUTE_GROUP, DisputeCase


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestLeader(DisputeCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.leader = cls._new_user("leader", DISPUTE_GROUP)
        cls.team = (
            cls.env["crm.team"]
            .sudo()
            .create(
                {
                    "name": "North",
                    "company_id": cls.company.id,
                    "user_id": cls.leader.id,
                    "member_ids": [(6, 0, cls.seller.ids)],
                }
            )
        )

    def _escalated(self, dispute, offset=6):
        with freeze_time(days(offset)):
            self._run_cron("disputes")
        return dispute.escalation, dispute.escalated_to_id

    def test_the_leader_of_the_owners_team_sees_it_and_is_asked(self):
        dispute = self._dispute()
        self.assertEqual(dispute.leader_id, self.leader)
        self.assertIn(dispute, dispute.with_user(self.leader).search([]))
        self.assertEqual(self._escalated(dispute), ("leader", self.leader))
        self.assertEqual(self._tasks(dispute).user_id, self.leader)
        self.assertEqual(self._escalated(dispute, 9), ("director", self.director))

    def test_whoever_leads_the_team_by_then_is_asked(self):
        dispute = self._dispute()
        self.team.user_id = self._new_user("next", DISPUTE_GROUP)
        self.assertEqual(self._escalated(dispute), ("leader", self.team.user_id))

    def test_one_whom_an_officer_named_is_kept(self):
        named = self._new_user("named", DISPUTE_GROUP)
        dispute = self._dispute(leader_id=named.id)
        later = self._dispute(100)
        later.leader_id = named
        self.assertEqual(self._escalated(dispute), ("leader", named))
        self.assertEqual(later.escalated_to_id, named)

    def test_the_leader_of_the_form_is_not_taken_for_named(self):
        dispute = self._dispute(leader_id=self.leader.id)
        self.team.user_id = self._new_user("next", DISPUTE_GROUP)
        self.assertEqual(self._escalated(dispute), ("leader", self.team.user_id))

    def test_a_leader_who_cannot_open_it_is_passed_over_and_named(self):
        self.leader.group_ids -= self.env.ref(DISPUTE_GROUP)
        dispute = self._dispute()
        self.assertFalse(dispute.leader_id)
        self.assertEqual(self._escalated(dispute), ("director", self.director))
        bodies = " ".join(dispute.message_ids.mapped("body"))
        self.assertIn(f"{self.leader.name} cannot be asked", bodies)

    def test_a_director_who_cannot_open_it_is_passed_over_and_named(self):
        self.team.unlink()
        self.director.group_ids -= self.env.ref(DISPUTE_GROUP)
        dispute = self._dispute()
        self.assertEqual(self._escalated(dispute), ("director", self.officer))
        bodies = " ".join(dispute.message_ids.mapped("body"))
        self.assertIn(f"{self.director.name} cannot be asked", bodies)

    def test_a_director_who_could_not_open_disputes_is_refused(self):
        nobody = self._new_user("nobody", "base.group_user")
        with self.assertRaises(ValidationError):
            self.company.relance_director_id = nobody
        domain = self.company.fields_get(["relance_director_id"])
        found = self.env["res.users"].search(domain["relance_director_id"]["domain"])
        self.assertIn(self.director, found)
        self.assertNotIn(nobody, found)
