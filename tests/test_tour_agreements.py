"""The stories of calls, disputes and promises, in a real browser."""

from odoo import Command
from odoo.tests import freeze_time, tagged
from odoo.tools import mute_logger

from .common import TODAY, RelanceHttpCase, days
from .test_dispatch import PDF_LOGGER


class AgreementTourCase(RelanceHttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.seller = cls._new_user("seller", "relance_ar.group_relance_dispute")
        cls.debtor = cls._debtor()
        cls.invoice = cls._invoice(cls.debtor, days(-3))
        cls.invoice.invoice_user_id = cls.seller
        cls.line = cls._lines(cls.invoice)
        # The welcome of a new user would cover the screen.
        (cls.officer + cls.seller).sudo().tour_enabled = False

    def _tour(self, name, url, user):
        with mute_logger(PDF_LOGGER):
            self.start_tour(url, name, login=user.login)
        self.env.invalidate_all()

    def _dispute(self):
        return (
            self.env["relance.dispute"]
            .with_user(self.officer)
            .create(
                {
                    "move_line_ids": [Command.set(self.line.ids)],
                    "reason_id": self.env.ref("relance_ar.dispute_reason_price").id,
                    "amount": 200.0,
                    "description": "Three chairs are missing.",
                }
            )
        )


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestAgreementTours(AgreementTourCase):
    def test_a_call_ends_in_a_dispute_that_the_salesperson_solves(self):
        call = self._plan()
        call.channel = "phone"
        call.action_approve()
        self._tour("relance_call_dispute", "/odoo/relances", self.officer)
        dispute = call.dispute_ids
        self.assertRecordValues(
            dispute, [{"amount": 200.0, "user_id": self.seller.id, "state": "open"}]
        )
        self._tour("relance_dispute_answer", "/odoo/my-disputes", self.seller)
        self.assertRecordValues(
            dispute, [{"proposal": "credit", "answered_by_id": self.seller.id}]
        )
        self._tour("relance_dispute_conclude", "/odoo/relance-disputes", self.officer)
        self.assertRecordValues(
            dispute, [{"state": "resolved", "amount_upheld": 200.0}]
        )
        dispute.sudo().credit_move_ids.action_post()
        with freeze_time(days(20)), self.mail_server() as sink:
            self.assertEqual(self._plan(days(20)).amount_net, 800.0)
            self._tour("relance_undisputed", "/odoo/relances", self.officer)
        [message] = sink.messages
        text = message.get_body(("html",)).get_content()
        self.assertIn("800.00", text)
        self.assertNotIn("1,000.00", text)

    def test_the_undisputed_part_goes_out_while_the_dispute_is_open(self):
        self._dispute()
        self.assertEqual(self._plan().amount_net, 800.0)
        with self.mail_server() as sink:
            self._tour("relance_undisputed", "/odoo/relances", self.officer)
        [message] = sink.messages
        self.assertIn("800.00", message.get_body(("html",)).get_content())

    def test_a_broken_promise_brings_the_next_level(self):
        with freeze_time(days(-2)):
            first = self._plan(days(-2))
            first.action_approve()
            first.sudo()._confirm("done")
            first.sudo().deadline = False
        promise = self.env["relance.promise"].with_user(self.officer)
        promise = promise.create(
            {"move_line_ids": [Command.set(self.line.ids)], "date": days(1)}
        )
        with freeze_time(days(6)):
            with self.enter_registry_test_mode():
                self.env.ref("relance_ar.ir_cron_promises").method_direct_trigger()
            following = self._plan(days(6))
            self.assertNotEqual(following.level_id, first.level_id)
            self._tour("relance_promise_broken", "/odoo/relance-promises", self.officer)
        self.assertEqual(promise.state, "broken")


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestOnPhone(AgreementTourCase):
    browser_size = "375x812"
    touch_enabled = True

    def test_a_salesperson_answers_on_a_phone(self):
        dispute = self._dispute()
        self._tour("relance_dispute_answer_phone", "/odoo/my-disputes", self.seller)
        self.assertEqual(dispute.proposal, "credit")

    def test_a_long_name_does_not_widen_the_screen(self):
        self.debtor.name = " ".join(["Établissements de la Grande Distribution"] * 4)
        dispute, call = self._dispute(), self._call()
        for path in (f"relance-disputes/{dispute.id}", f"relances/{call.id}"):
            with self.subTest(path):
                self._tour("relance_long_name_phone", f"/odoo/{path}", self.officer)

    def _call(self):
        call = self._plan()
        call.channel = "phone"
        call.action_approve()
        return call

    def test_an_officer_logs_a_call_on_a_phone(self):
        call = self._call()
        self._tour("relance_call_phone", f"/odoo/relances/{call.id}", self.officer)
        self.assertRecordValues(call, [{"state": "done", "call_outcome": "other"}])

    def test_an_officer_concludes_a_dispute_on_a_phone(self):
        dispute = self._dispute()
        url = f"/odoo/relance-disputes/{dispute.id}"
        self._tour("relance_conclude_phone", url, self.officer)
        self.assertEqual(dispute.outcome, "confirmed")

    def test_a_debtor_is_handed_over_on_a_phone(self):
        call = self._call()
        self._tour("relance_handover_phone", f"/odoo/relances/{call.id}", self.officer)
        self.assertEqual(call.state, "approved")
