"""The vectors of the law, through posted invoices and reconciled payments."""

from datetime import date

from odoo import Command
from odoo.exceptions import UserError, ValidationError
from odoo.tests import freeze_time, tagged

from .common import RelanceCase

LATER = date(2026, 12, 15)
TOWN_SIREN = "217500016"  # begins with 2: a local authority


class PenaltyCase(RelanceCase):
    """Real invoices, paid or not, and what the officer is told of them."""

    def _owed(self, invoice, at):
        """Return ``(interest, indemnity)`` of an invoice in one instalment."""
        found = self._lines(invoice).with_user(self.officer).relance_penalty(at)
        return found["interest"], found["indemnity"]

    def _pay(self, invoice, day, amount=None):
        values = {"amount": amount} if amount else {}
        return self._register_payment(invoice, payment_date=day, **values)

    def _rate(self, kind, day, value):
        rates = self.env["relance.interest.rate"].with_user(self.manager)
        return rates.create({"kind": kind, "date_from": day, "value": value})

    def _bank_line(self, day, amount):
        journal = self.company_data["default_journal_bank"]
        return self.env["account.bank.statement.line"].create(
            {
                "journal_id": journal.id,
                "date": day,
                "payment_ref": "transfer",
                "amount": amount,
            }
        )


@tagged("post_install", "-at_install")
@freeze_time(LATER)
class TestVectors(PenaltyCase):
    """P1 to T13 of the reference: paid that day, and looked at much later."""

    def test_contract_rates(self):
        for due, paid, amount, rate, interest in (
            ("2026-03-02", "2026-04-01", 15000, 15, 184.93),  # P1
            ("2026-04-24", "2026-08-02", 1000, 12.15, 33.29),  # P2, T8
            ("2024-01-31", "2024-03-01", 15000, 15, 184.93),  # T1, through 29 February
            ("2026-07-31", "2026-08-30", 10000, 8.25, 67.81),  # T10, at the floor
        ):
            with self.subTest(due=due, rate=rate):
                debtor = self._debtor(relance_penalty_rate=rate)
                invoice = self._invoice(debtor, due, amount)
                self._pay(invoice, paid)
                self.assertEqual(self._owed(invoice, LATER), (interest, 40.0))

    def test_statutory_rates(self):
        for due, paid, amount, siren, expected in (
            ("2026-06-30", "2026-07-30", 12000, False, (122.30, 40.0)),  # T2
            ("2026-05-15", "2026-08-15", 12000, False, (371.28, 40.0)),  # T3
            ("2026-05-15", "2026-08-15", 10000, TOWN_SIREN, (255.84, 40.0)),  # T6
            ("2026-07-31", "2026-08-01", 100, False, (0.03, 40.0)),  # T11
            ("2026-07-31", "2026-07-31", 100, False, (0.0, 0.0)),  # T12
        ):
            with self.subTest(due=due, siren=siren):
                debtor = self._debtor(relance_siren=siren)
                invoice = self._invoice(debtor, due, amount)
                self._pay(invoice, paid)
                self.assertEqual(self._owed(invoice, LATER), expected)

    def test_rounded_rows_sum_to_the_interest(self):
        # T8: 22.30 and 10.99 are rounded to 33.29, not each row on its own.
        debtor = self._debtor(relance_penalty_rate=12.15)
        invoice = self._invoice(debtor, "2026-04-24", 1000)
        found = self._lines(invoice).relance_penalty("2026-08-02")
        self.assertEqual([s["days"] for s in found["segments"]], [67, 33])
        self.assertEqual([s["amount"] for s in found["segments"]], [22.30, 10.99])

    def test_a_consumer_owes_nothing_without_formal_notice(self):
        person = self._debtor("Claude Petit", is_company=False)
        invoice = self._invoice(person, "2026-01-31", 10000)  # T13
        self.assertEqual(self._owed(invoice, LATER), (0.0, 0.0))


