"""Facts as Parquet: one file for each organisation and month, written once and never changed.

A file has a name of its own, so that the row which names it (FactMonth) is all that has to be
swapped. It is on the disk, whole, before anybody can be told of it.
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pyarrow as pa

SUFFIX = ".parquet"
# Sorted runs of facts in row groups this long: a place's answers to one item lie in few of them.
# Which columns a file has; a file of another layout is written anew. 2: with touchpoint and helped.
LAYOUT = 2
_GROUP = 65_536
_RUN = 1_000_000


@dataclass(slots=True)
class Portion:
    """Many responses with their facts, column by column.

    ``who``: what is said once per response, in the order of WHO; ``owner``: for each fact the
    position of its response; ``items`` and ``values``: what was answered.
    """

    who: list[tuple[Any, ...]]
    owner: list[int]
    items: list[str]
    values: list[int]


WHO = (
    "place_id", "response_id", "version", "month", "day", "touchpoint_id", "mode", "helped",
    "language", "age_band", "sex", "ethnicity", "payer",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Written:
    """A finished file: its name below the folder, its bytes, the facts and responses in it."""

    name: str
    size: int
    facts: int
    responses: int


def write_file(
    folder: Path, organisation_id: int, month: int, portions: Iterable[Portion]
) -> Written:
    """Write a month's facts to a new file of ``folder``: all of it or, after a fault, nothing."""
    # Loads Arrow: only the worker that writes and the engine that reads pay for it.
    import pyarrow.parquet as pq

    home = folder / str(organisation_id)
    home.mkdir(parents=True, exist_ok=True)
    name = f"{organisation_id}/{month}-{secrets.token_hex(8)}{SUFFIX}"
    draft = folder / f"{name}.draft"
    facts = responses = 0
    try:
        with draft.open("wb") as out:
            with pq.ParquetWriter(out, schema(), compression="zstd", compression_level=1) as file:
                for table, people in _runs(organisation_id, portions):
                    file.write_table(table, row_group_size=_GROUP)
                    facts, responses = facts + table.num_rows, responses + people
            out.flush()
            os.fsync(out.fileno())
        draft.replace(folder / name)
        _settle(home)
    except BaseException:
        draft.unlink(missing_ok=True)
        raise
    return Written(name, (folder / name).stat().st_size, facts, responses)


def drop_file(folder: Path, name: str) -> None:
    """Remove a file that is no longer named; one that is gone already is no fault."""
    with suppress(FileNotFoundError):
        (folder / name).unlink()


def drop_others(
    folder: Path, organisation_id: int, named: Iterable[str], *, before: float
) -> list[str]:
    """Remove drafts and files nobody names that are older than ``before`` (seconds since 1970)."""
    kept, gone = set(named), []
    for path in (folder / str(organisation_id)).glob(f"*{SUFFIX}*"):
        name = f"{organisation_id}/{path.name}"
        with suppress(FileNotFoundError):
            if name not in kept and path.stat().st_mtime < before:
                path.unlink()
                gone.append(name)
    return gone


def schema() -> pa.Schema:
    """The columns of every file; texts as dictionaries."""
    import pyarrow as pa

    text = pa.dictionary(pa.int32(), pa.string())
    return pa.schema(
        [
            ("organisation_id", pa.int64()), ("place_id", pa.int64()),
            ("response_id", pa.int64()), ("item", text), ("version", pa.int16()),
            ("value", pa.int16()), ("month", pa.int32()), ("day", pa.date32()),
            ("touchpoint_id", pa.int64()), ("mode", text), ("helped", text), ("language", text),
            ("age_band", text), ("sex", text), ("ethnicity", text),
            ("payer", text),
        ]
    )  # fmt: skip


def _runs(organisation_id: int, portions: Iterable[Portion]) -> Iterator[tuple[pa.Table, int]]:
    """The facts in runs of about a million, each sorted by item, then place, then day."""
    import pyarrow as pa

    waiting: list[pa.Table] = []
    people = 0
    for portion in portions:
        waiting.append(_table(organisation_id, portion))
        people += len(portion.who)
        if sum(table.num_rows for table in waiting) >= _RUN:
            yield _sorted(pa.concat_tables(waiting)), people
            waiting, people = [], 0
    if waiting:
        yield _sorted(pa.concat_tables(waiting)), people


def _sorted(table: pa.Table) -> pa.Table:
    # Sorted as plain texts: two portions number their texts differently.
    import pyarrow as pa

    at = table.schema.get_field_index("item")
    plain = table.set_column(at, "item", table["item"].cast(pa.string()))
    ordered = plain.sort_by(
        [("item", "ascending"), ("place_id", "ascending"), ("day", "ascending")]
    )
    return ordered.cast(schema())


def _table(organisation_id: int, portion: Portion) -> pa.Table:
    import pyarrow as pa

    columns: Sequence[Sequence[Any]] = list(zip(*portion.who, strict=True)) or [()] * len(WHO)
    owner = pa.array(portion.owner, pa.int32())
    types = schema()
    by_name = {
        name: _column(values, types.field(name).type).take(owner)
        for name, values in zip(WHO, columns, strict=True)
    }
    by_name["organisation_id"] = pa.array([organisation_id] * len(portion.owner), pa.int64())
    by_name["item"] = _column(portion.items, types.field("item").type)
    by_name["value"] = pa.array(portion.values, pa.int16())
    return pa.table([by_name[name] for name in types.names], schema=types)


def _column(values: Sequence[Any], kind: pa.DataType) -> pa.Array:
    import pyarrow as pa

    if pa.types.is_dictionary(kind):
        return pa.array(values, pa.string()).dictionary_encode().cast(kind)
    return pa.array(values, kind)


def _settle(folder: Path) -> None:
    """Make the new name as lasting as the file itself (a power cut, not only a killed process)."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
