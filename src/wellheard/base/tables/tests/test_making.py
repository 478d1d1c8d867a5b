"""An empty database is made at once, whoever comes first, and is what the migrations give."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.any_database


def wellheard(home: Path, *arguments: str) -> subprocess.Popen[bytes]:
    environment = {**os.environ, "WELLHEARD_HOME": str(home), "WELLHEARD_MODE": "test"}
    environment.pop("WELLHEARD_DATABASE_URL", None)
    command = [sys.executable, "-m", "wellheard.config.cli", *arguments]
    return subprocess.Popen(command, env=environment, stderr=subprocess.DEVNULL)


@pytest.mark.capability("P04")
def test_two_that_make_a_database_at_once_end_with_one_that_is_up_to_date(tmp_path: Path) -> None:
    both = [wellheard(tmp_path, "migrate"), wellheard(tmp_path, "migrate")]
    assert [each.wait(timeout=400) for each in both] == [0, 0]
    assert wellheard(tmp_path, "migrate", "--check").wait(timeout=400) == 0
