"""A green run is a silent one: no skipped test, no warning of ours in Odoo's log."""

import logging
import os
import re
import shutil
import sys
from pathlib import Path

import pytest

ADDON = str(Path(__file__).parent / "relance_ar")
# Our names in a message; the databases of ./dev also begin with "relance_".
OURS = re.compile(r"relance[._](?!test|demo)")


class LogGuard(logging.Handler):
    """Keep the records from WARNING up that the addon causes.

    `mute_logger` and `assertLogs` take the place of a logger's handlers, so what a
    test mutes or expects never comes here.
    """

    def __init__(self):
        super().__init__(logging.WARNING)
        self.caught = []

    def emit(self, record):
        """Keep a record that our code, or a name of ours, is behind."""
        message = self.format(record)  # with the traceback, if there is one
        if OURS.search(f"{record.name} {message}") or self._in_stack(record):
            self.caught.append(f"{record.levelname} {record.name}: {message}")

    @staticmethod
    def _in_stack(record):
        """Tell whether the addon's code is running, or wrote the record."""
        frame = sys._getframe()
        while frame:
            if frame.f_code.co_filename.startswith(ADDON):
                return True
            frame = frame.f_back
        return record.pathname.startswith(ADDON)

    def drain(self):
        """Return what was caught, and forget it."""
        caught, self.caught = self.caught, []
        return "\n".join(caught)


@pytest.fixture(scope="session", autouse=True)
def _own_filestore(request):
    """Give each process that shares the tests files of its own.

    pytest-odoo lets them share one folder, where a bundle that one of them writes is a
    collision for the other.
    """
    worker = os.environ.get("PYTEST_XDIST_WORKER")
    if not worker or not request.config.pluginmanager.hasplugin("odoo"):
        yield
        return
    request.getfixturevalue("load_registry")
    from odoo.tools import config  # not there for unit tests alone

    shared = config.filestore(config["db_name"])
    own = f"{shared}-{worker}"
    shutil.rmtree(own, ignore_errors=True)
    if Path(shared).is_dir():
        shutil.copytree(shared, own, copy_function=os.link)
    config.filestore.return_value = own  # a double of pytest-odoo's
    yield
    shutil.rmtree(own, ignore_errors=True)


@pytest.fixture(scope="session")
def _log_guard():
    guard = LogGuard()
    logging.getLogger().addHandler(guard)
    yield guard
    logging.getLogger().removeHandler(guard)
    if late := guard.drain():
        pytest.fail(f"logged after the last test:\n{late}", pytrace=False)


@pytest.fixture(autouse=True)
def _no_warning_in_the_log(_log_guard):
    """Fail a test (or the first one of a class set up noisily) that logs a warning."""
    yield
    if caught := _log_guard.drain():
        pytest.fail(f"in Odoo's log, because of the addon:\n{caught}", pytrace=False)


def pytest_addoption(parser):
    """Add the option with which ./dev test refuses skipped tests."""
    parser.addoption("--fail-on-skip", action="store_true", help="refuse skipped tests")


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session):
    """Fail a run that skipped something."""
    reporter = session.config.pluginmanager.getplugin("terminalreporter")
    refused = session.config.getoption("--fail-on-skip")
    # The processes that share the tests have no reporter: the first one counts.
    if refused and reporter and reporter.stats.get("skipped"):
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


@pytest.hookimpl(trylast=True)
def pytest_terminal_summary(terminalreporter, config):
    """Say why a run without a failed test fails."""
    if config.getoption("--fail-on-skip") and terminalreporter.stats.get("skipped"):
        terminalreporter.write_line("✗ skipped tests count as failures", red=True)
