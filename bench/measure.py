"""What a piece of work takes inside Odoo: seconds, queries, memory."""

import json
import os
import re
import sys
import time
from pathlib import Path
from unittest.mock import patch

from odoo.sql_db import Cursor

WRITE = re.compile(
    r"\s*(INSERT|UPDATE|DELETE|COPY|WITH\b.*?\b(INSERT INTO|UPDATE .*? SET))\b",
    re.IGNORECASE | re.DOTALL,
)
READ = re.compile(r"\s*(SELECT|WITH|FETCH|TABLE|VALUES)\b", re.IGNORECASE)
COPIES = ("copy_from", "copy_to", "copy_expert", "executemany")


class Queries:
    """Count and time the queries of a block: reads, writes, and savepoints and such."""

    def __init__(self):
        self.counts = {"reads": 0, "writes": 0, "others": 0}
        self.seconds = dict.fromkeys(self.counts, 0.0)

    def __enter__(self):
        execute, log = Cursor.execute, self._log

        def counted(cursor, query, *args, **kwargs):
            started = time.perf_counter()
            try:
                return execute(cursor, query, *args, **kwargs)
            finally:
                log(query, started)

        self.patches = [patch.object(Cursor, "execute", counted)]
        self.patches += [self._patch_copy(name) for name in COPIES]
        for each in self.patches:
            each.start()
        return self

    def _patch_copy(self, name):
        """Count what Odoo's cursor hands over to psycopg2 without looking at it."""

        def counted(cursor, *args, **kwargs):
            started = time.perf_counter()
            try:
                return getattr(cursor._obj, name)(*args, **kwargs)
            finally:
                self._log("COPY", started)

        return patch.object(Cursor, name, counted, create=True)

    def __exit__(self, *error):
        for each in self.patches:
            each.stop()

    def _log(self, query, started):
        text = getattr(query, "code", query)
        text = text.decode() if isinstance(text, bytes) else str(text)
        kind = "others"
        if WRITE.match(text):
            kind = "writes"
        elif READ.match(text):
            kind = "reads"
        self.counts[kind] += 1
        self.seconds[kind] += time.perf_counter() - started


def _status(name):
    """Return a figure of this process's memory, in MiB."""
    status = Path("/proc/self/status").read_text()
    return int(re.search(rf"{name}:\s+(\d+) kB", status)[1]) / 1024


def _cpu(cursor):
    """Return the seconds that processors worked: for us, and for our PostgreSQL.

    A busy machine changes them less than the clock's.
    """
    return time.process_time() + _server_cpu(cursor._cnx.info.backend_pid)


def _server_cpu(pid):
    """Return those of a server process of this machine; 0 if it is elsewhere."""
    try:
        name, _space, rest = Path(f"/proc/{pid}/stat").read_text().rpartition(")")
    except OSError:
        return 0.0
    ticks = sum(map(int, rest.split()[11:13])) if "postgres" in name else 0
    return ticks / os.sysconf("SC_CLK_TCK")


class Measure:
    """Seconds, queries and peak memory of a block, in `figures` once it is over."""

    def __init__(self, env):
        self.env = env
        self.figures = {}

    def __enter__(self):
        self.env.invalidate_all()
        # Makes the kernel forget the peak so far: what is left is Odoo's own.
        Path("/proc/self/clear_refs").write_text("5")
        self.memory = _status("VmRSS")
        self.queries = Queries().__enter__()
        self.cpu = _cpu(self.env.cr)
        self.started = time.perf_counter()
        return self

    def __exit__(self, *error):
        seconds = time.perf_counter() - self.started
        self.queries.__exit__(*error)
        spent = self.queries.seconds
        self.figures.update(
            seconds=seconds,
            cpu=_cpu(self.env.cr) - self.cpu,
            own_memory=self.memory,
            more_memory=_status("VmHWM") - self.memory,
            **self.queries.counts,
            seconds_reading=spent["reads"],
            seconds_writing=spent["writes"],
        )


def report(**figures):
    """Leave figures for the suite, or print them when a person runs the script."""
    target = os.environ.get("BENCH_REPORT")
    text = json.dumps(figures, indent=1, default=str)
    if target:
        Path(target).write_text(text)
    else:
        sys.stdout.write(text + "\n")
