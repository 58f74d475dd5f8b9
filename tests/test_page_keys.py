"""The key of a debtor's page: in the e-mail to the debtor, and nowhere else."""

import base64

from odoo.tests import freeze_time, tagged
from odoo.tools import mute_logger

from .common import TODAY
from .test_mail_reality import MAIL_LOGGERS, MailCase

REPLY = """\
From: Ann <ann@debtor.test>
To: {to}
Subject: Re: payment reminder
Message-Id: <{rank}@debtor.test>
In-Reply-To: {reference}
MIME-Version: 1.0
Content-Type: multipart/mixed; boundary="part"

--part
Content-Type: text/html; charset=utf-8

<p>Paid.</p><blockquote><a href="{url}">{url}</a>
<a href="https://safe.test/?u=https%3A%2F%2Fx%2Frelance%2F{key}">y</a></blockquote>
--part
Content-Type: text/plain; charset=utf-8
Content-Disposition: attachment; filename="quoted.txt"

> {url}
--part
Content-Type: message/rfc822

Subject: what we received
MIME-Version: 1.0
Content-Type: text/plain; charset=utf-8
Content-Transfer-Encoding: base64

{coded}
--part--
"""
MARK = "/relance/personal-link"


@tagged("post_install", "-at_install")
@freeze_time(f"{TODAY} 09:00")
class TestKeys(MailCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.links = cls.env["relance.link"].sudo()

    def _sent_one(self):
        reminder = self._approved()
        [message] = self._send(reminder)
        return reminder, reminder.sudo().link_ids, message

    def test_a_reply_that_quotes_the_link_brings_no_key_into_the_history(self):
        reminder, link, message = self._sent_one()
        key = link._get_token()
        self.assertIn(key, message.get_body(("html",)).get_content())
        self._process(
            REPLY,
            to=self.catchall,
            reference=message["Message-Id"],
            url=link._get_url(),
            key=key,
            coded=base64.encodebytes(f"see {link._get_url()} .".encode()).decode(),
        )
        answer = reminder.event_ids.filtered(lambda e: e.kind == "answer")
        self.assertIn("Paid.", answer.body)
        self.assertIn(MARK, answer.body)
        self.assertIn("%2Frelance%2Fpersonal-link", answer.body)
        files = [file.raw.decode() for file in answer.attachment_ids]
        self.assertEqual(len(files), 2)
        for text in files:
            self.assertIn(MARK, text)
        kept = [
            answer.body,
            *files,
            *reminder.message_ids.mapped("body"),
            *reminder.activity_ids.mapped("note"),
        ]
        for text in kept:
            self.assertNotIn(key, str(text))

    def test_a_note_with_a_key_keeps_none_either(self):
        reminder, link, _message = self._sent_one()
        note = reminder.with_user(self.officer).message_post(body=link._get_url())
        self.assertNotIn(link._get_token(), note.body)
        self.assertIn(MARK, note.body)

    def _template(self, model):
        """Return a template that an officer made to write to themselves."""
        return (
            self.env["mail.template"]
            .with_user(self.officer)
            .create(
                {
                    "name": "mine",
                    "model_id": self.env["ir.model"]._get_id(model),
                    "subject": "mine",
                    "email_to": "officer@creditor.test",
                    "email_from": "officer@creditor.test",
                    "use_default_to": False,
                    "body_html": f"<p>http://x{MARK}</p>",
                    "auto_delete": False,
                }
            )
        )

    def _bodies(self, mails):
        with self.mail_server() as sink, mute_logger(*MAIL_LOGGERS):
            mails.send()
        return [m.get_body(("html",)).get_content() for m in sink.messages]

    def test_a_template_of_an_officers_own_gets_no_key(self):
        reminder, link, _message = self._sent_one()
        by_hand = self.links._make_for_debtor(reminder.partner_id, self.company)
        for record in (reminder, by_hand, link):
            template = self._template(record._name)
            mine = template.send_mail(record.id, force_send=False)
            [body] = self._bodies(self.env["mail.mail"].sudo().browse(mine))
            self.assertIn(MARK, body)
            self.assertNotRegex(body, r"/relance/\d+-[0-9a-f]{40}")

    def test_our_own_template_sent_elsewhere_gets_no_key(self):
        reminder, _link, _message = self._sent_one()
        by_hand = self.links._make_for_debtor(reminder.partner_id, self.company)
        template = self.env.ref("relance_ar.mail_template_link").sudo()
        template.email_to = "officer@creditor.test"
        by_hand._send()
        mails = self.env["mail.mail"].sudo().search([("model", "=", "relance.link")])
        [body] = self._bodies(mails)
        self.assertNotRegex(body, r"/relance/\d+-[0-9a-f]{40}")

    def test_the_link_that_is_sent_to_its_debtor_has_its_key(self):
        reminder, _link, _message = self._sent_one()
        by_hand = self.links._make_for_debtor(reminder.partner_id, self.company)
        by_hand._send()
        mails = self.env["mail.mail"].sudo().search([("model", "=", "relance.link")])
        [body] = self._bodies(mails)
        self.assertIn(by_hand._get_token(), body)

    def test_a_copy_to_somebody_else_takes_the_key_out(self):
        reminder = self._approved()
        reminder.level_id.mail_template_id.sudo().email_cc = "officer@creditor.test"
        [message] = self._send(reminder)
        self.assertIn("officer@creditor.test", message["Cc"])
        body = message.get_body(("html",)).get_content()
        self.assertNotRegex(body, r"/relance/\d+-[0-9a-f]{40}")
