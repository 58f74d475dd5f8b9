"""What reminders ask for is claimed when they leave; the statement goes with them."""

import io
from datetime import date

from pypdf import PdfReader

from odoo.tests import freeze_time, tagged
from odoo.tools import mute_logger

from .common import TODAY, days
from .test_dispatch import PDF_LOGGER, PDF_START
from .test_penalties_vectors import PenaltyCase


class ReminderCase(PenaltyCase):
    """Reminders planned, approved and confirmed by the officer."""

    def _remind(self, day):
        """Plan and make the contact of a day; return the reminder."""
        with freeze_time(day):
            reminder = self._plan(day)
            reminder.action_approve()
            reminder.sudo()._confirm("sent")
        return reminder

    def _pdf_text(self, content):
        self.assertTrue(content.startswith(PDF_START))
        pages = PdfReader(io.BytesIO(content)).pages
        return " ".join("\n".join(page.extract_text() for page in pages).split())


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestClaimOfReminder(ReminderCase):
    """The level that states penalties claims them at sending."""

    def setUp(self):
        super().setUp()
        self.debtor = self._debtor()
        self.invoice = self._invoice(self.debtor, days(-3), 15000)

    def test_sending_claims_what_the_message_states(self):
        reminder = self._plan()
        reminder.action_approve()
        self.assertFalse(reminder.claim_ids)
        with self.mail_server() as sink:
            reminder.action_send()
        self.assertEqual(len(sink.messages), 1)
        self.assertRecordValues(
            reminder.claim_ids,
            [
                {
                    "state": "claimed",
                    "date": TODAY,
                    "amount_interest": 14.98,
                    "amount_indemnity": 40.0,
                    "claimed_by_id": self.officer.id,
                }
            ],
        )
        self.assertEqual(reminder.penalty_interest, 14.98)

    def test_the_next_reminder_goes_on_with_the_same_claim(self):
        first = self._remind(TODAY)
        claim = first.claim_ids
        second = self._remind(days(13))
        self.assertTrue(second.level_id.claim_penalties)
        self.assertEqual(second.claim_ids, claim)
        self.assertEqual(claim.amount_interest, second.penalty_interest)
        self.assertEqual(claim.amount_indemnity, 40.0)
        self.assertRecordValues(
            claim.line_ids.sorted("date_from"),
            [
                {"date_from": days(-2), "date_to": TODAY, "indemnity": 40.0},
                {"date_from": days(1), "date_to": days(13), "indemnity": 0.0},
            ],
        )

    def test_what_was_waived_is_not_asked_for_again(self):
        claim = self._remind(TODAY).claim_ids
        claim.with_user(self.manager).waive("deal")
        second = self._remind(days(13))
        # 15 000 x 12.15 % x 13 / 365
        self.assertRecordValues(
            second, [{"penalty_interest": 64.91, "penalty_indemnity": 0.0}]
        )
        self.assertEqual(second.claim_ids.amount_total, 64.91)
        self.assertNotEqual(second.claim_ids, claim)

    def test_a_draft_prepared_by_hand_is_taken_over(self):
        draft = (
            self.env["relance.penalty.claim"]
            .with_user(self.officer)
            .prepare(self._lines(self.invoice).ids)
        )
        reminder = self._remind(TODAY)
        self.assertFalse(draft.exists())
        self.assertEqual(reminder.claim_ids.amount_total, 54.98)

    def test_a_claim_by_hand_is_not_claimed_twice(self):
        claims = self.env["relance.penalty.claim"].with_user(self.officer)
        claims.prepare(self._lines(self.invoice).ids).action_claim()
        reminder = self._remind(TODAY)
        self.assertEqual(reminder.penalty_interest, 14.98, "it is stated all the same")
        self.assertFalse(reminder.claim_ids)

    def test_a_missing_rate_stops_no_reminder(self):
        self.env.ref("relance_ar.relance_interest_rate_ecb_mro_2026_01").unlink()
        reminder = self._remind(TODAY)
        self.assertEqual((reminder.state, len(reminder.claim_ids)), ("sent", 0))
        self.assertIn("01/01/2026", reminder.penalty_error)

    def test_a_level_that_states_nothing_claims_nothing(self):
        self.env.ref("relance_ar.level_1_first").claim_penalties = False
        self.assertFalse(self._remind(TODAY).claim_ids)

    def test_the_mentions_of_the_message(self):
        self.company.relance_discount_note = "Discount of 1 % within 8 days."
        reminder = self._plan()
        table = reminder.lines_table
        for text in ("L441-10", "€40", "Discount of 1 % within 8 days."):
            self.assertIn(text, table)
        self._invoice(self._debtor("Early SAS"), days(4))
        early = self._plan() - reminder
        self.assertEqual(early.phase, "preventive")
        self.assertIn("refinancing rate plus 10 points.", early.lines_table)
        self.assertIn("€40 for each late invoice", early.lines_table)
        person = self._debtor("Claude Petit", is_company=False)
        self._invoice(person, days(-10))
        theirs = self._plan() - reminder - early
        self.assertEqual(theirs.partner_id, person)
        self.assertFalse(theirs._get_penalty_mentions())
        self.assertNotIn("€40", theirs.lines_table)

    def test_the_rate_that_is_told_fits_the_customer(self):
        reminder = self._plan()
        self.assertIn("plus 10 points", reminder.penalty_rate_note)
        self.debtor.relance_penalty_rate = 14
        reminder.invalidate_recordset()
        self.assertEqual(reminder.penalty_rate_note, "(contract rate: 14.00 % a year)")
        self.debtor.write(
            {"relance_penalty_rate": 0, "relance_penalty_regime": "public"}
        )
        reminder.invalidate_recordset()
        self.assertIn("plus 8 points", reminder.penalty_rate_note)
        self.assertIn("R2192-31", reminder.penalty_law_note)
        self.invoice.relance_penalty_rate = 11
        reminder.invalidate_recordset()
        self.assertEqual(reminder.penalty_rate_note, "(at the rate of each invoice)")


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestStatement(ReminderCase):
    """The PDF: one row for each segment, in the debtor's language."""

    def _rows(self, record, report):
        reports = self.env["ir.actions.report"].with_context(
            force_report_rendering=True
        )
        with mute_logger(PDF_LOGGER):
            content, kind = reports._render_qweb_pdf(report, record.ids)
        self.assertEqual(kind, "pdf")
        return self._pdf_text(content)

    def test_each_segment_of_a_claim_has_its_row(self):
        debtor = self._debtor(relance_penalty_rate=0)
        invoice = self._invoice(debtor, "2025-12-15", 10000)
        self._pay(invoice, "2026-01-20", 4000)
        claims = self.env["relance.penalty.claim"].with_user(self.officer)
        claim = claims.prepare(self._lines(invoice).ids, "2026-03-02")
        text = self._rows(claim, "relance_ar.relance_penalty_claim_report")
        for row in (
            "12/16/2025 12/31/2025 16",
            "01/01/2026 01/20/2026 20",
            "01/21/2026 03/02/2026 41",
            "12.15 %",
            "Lump-sum indemnity for recovery costs",
            claim.reference,
            invoice.name,
            "L441-10",
        ):
            self.assertIn(row, text)
        amounts = claim.line_ids.segment_ids.mapped("amount")
        self.assertEqual(amounts, [53.26, 66.58, 81.88])
        self.assertEqual(round(sum(amounts), 2), claim.amount_interest)
        for amount in (*amounts, claim.amount_interest, claim.amount_total):
            self.assertIn(f"{amount:.2f}", text)

    def test_at_any_date_before_anything_is_claimed(self):
        invoice = self._invoice(self._debtor(lang="fr_FR"), "2026-01-31", 10000)
        wizard = (
            self.env["relance.penalty.statement"]
            .with_user(self.officer)
            .create({"move_line_ids": self._lines(invoice).ids, "date": "2026-03-02"})
        )
        self.assertEqual(wizard.action_print()["report_name"][:10], "relance_ar")
        text = self._rows(wizard, "relance_ar.relance_penalty_statement_report")
        self.assertIn("01/02/2026 02/03/2026 30", text)
        self.assertIn("99,86", text)

    def test_firm_levels_carry_it(self):
        invoice = self._invoice(self._debtor(), days(-60), 10000)
        for offset, firm in ((-50, False), (-35, False), (-15, True)):
            with freeze_time(days(offset)):
                reminder = self._plan(days(offset))
                self.assertEqual(reminder._has_penalty_statement(), firm)
                reminder.channel = "email"
                reminder.action_approve()
                with self.mail_server() as sink, mute_logger(PDF_LOGGER):
                    reminder.with_context(force_report_rendering=True).action_send()
                [message] = sink.messages
                names = [part.get_filename() for part in message.iter_attachments()]
            self.assertEqual(len(names), 2 if firm else 1, names)
        self.assertIn(f"Penalties {reminder.reference}.pdf", names)
        statement = reminder.message_ids.attachment_ids.filtered(
            lambda file: file.name.startswith("Penalties")
        )
        text = self._pdf_text(statement.raw)
        self.assertIn(invoice.name, text)
        self.assertIn(f"{reminder.penalty_interest:.2f}", text)
        self.assertEqual(reminder.claim_ids.amount_interest, reminder.penalty_interest)

    def test_a_printed_letter_ends_with_it(self):
        debtor = self._debtor(email=False, phone=False)
        invoice = self._invoice(debtor, days(-60), 10000)
        for offset in (-50, -35):
            self._remind(days(offset))
        with freeze_time(days(-15)):
            reminder = self._plan(days(-15))
            self.assertEqual(reminder.channel, "registered_letter")
            reminder.action_approve()
            with mute_logger(PDF_LOGGER):
                reminder.with_context(force_report_rendering=True).action_print_letter()
        text = self._pdf_text(reminder.letter_id.raw)
        self.assertIn("Statement of late-payment penalties", text)
        self.assertIn(f"{invoice.name}", text)
        letter_day = days(-15)
        with freeze_time(days(-13)):
            reminder.action_send()
        # The claim is that of the paper, printed two days before it was posted.
        self.assertEqual(max(reminder.claim_ids.line_ids.mapped("date_to")), letter_day)

    def test_a_claim_of_the_past_is_printed_as_it_was_made(self):
        invoice = self._invoice(self._debtor(), "2026-01-31", 10000)
        claims = self.env["relance.penalty.claim"].with_user(self.officer)
        claim = claims.prepare(self._lines(invoice).ids, "2026-03-02")
        claim.action_claim()
        self._pay(invoice, "2026-02-10")
        text = self._rows(claim, "relance_ar.relance_penalty_claim_report")
        self.assertIn("99.86", text)
        self.assertIn("02/01/2026 03/02/2026 30", text)
        self.assertEqual(claim.date, date(2026, 3, 2))
