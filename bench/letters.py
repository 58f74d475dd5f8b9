"""The post of a day: what printing many letters takes."""

from devenv import MODULE
from devenv.steps import step

FULL, QUICK = 500, 60
# What Odoo may hold in memory above its own, however many letters: the issue says that
# memory is not exhausted.
MEMORY = 300


def measure(table, lab, quick):
    """Add what printing a post takes; return what is wrong."""
    count = QUICK if quick else FULL
    with (
        step(f"printing {count} letters"),
        lab.copy(lab.base, "letters") as database,
    ):
        lab.load(database, MODULE)
        found = lab.run(database, "letters", BENCH_LETTERS=count)
    table.section(f"Printing {count} letters in one document")
    table.add("letters printed", found["letters"])
    table.add("pages, with the list", found["pages"])
    table.add("size of the document", found["size"], "MiB")
    table.add("seconds", found["seconds"], "s")
    table.add("  of which the program that makes PDFs", found["program_seconds"], "s")
    table.add("per letter", found["seconds"] / (found["letters"] or 1), "s")
    table.add("SQL queries per letter", found["reads"] / (found["letters"] or 1))
    memory = found["more_memory"]
    table.add("peak memory above Odoo's own", memory, "MiB", most=MEMORY)
    table.add("peak memory of that program", found["program_memory"], "MiB")
    missing = count - found["letters"]
    return [f"letters: {missing} were not printed"] if missing else []
