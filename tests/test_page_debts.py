"""What the page asks for: what is owed to us now, and nothing else."""

from datetime import date

from lxml import html

from odoo.tests import freeze_time, tagged

from .common import TODAY, days
from .page_case import PageCase

QR = "data:image/png;base64"


class DebtsCase(PageCase):
    def _page(self):
        return self._text(self._get()).replace("\xa0", " ")

    def _pays(self, **query):
        return self._get("/pay", **query).status_code == 200

    def _pays_all(self):
        return self._pays(overdue=self.company.currency_id.id)

    def _boxes(self, response):
        """Return ``{line id: whether it is ticked}`` of a page."""
        page = html.fromstring(response.text)
        boxes = page.xpath("//input[@name='line']")
        return {int(box.get("value")): bool(box.get("checked")) for box in boxes}


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestHandedOver(DebtsCase):
    """The overdue invoice is in litigation; another one is not."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.other = cls._invoice(cls.debtor, days(-5), 250)
        cls.theirs = cls.env["res.partner"].create({"name": "Recouvrements SA"})

    def _hand_over(self, route="injunction", **values):
        action = self.late.with_user(self.manager).action_relance_litigate()
        case = self.env["relance.litigation"].browse(action["res_id"])
        case = case.with_user(self.manager)
        case.write(
            {
                "route_id": self.env.ref(f"relance_ar.litigation_route_{route}").id,
                "case_number": "RP-77",
                **values,
            }
        )
        case.action_hand_over()
        return case

    def test_a_claim_before_a_court_is_apart_and_not_asked_for(self):
        self._hand_over(court="Tribunal de Lyon")
        page = self._page()
        self.assertIn("Handed over: Tribunal de Lyon (RP-77).", page)
        self.assertIn("Pay all that is overdue: 250.00 €", page)
        self.assertNotIn("13 days late", page)
        ticked = self._boxes(self._get())
        self.assertFalse(ticked[self.late.id])
        self.assertTrue(ticked[self._lines(self.other).id])
        self.assertTrue(self._pays(line=self.late.id))  # to us, if they wish

    def test_what_is_owed_to_a_factor_is_neither_paid_nor_promised_to_us(self):
        self._hand_over("factor", handler_id=self.theirs.id)
        words = "Handed over to Recouvrements SA (RP-77): please pay to them."
        self.assertIn(words, self._page())
        self.assertIn(self.bank.acc_number, self._page())
        self.assertFalse(self._pays(line=self.late.id))
        self.assertNotIn(self.late.id, self._boxes(self._get("/answer/promise")))
        self.assertIn(self.late.id, self._boxes(self._get("/answer/dispute")))
        for kind in ("promise", "approved", "paid"):
            response = self._post(kind, date=str(TODAY))
            self.assertEqual(response.status_code, 422)
            self.assertIn(words, self._text(response))
        self.assertFalse(self.answers.search([]))
        for invoice in (self.other, self.coming):
            self._register_payment(invoice)
        self.assertNotIn(self.bank.acc_number, self._page())

    def test_a_promise_about_it_does_not_hide_the_rest(self):
        self._hand_over(court="Tribunal de Lyon")
        response = self._post("promise", date=str(days(4)))
        self.assertEqual(response.status_code, 303)
        self.assertIn("250.00 €", self._page())

    def test_handed_back_it_is_asked_for_again(self):
        case = self._hand_over(court="Tribunal de Lyon")
        case.action_hand_back()
        self.assertIn("Pay all that is overdue: 1,250.00 €", self._page())

    def _close(self, route, outcome):
        case = self._hand_over(route, handler_id=self.theirs.id)
        case.outcome = outcome
        case.action_close()
        self.assertEqual(case.state, "closed")

    def test_once_its_case_is_closed_nobody_is_sent_to_the_agency(self):
        self._close("agency", "hopeless")
        page = self._page()
        self.assertNotIn("please pay to them", page)
        self.assertIn("Recouvrements SA (RP-77): closed. Please talk to us.", page)
        # Not chased, but taken.
        self.assertIn("Pay all that is overdue: 250.00 €", page)
        self.assertFalse(self._boxes(self._get())[self.late.id])
        self.assertTrue(self._pays(line=self.late.id))
        self.assertTrue(self._boxes(self._get("/answer/promise"))[self.late.id])
        response = self._post("promise", date=str(days(4)))
        self.assertEqual(response.status_code, 303)
        for invoice in (self.other, self.coming):
            self._register_payment(invoice)
        self.assertIn(self.bank.acc_number, self._page())

    def test_a_factor_holds_the_debt_when_the_case_is_closed_too(self):
        self._close("factor", "hopeless")
        words = "Handed over to Recouvrements SA (RP-77): please pay to them."
        self.assertIn(words, self._page())
        self.assertFalse(self._pays(line=self.late.id))

    def _check_settled(self, outcome):
        self._close("agency", outcome)
        words = "Recouvrements SA (RP-77): closed. Nothing more is asked for."
        self.assertIn(words, self._page())
        self.assertFalse(self._pays(line=self.late.id))
        response = self._post("promise", date=str(TODAY))
        self.assertEqual(response.status_code, 422)
        self.assertIn(words, self._text(response))

    def test_what_was_paid_in_a_case_is_not_paid_again(self):
        self._check_settled("paid")

    def test_what_was_lost_in_a_case_is_not_asked_for(self):
        self._check_settled("lost")


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestProceedings(DebtsCase):
    """A judgment stops the debts born before it, and no others."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # Invoiced thirty days before they fall due: on 3 and 26 February.
        cls.proceeding = (
            cls.env["relance.proceeding"]
            .sudo()
            .create(
                {
                    "company_id": cls.company.id,
                    "partner_id": cls.debtor.id,
                    "state": "confirmed",
                    "opened_on": date(2026, 2, 20),
                }
            )
        )
        cls.debtor.sudo().solvency_state = "insolvency"

    def test_debts_since_the_judgment_are_paid_and_promised(self):
        self.assertLess(self.invoice.invoice_date, self.proceeding.opened_on)
        self.assertGreater(self.coming.invoice_date, self.proceeding.opened_on)
        page = self._page()
        self.assertIn("Because of the insolvency proceedings", page)
        self.assertIn("Stopped by the insolvency proceedings", page)
        self.assertNotIn("Pay all that is overdue", page)
        self.assertFalse(self._pays(line=self.late.id))
        self.assertTrue(self._pays(line=self.next.id))
        response = self._post("promise", lines=self.next, date=str(days(5)))
        self.assertEqual(response.status_code, 303)
        self.assertEqual(self._of_debtor("relance.promise").move_line_ids, self.next)

    def test_debts_before_it_are_not(self):
        for kind in ("promise", "paid", "approved"):
            self.assertNotIn(self.late.id, self._boxes(self._get(f"/answer/{kind}")))
            response = self._post(kind, date=str(TODAY))
            self.assertEqual(response.status_code, 422)
            self.assertIn("insolvency", response.text)
        self.assertFalse(self._of_debtor("relance.promise"))


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestTransfer(DebtsCase):
    """The code to scan, and the account that it names."""

    def test_two_currencies_leave_the_code_in_euros(self):
        dollar = self.setup_other_currency("USD")
        self._invoice(self.debtor, days(-5), 50, currency_id=dollar.id)
        self.assertLess(dollar.id, self.company.currency_id.id)
        self.assertIn(QR, self._get().text)
        self.assertIn("Amount 1,000.00 €", self._page())

    def test_when_nothing_is_late_it_is_for_what_comes(self):
        self._register_payment(self.invoice)
        self.assertIn(QR, self._get().text)
        self.assertIn("Amount 300.00 €", self._page())

    def test_the_letter_and_the_page_name_the_same_account(self):
        second = self.bank.copy({"acc_number": "FR1420041010050500013M02606"})
        self.coming.partner_bank_id = second
        self.invoice.partner_bank_id = self.bank
        both = self._sent(self.debtor, self.invoice, self.coming, phase="level_2")
        self.assertEqual(both._get_bank_account(), second)
        pay = self._text(self._get("/pay", line=self.lines.ids))
        self.assertIn(second.acc_number, pay)
        self.assertEqual(self.reminder._get_bank_account(), self.bank)
        pay = self._text(self._get("/pay", line=self.late.id))
        self.assertIn(self.bank.acc_number, pay)


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestPaidEverything(DebtsCase):
    def test_a_portal_user_who_owes_nothing_more_has_a_page_still(self):
        self._portal_user(self.debtor)
        self.authenticate("portal_debtor", "portal_debtor")
        base = f"/my/relance/{self.company.id}"
        self._register_payment(self.invoice)
        self._register_payment(self.coming)
        response = self._get(base=base, done="pay")
        self.assertEqual(response.status_code, 200)
        self.assertIn("Nothing is owed", response.text)
        path = f"/invoice/{self.invoice.id}"
        self.assertEqual(self._get(path, base=base).status_code, 200)

    def test_a_number_does_not_break_on_a_phone(self):
        page = html.fromstring(self._get().text)
        [label] = page.xpath(f"//label[@for='line_{self.late.id}']")
        self.assertIn("text-nowrap", label.get("class"))
