"""Counting many items at once, as columns: what boards and case-mix models are made of.

Counted where ``sources`` would count each item, but the files are read once for all of them. Not
for pages: what leaves the house goes through ``queries``, or rests on what that lets be shown.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db.models import Count

from wellheard.understand.facts.engine import UnreadableError, ask_columns
from wellheard.understand.facts.models import Fact
from wellheard.understand.facts.prepared import sql_of
from wellheard.understand.facts.slices import Period
from wellheard.understand.facts.sources import (
    CARD_ITEM,
    Wanted,
    current_files,
    in_answers,
    is_in_files,
)

if TYPE_CHECKING:
    from pathlib import Path

    import numpy as np
    import pyarrow as pa
    from numpy.typing import NDArray

_NUMBERS = frozenset({"place_id", "touchpoint_id", "month", "value"})


@dataclass(frozen=True, slots=True)
class Cells:
    """Groups of facts as columns of one length with ``n`` facts each; a group may come again.

    Texts are codes of ``labels``; a place that is not named is 0.
    """

    columns: Mapping[str, NDArray[np.int64]]
    labels: Mapping[str, tuple[str, ...]]
    n: NDArray[np.int64]

    def only(self, chosen: NDArray[np.bool_]) -> Cells:
        """The chosen groups."""
        columns = {name: column[chosen] for name, column in self.columns.items()}
        return Cells(columns, self.labels, self.n[chosen])

    def of_item(self, item: str) -> Cells:
        """The groups of one item."""
        code = self.labels["item"].index(item) if item in self.labels["item"] else -1
        return self.only(self.columns["item"] == code)

    def less(self, others: Cells) -> Cells:
        """What is left of each group when those of ``others`` are taken away; none comes twice."""
        import numpy as np

        names = list(self.columns)
        both = together([self, Cells(others.columns, others.labels, -others.n)], names)
        key = np.zeros(len(both.n), np.int64)
        for column in both.columns.values():
            known, code = np.unique(column, return_inverse=True)
            key = key * len(known) + code
        _, first, group = np.unique(key, return_index=True, return_inverse=True)
        left = np.bincount(group, weights=both.n, minlength=len(first)).astype(np.int64)
        columns = {name: column[first] for name, column in both.columns.items()}
        return Cells(columns, both.labels, left).only(left > 0)


@dataclass(frozen=True, slots=True)
class WantedItems:
    """Facts of several items in whole months, counted by item and columns of the fact table."""

    organisation_id: int
    items: tuple[str, ...]
    period: Period
    by: tuple[str, ...]
    places: frozenset[int] | None = None

    def of(self, item: str) -> Wanted:
        return Wanted(self.organisation_id, item, self.period, self.by, self.places)


def count_cells(wanted: WantedItems) -> Cells:
    """Every group, the item first among its columns."""
    names = ["item", *wanted.by]
    if not is_in_files(wanted.organisation_id):
        return _of_rows(names, _in_rows(wanted, wanted.items))
    months = [month.code for month in wanted.period.months]
    current = current_files(wanted.organisation_id, months)
    parts = []
    try:
        if current:
            parts.append(_in_files(wanted, list(current.values())))
    except UnreadableError:
        # Gone between the look at the list and the look at the file, or damaged: do without.
        current = {}
    answered = [item for item in wanted.items if item != CARD_ITEM]
    stale = [month for month in months if month not in current]
    parts.append(_of_rows(names, _in_answers(wanted, answered, stale)))
    parts.append(_of_rows(names, _in_rows(wanted, {CARD_ITEM} & set(wanted.items))))
    return together(parts, names)


def together(parts: Sequence[Cells], names: Sequence[str]) -> Cells:
    """The groups of all parts; those that come twice are told twice."""
    import numpy as np

    columns, labels = {}, {}
    for name in names:
        if name in _NUMBERS:
            columns[name] = np.concatenate([part.columns[name] for part in parts])
            continue
        known = tuple(dict.fromkeys(text for part in parts for text in part.labels[name]))
        codes = {text: code for code, text in enumerate(known)}
        labels[name] = known
        columns[name] = np.concatenate(
            [
                np.array([codes[text] for text in part.labels[name]], np.int64)[part.columns[name]]
                for part in parts
            ]
        )
    return Cells(columns, labels, np.concatenate([part.n for part in parts]))


def _in_rows(wanted: WantedItems, items: Iterable[str]) -> Iterator[tuple[Any, ...]]:
    facts = Fact.objects.filter(
        organisation_id=wanted.organisation_id,
        item__in=list(items),
        month__gte=wanted.period.start.code,
        month__lt=wanted.period.stop.code,
    )
    if wanted.places is not None:
        facts = facts.filter(place_id__in=list(wanted.places))
    yield from facts.values_list("item", *wanted.by).annotate(n=Count("*")).order_by()


def _in_answers(
    wanted: WantedItems, items: Sequence[str], months: Sequence[int]
) -> Iterator[tuple[Any, ...]]:
    for item in items:
        for month in months:
            for group, n in in_answers(wanted.of(item), month):
                yield (item, *group, n)


def _in_files(wanted: WantedItems, files: Sequence[Path]) -> Cells:
    """From the files, in one question. A range of places is asked, and the others put away."""
    given: dict[str, Any] = {
        "organisation": wanted.organisation_id,
        "start": wanted.period.start.code,
        "stop": wanted.period.stop.code,
    }
    places = wanted.places or frozenset()
    if wanted.places is not None:
        given |= {"low": min(places, default=0), "high": max(places, default=-1)}
    # One item lies together in a file; of several, the others are put away afterwards.
    alone = len(wanted.items) == 1
    if alone:
        given["item"] = wanted.items[0]
    by = wanted.by if alone else ("item", *wanted.by)
    found = _of_table(ask_columns(sql_of(by, narrowed=wanted.places is not None), files, given))
    if alone:
        found = _said_of(wanted.items[0], found)
    return found if wanted.places is None else found.only(_is_one_of(found, places))


def _said_of(item: str, cells: Cells) -> Cells:
    import numpy as np

    columns = {"item": np.zeros(len(cells.n), np.int64), **cells.columns}
    return Cells(columns, {"item": (item,), **cells.labels}, cells.n)


def _is_one_of(cells: Cells, places: frozenset[int]) -> NDArray[np.bool_]:
    import numpy as np

    return np.isin(cells.columns["place_id"], np.array(sorted(places), np.int64))


def _of_table(table: pa.Table) -> Cells:
    columns, labels = {}, {}
    for name in table.column_names[:-1]:
        column = table[name].combine_chunks()
        if name in _NUMBERS:
            columns[name] = _numbers(column)
            continue
        coded = column.dictionary_encode()
        columns[name] = _numbers(coded.indices)
        labels[name] = tuple(coded.dictionary.to_pylist())
    return Cells(columns, labels, _numbers(table["n"].combine_chunks()))


def _numbers(column: pa.Array) -> NDArray[np.int64]:
    import numpy as np

    filled = column.fill_null(0).to_numpy(zero_copy_only=False)
    return np.asarray(filled, np.int64)


def _of_rows(names: Sequence[str], rows: Iterable[tuple[Any, ...]]) -> Cells:
    import numpy as np

    found = list(rows)
    *values, n = zip(*found, strict=True) if found else [()] * (len(names) + 1)
    columns, labels = {}, {}
    for name, column in zip(names, values, strict=True):
        if name in _NUMBERS:
            columns[name] = np.array([value or 0 for value in column], np.int64)
            continue
        known = {text: code for code, text in enumerate(dict.fromkeys(column))}
        columns[name] = np.array([known[text] for text in column], np.int64)
        labels[name] = tuple(known)
    return Cells(columns, labels, np.array(n, np.int64))
