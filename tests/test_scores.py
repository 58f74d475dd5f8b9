"""Scores from files and providers, classes and terms, exposure against the limit."""

from odoo.exceptions import AccessError
from odoo.tests import freeze_time, tagged

from .common import OTHER_SIREN, SIREN, TODAY, RelanceCase, days


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestScores(RelanceCase):
    """Any provider, one scale; the class proposes the terms."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.debtor = cls._debtor(relance_siren=SIREN)
        cls.scores = cls.env["relance.score"].with_user(cls.officer)

    def _load(self, *rows):
        columns = ["siren", "provider", "date", "score", "worst", "best", "limit"]
        return self.scores.load(columns, [list(row) for row in rows])

    def test_a_file_is_imported_by_siren(self):
        prospect = self._debtor("Prospect SAS", relance_siren=OTHER_SIREN)
        result = self._load(
            (SIREN, "Rater", "2026-01-31", "14", "0", "20", "5000"),
            (OTHER_SIREN, "Rater", "2026-01-31", "2", "9", "1", "100"),
        )
        self.assertEqual(result["messages"], [])
        self.assertRecordValues(
            self.scores.browse(result["ids"]),
            [
                {"partner_id": self.debtor.id, "level": 70.0, "limit": 5000},
                {"partner_id": prospect.id, "level": 87.5, "limit": 100},
            ],
        )

    def test_a_wrong_row_is_named(self):
        result = self._load(
            (SIREN, "Rater", "2026-01-31", "14", "0", "20", "5000"),
            (SIREN, "Rater", "2026-02-28", "21", "0", "20", "5000"),
            ("404833048", "Rater", "2026-01-31", "4", "0", "20", "5000"),
        )
        self.assertFalse(result["ids"])
        rows = {m["rows"]["from"]: m["message"] for m in result["messages"]}
        self.assertEqual(set(rows), {1, 2})
        self.assertIn("outside its scale", rows[1])
        self.assertIn("No company has the SIREN", rows[2])

    def test_the_last_score_gives_the_class_and_its_terms(self):
        for day, score in (("2026-02-28", 80), ("2026-01-31", 10)):
            self.scores.create(
                {
                    "partner_id": self.debtor.id,
                    "date": day,
                    "score": score,
                    "limit": 900,
                }
            )
        debtor = self.debtor.with_user(self.officer)
        self.assertEqual(debtor.relance_score, 80)
        low = self.env.ref("relance_ar.relance_risk_class_low")
        self.assertEqual(debtor.relance_risk_class_id, low)
        debtor.action_relance_apply_score()
        self.assertRecordValues(
            self.debtor,
            [{"credit_limit": 900, "property_payment_term_id": low.payment_term_id.id}],
        )

    def test_without_a_score_nothing_is_proposed(self):
        debtor = self.debtor.with_user(self.officer)
        self.assertFalse(
            debtor.relance_risk_class_id or debtor.relance_proposed_term_id
        )
        self.assertFalse(debtor.action_relance_apply_score())

    def test_the_score_of_one_company_is_not_that_of_another(self):
        self.scores.create({"partner_id": self.debtor.id, "score": 80})
        elsewhere = self.env["res.company"].create({"name": "Elsewhere SAS"})
        self.assertFalse(self.debtor.with_company(elsewhere).relance_score_on)

    def test_the_history_opens_as_a_curve(self):
        action = self.debtor.with_user(self.officer).action_relance_scores()
        self.assertEqual(action["views"][0], (False, "graph"))

    def test_a_salesperson_sees_no_score(self):
        seller = self._new_user("seller", "relance_ar.group_relance_dispute")
        with self.assertRaises(AccessError):
            self.scores.with_user(seller).search([])

    def test_a_provider_is_one_method(self):
        providers = self.env["relance.score.provider"]
        self.assertEqual(providers._get_providers(), [])  # none is installed
        rater = Rater()
        self.patch(type(providers), "_get_providers", lambda _self: [rater])
        self.debtor.with_user(self.officer).action_relance_fetch_score()
        self.debtor.with_user(self.officer).action_relance_fetch_score()
        score = self.scores.search([("partner_id", "=", self.debtor.id)])
        self.assertRecordValues(score, [{"level": 60, "provider": "Rater"}])


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestExposure(RelanceCase):
    """Each threshold is told once."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.debtor = cls._debtor()
        cls.debtor.credit_limit = 1000
        cls.exposures = cls.env["relance.exposure"]

    def _look(self):
        with self.enter_registry_test_mode():
            self.env.ref("relance_ar.ir_cron_check_exposure").method_direct_trigger()
        self.env.invalidate_all()
        return self.exposures.with_user(self.officer).search(
            [("partner_id", "=", self.debtor.id)]
        )

    def _told(self):
        return sorted(self.debtor.activity_ids.mapped("summary"))

    def test_each_threshold_is_told_once(self):
        self._invoice(self.debtor, days(30), 499)
        self.assertFalse(self._look())
        self._invoice(self.debtor, days(30), 1)
        row = self._look()
        self.assertRecordValues(row, [{"amount": 500, "used": 50, "band": 50}])
        self.assertEqual(self._told(), ["50.0 % of the credit limit is used"])
        self._look()
        self.assertEqual(len(self._told()), 1)
        self._invoice(self.debtor, days(30), 600)
        self.assertEqual(self._look().band, 100)
        self.assertEqual(len(self._told()), 2)
        self.assertEqual(self.debtor.activity_ids.user_id, self.officer)

    def test_it_is_told_in_the_language_of_the_company(self):
        self.company.partner_id.lang = "fr_FR"
        self._invoice(self.debtor, days(30), 500)
        self._look()
        [told] = self._told()
        self.assertIn(
            "50,0 % de la limite de crédit",
            told.replace("\u202f", " ").replace("\xa0", " "),
        )

    def test_once_left_and_passed_again_it_is_told_again(self):
        invoice = self._invoice(self.debtor, days(30), 950)
        self._look()
        self._reverse_invoice(invoice, post=True)
        self.assertEqual(self._look().band, 0)
        self._invoice(self.debtor, days(30), 900)
        self.assertEqual(self._look().band, 90)
        self.assertEqual(len(self._told()), 2)

    def test_without_a_limit_there_is_nothing_to_look_at(self):
        self._invoice(self.debtor, days(30), 950)
        self.assertTrue(self._look())
        self.debtor.credit_limit = 0
        self.assertFalse(self._look())

    def test_contacts_count_with_their_company(self):
        contact = self.env["res.partner"].create(
            {"name": "Site", "parent_id": self.debtor.id, "type": "invoice"}
        )
        self._invoice(contact, days(30), 700)
        self.assertEqual(self._look().band, 70)

    def test_an_officer_looks_now_and_writes_nothing(self):
        self._invoice(self.debtor, days(30), 700)
        exposures = self.exposures.with_user(self.officer)
        exposures.action_check_now()
        row = exposures.search([("partner_id", "=", self.debtor.id)])
        self.assertEqual(row.band, 70)
        with self.assertRaises(AccessError):
            row.write({"band": 0})


class Rater:
    """A provider, as an addon would bring it."""

    _description = "Rater"

    def _fetch(self, partners):
        return [
            {"partner_id": partner.id, "score": 6, "worst": 0, "best": 10}
            for partner in partners
        ]