@tagged("post_install", "-at_install")
@freeze_time(LATER)
class TestTerms(PenaltyCase):
    """Which regime and which rate: invoice, then customer, then company."""

    def test_the_rate_of_the_invoice_goes_first(self):
        self.company.relance_penalty_rate = 15
        debtor = self._debtor(relance_penalty_rate=12)
        invoice = self._invoice(debtor, "2026-01-31", 10000)
        at = "2026-03-02"  # 30 days
        self.assertEqual(self._owed(invoice, at), (98.63, 40.0))
        invoice.relance_penalty_rate = 10
        self.assertEqual(self._owed(invoice, at), (82.19, 40.0))
        invoice.relance_penalty_rate = debtor.relance_penalty_rate = 0
        self.assertEqual(self._owed(invoice, at), (123.29, 40.0))

    def test_the_rate_of_a_customer_belongs_to_the_company(self):
        other = self.setup_other_company()["company"]
        debtor = self._debtor(relance_penalty_rate=12)
        debtor.with_company(other).relance_penalty_rate = 20
        invoice = self._invoice(debtor, "2026-01-31", 10000)
        self.assertEqual(self._owed(invoice, "2026-03-02"), (98.63, 40.0))

    def test_the_terms_of_sale_do_not_bind_a_public_buyer(self):
        self.company.relance_penalty_rate = 15
        town = self._debtor("Town", relance_siren=TOWN_SIREN)
        self.assertEqual(town.relance_penalty_regime_proposed, "public")
        invoice = self._invoice(town, "2026-05-15", 10000)
        self.assertEqual(self._owed(invoice, "2026-08-15"), (255.84, 40.0))

    def test_a_person_chooses_another_regime(self):
        town = self._debtor("Town", relance_siren=TOWN_SIREN)
        town.with_user(self.officer).relance_penalty_regime = "business"
        invoice = self._invoice(town, "2026-05-15", 12000)
        self.assertEqual(self._owed(invoice, "2026-08-15"), (371.28, 40.0))
        invoice.relance_penalty_regime = "exempt"
        self.assertEqual(self._owed(invoice, "2026-08-15"), (0.0, 0.0))

    def test_the_company_leaves_countries_out(self):
        belgium = self.env.ref("base.be")
        abroad = self._debtor("Abroad", country_id=belgium.id)
        invoice = self._invoice(abroad, "2026-05-15", 12000)
        self.assertEqual(self._owed(invoice, "2026-08-15"), (371.28, 40.0))
        self.company.relance_penalty_excluded_country_ids = belgium
        self.assertEqual(self._owed(invoice, "2026-08-15"), (0.0, 0.0))
        self.assertEqual(abroad.relance_penalty_regime_proposed, "exempt")
        abroad.relance_penalty_regime = "business"
        self.assertEqual(self._owed(invoice, "2026-08-15"), (371.28, 40.0))

    def test_a_year_of_366_days(self):
        debtor = self._debtor(relance_penalty_rate=10)
        invoice = self._invoice(debtor, "2023-10-31", 10000)
        self.assertEqual(self._owed(invoice, "2024-02-29"), (331.51, 40.0))
        self.company.relance_penalty_year = "act_act"
        self.assertEqual(self._owed(invoice, "2024-02-29"), (331.06, 40.0))

    def test_rates_below_nothing_or_above_all_are_refused(self):
        debtor = self._debtor()
        invoice = self._invoice(debtor, "2026-05-15")
        for record in (debtor, invoice):
            for rate in (-0.5, 100.5):
                with (
                    self.subTest(record),
                    self.assertRaises(ValidationError) as refused,
                ):
                    record.relance_penalty_rate = rate
                self.assertIn("between 0 and 100 %", str(refused.exception))

    def test_a_rate_below_the_floor_is_warned_of_and_kept(self):
        with freeze_time("2026-08-15"):
            debtor = self._debtor(relance_penalty_rate=8.24)
            self.assertEqual(
                debtor.relance_penalty_rate_note,
                "8.24 % is below three times the legal rate, 8.25 % in the half-year "
                "from 07/01/2026: such a clause is not valid (Code de commerce, "
                "L441-10).",
            )
            debtor.relance_penalty_rate = 8.25
            self.assertFalse(debtor.relance_penalty_rate_note)
            self.company.relance_penalty_rate = 8
            self.assertIn("8.25 %", self.company.relance_penalty_rate_note)
        invoice = self._invoice(debtor, "2024-05-31", relance_penalty_rate=14.5)
        # Of 1 May 2024: 3 x 5.07 %.
        self.assertIn("15.21 %", invoice.relance_penalty_rate_note)


