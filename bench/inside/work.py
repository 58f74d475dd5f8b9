"""One of several workers: plan today, or do the daily job, beginning together."""

import os
import time
from datetime import date
from functools import partial
from pathlib import Path

from odoo.service.model import retrying

env = globals()["env"]  # given by `odoo shell`


def meet(folder, count):
    """Wait until as many workers are ready as will begin together."""
    (folder / str(os.getpid())).touch()
    while len(list(folder.iterdir())) < count:
        time.sleep(0.02)


def plan():
    """Plan as the button does."""
    env["relance.run"].create({"date": date.today()}).action_plan()


def daily():
    """Do the daily job, which commits batch by batch."""
    env["relance.run"]._cron_daily_run()


def main():
    """Work, again if two transactions collide, as Odoo's server does."""
    meet(Path(os.environ["BENCH_MEETING"]), int(os.environ["BENCH_WORKERS"]))
    started = time.perf_counter()
    work = {"plan": plan, "daily": daily}[os.environ["BENCH_WORK"]]
    retrying(partial(work), env)
    env.cr.commit()
    Path(os.environ["BENCH_REPORT"]).write_text(str(time.perf_counter() - started))


main()
