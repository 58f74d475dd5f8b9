"""What goes wrong in other dunning software must not go wrong here.

The pitfalls of planning and sending, and where each is held to a test; those without
a place of their own are tested below.

=====  ===============================================================================
P1     test_own_side.TestMoney; test_own_side_money; test_own_side_hold.TestHeld
P2     TestPlanning; unit test_schedule (old debt does not silence what is coming due)
P3     TestPlanning; test_own_side_hold.TestSharedCredits
P4     test_line_hold; test_run.TestRun (excluded from follow-up, blocked payment)
P5     unit test_schedule (each step serves whole and partly paid lines)
P6     TestSending
P9     TestPlanning (each row what is owed on it)
P11    test_scenario.TestDefaultScenarios (the manager sees when each level comes)
P12    unit test_schedule (missed day is caught up); test_ladder_properties
P13    TestPlanning; test_policy.TestRecipients
P14    test_run.TestReplanning, test_daily (a second run on the same day)
P15    TestPlanning
P16    unit test_schedule (first contact waits for no gap)
P17    test_run.TestRun (one reminder; currency; invoice address)
P18    TestBadInput (a line without due date); test_run.TestRun (an instalment)
P19    TestSending; test_dispatch.TestEmail (came back, refused)
P20    test_automation.TestThreeSteps (ending a hold)
P21    TestPlanning (the least amount is on the principal)
P22    test_automation.TestSimulation
P23    TestSending
P24    unit test_schedule (old line climbs one phase); TestPlanning
P26    TestPlanning
P30    TestPlanning
P31    TestSending

P7, P8, P10, P28 and P32 are about penalties (unit test_penalty has their reckoning);
P25 about disputes, P27 about payment plans and P29 about promises: still to come.

Addons of the community: next delay from the confirmed contact, mass actions: below;
the unit is the instalment, credits, second run: test_run; paid meanwhile, failed
e-mails, names escaped: test_dispatch; foreign minimum: test_policy; cron: test_daily;
rules of companies: test_access.
=====  ===============================================================================
"""

import psycopg2

from odoo import Command
from odoo.tests import freeze_time, tagged
from odoo.tools import mute_logger

from .common import TODAY, RelanceCase, days

QWEB = "odoo.addons.mail.models.mail_render_mixin"


