"""The PostgreSQL server: the one at $PGHOST, or a private one under .odoo."""

import glob
import os
import pwd
import shutil
import subprocess
import tempfile
from pathlib import Path

from . import WORK
from .steps import StepFailed, output_of, run, step

ROLE = "odoo"
OWNER = "postgres"
MAX_SOCKET_PATH = 107
SOCKET_NAME = ".s.PGSQL.5432"
POINTER = WORK / "pg.path"
SETTINGS = """
listen_addresses = ''
unix_socket_directories = '{folder}'
shared_buffers = 256MB
max_wal_size = 2GB
# A throw-away server: nothing here needs to survive a power cut.
fsync = off
synchronous_commit = off
full_page_writes = off
"""


def is_private():
    """Tell whether we run our own server."""
    return not os.environ.get("PGHOST")


def debian_packages():
    """Return the Debian packages this server needs."""
    return ["postgresql"] if is_private() else ["postgresql-client"]


def environment():
    """Return the variables that lead psql and Odoo to the server."""
    if not is_private():
        return {}
    return {"PGHOST": str(_folder()), "PGPORT": "5432", "PGUSER": ROLE}


def _binary(name):
    """Return a PostgreSQL program of the newest version installed."""
    versions = glob.glob("/usr/lib/postgresql/*/bin")
    newest = max(versions, key=lambda path: float(path.split("/")[4]), default="")
    return Path(newest, name) if newest else Path(name)


def _as_owner():
    """Return the prefix that drops root's rights, which PostgreSQL refuses."""
    if os.geteuid():
        return []
    user = pwd.getpwnam(OWNER)
    identity = [f"--reuid={user.pw_uid}", f"--regid={user.pw_gid}"]
    return ["setpriv", *identity, "--clear-groups"]


def _is_usable(folder):
    """Tell whether the server's user may enter a folder, and a socket fit in it."""
    if len(str(folder / SOCKET_NAME)) >= MAX_SOCKET_PATH:
        return False
    probe = [*_as_owner(), "test", "-x", folder.parent]
    return subprocess.run([str(part) for part in probe]).returncode == 0


def _folder():
    """Return the cluster's folder: .odoo/pg, or a temporary one we remember."""
    if POINTER.exists() and Path(POINTER.read_text()).is_dir():
        return Path(POINTER.read_text())
    folder = WORK / "pg"
    if not _is_usable(folder):
        folder = Path(tempfile.mkdtemp(prefix="relance-pg-"))
    folder.mkdir(parents=True, exist_ok=True)
    if os.geteuid() == 0:
        shutil.chown(folder, OWNER, OWNER)
    POINTER.write_text(str(folder))
    return folder


def _pg_ctl(action, log="postgres", **options):
    folder = _folder()
    command = [_binary("pg_ctl"), "-D", folder / "data", "-w", action]
    if action == "start":
        command += ["-l", folder / "server.log"]
    else:
        command += ["-m", "fast"]
    run([*_as_owner(), *command], log, cwd=folder, **options)


def _create_cluster():
    folder = _folder()
    init = [_binary("initdb"), "-D", folder / "data", "-U", ROLE, "--auth=trust"]
    settings = ["--encoding=UTF8", "--locale=C.UTF-8", "--no-sync"]
    run([*_as_owner(), *init, *settings], "postgres", cwd=folder)
    with (folder / "data" / "postgresql.conf").open("a") as configuration:
        configuration.write(SETTINGS.format(folder=folder))


def _psql(database):
    return [_binary("psql"), "-XqAt", "-v", "ON_ERROR_STOP=1", "-d", database]


def _answers():
    asked = [*_psql("postgres"), "-c", "SELECT 1"]
    return output_of(asked, env={**os.environ, **environment()}) == "1"


def sql(statement, database="postgres"):
    """Run one statement; return its rows as lines."""
    done = subprocess.run(
        [*map(str, _psql(database)), "-c", statement],
        capture_output=True,
        text=True,
        env={**os.environ, **environment()},
    )
    if done.returncode:
        remedy = (
            "Check PGHOST, PGPORT, PGUSER and PGPASSWORD; the role needs CREATEDB, and"
            " must not be named postgres. Or unset PGHOST: ./dev runs its own server."
        )
        raise StepFailed(f"PostgreSQL: {done.stderr.strip()}", remedy)
    return done.stdout.splitlines()


def start():
    """Have a server that answers: start our own, or check the one given."""
    if not is_private():
        with step(f"connecting to PostgreSQL at {os.environ['PGHOST']}"):
            sql("SELECT 1")
        return
    if (_folder() / "data" / "PG_VERSION").exists() and _answers():
        return
    with step("starting PostgreSQL"):
        if not (_folder() / "data" / "PG_VERSION").exists():
            _create_cluster()
        remedy = f"Read {_folder() / 'server.log'}; ./dev clean starts from nothing."
        _pg_ctl("start", remedy=remedy)


def stop():
    """Stop our own server, if it runs."""
    if is_private() and POINTER.exists() and _answers():
        with step("stopping PostgreSQL"):
            _pg_ctl("stop")


def remove():
    """Forget our own server, wherever it is."""
    if POINTER.exists():
        shutil.rmtree(POINTER.read_text(), ignore_errors=True)
