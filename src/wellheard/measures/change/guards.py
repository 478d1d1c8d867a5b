"""Two ways in which a change can look real and not be: chance selection, and other people."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

from wellheard.measures.arrays import real, within
from wellheard.measures.errors import EmptyData, OutOfRange, UnknownName


@dataclass(frozen=True, slots=True)
class ExpectedReturn:
    """How far a unit picked for its extreme value drifts back with nothing done.

    `shift` is the expected change towards `overall`, `low` and `high` its prediction interval.
    """

    shift: float
    low: float
    high: float
    reliability: float
    method: str


@dataclass(frozen=True, slots=True)
class MixShift:
    """A change of the overall mean split in two: better scores, and other people answering.

    `total` = `within` + `mix`; `standardised_after` is the mean after with the mix of before.
    `suspicious` says that the mix alone moves the mean by more than the people did.
    """

    total: float
    within: float
    mix: float
    standardised_after: float
    suspicious: bool
    method: str


def regression_to_the_mean(
    value: float, overall: float, *, between_sd: float, within_se: float, level: float = 0.95
) -> ExpectedReturn:
    """Return the expected shift of a unit chosen because `value` was far from `overall`.

    `between_sd` is the true spread of units, `within_se` the standard error of one unit's value;
    reliability R = between^2 / (between^2 + within^2), expected shift (1 - R)(overall - value)
    (Barnett et al., Int J Epidemiol 2005; 34:215). A change inside [low, high] needs no cause.
    """
    from wellheard.measures.intervals import normal_quantile

    between, error = real(between_sd, "between_sd"), real(within_se, "within_se")
    if between < 0 or error <= 0:
        raise OutOfRange("within_se", "must be above 0, and between_sd not below 0")
    reliability = between**2 / (between**2 + error**2)
    shift = (1 - reliability) * (real(overall, "overall") - real(value, "value"))
    # The new value varies about the true one, which itself is known only up to R.
    spread = math.sqrt(error**2 + reliability * error**2)
    half = normal_quantile(within(level, "level", 0, 1)) * spread
    return ExpectedReturn(
        shift, shift - half, shift + half, reliability, "regression to the mean, shrinkage"
    )


def mix_shift(
    before: Mapping[str, tuple[float, float]], after: Mapping[str, tuple[float, float]]
) -> MixShift:
    """Split the change of a mean, given group to (n, mean) before and after (Kitagawa 1955).

    Groups are whatever may have changed: mode, language, age, unit. Each group needs answers
    in both periods; merge those that do not.
    """
    if set(before) != set(after):
        odd = sorted(set(before) ^ set(after))[0]
        raise UnknownName(odd, "has answers in one period only; merge it with another group")
    shares = [_shares(period) for period in (before, after)]
    within_part = mix_part = standardised = 0.0
    for group in before:
        old, new = real(before[group][1], group), real(after[group][1], group)
        within_part += (shares[0][group] + shares[1][group]) / 2 * (new - old)
        mix_part += (shares[1][group] - shares[0][group]) * (old + new) / 2
        standardised += shares[0][group] * new
    return MixShift(
        within_part + mix_part,
        within_part,
        mix_part,
        standardised,
        abs(mix_part) > abs(within_part),
        "Kitagawa decomposition",
    )


def _shares(period: Mapping[str, tuple[float, float]]) -> dict[str, float]:
    sizes = {group: real(n, group) for group, (n, _) in period.items()}
    if not sizes:
        raise EmptyData("before", "there are no groups")
    for group, n in sizes.items():
        if n <= 0:
            raise OutOfRange(group, "needs answers in both periods")
    total = sum(sizes.values())
    return {group: n / total for group, n in sizes.items()}
