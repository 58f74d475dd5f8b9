"""The address on a letter: whose, how it is laid out, and that there is one."""

from odoo.tests import freeze_time, tagged
from odoo.tools import mute_logger

from .common import TODAY, days
from .letter_case import PDF_LOGGER, LetterCase


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestLetterAddress(LetterCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.country_id = cls.env.ref("base.fr")
        cls.debtor = cls._debtor()
        cls.invoice = cls._invoice(cls.debtor, days(-60), 10000)

    def _contact(self, **values):
        return self.env["res.partner"].create(
            {
                "name": "Compta",
                "parent_id": self.debtor.id,
                "type": "invoice",
                **values,
            }
        )

    def _print(self, contact=None, **values):
        contact = contact or self.debtor
        reminder = self._reminder(self.invoice, contact_id=contact.id, **values)
        with mute_logger(PDF_LOGGER):
            self._real(reminder).action_print_letter()
        return reminder

    def test_a_contact_without_an_address_gets_it_from_the_debtor(self):
        reminder = self._print(self._contact(), channel="registered_letter")
        self.assertTrue(reminder.letter_id, reminder.failure)
        [page] = self._pages(reminder.letter_id.raw)
        self.assertIn("Debtor SARL Compta 1 rue de la Paix 75002 Paris", page)
        reminder.action_send()
        self.assertEqual(
            reminder.event_ids.recipient,
            "Debtor SARL, Compta, 1 rue de la Paix, 75002 Paris",
        )

    def test_a_contact_with_an_address_keeps_it(self):
        contact = self._contact(street="9 rue B", zip="69001", city="Lyon")
        reminder = self._reminder(self.invoice, contact_id=contact.id)
        self.assertEqual(
            reminder._get_address_lines(),
            ["Debtor SARL", "Compta", "9 rue B", "69001 Lyon"],
        )

    def test_the_list_of_the_post_shows_the_same_address(self):
        reminder = self._reminder(self.invoice, contact_id=self._contact().id)
        with mute_logger(PDF_LOGGER):
            action = self._real(reminder).action_print_post()
        post = self.env["relance.mailing"].browse(action["res_id"])
        self.assertIn(
            "1 rue de la Paix 75002 Paris", self._pages(post.document_id.raw)[0]
        )

    def test_the_country_is_written_abroad_only(self):
        reminder = self._reminder(self.invoice)
        self.assertEqual(
            reminder._get_address_lines(),
            ["Debtor SARL", "1 rue de la Paix", "75002 Paris"],
        )
        self.debtor.country_id = self.env.ref("base.be")
        self.assertEqual(reminder._get_address_lines()[-1], "Belgium")

    def test_without_an_address_no_letter_is_made(self):
        self.debtor.write({"street": False})
        contact = self._contact(zip="69001", city="Lyon")
        reminder = self._print(contact)
        self.assertFalse(reminder.letter_id)
        self.assertEqual((reminder.state, reminder.failure_kind), ("failed", "address"))
        self.assertIn("postal address", reminder.failure)
        self.assertTrue(reminder.activity_ids)

    def test_a_long_address_keeps_its_town(self):
        self.debtor.write(
            {
                "name": "Société anonyme des transports, de la logistique et de "
                "l'entreposage du Nord et du Pas-de-Calais",
                "street2": "Bâtiment C, escalier 12, troisième étage, porte de gauche, "
                "zone artisanale de la Haute Borne, à côté de la station de lavage et "
                "du dépôt des autocars",
            }
        )
        reminder = self._print(self._contact(name="Service de la comptabilité"))
        [page] = self._pages(reminder.letter_id.raw)
        size, lines = reminder._get_window()
        self.assertLess(size, 13)
        self.assertGreater(len(lines), 6)
        self.assertIn("75002 Paris", page)

    def test_an_address_that_does_not_fit_is_said(self):
        self.debtor.street2 = "Bâtiment C, escalier 12, troisième étage " * 12
        reminder = self._print()
        self.assertEqual((reminder.state, reminder.failure_kind), ("failed", "address"))
        self.assertIn("does not fit", reminder.failure)
