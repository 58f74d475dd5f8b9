"""Ask why for some invoices, one by one."""

import time
from datetime import date
from statistics import median

from bench.measure import Queries, report

env = globals()["env"]  # given by `odoo shell`
ASKED = 20


def explain(line):
    """Explain one line from cold caches; return the seconds and the queries."""
    env.flush_all()
    env.transaction.clear()
    started = time.perf_counter()
    with Queries() as queries:
        env["relance.run"].explain(line, date.today())
    return time.perf_counter() - started, sum(queries.counts.values())


def main():
    """Explain lines spread over the ledger, after one that warms Odoo's own caches."""
    lines = env["account.move.line"].search(
        [
            ("account_type", "=", "asset_receivable"),
            ("parent_state", "=", "posted"),
            ("reconciled", "=", False),
        ],
        order="id",
    )
    step = max(len(lines) // ASKED, 1)
    chosen = lines.ids[::step][:ASKED]
    explain(lines.browse(chosen[-1]))
    found = [explain(lines.browse(line_id)) for line_id in chosen]
    seconds, queries = zip(*found, strict=True)
    report(
        asked=len(found),
        milliseconds=1000 * median(seconds),
        slowest=1000 * max(seconds),
        queries=median(queries),
    )


main()
