"""Patient-mix and survey-mode adjustment from published tables, sign stated.

The adjusted score of a hospital is raw - sum_k b_k (hospital mean of x_k - national mean of x_k)
when the table holds regression coefficients ("subtract"), and raw + sum_k a_k (...) when it holds
adjustments ("add"). CMS has published both kinds, so a table must say which it is. No official
coefficients ship with the library; load the table of the period.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np

from wellheard.measures.arrays import finite_vector, real
from wellheard.measures.errors import EmptyData, OutOfRange, UnknownColumn, UnknownName

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

Statistic = Literal["top", "middle", "bottom", "linear"]
_SIGNS = {"subtract": -1.0, "add": 1.0}


@dataclass(frozen=True, slots=True)
class MixTable:
    """Coefficients per item, statistic and adjuster, in per-cent points (or linear points).

    `national` holds each adjuster's national mean; `sign` says how the coefficients apply.
    """

    name: str
    source: str
    sign: str
    national: dict[str, float]
    coefficients: dict[str, dict[str, dict[str, float]]]


@dataclass(frozen=True, slots=True)
class ModeTable:
    """Per item, statistic and mode: points to add to answers given in that mode."""

    name: str
    source: str
    reference: str
    add: dict[str, dict[str, dict[str, float]]]


def mix_adjustment(
    adjusters: Mapping[str, ArrayLike], item: str, statistic: Statistic, table: MixTable
) -> float:
    """Return the points to add to a hospital's raw score of `item`.

    `adjusters` holds each adjuster's values (1-D, complete) over the hospital's respondents.
    """
    rows = table.coefficients.get(item, {}).get(statistic)
    if rows is None:
        raise UnknownName("item", f"the table {table.name!r} has no {statistic} of {item!r}")
    total = 0.0
    for name, coefficient in rows.items():
        if name not in adjusters:
            raise UnknownColumn(name, "is adjusted for but not among the adjusters")
        mean = float(finite_vector(adjusters[name], name).mean())
        total += coefficient * (mean - table.national[name])
    return _SIGNS[table.sign] * total


def mode_adjustment(
    modes: Mapping[str, int], item: str, statistic: Statistic, table: ModeTable
) -> float:
    """Return the points to add for answers given in `modes` (mode name to number of answers)."""
    total = sum(modes.values())
    if total <= 0 or any(count < 0 for count in modes.values()):
        raise EmptyData("modes", "needs at least one answer and no negative counts")
    points = table.add.get(item, {}).get(statistic, {})
    shift = 0.0
    for mode, count in modes.items():
        if mode != table.reference and mode not in points:
            raise UnknownName("modes", f"the table {table.name!r} has no {mode!r} for {item!r}")
        shift += points.get(mode, 0.0) * count / total
    return shift


def read_mix_table(text: str) -> MixTable:
    """Read a table: name, source, sign, national {adjuster: mean}, coefficients
    {item: {statistic: {adjuster: number}}}.
    """
    page = json.loads(text)
    if page.get("sign") not in _SIGNS:
        raise UnknownName("sign", "must be 'subtract' (coefficients) or 'add' (adjustments)")
    table = MixTable(
        page["name"],
        page["source"],
        page["sign"],
        {name: real(mean, name) for name, mean in page["national"].items()},
        page["coefficients"],
    )
    for item, statistics in table.coefficients.items():
        for rows in statistics.values():
            for name, value in rows.items():
                real(value, f"{item} {name}")
                if name not in table.national:
                    raise UnknownColumn(name, "has a coefficient but no national mean")
    return table


def read_mode_table(text: str) -> ModeTable:
    """Read a table: name, source, reference, add {item: {statistic: {mode: points}}}."""
    page = json.loads(text)
    return ModeTable(page["name"], page["source"], page["reference"], page["add"])


def weighted_quarters(scores: ArrayLike, discharges: ArrayLike) -> float:
    """Return the mean of quarterly scores weighted by that quarter's eligible discharges."""
    value = finite_vector(scores, "scores")
    weight = finite_vector(discharges, "discharges")
    if value.shape != weight.shape or (weight < 0).any() or weight.sum() <= 0:
        raise OutOfRange("discharges", "needs one number >= 0 per quarter, not all zero")
    return float(np.average(value, weights=weight))
