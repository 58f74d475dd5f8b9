"""Open the dashboard, look at a month, and forecast the cash, on the whole ledger."""

import time
from datetime import date, timedelta
from statistics import median

from bench.measure import Queries, report

env = globals()["env"]  # given by `odoo shell`
ROUNDS = 5


def timed(call):
    """Call from cold caches some times; return the seconds and the queries."""
    seconds = []
    for _round in range(ROUNDS):
        env.flush_all()
        env.transaction.clear()
        started = time.perf_counter()
        with Queries() as queries:
            call()
        seconds.append(time.perf_counter() - started)
    return {
        "seconds": median(seconds),
        "slowest": max(seconds),
        "queries": sum(queries.counts.values()),
    }


def main():
    """Report each screen; a month is one of half a year ago."""
    if "relance.dashboard" not in env:
        return report(missing=True)
    past = {"day": str(date.today() - timedelta(days=180)), "months": 3}
    return report(
        dashboard=timed(lambda: env["relance.dashboard"].get_data({})),
        month=timed(lambda: env["relance.kpi"].get_figures(past)),
        forecast=timed(lambda: env["relance.forecast.report"].get_data({})),
        effect=timed(lambda: env["relance.effect.report"].get_data({})),
    )


main()
