"""A second run of the day sees every kind of change: it remembers nothing.

Whoever adds an input of the decisions adds its change here.
"""

from contextlib import contextmanager

from odoo import Command
from odoo.tests import freeze_time, tagged

from odoo.addons.relance_ar.core.payer_evidence import PROCEEDINGS

from .common import TODAY, RelanceCase, days


class Undo(Exception):
    """Ends a savepoint without keeping what was done in it."""


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestReplanningInputs(RelanceCase):
    """One debtor with one proposal; one thing changes; the run comes by again."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["relance.check"].search([]).severity = "warning"
        cls.debtor = cls._debtor(ref="C1", invoice_edi_format=False)
        cls.invoice = cls._invoice(cls.debtor, days(-3), 1000)
        cls.line = cls._lines(cls.invoice)

    def _live(self):
        """Return what is proposed to the debtor, as people see it."""
        found = self.env["relance.reminder"].search(
            [
                ("partner_id", "child_of", self.debtor.id),
                ("state", "in", ("proposed", "held", "approved")),
            ]
        )
        return [
            (
                *(r.state, r.channel, r.contact_id, r.lang, r.user_id, r.level_id),
                *(r.amount_net, r.amount_credit, r.over_ceiling, r.date_planned),
                *(r.preflight or [], r.preflight_state, r.line_ids.move_line_id.ids),
            )
            for r in found
        ]

    @contextmanager
    def _undone(self):
        with self.assertRaises(Undo), self.env.cr.savepoint():
            yield
            raise Undo
        self.env.invalidate_all()

    def _changes(self):
        """Return the changes, by name: each makes another proposal, or none."""
        partner, company = self.debtor, self.company
        level = self.env.ref("relance_ar.level_1_first")
        return {
            "paid in part": lambda: self._pay(400),
            "paid": lambda: self._pay(1000),
            "a new invoice": lambda: self._invoice(partner, days(-2), 50),
            "a credit note": lambda: self._credit(30),
            "a draft credit note": lambda: self._reversal(),
            "the invoice is sent": lambda: self.invoice.write({"is_move_sent": True}),
            "left out by hand": lambda: self.line.write({"no_followup": True}),
            "another due date": lambda: self.line.write({"date_maturity": days(5)}),
            "on hold": lambda: partner.write({"relance_hold_until": days(9)}),
            "refused": lambda: partner.write(
                {"relance_refused_channel_ids": self._channels("email")}
            ),
            "no e-mail address": lambda: partner.write({"email": False}),
            "another language": lambda: self._speak("fr_FR"),
            "another officer": lambda: partner.write({"relance_user_id": self.manager}),
            "an invoice address": lambda: self._child(type="invoice"),
            "a role": lambda: self._child(relance_role="accounts_payable"),
            "insolvency": lambda: partner.write({"solvency_state": PROCEEDINGS}),
            "an order number": lambda: partner.write({"relance_requires_order": True}),
            "other terms": lambda: partner.write(
                {"property_payment_term_id": self.pay_terms_b.id}
            ),
            "the debtor is closed": lambda: self._close(partner),
            "the ceiling": lambda: company.write({"relance_approval_ceiling": 10}),
            "the severity": lambda: (
                self.env["relance.check"]
                .search([("code", "=", "not_sent")])
                .write({"severity": "blocking"})
            ),
            "the channels of the level": lambda: self._call_first(level),
            "the least amount": lambda: level.write({"minimum_amount": 5000}),
            "the delay": lambda: level.write({"delay_days": 4}),
            "another scenario": lambda: partner.write(
                {
                    "relance_scenario_id": self.scenario.copy(
                        {"level_ids": False, "name": "Nothing at all"}
                    ).id
                }
            ),
            "a bank line": lambda: self._bank_line(1000),
            "an address that fails": lambda: self._fail_address(),
            "an answer to read": lambda: self._answer(),
            "the line is held": lambda: self._hold(days(9)),
            "the line is held for good": lambda: self._hold(None),
            "disputed": lambda: self._dispute(1000),
            "disputed in part": lambda: self._dispute(300),
            "a promise": lambda: self._promise(),
            "a payment plan": lambda: self._agree_plan(),
        }

    # ------------------------------------------------------------------- changes

    def _pay(self, amount):
        self.env["account.payment.register"].with_context(
            active_model="account.move", active_ids=self.invoice.ids
        ).create({"amount": amount})._create_payments()

    def _credit(self, amount):
        self._create_invoice_one_line(
            price_unit=amount,
            tax_ids=[],
            partner_id=self.debtor,
            move_type="out_refund",
            post=True,
        )

    def _reversal(self):
        self.env["account.move"].create(
            {
                "move_type": "out_refund",
                "partner_id": self.debtor.id,
                "reversed_entry_id": self.invoice.id,
            }
        )

    def _channels(self, code):
        channels = self.env["relance.channel"].search([("code", "=", code)])
        return [Command.set(channels.ids)]

    def _speak(self, lang):
        self.env["res.lang"]._activate_lang(lang)
        self.debtor.lang = lang

    def _child(self, **values):
        return self.env["res.partner"].create(
            {
                "name": "Ann",
                "parent_id": self.debtor.id,
                "email": "ann@debtor.test",
                **values,
            }
        )

    def _close(self, partner):
        self.env["relance.closing"].create(
            {"partner_id": partner.id, "date_from": TODAY, "date_to": days(3)}
        )

    def _call_first(self, level):
        phone = self.env["relance.channel"].search([("code", "=", "phone")])
        level.channel_ids = phone

    def _bank_line(self, amount):
        journal = self.company_data["default_journal_bank"]
        self.env["account.bank.statement.line"].create(
            {
                "journal_id": journal.id,
                "partner_id": self.debtor.id,
                "amount": amount,
                "payment_ref": self.invoice.name,
                "date": TODAY,
            }
        )

    def _fail_address(self):
        reminder = self.env["relance.reminder"].search(
            [("partner_id", "=", self.debtor.id), ("state", "=", "proposed")]
        )
        reminder.sudo().write({"state": "approved", "recipient": self.debtor.email})
        reminder.sudo()._fail("unknown", "address")

    def _answer(self):
        reminder = self.env["relance.reminder"].search(
            [("partner_id", "=", self.debtor.id)], limit=1
        )
        reminder.sudo().answer_state = "unread"

    def _hold(self, until):
        self.env["relance.line.hold"]._hold(self.line, "they asked", until)

    def _dispute(self, amount):
        return self.env["relance.dispute"].create(
            {
                "move_line_ids": self.line.ids,
                "reason_id": self.env.ref("relance_ar.dispute_reason_price").id,
                "amount": amount,
            }
        )

    def _promise(self, **values):
        vals = {"move_line_ids": self.line.ids, "date": days(5), **values}
        return self.env["relance.promise"].create(vals)

    def _agree_plan(self):
        plan = self.env["relance.plan"].create(
            {
                "move_line_ids": self.line.ids,
                "acceptance": "email",
                "accepted_on": TODAY,
                "acceptance_ids": [
                    Command.create({"name": "accepted.eml", "raw": b"yes"})
                ],
            }
        )
        plan.action_propose()
        plan.action_activate()
        return plan

    # --------------------------------------------------------------------- tests

    def test_a_second_run_changes_nothing(self):
        self._plan()
        before, ids = self._live(), self.env["relance.reminder"].search([]).ids
        self.assertEqual(len(before), 1)
        self._plan()
        self.assertEqual(self._live(), before)
        self.assertEqual(self.env["relance.reminder"].search([]).ids, ids)

    def test_each_change_is_seen(self):
        self._plan()
        before = self._live()
        for name, change in self._changes().items():
            with self.subTest(name), self._undone():
                change()
                self.env.flush_all()
                self._plan()
                self.assertNotEqual(self._live(), before)

    def test_what_ends_an_agreement_is_seen(self):
        self._plan()
        before = self._live()
        agreements = (self._dispute(300), self._dispute(200), self._promise())
        for agreement in agreements:
            agreement.action_cancel()
        self.env["relance.line.hold"]._hold(self.line, "x", days(9)).action_lift()
        plan = self._agree_plan()
        self._plan()
        self.assertFalse(self._live())
        plan.action_cancel()
        self._plan()
        self.assertEqual(self._live(), before)

    def test_what_was_not_kept_brings_the_next_step_at_once(self):
        self.company.relance_promise_tolerance = 0
        first = self._plan()
        first.action_approve()
        first.sudo()._confirm("sent")
        first.sudo().deadline = False
        day = days(7)  # the step after comes on the eighth
        with freeze_time(day):
            self._plan(day)
            self.assertFalse(self._live())
        self._promise(date=days(1))
        with freeze_time(day):
            self._plan(day)
            self.assertEqual(len(self._live()), 1)

    def test_a_change_of_another_debtor_changes_nothing_here(self):
        other = self._debtor("Other SA")
        self._invoice(other, days(-3), 10)
        self._plan()
        before = self._live()
        other.relance_hold_until = days(9)
        self._plan()
        self.assertEqual(self._live(), before)
