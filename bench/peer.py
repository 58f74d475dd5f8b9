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
    first = figures["lines"]
    table.add("its first step, generate_credit_lines", first["seconds"], "s")
    table.add("  SQL queries", first["reads"] + first["writes"])
    table.add("  credit control lines made", figures["generated"])
    if "letters" not in figures:
        ratio = first["seconds"] / ours
        table.add("first step alone / our whole planning", ratio, "×", **goals["one"])
        return
    second = figures["letters"]
    table.add("its second step, communications", second["seconds"], "s")
    table.add("  SQL queries", second["reads"] + second["writes"])
    table.add("  communications made", figures["communications"])
    both = first["seconds"] + second["seconds"]
    table.add("both steps / our whole planning", both / ours, "×", **goals["both"])


def measure(lab, table, plans, cases):
    """Measure the peer.

    :param plans: a function that returns the figures of our planning of a size
    :param cases: tuples of a size, the number of steps, and the goals
    """
    title = f"The peer: OCA {NAME}, same machine, same ledger, 3 levels"
    table.section(title)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        with step(f"fetching {NAME}"):
            found = _fetch(folder)
        if not found:
            table.note("peer not available: the package index cannot be reached")
            return
        table.note(f"version {_version(folder)}")
        for size, steps, goals in cases:
            ours = plans(size)["first"]["seconds"]
            table.section(f"{title}: {size}")
            table.add("our whole planning", ours, "s")
            try:
                _add(table, _run(lab, size, folder, steps), ours, goals)
            except StepFailed as failure:
                failure.report()
                table.note(f"peer not available: {failure.cause}")
