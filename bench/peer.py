"""The peer: OCA's account_credit_control, on a copy of the same ledger."""

import subprocess
import tempfile
from pathlib import Path

from devenv import odoo
from devenv.source import PYTHON, odoo_source
from devenv.steps import StepFailed, step

PACKAGE, NAME = "odoo-addon-account-credit-control==19.0.*", "account_credit_control"
INSTALL_SECONDS = 120


def _fetch(folder):
    """Install the peer from the package index into a folder; tell whether it worked.

    It needs nothing but Odoo, which is here already.
    """
    pip = [PYTHON, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    command = [*pip, "--no-deps", "--target", folder, PACKAGE]
    try:
        done = subprocess.run(
            [str(part) for part in command],
            capture_output=True,
            timeout=INSTALL_SECONDS,
        )
    except (OSError, subprocess.TimeoutExpired):
        return False
    return done.returncode == 0


def _version(folder):
    [info] = folder.glob("odoo_addon_account_credit_control-*.dist-info")
    return info.name.split("-")[1].removesuffix(".dist")


def _run(lab, size, folder, steps):
    """Install the peer on a copy of the ledger, and run its steps."""
    addons = [*odoo_source().addons, Path(folder, "odoo", "addons")]
    path = f"--addons-path={','.join(map(str, addons))}"
    with (
        step(f"{NAME} on {size}: {steps} step(s)"),
        lab.copy(lab.bare(size), "peer") as database,
    ):
        odoo.check_log(lab.load(database, NAME, path), odoo.FAILURE)
        return lab.run(database, "peer", path, BENCH_STEPS=steps)


def _add(table, figures, ours, goals):
    """Add what the peer took, and how many times longer that is than ours."""
    steps, title = [figures["lines"]], "its first step alone"
    _add_step(table, "its first step, generate_credit_lines", figures["lines"])
    table.add("  credit control lines made", figures["generated"])
    if "letters" in figures:
        steps, title = [*steps, figures["letters"]], "both steps"
        _add_step(table, "its second step, communications", figures["letters"])
        table.add("  communications made", figures["communications"])
    spent = {part: sum(step[part] for step in steps) for part in ("seconds", "cpu")}
    ratio = spent["seconds"] / ours["seconds"]
    table.add(f"{title} / our whole planning", ratio, "×", least=goals[len(steps)])
    by_cpu = spent["cpu"] / ours["cpu"]
    table.add("  the same by processors' time", by_cpu, "×")


def _add_step(table, title, figures):
    table.add(title, figures["seconds"], "s")
    table.add("  SQL queries", figures["reads"] + figures["writes"])
    table.add("  peak memory above Odoo's own", figures["more_memory"], "MiB")


def measure(lab, table, plans, cases):
    """Measure the peer.

    :param plans: a function that returns the figures of our planning of a size
    :param cases: tuples of a size, the number of steps, and the least ratio by number
        of steps
    """
    table.section(f"The peer: OCA {NAME}, its policy of 3 levels, same ledger")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        with step(f"fetching {NAME}"):
            found = _fetch(folder)
        if not found:
            table.note("peer not available: the package index cannot be reached")
            return
        table.note(f"version {_version(folder)}")
        for size, steps, goals in cases:
            ours = plans(size)["first"]
            table.section(f"The peer on {size}")
            table.add("our whole planning", ours["seconds"], "s")
            try:
                _add(table, _run(lab, size, folder, steps), ours, goals)
            except StepFailed as failure:
                failure.report()
                table.note(f"peer not available: {failure.cause}")
