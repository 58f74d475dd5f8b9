"""The statement of account that a debtor downloads from their page."""

import io

from openpyxl import load_workbook
from pypdf import PdfReader

from odoo.tests import freeze_time, tagged
from odoo.tools import mute_logger

from .common import TODAY
from .page_case import HTTP_LOGGER, PDF_LOGGER, PageCase

PENALTIES = ("Penalties", "Balance with penalties", "Interest", "Indemnity")


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestPageStatement(PageCase):
    def test_the_page_leads_to_both_forms(self):
        links = self._get().text
        self.assertIn(f"{self.base}/statement", links)
        self.assertIn(f"{self.base}/statement?form=xlsx", links)

    def test_as_a_spreadsheet(self):
        response = self._get("/statement?form=xlsx")
        self.assertEqual(response.status_code, 200)
        self.assertIn(".xlsx", response.headers["Content-Disposition"])
        sheet = load_workbook(io.BytesIO(response.content)).active
        numbers = [row[0].value for row in sheet.iter_rows()]
        self.assertIn(self.invoice.name, numbers)
        self.assertIn(self.coming.name, numbers)
        self.assertNotIn(self.foreign.name, numbers)

    def test_on_paper(self):
        response = self._get("/statement")
        self.assertEqual(response.status_code, 200)
        self.assertIn(".pdf", response.headers["Content-Disposition"])
        self.assertTrue(response.content)

    @mute_logger(HTTP_LOGGER)
    def test_without_a_key_there_is_none(self):
        self.link.action_revoke()
        self.assertEqual(self._get("/statement").status_code, 404)

    @mute_logger(HTTP_LOGGER)
    def test_it_is_limited_in_rate(self):
        codes = {self._get("/statement?form=xlsx").status_code for _try in range(8)}
        self.assertEqual(codes, {200, 429})


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestPageStatementSays(PageCase):
    """What it says is what the page says."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.reminder.level_id.claim_penalties = False
        cls.company.country_id = cls.env.ref("base.fr")

    def _claim(self):
        """Let the debtor have been asked for penalties; return those of the law."""
        self.reminder.level_id.claim_penalties = True
        found = self.late.relance_penalty(TODAY)
        self.assertGreater(found["interest"], 0)
        return found

    def _page(self):
        return self._text(self._get()).replace("\xa0", " ")

    def _paper(self):
        """Return the statement on paper, really printed, spaces made plain."""
        scope = self.env["relance.page"]._get_link_scope(self.link)
        statement = scope.env["relance.statement"]._make_for_page(scope)
        statement = statement.with_context(force_report_rendering=True)
        with mute_logger(PDF_LOGGER):
            content = statement._print()
        pages = PdfReader(io.BytesIO(content)).pages
        return " ".join(" ".join(page.extract_text() for page in pages).split())

    def _rows(self):
        """Return the rows of the spreadsheet, by what their first cell says."""
        content = self._get("/statement?form=xlsx").content
        sheet = load_workbook(io.BytesIO(content)).active
        return {row[0].value: [cell.value for cell in row] for row in sheet.iter_rows()}

    def test_the_penalties_are_those_of_the_page(self):
        found = self._claim()
        interest, indemnity = f"{found['interest']:.2f}", f"{found['indemnity']:.2f}"
        self.assertIn(f"late-payment interest {interest} €", self._page())
        self.assertIn(f"recovery costs {indemnity} €", self._page())
        paper = self._paper()
        self.assertIn(f"{found['total']:.2f}", paper)
        self.assertIn(f"Balance with penalties {1300 + found['total']:,.2f}", paper)
        self.assertIn("Penalties are those due by law", paper)
        rows = self._rows()
        titles, late = rows["Number"], rows[self.invoice.name]
        self.assertEqual(late[titles.index("Interest")], found["interest"])
        self.assertEqual(late[titles.index("Indemnity")], found["indemnity"])
        self.assertEqual(rows["Penalties"][6], found["total"])
        self.assertEqual(rows["Balance with penalties"][6], 1300 + found["total"])

    def _check_silent(self):
        self.assertNotIn("late-payment interest", self._page())
        self.assertNotIn("enalties", self._paper())
        rows = self._rows()
        self.assertEqual(rows["Balance"][6], 1300)
        said = {value for row in rows.values() for value in row}
        self.assertFalse(said & set(PENALTIES))

    def test_where_the_page_says_nothing_of_penalties_it_does_not_either(self):
        self._check_silent()

    def test_of_penalties_that_are_not_known_nothing_is_said(self):
        self._claim()
        self.env["relance.interest.rate"].sudo().search([], limit=1000).unlink()
        self.assertNotIn("Configuration", self._paper())
        self._check_silent()

    def test_when_none_are_due_no_zeros_are_shown(self):
        self._claim()
        self._register_payment(self.invoice)
        self.assertNotIn("enalties", self._paper())
        self.assertNotIn("Penalties", self._rows())

    def test_within_the_country_its_name_is_left_out(self):
        self.debtor.street = "1 rue de la Paix"
        self.assertIn("Debtor SARL 1 rue de la Paix 75002 Paris", self._paper())
        self.assertNotIn("75002 Paris France", self._paper())
        self.debtor.country_id = self.env.ref("base.be")
        self.assertIn("Belgium", self._paper())

    def test_a_long_address_keeps_its_town(self):
        self.debtor.write(
            {
                "name": "Société anonyme des transports, de la logistique et de "
                "l'entreposage du Nord et du Pas-de-Calais",
                "street": "1 rue de la Paix",
                "street2": "Bâtiment C, escalier 12, troisième étage, porte de gauche, "
                "zone artisanale de la Haute Borne, à côté de la station de lavage et "
                "du dépôt des autocars",
            }
        )
        scope = self.env["relance.page"]._get_link_scope(self.link)
        statement = scope.env["relance.statement"]._make_for_page(scope)
        size, lines = statement._get_window()
        self.assertLess(size, 13)
        self.assertEqual(lines[-1], "75002 Paris")
        self.assertIn("75002 Paris", self._paper())

    def test_both_forms_are_in_the_language_of_the_page(self):
        # Not printed here: as Odoo's tests have it, what would be printed.
        self.assertIn("Statement of account", self._get("/statement").text)
        french = self._get("/statement", lang="fr_FR")
        self.assertIn("Relevé de compte", french.text)
        self.assertNotIn("Statement of account", french.text)
        self.assertIn("Solde", self._rows())
