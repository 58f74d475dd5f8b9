from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import freeze_time, tagged

from .common import TODAY, RelanceCase, days
from .test_daily import DailyCase
from .test_own_side import OwnSideCase


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestHeld(OwnSideCase):
    """What a check holds, until our side is in order or a person sets it aside."""

    def _send(self, reminders):
        with self.mail_server() as sink:
            reminders.action_send()
        return sink.messages

    def _draft_credit(self, invoice=None):
        return self._reverse_invoice(invoice or self.invoice)

    # ---------------------------------------------------------------------- holding

    def test_only_the_lines_concerned_are_held(self):
        fine = self._invoice(self.debtor, days(-2), 200)
        self._draft_credit()
        by_state = {r.state: r for r in self._plan()}
        self.assertEqual(set(by_state), {"held", "proposed"})
        self.assertEqual(by_state["held"].line_ids.move_id, self.invoice)
        self.assertRecordValues(
            by_state["proposed"], [{"amount_net": 200.0, "preflight_state": "ok"}]
        )
        by_state["proposed"].action_approve()
        [message] = self._send(by_state["proposed"])
        text = message.get_body(("html",)).get_content()
        self.assertIn(fine.name, text)
        self.assertNotIn(self.invoice.name, text)

    def test_lines_held_together_give_one_task(self):
        other = self._invoice(self.debtor, days(-2), 200)
        self._draft_credit()
        self._draft_credit(other)
        reminder = self._plan()
        self.assertEqual(reminder.line_ids.move_id, self.invoice + other)
        self.assertEqual(len(reminder.activity_ids), 1)

    def test_planning_again_neither_doubles_the_task_nor_the_reminder(self):
        self._draft_credit()
        reminder = self._plan()
        before = reminder.activity_ids
        self.assertFalse(self._plan())
        with freeze_time(days(1)):
            self._plan(days(1))
        self.assertEqual(self.reminders.search_count([]), 1)
        self.assertEqual(reminder.activity_ids, before)

    def test_once_put_right_it_joins_the_others_in_one_reminder(self):
        self._invoice(self.debtor, days(-2), 200)
        draft = self._draft_credit()
        held = self._plan().filtered(lambda r: r.state == "held")
        draft.unlink()
        self._plan()
        [alive] = self.reminders.search([("state", "!=", "cancelled")])
        self.assertRecordValues(alive, [{"state": "proposed", "amount_net": 1200.0}])
        self.assertEqual(alive.preflight_state, "ok")
        self.assertFalse((held + alive).activity_ids)

    def test_what_is_held_is_not_approved_nor_sent(self):
        self._draft_credit()
        reminder = self._plan()
        self.assertFalse(reminder.action_approve())
        self.assertFalse(reminder.with_user(self.manager).action_approve())
        self.assertFalse(self._send(reminder))
        self.assertEqual(reminder.state, "held")

    def test_what_is_held_can_be_cancelled(self):
        self._draft_credit()
        reminder = self._plan()
        reminder.action_cancel()
        self.assertEqual(reminder.state, "cancelled")
        self.assertFalse(reminder.activity_ids)

    def test_what_is_held_and_then_paid_is_withdrawn(self):
        self._draft_credit()
        reminder = self._plan()
        self._register_payment(self.invoice, payment_date=TODAY)
        self._plan()
        self.assertEqual(reminder.state, "cancelled")
        self.assertFalse(reminder.activity_ids)

    def test_who_cannot_be_reached_at_the_firm_step_is_written_to_at_the_mild_one(self):
        """The registered letter waits for an address; the e-mail does not."""
        own = self.scenario.copy({"name": "Own"})
        firm = own.level_ids.filtered(lambda lv: lv.delay_days == 11)
        firm.channel_ids = self.env.ref("relance_ar.relance_channel_registered_letter")
        self.debtor.write({"relance_scenario_id": own.id, "street": False})
        old = self._invoice(self.debtor, days(-15), 300)
        by_state = {r.state: r for r in self._plan()}
        self.assertEqual(by_state["held"].line_ids.move_id, old)
        self.assertEqual(by_state["proposed"].line_ids.move_id, self.invoice)
        self.assertEqual(by_state["proposed"].channel, "email")
        repair = self.env.ref("relance_ar.mail_activity_type_repair")
        self.assertEqual(by_state["held"].activity_ids.activity_type_id, repair)

    # -------------------------------------------------------------- at sending time

    def test_money_that_arrives_after_the_approval_stops_it(self):
        reminder = self._plan()
        reminder.action_approve()
        self._bank_line(1000, self.debtor)
        self.assertFalse(self._send(reminder))
        self.assertRecordValues(
            reminder,
            [{"state": "held", "preflight_state": "blocking", "date_done": False}],
        )
        self.assertEqual(reminder.activity_ids.activity_type_id, self.task)

    def test_stopped_at_sending_it_is_taken_up_again_once_put_right(self):
        reminder = self._plan()
        reminder.action_approve()
        line = self._bank_line(1000, self.debtor)
        self._send(reminder)
        line.unlink()
        self._plan()
        self.assertRecordValues(
            reminder, [{"state": "proposed", "preflight_state": "ok"}]
        )
        self.assertFalse(reminder.activity_ids)
        self.assertFalse(reminder.approved_by_id, "it is to be approved again")

    def test_stopped_at_sending_the_others_go_with_the_next_run(self):
        fine = self._invoice(self.debtor, days(-2), 200)
        reminder = self._plan()
        reminder.action_approve()
        self._draft_credit()
        self.assertFalse(self._send(reminder))
        self._plan()
        found = self.reminders.search([("state", "in", ["held", "proposed"])])
        lines = {r.state: r.line_ids.move_id for r in found}
        self.assertEqual(lines, {"held": self.invoice, "proposed": fine})

    def test_a_call_is_taken_off_the_list_when_the_money_arrives(self):
        self.debtor.email = False
        reminder = self._plan()
        reminder.action_approve()
        self.assertEqual(reminder.channel, "phone")
        self._bank_line(1000, self.debtor)
        self._plan()
        self.assertEqual(reminder.state, "held")
        self.assertEqual(reminder.activity_ids.activity_type_id, self.task)

    def test_a_call_approved_when_the_money_is_there_goes_to_no_list(self):
        self.debtor.email = False
        reminder = self._plan()
        self._bank_line(1000, self.debtor)
        reminder.action_approve()
        self.assertRecordValues(reminder, [{"state": "held", "approved_by_id": False}])
        self.assertEqual(reminder.activity_ids.activity_type_id, self.task)

    # -------------------------------------------------------- chasing all the same

    def test_chasing_all_the_same_is_logged_and_leaves(self):
        self._draft_credit()
        reminder = self._plan()
        reminder.action_release()
        self.assertRecordValues(
            reminder, [{"state": "proposed", "preflight_state": "blocking"}]
        )
        self.assertFalse(reminder.activity_ids)
        note = reminder.message_ids.filtered(lambda m: "set aside" in m.body)
        self.assertEqual(note.author_id, self.officer.partner_id)
        reminder.action_approve()
        self.assertEqual(len(self._send(reminder)), 1)
        self.assertEqual(reminder.state, "sent")

    def test_the_next_run_remembers_what_was_set_aside(self):
        self._draft_credit()
        reminder = self._plan()
        reminder.action_release()
        self._plan()
        self.assertEqual(reminder.state, "proposed")
        # Even when the facts change: another invoice joins.
        other = self._invoice(self.debtor, days(-2), 200)
        self._draft_credit(other).unlink()
        self._register_payment(self.invoice, amount=10, payment_date=TODAY)
        self._plan()
        self.assertEqual(reminder.state, "proposed")

    def test_a_new_problem_holds_it_again(self):
        self._draft_credit()
        reminder = self._plan()
        reminder.action_release()
        self._bank_line(1000, self.debtor)
        self._plan()
        self.assertEqual(reminder.state, "held")
        self.assertEqual(reminder.activity_ids.activity_type_id, self.task)
        reminder.action_release()
        self.assertEqual(reminder.state, "proposed")

    def test_a_new_problem_of_the_same_kind_holds_it_again(self):
        draft = self._draft_credit()
        reminder = self._plan()
        reminder.action_release()
        self._plan()
        self.assertEqual(reminder.state, "proposed", "unchanged, it stays set aside")
        draft.unlink()
        again = self._draft_credit()
        self.assertNotEqual(draft.id, again.id)
        self._plan()
        self.assertEqual(reminder.state, "held")

    def test_a_new_problem_of_the_same_kind_stops_it_at_sending(self):
        draft = self._draft_credit()
        reminder = self._plan()
        reminder.action_release()
        reminder.action_approve()
        draft.unlink()
        self._draft_credit()
        self.assertFalse(self._send(reminder))
        self.assertEqual(reminder.state, "held")

    def test_a_new_problem_stops_it_at_sending(self):
        self._draft_credit()
        reminder = self._plan()
        reminder.action_release()
        reminder.action_approve()
        self._bank_line(1000, self.debtor)
        self.assertFalse(self._send(reminder))
        self.assertEqual(reminder.state, "held")

    def test_the_same_problem_on_another_invoice_is_a_new_one(self):
        self._draft_credit()
        reminder = self._plan()
        reminder.action_release()
        other = self._invoice(self.debtor, days(-2), 200)
        self._draft_credit(other)
        self._plan()
        self.assertEqual(reminder.line_ids.move_id, self.invoice + other)
        self.assertEqual(reminder.state, "held", "nobody has looked at this one")

    def test_the_same_problem_on_another_invoice_stops_it_at_sending(self):
        other = self._invoice(self.debtor, days(-2), 200)
        draft = self._draft_credit(other)
        self._draft_credit()
        reminder = self._plan()
        draft.unlink()
        self._plan()
        reminder = self.reminders.search([("state", "=", "held")])
        reminder.action_release()
        reminder.action_approve()
        self._draft_credit(other)
        self.assertEqual(reminder.line_ids.move_id, self.invoice)
        self.assertEqual(len(self._send(reminder)), 1, "the other is not in it")

    def test_releasing_what_nobody_can_receive_is_refused(self):
        self.debtor.write({"email": False, "phone": False, "street": False})
        reminder = self._plan()
        self.assertEqual(reminder.state, "held")
        with self.assertRaises(UserError) as refused:
            reminder.action_release()
        self.assertIn("cannot be reached", str(refused.exception))

    def test_releasing_what_is_not_held_does_nothing(self):
        reminder = self._plan()
        self.assertFalse(reminder.action_release())
        self.assertEqual(reminder.state, "proposed")
        self.assertFalse(reminder.released)

    # ------------------------------------------------------------------- the rights

    def test_nobody_writes_findings_and_releases_by_rpc(self):
        self._draft_credit()
        reminder = self._plan()
        for values in (
            {"released": ["draft_credit"]},
            {"preflight": []},
            {"preflight_state": "ok"},
            {"state": "proposed"},
            {"over_ceiling": False},
        ):
            for user in (self.officer, self.manager):
                with self.subTest(**values), self.assertRaises(AccessError):
                    reminder.with_user(user).write(values)

    def test_who_may_not_write_reminders_releases_none(self):
        self._draft_credit()
        reminder = self._plan()
        clerk = self._new_user("clerk", "account.group_account_invoice")
        with self.assertRaises(AccessError):
            reminder.with_user(clerk).action_release()
        self.assertEqual(reminder.state, "held")


