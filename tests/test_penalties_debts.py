"""What bears penalties: entries, money paid back, currencies, public buyers."""

from datetime import date

from odoo import Command
from odoo.fields import Domain
from odoo.tests import freeze_time, tagged

from .common import TODAY
from .test_penalties_claims import ClaimCase
from .test_penalties_vectors import TOWN_SIREN


class EntryCase(ClaimCase):
    """An opening balance with several debtors in one entry."""

    def _opening(self, *debtors):
        """Return the receivable lines of one entry, due on 31 January, 1 000 each."""
        receivable = self.company_data["default_account_receivable"]
        entry = self.env["account.move"].create(
            {
                "move_type": "entry",
                "date": "2026-01-01",
                "line_ids": [
                    *(
                        Command.create(
                            {
                                "account_id": receivable.id,
                                "partner_id": debtor.id,
                                "debit": 1000,
                                "date_maturity": "2026-01-31",
                            }
                        )
                        for debtor in debtors
                    ),
                    Command.create(
                        {
                            "account_id": self.company_data[
                                "default_account_revenue"
                            ].id,
                            "credit": 1000 * len(debtors),
                        }
                    ),
                ],
            }
        )
        entry.action_post()
        return self._lines(entry).sorted("id")


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestOpeningEntry(EntryCase):
    """Each line of an entry is a debt of its own."""

    def test_each_debtor_has_its_terms_and_its_indemnity(self):
        person = self._debtor("Claude Petit", is_company=False)
        town = self._debtor("Town", relance_siren=TOWN_SIREN)
        lines = self._opening(person, self.debtor, town, self.debtor)
        found = [
            line.with_user(self.officer).relance_penalty("2026-03-02") for line in lines
        ]
        # 1 000 x 30 / 365: at 12.15 % twice, at 10.15 % for the town.
        self.assertEqual(
            [(each["interest"], each["indemnity"]) for each in found],
            [(0.0, 0.0), (9.99, 40.0), (8.34, 40.0), (9.99, 40.0)],
        )

    def test_the_indemnity_of_each_is_claimed_once(self):
        other = self._debtor("Other SA")
        lines = self._opening(self.debtor, other, self.debtor)
        claims = self.claims.with_user(self.officer)
        made = claims.prepare(lines.ids, "2026-03-02")
        by_debtor = {claim.partner_id: claim.amount_indemnity for claim in made}
        self.assertEqual(by_debtor, {self.debtor: 80.0, other: 40.0})
        made.action_claim()
        more = claims.prepare(lines.ids)
        self.assertEqual(set(more.mapped("amount_indemnity")), {0.0})


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestMoneyPaidBack(ClaimCase):
    """What we paid to a customer is no debt that bears penalties."""

    def _refused(self, lines):
        line = lines.with_user(self.officer)
        self.assertTrue(line)
        self.assertEqual(line.relance_penalty(TODAY)["total"], 0.0)
        self.assertFalse(self.claims.with_user(self.officer).prepare(line.ids))
        late = self.env["account.move.line"]._relance_late_domain(TODAY)
        self.assertFalse(line.filtered_domain(late))
        self.assertFalse(line.search(late & Domain("id", "in", line.ids)))

    def test_a_payment_to_a_customer(self):
        payment = self.env["account.payment"].create(
            {
                "payment_type": "outbound",
                "partner_type": "customer",
                "partner_id": self.debtor.id,
                "amount": 300,
                "date": "2026-02-01",
                "payment_method_line_id": self.outbound_payment_method_line.id,
            }
        )
        payment.action_post()
        receivable = payment.move_id.line_ids.filtered(
            lambda li: li.account_id.account_type == "asset_receivable"
        )
        self._refused(receivable)

    def test_a_bank_line_to_a_customer(self):
        line = self._bank_line("2026-02-01", -300)
        line.partner_id = self.debtor
        _liquidity, suspense, _other = line._seek_for_lines()
        suspense.account_id = self.debtor.property_account_receivable_id
        self._refused(self._lines(line.move_id))


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestLumpSumInCurrency(ClaimCase):
    """The 40 euros in another currency: at the day after maturity."""

    def _foreign(self, name, rates):
        currency = self.setup_other_currency(name, rates=rates)
        return self._invoice(self.debtor, "2026-01-31", currency_id=currency)

    def test_a_later_rate_does_not_move_it(self):
        invoice = self._foreign(
            "USD", [("2016-01-01", 2.0), ("2026-02-01", 1.5), ("2026-02-02", 3.0)]
        )
        for day in ("2026-02-01", "2026-03-02", TODAY):
            self.assertEqual(self._owed(invoice, day)[1], 60.0, day)

    def test_rates_shared_by_all_companies(self):
        invoice = self._foreign("USD", [("2016-01-01", 2.0)])
        invoice.currency_id.rate_ids.company_id = False
        self.assertEqual(self._owed(invoice, TODAY)[1], 80.0)

    def test_the_rates_of_another_company_are_not_ours_and_it_is_said(self):
        invoice = self._foreign("USD", [("2016-01-01", 2.0)])
        other = self.setup_other_company()["company"]
        invoice.currency_id.rate_ids.company_id = other
        self.assertEqual(self._owed(invoice, TODAY)[1], 0.0)
        table = invoice.with_user(self.officer).relance_penalty_table
        self.assertIn("enter a rate of USD", table)
        # Told to us, not to the debtor.
        action = invoice.with_user(self.officer).action_relance_penalties()
        wizard = self.env[action["res_model"]].browse(action["res_id"])
        self.assertIn("enter a rate of USD", wizard.sheet)
        self.assertFalse(wizard._get_printed_sheet()["notes"])


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestPublicRate(ClaimCase):
    """L2192-14: a clause below the statutory rate is void."""

    def test_the_statutory_rate_unless_the_contract_gives_more(self):
        town = self._debtor("Town", relance_siren=TOWN_SIREN, relance_penalty_rate=5)
        invoice = self._invoice(town, "2026-01-31", 10000)
        # 10 000 x 30 / 365 x 10.15 %, then 12 %
        self.assertEqual(self._owed(invoice, "2026-03-02"), (83.42, 40.0))
        self.assertIn("L2192-14", town.relance_penalty_rate_note)
        self.assertIn("plus 8 points", invoice._get_relance_mentions()[1])
        town.relance_penalty_rate = 12
        self.assertEqual(self._owed(invoice, "2026-03-02"), (98.63, 40.0))
        self.assertFalse(town.relance_penalty_rate_note)
        self.assertIn("12.00 %", invoice._get_relance_mentions()[1])

    def test_a_rate_on_the_invoice_is_warned_of(self):
        town = self._debtor("Town", relance_siren=TOWN_SIREN)
        invoice = self._invoice(town, "2026-01-31", 10000, relance_penalty_rate=10.14)
        self.assertIn("10.15 %", invoice.relance_penalty_rate_note)
        self.assertEqual(invoice.invoice_date, date(2026, 1, 1))
