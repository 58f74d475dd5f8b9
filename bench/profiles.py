"""Measure the assessment of all payers, inside `odoo shell` on a filled ledger.

Prints the time, the queries and the memory of a first pass, which writes every row, and
of a second one, which finds nothing changed. The SIRENs of `make_ledger.py` look like
those of public bodies: half of them are taken away, so that payments decide.
"""

import resource
import time

ROW = "{:<24}{:>12}{:>12}"


def peak_memory():
    """Return the most memory this process has held, in MiB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def assess(env):
    """Assess the payers of the company, and return what it took."""
    env.invalidate_all()
    memory, started, queries = peak_memory(), time.monotonic(), env.cr.sql_log_count
    changed = env["relance.payer.assessment"]._assess(env.company)
    return {
        "seconds": f"{time.monotonic() - started:.2f}",
        "queries": env.cr.sql_log_count - queries,
        "peak memory, MiB more": f"{peak_memory() - memory:.0f}",
        "rows written": changed,
    }


def main(env):
    """Print a table of both passes, then how many payers have which suggestion."""
    env.cr.execute("UPDATE res_partner SET relance_siren = NULL WHERE id % 2 = 0")
    first, again = assess(env), assess(env)
    print(ROW.format("assessing the payers", "first", "again"))
    for name, value in first.items():
        print(ROW.format(name, value, again[name]))
    groups = env["relance.payer.assessment"]._read_group(
        [], ["suggestion_id"], ["__count"]
    )
    for profile, count in groups:
        print(ROW.format(profile.code or "none", count, ""))
    env.cr.rollback()


main(globals()["env"])  # given by `odoo shell`
