"""From a notice of the bulletin to a claim declared in time, with a person between."""

import io
from datetime import date

from lxml.html import fromstring
from openpyxl import load_workbook

from odoo.exceptions import AccessError, UserError
from odoo.tests import freeze_time, tagged
from odoo.tools import format_amount, format_date

from .common import OTHER_SIREN, SIREN, TODAY, days
from .test_registers import BULLETIN_CRON, LIQUIDATION, RegisterCase

JUDGMENT = date(2026, 3, 3)
PUBLISHED = "2026-03-10"
CLOSING = "Jugement de clôture pour insuffisance d'actif"


class ProceedingCase(RegisterCase):
    """A debtor with an earlier debt, against whom a liquidation is opened."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.proceedings = cls.env["relance.proceeding"]
        # Invoiced thirty days before they fall due: before and after the judgment.
        cls.earlier = cls._invoice(cls.debtor, days(-10), 1000)
        cls.newer = cls._invoice(cls.debtor, days(20), 500)
        cls.to_come = cls._invoice(cls.debtor, days(10), 700)

    def _watch(self, **values):
        self.server.notice(
            SIREN, PUBLISHED, LIQUIDATION, judgment="2026-03-03", **values
        )
        self._cron(BULLETIN_CRON)
        return self._found()

    def _found(self):
        return self.proceedings.with_user(self.manager).search(
            [("partner_id", "=", self.debtor.id)]
        )


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestOpening(ProceedingCase):
    """A notice stops everything; what follows waits for a person."""

    def test_an_opening_is_to_be_confirmed(self):
        found = self._watch()
        self.assertRecordValues(
            found,
            [
                {
                    "state": "to_confirm",
                    "kind": "liquidation",
                    "opened_on": JUDGMENT,
                    "published_on": date(2026, 3, 10),
                    "deadline": date(2026, 5, 11),  # the 10th is a Sunday
                    "siren": SIREN,
                    "company_id": self.company.id,
                }
            ],
        )
        self.assertEqual(found.activity_ids.user_id, self.manager)
        self.assertEqual(found.notice_ids.mapped("nature"), [LIQUIDATION])
        self.assertEqual(self.debtor.solvency_state, "insolvency")

    def test_the_task_is_in_the_language_of_the_company(self):
        self.company.partner_id.lang = "fr_FR"
        task = self._watch().activity_ids
        self.assertIn("Procédure collective", task.summary)

    def test_nothing_is_sent_until_a_person_has_decided(self):
        waiting = self._plan()
        waiting.with_user(self.manager).action_approve()
        self._watch()
        with self.mail_server() as sink:
            waiting.with_user(self.manager).action_send()
        self.assertEqual(sink.messages, [])
        self.assertFalse(self._plan(days(1)))
        [reason] = [
            fact["reasons"]
            for fact in self.runs.explain(self._lines(self.earlier), days(1))
        ]
        self.assertIn("Insolvency proceedings are open", " ".join(reason))

    def test_the_same_notice_opens_once(self):
        found = self._watch()
        with freeze_time(days(1)):
            self._cron(BULLETIN_CRON)
        self.assertEqual(self._found(), found)
        self.assertEqual(len(found.activity_ids), 1)

    def test_what_was_set_aside_does_not_come_back(self):
        found = self._watch()
        found.action_dismiss()
        self.assertEqual((found.state, found.activity_ids.ids), ("dismissed", []))
        self.assertEqual(self.debtor.solvency_state, "unknown")
        self.assertTrue(self._plan())
        with freeze_time(days(1)):
            self._cron(BULLETIN_CRON)
        self.assertEqual(self._found().mapped("state"), ["dismissed"])

    def test_another_siren_of_the_same_name_is_left_alone(self):
        namesake = self._debtor(
            "Debtor SARL", relance_siren=OTHER_SIREN, customer_rank=1
        )
        self._invoice(namesake, days(-10), 100)
        self._watch()
        self.assertEqual(self.proceedings.search([]).partner_id, self.debtor)

    def test_a_correction_before_the_decision_is_taken_over(self):
        found = self._watch()
        self.server.notice(
            SIREN,
            "2026-03-19",
            LIQUIDATION,
            judgment="2026-03-01",
            typeavis="rectificatif",
            parutionavisprecedent='{"nomPublication": "BODACC A", '
            '"numeroParution": "20260001", "numeroAnnonce": "1"}',
        )
        with freeze_time(days(1)):
            self._cron(BULLETIN_CRON)
        self.assertEqual(self._found(), found)
        self.assertRecordValues(
            found,
            [{"opened_on": date(2026, 3, 1), "published_on": date(2026, 3, 10)}],
        )

    def test_a_cancelled_notice_asks_a_person_to_look(self):
        found = self._watch()
        found.activity_ids.unlink()
        self.server.notice(
            SIREN,
            "2026-03-19",
            "",
            typeavis="annulation",
            parutionavisprecedent='{"nomPublication": "BODACC A", '
            '"numeroParution": "20260001", "numeroAnnonce": "1"}',
        )
        with freeze_time(days(1)):
            self._cron(BULLETIN_CRON)
        self.assertEqual(found.state, "to_confirm")
        self.assertIn("no longer shows", found.activity_ids.note)

    def test_a_customer_without_an_account_has_no_proceedings(self):
        self.debtor.relance_siren = False
        prospect = self._debtor("Prospect SAS", relance_siren=SIREN, customer_rank=1)
        self.assertFalse(self._watch())
        self.assertEqual(prospect.solvency_state, "insolvency")


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestConfirmed(ProceedingCase):
    """Once confirmed: earlier debts are declared, newer ones are chased as usual."""

    def _confirmed(self):
        found = self._watch()
        found.action_confirm()
        return found

    def test_reminders_that_wait_about_earlier_debts_are_cancelled(self):
        waiting = self._plan()
        self.assertEqual(waiting.line_ids.move_id, self.earlier)
        self._confirmed()
        self.assertEqual(waiting.state, "cancelled")
        self.assertIn("03/03/2026", str(waiting.message_ids.mapped("body")))

    def test_earlier_debts_stop_and_newer_ones_go_on(self):
        self.assertGreater(self.newer.invoice_date, JUDGMENT)
        self._confirmed()
        facts = self.runs.explain(self._lines(self.earlier, self.newer), days(60))
        by_line = {fact["move_line_id"]: fact for fact in facts}
        earlier, later = self._lines(self.earlier), self._lines(self.newer)
        self.assertFalse(by_line[earlier.id]["due"])
        self.assertIn("declared, not chased", " ".join(by_line[earlier.id]["reasons"]))
        self.assertTrue(by_line[later.id]["due"])
        with freeze_time(days(60)):
            planned = self._plan(days(60))
        self.assertEqual(planned.line_ids.move_id, self.newer)

    def test_the_day_of_the_judgment_comes_after_it(self):
        self._confirmed()
        line = self._lines(self._invoice(self.debtor, "2026-04-02", 300))
        self.assertEqual(line._get_relance_birth(), JUDGMENT)
        facts = self.runs.explain(line, days(60))
        self.assertNotIn("declared", " ".join(facts[0]["reasons"]))

    def test_what_was_delivered_before_is_an_earlier_debt(self):
        self._confirmed()
        newer = self._invoice(self.debtor, days(35), 300)
        newer.delivery_date = "2026-03-02"
        facts = self.runs.explain(self._lines(newer), days(60))
        self.assertIn("declared, not chased", " ".join(facts[0]["reasons"]))

    def test_the_opening_is_known_to_others_from_the_confirmation_on(self):
        found = self._watch()
        debtor = self.debtor.with_user(self.officer)
        self.assertEqual(debtor._get_insolvency_opening(TODAY), {})
        found.action_confirm()
        self.assertEqual(debtor._get_insolvency_opening(TODAY), {self.debtor: JUDGMENT})
        self.assertEqual(debtor._get_insolvency_opening(date(2026, 3, 2)), {})
        found.action_close()
        self.assertEqual(debtor._get_insolvency_opening(TODAY), {})

    def test_the_time_to_declare_is_somebodys_task_with_a_margin(self):
        found = self._confirmed()
        task = found.activity_ids
        self.assertEqual(task.date_deadline, date(2026, 4, 26))
        self.assertIn("05/11/2026", task.summary)
        self.assertEqual(task.user_id, self.officer)
        found.with_user(self.officer).action_declare()
        self.assertFalse(found.activity_ids)
        self.assertEqual(found.declared_on, TODAY)

    def test_a_court_overseas_leaves_two_more_months(self):
        found = self._watch()
        found.with_user(self.officer).is_far = True
        self.assertEqual(found.deadline, date(2026, 7, 10))

    def test_the_statement_is_that_of_the_day_of_the_judgment(self):
        payment = self.env["account.payment.register"].with_context(
            active_model="account.move", active_ids=self.earlier.ids
        )
        payment.create({"amount": 400, "payment_date": "2026-03-12"})._create_payments()
        found = self._confirmed()
        rows = {row["number"]: row for row in found.claim_rows}
        self.assertEqual(set(rows), {self.earlier.name, self.to_come.name})
        self.assertEqual(rows[self.earlier.name]["owed"], 1000)
        self.assertEqual(rows[self.earlier.name]["paid_since"], 400)
        self.assertEqual(rows[self.earlier.name]["interest"], 0)
        self.assertTrue(rows[self.to_come.name]["is_to_come"])
        self.assertEqual(found.claim_total, 1700)
        self.assertEqual(found.late_payment_count, 1)

    def test_interest_stops_on_the_eve_and_the_indemnity_is_stated_apart(self):
        late = self._invoice(self.debtor, "2026-01-31", 10000)
        found = self._confirmed()
        row = next(row for row in found.claim_rows if row["number"] == late.name)
        expected = self._lines(late).relance_penalty(date(2026, 3, 2))
        self.assertEqual(row["interest"], expected["interest"])
        self.assertGreater(row["interest"], 0)
        self.assertEqual(row["indemnity"], 40)

    def test_a_payment_before_the_judgment_is_not_claimed(self):
        payment = self.env["account.payment.register"].with_context(
            active_model="account.move", active_ids=self.earlier.ids
        )
        payment.create({"amount": 400, "payment_date": "2026-03-02"})._create_payments()
        found = self._confirmed()
        rows = {row["number"]: row for row in found.claim_rows}
        self.assertEqual(rows[self.earlier.name]["owed"], 600)
        self.assertEqual(found.late_payment_count, 0)

    def test_the_statement_reads_as_people_write(self):
        found = self._confirmed()
        reports = self.env["ir.actions.report"]
        html, _kind = reports._render_qweb_html(
            "relance_ar.relance_proceeding_report", found.ids
        )
        [row] = [
            " ".join(row.text_content().split())
            for row in fromstring(html).xpath("//tbody/tr")
            if self.earlier.name in row.text_content()
        ]
        owed = format_amount(self.env, 1000, self.company.currency_id)
        self.assertIn(format_date(self.env, self.earlier.invoice_date), row)
        self.assertIn(" ".join(owed.split()), row)

    def test_the_statement_is_kept_as_document_and_spreadsheet(self):
        found = self._confirmed()
        files = self.env["ir.attachment"].search(
            [("res_model", "=", found._name), ("res_id", "=", found.id)], order="name"
        )
        self.assertEqual(len(files), 2, files.mapped("name"))
        sheet = load_workbook(
            io.BytesIO(files.filtered(lambda f: f.name.endswith(".xlsx")).raw)
        ).active
        numbers = [row[0].value for row in sheet.iter_rows(min_row=2)]
        self.assertIn(self.earlier.name, numbers)
        letter = files.filtered(lambda f: not f.name.endswith(".xlsx"))
        self.assertIn(self.earlier.name.encode(), letter.raw)

    def test_the_day_of_the_judgment_must_be_known(self):
        self.server.notice(SIREN, PUBLISHED, LIQUIDATION, judgment="0202-03-03")
        self._cron(BULLETIN_CRON)
        found = self._found()
        with self.assertRaisesRegex(UserError, "enter the day"):
            found.action_confirm()
        found.opened_on = JUDGMENT
        found.action_confirm()
        self.assertEqual(found.state, "confirmed")

    def test_a_closing_is_shown_and_a_person_closes(self):
        found = self._confirmed()
        self.server.notice(SIREN, "2026-06-10", CLOSING, judgment="2026-06-01")
        with freeze_time("2026-06-12"):
            self._cron(BULLETIN_CRON)
        self.assertEqual(found.state, "confirmed")
        notes = " ".join(map(str, found.activity_ids.mapped("note")))
        self.assertIn("no longer shows", notes)
        found.action_close()
        self.assertEqual((found.state, found.activity_ids.ids), ("closed", []))
        self.assertEqual(self.debtor.solvency_state, "closed")

    def test_a_conversion_keeps_the_judgment_and_is_shown(self):
        self.server.notice(
            SIREN,
            PUBLISHED,
            "Jugement d'ouverture d'une procédure de redressement judiciaire",
            judgment="2026-03-03",
        )
        self._cron(BULLETIN_CRON)
        found = self._found()
        found.action_confirm()
        converted = "Jugement de conversion en liquidation judiciaire"
        self.server.notice(SIREN, "2026-03-19", converted, judgment="2026-03-17")
        with freeze_time(days(1)):
            self._cron(BULLETIN_CRON)
        self.assertRecordValues(
            found,
            [{"kind": "liquidation", "opened_on": JUDGMENT, "state": "confirmed"}],
        )
        notes = " ".join(map(str, found.activity_ids.mapped("note")))
        self.assertIn("converted", notes)

    # ---------------------------------------------------------------------- rights

    def test_only_a_credit_manager_decides(self):
        found = self._watch().with_user(self.officer)
        for action in ("action_confirm", "action_dismiss", "action_close"):
            with self.subTest(action), self.assertRaises(UserError):
                getattr(found, action)()
        self.assertEqual(found.state, "to_confirm")

    def test_states_are_not_written_by_hand(self):
        found = self._watch()
        for values in ({"state": "closed"}, {"confirmed_on": TODAY}, {"number": "A1"}):
            with self.subTest(values), self.assertRaises(AccessError):
                found.write(values)

    def test_a_confirmed_judgment_is_not_changed_nor_deleted(self):
        found = self._confirmed()
        with self.assertRaises(UserError):
            found.opened_on = TODAY
        with self.assertRaises(UserError):
            found.unlink()

    def test_another_company_does_not_see_them(self):
        found = self._watch()
        elsewhere = self.env["res.company"].create({"name": "Elsewhere SAS"})
        user = self._new_user(
            "elsewhere", "relance_ar.group_relance_manager", company=elsewhere
        )
        with self.assertRaises(AccessError):
            found.with_user(user).action_confirm()
        self.assertFalse(self.proceedings.with_user(user).search([]))
