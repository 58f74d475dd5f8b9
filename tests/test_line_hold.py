"""An instalment that is not chased for a while: why, until when, says who."""

import psycopg2

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, freeze_time, tagged
from odoo.tools import mute_logger

from .common import TODAY, RelanceCase, days

UNTIL = days(10)  # a Saturday


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestLineHold(RelanceCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.debtor = cls._debtor()
        cls.invoice = cls._invoice(cls.debtor, days(-3))
        cls.other = cls._invoice(cls.debtor, days(-3), 200)
        cls.holds = cls.env["relance.line.hold"].with_user(cls.officer)

    def _hold(self, moves=None, until=UNTIL, reason="Pallet to be collected"):
        """Hold through the button of the invoice, as an officer does."""
        action = (moves or self.invoice).with_user(self.officer).action_relance_hold()
        wizards = self.env[action["res_model"]].with_user(self.officer)
        with Form(wizards.with_context(**action["context"])) as form:
            form.date_until = until
            form.reason = reason
        form.record.action_hold()
        return self.holds.search([], limit=1)

    def _explained(self, day=TODAY, moves=None):
        return self.runs.explain(self._lines(moves or self.invoice), day)[0]

    def test_p4_only_the_instalment_is_left_out_and_says_why(self):
        self._hold()
        reminder = self._plan()
        self.assertEqual(reminder.line_ids.move_id, self.other)
        why = self._explained()
        self.assertFalse(why["due"])
        words = "held until 03/28/2026 by relance_officer"
        self.assertIn(words, " ".join(why["reasons"]))
        self.assertIn("Pallet to be collected", " ".join(why["reasons"]))
        self.assertEqual(why["next_date"], days(12), "the Monday after")

    def test_it_ends_by_itself(self):
        self._hold(self.invoice + self.other)
        self.assertFalse(self._plan())
        with freeze_time(days(9)):  # a Friday; it lasts until Saturday
            self.assertFalse(self._plan(days(9)))
        self.assertTrue(self._explained(days(12))["due"])
        with freeze_time(days(12)):
            reminder = self._plan(days(12))
            self.assertEqual(reminder.line_ids.move_id, self.invoice + self.other)
            why = " ".join(self._explained(days(12))["reasons"])
            self.assertNotIn("Pallet", why)

    def test_without_a_date_it_lasts_until_it_is_lifted(self):
        hold = self._hold(until=False)
        for offset in (0, 400):
            with freeze_time(days(offset)):
                why = self._explained(days(offset))
                self.assertFalse(why["due"] or why["next_date"])
                self.assertIn("This instalment is held by", why["reasons"][0])
        self.assertEqual(hold.action_lift(), hold)
        self.assertTrue(self._explained()["due"])
        self.assertFalse(hold.action_lift(), "it was lifted already")

    def test_what_is_coming_due_is_held_too(self):
        coming = self._invoice(self.debtor, days(5), 50)
        self._hold(coming, until=days(9))
        self.assertNotIn(coming, self._plan().line_ids.move_id)

    def test_a_proposal_and_an_approval_give_way(self):
        reminder = self._plan()
        reminder.action_approve()
        self._hold(self.invoice + self.other)
        with self.mail_server() as sink:
            reminder.action_send()
        self.assertEqual(reminder.state, "cancelled")
        self.assertFalse(sink.messages)

    def test_a_message_leaves_without_the_instalment_held_meanwhile(self):
        reminder = self._plan()
        reminder.action_approve()
        self._hold()
        with self.mail_server() as sink:
            reminder.action_send()
        html = sink.messages[0].get_body(("html",)).get_content()
        self.assertIn(self.other.name, html)
        self.assertNotIn(self.invoice.name, html)

    def test_it_is_noted_on_the_invoice(self):
        hold = self._hold()
        self.assertRecordValues(
            hold,
            [
                {
                    "user_id": self.officer.id,
                    "move_id": self.invoice.id,
                    "company_id": self.company.id,
                    "partner_id": self.debtor.id,
                    "is_running": True,
                }
            ],
        )
        note = self.invoice.message_ids[0]
        self.assertIn("held until 03/28/2026", note.body)
        self.assertEqual(note.author_id, self.officer.partner_id)
        hold.action_lift()
        self.assertIn("lifted", self.invoice.message_ids[0].body)

    def test_a_new_hold_takes_the_place_of_the_last(self):
        first = self._hold()
        second = self._hold(until=days(20), reason="Again")
        self.assertEqual(self.holds.search([]), second)
        self.assertRecordValues(first, [{"active": False, "is_running": False}])
        self.assertIn("Again", " ".join(self._explained()["reasons"]))

    def test_the_database_keeps_one_for_each_instalment(self):
        hold = self._hold()
        with (
            mute_logger("odoo.sql_db"),
            self.assertRaises(psycopg2.errors.UniqueViolation),
        ):
            hold.sudo().copy({"active": True})

    def test_the_list_shows_those_that_run(self):
        hold = self._hold()
        running = [("is_running", "=", True)]
        self.assertEqual(self.holds.search(running), hold)
        with freeze_time(days(11)):
            self.env.invalidate_all()
            self.assertFalse(self.holds.search(running))
            self.assertEqual(self.holds.search([("is_running", "=", False)]), hold)
            self.assertFalse(hold.is_running)

    def test_a_day_that_is_over_is_refused(self):
        with self.assertRaises(UserError) as refused:
            self._hold(until=days(-1))
        self.assertIn("today at the earliest", str(refused.exception))

    def test_what_is_paid_is_not_held(self):
        self._register_payment(self.invoice, payment_date=TODAY)
        with self.assertRaises(UserError):
            self.invoice.with_user(self.officer).action_relance_hold()

    def test_nobody_holds_by_rpc_nor_without_the_right(self):
        line = self._lines(self.invoice)
        values = {"move_line_id": line.id, "reason": "x", "user_id": self.manager.id}
        with self.assertRaises(AccessError):
            self.holds.create(values)
        hold = self._hold()
        with self.assertRaises(AccessError):
            hold.write({"date_until": days(90)})
        clerk = self._new_user("clerk", "account.group_account_invoice")
        with self.assertRaises(AccessError):
            hold.with_user(clerk).action_lift()
        wizards = self.env["relance.line.hold.wizard"].with_user(clerk)
        with self.assertRaises(AccessError):
            wizards.create({"move_line_ids": line.ids, "reason": "x"})

    def test_the_holds_of_another_company_are_not_seen(self):
        hold = self._hold()
        elsewhere = self.env["res.company"].create({"name": "Elsewhere"})
        stranger = self._new_user(
            "stranger", "relance_ar.group_relance_user", elsewhere
        )
        self.assertFalse(self.holds.with_user(stranger).search([]))
        with self.assertRaises(AccessError):
            hold.with_user(stranger).action_lift()

    def test_one_instalment_of_two_is_held_alone(self):
        term = self.env["account.payment.term"].create(
            {
                "name": "two halves",
                "line_ids": [
                    Command.create(
                        {"value": "percent", "value_amount": 50, "nb_days": nb_days}
                    )
                    for nb_days in (0, 10)
                ],
            }
        )
        invoice = self._create_invoice_one_line(
            price_unit=1000,
            tax_ids=[],
            partner_id=self.debtor,
            invoice_date=days(-15),
            invoice_payment_term_id=term,
            post=True,
        )
        first, second = self._lines(invoice)
        action = first.with_user(self.officer).action_relance_hold()
        self.env[action["res_model"]].with_user(self.officer).with_context(
            **action["context"]
        ).create({"reason": "Half is contested"}).action_hold()
        chased = self._plan().line_ids.move_line_id
        self.assertIn(second, chased)
        self.assertNotIn(first, chased)
