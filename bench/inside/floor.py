"""How fast PostgreSQL itself reads the open lines and takes the planned rows."""

import io
import time

from bench.measure import report

env = globals()["env"]  # given by `odoo shell`
TABLES = ("relance_reminder", "relance_reminder_line")
OPEN_LINES = """
    SELECT l.id, l.partner_id, l.move_id, l.move_name, l.currency_id, l.date_maturity,
           l.amount_residual_currency, l.no_followup, m.payment_state, m.invoice_date
      FROM account_move_line l
      JOIN account_account a ON a.id = l.account_id
      JOIN account_move m ON m.id = l.move_id
     WHERE a.account_type = 'asset_receivable'
       AND l.parent_state = 'posted'
       AND l.reconciled IS NOT TRUE
"""


def read():
    """Fetch the open lines; return their number and the seconds."""
    started = time.perf_counter()
    env.cr.execute(OPEN_LINES)
    count = len(env.cr.fetchall())
    return count, time.perf_counter() - started


def insert(table):
    """Copy the rows of a table into a twin with the same indexes, without its keys."""
    rows = io.BytesIO()
    cursor = env.cr._obj
    cursor.copy_expert(f"COPY {table} TO STDOUT", rows)
    cursor.execute(f"CREATE TABLE floor_{table} (LIKE {table} INCLUDING ALL)")
    rows.seek(0)
    started = time.perf_counter()
    cursor.copy_expert(f"COPY floor_{table} FROM STDIN", rows)
    return cursor.rowcount, time.perf_counter() - started


def main():
    """Report both; nothing is kept."""
    lines, reading = read()
    inserted = [insert(table) for table in TABLES]
    env.cr.rollback()
    rows, writing = (sum(column) for column in zip(*inserted, strict=True))
    report(lines=lines, reading=reading, rows=rows, writing=writing)


main()
