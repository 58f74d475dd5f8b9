"""Workers that send at once, and one that is killed: is any e-mail doubled or lost?"""

import contextlib
import shutil
import tempfile
import time
from email import message_from_bytes, policy
from pathlib import Path

from devenv import LOGS, ROOT, processes
from devenv.source import PYTHON
from devenv.steps import StepFailed, step

from .lab import FIGURES
from .workers import start

OUTBOX = FIGURES / "outbox"
WORKERS = 2


@contextlib.contextmanager
def mail_server():
    """Run a mail server that keeps what it is given; give the option to send to it."""
    shutil.rmtree(OUTBOX, ignore_errors=True)
    port = processes.free_port()
    sink = [PYTHON, ROOT / "scripts" / "smtp_sink.py", OUTBOX, port]
    process = processes.start("bench_sink", sink)
    try:
        processes.wait_until_listening(process, port, "bench_sink")
        yield f"--smtp-port={port}"
    finally:
        processes.stop("bench_sink")


def received():
    """Return the addresses that were written to, one for each e-mail received."""
    messages = [
        message_from_bytes(each.read_bytes(), policy=policy.default)
        for each in OUTBOX.glob("*.eml")
    ]
    return [message["To"].addresses[0].addr_spec for message in messages]


def _wait(started):
    for rank, (process, _left) in enumerate(started):
        if process.wait():
            log = LOGS / f"bench_worker{rank}.log"
            raise StepFailed(f"worker {rank} of “send” failed", log=log)


def _send(database, option, killed_at=0):
    """Let workers empty the queue; kill one when so many e-mails have arrived.

    :return: the e-mails received when it was killed
    """
    seen = 0
    with tempfile.TemporaryDirectory() as name:
        started = [
            start(database, "send", Path(name), rank, WORKERS, option)
            for rank in range(WORKERS)
        ]
        if killed_at:
            victim, _left = started.pop()
            while victim.poll() is None and seen < killed_at:
                seen = len(list(OUTBOX.glob("*.eml")))
                time.sleep(0.02)
            victim.kill()
            victim.wait()
        _wait(started)
    return seen


def _judge(emails, may_double=0):
    """Say what is wrong with what the mail server received."""
    found = received()
    lost, doubled = emails - len(set(found)), len(found) - len(set(found))
    if lost or doubled > may_double:
        return f"{lost} lost, {doubled} doubled"
    return ""


def measure(lab, table, source, count):
    """Let two workers send; kill one of two, and send again; return what is wrong."""
    wrong = []
    table.section(f"Sending {count} e-mails by {WORKERS} workers")
    for title, killed_at in (("two workers", 0), ("one of two killed", count // 4)):
        with lab.copy(source, "work") as database, mail_server() as option:
            with step(f"sending: {title}"):
                found = lab.run(database, "queue_emails", BENCH_EMAILS=count)
                seen = _send(database, option, killed_at)
                if killed_at:
                    table.add("e-mails received at the kill (kill -9)", seen)
                    _send(database, option)
            # Killed between the server's answer and its note: that one, once more.
            problem = _judge(found["emails"], may_double=bool(killed_at))
            table.add(f"{title}: e-mails doubled or lost", problem or "none")
            wrong += [f"sending, {title}: {problem}"] if problem else []
    return wrong
