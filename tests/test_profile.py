"""Payer profiles proposed from real invoices and payments."""

from contextlib import contextmanager
from importlib.util import module_from_spec, spec_from_file_location
from itertools import pairwise
from pathlib import Path
from unittest.mock import patch

from odoo import Command, fields
from odoo.exceptions import UserError
from odoo.tests import freeze_time, tagged

from odoo.addons.relance_ar import hooks

from .common import SIREN, TODAY, RelanceCase, days

PUBLIC_SIREN = "110046018"


class ProfileCase(RelanceCase):
    """Makes payers of each kind, and assesses them as an officer."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.assessments = cls.env["relance.payer.assessment"].with_user(cls.officer)

    @classmethod
    def _paid(cls, partner, *delays, due=-60, amount=1000.0):
        """Pay an invoice for each number of days late; return the invoices."""
        invoices = cls.env["account.move"]
        for late in delays:
            invoice = cls._invoice(partner, days(due), amount)
            cls._register_payment(invoice, payment_date=days(due + late))
            invoices += invoice
        return invoices

    def _assess(self, company=None):
        """Press "Assess now"."""
        self.env.flush_all()
        self.assessments.with_company(company or self.company).action_assess_now()

    def _row(self, partner, company=None):
        domain = [("partner_id", "=", partner.id)]
        domain += [("company_id", "=", (company or self.company).id)]
        return self.assessments.search(domain)

    def _assessed(self, partner):
        """Assess, and return the debtor's row."""
        self._assess()
        return self._row(partner)

    def _suggested(self, partner):
        return self._assessed(partner).suggestion_id.code

    def _last_sentence(self, partner):
        return self._row(partner).evidence.splitlines()[-1]


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestFigures(ProfileCase):
    """What is counted as a payment, and how late it was."""

    def setUp(self):
        super().setUp()
        self.debtor = self._debtor()

    def test_days_late_are_weighted_by_the_amounts(self):
        self._paid(self.debtor, 10, 22)
        self._paid(self.debtor, 30, amount=3000.0)
        self._invoice(self.debtor, days(-12), 700.0)
        row = self._assessed(self.debtor)
        self.assertRecordValues(
            row,
            [
                {
                    "company_id": self.company.id,
                    "paid_amount": 5000.0,
                    "paid_count": 3,
                    "days_late": 24.4,
                    "spread": 7.8,
                    "on_time_share": 0.0,
                    "invoice_count": 4,
                    "overdue_amount": 700.0,
                    "overdue_days": 12,
                    "last_payment": days(-30),
                    "assessed_on": TODAY,
                    "is_settled": False,
                }
            ],
        )
        self.assertEqual(
            row.evidence.replace("\N{NO-BREAK SPACE}", " ").splitlines(),
            [
                "On average 24 days late over 12 months, weighted by amounts (spread 8 "
                "days, 3 instalments, 5,000.00 €).",
                "0 % of it was paid on time.",
                "700.00 € overdue, the oldest for 12 days.",
                "Last payment on 02/16/2026, 30 days ago.",
                "➔ Negligent: late now and then, without ill will.",
            ],
        )

    def test_the_bank_has_two_days(self):
        self._paid(self.debtor, -5, 0, 2, 3)
        row = self._assessed(self.debtor)
        self.assertEqual(row.on_time_share, 0.75)
        self.assertEqual((row.days_late, row.spread), (0.0, 3.1))
        self.assertIn("On average on the due date over 12 months", row.evidence)

    def test_a_credit_note_is_not_a_payment(self):
        for invoice in (
            self._invoice(self.debtor, days(-50)),
            self._invoice(self.debtor, days(-40)),
        ):
            refund = self._reverse_invoice(invoice, date=days(-1), post=True)
            self.assertEqual(refund.move_type, "out_refund")
            self.assertTrue(self._lines(invoice).reconciled)
        row = self._assessed(self.debtor)
        self.assertFalse(row.paid_count)
        self.assertIn("No invoice paid over the last 12 months.", row.evidence)

    def test_neither_is_a_write_off(self):
        invoice = self._invoice(self.debtor, days(-60))
        line = self._lines(invoice)
        loss = self.env["account.move"].create(
            {
                "move_type": "entry",
                "date": days(-5),
                "journal_id": self.company_data["default_journal_misc"].id,
                "line_ids": [
                    Command.create(
                        {
                            "account_id": line.account_id.id,
                            "partner_id": self.debtor.id,
                            "credit": 1000.0,
                        }
                    ),
                    Command.create(
                        {
                            "account_id": self.company_data[
                                "default_account_expense"
                            ].id,
                            "debit": 1000.0,
                        }
                    ),
                ],
            }
        )
        loss.action_post()
        (line + loss.line_ids.filtered("credit")).reconcile()
        self.assertTrue(line.reconciled)
        self.assertFalse(self._assessed(self.debtor).paid_count)

    def test_nor_an_exchange_difference(self):
        dollar = self.setup_other_currency(
            "USD", rates=[("2020-01-01", 2.0), (days(-45), 4.0)]
        )
        invoice = self._invoice(self.debtor, days(-60), 1000.0, currency_id=dollar.id)
        self._register_payment(
            invoice, payment_date=days(-40), currency_id=dollar.id, amount=1000.0
        )
        self.assertTrue(self._lines(invoice).reconciled)
        self.assertEqual(len(self._lines(invoice).matched_credit_ids), 2)
        row = self._assessed(self.debtor)
        # 1 000 dollars were 500 euros; the 250 that the rate took are no payment.
        self.assertRecordValues(
            row, [{"paid_amount": 250.0, "paid_count": 1, "days_late": 20.0}]
        )

    def test_an_instalment_paid_in_two_times_counts_once(self):
        invoice = self._invoice(self.debtor, days(-60))
        self._register_payment(invoice, amount=250.0, payment_date=days(-56))
        self._register_payment(invoice, amount=750.0, payment_date=days(-40))
        row = self._assessed(self.debtor)
        self.assertRecordValues(
            row, [{"paid_amount": 1000.0, "paid_count": 1, "days_late": 16.0}]
        )

    def test_payments_of_more_than_a_year_ago_are_over(self):
        self._paid(self.debtor, 0, due=-365)
        self._paid(self.debtor, 0, due=-364)
        self.assertEqual(self._assessed(self.debtor).paid_count, 1)

    def test_a_debtor_whose_history_is_over_loses_the_suggestion(self):
        self._paid(self.debtor, 0, 0, 0)
        self.assertEqual(self._suggested(self.debtor), "good")
        with freeze_time(fields.Date.add(TODAY, years=1)):
            row = self._assessed(self.debtor)
        self.assertRecordValues(
            row, [{"suggestion_id": False, "paid_count": 0, "is_settled": True}]
        )

    def test_free_credits_are_set_against_what_is_overdue(self):
        self._invoice(self.debtor, days(-60))
        payment = self.env["account.payment"].create(
            {
                "partner_id": self.debtor.id,
                "payment_type": "inbound",
                "partner_type": "customer",
                "amount": 400.0,
                "date": days(-3),
            }
        )
        payment.action_post()
        row = self._assessed(self.debtor)
        self.assertEqual((row.overdue_amount, row.last_payment), (600.0, days(-3)))

    def test_what_is_excluded_or_not_yet_due_is_not_overdue(self):
        self._invoice(self.debtor, days(0))
        out = self._invoice(self.debtor, days(-60))
        self._lines(out).no_followup = True
        self.assertEqual(self._assessed(self.debtor).overdue_amount, 0.0)

    def test_what_is_paid_just_after_a_reminder(self):
        invoices = [self._invoice(self.debtor, days(-3)) for _ in range(4)]
        reminder = self._plan()
        reminder.action_approve()
        reminder.sudo()._confirm("sent")
        for invoice, ago in zip(invoices, (0, 5, 10, 11), strict=True):
            self._register_payment(invoice, payment_date=days(ago))
        with freeze_time(days(12)):
            row = self._assessed(self.debtor)
        self.assertEqual(row.after_reminder_share, 0.75)
        self.assertEqual(row.suggestion_id.code, "negligent")
        self.assertEqual(
            self._last_sentence(self.debtor),
            "➔ Negligent: pays when reminded, not before.",
        )

    def test_a_reminder_that_did_not_leave_explains_nothing(self):
        [invoice] = [self._invoice(self.debtor, days(-3))]
        self._plan()
        self._register_payment(invoice, payment_date=TODAY)
        self.assertEqual(self._assessed(self.debtor).after_reminder_share, 0.0)

    def test_invoices_to_a_contact_are_those_of_the_company(self):
        contact = self._debtor("Buyer", parent_id=self.debtor.id, is_company=False)
        self._paid(contact, 0, 0, 0)
        self.assertEqual(self._suggested(self.debtor), "good")
        self.assertFalse(self._row(contact))
        theirs = contact.with_user(self.officer)
        self.assertEqual(theirs.payer_profile_suggestion_id.code, "good")

    def test_nothing_is_written_again_when_nothing_has_changed(self):
        self._paid(self.debtor, 0, 5, 10)
        rows = self.env["relance.payer.assessment"]
        self.assertEqual(rows._assess(self.company), 1)
        self.assertEqual(rows._assess(self.company), 0)
        with freeze_time(days(1)):
            self.assertEqual(rows._assess(self.company), 0)
        self.assertEqual(self._row(self.debtor).assessed_on, TODAY)
        self._paid(self.debtor, 30)
        self.assertEqual(rows._assess(self.company), 1)

    def test_only_the_debtors_asked_for(self):
        other = self._debtor("Other SA")
        self._paid(self.debtor, 0, 0, 0)
        self._paid(other, 0, 0, 0)
        self.debtor.with_user(self.officer).action_assess_payer_profile()
        self.assertEqual(self._row(self.debtor).suggestion_id.code, "good")
        self.assertFalse(self._row(other))

    def test_the_number_of_queries_does_not_depend_on_the_debtors(self):
        def queries():
            self.env.invalidate_all()
            start = self.cr.sql_log_count
            self.env["relance.payer.assessment"]._assess(self.company)
            return self.cr.sql_log_count - start

        self._paid(self.debtor, 0)
        queries()
        few = queries()
        for rank in range(5):
            self._paid(self._debtor(f"Debtor {rank}"), rank)
        self.assertEqual(queries(), few)

    def test_the_evidence_is_in_the_language_of_the_reader(self):
        self._paid(self.debtor, 4)
        row = self._assessed(self.debtor)
        french = row.with_context(lang="fr_FR").evidence
        self.assertIn("1\N{NO-BREAK SPACE}000,00", french)


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestSuggestions(ProfileCase):
    """Each profile, from a debtor who pays that way."""

    def setUp(self):
        super().setUp()
        self.debtor = self._debtor(relance_siren=SIREN)

    @contextmanager
    def _agreements(self, **counters):
        """Let a module tell how promises and disputes ended."""
        found = {self.debtor.id: counters}
        with patch.object(
            type(self.env["relance.payer.assessment"]),
            "_load_agreements",
            lambda records, ids, company: found,
        ):
            yield

    def test_who_pays_on_the_day_is_a_good_payer(self):
        self._paid(self.debtor, 0, -2, 1)
        self.assertEqual(self._suggested(self.debtor), "good")

    def test_who_pays_late_now_and_then_is_negligent(self):
        self._paid(self.debtor, 0, 12, 25)
        self.assertEqual(self._suggested(self.debtor), "negligent")

    def test_who_pays_very_late_is_a_bad_payer(self):
        self._paid(self.debtor, 20, 40, 55)
        self.assertEqual(self._suggested(self.debtor), "bad_payer")

    def test_who_never_pays_is_a_bad_payer(self):
        for due in (-90, -61, -20):
            self._invoice(self.debtor, days(due))
        self.assertEqual(self._suggested(self.debtor), "bad_payer")

    def test_who_breaks_promises_is_a_bad_payer(self):
        self._paid(self.debtor, 5, 12, 20)
        with self._agreements(promises_kept=1, promises_broken=2):
            self.assertEqual(self._suggested(self.debtor), "bad_payer")
        evidence = self._row(self.debtor).evidence
        self.assertIn("Promises: 1 kept, 2 broken.", evidence)
        self.assertIn("2 of 3 promises broken.", evidence)

    def test_who_always_disputes(self):
        self._paid(self.debtor, 5, 12, 20)
        with self._agreements(disputes_upheld=1, disputes_rejected=2):
            self.assertEqual(self._suggested(self.debtor), "dispute")
        self.assertIn(
            "Disputes: 1 upheld, 2 rejected, for 3 invoices.",
            self._row(self.debtor).evidence,
        )

    def test_who_is_always_late_by_the_same_days_has_a_circuit(self):
        self._paid(self.debtor, 35, 36, 35, 34, 35, 37)
        self.assertEqual(self._suggested(self.debtor), "administrative")

    def test_a_public_body(self):
        self.debtor.relance_siren = PUBLIC_SIREN
        self._invoice(self.debtor, days(-3))
        self.assertEqual(self._suggested(self.debtor), "administrative")

    def test_a_company_in_proceedings_is_insolvent(self):
        self._paid(self.debtor, 0, 0, 0)
        for state in ("insolvency", "closed"):
            self.debtor.with_user(self.officer).solvency_state = state
            self.assertEqual(self._suggested(self.debtor), "insolvent")
        self.assertEqual(
            self._last_sentence(self.debtor),
            "➔ Insolvent: the registers say “Closed down”.",
        )

    def test_a_regular_payer_who_stops_is_insolvent(self):
        self._paid(self.debtor, 0, 3, 5, due=-150)
        self._invoice(self.debtor, days(-70), 5000.0)
        self.assertEqual(self._suggested(self.debtor), "insolvent")
        self.assertEqual(
            self._last_sentence(self.debtor),
            "➔ Insolvent: a regular payer from whom nothing has come for 145 days, "
            "with a debt 70 days overdue.",
        )

    def test_an_automatic_method_set_for_the_customer(self):
        method = self.inbound_payment_method_line
        self._invoice(self.debtor, days(-3))
        self.debtor.property_inbound_payment_method_line_id = method
        self.assertFalse(self._suggested(self.debtor))
        self.company.relance_automatic_method_line_ids = method
        self.assertEqual(self._suggested(self.debtor), "automatic")

    def test_payments_by_automatic_methods(self):
        self._paid(self.debtor, 0, 0, 12)
        self.company.relance_automatic_method_line_ids = (
            self.inbound_payment_method_line
        )
        row = self._assessed(self.debtor)
        self.assertEqual(row.suggestion_id.code, "automatic")
        self.assertEqual(row.automatic_share, 1.0)

    def test_a_new_customer_has_no_suggestion(self):
        self._paid(self.debtor, 0, 0)
        row = self._assessed(self.debtor)
        self.assertRecordValues(row, [{"suggestion_id": False, "is_settled": True}])
        self.assertEqual(
            self._last_sentence(self.debtor),
            "➔ No suggestion: 2 instalment(s) to go by, at least 3 are needed.",
        )

    def test_the_methods_are_chosen_in_the_settings(self):
        method = self.inbound_payment_method_line
        settings = self.env["res.config.settings"].create({})
        settings.relance_automatic_method_line_ids = method
        settings.execute()
        self.assertEqual(self.company.relance_automatic_method_line_ids, method)


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestProfiles(ProfileCase):
    """The seven profiles as they are installed, and who changes them."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.profiles = cls.env["relance.payer.profile"].search([])

    def test_there_is_one_of_each_code_with_a_scenario_of_its_own(self):
        codes = dict(self.profiles._fields["code"].selection)
        self.assertEqual(sorted(self.profiles.mapped("code")), sorted(codes))
        self.assertEqual(len(self.profiles.scenario_id), len(codes))
        self.assertTrue(all(self.profiles.mapped("strategy")))

    def test_only_automatic_payers_are_not_reminded(self):
        silent = self.profiles.filtered(lambda profile: not profile.is_chased)
        self.assertRecordValues(silent, [{"code": "automatic", "watch_days": 5}])

    def test_every_step_comes_on_its_day(self):
        """No step is pushed back by the gap or the deadline of the one before."""
        for scenario in self.profiles.scenario_id:
            levels = scenario.level_ids.sorted("delay_days")
            for level, following in pairwise(levels):
                with self.subTest(scenario.name, level=level.name):
                    wait = scenario.min_gap_days
                    if level.phase != "preventive":
                        wait = max(wait, level.deadline_days + scenario.grace_days)
                    free = level.delay_days + wait
                    self.assertLessEqual(free, following.delay_days)

    def _scenario_of(self, code):
        found = self.profiles.filtered(lambda profile: profile.code == code)
        return found.scenario_id

    def test_the_cadences_follow_the_strategies(self):
        def delays(code, phase):
            levels = self._scenario_of(code).level_ids
            return levels.filtered(lambda lv: lv.phase == phase).mapped("delay_days")

        self.assertEqual(delays("negligent", "preventive"), [-10, -3])
        self.assertEqual(delays("administrative", "preventive"), [-15, -5])
        self.assertEqual(delays("bad_payer", "formal_notice"), [18])
        self.assertEqual(delays("insolvent", "formal_notice"), [30])
        self.assertEqual(delays("administrative", "formal_notice"), [75])
        bad = self._scenario_of("bad_payer").level_ids
        self.assertNotIn("letter", bad.channel_ids.mapped("code"))
        good = self._scenario_of("good").level_ids
        self.assertEqual(set(good.mapped("phase")), {"level_1"})
        self.assertIn(
            "visit", self._scenario_of("insolvent").level_ids.channel_ids.mapped("code")
        )

    def test_each_new_text_can_be_rendered(self):
        debtor = self._debtor()
        self._invoice(debtor, days(-3))
        reminder = self._plan()
        templates = self.profiles.scenario_id.level_ids.mail_template_id
        self.assertGreaterEqual(len(templates), 11)
        for template in templates:
            with self.subTest(template.name):
                values = template._generate_template(
                    reminder.ids, ("subject", "body_html", "email_to")
                )[reminder.id]
                self.assertIn("Creditor SAS", values["subject"])
                self.assertIn(reminder.line_ids.move_name, values["body_html"])

    def test_the_manager_gives_a_profile_another_scenario(self):
        negligent = self.env.ref("relance_ar.payer_profile_negligent")
        negligent = negligent.with_user(self.manager)
        negligent.write({"scenario_id": self.scenario.id, "strategy": "Call first."})
        self.assertEqual(negligent.scenario_id, self.scenario)

    def test_customers_of_a_deleted_profile_have_none(self):
        debtor, profile = self._debtor(), self.profiles[0]
        debtor.payer_profile_id = profile
        profile.sudo().unlink()
        debtor.invalidate_recordset()
        self.assertFalse(debtor.payer_profile_id)

    def test_a_scenario_of_one_company_is_refused(self):
        private = self.scenario.copy({"company_id": self.company.id, "name": "Ours"})
        profile = self.env.ref("relance_ar.payer_profile_negligent")
        with self.assertRaisesRegex(UserError, "serves all companies"):
            profile.with_user(self.manager).scenario_id = private


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestInstallation(RelanceCase):
    """The solvency of all partners, without the ORM writing each of them."""

    def _column(self):
        """Return the default of the column, and the values found in it."""
        self.cr.execute(
            """
            SELECT column_default FROM information_schema.columns
             WHERE table_name = 'res_partner' AND column_name = 'solvency_state'
            """
        )
        [default] = self.cr.fetchone()
        self.cr.execute("SELECT DISTINCT solvency_state FROM res_partner")
        return default, [value for [value] in self.cr.fetchall()]

    def _without_column(self):
        self.env.flush_all()
        self.cr.execute("ALTER TABLE res_partner DROP COLUMN solvency_state CASCADE")

    def test_installing(self):
        self._without_column()
        hooks.pre_init_hook(self.env)
        default, values = self._column()
        self.assertEqual(
            (default, values), ("'unknown'::character varying", ["unknown"])
        )

    def test_upgrading(self):
        module = "odoo.addons.relance_ar.migrations"
        path = Path(hooks.__file__).parent / "migrations/19.0.1.1.0/pre-migration.py"
        spec = spec_from_file_location(f"{module}.pre", path)
        script = module_from_spec(spec)
        spec.loader.exec_module(script)
        self._without_column()
        script.migrate(self.cr, "19.0.1.0.0")
        self.assertEqual(self._column()[1], ["unknown"])
        script.migrate(self.cr, "19.0.1.0.0")  # twice does no harm
