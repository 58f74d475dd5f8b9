"""The posting of a registered letter is sealed: its day, its number, its provider."""

import base64

from odoo.exceptions import UserError
from odoo.tests import freeze_time, tagged
from odoo.tools import mute_logger

from .common import TODAY, days
from .letter_case import PDF_LOGGER, LetterCase

CHAIN = "odoo.addons.relance_ar.models.relance_event_chain"


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestRegisteredSealed(LetterCase):
    """A formal notice printed today, posted two days later, noted five days later."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.debtor = cls._debtor()
        cls.invoice = cls._invoice(cls.debtor, days(-60), 10000)

    def _posted(self, number="1A 234", channel="registered_letter"):
        reminder = self._reminder(self.invoice, phase="formal_notice", channel=channel)
        with mute_logger(PDF_LOGGER):
            self._real(reminder).action_print_letter()
        with freeze_time(days(5)):
            wizards = self.env["relance.posting"].with_user(self.officer)
            wizard = wizards.browse(reminder.action_post_letters()["res_id"])
            wizard.posted_on = days(2)
            wizard.line_ids.number = number
            wizard.action_confirm()
        return reminder

    def _event(self, reminder):
        return reminder.event_ids.sorted("position")[0]

    def _breaks(self):
        self.env.flush_all()
        self.env.invalidate_all()
        chains = self.env["relance.event.chain"]
        chain = chains.search([("partner_id", "=", self.debtor.id)])
        return [finding.words for finding in chain.sudo()._find_breaks()]

    def _rewrite(self, sql):
        self.env.flush_all()
        self.env.cr.execute(sql)
        self.env.invalidate_all()

    def _ask(self, action, **values):
        wizards = self.env[action["res_model"]].with_user(self.officer)
        wizards.with_context(**action["context"]).create(values).action_confirm()

    def test_the_contact_has_the_day_of_the_posting_and_the_number(self):
        event = self._event(self._posted())
        self.assertEqual(event.kind, "registered_letter")
        self.assertEqual(event.date.date(), days(2))
        words = event._get_plain_body()
        for said in ("03/20/2026", "1A 234", "By hand", "On paper", "03/23/2026"):
            self.assertIn(said, words)
        self.assertEqual(self._breaks(), [])

    def test_an_ordinary_letter_has_the_day_of_its_posting(self):
        event = self._event(self._posted(channel="letter", number=False))
        self.assertEqual(event.date.date(), days(2))
        self.assertIn("03/20/2026", event._get_plain_body())
        self.assertEqual(self._breaks(), [])

    def test_what_is_rewritten_in_the_database_shows(self):
        letter = self._posted().registered_ids
        for change in (
            "posted_on = '2026-01-02'",
            "number = 'FAKE'",
            "provider = 'x'",
            "deadline = '2026-12-31'",
            "state = 'delivered'",
            "notice_on = '2026-03-21'",
        ):
            with self.subTest(change=change):
                self.env.cr.execute("SAVEPOINT rewritten")
                self._rewrite(
                    f"UPDATE relance_registered_letter SET {change} "
                    f"WHERE id = {letter.id}"
                )
                [words] = self._breaks()
                self.assertIn("is not what was sealed", words)
                self.env.cr.execute("ROLLBACK TO SAVEPOINT rewritten")
                self.env.invalidate_all()
        self.assertEqual(self._breaks(), [])

    def test_a_letter_whose_record_was_removed_is_missed(self):
        letter = self._posted().registered_ids
        self._rewrite(f"DELETE FROM relance_registered_letter WHERE id = {letter.id}")
        [words] = self._breaks()
        self.assertIn("its registered letter is gone", words)

    def test_a_letter_that_was_put_in_is_told_by_no_contact(self):
        reminder = self._posted(channel="letter")
        self.assertEqual(self._breaks(), [])
        self.env["relance.registered.letter"].sudo().create(
            {"reminder_id": reminder.id, "posted_on": days(2), "number": "FAKE"}
        )
        [words] = self._breaks()
        self.assertIn("no contact tells of the posting", words)

    def test_a_number_that_comes_later_is_sealed(self):
        reminder = self._posted(number=False)
        letter = reminder.registered_ids.with_user(self.officer)
        letter.number = "2B 345"
        event = reminder.event_ids.sorted("position")[-1]
        self.assertEqual(event.kind, "postal")
        self.assertIn("2B 345", event.subject)
        self.assertEqual(self._breaks(), [])
        letter.number = "2B 346"
        self.assertEqual(len(reminder.event_ids), 3)
        self.assertEqual(self._breaks(), [])

    def test_the_day_of_the_posting_is_put_right_beside_the_first_one(self):
        reminder = self._posted()
        letter = reminder.registered_ids.with_user(self.officer)
        with freeze_time(days(6)):
            with self.assertRaisesRegex(UserError, "Say why"):
                self._ask(letter.action_correct_posting(), posted_on=days(1), why=" ")
            for day in (days(-1), days(7)):
                with self.assertRaisesRegex(UserError, "after it was printed"):
                    self._ask(letter.action_correct_posting(), posted_on=day, why="X")
            self._ask(
                letter.action_correct_posting(),
                posted_on=days(1),
                number="9Z",
                why="Misread",
            )
        self.assertEqual((letter.posted_on, letter.number), (days(1), "9Z"))
        self.assertEqual(reminder.date_done, days(1))
        first, second = reminder.event_ids.sorted("position")
        self.assertIn("03/20/2026", first._get_plain_body())
        self.assertIn("Misread", second._get_plain_body())
        self.assertIn("03/19/2026", second._get_plain_body())
        self.assertEqual(self._breaks(), [])

    def test_what_follows_keeps_the_chain_whole(self):
        reminder = self._posted()
        letter = reminder.registered_ids.with_user(self.officer)
        with freeze_time(days(9)):
            self._ask(letter.action_note_fate(), state="delivered", day=days(8))
            slip = base64.b64encode(b"%PDF-1.4 AR")
            self._ask(letter.action_add_slip(), slip=slip, slip_name="AR")
            self._ask(letter.action_correct_fate(), day=days(7), why="Misread")
        self.assertEqual(letter.notice_on, days(7))
        self.assertEqual(self._breaks(), [])
        self._rewrite(
            "UPDATE relance_registered_letter SET delivered_on = '2026-03-21' "
            f"WHERE id = {letter.id}"
        )
        self.assertEqual(len(self._breaks()), 1)

    def test_the_monthly_check_tells_of_it(self):
        letter = self._posted().registered_ids
        self._rewrite(
            "UPDATE relance_registered_letter SET number = 'FAKE' "
            f"WHERE id = {letter.id}"
        )
        chain = self.env["relance.event.chain"].search(
            [("partner_id", "=", self.debtor.id)]
        )
        with mute_logger(CHAIN):
            self.assertTrue(chain.action_check())
        self.assertIn("Tracking number", chain.break_note)
