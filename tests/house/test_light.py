"""What a process loads before anybody has asked for anything: no mathematics, no engines."""

from __future__ import annotations

import subprocess
import sys

import pytest

pytestmark = pytest.mark.any_database
HEAVY = {"numpy", "scipy", "duckdb", "ibis", "pyarrow", "sklearn", "onnxruntime", "cv2", "typst"}
PAGES = "import wellheard.config.wsgi"
WORK = """
import os
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "wellheard.config.settings")
import django
django.setup()
from django.utils.module_loading import import_string
from wellheard.base.jobs.worker import Worker
from wellheard.config import wiring
for all_ in wiring.REACTIONS.values():
    for dotted in all_:
        import_string(dotted)
for periodic in wiring.SCHEDULE:
    import_string(periodic.run)
"""


@pytest.mark.parametrize("loads", [PAGES, WORK], ids=["pages", "work"])
def test_idle_process_has_loaded_nothing_heavy(loads: str) -> None:
    """Each would cost every process 10 to 40 MB and the start a second: load it where it works."""
    said = f"{loads}\nimport sys\nprint(' '.join(sorted({HEAVY!r} & set(sys.modules))))"
    done = subprocess.run([sys.executable, "-c", said], capture_output=True, text=True, check=True)
    assert done.stdout.split() == []
