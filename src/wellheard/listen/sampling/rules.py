"""Pure: spans, ways of asking, the draw, response rates, who stays silent."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import NamedTuple, Protocol

from wellheard.measures.intervals import Proportion, wilson
from wellheard.measures.sampling import allocate, one_per_household, stratified_sample

EVERYBODY = "all"
ELECTRONIC = frozenset({"email", "sms"})


class TooSmallError(ValueError):
    """The size does not reach the least that every stratum should have."""


class Candidate(NamedTuple):
    """One visit that may be drawn. ``person``, ``household``: "" when not known. A tuple, as a
    month of a large hospital group has a million of them."""

    visit_id: int
    stratum: str
    person: str = ""
    household: str = ""


@dataclass(frozen=True, slots=True)
class Design:
    """How to draw. ``sizes`` names sizes of single strata; the rest is divided by population."""

    method: str
    size: int
    least: int = 0
    sizes: Mapping[str, int] | None = None
    household: bool = True


@dataclass(frozen=True, slots=True)
class Draw:
    """Who was drawn, in order of drawing, with each one's chance; ``strata``: name to
    (homes, drawn)."""

    chosen: tuple[int, ...]
    probability: Mapping[int, float]
    stratum: Mapping[int, str]
    homes: int
    strata: Mapping[str, tuple[int, int]]


def span_of(period: str, day: date) -> tuple[date, date]:
    """The half-open span of days, of one month or one week from Monday, that holds ``day``."""
    if period == "week":
        first = day - timedelta(days=day.weekday())
        return first, first + timedelta(days=7)
    first = day.replace(day=1)
    return first, (first + timedelta(days=32)).replace(day=1)


def draw_sample(frame: Sequence[Candidate], design: Design, *, seed: str) -> Draw:
    """One visit of each household by chance, then a (stratified) random sample of those.

    The chance of a visit is that of its household's choice times that of its stratum. Raises
    TooSmallError.
    """
    if not frame:
        return Draw((), {}, {}, 0, {})
    visits = [str(each.visit_id) for each in frame]
    homes = _homes(visits, frame) if design.household else dict(zip(visits, visits, strict=True))
    kept = one_per_household(homes, seed=f"{seed}/home") if design.household else visits
    if design.method == "simple":
        strata = dict.fromkeys(kept, EVERYBODY)
    else:
        of = dict(zip(visits, (each[1] or "-" for each in frame), strict=True))
        strata = dict(zip(kept, map(of.__getitem__, kept), strict=True))
    populations = dict(Counter(strata.values()))
    sizes = sizes_of(populations, design)
    drawn = stratified_sample(strata, sizes, seed=seed)
    in_home = Counter(homes.values())
    chance = {int(v): drawn.probability[v] / in_home[homes[v]] for v in drawn.chosen}
    taken = Counter(strata[v] for v in drawn.chosen)
    return Draw(
        tuple(map(int, drawn.chosen)),
        chance,
        {int(v): strata[v] for v in drawn.chosen},
        len(kept),
        {name: (count, taken[name]) for name, count in sorted(populations.items())},
    )


def sizes_of(populations: Mapping[str, int], design: Design) -> dict[str, int]:
    """How many to draw in each stratum. Raises TooSmallError."""
    total = sum(populations.values())
    if design.method == "simple":
        return {name: min(design.size, count) for name, count in populations.items()}
    named = {
        name: min(size, populations[name])
        for name, size in (design.sizes or {}).items()
        if design.method == "disproportional" and name in populations
    }
    rest = {name: count for name, count in populations.items() if name not in named}
    left = max(0, min(design.size, total) - sum(named.values()))
    if not rest:
        return named
    least = design.least if design.method == "disproportional" else 0
    if sum(min(count, least) for count in rest.values()) > left:
        raise TooSmallError
    return named | allocate(rest, left, least=least)


def _homes(visits: Sequence[str], frame: Sequence[Candidate]) -> dict[str, str]:
    """Visit to home: visits of one household or of one person stand together."""
    of_person: dict[str, str] = {}
    homes: dict[str, str] = {}
    for visit, (_, _, person, household) in zip(visits, frame, strict=True):
        home = household or person or visit
        homes[visit] = of_person.setdefault(person, home) if person else home
    return homes


class Asked(Protocol):
    """A drawn person, as far as the step after the last one needs them."""

    @property
    def pk(self) -> int: ...
    @property
    def way(self) -> str: ...
    @property
    def starts_at(self) -> datetime: ...
    @property
    def closes_at(self) -> datetime: ...
    @property
    def ended_as(self) -> str: ...


class Step(Protocol):
    """A step that is over."""

    @property
    def organisation_id(self) -> int: ...
    @property
    def number(self) -> int: ...
    @property
    def member(self) -> Asked: ...


def way_of(
    steps: Sequence[tuple[str, int]], *, reachable: Collection[str], wish: str = ""
) -> tuple[tuple[str, int], ...]:
    """The steps by which one person is asked: those that reach them, begun at once.

    ``reachable``: of email, sms, phone (paper always is). ``wish``: the channel they prefer; when
    it reaches them, every electronic step takes it.
    """
    wished = wish if wish in ELECTRONIC and wish in reachable else ""
    way: list[tuple[str, int]] = []
    for mode, days in steps:
        taken = wished if wished and mode in ELECTRONIC else mode
        if taken == "paper" or taken in reachable:
            way.append((taken, days))
    first = way[0][1] if way else 0
    return tuple((mode, days - first) for mode, days in way)


def electronic(steps: Sequence[tuple[str, int]]) -> tuple[tuple[str, int], ...]:
    """The steps that carry a link. Only by these is somebody asked whose answers nobody may know:
    a sheet's number and a voice say whose they are."""
    return tuple(step for step in steps if step[0] in ELECTRONIC)


