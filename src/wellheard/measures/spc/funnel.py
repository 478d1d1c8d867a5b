"""Funnel plots: units compared with the overall value, allowing for overdispersion."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import NormalDist
from typing import TYPE_CHECKING, Literal

import numpy as np

from wellheard.measures.arrays import (
    finite_vector,
    not_negative,
    positive,
    real,
    same_length,
    within,
)
from wellheard.measures.errors import ConstantOutcome, OutOfRange, TooFewPoints

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

    from wellheard.measures.arrays import Floats

Place = Literal["within", "above_inner", "below_inner", "above", "below"]


@dataclass(frozen=True, slots=True)
class FunnelUnit:
    """One unit: its value, z score after overdispersion, limits, and where it lies.

    `above` and `below` are beyond the outer limits, `..._inner` between inner and outer.
    """

    unit: str
    size: float
    value: float
    z: float
    inner: tuple[float, float]
    outer: tuple[float, float]
    place: Place


@dataclass(frozen=True, slots=True)
class Funnel:
    """All units about `centre`; `dispersion` phi (1 = none beyond chance), `tau` its spread."""

    kind: str
    centre: float
    dispersion: float
    tau: float
    inner_level: float
    outer_level: float
    units: tuple[FunnelUnit, ...]
    method: str


def funnel(
    units: Sequence[str],
    counts: ArrayLike,
    sizes: ArrayLike,
    *,
    kind: Literal["share", "rate"] = "share",
    centre: float | None = None,
    overdispersed: bool = True,
    inner_level: float = 0.95,
    outer_level: float = 0.998,
) -> Funnel:
    """Place units about the pooled value (or `centre`) within control limits by their size.

    `kind` "share" for counts out of `sizes`, "rate" for counts per unit of `sizes`. With
    `overdispersed` an additive between-unit variance tau^2 widens the limits when z scores,
    winsorised at 10 %, vary more than chance (Spiegelhalter, Stat Med 2005; 24:1185). Limits
    are normal approximations; units with an expected count below about 5 deserve care.
    """
    count = not_negative(finite_vector(counts, "counts"), "counts")
    size = positive(finite_vector(sizes, "sizes"), "sizes")
    same_length(units=units, counts=count, sizes=size)
    if count.size < 3:
        raise TooFewPoints("units", "a funnel needs at least 3 units")
    if kind == "share" and (count > size).any():
        raise OutOfRange("counts", "are above their sizes")
    middle = float(count.sum() / size.sum()) if centre is None else real(centre, "centre")
    spread = _spread(middle, size, kind)
    value = count / size
    phi, tau = _dispersion((value - middle) / spread, spread) if overdispersed else (1.0, 0.0)
    wide = np.sqrt(spread**2 + tau**2)
    inner, outer = _z(inner_level, "inner_level"), _z(outer_level, "outer_level")
    placed = tuple(
        _unit(name, float(n), float(y), middle, float(s), inner, outer, kind)
        for name, n, y, s in zip(units, size, value, wide, strict=True)
    )
    return Funnel(
        kind,
        middle,
        phi,
        tau,
        inner_level,
        outer_level,
        placed,
        "funnel plot, additive overdispersion" if overdispersed else "funnel plot",
    )


def _spread(middle: float, size: Floats, kind: str) -> Floats:
    variance = middle * (1 - middle) if kind == "share" else middle
    if variance <= 0:
        raise ConstantOutcome("counts", "every unit has the same extreme value")
    return np.sqrt(variance / size)


def _dispersion(z: Floats, spread: Floats) -> tuple[float, float]:
    low, high = np.quantile(z, [0.1, 0.9])
    phi = float((np.clip(z, low, high) ** 2).mean())
    weight = 1 / spread**2
    surplus = len(z) * phi - (len(z) - 1)
    if surplus <= 0:
        return phi, 0.0
    room = weight.sum() - (weight**2).sum() / weight.sum()
    return phi, math.sqrt(surplus / room)


def _unit(
    name: str,
    size: float,
    value: float,
    middle: float,
    spread: float,
    inner: float,
    outer: float,
    kind: str,
) -> FunnelUnit:
    z = (value - middle) / spread
    place: Place = "within"
    if abs(z) > outer:
        place = "above" if z > 0 else "below"
    elif abs(z) > inner:
        place = "above_inner" if z > 0 else "below_inner"
    top = 1.0 if kind == "share" else math.inf
    limits = [
        (max(0.0, middle - width * spread), min(top, middle + width * spread))
        for width in (inner, outer)
    ]
    return FunnelUnit(name, size, value, z, limits[0], limits[1], place)


def _z(level: float, argument: str) -> float:
    return NormalDist().inv_cdf(0.5 + within(level, argument, 0, 1) / 2)
