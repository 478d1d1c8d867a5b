"""Scoring answers: top, middle and bottom box, linear 0-100 means, and completeness."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import TYPE_CHECKING

import numpy as np

from wellheard.measures.arrays import float_array, same_length
from wellheard.measures.errors import EmptyData, OutOfRange, UnknownColumn
from wellheard.measures.instruments.definition import Instrument, Item, Scale
from wellheard.measures.intervals import normal_quantile, wilson

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

    from wellheard.measures.arrays import Booleans, Floats


@dataclass(frozen=True, slots=True)
class ItemScore:
    """One item: `n` answers, shares of the boxes (0-1) and linear mean (0-100)."""

    code: str
    n: int
    top: float
    middle: float
    bottom: float
    linear: float


@dataclass(frozen=True, slots=True)
class MeasureScore:
    """A measure: the mean of its items' scores, each item with its own denominator.

    `n` respondents answered at least one item; `low` and `high` bound `top`.
    """

    code: str
    name: str
    n: int
    top: float
    middle: float
    bottom: float
    linear: float
    low: float
    high: float
    level: float
    method: str
    items: tuple[ItemScore, ...]


def score_measure(
    answers: Mapping[str, ArrayLike], instrument: Instrument, measure: str, *, level: float = 0.95
) -> MeasureScore:
    """Score `measure` from answer codes (1-D arrays by item code; NaN for no answer).

    The interval is Wilson's for one item; for several it is the normal interval of the mean of
    item shares, with each respondent's answers kept together. Raises UnknownColumn for a missing
    item, OutOfRange for a code outside its scale, EmptyData for an item nobody answered.
    """
    definition = instrument.measure(measure)
    columns = [_answers(answers, instrument.items[code]) for code in definition.items]
    same_length(**dict(zip(definition.items, columns, strict=True)))
    scales = [instrument.items[code].scale for code in definition.items]
    items = tuple(
        _item_score(code, column, scale)
        for code, column, scale in zip(definition.items, columns, scales, strict=True)
    )
    top = float(np.mean([item.top for item in items]))
    low, high, method = _interval(columns, scales, items, level)
    answered = ~np.isnan(np.stack(columns)).all(axis=0)
    return MeasureScore(
        definition.code,
        definition.name,
        int(answered.sum()),
        top,
        float(np.mean([item.middle for item in items])),
        float(np.mean([item.bottom for item in items])),
        float(np.mean([item.linear for item in items])),
        low,
        high,
        level,
        method,
        items,
    )


def linear_values(answers: Floats, scale: Scale) -> Floats:
    """Return 100 (k - 1) / (m - 1) for the k-th of m ordered answers; ratings 10 r."""
    return (answers - scale.first) * (100 / (scale.last - scale.first))


def in_box(answers: Floats, box: frozenset[int]) -> Booleans:
    """Return whether each answer lies in `box` (False for no answer)."""
    return np.isin(answers, list(box))


def published_boxes(top: float, bottom: float, *, middle: bool) -> tuple[int, int, int]:
    """Return whole top, middle and bottom per cent from shares, so that they total 100.

    Top and bottom are rounded half up; the middle box is what remains. A measure without a
    middle box rounds its top and leaves the rest to the bottom.
    """
    first = rounded_half_up(100 * top)
    if not middle:
        return first, 0, 100 - first
    last = min(rounded_half_up(100 * bottom), 100 - first)
    return first, 100 - first - last, last


def rounded_half_up(number: float) -> int:
    """Round to a whole number with halves going up, as published scores do."""
    # Decimal of the shortest text form, so that 2.675 behaves as written and not as stored.
    return int(Decimal(repr(round(number, 9))).quantize(Decimal(1), rounding=ROUND_HALF_UP))


def completeness(answers: Mapping[str, ArrayLike], instrument: Instrument) -> Floats:
    """Return per respondent the share (0-1) of applicable core questions that were answered.

    A question skipped as its screener tells does not count. HCAHPS counts a survey as completed
    from one half.
    """
    columns = {
        code: float_array(column, code)
        for code, column in answers.items()
        if code in instrument.items
    }
    if not columns:
        raise EmptyData("answers", f"hold no item of {instrument.code}")
    rows = same_length(**columns)
    applicable, answered = np.zeros(rows), np.zeros(rows)
    skipped = _skipped(columns, instrument, rows)
    for item in instrument.core_items():
        here = ~np.isnan(columns[item.code]) if item.code in columns else np.zeros(rows, bool)
        applies = here | ~skipped.get(item.code, np.zeros(rows, bool))
        applicable += applies
        answered += here
    return answered / applicable


def _skipped(
    columns: Mapping[str, Floats], instrument: Instrument, rows: int
) -> dict[str, Booleans]:
    skipped: dict[str, Booleans] = {}
    for code, column in columns.items():
        for answer, targets in instrument.items[code].skips.items():
            for target in targets:
                skipped.setdefault(target, np.zeros(rows, bool))
                skipped[target] = skipped[target] | (column == answer)
    return skipped


def _answers(answers: Mapping[str, ArrayLike], item: Item) -> Floats:
    if item.code not in answers:
        raise UnknownColumn(item.code, "is not among the answers")
    column = float_array(answers[item.code], item.code)
    known = column[~np.isnan(column)]
    if not known.size:
        raise EmptyData(item.code, "nobody answered")
    scale = item.scale
    if (known < scale.first).any() or (known > scale.last).any() or (known % 1 != 0).any():
        raise OutOfRange(item.code, f"answers are whole codes from {scale.first} to {scale.last}")
    return column


def _item_score(code: str, column: Floats, scale: Scale) -> ItemScore:
    known = column[~np.isnan(column)]
    return ItemScore(
        code,
        len(known),
        float(in_box(known, scale.top).mean()),
        float(in_box(known, scale.middle).mean()),
        float(in_box(known, scale.bottom).mean()),
        float(linear_values(known, scale).mean()),
    )


def _interval(
    columns: list[Floats], scales: list[Scale], items: tuple[ItemScore, ...], level: float
) -> tuple[float, float, str]:
    if len(items) == 1:
        share = wilson(items[0].top * items[0].n, items[0].n, level=level)
        return share.low, share.high, "top box, Wilson interval"
    influence = np.zeros(len(columns[0]))
    for column, scale, item in zip(columns, scales, items, strict=True):
        distance = np.where(np.isnan(column), 0.0, in_box(column, scale.top) - item.top)
        influence += distance / item.n / len(items)
    top = float(np.mean([item.top for item in items]))
    half = normal_quantile(level) * math.sqrt(float(influence @ influence))
    bounds = max(0.0, top - half), min(1.0, top + half)
    return *bounds, "mean of item top boxes, normal interval over respondents"