@tagged("post_install", "-at_install")
@freeze_time(f"{TODAY} 09:00")
class TestHeldByTheDailyRun(DailyCase):
    """The daily job holds, takes up again, and sends nothing without being asked."""

    def _bank_line(self, partner, amount=1000):
        return OwnSideCase._bank_line.__func__(type(self), amount, partner)

    def test_the_job_sends_the_others_and_holds_what_may_be_paid(self):
        paid, owing = self._debtor("Paid SA"), self._debtor("Owing SA")
        self._invoice(paid, days(-3))
        self._invoice(owing, days(-3))
        line = self._bank_line(paid)
        self._switch_on()
        [message] = self._run_cron()
        self.assertIn("owing@debtor.test", message["To"])
        held = self._reminders_to(paid)
        self.assertEqual(held.state, "held")
        line.unlink()
        with freeze_time(f"{days(1)} 09:00"):
            [message] = self._run_cron()
        self.assertIn("paid@debtor.test", message["To"])

    def test_an_approval_is_not_valid_for_what_comes_after_a_hold(self):
        """Approved by a person, held, then approved by the job: it waits again."""
        level = self.env.ref("relance_ar.level_1_first")
        level.write({"auto_send": False, "auto_approve": True})
        debtor = self._debtor()
        self._invoice(debtor, days(-3))
        self._switch_on()
        self.assertFalse(self._run_cron())
        reminder = self._reminders_to(debtor).with_user(self.officer)
        self.assertEqual(reminder.state, "approved")
        reminder.sudo().state = "proposed"
        reminder.action_approve()
        line = self._bank_line(debtor)
        with freeze_time(f"{days(1)} 09:00"):
            self.assertFalse(self._run_cron())
            self.assertEqual(reminder.state, "held")
        line.unlink()
        with freeze_time(f"{days(2)} 09:00"):
            self.assertFalse(self._run_cron(), "nobody has approved this")
        self.assertRecordValues(
            reminder, [{"state": "approved", "approved_by_id": False}]
        )


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestSharedCredits(RelanceCase):
    """One formula for what is owed net, however many messages a debtor receives."""

    def test_two_addresses_are_never_asked_for_less_than_nothing(self):
        debtor = self._debtor()
        agencies = [
            self.env["res.partner"].create(
                {
                    "parent_id": debtor.id,
                    "type": "invoice",
                    "name": name,
                    "email": f"{name}@debtor.test",
                }
            )
            for name in ("north", "south")
        ]
        for agency in agencies:
            self._invoice(agency, days(-3), 60)
        self._invoice(debtor, days(-1), 100, move_type="out_refund")
        reminders = self._plan()
        self.assertTrue(all(amount > 0 for amount in reminders.mapped("amount_net")))
        self.assertEqual(sum(reminders.mapped("amount_net")), 20.0)
        reminders.action_approve()
        with self.mail_server() as sink:
            reminders.action_send()
        self.assertEqual(len(sink.messages), len(reminders))

    def test_instalments_of_the_same_invoice_share_what_was_received(self):
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
            partner_id=self._debtor(),
            invoice_date=days(-15),
            invoice_payment_term_id=term,
            post=True,
        )
        self._register_payment(invoice, amount=700.0, payment_date=days(-1))
        reminder = self._plan()
        self.assertRecordValues(reminder, [{"amount_net": 300.0, "line_count": 1}])
