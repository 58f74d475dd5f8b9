"""Leads the benchmark: what is measured in which order, and the table at the end."""

import os
import platform

from devenv import odoo, postgres
from devenv.steps import StepFailed, step

from . import letters, peer, penalties, planning, registers, sending, workers
from .lab import FIGURES, Lab, Size, prepare
from .table import Table

FULL, QUICK = Size(10_000, 100_000, 100_000), Size(1_000, 10_000, 10_000)
SCALES = {False: (10_000, 100_000, 300_000), True: (3_000, 10_000, 30_000)}
PEER_OPEN = 10_000
# Enough for several batches of debtors.
WORKERS_OPEN = 30_000
SECTIONS = (
    "install",
    "plan",
    "profile",
    "scale",
    "explain",
    "penalties",
    "assess",
    "kpi",
    "registers",
    "letters",
    "send",
    "workers",
    "peer",
)
SUMMARY = "measure planning, sending and installing on a large ledger"
DESCRIPTION = """\
Measure the addon on a large ledger, and its open-source peer on the same one, and print
a table. Takes 40 minutes on two busy cores (--quick: 8), and 8 GB of disk meanwhile.
The status is 1 when a contact is doubled or lost, or a measure fails; never because of
a time."""


def add_arguments(command):
    """Describe the options of the command line."""
    command.add_argument(
        "--quick", action="store_true", help="1 000 partners, 10 000 open lines"
    )
    command.add_argument("--partners", type=int, help="default: 10 000")
    command.add_argument("--open", type=int, help="open lines; default: 100 000")
    command.add_argument("--paid", type=int, help="paid invoices; default: 100 000")
    command.add_argument("--emails", type=int, default=200, help="default: 200")
    command.add_argument(
        "--only",
        type=lambda text: text.split(","),
        default=SECTIONS,
        help=f"some of: {','.join(SECTIONS)}",
    )
    command.add_argument("--no-peer", action="store_true", help="ours only")
    command.add_argument(
        "--peer-full",
        action="store_true",
        help="both steps of the peer on all lines too: half an hour more",
    )


class Suite:
    """One benchmark with its options."""

    def __init__(self, options, base):
        default = QUICK if options.quick else FULL
        self.options = options
        self.size = Size(
            options.partners or default.partners,
            options.open or default.open,
            options.paid if options.paid is not None else default.paid,
        )
        self.lab = Lab(base)
        self.plans = planning.Plans(self.lab, self.size)
        self.table = Table(self._title())
        self.wrong = []

    def _title(self):
        version = postgres.sql("SHOW server_version")[0].split()[0]
        return (
            f"relance_ar on {self.size.partners} partners, {self.size.open} open lines"
            f" and {self.size.paid} paid invoices\n{os.cpu_count()} cores, load"
            f" {os.getloadavg()[0]:.1f} at the start, Python"
            f" {platform.python_version()}, PostgreSQL {version}"
        )

    def run(self):
        """Measure what was asked for; return the exit status."""
        names = [name for name in SECTIONS if name in self.options.only]
        try:
            for name in names:
                self._attempt(name)
        except KeyboardInterrupt:
            self.wrong.append("interrupted: this is what was measured until then")
        finally:
            with step("dropping the databases"):
                self.lab.close()
        self.table.title += f"\nload {os.getloadavg()[0]:.1f} at the end"
        print(f"\n{self.table}")
        self.table.save(FIGURES / "figures.json")
        for problem in self.wrong:
            print(f"✗ {problem}")
        return 1 if self.wrong else 0

    def _attempt(self, name):
        """Measure one section; a failure is told and does not stop the others."""
        try:
            getattr(self, f"_{name}")()
        except StepFailed as failure:
            failure.report()
            self.wrong.append(f"{name}: {failure.cause}")

    def _install(self):
        empty = self.lab.install_on_empty()
        self.lab.installed(self.size)
        full = self.lab.installs[self.size]
        self.table.section(f"Installing the addon on a ledger of {self.size}")
        self.table.add("on an empty database", empty.seconds, "s")
        ten_more = empty.seconds + 10
        self.table.add("on the ledger", full.seconds, "s", most=ten_more)
        rewritten = ", ".join(full.rewritten) or "none"
        self.table.add("account_move* tables rewritten", rewritten)
        self.table.add("rows of them updated or deleted", full.updated, most=0)

    def _plan(self):
        planning.add_plan(self.table, self.plans(self.size), self.size)
        planning.add_floor(self.table, self.lab, self.plans)

    def _profile(self):
        planning.add_where(self.table, self.lab, self.size)

    def _scale(self):
        sizes = [self.size.scaled_to(count) for count in SCALES[self.options.quick]]
        planning.scale(self.table, self.plans, sizes)
        for size in sizes:
            if size != self.size and size.open != PEER_OPEN:
                self.lab.forget(size)

    def _explain(self):
        planning.explain(self.table, self.lab, self.plans)

    def _penalties(self):
        penalties.measure(self.table, self.lab, self.size)

    def _assess(self):
        planning.assess(self.table, self.lab, self.size)

    def _kpi(self):
        planning.figures(self.table, self.lab, self.size)

    def _registers(self):
        registers.measure(self.table, self.lab, self.options.quick)

    def _letters(self):
        self.wrong += letters.measure(self.table, self.lab, self.options.quick)

    def _send(self):
        # First: the other one leaves its e-mails sent.
        database, count = self.plans.database(), self.options.emails
        wrong = sending.measure(self.lab, self.table, database, count)
        planning.send(self.table, self.lab, self.plans, count)
        self.wrong += wrong

    def _workers(self):
        size = self.size.scaled_to(min(self.size.open, WORKERS_OPEN))
        self.wrong += workers.measure(self.lab, self.table, size)

    def _peer(self):
        if self.options.no_peer:
            return
        small = self.size.scaled_to(PEER_OPEN)
        cases = [(small, 2, {2: 15})]
        if self.size != small:
            steps = 2 if self.options.peer_full else 1
            cases.append((self.size, steps, {1: 8, 2: 50}))
        peer.measure(self.lab, self.table, self.plans, cases)


def run(options):
    """Measure on copies of the template without the addon; return the exit status."""
    unknown = set(options.only) - set(SECTIONS)
    if unknown:
        choices = f"Choose among: {', '.join(SECTIONS)}"
        raise StepFailed(f"nothing is called {', '.join(sorted(unknown))}", choices)
    prepare()
    return Suite(options, odoo.base_template()).run()
