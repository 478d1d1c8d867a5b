"""Core items as they were answered at each touchpoint, over whole quarters."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from wellheard.listen.intake.models import Comment
from wellheard.listen.responses.models import Response
from wellheard.listen.responses.rules import zone_named
from wellheard.listen.stages.queries import placings
from wellheard.listen.stages.vocabulary import stage_model
from wellheard.people.places.models import Place
from wellheard.understand.consistency.policy import CoreItem, core_policy
from wellheard.understand.consistency.rules import (
    Change,
    Consistency,
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
from wellheard.understand.facts.sources import CARD_ITEM

_CARDS = (Comment.Source.CARD, Comment.Source.PAPER)
_SCALE = 5
_Asked = tuple[int, int | None, datetime, str, int]


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
    """Answers to one core item by spot, only of spots that may be shown."""
    stages = _Stages(organisation_id)
    asked: dict[tuple[Month, int], dict[Spot, Counter[int]]] = defaultdict(
        lambda: defaultdict(Counter)
    )
    rows = _cards if item.item == CARD_ITEM else _responses
    inside = set(period.months)
    for place, touchpoint, at, zone, answer in rows(organisation_id, item, period):
        month = Month.containing(at.astimezone(zone_named(zone)))
        if month in inside and item.scale[0] <= answer <= item.scale[1]:
            asked[month.quarter, place][stages.spot(place, touchpoint)][answer] += 1
    return shown_of(asked, load_policy().minimum_group)


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


def _cards(organisation_id: int, item: CoreItem, period: Period) -> Iterator[_Asked]:
    """Marks of cards, each told once."""
    start, stop = _around(period)
    cards = (
        Comment.objects.filter(
            organisation_id=organisation_id,
            source__in=_CARDS,
            received_at__gte=start,
            received_at__lt=stop,
            rating__isnull=False,
            rating_max=_SCALE,
            duplicate_of=None,
            response=None,
        )
        .exclude(place=None)
        .exclude(mode__in=core_policy().left_out_modes)
    )
    fields = ("place_id", "touchpoint_id", "received_at", "place__site__zone", "rating")
    for place, touchpoint, at, zone, rating in cards.values_list(*fields).iterator():
        yield place, touchpoint, at, zone, int(rating)


def _responses(organisation_id: int, item: CoreItem, period: Period) -> Iterator[_Asked]:
    """Answers to the survey that asks the core items."""
    start, stop = _around(period)
    answered = (
        Response.objects.filter(
            organisation_id=organisation_id,
            instrument=item.instrument,
            received_at__gte=start,
            received_at__lt=stop,
        )
        .exclude(place=None)
        .exclude(mode__in=core_policy().left_out_modes)
    )
    fields = ("place_id", "touchpoint_id", "received_at", "place__site__zone", "answers")
    for place, touchpoint, at, zone, answers in answered.values_list(*fields).iterator():
        value = answers.get(item.question)
        if isinstance(value, int) and not isinstance(value, bool):
            yield place, touchpoint, at, zone, value


def _around(period: Period) -> tuple[datetime, datetime]:
    """A day more on each side: months are those of the place's own calendar."""
    day = timedelta(days=1)
    first, last = period.start.first_day, period.stop.first_day
    return (
        datetime(first.year, first.month, 1, tzinfo=UTC) - day,
        datetime(last.year, last.month, 1, tzinfo=UTC) + day,
    )
