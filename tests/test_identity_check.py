"""All partners checked in one pass; duplicates; one account per SIREN."""

from odoo import Command
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import freeze_time, tagged

from .common import OTHER_SIREN, SIREN, TODAY, RelanceCase, days

SIRET, BRANCH_SIRET, OTHER_SIRET = "99900399900011", "99900399900029", "73282932000017"


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestIdentityCheck(RelanceCase):
    """The report of what is wrong, missing, incoherent or there twice."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.findings = cls.env["relance.identity.finding"].with_user(cls.officer)

    def _check(self):
        self.findings.action_check_now()
        return self.findings

    def _codes(self, partner):
        found = self.findings.search([("partner_id", "=", partner.id)])
        return sorted(found.mapped("code"))

    def test_each_wrong_identifier_is_reported(self):
        company = {
            "fine": self._debtor("Fine", company_registry=OTHER_SIRET),
            "missing": self._debtor("Missing"),
            "registry": self._debtor("Registry", company_registry="RCS Paris"),
            "differs": self._debtor(
                "Differs", relance_siren=SIREN, company_registry=OTHER_SIRET
            ),
            "ridet": self._debtor(
                "Ridet", company_registry="12", country_id=self.env.ref("base.nc").id
            ),
            "tahiti": self._debtor(
                "Tahiti",
                company_registry="A12345",
                country_id=self.env.ref("base.pf").id,
            ),
            "monaco": self._debtor("Monaco", country_id=self.env.ref("base.mc").id),
            "foreign": self._debtor(
                "Foreign",
                company_registry=OTHER_SIREN,
                country_id=self.env.ref("base.no").id,
            ),
            "person": self._debtor("Person", is_company=False),
        }
        company["differs"].relance_siren = SIREN
        self._check()
        expected = {
            "fine": [],
            "missing": ["missing"],
            "registry": ["registry"],
            "differs": ["siret_differs"],
            "ridet": ["local"],
            "tahiti": [],
            "monaco": [],
            "foreign": [],
            "person": [],
        }
        self.assertEqual(
            {name: self._codes(partner) for name, partner in company.items()}, expected
        )

    def test_a_branch_of_another_company_is_incoherent(self):
        holding = self._debtor("Holding", company_registry=SIRET)
        branch = self.env["res.partner"].create(
            {
                "name": "Lyon",
                "parent_id": holding.id,
                "type": "invoice",
                "company_registry": BRANCH_SIRET,
            }
        )
        self._check()
        self.assertEqual(self._codes(branch), [])
        branch.company_registry = OTHER_SIRET
        self._check()
        self.assertEqual(self._codes(branch), ["branch_differs"])
        self.assertEqual(branch.company_registry, OTHER_SIRET)

    def test_accounts_with_one_siren_are_duplicates(self):
        first = self._debtor("First", company_registry=SIRET)
        second = self._debtor("Second", company_registry=SIRET)
        branch = self._debtor("Branch", company_registry=BRANCH_SIRET)
        self._debtor("Archived", company_registry=OTHER_SIRET, active=False)
        alone = self._debtor("Alone", company_registry=OTHER_SIRET)
        self._check()
        self.assertEqual(self._codes(first), ["same_siret"])
        self.assertEqual(self._codes(second), ["same_siret"])
        self.assertEqual(self._codes(branch), ["same_siren"])
        self.assertEqual(self._codes(alone), [])

    def test_a_second_check_replaces_the_first(self):
        debtor = self._debtor("Missing")
        self._check()
        self.assertEqual(self._codes(debtor), ["missing"])
        debtor.relance_siren = SIREN
        self._check()
        self.assertEqual(self._codes(debtor), [])

    def test_the_number_of_queries_does_not_follow_the_number_of_partners(self):
        findings = self.env["relance.identity.finding"].sudo()
        self._debtor("One")
        findings._check_all()
        self.env["res.partner"].create(
            [{"name": f"P{n}", "is_company": True} for n in range(200)]
        )
        self.env.flush_all()
        with self.assertQueryCount(8):
            findings._check_all()

    def test_findings_are_read_and_not_written(self):
        self._debtor("Missing")
        found = self._check().search([], limit=1)
        for user in (self.officer, self.manager):
            with self.subTest(user.login), self.assertRaises(AccessError):
                found.with_user(user).write({"code": "vat"})
        seller = self._new_user("seller", "relance_ar.group_relance_dispute")
        with self.assertRaises(AccessError):
            self.findings.with_user(seller).action_check_now()

    def test_a_partner_of_another_company_is_not_shown(self):
        elsewhere = self.env["res.company"].create({"name": "Elsewhere SAS"})
        hidden = self._debtor("Hidden", company_id=elsewhere.id)
        self._check()
        self.assertEqual(self._codes(hidden), [])
        self.assertTrue(self.findings.sudo().search([("partner_id", "=", hidden.id)]))


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestDuplicates(RelanceCase):
    """Odoo's own wizard merges; a company may refuse second accounts."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.first = cls._debtor("First", company_registry=SIRET, email="a@debtor.test")
        cls.second = cls._debtor(
            "Second", company_registry=SIRET, email="a@debtor.test"
        )

    def test_the_accounts_are_merged_with_all_that_is_known_of_them(self):
        for partner in (self.first, self.second):
            self._invoice(partner, days(-10))
            partner.credit_limit = 1000
        self.env["relance.payer.assessment"].sudo()._assess(self.company)
        self.env["relance.exposure"].sudo()._check(self.company)
        proceedings = self.env["relance.proceeding"].sudo()
        for partner in (self.first, self.second):
            proceedings.create({"partner_id": partner.id, "number": "A1"})
        findings = self.env["relance.identity.finding"].with_user(self.officer)
        findings.action_check_now()
        found = findings.search([("partner_id", "=", self.first.id)])
        action = found.action_merge()
        wizard = (
            self.env[action["res_model"]]
            .with_user(self.officer)
            .with_context(**action["context"])
            .create({})
        )
        self.assertEqual(wizard.partner_ids, self.first + self.second)
        wizard.action_merge()
        kept = (self.first + self.second).exists()
        self.assertEqual(len(kept), 1)
        self.assertEqual(
            self.env["account.move"].search_count([("partner_id", "=", kept.id)]), 2
        )
        self.assertEqual(proceedings.search_count([("partner_id", "=", kept.id)]), 2)

    def test_only_accounts_of_one_company_are_merged(self):
        other = self._debtor("Other")
        findings = self.env["relance.identity.finding"].with_user(self.officer)
        findings.action_check_now()
        with self.assertRaises(UserError):
            findings.search(
                [("partner_id", "in", (self.first + other).ids)]
            ).action_merge()

    def test_a_second_account_is_refused_where_the_company_wants_it(self):
        self._debtor("Third", company_registry=SIRET)  # a warning only
        self.company.relance_block_duplicates = True
        # Subsidiaries, addresses and other companies are no second account.
        self._debtor("Other", relance_siren=OTHER_SIREN)
        self.first.child_ids = [
            Command.create({"name": "Lyon", "company_registry": BRANCH_SIRET})
        ]
        self.first.name = "First again"
        with self.assertRaisesRegex(ValidationError, "has an account already"):
            self._debtor("Fourth", company_registry=SIRET)

    def test_an_import_says_which_row_is_the_second_account(self):
        self.company.relance_block_duplicates = True
        result = (
            self.env["res.partner"]
            .with_user(self.officer)
            .load(
                ["name", "is_company", "relance_siren"],
                [["New SAS", "1", OTHER_SIREN], ["Again SAS", "1", SIREN]],
            )
        )
        self.assertFalse(result["ids"])
        [message] = result["messages"]
        self.assertEqual(message["rows"], {"from": 1, "to": 1})
        self.assertIn("has an account already", message["message"])
