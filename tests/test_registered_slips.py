"""Slips come with the posting and long after; what was mistyped is put right."""

import base64

from odoo.exceptions import AccessError, UserError
from odoo.tests import freeze_time, tagged
from odoo.tools import mute_logger

from .common import TODAY, days
from .letter_case import PDF_LOGGER, LetterCase

DEPOSIT, RECEIPT = b"%PDF-1.4 proof of deposit", b"%PDF-1.4 acknowledgement"


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestRegisteredSlips(LetterCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.debtor = cls._debtor()
        cls.invoice = cls._invoice(cls.debtor, days(-60), 10000)
        cls.notice = cls._reminder(
            cls.invoice, phase="formal_notice", channel="registered_letter"
        )

    def _print(self, reminder=None):
        with mute_logger(PDF_LOGGER):
            self._real(reminder or self.notice).action_print_letter()

    def _post(self, reminder=None, **values):
        reminder = reminder or self.notice
        self._print(reminder)
        wizards = self.env["relance.posting"].with_user(self.officer)
        wizard = wizards.browse(reminder.action_post_letters()["res_id"])
        wizard.line_ids.write(values)
        wizard.action_confirm()
        return reminder.registered_ids

    def _ask(self, action, **values):
        """Answer the question that an action opens, as the officer."""
        wizards = self.env[action["res_model"]].with_user(self.officer)
        wizards.with_context(**action["context"]).create(values).action_confirm()

    def _slip(self, content=RECEIPT, name="AR.pdf"):
        return {"slip": base64.b64encode(content), "slip_name": name}

    def _chain_is_whole(self):
        chain = self.env["relance.event.chain"].search(
            [("partner_id", "=", self.debtor.id)]
        )
        return not chain.action_check()

    def _postal(self):
        events = self.notice.event_ids.sorted("position")
        return events.filtered(lambda event: event.kind == "postal")

    def test_the_proof_of_deposit_is_given_with_the_posting(self):
        letter = self._post(number="1A", **self._slip(DEPOSIT, "depot.pdf"))
        self.assertEqual(letter.slip_ids.raw, DEPOSIT)
        self.assertEqual(self._postal().attachment_ids, letter.slip_ids)
        kinds = self.notice.event_ids.sorted("position").mapped("kind")
        self.assertEqual(kinds, ["registered_letter", "postal"])
        self.assertTrue(self._chain_is_whole())

    def test_the_receipt_comes_after_the_fate(self):
        letter = self._post(**self._slip(DEPOSIT, "depot.pdf"))
        mine = letter.with_user(self.officer)
        with freeze_time(days(3)):
            self._ask(mine.action_note_fate(), state="delivered", day=days(2))
        with freeze_time(days(9)):
            self._ask(mine.action_add_slip(), **self._slip())
        self.assertEqual(
            sorted(letter.slip_ids.mapped("raw")), sorted([DEPOSIT, RECEIPT])
        )
        self.assertEqual((letter.state, letter.notice_on), ("delivered", days(2)))
        self.assertEqual(len(self._postal()), 3)
        self.assertIn("AR.pdf", self._postal()[-1].subject)
        self.assertTrue(self._chain_is_whole())

    def test_without_a_file_there_is_no_slip(self):
        letter = self._post()
        with self.assertRaisesRegex(UserError, "Choose the scanned slip"):
            self._ask(letter.action_add_slip())

    def test_what_is_no_scan_is_refused(self):
        letter = self._post().with_user(self.officer)
        wrong = {
            "empty": "",
            "no base64": "!!!",
            "cut base64": "JVBERi0",
            "blank": base64.b64encode(b"  "),
            "program": base64.b64encode(b"MZ\x90\x00 program"),
            "page": base64.b64encode(b"<html>%PDF-1.4"),
        }
        for name, slip in wrong.items():
            with self.subTest(name), self.assertRaisesRegex(UserError, "slip"):
                self._ask(letter.action_add_slip(), slip=slip, slip_name="AR.pdf")
        self.assertFalse(letter.slip_ids)
        with self.assertRaisesRegex(UserError, "PDF or a picture"):
            self._post(self._other(), slip="!!!", slip_name="AR.pdf")

    def test_a_slip_has_a_plain_name(self):
        letter = self._post(**self._slip(DEPOSIT, "../../etc/x.exe"))
        self.assertEqual(letter.slip_ids.name, "x.pdf")
        wrapped = base64.encodebytes(RECEIPT * 20)  # in lines, as some clients send it
        self._ask(letter.action_add_slip(), slip=wrapped, slip_name=False)
        self.assertEqual(letter.slip_ids.sorted("id")[-1].name, "Slip.pdf")
        self.assertTrue(self._chain_is_whole())

    def _other(self):
        return self._reminder(
            self._invoice(self._debtor("Other SA"), days(-60), 10000),
            phase="formal_notice",
            channel="registered_letter",
        )

    def test_a_tracking_number_is_no_novel(self):
        reminder = self._other()
        with self.assertRaises(UserError) as refused:
            self._post(reminder, number="9" * 41)
        self.assertIn("40 characters", str(refused.exception))
        self.assertFalse(reminder.registered_ids)
        letter = self._post(number=f" {'1' * 40} ").with_user(self.officer)
        self.assertEqual(letter.number, "1" * 40)
        with self.assertRaisesRegex(UserError, "40 characters"):
            letter.number = "9" * 10**6
        self.assertEqual(letter.number, "1" * 40)

    def test_only_registered_letters_have_a_proof_of_deposit(self):
        other = self._reminder(self._invoice(self._debtor("Other SA"), days(-60)))
        with self.assertRaisesRegex(UserError, "no proof of deposit"):
            self._post(other, **self._slip())

    def test_a_day_mistyped_is_corrected_beside_the_first_one(self):
        letter = self._post().with_user(self.officer)
        with freeze_time(days(9)):
            self._ask(letter.action_note_fate(), state="delivered", day=days(8))
            with self.assertRaisesRegex(UserError, "has been noted"):
                self._ask(letter.action_note_fate(), state="delivered", day=days(2))
            with self.assertRaisesRegex(UserError, "Say why"):
                self._ask(letter.action_correct_fate(), day=days(2), why=" ")
            self._ask(letter.action_correct_fate(), day=days(2), why="Misread <b>")
        self.assertEqual((letter.state, letter.notice_on), ("delivered", days(2)))
        first, second = self._postal()
        self.assertIn("03/26/2026", first.subject)
        self.assertIn("Corrected", second.subject)
        self.assertIn("03/20/2026", second.subject)
        self.assertIn("Misread &lt;b&gt;", second.body)
        self.assertTrue(self._chain_is_whole())

    def test_a_correction_keeps_the_days_in_order(self):
        letter = self._post().with_user(self.officer)
        with freeze_time(days(9)):
            self._ask(letter.action_note_fate(), state="delivered", day=days(8))
            with self.assertRaisesRegex(UserError, "the posting"):
                self._ask(letter.action_correct_fate(), day=days(-1), why="Misread")

    def test_a_posting_shows_no_letter_of_another_company(self):
        other = self.env["res.company"].create({"name": "Other"})
        user = self._new_user("other", "relance_ar.group_relance_user", company=other)
        vals = {"line_ids": [(0, 0, {"reminder_id": self.notice.id})]}
        with self.assertRaises(AccessError), mute_logger("odoo.addons.base"):
            self.env["relance.posting"].with_user(user).create(vals)
