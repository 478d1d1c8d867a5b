"""DuckDB over files of facts: one engine in each process, loaded at the first question."""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from wellheard.understand.facts.policy import store_policy

if TYPE_CHECKING:
    import duckdb

_starting = threading.Lock()


class UnreadableError(Exception):
    """A file is not there, or is not what it should be."""


def ask(sql: str, files: Sequence[Path], given: Mapping[str, Any]) -> list[tuple[Any, ...]]:
    """The rows a prepared statement over ``facts`` gives on these files. Raises UnreadableError."""
    import duckdb

    if not files:
        return []
    cursor = _engine().cursor()
    try:
        rows: list[tuple[Any, ...]] = cursor.execute(_over(sql, files), dict(given)).fetchall()
    except (
        duckdb.IOException,
        duckdb.InvalidInputException,
        duckdb.SerializationException,
    ) as error:
        raise UnreadableError(str(error)[:200]) from error
    finally:
        cursor.close()
    return rows


def _over(sql: str, files: Sequence[Path]) -> str:
    named = ", ".join("'" + str(file).replace("'", "''") + "'" for file in files)
    return sql.replace('"facts"', f"read_parquet([{named}])")


def _engine() -> duckdb.DuckDBPyConnection:
    with _starting:
        return _started()


@cache
def _started() -> duckdb.DuckDBPyConnection:
    import duckdb

    policy = store_policy()
    # Nothing is fetched, nothing is written: an engine that reads the files it is told to read.
    engine = duckdb.connect(
        ":memory:",
        config={
            "threads": policy.engine_threads,
            "memory_limit": f"{policy.most_engine_megabytes}MB",
            "temp_directory": "",
            "autoinstall_known_extensions": False,
            "autoload_known_extensions": False,
        },
    )
    # Files never change under their name, so what their last pages say may be remembered.
    engine.execute("SET parquet_metadata_cache = true")
    return engine
