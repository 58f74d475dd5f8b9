"""Claims: prepared, claimed, waived, invoiced, cancelled; never twice for a day."""

import base64
from datetime import date

import psycopg2

from odoo import Command, fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.service.model import call_kw
from odoo.tests import Form, freeze_time, tagged
from odoo.tools import mute_logger

from .common import TODAY, days
from .test_penalties_vectors import PenaltyCase


class ClaimCase(PenaltyCase):
    """A late invoice, an officer, a manager and somebody who invoices."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.accountant = cls._new_user("invoicing", "account.group_account_invoice")
        cls.claims = cls.env["relance.penalty.claim"]
        cls.debtor = cls._debtor()
        cls.invoice = cls._invoice(cls.debtor, "2026-01-31", 10000)
        cls.income = cls.env["account.account"].create(
            {"name": "Penalties", "code": "763999", "account_type": "income_other"}
        )

    def _prepare(self, *invoices, at=None, user=None):
        claims = self.claims.with_user(user or self.officer)
        return claims.prepare(self._lines(*(invoices or [self.invoice])).ids, at)

    def _claimed(self, *invoices, at=None):
        claim = self._prepare(*invoices, at=at)
        claim.action_claim()
        return claim

    def _invoiced(self, claim):
        self.company.relance_penalty_account_id = self.income
        claim.with_user(self.accountant).action_invoice()
        return claim.invoice_id.with_user(self.accountant)

    def _proof(self):
        attachments = self.env["ir.attachment"].with_user(self.officer)
        return attachments.create({"name": "bailiff.pdf", "raw": b"%PDF-1.4 proof"})


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestClaim(ClaimCase):
    """From the draft to the claim, by the officer's buttons."""

    def test_a_claim_keeps_its_rows_as_they_were_made(self):
        claim = self._claimed(at="2026-03-02")
        self.assertRecordValues(
            claim,
            [
                {
                    "state": "claimed",
                    "partner_id": self.debtor.id,
                    "date": date(2026, 3, 2),
                    "amount_interest": 99.86,
                    "amount_indemnity": 40.0,
                    "amount_total": 139.86,
                    "claimed_by_id": self.officer.id,
                    "claimed_on": TODAY,
                }
            ],
        )
        rate = self.env.ref("relance_ar.relance_interest_rate_ecb_mro_2026_01")
        rate.value = 5
        self.assertRecordValues(
            claim.line_ids.segment_ids,
            [
                {
                    "date_from": date(2026, 2, 1),
                    "date_to": date(2026, 3, 2),
                    "days": 30,
                    "base": 10000.0,
                    "rate": 12.15,
                    "amount": 99.86,
                }
            ],
        )
        self.assertEqual(claim.amount_interest, 99.86)

    def test_the_next_claim_goes_on_where_this_one_ends(self):
        first = self._claimed(at="2026-03-02")
        second = self._prepare(at="2026-03-18")
        self.assertNotEqual(second, first)
        self.assertRecordValues(
            second.line_ids,
            [
                {
                    "date_from": date(2026, 3, 3),
                    "date_to": date(2026, 3, 18),
                    "interest": 53.26,
                    "indemnity": 0.0,
                }
            ],
        )
        # Together what one claim would have asked for: 10 000 x 12.15 % x 46 / 365.
        whole = self._owed(self.invoice, "2026-03-18")
        self.assertEqual(first.amount_interest + second.amount_interest, whole[0])

    def test_preparing_twice_makes_one_draft(self):
        first = self._prepare(at="2026-03-02")
        self.assertEqual(self._prepare(at="2026-03-02"), first)
        self.assertEqual(first.amount_total, 139.86)
        with freeze_time("2026-03-10"):
            first.action_refresh()
        self.assertEqual(
            (first.date, first.amount_interest), (date(2026, 3, 10), 126.49)
        )

    def test_nothing_is_claimed_of_days_to_come(self):
        claim = self._prepare(at="2027-03-02")
        self.assertEqual(claim.date, TODAY)

    def test_nothing_is_made_of_nothing(self):
        for due in (days(0), days(10)):
            self.assertFalse(self._prepare(self._invoice(self.debtor, due)))
        self._claimed()
        self.assertFalse(self._prepare())

    def test_one_claim_for_each_debtor_and_currency(self):
        dollars = self.setup_other_currency("USD", rates=[("2016-01-01", 2.0)])
        foreign = self._invoice(self.debtor, "2026-01-31", currency_id=dollars)
        other = self._invoice(self._debtor("Other SA"), "2026-01-31")
        second = self._invoice(self.debtor, "2026-02-28")
        claims = self._prepare(self.invoice, foreign, other, second)
        self.assertEqual(len(claims), 3)
        in_dollars = claims.filtered(lambda claim: claim.currency_id == dollars)
        self.assertEqual(in_dollars.amount_indemnity, 80.0)
        ours = claims.filtered(lambda c: c.partner_id == self.debtor) - in_dollars
        self.assertEqual(ours.move_ids, self.invoice + second)
        self.assertEqual(ours.amount_indemnity, 80.0)

    def test_what_was_paid_late_is_claimed_too(self):
        self._pay(self.invoice, "2026-02-10")
        claim = self._claimed()
        self.assertEqual((claim.amount_interest, claim.amount_indemnity), (33.29, 40.0))

    def test_the_indemnity_of_an_invoice_whose_first_instalment_was_paid_late(self):
        term = self.env["account.payment.term"].create(
            {
                "name": "halves",
                "line_ids": [
                    Command.create(
                        {"value": "percent", "value_amount": 50, "nb_days": count}
                    )
                    for count in (0, 28)
                ],
            }
        )
        invoice = self._create_invoice_one_line(
            price_unit=1000,
            tax_ids=[],
            partner_id=self.debtor,
            invoice_date=date(2026, 1, 31),
            invoice_payment_term_id=term,
            post=True,
        )
        self._pay(invoice, "2026-02-10", 500)
        second = self._lines(invoice)[1]
        claim = self.claims.with_user(self.officer).prepare(second.ids)
        self.assertEqual(claim.amount_indemnity, 40.0)
        claim.action_claim()
        first = self.claims.with_user(self.officer).prepare(self._lines(invoice).ids)
        self.assertEqual((first.amount_interest, first.amount_indemnity), (1.66, 0.0))

    def test_a_missing_rate_is_named(self):
        self.env.ref("relance_ar.relance_interest_rate_ecb_mro_2026_01").unlink()
        with self.assertRaises(UserError) as refused:
            self._prepare()
        self.assertIn("01/01/2026", str(refused.exception))

    def test_cancelled_days_are_free_again_the_newest_first(self):
        first = self._claimed(at="2026-03-02")
        second = self._claimed()
        with self.assertRaises(UserError) as refused:
            first.action_cancel()
        self.assertIn(second.reference, str(refused.exception))
        (first + second).action_cancel()
        self.assertEqual(set((first + second).mapped("state")), {"cancelled"})
        again = self._prepare()
        self.assertEqual(
            (again.line_ids.date_from, again.amount_indemnity), (date(2026, 2, 1), 40.0)
        )

    def test_a_payment_undone_is_told_and_changes_nothing(self):
        self._pay(self.invoice, "2026-02-10")
        claim = self._claimed()
        self.assertFalse(claim.difference)
        self._lines(self.invoice).remove_move_reconcile()
        claim.invalidate_recordset()
        self.assertEqual(claim.amount_interest, 33.29)
        # The days claimed stay ten: 33.29 for them, the rest is claimed apart.
        more = self._prepare()
        self.assertEqual(more.line_ids.date_from, date(2026, 2, 11))
        self.assertEqual(
            claim.amount_interest + more.amount_interest,
            self._owed(self.invoice, TODAY)[0],
        )

    def test_a_credit_note_after_the_claim_is_told(self):
        claim = self._claimed(at="2026-03-02")
        refund = self._invoice(self.debtor, "2026-03-20", 1000, move_type="out_refund")
        self._lines(self.invoice, refund).reconcile()
        claim.invalidate_recordset()
        self.assertIn("89.88", claim.difference)
        self.assertEqual(claim.amount_interest, 99.86)

    def test_the_claim_outlives_its_invoice(self):
        claim = self._claimed()
        name = self.invoice.name
        self._lines(self.invoice).remove_move_reconcile()
        self.invoice.button_draft()
        self.invoice.with_context(force_delete=True).unlink()
        self.assertRecordValues(
            claim.line_ids,
            [{"move_name": name, "move_line_id": False, "move_id": False}],
        )

    def test_it_is_never_deleted_once_claimed(self):
        claim = self._claimed()
        with self.assertRaises(UserError):
            claim.with_user(self.manager).unlink()
        claim.action_cancel()
        claim.with_user(self.manager).unlink()
        self.assertFalse(claim.exists())

    def test_draft_of_nothing_cannot_be_claimed(self):
        claim = self._prepare()
        claim.sudo().line_ids.unlink()
        with self.assertRaises(UserError):
            claim.action_claim()


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestCosts(ClaimCase):
    """Costs of recovery above the indemnity: on proof only, never from a consumer."""

    def test_costs_need_their_proof(self):
        claim = self._prepare(at="2026-03-02")
        claim.write({"amount_cost": 120, "cost_note": "lawyer"})
        with self.assertRaises(UserError) as refused:
            claim.action_claim()
        self.assertIn("attach the proof", str(refused.exception))
        claim.cost_attachment_ids = self._proof()
        claim.action_claim()
        self.assertEqual((claim.state, claim.amount_total), ("claimed", 259.86))

    def test_costs_are_not_rewritten_once_claimed(self):
        claim = self._claimed()
        with self.assertRaises(UserError):
            claim.amount_cost = 50

    def test_the_proof_is_not_rewritten_once_claimed(self):
        proof = self._proof()
        claim = self._prepare()
        claim.write({"amount_cost": 120, "cost_attachment_ids": proof.ids})
        mine = proof.with_user(self.officer)
        mine.name = "letter.pdf"
        claim.action_claim()
        for change in (
            lambda: mine.write({"raw": b"%PDF-1.4 another"}),
            lambda: mine.write({"name": "other.pdf"}),
            lambda: mine.write({"res_id": 0}),
            mine.unlink,
            mine._delete_and_notify,
            lambda: mine.with_user(self.manager).unlink(),
        ):
            with self.assertRaises(UserError) as refused:
                change()
            self.assertIn(claim.reference, str(refused.exception))
        self.assertEqual((proof.raw, proof.name), (b"%PDF-1.4 proof", "letter.pdf"))
        self.assertEqual(claim.cost_attachment_ids, proof)

    def test_the_proof_of_a_draft_is_free(self):
        proof = self._proof()
        claim = self._prepare()
        claim.write({"amount_cost": 120, "cost_attachment_ids": proof.ids})
        proof.with_user(self.officer).unlink()
        self.assertFalse(claim.cost_attachment_ids)

    def test_the_proof_outlives_what_it_came_from(self):
        proof = self._proof()
        partner = self._debtor("Bailiff")
        proof.sudo().write({"res_model": partner._name, "res_id": partner.id})
        claim = self._prepare()
        claim.write({"amount_cost": 120, "cost_attachment_ids": proof.ids})
        claim.action_claim()
        partner.unlink()
        self.assertEqual((proof.res_model, proof.res_id), (claim._name, claim.id))

    def test_no_costs_from_a_consumer(self):
        self.debtor.relance_penalty_regime = "consumer"
        claim = self.claims.sudo().create(
            {
                "company_id": self.company.id,
                "partner_id": self.debtor.id,
                "currency_id": self.company.currency_id.id,
                "date": TODAY,
            }
        )
        with self.assertRaises(ValidationError) as refused:
            claim.with_user(self.officer).amount_cost = 50
        self.assertIn("L111-8", str(refused.exception))

    def test_negative_costs_are_refused(self):
        claim = self._prepare()
        with (
            mute_logger("odoo.sql_db"),
            self.assertRaises(psycopg2.errors.CheckViolation),
        ):
            claim.amount_cost = -1
            claim.flush_recordset()


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestNeverTwice(ClaimCase):
    """The database refuses what the code would let through."""

    def _line(self, **values):
        claim = self._prepare()
        found = claim.line_ids.copy_data()[0]
        found = {**found, "segment_ids": False, "indemnity": 0, **values}
        return self.env["relance.penalty.claim.line"].sudo().create(found)

    def _refused(self, error, **values):
        with mute_logger("odoo.sql_db"), self.assertRaises(error):
            self._line(**values).flush_recordset()

    def test_the_same_days(self):
        for first, last in (
            ("2026-02-01", "2026-03-18"),
            ("2026-03-18", "2026-04-30"),
            ("2026-02-10", "2026-02-10"),
        ):
            self._refused(
                psycopg2.errors.ExclusionViolation, date_from=first, date_to=last
            )

    def test_the_days_after_and_those_of_a_cancelled_claim(self):
        self.assertTrue(self._line(date_from="2026-03-19", date_to="2026-03-20"))
        self.claims.search([]).sudo()._cancel()
        self.assertTrue(self._line(date_from="2026-03-20", date_to="2026-03-20"))

    def test_the_indemnity_of_an_invoice(self):
        self._refused(
            psycopg2.errors.UniqueViolation,
            date_from="2026-03-19",
            date_to="2026-03-20",
            indemnity=40,
        )

    def test_a_period_that_ends_before_it_begins(self):
        self._refused(psycopg2.Error, date_from="2026-03-20", date_to="2026-03-19")


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestWaiver(ClaimCase):
    """Giving up, at once or as part of a deal: who, when and why."""

    def test_a_manager_waives_with_a_reason(self):
        claim = self._claimed()
        with Form(
            self.env["relance.penalty.waive"]
            .with_user(self.manager)
            .with_context(claim.with_user(self.manager).action_waive()["context"])
        ) as form:
            form.reason = "late delivery"
        form.record.action_waive()
        self.assertRecordValues(
            claim,
            [
                {
                    "state": "waived",
                    "waived_by_id": self.manager.id,
                    "waive_reason": "late delivery",
                    "settled_on": TODAY,
                }
            ],
        )
        self.assertIn("late delivery", claim.message_ids[0].body)

    def test_waived_days_are_never_claimed_again(self):
        claim = self._claimed(at="2026-03-02")
        claim.with_user(self.manager).waive("deal")
        more = self._prepare()
        self.assertEqual(
            (more.line_ids.date_from, more.amount_indemnity), (date(2026, 3, 3), 0.0)
        )

    def test_an_officer_does_not_waive(self):
        claim = self._claimed()
        with self.assertRaises(AccessError):
            call_kw(claim, "waive", [claim.ids, "please"], {})
        with self.assertRaises(AccessError):
            claim.state = "waived"

    def test_a_reason_and_a_day_to_come_are_needed(self):
        claim = self._claimed().with_user(self.manager)
        for reason, day in (("", None), ("  ", None), ("deal", "2026-03-17")):
            with self.assertRaises(UserError):
                claim.waive(reason, day)
        self.assertEqual(claim.state, "claimed")

    def _settle(self, day):
        with freeze_time(day), self.enter_registry_test_mode():
            self.env.ref("relance_ar.ir_cron_settle_offers").method_direct_trigger()

    def _offered(self, until="2026-03-31"):
        claim = self._claimed()
        claim.with_user(self.manager).waive("if paid this month", until)
        self.assertEqual((claim.state, claim.waiver_state), ("claimed", "offered"))
        return claim

    def test_paid_in_time_it_is_waived(self):
        claim = self._offered()
        self._pay(self.invoice, "2026-03-31")
        self._settle("2026-04-01")
        self.assertRecordValues(
            claim,
            [
                {
                    "state": "waived",
                    "waiver_state": "granted",
                    "waived_by_id": self.manager.id,
                    "settled_on": date(2026, 4, 1),
                }
            ],
        )

    def test_paid_late_or_in_part_it_lapses_and_stays_due(self):
        claim = self._offered()
        self._pay(self.invoice, "2026-03-20", 9999)
        self._pay(self.invoice, "2026-04-01")
        self._settle("2026-04-02")
        self.assertEqual(claim.waiver_state, "offered", "a bank line may still come")
        self._settle("2026-04-07")
        self.assertEqual((claim.state, claim.waiver_state), ("claimed", "lapsed"))
        self._settle("2026-04-08")
        lapse = claim.message_ids.filtered(lambda m: "lapsed" in (m.body or ""))
        self.assertEqual(len(lapse), 1)

    def test_a_payment_booked_late_brings_it_back(self):
        claim = self._offered()
        self._settle("2026-04-07")
        self.assertEqual(claim.waiver_state, "lapsed")
        self._pay(self.invoice, "2026-03-31")
        self._settle("2026-04-08")
        self.assertEqual((claim.state, claim.waiver_state), ("waived", "granted"))

    def test_an_offer_is_not_invoiced(self):
        claim = self._offered()
        with self.assertRaises(UserError) as refused:
            self._invoiced(claim)
        self.assertIn("offer to waive", str(refused.exception))
        claim.with_user(self.manager).action_withdraw_offer()
        self.assertEqual(claim.waiver_state, "lapsed")
        self.assertTrue(self._invoiced(claim))


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestInvoicing(ClaimCase):
    """A customer document without VAT, linked to what it is about, once."""

    def test_the_document(self):
        tax = self.company.account_sale_tax_id
        self.income.tax_ids = tax
        claim = self._prepare(at="2026-03-02")
        claim.write({"amount_cost": 120, "cost_attachment_ids": self._proof().ids})
        claim.action_claim()
        document = self._invoiced(claim)
        document.action_post()
        self.assertRecordValues(
            document,
            [
                {
                    "move_type": "out_invoice",
                    "partner_id": self.debtor.id,
                    "amount_tax": 0.0,
                    "amount_total": 259.86,
                    "invoice_origin": f"{claim.reference}, {self.invoice.name}",
                    "invoice_date_due": TODAY,
                }
            ],
        )
        self.assertRecordValues(
            document.invoice_line_ids,
            [
                {"price_total": 99.86, "account_id": self.income.id, "tax_ids": []},
                {"price_total": 40.0, "account_id": self.income.id, "tax_ids": []},
                {"price_total": 120.0, "account_id": self.income.id, "tax_ids": []},
            ],
        )
        self.assertEqual(claim.state, "invoiced")
        self.assertEqual(self.invoice.with_user(self.officer).relance_claim_count, 1)

    def test_an_account_is_needed(self):
        claim = self._claimed()
        with self.assertRaises(UserError) as refused:
            claim.with_user(self.accountant).action_invoice()
        self.assertIn("income account", str(refused.exception))
        self.assertEqual(claim.state, "claimed")

    def test_only_who_may_invoice_does(self):
        self.company.relance_penalty_account_id = self.income
        claim = self._claimed()
        for user in (self.officer, self.manager):
            with self.assertRaises(AccessError):
                claim.with_user(user).action_invoice()

    def test_a_second_click_makes_no_second_document(self):
        claim = self._claimed()
        document = self._invoiced(claim)
        self.assertEqual(self._invoiced(claim), document)
        self.assertFalse(self._prepare())

    def test_penalties_bear_no_penalties(self):
        document = self._invoiced(self._claimed())
        document.action_post()
        with freeze_time("2026-06-15"):
            self.assertEqual(self._owed(document, "2026-06-15"), (0.0, 0.0))
            self.assertFalse(self._prepare(document))

    def test_a_document_deleted_or_cancelled_gives_the_claim_back(self):
        claim = self._claimed()
        document = self._invoiced(claim)
        document.button_cancel()
        self.assertRecordValues(
            claim, [{"state": "claimed", "invoice_id": False, "settled_on": False}]
        )
        self._invoiced(claim).unlink()
        self.assertEqual(claim.state, "claimed")

    def test_a_document_credited_in_full_may_be_cancelled(self):
        claim = self._claimed()
        document = self._invoiced(claim)
        document.action_post()
        self.assertFalse(claim.action_cancel())
        self._reverse_invoice(document, is_modify=False, post=True)
        claim.action_cancel()
        self.assertEqual(claim.state, "cancelled")
        self.assertTrue(self._prepare())

    def test_a_public_buyer_has_45_days(self):
        self.debtor.relance_penalty_regime = "public"
        document = self._invoiced(self._claimed())
        self.assertEqual(document.invoice_date_due, fields.Date.add(TODAY, days=45))

    def test_the_account_must_be_one_of_income(self):
        with self.assertRaises(ValidationError):
            self.company.relance_penalty_account_id = self.company_data[
                "default_account_receivable"
            ]

    def test_in_the_language_of_the_debtor(self):
        self.debtor.lang = "fr_FR"
        document = self._invoiced(self._claimed(at="2026-03-02"))
        self.assertIn("02/03/2026", document.invoice_line_ids[0].name)

    def test_the_document_is_in_the_currency_of_the_invoices(self):
        dollars = self.setup_other_currency("USD", rates=[("2016-01-01", 2.0)])
        foreign = self._invoice(self.debtor, "2026-01-31", currency_id=dollars)
        document = self._invoiced(self._claimed(foreign, at="2026-03-02"))
        self.assertEqual(
            (document.currency_id, document.amount_total), (dollars, 89.99)
        )


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestClaimRights(ClaimCase):
    """Each verb by RPC, with the lowest rights."""

    def test_an_officer_prepares_and_claims_by_rpc(self):
        claims = self.claims.with_user(self.officer)
        ids = self._lines(self.invoice).ids
        found = call_kw(claims, "prepare", [ids, "2026-03-02"], {})
        claim = self.claims.browse(found if isinstance(found, list) else found.ids)
        call_kw(claims, "action_claim", [claim.ids], {})
        self.assertEqual(claim.state, "claimed")

    def test_nobody_writes_states_or_amounts(self):
        claim = self._claimed()
        line = claim.line_ids
        for user in (self.officer, self.manager, self.accountant):
            for record, vals in (
                (claim, {"state": "draft"}),
                (claim, {"waiver_state": "granted"}),
                (claim, {"date": TODAY}),
                (claim, {"line_ids": [Command.clear()]}),
                (line, {"interest": 1}),
                (line.segment_ids, {"rate": 1}),
            ):
                with (
                    self.subTest(user.login, vals=vals),
                    self.assertRaises(AccessError),
                ):
                    record.with_user(user).write(vals)

    def test_who_may_not_read_the_invoice_prepares_nothing(self):
        seller = self._new_user("seller", "relance_ar.group_relance_dispute")
        with self.assertRaises(AccessError):
            self._prepare(user=seller)

    def test_another_company_sees_nothing(self):
        claim = self._claimed()
        other = self.setup_other_company()["company"]
        stranger = self._new_user("stranger", "relance_ar.group_relance_user", other)
        self.assertFalse(self.claims.with_user(stranger).search([]))
        for record in (claim, claim.line_ids, claim.line_ids.segment_ids):
            with self.assertRaises(AccessError):
                record.with_user(stranger).check_access("read")

    def test_others_read_the_proof_with_the_claim(self):
        proof = self._proof()
        claim = self._prepare()
        claim.write({"amount_cost": 10, "cost_attachment_ids": proof.ids})
        self.assertRecordValues(
            proof, [{"res_model": "relance.penalty.claim", "res_id": claim.id}]
        )
        mine = claim.with_user(self.manager).cost_attachment_ids
        self.assertEqual(base64.b64decode(mine.datas), b"%PDF-1.4 proof")


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestScreens(ClaimCase):
    """The invoice, the customer and the wizard."""

    def test_the_tab_of_the_invoice(self):
        table = self.invoice.with_user(self.officer).relance_penalty_table
        for text in (self.invoice.name, "46", "12.15", "153.12", "193.12", "L441-10"):
            if text != "L441-10":
                self.assertIn(text, table)
        self.assertIn("40.00", table)
        other = self._invoice(self.debtor, days(3))
        self.assertFalse(other.with_user(self.officer).relance_penalty_table)
        self.assertTrue(self.invoice.with_user(self.accountant).relance_penalty_table)

    def test_the_statement_at_any_date(self):
        action = self.debtor.with_user(self.officer).action_relance_penalties()
        wizard = self.env[action["res_model"]].with_user(self.officer)
        wizard = wizard.browse(action["res_id"])
        self.assertIn("153.12", wizard.sheet)
        with Form(wizard) as form:
            form.date = "2026-01-31"
        self.assertFalse(wizard.has_rows)
        wizard.date = "2026-08-15"
        self.assertIn("12.40", wizard.sheet)

    def test_the_customer_shows_what_has_accrued(self):
        dollars = self.setup_other_currency("USD", rates=[("2016-01-01", 2.0)])
        self._invoice(self.debtor, "2026-03-02", currency_id=dollars)
        accrued = self.debtor.with_user(self.officer).relance_penalty_accrued
        self.assertIn("193.12", accrued)
        self.assertIn("85.33", accrued)
        self.assertFalse(self._debtor("Punctual").relance_penalty_accrued)

    def test_what_was_paid_late_is_an_option(self):
        self._pay(self.invoice, "2026-02-10")
        statements = self.env["relance.penalty.statement"].with_user(self.officer)
        wizard = statements.create({"partner_id": self.debtor.id})
        self.assertFalse(wizard.has_rows)
        self.company.relance_penalty_paid_late = True
        wizard = statements.create({"partner_id": self.debtor.id})
        self.assertIn("33.29", wizard.sheet)

    def test_a_claim_is_prepared_from_what_is_shown(self):
        action = self.invoice.with_user(self.officer).action_relance_penalties()
        wizard = self.env[action["res_model"]].with_user(self.officer)
        action = wizard.browse(action["res_id"]).action_prepare()
        claim = self.claims.browse(action["res_id"])
        self.assertEqual((claim.state, claim.amount_total), ("draft", 193.12))
        self.assertEqual(self.debtor.with_user(self.officer).relance_claim_count, 1)
        found = self.debtor.with_user(self.officer).action_relance_claims()
        self.assertEqual(self.claims.search(found["domain"]), claim)
        found = self.invoice.with_user(self.officer).action_relance_claims()
        self.assertEqual(self.claims.search(found["domain"]), claim)

    def test_a_missing_rate_is_said_on_the_screen(self):
        self.env.ref("relance_ar.relance_interest_rate_ecb_mro_2026_01").unlink()
        self.assertIn(
            "01/01/2026", self.invoice.with_user(self.officer).relance_penalty_table
        )

    def test_the_pivot_and_the_search_by_reference(self):
        claim = self._claimed()
        claims = self.claims.with_user(self.officer)
        self.assertEqual(claims.search([("reference", "=", claim.reference)]), claim)
        [(state, total)] = claims._read_group([], ["state"], ["amount_total:sum"])
        self.assertEqual((state, total), ("claimed", 193.12))
