"""The statement of account that a debtor downloads from their page."""

import io

from openpyxl import load_workbook

from odoo.tests import freeze_time, tagged
from odoo.tools import mute_logger

from .common import TODAY
from .page_case import HTTP_LOGGER, PageCase


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
