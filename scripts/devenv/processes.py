"""Processes that ./dev leaves running: started apart, remembered, stopped by name."""

import contextlib
import os
import signal
import socket
import subprocess
import time
import urllib.request
from pathlib import Path

from . import LOGS, RUN, WORK
from .steps import StepFailed

STOP_SECONDS = 15
START_SECONDS = 60


def start(name, command, **options):
    """Start a process of its own group, with its output in .odoo/log/NAME.log."""
    stop(name)
    RUN.mkdir(parents=True, exist_ok=True)
    LOGS.mkdir(parents=True, exist_ok=True)
    with (LOGS / f"{name}.log").open("wb") as log:
        process = subprocess.Popen(
            [str(part) for part in command],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            **options,
        )
    (RUN / f"{name}.pid").write_text(str(process.pid))
    return process


def _is_ours(pid):
    """Tell whether a process is still the one we started, not a later namesake."""
    with contextlib.suppress(OSError):
        return str(WORK).encode() in Path(f"/proc/{pid}/cmdline").read_bytes()
    return False


def stop(name):
    """Stop a process we started, if it still runs; tell whether it did."""
    record = RUN / f"{name}.pid"
    if not record.exists():
        return False
    pid = int(record.read_text())
    record.unlink()
    if not _is_ours(pid):
        return False
    for sent in (signal.SIGTERM, signal.SIGKILL):
        os.killpg(pid, sent)
        deadline = time.monotonic() + STOP_SECONDS
        while time.monotonic() < deadline:
            with contextlib.suppress(ChildProcessError):
                os.waitpid(pid, os.WNOHANG)
            if not _is_ours(pid):
                return True
            time.sleep(0.1)
    return True


def stop_all():
    """Stop every process we started; return their names."""
    return [record.stem for record in RUN.glob("*.pid") if stop(record.stem)]


def free_port():
    """Return a port of localhost that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def check_port(port):
    """Fail when something listens on a port."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as error:
            remedy = "Run ./dev stop if it is an earlier demo, or choose: --port 8070"
            raise StepFailed(f"port {port} is in use", remedy) from error


def _is_listening(port):
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def _answers(url):
    with contextlib.suppress(OSError), urllib.request.urlopen(url, timeout=2) as answer:
        return answer.status == 200
    return False


def _wait(name, process, is_ready):
    """Wait until a process is ready; fail if it dies or takes too long."""
    deadline = time.monotonic() + START_SECONDS
    while not is_ready():
        if process.poll() is not None or time.monotonic() > deadline:
            raise StepFailed(f"{name} did not start", log=LOGS / f"{name}.log")
        time.sleep(0.2)


def wait_until_listening(process, port, name):
    """Wait until a process listens on a port."""
    _wait(name, process, lambda: _is_listening(port))


def wait_until_served(process, url, name):
    """Wait until a web server answers."""
    _wait(name, process, lambda: _answers(url))