@tagged("post_install", "-at_install")
@freeze_time(LATER)
class TestSettlements(PenaltyCase):
    """What reduces the base, and from which day."""

    def test_a_payment_counts_from_its_bank_line(self):
        invoice = self._invoice(self._debtor(), "2026-01-31", 10000)
        account = self.env["account.account"].create(
            {
                "name": "Outstanding receipts of the test",
                "code": "511999",
                "account_type": "asset_current",
                "reconcile": True,
            }
        )
        self.inbound_payment_method_line.payment_account_id = account
        payment = self.env["account.payment"].create(
            {
                "payment_type": "inbound",
                "partner_id": invoice.partner_id.id,
                "amount": 10000,
                "date": "2026-02-10",
                "payment_method_line_id": self.inbound_payment_method_line.id,
            }
        )
        payment.action_post()
        receivable = payment.move_id.line_ids.filtered(
            lambda li: li.account_id.account_type == "asset_receivable"
        )
        (self._lines(invoice) + receivable).reconcile()
        # 10 000 x 12.15 % x 10 / 365, then 15: the funds come five days later.
        self.assertEqual(self._owed(invoice, LATER), (33.29, 40.0))
        statement = self._bank_line("2026-02-15", 10000)
        _liquidity, suspense, _other = statement._seek_for_lines()
        suspense.account_id = account
        outstanding = payment.move_id.line_ids.filtered(
            lambda li: li.account_id == account
        )
        (outstanding + suspense).reconcile()
        self.assertEqual(self._owed(invoice, LATER), (49.93, 40.0))

    def test_a_credit_note_of_the_invoice_reduces_the_price_from_the_start(self):
        invoice = self._invoice(self._debtor(), "2026-01-31", 10000)
        self._reverse_invoice(
            invoice, date=date(2026, 6, 1), is_modify=False, post=True
        )
        self.assertEqual(invoice.payment_state, "reversed")
        self.assertEqual(self._owed(invoice, LATER), (0.0, 0.0))

    def test_a_partial_credit_note_after_a_partial_payment(self):
        debtor = self._debtor()
        invoice = self._invoice(debtor, "2026-01-31", 10000)
        self._pay(invoice, "2026-02-15", 4000)
        refund = self._invoice(debtor, "2026-03-20", 1000, move_type="out_refund")
        self._lines(invoice, refund).reconcile()
        found = self._lines(invoice).relance_penalty("2026-03-02")
        self.assertEqual(
            [(s["days"], s["base"]) for s in found["segments"]],
            [(15, 9000.0), (15, 5000.0)],
        )

    def test_the_credit_note_of_another_invoice_is_set_off_from_its_date(self):
        debtor = self._debtor()
        invoice, other = (self._invoice(debtor, "2026-01-31", 10000) for _ in range(2))
        refund = self._reverse_invoice(other, date=date(2026, 2, 15), is_modify=False)
        refund.action_post()
        refund.line_ids.remove_move_reconcile()
        self._lines(invoice, refund).reconcile()
        # Owed in full until 15 February: 15 days.
        self.assertEqual(self._owed(invoice, LATER), (49.93, 40.0))

    def test_a_credit_is_not_late(self):
        refund = self._invoice(
            self._debtor(), "2026-01-31", 1000, move_type="out_refund"
        )
        self.assertEqual(self._owed(refund, LATER), (0.0, 0.0))

    def test_a_draft_invoice_bears_nothing(self):
        invoice = self._invoice(self._debtor(), "2026-01-31", 1000)
        lines = self._lines(invoice)
        invoice.button_draft()
        self.assertEqual(lines.relance_penalty(LATER)["total"], 0.0)

    def test_a_payment_undone_runs_on_from_the_due_date(self):
        invoice = self._invoice(self._debtor(), "2026-01-31", 10000)
        self._pay(invoice, "2026-02-10")
        self.assertEqual(self._owed(invoice, "2026-03-02"), (33.29, 40.0))
        self._lines(invoice).remove_move_reconcile()
        self.assertEqual(self._owed(invoice, "2026-03-02"), (99.86, 40.0))

    def test_a_currency_rounded_to_five_cents(self):
        francs = self.setup_other_currency(
            "CHF", rounding=0.05, rates=[("2016-01-01", 1.0)]
        )
        invoice = self._invoice(self._debtor(), "2026-01-31", currency_id=francs)
        # 1 000 x 12.15 % x 30 / 365 = 9.986
        self.assertEqual(self._owed(invoice, "2026-03-02"), (10.0, 40.0))

    def test_a_currency_without_rounding_does_not_exist(self):
        with self.assertRaises(Exception) as refused, self.env.cr.savepoint():
            self.setup_other_currency("JPY", rounding=0.0)
            self.env.flush_all()
        self.assertIn("rounding", str(refused.exception))


