"""No letter gets a page of another one, whatever debtors call themselves."""

from unittest.mock import patch

from odoo.tests import freeze_time, tagged
from odoo.tools import mute_logger

from .common import TODAY, days
from .letter_case import PDF_LOGGER, LetterCase

PRINTING = "odoo.addons.relance_ar.models.relance_reminder_printing"


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestLetterMarks(LetterCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.letters = cls.env["relance.reminder"].with_user(cls.officer)
        for rank, name in enumerate(("Alpha SARL", "Beta SARL", "Gamma SARL")):
            invoice = cls._invoice(cls._debtor(name), days(-60), 10000 + rank)
            cls.letters += cls._reminder(invoice, phase="formal_notice")
        cls.alpha, cls.beta, cls.gamma = cls.letters

    def _print(self):
        with mute_logger(PDF_LOGGER):
            self._real(self.letters).action_print_post()
        return [self._pages(letter.letter_id.raw) for letter in self.letters]

    def _check(self, printed):
        for letter, pages in zip(self.letters, printed, strict=True):
            with self.subTest(letter.partner_id.name):
                self.assertEqual(len(pages), 2)
                for page in pages:
                    self.assertIn(letter.reference, page)
                    for other in self.letters - letter:
                        self.assertNotIn(other.reference, page)

    def test_a_name_that_holds_the_number_of_the_next_letter(self):
        self.alpha.partner_id.name = f"Alpha [[{self.beta.id}]]"
        self._check(self._print())

    def test_a_name_that_holds_the_mark_of_the_next_letter(self):
        """Even one that knows what cannot be known."""
        mark = f"[[secret:{self.beta.id}]]"
        self.alpha.partner_id.name = mark
        self.company.name = f"{mark} SAS"
        self._lines(self.gamma.line_ids.move_id).move_id.ref = mark
        with patch(f"{PRINTING}.secrets.token_hex", lambda _size: "secret"):
            printed = self._print()
        self._check(printed)

    def test_the_mark_is_another_one_each_time_and_does_not_stay(self):
        reminders = type(self.letters)
        seen, render = [], reminders._render_letters

        def _render_letters(records):
            seen.append(records._get_letter_mark() if len(records) == 1 else "")
            seen.extend(one._get_letter_mark() for one in records)
            return render(records)

        with patch.object(reminders, "_render_letters", _render_letters):
            printed = self._print()
        marks = [mark for mark in seen if mark]
        self.assertEqual(len(set(marks)), 3)
        for mark in marks:
            self.assertGreater(len(mark), 32)
        for pages in printed:
            for page in pages:
                self.assertNotIn("[[", page)
