"""What comes from Debian: missing packages, and Odoo's own source package."""

import glob
import os
import platform
import shutil
import subprocess
import sys

from . import WORK
from .steps import StepFailed, output_of, run, step

BROWSERS = ("google-chrome", "chromium", "chromium-browser", "google-chrome-stable")
KEYRING = "/usr/share/keyrings/debian-archive-keyring.gpg"
STABLE, UNSTABLE = "bookworm", "sid"
FONT_AWESOME = "fonts-font-awesome"
FONT_AWESOME_4 = "5.0.10+really4.7"
ODOO_PACKAGES = (
    "odoo-19",
    "fonts-roboto-unhinted",
    "fonts-montserrat",
    "fonts-inconsolata",
    "libjs-jquery",
    "libjs-underscore",
    "libjs-jquery-form",
)


def _has_command(*names):
    return any(shutil.which(name) for name in names)


def is_present(package):
    """Tell whether what we need a package for is on the machine."""
    match package:
        case "postgresql":
            return bool(glob.glob("/usr/lib/postgresql/*/bin/initdb"))
        case "postgresql-client":
            return _has_command("psql")
        case "chromium":
            return _has_command(*BROWSERS)
        case "python3-venv":
            return bool(output_of([find_python(), "-c", "import ensurepip; print(1)"]))
        case _:
            return _has_command(package)


def find_python():
    """Return a Python 3.11, the version the pinned requirements are made for."""
    for candidate in (sys.executable, shutil.which("python3.11"), "/usr/bin/python3"):
        asked = "import sys; print(sys.version_info[:2] == (3, 11))"
        if candidate and output_of([candidate, "-c", asked]) == "True":
            return candidate
    raise StepFailed(
        f"Python 3.11 not found (this is {platform.python_version()})",
        "Use Debian 12, or put python3.11 on the PATH.",
    )


def _as_root():
    """Return the prefix that makes a command run as root, or None."""
    if os.geteuid() == 0:
        return []
    if not shutil.which("sudo"):
        return None
    ask = ["sudo", "-v"] if sys.stdin.isatty() else ["sudo", "-n", "true"]
    if subprocess.run(ask, stderr=subprocess.DEVNULL).returncode:
        return None
    return ["sudo"]


def install_missing(packages):
    """Install the Debian packages whose programs are missing."""
    missing = [package for package in packages if not is_present(package)]
    if not missing:
        return
    install = ["apt-get", "install", "-y", "--no-install-recommends", *missing]
    remedy = "Run as root: apt-get update && " + " ".join(install)
    prefix = _as_root()
    if prefix is None:
        raise StepFailed(f"missing Debian packages: {', '.join(missing)}", remedy)
    apt = [*prefix, "env", "DEBIAN_FRONTEND=noninteractive"]
    with step(f"installing from Debian: {' '.join(missing)}"):
        try:
            run([*apt, *install], "apt")
        except StepFailed:  # no package list yet, or an old one
            run([*apt, "apt-get", "update"], "apt", remedy=remedy)
            run([*apt, *install], "apt", remedy=remedy, append=True)


def _mirror(*options):
    """Return the Debian mirror that apt knows of, or None."""
    targets = output_of(
        [
            "apt-get",
            *options,
            "indextargets",
            "--format=$(REPO_URI)",
            "Created-By: Packages",
            "Origin: Debian",
            f"Release: {STABLE}",
            "Component: main",
        ]
    ).splitlines()
    return next((uri for uri in targets if not uri.startswith("cdrom:")), None)


def mirror(folder):
    """Return the mirror in the machine's own apt configuration.

    Apt tells it once it has read the repositories' lists; if the machine has none,
    they are read into a folder of ours.
    """
    found = _mirror()
    if not found:
        lists = folder / "machine"
        (lists / "partial").mkdir(parents=True)
        settings = (f"Dir::State::Lists={lists}", "APT::Sandbox::User=root")
        own_lists = [part for setting in settings for part in ("-o", setting)]
        run(["apt-get", *own_lists, "update"], "source")
        found = _mirror(*own_lists)
    if not found:
        raise StepFailed(f"apt is not configured for Debian {STABLE}")
    return found


def _apt_options(folder):
    """Keep apt away from the machine's sources, lists, cache and preferences."""
    settings = {
        "Dir::Etc::SourceList": folder / "sources.list",
        "Dir::Etc::SourceParts": "/dev/null",
        "Dir::Etc::Preferences": "/dev/null",
        "Dir::Etc::PreferencesParts": "/dev/null",
        "Dir::State::Lists": folder / "lists",
        "Dir::Cache": folder / "cache",
        "APT::Sandbox::User": "root",
        "APT::Update::Error-Mode": "any",
        "Acquire::Languages": "none",
        "Acquire::Retries": "3",
    }
    return [part for item in settings.items() for part in ("-o", "{}={}".format(*item))]


def _font_awesome_version(options):
    """Return the exact version of the Font Awesome that fits Odoo."""
    rows = output_of(["apt-cache", *options, "madison", FONT_AWESOME]).splitlines()
    versions = [row.split("|")[1].strip() for row in rows]
    for version in versions:
        if version.startswith(FONT_AWESOME_4):
            return version
    raise StepFailed(f"no {FONT_AWESOME} {FONT_AWESOME_4} among {versions}")


def fetch_odoo(target):
    """Unpack Debian's Odoo and what its web client needs; return their versions."""
    folder = WORK / "apt"
    shutil.rmtree(folder, ignore_errors=True)
    for name in ("lists/partial", "cache/archives/partial", "debs"):
        (folder / name).mkdir(parents=True)
    uri = mirror(folder)
    (folder / "sources.list").write_text(
        "".join(
            f"deb [signed-by={KEYRING}] {uri} {suite} main\n"
            for suite in (UNSTABLE, STABLE)
        )
    )
    options = _apt_options(folder)
    run(["apt-get", *options, "update"], "source")
    wanted = [*ODOO_PACKAGES, f"{FONT_AWESOME}={_font_awesome_version(options)}"]
    download = ["apt-get", *options, "download", *wanted]
    run(download, "source", cwd=folder / "debs", append=True)
    debs = sorted((folder / "debs").glob("*.deb"))
    for deb in debs:
        run(["dpkg", "-x", deb, target], "source", append=True)
    shutil.rmtree(folder)
    return "\n".join(deb.name for deb in debs)
