"""Two workers at once, and one that is killed: is any contact doubled or lost?"""

import json
import os
import signal
import subprocess
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from devenv import LOGS, WORK, odoo, postgres
from devenv.steps import StepFailed, step

from .lab import INSIDE, environment

LIVE = """
    relance_reminder_line l JOIN relance_reminder r ON r.id = l.reminder_id
    WHERE r.state NOT IN ('cancelled', 'failed')
"""
DOUBLE = f"""
    SELECT count(*) FROM (
        SELECT 1 FROM {LIVE}
         GROUP BY l.move_line_id, l.level_id, l.cycle HAVING count(*) > 1
    ) AS doubled
"""
CONTACTS = f"""
    SELECT count(*) || ' ' || coalesce(md5(string_agg(
               concat_ws(':', l.move_line_id, l.level_id, l.cycle, r.state, r.channel,
                         r.date_planned, r.partner_id), ','
               ORDER BY l.move_line_id, l.level_id, l.cycle)), '-')
      FROM {LIVE}
"""
TASKS = """
    SELECT count(*) FROM mail_activity WHERE res_model = 'relance.reminder'
"""
FAILURES = "SELECT coalesce(string_agg(failures, E'\\n'), '') FROM relance_run"
ATTEMPTS = 3


@dataclass(frozen=True)
class Outcome:
    """What workers left in a database."""

    doubled: int
    contacts: str
    tasks: int
    reported: int
    seconds: float
    failures: int

    @property
    def lines(self):
        """The number of live lines."""
        return int(self.contacts.split()[0])

    def compare(self, alone):
        """Say what is wrong, against what one undisturbed worker made."""
        if self.doubled:
            return f"{self.doubled} steps are live twice"
        if self.lines != alone.lines:
            return f"{self.lines} live lines, one worker makes {alone.lines}"
        if self.contacts != alone.contacts:
            return "other contacts than those that one worker makes"
        if self.tasks != alone.tasks:
            return f"{self.tasks} tasks, one worker makes {alone.tasks}"
        return ""


def _outcome(database, left):
    """Return what workers made of a database, and what they say about it."""
    [doubled], [contacts], [tasks] = (
        postgres.sql(query, database) for query in (DOUBLE, CONTACTS, TASKS)
    )
    reported = [line for line in postgres.sql(FAILURES, database) if line]
    said = [json.loads(path.read_text()) for path in left]
    return Outcome(
        doubled=int(doubled),
        contacts=contacts,
        tasks=int(tasks),
        reported=len(reported),
        seconds=max(each["seconds"] for each in said),
        failures=sum(each["failures"] for each in said),
    )


def start(database, work, folder, rank, count=1, *options):
    """Start a worker; return its process and the file of its figures."""
    meeting, left = folder / "meeting", folder / f"{rank}.json"
    meeting.mkdir(exist_ok=True)
    settings = environment(
        BENCH_WORK=work,
        BENCH_MEETING=str(meeting),
        BENCH_WORKERS=str(count),
        BENCH_REPORT=str(left),
    )
    command = odoo.command(
        "shell", "-d", database, "--no-http", "--log-level=warn", *options
    )
    with (
        (INSIDE / "work.py").open("rb") as code,
        (LOGS / f"bench_worker{rank}.log").open("wb") as log,
    ):
        process = subprocess.Popen(
            [str(part) for part in command],
            stdin=code,
            stdout=log,
            stderr=subprocess.STDOUT,
            env=odoo.environment(**settings),
            cwd=WORK,
        )
    return process, left


def _together(database, work, count):
    """Let workers do the same at once; return the outcome."""
    with tempfile.TemporaryDirectory() as name:
        started = [
            start(database, work, Path(name), rank, count) for rank in range(count)
        ]
        for rank, status in enumerate([each.wait() for each, _left in started]):
            if status:
                log = LOGS / f"bench_worker{rank}.log"
                raise StepFailed(f"worker {rank} of “{work}” failed", log=log)
        return _outcome(database, [left for _process, left in started])


def _kill_in_the_middle(database, whole):
    """Kill the daily job once it has committed; return the lines left, 0 if all."""
    with tempfile.TemporaryDirectory() as name:
        process, _left = start(database, "daily", Path(name), "killed")
        count = "SELECT count(*) FROM relance_reminder_line"
        while process.poll() is None:
            if int(postgres.sql(count, database)[0]):
                os.kill(process.pid, signal.SIGKILL)
                break
            time.sleep(0.02)
        process.wait()
    lines = int(postgres.sql(count, database)[0])
    return lines if lines < whole else 0


def _killed(lab, source, alone):
    """Kill the daily job in the middle; return the lines left, and what doing it again
    makes of them."""
    for _attempt in range(ATTEMPTS):
        with lab.copy(source, "killed") as database:
            left = _kill_in_the_middle(database, alone.lines)
            if left:
                return left, _together(database, "daily", 1)
    raise StepFailed(
        f"the daily job could not be killed in the middle in {ATTEMPTS} attempts",
        "Measure with more open lines.",
    )


def measure(lab, table, size):
    """Compare two workers and a killed one with a single one; return what is wrong."""
    source, wrong = lab.installed(size), []

    def verdict(label, outcome, alone):
        problem = outcome.compare(alone)
        table.add(f"{label}: contacts doubled or lost", problem or "none")
        wrong.extend([f"{label}: {problem}"] if problem else [])

    table.section(f"Workers at once, killed workers: {size}")
    for work, title in (("plan", "planning"), ("daily", "daily job")):
        outcomes = []
        for count in (1, 2):
            with (
                step(f"{title}: {count} worker(s)"),
                lab.copy(source, "work") as database,
            ):
                outcomes.append(_together(database, work, count))
        alone, both = outcomes
        table.add(f"{title}: one worker", alone.seconds, "s")
        table.add(f"{title}: two workers at once", both.seconds, "s")
        table.add("  attempts that failed and were repeated", both.failures)
        table.add("  lines of failures on the runs", both.reported)
        verdict(f"{title} twice at once", both, alone)
    with step("daily job killed in the middle, then again"):
        left, again = _killed(lab, source, alone)
    table.add("daily job killed (kill -9) with lines written", left)
    table.add("daily job again after the kill", again.seconds, "s")
    verdict("killed and again", again, alone)
    return wrong
