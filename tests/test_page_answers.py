"""What a debtor answers on their page is what an officer would have typed."""

from lxml import html

from odoo import Command
from odoo.tests import freeze_time, tagged

from .common import OTHER_SIREN, TODAY, days
from .page_case import PDF, PNG, PageCase


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestPromises(PageCase):
    def test_a_promise_is_one_like_all_others(self):
        response = self._post(
            "promise", date=str(days(5)), text="By transfer", author="Ms Roux"
        )
        self.assertEqual(response.status_code, 303)
        promise = self._of_debtor("relance.promise")
        self.assertRecordValues(
            promise,
            [
                {
                    "state": "open",
                    "source": "portal",
                    "date": days(5),
                    "amount": 1000.0,
                    "promised_by": "Ms Roux",
                    "note": "By transfer",
                    "is_pausing": True,
                    "reminder_id": self.reminder.id,
                    "user_id": self.officer.id,
                }
            ],
        )
        self.assertEqual(promise.move_line_ids, self.late)
        [answer] = self.env["relance.run"].explain(self.late, TODAY)
        self.assertFalse(answer["due"])
        page = self._text(self._get(done="promise"))
        self.assertIn("We have noted the day", page)
        self.assertIn("1,000.00 € promised for 03/23/2026", page.replace("\xa0", " "))

    def test_the_officer_is_told_and_the_words_are_sealed(self):
        self.reminder._record_contact()
        self._post("promise", date=str(days(5)), author="Ms Roux", text="Sure")
        self.assertRecordValues(self.reminder, [{"answer_state": "unread"}])
        [task] = self.reminder.activity_ids
        self.assertEqual(task.user_id, self.officer)
        self.assertIn("Ms Roux", task.note)
        event = self.reminder.event_ids.filtered(lambda e: e.kind == "answer")
        self.assertRecordValues(
            event,
            [{"kind": "answer", "partner_id": self.debtor.id, "files": False}],
        )
        for said in ("Ms Roux", "Sure", self.invoice.name, "03/23/2026"):
            self.assertIn(said, event.body)
        self.assertEqual(event.chain_id._find_breaks(), [])
        self.assertTrue(self.link.last_used_on)
        # Read as the officer, with their rights.
        mine = self.answers.search([]).with_user(self.officer)
        self.assertEqual(mine.promise_id.state, "open")

    def test_a_part_is_promised_in_the_way_people_write_amounts(self):
        self._post("promise", date="23/03/2026", amount="600,50 €")
        self.assertRecordValues(
            self._of_debtor("relance.promise"),
            [{"amount": 600.5, "date": days(5)}],
        )

    def test_an_amount_in_another_currency_is_not_guessed(self):
        for typed in ("100 USD", "$50", "non 50", "12.34 GBP"):
            response = self._post("promise", date="23/03/2026", amount=typed)
            self.assertEqual(response.status_code, 422, typed)
        self.assertFalse(self._of_debtor("relance.promise"))
        response = self._post("promise", date="23/03/2026", amount="600,50 euros")
        self.assertEqual(response.status_code, 303)
        self.assertEqual(self._of_debtor("relance.promise").amount, 600.5)

    def test_what_cannot_be_promised_is_said_and_nothing_is_kept(self):
        for typed, words in (
            ({"date": ""}, "on which day"),
            ({"date": str(days(-1))}, "on which day"),
            ({"date": str(days(400))}, "on which day"),
            ({"date": str(days(5)), "amount": "1000.01"}, "higher than what is owed"),
        ):
            response = self._post("promise", **typed)
            self.assertEqual(response.status_code, 422)
            self.assertIn(words, response.text)
        none = self._post("promise", lines=self.late.browse(), date=str(days(5)))
        self.assertIn("Choose the invoices", none.text)
        self.assertFalse(self._of_debtor("relance.promise"))
        self.assertFalse(self.answers.search([]))
        self.assertFalse(self.reminder.event_ids)

    def test_invoices_in_two_currencies_are_promised_one_by_one(self):
        other = self.setup_other_currency("USD")
        invoice = self._invoice(self.debtor, days(-5), 50, currency_id=other.id)
        lines = self.late + self._lines(invoice)
        response = self._post("promise", lines=lines, date=str(days(5)))
        self.assertIn("one currency at a time", response.text)
        self.assertEqual(self._get().text.count('<form method="get"'), 2)

    def test_promised_too_often_reminders_go_on(self):
        for number in range(3):
            day = days(number + 1)
            with freeze_time(days(number)):
                self._post("promise", date=str(day))
        promises = self._of_debtor("relance.promise").sorted("id")
        self.assertEqual(promises.mapped("is_pausing"), [True, True, False])

    def test_a_customer_in_proceedings_neither_pays_nor_promises(self):
        self.debtor.sudo().solvency_state = "insolvency"
        page = self._get()
        self.assertIn("insolvency proceedings", page.text)
        self.assertNotIn("/answer/promise", page.text)
        self.assertNotIn("overdue=", page.text)
        self.assertEqual(self._get("/pay", line=self.late.id).status_code, 404)
        self.assertNotIn("<button", self._main(self._get("/answer/promise")))
        data = {
            "csrf_token": self._form(self._get("/answer/copy"))["csrf_token"],
            "line": self.late.ids,
            "date": str(days(5)),
        }
        self.assertEqual(self._send("/answer/promise", data).status_code, 422)
        self.assertFalse(self._of_debtor("relance.promise"))

    def _main(self, response):
        return html.tostring(html.fromstring(response.text).xpath("//main")[0]).decode()


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestDisputes(PageCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.seller = cls._new_user("seller", "relance_ar.group_relance_dispute")
        cls.invoice.invoice_user_id = cls.seller
        cls.reason = cls.env.ref("relance_ar.dispute_reason_quantity")

    def _dispute(self, **typed):
        typed = {"reason": self.reason.id, "text": "One is missing.", **typed}
        return self._post("dispute", **typed)

    def test_a_dispute_goes_to_the_salesperson_with_its_files(self):
        files = [("bon de livraison.pdf", PDF), ("photo.PNG", PNG)]
        self.assertEqual(self._dispute(amount="200", files=files).status_code, 303)
        dispute = self._of_debtor("relance.dispute")
        self.assertRecordValues(
            dispute,
            [
                {
                    "state": "open",
                    "source": "portal",
                    "amount": 200.0,
                    "reason_id": self.reason.id,
                    "description": "One is missing.",
                    "user_id": self.seller.id,
                    "officer_id": self.officer.id,
                    "reminder_id": self.reminder.id,
                }
            ],
        )
        message = dispute.with_user(self.seller).message_ids.filtered("attachment_ids")
        self.assertEqual(
            sorted(message.attachment_ids.mapped("name")),
            ["bon de livraison.pdf", "photo.png"],
        )
        self.assertIn(PDF, message.attachment_ids.mapped("raw"))
        self.assertIn(self.seller, dispute.activity_ids.user_id)
        event = self.reminder.event_ids
        self.assertEqual(len(event.files), 2)
        self.assertTrue(all(len(file["sha256"]) == 64 for file in event.files))
        page = self._text(self._get())
        self.assertIn("Disputed: 200.00", page.replace("\xa0", " "))
        self.assertIn("Wrong quantity", page)

    def test_what_cannot_be_disputed_is_said(self):
        for typed, words in (
            ({"reason": ""}, "Choose a reason"),
            ({"reason": "999999"}, "Choose a reason"),
            ({"text": " \n "}, "in a few words"),
            ({"amount": "5000"}, "higher than what is owed"),
        ):
            response = self._dispute(**typed)
            self.assertEqual(response.status_code, 422)
            self.assertIn(words, response.text)
        self.assertFalse(self._of_debtor("relance.dispute"))

    def test_what_is_disputed_cannot_be_disputed_again(self):
        self._dispute()
        response = self._dispute(text="Again")
        self.assertIn("Nothing is owed", response.text)
        self.assertEqual(len(self._of_debtor("relance.dispute")), 1)

    def test_a_second_dispute_of_what_was_settled_is_for_the_officer_to_decide(self):
        self._dispute()
        dispute = self._of_debtor("relance.dispute")
        dispute.with_user(self.officer)._move("_conclude", "confirmed", 0)
        self.assertEqual(dispute.state, "resolved")
        self.reminder.action_answer_read()
        response = self._dispute(text="We insist.")
        self.assertEqual(response.status_code, 303)
        self.assertEqual(self._of_debtor("relance.dispute"), dispute)
        self.assertIn("We insist.", self.reminder.event_ids.sorted("id")[-1].body)
        self.assertEqual(self.reminder.answer_state, "unread")


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestOtherAnswers(PageCase):
    def _holds(self):
        holds = self.env["relance.line.hold"]
        return holds.search([("move_line_id", "in", self.late.ids)])

    def test_already_paid_waits_some_days_and_promises_nothing(self):
        files = [("ordre.pdf", PDF)]
        response = self._post("paid", date=str(days(-1)), text="VIR 12", files=files)
        self.assertEqual(response.status_code, 303)
        self.assertFalse(self._of_debtor("relance.promise"))
        [hold] = self._holds()
        self.assertEqual(hold.date_until, days(self.company.relance_promise_tolerance))
        self.assertIn("03/17/2026", hold.reason)
        self.assertEqual(len(self.reminder.event_ids.files), 1)
        [file] = self.reminder.event_ids.attachment_ids
        self.assertEqual(file.res_model, "relance.reminder")

    def test_already_paid_tomorrow_is_refused(self):
        response = self._post("paid", date=str(days(1)))
        self.assertIn("today or earlier", response.text)
        self.assertFalse(self._holds())

    def test_already_paid_again_and_again_holds_no_more(self):
        for number in range(3):
            with freeze_time(days(5 * number)):
                self._post("paid", date=str(days(5 * number)))
        with freeze_time(days(10)):
            self.assertFalse(self._holds().filtered("is_running"))
        self.assertEqual(len(self.reminder.event_ids), 3)

    def test_a_longer_hold_is_not_shortened(self):
        long = self.env["relance.line.hold"]._hold(self.late, "deal", days(30))
        self._post("paid", date=str(TODAY))
        self.assertEqual(self._holds().filtered("active"), long)

    def test_approved_before_the_due_date_is_noted_on_the_preventive_step(self):
        reminder = self._sent(self.debtor, self.coming, phase="preventive")
        link = self.links._make_for_reminders(reminder)
        base = f"/relance/{link._get_token()}"
        self._post(
            "approved", base=base, lines=self.next, date=str(days(9)), author="Ms Roux"
        )
        self.assertRecordValues(
            reminder,
            [
                {
                    "bill_received": "yes",
                    "bill_approved": "yes",
                    "bill_approved_by": "Ms Roux",
                    "payment_run_on": days(9),
                    "answer_state": "unread",
                }
            ],
        )
        self.assertFalse(self._of_debtor("relance.promise"))

    def test_approved_when_late_the_payment_run_is_a_promise(self):
        self._post("approved", date=str(days(4)), text="Run of Friday")
        promise = self._of_debtor("relance.promise")
        self.assertRecordValues(
            promise, [{"date": days(4), "amount": 1000.0, "source": "portal"}]
        )
        self.assertIn("Run of Friday", promise.note)

    def test_approved_without_a_day_is_told_only(self):
        self._post("approved")
        self.assertFalse(self._of_debtor("relance.promise"))
        self.assertEqual(self.reminder.answer_state, "unread")

    def test_a_copy_is_asked_for(self):
        self.assertEqual(self._post("copy").status_code, 303)
        self.assertIn(self.invoice.name, self.reminder.event_ids.body)

    def test_another_contact_is_checked_by_a_person(self):
        response = self._post(
            "contact",
            name="Ms Roux",
            email="ROUX@debtor.test",
            phone="+33 1 99",
            lines=self.late.browse(),
        )
        self.assertEqual(response.status_code, 303)
        kinds = self.reminder.activity_ids.activity_type_id
        repair = self.env.ref("relance_ar.mail_activity_type_repair")
        self.assertIn(repair, kinds)
        task = self.reminder.activity_ids.filtered(
            lambda a: a.activity_type_id == repair
        )
        self.assertIn("roux@debtor.test", task.note)
        self.assertFalse(
            self.env["res.partner"].search([("email", "ilike", "roux@debtor.test")])
        )

    def test_a_contact_without_address_is_refused(self):
        none = self.late.browse()
        response = self._post("contact", name="Ms Roux", email="no", lines=none)
        self.assertEqual(response.status_code, 422)
        self.assertFalse(self.answers.search([]))

    def test_what_is_handed_over_is_told_and_stays_as_it_is(self):
        action = self.late.with_user(self.manager).action_relance_litigate()
        case = self.env["relance.litigation"].browse(action["res_id"])
        case = case.with_user(self.manager)
        case.route_id = self.env.ref("relance_ar.litigation_route_injunction")
        case.court = "Tribunal de commerce de Paris"
        case.action_hand_over()
        hold = self._holds()
        self.assertEqual(self._post("paid", date=str(TODAY)).status_code, 303)
        reason = self.env.ref("relance_ar.dispute_reason_other").id
        self._post("dispute", reason=reason, text="No")
        self.assertEqual(self._holds(), hold)
        self.assertFalse(self._of_debtor("relance.dispute"))
        self.assertEqual(len(self.reminder.event_ids), 2)


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestWithoutReminder(PageCase):
    """A link made by an officer, and portal users: nobody was reminded."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.reminder.state = "cancelled"
        cls.user = cls._portal_user(
            cls.env["res.partner"].create(
                {"name": "Buyer", "parent_id": cls.debtor.id, "email": "b@debtor.test"}
            )
        )

    def test_an_officer_makes_a_link_and_hands_it_over(self):
        mine = self.debtor.with_user(self.officer)
        link = self.env["relance.link"].browse(mine.action_relance_new_link()["res_id"])
        link = link.with_user(self.officer)
        self.assertTrue(link.url.endswith(link._get_token()))
        self.assertEqual(link.expires_on, days(60))
        link.action_send()
        mail = self.env["mail.mail"].sudo().search([("model", "=", "relance.link")])
        self.assertEqual(mail.email_to, "debtor@debtor.test")
        base = f"/relance/{link._get_token()}"
        self._post("promise", base=base, date=str(days(5)))
        self._assert_told_on_debtor()

    def _assert_told_on_debtor(self):
        self.assertEqual(len(self._of_debtor("relance.promise")), 1)
        kind = self.env.ref("relance_ar.mail_activity_type_page")
        task = self.debtor.activity_ids.filtered(lambda a: a.activity_type_id == kind)
        self.assertEqual(task.user_id, self.officer)
        event = self.env["relance.event"].search(
            [("partner_id", "=", self.debtor.id), ("kind", "=", "answer")]
        )
        self.assertEqual(len(event), 1)
        self.assertIn(self.invoice.name, event.body)
        self.assertTrue(event.lines)

    def test_another_officer_link_is_made_by_rights_only(self):
        plain = self._new_user("plain", "base.group_user")
        with self.assertRaises(Exception) as caught:
            self.debtor.with_user(plain).action_relance_new_link()
        self.assertEqual(type(caught.exception).__name__, "AccessError")

    def test_a_portal_user_has_the_same_page(self):
        self.authenticate("portal_debtor", "portal_debtor")
        home = self._get("/my/relance", base="")
        self.assertEqual(home.status_code, 303)
        base = f"/my/relance/{self.company.id}"
        self.assertTrue(home.headers["Location"].endswith(base))
        text = self._text(self._get(base=base))
        self.assertIn(self.invoice.name, text)
        self.assertNotIn(self.foreign.name, text)
        response = self._post("promise", base=base, date=str(days(5)))
        self.assertEqual(response.status_code, 303)
        self._assert_told_on_debtor()
        self.assertEqual(self.answers.search([]).contact_id, self.user.partner_id)

    def test_the_card_counts_at_home(self):
        self.authenticate("portal_debtor", "portal_debtor")
        self.assertIn("/my/relance", self.url_open("/my/home").text)
        found = self.make_jsonrpc_request(
            "/my/counters", {"counters": ["relance_count"]}
        )
        self.assertEqual(found["relance_count"], 2)

    def test_portal_users_of_others_and_the_public_are_kept_out(self):
        base = f"/my/relance/{self.company.id}"
        response = self._get(base=base)
        self.assertEqual(response.status_code, 303)
        self.assertIn("/web/login", response.headers["Location"])
        self._portal_user(self._debtor("Paid SA"), "portal_paid")
        self.authenticate("portal_paid", "portal_paid")
        self.assertEqual(self._get(base=base).status_code, 404)
        self.assertEqual(self._get(base="/my/relance/999999").status_code, 404)
        self._portal_user(self.stranger, "portal_other")
        self.authenticate("portal_other", "portal_other")
        self.assertNotIn(self.invoice.name, self._get(base=base).text)
        path = f"/invoice/{self.invoice.id}"
        self.assertEqual(self._get(path, base=base).status_code, 404)

    def test_what_companies_of_a_group_owe_each_other_is_not_for_all_colleagues(self):
        other = self._create_company(name="Other SAS")
        mine = self.company.partner_id
        owed = self._invoice(mine, days(-5), 66, company_id=other.id)
        plain = self._new_user("plain", "base.group_user")
        plain.partner_id.parent_id = mine
        self.assertEqual(owed.commercial_partner_id, plain.commercial_partner_id)
        self.authenticate(plain.login, plain.login)
        for path in ("/my/relance", f"/my/relance/{other.id}"):
            response = self._get(path, base="")
            self.assertEqual(response.status_code, 404)
            self.assertNotIn(owed.name, response.text)

    def test_a_customer_of_two_companies_chooses(self):
        other = self._create_company(name="Other SAS")
        self._invoice(self.debtor, days(-5), 66, company_id=other.id)
        self.authenticate("portal_debtor", "portal_debtor")
        text = self._get("/my/relance", base="").text
        self.assertIn("Other SAS", text)
        page = self._text(self._get(base=f"/my/relance/{other.id}"))
        self.assertIn("66.00", page)
        self.assertNotIn("1,000.00", page)


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestWhatThePageSays(PageCase):
    def test_credits_and_settled_invoices(self):
        refund = self._create_invoice_one_line(
            move_type="out_refund",
            partner_id=self.debtor,
            price_unit=120,
            tax_ids=[],
            invoice_date=TODAY,
            post=True,
        )
        text = self._text(self._get()).replace("\xa0", " ")
        self.assertIn("In your favour", text)
        self.assertIn(refund.name, text)
        self.assertIn("1,180.00 €", text)  # the balance
        self.assertIn(f"/invoice/{refund.id}", self._get().text)

    def test_penalties_show_once_they_were_asked_for(self):
        self.reminder.level_id.sudo().claim_penalties = False
        self.assertNotIn("late-payment interest", self._get().text)
        firm = self._sent(self.debtor, self.invoice, phase="formal_notice")
        self.assertTrue(firm.level_id.claim_penalties)
        text = self._text(self._get()).replace("\xa0", " ")
        self.assertIn("late-payment interest", text)
        self.assertIn("40.00 €", text)

    def test_nothing_owed_is_said(self):
        self._register_payment(self.invoice)
        self._register_payment(self.coming)
        self.assertIn("Nothing is owed", self._get().text)
        self.assertIn("Nothing is owed", self._get("/answer/promise").text)

    def test_the_page_speaks_the_language_of_the_debtor_and_can_be_switched(self):
        self.assertIn('lang="en-US"', self._get().text)
        self.link.lang = "fr_FR"
        self.assertIn('lang="fr-FR"', self._get().text)
        self.assertIn('lang="en-US"', self._get(lang="en_US").text)
        self.assertIn('lang="en-US"', self._get("/answer/promise").text)
        self.assertIn('lang="fr-FR"', self._get(lang="fr_FR").text)
        self.assertIn('lang="fr-FR"', self._get(lang="xx").text)

    def test_every_field_has_a_label_and_every_page_one_title(self):
        for path in ("", *(f"/answer/{k}" for k in ("promise", "dispute", "contact"))):
            page = html.fromstring(self._get(path).text)
            self.assertEqual(len(page.xpath("//h1")), 1, path)
            labels = set(page.xpath("//main//label/@for"))
            fields_ = page.xpath(
                "//main//*[self::input or self::select or self::textarea]"
                "[not(@type='hidden')]"
            )
            self.assertTrue(fields_)
            self.assertFalse({f.get("id") for f in fields_} - labels, path)

    def test_internal_words_stay_inside(self):
        dispute = self.env["relance.dispute"].create(
            {
                "move_line_ids": [Command.set(self.late.ids)],
                "reason_id": self.env.ref("relance_ar.dispute_reason_price").id,
                "amount": 10,
                "asked": "Is this customer lying?",
                "answer": "Between us: yes.",
            }
        )
        dispute.message_post(body="Do not tell them.")
        self.debtor.write({"comment": "bad payer", "company_registry": OTHER_SIREN})
        text = self._get().text
        for words in ("lying", "Between us", "Do not tell", "bad payer"):
            self.assertNotIn(words, text)
