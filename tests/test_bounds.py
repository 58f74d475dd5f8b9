"""Days and companies that nobody can mean: refused, or survived where they are."""

from datetime import date

from odoo.exceptions import UserError, ValidationError
from odoo.service.model import call_kw
from odoo.tests import freeze_time, tagged
from odoo.tools import SQL

from .common import TODAY, RelanceCase, days

FAR, EARLY = date(9999, 12, 31), date(1, 1, 1)


class BoundsCase(RelanceCase):
    def _rpc(self, records, method, *args):
        """Call a method as the officer's client does."""
        records = records.with_user(self.officer)
        ids = [records.ids] if records else []
        return call_kw(records, method, [*ids, *args], {})


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestDays(BoundsCase):
    """Years 1 and 9999, typed by people or left by imports."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.debtor, cls.other = cls._debtor(), cls._debtor("Other SA")
        cls.invoice = cls._invoice(cls.debtor, days(-3))
        cls._invoice(cls.other, days(-3))

    def test_days_out_of_range_are_refused_where_they_are_typed(self):
        closing = {"partner_id": self.debtor.id}
        for day in (FAR, EARLY):
            iso = day.isoformat()
            period = {"date_from": iso, "date_to": iso}
            for records, method, vals in (
                (self.debtor, "write", {"relance_hold_until": iso}),
                (self.env["relance.closing"], "create", {**closing, **period}),
                (self.env["relance.run"], "create", {"date": iso}),
            ):
                with (
                    self.subTest(day=day, model=records._name),
                    self.assertRaisesRegex(ValidationError, iso),
                ):
                    self._rpc(records, method, vals)
            with self.assertRaisesRegex(ValidationError, iso):
                self.runs.explain(self._lines(self.invoice), iso)
            with self.assertRaises(UserError):
                wizard = self._rpc(
                    self.env["relance.simulation"], "create", [{"date": iso}]
                )
                self._rpc(
                    self.env["relance.simulation"].browse(wizard), "action_simulate"
                )

    def _put_hold(self, day):
        """Leave a hold as an import of an earlier version did."""
        self.env.cr.execute(
            SQL(
                "UPDATE res_partner SET relance_hold_until = jsonb_build_object(%s, %s)"
                " WHERE id = %s",
                str(self.company.id),
                day.isoformat(),
                self.debtor.id,
            )
        )
        self.env.invalidate_all()

    def _put_maturity(self, day):
        self.env.cr.execute(
            "UPDATE account_move_line SET date_maturity = %s WHERE id IN %s",
            (day, tuple(self._lines(self.invoice).ids)),
        )
        self.env.invalidate_all()

    def _answer(self):
        """Ask everything that reads the facts; return the debtors proposed."""
        lines = self._lines(self.invoice)
        for on in (TODAY, days(60)):
            [found] = self.runs.explain(lines, on)
            self.assertTrue(found["reasons"])
        wizard = self.env["relance.simulation"].with_user(self.officer)
        wizard.create({"date": days(40)}).action_simulate()
        run = self.runs.create({"date": TODAY})
        run.action_plan()
        self.assertFalse(run.failures)
        return run.reminder_ids.partner_id

    def test_a_hold_for_ever_is_a_hold(self):
        self._put_hold(FAR)
        self.assertEqual(self._answer(), self.other)

    def test_a_hold_of_the_year_one_is_over(self):
        self._put_hold(EARLY)
        self.assertEqual(self._answer(), self.debtor + self.other)

    def test_an_entry_due_in_the_year_9999_waits(self):
        self._put_maturity(FAR)
        self.assertEqual(self._answer(), self.other)

    def test_an_entry_due_in_the_year_one_is_late(self):
        self._put_maturity(EARLY)
        self.assertEqual(self._answer(), self.debtor + self.other)

    def test_a_reminder_approved_for_ever_does_not_stop_the_debtor_in_silence(self):
        reminder = self._plan().filtered(lambda r: r.partner_id == self.debtor)
        reminder.action_approve()
        reminder.sudo().date_planned = FAR
        self._invoice(self.debtor, days(-4))
        lines = self._lines(self.invoice)
        [found] = self.runs.explain(lines, TODAY)
        self.assertIn("9999", found["reasons"][0])
        run = self.runs.create({"date": TODAY})
        run.action_plan()
        self.assertFalse(run.failures)


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestCompanyKept(BoundsCase):
    """Nobody moves a record to a company in which they do not work, nor a closing."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.elsewhere = cls._create_company(name="Elsewhere SAS")

    def _assert_kept(self, record, error=UserError):
        company = record.sudo().company_id
        with self.assertRaises(error):
            self._rpc(record, "write", {"company_id": self.elsewhere.id})
        self.assertEqual(record.sudo().company_id, company)

    def test_closings_runs_and_simulations_stay_in_their_company(self):
        for model, vals in (
            ("relance.closing", {}),
            ("relance.run", {}),
            ("relance.simulation", {}),
        ):
            record = self.env[model].with_user(self.officer).create(vals)
            # also for who works in both: nothing else on it would follow
            for companies in (self.company, self.company + self.elsewhere):
                self.officer.company_ids = companies
                with self.subTest(model=model, companies=len(companies)):
                    self._assert_kept(record)

    def test_seasons_and_scenarios_go_where_the_manager_works(self):
        for model, vals in (
            (
                "relance.season",
                {"name": "May", "first_month": "5", "last_month": "5"},
            ),
            ("relance.scenario", {"name": "own"}),
        ):
            records = self.env[model].with_user(self.manager)
            record = records.create({**vals, "company_id": self.company.id})
            with self.subTest(model=model):
                with self.assertRaises(UserError):
                    record.company_id = self.elsewhere
                shared = records.sudo().create(vals).with_user(self.manager)
                with self.assertRaises(UserError):
                    shared.company_id = self.elsewhere
                shared.with_user(self.manager).name = "still shared"
                record.company_id = False
                self.assertFalse(record.company_id)
