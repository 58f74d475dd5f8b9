"""What leaves the amicable phase: held, followed, exported, handed back."""

import csv
from datetime import date

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.service.model import call_kw
from odoo.tests import freeze_time, tagged
from odoo.tools import mute_logger

from .common import SIREN, TODAY, days
from .letter_case import PDF_LOGGER, LetterCase


class LitigationCase(LetterCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.debtor = cls._debtor(relance_siren=SIREN)
        cls.invoice = cls._invoice(cls.debtor, days(-3), 1000)
        cls.other = cls._invoice(cls.debtor, days(-4), 200)
        cls.route = cls.env.ref("relance_ar.litigation_route_injunction")

    def _case(self, *invoices, route=True, user=None):
        moves = self.env["account.move"].union(*(invoices or (self.invoice,)))
        user = user or self.officer
        action = moves.with_user(user).action_relance_litigate()
        case = self.env["relance.litigation"].browse(action["res_id"]).with_user(user)
        if route:
            case.route_id = self.route
        return case

    def _handed_over(self, *invoices):
        case = self._case(*invoices)
        case.with_user(self.manager).action_hand_over()
        return case


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestCourse(LitigationCase):
    """From the preparation to the end."""

    def test_a_case_is_prepared_for_what_is_owed(self):
        case = self._case(self.invoice, self.other)
        self.assertRecordValues(
            case,
            [
                {
                    "state": "draft",
                    "partner_id": self.debtor.id,
                    "company_id": self.company.id,
                    "user_id": self.officer.id,
                    "amount_open": 1200,
                }
            ],
        )
        self.assertIn("1406", case.court_facts)
        # Prepared is not handed over: the ladder goes on.
        self.assertTrue(self._plan())

    def test_handed_over_it_is_no_longer_chased(self):
        waiting = self._plan()
        waiting.action_approve()
        self.assertEqual(len(waiting.line_ids), 2)
        case = self._handed_over(self.invoice)
        self.assertEqual((case.state, case.handed_on), ("running", TODAY))
        self.assertEqual(case.principal, 1000)
        self.assertEqual(waiting.state, "cancelled")
        with freeze_time(days(1)):
            planned = self._plan(days(1))
        self.assertEqual(planned.line_ids.move_id, self.other)
        [fact] = self.runs.explain(self._lines(self.invoice), days(1))
        self.assertFalse(fact["due"])
        self.assertIn("handed over", " ".join(fact["reasons"]))

    def test_its_hold_ends_with_the_case_only(self):
        case = self._handed_over()
        holds = self.env["relance.line.hold"].with_user(self.officer)
        hold = holds.search([("litigation_id", "=", case.id)])
        with self.assertRaises(UserError) as refused:
            hold.action_lift()
        self.assertIn(case.reference, str(refused.exception))
        with self.assertRaises(UserError):
            holds._hold(self._lines(self.invoice), "tomorrow", days(1))
        self.assertTrue(hold.is_running)

    def test_handed_back_the_next_run_chases_it(self):
        case = self._handed_over(self.invoice, self.other)
        self.assertFalse(self._plan())
        case.with_user(self.manager).action_hand_back()
        self.assertEqual((case.state, case.over_on), ("back", TODAY))
        self.assertEqual(self._plan().line_ids.move_id, self.invoice + self.other)
        # It may go to litigation again.
        self.assertEqual(self._case().state, "draft")

    def test_closed_what_was_not_paid_stays_held(self):
        case = self._handed_over(self.invoice, self.other)
        manager = case.with_user(self.manager)
        with self.assertRaises(UserError):
            manager.action_close()
        manager.outcome = "hopeless"
        manager.action_close()
        self.assertEqual(case.state, "closed")
        self.assertFalse(self._plan())
        with self.assertRaises(UserError):
            case.outcome = "paid"

    def test_each_step_is_a_contact_sealed(self):
        case = self._handed_over()
        case.with_user(self.manager).action_hand_back()
        events = self.env["relance.event"].search([("kind", "=", "litigation")])
        self.assertEqual(len(events), 2)
        self.assertEqual(set(events.mapped("reference")), {case.reference})
        self.assertFalse(events.chain_id.action_check())

    def test_fees_and_returns_are_followed(self):
        case = self._handed_over()
        case.write(
            {
                "entry_ids": [
                    (0, 0, {"kind": "fee", "amount": 120, "note": "agency"}),
                    (0, 0, {"kind": "cost", "amount": 30.5}),
                    (0, 0, {"kind": "returned", "amount": 700}),
                ]
            }
        )
        self.assertEqual((case.amount_spent, case.amount_returned), (150.5, 700))
        case.with_user(self.manager).action_hand_back()
        entry = case.entry_ids[0]
        with self.assertRaises(UserError):
            entry.with_user(self.officer).amount = 1
        with self.assertRaises(UserError):
            entry.with_user(self.officer).unlink()

    def test_who_follows_it_has_a_label_of_its_own(self):
        """In French a case is « suivi » and proceedings are « suivies »."""
        models = ("relance.litigation", "relance.proceeding")
        found = {
            self.env[name].fields_get(["user_id"])["user_id"]["string"]
            for name in models
        }
        self.assertEqual(len(found), 2)

    def test_what_is_in_a_case_is_not_in_another(self):
        case = self._case()
        with self.assertRaises(UserError) as refused:
            self._case(self.invoice, self.other)
        self.assertIn(case.reference, str(refused.exception))

    def test_words_for_what_is_missing(self):
        case = self._case(route=False)
        with self.assertRaisesRegex(UserError, "route"):
            case.with_user(self.manager).action_hand_over()
        register = self.env["account.payment.register"].with_context(
            active_model="account.move", active_ids=self.other.ids
        )
        register.create({})._create_payments()
        with self.assertRaisesRegex(UserError, "Nothing is owed"):
            self._case(self.other)

    def test_the_table_for_an_agency(self):
        self.debtor.name = "=cmd|' /C calc'!A0"
        case = self._case(self.invoice, self.other)
        action = case.action_export()
        attachment = self.env["ir.attachment"].search(
            [("res_model", "=", case._name), ("res_id", "=", case.id)]
        )
        self.assertIn(str(attachment.id), action["url"])
        lines = attachment.raw.decode("utf-8-sig").splitlines()
        self.assertEqual(len(lines), 3)
        cells = lines[1].split(";")
        self.assertTrue(cells[1].startswith("'="), cells[1])
        self.assertIn(SIREN, cells)
        self.assertIn(self.other.name, cells)
        self.assertIn("200.00", cells)

    def _table(self, case):
        case.action_export()
        content = self.env["ir.attachment"].search(
            [("res_model", "=", case._name), ("res_id", "=", case.id)],
            order="id desc",
            limit=1,
        )
        rows = csv.reader(content.raw.decode("utf-8-sig").splitlines(), delimiter=";")
        titles, *rows = rows
        return [dict(zip(titles, row, strict=True)) for row in rows]

    def test_the_table_has_the_phone_and_the_formal_notice(self):
        self.debtor.phone = "+33 4 65 71 00 00"
        case = self._case()
        [row] = self._table(case)
        self.assertEqual(row["Phone"], "+33 4 65 71 00 00")
        self.assertEqual(
            (row["Formal notice of"], row["Its tracking number"]), ("", "")
        )
        letter = self._post_notice()
        [row] = self._table(case)
        self.assertEqual(row["Formal notice of"], str(TODAY))
        self.assertEqual(row["Its tracking number"], "1A 9")
        self.assertEqual(row["Received, or first presented, on"], "")
        with freeze_time(days(3)):
            self.env["relance.fate"].with_user(self.officer).create(
                {"letter_ids": [(6, 0, letter.registered_ids.ids)], "day": days(3)}
            ).action_confirm()
            [row] = self._table(case)
        self.assertEqual(row["Received, or first presented, on"], str(days(3)))

    def _post_notice(self):
        """Post a registered formal notice; its tracking number is 1A 9."""
        letter = self._reminder(
            self.invoice, phase="formal_notice", channel="registered_letter"
        )
        with mute_logger(PDF_LOGGER):
            self._real(letter).action_print_letter()
        letter.with_context(
            relance_posting={letter.id: {"number": "1A 9"}}
        ).action_send()
        return letter

    def _notice_number(self, case):
        [row] = self._table(case)
        return row["Formal notice of"], row["Its tracking number"]

    def test_the_notice_of_the_table_is_the_one_that_the_case_tells(self):
        case = self._case()
        letter = self._post_notice()
        # The same step by e-mail afterwards: the registered one is the proof.
        again = self._reminder(
            self.invoice, phase="level_3", channel="email", date_done=days(4)
        ).sudo()
        level = self._level("formal_notice")
        later = level.copy({"delay_days": level.delay_days + 1})
        again.line_ids.level_id = later
        again.write({"phase": "formal_notice", "state": "done"})
        with freeze_time(days(5)):
            self.assertEqual(self._notice_number(case), (str(TODAY), "1A 9"))
        # The ladder has started again: neither counts any more.
        letter.sudo().line_ids.is_over = True
        with freeze_time(days(5)):
            self.assertEqual(self._notice_number(case), (str(days(4)), ""))
        again.line_ids.is_over = True
        self.assertEqual(self._notice_number(case), ("", ""))

    def test_a_line_that_was_only_reminded_of_has_no_formal_notice(self):
        case = self._case()
        self._reminder(
            self.invoice,
            phase="formal_notice",
            channel="letter",
            state="sent",
            date_done=TODAY,
        ).sudo().line_ids.level_id = self._level("level_1")
        self.assertEqual(self._notice_number(case), ("", ""))

    def test_a_fee_is_an_amount_and_a_day_that_somebody_can_mean(self):
        case = self._case()
        entries = self.env["relance.litigation.entry"].with_user(self.officer)
        for vals in (
            {"amount": float("nan")},
            {"amount": float("inf")},
            {"amount": 1e300},
            {"amount": 10, "date": "9999-12-31"},
        ):
            with self.subTest(vals), self.assertRaises(ValidationError):
                entries.create({"litigation_id": case.id, **vals})
        entries.create({"litigation_id": case.id, "amount": 10})
        self.assertEqual(case.amount_spent, 10)

    def test_what_a_judgment_has_frozen_is_said(self):
        self.env["relance.proceeding"].sudo().create(
            {
                "company_id": self.company.id,
                "partner_id": self.debtor.id,
                "kind": "liquidation",
                "opened_on": TODAY,
                "state": "confirmed",
            }
        )
        later = self._invoice(self.debtor, days(31), 300)  # born after the judgment
        case = self._case(self.invoice, later)
        self.assertIn("L622-21", case.said_note)
        self.assertIn(self.invoice.name, case.said_note)
        self.assertNotIn(later.name, case.said_note)

    def _told(self):
        events = self.env["relance.event"].search([("kind", "=", "litigation")])
        return events.sorted("position")[-1:]

    def test_managers_say_to_whom_is_paid_what_was_handed_over(self):
        case, other = self._handed_over(), self._debtor("Friend SARL")
        factor = self.env.ref("relance_ar.litigation_route_factor")
        for values in ({"handler_id": other.id}, {"route_id": factor.id}):
            with self.subTest(values), self.assertRaisesRegex(UserError, "manager"):
                case.write(values)
        case.write({"route_id": self.route.id, "note": "As it was."})
        case.with_user(self.manager).write(
            {"route_id": factor.id, "handler_id": other.id}
        )
        told = self._told()
        self.assertIn("Handled by: Friend SARL", told.subject)
        self.assertIn(factor.name, told.subject)
        self.assertEqual(told.author, self.manager.name)
        self.assertFalse(told.chain_id.action_check())

    def test_what_the_debtor_reads_of_a_case_is_sealed_when_it_changes(self):
        case = self._case()
        case.case_number = "prepared"
        self.assertFalse(self._told())
        case.with_user(self.manager).action_hand_over()
        case.case_number = "RG 26/77"
        told = self._told()
        self.assertIn("RG 26/77", told.subject)
        self.assertNotIn(self.route.name, told.subject)
        self.assertEqual(told.author, self.officer.name)
        case.case_number = "RG 26/77"
        self.assertEqual(self._told(), told)

    def test_nothing_of_it_changes_once_it_is_over(self):
        case = self._handed_over()
        case.outcome = "hopeless"
        case.with_user(self.manager).action_close()
        for user in (self.officer, self.manager):
            for values in ({"handler_id": self.debtor.id}, {"case_number": "IBAN"}):
                with self.subTest(values), self.assertRaisesRegex(UserError, "is over"):
                    case.with_user(user).write(values)

    def test_cases_handed_over_together_are_sealed_each(self):
        other = self._debtor("Other SA")
        both = self.invoice + self._invoice(other, days(-3))
        both.with_user(self.officer).action_relance_litigate()
        cases = self.env["relance.litigation"].search(
            [("partner_id", "in", (self.debtor + other).ids)]
        )
        cases.route_id = self.route
        cases.with_user(self.manager).action_hand_over()
        events = self.env["relance.event"].search([("kind", "=", "litigation")])
        self.assertEqual(
            set(events.mapped("reference")), set(cases.mapped("reference"))
        )
        self.assertEqual(
            {(e.about_model, e.about_id) for e in events},
            {(case._name, case.id) for case in cases},
        )


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestRights(LitigationCase):
    """Officers prepare, credit managers decide, others see nothing."""

    def test_officers_do_not_decide(self):
        case = self._case()
        for method in ("action_hand_over", "action_hand_back", "action_close"):
            with self.assertRaises(UserError):
                getattr(case, method)()
        self.assertEqual(case.state, "draft")

    def test_nobody_writes_the_state_nor_the_amounts(self):
        case = self._case()
        for user in (self.officer, self.manager):
            for vals in ({"state": "running"}, {"principal": 1}, {"handed_on": TODAY}):
                with self.assertRaises(AccessError):
                    call_kw(case.with_user(user), "write", [case.ids, vals], {})

    def test_a_case_that_was_handed_over_is_kept(self):
        case = self._handed_over().with_user(self.manager)
        with self.assertRaises(UserError):
            case.unlink()

    def test_another_company_sees_nothing(self):
        case = self._handed_over()
        other = self.env["res.company"].create({"name": "Other"})
        user = self._new_user(
            "other", "relance_ar.group_relance_manager", company=other
        )
        self.assertNotIn(
            case, self.env["relance.litigation"].with_user(user).search([])
        )
        with self.assertRaises(AccessError):
            case.with_user(user).action_hand_back()


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestLimitation(LitigationCase):
    """When a claim becomes too old, and who is told before."""

    def test_five_years_or_two(self):
        person = self._debtor("Claude", is_company=False)
        mine = self._invoice(person, "2024-06-30", 100)
        self.assertEqual(
            self._lines(self.invoice).relance_limitation_on, date(2031, 3, 15)
        )
        # Invoiced, so performed, thirty days before it was due.
        self.assertEqual(self._lines(mine).relance_limitation_on, date(2026, 5, 31))
        mine.delivery_date = "2024-05-02"
        self.env.invalidate_all()
        self.assertEqual(self._lines(mine).relance_limitation_on, date(2026, 5, 2))

    def test_the_case_shows_the_first_of_what_is_still_owed(self):
        old = self._invoice(self.debtor, "2021-06-30", 100)
        case = self._case(self.invoice, old)
        self.assertEqual(case.limitation_on, date(2026, 6, 30))
        self.assertTrue(case.is_limitation_near)
        self.company.relance_limitation_margin = 1
        self.env.invalidate_all()
        self.assertFalse(case.is_limitation_near)

    def test_the_officer_is_warned_once(self):
        old = self._invoice(self.debtor, "2021-06-30", 100)
        cron = self.env.ref("relance_ar.ir_cron_warn_limitation")
        for day in (0, 7):
            with freeze_time(days(day)), self.enter_registry_test_mode():
                cron.method_direct_trigger()
        kind = self.env.ref("relance_ar.mail_activity_type_limitation")
        tasks = self.env["mail.activity"].search([("activity_type_id", "=", kind.id)])
        self.assertEqual(len(tasks), 1)
        self.assertEqual((tasks.res_id, tasks.user_id), (self.debtor.id, self.officer))
        self.assertEqual(tasks.date_deadline, date(2026, 6, 30))
        self.assertIn(old.name, tasks.note)
        self.assertNotIn(self.invoice.name, tasks.note)