class PitfallCase(RelanceCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.debtor = cls._debtor()

    def _sent(self, reminders):
        """Send through a real server; return the messages that left."""
        with self.mail_server() as sink:
            reminders.action_send()
        return sink.messages

    def _entry(self, balance, partner=None):
        """Return a posted miscellaneous entry on the account of a customer."""
        data = self.company_data
        entry = self.env["account.move"].create(
            {
                "journal_id": data["default_journal_misc"].id,
                "date": days(-5),
                "line_ids": [
                    Command.create(
                        {
                            "account_id": account.id,
                            "partner_id": (partner or self.debtor).id,
                            "date_maturity": days(-5),
                            "debit": max(amount, 0),
                            "credit": max(-amount, 0),
                            "no_followup": False,
                        }
                    )
                    for account, amount in (
                        (data["default_account_receivable"], balance),
                        (data["default_account_revenue"], -balance),
                    )
                ],
            }
        )
        entry.action_post()
        return entry


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestPlanning(PitfallCase):
    """What a run proposes, and what it does not."""

    def test_p2_an_old_debt_does_not_drive_everything(self):
        """Each invoice keeps its level, and what is coming due has its own track.

        The old debt is being chased, and waits for the day that it was granted.
        """
        self.debtor.phone = False
        old = self._invoice(self.debtor, days(-200), 1000)
        with freeze_time(days(-15)):
            first = self._plan(days(-15))
            first.level_id.sudo().deadline_days = 30
            first.action_approve()
            self._sent(first)
        self.assertEqual(first.line_ids.move_id, old)
        coming = self._invoice(self.debtor, days(5), 70)
        reminder = self._plan()
        self.assertRecordValues(
            reminder, [{"phase": "preventive", "state": "proposed", "amount_net": 70}]
        )
        self.assertEqual(reminder.line_ids.move_id, coming)
        [why] = self.runs.explain(self._lines(old), TODAY)
        self.assertEqual(why["next_date"], days(20), "2 of grace, then Easter")
        self.assertEqual(why["phase"], "level_2", "its own ladder goes on")

    def test_p3_an_entry_and_its_payment_make_nothing_to_pay(self):
        self._entry(100)
        self._entry(-100)
        self.assertFalse(self._plan())
        self._entry(50)
        self.assertEqual(self._plan().amount_net, 50.0)

    def test_p9_each_row_asks_for_what_is_owed_on_it(self):
        paid = self._invoice(self.debtor, days(-3), 300)
        self._invoice(self.debtor, days(-2), 500)
        self._invoice(self.debtor, days(-1), 70)
        self._register_payment(paid, amount=180, payment_date=days(-1))
        reminder = self._plan()
        owed = reminder.line_ids.sorted("date_maturity").mapped("amount_residual")
        self.assertEqual(owed, [120.0, 500.0, 70.0])
        self.assertEqual(reminder.amount_net, 690.0)

    def test_p21_charges_do_not_lift_a_small_debt_above_the_least_amount(self):
        """The 40 euros and the interest are claimed, and do not count."""
        level = self.env.ref("relance_ar.level_1_first")
        level.write({"minimum_amount": 50, "claim_penalties": True})
        small, fair = self._debtor("Small SA"), self._debtor("Fair SA")
        self._invoice(small, days(-3), 49)
        self._invoice(fair, days(-3), 50)
        reminder = self._plan()
        self.assertEqual(reminder.partner_id, fair)
        self.assertGreater(reminder.amount_claimed, 90)

    def test_p13_of_several_addresses_the_same_one_is_always_taken(self):
        for name in ("Zoe", "Adam", "Mute"):
            self.env["res.partner"].create(
                {
                    "parent_id": self.debtor.id,
                    "type": "invoice",
                    "name": name,
                    "email": name != "Mute" and f"{name}@debtor.test",
                }
            )
        self._invoice(self.debtor, days(-3))
        first = self._plan()
        self.assertEqual(first.contact_id.name, "Zoe")
        first.action_cancel()
        self.assertEqual(self._plan().contact_id.name, "Zoe")

    def test_p15_only_what_was_confirmed_counts(self):
        """Neither a proposal, an approval, a failure nor a cancellation climbs."""
        self._invoice(self.debtor, days(-3))
        for state in ("proposed", "approved", "failed", "cancelled"):
            with self.subTest(state=state), freeze_time(days(1)):
                reminder = self._plan()
                reminder.sudo().state = state
                self.env.flush_all()
                [why] = self.runs.explain(self._lines(*self.debtor.invoice_ids), TODAY)
                self.assertNotIn("Last step", " ".join(why["reasons"]))
                reminder.sudo().state = "cancelled"

    def test_p24_an_old_invoice_starts_where_it_may_and_says_what_is_skipped(self):
        self._invoice(self.debtor, days(-40))
        reminder = self._plan()
        self.assertEqual(reminder.level_id, self.env.ref("relance_ar.level_1_second"))
        self.assertIn("Its age would allow Firm reminder", reminder.why)

    def test_p26_a_credit_counts_whatever_the_level_it_would_have(self):
        self._invoice(self.debtor, days(-3), 100)
        self._invoice(self.debtor, days(-90), 100, move_type="out_refund")
        self.assertFalse(self._plan())

    def test_p30_a_missing_contact_is_found_before_the_due_date(self):
        self.debtor.write({"email": False, "phone": False})
        self._invoice(self.debtor, days(5))
        reminder = self._plan()
        self.assertRecordValues(reminder, [{"state": "held", "phase": "preventive"}])
        repair = self.env.ref("relance_ar.mail_activity_type_repair")
        self.assertEqual(reminder.activity_ids.activity_type_id, repair)

    def test_the_next_delay_starts_with_the_contact_and_not_with_the_run(self):
        self._invoice(self.debtor, days(-3))
        reminder = self._plan()
        reminder.action_approve()
        with freeze_time(days(5)):
            self.assertEqual(len(self._sent(reminder)), 1)
        self.assertEqual(reminder.date_done, days(5))
        # 8 days granted and 2 of grace from then: day 15, and not day 10.
        for offset in (10, 14):
            with freeze_time(days(offset)):
                self.assertFalse(self._plan(days(offset)))
        with freeze_time(days(15)):
            self.assertEqual(len(self._plan(days(15))), 1)

    def test_reminders_of_a_run_ahead_are_not_doubled_by_the_run_of_today(self):
        """Two proposals for a later day become one of today."""
        first = self._invoice(self.debtor, days(-3), 100)
        second = self._invoice(self.debtor, days(-3), 200)
        draft = self._reverse_invoice(first)
        ahead = self._plan(days(30))
        self.assertEqual(sorted(ahead.mapped("state")), ["held", "proposed"])
        draft.unlink()
        self._plan()
        live = self.reminders.search([("state", "in", ["held", "proposed"])])
        self.assertRecordValues(live, [{"date_planned": TODAY, "amount_net": 300.0}])
        self.assertEqual(live.line_ids.move_id, first + second)


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestSending(PitfallCase):
    """What leaves, and what remains of the rest."""

    def test_p6_sending_one_leaves_the_others_as_they_were(self):
        others = [self._debtor(f"Other{rank} SA") for rank in range(2)]
        for debtor in (self.debtor, *others):
            self._invoice(debtor, days(-3))
        reminders = self._plan()
        reminders.action_approve()
        one = reminders.filtered(lambda r: r.partner_id == self.debtor)
        self.assertEqual(len(self._sent(one)), 1)
        self.assertEqual((reminders - one).mapped("state"), ["approved"] * 2)
        self.assertFalse(any((reminders - one).mapped("date_done")))

    def test_mass_actions_do_what_they_can_for_each(self):
        """One held, one paid, one to call, one at a manager's level, two e-mails."""
        names = ("Held", "Paid", "Caller", "Notice", "Good", "Fine")
        of = {name: self._debtor(f"{name} SA") for name in names}
        of["Caller"].email = False
        invoices = {name: self._invoice(of[name], days(-3)) for name in names}
        self._reverse_invoice(invoices["Held"])
        self.env.ref("relance_ar.level_1_first").copy(
            {
                "scenario_id": self.scenario.copy({"name": "Own"}).id,
                "delay_days": 2,
                "approver": "manager",
            }
        )
        of["Notice"].relance_scenario_id = self.env["relance.scenario"].search(
            [("name", "=", "Own")]
        )
        reminders = self._plan()
        self._register_payment(invoices["Paid"], payment_date=TODAY)
        with self.mail_server() as sink:
            reminders.action_approve_and_send()
        states = {r.partner_id: r.state for r in reminders}
        expected = ("held", "cancelled", "approved", "proposed", "sent", "sent")
        self.assertEqual(
            states,
            {of[name]: state for name, state in zip(names, expected, strict=True)},
        )
        self.assertEqual(len(sink.messages), 2)

    def test_p19_the_contact_stays_to_be_repaired_while_another_channel_is_used(self):
        self._invoice(self.debtor, days(-3))
        reminder = self._plan()
        reminder.action_approve()
        with (
            self.mail_server() as sink,
            mute_logger("odoo.addons.mail.models.mail_mail"),
        ):
            sink.refused["debtor@debtor.test"] = "550 No such user"
            reminder.action_send()
        again = self._plan()
        self.assertRecordValues(again, [{"channel": "phone", "state": "proposed"}])
        repair = self.env.ref("relance_ar.mail_activity_type_repair")
        tasks = self.env["mail.activity"].search(
            [
                ("activity_type_id", "=", repair.id),
                ("res_model", "=", "relance.reminder"),
                ("res_id", "in", (reminder + again).ids),
            ]
        )
        self.assertEqual(tasks.user_id, self.officer)
        reminder.action_address_checked()
        self.assertFalse(tasks.exists().filtered("active"))

    def test_p23_p31_one_total_on_screen_in_the_message_and_in_the_explanation(self):
        self._invoice(self.debtor, days(-3), 300)
        self._invoice(self.debtor, days(4), 120)
        self._invoice(self.debtor, days(-1), 80, move_type="out_refund")
        reminder = self._plan()
        self.assertRecordValues(
            reminder,
            [{"amount_due": 420.0, "amount_credit": 80.0, "amount_net": 220.0}],
        )
        lines = reminder.line_ids
        self.assertEqual(reminder.amount_due, sum(lines.mapped("amount_residual")))
        reminder.action_approve()
        [message] = self._sent(reminder)
        text = message.get_body(("html",)).get_content()
        self.assertIn("220.00", text)
        self.assertNotIn("420.00", text)


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestBadInput(PitfallCase):
    """A clear message on the record concerned; the rest goes on, nothing is lost."""

    def test_two_levels_on_the_same_day(self):
        level = self.env.ref("relance_ar.level_1_first").with_user(self.manager)
        with (
            mute_logger("odoo.sql_db"),
            self.assertRaises(psycopg2.errors.UniqueViolation) as refused,
        ):
            level.copy().flush_recordset()
        # Odoo's RPC layer shows the message of the index by its name.
        name = refused.exception.diag.constraint_name
        message = level._table_objects[name].get_error_message(level, None)
        self.assertIn("cannot come on the same day", message)

    def test_a_line_without_due_date(self):
        self.debtor.phone = False
        invoice = self._invoice(self.debtor, days(-3))
        line = self._lines(invoice)
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE account_move_line SET date_maturity = NULL WHERE id = %s",
            (line.id,),
        )
        self.env.invalidate_all()
        reminder = self._plan()
        self.assertRecordValues(
            reminder.line_ids, [{"date_maturity": invoice.invoice_date}]
        )
        self.assertIn("The line has no due date", reminder.why)
        reminder.action_approve()
        self.assertEqual(len(self._sent(reminder)), 1)

    def test_a_currency_without_rate(self):
        crowns = self.setup_other_currency("SEK", rates=[])
        self._invoice(self.debtor, days(-3), 100, currency_id=crowns)
        self._invoice(self._debtor("Usual SA"), days(-3))
        reminders = self._plan()
        self.assertEqual(reminders.mapped("state"), ["proposed"] * 2)
        foreign = reminders.filtered(lambda r: r.currency_id == crowns)
        self.assertIn("SEK has no rate", foreign.preflight_text)
        reminders.action_approve()
        self.assertEqual(len(self._sent(reminders)), 2)

    def test_a_run_of_a_past_day_takes_nothing_back(self):
        self._invoice(self.debtor, days(-14), 100)
        paid = self._debtor("Paid SA")
        self._invoice(paid, days(-3))
        reminders = self._plan()
        before = reminders.read(["state", "date_planned", "level_id", "amount_net"])
        self.assertFalse(self._plan(days(-8)))
        after = reminders.read(["state", "date_planned", "level_id", "amount_net"])
        self.assertEqual(after, before)

    def test_a_run_of_a_past_day_contacts_nobody_twice(self):
        self._invoice(self.debtor, days(-14), 100)
        reminder = self._plan()
        reminder.action_approve()
        self._sent(reminder)
        self.assertFalse(self._plan(days(-8)))

    def test_a_letter_whose_text_cannot_be_filled_in(self):
        """It is told on that reminder; the other letters are posted."""
        own = self.scenario.copy({"name": "Own"})
        level = own.level_ids.filtered(lambda lv: lv.delay_days == 1)
        level.mail_template_id = level.mail_template_id.copy(
            {"body_html": "<p t-out='object.no_such_field'/>"}
        )
        letter = self.env.ref("relance_ar.relance_channel_letter")
        level.channel_ids = letter
        self.env.ref("relance_ar.level_1_first").channel_ids = letter
        other = self._debtor("Other SA")
        self.debtor.relance_scenario_id = own
        for debtor in (self.debtor, other):
            self._invoice(debtor, days(-3))
        reminders = self._plan()
        reminders.action_approve()
        with mute_logger(QWEB):
            reminders.action_send()
        of = {r.partner_id: r for r in reminders}
        self.assertEqual(of[other].state, "sent")
        self.assertRecordValues(
            of[self.debtor], [{"state": "failed", "failure_kind": "content"}]
        )
        self.assertIn("no_such_field", of[self.debtor].failure)

    def test_a_level_without_channel_does_not_silence_the_others(self):
        own = self.scenario.copy({"name": "Own"})
        own.level_ids.filtered(lambda lv: lv.delay_days == 11).channel_ids = False
        self.debtor.relance_scenario_id = own
        old = self._invoice(self.debtor, days(-15), 100)
        young = self._invoice(self.debtor, days(-3), 100)
        by_state = {r.state: r.line_ids.move_id for r in self._plan()}
        self.assertEqual(by_state, {"held": old, "proposed": young})

    def test_a_debtor_without_any_day_to_be_contacted_on(self):
        """Closed for years: told on the run, and the others are planned."""
        self._close_for_years(partner_id=self.debtor.id)
        self._invoice(self.debtor, days(-3))
        other = self._debtor("Other SA")
        self._invoice(other, days(-3))
        run = self.runs.create({"date": TODAY})
        run.action_plan()
        self.assertEqual(run.reminder_ids.partner_id, other)
        self.assertIn("Debtor SARL", run.failures)
        self.assertIn("no working day", run.failures)
