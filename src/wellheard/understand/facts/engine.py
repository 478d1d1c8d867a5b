"""DuckDB over files of facts: one engine in each process, loaded at the first question."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from wellheard.understand.facts.policy import store_policy

if TYPE_CHECKING:
    import duckdb
    import pyarrow as pa

_starting = threading.Lock()


class UnreadableError(Exception):
    """A file is not there, or is not what it should be."""


def ask(sql: str, files: Sequence[Path], given: Mapping[str, Any]) -> list[tuple[Any, ...]]:
    """The rows a prepared statement over ``facts`` gives on these files. Raises UnreadableError."""
    if not files:
        return []
    rows: list[tuple[Any, ...]] = _asked(
        lambda engine: engine.execute(_over(sql, files), dict(given)).fetchall()
    )
    return rows


def ask_columns(sql: str, files: Sequence[Path], given: Mapping[str, Any]) -> pa.Table:
    """The same as columns (at least one file), for what has many rows. Raises UnreadableError."""
    return _asked(lambda engine: engine.sql(_over(sql, files), params=dict(given)).to_arrow_table())


def _asked(asking: Callable[[duckdb.DuckDBPyConnection], Any]) -> Any:
    import duckdb

    cursor = _engine().cursor()
    try:
        return asking(cursor)
    except (
        duckdb.IOException,
        duckdb.InvalidInputException,
        duckdb.SerializationException,
    ) as error:
        raise UnreadableError(str(error)[:200]) from error
    finally:
        cursor.close()


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
