"""What a debtor wrote was written by them: nobody of ours writes it in their name."""

import email
import io
import zipfile
from email import policy

from odoo import Command
from odoo.exceptions import AccessError
from odoo.service.model import call_kw
from odoo.tests import freeze_time, tagged

from .common import TODAY
from .test_proof_file import ProofCase

SAID = "We acknowledge the debt of 10,000 EUR."
ARRIVING = f"""\
From: Debtor <debtor@debtor.test>
To: billing@creditor.test
Subject: Re: your reminder
Message-Id: <{{number}}@debtor.test>
Content-Type: text/plain; charset=utf-8

{SAID}
"""


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestForgedAnswers(ProofCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.call = cls._reminder(cls.invoice, phase="level_1", channel="phone")
        cls.payer = cls._debtor("Payer", parent_id=cls.debtor.id, is_company=False)
        cls.events = cls.env["relance.event"]

    def _dispute(self, user):
        reason = self.env["relance.dispute.reason"].search([], limit=1)
        disputes = self.env["relance.dispute"].with_user(self.officer)
        return disputes.create(
            {
                "partner_id": self.debtor.id,
                "move_line_ids": [Command.set(self._lines(self.invoice).ids)],
                "reason_id": reason.id,
                "amount": 100,
                "user_id": user.id,
            }
        )

    def _post(self, record, author=None, **values):
        values = {
            "message_type": "comment",
            "subtype_xmlid": "mail.mt_comment",
        } | values
        if author:
            values["author_id"] = author.id
        return call_kw(record, "message_post", [record.ids], {"body": SAID, **values})

    def _answers(self):
        return self.events.search(
            [("partner_id", "=", self.debtor.id), ("kind", "=", "answer")]
        )

    def test_an_officer_does_not_post_in_the_name_of_the_debtor(self):
        for author in (self.debtor, self.payer):
            with self.subTest(author.name), self.assertRaises(AccessError):
                self._post(self.call, author)
        self.assertFalse(self._answers())
        self.assertFalse(self.call.answer_state)

    def test_nor_does_a_salesperson_on_a_dispute(self):
        seller = self._new_user("seller", "relance_ar.group_relance_dispute")
        dispute = self._dispute(seller).with_user(seller)
        with self.assertRaises(AccessError):
            self._post(dispute, self.payer)
        self._post(dispute)  # a note in their own name
        self.assertFalse(self._answers())

    def test_an_address_of_nobody_is_no_answer_either(self):
        self._post(self.call, author_id=False, email_from="x@debtor.test")
        self.assertFalse(self._answers())
        self.assertFalse(self.call.answer_state)

    def test_no_message_of_theirs_is_made_or_signed_beside_the_history(self):
        messages = self.env["mail.message"].with_user(self.officer)
        values = {
            "model": "relance.reminder",
            "res_id": self.call.id,
            "message_type": "comment",
            "body": SAID,
        }
        with self.assertRaises(AccessError):
            messages.create({**values, "author_id": self.payer.id})
        note = messages.create(values)
        for change in ({"author_id": self.payer.id}, {"email_from": "x@debtor.test"}):
            with self.subTest(change), self.assertRaises(AccessError):
                note.write(change)
        dispute = self._dispute(self.officer)
        self.assertNotIn(SAID, str(dispute.messages))

    def _bring_in(self, user, number):
        thread = self.env["mail.thread"].with_user(user)
        raw = ARRIVING.format(number=number)
        values = {"thread_id": self.call.id}
        call_kw(thread, "message_process", ["relance.reminder", raw], values)
        return self._answers().sorted("id")[-1:]

    def test_who_brought_an_email_in_is_sealed_with_it(self):
        plain = self._new_user("plain", "base.group_user")
        for user in (self.officer, plain):
            with self.subTest(user.login):
                answer = self._bring_in(user, user.login)
                self.assertEqual(answer.headers["brought_by"], user.login)
        self.assertFalse(self._answers().chain_id.action_check())

    def test_the_gateway_brings_them_in_for_nobody(self):
        answer = self._bring_in(self.env.ref("base.user_root"), "gateway")
        self.assertNotIn("brought_by", answer.headers)

    def test_the_proof_file_tells_it(self):
        self._bring_in(self.officer, "officer")
        archive = zipfile.ZipFile(io.BytesIO(self._make().zip_id.raw))
        [name] = [name for name in archive.namelist() if name.endswith(".eml")]
        mail = email.message_from_bytes(archive.read(name), policy=policy.default)
        self.assertEqual(mail["X-Brought-By"], self.officer.login)
