"""Invented hospitals, unlike the demonstration: random sizes and mixes, with truths planted.

Answers are columns as the searches read them, or rows of a file to import. Everything follows
from the seed. Not of this file's doing: what is not planted is noise of the kinds real data have
(place levels, a season of the whole system, months of a place that vary, people who answer
differently by age and language everywhere only when planted, a changing mix, missing groups).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import numpy as np

from wellheard.understand.findings.answers import (
    MISSING,
    Answers,
    Where,
    days_since_epoch,
    plus_months,
)

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from wellheard.measures.arrays import Floats

ITEMS = (
    "nurse_listen", "nurse_explain", "doctor_listen", "help_soon", "clean", "quiet",
    "wait_told", "medicine_told", "respect",
)  # fmt: skip
_VALUES: Mapping[str, tuple[Sequence[str], Sequence[float]]] = {
    "language": (("en", "es", "zh", "vi", "ar"), (0.74, 0.14, 0.05, 0.04, 0.03)),
    "age_band": (("0-17", "18-39", "40-59", "60-79", "80+"), (0.08, 0.22, 0.27, 0.31, 0.12)),
    "sex": (("female", "male"), (0.54, 0.46)),
    "ethnicity": (
        ("White", "Black", "Hispanic", "Asian", "Other"), (0.55, 0.16, 0.17, 0.07, 0.05),
    ),
    "payer": (("Medicare", "Medicaid", "Commercial", "None"), (0.38, 0.22, 0.34, 0.06)),
}  # fmt: skip
_MODES = (("web", "paper", "sms"), (0.5, 0.3, 0.2))


@dataclass(frozen=True)
class Truth:
    """One planted thing: ``size`` in standard deviations of one answer; ``item`` "" for all."""

    kind: str
    place: int | None = None
    site: int | None = None
    item: str = ""
    month: int = 0
    size: float = 0.0
    group: tuple[str, str] | None = None
    weekday: int = 0
    hours: tuple[int, int] = (8, 12)


@dataclass(frozen=True)
class Plan:
    """What to draw."""

    seed: int
    places: int = 12
    sites: int = 2
    months: int = 18
    responses: int = 8_000
    truths: tuple[Truth, ...] = ()
    season: float = 0.0
    mix_change: float = 0.0
    wobble: float = 0.0
    missing_groups: float = 0.0
    new_wording_at: float | None = None
    renamed: int | None = None
    with_hours: bool = True
    even: bool = False
    last: date = date(2025, 8, 31)
    extra: Mapping[str, Any] = field(default_factory=dict)

    @property
    def first(self) -> date:
        return plus_months(self.last, 1 - self.months)


def random_plan(seed: int, truths: int = 0) -> Plan:
    """A plan with random sizes; noise of every kind."""
    rng = np.random.default_rng(seed)
    months = int(rng.integers(6, 37))
    places = int(rng.integers(5, 61))
    responses = int(np.exp(rng.uniform(np.log(2_000), np.log(60_000))))
    return Plan(
        seed=seed,
        places=places,
        sites=int(rng.integers(1, max(2, places // 4) + 1)),
        months=months,
        responses=responses,
        season=float(rng.uniform(0, 0.25)),
        mix_change=float(rng.uniform(0, 0.6)),
        wobble=float(rng.choice([0.0, 0.03, 0.06])),
        missing_groups=float(rng.choice([0.0, 0.1, 0.4])),
        new_wording_at=float(rng.uniform(0.2, 0.8)) if rng.random() < 0.3 else None,
        renamed=int(rng.integers(places)) if rng.random() < 0.3 and months > 8 else None,
        with_hours=bool(rng.random() < 0.7),
    )


def draw(plan: Plan) -> Answers:
    """The answers as columns."""
    rng = np.random.default_rng(plan.seed + 100_000)
    n = plan.responses
    weights = rng.gamma(1.3, 1.0, plan.places) + 0.05
    if plan.even:
        weights = np.ones(plan.places)
    place = rng.choice(plan.places, size=n, p=weights / weights.sum())
    days = (plan.last - plan.first).days + 1
    day = np.sort(rng.integers(0, days, size=n))
    hour = rng.integers(7, 21, size=n) if plan.with_hours else np.full(n, 12)
    for truth in plan.truths:
        if truth.kind == "stop":
            gone = (place == truth.place) & (day >= _day_of(plan, truth.month))
            others = np.array([p for p in range(plan.places) if p != truth.place])
            place[gone] = rng.choice(others, size=int(gone.sum()))
    groups = _groups(plan, day / days, n, rng)
    mode = rng.choice(3, size=n, p=_MODES[1])
    month = _months(plan, day)
    items, rating = _scores(plan, place, day, hour, month, groups, mode, rng)
    columns = {**{f"pulse.{k}": v for k, v in items.items()}, "pulse.rating": rating}
    where, place = _named(plan, place, day, days)
    new = np.zeros(n, np.int64)
    if plan.new_wording_at is not None:
        new = (day >= plan.new_wording_at * days).astype(np.int64)
    return Answers(
        organisation_id=0,
        until=plan.last,
        first_month=plan.first,
        places=where,
        place=place,
        day=day + days_since_epoch(plan.first),
        month=month,
        hour=hour.astype(np.int64),
        version=new,
        mode=mode,
        modes=_MODES[0],
        items=columns,
        groups={name: (codes, ("", *_VALUES[name][0])) for name, codes in groups.items()},
    )


def rows(answers: Answers) -> Iterator[dict[str, str]]:
    """The same as rows of a file to import."""
    for at in range(answers.n):
        where = answers.places[int(answers.place[at])]
        day = answers.day_of(int(answers.day[at]))
        row = {
            "response_id": f"r{at}",
            "received_at": f"{day.isoformat()}T{int(answers.hour[at]):02d}:15:00",
            "site": where.site,
            "place": where.name,
            "instrument": "pulse",
            "mode": answers.modes[int(answers.mode[at])],
        }
        for name, (codes, values) in answers.groups.items():
            row[name] = values[int(codes[at])]
        for item, values_of in answers.items.items():
            value = int(values_of[at])
            row[item.removeprefix("pulse.")] = "" if value == MISSING else str(value)
        yield row


def _day_of(plan: Plan, month: int) -> int:
    return (plus_months(plan.first, month) - plan.first).days


def _months(plan: Plan, day: NDArray[np.int64]) -> NDArray[np.int64]:
    edges = [_day_of(plan, month) for month in range(1, plan.months)]
    return np.searchsorted(edges, day, side="right").astype(np.int64)


def _groups(
    plan: Plan, when: Floats, n: int, rng: np.random.Generator
) -> dict[str, NDArray[np.int64]]:
    """Codes from 1; 0 where nothing was said. The mix drifts over time when planned."""
    found = {}
    for name, (values, shares) in _VALUES.items():
        base = np.array(shares)
        turned = np.roll(base, 1)
        chance = base[None, :] * (1 - plan.mix_change * when[:, None] * 0.5)
        chance = chance + turned[None, :] * plan.mix_change * when[:, None] * 0.5
        chance = np.cumsum(chance / chance.sum(axis=1, keepdims=True), axis=1)
        codes = (rng.random(n)[:, None] > chance).sum(axis=1).clip(0, len(values) - 1) + 1
        codes[rng.random(n) < plan.missing_groups] = 0
        found[name] = codes.astype(np.int64)
    return found


def _scores(
    plan: Plan,
    place: NDArray[np.int64],
    day: NDArray[np.int64],
    hour: NDArray[np.int64],
    month: NDArray[np.int64],
    groups: Mapping[str, NDArray[np.int64]],
    mode: NDArray[np.int64],
    rng: np.random.Generator,
) -> tuple[dict[str, NDArray[np.int16]], NDArray[np.int16]]:
    n = place.size
    level = rng.normal(0, 0.25, plan.places)[place]
    wobble = rng.normal(0, plan.wobble, (plan.places, plan.months))[place, month]
    season = plan.season * np.sin(2 * np.pi * day / 365.25)
    # Everywhere older people mark higher and papers lower: who answers matters, not where.
    mix = 0.25 * (groups["age_band"] == 4) - 0.15 * (mode == 1)
    if plan.mix_change == 0 and not plan.extra.get("ages"):
        mix = -0.15 * (mode == 1)
    if plan.new_wording_at is not None:
        mix = mix + 0.3 * (day >= plan.new_wording_at * (day.max() + 1))
    person = rng.normal(0, 0.8, n) + level + wobble + season + mix
    latent: dict[str, Floats] = {}
    for item in ITEMS:
        shift = sum((_effect(plan, t, item, place, day, hour, groups) for t in plan.truths), 0.0)
        latent[item] = person + shift + rng.normal(0, 1.0, n)
    moved = sum((t.size * latent[t.item] for t in plan.truths if t.kind == "driver"), 0.0)
    shift = sum((_effect(plan, t, "rating", place, day, hour, groups) for t in plan.truths), 0.0)
    overall = person + shift + moved + 0.12 * sum(latent.values()) + rng.normal(0, 0.8, n)
    floor = rng.uniform(-0.9, 0.2, len(ITEMS))
    items = {}
    for number, item in enumerate(ITEMS):
        edges = floor[number] + np.array([-1.6, -0.8, 0.0])
        column = (1 + (latent[item][:, None] > edges[None, :]).sum(axis=1)).astype(np.int16)
        column[rng.random(n) < 0.05] = MISSING
        items[item] = column
    spread = overall.std()
    edges = overall.mean() + spread * np.array(
        [-2.4, -2.1, -1.9, -1.7, -1.5, -1.2, -0.9, -0.6, -0.2, 0.5]
    )
    return items, (overall[:, None] > edges[None, :]).sum(axis=1).astype(np.int16)


def _effect(
    plan: Plan,
    truth: Truth,
    item: str,
    place: NDArray[np.int64],
    day: NDArray[np.int64],
    hour: NDArray[np.int64],
    groups: Mapping[str, NDArray[np.int64]],
) -> Floats:
    """What a truth adds to the latent value of an item."""
    inside = np.ones(place.size, bool)
    if (truth.item not in ("", item) and truth.kind != "trouble") or truth.kind in (
        "driver",
        "stop",
    ):
        return np.zeros(place.size)
    if truth.place is not None:
        inside &= place == truth.place
    if truth.site is not None:
        inside &= place % plan.sites == truth.site
    if truth.group is not None:
        values = ("", *_VALUES[truth.group[0]][0])
        inside &= groups[truth.group[0]] == values.index(truth.group[1])
    if truth.kind == "shift":
        inside &= day >= _day_of(plan, truth.month)
    if truth.kind == "peak":
        weekday = (day + plan.first.weekday()) % 7
        inside &= weekday == truth.weekday
        if plan.with_hours:
            inside &= (hour >= truth.hours[0]) & (hour < truth.hours[1])
    if truth.kind == "trouble":
        # Well liked, and yet something is wrong for every third: high marks hide it.
        unlucky = inside & ((day * 7 + hour * 13) % 3 == 0)
        return np.where(unlucky & (item == truth.item), -6.0, np.where(inside, truth.size, 0.0))
    if truth.kind == "trend":
        return np.where(inside, truth.size * day / max(1, int(day.max())), 0.0)
    return np.where(inside, truth.size, 0.0)


def _named(
    plan: Plan, place: NDArray[np.int64], day: NDArray[np.int64], days: int
) -> tuple[tuple[Where, ...], NDArray[np.int64]]:
    where = [
        Where(number + 1, f"Unit {number + 1}", number % plan.sites + 1,
              f"House {number % plan.sites + 1}")
        for number in range(plan.places)
    ]  # fmt: skip
    if plan.renamed is not None:
        old = plan.renamed
        where.append(Where(1000, f"New unit {old + 1}", where[old].site_pk, where[old].site))
        late = (place == old) & (day >= days // 2)
        place = np.where(late, plan.places, place)
    return tuple(where), place.astype(np.int64)


def month_start(plan: Plan, month: int) -> date:
    """The first day of a month of the plan."""
    return plan.first + timedelta(days=_day_of(plan, month))
