import psycopg2

from odoo import Command, fields
from odoo.exceptions import UserError, ValidationError
from odoo.tests import freeze_time, tagged
from odoo.tools import mute_logger

from .common import TODAY, days
from .test_daily import DailyCase


class PolicyCase(DailyCase):
    """Changes the policy as the credit manager does, and lets the daily job run."""

    def _level(self, delay):
        levels = self.scenario.level_ids.with_user(self.manager)
        return levels.filtered(lambda level: level.delay_days == delay)

    def _run_on(self, day):
        """Run the daily job on a day; return what it proposed or sent that day."""
        reminders = self.env["relance.reminder"]
        before = reminders.search([])
        with freeze_time(f"{day} 09:00"):
            self._run_cron()
        return reminders.search([]) - before

    def _person(self, debtor, role, **values):
        return self.env["res.partner"].create(
            {
                "parent_id": debtor.id,
                "name": role.title(),
                "email": f"{role}@debtor.test",
                "relance_role": role,
                **values,
            }
        )


@tagged("post_install", "-at_install")
@freeze_time(f"{TODAY} 09:00")
class TestCalendar(PolicyCase):
    """Closings and seasons, through the daily run."""

    def _closing(self, first, last, **values):
        return (
            self.env["relance.closing"]
            .with_user(self.manager)
            .create({"date_from": first, "date_to": last, **values})
        )

    def test_nothing_is_planned_for_the_days_on_which_we_are_closed(self):
        self._closing(TODAY, days(2))
        debtor = self._debtor()
        self._invoice(debtor, days(-3))
        self._switch_on()
        self.assertFalse(self._run_cron())
        # Monday, after the week-end that follows the closing.
        self.assertEqual(self._reminders_to(debtor).date_planned, days(5))

    def test_a_closing_of_every_year_comes_back(self):
        self._closing("2020-03-17", "2020-03-19", is_yearly=True)
        debtor = self._debtor()
        self._invoice(debtor, days(-3))
        self._run_cron()
        self.assertEqual(self._reminders_to(debtor).date_planned, days(2))

    def test_a_closing_that_leaves_no_day_of_the_year_is_refused(self):
        for first, last in (
            ("2020-06-01", "2021-05-31"),
            ("2020-06-01", "2021-06-01"),
            ("2020-01-01", "2020-12-20"),
        ):
            with (
                self.subTest(first=first, last=last),
                mute_logger("odoo.sql_db"),
                self.assertRaises(psycopg2.errors.CheckViolation),
            ):
                self._closing(first, last, is_yearly=True)

    def test_closings_that_leave_no_day_together_are_refused(self):
        """Each is fine alone: two of every year, or a long row of single ones."""
        other = self._debtor("Other SA")
        for first, second in (
            (("2020-01-01", "2020-08-31"), ("2020-09-01", "2020-12-31")),
            ((days(0), days(300)), (days(301), days(600))),
        ):
            for values in ({}, {"partner_id": other.id}):
                is_yearly = {"is_yearly": isinstance(first[0], str), **values}
                with self.subTest(first=first, **values):
                    closing = self._closing(*first, **is_yearly)
                    with self.assertRaises(ValidationError) as refused:
                        self._closing(*second, **is_yearly)
                    name = other.name if values else self.company.name
                    self.assertIn(f"periods of {name}", str(refused.exception))
                    closing.unlink()

    def test_a_closing_of_ours_may_not_close_a_branch_for_good(self):
        branch = self.env["res.company"].create(
            {"name": "Branch", "parent_id": self.company.id}
        )
        self.manager.company_ids += branch
        self._closing("2020-01-01", "2020-08-31", is_yearly=True, company_id=branch.id)
        with self.assertRaises(ValidationError) as refused:
            self._closing("2020-09-01", "2020-12-31", is_yearly=True)
        self.assertIn("Branch", str(refused.exception))

    def test_a_company_that_is_always_closed_is_told_once(self):
        """The run says it of the company, not of each of its debtors."""
        for rank in range(3):
            self._invoice(self._debtor(f"Debtor{rank} SA"), days(-3))
        self._close_for_years()
        run = self.runs.create({"date": TODAY})
        with self.assertRaises(UserError) as refused:
            run.action_plan()
        self.assertIn("no working day", str(refused.exception))
        with mute_logger("odoo.addons.relance_ar.models.relance_run_daily"):
            self._run_cron()
        daily = self.env["relance.run"].search(
            [("is_daily", "=", True), ("company_id", "=", self.company.id)]
        )
        self.assertEqual(daily.failures.count("no working day"), 1)
        self.assertNotIn("Debtor0", daily.failures)

    def test_a_debtor_who_is_closed_is_left_alone_and_the_others_are_not(self):
        closed, open_one = self._debtor("Closed SA"), self._debtor("Open SA")
        self._closing(TODAY, days(1), partner_id=closed.id)
        for debtor in (closed, open_one):
            self._invoice(debtor, days(-3))
        self._switch_on()
        [message] = self._run_cron()
        self.assertIn("open@debtor.test", message["To"])
        [why] = self.runs.explain(self._lines(*closed.invoice_ids), TODAY)
        self.assertEqual(why["next_date"], days(2))
        self.assertIn("the closing of the debtor", " ".join(why["reasons"]))
        [later] = self._run_on(days(2)).filtered(lambda r: r.partner_id == closed)
        self.assertEqual(later.state, "sent")

    def test_a_closing_of_another_company_does_not_count(self):
        other = self._create_company(
            name="Other", country_id=self.env.ref("base.fr").id
        )
        self.env["relance.closing"].create(
            {"company_id": other.id, "date_from": TODAY, "date_to": days(2)}
        )
        debtor = self._debtor()
        self._invoice(debtor, days(-3))
        self._run_cron()
        self.assertEqual(self._reminders_to(debtor).date_planned, TODAY)

    def test_what_falls_due_in_august_is_asked_about_in_july(self):
        debtor = self._debtor()
        self._invoice(debtor, "2026-08-28")
        self.assertFalse(self._run_on("2026-07-21"))
        reminder = self._run_on("2026-07-22")
        self.assertRecordValues(
            reminder, [{"phase": "preventive", "partner_id": debtor.id}]
        )
        self.assertIn("it falls due in the season August", reminder.why)

    def test_without_the_season_august_is_a_month_like_any_other(self):
        self.env.ref("relance_ar.relance_season_august").action_archive()
        self._invoice(self._debtor(), "2026-08-28")
        self.assertFalse(self._run_on("2026-07-22"))
        self.assertEqual(len(self._run_on("2026-08-21")), 1)

    def _second_contact(self, due):
        """Play a ladder of days 1 and 3; return the days of both contacts."""
        own = self.scenario.copy({"name": "Quick"})
        own.level_ids.filtered(lambda lv: lv.delay_days not in (1, 11)).unlink()
        own.level_ids.write({"deadline_days": 0, "auto_send": True})
        own.level_ids.filtered(lambda lv: lv.delay_days == 11).delay_days = 3
        debtor = self._debtor(relance_scenario_id=own.id, phone=False)
        self._invoice(debtor, due)
        for count in range(1, 12):
            self._run_on(fields.Date.add(fields.Date.to_date(due), days=count))
        return sorted(str(r.date_done) for r in self._reminders_to(debtor))

    def test_september_has_a_tighter_rhythm(self):
        self._switch_on()
        found = self._second_contact("2026-09-07")
        self.assertEqual(found, ["2026-09-08", "2026-09-14"])  # 4 days, a week-end

    def test_october_has_the_usual_rhythm(self):
        self._switch_on()
        found = self._second_contact("2026-10-05")
        self.assertEqual(found, ["2026-10-06", "2026-10-13"])

    def test_what_is_approved_waits_for_the_debtor_to_be_back(self):
        debtor = self._debtor()
        self._invoice(debtor, days(-3))
        self._switch_on()
        reminder = self._plan()
        reminder.action_approve()
        self._closing(TODAY, days(1), partner_id=debtor.id)
        self.assertFalse(self._run_cron())
        self.assertEqual(reminder.state, "approved")
        with freeze_time(f"{days(2)} 09:00"):
            self.assertEqual(len(self._run_cron()), 1)

    def test_what_was_approved_late_on_friday_does_not_leave_on_saturday(self):
        debtor = self._debtor()
        self._invoice(debtor, days(-3))
        self._switch_on()
        friday, saturday, monday = days(2), days(3), days(5)
        with freeze_time(f"{friday} 18:00"):
            reminder = self._plan(friday)
            reminder.action_approve()
        with freeze_time(f"{saturday} 09:00"):
            self.assertFalse(self._run_cron())
        self.assertEqual(reminder.state, "approved")
        with freeze_time(f"{monday} 09:00"):
            self.assertEqual(len(self._run_cron()), 1)
        self.assertEqual(reminder.date_done, monday)


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestRecipients(PolicyCase):
    """Who is written to: by the role that the level asks for."""

    def setUp(self):
        super().setUp()
        self.debtor = self._debtor()

    def test_the_level_is_sent_to_whom_it_is_meant_for_in_their_language(self):
        self._level(1).role = "purchaser"
        buyer = self._person(self.debtor, "purchaser", lang="fr_FR")
        self._person(self.debtor, "director")
        self._invoice(self.debtor, days(-3))
        reminder = self._plan()
        self.assertRecordValues(reminder, [{"contact_id": buyer.id, "lang": "fr_FR"}])
        reminder.action_approve()
        with self.mail_server() as sink:
            reminder.action_send()
        [message] = sink.messages
        self.assertIn("purchaser@debtor.test", message["To"])
        self.assertIn("Madame", message.get_body(("html",)).get_content())

    def test_without_such_a_person_the_invoice_address_is_written_to(self):
        self._level(1).role = "purchaser"
        billing = self._person(self.debtor, "director", type="invoice")
        self._invoice(self.debtor, days(-3))
        self.assertEqual(self._plan().contact_id, billing)

    def test_without_anybody_the_company_itself(self):
        self._level(1).role = "purchaser"
        self._invoice(self.debtor, days(-3))
        self.assertEqual(self._plan().contact_id, self.debtor)

    def test_lines_for_several_roles_make_one_message_for_the_firmest(self):
        self._level(1).role = "purchaser"
        self._level(11).role = "director"
        self._person(self.debtor, "purchaser")
        boss = self._person(self.debtor, "director")
        self._invoice(self.debtor, days(-3), 100)
        self._invoice(self.debtor, days(-15), 200)
        self.assertRecordValues(
            self._plan(), [{"contact_id": boss.id, "amount_net": 300.0}]
        )

    def test_a_director_without_e_mail_is_called(self):
        self._level(1).role = "director"
        self.debtor.email = False
        boss = self._person(self.debtor, "director", email=False, phone="+33 1 99 00 1")
        self._invoice(self.debtor, days(-3))
        self.assertRecordValues(
            self._plan(), [{"contact_id": boss.id, "channel": "phone"}]
        )

    def test_the_head_office_is_the_company_even_with_an_invoice_address(self):
        self._level(1).role = "head_office"
        self._person(self.debtor, "accounts_payable", type="invoice")
        self._invoice(self.debtor, days(-3))
        self.assertEqual(self._plan().contact_id, self.debtor)

    def test_an_archived_person_is_not_written_to(self):
        self._level(1).role = "purchaser"
        self._person(self.debtor, "purchaser").action_archive()
        self._invoice(self.debtor, days(-3))
        self.assertEqual(self._plan().contact_id, self.debtor)

    def test_an_invoice_of_a_subsidiary_contact_is_chased_at_the_company(self):
        """A contact is no debtor of its own: the commercial partner is."""
        clerk = self._person(self.debtor, "approver")
        self._invoice(clerk, days(-3), 100)
        self._invoice(self.debtor, days(-3), 200)
        reminders = self._plan()
        self.assertEqual(reminders.partner_id, self.debtor)
        self.assertEqual(sum(reminders.mapped("amount_net")), 300.0)

    def test_a_subsidiary_that_is_a_company_is_a_debtor_of_its_own(self):
        child = self._debtor("Child SA", parent_id=self.debtor.id)
        self._invoice(child, days(-3), 100)
        self._invoice(self.debtor, days(-3), 200)
        found = {r.partner_id: r.amount_net for r in self._plan()}
        self.assertEqual(found, {child: 100.0, self.debtor: 200.0})

    def test_each_customer_is_written_to_in_their_language(self):
        french = self._debtor("Francais SA", lang="fr_FR")
        for debtor in (self.debtor, french):
            self._invoice(debtor, days(-3))
        langs = {r.partner_id: r.lang for r in self._plan()}
        self.assertEqual(langs, {self.debtor: "en_US", french: "fr_FR"})

    def test_a_channel_that_the_customer_refuses_is_not_used(self):
        self.debtor.with_user(
            self.officer
        ).sudo().relance_refused_channel_ids = self.env.ref(
            "relance_ar.relance_channel_email"
        )
        self._invoice(self.debtor, days(-3))
        reminder = self._plan()
        self.assertEqual(reminder.channel, "phone")
        self.assertIn("E-mail: the customer does not want it.", reminder.why)

    def test_a_channel_refused_after_the_approval_is_not_used_either(self):
        self._invoice(self.debtor, days(-3))
        reminder = self._plan()
        reminder.action_approve()
        email = self.env.ref("relance_ar.relance_channel_email")
        self.debtor.relance_refused_channel_ids = email
        with self.mail_server() as sink:
            reminder.action_send()
        self.assertFalse(sink.messages)
        self.assertEqual(reminder.state, "cancelled")
        again = self._plan()
        self.assertRecordValues(again, [{"state": "proposed", "channel": "phone"}])

    def test_a_customer_who_refuses_every_channel_is_told_to_the_officer(self):
        self.debtor.relance_refused_channel_ids = self.env["relance.channel"].search([])
        self._invoice(self.debtor, days(-3))
        reminder = self._plan()
        self.assertEqual(reminder.state, "held")
        self.assertIn("does not want it", reminder.why)


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestAmounts(PolicyCase):
    """Minimums, ceilings and currencies."""

    def test_a_small_debt_is_not_chased_below_the_least_amount(self):
        self._level(1).minimum_amount = 50
        small, big = self._debtor("Small SA"), self._debtor("Big SA")
        invoice = self._invoice(small, days(-3), 49)
        self._invoice(big, days(-3), 50)
        self.assertEqual(self._plan().partner_id, big)
        [why] = self.runs.explain(self._lines(invoice), TODAY)
        self.assertFalse(why["due"])
        self.assertIn("less is owed than the 50.00", " ".join(why["reasons"]))

    def test_the_least_amount_is_in_the_currency_of_the_company(self):
        """2 dollars make 1 euro: 98 of them are less than 50 euros."""
        dollars = self.setup_other_currency("USD")
        self._level(1).minimum_amount = 50
        small, big = self._debtor("Small SA"), self._debtor("Big SA")
        self._invoice(small, days(-3), 98, currency_id=dollars)
        self._invoice(big, days(-3), 100, currency_id=dollars)
        self.assertEqual(self._plan().partner_id, big)

    def test_penalties_do_not_push_a_small_debt_over_the_least_amount(self):
        self._level(1).minimum_amount = 50
        self._invoice(self._debtor(), days(-9), 49.99)
        self.assertFalse(self._plan(), "40 € of indemnity are not principal")

    def test_above_the_ceiling_a_manager_approves(self):
        self.company.relance_approval_ceiling = 1000
        low, high = self._debtor("Low SA"), self._debtor("High SA")
        self._invoice(low, days(-3), 1000)
        self._invoice(high, days(-3), 1000.01)
        reminders = self._plan()
        of = {r.partner_id: r for r in reminders}
        self.assertEqual(reminders.action_approve(), of[low])
        with self.assertRaisesRegex(UserError, "more than officers may approve"):
            of[high].action_approve()
        of[high].with_user(self.manager).action_approve()
        self.assertEqual(of[high].approved_by_id, self.manager)

    def test_the_ceiling_is_in_the_currency_of_the_company(self):
        dollars = self.setup_other_currency("USD")
        self.company.relance_approval_ceiling = 1000
        self._invoice(self._debtor(), days(-3), 1900, currency_id=dollars)
        self.assertFalse(self._plan().over_ceiling)
        self._invoice(self._debtor("Big SA"), days(-3), 2100, currency_id=dollars)
        self.assertTrue(self._plan().over_ceiling)

    def test_a_ceiling_set_after_the_proposal_counts_too(self):
        self._invoice(self._debtor(), days(-3), 2000)
        reminder = self._plan()
        self.assertFalse(reminder.over_ceiling)
        self.company.relance_approval_ceiling = 1000
        self._plan()
        self.assertTrue(reminder.over_ceiling)
        self.assertFalse(reminder.may_approve)

    def test_a_formal_notice_is_not_sent_for_what_the_credits_cover(self):
        """The notice claims the old line alone: the credits cover just that."""
        debtor = self._debtor()
        self._invoice(debtor, days(-70), 100)
        for offset in (-50, -35, -20):
            with freeze_time(days(offset)):
                reminder = self._plan(days(offset))
                reminder.action_approve()
                reminder.sudo()._confirm("sent")
        young = self._invoice(debtor, days(-3), 200)
        self._invoice(debtor, days(-1), 150, move_type="out_refund")
        reminder = self._plan()
        self.assertRecordValues(reminder, [{"phase": "level_1", "amount_net": 50.0}])
        self.assertEqual(reminder.line_ids.move_id, young)
        reminder.action_approve()
        with self.mail_server() as sink:
            reminder.action_send()
        self.assertEqual(len(sink.messages), 1)

    def test_companies_and_branches_chase_for_themselves(self):
        branch = self.env["res.company"].create(
            {
                "name": "Branch",
                "parent_id": self.company.id,
                "country_id": self.company.country_id.id,
            }
        )
        self.cr.precommit.run()  # the accounts of the branch
        self.env.user.company_ids += branch
        self.officer.company_ids += branch
        debtor = self._debtor()
        self._invoice(debtor, days(-3), 100)
        in_branch = (
            self.env["account.move"]
            .with_company(branch)
            .create(
                {
                    "move_type": "out_invoice",
                    "company_id": branch.id,
                    "partner_id": debtor.id,
                    "invoice_date": days(-30),
                    "invoice_date_due": days(-3),
                    "invoice_line_ids": [
                        Command.create(
                            {
                                "name": "x",
                                "price_unit": 70,
                                "tax_ids": [Command.clear()],
                            }
                        )
                    ],
                }
            )
        )
        in_branch.action_post()
        self.assertEqual(self._plan().mapped("amount_net"), [100.0])
        reminder = self._plan(company=branch)
        self.assertRecordValues(
            reminder, [{"company_id": branch.id, "amount_net": 70.0}]
        )
