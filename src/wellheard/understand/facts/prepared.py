"""The SQL that the Ibis expressions come to on DuckDB, kept beside them.

Ibis takes two seconds to import and ten milliseconds to compile: pages read the compiled text
instead. A test says whether it still is what Ibis makes of the expressions; to write it anew:
``python -m wellheard.understand.facts.prepared``.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path

FILE = Path(__file__).with_name("data") / "duckdb.json"
FACTS = "facts"
_SEGMENTS = (
    "age_band", "ethnicity", "helped", "language", "mode", "payer", "sex", "touchpoint_id",
)  # fmt: skip
_MIX = ("age_band", "sex", "language")
# Numbers that stand for what is asked until the query runs.
_HOLES = {"organisation": 9_100_000_001, "start": 9_100_000_002, "stop": 9_100_000_003,
          "low": 9_100_000_004, "high": 9_100_000_005}  # fmt: skip


def shapes() -> Iterator[tuple[tuple[str, ...], bool]]:
    """Every (columns, whether places are narrowed) that the door asks for.

    With the item among the columns, every item is counted at once.
    """
    for narrowed in (False, True):
        yield ("place_id", "month", "value"), narrowed
    yield ("place_id", "day", "value"), True
    for segment in _SEGMENTS:
        yield ("place_id", "month", segment, "value"), False
    yield ("place_id", "month", "touchpoint_id", "value"), True
    yield ("place_id", "value", *_MIX), False
    yield ("place_id", "month", "value", *_MIX), True
    yield ("item", "place_id", "month", "value"), False
    yield ("item", "place_id", "value", *_MIX), False
    yield ("item", "place_id", "month", "value", *_MIX), True


def sql_of(by: Sequence[str], *, narrowed: bool) -> str:
    """The prepared statement; its table is named ``facts``. Another shape is compiled now."""
    kept = _kept()
    name = _name(by, narrowed)
    if name not in kept:
        kept[name] = _compiled(by, narrowed)
    return kept[name]


def compiled() -> dict[str, str]:
    """Every shape's SQL, compiled now."""
    return {_name(by, narrowed): _compiled(by, narrowed) for by, narrowed in shapes()}


def as_text() -> str:
    """The file as it should be."""
    return json.dumps(compiled(), indent=1) + "\n"


@cache
def _kept() -> dict[str, str]:
    found: dict[str, str] = json.loads(FILE.read_text("utf-8"))
    return found


def _name(by: Sequence[str], narrowed: bool) -> str:
    return " ".join((*by, "| places") if narrowed else by)


def _compiled(by: Sequence[str], narrowed: bool) -> str:
    import ibis

    from wellheard.understand.facts.expressions import Asked, counted, table

    places = (_HOLES["low"], _HOLES["high"]) if narrowed else None
    item = None if "item" in by else "$item"
    asked = Asked(_HOLES["organisation"], item, _HOLES["start"], _HOLES["stop"], places)
    text = str(ibis.to_sql(counted(table(FACTS), asked, by), dialect="duckdb", pretty=False))
    for name, hole in _HOLES.items():
        text = re.sub(rf"CAST\({hole} AS \w+\)|\b{hole}\b", f"${name}", text)
    return text.replace("'$item'", "$item")


if __name__ == "__main__":
    FILE.write_text(as_text(), "utf-8")
