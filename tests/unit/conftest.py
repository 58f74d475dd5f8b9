"""Unit tests import ``core`` by itself: neither Odoo nor a database is needed."""

import sys
from pathlib import Path

from hypothesis import HealthCheck, settings

sys.path.append(str(Path(__file__).parents[2] / "relance_ar"))

# The same examples at each run, whatever the speed of the machine.
settings.register_profile(
    "relance",
    database=None,
    deadline=None,
    derandomize=True,
    max_examples=30,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile("relance")
