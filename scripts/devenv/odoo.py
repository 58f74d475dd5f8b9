"""Odoo's command line, and the databases that are prepared once and copied."""

import ast
import os
import re
import shutil
from pathlib import Path

from . import LOGS, MODULE, ROOT, WORK, postgres
from .source import PYTHON, digest, odoo_source, requirements_key
from .steps import StepFailed, run, step

CONFIGURATION = WORK / "odoo.conf"
DATA = WORK / "data"
BUILDING = "relance_building"
COUNTRY, LANGUAGES = "FR", "en_US,fr_FR"
# payment_demo: what is paid on the personal page in the tests and the demo.
# Teams of salespeople are a module of their own, which the addon uses if it is there.
BASE_MODULES = ("account", "l10n_fr_account", "payment_demo", "sales_team")
# Nothing listens on port 1: only ./dev demo gives Odoo a mail server, its own sink.
# Without limit of memory: Odoo's would be that of the whole process that tests.
SETTINGS = """[options]
addons_path = {addons}
data_dir = {data}
screenshots = {work}/screenshots
http_interface = 127.0.0.1
list_db = False
unaccent = True
smtp_server = 127.0.0.1
smtp_port = 1
publisher_warranty_url =
limit_memory_hard = 0
"""
MAX_PROBLEMS = 5
PROBLEM = re.compile(r"^\S+ \S+ \d+ (WARNING|ERROR|CRITICAL) .*", re.MULTILINE)
FAILURE = re.compile(r"^\S+ \S+ \d+ (ERROR|CRITICAL) .*", re.MULTILINE)


def write_configuration():
    """Write odoo.conf for the source and the addon."""
    addons = ",".join(str(path) for path in [*odoo_source().addons, ROOT])
    CONFIGURATION.write_text(SETTINGS.format(addons=addons, data=DATA, work=WORK))


def environment(**extra):
    """Return the environment in which Odoo finds its source and its server."""
    ours = {"PYTHONPATH": str(odoo_source().path), "ODOO_RC": str(CONFIGURATION)}
    return {**os.environ, **postgres.environment(), **ours, **extra}


def command(*arguments):
    """Return an Odoo command line; its configuration is named by ODOO_RC."""
    return [PYTHON, "-m", "odoo", *arguments]


def odoo(*arguments, log, **options):
    """Run an Odoo command to its end, with its output in a log."""
    return run(command(*arguments), log, env=environment(), cwd=WORK, **options)


def run_script(database, script, log, *arguments, **variables):
    """Run a script in `odoo shell`; return the log that holds its output."""
    quiet = ["--no-http", "--log-level=warn"]
    shell = command("shell", "-d", database, *quiet, *arguments)
    env = environment(**{name: str(value) for name, value in variables.items()})
    with script.open("rb") as code:
        return run(shell, log, env=env, cwd=WORK, stdin=code)


def check_log(path, pattern=PROBLEM):
    """Fail when a log holds a line that matches."""
    lines = [match.group() for match in pattern.finditer(path.read_text())]
    if lines:
        first = "\n    ".join(lines[:MAX_PROBLEMS])
        cause = f"{len(lines)} problem(s) in Odoo's log:\n    {first}"
        raise StepFailed(cause, f"Read them in {path}")


def filestore(database):
    """Return the folder of a database's attachments."""
    return DATA / "filestore" / database


def databases():
    """Return the names of the server's databases that are ours."""
    return postgres.sql(r"SELECT datname FROM pg_database WHERE datname ~ '^relance_'")


def drop(database):
    """Drop a database, a template or not, with its attachments."""
    if database in databases():
        postgres.sql(f"ALTER DATABASE {database} IS_TEMPLATE false")
        postgres.sql(f"DROP DATABASE {database} WITH (FORCE)")
    shutil.rmtree(filestore(database), ignore_errors=True)


def copy(source, target):
    """Make a fresh database from another, sharing its attachments by hard links."""
    drop(target)
    postgres.sql(f"CREATE DATABASE {target} TEMPLATE {source}")
    if filestore(source).is_dir():
        shutil.copytree(filestore(source), filestore(target), copy_function=os.link)


def set_address(database, port):
    """Tell a database where it is served, for links in mails and styles in PDFs."""
    _set_parameter(database, "web.base.url", f"http://localhost:{port}")
    _set_parameter(database, "report.url", f"http://127.0.0.1:{port}")


