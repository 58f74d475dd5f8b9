"""What follows a formal notice waits until it counts, and for as long as it grants."""

from odoo.tests import freeze_time, tagged
from odoo.tools import mute_logger

from .common import TODAY, days
from .letter_case import PDF_LOGGER, LetterCase

NEWS_CRON = "relance_ar.ir_cron_ask_news"


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestRegisteredNotice(LetterCase):
    """A formal notice that grants 15 days; litigation 75 days after the due date."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.scenario.grace_days = 2
        cls.debtor = cls._debtor()
        cls.invoice = cls._invoice(cls.debtor, days(-60), 10000)

    def _notice(self, channel="registered_letter", number="1A 234"):
        """Return a formal notice that the officer has printed and posted today."""
        reminder = self._reminder(self.invoice, phase="formal_notice", channel=channel)
        with mute_logger(PDF_LOGGER):
            self._real(reminder).action_print_letter()
        wizards = self.env["relance.posting"].with_user(self.officer)
        wizard = wizards.browse(reminder.action_post_letters()["res_id"])
        wizard.line_ids.number = number
        wizard.action_confirm()
        return reminder

    def _fate(self, reminder, state, **values):
        fates = self.env["relance.fate"].with_user(self.officer)
        letters = [(6, 0, reminder.registered_ids.ids)]
        fates.create({"letter_ids": letters, "state": state, **values}).action_confirm()

    def _explained(self, day):
        with freeze_time(day):
            [why] = self.runs.explain(self._lines(self.invoice).ids, day)
        return why

    def test_on_its_way_nothing_firmer_leaves(self):
        notice = self._notice()
        why = self._explained(days(40))
        self.assertEqual((why["due"], why["next_date"]), (False, False))
        words = " ".join(why["reasons"])
        self.assertIn(notice.reference, words)
        self.assertIn("until what became of the letter is noted", words)
        with freeze_time(days(40)):
            self.assertFalse(self._plan(days(40)))

    def test_an_approved_letter_does_not_overtake_it(self):
        notice = self._notice()
        last = self._reminder(self.invoice, phase="litigation", channel="letter")
        with freeze_time(days(40)):
            self.assertFalse(last.action_print_letter())
        self.assertEqual((last.state, last.letter_id.ids), ("cancelled", []))
        said = " ".join(str(body) for body in last.message_ids.mapped("body"))
        self.assertIn(notice.reference, said)
        self.assertIn("until what became of the letter is noted", said)

    def test_received_late_all_its_days_are_granted_from_the_receipt(self):
        notice = self._notice()
        self.assertEqual(notice.deadline, days(15))
        with freeze_time(days(13)):
            self._fate(notice, "delivered", day=days(12))
        self.assertEqual(notice.notice_on, days(12))
        why = self._explained(days(20))
        self.assertEqual((why["due"], why["next_date"]), (False, days(29)))
        self.assertIn("counts from 03/30/2026", " ".join(why["reasons"]))
        self.assertIn("until 04/14/2026", " ".join(why["reasons"]))
        why = self._explained(days(29))
        self.assertEqual((why["due"], why["phase"]), (True, "litigation"))

    def test_refused_it_counts_from_its_first_presentation(self):
        notice = self._notice()
        with freeze_time(days(20)):
            self._fate(notice, "refused", presented_on=days(2), day=days(18))
        # 15 days from the second day, 2 of grace, then Easter is over.
        self.assertEqual(self._explained(days(20))["next_date"], days(20))
        self.assertTrue(self._explained(days(20))["due"])

    def test_come_back_it_is_to_be_sent_again(self):
        notice = self._notice()
        with freeze_time(days(9)):
            self._fate(notice, "returned", day=days(9))
        self.assertEqual(notice.state, "failed")
        why = self._explained(days(30))
        self.assertNotIn("until what became", " ".join(why["reasons"]))
        self.assertNotEqual(why["phase"], "litigation")

    def test_one_that_was_not_registered_waits_for_nothing(self):
        self._notice(channel="letter", number=False)
        self.assertTrue(self._explained(days(20))["due"])

    def test_the_officer_is_asked_for_news_once(self):
        notice = self._notice()
        kind = self.env.ref("relance_ar.mail_activity_type_postal")
        counts = []
        for day in (20, 21, 22):
            with freeze_time(days(day)), self.enter_registry_test_mode():
                self.env.ref(NEWS_CRON).method_direct_trigger()
            self.env.invalidate_all()
            counts.append(len(notice.registered_ids.activity_ids))
        self.assertEqual(counts, [0, 1, 1])
        task = notice.registered_ids.activity_ids
        self.assertEqual((task.activity_type_id, task.user_id), (kind, self.officer))
        with freeze_time(days(23)):
            self._fate(notice, "delivered", day=days(2))
        self.assertFalse(notice.registered_ids.activity_ids)

    def test_the_last_letter_names_the_notice_and_its_receipt(self):
        notice = self._notice()
        with freeze_time(days(5)):
            self._fate(notice, "delivered", day=days(4))
        last = self._reminder(self.invoice, phase="litigation", channel="letter")
        words = " ".join(last._get_letter_html().striptags().split())
        self.assertIn(
            f"Formal notice {notice.reference} posted on 03/18/2026 by registered "
            "letter 1A 234: received on 03/22/2026.",
            words,
        )

    def test_the_case_names_the_notice_and_its_receipt(self):
        notice = self._notice()
        with freeze_time(days(5)):
            self._fate(notice, "delivered", day=days(4))
        action = self.invoice.with_user(self.officer).action_relance_litigate()
        cases = self.env["relance.litigation"].with_user(self.officer)
        case = cases.browse(action["res_id"])
        words = f"{notice.reference} posted on 03/18/2026 by registered letter 1A 234"
        self.assertIn(words, case.notices_note)
        self.assertIn("received on 03/22/2026", case.notices_note)

    def test_a_formal_notice_names_the_earlier_reminders(self):
        earlier = self._reminder(self.invoice, phase="level_2", channel="email")
        earlier.sudo()._confirm("sent")
        earlier.sudo().date_done = days(-20)
        notice = self._reminder(self.invoice, phase="formal_notice")
        words = " ".join(notice._get_letter_html().striptags().split())
        self.assertIn("Our earlier reminders: 02/26/2026 (e-mail).", words)
        title, greeting = "Formal notice to pay", "Dear Sir or Madam"
        self.assertLess(words.index(title), words.index(greeting))

    def test_what_is_recalled_is_escaped(self):
        self._notice(number="<script>alert(1)</script>")
        last = self._reminder(self.invoice, phase="litigation", channel="letter")
        html = str(last._get_letter_html())
        self.assertIn("&lt;script&gt;", html)
        self.assertNotIn("<script>", html)

    def test_the_subject_of_a_letter_does_not_repeat_who_writes(self):
        notice = self._reminder(self.invoice, phase="formal_notice")
        self.assertEqual(notice._get_letter_subject(), "Formal notice to pay")
