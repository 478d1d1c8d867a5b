"""Pure: trouble per person at each place, against all others, beside what the scores say."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations
from statistics import NormalDist, median
from typing import Literal

Stream = Literal["problems", "complaints", "critical", "no_shows"]
STREAMS: tuple[Stream, ...] = ("problems", "complaints", "critical", "no_shows")
_NORMAL = NormalDist()
_Z = _NORMAL.inv_cdf(0.975)
# With fewer places a slope follows single ones.
_FEWEST_FOR_SLOPE = 6
_MEDIAN_SQUARE = 0.4549364231195724
METHOD = "rate against all other places, log ratio, variance widened for places that vary"


@dataclass(frozen=True, slots=True)
class Counted:
    """Events and those who could have had one (people who answered, comments, visits)."""

    events: int
    of: int


@dataclass(frozen=True, slots=True)
class Trouble:
    """One stream at one place: its rate as a ratio to all other places, with the interval.

    ``question``: title of the question with which people have the problem, "" for any of them.
    """

    stream: Stream
    events: int
    of: int
    rate: float
    ratio: float
    low: float
    high: float
    p: float
    question: str = ""


@dataclass(frozen=True, slots=True)
class Satisfied:
    """The overall score of a place less that of all other places, in points."""

    n: int
    gap: float
    low: float
    high: float


Stand = Literal["agree_well", "agree_badly", "trouble_behind_good_scores", "low_without_trouble",
                "cannot_tell"]  # fmt: skip


@dataclass(frozen=True, slots=True)
class PlaceStand:
    """What scores and trouble say about one place, each by itself, and whether they agree.

    ``satisfied`` None: too few answered. Streams without enough people are missing.
    """

    place_id: int
    satisfied: Satisfied | None
    troubles: tuple[Trouble, ...]
    stand: Stand

    @property
    def worst(self) -> Trouble | None:
        """The stream that is most surely above the others."""
        return min(self.troubles, key=lambda each: (each.p, -each.ratio), default=None)


def troubles_of(
    stream: Stream,
    counted: Mapping[int, Counted],
    *,
    fewest: int,
    gaps: Mapping[int, float] | None = None,
) -> dict[int, Trouble]:
    """Each place's rate against all others', for places with ``fewest`` people or more.

    Half an event is added on both sides. Places differ by more than chance; the variance is
    widened until the middle of all ratios is what chance alone would give. What the ``gaps`` of
    their scores explain (people who are treated well have fewer problems) widens nothing: then a
    well-liked place with many problems would hide behind the differences of all others.
    """
    usable = {place: each for place, each in counted.items() if each.of >= fewest}
    events, people = (sum(each.events for each in usable.values()),
                      sum(each.of for each in usable.values()))  # fmt: skip
    if len(usable) < 3 or events == 0:
        return {}
    raw = {}
    for place, each in usable.items():
        rest, rest_of = events - each.events, people - each.of
        own = (each.events + 0.5) / (each.of + 1)
        log = math.log(own / ((rest + 0.5) / (rest_of + 1)))
        share = events / people
        free = max(0.05, 1 - share) if share < 1 else 0.05
        variance = free * (1 / max(0.5, each.of * share) + 1 / (rest + 0.5))
        raw[place] = (log, variance)
    slope = _slope([(gaps[place], log) for place, (log, _) in raw.items() if place in gaps]
                   if gaps else [])  # fmt: skip
    extra = _extra(
        [(log - slope * (gaps or {}).get(place, 0.0), var) for place, (log, var) in raw.items()]
    )
    found = {}
    for place, (log, variance) in raw.items():
        se = math.sqrt(variance + extra)
        each = usable[place]
        found[place] = Trouble(
            stream, each.events, each.of, each.events / each.of, math.exp(log),
            math.exp(log - _Z * se), math.exp(log + _Z * se), 1 - _NORMAL.cdf(log / se),
        )  # fmt: skip
    return found


def surest(
    any_question: Mapping[int, Trouble], by_question: Mapping[str, Mapping[int, Trouble]]
) -> dict[int, Trouble]:
    """Of each place the surer of: a problem with any question, or with the one that stands out
    most (its p counting how many were looked at)."""
    found = dict(any_question)
    for question, troubles in by_question.items():
        for place, each in troubles.items():
            told = replace(each, p=min(1.0, each.p * len(by_question)), question=question)
            if place not in found or told.p < found[place].p:
                found[place] = told
    return found


def _slope(points: Sequence[tuple[float, float]]) -> float:
    """Change of y with x, never above 0: median of all pairs' slopes (Sen, JASA 1968; 63:1379)."""
    slopes = [
        (y2 - y1) / (x2 - x1)
        for (x1, y1), (x2, y2) in combinations(points, 2)
        if abs(x2 - x1) > 1e-9
    ]
    return min(0.0, median(slopes)) if len(points) >= _FEWEST_FOR_SLOPE else 0.0


def _extra(pairs: Sequence[tuple[float, float]]) -> float:
    """Variance between places beyond chance, from the median squared deviation."""
    middle = median(log for log, _ in pairs)
    low, high = 0.0, 4.0
    if median((log - middle) ** 2 / variance for log, variance in pairs) <= _MEDIAN_SQUARE:
        return 0.0
    for _ in range(40):
        half = (low + high) / 2
        now = median((log - middle) ** 2 / (variance + half) for log, variance in pairs)
        low, high = (half, high) if now > _MEDIAN_SQUARE else (low, half)
    return high


def stand_of(
    place_id: int,
    satisfied: Satisfied | None,
    troubles: Sequence[Trouble],
    *,
    sure: frozenset[Stream],
    least_ratio: float,
) -> PlaceStand:
    """Whether scores and trouble agree. ``sure``: streams that are above the others for sure."""
    much = any(each.stream in sure and each.ratio >= least_ratio for each in troubles)
    stand: Stand
    if satisfied is None or not troubles:
        stand = "cannot_tell"
    elif much:
        stand = "trouble_behind_good_scores" if satisfied.gap >= 0 else "agree_badly"
    else:
        stand = "low_without_trouble" if satisfied.high < 0 else "agree_well"
    return PlaceStand(place_id, satisfied, tuple(troubles), stand)
