"""Disputes within bounds: days, amounts, contacts; and nothing of others' wizards."""

from unittest.mock import patch

from odoo import Command
from odoo.exceptions import AccessError, ValidationError
from odoo.service.model import call_kw
from odoo.tests import freeze_time, tagged

from odoo.addons.relance_ar.models import relance_agreement_cron

from .common import TODAY, days
from .test_dispute import DisputeCase


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestWithinBounds(DisputeCase):
    def test_deadlines(self):
        dispute = self._dispute(50)
        for day in ("9999-12-31", "0001-01-01", days(-1).isoformat(), "2027-04-01"):
            with self.subTest(day), self.assertRaises(ValidationError):
                self._dispute(50, deadline=day)
            with self.subTest(day), self.assertRaises(ValidationError):
                call_kw(dispute, "write", [dispute.ids, {"deadline": day}], {})

    def test_amounts(self):
        dispute = self._dispute(50)
        for amount in (float("nan"), float("inf"), 1e300):
            with self.subTest(amount), self.assertRaises(ValidationError):
                self._dispute(amount)
            with self.subTest(amount), self.assertRaises(ValidationError):
                call_kw(dispute, "write", [dispute.ids, {"amount": amount}], {})
            with self.subTest(amount), self.assertRaises(ValidationError):
                self._conclude(dispute, "partly", amount=amount)

    def test_the_job_goes_on_where_it_stopped(self):
        """Out of time after each: the ones left are the next ones."""
        disputes = self.env["relance.dispute"].browse()
        for _rank in range(3):
            disputes += self._dispute(50)
        self.seller.sudo().active = False
        told, crons = [], type(self.env["ir.cron"])

        def out_of_time(_self, _processed=0, *, remaining=None):
            told.append(remaining)
            return 0

        with (
            patch.object(relance_agreement_cron, "WORKED_AT_ONCE", 1),
            patch.object(crons, "_commit_progress", out_of_time),
        ):
            for _time in range(3):
                self.env["relance.dispute"].sudo()._cron_disputes()
        self.env.invalidate_all()
        self.assertEqual(disputes.user_id, self.officer)
        self.assertEqual(told, [2, 1, 0])

    def test_a_debtor_that_joins_a_group_is_still_disputed_with(self):
        before = self._dispute(200)
        group = self._debtor("Group SA")
        self.debtor.write({"parent_id": group.id, "is_company": False})
        self.env.flush_all()
        self.assertEqual(self.line.partner_id.commercial_partner_id, group)
        self.assertTrue(self._dispute(100, partner_id=self.debtor.id))
        note = self._reverse_invoice(self.invoice)
        self.assertEqual(note.commercial_partner_id, group)
        self._conclude(before, "credited", credit_move_id=note.id)
        self.assertEqual(before.state, "resolved")

    def test_a_contact_with_another_debtor_is_refused(self):
        other = self._debtor("Other SA")
        self._invoice(other, days(-3))
        reminders = self._plan()
        foreign = reminders.filtered(lambda r: r.partner_id == other)
        own = reminders - foreign
        lines = [Command.set(self.line.ids)]
        for model, vals in (
            ("relance.dispute", {"reason_id": self.price.id, "amount": 50}),
            ("relance.promise", {"date": days(5).isoformat(), "amount": 50}),
            ("relance.plan", {}),
        ):
            records = self.env[model].with_user(self.officer)
            vals = {"move_line_ids": lines, **vals}
            with (
                self.subTest(model),
                self.assertRaisesRegex(ValidationError, "another customer"),
            ):
                call_kw(records, "create", [{**vals, "reminder_id": foreign.id}], {})
            [made] = call_kw(records, "create", [[{**vals, "reminder_id": own.id}]], {})
            self.assertEqual(records.browse(made).reminder_id, own)

    def test_the_wizards_of_others_stay_closed(self):
        dispute = self._dispute(200)
        wizards = self.env["relance.dispute.conclude"].with_user(self.officer)
        wizard = wizards.create({"dispute_id": dispute.id, "outcome": "confirmed"})
        colleague = self._new_user("colleague", "relance_ar.group_relance_user")
        theirs = wizard.with_user(colleague)
        theirs.invalidate_recordset()
        for method, args in (("read", [["outcome"]]), ("action_conclude", [])):
            with self.subTest(method), self.assertRaises(AccessError):
                call_kw(theirs, method, [theirs.ids, *args], {})

    def test_nobody_is_offered_to_duplicate_them(self):
        for model in ("relance.dispute", "relance.promise"):
            for kind in ("form", "list"):
                arch = self.env[model].with_user(self.officer).get_view(view_type=kind)
                with self.subTest(model=model, kind=kind):
                    self.assertIn('duplicate="0"', arch["arch"])
