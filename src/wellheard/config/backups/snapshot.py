"""A consistent copy of the database while others go on writing, and putting one back."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
from pathlib import Path
from typing import Any

from django.apps import apps
from django.conf import settings
from django.db import connection


class NeedsTool(Exception):
    """A program of PostgreSQL's is missing on this machine."""


def is_sqlite() -> bool:
    return connection.vendor == "sqlite"


def dump(target: Path) -> None:
    """Write the whole database into ``target`` as of one moment."""
    if is_sqlite():
        connection.ensure_connection()
        # SQLite's own online backup: readers and writers go on meanwhile.
        with sqlite3.connect(target) as copy:
            connection.connection.backup(copy)
        copy.close()
    else:
        _postgres("pg_dump", "--format=custom", "--no-owner", f"--file={target}")


def put_back(source: Path) -> None:
    """Replace the present database with the dump in ``source``."""
    if is_sqlite():
        connection.close()
        database = Path(settings.DATABASES["default"]["NAME"])
        for suffix in ("-wal", "-shm"):
            database.with_name(database.name + suffix).unlink(missing_ok=True)
        fresh = database.with_name(f".{database.name}.restoring")
        shutil.copyfile(source, fresh)
        fresh.replace(database)
    else:
        _postgres(
            "pg_restore",
            "--clean",
            "--if-exists",
            "--no-owner",
            "--single-transaction",
            str(source),
        )


def counts() -> dict[str, int]:
    """Rows in every table of ours: what a restore must bring back."""
    return {
        model._meta.db_table: model._base_manager.count()
        for model in apps.get_models()
        if model.__module__.startswith("wellheard.")
    }


def _postgres(program: str, *arguments: str) -> None:
    if shutil.which(program) is None:
        raise NeedsTool(f"{program} is needed for a PostgreSQL backup; install PostgreSQL's client")
    facts: dict[str, Any] = settings.DATABASES["default"]
    environment = os.environ | {"PGPASSWORD": facts["PASSWORD"]}
    command = [program, f"--dbname={facts['NAME']}"]
    command += [f"--host={facts['HOST']}"] if facts["HOST"] else []
    command += [f"--port={facts['PORT']}"] if facts["PORT"] else []
    command += [f"--username={facts['USER']}"] if facts["USER"] else []
    # S603: the program is named here and its arguments come from the settings
    done = subprocess.run(  # noqa: S603
        [*command, *arguments], env=environment, capture_output=True, text=True, check=False
    )
    if done.returncode != 0:
        raise NeedsTool(f"{program} failed: {done.stderr.strip().splitlines()[-1][:200]}")
