"""Two groups compared stratum by stratum, so that what the strata are made of cannot pass for the
difference between the groups. Light."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

from wellheard.measures.errors import EmptyData, OutOfRange
from wellheard.measures.intervals import normal_quantile


@dataclass(frozen=True, slots=True)
class Stratum:
    """Events among so many, in the first and in the second group."""

    first: int
    first_n: int
    second: int
    second_n: int


@dataclass(frozen=True, slots=True)
class StratifiedDifference:
    """First share minus second on the 0-1 scale, strata held fixed, with its interval; `n` counts
    those in strata where both groups are."""

    estimate: float
    low: float
    high: float
    first_n: int
    second_n: int
    strata: int
    level: float
    method: str


def stratified_difference(
    strata: Iterable[Stratum], *, level: float = 0.95
) -> StratifiedDifference:
    """Return the Mantel-Haenszel difference of two shares with Sato's interval (Biometrics 1989;
    45:1323), which holds with few large strata and with many small ones.

    Strata with nobody in one of the groups say nothing and are left out. Raises EmptyData when
    none is left and OutOfRange for a count outside 0..n.
    """
    used = [each for each in strata if _checked(each)]
    if not used:
        raise EmptyData("strata", "no stratum has people of both groups")
    weight = difference = p = q = 0.0
    for each in used:
        a, n1, b, n0 = each.first, each.first_n, each.second, each.second_n
        n = n1 + n0
        weight += n1 * n0 / n
        difference += (a * n0 - b * n1) / n
        p += (n1**2 * b - n0**2 * a + n1 * n0 * (n0 - n1) / 2) / n**2
        q += (a * (n0 - b) + b * (n1 - a)) / (2 * n)
    estimate = difference / weight
    half = normal_quantile(level) * math.sqrt(max(0.0, estimate * p + q)) / weight
    return StratifiedDifference(
        estimate,
        max(-1.0, estimate - half),
        min(1.0, estimate + half),
        sum(each.first_n for each in used),
        sum(each.second_n for each in used),
        len(used),
        level,
        "Mantel-Haenszel difference, Sato interval",
    )


def _checked(each: Stratum) -> bool:
    """Whether both groups are in it."""
    if not (0 <= each.first <= each.first_n and 0 <= each.second <= each.second_n):
        raise OutOfRange("strata", "a count must lie between 0 and its n")
    return each.first_n > 0 and each.second_n > 0
