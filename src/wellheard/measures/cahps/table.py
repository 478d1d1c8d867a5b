"""Reading named columns into the arrays of a CAHPS analysis, the way the AHRQ program does."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from wellheard.measures.arrays import LARGEST, float_array, not_negative, same_length, sums_by
from wellheard.measures.errors import (
    ConstantOutcome,
    EmptyData,
    NotFinite,
    ShapeMismatch,
    TooFewPoints,
)

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    from wellheard.measures.arrays import Floats


@dataclass(frozen=True, slots=True)
class Table:
    """Usable respondents: `answers` (n, I) with NaN, `adjusters` (n, K) complete, `code` (n).

    `entities` are the entity labels in sorted order, `n_all` (E) all rows per entity before
    anyone was dropped, `weights` (n) or None.
    """

    items: tuple[str, ...]
    adjuster_names: tuple[str, ...]
    entities: tuple[str, ...]
    code: NDArray[np.int64]
    answers: Floats
    adjusters: Floats
    weights: Floats | None
    n_all: NDArray[np.int64]


def read_table(
    answers: Mapping[str, ArrayLike],
    entity: Sequence[object] | NDArray[Any],
    adjusters: Mapping[str, ArrayLike],
    *,
    weights: ArrayLike | None,
    minimum: float | None,
    maximum: float | None,
    impute: bool,
) -> Table:
    """Check, set out-of-range answers to missing, impute or drop, keep who answered an item.

    With `impute` a missing adjuster becomes the mean over all respondents of the entity, before
    anyone is dropped; otherwise respondents with a missing adjuster are dropped.
    """
    if not answers:
        raise EmptyData("items", "name at least one item")
    labels, code = _entities(entity)
    y = _columns(answers, "items", len(code))
    y[_outside(y, minimum, maximum)] = np.nan
    x = _columns(adjusters, "adjusters", len(code))
    n_all = np.bincount(code, minlength=len(labels))
    x = _imputed(x, code, len(labels), tuple(adjusters), labels) if impute else x
    usable = ~np.isnan(y).all(axis=1) & ~np.isnan(x).any(axis=1)
    weight = _weights(weights, len(code))
    table = Table(
        tuple(answers),
        tuple(adjusters),
        labels,
        code[usable],
        y[usable],
        x[usable],
        None if weight is None else weight[usable],
        n_all,
    )
    _check(table)
    return table


def _entities(entity: Sequence[object] | NDArray[Any]) -> tuple[tuple[str, ...], NDArray[np.int64]]:
    if not len(entity):
        raise EmptyData("entity", "there are no rows")
    labels, code = np.unique(np.asarray(entity, dtype=np.str_), return_inverse=True)
    if labels[0] == "":
        raise NotFinite("entity", f"is blank in {int((code == 0).sum())} row(s)")
    if len(labels) < 2:
        raise TooFewPoints("entity", f"compares entities; only {labels[0]!r} is there")
    return tuple(labels.tolist()), code.astype(np.int64)


def _columns(columns: Mapping[str, ArrayLike], argument: str, rows: int) -> Floats:
    arrays = []
    for name, column in columns.items():
        array = float_array(column, name)
        if array.shape != (rows,):
            raise ShapeMismatch(name, f"has shape {array.shape}, but there are {rows} rows")
        if (np.abs(array) > LARGEST).any():
            raise NotFinite(name, "holds an infinite or too large value")
        arrays.append(array)
    return np.stack(arrays, axis=1) if arrays else np.empty((rows, 0))


def _outside(answers: Floats, minimum: float | None, maximum: float | None) -> NDArray[np.bool_]:
    low = -np.inf if minimum is None else minimum
    high = np.inf if maximum is None else maximum
    return (answers < low) | (answers > high)


def _imputed(
    x: Floats,
    code: NDArray[np.int64],
    entities: int,
    names: tuple[str, ...],
    labels: tuple[str, ...],
) -> Floats:
    for position, name in enumerate(names):
        column = x[:, position]
        missing = np.isnan(column)
        if not missing.any():
            continue
        known = np.bincount(code[~missing], minlength=entities)
        if (known[code[missing]] == 0).any():
            label = labels[int(code[missing][known[code[missing]] == 0][0])]
            raise EmptyData(name, f"is missing for everyone in entity {label!r}")
        sums = sums_by(code[~missing], column[~missing], entities)
        column[missing] = (sums / np.maximum(known, 1))[code[missing]]
    return x


def _weights(weights: ArrayLike | None, rows: int) -> Floats | None:
    if weights is None:
        return None
    array = float_array(weights, "weights")
    same_length(entity=range(rows), weights=array)
    if not np.isfinite(array).all():
        raise NotFinite("weights", "holds a missing or infinite value")
    if (not_negative(array, "weights") == 0).any():
        raise EmptyData("weights", "holds a zero; leave such rows out instead")
    return array


def _check(table: Table) -> None:
    if not len(table.code):
        raise EmptyData("items", "nobody has a usable answer")
    answered = ~np.isnan(table.answers)
    for position, item in enumerate(table.items):
        per_entity = np.bincount(table.code[answered[:, position]], minlength=len(table.entities))
        if (per_entity == 0).any():
            label = table.entities[int((per_entity == 0).argmax())]
            raise EmptyData(item, f"has no usable answer in entity {label!r}")
        column = table.answers[answered[:, position], position]
        if column.min() == column.max():
            raise ConstantOutcome(item, "everyone gave the same answer")
