"""Steps that show their progress, and failures that name cause and remedy."""

import contextlib
import fcntl
import subprocess
import sys
import threading
import time

from . import LOGS, ROOT, WORK

TAIL_LINES = 15
HEARTBEAT_SECONDS = 30


class StepFailed(Exception):
    """What went wrong, what to do about it, and the log that tells more."""

    def __init__(self, cause, remedy="", log=None):
        super().__init__(cause)
        self.cause = cause
        self.remedy = remedy
        self.log = log
        self.title = None

    def report(self):
        """Print the end of the log, then the step, its cause and the remedy."""
        if self.log and self.log.exists():
            lines = self.log.read_text(errors="replace").splitlines()[-TAIL_LINES:]
            print(*(f"    {line}" for line in lines), sep="\n", file=sys.stderr)
        print(f"✗ {self.title or 'dev'}: {self.cause}", file=sys.stderr)
        if self.remedy:
            print(f"→ {self.remedy}", file=sys.stderr)
        if self.log:
            print(f"  log: {self.log}", file=sys.stderr)


def _beat(title, started, stop):
    """Show that a long step is still alive."""
    interactive = sys.stdout.isatty()
    while not stop.wait(1 if interactive else HEARTBEAT_SECONDS):
        seconds = time.monotonic() - started
        line = f"· {title} … {seconds:.0f} s"
        print(f"\r{line}" if interactive else line, end="" if interactive else "\n")
        sys.stdout.flush()


@contextlib.contextmanager
def step(title):
    """Announce a step, time it, and name it in the failure it may raise."""
    started, stop = time.monotonic(), threading.Event()
    if sys.stdout.isatty():
        print(f"· {title} …", end="", flush=True)
    ticker = threading.Thread(target=_beat, args=(title, started, stop), daemon=True)
    ticker.start()
    verdict = "failed"
    try:
        yield
        verdict = ""
    except StepFailed as failure:
        failure.title = failure.title or title
        raise
    finally:
        stop.set()
        ticker.join()
        start = "\r" if sys.stdout.isatty() else ""
        seconds = time.monotonic() - started
        print(f"{start}· {title} … {seconds:.0f} s {verdict}".rstrip(), flush=True)


def run(command, log, *, remedy="", env=None, cwd=ROOT, stdin=None, append=False):
    """Run a command with its output in .odoo/log; return that log's path."""
    LOGS.mkdir(parents=True, exist_ok=True)
    path = LOGS / f"{log}.log"
    with path.open("ab" if append else "wb") as output:
        status = subprocess.run(
            [str(part) for part in command],
            stdin=stdin or subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            env=env,
            cwd=cwd,
        ).returncode
    if status:
        name = " ".join(str(part) for part in command[:4])
        raise StepFailed(f"`{name} …` ended with status {status}", remedy, path)
    return path


def output_of(command, **options):
    """Return a command's standard output, or an empty string when it fails."""
    try:
        done = subprocess.run(
            [str(part) for part in command], capture_output=True, text=True, **options
        )
    except OSError:
        return ""
    return done.stdout.strip() if done.returncode == 0 else ""


@contextlib.contextmanager
def lock(name):
    """Let one ./dev at a time do this; a second one waits."""
    WORK.mkdir(exist_ok=True)
    with (WORK / f"{name}.lock").open("w") as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            print(f"· waiting for another ./dev ({name}) …", flush=True)
            fcntl.flock(handle, fcntl.LOCK_EX)
        yield
