"""Core items as they were answered at each touchpoint, over whole quarters."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from wellheard.listen.stages.queries import placings
from wellheard.listen.stages.vocabulary import stage_model
from wellheard.people.places.models import Place
from wellheard.understand.consistency.policy import CoreItem, core_policy
from wellheard.understand.consistency.rules import (
    Change,
    Consistency,
    Cut,
    Shown,
    Spot,
    changed,
    consistency_of,
    grouped,
    places_with_several,
    shown_of,
    within,
)
from wellheard.understand.disclosure.policy import load_policy
from wellheard.understand.facts.slices import Month, Period
from wellheard.understand.facts.sources import Wanted, count_facts


@dataclass(frozen=True, slots=True)
class Compared:
    """One core item: between the stages of people's way, and the same a year before."""

    item: CoreItem
    along: Consistency
    before: Consistency
    change: Change
    withheld: bool


@dataclass(frozen=True, slots=True)
class PlaceCompared:
    """The touchpoints within one place."""

    place: int
    found: Consistency
    before: Consistency
    change: Change


@dataclass(frozen=True, slots=True)
class ItemPage:
    """All of one core item."""

    compared: Compared
    places: tuple[PlaceCompared, ...]
    spots: tuple[Spot, ...]


def core_period(until: date) -> Period:
    """The last whole quarters before a day."""
    return Period.ending(Month.containing(until).quarter, core_policy().months)


def compare_item(organisation_id: int, item: CoreItem, *, until: date) -> ItemPage:
    """One core item along the way and within each place, now and the year before."""
    period = core_period(until)
    now = answers_shown(organisation_id, item, period)
    past = answers_shown(organisation_id, item, Period.ending(period.start, len(period.months)))
    places = tuple(
        _place(item, place, now, past) for place in sorted(places_with_several(now.answers))
    )
    return ItemPage(_along(item, now, past), places, tuple(now.answers))


def answers_shown(organisation_id: int, item: CoreItem, period: Period) -> Shown:
    """Answers to one core item by spot, only of spots that may be shown, over whole quarters."""
    stages = _Stages(organisation_id)
    asked: dict[Cut, dict[Spot, Counter[int]]] = defaultdict(lambda: defaultdict(Counter))
    helped: Counter[tuple[Cut, Spot]] = Counter()
    low, high = item.scale
    by = ("place_id", "touchpoint_id", "helped", "month", "value")
    for group, n in count_facts(Wanted(organisation_id, item.item, period, by)):
        place, touchpoint, helper, month, value = group
        if not place or not low <= value <= high:
            continue
        cut, spot = (Month.of(month).quarter, place), stages.spot(place, touchpoint or None)
        if helper:
            helped[cut, spot] += n
        else:
            asked[cut][spot][value] += n
    return shown_of(asked, helped, load_policy().minimum_group)


class _Stages:
    """Where each place and touchpoint stands on people's way."""

    def __init__(self, organisation_id: int) -> None:
        self._placed = placings(organisation_id)
        kinds = Place.objects.of(organisation_id).values_list("pk", "kind")
        self._default = {pk: stage_model().places.get(kind, "") for pk, kind in kinds}

    def spot(self, place: int, touchpoint: int | None) -> Spot:
        default = self._default.get(place, "")
        stage = self._placed.get((touchpoint, ""), default) if touchpoint else default
        return Spot(place, touchpoint, stage)


def _along(item: CoreItem, now: Shown, past: Shown) -> Compared:
    found, before = (
        _judged(grouped(each.answers, lambda spot: spot.stage, item.stretched))
        for each in (now, past)
    )
    return Compared(item, found, before, changed(found.spread, before.spread), now.withheld)


def _place(item: CoreItem, place: int, now: Shown, past: Shown) -> PlaceCompared:
    found, before = (
        _judged(grouped(within(each.answers, place), lambda spot: spot.key, item.stretched))
        for each in (now, past)
    )
    return PlaceCompared(place, found, before, changed(found.spread, before.spread))


def _judged(groups: Mapping[str, Mapping[float, int]]) -> Consistency:
    policy = core_policy()
    return consistency_of(
        groups,
        even_within=policy.even_within,
        false_discovery_rate=policy.false_discovery_rate,
    )
