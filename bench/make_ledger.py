"""Fill an Odoo database with a large, realistic receivables ledger, fast.

Run inside `odoo shell` on a database with a French company and chart:

    PARTNERS=10000 OPEN=100000 PAID=100000 odoo shell -d DB < make_ledger.py

One customer, one open invoice, one credit note and one paid invoice are made through
the ORM, so that every stored field is what Odoo itself writes; they are then cloned in
SQL with other ids, partners, dates and amounts. Deterministic for a given SEED.
"""

import datetime as dt
import io
import os
import time

TABLES = (
    "res_partner",
    "account_move",
    "account_move_line",
    "account_full_reconcile",
    "account_partial_reconcile",
)
LINE_AMOUNTS = (
    "debit",
    "credit",
    "balance",
    "amount_currency",
    "amount_residual",
    "amount_residual_currency",
)
INVOICE_AMOUNTS = ("price_unit", "price_subtotal", "price_total", "tax_base_amount")
PARTIAL_AMOUNTS = ("amount", "debit_amount_currency", "credit_amount_currency")
SALESMEN = 5


def siren(number):
    """Return a valid SIREN: eight digits and their Luhn key."""
    digits = f"{10000000 + number:08d}"
    doubled = [int(digit) * (1 + rank % 2) for rank, digit in enumerate(digits)]
    total = sum(value - 9 if value > 9 else value for value in doubled)
    return f"{digits}{-total % 10}"


def scaled(columns):
    """Return expressions that multiply amounts by a clone's own factor `g.factor`."""
    return {name: f'round(s."{name}" * g.factor, 2)' for name in columns}


def receivable(move):
    """Return the receivable line of a move."""
    return move.line_ids.filtered(
        lambda line: line.account_id.account_type == "asset_receivable"
    )


class Clones:
    """The clones of a move: their ids follow from a rank and a position.

    Clone number n has the id move_base + n, and its line at a position (the rank of
    the original line in its move) the id line_base + (n - 1) * size + position + 1.
    """

    def __init__(self, ledger, move):
        self.move_base = ledger.last_id("account_move")
        self.line_base = ledger.last_id("account_move_line")
        self.positions = {line: rank for rank, line in enumerate(move.line_ids.ids)}
        self.size = len(self.positions)

    def line_id(self, position):
        """Return the SQL expression of the id of a clone's line."""
        return f"{self.line_base} + (g.n - 1) * {self.size} + {position} + 1"

    def move_id(self):
        """Return the SQL expression of a clone's id."""
        return f"{self.move_base} + g.n"


