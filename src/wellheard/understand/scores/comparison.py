"""Places beside the average place and among all places, with the same mix of people."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from wellheard.measures.equity import benjamini_hochberg
from wellheard.understand.facts.places import tabulate_places
from wellheard.understand.facts.slices import Counts, Period
from wellheard.understand.scores.adjusted import Adjusted, adjusted_measures
from wellheard.understand.scores.queries import scored
from wellheard.understand.scores.rules import Measure, Score

FALSE_DISCOVERY_RATE = 0.05
# Fewer places are not enough to stand among (as in measures.benchmarks).
FEWEST_UNITS = 10


@dataclass(frozen=True, slots=True)
class Compared:
    """One place: as answered, adjusted (None without a model), and what that says."""

    place_id: int
    raw: Score
    adjusted: Score | None
    verdict: Literal["better", "worse", "cannot_tell"]


@dataclass(frozen=True, slots=True)
class Ranked:
    """One place's measure: its comparison, and where it stands among ``of`` places (0-100, 100
    best); ``percentile`` is None where there are too few places to stand among."""

    compared: Compared
    percentile: float | None
    of: int


def compared_places(organisation_id: int, measure: Measure, period: Period) -> list[Compared]:
    """Every place whose figure may be shown; verdicts held to one false discovery rate."""
    return _compared_measures(organisation_id, [measure], period)[measure.code]


def board_of(
    organisation_id: int, catalogue: Sequence[Measure], period: Period
) -> dict[str, dict[int, Ranked]]:
    """Every measure of every place that may be shown, by measure and place, over whole quarters.

    A place stands among all places by its adjusted figure (mid-rank), by the plain one where no
    model could be fitted: never by a mixture of both.
    """
    found = _compared_measures(organisation_id, catalogue, period)
    return {measure.code: _ranked(measure, found[measure.code], period) for measure in catalogue}


def _ranked(measure: Measure, compared: list[Compared], period: Period) -> dict[int, Ranked]:
    # Loads numpy: only the page with the board pays for it.
    from wellheard.measures.benchmarks import Period as Days
    from wellheard.measures.benchmarks import benchmark, standing

    adjusted = [each for each in compared if each.adjusted is not None]
    used = adjusted or compared
    if len(used) < FEWEST_UNITS:
        return {each.place_id: Ranked(each, None, len(used)) for each in compared}
    days = Days(period.whole_quarters.start.first_day, period.whole_quarters.stop.first_day)
    values = {each.place_id: (each.adjusted or each.raw).estimate for each in used}
    higher = measure.direction == "increase"
    among = benchmark("places", days, list(values.values()), higher_is_better=higher)
    return {
        each.place_id: Ranked(
            each,
            standing(values[each.place_id], days, among).percentile
            if each.place_id in values
            else None,
            len(used),
        )
        for each in compared
    }


def _compared_measures(
    organisation_id: int, catalogue: Sequence[Measure], period: Period
) -> dict[str, list[Compared]]:
    items = tuple(dict.fromkeys(measure.item for measure in catalogue))
    plain = tabulate_places(organisation_id, items, period)
    adjusted = adjusted_measures(organisation_id, catalogue, period, "place", plain.hidden)
    return {
        measure.code: _compared(measure, plain.counts[measure.item], adjusted[measure.code])
        for measure in catalogue
    }


def _compared(
    measure: Measure, counts: Mapping[int, Counts], adjusted: Mapping[int, Adjusted]
) -> list[Compared]:
    raw = {
        place: here for place, each in counts.items() if (here := scored(measure, each)) is not None
    }
    order = list(adjusted)
    tests = benjamini_hochberg([adjusted[place].p for place in order]) if order else []
    corrected = dict(zip(order, tests, strict=True))
    higher = measure.direction == "increase"
    found = []
    for place, score in raw.items():
        verdict: Literal["better", "worse", "cannot_tell"] = "cannot_tell"
        if place in corrected and corrected[place] <= FALSE_DISCOVERY_RATE:
            verdict = "better" if (adjusted[place].t > 0) == higher else "worse"
        each = adjusted.get(place)
        found.append(Compared(place, score, each.score if each else None, verdict))
    return found
