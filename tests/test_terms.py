"""Payment terms beyond what the law allows, and beside what was agreed."""

from odoo import Command
from odoo.tests import freeze_time, tagged

from .common import TODAY, RelanceCase, days


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestTerms(RelanceCase):
    """On the term, on the customer and on the invoice, with the article."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.debtor = cls._debtor()

    def _term(self, nb_days, delay_type="days_after", **values):
        return self.env["account.payment.term"].create(
            {
                "name": f"{nb_days} {delay_type}",
                "line_ids": [
                    Command.create(
                        {
                            "value": "percent",
                            "value_amount": 100,
                            "nb_days": nb_days,
                            "delay_type": delay_type,
                            **values,
                        }
                    )
                ],
            }
        )

    def test_a_term_beyond_sixty_days_names_its_article(self):
        self.assertFalse(self._term(60).relance_breach)
        breach = self._term(61).relance_breach
        self.assertIn("1 day(s) beyond", breach)
        self.assertIn("Code de commerce, L441-10 I", breach)

    def test_sixty_days_end_of_month_is_always_unlawful(self):
        term = self._term(60, "days_after_end_of_month")
        self.assertIn("30 day(s) beyond", term.relance_breach)

    def test_forty_five_days_end_of_month_must_be_agreed_and_by_the_same_method(self):
        month_then_days = self._term(45, "days_after_end_of_month")
        days_then_month = self._term(
            45, "days_end_of_month_on_the", days_next_month="0"
        )
        terms = month_then_days + days_then_month
        for method, lawful in (
            (False, [False, False]),
            ("month_then_days", [True, False]),
            ("days_then_month", [False, True]),
        ):
            self.company.relance_end_of_month = method
            terms.invalidate_recordset(["relance_breach"])
            with self.subTest(method):
                found = [not term.relance_breach for term in terms]
                # By the other method it may be later on some days.
                self.assertEqual(found, lawful)

    def test_the_sector_of_the_company(self):
        self.company.relance_sector = "transport"
        self.assertIn("L441-11 II 5°", self._term(45).relance_breach)
        self.assertFalse(self._term(30).relance_breach)

    def test_a_customer_without_terms(self):
        self.debtor.property_payment_term_id = False
        self.assertIs(self.debtor.relance_terms_breach, False)

    def test_a_customer_by_its_own_rule(self):
        self.debtor.property_payment_term_id = self._term(45)
        self.assertFalse(self.debtor.relance_terms_breach)
        self.debtor.relance_public_buyer = "public"
        self.assertIn(
            "Code de la commande publique, R2192-10", self.debtor.relance_terms_breach
        )
        self.debtor.write({"relance_public_buyer": False, "relance_periodic": True})
        self.assertFalse(self.debtor.relance_terms_breach)
        self.debtor.property_payment_term_id = self._term(60)
        self.assertIn("periodic", self.debtor.relance_terms_breach)

    def test_consumers_are_not_concerned(self):
        person = self._debtor("Person", is_company=False)
        person.property_payment_term_id = self._term(90)
        self.assertFalse(person.relance_terms_breach)
        invoice = self._create_invoice_one_line(
            price_unit=100,
            partner_id=person,
            invoice_date=TODAY,
            invoice_date_due=days(90),
            tax_ids=[],
        )
        self.assertFalse(invoice.relance_terms_note)

    def test_an_invoice_beyond_the_law(self):
        invoice = self._create_invoice_one_line(
            price_unit=100,
            tax_ids=[],
            partner_id=self.debtor,
            invoice_date=TODAY,
            invoice_date_due=days(61),
        )
        self.assertIn("L441-10 I", invoice.relance_terms_note)
        invoice.invoice_date_due = days(60)
        self.assertFalse(invoice.relance_terms_note)

    def test_an_invoice_beside_what_was_agreed(self):
        agreed = self._term(30)
        self.debtor.property_payment_term_id = agreed
        invoice = self._create_invoice_one_line(
            price_unit=100,
            tax_ids=[],
            partner_id=self.debtor,
            invoice_date=TODAY,
            invoice_payment_term_id=self._term(45),
        )
        self.assertIn(
            f"Agreed with the customer: {agreed.name}", invoice.relance_terms_note
        )
        invoice.invoice_payment_term_id = agreed
        self.assertFalse(invoice.relance_terms_note)