def coarse_age(band: str, starts: Sequence[int]) -> str:
    """A band of ages in fewer, wider ones: "35-49" is "18-49" where those start at 18 and 50."""
    first = band.partition("-")[0].rstrip("+")
    if not first.isdecimal():
        return ""
    below = [start for start in starts if start <= int(first)]
    if not below:
        return ""
    following = [start for start in starts if start > below[-1]]
    return f"{below[-1]}-{following[0] - 1}" if following else f"{below[-1]}+"


def written_way(way: Sequence[tuple[str, int]]) -> str:
    """A way as it is stored: "email:0 sms:4"."""
    return " ".join(f"{mode}:{days}" for mode, days in way)


def read_way(stored: str) -> tuple[tuple[str, int], ...]:
    """The way that ``written_way`` wrote."""
    pairs = (part.partition(":") for part in stored.split())
    return tuple((mode, int(days)) for mode, _, days in pairs)


@dataclass(frozen=True, slots=True)
class Dispositions:
    """Final dispositions in the letters of AAPOR's Standard Definitions (mail and internet
    surveys of specifically named persons): I complete, P partial, R refusal and break-off, NC
    no contact, O other (died meanwhile), UO nothing reached the person, NE found ineligible."""

    complete: int = 0
    partial: int = 0
    refused: int = 0
    silent: int = 0
    other: int = 0
    unknown: int = 0
    ineligible: int = 0

    @property
    def drawn(self) -> int:
        return (
            self.complete
            + self.partial
            + self.refused
            + self.silent
            + self.other
            + self.unknown
            + self.ineligible
        )


@dataclass(frozen=True, slots=True)
class ResponseRate:
    """A response rate by its name, with n and a 95 % interval; None when nobody was asked."""

    code: str
    rate: Proportion | None
    counted: int
    of: float


def share(count: int, of: int) -> Proportion | None:
    """A share with its 95 % interval (Wilson); None of nobody."""
    return wilson(count, of) if of else None


