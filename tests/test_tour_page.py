"""Debtors pay, promise and dispute from a link in a real browser; the officer sees."""

from odoo.tests import freeze_time, tagged

from .common import TODAY
from .test_page_payment import PaymentCase


class PageTourCase(PaymentCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.officer.sudo().tour_enabled = False

    def _on_page(self, name):
        """Run a tour of the debtor, who is nobody in particular."""
        self.start_tour(self.base, name, login=None)
        self.env.invalidate_all()

    def _at_office(self, name, path):
        self.start_tour(path, name, login=self.officer.login)


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestPageTours(PageTourCase):
    def test_a_debtor_pays_from_the_link_and_the_officer_sees_it(self):
        self._on_page("relance_page_pay")
        self.assertEqual(self.invoice.payment_state, "paid")
        self.assertEqual(self.coming.payment_state, "not_paid")
        action = "account.action_move_out_invoice_type"
        path = f"/odoo/action-{action}/{self.invoice.id}"
        self._at_office("relance_page_officer_paid", path)

    def test_a_debtor_promises_from_the_link_and_the_officer_sees_it(self):
        self._on_page("relance_page_promise")
        self.assertRecordValues(
            self._of_debtor("relance.promise"),
            [{"amount": 1000.0, "source": "portal", "promised_by": "Ms Roux"}],
        )
        self._at_office("relance_page_officer_promise", "/odoo/relance-promises")

    def test_a_debtor_disputes_from_the_link_and_the_officer_sees_it(self):
        self._on_page("relance_page_dispute")
        self.assertRecordValues(
            self._of_debtor("relance.dispute"), [{"amount": 200.0, "source": "portal"}]
        )
        self._at_office("relance_page_officer_dispute", "/odoo/relance-disputes")


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestPageOnPhone(PageTourCase):
    browser_size = "375x812"
    touch_enabled = True

    def test_a_debtor_promises_on_a_phone(self):
        self._on_page("relance_page_promise")
        self.assertEqual(len(self._of_debtor("relance.promise")), 1)
