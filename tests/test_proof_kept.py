"""No key that a client may send, and no day between two, opens what is kept."""

import base64

from odoo.exceptions import UserError
from odoo.service.model import call_kw
from odoo.tests import freeze_time, tagged
from odoo.tools import mute_logger

from .common import TODAY, days
from .letter_case import PDF_LOGGER, LetterCase

# What Odoo sets while it uninstalls; any client can send it, too.
FORCED = {"_force_unlink": True}
FORGED = base64.b64encode(b"%PDF-1.4 forged")


class KeptCase(LetterCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.debtor = cls._debtor()
        cls.invoice = cls._invoice(cls.debtor, days(-60), 10000)

    def _print(self, channel="registered_letter", phase="formal_notice"):
        letter = self._reminder(self.invoice, phase=phase, channel=channel)
        with mute_logger(PDF_LOGGER):
            self._real(letter).action_print_letter()
        return letter

    def _post(self):
        letter = self._print()
        letter.action_send()
        letter.registered_ids._add_slips([("AR.pdf", b"acknowledgement")])
        return letter

    def _rpc(self, user, records, method, *args, context=None):
        kwargs = {"context": dict(context or {})}
        with mute_logger("odoo.sql_db", "odoo.addons.base.models.ir_model"):
            done = call_kw(
                records.with_user(user), method, [records.ids, *args], kwargs
            )
            self.env.flush_all()
        return done

    def _assert_kept(self, user, records, context=FORCED):
        for record in records:
            before = record.raw
            for method, *args in (
                ("write", {"datas": FORGED}),
                ("write", {"name": "other.pdf"}),
                ("write", {"res_model": False, "res_id": 0}),
                ("unlink",),
            ):
                with self.subTest(record.name, method=method, args=args):
                    with self.assertRaises(UserError):
                        self._rpc(user, record, method, *args, context=context)
                    self.assertTrue(record.exists())
                    self.assertEqual(record.raw, before)


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestForced(KeptCase):
    """The key of uninstalling, sent by RPC."""

    def test_files_that_are_sealed_stay(self):
        letter = self._post()
        files = letter.letter_id + letter.registered_ids.slip_ids
        self.assertEqual(len(files), 2)
        for user in (self.officer, self.manager):
            self._assert_kept(user, files)

    def test_messages_stay(self):
        letter = self._post()
        posted = letter.sudo().message_ids.filtered("attachment_ids")[:1]
        self.assertTrue(posted)
        with self.assertRaises(UserError):
            self._rpc(self.officer, posted, "unlink", context=FORCED)
        self.assertTrue(posted.exists())

    def test_the_copy_of_an_invoice_survives_it(self):
        stored = self.env["ir.attachment"].create(
            {
                "name": "as sent.pdf",
                "raw": b"%PDF as sent",
                "res_model": "account.move",
                "res_id": self.invoice.id,
            }
        )
        letter = self._post()
        posted = letter.sudo().message_ids.filtered("attachment_ids")[:1]
        letter.sudo().message_id = posted
        posted.sudo().attachment_ids += stored
        stored.with_user(self.officer).sudo().with_context(**FORCED).unlink()
        self.assertTrue(stored.exists())
        self.assertEqual(stored.res_model, letter._name)

    def test_records_that_are_kept_stay(self):
        letter = self._post()
        self.assertEqual(letter.state, "sent")
        lines = self._lines(self._invoice(self.debtor, days(-20)))
        claim = self.env["relance.penalty.claim"].prepare(lines.ids)
        claim.action_claim()
        self.assertEqual(claim.state, "claimed")
        action = self.invoice.with_user(self.officer).action_relance_litigate()
        case = self.env["relance.litigation"].browse(action["res_id"])
        case.route_id = self.env.ref("relance_ar.litigation_route_injunction")
        case.with_user(self.manager).action_hand_over()
        for record in (claim, case, letter):
            with self.subTest(record._name), self.assertRaises(UserError):
                self._rpc(self.manager, record, "unlink", context=FORCED)
            self.assertTrue(record.exists())

    def test_the_key_counts_while_odoo_loads_its_modules(self):
        """As when the addon is uninstalled: its tables may be gone already."""
        file = self._post().letter_id.sudo().with_context(**FORCED)
        self.assertTrue(file._relance_find_proven())
        registry = self.env.registry
        self.addCleanup(setattr, registry, "ready", registry.ready)
        registry.ready = False
        self.assertFalse(file._relance_find_proven())


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestPrinted(KeptCase):
    """Between the printing of a letter and its posting."""

    def test_a_letter_is_kept_from_the_moment_it_is_printed(self):
        for channel in ("letter", "registered_letter"):
            letter = self._print(channel)
            self.assertEqual(letter.state, "approved")
            for context in ({}, FORCED):
                self._assert_kept(self.officer, letter.letter_id, context)
            letter.action_cancel()

    def test_the_words_tell_that_it_has_not_left(self):
        letter = self._print()
        with self.assertRaises(UserError) as refused:
            self._rpc(self.officer, letter.letter_id, "unlink")
        self.assertIn(letter.reference, str(refused.exception))
        self.assertIn("printed", str(refused.exception))
        self.assertNotIn("has left", str(refused.exception))

    def test_what_was_printed_is_posted_and_sealed(self):
        letter = self._print()
        printed = letter.letter_id.raw
        with self.assertRaises(UserError):
            self._rpc(self.officer, letter.letter_id, "write", {"datas": FORGED})
        letter.action_send()
        [event] = letter.event_ids
        self.assertEqual(event.attachment_ids.raw, printed)

    def test_other_files_of_a_letter_not_posted_are_free(self):
        letter = self._print()
        note = self.env["ir.attachment"].create(
            {"name": "note", "res_model": letter._name, "res_id": letter.id}
        )
        self._rpc(self.officer, note, "unlink")
        self.assertFalse(note.exists())