def print_without_server(database):
    """Let PDFs be printed without styles: not with those of a server that runs here."""
    _set_parameter(database, "report.url", "http://127.0.0.1:1")


def _set_parameter(database, key, value):
    postgres.sql(
        "INSERT INTO ir_config_parameter (key, value)"
        f" VALUES ('{key}', '{value}')"
        " ON CONFLICT (key) DO UPDATE SET value = excluded.value",
        database,
    )


def _keep_as_template(prefix, name):
    """Turn the database just built into the only template with that prefix."""
    for old in databases():
        if old.startswith(prefix):
            drop(old)
    postgres.sql(f"ALTER DATABASE {BUILDING} RENAME TO {name}")
    postgres.sql(f"ALTER DATABASE {name} IS_TEMPLATE true")
    # Left by a server that is gone, with its databases.
    shutil.rmtree(filestore(name), ignore_errors=True)
    if filestore(BUILDING).is_dir():
        filestore(BUILDING).rename(filestore(name))
    # A template whose attachments are elsewhere (another checkout's) is not ours.
    filestore(name).mkdir(parents=True, exist_ok=True)


def _is_ready(name):
    return name in databases() and filestore(name).is_dir()


def _dependencies():
    manifest = ROOT / MODULE / "__manifest__.py"
    if not manifest.exists():
        raise StepFailed(f"{manifest} does not exist")
    return ast.literal_eval(manifest.read_text())["depends"]


def base_template():
    """Return the template with Odoo's accounting for France, built if needed."""
    modules = ",".join(sorted({*BASE_MODULES, *_dependencies()}))
    key = digest(
        odoo_source().identity, requirements_key(), modules, COUNTRY, LANGUAGES
    )
    name = f"relance_base_{key}"
    if _is_ready(name):
        return name
    with step(f"preparing Odoo's database ({modules})"):
        drop(BUILDING)
        create = ["--language=en_US", f"--country={COUNTRY}", BUILDING]
        check_log(odoo("db", "init", *create, log="base"), FAILURE)
        install = ["-i", modules, f"--load-language={LANGUAGES}", "--stop-after-init"]
        log = odoo("-d", BUILDING, *install, "--no-http", log="base", append=True)
        check_log(log, FAILURE)
        _keep_as_template("relance_base_", name)
    return name


def _files():
    files = (ROOT / MODULE).rglob("*")
    return sorted(
        path for path in files if path.is_file() and "__pycache__" not in path.parts
    )


def _module_key():
    """Return a key that changes with any file of the addon."""
    return digest(
        *(f"{path.relative_to(ROOT)} {path.read_bytes().hex()}" for path in _files())
    )


def installed_template():
    """Return the template with the addon installed and upgraded, without a warning."""
    base = base_template()
    name = f"relance_installed_{digest(base, _module_key())}"
    if _is_ready(name):
        return name
    with step(f"installing {MODULE}"):
        copy(base, BUILDING)
        check_log(_load("-i", "install"))
    with step(f"upgrading {MODULE}"):
        check_log(_load("-u", "upgrade"))
        _keep_as_template("relance_installed_", name)
    return name


def _load(option, log):
    arguments = [option, MODULE, "--stop-after-init", "--no-http"]
    return odoo("-d", BUILDING, *arguments, log=log)


def check_uninstall(template):
    """Uninstall the addon from a copy in use, and check that Odoo still works."""
    passed = LOGS / "uninstall.passed"
    if passed.exists() and passed.read_text() == template:
        return
    database, script = "relance_uninstall", ROOT / "scripts" / "check_uninstall.py"
    with step(f"uninstalling {MODULE} from a database in use"):
        copy(template, database)
        run_script(database, script, "uninstall", CHECK_STAGE="before")
        check_log(odoo("module", "uninstall", "-d", database, MODULE, log="uninstall"))
        run_script(database, script, "uninstall", CHECK_STAGE="after")
        drop(database)
    passed.write_text(template)


def export_terms(template, target):
    """Write the addon's translatable terms, as Odoo sees them, to a .pot file."""
    database = "relance_terms"
    copy(template, database)
    odoo("i18n", "export", "-d", database, "-o", Path(target), MODULE, log="terms")
    drop(database)
