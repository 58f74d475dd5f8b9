"""Knowing the customers: their identifiers, and the bulletin of insolvency."""

from devenv import MODULE
from devenv.steps import step

FULL, QUICK = 100_000, 10_000
# The issue allows so long for the identifiers of 100 000 partners.
CHECK_SECONDS = 30


def measure(table, lab, quick):
    """Add what checking and watching many customers takes."""
    count = QUICK if quick else FULL
    with (
        step(f"checking and watching {count} customers"),
        lab.copy(lab.base, "registers") as database,
    ):
        lab.load(database, MODULE)
        found = lab.run(database, "registers", BENCH_CUSTOMERS=count)
    check, watch = found["check"], found["watch"]
    table.section(f"Knowing {count} customers")
    goal = {} if quick else {"most": CHECK_SECONDS}
    table.add("checking their identifiers", check["seconds"], "s", **goal)
    table.add("  found to correct", check["found"])
    table.add("  SQL reads", check["reads"])
    table.add("  peak memory above Odoo's own", check["more_memory"], "MiB")
    table.add("watching the bulletin, one pass of the cron", watch["seconds"], "s")
    table.add("  companies known after it", watch["known"])
    table.add("  questions asked", watch["asked"])
    table.add("  found in proceedings", watch["open"])
    table.add("  peak memory above Odoo's own", watch["more_memory"], "MiB")
