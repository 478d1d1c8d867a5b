"""The ease of booking read from those who were asked and from their answers."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, time
from zoneinfo import ZoneInfo

from wellheard.listen.sampling.models import SampleMember
from wellheard.listen.surveys.instruments import instrument
from wellheard.measures.intervals import Proportion
from wellheard.people.access.person import Person
from wellheard.people.places.models import Organisation
from wellheard.understand.disclosure.policy import load_policy
from wellheard.understand.ease.rules import Asked, Channel, by_channel, ease_policy, over_all
from wellheard.understand.facts.queries import tabulate
from wellheard.understand.facts.slices import Month, Period, Slice
from wellheard.understand.scores.lines import MonthlyRate, RateSeries
from wellheard.understand.scores.rules import Measure

_READ_AT_ONCE = 5_000


@dataclass(frozen=True, slots=True)
class Ease:
    """Everybody who was asked in a period, by the way they had booked, and all together."""

    period: Period
    channels: tuple[Channel, ...]
    all: Proportion | None
    asked: int


def ease_of(person: Person, period: Period) -> Ease:
    """The ease of booking at the places a person reads measures of."""
    asked = instrument(ease_policy().instrument, organisation_id=person.organisation_id)
    easy = asked.item(ease_policy().item).top_box
    once = asked.item(ease_policy().tries).top_box
    rows = list(_asked(person, period))
    minimum = load_policy().minimum_group
    channels = by_channel(rows, easy=easy, once=once, minimum=minimum)
    return Ease(period, tuple(channels), over_all(rows, easy=easy, minimum=minimum), len(rows))


def monthly(organisation_id: int, period: Period, measure: Measure) -> RateSeries:
    """The whole organisation month by month, through the facts' door."""
    table = tabulate(Slice(organisation_id, measure.item, period, ("month",)))
    rates = [
        MonthlyRate(row.start, row.stop, row.counts)
        for row in table.rows
        if row.start is not None and row.stop is not None
    ]
    return RateSeries(measure, tuple(sorted(rates, key=lambda each: each.start)), table.withheld)


def ease_measure(organisation_id: int, title: str, says: str) -> Measure:
    """The share that found booking easy."""
    policy = ease_policy()
    item = instrument(policy.instrument, organisation_id=organisation_id).item(policy.item)
    assert item.scale is not None
    values = item.scale.values
    return Measure(
        code="booking-ease",
        title=title,
        item=f"{policy.instrument}.{policy.item}",
        statistic="top_box",
        best=item.top_box,
        worst=frozenset(),
        scale=(min(values), max(values)),
        direction="increase",
        says=says,
        definition="",
        owner="",
        source=policy.source,
        version=1,
        effective_from=policy.effective_from,
    )


def _asked(person: Person, period: Period) -> Iterator[Asked]:
    """Those drawn in the period for the survey of booking, by the day they were first asked."""
    zone = ZoneInfo(
        Organisation.objects.values_list("zone", flat=True).get(pk=person.organisation_id)
    )
    start, end = (
        datetime.combine(month.first_day, time(), zone).astimezone(UTC)
        for month in (period.start, period.stop)
    )
    members = SampleMember.objects.filter(
        organisation_id=person.organisation_id,
        wave__plan__instrument=ease_policy().instrument,
        starts_at__gte=start,
        starts_at__lt=end,
    )
    places = person.places("measure.read")
    if places is not None:
        members = members.filter(place_id__in=places)
    rows = members.values_list(
        *("pk", "person_key", "patient_id", "visit__booked_by", "invitation__response__answers"),
    )
    for pk, key, patient, channel, answers in rows.iterator(chunk_size=_READ_AT_ONCE):
        who = key or (f"p{patient}" if patient else f"m{pk}")
        given = answers or {}
        yield Asked(
            channel,
            who,
            _number(given.get(ease_policy().item)),
            _number(given.get(ease_policy().tries)),
        )


def _number(value: object) -> int | None:
    return value if isinstance(value, int) else None


def periods(month: Month) -> tuple[Period, Period]:
    """The months that are charted, and those that ways of booking are compared over."""
    policy = ease_policy()
    return Period.ending(month, policy.months), Period.ending(month, policy.recent_months)
