"""Where Odoo 19.0 comes from, and the Python environment that runs it."""

import hashlib
import os
import shutil
from dataclasses import dataclass
from pathlib import Path

from . import ROOT, WORK, debian
from .steps import StepFailed, output_of, run, step

REPOSITORY = "https://github.com/odoo/odoo"
BRANCH = "19.0"
VENV = WORK / "venv"
PYTHON = VENV / "bin" / "python"
REQUIREMENTS = ("requirements.txt", "requirements-dev.txt")


@dataclass(frozen=True)
class OdooSource:
    """An Odoo tree: the folder to import from, and what identifies its version."""

    path: Path
    identity: str

    @property
    def addons(self):
        """The folders of Odoo's own addons: one in a package, two in a checkout."""
        inner, outer = self.path / "odoo" / "addons", self.path / "addons"
        return [inner] if (inner / "account").is_dir() else [outer, inner]

    def translation(self, addon, language):
        """Return an addon's translation file, or None."""
        for folder in self.addons:
            path = folder / addon / "i18n" / f"{language}.po"
            if path.exists():
                return path
        return None


def digest(*texts):
    """Return a short key made from texts."""
    return hashlib.sha256("\0".join(texts).encode()).hexdigest()[:12]


def _is_odoo(path):
    release = path / "odoo" / "release.py"
    return release.is_file() and "19, 0" in release.read_text()


def _checkout(path):
    commit = output_of(["git", "-C", path, "rev-parse", "HEAD"])
    return OdooSource(path, f"{path} {commit}")


def _fetch(target):
    """Fill a folder with Odoo: Debian's package, else a clone of the public tree."""
    try:
        with step("fetching Odoo 19.0 from Debian unstable"):
            return debian.fetch_odoo(target)
    except StepFailed as failure:
        failure.report()
    shutil.rmtree(target, ignore_errors=True)
    debian.install_missing(["git"])
    clone = ["git", "clone", "--depth=1", f"--branch={BRANCH}", REPOSITORY, target]
    remedy = "Check the network, or set ODOO_SOURCE to a checkout of Odoo 19.0."
    with step(f"cloning {REPOSITORY} {BRANCH}"):
        run(clone, "clone", remedy=remedy)
    return output_of(["git", "-C", target, "rev-parse", "HEAD"])


def odoo_source():
    """Return Odoo's source: $ODOO_SOURCE, or the one kept under .odoo."""
    given = os.environ.get("ODOO_SOURCE")
    if given:
        path = Path(given).expanduser().resolve()
        if not _is_odoo(path):
            remedy = "Point it at the folder that holds odoo/release.py (19.0)."
            raise StepFailed(f"ODOO_SOURCE={given} is not Odoo 19.0", remedy)
        return _checkout(path)
    folder, version = WORK / "source", WORK / "source" / "VERSION"
    if not version.exists():
        fresh = WORK / "source.new"
        shutil.rmtree(fresh, ignore_errors=True)
        shutil.rmtree(folder, ignore_errors=True)
        identity = _fetch(fresh)
        (fresh / "VERSION").write_text(identity)
        fresh.rename(folder)
    packaged = folder / "usr" / "lib" / "python3" / "dist-packages"
    path = packaged if packaged.is_dir() else folder
    return OdooSource(path, version.read_text())


def requirements_key():
    """Return a key that changes with the pinned requirements."""
    return digest(*((ROOT / name).read_text() for name in REQUIREMENTS))


def prepare_venv():
    """Create the virtual environment, or recreate it when the pins have changed."""
    stamp, key = VENV / "stamp", requirements_key()
    if stamp.exists() and stamp.read_text() == key and PYTHON.exists():
        return
    debian.install_missing(["python3-venv"])
    shutil.rmtree(VENV, ignore_errors=True)
    remedy = "Check that pip reaches its package index (see `pip config list`)."
    with step("installing the Python requirements"):
        run([debian.find_python(), "-m", "venv", VENV], "venv")
        pip = [PYTHON, "-m", "pip", "install", "--disable-pip-version-check"]
        run([*pip, "-r", ROOT / REQUIREMENTS[-1]], "venv", remedy=remedy, append=True)
    stamp.write_text(key)
