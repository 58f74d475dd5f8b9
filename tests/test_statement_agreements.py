"""The statement and the proof file show what is contested, promised and agreed."""

import io

import lxml.html
from openpyxl import load_workbook
from pypdf import PdfReader

from odoo import Command
from odoo.tests import freeze_time, tagged
from odoo.tools import mute_logger

from .common import TODAY, days
from .letter_case import PDF_LOGGER
from .test_payment_plan import PlanCase


class SaidCase(PlanCase):
    """An invoice disputed in part, one that is promised, one under a plan."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.promised = cls._invoice(cls.debtor, days(-2), 500)
        cls.planned = cls._invoice(cls.debtor, days(-1), 300)
        cls.beside = cls._invoice(cls.debtor, days(-1), 77)
        cls.statements = cls.env["relance.statement"].with_user(cls.officer)

    def _say_it(self):
        self.contested = self._dispute(200)
        lines = self._lines(self.promised)
        self.word = self._promise(days(5), 500, lines=lines)
        self.plan = self._draft(
            move_line_ids=[Command.set(self._lines(self.planned).ids)], count=3
        )
        self.plan.action_propose()
        self._accept(self.plan).action_activate()

    def _get(self, day=TODAY, **values):
        debtor = self.debtor.with_user(self.officer)
        return self.statements._get_statement(debtor, self.company, day, **values)

    def _said(self, statement):
        [group] = statement["groups"]
        items = [*group["open"], *group["settled"]]
        return {item["number"]: " · ".join(item["said"]) for item in items}

    def _rows(self, statement):
        return {s["title"]: s["rows"] for s in statement["agreements"]}


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestStatementAgreements(SaidCase):
    def test_nothing_said_nothing_shown(self):
        statement = self._get()
        self.assertEqual(statement["agreements"], [])
        self.assertEqual(set(self._said(statement).values()), {""})

    def test_each_item_says_what_concerns_it(self):
        self._say_it()
        said = self._said(self._get())
        self.assertIn("200.00", said[self.invoice.name])
        self.assertIn("disputed", said[self.invoice.name])
        self.assertIn("promised for 03/23/2026", said[self.promised.name])
        self.assertIn(self.plan.reference, said[self.planned.name])
        self.assertIn("100.00", said[self.planned.name])
        self.assertEqual(said[self.beside.name], "")

    def test_what_was_said_is_listed_below(self):
        self._say_it()
        self._draft(move_line_ids=[Command.set(self._lines(self.beside).ids)])
        rows = self._rows(self._get())
        [dispute] = rows["Disputes"]
        self.assertEqual(dispute[0], self.contested.reference)
        self.assertIn(self.invoice.name, dispute)
        self.assertEqual(dispute[-1], "Open")
        [promise] = rows["Promises to pay"]
        self.assertEqual(promise[-1], "Open")
        # Of the active plan, not of the draft.
        self.assertEqual(
            [row[2] for row in rows["Payment plans"]],
            ["03/18/2026", "04/18/2026", "05/18/2026"],
        )

    def test_as_it_stood_on_the_day(self):
        self._say_it()
        with freeze_time(days(10)):
            wizard = self.env["relance.dispute.conclude"].with_user(self.officer)
            vals = {"outcome": "confirmed", "sends_proofs": False}
            wizard.create({"dispute_id": self.contested.id, **vals}).action_conclude()
            self._register_payment(self.planned, payment_date=days(9), amount=100)
        self._judge(days(20))
        self.assertEqual(self.word.state, "broken")
        with freeze_time(days(20)):
            before, since = self._get(days(5)), self._get(days(20))
            self.assertFalse(self._get(days(-1))["agreements"])
        for name, was, now in (
            ("Disputes", "Open", "Debt confirmed"),
            ("Promises to pay", "Open", "Broken"),
        ):
            self.assertEqual(self._rows(before)[name][0][-1], was)
            self.assertEqual(self._rows(since)[name][0][-1], now)
        self.assertIn("disputed", self._said(before)[self.invoice.name])
        self.assertNotIn("disputed", self._said(since)[self.invoice.name])
        self.assertNotIn("promised", self._said(since)[self.promised.name])
        paid = [
            self._rows(statement)["Payment plans"][0][4]
            for statement in (before, since)
        ]
        self.assertIn("0.00", paid[0])
        self.assertIn("100.00", paid[1])

    def test_a_credit_note_matched_since_comes_off_the_disputed_part(self):
        self._say_it()
        note = self._reverse_invoice(
            self.invoice, is_modify=False, date=TODAY, post=False
        )
        note.invoice_line_ids.price_unit = 150
        note.action_post()
        lines = note.line_ids.filtered(lambda li: li.account_type == "asset_receivable")
        (lines + self.line).reconcile()
        self.assertIn("50.00", self._said(self._get())[self.invoice.name])

    def test_internal_words_stay_inside(self):
        self._say_it()
        self.contested.asked = "Is the seller lying?"
        self.word.note = "He never keeps his word."
        wizard = self.statements.create({"partner_id": self.debtor.id})
        self.assertIn("promised for", wizard.sheet_html)
        self.assertNotIn("lying", wizard.sheet_html)
        self.assertNotIn("never keeps", wizard.sheet_html)

    def test_queries_do_not_grow_with_what_was_said(self):
        self._say_it()

        def count():
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self._get()
            return self.env.cr.sql_log_count - before

        few = count()
        for rank in range(8):
            line = self._lines(self._invoice(self.debtor, days(-30), 100 + rank))
            self._dispute(50, lines=line)
            self._promise(days(5), 50, lines=line)
        self.assertLessEqual(count(), few + 2)

    def test_on_screen_on_paper_and_in_a_spreadsheet(self):
        self._say_it()
        wizard = self.statements.create({"partner_id": self.debtor.id})
        page = " ".join(lxml.html.fromstring(wizard.sheet_html).text_content().split())
        with mute_logger(PDF_LOGGER):
            wizard.with_context(force_report_rendering=True).action_print()
        wizard.action_export()
        files = (
            self.env["ir.attachment"]
            .with_user(self.officer)
            .search(
                [("res_model", "=", wizard._name), ("res_id", "=", wizard.id)],
                order="id",
            )
        )
        document, sheet = files
        pages = PdfReader(io.BytesIO(document.raw)).pages
        paper = " ".join(" ".join(p.extract_text() for p in pages).split())
        for text in (page, paper):
            for words in (
                self.contested.reference,
                self.word.reference,
                self.plan.reference,
                "promised for 03/23/2026",
            ):
                self.assertIn(words, text)
        book = load_workbook(io.BytesIO(sheet.raw))
        self.assertEqual(
            book.sheetnames, ["EUR", "Disputes", "Promises to pay", "Payment plans"]
        )
        rows = {row[0].value: row for row in book["EUR"].iter_rows(min_row=3)}
        self.assertIn("promised", rows[self.promised.name][10].value)
        disputes, promises = book["Disputes"], book["Promises to pay"]
        self.assertEqual(disputes["A2"].value, self.contested.reference)
        self.assertEqual(disputes["B2"].value.date(), TODAY)
        self.assertEqual(disputes["E2"].value, 200)
        self.assertIn("EUR", disputes["E2"].number_format)
        self.assertEqual(
            (promises["D2"].value.date(), promises["E2"].value), (days(5), 500)
        )


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestProofAgreements(SaidCase):
    """The proof file holds them, with the papers that show them."""

    def _make(self):
        moves = (self.invoice + self.planned).with_user(self.officer)
        with mute_logger(PDF_LOGGER):
            action = moves.with_context(
                force_report_rendering=True
            ).action_relance_proof()
        return self.env["relance.proof"].browse(action["res_id"])

    def test_the_file_of_the_invoices_with_what_was_said_of_them(self):
        self._say_it()
        offer = self.env["ir.attachment"].create({"name": "offer.txt", "raw": b"offer"})
        self.contested.sudo().proof_ids = offer
        colleague = self.contested.message_post(
            body="Hopeless.", attachments=[("secret.txt", b"among us")]
        )
        self.assertTrue(colleague.attachment_ids)
        self.plan.action_cancel()  # what was signed is a proof all the same
        proof = self._make()
        section = "Disputes, promises and plans"
        pieces = [row for row in proof.index if row["section"] == section]
        titles = [row["title"] for row in pieces]
        self.assertEqual(titles[0], section)
        self.assertIn(f"{self.contested.reference} · offer.txt", titles)
        self.assertIn(f"{self.plan.reference} · signed.pdf", titles)
        pages = PdfReader(io.BytesIO(proof.pdf_id.raw)).pages
        text = " ".join(" ".join(page.extract_text() for page in pages).split())
        for words in (
            self.contested.reference,
            "Price",
            "200.00",
            self.plan.reference,
            "Ms Martin, director",
            "04/18/2026 · ",
        ):
            self.assertIn(words, text)
        whole = str(proof.index)
        self.assertNotIn("secret.txt", whole)
        self.assertNotIn(self.word.reference, whole, "about an invoice left out")

    def test_nothing_said_no_section(self):
        sections = {row["section"] for row in self._make().index}
        self.assertNotIn("Disputes, promises and plans", sections)
