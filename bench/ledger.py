"""A large, realistic receivables ledger: entries copied many times over."""

import datetime as dt
import io

from .clones import INVOICE_AMOUNTS, LINE_AMOUNTS, PARTIAL_AMOUNTS, Cloner, scaled
from .originals import SALESMEN, Originals, receivable

TABLES = (
    "res_partner",
    "account_move",
    "account_move_line",
    "account_full_reconcile",
    "account_partial_reconcile",
)


def siren(number):
    """Return a valid SIREN: eight digits and their Luhn key."""
    digits = f"{10000000 + number:08d}"
    doubled = [int(digit) * (1 + rank % 2) for rank, digit in enumerate(digits)]
    total = sum(value - 9 if value > 9 else value for value in doubled)
    return f"{digits}{-total % 10}"


class Ledger(Cloner):
    """The ledger being made from its originals."""

    def __init__(self, env, originals, partners, seed):
        super().__init__(env)
        self.today = dt.date.today()
        self.partners = partners
        self.salesmen = originals.salesmen
        self.customer = originals.customer
        self.first_partner = self.last_id("res_partner")
        self.cr.execute("SELECT setseed(%s)", (seed,))

    def trust(self):
        """Check no foreign key until the commit, where the server lets us: faster."""
        self.cr.execute("SELECT rolsuper FROM pg_roles WHERE rolname = current_user")
        if self.cr.fetchone()[0]:
            self.cr.execute("SET LOCAL session_replication_role = replica")

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

    def clone_moves(self, move, count, prefix, due, draws="seed_move", own_lines=()):
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
            **dict(own_lines),
        }
        joins = f"CROSS JOIN {draws} g"
        amounts = LINE_AMOUNTS + INVOICE_AMOUNTS
        return self._clone_entries(move, prefix, joins, own, line_own, amounts)

    def clone_paid(self, invoice, entry, count):
        """Clone a paid invoice and its payment, from punctual to very late."""
        due, settled = receivable(invoice), receivable(entry)
        first_full = self._clone_full_reconciliations(due, count)
        invoices = self.clone_moves(
            invoice,
            count,
            "FAC/P/",
            (-500, -30),
            "seed_paid",
            self._matched(due, first_full),
        )
        self._draw_habits()
        joins = "CROSS JOIN seed_paid g JOIN habit h ON h.partner = g.partner"
        paid_on = "LEAST(g.due + h.late, CURRENT_DATE)"
        own = {"date": paid_on, "origin_payment_id": "NULL"}
        own_lines = {"date": paid_on, **self._matched(settled, first_full)}
        payments = self._clone_entries(
            entry, "BNK/P/", joins, own, own_lines, LINE_AMOUNTS
        )
        partial = {
            **scaled(PARTIAL_AMOUNTS),
            "id": f"{self.last_id('account_partial_reconcile')} + g.n",
            "full_reconcile_id": f"{first_full} + g.n",
            "debit_move_id": invoices.line_id(invoices.positions[due.id]),
            "credit_move_id": payments.line_id(payments.positions[settled.id]),
            "max_date": paid_on,
        }
        table, source = "account_partial_reconcile", due.matched_credit_ids[:1].id
        self.clone(table, "s.id", source, partial, joins)

    def _draw_habits(self):
        """Draw how late each partner pays: a few days early to three months late."""
        self.cr.execute(
            "CREATE TEMP TABLE habit AS"
            " SELECT id AS partner, floor(power(random(), 3) * 90)::int - 3 AS late"
            "   FROM res_partner WHERE id > %s",
            (self.first_partner,),
        )

    def _clone_full_reconciliations(self, due, count):
        """Clone what ties an invoice to its payment; return the id before the first."""
        table = "account_full_reconcile"
        first = self.last_id(table)
        own = {"id": f"{first} + g.n", "exchange_move_id": "NULL"}
        joins = f"CROSS JOIN generate_series(1, {count}) AS g(n)"
        self.clone(table, "s.id", due.full_reconcile_id.id, own, joins)
        return first

    def _matched(self, line, first_full):
        """Return the expressions that tie a line's copies to their reconciliation."""
        position = line.move_id.line_ids.ids.index(line.id)
        number = f"CASE WHEN o.position = {position} THEN {first_full} + g.n END"
        return {"full_reconcile_id": number, "matching_number": f"({number})::text"}

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
    originals = Originals(env)
    ledger = Ledger(env, originals, partners, seed)
    invoice, refund = originals.post("out_invoice"), originals.post("out_refund")
    settled = originals.post("out_invoice")
    payment = originals.pay(settled)
    ledger.trust()
    ledger.clone_partners()
    invoices = open_lines * 9 // 10
    ledger.clone_moves(invoice, invoices, "FAC/L/", (-200, 60))
    ledger.clone_moves(refund, open_lines - invoices, "RFAC/L/", (-100, 30))
    if paid:
        ledger.clone_paid(settled, payment, paid)
    ledger.finish()
    return ledger
