from odoo import Command, fields
from odoo.exceptions import ValidationError
from odoo.tests import Form, freeze_time, tagged

from odoo.addons.relance_ar import hooks

from .common import OTHER_SIREN, SIREN, TODAY, RelanceCase

# Two establishments of the first company, one of the second; keys are right.
SIRET, BRANCH_SIRET, OTHER_SIRET = "99900399900011", "99900399900029", "73282932000017"
VAT, OTHER_VAT = f"FR02{SIREN}", f"FR44{OTHER_SIREN}"
MONACO_VAT = "FR53000004605"
LA_POSTE = "356000000"
WRONG_KEY = "999003998"
WRONG_SIRENS = {
    "99900399A": "99900399A is not a SIREN: a SIREN is made of nine digits only.",
    "12345678": "12345678 is not a SIREN: it has 8 digits instead of nine.",
    "9990039991": "9990039991 is not a SIREN: it has 10 digits instead of nine.",
    WRONG_KEY: "999003998 is not a SIREN: its last digit, the key, does not fit the "
    "others. Check each digit on an invoice or on the company's extract.",
    SIRET: "99900399900011 has 14 digits: it is a SIRET. The SIREN is made of its "
    "first nine digits, 999003999.",
}


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestSiren(RelanceCase):
    """The SIREN of a customer: found, checked, never in the way of old data."""

    def _identity(self, partner):
        return partner.relance_siren, partner.relance_siren_state

    def test_it_is_found_in_the_other_identifiers(self):
        for values, expected in (
            ({"company_registry": SIRET}, (SIREN, "valid")),
            ({"company_registry": SIREN}, (SIREN, "valid")),
            ({"company_registry": "999 003 999 00011"}, (SIREN, "valid")),
            ({"company_registry": "999.003.999.00011"}, (SIREN, "valid")),
            ({"company_registry": "999\u00a0003\u202f999-00011"}, (SIREN, "valid")),
            ({"vat": VAT}, (SIREN, "valid")),
            ({"vat": "FR 02 999 003 999"}, (SIREN, "valid")),
            ({"vat": VAT, "company_registry": SIRET}, (SIREN, "valid")),
            ({}, (False, "missing")),
        ):
            with self.subTest(values):
                self.assertEqual(self._identity(self._debtor(**values)), expected)

    def test_it_follows_the_siret_and_the_vat_number(self):
        debtor = self._debtor(company_registry=SIRET)
        debtor.company_registry = OTHER_SIRET
        self.assertEqual(self._identity(debtor), (OTHER_SIREN, "valid"))
        debtor.company_registry = False
        self.assertEqual(self._identity(debtor), (OTHER_SIREN, "valid"))
        debtor.vat = VAT
        self.assertEqual(self._identity(debtor), (SIREN, "valid"))

    def test_it_may_be_typed_with_separators(self):
        for typed in ("999 003 999", "999.003.999", "999-003-999", " 999003999 "):
            with self.subTest(typed):
                debtor = self._debtor(relance_siren=typed)
                self.assertEqual(self._identity(debtor), (SIREN, "valid"))
        debtor.relance_siren = "732 829 320"
        self.assertEqual(debtor.relance_siren, OTHER_SIREN)

    def test_it_may_be_emptied(self):
        debtor = self._debtor(relance_siren=SIREN)
        debtor.relance_siren = False
        self.assertEqual(self._identity(debtor), (False, "missing"))

    def test_what_is_typed_wrong_is_refused_with_its_reason(self):
        debtor = self._debtor(relance_siren=SIREN)
        for typed, message in WRONG_SIRENS.items():
            with self.subTest(typed, how="create"):
                with self.assertRaises(ValidationError) as refused:
                    self._debtor(relance_siren=typed)
                self.assertEqual(str(refused.exception), message)
            with self.subTest(typed, how="write"):
                with self.assertRaises(ValidationError) as refused:
                    debtor.relance_siren = typed
                self.assertEqual(str(refused.exception), message)
        debtor.invalidate_recordset()
        self.assertEqual(debtor.relance_siren, SIREN)

    def test_a_siren_typed_with_letters_is_not_read_as_another_alphabet(self):
        # Arabic-Indic digits: str.isdigit() would take them.
        with self.assertRaises(ValidationError):
            self._debtor(relance_siren="٩٩٩٠٠٣٩٩٩")

    def test_an_import_says_which_row_is_wrong(self):
        rows = [
            ["Good SAS", "1", "999 003 999"],
            ["Wrong SAS", "1", WRONG_KEY],
            ["Other SAS", "1", OTHER_SIREN],
        ]
        result = (
            self.env["res.partner"]
            .with_user(self.officer)
            .load(["name", "is_company", "relance_siren"], rows)
        )
        self.assertFalse(result["ids"], "an import is taken as a whole or not at all")
        self.assertEqual(len(result["messages"]), 1, result["messages"])
        [message] = result["messages"]
        self.assertEqual(message["type"], "error")
        self.assertEqual(message["record"], 1)
        self.assertEqual(message["rows"], {"from": 1, "to": 1})
        self.assertIn(WRONG_SIRENS[WRONG_KEY], message["message"])

    def test_an_import_of_good_rows_is_taken(self):
        rows = [
            ["Good SAS", "1", "999 003 999", ""],
            ["Bad registry SAS", "1", "", "12345"],
        ]
        fields_ = ["name", "is_company", "relance_siren", "company_registry"]
        result = self.env["res.partner"].with_user(self.officer).load(fields_, rows)
        self.assertEqual(result["messages"], [])
        partners = self.env["res.partner"].browse(result["ids"])
        self.assertEqual(partners.mapped("relance_siren"), [SIREN, False])

    def test_a_wrong_company_id_never_blocks(self):
        for registry, country, state in (
            ("12345", "base.fr", "invalid"),
            ("99900399900012", "base.fr", "invalid"),
            ("SIRET 999003999", "base.fr", "invalid"),
            ("123456", "base.pf", "not_applicable"),
            ("0 123 456", "base.nc", "not_applicable"),
            ("HRB 86891", "base.de", "not_applicable"),
        ):
            with self.subTest(registry):
                values = {"country_id": self.env.ref(country).id}
                debtor = self._debtor(company_registry=registry, **values)
                self.assertEqual(self._identity(debtor), (False, state))
                debtor.write({"company_registry": f"{registry}9", "name": "Renamed"})
                self.assertEqual(self._identity(debtor), (False, state))

    def test_the_state_of_other_customers(self):
        for values, state in (
            ({"is_company": False}, "not_applicable"),
            ({"country_id": False}, "missing"),
            ({"country_id": self.env.ref("base.re").id}, "missing"),
            ({"country_id": self.env.ref("base.be").id}, "not_applicable"),
            ({"relance_siren": SIREN, "is_company": False}, "valid"),
        ):
            with self.subTest(values):
                self.assertEqual(self._debtor(**values).relance_siren_state, state)

    def test_sirets_of_la_poste_follow_their_own_key(self):
        for siret in ("35600000049837", "35600000000048"):
            with self.subTest(siret):
                debtor = self._debtor(company_registry=siret)
                self.assertEqual(self._identity(debtor), (LA_POSTE, "valid"))

    def test_a_company_of_monaco_has_no_siren(self):
        monaco = self.env.ref("base.mc").id
        for country in (monaco, self.env.ref("base.fr").id):
            debtor = self._debtor(vat=MONACO_VAT, country_id=country)
            self.assertEqual(self._identity(debtor), (False, "not_applicable"))

    def test_what_is_wrong_is_said_in_words(self):
        for values, note in (
            ({"company_registry": SIRET, "vat": VAT}, False),
            ({}, False),
            (
                {"company_registry": "12345"},
                "The company ID is neither a SIRET nor a SIREN.",
            ),
            (
                {"relance_siren": SIREN, "company_registry": OTHER_SIRET},
                "The SIRET belongs to another SIREN.",
            ),
            (
                {"relance_siren": SIREN, "vat": OTHER_VAT},
                "The VAT number belongs to another SIREN.",
            ),
            (
                {
                    "relance_siren": SIREN,
                    "company_registry": OTHER_SIRET,
                    "vat": OTHER_VAT,
                },
                "The SIRET belongs to another SIREN. "
                "The VAT number belongs to another SIREN.",
            ),
        ):
            with self.subTest(values):
                debtor = self._debtor(**values)
                self.assertEqual(debtor.relance_siren_note, note)
                state = "invalid" if note else debtor.relance_siren_state
                self.assertEqual(debtor.relance_siren_state, state)

    def test_a_wrong_vat_number_in_old_data_is_said(self):
        debtor = self._debtor(company_registry=SIRET)
        debtor.with_context(no_vat_validation=True).vat = "FR03999003999"
        self.assertEqual(self._identity(debtor), (SIREN, "invalid"))
        self.assertEqual(debtor.relance_siren_note, "The VAT number is wrong.")

    def test_a_wrong_siren_in_old_data_is_said_and_blocks_nothing(self):
        debtor = self._debtor(relance_siren=SIREN)
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE res_partner SET relance_siren = %s WHERE id = %s",
            (WRONG_KEY, debtor.id),
        )
        debtor.invalidate_recordset()
        debtor.is_company = False
        debtor.is_company = True
        self.assertEqual(self._identity(debtor), (WRONG_KEY, "invalid"))
        self.assertEqual(debtor.relance_siren_note, "The SIREN is wrong.")

    def test_the_words_are_shown_in_french(self):
        debtor = self._debtor(company_registry="12345").with_context(lang="fr_FR")
        self.assertIn("SIRET", debtor.relance_siren_note)
        self.assertNotIn("neither", debtor.relance_siren_note)

    def test_it_is_found_while_the_form_is_filled_in(self):
        with Form(self.env["res.partner"].with_user(self.officer)) as form:
            form.name = "Typed SAS"
            form.company_type = "company"
            form.country_id = self.env.ref("base.fr")
            form.company_registry = SIRET
            self.assertEqual(form.relance_siren, SIREN)
        partner = form.save()
        self.assertEqual(self._identity(partner), (SIREN, "valid"))

    def test_a_search_by_siren_finds_the_customer(self):
        debtor = self._debtor(company_registry=SIRET)
        partners = self.env["res.partner"].with_user(self.officer)
        self.assertEqual(partners.search([("relance_siren", "=", SIREN)]), debtor)


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestBranches(RelanceCase):
    """Subsidiaries have their own SIREN, establishments their own SIRET."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.holding = cls._debtor("Holding SA", company_registry=SIRET)

    def _branch(self, registry=BRANCH_SIRET, **values):
        return self.env["res.partner"].create(
            {
                "name": "Branch of Lyon",
                "parent_id": self.holding.id,
                "type": "invoice",
                "company_registry": registry,
                **values,
            }
        )

    def test_a_subsidiary_keeps_its_own_siren(self):
        subsidiary = self._debtor(
            "Subsidiary SAS", parent_id=self.holding.id, company_registry=OTHER_SIRET
        )
        self.assertEqual(subsidiary.relance_siren, OTHER_SIREN)
        self.holding.company_registry = BRANCH_SIRET
        self.assertRecordValues(
            subsidiary,
            [
                {
                    "company_registry": OTHER_SIRET,
                    "relance_siren": OTHER_SIREN,
                    "relance_siren_state": "valid",
                }
            ],
        )

    def test_a_branch_keeps_its_own_siret_when_created(self):
        self.assertRecordValues(
            self._branch(),
            [
                {
                    "company_registry": BRANCH_SIRET,
                    "relance_siren": SIREN,
                    "commercial_partner_id": self.holding.id,
                }
            ],
        )

    def test_a_branch_created_with_its_company_keeps_its_own_siret(self):
        company = self._debtor(
            "Whole SA",
            company_registry=OTHER_SIRET,
            child_ids=[
                Command.create(
                    {"name": "Lyon", "company_registry": "73282932000025"},
                ),
                Command.create({"name": "Brest"}),
            ],
        )
        self.assertRecordValues(
            company.child_ids.sorted("name"),
            [
                {"name": "Brest", "company_registry": OTHER_SIRET},
                {"name": "Lyon", "company_registry": "73282932000025"},
            ],
        )

    def test_an_imported_branch_keeps_its_own_siret(self):
        result = self.env["res.partner"].load(
            ["name", "parent_id/.id", "type", "company_registry"],
            [
                ["Lyon", str(self.holding.id), "Invoice", BRANCH_SIRET],
                ["Brest", str(self.holding.id), "Invoice", ""],
            ],
        )
        self.assertEqual(result["messages"], [])
        self.assertRecordValues(
            self.env["res.partner"].browse(result["ids"]),
            [
                {"name": "Lyon", "company_registry": BRANCH_SIRET},
                {"name": "Brest", "company_registry": SIRET},
            ],
        )

    def test_an_address_without_its_own_follows_the_parent(self):
        address = self._branch(registry=False)
        self.assertEqual(address.company_registry, SIRET)
        self.holding.company_registry = OTHER_SIRET
        self.assertEqual(address.company_registry, OTHER_SIRET)
        self.assertEqual(address.relance_siren, OTHER_SIREN)

    def test_a_branch_keeps_its_own_siret_when_the_parent_changes(self):
        branch, address = self._branch(), self._branch(registry=False)
        self.holding.company_registry = "99900399900037"
        self.assertEqual(branch.company_registry, BRANCH_SIRET)
        self.assertEqual(address.company_registry, "99900399900037")

    def test_an_archived_branch_keeps_its_own_siret_too(self):
        branch = self._branch(active=False)
        self.holding.with_context(active_test=False).company_registry = OTHER_SIRET
        self.assertEqual(branch.company_registry, BRANCH_SIRET)

    def test_a_branch_below_a_branch_keeps_its_own_siret(self):
        branch = self._branch(registry=False)
        below = self._branch(parent_id=branch.id)
        self.holding.company_registry = "99900399900037"
        self.assertEqual(branch.company_registry, "99900399900037")
        self.assertEqual(below.company_registry, BRANCH_SIRET)

    def test_a_branch_keeps_its_own_siret_when_its_parent_is_set_later(self):
        alone = self._debtor("Alone", is_company=False, company_registry=BRANCH_SIRET)
        alone.parent_id = self.holding
        self.assertEqual(alone.company_registry, BRANCH_SIRET)

    def test_a_branch_keeps_its_own_siret_when_moved_to_another_company(self):
        branch = self._branch()
        other = self._debtor("Other SA", company_registry=OTHER_SIRET)
        branch.parent_id = other
        self.assertEqual(branch.company_registry, BRANCH_SIRET)

    def test_an_address_moved_to_another_company_follows_its_new_parent(self):
        address = self._branch(registry=False)
        other = self._debtor("Other SA", company_registry=OTHER_SIRET)
        address.parent_id = other
        self.assertEqual(address.company_registry, OTHER_SIRET)

    def test_a_wrong_company_id_of_an_address_follows_the_parent_as_in_core(self):
        self.assertEqual(self._branch(registry="12345").company_registry, SIRET)

    def test_the_siret_of_a_branch_can_be_corrected(self):
        branch = self._branch()
        branch.company_registry = "99900399900037"
        self.assertEqual(branch.company_registry, "99900399900037")


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestDuplicates(RelanceCase):
    """One customer, one account: another SIRET of the same company is told."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.known = cls._debtor("Known SA", company_registry=SIRET)

    def _same(self, **values):
        return self._debtor("New SA", **values).relance_same_siren_ids

    def test_another_establishment_of_a_known_customer_is_told(self):
        self.assertEqual(self._same(company_registry=BRANCH_SIRET), self.known)

    def test_the_known_customer_is_told_of_the_new_one(self):
        new = self._debtor("New SA", vat=VAT)
        self.assertEqual(self.known.relance_same_siren_ids, new)

    def test_it_is_told_before_the_new_customer_is_saved(self):
        form = Form(self.env["res.partner"].with_user(self.officer))
        form.name = "New SA"
        form.company_type = "company"
        form.country_id = self.env.ref("base.fr")
        self.assertFalse(form.relance_same_siren_ids[:])
        form.company_registry = BRANCH_SIRET
        self.assertEqual(form.relance_same_siren_ids[:], self.known)

    def test_an_archived_customer_is_told_too(self):
        self.known.active = False
        self.assertEqual(self._same(company_registry=BRANCH_SIRET), self.known)

    def test_another_company_is_not_told(self):
        self.assertFalse(self._same(company_registry=OTHER_SIRET))

    def test_customers_without_siren_are_not_each_others_duplicates(self):
        self._debtor("Nameless SA")
        self.assertFalse(self._same())

    def test_customers_of_different_companies_are_no_duplicates(self):
        other = self.setup_other_company()["company"]
        self.known.company_id = other
        same = self._same(company_registry=BRANCH_SIRET, company_id=self.company.id)
        self.assertFalse(same)
        shared = self._same(company_registry=BRANCH_SIRET)
        self.assertIn(self.known, shared)

    def test_addresses_are_no_duplicates_of_their_company(self):
        address = self.env["res.partner"].create(
            {"name": "Lyon", "parent_id": self.known.id, "type": "invoice"}
        )
        self.assertEqual(address.relance_siren, SIREN)
        self.assertFalse(address.relance_same_siren_ids)
        self.assertFalse(self.known.relance_same_siren_ids)

    def test_a_group_of_records_is_read_in_few_queries(self):
        partners = self.known
        for number in range(10):
            partners += self._debtor(f"Same{number} SA", relance_siren=SIREN)
        self.env.flush_all()
        self.env.invalidate_all()
        partners.fetch(["relance_siren", "company_id", "parent_id"])
        with self.assertQueryCount(2):
            partners.mapped("relance_same_siren_ids")


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestInstallation(RelanceCase):
    """Installing fills in the columns in bulk, with what the ORM would compute."""

    def test_the_hook_and_the_orm_agree(self):
        create = self._debtor
        partners = (
            create("One", company_registry=SIRET)
            + create("Two", vat=VAT)
            + create("Three", company_registry="12345")
            + create("Four", company_registry="123456", country_id=self._id("base.pf"))
            + create("Five", vat=MONACO_VAT, country_id=self._id("base.mc"))
            + create("Six", is_company=False)
            + create("Seven", country_id=False)
            + create("Eight", company_registry="HRB 1", country_id=self._id("base.de"))
            + create("Nine", company_registry=SIRET, vat=OTHER_VAT)
            + create("Ten", company_registry="356 000 000 49837", active=False)
            + create("Eleven")
        )
        columns = ["relance_siren", "relance_siren_state"]
        expected = [(p.relance_siren, p.relance_siren_state) for p in partners]
        self.assertEqual(
            {state for _siren, state in expected},
            {"valid", "invalid", "missing", "not_applicable"},
        )
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE res_partner SET relance_siren = NULL, relance_siren_state = NULL"
        )
        self.env.invalidate_all(flush=False)
        self.assertFalse(any(partners.mapped("relance_siren_state")))
        # Small batches, to cross their borders.
        self.patch(hooks, "BATCH", 3)
        hooks.pre_init_hook(self.env)
        self.env.invalidate_all(flush=False)
        found = [(p.relance_siren, p.relance_siren_state) for p in partners]
        self.assertEqual(found, expected)
        # And for everybody else in the database.
        everybody = self.env["res.partner"].with_context(active_test=False).search([])
        filled = everybody.read(columns)
        self.env.add_to_compute(everybody._fields["relance_siren"], everybody)
        self.env.add_to_compute(everybody._fields["relance_siren_state"], everybody)
        self.env.flush_all()
        self.env.invalidate_all()
        self.assertEqual(everybody.read(columns), filled)

    def _id(self, xmlid):
        return self.env.ref(xmlid).id

    def test_the_officer_reads_a_date_of_hold_per_company(self):
        other = self.setup_other_company()["company"]
        debtor = self._debtor(relance_hold_until="2026-04-01")
        held = fields.Date.to_date("2026-04-01")
        self.assertEqual(debtor.relance_hold_until, held)
        self.assertFalse(debtor.with_company(other).relance_hold_until)
