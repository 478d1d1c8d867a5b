"""Drawing samples that can be repeated and audited: monthly draws, strata, allocation.

A draw depends only on the seed and the identifiers, not on the order of rows or on who else is
in the frame: each identifier gets a place by a keyed hash, and the first places are taken. Late
arrivals therefore never reshuffle those already drawn. Needs no numpy.
"""

from __future__ import annotations

import hashlib
import heapq
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from wellheard.measures.arrays import real
from wellheard.measures.errors import EmptyData, MeasureError, OutOfRange, UnknownName


@dataclass(frozen=True, slots=True)
class Drawn:
    """The chosen identifiers in order of drawing, and each one's chance of being chosen."""

    chosen: tuple[str, ...]
    probability: dict[str, float]
    eligible: int
    method: str


def simple_random_sample(identifiers: Sequence[str], size: int, *, seed: str) -> Drawn:
    """Draw `size` of the identifiers (all of them when there are fewer)."""
    _distinct(identifiers)
    if size < 0:
        raise OutOfRange("size", "is negative")
    place = _places(seed)
    if size * 8 < len(identifiers):
        taken = heapq.nsmallest(size, identifiers, key=place)
    else:
        taken = sorted(identifiers, key=place)[:size]
    chance = len(taken) / len(identifiers)
    return Drawn(
        tuple(taken),
        dict.fromkeys(taken, chance),
        len(identifiers),
        "simple random sample by keyed hash",
    )


def stratified_sample(strata: Mapping[str, str], sizes: Mapping[str, int], *, seed: str) -> Drawn:
    """Draw within strata: `strata` maps identifier to stratum, `sizes` stratum to sample size."""
    _distinct(list(strata))
    groups: dict[str, list[str]] = {}
    for identifier, stratum in strata.items():
        groups.setdefault(stratum, []).append(identifier)
    unknown = sorted(set(groups) - set(sizes))
    if unknown:
        raise UnknownName("sizes", f"no size is given for stratum {unknown[0]!r}")
    chosen: list[str] = []
    probability: dict[str, float] = {}
    for stratum in sorted(groups):
        part = simple_random_sample(groups[stratum], sizes[stratum], seed=f"{seed}/{stratum}")
        chosen += part.chosen
        probability.update(part.probability)
    return Drawn(tuple(chosen), probability, len(strata), "stratified random sample")


def one_per_household(households: Mapping[str, str], *, seed: str) -> tuple[str, ...]:
    """Return one identifier per household (identifier to household), chosen at random."""
    place = _places(seed)
    first: dict[str, str] = {}
    for identifier, household in households.items():
        other = first.setdefault(household, identifier)
        if other is not identifier and place(identifier) < place(other):
            first[household] = identifier
    return tuple(sorted(first.values()))


def monthly_target(
    completes_per_year: int,
    response_rate: float,
    *,
    completes_so_far: int = 0,
    months_left: int = 12,
) -> int:
    """Return how many to invite this month to reach the year's completed surveys."""
    rate = real(response_rate, "response_rate")
    if not 0 < rate <= 1:
        raise OutOfRange("response_rate", "must lie above 0 and at most 1")
    if months_left < 1 or completes_so_far < 0 or completes_per_year < 0:
        raise OutOfRange("months_left", "needs at least 1 month and no negative counts")
    missing = max(0, completes_per_year - completes_so_far)
    return math.ceil(missing / months_left / rate - 1e-9)


def allocate(
    populations: Mapping[str, int],
    size: int,
    *,
    least: int = 0,
    spreads: Mapping[str, float] | None = None,
) -> dict[str, int]:
    """Divide `size` over strata by population, or by population x spread (Neyman).

    Every stratum gets at least `least` (or all of its people), none more than it has; fractions
    go to the largest remainders, so the parts add up to `size` or to everyone.
    """
    if not populations:
        raise EmptyData("populations", "there are no strata")
    for stratum, count in populations.items():
        if count < 0:
            raise OutOfRange(stratum, "has a negative population")
    weight = {
        stratum: count * (1.0 if spreads is None else _spread(spreads, stratum))
        for stratum, count in populations.items()
    }
    given = {stratum: min(count, least) for stratum, count in populations.items()}
    left = min(size, sum(populations.values())) - sum(given.values())
    if left < 0:
        raise OutOfRange("size", f"is too small for {least} in every stratum")
    return _filled(given, populations, weight, left)


def _filled(
    given: dict[str, int], populations: Mapping[str, int], weight: Mapping[str, float], left: int
) -> dict[str, int]:
    while left > 0:
        open_strata = [each for each in populations if given[each] < populations[each]]
        total = sum(weight[each] for each in open_strata)
        exact = {
            each: left * (weight[each] / total if total > 0 else 1 / len(open_strata))
            for each in open_strata
        }
        whole = {each: min(int(exact[each]), populations[each] - given[each]) for each in exact}
        if not any(whole.values()):
            # Less than one each: single places go to the largest remainders.
            order = sorted(open_strata, key=lambda each: (-exact[each], each))
            whole = {each: int(position < left) for position, each in enumerate(order)}
        for each, count in whole.items():
            given[each] += count
        left -= sum(whole.values())
    return given


def _spread(spreads: Mapping[str, float], stratum: str) -> float:
    if stratum not in spreads:
        raise UnknownName("spreads", f"no spread is given for stratum {stratum!r}")
    value = real(spreads[stratum], stratum)
    if value < 0:
        raise OutOfRange(stratum, "has a negative spread")
    return value


def _places(seed: str) -> Callable[[str], bytes]:
    """Each identifier's place in the order that the seed gives."""
    keyed = hashlib.blake2b(key=hashlib.sha256(seed.encode()).digest(), digest_size=16)

    def place(identifier: str) -> bytes:
        own = keyed.copy()
        own.update(identifier.encode())
        return own.digest()

    return place


def _distinct(identifiers: Sequence[str]) -> None:
    if not identifiers:
        raise EmptyData("identifiers", "the frame is empty")
    if len(set(identifiers)) != len(identifiers):
        raise MeasureError("identifiers", "one of them is there twice")
