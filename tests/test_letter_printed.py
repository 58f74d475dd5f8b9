"""A printed letter goes to whom, and in the way, that the paper says."""

from odoo.exceptions import UserError
from odoo.tests import freeze_time, tagged
from odoo.tools import mute_logger

from .common import TODAY, days
from .letter_case import PDF_LOGGER, LetterCase


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestPrintedLetter(LetterCase):
    def setUp(self):
        super().setUp()
        self.debtor = self._debtor("Alpha SA")
        self.other = self._debtor(
            "Bernard", parent_id=self.debtor.id, is_company=False, city="Lyon"
        )
        self.reminder = self._reminder(
            self._invoice(self.debtor, days(-60), 1000), phase="formal_notice"
        )

    def test_it_goes_to_nobody_else_and_in_no_other_way(self):
        with mute_logger(PDF_LOGGER):
            self.reminder.action_print_letter()
        for values in (
            {"contact_id": self.other.id},
            {"channel": "registered_letter"},
            {"channel": "email"},
        ):
            with self.subTest(values), self.assertRaisesRegex(UserError, "printed"):
                self.reminder.write(values)
        # What is saved as it was, and who follows it, change nothing on paper.
        self.reminder.write({"channel": "letter", "contact_id": self.debtor.id})
        self.reminder.user_id = self.manager

    def test_before_it_is_printed_both_are_chosen(self):
        self.reminder.write(
            {"contact_id": self.other.id, "channel": "registered_letter"}
        )
        self.assertEqual(self.reminder.contact_id, self.other)
