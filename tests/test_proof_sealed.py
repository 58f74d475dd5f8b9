"""The proof file is made of what was sealed: nothing twice, nothing lost in silence."""

import hashlib
import io
import re
import zipfile

from odoo.tests import freeze_time, tagged
from odoo.tools import mute_logger

from .common import TODAY, days
from .letter_case import PDF_LOGGER
from .test_proof_file import ProofCase

RAW_KEYS = re.compile(r"(?m)(^|>)(type|from|message_id|reply_to|in_reply_to):")


class SealedCase(ProofCase):
    def _sql(self, query, *parameters):
        self.env.flush_all()
        self.env.cr.execute(query, parameters)
        self.env.invalidate_all()

    def _chain(self):
        chains = self.env["relance.event.chain"].with_user(self.officer)
        return chains.search([("partner_id", "=", self.debtor.id)])

    def _slips(self):
        letters = self.env["relance.registered.letter"]
        return letters.search([("partner_id", "=", self.debtor.id)]).slip_ids

    def _read(self, proof):
        """Return ``{file: bytes}`` of the ZIP."""
        with zipfile.ZipFile(io.BytesIO(proof.zip_id.raw)) as archive:
            return {name: archive.read(name) for name in archive.namelist()}

    def _journal(self, proof):
        html, _kind = self.env["ir.actions.report"]._render_qweb_html(
            "relance_ar.relance_proof_contacts_report", proof.ids
        )
        return html.decode()


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestUnreadable(SealedCase):
    """Who writes anything into a contact does not take the proof file away."""

    def _rewrite(self, value):
        self._sql(
            "UPDATE relance_event SET files = %s, lines = %s, headers = %s "
            "WHERE chain_id = %s",
            *([value] * 3),
            self._chain().id,
        )

    def test_what_cannot_be_read_of_contacts_is_told_and_left_out(self):
        self._history()
        self._rewrite("[1]")
        proof = self._make()
        self.assertIn("Contact 1 was changed", proof.chain_note)
        self.assertIn("Contact 1: what it says of its files", proof.chain_note)
        self.assertIn(self.debtor.name, self._journal(proof))

    def test_what_is_none_is_read_as_nothing(self):
        self._history()
        line = '[{"number": "x", "owed": "%s", "currency": "EUR"}]'
        for value in ("7", '"x"', "[[1]]", '{"type": {}}', "[{}]", line % "y"):
            self._rewrite(value)
            for event in self._chain().event_ids:
                with self.subTest(value, position=event.position):
                    self.assertIsNone(event._read_files())
                    self.assertEqual(
                        (event._read_lines(), event._read_headers()), ([], {})
                    )
        self._rewrite(line % "1.50")
        [read] = self._chain().event_ids[:1]._read_lines()
        self.assertEqual((read["number"], read["owed"]), ("x", 1.5))


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestSlips(SealedCase):
    """Slips are those that the contacts carry, whatever a list says."""

    def _rows(self, proof):
        return [row for row in proof.index if row["file"].endswith("slip.png")]

    def test_a_slip_is_a_piece_after_its_letter(self):
        self._history()
        proof = self._make()
        [slip] = self._rows(proof)
        before = proof.index[slip["number"] - 2]
        self.assertEqual(before["section"], slip["section"])
        self.assertRegex(before["file"], r"RL\d+\.pdf$")

    def test_taken_off_the_letter_it_is_missed_and_still_in_the_file(self):
        self._history()
        self.assertFalse(self._chain().action_check())
        self._sql("DELETE FROM relance_registered_slip_rel")
        with mute_logger("odoo.addons.relance_ar.models.relance_event_chain"):
            self.assertTrue(self._chain().action_check())
        self.assertIn("slip.png", self._chain().break_note)
        proof = self._make()
        self.assertIn("slip.png", proof.chain_note)
        [row] = self._rows(proof)
        [png] = [raw for name, raw in self._read(proof).items() if name == row["file"]]
        self.assertEqual(png[:4], b"\x89PNG")

    def test_with_the_whole_letter_gone_it_is_missed_too(self):
        self._history()
        self._sql("DELETE FROM relance_registered_slip_rel")
        self._sql("DELETE FROM relance_registered_letter")
        with mute_logger("odoo.addons.relance_ar.models.relance_event_chain"):
            self.assertTrue(self._chain().action_check())
        self.assertIn("slip.png", self._chain().break_note)
        self.assertTrue(self._rows(self._make()))

    def test_one_that_no_contact_tells_of_is_told_and_is_no_proof(self):
        self._history()
        letter = self._slips() and self.env["relance.registered.letter"].search(
            [("partner_id", "=", self.debtor.id)]
        )
        other = self.env["ir.attachment"].create({"name": "other.png", "raw": b"x"})
        self._sql(
            "INSERT INTO relance_registered_slip_rel "
            "(relance_registered_letter_id, ir_attachment_id) VALUES (%s, %s)",
            letter.id,
            other.id,
        )
        with mute_logger("odoo.addons.relance_ar.models.relance_event_chain"):
            self.assertTrue(self._chain().action_check())
        self.assertIn("other.png", self._chain().break_note)
        proof = self._make()
        self.assertFalse([row for row in proof.index if "other.png" in row["file"]])

    def test_a_sealed_file_that_is_gone_is_said(self):
        self._history()
        slip = self._slips()
        self.assertEqual(len(slip), 1)
        self._sql(
            "DELETE FROM relance_event_attachment_rel WHERE attachment_id = %s", slip.id
        )
        proof = self._make()
        self.assertFalse(self._rows(proof))
        [said] = [words for words in proof.missing if "slip.png" in words]
        self.assertIn("gone", said)

    def test_a_file_renamed_has_the_name_that_was_sealed(self):
        self._history()
        self._sql(
            "UPDATE ir_attachment SET name = 'nothing.png' WHERE id = %s",
            self._slips().id,
        )
        self.assertTrue(self._rows(self._make()))


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestInvoicesSent(SealedCase):
    """An invoice without a stored PDF is the copy that was sent."""

    def _pdfs(self, proof):
        name = self.invoice._get_invoice_report_filename()
        return [row for row in proof.index if row["file"].endswith(name)]

    def _email(self, day, phase):
        with freeze_time(day), self.mail_server(), mute_logger(PDF_LOGGER):
            mail = self._reminder(
                self.invoice, phase=phase, channel="email", date_planned=day
            )
            self._real(mail).action_send()
        self.assertEqual(mail.state, "sent")
        return mail

    def _copy(self):
        events = self.env["relance.event"].search([("kind", "=", "email")])
        [file] = events.sorted("position")[0].files
        return file

    def test_an_invoice_that_was_sent_comes_once_as_it_was_sent(self):
        self._history()
        self.assertFalse(self.invoice.invoice_pdf_report_id)
        [row] = self._pdfs(self._make())
        self.assertEqual(row["section"], "Invoices")
        self.assertEqual(row["sha256"], self._copy()["sha256"])

    def test_sent_twice_it_comes_once_and_with_both_emails(self):
        first = self._email(days(-40), "level_1")
        self._email(days(-10), "level_2")
        proof = self._make()
        [row] = self._pdfs(proof)
        self.assertEqual(row["sha256"], first.event_ids.files[0]["sha256"])
        mails = [raw for name, raw in self._read(proof).items() if ".eml" in name]
        name = self.invoice._get_invoice_report_filename().encode()
        self.assertEqual(len([raw for raw in mails if name in raw]), 2)

    def test_a_copy_that_was_changed_is_not_taken_for_it(self):
        self._history()
        copy = self.env["ir.attachment"].sudo().browse(self._copy()["id"])
        copy.raw = b"forged"
        rows = self._pdfs(self._make())
        forged = hashlib.sha256(b"forged").hexdigest()
        self.assertEqual(
            [row["section"] for row in rows if row["sha256"] != forged], ["Invoices"]
        )

    def test_one_that_was_never_sent_is_printed_now(self):
        [row] = self._pdfs(self._make())
        self.assertEqual(row["section"], "Invoices")


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestWords(SealedCase):
    """What is known of a contact is told in words."""

    def _answer_on_a_page(self):
        self._history()
        mail = self.env["relance.reminder"].search([("channel", "=", "email")], limit=1)
        return mail.sudo().message_post(
            body="We pay on Friday.",
            subject="On their page: promise",
            message_type="comment",
            subtype_xmlid="mail.mt_comment",
            author_id=self._debtor("Payer three", parent_id=self.debtor.id).id,
        )

    def test_an_entry_on_a_page_has_no_headers_of_an_email(self):
        message = self._answer_on_a_page()
        proof = self._make()
        [text] = [raw for name, raw in self._read(proof).items() if ".txt" in name]
        text = text.decode()
        self.assertIn("We pay on Friday.", text)
        self.assertNotRegex(text, RAW_KEYS)
        self.assertNotIn(message.reply_to or "@", text)
        self.assertIn(message.message_id, text)
        self.assertRegex(text, r"(?m)^By:")

    def test_the_journal_tells_headers_in_words(self):
        message = self._answer_on_a_page()
        journal = self._journal(self._make())
        self.assertNotRegex(journal, RAW_KEYS)
        sent = self.env["relance.event"].search([("kind", "=", "email")], limit=1)
        self.assertIn("Message number:", journal)
        self.assertIn(sent.headers["message_id"].strip("<>"), journal)
        self.assertIn(message.message_id.strip("<>"), journal)
        self.assertEqual(journal.count("Sender:"), 2)  # an e-mail, an answer by e-mail
