"""Mentions on invoices, notes of e-invoices, and the table of rates."""

from contextlib import contextmanager
from datetime import date
from unittest.mock import patch

from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import freeze_time, tagged

from odoo.addons.account.models.account_move import AccountMove

from .common import TODAY, days
from .test_penalties_vectors import TOWN_SIREN, PenaltyCase

NOTES = "_l10n_fr_pdp_get_default_notes"


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestMentions(PenaltyCase):
    """What an invoice to a professional says: L441-9."""

    def _printed(self, invoice):
        """Return the text of the invoice as the printing program receives it."""
        reports = self.env["ir.actions.report"]
        html, _kind = reports._render_qweb_html("account.account_invoices", invoice.ids)
        return " ".join(html.decode().split())

    def test_the_mentions_of_a_business_customer(self):
        invoice = self._invoice(self._debtor(), "2026-04-30")
        self.assertEqual(
            invoice._get_relance_mentions(),
            [
                "Payment due on 04/30/2026.",
                "Late payment: penalties at the yearly rate of the European Central "
                "Bank's main refinancing operations plus 10 points (12.15 % in the "
                "half-year from 01/01/2026), due without reminder from the day after "
                "the due date.",
                "Lump-sum indemnity for recovery costs in case of late payment: €40 "
                "(Code de commerce, L441-10 and D441-5).",
                "No discount for early payment.",
            ],
        )
        printed = self._printed(invoice)
        self.assertIn("€40", printed)
        self.assertIn("12.15 %", printed)

    def test_a_contract_rate_and_a_discount(self):
        self.company.relance_penalty_rate = 15
        self.company.relance_discount_note = "Discount of 1 % within 8 days."
        invoice = self._invoice(self._debtor(), "2026-04-30")
        mentions = " ".join(invoice._get_relance_mentions())
        self.assertIn("yearly rate of 15.00 %", mentions)
        self.assertIn("Discount of 1 % within 8 days.", mentions)
        self.assertNotIn("No discount", mentions)

    def test_the_discount_of_the_payment_terms(self):
        term = self.env["account.payment.term"].create(
            {
                "name": "2/10",
                "early_discount": True,
                "discount_percentage": 2,
                "discount_days": 10,
                "line_ids": [
                    Command.create(
                        {"value": "percent", "value_amount": 100, "nb_days": 30}
                    )
                ],
            }
        )
        invoice = self._create_invoice_one_line(
            price_unit=100,
            partner_id=self._debtor(),
            invoice_date=TODAY,
            invoice_payment_term_id=term,
            post=True,
        )
        self.assertEqual(
            invoice._get_relance_mentions()[-1],
            "Discount of 2.00 % if paid within 10 days.",
        )

    def test_each_instalment_has_its_day(self):
        term = self.env["account.payment.term"].create(
            {
                "name": "halves",
                "line_ids": [
                    Command.create(
                        {"value": "percent", "value_amount": 50, "nb_days": count}
                    )
                    for count in (0, 28)
                ],
            }
        )
        invoice = self._create_invoice_one_line(
            price_unit=1000,
            tax_ids=[],
            partner_id=self._debtor(),
            invoice_date=date(2026, 1, 31),
            invoice_payment_term_id=term,
            post=True,
        )
        due = invoice._get_relance_mentions()[0]
        self.assertIn("on 01/31/2026", due)
        self.assertIn("on 02/28/2026", due)

    def test_a_public_buyer(self):
        town = self._debtor("Town", relance_siren=TOWN_SIREN)
        mentions = " ".join(self._invoice(town, "2026-04-30")._get_relance_mentions())
        self.assertIn("plus 8 points (10.15 %", mentions)
        self.assertIn("D2192-35", mentions)

    def test_none_for_consumers_nor_others(self):
        person = self._debtor("Claude Petit", is_company=False)
        self.assertFalse(self._invoice(person, "2026-04-30")._get_relance_mentions())
        self.assertNotIn("€40", self._printed(self._invoice(person, "2026-04-30")))
        refund = self._invoice(self._debtor(), "2026-04-30", move_type="out_refund")
        self.assertFalse(refund._get_relance_mentions())
        self.company.relance_penalty_mentions = False
        invoice = self._invoice(self._debtor(), "2026-04-30")
        self.assertFalse(invoice._get_relance_mentions())

    def test_a_rate_not_yet_known_is_not_guessed(self):
        invoice = self._invoice(self._debtor(), "2030-12-31")
        mentions = " ".join(invoice._get_relance_mentions())
        self.assertIn("plus 10 points, due", mentions)
        self.assertNotIn("half-year", mentions)

    def test_in_the_language_of_the_customer(self):
        invoice = self._invoice(self._debtor(lang="fr_FR"), "2026-04-30")
        mentions = invoice.with_context(lang="fr_FR")._get_relance_mentions()
        self.assertIn("30/04/2026", mentions[0])
        self.assertIn("12,15", mentions[1])


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestElectronicNotes(PenaltyCase):
    """Odoo's French e-invoicing states a flat 10 %, wherever it is installed."""

    @contextmanager
    def _einvoicing(self):
        """Add what that module adds to invoices, then look for it as at the start."""

        def notes(move):
            return {
                "PMT": "A flat-rate fee of €40.",
                "PMD": "Late payment penalties at an annual rate of 10% are applied.",
                "AAB": "No discount for early payment.",
                "REG": "Another note.",
            }

        model = self.registry["account.move"]
        with patch.object(AccountMove, NOTES, notes, create=True):
            self.env["account.move"]._register_hook()
            self.env["account.move"]._register_hook()
            try:
                yield
            finally:
                delattr(model, NOTES)

    def test_the_real_terms_are_stated(self):
        self.company.relance_discount_note = "Discount of 1 % within 8 days."
        invoice = self._invoice(self._debtor(), "2026-04-30")
        with self._einvoicing():
            found = getattr(invoice, NOTES)()
        self.assertIn("12.15 %", found["PMD"])
        self.assertNotIn("10%", found["PMD"])
        self.assertIn("D441-5", found["PMT"])
        self.assertEqual(found["AAB"], "Discount of 1 % within 8 days.")
        self.assertEqual(found["REG"], "Another note.")
        self.assertEqual(list(found), ["PMT", "PMD", "AAB", "REG"])

    def test_a_consumer_keeps_what_odoo_says(self):
        person = self._debtor("Claude Petit", is_company=False)
        invoice = self._invoice(person, "2026-04-30")
        with self._einvoicing():
            self.assertIn("10%", getattr(invoice, NOTES)()["PMD"])

    def test_nothing_is_added_where_it_is_not_installed(self):
        self.env["account.move"]._register_hook()
        self.assertFalse(hasattr(self.registry["account.move"], NOTES))


