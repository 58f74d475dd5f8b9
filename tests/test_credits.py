"""Credits are netted, and listed one by one: the debtor sees where they went."""

from odoo.tests import freeze_time, tagged

from .common import TODAY, RelanceCase, days


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestListedCredits(RelanceCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.debtor = cls._debtor()
        cls.invoice = cls._invoice(cls.debtor, days(-3), 1000)

    def _refund(self, amount, partner=None, **values):
        return self._invoice(
            partner or self.debtor, days(-1), amount, move_type="out_refund", **values
        )

    def _payment(self, amount, **values):
        payment = self.env["account.payment"].create(
            {
                "partner_id": self.debtor.id,
                "partner_type": "customer",
                "payment_type": "inbound",
                "amount": amount,
                "date": days(-2),
                "memo": "CHQ 4711",
                **values,
            }
        )
        payment.action_post()
        return payment

    def _assert_listed(self, html, *texts):
        for text in texts:
            self.assertIn(text, html)

    def test_the_e_mail_lists_each_credit_and_asks_for_the_net_total(self):
        refund = self._refund(80, ref="Broken pallet")
        payment = self._payment(120)
        reminder = self._plan()
        self.assertRecordValues(reminder, [{"amount_credit": 200, "amount_net": 800}])
        reminder.action_approve()
        with self.mail_server() as sink:
            reminder.action_send()
        [message] = sink.messages
        html = message.get_body(("html",)).get_content()
        self._assert_listed(html, f"{refund.name} (Broken pallet)", "-80.00")
        self._assert_listed(html, f"{payment.name} (CHQ 4711)", "-120.00")
        self._assert_listed(html, "02/15/2026", "03/16/2026", "800.00")

    def test_the_letter_lists_them_too(self):
        refund = self._refund(80)
        self.debtor.write({"email": False, "phone": False})
        scenario = self.scenario.copy({"name": "Own"})
        letter = self.env.ref("relance_ar.relance_channel_letter")
        for level in scenario.level_ids:
            level.channel_ids = letter
        self.debtor.relance_scenario_id = scenario
        reminder = self._plan()
        self.assertEqual(reminder.channel, "letter")
        html = self.env["ir.actions.report"]._render_qweb_html(
            "relance_ar.report_reminder_letter", reminder.ids
        )[0]
        self._assert_listed(html.decode(), refund.name, "-80.00", "920.00")

    def test_each_currency_lists_its_own(self):
        dollars = self.setup_other_currency("USD")
        self._invoice(self.debtor, days(-3), 500, currency_id=dollars)
        euros, other = self._refund(80), self._refund(30, currency_id=dollars)
        reminders = self._plan()
        found = {r.currency_id.name: r for r in reminders}
        self.assertIn(euros.name, found["EUR"].lines_table)
        self.assertNotIn(other.name, found["EUR"].lines_table)
        self.assertIn(other.name, found["USD"].lines_table)
        self.assertNotIn(euros.name, found["USD"].lines_table)
        self.assertEqual(found["USD"].amount_net, 470)

    def _two_agencies(self):
        """Return two reminders, to two addresses of a debtor with one credit."""
        debtor = self._debtor("Shared SA")
        for name in ("north", "south"):
            agency = self.env["res.partner"].create(
                {
                    "parent_id": debtor.id,
                    "type": "invoice",
                    "name": name,
                    "email": f"{name}@debtor.test",
                }
            )
            self._invoice(agency, days(-3), 1000)
        self._refund(100, debtor)
        reminders = self._plan().filtered(lambda r: r.partner_id == debtor)
        self.assertEqual(reminders.mapped("amount_net"), [950.0, 950.0])
        return reminders

    def test_a_credit_shared_by_two_messages_adds_up_in_each(self):
        for reminder in self._two_agencies():
            for text in ("-100.00", "Of which set against", "50.00", "950.00"):
                self.assertIn(text, reminder.lines_table)

    def test_the_credit_is_set_once_whatever_day_an_officer_plans(self):
        reminders = self._two_agencies()
        reminders.action_approve()
        reminders[0].date_planned = days(5)
        with self.mail_server():
            reminders[1].action_send()
        self.assertEqual(reminders[1].amount_net, 950.0)
        # The deadline that the first one granted is over, and its grace.
        with freeze_time(days(12)), self.mail_server():
            reminders[0].action_send()
        self.assertRecordValues(reminders, [{"state": "sent", "amount_net": 950.0}] * 2)

    def test_who_shares_the_credits_is_asked_once_for_a_batch(self):
        reminders = self._two_agencies()
        self._refund(50)
        more = self._plan()
        reminders = (reminders + more).sudo()
        self.env.flush_all()
        self.env.invalidate_all()
        reminders.mapped("run_id")
        with self.assertQueryCount(1):
            siblings = reminders.mapped("credit_sibling_ids")
        self.assertEqual(siblings, reminders[:2])

    def test_a_credit_that_replaces_another_of_the_same_amount_is_listed(self):
        first = self._refund(80)
        reminder = self._plan()
        self._register_payment(first, payment_date=TODAY)
        second = self._refund(80)
        self._plan()
        self.assertIn(second.name, reminder.lines_table)
        self.assertNotIn(first.name, reminder.lines_table)

    def test_a_credit_that_comes_after_the_approval_is_listed_as_it_leaves(self):
        reminder = self._plan()
        reminder.action_approve()
        refund = self._refund(80)
        with self.mail_server() as sink:
            reminder.action_send()
        html = sink.messages[0].get_body(("html",)).get_content()
        self._assert_listed(html, refund.name, "-80.00", "920.00")

    def test_what_was_said_is_kept_when_the_credit_is_matched_afterwards(self):
        refund = self._refund(80)
        reminder = self._plan()
        reminder.action_approve()
        with self.mail_server():
            reminder.action_send()
        self._lines(self.invoice, refund).reconcile()
        self.assertIn(refund.name, reminder.lines_table)
