"""Files of others, and files that people choose, in a proof file."""

import hashlib
import io
import zipfile
import zlib
from unittest.mock import patch

from PIL import Image
from pypdf import PdfReader

from odoo.exceptions import UserError
from odoo.tests import freeze_time, tagged
from odoo.tools import mute_logger

from odoo.addons.relance_ar.models.relance_proof_pages import MAX_OWN_PAGES

from .common import TODAY
from .letter_case import PDF_LOGGER
from .test_proof_file import ProofCase

PAGES = "odoo.addons.relance_ar.models.relance_proof_pages"


def raw_pdf(*objects):
    """Return a PDF of objects as they are: the first is the root."""
    output, places = b"%PDF-1.4\n", []
    for number, content in enumerate(objects, 1):
        places.append(len(output))
        output += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    start = len(output)
    output += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    output += b"".join(b"%010d 00000 n \n" % place for place in places)
    return output + (
        b"trailer<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF"
        % (len(objects) + 1, start)
    )


def hostile_pdfs():
    """Return ``{name: bytes}`` of PDFs that break a reader, or keep it busy."""
    catalog = b"<</Type/Catalog/Pages 2 0 R>>"
    box = b"/MediaBox[0 0 595 842]"

    def one(page, data=b"q Q", packed=b"/FlateDecode"):
        content = zlib.compress(data) if packed == b"/FlateDecode" else data
        return raw_pdf(
            catalog,
            b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
            b"<</Type/Page/Parent 2 0 R%s/Contents 4 0 R>>" % page,
            b"<</Length %d/Filter %s>>stream\n%s\nendstream"
            % (len(content), packed, content),
        )

    small = zlib.compress(b"q Q")
    parms = b"/FlateDecode/DecodeParms<</Predictor 12/Columns 1>>"
    parts = b" ".join(b"4 0 R" for _rank in range(2000))
    kids = b" ".join(b"3 0 R" for _rank in range(2000))
    depth = 200
    return {
        "no box": one(b""),
        "wrong box": one(b"/MediaBox[/a /b]"),
        "unknown filter": one(box, packed=b"/Foo"),
        "image filter": one(box, packed=b"/JBIG2Decode"),
        "bomb": one(box, b"q " * (20 * 1024 * 1024)),
        "two layers": one(box, zlib.compress(small), b"[/FlateDecode/FlateDecode]"),
        "other layer": one(box, small.hex().encode(), b"[/AHx/FlateDecode]"),
        "own layer": one(box, b"q Q~>", b"/ASCIIHexDecode"),
        "predicted": one(box, zlib.compress(b"\0q\0 \0Q"), parms),
        "not packed": one(box, b"no zlib", b"[/FlateDecode]"),
        "parts": raw_pdf(
            catalog,
            b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
            b"<</Type/Page/Parent 2 0 R%s/Contents[%s]>>" % (box, parts),
            b"<</Length 3>>stream\nq Q\nendstream",
        ),
        "many": raw_pdf(
            catalog,
            b"<</Type/Pages/Kids[%s]/Count 1>>" % kids,
            b"<</Type/Page/Parent 2 0 R%s>>" % box,
        ),
        "deep": raw_pdf(
            catalog,
            *(
                b"<</Type/Pages/Kids[%d 0 R]/Count 1>>" % (rank + 3)
                for rank in range(depth)
            ),
            b"<</Type/Page/Parent 2 0 R%s>>" % box,
        ),
        "no pages": raw_pdf(b"<</Type/Catalog>>"),
    }


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestHostileFiles(ProofCase):
    def _answer_with(self, *files):
        self._history()
        mail = self.env["relance.reminder"].search([("channel", "=", "email")], limit=1)
        mail.sudo().message_post(
            body="Paid.",
            message_type="email",
            author_id=self._debtor("Payer two", parent_id=self.debtor.id).id,
            attachments=files,
        )

    @mute_logger(PAGES, "pypdf")
    def test_files_made_to_break_the_reader_are_in_the_archive_only(self):
        hostile = hostile_pdfs()
        self._answer_with(*((f"{name}.pdf", data) for name, data in hostile.items()))
        proof = self._make()
        rows = {row["title"]: row for row in proof.index}
        for name, data in hostile.items():
            with self.subTest(name):
                row = rows[f"{name}.pdf"]
                self.assertEqual(row["page"], "")
                self.assertTrue(row["note"])
                self.assertEqual(row["sha256"], hashlib.sha256(data).hexdigest())
        self.assertLess(proof.page_count, 60)
        front = PdfReader(io.BytesIO(proof.pdf_id.raw)).pages[:4]
        text = " ".join(page.extract_text() for page in front)
        self.assertIn("more than 200 pages", " ".join(text.split()))

    def test_of_a_long_answer_the_journal_tells_the_beginning(self):
        self._answer_with()
        event = self.env["relance.event"].search([("kind", "=", "answer")])[-1:]
        long = self.env["relance.event"]._record(
            [
                {
                    **event.reminder_id._prepare_event_base(),
                    "kind": "answer",
                    "body": f"<p>First. {'word ' * 5000}Last.</p>",
                }
            ]
        )
        proof = self._make()
        said = proof._get_said(long)
        self.assertIn("First.", said)
        self.assertNotIn("Last.", said)
        self.assertIn("The whole is in the file", said)
        self.assertEqual(proof._get_said(event), event._get_plain_body())
        reader = PdfReader(io.BytesIO(proof.pdf_id.raw))
        bound = " ".join(page.extract_text() for page in reader.pages)
        self.assertIn("First.", bound)
        self.assertNotIn("Last.", bound)
        with zipfile.ZipFile(io.BytesIO(proof.zip_id.raw)) as archive:
            texts = [archive.read(n) for n in archive.namelist() if n.endswith(".txt")]
        self.assertTrue(any(b"Last." in text for text in texts))

    def _pieces(self, *contents):
        return [{"name": "x.pdf", "content": content} for content in contents]

    def test_a_plain_page_is_bound(self):
        small = zlib.compress(b"q Q")
        page = b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R>>"
        plain = [
            raw_pdf(
                b"<</Type/Catalog/Pages 2 0 R>>",
                b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
                page,
                b"<</Length %d%s>>stream\n%s\nendstream" % (len(data), packed, data),
            )
            for data, packed in (
                (b"q Q", b""),
                (small, b"/Filter/FlateDecode"),
                (small, b"/Filter[/FlateDecode]/DecodeParms null"),
            )
        ]
        pieces = self._pieces(*plain)
        found = self.env["relance.proof"]._to_all_pages(pieces)
        self.assertEqual([len(pages) for pages in found], [1, 1, 1])
        self.assertEqual({piece["note"] for piece in pieces}, {""})

    def test_what_takes_too_long_is_in_the_archive_only(self):
        scan = io.BytesIO()
        Image.new("RGB", (9, 9)).save(scan, format="pdf")
        clock = iter(range(0, 10**6, 2))  # each look at it is two seconds later
        pieces = self._pieces(*[scan.getvalue()] * 12)
        pieces[-1]["max_pages"] = MAX_OWN_PAGES
        with patch(f"{PAGES}.monotonic", lambda: next(clock)):
            found = self.env["relance.proof"]._to_all_pages(pieces)
        self.assertTrue(found[0])
        self.assertFalse(found[-2])
        self.assertEqual(pieces[-2]["note"], "takes too long to read")
        self.assertTrue(found[-1])  # what we print ourselves is always bound


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestPapers(ProofCase):
    """Signed delivery notes and orders attached to an invoice: chosen by a person."""

    def _attach(self, name, move=None, **values):
        return self.env["ir.attachment"].create(
            {
                "name": name,
                "raw": name.encode(),
                "res_model": "account.move",
                "res_id": (move or self.invoice).id,
                **values,
            }
        )

    def _join(self, proof, *chosen, user=None):
        user = user or self.officer
        action = proof.with_user(user).action_join()
        joining = self.env["relance.proof.joining"].with_user(user)
        papers = self.env["ir.attachment"].union(*chosen) if chosen else None
        return joining.with_context(**action["context"]).create(
            {"chosen_ids": [(6, 0, papers.ids if papers else [])]}
        )

    def test_a_picture_that_keeps_its_reader_busy_is_in_the_archive_only(self):
        output = io.BytesIO()
        Image.new("L", (64, 64)).save(output, "JPEG", progressive=True)
        plain = output.getvalue()
        slow = plain[:-2] + plain[plain.rindex(b"\xff\xda") : -2] * 99 + plain[-2:]
        proofs = self.env["relance.proof"]
        found, note = proofs._to_pages(
            {"name": "a.jpg", "content": plain, "mimetype": "image/jpeg"}, float("inf")
        )
        self.assertEqual((len(found), note), (1, ""))
        found, note = proofs._to_pages(
            {"name": "b.jpg", "content": slow, "mimetype": "image/jpeg"}, float("inf")
        )
        self.assertEqual((found, note), ([], "takes too long to read"))

    def test_what_an_officer_sends_is_not_the_invoice(self):
        call = self._reminder(self.invoice, phase="level_1", channel="phone")
        call.message_post(
            body="See.",
            message_type="comment",
            subtype_xmlid="mail.mt_comment",
            partner_ids=self.debtor.ids,
            attachments=[(self.invoice._get_invoice_report_filename(), b"%PDF-forged")],
        )
        self.assertEqual(self.env["relance.event"].search([])[-1:].kind, "email")
        with mute_logger(PAGES, "pypdf"):
            index = self._make().index
        [invoice] = [row for row in index if row["section"] == "Invoices"][:1]
        forged = hashlib.sha256(b"%PDF-forged").hexdigest()
        self.assertNotEqual(invoice["sha256"], forged)
        [shown] = [row for row in index if row["sha256"] == forged]
        self.assertEqual(shown["section"], "Files of the contacts")

    def test_what_is_chosen_is_joined_and_nothing_else(self):
        note, inside = self._attach("delivery.txt"), self._attach("our margin.txt")
        stranger = self._attach("stranger.txt", self.beside)
        proof = self._make()
        self.assertFalse({note.name, inside.name} & {r["title"] for r in proof.index})
        wizard = self._join(proof, note, stranger)
        self.assertIn(inside, wizard.candidate_ids)
        with mute_logger(PDF_LOGGER):
            action = self._real(wizard).action_make()
        made = self.env["relance.proof"].browse(action["res_id"])
        titles = {row["title"] for row in made.index}
        self.assertIn("delivery.txt", titles)
        self.assertFalse({"our margin.txt", "stranger.txt"} & titles)
        with zipfile.ZipFile(io.BytesIO(made.zip_id.raw)) as archive:
            [row] = [r for r in made.index if r["title"] == "delivery.txt"]
            self.assertEqual(archive.read(row["file"]), b"delivery.txt")

    def test_a_document_that_cannot_be_printed_is_said(self):
        proof = self._make().sudo()
        reports = type(self.env["ir.actions.report"])
        with patch.object(reports, "_render_qweb_pdf", side_effect=UserError("torn")):
            self.assertEqual(proof._print_documents("Orders", "any", proof), [])
        self.assertIn("torn", proof.missing[-1])
        self.assertIn("Orders", proof.missing[-1])

    def test_nothing_chosen_is_said(self):
        with self.assertRaisesRegex(UserError, "at least one paper"):
            self._join(self._make()).action_make()

    def test_a_file_that_the_user_may_not_read_is_not_joined(self):
        secret = self.env["ir.attachment"].create({"name": "x", "raw": b"x"})
        wizard = self._join(self._make())
        wizard.sudo().upload_ids = secret
        with self.assertRaises(UserError):  # or it is not there for them
            wizard.action_make()
