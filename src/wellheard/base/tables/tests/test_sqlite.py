"""Writers on SQLite wait evenly for the lock, and give up as they always did."""

from __future__ import annotations

import sqlite3
import threading
import time
from pathlib import Path

import pytest
from django.db import OperationalError

from wellheard.base.tables.sqlite.base import DatabaseWrapper


@pytest.fixture
def open_one(tmp_path: Path, django_db_blocker):
    opened: list[DatabaseWrapper] = []

    def run(timeout: float = 20.0) -> DatabaseWrapper:
        path = tmp_path / "wellheard.sqlite3"
        options = {"timeout": timeout, "transaction_mode": "IMMEDIATE"}
        kept = {"CONN_MAX_AGE": None, "CONN_HEALTH_CHECKS": False, "AUTOCOMMIT": True}
        given = {"NAME": str(path), "OPTIONS": options, "TIME_ZONE": None, **kept}
        one = DatabaseWrapper(given, "default")
        one.inc_thread_sharing()
        one.connect()
        opened.append(one)
        return one

    with django_db_blocker.unblock():  # a database of its own, not that of the tests
        yield run
        for one in opened:
            one.close()


def test_writer_begins_soon_after_the_lock_is_free(open_one, tmp_path: Path) -> None:
    one = open_one()
    holder = sqlite3.connect(tmp_path / "wellheard.sqlite3", check_same_thread=False)
    holder.execute("BEGIN IMMEDIATE")
    freed = []

    def let_go() -> None:
        time.sleep(0.15)
        holder.rollback()
        freed.append(time.monotonic())

    thread = threading.Thread(target=let_go)
    thread.start()
    one._start_transaction_under_autocommit()
    began = time.monotonic()
    one.rollback()
    thread.join()
    holder.close()
    # SQLite's own steps reach a tenth of a second by then; a loaded machine gets the rest.
    assert began - freed[0] < 1.0
    assert one.connection.execute("PRAGMA busy_timeout").fetchone() == (20_000,)


def test_writer_gives_up_after_the_timeout_and_keeps_its_connection(open_one, tmp_path) -> None:
    one = open_one(timeout=0.1)
    holder = sqlite3.connect(tmp_path / "wellheard.sqlite3")
    holder.execute("BEGIN IMMEDIATE")
    with pytest.raises(OperationalError, match="locked"):
        one._start_transaction_under_autocommit()
    holder.rollback()
    holder.close()
    one._start_transaction_under_autocommit()
    one.rollback()
    assert one.connection.execute("PRAGMA busy_timeout").fetchone() == (100,)
