"""Places beside the average place, with the same mix of people."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from wellheard.measures.equity import benjamini_hochberg
from wellheard.understand.facts.queries import tabulate
from wellheard.understand.facts.slices import Period, Slice
from wellheard.understand.scores.adjusted import adjusted_places
from wellheard.understand.scores.queries import scored
from wellheard.understand.scores.rules import Measure, Score

FALSE_DISCOVERY_RATE = 0.05


@dataclass(frozen=True, slots=True)
class Compared:
    """One place: as answered, adjusted (None without a model), and what that says."""

    place_id: int
    raw: Score
    adjusted: Score | None
    verdict: Literal["better", "worse", "cannot_tell"]


def compared_places(organisation_id: int, measure: Measure, period: Period) -> list[Compared]:
    """Every place whose figure may be shown; verdicts held to one false discovery rate."""
    table = tabulate(Slice(organisation_id, measure.item, period.whole_quarters, ("place",)))
    raw = {
        int(row.key[0]): here
        for row in table.rows
        if row.key[0] and (here := scored(measure, row.counts)) is not None
    }
    adjusted = adjusted_places(organisation_id, measure, period)
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
