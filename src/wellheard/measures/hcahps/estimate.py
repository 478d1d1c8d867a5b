"""Estimating a patient-mix table from answers of many hospitals, in the form CMS publishes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np

from wellheard.measures.arrays import finite_vector, float_array, same_length
from wellheard.measures.cahps.many import analyse_items
from wellheard.measures.errors import EmptyData
from wellheard.measures.hcahps.mix import MixTable
from wellheard.measures.instruments.definition import Instrument, Item
from wellheard.measures.instruments.scoring import in_box, linear_values

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

    from wellheard.measures.arrays import Floats


def estimate_mix_table(
    answers: Mapping[str, ArrayLike],
    hospital: ArrayLike,
    adjusters: Mapping[str, ArrayLike],
    instrument: Instrument,
    *,
    name: str,
    workers: int = 1,
) -> MixTable:
    """Regress each item's top box, bottom box and linear score on the adjusters within hospitals.

    `answers` holds codes by item (n, NaN = no answer), `hospital` integer codes (n), `adjusters`
    complete columns (n). The table holds coefficients to subtract, in points of 0-100, and the
    adjusters' means over all respondents. Items of no measure are left out.
    """
    items = [
        instrument.items[code]
        for measure in instrument.measures.values()
        for code in measure.items
        if code in answers
    ]
    if not items:
        raise EmptyData("answers", f"hold no scored item of {instrument.code}")
    x = {each: finite_vector(column, each) for each, column in adjusters.items()}
    columns = {item.code: float_array(answers[item.code], item.code) for item in items}
    same_length(hospital=np.asarray(hospital), **columns, **x)
    scores = np.column_stack([_scores(columns[item.code], item) for item in items])
    statistics = ("top", "bottom", "linear")
    labels = [f"{item.code} {statistic}" for item in items for statistic in statistics]
    found = analyse_items(
        scores,
        hospital,
        np.column_stack(list(x.values())),
        items=labels,
        adjuster_names=list(x),
        workers=workers,
    )
    rows = dict(zip(labels, found.coefficients.tolist(), strict=True))
    return MixTable(
        name,
        f"estimated from {len(scores)} respondents of {len(found.n)} hospitals",
        "subtract",
        {each: float(column.mean()) for each, column in x.items()},
        {
            item.code: {
                statistic: dict(zip(x, rows[f"{item.code} {statistic}"], strict=True))
                for statistic in statistics
            }
            for item in items
        },
    )


def _scores(column: Floats, item: Item) -> Floats:
    """Return top, bottom and linear score of each answer, 0-100 (n, 3)."""
    missing = np.isnan(column)
    boxes = [
        np.where(missing, np.nan, 100.0 * in_box(column, box))
        for box in (item.scale.top, item.scale.bottom)
    ]
    return np.column_stack([*boxes, linear_values(column, item.scale)])
