"""The statement of account at any date, on screen, on paper and in a spreadsheet."""

import io

from openpyxl import load_workbook
from pypdf import PdfReader

from odoo.exceptions import AccessError, UserError
from odoo.tests import freeze_time, tagged
from odoo.tools import mute_logger

from .common import TODAY, days
from .letter_case import PDF_LOGGER, LetterCase


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestStatement(LetterCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.debtor = cls._debtor()
        cls.late = cls._invoice(cls.debtor, days(-60), 1000)
        cls.to_come = cls._invoice(cls.debtor, days(20), 300)
        cls.paid = cls._invoice(cls.debtor, days(-40), 700)
        cls._pay(cls.paid, 700, days(-10))
        cls._pay(cls.late, 400, days(-5))
        cls.env.ref("base.CHF").active = True
        cls.foreign = cls._invoice(
            cls.debtor, days(-8), 50, currency_id=cls.env.ref("base.CHF").id
        )
        cls.statements = cls.env["relance.statement"].with_user(cls.officer)

    @classmethod
    def _pay(cls, invoice, amount, day):
        wizard = cls.env["account.payment.register"].with_context(
            active_model="account.move", active_ids=invoice.ids
        )
        wizard.create({"amount": amount, "payment_date": day})._create_payments()

    def _get(self, day=TODAY, since=None, **values):
        return self.statements._get_statement(
            self.debtor.with_user(self.officer), self.company, day, since, **values
        )

    def _group(self, statement, code="EUR"):
        [found] = [g for g in statement["groups"] if g["currency"].name == code]
        return found

    def _owed(self, statement, code="EUR"):
        items = self._group(statement, code)["open"]
        return {item["number"]: item["owed"] for item in items}

    def test_what_is_open_today_by_currency(self):
        statement = self._get()
        self.assertEqual(
            self._owed(statement), {self.late.name: 600, self.to_come.name: 300}
        )
        self.assertEqual(self._owed(statement, "CHF"), {self.foreign.name: 50})
        group = self._group(statement)
        self.assertEqual(
            (group["overdue"], group["to_come"], group["credits"], group["balance"]),
            (600, 300, 0, 900),
        )
        self.assertEqual(group["settled"], [])

    def test_as_it_stood_on_an_earlier_day(self):
        statement = self._get(days(-7))
        self.assertEqual(self._owed(statement)[self.late.name], 1000)
        self.assertNotIn(self.paid.name, self._owed(statement))
        earlier = self._get(days(-11))
        self.assertEqual(self._owed(earlier)[self.paid.name], 700)
        # Invoiced thirty days before it is due.
        self.assertNotIn(self.to_come.name, self._owed(earlier))

    def test_what_was_settled_since_a_day(self):
        settled = self._group(self._get(since=days(-12)))["settled"]
        numbers = {item["number"] for item in settled}
        self.assertIn(self.paid.name, numbers)
        [item] = [item for item in settled if item["number"] == self.paid.name]
        self.assertEqual((item["owed"], item["settled_on"]), (0, days(-10)))

    def test_a_credit_not_matched_comes_off(self):
        self._create_invoice_one_line(
            move_type="out_refund",
            price_unit=100,
            tax_ids=[],
            partner_id=self.debtor,
            invoice_date=days(-3),
            post=True,
        )
        group = self._group(self._get())
        self.assertEqual((group["credits"], group["balance"]), (-100, 800))

    def test_penalties_are_those_of_the_lines(self):
        group = self._group(self._get())
        lines = self._lines(self.late)
        found = lines.relance_penalty(TODAY)
        [item] = [i for i in group["open"] if i["number"] == self.late.name]
        self.assertEqual(item["interest"], found["interest"])
        self.assertEqual(item["indemnity"], 40)
        self.assertEqual(group["total"], group["balance"] + found["total"])
        without = self._group(self._get(penalties=False))
        self.assertEqual(without["total"], without["balance"])

    def test_queries_do_not_grow_with_items(self):
        def count():
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self._get(since=days(-90))
            return self.env.cr.sql_log_count - before

        few = count()
        for rank in range(10):
            self._invoice(self.debtor, days(-30), 100 + rank)
        self.assertLessEqual(count(), few + 2)

    def test_a_contact_shows_the_account_of_its_company(self):
        contact = self._debtor("Inès", parent_id=self.debtor.id, is_company=False)
        action = contact.with_user(self.officer).action_relance_statement()
        self.assertEqual(action["context"]["default_partner_id"], self.debtor.id)

    def test_on_paper(self):
        wizard = self.statements.create(
            {"partner_id": self.debtor.id, "since": days(-12)}
        )
        with mute_logger(PDF_LOGGER):
            action = self._real(wizard).action_print()
        attachment = (
            self.env["ir.attachment"]
            .with_user(self.officer)
            .search([("res_model", "=", wizard._name), ("res_id", "=", wizard.id)])
        )
        self.assertIn(str(attachment.id), action["url"])
        text = " ".join(self._pages(attachment.raw))
        for words in (
            "Statement of account",
            "Debtor SARL",
            "Creditor SAS",
            self.late.name,
            "600.00",
            "Settled since",
            self.paid.name,
            "CHF",
            "1/1",
        ):
            self.assertIn(words, text)

    def test_its_address_is_in_the_window_of_the_envelope(self):
        wizard = self.statements.create({"partner_id": self.debtor.id})
        with mute_logger(PDF_LOGGER):
            content = self._real(wizard)._print()
        page = PdfReader(io.BytesIO(content)).pages[0]
        places = []

        def visit(text, matrix, text_matrix, _font, _size):
            if "1 rue de la Paix" in " ".join(text.split()):
                y = text_matrix[5] * matrix[3] + matrix[5]
                places.append((float(page.mediabox.height) - y) * 25.4 / 72)

        page.extract_text(visitor_text=visit)
        self.assertTrue(places)
        # From 50 mm to 95 mm below the upper edge.
        self.assertTrue(50 < places[0] < 90, places)

    def test_in_a_spreadsheet_that_runs_nothing(self):
        self.debtor.name = '=HYPERLINK("http://x")'
        wizard = self.statements.create({"partner_id": self.debtor.id})
        wizard.action_export()
        content = (
            self.env["ir.attachment"]
            .with_user(self.officer)
            .search([("res_model", "=", wizard._name), ("res_id", "=", wizard.id)])
            .raw
        )
        book = load_workbook(io.BytesIO(content))
        self.assertEqual(set(book.sheetnames), {"EUR", "CHF"})
        rows = {row[0].value: row for row in book["EUR"].iter_rows(min_row=3)}
        self.assertEqual(rows[self.late.name][6].value, 600)
        self.assertEqual(rows["Balance"][6].value, 900)
        sheet = book["EUR"]
        self.assertEqual(sheet["B2"].value, self.company.name)
        self.assertEqual(sheet["A3"].value, "Statement of account at")
        self.assertEqual(sheet["B3"].value.date(), TODAY)
        cell = sheet["A1"]
        self.assertEqual((cell.data_type, cell.value), ("s", self.debtor.name))

    def test_nothing_owed_is_said(self):
        nobody = self._debtor("Nobody SA")
        wizard = self.statements.create({"partner_id": nobody.id})
        self.assertIn("Nothing was owed", wizard.sheet_html)
        wizard.action_export()
        with self.assertRaisesRegex(UserError, "Choose a customer"):
            self.statements.create({}).action_print()

    def test_another_company_s_account_is_closed(self):
        other = self.env["res.company"].create({"name": "Other"})
        with self.assertRaises(AccessError):
            self.statements._get_statement(
                self.debtor.with_user(self.officer), other, TODAY
            )
