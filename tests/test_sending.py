"""E-mails leave in batches: shared by workers, each once, whatever happens."""

from contextlib import contextmanager
from unittest.mock import patch

from odoo.tests import freeze_time, tagged
from odoo.tools import mute_logger

from odoo.addons.relance_ar.models.relance_handover import Handovers

from .common import TODAY
from .test_mail_reality import MailCase

SENDING = "odoo.addons.relance_ar.models.relance_mail_sending"


class PowerCut(BaseException):
    """What no code can catch and go on from."""


@tagged("post_install", "-at_install")
@freeze_time(f"{TODAY} 09:00")
class TestSending(MailCase):
    """Three e-mails are in the queue."""

    def setUp(self):
        super().setUp()
        self.reminders = self._approved("one SA", "two SA", "three SA")
        self.reminders.sudo()._queue()
        self.mails = self.reminders.sudo()._get_queued_mails().sorted("id")
        self.addresses = [f"{name}@debtor.test" for name in ("one", "two", "three")]
        self.env.flush_all()

    def _send_all(self):
        with mute_logger(SENDING):
            self.mails._relance_send_each(self.env.flush_all)

    def _noted(self):
        self.env.cr.execute("SELECT mail_id FROM relance_handover ORDER BY mail_id")
        return [mail_id for [mail_id] in self.env.cr.fetchall()]

    def _note(self, mails):
        with Handovers(self.env) as handovers:
            for mail in mails:
                handovers.note(mail)

    @contextmanager
    def _power_cut(self):
        """Lose what is not committed; what was noted by its own connection stays."""
        try:
            with self.env.cr.savepoint():
                try:
                    yield
                finally:
                    noted = self.mails.browse(self._noted())
        except PowerCut:
            self.env.invalidate_all()
            self._note(noted)
            return
        self.fail("the power was not cut")

    def _received(self, sink):
        return sorted(m["To"].addresses[0].addr_spec for m in sink.messages)

    # ------------------------------------------------------------------ killed

    def test_killed_between_two_e_mails_none_is_doubled(self):
        send, sent = type(self.mails)._send, []

        def cut(mails, *args, **kwargs):
            sent.append(mails.id)
            if len(sent) == 3:
                raise PowerCut
            return send(mails, *args, **kwargs)

        with self.mail_server() as sink:
            with patch.object(type(self.mails), "_send", cut), self._power_cut():
                self._send_all()
            self.assertEqual(set(self.mails.mapped("state")), {"outgoing"})
            self.assertEqual(self._noted(), self.mails.ids[:2])
            self._send_all()
            self.assertEqual(self._received(sink), sorted(self.addresses))
        self.assertEqual(set(self.mails.mapped("state")), {"sent"})
        self.assertEqual(set(self.reminders.mapped("state")), {"sent"})
        self.assertFalse(self._noted())

    def test_killed_before_it_is_noted_one_is_doubled_at_most(self):
        note, noted = Handovers.note, []

        def cut(handovers, mail):
            noted.append(mail.id)
            if len(noted) == 2:
                raise PowerCut
            note(handovers, mail)

        with self.mail_server() as sink:
            with patch.object(Handovers, "note", cut), self._power_cut():
                self._send_all()
            self._send_all()
            self.assertEqual(
                self._received(sink), sorted([*self.addresses, "two@debtor.test"])
            )

    def test_killed_before_the_notes_are_dropped_nothing_is_sent_again(self):
        with self.mail_server() as sink:
            self._send_all()
            self._note(self.mails)
            self._send_all()
            self.assertEqual(len(sink.messages), 3)
        self.env["relance.handover"]._gc_settled()
        self.assertFalse(self._noted())

    def test_the_mail_queue_does_not_send_what_has_left_either(self):
        self._note(self.mails[:1])
        self.mails.scheduled_date = False
        with self.mail_server() as sink, mute_logger(SENDING):
            self.mails.process_email_queue()
            self.assertEqual(
                self._received(sink), ["three@debtor.test", "two@debtor.test"]
            )
        self.assertEqual(set(self.mails.mapped("state")), {"sent"})

    def test_nor_does_a_person(self):
        self._note(self.mails[:1])
        with self.mail_server() as sink, mute_logger(SENDING):
            self.mails[:2].send(raise_exception=True)
            self.assertEqual(self._received(sink), ["two@debtor.test"])
        self.assertEqual(self.mails.mapped("state"), ["sent", "sent", "outgoing"])

    # ------------------------------------------------------------------ shared

    def test_the_notes_of_another_sender_are_left_to_it(self):
        """It may be stopped before it has committed, and its e-mails have left."""
        lock, theirs = type(self.mails).try_lock_for_update, self.mails[1]

        def skip_theirs(mails, *args, **kwargs):
            return lock(mails - theirs, *args, **kwargs)

        self._note(theirs)
        with self.mail_server() as sink:
            with patch.object(type(self.mails), "try_lock_for_update", skip_theirs):
                self._send_all()
            self.assertEqual(self._noted(), theirs.ids)
            self._send_all()
            self.assertNotIn("two@debtor.test", self._received(sink))

    def test_what_another_sender_has_is_left_to_it(self):
        lock = type(self.mails).try_lock_for_update
        theirs = self.mails[1]

        def locked(records, **kwargs):
            return lock(
                records - theirs if records._name == theirs._name else records, **kwargs
            )

        with self.mail_server() as sink:
            with patch.object(type(self.mails), "try_lock_for_update", locked):
                self._send_all()
            self.assertEqual(
                self._received(sink), ["one@debtor.test", "three@debtor.test"]
            )
            self.assertEqual(theirs.state, "outgoing")
            self._send_all()
            self.assertEqual(self._received(sink), sorted(self.addresses))

    def test_batches_are_committed_one_by_one(self):
        states = []

        def commit():
            self.env.flush_all()
            states.append(self.mails.mapped("state").count("sent"))

        with self.mail_server(), patch(f"{SENDING}.SENT_TOGETHER", 2):
            self.mails._relance_send_each(commit)
        self.assertEqual(states, [0, 2, 3])

    def test_what_other_addons_add_to_sending_is_called(self):
        called = []
        names = ("_send", "_prepare_outgoing_list", "_postprocess_sent_message")
        patches = []
        for name in names:
            original = getattr(type(self.mails), name)

            def noting(mails, *args, _name=name, _original=original, **kwargs):
                called.append((_name, mails.id))
                return _original(mails, *args, **kwargs)

            patches.append(patch.object(type(self.mails), name, noting))
        with self.mail_server():
            for each in patches:
                self.startPatcher(each)
            self._send_all()
        for name in names:
            self.assertEqual({i for n, i in called if n == name}, set(self.mails.ids))
