"""Who may look at the personal page of a debtor, and what they reach: nothing else."""

import re
from unittest.mock import patch

from lxml import html

from odoo.exceptions import AccessError, ConcurrencyError
from odoo.tests import freeze_time, tagged
from odoo.tools import mute_logger

from odoo.addons.relance_ar.controllers import page_base

from .common import TODAY, days
from .page_case import (
    HTTP_LOGGER,
    PDF,
    PNG,
    SCRIPT,
    PageCase,
    deflated,
    office_file,
    pdf_file,
    png_file,
    png_head,
)

ANSWERS = ("promise", "dispute", "paid", "approved", "copy", "contact")
PATHS = ("", "/invoice/1", "/invoices", "/pay", *(f"/answer/{k}" for k in ANSWERS))


def page_of(response):
    """Return what a page says, without what differs from one request to the next."""
    text = re.sub(r"csrf_token[^,}<>]*", "", response.text)
    return re.sub(r"/relance/[^\"'<>\s/?]+|[0-9a-f]{32,}", "", text)


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestKeys(PageCase):
    """The key: wrong, revoked, of somebody else, tampered with."""

    def _assert_refused(self, base, path=""):
        response = self._get(path, base=base)
        self.assertEqual(response.status_code, 404, (base, path))
        self.assertNotIn(self.debtor.name, response.text)
        self.assertNotIn(self.invoice.name, response.text)
        return response

    def test_the_key_opens_the_page_of_its_debtor(self):
        response = self._get()
        self.assertEqual(response.status_code, 200)
        text = self._text(response)
        for said in (
            self.debtor.name,
            self.invoice.name,
            "1,000.00",
            "300.00",
            self.bank.acc_number,
        ):
            self.assertIn(said, text)
        self.assertNotIn(self.foreign.name, text)

    def test_keys_that_lead_nowhere_get_the_same_answer(self):
        """None, malformed, unknown, tampered, revoked: nobody learns which it was."""
        token = self.link._get_token()
        key, mac = token.split("-")
        revoked = self.links._make_for_reminders(self.reminder)
        revoked._revoke()
        other = self.links._make_for_reminders(self._sent(self.stranger, self.foreign))
        flipped = mac[:-1] + ("0" if mac[-1] != "0" else "1")
        wrong = [
            "nothing",
            "personal-link",
            f"{key}-{'0' * 40}",
            f"{key}-{flipped}",
            f"{key}-{mac.upper()}x",
            f"{other.id}-{mac}",
            f"999999999-{mac}",
            f"{key}-",
            mac,
            f" {token}",
            f"{token}%00",
            revoked._get_token(),
        ]
        pages = {page_of(self._assert_refused(f"/relance/{key}")) for key in wrong}
        self.assertEqual(len(pages), 1)

    def test_no_address_of_the_page_opens_without_a_key(self):
        self.link._revoke()
        for path in PATHS:
            self._assert_refused(self.base, path)

    def test_answers_without_a_key_record_nothing(self):
        csrf = self._form(self._get("/answer/promise"))["csrf_token"]
        self.link._revoke()
        data = {"csrf_token": csrf, "line": self.late.ids, "date": str(days(5))}
        self.assertEqual(self._send("/answer/promise", data).status_code, 404)
        self.assertFalse(self._of_debtor("relance.promise"))

    def test_the_key_of_one_debtor_does_not_reach_another(self):
        for path in (
            f"/invoice/{self.foreign.id}",
            f"/pay?line={self._lines(self.foreign).id}",
        ):
            response = self._get(path)
            self.assertEqual(response.status_code, 404, path)
            self.assertNotIn(self.foreign.name, response.text)
        response = self._post(
            "promise", lines=self.late + self._lines(self.foreign), date=str(days(5))
        )
        self.assertEqual(response.status_code, 422)
        self.assertFalse(self.answers.search([]))
        self.assertFalse(self.env["relance.promise"].search([]))

    def test_a_subsidiary_is_another_debtor(self):
        child = self._debtor("Child SA", parent_id=self.debtor.id)
        owed = self._invoice(child, days(-5), 55)
        self.assertEqual(child.commercial_partner_id, child)
        self.assertNotIn(owed.name, self._get().text)
        self.assertEqual(self._get(f"/invoice/{owed.id}").status_code, 404)

    def test_invoices_of_another_company_are_out_of_reach(self):
        other = self._create_company(name="Other SAS")
        owed = self._invoice(self.debtor, days(-5), 66, company_id=other.id)
        line = self._lines(owed)
        self.assertEqual(owed.company_id, other)
        self.assertNotIn("66.00", self._get().text)
        self.assertEqual(self._get(f"/invoice/{owed.id}").status_code, 404)
        self.assertEqual(self._get(f"/pay?line={line.id}").status_code, 404)
        response = self._post("promise", lines=line, date=str(days(5)))
        self.assertEqual(response.status_code, 422)

    def test_drafts_bills_and_entries_are_no_documents(self):
        draft = self.invoice.copy()
        bill = self._create_invoice_one_line(
            move_type="in_invoice",
            partner_id=self.debtor,
            price_unit=5,
            invoice_date=TODAY,
            post=True,
        )
        for move in (draft, bill):
            self.assertEqual(self._get(f"/invoice/{move.id}").status_code, 404)

    def test_the_key_is_a_signature_that_nobody_reads(self):
        token = self.link._get_token()
        self.env.cr.execute(
            "SELECT to_jsonb(l)::text FROM relance_link l WHERE id = %s",
            (self.link.id,),
        )
        [stored] = self.env.cr.fetchone()
        self.assertNotIn(token.split("-")[1], stored)
        mine = self.link.with_user(self.officer)
        with self.assertRaises(AccessError):
            mine.read(["nonce"])
        self.assertFalse(mine.url)  # of a reminder: only its debtor has it
        self.link.nonce = "another"
        self.assertNotEqual(self.link._get_token(), token)
        self._assert_refused(f"/relance/{token}")

    def test_a_link_dies_with_its_contact_and_its_customer(self):
        person = self.env["res.partner"].create(
            {"name": "P", "parent_id": self.debtor.id, "email": "p@debtor.test"}
        )
        self.link.contact_id = person
        self.assertEqual(self._get().status_code, 200)
        person.parent_id = self.stranger
        self._assert_refused(self.base)
        person.parent_id = self.debtor
        self.assertEqual(self._get().status_code, 200)
        person.active = False
        self._assert_refused(self.base)
        person.active = True
        self._assert_refused(self.base)  # revoked for good

    def test_a_link_dies_when_two_customers_become_one(self):
        merge = self.env["base.partner.merge.automatic.wizard"]
        merge = merge.with_user(self.env.ref("base.user_admin")).create({})
        merge._merge((self.debtor + self.stranger).ids, self.stranger)
        self.env.invalidate_all()
        response = self._get()
        self.assertEqual(response.status_code, 404)
        self.assertNotIn(self.foreign.name, response.text)

    def test_switched_off_no_page_opens(self):
        self.company.relance_link_days = 0
        self._assert_refused(self.base)

    def test_an_officer_revokes_all_the_links_of_a_customer(self):
        mine = self.debtor.with_user(self.officer)
        second = self.links.browse(mine.action_relance_new_link()["res_id"])
        self.assertEqual(
            self._get(base=f"/relance/{second._get_token()}").status_code, 200
        )
        mine.action_relance_revoke_links()
        self.assertRecordValues(
            self.link + second,
            [{"state": "revoked", "revoked_by_id": self.officer.id}] * 2,
        )
        self._assert_refused(self.base)

    def test_pages_are_not_kept_nor_found_nor_framed(self):
        for path in ("", "/answer/dispute", f"/invoice/{self.invoice.id}"):
            headers = self._get(path).headers
            self.assertEqual(headers["Referrer-Policy"], "no-referrer")
            self.assertIn("noindex", headers["X-Robots-Tag"])
            self.assertIn("no-store", headers["Cache-Control"])
            self.assertEqual(headers["X-Frame-Options"], "DENY")
        self.assertIn("no-store", self._get(base="/relance/x").headers["Cache-Control"])


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestExpiry(PageCase):
    def test_an_expired_link_offers_a_new_one_and_shows_nothing(self):
        self._expire()
        response = self._get()
        self.assertEqual(response.status_code, 404)
        self.assertIn("expired", response.text)
        self.assertNotIn(self.debtor.name, response.text)
        self.assertNotIn(self.debtor.email, response.text)
        for path in PATHS:
            self.assertEqual(self._get(path).status_code, 404, path)

    def _renew(self):
        csrf = self._form(self._get())["csrf_token"]
        return self._send("/renew", {"csrf_token": csrf, "email": "thief@evil.test"})

    def _mails(self):
        mails = self.env["mail.mail"].sudo()
        return mails.search([("model", "=", "relance.link")])

    def test_a_new_link_goes_only_to_whom_the_old_one_was_made_for(self):
        self._expire()
        response = self._renew()
        self.assertIn("on its way", response.text)
        self.assertNotIn(self.debtor.email, response.text)
        self._renew()  # once a day
        mail = self._mails()
        self.assertEqual(len(mail), 1)
        self.assertEqual(mail.email_to, "debtor@debtor.test")
        new = self.links.search([("partner_id", "=", self.debtor.id)], limit=1)
        self.assertNotEqual(new, self.link)
        key = new._get_token()
        self.assertNotIn(key, mail.body_html)
        with self.mail_server() as sink:
            mail.send()
        [message] = sink.messages
        for part in ("html", "plain"):
            content = message.get_body((part,)).get_content()
            self.assertIn(f"/relance/{key}", content)
        self.assertEqual(self._get(base=f"/relance/{key}").status_code, 200)

    def test_no_new_link_goes_to_an_address_that_is_no_longer_theirs(self):
        self._expire()
        self.debtor.email = "new@debtor.test"
        response = self._renew()
        self.assertIn("on its way", response.text)  # the same words
        self.assertFalse(self._mails())

    def test_a_valid_link_and_a_revoked_one_are_not_renewed(self):
        csrf = self._form(self._get("/answer/copy"))["csrf_token"]
        self._send("/renew", {"csrf_token": csrf})
        self.link._revoke()
        self._send("/renew", {"csrf_token": csrf})
        self.assertFalse(self._mails())


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestLimits(PageCase):
    """Guessing keys, posting again and again, downloading without end."""

    def test_guessing_is_slowed_down_even_with_the_right_key(self):
        for number in range(page_base.MAX_WRONG):
            base = f"/relance/{self.link.id}-{number:040x}"
            self.assertEqual(self._get(base=base).status_code, 404)
        response = self._get(base=f"/relance/{self.link.id}-{'f' * 40}")
        self.assertEqual(response.status_code, 429)
        self.assertTrue(0 < int(response.headers["Retry-After"]) <= page_base.WINDOW)
        self.assertEqual(self._get().status_code, 429)
        with freeze_time(self._later(10)):
            self.assertEqual(self._get().status_code, 200)

    def test_when_many_guess_each_address_has_one_try(self):
        throttle = self.env["relance.throttle"].sudo()
        throttle._hit("wrong:others", page_base.WINDOW, page_base.MAX_WRONG_IN_ALL)
        self.assertEqual(self._get().status_code, 200)  # nothing wrong from here
        self.assertEqual(self._get(base="/relance/x").status_code, 404)
        self.assertEqual(self._get(base="/relance/x").status_code, 429)

    def test_counters_keep_no_address_and_do_not_last(self):
        self._get(base="/relance/x")
        throttle = self.env["relance.throttle"].sudo()
        [row] = throttle.search([("key", "like", "wrong:%")])
        self.assertNotIn("127.0.0.1", row.key)
        with freeze_time(days(3)):
            throttle._gc_windows()
        self.assertFalse(row.exists())

    def test_answers_are_bounded_in_ten_minutes(self):
        for number in range(10):
            response = self._post("copy", text=f"copy {number}")
            self.assertEqual(response.status_code, 303)
        response = self._post("copy", text="one more")
        self.assertEqual(response.status_code, 429)
        self.assertIn("Retry-After", response.headers)
        self.assertEqual(len(self.answers.search([])), 10)
        with freeze_time(self._later(10)):
            self.assertEqual(self._post("copy", text="later").status_code, 303)

    def test_answers_are_bounded_in_a_day_for_all_links_of_a_debtor(self):
        throttle = self.env["relance.throttle"].sudo()
        key = f"{self.company.id}:{self.debtor.id}"
        throttle._hit(f"answer:{page_base.DAY}:{key}", page_base.DAY, 40)
        second = self.links._make_for_debtor(self.debtor, self.company)
        base = f"/relance/{second._get_token()}"
        self.assertEqual(self._post("copy", base=base).status_code, 429)
        self.assertFalse(self.answers.search([]))

    def test_downloads_of_everything_are_bounded(self):
        for _number in range(5):
            self.assertNotEqual(self._get("/invoices").status_code, 429)
        self.assertEqual(self._get("/invoices").status_code, 429)

    def test_the_same_answer_posted_twice_is_recorded_once(self):
        page = self._get("/answer/promise")
        data = {**self._form(page), "line": self.late.ids, "date": str(days(5))}
        for _time in range(3):
            response = self._send("/answer/promise", data)
            self.assertEqual(response.status_code, 303)
            self.assertTrue(response.headers["Location"].endswith("?done=promise"))
        self.assertEqual(len(self._of_debtor("relance.promise")), 1)
        self.assertEqual(len(self.answers.search([])), 1)
        self.assertEqual(len(self.reminder.event_ids), 1)
        self.assertEqual(len(self.reminder.activity_ids), 1)

    def test_of_answers_posted_at_once_each_is_told_that_it_is_recorded(self):
        """The second one does not see the first: it is being recorded."""
        page = self._get("/answer/promise")
        data = {**self._form(page), "line": self.late.ids, "date": str(days(5))}
        self.assertEqual(self._send("/answer/promise", data).status_code, 303)
        answers = type(self.answers)
        search = answers.search

        def blind(records, domain, *args, **kwargs):
            if list(domain)[:1] and domain[0][0] == "digest":
                return records.browse()
            return search(records, domain, *args, **kwargs)

        with patch.object(answers, "search", blind), mute_logger("odoo.sql_db"):
            response = self._send("/answer/promise", data)
        self.assertEqual(response.status_code, 303)
        self.assertTrue(response.headers["Location"].endswith("?done=promise"))
        self.assertEqual(response.headers["Referrer-Policy"], "no-referrer")
        self.assertEqual(len(self._of_debtor("relance.promise")), 1)
        self.assertEqual(len(self.reminder.event_ids), 1)

    def test_looking_records_nothing(self):
        """Programs that look at mail follow each link in it."""
        for kind in ANSWERS:
            self.assertEqual(self._get(f"/answer/{kind}").status_code, 200)
            query = {"line": self.late.id, "date": str(days(5)), "text": "x"}
            self.assertEqual(self._get(f"/answer/{kind}", **query).status_code, 200)
        self.assertFalse(self.answers.search([]))
        self.assertFalse(self.link.last_used_on)
        self.assertFalse(self.reminder.answered_on)

    def test_an_answer_needs_the_token_of_its_form(self):
        data = {"line": self.late.ids, "date": str(days(5))}
        self.assertEqual(self._send("/answer/promise", data).status_code, 400)
        self.assertFalse(self.answers.search([]))

    def test_a_colleague_does_not_answer_for_the_customer(self):
        self.authenticate(self.officer.login, self.officer.login)
        self.assertIn("colleague", self._get().text)
        response = self._post("promise", date=str(days(5)))
        self.assertEqual(response.status_code, 422)
        self.assertFalse(self.answers.search([]))


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestHostileContent(PageCase):
    """Scripts in every field and file name; files that are not what they seem."""

    def _hostile(self):
        return {
            "reason": str(self.env.ref("relance_ar.dispute_reason_other").id),
            **dict.fromkeys(("text", "author", "name", "phone"), SCRIPT),
            "email": "x@debtor.test",
        }

    def _assert_escaped(self, markup):
        self.assertNotIn(SCRIPT, markup)
        self.assertNotIn("<script>alert", markup)

    def test_scripts_are_text_in_all_that_is_kept(self):
        day = {"date": str(days(5))}
        for kind in ANSWERS:
            typed = {**self._hostile(), **day, "amount": "10"}
            typed["date"] = str(TODAY) if kind == "paid" else typed["date"]
            files = [(f"{SCRIPT}.png", PNG)]
            self.assertEqual(self._post(kind, files=files, **typed).status_code, 303)
        self.env.invalidate_all()
        messages = (
            self.reminder.message_ids + self._of_debtor("relance.dispute").message_ids
        )
        self.assertIn("alert", "".join(messages.mapped("body")))
        for body in messages.mapped("body"):
            self._assert_escaped(body)
        for note in self.reminder.activity_ids.mapped("note"):
            self._assert_escaped(note)
        for event in self.reminder.event_ids:
            self._assert_escaped(event.body)
        self._assert_escaped(self._get().text)
        files = self.env["ir.attachment"].sudo().search([("name", "like", "alert")])
        files |= self.reminder.event_ids.attachment_ids
        self.assertTrue(files)
        for file in files:
            self.assertRegex(file.name, r"^[\w .()+-]+\.png$")
            self.assertEqual(file.mimetype, "image/png")
            self.assertFalse(file.public)

    def test_what_was_typed_comes_back_as_text_after_an_error(self):
        typed = {**self._hostile(), "date": "", "amount": '"><script>alert(1)</script>'}
        response = self._post("promise", **typed)
        self.assertEqual(response.status_code, 422)
        self._assert_escaped(response.text)
        page = html.fromstring(response.text)
        self.assertEqual(page.get_element_by_id("author").value, SCRIPT)

    def test_a_colleague_is_notified_in_escaped_words(self):
        self.reminder.message_subscribe(self.officer.partner_id.ids)
        with self.mail_server() as sink:
            self._post("copy", text=SCRIPT, author=SCRIPT)
            self.env["mail.mail"].sudo().search([("state", "=", "outgoing")]).send()
        for message in sink.to("officer@creditor.test"):
            self._assert_escaped(message.get_body(("html",)).get_content())

    def _dispute_with(self, *files):
        reason = self.env.ref("relance_ar.dispute_reason_quantity").id
        return self._post("dispute", reason=reason, text="Broken", files=list(files))

    def test_disguised_files_are_refused_by_their_content(self):
        macro = office_file(word__document="x", word__vbaProject="x")
        for name, content in (
            ("bon.pdf", b"<html><script>alert(1)</script></html>"),
            ("photo.png", b"<svg xmlns='http://www.w3.org/2000/svg' onload='x()'/>"),
            ("bon.pdf", b"MZ\x90\x00program"),
            ("bon.pdf", PDF[:9] + b"<script>alert(1)</script>"),
            ("letter.docx", macro),
            ("words.txt", b"plain words"),
        ):
            response = self._dispute_with((name, content))
            self.assertEqual(response.status_code, 422, name)
            self.assertIn("whatever its name says", response.text)
            self.env["relance.throttle"].sudo().search([]).unlink()
        self.assertFalse(self._of_debtor("relance.dispute"))

    def test_files_that_do_harm_when_they_are_opened_are_refused(self):
        """Each was an error of the server: the limits did not count it."""
        boxless = PDF.replace(b"/MediaBox", b"/NoSizeOf")
        self.assertNotEqual(boxless, PDF)
        odt = deflated("mimetype", b"application/vnd.oasis.opendocument.text")
        odt = odt[:38] + b"\xff\xff\xff\xff" + odt[42:]  # where its content starts
        bomb = deflated("word/document.xml", b" " * (3 * 1024 * 1024))
        for name, content in (
            ("page.pdf", boxless),
            ("pages.pdf", pdf_file(201)),
            ("fake.pdf", b"%PDF-1.7\n%%EOF"),
            ("large.png", png_head(20000, 20000)),
            ("letter.odt", odt),
            ("letter.docx", bomb),
        ):
            response = self._dispute_with((name, content))
            self.assertEqual(response.status_code, 422, name)
            self.env["relance.throttle"].sudo().search([]).unlink()
        self.assertFalse(self._of_debtor("relance.dispute"))

    def test_pictures_stay_as_they_were_sent(self):
        large = png_file((4000, 3000))
        self._dispute_with(("photo.png", large))
        self.assertEqual(self.reminder.event_ids.attachment_ids.raw, large)

    def test_files_are_whole_when_the_request_is_run_again(self):
        """Odoo runs it again after a conflict, and rewinds the first file only."""
        cls, tries = type(self.answers), []
        made = cls._answer

        def conflict(records, *args):
            tries.append(args[-1])
            if len(tries) == 1:
                raise ConcurrencyError("again")
            return made(records, *args)

        files = [("a.pdf", PDF), ("b.png", PNG), ("c.pdf", pdf_file(2))]
        with (
            patch.object(cls, "_answer", conflict),
            patch("random.uniform", return_value=0),
        ):
            self.assertEqual(self._dispute_with(*files).status_code, 303)
        self.assertEqual(tries, [files, files])

    def test_a_picture_named_as_a_page_becomes_a_picture(self):
        self.assertEqual(self._dispute_with(("x.html", PNG)).status_code, 303)
        dispute = self._of_debtor("relance.dispute")
        [file] = (
            self.env["ir.attachment"]
            .sudo()
            .search(
                [("res_model", "=", "relance.dispute"), ("res_id", "=", dispute.id)]
            )
        )
        self.assertEqual((file.name, file.mimetype), ("x.png", "image/png"))

    def test_too_much_is_refused(self):
        large = PDF + b"." * (8 * 1024 * 1024)
        self.assertEqual(self._dispute_with(("a.pdf", large)).status_code, 422)
        many = [(f"{n}.pdf", PDF) for n in range(6)]
        self.assertEqual(self._dispute_with(*many).status_code, 422)
        self.assertEqual(self._dispute_with(("a.pdf", b"")).status_code, 422)
        self.assertFalse(self._of_debtor("relance.dispute"))

    def test_a_request_that_is_far_too_large_is_cut_off(self):
        data = self._form(self._get("/answer/dispute"))
        huge = [("a.pdf", PDF + b"." * (21 * 1024 * 1024))]
        with mute_logger("werkzeug", HTTP_LOGGER):
            self.assertEqual(self._send("/answer/dispute", data, huge).status_code, 413)

    def test_the_bytes_of_a_day_are_bounded(self):
        key = f"bytes:{page_base.DAY}:{self.company.id}:{self.debtor.id}"
        throttle = self.env["relance.throttle"].sudo()
        throttle._hit(key, page_base.DAY, 60 * 1024 * 1024)
        self.assertEqual(self._dispute_with(("a.pdf", PDF)).status_code, 429)

    def test_files_are_for_colleagues_who_may_read_the_dispute(self):
        self._dispute_with(("a.pdf", PDF))
        [file] = self.reminder.event_ids.attachment_ids
        self.assertEqual(file.with_user(self.officer).raw, PDF)
        person = self._new_user("plain", "base.group_user")
        with self.assertRaises(AccessError):
            file.with_user(person).read(["raw"])
        response = self._get(f"/web/content/{file.id}", base="")
        self.assertIn(response.status_code, (303, 403, 404))

    def test_nobody_else_reads_links_and_answers(self):
        self._post("copy")
        portal = self._portal_user(self.debtor)
        for user in (portal, self._new_user("plain", "base.group_user")):
            for records in (self.link, self.answers.search([])):
                with self.assertRaises(AccessError):
                    records.with_user(user).read(["partner_id"])

    def test_rights_of_another_company_end_at_the_page(self):
        self._post("copy")
        other = self._create_company(name="Other SAS")
        officer = self._new_user("abroad", "relance_ar.group_relance_user", other)
        for model in ("relance.link", "relance.answer"):
            self.assertFalse(self.env[model].with_user(officer).search([]))
