"""What nobody can mean is refused in words; many offers are settled in a pass."""

from datetime import date

import psycopg2

from odoo.exceptions import UserError, ValidationError
from odoo.tests import Form, freeze_time, tagged
from odoo.tools import mute_logger

from .common import TODAY, days
from .test_penalties_claims import ClaimCase
from .test_penalties_reminders import ReminderCase

FAR = date.max


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestAbsurdValues(ClaimCase):
    """Days and amounts that come from a slip of the keyboard, or from a script."""

    def test_days_out_of_range(self):
        line = self._lines(self.invoice).with_user(self.officer)
        claim = self._claimed(at="2026-03-02").with_user(self.manager)
        for day in ("0001-01-01", "9999-12-31"):
            for ask in (
                lambda day=day: line.relance_penalty(day),
                lambda day=day: self._prepare(at=day),
                lambda day=day: claim.waive("deal", day),
            ):
                with self.assertRaises(ValidationError) as refused:
                    ask()
                self.assertIn("out of range", str(refused.exception))
        self.assertEqual(claim.waiver_state, False)

    def test_the_statement_of_a_day_out_of_range(self):
        statements = self.env["relance.penalty.statement"].with_user(self.officer)
        wizard = statements.create({"partner_id": self.debtor.id})
        self.company.relance_penalty_rate = 15  # no table of rates says no
        for day in (date.min, FAR):
            with self.assertRaises(ValidationError) as refused:
                wizard.date = day
            self.assertIn("out of range", str(refused.exception))
        with Form(wizard) as form:
            form.date = FAR
            self.assertFalse(form.has_rows)
            form.date = "2026-03-02"
            self.assertTrue(form.has_rows)

    def test_due_on_the_last_day_of_the_calendar(self):
        dollars = self.setup_other_currency("USD", rates=[("2016-01-01", 2.0)])
        invoice = self._create_invoice_one_line(
            price_unit=1000,
            tax_ids=[],
            partner_id=self.debtor,
            currency_id=dollars,
            invoice_date=TODAY,
            invoice_date_due=FAR,
            post=True,
        )
        self.assertEqual(self._owed(invoice, TODAY), (0.0, 0.0))

    def test_a_judgment_on_the_first_day_of_the_calendar(self):
        self.debtor.write(
            {"solvency_state": "insolvency", "solvency_judgment_on": date.min}
        )
        # Born long after it: such a judgment stops nothing.
        self.assertEqual(self._owed(self.invoice, "2026-03-02"), (99.86, 40.0))

    def test_amounts_of_costs(self):
        claim = self._prepare()
        for amount in (1e300, float("nan"), float("inf"), 10**9):
            with self.subTest(amount), self.assertRaises(ValidationError) as refused:
                claim.amount_cost = amount
            self.assertIn("no amount of costs", str(refused.exception))
        claim.amount_cost = 999_999_999
        self.assertEqual(claim.amount_total, 1000000192.12)


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestBlankReasons(ClaimCase):
    """Spaces are no reason."""

    def test_to_waive(self):
        claim = self._claimed().with_user(self.manager)
        wizards = self.env["relance.penalty.waive"].with_user(self.manager)
        wizard = wizards.create({"claim_ids": claim.ids, "reason": "   "})
        with self.assertRaises(UserError) as refused:
            wizard.action_waive()
        self.assertIn("Say why", str(refused.exception))
        self.assertEqual(claim.state, "claimed")

    def test_to_hold(self):
        lines = self._lines(self.invoice)
        wizards = self.env["relance.line.hold.wizard"].with_user(self.officer)
        wizard = wizards.create({"move_line_ids": lines.ids, "reason": " \t"})
        with self.assertRaises(UserError) as refused:
            wizard.action_hold()
        self.assertIn("Say why", str(refused.exception))
        self.assertFalse(self.env["relance.line.hold"]._load(lines.ids))


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestNothingChosen(ClaimCase):
    """A verb on no record moves none, or says that it wants some."""

    def test_verbs_that_move_nothing(self):
        none = self.claims.with_user(self.manager)
        for verb in ("action_claim", "action_refresh", "action_cancel"):
            with self.subTest(verb):
                self.assertEqual(getattr(none, verb)(), none)
        self.assertEqual(none.action_withdraw_offer(), none)
        self.assertEqual(none.waive("deal"), none)
        self.assertEqual(none.waive("deal", days(3)), none)
        self.assertEqual(none.prepare([]), none)

    def test_verbs_that_say_so(self):
        none = self.claims.with_user(self.manager)
        wizard = self.env["relance.penalty.waive"].with_user(self.manager)
        for ask in (
            none.action_waive,
            none.with_user(self.accountant).action_invoice,
            wizard.create({"reason": "deal"}).action_waive,
        ):
            with self.assertRaises(UserError):
                ask()


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestManyOffers(ClaimCase):
    """The daily settlement reads and writes in sets."""

    def _offers(self, *names):
        claims = self.claims
        for name in names:
            debtor = self._debtor(name)
            invoice = self._invoice(debtor, "2026-01-31", 10000)
            claim = self._claimed(invoice, at="2026-03-02")
            claim.with_user(self.manager).waive("deal", "2026-03-31")
            self._pay(invoice, "2026-03-25")
            claims |= claim
        return claims.sudo()

    def _count(self, claims):
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        with freeze_time("2026-04-01"):
            claims._settle_offers(date(2026, 4, 1))
        self.env.flush_all()
        return self.env.cr.sql_log_count - before

    def test_queries_do_not_grow_with_offers(self):
        few, many = self._offers("One"), self._offers(*"ABCDEFGHIJ")
        counts = [self._count(few), self._count(many)]
        for claim in few | many:
            self.assertEqual((claim.state, claim.amount_interest), ("waived", 176.42))
            self.assertIn("deal", " ".join(claim.message_ids.mapped("body")))
        # A few for reading in sets; none for each.
        self.assertLess(counts[1] - counts[0], 10, counts)

    def test_two_offers_of_one_invoice_go_on_once(self):
        first = self._claimed(at="2026-03-02")
        second = self._claimed(at="2026-03-10")
        both = (first + second).with_user(self.manager)
        both.waive("deal", "2026-03-31")
        self._pay(self.invoice, "2026-03-25")
        with freeze_time("2026-04-01"):
            both.sudo()._settle_offers(date(2026, 4, 1))
        self.assertEqual(both.mapped("state"), ["waived", "waived"])
        self.assertEqual(
            (first.date, second.date), (date(2026, 3, 2), date(2026, 3, 25))
        )
        # 10 000 x 12.15 % x 53 / 365, in three parts
        total = sum(both.mapped("amount_interest"))
        self.assertAlmostEqual(total, 176.42)


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestConflicts(ReminderCase):
    """A claim made meanwhile stands; a conflict of transactions is for the sender."""

    def _remind_with(self, error):
        self._invoice(self._debtor(), days(-3), 15000)
        reminder = self._plan()
        reminder.action_approve()

        def fail(_reminders, _day):
            raise error

        self.patch(self.registry["relance.reminder"], "_make_claims", fail)
        reminder.sudo()._confirm("sent")
        return reminder

    def test_days_claimed_meanwhile(self):
        reminder = self._remind_with(psycopg2.errors.ExclusionViolation())
        self.assertEqual((reminder.state, len(reminder.claim_ids)), ("sent", 0))

    def test_other_errors_reach_the_sender(self):
        for error in (
            psycopg2.errors.SerializationFailure,
            psycopg2.errors.NotNullViolation,
        ):
            with self.subTest(error), self.assertRaises(error), mute_logger("odoo"):
                self._remind_with(error())
