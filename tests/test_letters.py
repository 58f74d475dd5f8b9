"""Letters as they are printed: what they say, where it stands, many at once."""

import io
from unittest.mock import patch

from pypdf import PdfReader

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import freeze_time, tagged
from odoo.tools import mute_logger

from .common import SIREN, TODAY, days
from .letter_case import IBAN, PDF_LOGGER, LetterCase

POINTS_PER_MM = 72 / 25.4


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestLetter(LetterCase):
    """The content of one letter."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.debtor = cls._debtor(relance_siren=SIREN)
        cls.late = cls._invoice(cls.debtor, days(-60), 10000)
        cls.later = cls._invoice(cls.debtor, days(-56), 2000)
        cls._pay(cls.later, 500, days(-10))

    @classmethod
    def _pay(cls, invoice, amount, day):
        wizard = cls.env["account.payment.register"].with_context(
            active_model="account.move", active_ids=invoice.ids
        )
        wizard.create({"amount": amount, "payment_date": day})._create_payments()

    def _print(self, *invoices, **values):
        reminder = self._reminder(*(invoices or (self.late, self.later)), **values)
        with mute_logger(PDF_LOGGER):
            self._real(reminder).action_print_letter()
        self.assertTrue(reminder.letter_id, reminder.failure)
        return reminder

    def _find(self, reminder, words):
        """Return where words stand on the first page: mm from the left and the top."""
        page = PdfReader(io.BytesIO(reminder.letter_id.raw)).pages[0]
        found = []

        def visit(text, matrix, text_matrix, _font, _size):
            if words in " ".join(text.split()):
                x = text_matrix[4] * matrix[0] + matrix[4]
                y = text_matrix[5] * matrix[3] + matrix[5]
                found.append((x, y))

        page.extract_text(visitor_text=visit)
        x, y = found[0]
        return x / POINTS_PER_MM, (float(page.mediabox.height) - y) / POINTS_PER_MM

    def test_a_formal_notice_says_all_that_a_court_reads(self):
        reminder = self._print(phase="formal_notice", channel="registered_letter")
        first, annex = self._pages(reminder.letter_id.raw)
        for words in (
            "Registered letter with acknowledgement of receipt",
            "Formal notice to pay",
            "Creditor SAS",
            "SAS au capital de 50 000 €, RCS Paris",
            "Debtor SARL",
            f"SIREN {SIREN}",
            self.late.name,
            "10,000.00",
            self.later.name,
            "2,000.00",
            "500.00",  # paid
            "1,500.00",  # still owed
            f"{reminder.penalty_interest:,.2f}",
            "80.00",  # twice 40 €
            f"{reminder.amount_claimed:,.2f}",
            "article 1344",
            "competent court",
            "FR76 3000",
            f"{reminder.deadline:%m/%d/%Y}",
            reminder.reference,
            "1/2",
        ):
            with self.subTest(words):
                self.assertIn(words, first)
        self.assertIn("Statement of late-payment penalties", annex)
        self.assertIn(self.late.name, annex)
        self.assertIn("2/2", annex)

    def test_what_is_disputed_is_neither_asked_for_nor_said_to_be_paid(self):
        self.env["relance.dispute"].with_user(self.officer).create(
            {
                "move_line_ids": [Command.set(self._lines(self.late).ids)],
                "reason_id": self.env.ref("relance_ar.dispute_reason_price").id,
                "amount": 300,
            }
        )
        reminder = self._print(self.late)
        self.assertRecordValues(
            reminder.line_ids, [{"amount_residual": 9700, "amount_disputed": 300}]
        )
        self.assertEqual(reminder.line_ids._get_letter_amounts()["paid"], 0)
        text = " ".join(self._pages(reminder.letter_id.raw))
        self.assertRegex(text, r"without the \S* ?300\.00 ?\S* that you dispute")
        self.assertIn("9,700.00", text)
        reminder.action_send()
        self.assertEqual(reminder.event_ids.lines[0]["disputed"], "300.00")

    def test_a_courteous_letter_names_no_party_nor_court(self):
        reminder = self._print(phase="level_1")
        [page] = self._pages(reminder.letter_id.raw)
        self.assertIn("simple oversight", page)
        for words in ("court", "1344", "Registered", f"SIREN {SIREN}"):
            self.assertNotIn(words, page)
        self.assertIn("18 rue du Faubourg", page)  # who writes, without a header

    def test_each_level_says_its_own(self):
        for phase, words in (
            ("level_2", "still unpaid"),
            ("level_3", "last reminder before a formal notice"),
            ("litigation", "amicable phase is over"),
        ):
            text = " ".join(self._pages(self._print(phase=phase).letter_id.raw))
            self.assertIn(words, text)

    def test_the_address_stands_in_the_window_on_the_right(self):
        x, y = self._find(self._print(), "Debtor SARL")
        self.assertAlmostEqual(x, 108, delta=1.5)
        self.assertTrue(48 < y < 58, y)

    def test_the_address_stands_in_the_window_on_the_left(self):
        self.company.relance_letter_window = "left"
        x, y = self._find(self._print(), "Debtor SARL")
        self.assertAlmostEqual(x, 20, delta=1.5)
        self.assertTrue(48 < y < 58, y)

    def test_the_code_asks_for_what_the_letter_asks(self):
        reminder = self._print(phase="formal_notice")
        banks = type(self.env["res.partner.bank"])
        build = banks.build_qr_code_base64
        with patch.object(banks, "build_qr_code_base64", autospec=True) as called:
            called.side_effect = build
            self.assertTrue(reminder._get_qr_code().startswith("data:image/png"))
        _bank, amount, reference, *_more = called.call_args.args
        self.assertAlmostEqual(amount, reminder.amount_claimed)
        self.assertIn(reminder.reference, reference)
        images = PdfReader(io.BytesIO(reminder.letter_id.raw)).pages[0].images
        self.assertGreaterEqual(len(images), 1)

    def test_no_code_without_the_addon_another_currency_or_account(self):
        reminder = self._reminder(self.late)
        self.assertTrue(reminder._get_qr_code())
        banks = type(self.env["res.partner.bank"])
        with patch.object(banks, "_get_available_qr_methods", lambda _self: []):
            self.assertIsNone(reminder._get_qr_code())
        bank = self.company.partner_id.bank_ids
        self.assertEqual(bank.sanitized_acc_number, IBAN)
        bank.acc_number = "12345"
        self.assertIsNone(reminder._get_qr_code())

    def test_the_letter_speaks_the_language_of_the_debtor(self):
        self.debtor.lang = "fr_FR"
        reminder = self._print(phase="formal_notice", lang="fr_FR")
        text = " ".join(self._pages(reminder.letter_id.raw))
        self.assertIn("mettons en demeure", text)
        self.assertIn("10 000,00", text.replace("\u202f", " ").replace("\xa0", " "))

    def test_names_are_escaped(self):
        self.debtor.name = "<script>alert(1)</script> & Sons"
        reminder = self._print()
        [page] = self._pages(reminder.letter_id.raw)
        self.assertIn("<script>alert(1)</script> & Sons", page)

    def test_a_printed_letter_is_not_made_again(self):
        reminder = self._print()
        paper = reminder.letter_id
        self._real(reminder).action_print_letter()
        self.assertEqual(reminder.letter_id, paper)


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestPost(LetterCase):
    """The post of a day: many letters in one document, in their order."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.letters = cls.env["relance.reminder"].with_user(cls.officer)
        for rank, code in enumerate(("75009", "13001", "33000", "06000")):
            debtor = cls._debtor(f"Debtor {rank}", zip=code)
            channel = "registered_letter" if rank == 3 else "letter"
            phase = "formal_notice" if rank == 2 else "level_2"
            invoice = cls._invoice(debtor, days(-60), 1000 + rank)
            cls.letters += cls._reminder(invoice, phase=phase, channel=channel)

    def _make(self, letters=None):
        letters = letters or self.letters
        with mute_logger(PDF_LOGGER):
            action = self._real(letters).action_print_post()
        mailings = self.env["relance.mailing"].with_user(self.officer)
        return mailings.browse(action["res_id"])

    def test_one_document_in_the_order_of_its_list(self):
        post = self._make()
        self.assertRecordValues(
            post,
            [
                {
                    "state": "printed",
                    "letter_count": 4,
                    "printed_count": 4,
                    "posted_count": 0,
                    "progress": 100,
                }
            ],
        )
        order = post.line_ids.sorted("sequence").reminder_id
        self.assertEqual(
            order.contact_id.mapped("zip"), ["13001", "33000", "75009", "06000"]
        )
        pages = self._pages(post.document_id.raw)
        self.assertEqual(len(pages), 1 + sum(post.line_ids.mapped("pages")))
        for reminder in order:
            self.assertIn(reminder.reference, pages[0])
        firsts = [
            next(i for i, page in enumerate(pages[1:]) if reminder.reference in page)
            for reminder in order
        ]
        self.assertEqual(firsts, sorted(firsts))
        self.assertEqual(set(self.letters.mapped("state")), {"approved"})

    def test_each_letter_keeps_its_own_pages(self):
        self._make()
        for reminder in self.letters:
            text = " ".join(self._pages(reminder.letter_id.raw))
            others = self.letters - reminder
            self.assertIn(reminder.partner_id.name, text)
            for other in others:
                self.assertNotIn(other.partner_id.name, text)

    def test_what_cannot_be_told_apart_is_printed_one_by_one(self):
        reminders = type(self.env["relance.reminder"])
        with patch.object(reminders, "_get_letter_mark", lambda _self: ""):
            post = self._make()
        self.assertEqual(post.printed_count, 4)
        self.assertTrue(all(self.letters.mapped("letter_id")))

    def test_what_was_paid_meanwhile_is_left_out(self):
        paid = self.letters[0]
        move = paid.line_ids.move_id
        wizard = self.env["account.payment.register"].with_context(
            active_model="account.move", active_ids=move.ids
        )
        wizard.create({})._create_payments()
        post = self._make()
        self.assertEqual((post.printed_count, post.left_out_count), (3, 1))
        self.assertEqual(paid.state, "cancelled")
        self.assertNotIn(paid.reference, self._pages(post.document_id.raw)[0])

    def test_many_are_printed_by_the_scheduler_and_go_on_where_it_stopped(self):
        mailing = "odoo.addons.relance_ar.models.relance_mailing"
        cron = self.env.ref("relance_ar.ir_cron_print_post")
        with patch(f"{mailing}.NOW", 1), patch(f"{mailing}.PRINTED_PER_CHUNK", 2):
            post = self._make()
            self.assertEqual((post.state, post.printed_count), ("printing", 0))
            self._real(post.sudo())._print_chunk()
            self.assertEqual((post.state, post.printed_count), ("printing", 2))
            done = post.line_ids.filtered(lambda line: line.state == "printed")
            papers = done.reminder_id.letter_id
            with self.enter_registry_test_mode(), mute_logger(PDF_LOGGER):
                cron.with_context(force_report_rendering=True).method_direct_trigger()
        self.assertEqual((post.state, post.printed_count), ("printed", 4))
        self.assertEqual(done.reminder_id.letter_id, papers)
        self.assertTrue(post.document_id)

    def test_a_person_says_which_were_posted(self):
        post = self._make()
        wizard = self.env["relance.posting"].with_user(self.officer)
        wizard = wizard.browse(post.action_post()["res_id"])
        self.assertTrue(wizard.has_registered)
        kept = wizard.line_ids[0]
        kept.is_posted = False
        wizard.action_confirm()
        self.assertEqual(kept.reminder_id.state, "approved")
        self.assertEqual(post.posted_count, 3)
        self.assertEqual(
            set((self.letters - kept.reminder_id).mapped("state")), {"sent"}
        )

    def test_nothing_to_print_or_to_post_is_said(self):
        self.letters.sudo().state = "proposed"
        with self.assertRaisesRegex(UserError, "approve letters first"):
            self.letters.action_print_post()
        with self.assertRaisesRegex(UserError, "no printed letter"):
            self.letters.action_post_letters()

    def test_people_do_not_write_the_post(self):
        post = self._make()
        for vals in ({"state": "printing"}, {"page_count": 1}):
            with self.assertRaises(AccessError):
                post.write(vals)
