"""Pure: which touchpoints may be shown, and what their spread says."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass
from typing import Literal

from wellheard.measures.errors import TooFewPoints
from wellheard.measures.spread import Spread, Standing, spread_between, standings
from wellheard.understand.disclosure.rules import may_show
from wellheard.understand.facts.rules import WHOLE, people, visible_segments
from wellheard.understand.facts.slices import Month

Says = Literal["uneven", "even", "cannot_tell"]
Change = Literal["wider", "narrower", "cannot_tell"]


@dataclass(frozen=True, slots=True)
class Spot:
    """Where a core item was asked: a place, or one touchpoint in it; ``stage`` "": unplaced."""

    place: int
    touchpoint: int | None
    stage: str

    @property
    def key(self) -> str:
        return f"{self.place}:{self.touchpoint or ''}"


Answers = Mapping[Spot, Mapping[int, int]]
# A quarter of one place.
Cut = tuple[Month, int]


@dataclass(frozen=True, slots=True)
class Shown:
    """Answers of the spots that may be shown, and whether some are left out."""

    answers: Answers
    withheld: bool


def shown_of(
    asked: Mapping[Cut, Answers], helped: Mapping[tuple[Cut, Spot], int], minimum: int
) -> Shown:
    """The answers of each quarter and place that may be shown by spot.

    A place's own totals are published elsewhere, so the spots of a quarter that are too small
    take others with them until the total gives none of them away. Everything on the page is then
    a sum of what is kept here. ``helped``: answers given beside staff, which are not counted here
    but in the tables of touchpoints; where they are a handful, the difference would tell them.
    """
    kept: dict[Spot, Counter[int]] = defaultdict(Counter)
    total = 0
    for cut, spots in asked.items():
        total += sum(map(people, spots.values()))
        if sum(map(people, spots.values())) < minimum:
            continue
        by_key = {spot.key: spot for spot in spots}
        cells = {(0, spot.key): histogram for spot, histogram in spots.items()}
        for cell in visible_segments(cells, cut[0], minimum):
            spot = by_key[cell.segment]
            if cell.level == WHOLE and may_show(helped.get((cut, spot), 0), minimum):
                kept[spot].update(cell.counts)
    return Shown(kept, total > sum(map(people, kept.values())))


@dataclass(frozen=True, slots=True)
class Consistency:
    """How far the groups of one core item lie apart. ``spread`` None: fewer than two groups."""

    spread: Spread | None
    says: Says
    standings: tuple[Standing, ...]

    @property
    def apart(self) -> list[Standing]:
        """Those that differ from the others beyond chance, the furthest first."""
        return sorted(
            (each for each in self.standings if each.stands_out),
            key=lambda each: -abs(each.difference),
        )


def consistency_of(
    groups: Mapping[str, Mapping[float, int]], *, even_within: float, false_discovery_rate: float
) -> Consistency:
    """Judge the spread of groups; "cannot tell" wherever chance may still explain it."""
    try:
        spread = spread_between(groups)
    except TooFewPoints:
        return Consistency(None, "cannot_tell", ())
    each = standings(groups, false_discovery_rate=false_discovery_rate)
    says: Says = "cannot_tell"
    if spread.high <= even_within:
        says = "even"
    elif spread.low > 0:
        says = "uneven"
    return Consistency(spread, says, tuple(each))


def changed(now: Spread | None, before: Spread | None) -> Change:
    """Whether the spread moved by more than both intervals: careful, so small moves are missed."""
    if now is None or before is None:
        return "cannot_tell"
    if now.low > before.high:
        return "wider"
    return "narrower" if now.high < before.low else "cannot_tell"


def grouped(
    answers: Answers, by: Callable[[Spot], Hashable], stretched: Callable[[int], float]
) -> dict[str, dict[float, int]]:
    """Answers on 0 to 100 by whatever ``by`` says of their spot; "" stays out."""
    found: dict[str, Counter[float]] = defaultdict(Counter)
    for spot, histogram in answers.items():
        name = str(by(spot))
        if name:
            found[name].update({stretched(value): n for value, n in histogram.items()})
    return {name: dict(counts) for name, counts in found.items()}


def places_with_several(answers: Answers) -> list[int]:
    """Places in which more than one spot is heard."""
    heard = Counter(spot.place for spot, histogram in answers.items() if people(histogram))
    return [place for place, spots in heard.items() if spots > 1]


def within(answers: Answers, place: int) -> Answers:
    """The spots of one place."""
    return {spot: each for spot, each in answers.items() if spot.place == place}
