"""Measure a planning pass over the receivables, inside `odoo shell`.

Prints the time, the queries and the memory that it takes, then what planning the same
day again takes.
"""

import datetime as dt
import resource
import time
from unittest.mock import patch

from odoo.sql_db import Cursor

WRITES = ("INSERT", "UPDATE", "DELETE", "COPY")
ROW = "{:<22}{:>12}{:>12}"


class Queries:
    """Count the queries of a block, reads and writes apart."""

    def __init__(self):
        self.reads = self.writes = 0

    def __enter__(self):
        execute, count = Cursor.execute, self._count

        def counted(cursor, query, *args, **kwargs):
            count(query)
            return execute(cursor, query, *args, **kwargs)

        self.patch = patch.object(Cursor, "execute", counted)
        self.patch.start()
        return self

    def __exit__(self, *error):
        self.patch.stop()

    def _count(self, query):
        verb = getattr(query, "code", query).lstrip().upper()
        if verb.startswith(WRITES):
            self.writes += 1
        else:
            self.reads += 1


def peak_memory():
    """Return the most memory this process has held, in MiB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def plan(env, day):
    """Plan a run, and return what it took."""
    env.invalidate_all()
    memory, started = peak_memory(), time.monotonic()
    with Queries() as queries:
        run = env["relance.run"].create({"date": day})
        run.action_plan()
        env.flush_all()
    seconds = time.monotonic() - started
    reminders = run.reminder_ids
    return {
        "seconds": f"{seconds:.2f}",
        "queries, reads": queries.reads,
        "queries, writes": queries.writes,
        "peak memory, MiB more": f"{peak_memory() - memory:.0f}",
        "reminders": len(reminders),
        "reminder lines": len(reminders.line_ids),
    }


def main(env):
    """Print a table of a first pass and of a second one."""
    day = dt.date.today()
    first, again = plan(env, day), plan(env, day)
    print(ROW.format(f"planning {day}", "first", "again"))
    for name, value in first.items():
        print(ROW.format(name, value, again[name]))


main(globals()["env"])  # given by `odoo shell`
