"""Planning, and what is done on a planned ledger: explaining, assessing, sending."""

from devenv import ROOT, odoo
from devenv.steps import step

from . import sending
from .lab import FIGURES, PREFIX

FULL = 100_000
PLANNED = f"{PREFIX}_planned"
PROFILE = FIGURES / "plan.prof"


class Plans:
    """What planning takes at each size, measured once, each in a fresh process.

    :param main: the size whose planned database is kept for what follows
    """

    def __init__(self, lab, main):
        self.lab = lab
        self.main = main
        self.figures = {}

    def __call__(self, size):
        """Return the figures of a first pass, and of a second with nothing to do."""
        if size not in self.figures:
            self.figures[size] = self._measure(size)
        return self.figures[size]

    def _measure(self, size):
        source = self.lab.installed(size)
        if size == self.main:
            odoo.copy(source, PLANNED)
            with step(f"planning {size}"):
                return self.lab.run(PLANNED, "plan")
        with step(f"planning {size}"), self.lab.copy(source, "work") as database:
            return self.lab.run(database, "plan")

    def database(self):
        """Return the planned database of the main size."""
        self(self.main)
        return PLANNED


def most(size, value):
    """Return a goal that the issue states for 100 000 open lines."""
    return {"most": value} if size.open == FULL else {}


def add_plan(table, figures, size):
    """Add what planning takes."""
    first, again, written = (figures[part] for part in ("first", "again", "written"))
    table.section(f"Planning {size} of {written['debtors']} debtors, one worker")
    table.add("first pass", first["seconds"], "s", **most(size, 20))
    table.add("  processors' time, Odoo and PostgreSQL", first["cpu"], "s")
    table.add("  of which reading, in PostgreSQL", first["seconds_reading"], "s")
    table.add("  of which writing, in PostgreSQL", first["seconds_writing"], "s")
    thousands = written["debtors"] / 1000
    table.add("SQL reads", first["reads"])
    table.add("SQL reads per 1 000 debtors", first["reads"] / thousands, most=40)
    table.add("SQL writes", first["writes"])
    table.add("savepoints and such", first["others"])
    table.add("Odoo's own memory", first["own_memory"], "MiB")
    table.add("peak memory above it", first["more_memory"], "MiB", most=300)
    table.add("reminders written", written["reminders"])
    table.add("reminder lines written", written["reminder_lines"])
    table.add("debtors that failed", len(figures["failures"]))
    table.add("again, nothing to do", again["seconds"], "s", **most(size, 5))
    table.add("again, SQL reads", again["reads"])
    table.add("again, SQL writes", again["writes"])


def add_floor(table, lab, plans):
    """Add what PostgreSQL needs at least for the same rows."""
    with step("measuring the floor"):
        floor = lab.run(plans.database(), "floor")
    table.add(f"floor: reading {floor['lines']} lines in one go", floor["reading"], "s")
    table.add(f"floor: COPY of {floor['rows']} rows", floor["writing"], "s")


def add_where(table, lab, size):
    """Add where the time of planning goes, from a profile of its own."""
    with (
        step(f"profiling the planning of {size}"),
        lab.copy(lab.installed(size), "work") as database,
    ):
        found = lab.run(database, "where", BENCH_PROFILE=str(PROFILE))
    table.section("Where the time of planning goes (under cProfile)")
    for place, share in sorted(found["shares"].items(), key=lambda item: -item[1]):
        table.add(place, round(100 * share), "%")
    table.note("seconds with all that is called, calls, function of the addon")
    for seconds, calls, _own, name in found["top"]:
        table.note(f"{seconds:9.2f}{calls:>9}  {name}")
    table.note(f"all of it: python -m pstats {PROFILE.relative_to(ROOT)}")


def scale(table, plans, sizes):
    """Add how time grows with open lines, debtors growing as much."""
    table.section(
        "Growth: as many lines per debtor, as many paid invoices per open one"
    )
    before = None
    for size in sizes:
        first = plans(size)["first"]
        table.add(f"{size}, {size.partners} debtors", first["seconds"], "s")
        table.add("  processors' time", first["cpu"], "s")
        table.add("  peak memory above Odoo's own", first["more_memory"], "MiB")
        if before:
            lines = size.open / before[0]
            growth = {
                part: first[part] / before[1][part] for part in ("seconds", "cpu")
            }
            table.add(
                f"  time, for {lines:.1f} times the lines", growth["seconds"], "×"
            )
            # A tenth is what two runs of the same differ by.
            linear = "  processors' time, against linear growth"
            table.add(linear, growth["cpu"] / lines, "×", most=1.1)
        before = size.open, first


def explain(table, lab, plans):
    """Add what explaining one invoice takes."""
    with step("explaining invoices"):
        found = lab.run(plans.database(), "explain")
    table.section(f"Explaining one invoice ({found['asked']} asked, caches emptied)")
    table.add("median", found["milliseconds"], "ms", most=50)
    table.add("slowest", found["slowest"], "ms")
    table.add("SQL queries, median", found["queries"])


def assess(table, lab, size):
    """Add what assessing the profile of every payer takes."""
    table.section(f"Assessing the profile of {size.partners} payers")
    with (
        step("assessing payers"),
        lab.copy(lab.installed(size), "work") as database,
    ):
        found = lab.run(database, "assess")
    if found.get("missing"):
        table.note("not there yet: the addon has no relance.payer.assessment")
        return
    table.add("seconds", found["seconds"], "s")
    table.add("SQL reads", found["reads"])
    table.add("SQL writes", found["writes"])
    table.add("peak memory above Odoo's own", found["more_memory"], "MiB")


# What a screen may take, in seconds.
SCREENS = {
    "dashboard": ("opening the dashboard (12 months)", 2),
    "month": ("the figures of three months of half a year ago", 1),
    "forecast": ("the cash forecast", 5),
    "effect": ("which actions work", 2),
}


def figures(table, lab, size):
    """Add what the screens of figures take; the targets are told, not enforced."""
    table.section(f"Key figures and forecast on a ledger of {size}")
    with (
        step("working figures out"),
        lab.copy(lab.installed(size), "work") as database,
    ):
        found = lab.run(database, "kpi")
    if found.get("missing"):
        table.note("not there yet: the addon has no relance.dashboard")
        return
    for name, (title, most) in SCREENS.items():
        table.add(title, found[name]["seconds"], "s", most=most)
        table.add("  slowest of five", found[name]["slowest"], "s")
        table.add("  SQL queries", found[name]["queries"])


def send(table, lab, plans, count):
    """Add what approved e-mails take to leave, to a server that keeps them."""
    database = plans.database()
    with sending.mail_server() as option, step(f"sending {count} e-mails"):
        found = lab.run(database, "send", option, BENCH_EMAILS=count)
    add_send(table, found, len(sending.received()))


def add_send(table, found, received):
    """Add the figures of sending."""
    emails = found["emails"]
    table.section(f"Sending {emails} reminders with {found['invoices']} invoices")
    table.add("of which a person made e-mails of calls", found["changed"])
    table.add("e-mails that the mail server received", received)
    total = 0
    for part, title in (
        ("approve", "approving"),
        ("write", "checking again, writing the e-mails"),
        ("queue", "sending, from the mail queue"),
    ):
        queries = found[part]["reads"] + found[part]["writes"]
        total += queries
        table.add(f"{title}: seconds", found[part]["seconds"], "s")
        table.add(f"{title}: SQL queries per e-mail", queries / (emails or 1))
    table.add("SQL queries per e-mail in all", total / (emails or 1), most=10)
    table.add("apart: one PDF of an invoice not yet printed", found["printing"], "s")