@tagged("post_install", "-at_install")
class TestRatesAsked(PenaltyCase):
    """Accountants are asked for the values of each half-year."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.accountant = cls._new_user("chief", "account.group_account_manager")

    def _ask(self, day):
        """Run the cron; return the activities that ask for rates, done or not."""
        with freeze_time(day), self.enter_registry_test_mode():
            self.env.ref("relance_ar.ir_cron_ask_rates").method_direct_trigger()
        return (
            self.env["mail.activity"]
            .with_context(active_test=False)
            .search(
                [
                    (
                        "activity_type_id",
                        "=",
                        self.env.ref("relance_ar.mail_activity_type_rates").id,
                    )
                ]
            )
        )

    def test_from_15_december_and_once(self):
        self.assertFalse(self._ask("2026-12-14"))
        asked = self._ask("2026-12-15")
        self.assertTrue(asked)
        self.assertEqual(set(asked.mapped("date_deadline")), {date(2027, 1, 1)})
        self.assertEqual(len(asked.user_id), len(asked), "one each")
        self.assertIn("01/01/2027", asked[0].summary)
        self.assertEqual(asked[0].res_model, "relance.interest.rate")
        for day in ("2026-12-16", "2026-12-31", "2027-01-10"):
            self.assertEqual(self._ask(day), asked)

    def test_each_is_asked_in_their_language(self):
        accountants = self.env["relance.interest.rate"]._get_accountants()
        accountants.lang = "fr_FR"
        asked = self._ask("2026-12-15")
        self.assertEqual(asked.user_id, accountants)
        for task in asked:
            self.assertIn("Saisir les taux", task.summary)

    def test_from_15_june_too(self):
        self._rate("ecb_mro", "2027-01-01", 2)
        for kind in ("legal_professional", "legal_individual"):
            self._rate(kind, "2027-01-01", 3)
        self.assertFalse(self._ask("2027-06-14"))
        asked = self._ask("2027-06-15")
        self.assertEqual(set(asked.mapped("date_deadline")), {date(2027, 7, 1)})

    def test_a_cron_that_was_off_in_december_asks_in_january(self):
        asked = self._ask("2027-02-03")
        self.assertEqual(set(asked.mapped("date_deadline")), {date(2027, 1, 1)})

    def test_entering_the_last_value_closes_it(self):
        asked = self._ask("2026-12-15")
        self._rate("ecb_mro", "2027-01-01", 2.4)
        self._rate("legal_individual", "2027-01-01", 6.9)
        self.assertTrue(all(asked.mapped("active")))
        self._rate("legal_professional", "2027-01-01", 2.8)
        self.assertFalse(any(asked.mapped("active")))
        self.assertEqual(self._ask("2026-12-16"), asked)

    def test_a_value_is_confirmed_by_who_may_enter_it(self):
        rate = self.env.ref("relance_ar.relance_interest_rate_ecb_mro_2026_07")
        self.assertFalse(rate.is_confirmed)
        with self.assertRaises(AccessError):
            rate.with_user(self.officer).action_confirm()
        with freeze_time("2026-07-02"):
            rate.with_user(self.accountant).action_confirm()
        self.assertRecordValues(
            rate,
            [
                {
                    "is_confirmed": True,
                    "confirmed_by_id": self.accountant.id,
                    "confirmed_on": date(2026, 7, 2),
                }
            ],
        )
        self.assertFalse(rate.with_user(self.accountant).action_confirm())


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestReading(PenaltyCase):
    """Who is told of penalties."""

    def test_who_invoices_sees_the_tab_but_not_the_customer(self):
        accountant = self._new_user("invoicing", "account.group_account_invoice")
        invoice = self._invoice(self._debtor(), days(-30))
        self.assertTrue(invoice.with_user(accountant).relance_penalty_table)
        invoice.with_user(accountant).relance_penalty_rate = 11
        self.assertEqual(invoice.relance_penalty_rate, 11)
        with self.assertRaises(AccessError):
            invoice.partner_id.with_user(accountant).read(["relance_penalty_regime"])

    def test_an_officer_does_not_rewrite_an_invoice(self):
        invoice = self._invoice(self._debtor(), days(-30))
        with self.assertRaises(AccessError):
            invoice.with_user(self.officer).relance_penalty_rate = 1
