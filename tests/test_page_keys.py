"""The key of a debtor's page: in the e-mail to the debtor, and nowhere else."""

import base64
import re
from email import message_from_bytes, policy

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

    def _reply(self, reminder, message, head, body, **options):
        """Let the debtor reply; return all that is kept of it, files decoded."""
        raw = (
            "From: Ann <ann@debtor.test>\n"
            f"To: {self.catchall}\n"
            "Message-Id: <odd@debtor.test>\n"
            f"In-Reply-To: {message['Message-Id']}\n"
            "MIME-Version: 1.0\n" + head + "\n" + body
        )
        with mute_logger(*MAIL_LOGGERS):
            self.env["mail.thread"].message_process(None, raw, **options)
        [answer] = reminder.event_ids.filtered(lambda e: e.kind == "answer")
        said = answer.message_id
        kept = [answer.subject, answer.body, said.subject, said.body]
        for file in answer.attachment_ids:
            kept.append(file.raw.decode())
            mail = message_from_bytes(file.raw, policy=policy.default)
            for part in mail.walk():
                kept.append(part["Subject"])
                if not part.is_multipart():
                    kept.append((part.get_payload(decode=True) or b"").decode())
        return [str(text or "") for text in kept]

    def _check_hidden(self, kept, link):
        digits = link._get_token().split("-")[1]
        for text in kept:
            plain = re.sub(r"&gt;|<[^>]+>|[^0-9a-f]", "", text)
            self.assertNotIn(digits, plain, text)

    def _coded(self, text):
        return base64.encodebytes(text.encode()).decode()

    def test_a_link_cut_by_quoting_in_plain_text(self):
        reminder, link, message = self._sent_one()
        url = link._get_url()
        head = "Subject: Re\nContent-Type: text/plain; charset=utf-8\n"
        body = f"> {url[:-30]}\n> {url[-30:]}\n"
        kept = self._reply(reminder, message, head, body)
        self._check_hidden(kept, link)
        self.assertTrue(any(MARK in text for text in kept))

    def test_a_link_in_the_subject(self):
        reminder, link, message = self._sent_one()
        head = f"Subject: Fwd: {link._get_url()}\nContent-Type: text/plain\n"
        kept = self._reply(reminder, message, head, "See above.\n")
        self._check_hidden(kept, link)
        self.assertIn(MARK, kept[0])

    def test_a_link_in_the_original_that_is_kept(self):
        reminder, link, message = self._sent_one()
        head = (
            "Subject: Re\nContent-Type: text/html; charset=utf-8\n"
            "Content-Transfer-Encoding: base64\n"
        )
        body = self._coded(f"<p>Paid. {link._get_url()}</p>")
        kept = self._reply(reminder, message, head, body, save_original=True)
        self.assertGreater(len(kept), 4)
        self._check_hidden(kept, link)
        self.assertTrue(any("Paid." in text for text in kept[4:]))

    def test_a_link_in_an_attached_email_of_any_type(self):
        reminder, link, message = self._sent_one()
        subject = base64.b64encode(f"Fwd: {link._get_url()}".encode()).decode()
        inner = (
            f"Subject: =?utf-8?B?{subject}?=\nMIME-Version: 1.0\n"
            "Content-Type: text/html; charset=utf-8\n"
            "Content-Transfer-Encoding: base64\n\n"
            + self._coded(f"<p>Please pay: {link._get_url()}</p>")
        )
        head = 'Subject: Fwd\nContent-Type: multipart/mixed; boundary="part"\n'
        body = (
            "--part\nContent-Type: text/plain\n\nSee the file.\n--part\n"
            'Content-Type: application/octet-stream; name="original.eml"\n'
            'Content-Disposition: attachment; filename="original.eml"\n'
            "Content-Transfer-Encoding: base64\n\n" + self._coded(inner) + "--part--\n"
        )
        kept = self._reply(reminder, message, head, body)
        self.assertGreater(len(kept), 4)
        self._check_hidden(kept, link)
        self.assertTrue(any("Please pay" in text for text in kept[4:]))

    def test_a_key_in_nothing_but_the_coded_subject_of_an_attached_email(self):
        link = self.links._make_for_debtor(self._debtor("Ann SARL"), self.company)
        subject = base64.b64encode(f"Fwd: {link._get_url()}".encode()).decode()
        mail = f"Subject: =?utf-8?B?{subject}?=\r\n\r\nhello\r\n".encode()
        kept = self.env["relance.link.hiding"]._hide_in_content(mail, "a.eml")
        said = message_from_bytes(kept, policy=policy.default)["Subject"]
        self.assertIn(MARK, said)
        self.assertNotIn(link._get_token(), said)

    def test_an_attached_email_without_a_key_is_not_touched(self):
        hiding = self.env["relance.link.hiding"]
        mail = b"Subject: x\r\nX-Odd:  y\r\n\r\nnothing here\xff\r\n"
        self.assertIs(hiding._hide_in_content(mail, "a.eml"), mail)

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
