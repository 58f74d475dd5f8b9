"""Registered letters: what became of them, and the day from which they count."""

import base64

from odoo.exceptions import AccessError, UserError
from odoo.service.model import call_kw
from odoo.tests import freeze_time, tagged
from odoo.tools import mute_logger

from .common import TODAY, days
from .letter_case import PDF_LOGGER, LetterCase

SLIP = base64.b64encode(b"%PDF-1.4 scanned slip")


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestRegistered(LetterCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.person = cls._debtor("Claude Petit", is_company=False)
        cls.invoice = cls._invoice(cls.person, days(-60), 20000)

    def _printed(self, invoice=None, phase="formal_notice", **values):
        reminder = self._reminder(
            invoice or self.invoice, phase=phase, channel="registered_letter", **values
        )
        with mute_logger(PDF_LOGGER):
            self._real(reminder).action_print_letter()
        self.assertTrue(reminder.letter_id)
        return reminder

    def _post(self, reminder, number="1A 234", form=False, **values):
        action = reminder.action_post_letters()
        wizard = self.env[action["res_model"]].with_user(self.officer)
        wizard = wizard.browse(action["res_id"])
        wizard.write(values)
        wizard.line_ids.write({"number": number, "form": form})
        wizard.action_confirm()
        return reminder.registered_ids

    def _fate(self, letters, state, **values):
        wizard = self.env["relance.fate"].with_user(self.officer)
        wizard.create(
            {"letter_ids": [(6, 0, letters.ids)], "state": state, **values}
        ).action_confirm()

    def _interest(self, day):
        return self._lines(self.invoice).relance_penalty(day)["interest"]

    def test_printing_posts_nothing(self):
        reminder = self._printed()
        self.assertEqual((reminder.state, reminder.date_done), ("approved", False))
        self.assertFalse(reminder.registered_ids)

    def test_a_posted_letter_waits_for_its_fate(self):
        letter = self._post(self._printed())
        self.assertRecordValues(
            letter,
            [
                {
                    "state": "posted",
                    "number": "1A 234",
                    "posted_on": TODAY,
                    "notice_on": False,
                    "provider": "relance.postal.manual",
                    "form": "paper",
                    "phase": "formal_notice",
                }
            ],
        )
        self.assertEqual(letter.reminder_id.state, "sent")

    def test_the_interest_of_a_consumer_starts_with_the_receipt(self):
        letter = self._post(self._printed())
        self.assertEqual(self._interest(days(30)), 0)
        with freeze_time(days(5)):
            self._fate(letter, "delivered", day=days(4))
        self.assertEqual(letter.notice_on, days(4))
        # 26 days at 2.62 %, the legal rate of professional creditors.
        self.assertEqual(self._interest(days(30)), 37.33)

    def test_not_collected_it_counts_from_its_first_presentation(self):
        letter = self._post(self._printed())
        with freeze_time(days(20)):
            self._fate(letter, "unclaimed", presented_on=days(2), day=days(19))
        self.assertEqual((letter.notice_on, letter.returned_on), (days(2), days(19)))
        self.assertGreater(self._interest(days(30)), 0)

    def test_come_back_from_a_wrong_address_the_step_is_not_done(self):
        letter = self._post(self._printed())
        with freeze_time(days(6)):
            self._fate(letter, "returned", day=days(6))
        reminder = letter.reminder_id
        self.assertEqual((reminder.state, reminder.failure_kind), ("failed", "address"))
        self.assertTrue(reminder.activity_ids)  # somebody repairs the address
        self.assertEqual(self._interest(days(30)), 0)

    def test_the_scanned_slip_is_a_proof(self):
        letter = self._post(self._printed())
        self._fate(letter, "delivered", day=TODAY, slip=SLIP, slip_name="AR.pdf")
        self.assertEqual(letter.slip_ids.raw, b"%PDF-1.4 scanned slip")
        event = letter.reminder_id.event_ids.sorted("position")[-1]
        self.assertEqual(
            (event.kind, event.attachment_ids), ("postal", letter.slip_ids)
        )
        admin = self.env.ref("base.user_admin")
        for records in (letter.slip_ids, letter):
            with self.assertRaises(UserError), mute_logger("odoo.models"):
                call_kw(records.with_user(admin), "unlink", [records.ids], {})
        chain = self.env["relance.event.chain"].search(
            [("partner_id", "=", self.person.id)]
        )
        self.assertFalse(chain.action_check())

    def test_a_fate_is_noted_once(self):
        letter = self._post(self._printed())
        self._fate(letter, "delivered", day=TODAY)
        with self.assertRaisesRegex(UserError, "has been noted"):
            self._fate(letter, "refused", presented_on=TODAY)

    def test_days_in_disorder_are_refused(self):
        letter = self._post(self._printed())
        for state, values, words in (
            ("delivered", {}, "day of the delivery"),
            ("refused", {}, "first presented"),
            ("delivered", {"day": days(1)}, "today"),
            ("delivered", {"day": days(-1)}, "the posting"),
        ):
            with self.subTest(state=state), self.assertRaisesRegex(UserError, words):
                self._fate(letter, state, **values)

    def test_the_day_of_the_posting_is_a_person_s_to_say(self):
        reminder = self._printed()
        with freeze_time(days(3)):
            letter = self._post(reminder, posted_on=days(1))
        self.assertEqual((letter.posted_on, reminder.date_done), (days(1), days(1)))
        other = self._printed(self._invoice(self._debtor("Other SA"), days(-60)))
        for day in (days(-1), days(1)):
            with self.assertRaises(UserError) as refused:
                self._post(other, posted_on=day)
            self.assertIn("was printed on", str(refused.exception))
        self.assertEqual(other.state, "approved")

    def test_an_electronic_one_needs_the_consent_of_a_consumer(self):
        reminder = self._printed()
        with self.assertRaises(UserError) as refused:
            self._post(reminder, form="electronic")
        self.assertIn("L100", str(refused.exception))
        self.assertEqual(reminder.state, "approved")
        self.person.relance_electronic_consent_on = days(-2)
        letter = self._post(reminder, form="electronic")
        self.assertEqual((letter.form, letter.accept_until), ("electronic", days(15)))

    def test_a_professional_needs_not_agree(self):
        reminder = self._printed(self._invoice(self._debtor("Other SA"), days(-60)))
        letter = self._post(reminder, form="electronic")
        self.assertEqual(letter.form, "electronic")

    def test_people_write_the_number_only(self):
        letter = self._post(self._printed(), number="").with_user(self.officer)
        letter.number = "2B 345"
        self.assertEqual(letter.number, "2B 345")
        for vals in (
            {"state": "delivered"},
            {"notice_on": days(-30)},
            {"posted_on": days(-30)},
        ):
            with self.assertRaises(AccessError):
                call_kw(letter, "write", [letter.ids, vals], {})
        self._fate(letter, "delivered", day=TODAY)
        with self.assertRaisesRegex(UserError, "not changed"):
            letter.number = "3C 456"

    def test_another_company_does_not_see_them(self):
        letter = self._post(self._printed())
        other = self.env["res.company"].create({"name": "Other"})
        user = self._new_user("other", "relance_ar.group_relance_user", company=other)
        self.assertNotIn(
            letter, self.env["relance.registered.letter"].with_user(user).search([])
        )
