"""What the tests of the personal page share: a debtor, a link, and a browser's way."""

import io
import struct
import zipfile
import zlib
from datetime import timedelta
from urllib.parse import urlencode

from lxml import html
from PIL import Image
from pypdf import PdfWriter

from odoo import Command, fields
from odoo.tests import new_test_user
from odoo.tools import mute_logger

from .common import TODAY, RelanceHttpCase, days

PDF_LOGGER = "odoo.addons.base.models.ir_actions_report"
HTTP_LOGGER = "odoo.http"
SCRIPT = "<script>alert('x')</script>"
IBAN = "FR7630006000011234567890189"


def pdf_file(pages=1):
    """Return a PDF of blank pages."""
    output = io.BytesIO()
    writer = PdfWriter()
    for _page in range(pages):
        writer.add_blank_page(100, 100)
    writer.write(output)
    return output.getvalue()


def png_file(size=(2, 2)):
    """Return a black picture."""
    output = io.BytesIO()
    Image.new("1", size).save(output, "PNG")
    return output.getvalue()


PDF, PNG = pdf_file(), png_file()


def office_file(**entries):
    """Return a ZIP with some entries; two underscores stand for a slash."""
    output = io.BytesIO()
    with zipfile.ZipFile(output, "w") as archive:
        for name, content in entries.items():
            archive.writestr(name.replace("__", "/"), content)
    return output.getvalue()


def deflated(name, content):
    """Return a ZIP with one entry, made small."""
    output = io.BytesIO()
    with zipfile.ZipFile(output, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, content)
    return output.getvalue()


def png_head(width, height):
    """Return the head of a PNG, which says how large the picture is."""
    head = b"IHDR" + struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    crc = struct.pack(">I", zlib.crc32(head))
    return b"\x89PNG\r\n\x1a\n" + struct.pack(">I", 13) + head + crc


class PageCase(RelanceHttpCase):
    """A debtor with one invoice overdue and one to come, who was sent a reminder.

    Requests go through real HTTP, without rights but those of the key.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.debtor = cls._debtor(street="<b>1</b> rue")
        cls.invoice = cls._invoice(cls.debtor, days(-13), 1000)
        cls.coming = cls._invoice(cls.debtor, days(10), 300)
        cls.lines = cls._lines(cls.invoice, cls.coming)
        cls.late, cls.next = cls.lines
        cls.stranger = cls._debtor("Stranger SA")
        cls.foreign = cls._invoice(cls.stranger, days(-13), 77)
        cls.bank = cls.env["res.partner.bank"].create(
            {"acc_number": IBAN, "partner_id": cls.company.partner_id.id}
        )
        cls.reminder = cls._sent(cls.debtor, cls.invoice)
        cls.links = cls.env["relance.link"].sudo()
        cls.link = cls.links._make_for_reminders(cls.reminder)
        cls.base = f"/relance/{cls.link._get_token()}"
        cls.answers = cls.env["relance.answer"].sudo()

    @classmethod
    def _sent(cls, debtor, *invoices, phase="level_1", **values):
        """Return a reminder by e-mail that has left."""
        level = cls.scenario.level_ids.filtered(lambda lv: lv.phase == phase)[:1]
        lines = [
            Command.create(
                {
                    "move_line_id": line.id,
                    "move_name": line.move_name,
                    "level_id": level.id,
                    "date_maturity": line.date_maturity,
                    "amount_residual": line.amount_residual_currency,
                }
            )
            for line in cls._lines(*invoices)
        ]
        vals = {
            "state": "sent",
            "company_id": invoices[0].company_id.id,
            "partner_id": debtor.id,
            "contact_id": debtor.id,
            "recipient": debtor.email,
            "currency_id": invoices[0].currency_id.id,
            "lang": debtor.lang,
            "level_id": level.id,
            "phase": phase,
            "channel": "email",
            "date_planned": TODAY,
            "date_done": TODAY,
            "user_id": cls.officer.id,
            "line_ids": lines,
            **values,
        }
        return cls.env["relance.reminder"].sudo().create(vals)

    @classmethod
    def _portal_user(cls, partner, login="portal_debtor"):
        return new_test_user(
            cls.env,
            login,
            groups="base.group_portal",
            partner_id=partner.id,
            company_id=cls.company.id,
            company_ids=cls.company.ids,
            lang="en_US",
        )

    # ------------------------------------------------------------------ as a browser

    def _get(self, path="", base=None, **query):
        """Get a page; its links are relative to the key."""
        url = (self.base if base is None else base) + path
        if query:
            url += "?" + urlencode(query, doseq=True)
        with mute_logger(HTTP_LOGGER, PDF_LOGGER):
            return self.url_open(url, allow_redirects=False)

    def _form(self, response):
        """Return ``{name: value}`` of the form of a page that is sent by post."""
        [form] = html.fromstring(response.text).xpath("//form[@method='post']")
        return {name: value for name, value in form.form_values() if name != "line"}

    def _post(self, kind, base=None, files=(), lines=None, **typed):
        """Open the form of an answer, fill it in and send it, as a browser does."""
        page = self._get(f"/answer/{kind}", base=base)
        self.assertEqual(page.status_code, 200)
        chosen = self.late if lines is None else lines
        data = {**self._form(page), "line": chosen.ids, **typed}
        return self._send(f"/answer/{kind}", data, files, base)

    def _send(self, path, data, files=(), base=None):
        parts = [("files", (name, content)) for name, content in files]
        # Always as multipart, as the form says.
        parts = parts or [("files", ("", b""))]
        url = (self.base if base is None else base) + path
        # What is wrong with a file is why it is refused, and said to who sent it.
        with mute_logger(HTTP_LOGGER, "pypdf", "PIL"):
            response = self.url_open(url, data=data, files=parts, allow_redirects=False)
        self.env.invalidate_all()
        return response

    def _text(self, response):
        """Return what a page shows, spaces made plain."""
        page = html.fromstring(response.text)
        for tag in page.xpath("//script | //style | //head"):
            tag.drop_tree()
        return " ".join(page.text_content().split())

    def _of_debtor(self, model):
        """Return the records of a model about the debtor."""
        return self.env[model].sudo().search([("partner_id", "=", self.debtor.id)])

    def _expire(self, link=None):
        (link or self.link).expires_on = days(-1)

    def _later(self, minutes):
        return fields.Datetime.now() + timedelta(minutes=minutes)
