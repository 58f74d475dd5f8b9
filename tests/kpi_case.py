"""A ledger as companies have them, and its figures worked out otherwise, in SQL."""

from odoo import Command, fields

from .common import RelanceCase, days

# Figures whose records have the amount that the figure is the sum of.
BOOKED = ("receivables", "overdue", "invoiced", "received")


class BranchMixin:
    """Several companies: entries of each, and which of them are chosen."""

    @classmethod
    def _make_branch(cls):
        """Return a branch of the company: its entries are in the parent's journals."""
        branch = cls.env["res.company"].create(
            {"name": "Branch", "parent_id": cls.company.id}
        )
        cls.env.cr.precommit.run()  # loads the accounts of the parent
        cls.env.user.company_ids += branch
        cls.officer.company_ids += branch
        return branch

    @classmethod
    def _in(cls, model, company):
        """Return a model as a user of one company has it."""
        return cls.env[model].with_context(allowed_company_ids=company.ids)

    @classmethod
    def _bill(cls, company, amount):
        """Post an invoice of 6 February, due on 8 March."""
        invoice = cls._in("account.move", company).create(
            {
                "move_type": "out_invoice",
                "partner_id": cls.debtor.id,
                "invoice_date": days(-40),
                "invoice_date_due": days(-10),
                "invoice_line_ids": [
                    Command.create({"name": "x", "price_unit": amount, "tax_ids": []})
                ],
            }
        )
        invoice.action_post()
        return invoice

    @classmethod
    def _settle(cls, invoice, amount, day):
        """Register a payment in the company of an invoice."""
        wizard = cls._in("account.payment.register", invoice.company_id).with_context(
            active_model="account.move", active_ids=invoice.ids
        )
        return wizard.create({"amount": amount, "payment_date": day})._create_payments()

    def _choose(self, *companies):
        """Look at the dashboard of some companies, the first being the current one."""
        chosen = [company.id for company in companies]
        self.dashboard = self.dashboard.with_context(allowed_company_ids=chosen)


class CurrenciesMixin(BranchMixin):
    """A company of euros, and another one of dollars."""

    @classmethod
    def _make_dollars(cls):
        dollar = cls.env.ref("base.USD")
        dollar.active = True
        data = cls.setup_other_company(name="US Co", currency_id=dollar.id)
        cls.other = data["company"]
        cls.officer.company_ids += cls.other
        # A dollar is half a euro, and a quarter from March on.
        cls._make_rate("2020-01-01", 1, cls.company.currency_id)
        cls._make_rate("2020-01-01", 2)
        cls._make_rate("2026-03-01", 4)

    @classmethod
    def _make_rate(cls, day, rate, currency=None):
        """Note a rate in the company of dollars, of dollars unless told otherwise."""
        currency = currency or cls.other.currency_id
        cls.env["res.currency.rate"].create(
            {
                "currency_id": currency.id,
                "name": day,
                "rate": rate,
                "company_id": cls.other.id,
            }
        )


