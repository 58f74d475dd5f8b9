"""A letter that came back: nothing goes to that address again until it is repaired."""

from odoo.exceptions import UserError
from odoo.tests import freeze_time, tagged
from odoo.tools import mute_logger

from .common import TODAY, days
from .letter_case import PDF_LOGGER, LetterCase

LETTERS = {"letter", "registered_letter"}


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestLetterReturned(LetterCase):
    """A formal notice, whose earlier steps are done, comes back nine days later."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.debtor = cls._debtor(email=False, phone=False)
        cls.invoice = cls._invoice(cls.debtor, days(-60), 10000)
        for phase in ("level_1", "level_2", "level_3"):
            done = cls._reminder(cls.invoice, phase=phase).sudo()
            done._confirm("sent")
            done._record_contact()
            done.write({"date_done": days(-20), "deadline": False})

    def _print(self, reminder):
        with mute_logger(PDF_LOGGER):
            self._real(reminder).action_print_letter()
        return reminder

    def _posted(self):
        reminder = self._print(
            self._reminder(
                self.invoice, phase="formal_notice", channel="registered_letter"
            )
        )
        wizards = self.env["relance.posting"].with_user(self.officer)
        wizards.browse(reminder.action_post_letters()["res_id"]).action_confirm()
        return reminder

    def _ask(self, action, **values):
        wizards = self.env[action["res_model"]].with_user(self.officer)
        wizards.with_context(**action["context"]).create(values).action_confirm()

    def _returned(self):
        reminder = self._posted()
        letter = reminder.registered_ids.with_user(self.officer)
        with freeze_time(days(9)):
            self._ask(letter.action_note_fate(), state="returned", day=days(9))
        self.assertEqual(reminder.state, "failed")
        return reminder

    def _correct(self, reminder, state="delivered", day=None, why="Ticked in error"):
        letter = reminder.registered_ids.with_user(self.officer)
        self._ask(letter.action_correct_fate(), state=state, day=day, why=why)

    def _explained(self, day):
        self.env.flush_all()
        with freeze_time(day):
            [why] = self.runs.explain(self._lines(self.invoice).ids, day)
        return why

    def _chain_is_whole(self):
        chain = self.env["relance.event.chain"].search(
            [("partner_id", "=", self.debtor.id)]
        )
        return not chain.action_check()

    # ------------------------------------------------------------------ the address

    def test_it_is_not_due_again_to_the_same_address(self):
        self._returned()
        why = self._explained(days(30))
        self.assertFalse(why["channel"])
        self.assertIn("the last one did not arrive", " ".join(why["reasons"]))
        with freeze_time(days(30)):
            again = self._plan(days(30))
        self.assertEqual(again.mapped("state"), ["held"])
        summaries = again.activity_ids.mapped("summary")
        self.assertIn("Complete the contact of the debtor", summaries)

    def test_another_address_is_written_to(self):
        self._returned()
        self.debtor.street = "99 avenue Neuve"
        self.assertIn(self._explained(days(30))["channel"], LETTERS)

    def test_the_same_address_written_otherwise_is_the_same(self):
        self._returned()
        self.debtor.street = f" {self.debtor.street.upper()} "
        self.assertFalse(self._explained(days(30))["channel"])

    def test_an_address_that_was_checked_is_trusted(self):
        reminder = self._returned()
        reminder.with_user(self.officer).action_address_checked()
        self.assertIn(self._explained(days(30))["channel"], LETTERS)

    def test_an_approved_letter_is_not_printed_to_it(self):
        self._returned()
        other = self._invoice(self.debtor, days(-40), 500)
        approved = self._reminder(other, phase="level_2")
        with freeze_time(days(30)):
            self._print(approved)
        self.assertEqual((approved.state, approved.failure_kind), ("failed", "address"))
        self.assertIn("came back from this address", approved.failure)

    def test_another_debtor_at_this_address_is_written_to(self):
        self._returned()
        neighbour = self._debtor(
            "Neighbour SA",
            street=self.debtor.street,
            zip=self.debtor.zip,
            city=self.debtor.city,
        )
        approved = self._reminder(self._invoice(neighbour, days(-40), 500))
        with freeze_time(days(30)):
            self._print(approved)
        self.assertTrue(approved.letter_id)

    # ---------------------------------------------------------------- the correction

    def test_ticked_by_mistake_it_counts_again(self):
        reminder = self._returned()
        self.assertEqual((reminder.date_done, reminder.deadline), (False, False))
        with freeze_time(days(10)):
            self._correct(reminder, day=days(8))
        self.assertRecordValues(
            reminder,
            [
                {
                    "state": "sent",
                    "date_done": TODAY,
                    "deadline": days(15),
                    "failure": False,
                    "failure_kind": False,
                    "notice_on": days(8),
                }
            ],
        )
        self.assertFalse(reminder.activity_ids)
        event = reminder.event_ids.sorted("position")[-1]
        self.assertIn("Corrected", event.subject)
        self.assertIn("Ticked in error", event._get_plain_body())
        self.assertTrue(self._chain_is_whole())

    def test_it_may_still_be_on_its_way(self):
        reminder = self._returned()
        letter = reminder.registered_ids.with_user(self.officer)
        with freeze_time(days(10)):
            self._correct(reminder, state="posted")
        self.assertEqual((letter.state, letter.returned_on), ("posted", False))
        self.assertEqual((reminder.state, reminder.deadline), ("sent", days(15)))
        self.assertIn(
            "until what became", " ".join(self._explained(days(30))["reasons"])
        )
        with freeze_time(days(11)):
            with self.assertRaisesRegex(UserError, "on its way"):
                self._ask(letter.action_note_fate(), state="posted")
            self._ask(letter.action_note_fate(), state="delivered", day=days(11))
        self.assertEqual(reminder.notice_on, days(11))

    def test_what_was_proposed_in_its_place_is_cancelled(self):
        reminder = self._returned()
        self.debtor.street = "99 avenue Neuve"
        with freeze_time(days(10)):
            again = self._plan(days(10))
            self.assertEqual(again.phase, "formal_notice")
            self._correct(reminder, day=days(8))
        self.assertEqual((again.state, reminder.state), ("cancelled", "sent"))

    def test_what_was_posted_in_its_place_stays(self):
        reminder = self._returned()
        self.debtor.street = "99 avenue Neuve"
        with freeze_time(days(10)):
            again = self._print(
                self._reminder(
                    self.invoice, phase="formal_notice", channel="registered_letter"
                )
            )
            with self.assertRaisesRegex(UserError, "taken its step again"):
                self._correct(reminder, day=days(8))
        self.assertEqual(reminder.state, "failed")
        self.assertEqual((again.state, bool(again.letter_id)), ("approved", True))

    def test_it_did_come_back_on_another_day(self):
        reminder = self._returned()
        with freeze_time(days(10)):
            self._correct(reminder, state="returned", day=days(8))
        self.assertEqual(reminder.state, "failed")
        self.assertEqual(reminder.registered_ids.returned_on, days(8))

    def test_delivered_by_mistake_it_came_back(self):
        reminder = self._posted()
        letter = reminder.registered_ids.with_user(self.officer)
        with freeze_time(days(9)):
            self._ask(letter.action_note_fate(), state="delivered", day=days(8))
            self._correct(reminder, state="returned", day=days(9))
        self.assertEqual((reminder.state, letter.notice_on), ("failed", False))
        self.assertTrue(self._chain_is_whole())