class Ledger:
    """The ledger being made."""

    def __init__(self, env, partners, seed):
        self.env = env
        self.cr = env.cr
        self.today = dt.date.today()
        self.partners = partners
        self.salesmen = self._salesmen()
        self.customer = self._customer()
        self.first_partner = self.last_id("res_partner")
        self.cr.execute("SELECT setseed(%s)", (seed,))

    # Through the ORM: one of each.

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

    # In SQL: the clones.

    def last_id(self, table):
        """Return the highest id of a table."""
        self.cr.execute(f"SELECT coalesce(max(id), 0) FROM {table}")
        return self.cr.fetchone()[0]

    def columns(self, table):
        """Return the columns of a table."""
        self.cr.execute(
            "SELECT column_name FROM information_schema.columns"
            " WHERE table_name = %s ORDER BY ordinal_position",
            (table,),
        )
        return [name for (name,) in self.cr.fetchall()]

    def clone(self, table, condition, value, expressions, joins):
        """Insert copies of a row `s` of a table, but for the columns expressed."""
        names = self.columns(table)
        values = ", ".join(expressions.get(name, f's."{name}"') for name in names)
        quoted = ", ".join(f'"{name}"' for name in names)
        self.cr.execute(
            f"INSERT INTO {table} ({quoted})"
            f" SELECT {values} FROM {table} s {joins} WHERE {condition} = %s",
            (value,),
        )

    def _salesman(self, expression):
        return f"(ARRAY{self.salesmen.ids})[1 + {expression}]"

    def clone_partners(self):
        """Clone the customer, each with a SIREN and a salesman."""
        rows = (f"{rank}\t{siren(rank)}" for rank in range(1, self.partners + 1))
        self.cr.execute("CREATE TEMP TABLE seed_partner (n int, siren text)")
        self.cr.copy_from(io.StringIO("\n".join(rows)), "seed_partner")
        name, email = "'Client ' || g.n", "'client' || g.n || '@ledger.test'"
        own_id = f"{self.first_partner} + g.n"
        expressions = {
            "id": own_id,
            "commercial_partner_id": own_id,
            "name": name,
            "complete_name": name,
            "commercial_company_name": name,
            "email": email,
            "email_normalized": email,
            "company_registry": "g.siren || '00014'",
            "user_id": self._salesman(f"g.n %% {SALESMEN}"),
        }
        joins = "CROSS JOIN seed_partner g"
        self.clone("res_partner", "s.id", self.customer.id, expressions, joins)

    def _draw(self, table, count, earliest, latest):
        """Draw a partner, a due date, a salesman and a factor for each clone.

        Partners are skewed, amounts log-uniform, due dates uniform between two
        numbers of days from today.
        """
        self.cr.execute(f"DROP TABLE IF EXISTS {table}")
        self.cr.execute(
            f"""
            CREATE TEMP TABLE {table} AS
            SELECT n,
                   %s + 1 + floor(%s * power(random(), 2))::int AS partner,
                   round((10 ^ (random() * 3))::numeric, 2) AS factor,
                   %s::date + (floor(random() * %s)::int + %s) AS due,
                   {self._salesman(f"floor(random() * {SALESMEN})::int")} AS salesman
              FROM generate_series(1, %s) n""",
            (
                self.first_partner,
                self.partners,
                self.today,
                latest - earliest,
                earliest,
                count,
            ),
        )

    def _number_lines(self, clones):
        self.cr.execute("DROP TABLE IF EXISTS seed_line")
        self.cr.execute("CREATE TEMP TABLE seed_line (line int, position int)")
        rows = list(clones.positions.items())
        self.cr.executemany("INSERT INTO seed_line VALUES (%s, %s)", rows)

    def _clone_entries(self, move, prefix, joins, own, line_own, line_amounts):
        """Clone a move and its lines; the arguments tell in what clones differ."""
        clones = Clones(self, move)
        self._number_lines(clones)
        name = f"'{prefix}' || lpad(g.n::text, 7, '0')"
        amounts = self.columns("account_move")
        expressions = {
            **scaled(column for column in amounts if column.startswith("amount_")),
            "id": clones.move_id(),
            "name": name,
            "sequence_prefix": f"'{prefix}'",
            "sequence_number": "g.n",
            "partner_id": "g.partner",
            "commercial_partner_id": "g.partner",
            **own,
        }
        self.clone("account_move", "s.id", move.id, expressions, joins)
        expressions = {
            **scaled(line_amounts),
            "id": clones.line_id("o.position"),
            "move_id": clones.move_id(),
            "move_name": name,
            "partner_id": "g.partner",
            "payment_id": "NULL",
            **line_own,
        }
        joins = f"JOIN seed_line o ON o.line = s.id {joins}"
        self.clone("account_move_line", "s.move_id", move.id, expressions, joins)
        return clones

    def clone_moves(self, move, count, prefix, due, draws="seed_move"):
        """Clone a posted invoice or credit note; `due` bounds the due dates."""
        self._draw(draws, count, *due)
        issued = {"date": "g.due - 30", "invoice_date": "g.due - 30"}
        own = {
            **issued,
            "invoice_date_due": "g.due",
            "invoice_user_id": "g.salesman",
            "partner_shipping_id": "g.partner",
            "payment_reference": f"'{prefix}' || lpad(g.n::text, 7, '0')",
            "invoice_partner_display_name": (
                f"'Client ' || (g.partner - {self.first_partner})"
            ),
            "access_token": "NULL",
            "message_main_attachment_id": "NULL",
        }
        line_own = {
            **issued,
            "date_maturity": "CASE WHEN s.date_maturity IS NOT NULL THEN g.due END",
        }
        joins = f"CROSS JOIN {draws} g"
        amounts = LINE_AMOUNTS + INVOICE_AMOUNTS
        return self._clone_entries(move, prefix, joins, own, line_own, amounts)

    def clone_paid(self, invoice, entry, count):
        """Clone a paid invoice and its payment, from punctual to very late."""
        span = (-500, -30)
        invoices = self.clone_moves(invoice, count, "FAC/P/", span, "seed_paid")
        self.cr.execute(
            "CREATE TEMP TABLE habit AS"
            " SELECT id AS partner, floor(power(random(), 3) * 90)::int - 3 AS late"
            "   FROM res_partner WHERE id > %s",
            (self.first_partner,),
        )
        joins = "CROSS JOIN seed_paid g JOIN habit h ON h.partner = g.partner"
        paid_on = "LEAST(g.due + h.late, CURRENT_DATE)"
        own = {"date": paid_on, "origin_payment_id": "NULL"}
        payments = self._clone_entries(
            entry, "BNK/P/", joins, own, {"date": paid_on}, LINE_AMOUNTS
        )
        due, settled = receivable(invoice), receivable(entry)
        self._clone_reconciliation(
            due,
            {
                "debit_move_id": invoices.line_id(invoices.positions[due.id]),
                "credit_move_id": payments.line_id(payments.positions[settled.id]),
                "max_date": paid_on,
            },
            joins,
        )
        self._match(invoices, due, count)
        self._match(payments, settled, count)

    def _clone_reconciliation(self, due, own, joins):
        self.first_full = self.last_id("account_full_reconcile")
        full = {"id": f"{self.first_full} + g.n", "exchange_move_id": "NULL"}
        table, source = "account_full_reconcile", due.full_reconcile_id.id
        self.clone(table, "s.id", source, full, "CROSS JOIN seed_paid g")
        partial = {
            **scaled(PARTIAL_AMOUNTS),
            "id": f"{self.last_id('account_partial_reconcile')} + g.n",
            "full_reconcile_id": full["id"],
            **own,
        }
        table, source = "account_partial_reconcile", due.matched_credit_ids[:1].id
        self.clone(table, "s.id", source, partial, joins)

    def _match(self, clones, line, count):
        """Give the receivable lines of clones the number of their reconciliation."""
        self.cr.execute(
            """
            UPDATE account_move_line
               SET full_reconcile_id = %(full)s + (move_id - %(move)s),
                   matching_number = (%(full)s + (move_id - %(move)s))::text
             WHERE id > %(line)s AND id <= %(line)s + %(count)s * %(size)s
               AND (id - %(line)s - 1) %% %(size)s = %(position)s""",
            {
                "full": self.first_full,
                "move": clones.move_base,
                "line": clones.line_base,
                "count": count,
                "size": clones.size,
                "position": clones.positions[line.id],
            },
        )

    def finish(self):
        """Set the sequences after the clones, commit, and gather statistics."""
        for table in TABLES:
            self.cr.execute(
                f"SELECT setval('{table}_id_seq', (SELECT max(id) FROM {table}))"
            )
        self.cr.commit()
        for table in TABLES:
            self.cr.execute(f"ANALYZE {table}")
        self.cr.commit()

    def summary(self):
        """Return the open lines, the overdue debits, their balance, the partners."""
        self.cr.execute(
            """
            SELECT count(*),
                   count(*) FILTER (
                       WHERE l.date_maturity < CURRENT_DATE AND l.balance > 0),
                   round(sum(l.amount_residual), 2),
                   count(DISTINCT l.partner_id)
              FROM account_move_line l
              JOIN account_account a ON a.id = l.account_id
             WHERE a.account_type = 'asset_receivable'
               AND NOT l.reconciled
               AND l.parent_state = 'posted'"""
        )
        return self.cr.fetchone()


