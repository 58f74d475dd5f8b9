"""The databases that the benchmark works on, and the scripts that work on them."""

import contextlib
import json
import time
from dataclasses import dataclass, field
from pathlib import Path

from devenv import LOGS, MODULE, ROOT, WORK, odoo, postgres
from devenv.source import odoo_source
from devenv.steps import step

INSIDE = Path(__file__).parent / "inside"
FIGURES = WORK / "bench"
PREFIX = "relance_bench"


@dataclass(frozen=True)
class Size:
    """How large a ledger is."""

    partners: int
    open: int
    paid: int

    def scaled_to(self, open_lines):
        """Return the size with so many open lines and the same ratios."""
        partners = round(self.partners * open_lines / self.open)
        return Size(partners, open_lines, round(self.paid * open_lines / self.open))

    def __str__(self):
        return f"{self.open:,} open lines".replace(",", " ")


@dataclass
class Install:
    """What installing the addon took, and the account_move* tables it wrote."""

    seconds: float
    rewritten: list
    updated: int


@dataclass
class Lab:
    """Templates without and with the addon by size, made when they are first needed.

    :param base: the template with Odoo's accounting but without the addon
    """

    base: str
    installs: dict = field(default_factory=dict)
    made: set = field(default_factory=set)

    def bare(self, size):
        """Return the database of a ledger without the addon."""
        name = f"{PREFIX}_bare_{size.open}"
        if name not in self.made:
            with step(f"filling a ledger: {size}"):
                odoo.copy(self.base, name)
                wanted = {
                    "PARTNERS": size.partners,
                    "OPEN": size.open,
                    "PAID": size.paid,
                }
                self.run(name, "make_ledger", **wanted)
                # As it is in a database that has lived for a day.
                postgres.sql("VACUUM ANALYZE", name)
            self.made.add(name)
        return name

    def installed(self, size):
        """Return the database of a ledger with the addon, installed on it."""
        name = f"{PREFIX}_installed_{size.open}"
        if name not in self.made:
            self.installs[size] = self._install(self.bare(size), name, str(size))
            self.made.add(name)
        return name

    def install_on_empty(self):
        """Return what the installation takes on a database without a ledger."""
        name = f"{PREFIX}_empty"
        install = self._install(self.base, name, "nothing")
        odoo.drop(name)
        return install

    def _install(self, source, name, what):
        odoo.copy(source, name)
        files = _files_of_tables(name)
        with step(f"installing {MODULE} on {what}"):
            started = time.monotonic()
            odoo.check_log(self.load(name, MODULE))
            seconds = time.monotonic() - started
        now = _files_of_tables(name)
        rewritten = [table for table, file in files.items() if now.get(table) != file]
        return Install(seconds, rewritten, _updated_rows(name))

    @staticmethod
    def load(database, module, *options):
        """Install a module; return the log."""
        arguments = ["-d", database, "-i", module, "--stop-after-init", "--no-http"]
        return odoo.odoo(*arguments, *options, log=f"bench_install_{module}")

    @contextlib.contextmanager
    def copy(self, source, suffix):
        """Give a copy of a database, dropped at the end."""
        name = f"{PREFIX}_{suffix}"
        odoo.copy(source, name)
        try:
            yield name
        finally:
            odoo.drop(name)

    def run(self, database, script, *options, **variables):
        """Run a script of `inside` in a fresh process; return what it reports."""
        path = FIGURES / f"{script}.json"
        path.unlink(missing_ok=True)
        settings = environment(BENCH_REPORT=path, **variables)
        code = INSIDE / f"{script}.py"
        odoo.run_script(database, code, f"bench_{script}", *options, **settings)
        return json.loads(path.read_text())

    def forget(self, size):
        """Drop the databases of a size."""
        for kind in ("bare", "installed"):
            self._drop(f"{PREFIX}_{kind}_{size.open}")

    def close(self):
        """Drop all that is left."""
        for name in odoo.databases():
            if name.startswith(PREFIX):
                self._drop(name)

    def _drop(self, name):
        odoo.drop(name)
        self.made.discard(name)


def environment(**variables):
    """Return the variables with which a script finds this package in Odoo's Python."""
    return {"PYTHONPATH": f"{odoo_source().path}:{ROOT}", **variables}


def prepare():
    """Make the folder of figures."""
    FIGURES.mkdir(parents=True, exist_ok=True)
    LOGS.mkdir(parents=True, exist_ok=True)


def _files_of_tables(database):
    """Return the file of each accounting table: it changes when one is rewritten."""
    rows = postgres.sql(
        "SELECT relname || ' ' || relfilenode FROM pg_class"
        r" WHERE relkind = 'r' AND relname LIKE 'account\_move%'",
        database,
    )
    return dict(row.split() for row in rows)


def _updated_rows(database):
    """Return how many rows of the accounting tables were updated or deleted."""
    [count] = postgres.sql(
        "SELECT sum(n_tup_upd + n_tup_del) FROM pg_stat_user_tables"
        r" WHERE relname LIKE 'account\_move%'",
        database,
    )
    return int(count)
