"""The restore drill, through the console, on the database in use."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = [pytest.mark.capability("P04"), pytest.mark.slow]


def wellheard(home: Path, *arguments: str, key: str = "") -> subprocess.CompletedProcess[str]:
    environment = {
        **os.environ,
        "WELLHEARD_HOME": str(home),
        "WELLHEARD_MODE": "production",
        "WELLHEARD_DATABASE_URL": "",
        **({"WELLHEARD_MASTER_KEY": key} if key else {}),
    }
    return subprocess.run(
        [sys.executable, "-m", "wellheard.config.cli", *arguments],
        env=environment,
        check=False,
        capture_output=True,
        text=True,
        timeout=400,
    )


@pytest.fixture(scope="module")
def installation(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("drill") / "home"
    assert wellheard(home, "migrate").returncode == 0
    assert wellheard(home, "setup", "--name", "Riverbend").returncode == 0
    (home / "files").mkdir()
    (home / "files" / "photo.jpg").write_bytes(b"\xff\xd8 a photo")
    return home


def test_backup_restores_on_an_empty_machine_with_equal_counts(installation, tmp_path):
    file = tmp_path / "one.backup"
    made = wellheard(installation, "backup", "--out", str(file), "--json")
    assert made.returncode == 0, made.stderr
    rows = json.loads(made.stdout)["rows"]
    assert rows["people_organisation"] == 1 and rows["base_auditrow"] == 1

    key = (installation / "keys" / "master.key").read_text().strip()
    empty = tmp_path / "empty"
    back = wellheard(empty, "restore", str(file), "--json", key=key)
    assert back.returncode == 0, back.stderr
    assert json.loads(back.stdout)["rows"] == rows
    assert (empty / "files" / "photo.jpg").read_bytes() == b"\xff\xd8 a photo"
    assert wellheard(empty, "audit", "verify", key=key).returncode == 0


def test_backup_without_its_key_stays_closed_and_nothing_is_touched(installation, tmp_path):
    file = tmp_path / "one.backup"
    wellheard(installation, "backup", "--out", str(file))
    other = tmp_path / "other"
    failed = wellheard(other, "restore", str(file))
    assert failed.returncode == 1
    assert "master key" in failed.stderr
    assert "Traceback" not in failed.stderr


def test_restore_over_data_needs_the_word(installation, tmp_path):
    file = tmp_path / "one.backup"
    wellheard(installation, "backup", "--out", str(file))
    assert "--replace" in wellheard(installation, "restore", str(file)).stderr
    assert wellheard(installation, "restore", str(file), "--replace").returncode == 0


def test_audit_names_the_first_broken_row_after_tampering(installation):
    import sqlite3

    with sqlite3.connect(installation / "wellheard.sqlite3") as database:
        database.execute("UPDATE base_auditrow SET action='organisation.removed' WHERE sequence=1")
    found = wellheard(installation, "audit", "verify", "--json")
    assert found.returncode == 1
    assert json.loads(found.stdout)[0]["first_broken_row"] == 1