def make_ledger(env, partners, open_lines, paid, seed):
    """Make the whole ledger."""
    ledger = Ledger(env, partners, seed)
    invoice, refund = ledger.post("out_invoice"), ledger.post("out_refund")
    settled = ledger.post("out_invoice")
    payment = ledger.pay(settled)
    ledger.clone_partners()
    invoices = open_lines * 9 // 10
    ledger.clone_moves(invoice, invoices, "FAC/L/", (-200, 60))
    ledger.clone_moves(refund, open_lines - invoices, "RFAC/L/", (-100, 30))
    if paid:
        ledger.clone_paid(settled, payment, paid)
    ledger.finish()
    return ledger


def main(env):
    """Make a ledger of the size asked for, and print what it holds."""
    started = time.monotonic()
    sizes = {"PARTNERS": 1000, "OPEN": 10000, "PAID": 5000}
    partners, open_lines, paid = (
        int(os.environ.get(name, size)) for name, size in sizes.items()
    )
    seed = float(os.environ.get("SEED", "0.42"))
    ledger = make_ledger(env, partners, open_lines, paid, seed)
    lines, overdue, balance, debtors = ledger.summary()
    seconds = time.monotonic() - started
    print(f"ledger: {lines} open lines of {debtors} debtors, {overdue} overdue debits,")
    print(f"        {balance} EUR in all, made in {seconds:.1f} s")


main(globals()["env"])  # given by `odoo shell`
