"""The layers under ./dev: packages, Odoo's source, Python, PostgreSQL, databases.

Standard library only: this runs before the virtual environment exists.
"""

from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
WORK = ROOT / ".odoo"
LOGS = WORK / "log"
RUN = WORK / "run"
MODULE = "relance_ar"
