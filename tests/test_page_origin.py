"""How an answer came, and how much it says: neither guessed nor left out."""

from odoo.tests import freeze_time, tagged

from .common import TODAY, days
from .page_case import PageCase


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestOrigin(PageCase):
    """Whoever holds a link answers for the debtor: which link is sealed with it."""

    def _sealed(self):
        events = self.env["relance.event"].search([("kind", "=", "answer")])
        return events.sorted("id")[-1:].body

    def test_the_link_of_a_reminder(self):
        self._post("copy")
        answer = self.answers.search([])
        self.assertIn(f"link {self.link.id}", answer.origin)
        self.assertIn("sent to debtor@debtor.test", answer.origin)
        self.assertIn(self.reminder.reference, answer.origin)
        self.assertRegex(answer.caller, r"^[0-9a-f]{24}$")
        for said in (answer.origin, answer.caller):
            self.assertIn(said, self._sealed())

    def test_a_link_that_an_officer_made_and_saw(self):
        mine = self.debtor.with_user(self.officer)
        link = self.links.browse(mine.action_relance_new_link()["res_id"])
        self.assertTrue(link.with_user(self.officer).url)
        self._post("copy", base=f"/relance/{link._get_token()}")
        words = f"made by hand by {self.officer.name}"
        self.assertIn(words, self.answers.search([]).origin)
        self.assertIn(words, self._sealed())

    def test_a_link_that_was_renewed_is_shown_to_nobody(self):
        self._expire()
        self.link.reminder_id = False
        new = self.link._renew()
        self.assertFalse(new.with_user(self.officer).url)
        self._post("copy", base=f"/relance/{new._get_token()}")
        self.assertIn("renewed and sent to debtor@debtor.test", self._sealed())

    def test_a_portal_user(self):
        self._portal_user(self.debtor)
        self.authenticate("portal_debtor", "portal_debtor")
        self._post("copy", base=f"/my/relance/{self.company.id}")
        self.assertIn("portal user portal_debtor", self._sealed())


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestAmountsTyped(PageCase):
    def test_what_is_not_one_amount_is_refused_and_never_taken_for_all(self):
        day = str(days(5))
        for amount in ("NaN", "inf", "0", "0,00", "-5", "abc", "1,2,3", "12 EUR 50"):
            response = self._post("promise", date=day, amount=amount)
            self.assertEqual(response.status_code, 422, amount)
            self.assertIn("one amount above zero", response.text)
            self.env["relance.throttle"].sudo().search([]).unlink()
        self.assertFalse(self._of_debtor("relance.promise"))
        self.assertFalse(self.answers.search([]))

    def test_an_empty_field_is_all(self):
        self._post("promise", date=str(days(5)), amount=" ")
        self.assertEqual(self._of_debtor("relance.promise").amount, 1000)


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestAlreadyPaid(PageCase):
    """What is said to be paid suspends what it covers."""

    def _held(self):
        return self.env["relance.line.hold"].search([("active", "=", True)])

    def _body(self):
        return self.reminder.event_ids.sorted("id")[-1].body

    def test_a_small_amount_suspends_nothing_and_is_told(self):
        response = self._post("paid", date=str(TODAY), amount="1 €")
        self.assertEqual(response.status_code, 303)
        self.assertFalse(self._held())
        self.assertIn("covers none", self._body())
        self.assertEqual(self.reminder.answer_state, "unread")

    def test_the_oldest_that_it_covers_are_suspended(self):
        other = self._lines(self._invoice(self.debtor, days(-3), 250))
        self._post("paid", lines=self.late + other, date=str(TODAY), amount="1100")
        self.assertEqual(self._held().move_line_id, self.late)
        self.assertIn(f"covers: {self.invoice.name}", self._body())

    def test_all_of_it_suspends_all_of_it(self):
        self._post("paid", date=str(TODAY), amount="1000")
        self.assertEqual(self._held().move_line_id, self.late)
        self.assertNotIn("covers", self._body())

    def test_the_hold_names_who_said_so_and_who_looks_after_it(self):
        self._post("paid", date=str(TODAY), author="Ms Roux")
        hold = self._held()
        self.assertEqual(hold.user_id, self.officer)
        self.assertIn("Ms Roux", hold.reason)
        [fact] = self.env["relance.run"].explain(self.late, days(1))
        self.assertNotIn("..", " ".join(fact["reasons"]))
        self.assertNotIn("OdooBot", " ".join(fact["reasons"]))
