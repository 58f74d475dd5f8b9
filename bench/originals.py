"""One of each entry, made through the ORM: what Odoo itself stores, to be copied."""

import datetime as dt

SALESMEN = 5


def receivable(move):
    """Return the receivable line of a move."""
    return move.line_ids.filtered(
        lambda line: line.account_id.account_type == "asset_receivable"
    )


class Originals:
    """A customer, an invoice, a credit note and a payment."""

    def __init__(self, env):
        self.env = env
        self.today = dt.date.today()
        self.salesmen = self._salesmen()
        self.customer = self._customer()

    def _salesmen(self):
        users = self.env["res.users"].with_context(no_reset_password=True)
        found = users.search([("login", "=like", "sales%@ledger.test")])
        for rank in range(len(found), SALESMEN):
            login = f"sales{rank}@ledger.test"
            values = {"name": f"Commercial {rank}", "login": login, "email": login}
            found |= users.create(values)
        return found

    def _customer(self):
        return self.env["res.partner"].create(
            {
                "name": "Client 0",
                "is_company": True,
                "country_id": self.env.ref("base.fr").id,
                "lang": "fr_FR",
                "email": "client0@ledger.test",
                "phone": "+33140000000",
                "street": "1 rue de la Paix",
                "zip": "75002",
                "city": "Paris",
                "customer_rank": 1,
            }
        )

    def _in_company(self, model, *domain):
        company = ("company_id", "=", self.env.company.id)
        return self.env[model].search([*domain, company], limit=1)

    def post(self, move_type, amount=100.0):
        """Post an invoice or a credit note of the customer, due today."""
        sale = ("type_tax_use", "=", "sale")
        tax = self._in_company("account.tax", sale, ("amount", "=", 20.0))
        line = {
            "name": "Prestation",
            "quantity": 1,
            "price_unit": amount,
            "tax_ids": [(6, 0, tax.ids)],
        }
        move = self.env["account.move"].create(
            {
                "move_type": move_type,
                "partner_id": self.customer.id,
                "invoice_date": self.today,
                "invoice_date_due": self.today,
                "invoice_user_id": self.salesmen[0].id,
                "invoice_line_ids": [(0, 0, line)],
            }
        )
        move.action_post()
        return move

    def pay(self, invoice):
        """Pay an invoice; return the entry that settles it."""
        context = {"active_model": "account.move", "active_ids": invoice.ids}
        register = self.env["account.payment.register"].with_context(**context)
        register.create({})._create_payments()
        due = receivable(invoice)
        if not due.reconciled:  # no outstanding account on this chart
            self._pay_from_the_bank(invoice, due)
        entry = due.matched_credit_ids.credit_move_id.move_id
        self.env.flush_all()
        assert due.reconciled, "the template payment did not reconcile"
        return entry

    def _pay_from_the_bank(self, invoice, due):
        journal = self._in_company("account.journal", ("type", "=", "bank"))
        common = {"partner_id": self.customer.id, "name": "Virement"}
        bank = {"account_id": journal.default_account_id.id, **common}
        client = {"account_id": due.account_id.id, **common}
        entry = self.env["account.move"].create(
            {
                "move_type": "entry",
                "journal_id": journal.id,
                "date": self.today,
                "line_ids": [
                    (0, 0, {**bank, "debit": invoice.amount_total}),
                    (0, 0, {**client, "credit": invoice.amount_total}),
                ],
            }
        )
        entry.action_post()
        (due + receivable(entry)).reconcile()
