"""What a salesperson without accounting rights sees of a dispute: nothing else."""

from odoo import Command
from odoo.exceptions import AccessError
from odoo.service.model import call_kw
from odoo.tests import HttpCase, freeze_time, tagged
from odoo.tools import mute_logger

from .common import TODAY, days
from .test_dispatch import PDF_LOGGER
from .test_dispute import DISPUTE_GROUP, DisputeCase

LOGIN = "relance_seller"
ACCOUNTING = (
    "account.move",
    "account.move.line",
    "account.payment",
    "account.partial.reconcile",
    "account.journal",
    "account.move.reversal",
    "relance.reminder",
    "relance.reminder.line",
    "relance.run",
    "relance.promise",
    "relance.plan",
    "relance.payer.assessment",
    "relance.dispute.conclude",
    "relance.call",
)
HIDDEN = ("move_line_ids", "credit_move_ids", "credit_count", "reminder_id")


class DisputeAccessCase(DisputeCase):
    """One dispute of the salesperson, another one of somebody else."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.seller.group_ids += cls.env.ref("base.group_allow_export")
        cls.other_seller = cls._new_user("other_seller", DISPUTE_GROUP)
        cls.other_invoice = cls._invoice(cls.debtor, days(-9), 500)
        cls.other_invoice.invoice_user_id = cls.other_seller
        disputes = cls.env["relance.dispute"].with_user(cls.officer)
        cls.mine, cls.theirs = (
            disputes.create(
                {
                    "move_line_ids": [Command.set(cls._lines(move).ids)],
                    "reason_id": cls.price.id,
                    "amount": 200.0,
                }
            )
            for move in (cls.invoice, cls.other_invoice)
        )

    def _as_seller(self, record):
        return record.with_user(self.seller)


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestSalespersonByRpc(DisputeAccessCase):
    def test_owner_follower_and_leader_read_it_nobody_else(self):
        disputes = self.env["relance.dispute"].with_user(self.seller)
        self.assertEqual(disputes.search([]), self.mine)
        self.assertEqual(disputes.search_count([]), 1)
        theirs = self._as_seller(self.theirs)
        for method, args in (
            ("read", [["amount"]]),
            ("action_answer", []),
            ("write", [{"answer": "mine now"}]),
            ("export_data", [["amount"]]),
            ("web_read", [{"amount": {}}]),
            ("message_post", []),
        ):
            with self.subTest(method), self.assertRaises(AccessError):
                call_kw(theirs, method, [theirs.ids, *args], {})
        self.theirs.message_subscribe(self.seller.partner_id.ids)
        self.assertEqual(disputes.search([]), self.mine + self.theirs)
        theirs.message_post(body="I sold the other half.")
        with self.assertRaises(AccessError):
            theirs.write({"answer": "mine now"})
        with self.assertRaises(AccessError):
            theirs.action_confirm_debt()

    def test_a_leader_answers_for_the_team(self):
        self.theirs.sudo().leader_id = self.seller
        theirs = self._as_seller(self.theirs)
        theirs.write({"answer": "They are right."})
        self.assertEqual(theirs.action_propose_credit(), theirs)

    def test_whoever_it_is_escalated_to_reads_and_answers(self):
        self.company.relance_director_id = self.director
        self.mine.action_escalate()
        escalated = self.mine.with_user(self.director)
        escalated.write({"answer": "We owe it to them."})
        escalated.action_propose_credit()
        self.assertEqual(self.mine.answered_by_id, self.director)

    def test_the_form_shows_the_amounts_and_no_accounting(self):
        mine = self._as_seller(self.mine)
        arch = mine.get_view(view_type="form")["arch"]
        shown = {n: {} for n in mine.fields_get() if n in arch and n not in HIDDEN}
        [values] = call_kw(mine, "web_read", [mine.ids, shown], {})
        self.assertEqual(values["amount"], 200.0)
        self.assertEqual(values["amount_open"], 1000.0)
        self.assertIn(self.invoice.name, values["invoices"])
        self.assertIn(f"/invoice/{self.invoice.id}", values["invoices"])
        for name in HIDDEN:
            with self.subTest(name):
                self.assertNotIn(f'name="{name}"', arch)
                self.assertNotIn(name, mine.fields_get())
                with self.assertRaises(AccessError):
                    mine.read([name])

    def test_every_view_opens(self):
        disputes = self.env["relance.dispute"].with_user(self.seller)
        for kind in ("list", "kanban", "calendar", "form", "activity", "search"):
            with self.subTest(kind):
                self.assertTrue(disputes.get_view(view_type=kind)["arch"])

    def test_they_write_their_answer_and_nothing_else(self):
        mine = self._as_seller(self.mine)
        mine.write({"answer": "So it is.", "amount_proposed": 50.0})
        for vals in (
            {"amount": 1.0},
            {"user_id": self.other_seller.id},
            {"deadline": days(90)},
            {"reason_id": self.env.ref("relance_ar.dispute_reason_other").id},
            {"move_line_ids": [Command.set(self._lines(self.other_invoice).ids)]},
            {"partner_id": self.company.partner_id.id},
            {"state": "cancelled"},
            {"leader_id": self.seller.id},
        ):
            with self.subTest(vals), self.assertRaises(AccessError):
                call_kw(mine, "write", [mine.ids, vals], {})
        for method in ("create", "copy", "unlink"):
            args = [{}] if method == "create" else [mine.ids]
            with self.subTest(method), self.assertRaises(AccessError):
                call_kw(mine, method, args, {})

    def test_nothing_of_accounting_opens(self):
        for model in ACCOUNTING:
            records = self.env[model].with_user(self.seller)
            of_invoice = model == "account.move.line"
            vals = {"move_id": self.invoice.id} if of_invoice else {}
            for method, args in (
                ("search", [[]]),
                ("search_read", [[]]),
                ("name_search", [""]),
                ("formatted_read_group", [[], []]),
                ("create", [vals]),
            ):
                with self.subTest(model, method=method), self.assertRaises(AccessError):
                    call_kw(records, method, args, {})

    def test_domains_and_groups_are_no_way_round(self):
        disputes = self.env["relance.dispute"].with_user(self.seller)
        for domain in (
            [("move_line_ids.move_id.amount_total", ">", 0)],
            [("move_line_ids", "!=", False)],
            [("credit_move_ids.state", "=", "draft")],
            [("reminder_id.why", "ilike", "a")],
            [("partner_id.payer_profile_id", "!=", False)],
            [("partner_id.relance_hold_reason", "!=", False)],
        ):
            with self.subTest(domain), self.assertRaises(AccessError):
                disputes.search(domain)
        groups = disputes.formatted_read_group([], ["user_id"], ["amount:sum"])
        self.assertEqual([g["amount:sum"] for g in groups], [200.0])
        with self.assertRaises(AccessError):
            disputes.formatted_read_group([], ["move_line_ids"])
        with self.assertRaises(AccessError):
            self._as_seller(self.mine).export_data(["move_line_ids/move_id/name"])

    def test_attachments_and_messages_follow_the_dispute(self):
        values = {"name": "order.pdf", "raw": b"signed"}
        kept = self.env["ir.attachment"].create(
            [
                {**values, "res_model": record._name, "res_id": record.id}
                for record in (self.mine, self.theirs, self.invoice)
            ]
        )
        found = self.env["ir.attachment"].with_user(self.seller)
        found = found.search([("id", "in", kept.ids)])
        self.assertEqual(found, kept[0])
        for attachment in kept[1:]:
            with self.assertRaises(AccessError):
                attachment.with_user(self.seller).read(["raw"])
        note = self.theirs.message_post(body="secret")
        with self.assertRaises(AccessError):
            note.with_user(self.seller).read(["body"])
        self._as_seller(self.mine).message_post(body="Here is the order.")

    def test_the_private_methods_of_papers_check_again(self):
        theirs = self._as_seller(self.theirs)
        for call in (
            lambda: theirs._get_invoice_pdf(self.other_invoice.id),
            theirs._get_invoice_rows,
            theirs._get_debtor_messages,
            lambda: self._as_seller(self.mine)._get_invoice_pdf(self.other_invoice.id),
        ):
            with self.assertRaises(AccessError):
                call()

    def test_they_read_what_the_customer_wrote_about_it_only(self):
        reminder = self._plan().filtered(lambda r: self.line in r.line_ids.move_line_id)
        # As the gateway does.
        reminder.sudo().message_post(
            body="Two chairs were broken.",
            message_type="email",
            author_id=self.debtor.id,
            email_from=self.debtor.email,
        )
        reminder.message_post(body="An internal note.", subtype_xmlid="mail.mt_note")
        shown = self._as_seller(self.mine).messages
        self.assertIn("Two chairs were broken.", shown)
        self.assertNotIn("internal note", shown)

    def test_menus_show_their_disputes_alone(self):
        menus = self.env["ir.ui.menu"].with_user(self.seller)._visible_menu_ids()
        ref = self.env.ref
        self.assertIn(ref("relance_ar.relance_dispute_my_menu").id, menus)
        self.assertNotIn(ref("relance_ar.relance_menu").id, menus)
        self.assertNotIn(ref("account.menu_finance").id, menus)

    def test_another_company_sees_nothing(self):
        other = self.env["res.company"].create({"name": "Elsewhere"})
        stranger = self._new_user("stranger", "relance_ar.group_relance_user", other)
        disputes = self.env["relance.dispute"].with_user(stranger)
        self.assertFalse(disputes.search([]))
        with self.assertRaises(AccessError):
            self.mine.with_user(stranger).read(["amount"])


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestSalespersonByUrl(DisputeAccessCase, HttpCase):
    def _pdf(self, dispute, move):
        with mute_logger(PDF_LOGGER, "odoo.http"):
            url = f"/relance/dispute/{dispute.id}/invoice/{move.id}"
            return self.url_open(url, allow_redirects=False)

    def test_they_open_the_invoice_of_their_dispute_and_no_other(self):
        self.authenticate(LOGIN, LOGIN)
        answer = self._pdf(self.mine, self.invoice)
        self.assertEqual(answer.status_code, 200)
        self.assertEqual(answer.headers["Content-Type"], "application/pdf")
        self.assertTrue(answer.content)
        for dispute, move in (
            (self.mine, self.other_invoice),
            (self.theirs, self.other_invoice),
            (self.theirs, self.invoice),
            (self.mine.browse(10**9), self.invoice),
        ):
            with self.subTest(dispute=dispute.id, move=move.id):
                self.assertEqual(self._pdf(dispute, move).status_code, 404)

    def test_the_ordinary_addresses_of_invoices_stay_closed(self):
        self.authenticate(LOGIN, LOGIN)
        number = self.invoice.id
        for url in (
            f"/my/invoices/{number}?report_type=pdf",
            f"/report/pdf/account.report_invoice/{number}",
            f"/web/content/account.move/{number}/invoice_pdf_report_file",
            f"/web/image/account.move/{number}/name",
        ):
            with self.subTest(url), mute_logger("odoo.http", PDF_LOGGER):
                answer = self.url_open(url, allow_redirects=False)
                self.assertFalse(answer.content.startswith(b"%PDF"))
                self.assertNotIn(b"Debtor SARL", answer.content)

    def test_a_visitor_is_asked_to_log_in(self):
        answer = self._pdf(self.mine, self.invoice)
        self.assertEqual(answer.status_code, 303)
        self.assertIn("/web/login", answer.headers["Location"])
