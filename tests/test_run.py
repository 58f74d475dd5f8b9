import re

import psycopg2

from odoo import Command, fields
from odoo.sql_db import Cursor
from odoo.tests import freeze_time, tagged
from odoo.tools import mute_logger

from .common import TODAY, RelanceCase, days


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestRun(RelanceCase):
    """What a run proposes, as the collections officer sees it."""

    def test_an_overdue_invoice_is_proposed_at_the_first_level(self):
        debtor = self._debtor()
        invoice = self._invoice(debtor, days(-3))
        reminder = self._plan()
        self.assertRecordValues(
            reminder,
            [
                {
                    "state": "proposed",
                    "partner_id": debtor.id,
                    "contact_id": debtor.id,
                    "company_id": self.company.id,
                    "currency_id": self.company.currency_id.id,
                    "phase": "level_1",
                    "channel": "email",
                    "date_planned": TODAY,
                    "amount_net": 1000.0,
                    "days_late": 3,
                    "user_id": self.officer.id,
                }
            ],
        )
        self.assertRecordValues(
            reminder.line_ids,
            [
                {
                    "move_line_id": self._lines(invoice).id,
                    "level_id": self.env.ref("relance_ar.level_1_first").id,
                    "amount_residual": 1000.0,
                    "days_late": 3,
                }
            ],
        )
        self.assertIn("Due on 03/15/2026, 3 day(s) late.", reminder.why)

    def test_an_invoice_not_yet_overdue_is_left_alone(self):
        self._invoice(self._debtor(), days(20))
        self.assertFalse(self._plan())

    def test_an_instalment_is_chased_alone_when_its_turn_has_come(self):
        term = self.env["account.payment.term"].create(
            {
                "name": "half now, half in 60 days",
                "line_ids": [
                    Command.create(
                        {"value": "percent", "value_amount": 50, "nb_days": 0}
                    ),
                    Command.create(
                        {"value": "percent", "value_amount": 50, "nb_days": 60}
                    ),
                ],
            }
        )
        invoice = self._create_invoice_one_line(
            price_unit=1000,
            tax_ids=[],
            partner_id=self._debtor(),
            invoice_date=days(-10),
            invoice_payment_term_id=term,
            post=True,
        )
        first, second = self._lines(invoice)
        reminder = self._plan()
        self.assertEqual(reminder.line_ids.move_line_id, first)
        self.assertEqual(reminder.amount_net, 500.0)
        self.assertEqual(second.date_maturity, days(50))

    def test_invoices_of_one_debtor_share_one_reminder_at_the_firmest_level(self):
        debtor = self._debtor()
        old = self._invoice(debtor, days(-15), 300)
        young = self._invoice(debtor, days(-2), 200)
        coming = self._invoice(debtor, days(4), 100)
        reminder = self._plan()
        self.assertEqual(reminder.level_id, self.env.ref("relance_ar.level_1_second"))
        self.assertRecordValues(
            reminder.line_ids.sorted("date_maturity"),
            [
                {
                    "move_line_id": self._lines(old).id,
                    "level_id": self.env.ref("relance_ar.level_1_second").id,
                },
                {
                    "move_line_id": self._lines(young).id,
                    "level_id": self.env.ref("relance_ar.level_1_first").id,
                },
                {
                    "move_line_id": self._lines(coming).id,
                    "level_id": self.env.ref("relance_ar.level_preventive").id,
                },
            ],
        )
        # What is coming due is told, not asked for.
        self.assertEqual(reminder.amount_net, 500.0)
        self.assertEqual(reminder.amount_due, 600.0)

    def test_a_partial_payment_leaves_the_residual(self):
        invoice = self._invoice(self._debtor(), days(-3), 1000)
        self._register_payment(invoice, amount=400.0, payment_date=days(-1))
        self.assertEqual(self._plan().amount_net, 600.0)

    def test_an_invoice_excluded_from_follow_up_is_left_alone(self):
        invoice = self._invoice(self._debtor(), days(-3))
        invoice.no_followup = True
        self.assertFalse(self._plan())

    def test_an_invoice_with_a_blocked_payment_is_left_alone(self):
        invoice = self._invoice(self._debtor(), days(-3))
        self.env.cr.execute(
            "UPDATE account_move SET payment_state = 'blocked' WHERE id = %s",
            (invoice.id,),
        )
        self.assertFalse(self._plan())

    def test_a_debtor_on_hold_is_left_alone_until_the_end_of_it(self):
        debtor = self._debtor(relance_hold_until=days(5), relance_hold_reason="sick")
        invoice = self._invoice(debtor, days(-3))
        self.assertFalse(self._plan())
        [why] = self.env["relance.run"].explain(self._lines(invoice), TODAY)
        self.assertEqual(why["next_date"], days(6))
        self.assertIn("The customer is on hold until 03/23/2026: sick.", why["reasons"])
        self.assertEqual(len(self._plan(days(6))), 1)

    def test_credits_that_cover_the_debt_stop_the_reminder(self):
        debtor = self._debtor()
        self._invoice(debtor, days(-3), 100)
        self._invoice(debtor, days(-1), 100, move_type="out_refund")
        self.assertFalse(self._plan())

    def test_credits_are_set_against_what_is_due(self):
        debtor = self._debtor()
        self._invoice(debtor, days(-3), 100)
        self._invoice(debtor, days(-1), 30, move_type="out_refund")
        reminder = self._plan()
        self.assertRecordValues(reminder, [{"amount_credit": 30.0, "amount_net": 70.0}])

    def test_each_currency_has_its_own_reminder(self):
        debtor = self._debtor()
        dollars = self.setup_other_currency("USD")
        self._invoice(debtor, days(-3), 100)
        self._invoice(debtor, days(-3), 250, currency_id=dollars)
        self.assertEqual(
            {(r.currency_id.name, r.amount_net) for r in self._plan()},
            {("EUR", 100.0), ("USD", 250.0)},
        )

    def test_a_debtor_without_any_contact_is_held_with_a_task(self):
        debtor = self._debtor(email=False, phone=False, street=False)
        self._invoice(debtor, days(-3))
        reminder = self._plan()
        self.assertEqual(reminder.state, "held")
        self.assertRecordValues(
            reminder.activity_ids,
            [
                {
                    "activity_type_id": self.env.ref(
                        "relance_ar.mail_activity_type_repair"
                    ).id,
                    "user_id": self.officer.id,
                }
            ],
        )
        debtor.email = "found@debtor.test"
        again = self._plan()
        self.assertEqual(again, reminder, "the same reminder is taken up again")
        self.assertEqual(reminder.state, "proposed")

    def test_without_an_email_address_the_next_channel_is_taken(self):
        self._invoice(self._debtor(email=False), days(-3))
        reminder = self._plan()
        self.assertEqual(reminder.channel, "phone")
        self.assertIn("No working e-mail address.", reminder.why)

    def test_the_invoice_address_receives_the_reminder_in_its_language(self):
        debtor = self._debtor()
        billing = self.env["res.partner"].create(
            {
                "parent_id": debtor.id,
                "type": "invoice",
                "name": "Accounts payable",
                "email": "payable@debtor.test",
                "lang": "fr_FR",
            }
        )
        self._invoice(debtor, days(-3))
        self.assertRecordValues(
            self._plan(),
            [{"partner_id": debtor.id, "contact_id": billing.id, "lang": "fr_FR"}],
        )

    def test_the_address_named_on_the_invoice_receives_its_reminder(self):
        debtor = self._debtor()
        agency = self.env["res.partner"].create(
            {
                "parent_id": debtor.id,
                "type": "invoice",
                "name": "Agency",
                "email": "agency@debtor.test",
            }
        )
        self.env["res.partner"].create(
            {
                "parent_id": debtor.id,
                "type": "invoice",
                "name": "Another",
                "email": "another@debtor.test",
            }
        )
        self._invoice(agency, days(-3), 100)
        self._invoice(debtor, days(-3), 200)
        self.assertEqual(
            {(r.contact_id.name, r.amount_net) for r in self._plan()},
            {("Agency", 300.0)},
        )

    def test_several_addresses_in_one_field_are_all_usable(self):
        self._invoice(self._debtor(email="a@x.test, Jean <b@x.test>"), days(-3))
        reminder = self._plan()
        self.assertEqual(reminder.channel, "email")
        self.assertEqual(reminder._get_emails(), ["a@x.test", "b@x.test"])

    def test_an_individual_follows_the_scenario_for_individuals(self):
        person = self._debtor("Claude Petit", is_company=False)
        self._invoice(person, days(-5))
        self.assertEqual(
            self._plan().level_id, self.env.ref("relance_ar.consumer_level_1")
        )

    def test_a_sunday_run_plans_for_monday(self):
        self._invoice(self._debtor(), days(-3))
        reminder = self._plan(days(4))  # Sunday
        self.assertEqual(reminder.date_planned, days(5))


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestReplanning(RelanceCase):
    """Planning again: nothing twice, nothing lost, proposals kept up to date."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.debtor = cls._debtor()
        cls.invoice = cls._invoice(cls.debtor, days(-3))

    def test_planning_twice_proposes_once(self):
        first = self._plan()
        self.env.flush_all()
        self.env.invalidate_all()
        before = first.read()
        self.assertFalse(self._plan())
        first.invalidate_recordset()
        self.assertEqual(first.read(), before)
        self.assertEqual(self.reminders.search_count([]), 1)

    def test_a_proposal_follows_the_debt(self):
        reminder = self._plan()
        self._invoice(self.debtor, days(-2), 50)
        self.assertEqual(self._plan(), reminder)
        self.assertEqual(reminder.amount_net, 1050.0)

    def test_a_proposal_is_withdrawn_once_all_is_paid(self):
        reminder = self._plan()
        self._register_payment(self.invoice, payment_date=TODAY)
        self._plan()
        self.assertEqual(reminder.state, "cancelled")

    def test_a_proposal_follows_a_partial_payment(self):
        reminder = self._plan()
        self._register_payment(self.invoice, amount=400.0, payment_date=TODAY)
        self._plan()
        self.assertRecordValues(reminder, [{"state": "proposed", "amount_net": 600.0}])

    def test_what_an_officer_changed_in_a_proposal_is_kept(self):
        reminder = self._plan()
        reminder.channel = "phone"
        self._plan()
        self.assertEqual(reminder.channel, "phone")

    def test_an_approved_call_is_withdrawn_once_all_is_paid(self):
        reminder = self._plan()
        reminder.channel = "phone"
        reminder.action_approve()
        self._register_payment(self.invoice, payment_date=TODAY)
        self._plan()
        self.assertEqual(reminder.state, "cancelled")
        self.assertFalse(reminder.activity_ids)

    def test_a_deleted_call_is_put_back_on_the_list(self):
        reminder = self._plan()
        reminder.channel = "phone"
        reminder.action_approve()
        reminder.sudo().activity_ids.unlink()
        self._plan()
        self.assertEqual(len(reminder.activity_ids), 1)

    def test_a_run_of_a_later_day_does_not_postpone_today(self):
        reminder = self._plan()
        self._plan(days(30))
        self.assertRecordValues(
            reminder, [{"state": "proposed", "date_planned": TODAY}]
        )

    def test_a_run_planned_far_ahead_does_not_silence_the_debtor(self):
        far = self._plan(days(3650))
        self._plan()
        self.assertEqual(far.date_planned, TODAY)

    def test_a_debtor_taken_over_by_another_company_goes_on_where_it_was(self):
        reminder = self._plan()
        reminder.action_approve()
        reminder.sudo()._confirm("sent")
        group = self._debtor("Group SA")
        self.debtor.write({"is_company": False, "parent_id": group.id})
        with freeze_time(days(21)):
            again = self._plan(days(21))
        self.assertRecordValues(
            again, [{"partner_id": group.id, "phase": "level_2", "amount_net": 1000.0}]
        )

    def test_an_approved_reminder_is_neither_changed_nor_doubled(self):
        reminder = self._plan()
        reminder.action_approve()
        self._invoice(self.debtor, days(-2), 50)
        self.assertFalse(self._plan())
        self.assertRecordValues(reminder, [{"state": "approved", "amount_net": 1000.0}])

    def test_a_cancelled_reminder_may_be_proposed_again(self):
        reminder = self._plan()
        reminder.action_cancel()
        again = self._plan()
        self.assertNotEqual(again, reminder)
        self.assertRecordValues(again, [{"state": "proposed", "amount_net": 1000.0}])

    def test_the_ladder_is_climbed_one_confirmed_phase_at_a_time(self):
        late = self._debtor("Late SA")
        self._invoice(late, days(-100))
        phases, day = [], TODAY
        while len(phases) < 8 and day < days(200):
            with freeze_time(day):
                reminder = self._plan(day).filtered(lambda r: r.partner_id == late)
                if reminder:
                    phases.append(reminder.phase)
                    reminder.with_user(self.manager).action_approve()
                    reminder.sudo()._confirm("sent")
            day = fields.Date.add(day, days=1)
        self.assertEqual(
            phases,
            ["level_1", "level_2", "level_3", "formal_notice", "litigation"],
        )

    def test_two_contacts_keep_the_minimum_gap(self):
        reminder = self._plan()
        reminder.action_approve()
        reminder.sudo()._confirm("sent")
        self._invoice(self.debtor, days(-1), 50)
        for offset in range(1, 7):
            self.assertFalse(self._plan(days(offset)))

    def test_one_bad_debtor_does_not_stop_the_others(self):
        broken = self._debtor("Broken SA")
        self._invoice(broken, days(-3))
        company_type = type(self.env["relance.reminder"])
        copy_in = company_type._copy_in

        def failing_copy(records, vals_list):
            if any(vals["partner_id"] == broken.id for vals in vals_list):
                raise ValueError("the disk is full")
            return copy_in(records, vals_list)

        self.patch(company_type, "_copy_in", failing_copy)
        run = self.runs.create({"date": TODAY})
        run.action_plan()
        self.assertEqual(run.reminder_ids.partner_id, self.debtor)
        self.assertIn("Broken SA: something unexpected (ValueError)", run.failures)
        self.assertNotIn(
            "the disk is full", run.failures, "for the log, not for people"
        )
        self.assertEqual(run.state, "done")

    def test_the_database_refuses_the_same_step_twice(self):
        reminder = self._plan()
        line = reminder.line_ids
        other = reminder.sudo().copy()
        with (
            mute_logger("odoo.sql_db"),
            self.assertRaises(psycopg2.errors.UniqueViolation),
        ):
            line.sudo().copy({"reminder_id": other.id}).flush_recordset()


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestExplain(RelanceCase):
    """Why, or why not: for any line at any date, without writing anything."""

    def _explain(self, move, day=TODAY):
        runs = self.env["relance.run"].with_user(self.officer)
        return runs.explain(self._lines(move), day)

    def test_a_line_that_is_due(self):
        invoice = self._invoice(self._debtor(), days(-3))
        self.assertEqual(
            self._explain(invoice),
            [
                {
                    "move_line_id": self._lines(invoice).id,
                    "due": True,
                    "level": "First reminder",
                    "level_id": self.env.ref("relance_ar.level_1_first").id,
                    "phase": "level_1",
                    "next_date": TODAY,
                    "channel": "email",
                    "held": False,
                    "reasons": [
                        "Due on 03/15/2026, 3 day(s) late.",
                        "E-mail: the first channel of this level.",
                        "The invoice has not been sent from here: make sure that the "
                        "customer has it.",
                    ],
                }
            ],
        )

    def test_a_line_that_is_not_due_yet_and_a_later_date(self):
        invoice = self._invoice(self._debtor(), days(20))
        [now] = self._explain(invoice)
        self.assertFalse(now["due"])
        self.assertEqual(now["next_date"], days(13))
        [later] = self._explain(invoice, days(13))
        self.assertTrue(later["due"])
        self.assertEqual(later["phase"], "preventive")

    def test_a_paid_line(self):
        invoice = self._invoice(self._debtor(), days(-3))
        self._register_payment(invoice, payment_date=TODAY)
        [paid] = self._explain(invoice)
        self.assertFalse(paid["due"])
        self.assertEqual(
            paid["reasons"], ["Not an open receivable: nothing is owed on this line."]
        )

    def test_it_writes_nothing(self):
        invoice = self._invoice(self._debtor(), days(-3))
        self.env.flush_all()
        statements = []
        execute = Cursor.execute

        def spy(cursor, query, *args, **kwargs):
            statements.append(str(getattr(query, "code", query)).upper())
            return execute(cursor, query, *args, **kwargs)

        self.patch(Cursor, "execute", spy)
        self._explain(invoice)
        self.env.flush_all()
        self.assertTrue(statements)
        changes = re.compile(r"\b(INSERT|UPDATE|DELETE)\b")
        self.assertFalse([text for text in statements if changes.search(text)])

    def test_ids_are_taken_as_records_are(self):
        invoice = self._invoice(self._debtor(), days(-3))
        runs = self.env["relance.run"].with_user(self.officer)
        lines = self._lines(invoice)
        self.assertEqual(
            runs.explain(lines.ids, fields.Date.to_string(TODAY)),
            runs.explain(lines, TODAY),
        )
