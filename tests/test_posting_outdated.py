"""A last look at the posting: what is outdated since the printing is not posted."""

from odoo.exceptions import UserError
from odoo.tests import Form, freeze_time, tagged
from odoo.tools import mute_logger

from .common import TODAY, days
from .letter_case import PDF_LOGGER, LetterCase


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestPostingOutdated(LetterCase):
    """Two formal notices printed today; they grant 15 days."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.debtor = cls._debtor("Late SA")
        cls.invoice = cls._invoice(cls.debtor, days(-60), 10000)
        cls.other = cls._invoice(cls._debtor("Other SA"), days(-60), 5000)

    def _printed(self, invoice=None, **values):
        reminder = self._reminder(
            invoice or self.invoice,
            phase="formal_notice",
            channel="registered_letter",
            **values,
        )
        with mute_logger(PDF_LOGGER):
            self._real(reminder).action_print_letter()
        self.assertEqual(reminder.deadline, days(15))
        return reminder

    def _ask(self, reminders):
        action = reminders.action_post_letters()
        wizards = self.env["relance.posting"].with_user(self.officer)
        return wizards.browse(action["res_id"])

    def _line(self, reminder):
        return self._ask(reminder).line_ids

    def _pay(self, invoice, amount=None):
        wizard = self.env["account.payment.register"].with_context(
            active_model="account.move", active_ids=invoice.ids
        )
        wizard.create({"amount": amount} if amount else {})._create_payments()

    def _assert_left_out(self, reminder, words):
        line = self._line(reminder)
        self.assertFalse(line.is_posted)
        self.assertIn(words, line.meanwhile)
        with self.assertRaisesRegex(UserError, "not noted as posted"):
            reminder.action_send()
        self.assertEqual((reminder.state, reminder.date_done), ("approved", False))

    def test_what_is_as_it_was_is_ticked(self):
        line = self._line(self._printed())
        self.assertEqual((line.is_posted, line.meanwhile), (True, False))

    def test_its_deadline_is_over(self):
        reminder = self._printed()
        with freeze_time(days(15)):
            self._assert_left_out(reminder, "It asks to pay until 04/02/2026.")

    def test_posted_in_time_and_noted_late_it_is_not_outdated(self):
        reminder = self._printed()
        with freeze_time(days(20)):
            wizard = self._ask(reminder)
            self.assertFalse(wizard.line_ids.is_posted)
            with Form(wizard) as form:
                form.posted_on = days(1)
            self.assertTrue(wizard.line_ids.is_posted)
            self.assertFalse(wizard.line_ids.meanwhile)
            wizard.action_confirm()
        self.assertEqual((reminder.state, reminder.date_done), ("sent", days(1)))

    def _untick(self, form):
        with form.line_ids.edit(0) as line:
            line.is_posted = False

    def _assert_second_posted_alone(self, wizard):
        first, second = wizard.line_ids
        self.assertEqual((first.is_posted, second.is_posted), (False, True))
        wizard.action_confirm()
        self.assertEqual(
            (first.reminder_id.state, second.reminder_id.state), ("approved", "sent")
        )
        self.assertEqual(second.reminder_id.date_done, days(1))

    def test_what_was_not_posted_is_not_ticked_by_another_day(self):
        wizard = self._ask(self._printed() + self._printed(self.other))
        with freeze_time(days(2)):
            with Form(wizard) as form:
                self._untick(form)
                form.posted_on = days(1)
            self._assert_second_posted_alone(wizard)

    def test_nor_if_the_day_was_changed_first(self):
        wizard = self._ask(self._printed() + self._printed(self.other))
        with freeze_time(days(2)):
            with Form(wizard) as form:
                form.posted_on = days(1)
                self._untick(form)
            self._assert_second_posted_alone(wizard)

    def test_a_day_that_makes_it_outdated_is_asked_about(self):
        reminder = self._printed()
        with freeze_time(days(20)):
            wizard = self._ask(reminder)
            with Form(wizard) as form:
                form.posted_on = days(1)
            wizard.posted_on = days(20)  # behind the form
            self.assertEqual(wizard.action_confirm().get("res_id"), wizard.id)
            self.assertFalse(wizard.line_ids.is_posted)
        self.assertEqual(reminder.state, "approved")

    def _move_house(self):
        self.debtor.write(
            {"street": "99 rue Neuve", "zip": "33000", "city": "Bordeaux"}
        )

    def test_its_address_has_changed(self):
        reminder = self._printed()
        old = self.debtor.street
        self._move_house()
        self._assert_left_out(reminder, f"It is addressed to Late SA, {old}")
        with mute_logger(PDF_LOGGER):
            self._real(reminder).action_print_again()
        self.assertTrue(self._line(reminder).is_posted)
        self.assertIn("99 rue Neuve", reminder.letter_address)

    def test_posted_all_the_same_it_went_where_it_is_addressed(self):
        reminder = self._printed()
        old = self.debtor.street
        self._move_house()
        wizard = self._ask(reminder)
        wizard.line_ids.is_posted = True
        wizard.action_confirm()
        letter = reminder.registered_ids
        self.assertIn(old, letter.place)
        event = reminder.event_ids.sorted("position")[0]
        self.assertIn(old, event.recipient)
        self.assertNotIn("99 rue Neuve", event.recipient)
        letter._note_fate("returned", delivered_on=TODAY)
        self.assertIn(old, reminder.event_ids.sorted("position")[-1].recipient)
        # The address that it did not go to is written to.
        recipients = self.env["relance.recipients"]
        returned = recipients._load_returned_places(self.debtor.ids, self.company)
        self.assertFalse(recipients._has_returned(self.debtor, self.debtor, returned))

    def test_its_invoice_is_paid(self):
        reminder = self._printed()
        self._pay(self.invoice)
        self._assert_left_out(reminder, "nothing is owed any more")

    def test_a_part_of_it_is_paid(self):
        reminder = self._printed()
        self._pay(self.invoice, 4000)
        self._assert_left_out(reminder, "are left to ask for, not")

    def test_it_is_disputed(self):
        reminder = self._printed()
        self.env["relance.dispute"].with_user(self.officer).create(
            {
                "move_line_ids": [(6, 0, self._lines(self.invoice).ids)],
                "reason_id": self.env.ref("relance_ar.dispute_reason_price").id,
                "amount": 10000,
            }
        )
        self._assert_left_out(reminder, "disputed")

    def test_the_customer_is_on_hold(self):
        reminder = self._printed()
        self.debtor.write(
            {"relance_hold_until": days(30), "relance_hold_reason": "Boss said so"}
        )
        self._assert_left_out(reminder, "Boss said so")

    def test_the_others_are_posted(self):
        paid, fine = self._printed(), self._printed(self.other)
        self._pay(self.invoice)
        self._ask(paid + fine).action_confirm()
        self.assertEqual((paid.state, fine.state), ("approved", "sent"))
        self.assertFalse(paid.registered_ids)

    def test_without_the_question_the_others_are_posted_as_well(self):
        paid, fine = self._printed(), self._printed(self.other)
        self._pay(self.invoice)
        self.assertEqual((paid + fine).action_send(), fine)
        self.assertEqual((paid.state, fine.state), ("approved", "sent"))
        said = " ".join(str(body) for body in paid.message_ids.mapped("body"))
        self.assertIn("nothing is owed any more", said)

    def test_what_comes_up_while_the_question_is_open_is_shown_first(self):
        reminder = self._printed()
        wizard = self._ask(reminder)
        self._pay(self.invoice)
        action = wizard.action_confirm()
        self.assertEqual(action.get("res_id"), wizard.id)
        self.assertFalse(wizard.line_ids.is_posted)
        self.assertEqual(reminder.state, "approved")

    def test_posted_all_the_same_says_in_spite_of_what(self):
        reminder = self._printed()
        self._pay(self.invoice)
        wizard = self._ask(reminder)
        wizard.line_ids.is_posted = True
        wizard.action_confirm()
        self.assertEqual(reminder.state, "sent")
        event = reminder.event_ids.sorted("position")[0]
        self.assertIn("nothing is owed any more", event._get_plain_body())

    def test_printed_again_it_has_the_days_of_today(self):
        reminder = self._printed()
        old = reminder.letter_id
        with freeze_time(days(15)), mute_logger(PDF_LOGGER):
            self._real(self._ask(reminder)).action_print_again()
            self.assertEqual(
                (reminder.printed_on, reminder.deadline), (days(15), days(30))
            )
            self.assertTrue(self._line(reminder).is_posted)
        self.assertFalse(old.exists())
        self.assertEqual(reminder.letter_id.name, f"{reminder.reference}-2.pdf")
        foot = f"{reminder.reference}-2 · 1/"
        self.assertIn(foot, self._pages(reminder.letter_id.raw)[0])
        said = " ".join(str(body) for body in reminder.message_ids.mapped("body"))
        self.assertIn("destroy what is on paper", said)

    def test_printed_again_it_is_taken_out_of_the_post_that_printed_it(self):
        late, fine = self._printed(), self._printed(self.other)
        with mute_logger(PDF_LOGGER):
            action = self._real(late + fine).action_print_post()
            post = self.env["relance.mailing"].browse(action["res_id"])
            self.assertEqual(post.printed_count, 2)
            self._real(late).action_print_again()
        self.assertEqual((post.printed_count, post.left_out_count), (1, 1))
        said = " ".join(str(body) for body in post.message_ids.mapped("body"))
        self.assertIn(late.reference, said)

    def test_printed_again_what_is_paid_is_cancelled(self):
        reminder = self._printed()
        self._pay(self.invoice)
        self.assertFalse(self._real(reminder).action_print_again())
        self.assertEqual((reminder.state, reminder.letter_id.ids), ("cancelled", []))

    def test_what_was_posted_is_not_printed_again(self):
        reminder = self._printed()
        self._ask(reminder).action_confirm()
        with self.assertRaisesRegex(UserError, "not posted"):
            reminder.action_print_again()
        self.assertTrue(reminder.letter_id)
