"""The answers in the e-mail of a reminder: buttons that lead to a form, by a key."""

import re

from lxml import html

from odoo.tests import freeze_time, tagged

from .common import TODAY, RelanceCase, days

MARK = "/relance/personal-link"
FIRST, OTHERS = ("promise", "paid", "dispute"), ("approved", "copy", "contact")


@tagged("post_install", "-at_install")
@freeze_time(f"{TODAY} 09:00")
class TestButtons(RelanceCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.debtor = cls._debtor()
        cls.invoice = cls._invoice(cls.debtor, days(-3))

    def _send(self, reminders=None):
        reminders = self._plan() if reminders is None else reminders
        reminders.action_approve()
        with self.mail_server() as sink:
            reminders.action_send()
        return reminders, sink.messages

    def _part(self, message, kind="html"):
        return message.get_body((kind,)).get_content()

    def _links(self, message):
        page = html.fromstring(self._part(message))
        return [a.get("href") for a in page.xpath("//a[contains(@href, '/relance/')]")]

    def test_the_reminder_leads_to_the_page_and_to_each_answer(self):
        reminder, [message] = self._send()
        link = reminder.sudo().link_ids
        base = f"{reminder.get_base_url()}/relance/{link._get_token()}"
        self.assertEqual(
            self._links(message),
            [base, *(f"{base}/answer/{k}" for k in (*FIRST, *OTHERS))],
        )
        self.assertRecordValues(
            link,
            [
                {
                    "partner_id": self.debtor.id,
                    "contact_id": self.debtor.id,
                    "email": "debtor@debtor.test",
                    "company_id": self.company.id,
                    "expires_on": days(60),
                    "state": "active",
                }
            ],
        )

    def test_the_buttons_are_readable_as_plain_text(self):
        _reminder, [message] = self._send()
        plain = self._part(message, "plain")
        for words in ("See our account and pay", "We will pay on…", "Already paid"):
            self.assertIn(words, plain)
        self.assertEqual(len(re.findall(r"/relance/\d+-[0-9a-f]{40}", plain)), 7)
        self.assertNotIn(MARK, plain)

    def test_a_table_holds_them_and_says_that_it_is_one_for_the_eye(self):
        _reminder, [message] = self._send()
        page = html.fromstring(self._part(message))
        [table] = page.xpath("//table[.//a[contains(@href, '/answer/')]]")
        self.assertEqual(table.get("role"), "presentation")
        for link in table.iter("a"):
            self.assertTrue(link.text_content().strip())

    def test_the_key_is_in_no_message_that_is_kept(self):
        reminder, [message] = self._send()
        key = reminder.sudo().link_ids._get_token()
        self.assertIn(key, self._part(message))
        kept = [
            reminder.message_id.body,
            reminder.event_ids.body,
            *self.env["mail.mail"].sudo().search([]).mapped("body_html"),
            *reminder.message_ids.mapped("body"),
        ]
        self.assertEqual(len(kept), 4)
        for body in kept:
            self.assertNotIn(key, str(body))
        self.assertIn(MARK, str(reminder.message_id.body))
        self.assertEqual(reminder.event_ids.chain_id._find_breaks(), [])

    def test_each_e_mail_has_the_key_of_its_own_debtor(self):
        other = self._debtor("Other SA")
        self._invoice(other, days(-3))
        reminders, messages = self._send()
        self.assertEqual(len(messages), 2)
        for reminder in reminders:
            [message] = [m for m in messages if reminder.recipient in m["To"]]
            keys = set(re.findall(r"/relance/(\d+-[0-9a-f]{40})", self._part(message)))
            self.assertEqual(keys, {reminder.sudo().link_ids._get_token()})

    def test_the_mail_queue_puts_the_key_in_too(self):
        reminder = self._plan()
        reminder.action_approve()
        reminder.sudo()._queue()
        mails = reminder.sudo()._get_queued_mails()
        with self.mail_server() as sink:
            mails.with_context(relance_by_core=True).send()
        [message] = sink.messages
        self.assertIn(reminder.sudo().link_ids._get_token(), self._part(message))

    def test_a_preventive_reminder_asks_for_the_approval(self):
        self._register_payment(self.invoice)
        self._invoice(self.debtor, days(7))
        _reminder, [message] = self._send()
        answers = {url.rsplit("/", 1)[1] for url in self._links(message)[1:]}
        self.assertEqual(answers, {*FIRST, *OTHERS})
        page = html.fromstring(self._part(message))
        [table] = page.xpath("//table[.//a[contains(@href, '/answer/')]]")
        buttons = {a.get("href").rsplit("/", 1)[1] for a in table.iter("a")}
        self.assertTrue(buttons >= {"approved", "dispute", "copy"})

    def test_a_link_revoked_before_it_leaves_stays_dead(self):
        reminder = self._plan()
        reminder.action_approve()
        reminder.sudo()._queue()
        reminder.sudo().link_ids._revoke()
        with self.mail_server() as sink:
            reminder.sudo()._get_queued_mails()._relance_send_each(self.env.flush_all)
        self.assertIn(MARK, self._part(sink.messages[0]))

    def test_switched_off_nothing_is_added(self):
        self.company.relance_link_days = 0
        reminder, [message] = self._send()
        self.assertFalse(reminder.sudo().link_ids)
        self.assertEqual(self._links(message), [])
        self.assertNotIn("one click", self._part(message))

    def test_a_letter_and_a_call_carry_no_key(self):
        reminder = self._plan()
        reminder.channel = "letter"
        body = reminder._get_letter_html()
        self.assertNotIn("/relance/", str(body))
        self.assertFalse(reminder.sudo().link_ids)

    def test_the_number_of_queries_does_not_grow_with_the_links(self):
        for number in range(11):
            self._invoice(self._debtor(f"d{number} SA"), days(-3))
        reminders = self._plan()
        reminders.action_approve()
        reminders.sudo()._queue()
        mails = reminders.sudo()._get_queued_mails()
        self._count(mails[:2])  # what is read once for the process
        self.assertEqual(self._count(mails), self._count(mails[:2]))

    def _count(self, mails):
        """Return how many queries it takes to find the keys of e-mails."""
        self.env.flush_all()
        self.env.invalidate_all()
        start = self.env.cr.sql_log_count
        self.assertEqual(len(mails._relance_load_tokens()), len(mails))
        return self.env.cr.sql_log_count - start
