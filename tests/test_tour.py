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

    def test_an_officer_decides_on_payer_profiles(self):
        good, bad = self._debtor("Good SAS"), self._debtor("Bad SA")
        for debtor, delays in ((good, (0, 0, 0)), (bad, (20, 40, 55))):
            for late in delays:
                invoice = self._invoice(debtor, days(-60))
                self._register_payment(invoice, payment_date=days(late - 60))
        self.start_tour(
            "/odoo/relance-payers", "relance_payer_profiles", login=self.officer.login
        )
        self.assertEqual(good.payer_profile_id.code, "good")
        self.assertFalse(bad.payer_profile_id)
