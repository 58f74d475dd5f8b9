"""A provider posts a letter once, whatever is run again; no news are lost."""

from unittest.mock import patch

import psycopg2

from odoo.exceptions import UserError
from odoo.tests import freeze_time, tagged
from odoo.tools import mute_logger

from .common import TODAY, days
from .letter_case import PDF_LOGGER, LetterCase
from .test_examples import ExampleMixin

CRON = "relance_ar.ir_cron_postal_providers"
TIME_OF_A_JOB = "odoo.addons.base.models.ir_cron.MIN_TIME_PER_JOB"
HANDOVER = "odoo.addons.relance_ar.models.relance_registered_handover"
COURIER = """
from odoo import api, models


class Courier(models.AbstractModel):
    _name = "courier.post"
    _inherit = ["relance.postal.provider"]
    _description = "Courier"

    @api.model
    def _post(self, letters):
        return {letter.id: service.post(letter.handover_key) for letter in letters}

    @api.model
    def _fetch(self, letters):
        return service.fetch(letters.ids)
"""


class Service:
    """A service elsewhere: it knows letters by their key, and forgets nothing."""

    def __init__(self):
        self.calls, self.posted, self.news = [], {}, {}
        self.breaks = self.refuses = None
        self.says = {}
        self.answers = lambda news: news

    def post(self, key):
        self.calls.append(key)
        if self.refuses:
            raise self.refuses
        number = self.posted.setdefault(key, f"CP{len(self.posted) + 1}")
        if self.breaks:
            error, self.breaks = self.breaks, None
            raise error
        return {"number": number, "posted_on": days(1), **self.says.get(key, {})}

    def fetch(self, ids):
        if self.breaks:
            raise self.breaks
        news = {key: dict(fate) for key, fate in self.news.items() if key in ids}
        return self.answers(news)


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestPostalProvider(ExampleMixin, LetterCase):
    def setUp(self):
        super().setUp()
        self.service = Service()
        self._load_code(COURIER, "courier", service=self.service)
        self.company.relance_postal_provider = "courier.post"

    def _printed(self, name="Alpha SA"):
        invoice = self._invoice(self._debtor(name), days(-60), 10000)
        reminder = self._reminder(
            invoice, phase="formal_notice", channel="registered_letter"
        )
        with mute_logger(PDF_LOGGER):
            self._real(reminder).action_print_letter()
        return reminder

    def _post(self, reminder):
        wizards = self.env["relance.posting"].with_user(self.officer)
        wizards.browse(reminder.action_post_letters()["res_id"]).action_confirm()
        return self.env["relance.registered.letter"].search(
            [("reminder_id", "=", reminder.id)]
        )

    def _run_cron(self):
        with self.enter_registry_test_mode(), mute_logger(HANDOVER):
            self.env.ref(CRON).method_direct_trigger()
        self.env.invalidate_all()

    def _chain_is_whole(self, reminder):
        chain = self.env["relance.event.chain"].search(
            [("partner_id", "=", reminder.partner_id.id)]
        )
        return not chain.action_check()

    def test_a_posting_run_again_hands_nothing_over_twice(self):
        reminder = self._printed()
        with (
            self.assertRaises(psycopg2.OperationalError),
            self.env.cr.savepoint(),
        ):
            self._post(reminder)
            raise psycopg2.errors.SerializationFailure  # then Odoo runs it again
        self.env.invalidate_all()
        self._post(reminder)
        self.assertEqual(self.service.calls, [])
        with freeze_time(days(1)):
            self._run_cron()
            self._run_cron()
        self.assertEqual(len(self.service.calls), 1)

    def test_what_the_provider_says_is_sealed(self):
        reminder = self._printed()
        letter = self._post(reminder)
        self.assertEqual((letter.number, letter.handed_on), (False, False))
        with freeze_time(days(1)):
            self._run_cron()
        self.assertEqual((letter.number, letter.posted_on), ("CP1", days(1)))
        self.assertEqual(reminder.date_done, days(1))
        self.assertTrue(letter.handed_on)
        event = reminder.event_ids.sorted("position")[-1]
        self.assertIn("CP1", event.subject)
        self.assertIn("As the provider says", event._get_plain_body())
        self.assertTrue(self._chain_is_whole(reminder))

    def test_after_a_failure_half_way_the_key_is_the_same(self):
        letter = self._post(self._printed())
        with freeze_time(days(1)):
            self.service.breaks = ConnectionError("line cut")
            self._run_cron()
            self.assertEqual(letter.provider_error, "line cut")
            self.assertFalse(letter.handed_on)
            self._run_cron()
        self.assertEqual(self.service.calls, [letter.handover_key] * 2)
        self.assertEqual(list(self.service.posted), [letter.handover_key])
        self.assertEqual((letter.number, letter.provider_error), ("CP1", False))

    def test_one_that_fails_does_not_hold_up_the_others(self):
        letters = self._post(self._printed()) + self._post(self._printed("Beta SA"))
        self.service.breaks = ConnectionError("line cut")
        with freeze_time(days(1)):
            self._run_cron()
        self.assertEqual(letters.mapped("number"), [False, "CP2"])
        self.assertNotEqual(*letters.mapped("handover_key"))

    def test_what_cannot_be_noted_of_one_does_not_hold_up_the_others(self):
        letters = self._post(self._printed()) + self._post(self._printed("Beta SA"))
        for wrong in ({"number": "9" * 60}, {"posted_on": None}):
            self.service.calls = []
            letters.sudo().write({"handed_on": False, "number": False})
            self.service.says = {letters[0].handover_key: wrong}
            with freeze_time(days(1)), mute_logger("odoo.sql_db"):
                self._run_cron()
                self._run_cron()
            with self.subTest(wrong):
                # It has left, and is not posted again.
                self.assertEqual(self.service.calls, letters.mapped("handover_key"))
                self.assertTrue(all(letters.mapped("handed_on")))
                self.assertEqual(letters.mapped("number"), [False, "CP2"])
                self.assertEqual(letters[0].posted_on, TODAY)
        said = " ".join(str(body) for body in letters[0].message_ids.mapped("body"))
        self.assertIn("characters at most", said)
        self.assertTrue(self._chain_is_whole(letters[0].reminder_id))

    def test_when_the_time_of_the_job_is_over_it_goes_on(self):
        letters = self._post(self._printed()) + self._post(self._printed("Beta SA"))
        self.service.news = {
            letters[1].id: {"state": "delivered", "delivered_on": days(2)}
        }
        with freeze_time(days(3)), patch(TIME_OF_A_JOB, 0):
            self._run_cron()
        self.assertEqual(letters.mapped("number"), ["CP1", "CP2"])
        self.assertEqual(letters[1].state, "delivered")

    def test_what_fails_again_and_again_comes_last_and_ends(self):
        letter = self._post(self._printed())
        with freeze_time(days(1)):
            self.service.breaks = ConnectionError("line cut")
            self._run_cron()
            other = self._post(self._printed("Beta SA"))
            self.service.calls = []
            with patch(TIME_OF_A_JOB, 0):
                self._run_cron()
        self.assertEqual(self.service.calls[0], other.handover_key)
        self.assertLessEqual(self.service.calls.count(letter.handover_key), 1)

    def test_refused_for_good_the_step_is_not_taken(self):
        reminder = self._printed()
        letter = self._post(reminder)
        self.service.refuses = UserError("No such town")
        with freeze_time(days(1)):
            self._run_cron()
            self._run_cron()
        self.assertEqual(len(self.service.calls), 1)
        self.assertEqual(letter.state, "not_posted")
        self.assertEqual(
            (reminder.state, reminder.failure_kind), ("failed", "provider")
        )
        self.assertIn("No such town", reminder.failure)
        kinds = reminder.event_ids.sorted("position").mapped("kind")
        self.assertEqual(kinds, ["registered_letter", "postal", "failed"])
        self.assertTrue(self._chain_is_whole(reminder))

    def test_news_refused_for_one_letter_leave_the_others_theirs(self):
        letters = self._post(self._printed()) + self._post(self._printed("Beta SA"))
        self.service.news = {
            letters[0].id: {"state": "delivered"},  # without its day
            letters[1].id: {
                "state": "delivered",
                "delivered_on": days(3),
                "files": [("AR.pdf", b"AR")],
            },
        }
        with freeze_time(days(4)), mute_logger(HANDOVER):
            self._run_cron()
            self.assertEqual(letters.mapped("state"), ["posted", "delivered"])
            self.assertEqual(letters[1].slip_ids.raw, b"AR")
            self.assertIn("day of the delivery", letters[0].provider_error)
            self.service.news[letters[0].id]["delivered_on"] = days(2)
            news = letters.with_user(self.officer).action_fetch()
        self.assertEqual(news, letters[0])
        self.assertEqual(letters[0].state, "delivered")
        self.assertFalse(letters[0].provider_error)

    def test_odd_answers_stop_nothing_and_reach_no_letter_of_others(self):
        letter, other = self._post(self._printed()), self._post(self._printed("Beta"))
        fate = {"state": "delivered", "delivered_on": TODAY}
        with freeze_time(days(1)):
            self._run_cron()
            for answer in (None, {letter.id: None}, {other.id: fate}):
                self.service.answers = lambda _news, odd=answer: odd
                self.assertFalse(letter.with_user(self.officer).action_fetch())
                self.assertFalse(letter.provider_error)
            self.service.answers = lambda _news: [1]
            with mute_logger(HANDOVER):
                self.assertFalse(letter.with_user(self.officer).action_fetch())
        self.assertEqual((letter + other).mapped("state"), ["posted", "posted"])
        self.assertTrue(letter.provider_error)

    def test_a_provider_that_does_not_answer_is_asked_again(self):
        letter = self._post(self._printed())
        self.service.news = {letter.id: {"state": "delivered", "delivered_on": TODAY}}
        # It knows nothing of a letter that it was not given.
        self.assertFalse(letter.with_user(self.officer).action_fetch())
        self.service.news = {}
        with freeze_time(days(1)):
            self._run_cron()
            self.service.breaks = ConnectionError("nobody there")
            with mute_logger(HANDOVER):
                action = letter.with_user(self.officer).action_fetch_and_tell()
        self.assertIn("nobody there", action["params"]["message"])
        self.assertEqual(letter.state, "posted")

    def test_nothing_became_of_a_letter_that_the_service_has_not_taken(self):
        letter = self._post(self._printed()).with_user(self.officer)
        with self.assertRaisesRegex(UserError, "on its way"):
            letter._note_fate("delivered", delivered_on=TODAY)
        with freeze_time(days(1)):
            self._run_cron()
            self.assertEqual(self.service.calls, [letter.handover_key])
            letter._note_fate("delivered", delivered_on=days(1))
        self.assertEqual(letter.state, "delivered")

    def test_a_letter_of_a_service_that_is_gone_is_followed_by_hand(self):
        letter = self._post(self._printed())
        letter.sudo().provider = "courier.gone"
        letter.with_user(self.officer)._note_fate("delivered", delivered_on=TODAY)
        self.assertEqual(letter.state, "delivered")

    def test_what_is_taken_to_the_post_office_is_nobody_s_to_ask(self):
        self.company.relance_postal_provider = False
        letter = self._post(self._printed())
        with freeze_time(days(1)):
            self._run_cron()
        self.assertEqual(self.service.calls, [])
        self.assertEqual((letter.state, letter.handed_on), ("posted", False))