def response_rates(found: Dispositions) -> list[ResponseRate]:
    """RR1 to RR6 (AAPOR Standard Definitions, 10th edition), each under its name.

    RR3 and RR4 count of those of unknown eligibility the share ``e`` that is eligible among the
    known; RR5 and RR6 count none of them.
    """
    known = found.complete + found.partial + found.refused + found.silent + found.other
    e = known / (known + found.ineligible) if known + found.ineligible else 1.0
    every, some, none = known + found.unknown, known + e * found.unknown, float(known)
    whole, begun = found.complete, found.complete + found.partial
    table = [
        ("RR1", whole, float(every)),
        ("RR2", begun, float(every)),
        ("RR3", whole, some),
        ("RR4", begun, some),
        ("RR5", whole, none),
        ("RR6", begun, none),
    ]
    return [
        ResponseRate(code, wilson(count, of) if of >= 1 else None, count, of)
        for code, count, of in table
    ]


@dataclass(frozen=True, slots=True)
class Heard:
    """One group: how many were treated and heard, and its representation (its share among those
    heard over its share among those treated) with an interval. ``silent``: below the threshold.
    ``hidden``: too few to show, or needed to protect others."""

    value: str
    treated: int
    heard: int
    representation: float | None
    low: float | None
    high: float | None
    silent: bool
    hidden: bool


def heard_by_group(
    treated: Mapping[str, int], heard: Mapping[str, int], *, below: float, minimum: int
) -> list[Heard]:
    """Every group of one attribute, the least heard first.

    The interval is Wilson's of the share among those heard; the share among those treated is
    known. A group is silent when its representation, and not only by chance (the whole interval
    below 1), lies under ``below``.
    """
    everyone, answers = sum(treated.values()), sum(heard.get(v, 0) for v in treated)
    hidden = veiled(heard, treated, minimum)
    lines = []
    for value, count in treated.items():
        part = heard.get(value, 0)
        share = count / everyone if everyone else 0.0
        ratio = low = high = None
        if answers and share:
            found = wilson(part, answers)
            ratio, low, high = part / answers / share, found.low / share, found.high / share
        silent = ratio is not None and high is not None and ratio < below and high < 1
        lines.append(
            Heard(
                value, count, part, ratio, low, high, silent and count >= minimum, value in hidden
            )
        )
    return sorted(lines, key=lambda each: (each.representation is None, each.representation or 0))


def may_show(people: int, minimum: int) -> bool:
    """Nobody may be shown as nobody; a few may not be shown at all."""
    return people == 0 or people >= minimum


def veiled(heard: Mapping[str, int], treated: Mapping[str, int], minimum: int) -> frozenset[str]:
    """Groups whose number must not be shown: 1 to ``minimum`` - 1 people, and, as the total is
    shown beside them, the next smallest until the hidden ones together reach the minimum."""
    hidden = {v for v in treated if 0 < heard.get(v, 0) < minimum or 0 < treated[v] < minimum}
    rest = sorted(
        (v for v in treated if v not in hidden and heard.get(v, 0)), key=lambda v: heard[v]
    )
    while hidden and rest and (len(hidden) == 1 or sum(heard.get(v, 0) for v in hidden) < minimum):
        hidden.add(rest.pop(0))
    return frozenset(hidden)


def top_up_size(
    treated: int,
    heard: int,
    everyone: int,
    answers: int,
    *,
    below: float,
    lowest: float,
    drawn: int,
) -> int:
    """How many more of a silent group to ask so that it reaches ``below``, at the rate at which
    it has answered so far (never taken lower than ``lowest``)."""
    missing = math.ceil(below * treated / everyone * answers - heard) if everyone else 0
    rate = max(heard / drawn if drawn else 0.0, lowest)
    return max(0, math.ceil(missing / rate))


def silence_is_odd(
    expected: float, chance: float, *, hours: float = math.inf, least_hours: float = 0
) -> bool:
    """Whether hearing nothing, where ``expected`` would have come, is less likely than
    ``chance`` (Poisson), and the silence of ``hours`` is longer than a night."""
    return hours >= least_hours and math.exp(-expected) < chance
