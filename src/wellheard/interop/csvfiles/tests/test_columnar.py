"""Column by column or row by row: the same rows, keys, faults and counts."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wellheard.interop.csvfiles.codec import open_table, read_table
from wellheard.interop.csvfiles.columnar import Keys, Reader
from wellheard.interop.csvfiles.rules import (
    fingerprint,
    guess_layout,
    read_responses,
    version_on,
)

ITEMS = {"rating": (0, 10), "quiet": (1, 4)}
HEAD = "response_id,received_at,place,mode,language,instrument,rating,quiet,comment,shoes\n"
CELLS = {
    "id": ["", "a", "b", " c ", "é"],
    "when": ["", "2026-03-01", "2026-03-01T10:00:00+02:00", " 2026/03/02", "someday"],
    "place": ["", "Ward 7", " Ward 7"],
    "mode": ["", "Web", "paper", "smoke"],
    "language": ["", "EN", "es-MX", "English please"],
    "instrument": ["", "pulse", "unheard"],
    "rating": ["", "9", " 10 ", "9.0", "11", "nine"],
    "quiet": ["", "4", "0"],
    "comment": ["", "Kind", '"a, b"'],
    "shoes": ["42"],
}
LINE = st.tuples(*(st.sampled_from(cells) for cells in CELLS.values())).map(",".join)


def by_columns(text: str, size: int = 3):
    stream = open_table(text.encode())
    layout = guess_layout("responses", stream.header, ITEMS)
    known = {"pulse"}.__contains__
    reader, keys = Reader(layout, zone="America/Chicago", items=ITEMS, known=known), Keys("k")
    rows = []
    for portion in stream.portions(size):
        block = reader.read(stream.header, portion)
        block.columns["key"] = keys.of(block)
        rows += [
            dict(zip(block.columns, row, strict=True))
            for row in zip(*block.columns.values(), strict=True)
        ]
    return rows, reader


def by_rows(text: str):
    table = read_table(text.encode())
    layout = guess_layout("responses", table.header, ITEMS)
    return read_responses(table, layout, zone="America/Chicago", items=ITEMS)


@settings(max_examples=80, deadline=None)
@given(st.lists(LINE, max_size=8))
def test_columns_say_what_rows_say(lines):
    text = HEAD + "\n".join(lines) + "\n"
    found, reader = by_columns(text)
    plain = by_rows(text)
    strangers = [line for line, v in plain.rows if v["instrument"] not in ("", "pulse")]
    faults = [(f.line, f.column, f.reason) for f in reader.faults]
    expected = [(f.line, f.column, f.reason) for f in plain.faults]
    assert sorted(f for f in faults if "not an instrument" not in f[2]) == sorted(expected)
    assert sorted(f[0] for f in faults if "not an instrument" in f[2]) == strangers
    assert reader.empty == plain.empty
    if faults:
        return
    assert [{**row, "answers": json.loads(row["answers"])} for row in found] == [
        {**values, "key": row["key"]} for (_, values), row in zip(plain.rows, found, strict=True)
    ]
    for row in found:
        values = {**row, "answers": json.loads(row["answers"])}
        del values["key"]
        made = {fingerprint("k", values, n) for n in range(len(found))}
        assert row["key"] in made


def test_rows_without_an_id_that_say_the_same_stay_two():
    rows, _ = by_columns(HEAD + ",,,,,,9,4,,\n" * 2 + "x,,,,,,9,4,,\n" * 2)
    keys = [row["key"] for row in rows]
    assert keys[0] != keys[1] and keys[2] == keys[3]


def test_short_rows_and_long_cells_are_read_as_ever():
    rows, _ = by_columns("response_id,rating,quiet\na,9\nb,8,\n")
    assert [row["answers"] for row in rows] == ['{"rating": 9}', '{"rating": 8}']
    _, reader = by_columns("response_id,rating\n" + "x" * 81 + ",9\n")
    assert [fault.reason for fault in reader.faults] == ["is longer than 80 characters"]


@pytest.mark.parametrize(
    ("day", "version"),
    [("2025-01-01", 1), ("2026-03-14", 1), ("2026-03-15", 2), ("2027-01-01", 3), (None, 3)],
)
def test_version_is_the_one_in_force_on_the_day_of_the_answer(day, version):
    known = [("2026-01-01", 1), ("2026-03-15", 2), ("2026-12-01", 3)]
    moment = datetime.fromisoformat(day).replace(hour=12, tzinfo=UTC) if day else None
    assert version_on(known, moment) == version
