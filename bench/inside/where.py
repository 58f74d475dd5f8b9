"""Where the time of planning goes, under a profiler that makes it slower itself."""

import cProfile
import os
import pstats
from collections import defaultdict
from datetime import date

from bench.measure import report

env = globals()["env"]  # given by `odoo shell`
PLACES = (
    ("/relance_ar/core/", "relance_ar, the rules"),
    ("/relance_ar/", "relance_ar, the models"),
    ("/odoo/addons/", "Odoo's addons"),
    ("/odoo/", "Odoo's ORM"),
)
DATABASE, PYTHON = "the database", "Python"
TOP = 25


def place(function):
    """Return where a function of a profile belongs."""
    path, _line, name = function
    if "psycopg2" in name:
        return DATABASE
    return next((title for part, title in PLACES if part in path), PYTHON)


def shares(stats):
    """Return the share of the time spent in each place.

    What Python's own functions take is laid at the door of those who call them.
    """
    spent = defaultdict(float)
    for function, (_calls, _all, own, _with, callers) in stats.items():
        if place(function) != PYTHON:
            spent[place(function)] += own
            continue
        for caller, (_n, _m, seconds, _c) in callers.items():
            spent[place(caller)] += seconds
    total = sum(spent.values())
    return {title: seconds / total for title, seconds in spent.items()}


def top(stats):
    """Return the functions of the addon that take longest with all that they call."""
    ours = [
        (with_called, calls, own, f"{path.partition('/relance_ar/')[2]}:{line} {name}")
        for (path, line, name), (_n, calls, own, with_called, _c) in stats.items()
        if "/relance_ar/" in path
    ]
    return sorted(ours, reverse=True)[:TOP]


def main():
    """Profile a run of today, keep the profile, undo the run."""
    profiler = cProfile.Profile()
    with profiler:
        env["relance.run"].create({"date": date.today()}).action_plan()
        env.flush_all()
    env.cr.rollback()
    profiler.dump_stats(os.environ["BENCH_PROFILE"])
    stats = pstats.Stats(profiler).stats
    report(shares=shares(stats), top=top(stats))


main()
