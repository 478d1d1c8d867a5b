"""Pure: many answers at once, from JSON texts to columns of whole numbers.

What ``rules.answered`` says of one response, for twenty thousand: Arrow reads them in one go.
Where they are not of one kind (a word among numbers), they are read one by one.
"""

from __future__ import annotations

import io
import json
from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from wellheard.understand.facts.rules import answered

if TYPE_CHECKING:
    import pyarrow as pa

# Item code, positions of the texts that answer it, and the answers.
Column = tuple[str, list[int], list[int]]


def answered_columns(texts: Sequence[str]) -> Iterator[Column]:
    """Each item of some JSON objects that is answered with whole numbers."""
    import pyarrow as pa
    import pyarrow.json as reader

    whole = "\n".join(texts).encode()
    options = reader.ReadOptions(use_threads=False, block_size=len(whole) + 1)
    try:
        table = reader.read_json(io.BytesIO(whole), options)
    except pa.ArrowInvalid:
        yield from _one_by_one(texts)
        return
    if table.num_rows != len(texts):  # nothing but empty objects, or a text over several lines
        yield from _one_by_one(texts)
        return
    for code in table.column_names:
        column = table[code].combine_chunks()
        if pa.types.is_integer(column.type) or pa.types.is_floating(column.type):
            yield (code, *_whole(column))


def _whole(column: pa.Array) -> tuple[list[int], list[int]]:
    import numpy as np
    import pyarrow as pa

    given = np.flatnonzero(column.is_valid().to_numpy(zero_copy_only=False))
    values = column.drop_null().to_numpy(zero_copy_only=False)
    if pa.types.is_floating(column.type):
        is_whole = np.isfinite(values) & (values == np.floor(values))
        given, values = given[is_whole], values[is_whole].astype(np.int64)
    return given.tolist(), values.tolist()


def _one_by_one(texts: Sequence[str]) -> Iterator[Column]:
    found: dict[str, tuple[list[int], list[int]]] = defaultdict(lambda: ([], []))
    for position, text in enumerate(texts):
        for code, value in answered(json.loads(text)):
            found[code][0].append(position)
            found[code][1].append(value)
    for code, (positions, values) in found.items():
        yield code, positions, values
