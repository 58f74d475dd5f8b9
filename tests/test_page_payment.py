"""Paying on the personal page: what is owed, by the server's reckoning, and no more."""

from odoo import Command
from odoo.tests import freeze_time, tagged
from odoo.tools import mute_logger

from .common import TODAY, days
from .page_case import PageCase


class PaymentCase(PageCase):
    """The same page, with Odoo's provider for demonstrations."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.provider = cls._demo_provider()
        cls.method = cls.env.ref("payment_demo.payment_method_demo")
        cls.transactions = cls.env["payment.transaction"].sudo()

    @classmethod
    def _demo_provider(cls):
        demo = cls.env.ref("payment.payment_provider_demo").sudo()
        provider = demo.copy({"company_id": cls.company.id, "state": "test"})
        provider.is_published = True
        # It may be of this company, and on: only the copy is to be offered.
        demo.state = "disabled"
        return provider

    def _transact(self, chosen, amount, base=None, **params):
        """Ask for a transaction as the payment form does."""
        asked = {
            "provider_id": self.provider.id,
            "payment_method_id": self.method.id,
            "token_id": None,
            "amount": amount,
            "flow": "direct",
            "tokenization_requested": False,
            "landing_route": "https://evil.test/",
            "is_validation": False,
            "access_token": "",
            "csrf_token": "x",
            **params,
        }
        url = f"{base or self.base}/transaction/{chosen}"
        found = self.make_jsonrpc_request(url, asked)
        self.env.invalidate_all()
        return found

    def _finish(self, values, state="done"):
        """Let the provider answer, and the status page follow."""
        data = {"reference": values["reference"], "simulated_state": state}
        self.make_jsonrpc_request("/payment/demo/simulate_payment", data)
        with mute_logger("odoo.addons.payment.controllers.post_processing"):
            status = self.make_jsonrpc_request("/payment/status/poll", {})
        self.env.invalidate_all()
        return status

    def _all(self):
        return f"overdue-{self.company.currency_id.id}"

    def _dispute(self, line, amount):
        return self.env["relance.dispute"].create(
            {
                "move_line_ids": [Command.set(line.ids)],
                "reason_id": self.env.ref("relance_ar.dispute_reason_price").id,
                "amount": amount,
            }
        )


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestPaying(PaymentCase):
    def test_all_that_is_overdue_is_paid(self):
        other = self._invoice(self.debtor, days(-3), 250)
        page = self._get("/pay", overdue=self.company.currency_id.id)
        self.assertEqual(page.status_code, 200)
        text = self._text(page).replace("\xa0", " ")
        for said in (self.invoice.name, other.name, "1,250.00 €", self.bank.acc_number):
            self.assertIn(said, text)
        self.assertNotIn(self.coming.name, text)
        self.assertIn("data:image/png;base64", page.text)  # the code for a transfer
        values = self._transact(self._all(), 1250.0)
        transaction = self.transactions.search([])
        self.assertRecordValues(
            transaction,
            [
                {
                    "amount": 1250.0,
                    "partner_id": self.debtor.id,
                    "provider_id": self.provider.id,
                    "landing_route": "/relance/thanks",
                    "state": "draft",
                }
            ],
        )
        self.assertEqual(transaction.invoice_ids, self.invoice + other)
        status = self._finish(values)
        self.assertEqual(status["landing_route"], "/relance/thanks")
        self.assertEqual((self.invoice + other).mapped("payment_state"), ["paid"] * 2)
        self.assertEqual(self.coming.payment_state, "not_paid")
        back = self._get("/relance/thanks", base="")
        self.assertTrue(back.headers["Location"].endswith(f"{self.base}?done=pay"))
        self.assertNotIn(self.invoice.name, self._get().text)
        self.assertTrue(self.link.last_used_on)

    def test_one_invoice_is_paid_before_its_due_date(self):
        values = self._transact(self.next.id, 300.0)
        self._finish(values)
        self.assertEqual(self.coming.payment_state, "paid")
        self.assertEqual(self.invoice.payment_state, "not_paid")

    def test_several_are_ticked(self):
        page = self._get("/pay", line=self.lines.ids)
        self.assertIn("1,300.00", page.text)
        chosen = "-".join(map(str, self.lines.ids))
        self._finish(self._transact(chosen, 1300.0))
        moves = self.invoice + self.coming
        self.assertEqual(moves.mapped("payment_state"), ["paid", "paid"])

    def test_what_is_being_paid_is_not_paid_again(self):
        """A direct debit takes days; the debtor looks at the page meanwhile."""
        self._finish(self._transact(self.late.id, 1000.0), "pending")
        transaction = self.transactions.search([])
        self.assertEqual(transaction.state, "pending")
        for state in ("pending", "authorized"):
            transaction.state = state
            page = self._get()
            self.assertIn("A payment is under way.", page.text)
            self.assertNotIn("overdue=", page.text)
            self.assertEqual(self._get("/pay", line=self.late.id).status_code, 404)
            for chosen in (self.late.id, self._all()):
                self.assertEqual(self._transact(chosen, 1000.0)["state"], "error")
            self.assertEqual(self.transactions.search([]), transaction)
        transaction.state = "cancel"
        self.assertNotIn("A payment is under way.", self._get().text)
        self.assertEqual(self._get("/pay", line=self.late.id).status_code, 200)

    def test_who_follows_a_case_learns_that_it_was_paid_to_us(self):
        action = self.late.with_user(self.manager).action_relance_litigate()
        case = self.env["relance.litigation"].browse(action["res_id"])
        case = case.with_user(self.manager)
        case.route_id = self.env.ref("relance_ar.litigation_route_injunction")
        case.action_hand_over()
        self._finish(self._transact(self.late.id, 1000.0))
        self.assertEqual(self.invoice.payment_state, "paid")
        [task] = case.activity_ids
        self.assertEqual(task.user_id, case.user_id)
        self.assertIn("Paid online: 1,000.00", task.summary.replace("\xa0", " "))

    def test_of_a_case_whose_follower_has_left_an_officer_learns_it(self):
        action = self.late.with_user(self.manager).action_relance_litigate()
        case = self.env["relance.litigation"].browse(action["res_id"])
        case = case.with_user(self.manager)
        case.route_id = self.env.ref("relance_ar.litigation_route_injunction")
        case.action_hand_over()
        case.user_id = self.officer
        self.officer.sudo().active = False
        self._finish(self._transact(self.late.id, 1000.0))
        [task] = case.activity_ids
        self.assertIn(task.user_id, self.company._get_relance_officers())

    def test_what_is_paid_and_not_booked_yet_is_not_paid_again(self):
        self._transact(self.late.id, 1000.0)
        transaction = self.transactions.search([])
        transaction.write({"state": "done", "is_post_processed": False})
        self.assertEqual(self._transact(self.late.id, 1000.0)["state"], "error")

    def test_a_transfer_that_was_announced_does_not_stop_a_payment(self):
        """As on Odoo's own portal: it may never come."""
        self._transact(self.late.id, 1000.0)
        self.transactions.search([]).state = "pending"
        pages = self.env["relance.page"]
        self.assertEqual(pages._get_paying(self.late), self.late)
        self.provider.code = "none"
        self.assertFalse(pages._get_paying(self.late))

    def test_a_payment_that_failed_pays_nothing(self):
        for state in ("cancel", "error"):
            self._finish(self._transact(self.late.id, 1000.0), state)
        self.assertEqual(self.invoice.payment_state, "not_paid")

    def test_the_amount_is_never_taken_from_the_request(self):
        for amount in (1.0, 999.99, 1000.01, 0, -1000.0, None, "x", "nan", "inf"):
            found = self._transact(self.late.id, amount)
            self.assertEqual(found["state"], "error")
        self.assertFalse(self.transactions.search([]))

    def test_what_is_not_the_debtors_is_not_paid(self):
        other = self._create_company(name="Other SAS")
        abroad = self._invoice(self.debtor, days(-5), 66, company_id=other.id)
        foreign, elsewhere = self._lines(self.foreign), self._lines(abroad)
        for chosen, amount in (
            (foreign.id, 77.0),
            (elsewhere.id, 66.0),
            ("overdue-999999", 1000.0),
            ("overdue-", 1000.0),
            ("x", 1000.0),
        ):
            self.assertEqual(self._transact(chosen, amount)["state"], "error")
        # Named beside the debtor's own: left out, and the amount shows it.
        found = self._transact(f"{self.late.id}-{foreign.id}", 1077.0)
        self.assertEqual(found["state"], "error")
        self.assertFalse(self.transactions.search([]))

    def test_only_what_is_offered_takes_the_payment(self):
        hidden = self.provider.copy({"name": "Hidden", "company_id": self.company.id})
        hidden.state = "test"
        hidden.is_published = False
        other = self._create_company(name="Other SAS")
        elsewhere = self.provider.copy({"company_id": other.id, "state": "test"})
        elsewhere.is_published = True
        wrong = [
            {"provider_id": hidden.id},
            {"provider_id": elsewhere.id},
            {"provider_id": None},
            {"payment_method_id": 999999},
            {"flow": "validation"},
            {"flow": "token", "token_id": 1},
            {"token_id": 1},
        ]
        self.assertNotEqual(elsewhere.company_id, self.company)
        for params in wrong:
            found = self._transact(self.late.id, 1000.0, **params)
            self.assertEqual(found["state"], "error", params)
        self.assertFalse(self.transactions.search([]))

    def test_a_link_neither_shows_nor_keeps_means_of_payment(self):
        token = (
            self.env["payment.token"]
            .sudo()
            .create(
                {
                    "provider_id": self.provider.id,
                    "payment_method_id": self.method.id,
                    "partner_id": self.debtor.id,
                    "payment_details": "4242",
                    "provider_ref": "x",
                }
            )
        )
        self.assertNotIn("4242", self._get("/pay", line=self.late.id).text)
        params = {"flow": "token", "token_id": token.id, "payment_method_id": None}
        found = self._transact(self.late.id, 1000.0, **params)
        self.assertEqual(found["state"], "error")
        self._transact(self.late.id, 1000.0, tokenization_requested=True)
        self.assertFalse(self.transactions.search([]).tokenize)

    def test_a_dead_key_pays_nothing(self):
        self.link._revoke()
        found = self._transact(self.late.id, 1000.0)
        self.assertEqual(found["state"], "error")
        self.assertFalse(self.transactions.search([]))

    def test_the_key_is_not_kept_with_the_payment(self):
        self._transact(self.late.id, 1000.0)
        self.env.cr.execute("SELECT to_jsonb(t)::text FROM payment_transaction t")
        [stored] = self.env.cr.fetchone()
        self.assertNotIn(self.link._get_token(), stored)

    def test_who_comes_back_without_a_session_is_thanked(self):
        response = self._get("/relance/thanks", base="")
        self.assertEqual(response.status_code, 200)
        self.assertNotIn("/relance/", response.text)

    def test_a_portal_user_pays_as_themselves(self):
        user = self._portal_user(self.debtor)
        self.authenticate(user.login, user.login)
        base = f"/my/relance/{self.company.id}"
        values = self._transact(self.late.id, 1000.0, base=base)
        transaction = self.transactions.search([])
        self.assertEqual(transaction.landing_route, f"{base}?done=pay")
        self._finish(values)
        self.assertEqual(self.invoice.payment_state, "paid")


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestAmounts(PaymentCase):
    """What is disputed, credited, in a plan, or in another currency."""

    def _pays(self, path="/pay", **query):
        response = self._get(path, **query)
        return response.status_code == 200 and self._text(response).replace("\xa0", " ")

    def test_what_is_disputed_in_part_is_paid_alone_and_without_that_part(self):
        self._dispute(self.late, 200.0)
        self.assertIn("To pay800.00 €", self._pays(line=self.late.id))
        self._finish(self._transact(self.late.id, 800.0))
        self.assertEqual(self.late.amount_residual, 200.0)

    def test_with_others_a_disputed_invoice_is_left_out(self):
        """Odoo pays the oldest first: the disputed part would be paid."""
        other = self._invoice(self.debtor, days(-3), 250)
        self._dispute(self.late, 200.0)
        found = self._pays(overdue=self.company.currency_id.id)
        self.assertIn("To pay250.00 €", found)
        self._finish(self._transact(self._all(), 250.0))
        self.assertEqual(other.payment_state, "paid")
        self.assertEqual(self.late.amount_residual, 1000.0)

    def test_what_is_disputed_as_a_whole_is_not_paid(self):
        self._dispute(self.late, 1000.0)
        self.assertFalse(self._pays(line=self.late.id))
        self.assertNotIn("overdue=", self._get().text)

    def test_credits_are_set_against_all_that_is_overdue(self):
        self._credit(120)
        self.assertIn("To pay880.00 €", self._pays(overdue=self.company.currency_id.id))
        self.assertIn("To pay1,000.00 €", self._pays(line=self.late.id))
        self._finish(self._transact(self._all(), 880.0))
        self.assertEqual(self.late.amount_residual, 120.0)

    def _credit(self, amount):
        return self._create_invoice_one_line(
            move_type="out_refund",
            partner_id=self.debtor,
            price_unit=amount,
            tax_ids=[],
            invoice_date=TODAY,
            post=True,
        )

    def test_a_credit_is_set_off_once_while_a_payment_is_under_way(self):
        self._credit(120)
        self._finish(self._transact(self._all(), 880.0), "pending")
        self.assertFalse(self._pays(overdue=self.company.currency_id.id))
        self._invoice(self.debtor, days(-3), 250)
        transaction = self.transactions.search([])
        for state in ("pending", "authorized"):
            transaction.state = state
            found = self._pays(overdue=self.company.currency_id.id)
            self.assertIn("To pay250.00 €", found)
            self.assertNotIn("in your favour", found)
            page = self._text(self._get()).replace("\xa0", " ")
            self.assertIn("Pay all that is overdue: 250.00 €", page)
        # What came since is set off, and no more than that.
        self._credit(50)
        found = self._pays(overdue=self.company.currency_id.id)
        self.assertIn("To pay200.00 €", found)

    def test_a_credit_is_free_again_once_the_payment_is_over(self):
        self._credit(120)
        self._finish(self._transact(self._all(), 880.0), "pending")
        self._invoice(self.debtor, days(-3), 250)
        transaction = self.transactions.search([])
        transaction.write({"state": "done", "is_post_processed": False})
        overdue = {"overdue": self.company.currency_id.id}
        self.assertIn("To pay250.00 €", self._pays(**overdue))
        transaction.state = "cancel"
        self.assertIn("To pay1,130.00 €", self._pays(**overdue))
        transaction.state = "done"
        transaction._post_process()
        # What is left of the old invoice is what the credit pays.
        self.assertEqual(self.late.amount_residual, 120.0)
        self.assertIn("To pay250.00 €", self._pays(**overdue))

    def test_a_transfer_that_was_announced_keeps_no_credit(self):
        self._credit(120)
        self._transact(self._all(), 880.0)
        self.transactions.search([]).state = "pending"
        self.provider.code = "none"
        self.assertIn("To pay880.00 €", self._pays(overdue=self.company.currency_id.id))

    def test_what_is_in_a_plan_is_not_overdue(self):
        plan = self.env["relance.plan"].with_user(self.officer)
        plan = plan.create({"move_line_ids": [Command.set(self.late.ids)], "count": 2})
        plan.sudo().state = "active"
        text = self._text(self._get())
        self.assertIn("In your payment plan", text)
        self.assertNotIn("days late", text)
        self.assertFalse(self._pays(overdue=self.company.currency_id.id))

    def test_two_currencies_are_paid_one_by_one(self):
        dollar = self.setup_other_currency("USD")
        invoice = self._invoice(self.debtor, days(-5), 50, currency_id=dollar.id)
        line = self._lines(invoice)
        self.assertFalse(self._pays(line=[self.late.id, line.id]))
        self.assertIn("$ 50.00", self._pays(overdue=dollar.id))

    def test_without_provider_a_transfer_is_left(self):
        self.provider.state = "disabled"
        found = self._pays(line=self.late.id)
        self.assertIn("Online payment is not available", found)
        self.assertIn(self.bank.acc_number, found)
