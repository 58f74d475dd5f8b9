from odoo.tests import freeze_time, tagged
from odoo.tools import mute_logger

from .common import TODAY, RelanceHttpCase, days
from .test_dispatch import PDF_LOGGER


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestTours(RelanceHttpCase):
    """The officer's main path, in a real browser."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.debtor = cls._debtor()
        cls.invoice = cls._invoice(cls.debtor, days(-3))
        # The welcome of a new user would cover the screen.
        cls.officer.sudo().tour_enabled = False

    def test_an_officer_approves_a_reminder_and_sees_it_sent(self):
        reminder = self._plan()
        with self.mail_server() as sink, mute_logger(PDF_LOGGER):
            self.start_tour(
                "/odoo/relances", "relance_worklist", login=self.officer.login
            )
        self.assertEqual(reminder.state, "sent")
        [message] = sink.messages
        self.assertIn("debtor@debtor.test", message["To"])

    def test_an_officer_asks_why(self):
        self.start_tour(
            "/odoo/relance-receivables", "relance_why", login=self.officer.login
        )
