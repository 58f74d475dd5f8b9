"""Disputes: the salesperson answers, the officer concludes, the rest is chased."""

from unittest.mock import patch

from odoo import Command
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.service.model import call_kw
from odoo.tests import Form, freeze_time, tagged

from .common import TODAY, RelanceCase, days

DISPUTE_GROUP = "relance_ar.group_relance_dispute"


class DisputeCase(RelanceCase):
    """An invoice of 1,000 euros sold by a salesperson without accounting rights."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.seller = cls._new_user("seller", DISPUTE_GROUP)
        cls.director = cls._new_user("director", DISPUTE_GROUP)
        cls.company.relance_director_id = cls.director
        cls.debtor = cls._debtor()
        cls.invoice = cls._invoice(cls.debtor, days(-3))
        cls.invoice.invoice_user_id = cls.seller
        cls.line = cls._lines(cls.invoice)
        cls.price = cls.env.ref("relance_ar.dispute_reason_price")

    def _dispute(self, amount=200.0, reason=None, **values):
        disputes = self.env["relance.dispute"].with_user(self.officer)
        return disputes.create(
            {
                "move_line_ids": [Command.set(self.line.ids)],
                "reason_id": (reason or self.price).id,
                "amount": amount,
                "description": "The price agreed was lower.",
                **values,
            }
        )

    def _run_cron(self, name):
        with self.enter_registry_test_mode():
            self.env.ref(f"relance_ar.ir_cron_{name}").method_direct_trigger()
        self.env.invalidate_all()

    def _conclude(self, dispute, outcome, **values):
        wizard = self.env["relance.dispute.conclude"].with_user(self.officer)
        vals = {"dispute_id": dispute.id, "outcome": outcome, "sends_proofs": False}
        return wizard.create({**vals, **values}).action_conclude()

    def _tasks(self, dispute, name="dispute"):
        kind = self.env.ref(f"relance_ar.mail_activity_type_{name}")
        return dispute.activity_ids.filtered(lambda a: a.activity_type_id == kind)


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestOpening(DisputeCase):
    def test_the_salesperson_of_the_invoice_is_asked_by_a_deadline(self):
        dispute = self._dispute()
        self.assertRecordValues(
            dispute,
            [
                {
                    "state": "open",
                    "user_id": self.seller.id,
                    "officer_id": self.officer.id,
                    "partner_id": self.debtor.id,
                    # Three working days from Wednesday: Monday.
                    "deadline": days(5),
                }
            ],
        )
        task = self._tasks(dispute)
        self.assertRecordValues(
            task, [{"user_id": self.seller.id, "date_deadline": days(5)}]
        )
        self.assertIn("200.00", task.summary)

    def test_the_reason_may_name_another_owner(self):
        number = self.env.ref("relance_ar.dispute_reason_order_number")
        self.assertEqual(self._dispute(reason=number).user_id, self.officer)
        self.price.write({"owner_rule": "person", "user_id": self.director.id})
        self.assertEqual(self._dispute().user_id, self.director)

    def test_a_salesperson_without_the_group_is_replaced_and_named(self):
        self.seller.group_ids -= self.env.ref(DISPUTE_GROUP)
        dispute = self._dispute()
        self.assertEqual(dispute.user_id, self.officer)
        bodies = " ".join(dispute.message_ids.mapped("body"))
        self.assertIn("relance_seller", bodies)

    def test_the_default_amount_is_what_is_not_disputed_yet(self):
        self._dispute(300)
        disputes = self.env["relance.dispute"].with_user(self.officer)
        lines = [Command.set(self.line.ids)]
        vals = {"move_line_ids": lines, "reason_id": self.price.id}
        self.assertEqual(disputes.create(vals).amount, 700.0)

    def test_no_more_is_disputed_than_is_open(self):
        with self.assertRaises(ValidationError):
            self._dispute(1000.01)
        self._dispute(600)
        with self.assertRaises(ValidationError):
            self._dispute(400.01)
        self._register_payment(self.invoice, amount=300)
        self._dispute(100)
        with self.assertRaises(ValidationError):
            self._dispute(0.01)

    def test_instalments_must_go_together_and_be_owed(self):
        stranger = self._invoice(self._debtor("Other SAS"), days(-3))
        paid = self._invoice(self.debtor, days(-9))
        self._register_payment(paid)
        draft = self._invoice(self.debtor, days(-9))
        draft.button_draft()
        for moves in (self.invoice + stranger, paid, draft):
            lines = self._lines(*moves)
            with self.subTest(moves), self.assertRaises(ValidationError):
                self._dispute(1, move_line_ids=[Command.set(lines.ids)])
        with self.assertRaises(ValidationError):
            self._dispute(1, move_line_ids=[], partner_id=self.debtor.id)

    def test_states_are_not_written_by_hand(self):
        dispute = self._dispute()
        for vals in ({"state": "resolved"}, {"amount_upheld": 5}, {"outcome": "paid"}):
            with self.subTest(vals), self.assertRaises(AccessError):
                call_kw(dispute, "write", [dispute.ids, vals], {})
        with self.assertRaises(AccessError):
            self._dispute(state="resolved")


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestChasing(DisputeCase):
    def test_the_undisputed_part_is_chased_and_alone_in_the_message(self):
        self._dispute(200)
        reminder = self._plan()
        self.assertRecordValues(
            reminder, [{"amount_net": 800.0, "amount_due": 800.0, "state": "proposed"}]
        )
        self.assertIn("800.00", reminder.lines_table)
        self.assertIn("200.00", reminder.lines_table)  # what is left out, and why
        self.assertNotIn("1,000.00", reminder.lines_table)
        self.assertIn("200.00", reminder.why)

    def test_nobody_is_written_to_about_what_is_wholly_disputed(self):
        self._dispute(1000)
        self.assertFalse(self._plan())
        [found] = self.runs.explain(self.line.ids, TODAY)
        self.assertFalse(found["due"])
        self.assertIn("disputed", " ".join(found["reasons"]))

    def test_an_approved_reminder_is_brought_up_to_date_before_it_leaves(self):
        reminder = self._plan()
        reminder.action_approve()
        self._dispute(200)
        with self.mail_server() as sink:
            reminder.action_send()
        self.assertEqual(reminder.amount_net, 800.0)
        [message] = sink.messages
        text = message.get_body(("html",)).get_content()
        self.assertIn("800.00", text)
        self.assertNotIn("1,000.00", text)

    def test_an_approved_reminder_of_what_is_disputed_since_does_not_leave(self):
        reminder = self._plan()
        reminder.action_approve()
        self._dispute(1000)
        with self.mail_server() as sink:
            reminder.action_send()
        self.assertFalse(sink.messages)
        self.assertEqual(reminder.state, "cancelled")
        self.assertIn("is disputed", reminder.message_ids[0].body)

    def test_a_payment_takes_the_undisputed_part_first(self):
        self._dispute(200)
        self._register_payment(self.invoice, amount=700)
        self.assertEqual(self._plan().amount_net, 100.0)
        self._register_payment(self.invoice, amount=150)
        self.assertFalse(self._plan(days(1)).filtered(lambda r: r.state == "proposed"))

    def test_once_confirmed_all_of_it_is_chased(self):
        dispute = self._dispute(1000)
        self._conclude(dispute, "confirmed", words="See the signed order.")
        self.assertRecordValues(
            dispute,
            [
                {
                    "state": "resolved",
                    "outcome": "confirmed",
                    "amount_upheld": 0.0,
                    "upheld_rate": 0.0,
                    "resolved_on": TODAY,
                }
            ],
        )
        self.assertEqual(self._plan().amount_net, 1000.0)

    def test_another_reason_brings_another_owner_and_deadline(self):
        dispute = self._dispute()
        dispute.reason_id = self.env.ref("relance_ar.dispute_reason_order_number")
        self.assertRecordValues(
            dispute,
            [
                {
                    "user_id": self.officer.id,
                    "deadline": days(2),
                    "escalate_on": days(2),
                }
            ],
        )
        self.assertRecordValues(
            self._tasks(dispute),
            [{"user_id": self.officer.id, "date_deadline": days(2)}],
        )

    def test_a_reminder_opens_a_dispute_and_a_promise_about_its_lines(self):
        reminder = self._plan()
        lines = {
            "default_move_line_ids": [(6, 0, self.line.ids)],
            "default_reminder_id": reminder.id,
        }
        for method, model in (
            ("action_new_dispute", "relance.dispute"),
            ("action_new_promise", "relance.promise"),
        ):
            action = getattr(reminder, method)()
            self.assertEqual((action["res_model"], action["context"]), (model, lines))

    def test_the_form_proposes_all_that_is_needed(self):
        action = self.line.with_user(self.officer).action_relance_dispute()
        disputes = self.env["relance.dispute"].with_user(self.officer)
        form = Form(disputes.with_context(**action["context"]))
        form.reason_id = self.price
        self.assertEqual((form.amount, form.user_id), (1000.0, self.seller))
        form.amount = 40
        self.assertEqual(form.save().partner_id, self.debtor)

    def test_the_chatter_does_not_propose_to_write_to_the_customer(self):
        found = self._dispute()._message_get_suggested_recipients()
        self.assertNotIn(self.debtor.id, [row.get("partner_id") for row in found])

    def test_one_opened_by_mistake_is_cancelled(self):
        dispute = self._dispute(1000)
        self.assertEqual(dispute.action_cancel(), dispute)
        self.assertFalse(dispute.action_cancel())
        self.assertFalse(dispute.activity_ids)
        self.assertEqual(self._plan().amount_net, 1000.0)


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestSettling(DisputeCase):
    def _as_seller(self, dispute, **vals):
        mine = dispute.with_user(self.seller)
        if vals:
            call_kw(mine, "write", [mine.ids, vals], {})
        return mine

    def test_the_owner_proposes_and_the_officer_concludes(self):
        dispute = self._dispute(200)
        mine = self._as_seller(dispute, answer="They are right.", amount_proposed=150.0)
        self.assertEqual(mine.action_propose_credit(), mine)
        self.assertFalse(self._tasks(dispute))
        self.assertEqual(self._tasks(dispute, "dispute_conclude").user_id, self.officer)
        self.assertRecordValues(
            dispute,
            [
                {
                    "proposal": "credit",
                    "answered_by_id": self.seller.id,
                    "answered_on": TODAY,
                }
            ],
        )
        wizard = self.env["relance.dispute.conclude"].with_user(self.officer)
        wizard = wizard.create({"dispute_id": dispute.id, "sends_proofs": False})
        self.assertRecordValues(wizard, [{"outcome": "partly", "amount": 150.0}])
        with freeze_time(days(4)):
            wizard.action_conclude()
        credit = dispute.credit_move_ids
        self.assertRecordValues(
            credit,
            [
                {
                    "state": "draft",
                    "move_type": "out_refund",
                    "amount_total": 150.0,
                    "reversed_entry_id": self.invoice.id,
                }
            ],
        )
        self.assertRecordValues(
            dispute,
            [
                {
                    "outcome": "partly",
                    "amount_upheld": 150.0,
                    "days_to_resolve": 4,
                    "upheld_rate": 75.0,
                }
            ],
        )
        self.assertFalse(dispute.activity_ids)
        credit.with_env(self.env).action_post()
        self.assertEqual(self.line.amount_residual, 850.0)

    def test_a_credit_note_keeps_accounts_and_taxes_to_the_cent(self):
        tax = self.company.account_sale_tax_id
        invoice = self.env["account.move"].create(
            {
                "move_type": "out_invoice",
                "partner_id": self.debtor.id,
                "invoice_date": days(-30),
                "invoice_date_due": days(-3),
                "invoice_line_ids": [
                    Command.create(
                        {
                            "name": name,
                            "quantity": quantity,
                            "price_unit": price,
                            "tax_ids": [Command.set(tax.ids)],
                        }
                    )
                    for name, quantity, price in (("a", 3, 33.33), ("b", 7, 11.17))
                ],
            }
        )
        invoice.action_post()
        lines = self._lines(invoice)
        dispute = self._dispute(77.77, move_line_ids=[Command.set(lines.ids)])
        self._conclude(dispute, "credited")
        credit = dispute.credit_move_ids
        self.assertAlmostEqual(credit.amount_total, 77.77)
        self.assertEqual(credit.invoice_line_ids.tax_ids, tax)
        self.assertEqual(
            credit.invoice_line_ids.account_id, invoice.invoice_line_ids.account_id
        )

    def test_a_credit_note_that_exists_is_linked(self):
        dispute = self._dispute(1000)
        note = self._reverse_invoice(self.invoice)
        self._conclude(dispute, "credited", credit_move_id=note.id)
        self.assertEqual(dispute.credit_move_ids, note)

    def test_only_a_credit_note_of_the_customer_is_linked(self):
        dispute = self._dispute(1000)
        other = self._invoice(self._debtor("Other SAS"), days(-3))
        for move in (self.invoice, self._reverse_invoice(other)):
            with self.subTest(move.name), self.assertRaises(UserError):
                self._conclude(dispute, "credited", credit_move_id=move.id)
        self.assertEqual(dispute.state, "open")

    def test_the_owner_cannot_conclude_nor_answer_without_words(self):
        dispute = self._dispute(200)
        mine = self._as_seller(dispute)
        for method in ("action_answer", "action_confirm_debt", "action_propose_credit"):
            with self.subTest(method), self.assertRaises(UserError):
                getattr(mine, method)()
        for method in ("action_conclude", "action_cancel", "action_escalate"):
            with self.subTest(method), self.assertRaises(AccessError):
                getattr(mine, method)()
        with self.assertRaises(AccessError):
            self.env["relance.dispute.conclude"].with_user(self.seller).create(
                {"dispute_id": dispute.id, "outcome": "credited"}
            )
        self.assertEqual(dispute.state, "open")

    def test_no_credit_above_what_is_disputed(self):
        dispute = self._dispute(200)
        mine = self._as_seller(dispute, answer="All wrong.")
        with self.assertRaises(ValidationError):
            mine.amount_proposed = 200.01
        for amount in (0, 200, 300):
            with self.subTest(amount), self.assertRaises(UserError):
                self._conclude(dispute, "partly", amount=amount)

    def test_concluding_twice_is_refused(self):
        dispute = self._dispute(200)
        self._conclude(dispute, "credited")
        with self.assertRaises(UserError):
            self._conclude(dispute, "credited")
        self.assertEqual(len(dispute.credit_move_ids), 1)

    def test_the_proofs_leave_with_the_invoice_and_what_was_collected(self):
        dispute = self._dispute(200)
        files = self.env["ir.attachment"].with_user(self.seller)
        proof = files.create({"name": "order.pdf", "raw": b"%PDF-1.4 signed"})
        mine = dispute.with_user(self.seller)
        mine.proof_ids = [Command.link(proof.id)]
        internal = dispute.message_post(
            body="Our margin.", attachments=[("margins.xlsx", b"secret")]
        ).attachment_ids
        self.assertTrue(internal)
        self._conclude(dispute, "confirmed", words="You signed the order.")
        action = dispute.action_send_proofs()
        composer = (
            self.env["mail.compose.message"]
            .with_user(self.officer)
            .with_context(**action["context"])
            .create({})
        )
        self.assertEqual(composer.partner_ids, self.debtor)
        self.assertIn("You signed the order.", composer.body)
        self.assertEqual(len(composer.attachment_ids), 2)
        self.assertIn("order.pdf", composer.attachment_ids.mapped("name"))
        composer.action_send_mail()
        again = (
            self.env["mail.compose.message"]
            .with_user(self.officer)
            .with_context(**dispute.action_send_proofs()["context"])
            .create({})
        )
        names = again.attachment_ids.mapped("name")
        self.assertEqual(len(names), len(set(names)))
        self.assertNotIn("margins.xlsx", names)
        self.assertEqual(len(names), 2)

    def test_figures_are_by_salesperson_whoever_answers(self):
        number = self.env.ref("relance_ar.dispute_reason_order_number")
        dispute = self._dispute(reason=number)
        self.assertEqual(dispute.user_id, self.officer)
        self.assertEqual(dispute.salesperson_id, self.seller)


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestEscalation(DisputeCase):
    def test_past_the_deadline_the_director_is_asked(self):
        dispute = self._dispute()
        with freeze_time(days(5)):
            self._run_cron("disputes")
        self.assertEqual(dispute.state, "open")
        with freeze_time(days(6)):
            self._run_cron("disputes")
            self._run_cron("disputes")
        self.assertRecordValues(
            dispute,
            [
                {
                    "state": "escalated",
                    "escalation": "director",
                    "escalated_to_id": self.director.id,
                    # Two working days from Tuesday.
                    "escalate_on": days(8),
                    "deadline": days(5),
                }
            ],
        )
        self.assertRecordValues(
            self._tasks(dispute),
            [{"user_id": self.director.id, "date_deadline": days(8)}],
        )

    def test_one_that_fails_does_not_stop_the_others(self):
        stuck, other = self._dispute(100), self._dispute(200)
        escalate = type(stuck)._escalate

        def fail_once(records, today):
            escalate(records, today)
            if stuck in records:
                raise UserError("The calendar is broken.")

        with freeze_time(days(6)), patch.object(type(stuck), "_escalate", fail_once):
            self._run_cron("disputes")
            self._run_cron("disputes")
        self.assertEqual((stuck.state, other.state), ("open", "escalated"))
        told = self.env.ref("mail.mail_activity_data_warning")
        self.assertRecordValues(
            stuck.activity_ids.filtered(lambda a: a.activity_type_id == told),
            [{"user_id": self.officer.id, "date_deadline": days(6)}],
        )
        with freeze_time(days(6)):
            self._run_cron("disputes")
        self.assertEqual(stuck.state, "escalated")

    def test_what_the_job_writes_is_in_the_language_of_the_company(self):
        self.company.partner_id.lang = "fr_FR"
        dispute = self._dispute()
        with freeze_time(days(6)):
            self._run_cron("disputes")
        self.assertIn("Sans réponse", str(dispute.message_ids.mapped("body")))

    def test_the_team_leader_comes_before_the_director(self):
        leader = self._new_user("leader", DISPUTE_GROUP)
        dispute = self._dispute(leader_id=leader.id)
        self.assertIn(dispute, dispute.with_user(leader).search([]))
        for offset, step, who in (
            (6, "leader", leader),
            (7, "leader", leader),
            (9, "director", self.director),
            (30, "director", self.director),
        ):
            with freeze_time(days(offset)), self.subTest(offset):
                self._run_cron("disputes")
                self.assertRecordValues(
                    dispute, [{"escalation": step, "escalated_to_id": who.id}]
                )
                self.assertEqual(self._tasks(dispute).user_id, who)

    def test_an_answered_one_waits_for_the_officer_not_the_director(self):
        dispute = self._dispute()
        dispute.with_user(self.seller).write({"answer": "The price is right."})
        dispute.with_user(self.seller).action_confirm_debt()
        with freeze_time(days(20)):
            self._run_cron("disputes")
        self.assertEqual(dispute.escalation, "nobody")

    def test_without_a_director_the_officer_is_asked(self):
        self.company.relance_director_id = False
        dispute = self._dispute()
        dispute.action_escalate()
        self.assertEqual(dispute.escalated_to_id, self.officer)

    def test_whoever_leaves_is_replaced(self):
        dispute = self._dispute()
        self.seller.sudo().active = False
        self._run_cron("disputes")
        self.assertEqual(dispute.user_id, self.officer)
        self.assertEqual(self._tasks(dispute).user_id, self.officer)

    def test_an_invoice_paid_meanwhile_closes_it(self):
        dispute = self._dispute(200)
        self._register_payment(self.invoice)
        self._run_cron("disputes")
        self.assertRecordValues(
            dispute,
            [{"state": "resolved", "outcome": "paid", "amount_upheld": 0.0}],
        )
        self.assertFalse(dispute.activity_ids)

    def test_a_credit_note_made_elsewhere_closes_it_as_upheld(self):
        dispute = self._dispute(200)
        self._reverse_invoice(self.invoice, is_modify=False, post=True)
        self._run_cron("disputes")
        self.assertRecordValues(
            dispute,
            [{"state": "resolved", "outcome": "credited", "amount_upheld": 200.0}],
        )

    def test_an_invoice_cancelled_meanwhile_cancels_it(self):
        dispute = self._dispute(200)
        self.invoice.button_draft()
        self.invoice.button_cancel()
        self._run_cron("disputes")
        self.assertEqual(dispute.state, "cancelled")
        self.assertFalse(dispute.activity_ids)
