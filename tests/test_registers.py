"""Look-ups and watches of the registers, against a local server that also fails."""

from datetime import datetime

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import freeze_time, tagged

from . import register_server
from .common import OTHER_SIREN, SIREN, TODAY, RelanceCase, days

LIQUIDATION = "Jugement d'ouverture de liquidation judiciaire"
BULLETIN_CRON = "relance_ar.ir_cron_watch_bulletin"
REGISTER_CRON = "relance_ar.ir_cron_watch_register"


class RegisterCase(RelanceCase):
    """A local server for all the services, and a customer that it knows."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        manager = register_server.serve()
        cls.server = manager.__enter__()
        cls.addClassCleanup(manager.__exit__, None, None, None)
        cls._configure(register_service="directory", bulletin_watch="True")
        cls._configure(register_watch="True")
        for name in ("directory", "sirene", "bodacc"):
            cls._configure(**{f"{name}_address": f"{cls.server.address}/{name}"})
            cls._configure(**{f"{name}_rate": "1000"})
        cls.debtor = cls._debtor(relance_siren=SIREN, customer_rank=1)
        cls.listed = cls.env["relance.register.company"]

    def setUp(self):
        super().setUp()
        self.server.__init__()
        self.server.key = "secret-key"

    @classmethod
    def _configure(cls, **values):
        for name, value in values.items():
            cls.env["ir.config_parameter"].sudo().set_param(f"relance_ar.{name}", value)

    def _cron(self, xmlid):
        with self.enter_registry_test_mode():
            self.env.ref(xmlid).method_direct_trigger()
        self.env.invalidate_all()

    def _lookup(self, partner=None):
        action = (
            (partner or self.debtor).with_user(self.officer).action_relance_lookup()
        )
        lookups = self.env["relance.lookup"].with_user(self.officer)
        return lookups.browse(action["res_id"])


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestLookup(RegisterCase):
    """From the customer: what the register says, beside what is known."""

    def test_what_is_empty_is_proposed_and_what_differs_is_left_to_choose(self):
        self.server.company(SIREN, name="DEBTOR SARL")
        lookup = self._lookup()
        self.assertEqual((lookup.state, lookup.is_shown), ("active", True))
        found = {
            li.field_name: (li.current, li.found, li.is_taken) for li in lookup.line_ids
        }
        self.assertEqual(
            found,
            {
                "street": ("1 rue de la Paix", "9 RUE DU COLONEL PIERRE AVIA", False),
                "zip": ("75002", "75015", False),
                "city": ("Paris", "PARIS 15", False),
                "company_registry": (False, f"{SIREN}00011", True),
                "relance_legal_form": (False, "5710", True),
                "relance_activity": (False, "53.10Z", True),
                "relance_size": (False, "PME", True),
                "relance_staff": (False, "10-19", True),
            },
        )

    def test_only_what_is_ticked_is_taken_over(self):
        self.server.company(SIREN, name="DEBTOR SARL")
        lookup = self._lookup()
        lines = {li.field_name: li for li in lookup.line_ids}
        lines["city"].is_taken = True
        lines["relance_staff"].is_taken = False
        lookup.action_take()
        self.assertRecordValues(
            self.debtor,
            [
                {
                    "city": "PARIS 15",
                    "street": "1 rue de la Paix",
                    "relance_size": "PME",
                    "relance_staff": False,
                    "relance_legal_form": "5710",
                }
            ],
        )

    def test_an_absent_company_is_unknown_never_fine(self):
        self.debtor.solvency_state = "active"
        lookup = self._lookup()
        self.assertEqual((lookup.state, lookup.is_shown), ("unknown", False))
        self.assertFalse(lookup.line_ids)
        self.assertEqual(self.debtor.solvency_state, "unknown")

    def test_a_closed_company_is_noted(self):
        self.server.company(SIREN, etat_administratif="C", date_fermeture="2025-12-31")
        lookup = self._lookup()
        self.assertEqual(lookup.state, "closed")
        lookup.action_take()
        self.assertEqual(self.debtor.solvency_state, "closed")
        self.assertEqual(str(self.debtor.relance_closed_on), "2025-12-31")

    def test_an_active_company_is_fine_once_the_bulletin_is_read_too(self):
        self.server.company(SIREN)
        self._lookup()
        self.assertEqual(self.debtor.solvency_state, "unknown")
        self.debtor.with_user(self.officer).action_relance_check_solvency()
        self.assertRecordValues(
            self.debtor, [{"solvency_state": "active", "solvency_checked_on": TODAY}]
        )

    def test_the_answer_is_kept_for_a_month(self):
        self.server.company(SIREN)
        first = self._lookup()
        self.assertEqual(first.checked_at, datetime(2026, 3, 18))
        self._lookup()
        self.assertEqual(len(self.server.requests), 1)
        first.action_refresh()
        self.assertEqual(len(self.server.requests), 2)
        with freeze_time(days(31)):
            self._lookup()
        self.assertEqual(len(self.server.requests), 3)

    def test_an_establishment_is_asked_for_by_its_siret(self):
        self.debtor.company_registry = f"{SIREN}00029"
        self.server.company(
            SIREN,
            matching_etablissements=[
                {
                    "siret": f"{SIREN}00029",
                    "adresse": "2 QUAI SUD 13002 MARSEILLE",
                    "code_postal": "13002",
                    "libelle_commune": "MARSEILLE",
                    "etat_administratif": "F",
                }
            ],
        )
        lookup = self._lookup()
        self.assertEqual((lookup.state, lookup.site_state), ("active", "closed"))
        found = {li.field_name: li.found for li in lookup.line_ids}
        self.assertEqual(found["street"], "2 QUAI SUD")
        self.assertNotIn("company_registry", found)

    def test_a_failure_is_told_and_changes_nothing(self):
        self.debtor.solvency_state = "active"
        self.server.company(SIREN)
        for failure in ("html", "list", "truncated", 400):
            self.server.failures = [failure]
            with self.subTest(failure), self.assertRaises(UserError) as caught:
                self._lookup()
            self.assertIn("Nothing was changed.", str(caught.exception))
        self.assertEqual(self.debtor.solvency_state, "active")

    def test_without_a_register_the_user_is_told_where_to_choose_one(self):
        self._configure(register_service="off")
        with self.assertRaisesRegex(UserError, "No register is chosen"):
            self._lookup()
        self.assertEqual(self.server.requests, [])

    def test_without_a_siren_nothing_is_asked(self):
        nobody = self._debtor("Nameless SARL")
        with self.assertRaisesRegex(UserError, "has no SIREN"):
            self._lookup(nobody)

    def test_sirene_is_asked_with_its_key(self):
        self._configure(register_service="sirene", sirene_key="secret-key")
        self.server.units[SIREN] = {
            "siren": SIREN,
            "periodesUniteLegale": [
                {
                    "denominationUniteLegale": "DEBTOR SARL",
                    "etatAdministratifUniteLegale": "A",
                    "nicSiegeUniteLegale": "00011",
                }
            ],
        }
        self.assertEqual(self._lookup().state, "active")
        self._configure(sirene_key="another-key")
        with (
            self.assertRaises(UserError) as caught,
            self.assertLogs(level="DEBUG") as logs,
        ):
            self._lookup().action_refresh()
        told = f"{caught.exception} {logs.output}"
        self.assertNotIn("another-key", told)

    def test_a_salesperson_asks_nothing(self):
        seller = self._new_user("seller", "relance_ar.group_relance_dispute")
        with self.assertRaises(AccessError):
            self.debtor.with_user(seller).action_relance_lookup()

    def test_a_look_up_belongs_to_who_made_it(self):
        self.server.company(SIREN)
        lookup = self._lookup()
        other = self._new_user("colleague", "relance_ar.group_relance_user")
        with self.assertRaises(AccessError):
            lookup.with_user(other).action_take()


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestSettings(RegisterCase):
    """The administrator chooses; the key is written and never shown."""

    def _settings(self, **values):
        return self.env["res.config.settings"].create(values)

    def test_the_key_is_kept_and_not_shown_again(self):
        settings = self._settings(relance_sirene_key="top-secret")
        settings.set_values()
        parameters = self.env["ir.config_parameter"].sudo()
        self.assertEqual(parameters.get_param("relance_ar.sirene_key"), "top-secret")
        self.assertFalse(settings.relance_sirene_key)
        again = self._settings()
        self.assertTrue(again.relance_has_sirene_key)
        self.assertNotIn("top-secret", str(again.read()))
        again.set_values()  # an empty field keeps the key
        self.assertEqual(parameters.get_param("relance_ar.sirene_key"), "top-secret")
        again.action_relance_forget_key()
        self.assertFalse(parameters.get_param("relance_ar.sirene_key"))

    def test_only_administrators_open_them(self):
        with self.assertRaises(AccessError):
            self.env["res.config.settings"].with_user(self.manager).create({})

    def test_the_addresses_are_those_of_the_public_services_by_default(self):
        for name, host in (
            ("directory", "https://recherche-entreprises.api.gouv.fr"),
            ("sirene", "https://api.insee.fr/api-sirene/3.11"),
            ("bodacc", "https://bodacc-datadila.opendatasoft.com/"),
        ):
            self._configure(**{f"{name}_address": False})
            address = self.env["relance.register"]._get_address(name)
            self.assertTrue(address.startswith(host), address)

    def test_an_address_must_be_one(self):
        with self.assertRaises(ValidationError):
            self._settings(relance_bodacc_address="ftp://register.test")


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestWatch(RegisterCase):
    """The portfolio: batch by batch, from where it stopped, never twice a day."""

    def _customers(self, count, start=1):
        """Return customers with valid SIRENs of nobody."""
        return self.env["res.partner"].create(
            [
                {
                    "name": f"Customer {number}",
                    "is_company": True,
                    "country_id": self.env.ref("base.fr").id,
                    "relance_siren": luhn(number),
                    "customer_rank": 1,
                }
                for number in range(start, start + count)
            ]
        )

    def test_a_company_in_the_clear_is_read_once_a_day(self):
        self._cron(BULLETIN_CRON)
        listed = self.listed.search([("siren", "=", SIREN)])
        self.assertRecordValues(
            listed,
            [{"standing": "none", "bulletin_on": TODAY, "bulletin_failure": False}],
        )
        asked = len(self.server.requests)
        self._cron(BULLETIN_CRON)
        self.assertEqual(len(self.server.requests), asked)

    def test_the_next_day_only_the_last_days_are_asked_for(self):
        self._cron(BULLETIN_CRON)
        self.server.requests.clear()
        with freeze_time(days(1)):
            self._cron(BULLETIN_CRON)
        [asked] = self.server.requests
        self.assertIn("dateparution>=date'2026-03-11'", asked["params"]["where"][0])

    def test_many_customers_go_in_batches(self):
        self._customers(120)
        self._cron(BULLETIN_CRON)
        self.assertEqual(len(self.server.requests), 3)
        self.assertEqual(self.listed.search_count([("standing", "=", "none")]), 121)

    def test_who_is_no_customer_is_not_asked_about(self):
        self.debtor.customer_rank = 0
        self._cron(BULLETIN_CRON)
        self.assertEqual(self.server.requests, [])

    def test_switched_off_nothing_is_asked(self):
        self._configure(bulletin_watch=False, register_watch=False)
        self._cron(BULLETIN_CRON)
        self._cron(REGISTER_CRON)
        self.assertEqual(self.server.requests, [])

    def test_a_failure_leaves_unknown_and_is_tried_the_next_day(self):
        self.server.failures = ["html"]
        self._cron(BULLETIN_CRON)
        listed = self.listed.search([("siren", "=", SIREN)])
        self.assertRecordValues(
            listed,
            [{"standing": False, "bulletin_on": False, "bulletin_failure": "format"}],
        )
        self.assertEqual(self.debtor.solvency_state, "unknown")
        with freeze_time(days(1)):
            self._cron(BULLETIN_CRON)
        self.assertRecordValues(
            listed, [{"standing": "none", "bulletin_failure": False}]
        )

    def test_one_bad_batch_does_not_stop_the_others(self):
        self._customers(60)
        self.server.failures = ["html"]
        self._cron(BULLETIN_CRON)
        self.assertEqual(self.listed.search_count([("standing", "=", "none")]), 11)
        self.assertEqual(self.listed.search_count([("standing", "=", False)]), 50)

    def test_a_service_that_is_down_is_left_alone(self):
        self._customers(200)
        self.server.failures = [(429, {"Retry-After": "3600"})] * 10
        self._cron(BULLETIN_CRON)
        self.assertEqual(len(self.server.requests), 2)
        trigger = self.env["ir.cron.trigger"].search(
            [("cron_id", "=", self.env.ref(BULLETIN_CRON).id)]
        )
        self.assertEqual(trigger.call_at, datetime(2026, 3, 18, 1))

    def test_killed_in_the_middle_the_next_call_goes_on(self):
        self._customers(150)
        companies = type(self.listed)
        original = companies._read_bulletin
        batches = []

        def killed(records):
            if len(batches) == 2:
                raise SystemExit
            batches.append(records.mapped("siren"))
            return original(records)

        self.patch(companies, "_read_bulletin", killed)
        try:  # assertRaises would take back what was committed
            self._cron(BULLETIN_CRON)
            self.fail("it was not killed")
        except SystemExit:
            self.env.invalidate_all()
        self.patch(companies, "_read_bulletin", original)
        self.server.requests.clear()
        self.env.invalidate_all()
        self._cron(BULLETIN_CRON)
        self.assertEqual(len(self.server.requests), 2)  # of four batches
        self.assertEqual(self.listed.search_count([("standing", "=", "none")]), 151)

    def test_the_register_is_read_once_a_month(self):
        self.server.company(SIREN, etat_administratif="C")
        self._cron(REGISTER_CRON)
        self.assertEqual(self.debtor.solvency_state, "closed")
        asked = len(self.server.requests)
        with freeze_time(days(29)):
            self._cron(REGISTER_CRON)
        self.assertEqual(len(self.server.requests), asked)
        with freeze_time(days(31)):
            self._cron(REGISTER_CRON)
        self.assertEqual(len(self.server.requests), asked + 1)

    def test_what_a_person_noted_as_proceedings_is_not_lifted(self):
        self.debtor.solvency_state = "insolvency"
        self.server.company(SIREN)
        self._cron(BULLETIN_CRON)
        self._cron(REGISTER_CRON)
        self.assertEqual(self.debtor.solvency_state, "insolvency")

    def test_all_the_accounts_of_a_company_are_told(self):
        twin = self._debtor("Twin SARL", relance_siren=SIREN)
        other = self._debtor("Other SARL", relance_siren=OTHER_SIREN, customer_rank=1)
        self.server.notice(SIREN, "2026-03-10", LIQUIDATION, judgment="2026-03-03")
        self._cron(BULLETIN_CRON)
        self.assertEqual(twin.solvency_state, "insolvency")
        self.assertEqual(other.solvency_state, "unknown")

    def test_answers_are_read_by_officers_and_written_by_nobody(self):
        self._cron(BULLETIN_CRON)
        listed = self.listed.with_user(self.manager).search([])
        self.assertTrue(listed.mapped("standing"))
        with self.assertRaises(AccessError):
            listed.write({"standing": "open"})
        with self.assertRaises(AccessError):
            self.env["relance.notice"].with_user(self.manager).create({})


def luhn(number):
    """Return a valid SIREN with a number inside."""
    start = f"9{number:07}"
    digits = [int(d) for d in start]
    doubled = [
        d if i % 2 == 0 else (d * 2 - 9 if d > 4 else d * 2)
        for i, d in enumerate(digits)
    ]
    return start + str(-sum(doubled) % 10)
