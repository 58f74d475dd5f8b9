"""Copies of posted entries, made in SQL: other ids, partners, dates and amounts."""

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


def scaled(columns):
    """Return expressions that multiply amounts by a clone's own factor `g.factor`."""
    return {name: f'round(s."{name}" * g.factor, 2)' for name in columns}


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


class Cloner:
    """Copies rows and entries of the database of an environment."""

    def __init__(self, env):
        self.env = env
        self.cr = env.cr

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
