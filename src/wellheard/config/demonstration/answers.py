"""Sixty thousand invented answers to the pulse survey, with what was planted and nothing else.

A person's answers share one latent satisfaction (so items correlate as real ones do); each item
has its own difficulty from ``hospital.json``; places shift the latent value. Pure and
deterministic: the same seed and day give the same rows.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from statistics import NormalDist
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

_PERSON, _ITEM = 0.75, 1.0
_SPREAD = float(np.hypot(_PERSON, _ITEM))
_MISSING = 0.03
# Of those who did not say "always": usually, sometimes, never.
_BELOW_TOP = (0.62, 0.28, 0.10)
# Of those who did not give 9 or 10: 8, 7, 6 ... 0.
_BELOW_NINE = (0.42, 0.25, 0.11, 0.09, 0.05, 0.04, 0.02, 0.01, 0.01)

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Answer:
    """One invented response. ``place`` is an index into the list of places."""

    place: int
    received_at: datetime
    mode: str
    language: str
    age_band: str
    sex: str
    ethnicity: str
    payer: str
    answers: dict[str, int]


@dataclass(frozen=True, slots=True)
class Plan:
    """What to draw: the places' weights and effects, the items, shares, size and last day."""

    places: Sequence[Mapping[str, Any]]
    items: Mapping[str, float]
    shares: Mapping[str, Mapping[str, float]]
    truths: Mapping[str, Mapping[str, Any]]
    count: int
    last_day: date
    days: int
    zone: ZoneInfo


def draw(plan: Plan, seed: int) -> Iterator[Answer]:
    """The responses in order of arrival."""
    rng = np.random.default_rng(seed)
    place = _places(plan, rng)
    when = _moments(plan, place, rng)
    groups = _groups(plan, place, rng)
    scores = _scores(plan, place, when, rng)
    for row in range(plan.count):
        yield Answer(
            place=int(place[row]),
            received_at=when[row],
            **{name: values[row] for name, values in groups.items()},
            answers={name: int(column[row]) for name, column in scores.items() if column[row] >= 0},
        )


def _places(plan: Plan, rng: np.random.Generator) -> Ints:
    weights = np.array([place["weight"] for place in plan.places], dtype=float)
    return rng.choice(len(weights), size=plan.count, p=weights / weights.sum())


def _moments(plan: Plan, place: Ints, rng: np.random.Generator) -> list[datetime]:
    first = plan.last_day - timedelta(days=plan.days - 1)
    days = np.sort(rng.integers(0, plan.days, size=plan.count))
    minutes = rng.integers(7 * 60, 21 * 60, size=plan.count)
    _crowd_on_mondays(plan, place, days, minutes, rng)
    return [
        datetime.combine(
            first + timedelta(days=int(day)), time(int(minute) // 60, int(minute) % 60), plan.zone
        )
        for day, minute in zip(days, minutes, strict=True)
    ]


def _crowd_on_mondays(
    plan: Plan, place: Ints, days: Ints, minutes: Ints, rng: np.random.Generator
) -> None:
    """The clinic of the Monday peak sees part of its week's patients on Monday mornings."""
    truth = plan.truths["monday-peak"]
    crowded = (place == _index(plan, truth["place"])) & (
        rng.random(plan.count) < truth["share_on_monday_morning"]
    )
    first = plan.last_day - timedelta(days=plan.days - 1)
    weekday = (days + first.weekday()) % 7
    days[crowded] = np.maximum(days[crowded] - weekday[crowded], (7 - first.weekday()) % 7)
    minutes[crowded] = rng.integers(8 * 60, 12 * 60, size=int(crowded.sum()))


def _groups(plan: Plan, place: Ints, rng: np.random.Generator) -> dict[str, list[str]]:
    drawn = {}
    for name, shares in plan.shares.items():
        codes = rng.choice(len(shares), size=plan.count, p=np.array(list(shares.values())))
        drawn[name] = [list(shares)[code] for code in codes]
    _silence(plan, place, drawn["language"], rng)
    return drawn


def _silence(plan: Plan, place: Ints, language: list[str], rng: np.random.Generator) -> None:
    """The unheard group: at one place few answers come from those who speak one language."""
    truth = plan.truths["unheard-group"]
    where = _index(plan, truth["place"])
    keep = rng.random(plan.count)
    for row in np.flatnonzero(place == where):
        spoke = keep[row] < truth["share_heard"]
        if spoke:
            language[row] = truth["value"]
        elif language[row] == truth["value"]:
            language[row] = "en"


def _scores(
    plan: Plan, place: Ints, when: Sequence[datetime], rng: np.random.Generator
) -> dict[str, Ints]:
    effects = np.array([p["effect"] for p in plan.places], dtype=float)[place]
    person = rng.normal(0.0, _PERSON, plan.count)
    scores: dict[str, Ints] = {}
    for name, floor in (("rating", 0.68), ("recommend", 0.66)):
        latent = person + effects + _shift(plan, "rating", place, when) * 0.5
        scores[name] = _zero_to_ten(latent + rng.normal(0, _ITEM, plan.count), floor, rng)
    for name, top in plan.items.items():
        latent = person + effects + _shift(plan, name, place, when)
        scores[name] = _one_to_four(latent + rng.normal(0, _ITEM, plan.count), top, rng)
    return {name: _with_gaps(name, column, rng) for name, column in scores.items()}


def _shift(plan: Plan, item: str, place: Ints, when: Sequence[datetime]) -> Floats:
    """The Monday peak: the one planted effect on answers."""
    truth = plan.truths["monday-peak"]
    shift = np.zeros(plan.count)
    if item not in (truth["item"], "rating"):
        return shift
    fixed_on = plan.last_day - timedelta(days=truth["fixed_days_ago"])
    for row in np.flatnonzero(place == _index(plan, truth["place"])):
        moment = when[int(row)]
        if moment.weekday() == 0 and moment.hour < 12 and moment.date() < fixed_on:
            shift[row] = truth["latent_effect"]
    return shift


def _one_to_four(latent: Floats, top: float, rng: np.random.Generator) -> Ints:
    """4 always above the threshold that a share ``top`` passes; below it 3, 2, 1 by depth."""
    edge = NormalDist(0, _SPREAD).inv_cdf(1 - top)
    below = _cut(latent, edge, 1 - top, _BELOW_TOP)
    return np.where(latent >= edge, 4, 3 - below)


def _zero_to_ten(latent: Floats, top: float, rng: np.random.Generator) -> Ints:
    edge = NormalDist(0, _SPREAD).inv_cdf(1 - top)
    below = _cut(latent, edge, 1 - top, _BELOW_NINE)
    nine_or_ten = np.where(latent >= edge + 0.55, 10, 9)
    return np.where(latent >= edge, nine_or_ten, 8 - below)


def _cut(latent: Floats, edge: float, mass: float, parts: Sequence[float]) -> Ints:
    """Which of ``parts`` (from the edge downwards) a latent value below ``edge`` falls into."""
    normal = NormalDist(0, _SPREAD)
    passed = np.cumsum(parts)[:-1]
    edges = np.array([normal.inv_cdf(mass * (1 - share)) for share in passed])
    return np.asarray((latent[:, None] < edges[None, :]).sum(axis=1), dtype=np.int64)


def _with_gaps(name: str, column: Ints, rng: np.random.Generator) -> Ints:
    share = 0.0 if name == "rating" else _MISSING
    return np.where(rng.random(len(column)) < share, -1, column)


def _index(plan: Plan, name: str) -> int:
    return next(n for n, place in enumerate(plan.places) if place["name"] == name)
