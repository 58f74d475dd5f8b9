"""Late-payment penalties: of a whole ledger in one pass, and of one invoice."""

from devenv.steps import step

from .planning import FULL

# The issue allows so long for 100 000 lines, and for one invoice.
PASS_SECONDS, ALONE_MILLISECONDS = 5, 20


def measure(table, lab, size):
    """Add what reckoning penalties takes."""
    with (
        step(f"reckoning the penalties of {size}"),
        lab.copy(lab.installed(size), "work") as database,
    ):
        found = lab.run(database, "penalties")
    table.section(f"Penalties of {size}, and of as many paid invoices")
    for part, title in (("open", "still owed"), ("paid", "paid, many of them late")):
        figures = found[part]
        goal = {"most": PASS_SECONDS} if size.open == FULL else {}
        table.add(f"{title}: {figures['lines']} lines", figures["seconds"], "s", **goal)
        table.add("  processors' time, Odoo and PostgreSQL", figures["cpu"], "s")
        table.add("  of which reading, in PostgreSQL", figures["seconds_reading"], "s")
        table.add("  lines that bear penalties", figures["bearing"])
        table.add("  segments", figures["segments"])
        table.add("  without a rate", figures["missing"])
        table.add("  SQL reads", figures["reads"])
        table.add("  peak memory above Odoo's own", figures["more_memory"], "MiB")
    alone = found["milliseconds"]
    table.add("one invoice, caches emptied", alone, "ms", most=ALONE_MILLISECONDS)
    table.add("  slowest", found["slowest"], "ms")
    table.add("  SQL queries, median", found["queries"])
