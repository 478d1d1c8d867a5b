"""Did the change work? Importing this package loads numpy and scipy."""

from wellheard.measures.change.differences import (
    DifferenceInDifferences,
    difference_in_differences,
)
from wellheard.measures.change.guards import (
    ExpectedReturn,
    MixShift,
    mix_shift,
    regression_to_the_mean,
)
from wellheard.measures.change.interrupted import InterruptedSeries, interrupted_series
from wellheard.measures.change.power import (
    Plan,
    detectable_difference,
    plan_change,
    points_needed,
    share_point_sd,
)
from wellheard.measures.change.series import Estimate
from wellheard.measures.change.verdict import ChangeVerdict, change_verdict

__all__ = [
    "ChangeVerdict",
    "DifferenceInDifferences",
    "Estimate",
    "ExpectedReturn",
    "InterruptedSeries",
    "MixShift",
    "Plan",
    "change_verdict",
    "detectable_difference",
    "difference_in_differences",
    "interrupted_series",
    "mix_shift",
    "plan_change",
    "points_needed",
    "regression_to_the_mean",
    "share_point_sd",
]
