"""Files of others, and files that people choose, in a proof file."""

import hashlib
import io
import zipfile
import zlib
from unittest.mock import patch

from pypdf import PdfReader

from odoo.exceptions import UserError
from odoo.tests import freeze_time, tagged
from odoo.tools import mute_logger

from .common import TODAY
from .letter_case import PDF_LOGGER
from .test_proof_file import ProofCase


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

    kids = b" ".join(b"3 0 R" for _rank in range(2000))
    depth = 200
    return {
        "no box": one(b""),
        "wrong box": one(b"/MediaBox[/a /b]"),
        "unknown filter": one(box, packed=b"/Foo"),
        "image filter": one(box, packed=b"/JBIG2Decode"),
        "bomb": one(box, b"q " * (20 * 1024 * 1024)),
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

    @mute_logger("odoo.addons.relance_ar.models.relance_proof_pages", "pypdf")
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
