"""One of several workers: plan today, or do the daily job, beginning together."""

import logging
import os
import time
from datetime import date
from functools import partial
from pathlib import Path

from odoo.service.model import retrying

from bench.measure import report

_logger = logging.getLogger(__name__)
ATTEMPTS = 3
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


def send():
    """Send what is in the mail queue, as Odoo's scheduler does."""
    env["mail.mail"].process_email_queue()


def attempt(work):
    """Work as Odoo's server does; return how often that failed before it succeeded.

    A transaction that collides with another is done again at once; what fails for
    another reason, by the scheduler when the job's turn comes again.
    """
    for failures in range(ATTEMPTS):
        try:
            retrying(partial(work), env)
            env.cr.commit()
            return failures
        except Exception:
            _logger.warning("The work failed", exc_info=True)
            env.cr.rollback()
            env.transaction.clear()
    raise SystemExit(f"failed {ATTEMPTS} times")


def main():
    """Work, and leave the seconds and the failures."""
    meet(Path(os.environ["BENCH_MEETING"]), int(os.environ["BENCH_WORKERS"]))
    started = time.perf_counter()
    failures = attempt(
        {"plan": plan, "daily": daily, "send": send}[os.environ["BENCH_WORK"]]
    )
    report(seconds=time.perf_counter() - started, failures=failures)


main()
