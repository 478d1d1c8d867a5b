"""Are the entities equal, and which differ from their average: F test, contrasts, stars."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.special import fdtrc, stdtr

from wellheard.measures.errors import OutOfRange, TooFewPoints

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from wellheard.measures.arrays import Floats


@dataclass(frozen=True, slots=True)
class StarRule:
    """When a difference earns one or three stars.

    It must be significant at `alpha`, at least `mean_difference` large, and at least the share
    `change` of the room between the overall mean and the nearer end of the scale.
    """

    alpha: float = 0.05
    change: float = 0.0
    mean_difference: float = 0.0
    minimum: float | None = None
    maximum: float | None = None

    def __post_init__(self) -> None:
        if not 0 < self.alpha < 1:
            raise OutOfRange("alpha", f"must lie between 0 and 1, is {self.alpha}")
        if self.change < 0 or self.mean_difference < 0:
            raise OutOfRange("change", "neither change nor mean difference may be negative")
        if self.change and (self.minimum is None or self.maximum is None):
            raise OutOfRange("change", "needs the minimum and maximum of the scale")

    def room(self, overall: float) -> float:
        """Return the least difference that `change` asks for at mean `overall`."""
        if self.minimum is None or self.maximum is None:
            return 0.0
        return self.change * min(overall - self.minimum, self.maximum - overall)


@dataclass(frozen=True, slots=True)
class Test:
    """The overall test that all entities are equal."""

    __test__ = False

    grand_mean: float
    f: float
    df1: int
    df2: float
    p: float


@dataclass(frozen=True, slots=True)
class Contrasts:
    """Each entity against the average: arrays (E)."""

    delta: Floats
    se: Floats
    t: Floats
    p: Floats
    stars: NDArray[np.int64]


def overall_test(adjusted: Floats, variance: Floats, df2: float) -> Test:
    """Return F over entities; grand mean weights each entity by its precision."""
    precision = 1 / variance
    grand = float((adjusted * precision).sum() / precision.sum())
    df1 = len(adjusted) - 1
    f = float(((adjusted - grand) ** 2 * precision).sum() / df1)
    return Test(grand, f, df1, df2, float(fdtrc(df1, df2, f)))


def contrasts(
    adjusted: Floats,
    variance: Floats,
    df: float,
    rule: StarRule,
    entity_weights: Floats | None = None,
) -> Contrasts:
    """Compare each entity with the (weighted) mean of all, itself included.

    SE^2 = V_p (1 - 2 w_p / W) + sum of w^2 V / W^2. Stars: 3 better, 1 worse, 2 not shown to
    differ.
    """
    if df <= 0:
        raise TooFewPoints("items", "fewer respondents than entities and adjusters")
    share = np.full_like(adjusted, 1 / len(adjusted))
    if entity_weights is not None:
        share = entity_weights / entity_weights.sum()
    overall = float(share @ adjusted)
    delta = adjusted - overall
    se = np.sqrt(variance * (1 - 2 * share) + (share**2 * variance).sum())
    t = delta / se
    p = 2 * stdtr(df, -np.abs(t))
    large = np.abs(delta) >= max(rule.room(overall), rule.mean_difference)
    shown = (p < rule.alpha) & large
    stars = np.where(shown, np.where(delta >= 0, 3, 1), 2)
    return Contrasts(delta, se, t, p, stars)
