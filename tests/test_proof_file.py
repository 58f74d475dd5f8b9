"""The proof file of invoices: a ZIP, and one PDF with its index and bookmarks."""

import base64
import email
import hashlib
import io
import re
import zipfile
from email import policy

import lxml.html
from markupsafe import Markup
from pypdf import PdfReader

from odoo.exceptions import AccessError, UserError
from odoo.service.model import call_kw
from odoo.tests import freeze_time, tagged
from odoo.tools import mute_logger

from .common import SIREN, TODAY, days
from .letter_case import PDF_LOGGER, LetterCase


class ProofCase(LetterCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.debtor = cls._debtor(relance_siren=SIREN)
        cls.invoice = cls._invoice(cls.debtor, days(-60), 10000)
        cls.beside = cls._invoice(cls.debtor, days(-20), 77)
        cls.stored = cls.env["ir.attachment"].create(
            {
                "name": "factur-x.xml",
                "raw": b"<Invoice/>",
                "mimetype": "application/xml",
                "res_model": "account.move",
                "res_id": cls.invoice.id,
            }
        )
        known = cls.env["relance.register.company"].sudo()._of_sirens([SIREN])
        known.write({"state": "active", "data": {"name": "DEBTOR REGISTERED"}})

    def _history(self):
        """Write, be answered, post a registered letter that is delivered."""
        mail = self._reminder(
            self.invoice, phase="level_1", channel="email", date_planned=days(-30)
        )
        with freeze_time(days(-30)), self.mail_server(), mute_logger(PDF_LOGGER):
            self._real(mail).action_send()
        self.assertEqual(mail.state, "sent")
        author = self._debtor("Payer", parent_id=self.debtor.id)
        mail.sudo().message_post(
            body="Please wait.",
            subject="Re:\r\nBcc: x@y.test",
            message_type="email",
            author_id=author.id,
        )
        mail.action_answer_read()
        letter = self._reminder(
            self.invoice, phase="formal_notice", channel="registered_letter"
        )
        with mute_logger(PDF_LOGGER):
            self._real(letter).action_print_letter()
        self.assertTrue(letter.letter_id, letter.waiting_note)
        letter.with_context(
            relance_posting={letter.id: {"number": "1A 9"}}
        ).action_send()
        png = self.env["ir.actions.report"].barcode("QR", "slip", width=90, height=90)
        self.env["relance.fate"].with_user(self.officer).create(
            {
                "letter_ids": [(6, 0, letter.registered_ids.ids)],
                "day": TODAY,
                "slip": base64.b64encode(png),
                "slip_name": "slip.png",
            }
        ).action_confirm()
        self.env["relance.event"]._record(
            [
                {
                    **letter._prepare_event_base(),
                    "kind": "phone",
                    "body": "Said they would pay on Friday.",
                }
            ]
        )
        other = self._reminder(self.beside, phase="level_1", channel="phone")
        self._log_call(other, note="About the other one.")

    def _make(self, *moves):
        moves = self.env["account.move"].union(*(moves or (self.invoice,)))
        with mute_logger(PDF_LOGGER):
            action = self._real(moves.with_user(self.officer)).action_relance_proof()
        return self.env["relance.proof"].browse(action["res_id"])


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestProofFile(ProofCase):
    def test_all_that_a_judge_asks_for(self):
        self._history()
        proof = self._make().with_user(self.officer)
        reader = PdfReader(io.BytesIO(proof.pdf_id.raw))
        texts = [" ".join(page.extract_text().split()) for page in reader.pages]
        self.assertEqual(proof.page_count, len(texts))
        whole = " ".join(texts)
        for words in (
            "Proof file",
            SIREN,
            "as they were recorded",
            "Statement of account",
            self.invoice.name,
            "Please wait.",
            "Said they would pay on Friday.",
            "1A 9",
            "Formal notice to pay",
            "DEBTOR REGISTERED",
            "Statement of late-payment penalties",
        ):
            with self.subTest(words):
                self.assertIn(words, whole)
        journal = next(text for text in texts if "Journal of the contacts" in text[:60])
        self.assertNotIn(self.beside.name, journal)

    def test_the_index_tells_the_page_of_each_piece(self):
        self._history()
        proof = self._make()
        reader = PdfReader(io.BytesIO(proof.pdf_id.raw))
        bound = [row for row in proof.index if row["page"]]
        self.assertGreaterEqual(len(bound), 5)
        for row in bound:
            text = " ".join(reader.pages[row["page"] - 1].extract_text().split())
            self.assertIn(f"Piece {row['number']} · page {row['page']} of", text)
            before = " ".join(reader.pages[row["page"] - 2].extract_text().split())
            self.assertNotIn(f"Piece {row['number']} ·", before)
        titles = []
        numbers = {
            page.indirect_reference.idnum: number
            for number, page in enumerate(reader.pages, 1)
        }

        def walk(items):
            for item in items:
                if isinstance(item, list):
                    walk(item)
                else:
                    titles.append((item.title, numbers[item.raw_get("/Page").idnum]))

        walk(reader.outline)
        for row in bound:
            self.assertIn((f"{row['number']}. {row['title']}", row["page"]), titles)

    def test_the_archive_has_each_piece_with_its_digest(self):
        self._history()
        proof = self._make()
        with zipfile.ZipFile(io.BytesIO(proof.zip_id.raw)) as archive:
            names = archive.namelist()
            for row in proof.index:
                content = archive.read(row["file"])
                self.assertEqual(hashlib.sha256(content).hexdigest(), row["sha256"])
            table = archive.read("index.csv").decode("utf-8-sig")
            mails = [name for name in names if name.endswith(".eml")]
            messages = [
                email.message_from_bytes(archive.read(name), policy=policy.default)
                for name in mails
            ]
        self.assertEqual(len(table.splitlines()), len(proof.index) + 1, table)
        self.assertTrue(any(name.endswith("factur-x.xml") for name in names))
        self.assertTrue(any(name.endswith("slip.png") for name in names))
        self.assertFalse([name for name in names if ".." in name or name[0] == "/"])
        sent, answer = messages
        self.assertEqual(sent["To"], "debtor@debtor.test")
        self.assertTrue(sent["Message-ID"])
        self.assertIn("simple oversight", sent.get_body(("plain",)).get_content())
        self.assertIsNone(answer["Bcc"])
        self.assertIn("Please wait.", answer.get_body(("plain",)).get_content())
        self.assertEqual(hashlib.sha256(proof.zip_id.raw).hexdigest(), proof.zip_digest)

    def test_what_was_entered_on_a_page_is_no_email(self):
        self._history()
        mail = self.env["relance.reminder"].search([("channel", "=", "email")], limit=1)
        answered = mail.sudo().message_post(
            body="We pay <on Friday>.",
            subject="On their page: promise",
            message_type="comment",
            subtype_xmlid="mail.mt_comment",
            author_id=self._debtor("Payer three", parent_id=self.debtor.id).id,
        )
        self.assertTrue(answered)
        proof = self._make()
        [row] = [row for row in proof.index if "On their page" in row["title"]]
        self.assertIn("entered on a page", row["title"])
        with zipfile.ZipFile(io.BytesIO(proof.zip_id.raw)) as archive:
            names = archive.namelist()
            text = archive.read(row["file"]).decode()
            mails = [
                email.message_from_bytes(archive.read(name), policy=policy.default)
                for name in names
                if name.endswith(".eml")
            ]
        self.assertTrue(row["file"].endswith(".txt"))
        self.assertIn("We pay <on Friday>.", text)
        self.assertIn("not an e-mail", text)
        self.assertEqual(len(mails), 2)  # what was sent, and an answer by e-mail
        for message in mails:
            self.assertIn("not the message as it travelled", message["X-Reconstructed"])
        [copy] = mails[0].iter_attachments()
        self.assertEqual(copy.get_content()[:4], b"%PDF")

    def test_a_message_id_that_is_none_breaks_nothing(self):
        self._history()
        mail = self.env["relance.reminder"].search([("channel", "=", "email")], limit=1)
        mail.sudo().message_post(
            body="Later.",
            message_type="email",
            message_id="<\u00e9@b>",
            author_id=self._debtor("Payer two", parent_id=self.debtor.id).id,
        )
        self.assertIn("Later.", str(self._make().index) + self._journal())

    def _journal(self):
        proof = self.env["relance.proof"].search([], order="id desc", limit=1)
        html, _kind = self.env["ir.actions.report"]._render_qweb_html(
            "relance_ar.relance_proof_contacts_report", proof.ids
        )
        return " ".join(lxml.html.fromstring(html).text_content().split())

    def test_the_journal_tells_our_time_and_amounts_in_words(self):
        self._history()
        self.company.partner_id.tz = "Europe/Paris"
        self._make()
        journal = self._journal()
        self.assertIn("(Europe/Paris)", journal)
        self.assertNotIn("UTC", journal)
        name = re.escape(self.invoice.name)
        self.assertRegex(journal, rf"{name} \([^)]*10,000\.00")

    def test_what_the_file_has_not_is_said(self):
        self.debtor.relance_siren = False
        proof = self._make(self.beside)
        self.assertIn("the SIREN is not known", str(proof.missing))
        texts = PdfReader(io.BytesIO(proof.pdf_id.raw)).pages
        whole = " ".join(" ".join(page.extract_text() for page in texts).split())
        self.assertIn("Not in this file, and why", whole)
        self.assertIn("the SIREN is not known", whole)

    def test_a_copy_comes_once(self):
        self._history()
        mail = self.env["relance.reminder"].search([("channel", "=", "email")], limit=1)
        author = self._debtor("Payer two", parent_id=self.debtor.id)
        for name in ("order.txt", "the same.txt"):
            mail.sudo().message_post(
                body="Our order.",
                message_type="email",
                author_id=author.id,
                attachments=[(name, b"our order")],
            )
        digests = [row["sha256"] for row in self._make().index]
        self.assertEqual(len(digests), len(set(digests)))

    def test_a_broken_chain_is_told_on_the_cover(self):
        self._history()
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE relance_event SET subject = 'x' WHERE position = 1 "
            "AND partner_id = %s",
            (self.debtor.id,),
        )
        self.env.invalidate_all()
        proof = self._make()
        self.assertIn("Contact 1 was changed", proof.chain_note)
        cover = PdfReader(io.BytesIO(proof.pdf_id.raw)).pages[0].extract_text()
        self.assertIn("Contact 1 was changed", " ".join(cover.split()))

    def test_nothing_that_the_debtor_wrote_is_fetched(self):
        self._history()
        mail = self.env["relance.event"].search([("kind", "=", "email")], limit=1)
        mail.reminder_id.sudo().message_post(
            body=Markup('<p>See <img src="http://10.0.0.1/pixel"/> <b>this</b></p>'),
            message_type="email",
            author_id=self._debtor("Payer two", parent_id=self.debtor.id).id,
        )
        proof = self._make()
        html, _kind = self.env["ir.actions.report"]._render_qweb_html(
            "relance_ar.relance_proof_contacts_report", proof.ids
        )
        tree = lxml.html.fromstring(html)
        self.assertIn("See", tree.text_content())
        self.assertFalse(tree.xpath("//main//img[starts-with(@src, 'http')]"))

    def test_it_is_kept_as_it_was_made(self):
        proof = self._make().with_user(self.officer)
        for records, method, args in (
            (proof, "write", [{"index": []}]),
            (proof, "unlink", []),
            (proof.with_user(self.manager), "unlink", []),
        ):
            with self.assertRaises(UserError), mute_logger("odoo.addons.base.models"):
                call_kw(records, method, [records.ids, *args], {})

    def test_words_for_what_cannot_be(self):
        other = self._invoice(self._debtor("Other SA"), days(-3))
        with self.assertRaisesRegex(UserError, "one debtor"):
            self._make(self.invoice, other)
        draft = self.invoice.copy()
        with self.assertRaisesRegex(UserError, "posted invoices"):
            self._make(draft)

    def test_from_a_litigation(self):
        action = self.invoice.with_user(self.officer).action_relance_litigate()
        case = self.env["relance.litigation"].browse(action["res_id"])
        with mute_logger(PDF_LOGGER):
            self._real(case.with_user(self.officer)).action_make_proof()
        self.assertEqual(case.proof_ids.move_ids, self.invoice)

    def test_others_do_not_make_nor_see_it(self):
        proof = self._make()
        accountant = self._new_user("plain", "account.group_account_invoice")
        with self.assertRaises(AccessError):
            proof.with_user(accountant).read(["name"])
        with self.assertRaises(AccessError):
            self.invoice.with_user(accountant).action_relance_proof()