class KpiCase(RelanceCase):
    """Instalments, credits, part payments, a currency, an opening, another company."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.kpi = cls.env["relance.kpi"].with_user(cls.officer)
        cls.debtor = cls._debtor()

    @classmethod
    def _pay(cls, invoice, amount, day):
        wizard = cls.env["account.payment.register"].with_context(
            active_model="account.move", active_ids=invoice.ids
        )
        return wizard.create({"amount": amount, "payment_date": day})._create_payments()

    @classmethod
    def _credit(cls, invoice, amount, day, match=True):
        """Post a credit note; Odoo matches it with its invoice, if it has one."""
        return cls._create_invoice_one_line(
            move_type="out_refund",
            price_unit=amount,
            tax_ids=[],
            partner_id=invoice.partner_id,
            invoice_date=day,
            reversed_entry_id=invoice if match else None,
            post=True,
        )

    @classmethod
    def _opening(cls, partner, amount, day):
        """Post an opening balance of a customer, which no sale explains."""
        receivable = cls.company_data["default_account_receivable"]
        other = cls.company_data["default_account_revenue"].copy(
            {"account_type": "equity", "code": "890999"}
        )
        line = {"partner_id": partner.id, "date_maturity": day}
        move = cls.env["account.move"].create(
            {
                "date": day,
                "line_ids": [
                    Command.create(
                        {**line, "account_id": receivable.id, "debit": amount}
                    ),
                    Command.create({"account_id": other.id, "credit": amount}),
                ],
            }
        )
        move.action_post()
        return move

    @classmethod
    def _make_ledger(cls):
        """Post what makes receivables hard: everything at once, for two debtors."""
        other = cls._debtor("Other SAS")
        cls._opening(other, 450, days(-200))
        halves = cls.env["account.payment.term"].create(
            {
                "name": "halves",
                "line_ids": [
                    Command.create({"value_amount": 50, "nb_days": 0}),
                    Command.create({"value_amount": 50, "nb_days": 60}),
                ],
            }
        )
        for rank in range(14):
            debtor = (cls.debtor, other)[rank % 2]
            invoice = cls._invoice(debtor, days(20 - 17 * rank), 300 + 37 * rank)
            if rank % 3 == 1:
                cls._pay(invoice, 200 + 10 * rank, days(min(0, 30 - 17 * rank)))
            if rank % 4 == 2:
                cls._credit(invoice, 55, days(25 - 17 * rank - 20))
            if rank % 5 == 3:
                cls._pay(invoice, invoice.amount_residual, days(-2 * rank))
        in_two = cls._create_invoice_one_line(
            price_unit=1000,
            tax_ids=[],
            partner_id=other,
            invoice_date=days(-50),
            invoice_payment_term_id=halves,
            post=True,
        )
        cls._pay(in_two, 700, days(-3))
        cls._credit(in_two, 90, days(-4), match=False)
        # Paid before it was invoiced, and only part of it matched.
        cls.early = cls._invoice(cls.debtor, days(25), 120)
        cls._pay(cls.early, 500, days(-90))

    def _balance(self, day, company=None):
        """Return what the accounts say was owed: the sum of the entries up to a day."""
        self.env.flush_all()
        self.env.cr.execute(
            """
            SELECT sum(l.balance) FROM account_move_line l
              JOIN account_account a ON a.id = l.account_id
             WHERE a.account_type = 'asset_receivable' AND l.parent_state = 'posted'
               AND l.date <= %s AND l.company_id = %s
            """,
            (day, (company or self.company).id),
        )
        return float(self.env.cr.fetchone()[0] or 0)

    def _residuals(self, day):
        """Return ``[(residual, days late)]`` on a day, from scratch, line by line."""
        self.env.flush_all()
        self.env.cr.execute(
            """
            SELECT l.balance - COALESCE((
                       SELECT sum(CASE WHEN r.debit_move_id = l.id THEN r.amount
                                       ELSE -r.amount END)
                         FROM account_partial_reconcile r
                        WHERE l.id IN (r.debit_move_id, r.credit_move_id)
                          AND r.max_date <= %(day)s), 0),
                   %(day)s - COALESCE(l.date_maturity, l.date)
              FROM account_move_line l JOIN account_account a ON a.id = l.account_id
             WHERE a.account_type = 'asset_receivable' AND l.parent_state = 'posted'
               AND l.date <= %(day)s AND l.company_id = %(company)s
            """,
            {"day": fields.Date.to_date(day), "company": self.company.id},
        )
        return [(float(left), late) for left, late in self.env.cr.fetchall() if left]

    def _figures(self, day=None, months=12, user=None, **filters):
        kpi = self.kpi.with_user(user) if user else self.kpi
        return kpi.get_figures({"day": day, "months": months, **filters})

    def _last(self, code, **values):
        """Return a figure of the last month."""
        return self._figures(**values)["values"][code][-1]