@tagged("post_install", "-at_install")
@freeze_time(LATER)
class TestInsolvency(PenaltyCase):
    """From the opening judgment on."""

    def _insolvent(self, **values):
        return self._debtor(
            solvency_state="insolvency", solvency_judgment_on="2026-02-15", **values
        )

    def test_interest_stops_the_day_before(self):
        invoice = self._invoice(self._insolvent(), "2026-01-31", 10000)
        found = self._lines(invoice).relance_penalty(LATER)
        self.assertEqual(found["segments"][-1]["end"], date(2026, 2, 14))
        # 10 000 x 12.15 % x 14 / 365
        self.assertEqual((found["interest"], found["indemnity"]), (46.60, 40.0))

    def test_no_indemnity_for_what_falls_due_on_that_day_or_later(self):
        debtor = self._insolvent()
        for due in ("2026-02-15", "2026-03-01"):
            invoice = self._invoice(debtor, due, 10000)
            self.assertEqual(self._owed(invoice, LATER), (0.0, 0.0), due)
        eve = self._invoice(debtor, "2026-02-14", 10000)
        self.assertEqual(self._owed(eve, LATER), (0.0, 40.0))

    def test_without_a_day_of_judgment_nothing_is_claimed_and_it_is_said(self):
        debtor = self._debtor(
            solvency_state="insolvency", solvency_checked_on="2026-02-15"
        )
        invoice = self._invoice(debtor, "2026-01-31", 10000)
        lines = self._lines(invoice).with_user(self.officer)
        asked = self.env["relance.penalty.claim"].with_user(self.officer)
        for ask in (
            lambda: self._owed(invoice, LATER),
            lambda: asked.prepare(lines.ids),
        ):
            with self.assertRaises(UserError) as refused:
                ask()
            self.assertIn("Debtor SARL is in insolvency", str(refused.exception))
        debtor = debtor.with_user(self.officer)
        for told in (
            debtor.relance_penalty_accrued,
            invoice.with_user(self.officer).relance_penalty_table,
            lines.relance_penalty_error,
        ):
            self.assertIn("without a day of judgment", told)
        debtor.solvency_checked_on = "2026-12-01"
        with self.assertRaises(UserError):
            self._owed(invoice, LATER)
        debtor.solvency_judgment_on = "2026-02-15"
        self.assertEqual(self._owed(invoice, LATER), (46.60, 40.0))

    def test_nobody_asks_for_a_day_where_nothing_is_owed(self):
        debtor = self._debtor(
            solvency_state="insolvency", relance_penalty_regime="exempt"
        )
        invoice = self._invoice(debtor, "2026-01-31", 10000)
        self.assertEqual(self._owed(invoice, LATER), (0.0, 0.0))

    def test_proceedings_that_are_over_stop_nothing(self):
        debtor = self._insolvent()
        debtor.solvency_state = "active"
        invoice = self._invoice(debtor, "2026-01-31", 10000)
        self.assertEqual(self._owed(invoice, "2026-03-02"), (99.86, 40.0))


@tagged("post_install", "-at_install")
@freeze_time(LATER)
class TestFormalNotice(PenaltyCase):
    """A consumer owes the legal interest once a formal notice was sent."""

    def test_the_legal_rate_from_the_formal_notice(self):
        person = self._debtor("Claude Petit", is_company=False)
        invoice = self._invoice(person, "2026-01-31", 20000)
        level = self.env["relance.level"].search(
            [("phase", "=", "formal_notice")], limit=1
        )
        self.env["relance.reminder"].sudo().create(
            {
                "state": "sent",
                "company_id": self.company.id,
                "partner_id": person.id,
                "contact_id": person.id,
                "currency_id": invoice.currency_id.id,
                "level_id": level.id,
                "phase": "formal_notice",
                "channel": "registered_letter",
                "date_planned": "2026-06-01",
                "date_done": "2026-06-01",
                "line_ids": [
                    Command.create(
                        {
                            "move_line_id": self._lines(invoice).id,
                            "move_name": invoice.name,
                            "level_id": level.id,
                            "date_maturity": "2026-01-31",
                            "amount_residual": 20000,
                        }
                    )
                ],
            }
        )
        # 29 days at 2.62 %, 31 at 2.75 %: the rates of professional creditors.
        self.assertEqual(self._owed(invoice, "2026-07-31"), (88.35, 0.0))
        with self.assertRaises(UserError) as refused:
            self._owed(invoice, "2027-01-01")
        self.assertIn("Legal rate, professionals", str(refused.exception))


@tagged("post_install", "-at_install")
@freeze_time(LATER)
class TestManyLines(PenaltyCase):
    """A pass over many lines reads in sets."""

    def test_queries_do_not_grow_with_lines(self):
        few = self._invoice(self._debtor("One"), "2026-01-31")
        many = self.env["account.move"].union(
            *(
                self._invoice(self._debtor(f"Debtor {rank}"), "2026-01-31", 100 + rank)
                for rank in range(12)
            )
        )
        for move in many[:6]:
            self._pay(move, "2026-02-15")
        facts = self.env["relance.penalty.facts"]
        counts = []
        for moves in (few, many):
            ids = self._lines(*moves).ids
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            found, missing = facts._compute(ids, LATER)
            counts.append(self.env.cr.sql_log_count - before)
            self.assertEqual((set(found), missing), (set(ids), {}))
        # Payments have their own query.
        self.assertLessEqual(counts[1], counts[0] + 1)

    def test_a_list_shows_what_has_accrued(self):
        invoice = self._invoice(self._debtor(), "2026-05-15", 12000)
        with freeze_time("2026-08-15"):
            line = self._lines(invoice).with_user(self.officer)
            self.assertEqual(
                (line.relance_penalty_interest, line.relance_penalty_indemnity),
                (371.28, 40.0),
            )
