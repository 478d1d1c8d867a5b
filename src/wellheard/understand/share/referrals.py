"""Who sends new patients to us: the source told at a person's first visit, and how it moves."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from typing import Any

from django.db.models import DateTimeField, Exists, F, Min, OuterRef, QuerySet
from django.db.models.functions import Coalesce

from wellheard.measures.equity import benjamini_hochberg, chi_square_p
from wellheard.measures.intervals import Difference, Proportion, newcombe, wilson
from wellheard.people.visits.models import Visit
from wellheard.understand.disclosure.policy import load_policy
from wellheard.understand.facts.rules import WHOLE, visible_segments
from wellheard.understand.facts.slices import Month, Period
from wellheard.understand.share.policy import share_policy

_CAME = (Visit.Status.FINISHED, Visit.Status.ARRIVED)
_YEAR = 12


@dataclass(frozen=True, slots=True)
class Source:
    """One source: its share of new patients, and the difference to as many quarters before.

    ``says``: "more", "less", "cannot_tell", or "" with nothing to compare.
    """

    source: str
    share: Proportion
    change: Difference | None = None
    p: float | None = None
    says: str = ""


@dataclass(frozen=True, slots=True)
class Referrals:
    """New patients of the period by source; shares are of the ``n`` of whom a source was told,
    ``not_said`` are those of whom none was. ``begins_on``: the first visit we know of, when it is
    so late that patients of long ago may be taken for new."""

    period: Period
    sources: tuple[Source, ...]
    n: int
    before_n: int
    not_said: int
    withheld: bool
    begins_on: date | None


def referrals(organisation_id: int, *, until: date) -> Referrals:
    """The last whole quarters against as many before."""
    months = 3 * share_policy().quarters
    period = Period.ending(Month.containing(until).quarter, months)
    earlier = Period.ending(period.start, months)
    now, withheld = sources_shown(organisation_id, period)
    before, _ = sources_shown(organisation_id, earlier)
    not_said = now.pop("", 0)
    before.pop("", 0)
    first = _first_known(organisation_id)
    late = first is not None and first.date() > earlier.start.plus(-_YEAR).first_day
    return Referrals(
        period=period,
        sources=tuple(_judged(now, before)),
        n=sum(now.values()),
        before_n=sum(before.values()),
        not_said=not_said,
        withheld=withheld,
        begins_on=first.date() if first is not None and late else None,
    )


def sources_shown(organisation_id: int, period: Period) -> tuple[dict[str, int], bool]:
    """New patients by source, only of sources that may be shown quarter by quarter."""
    quarters: dict[Month, Counter[str]] = defaultdict(Counter)
    for moment, source in _first_visits(organisation_id, period):
        told = " ".join(source.split()).casefold()
        quarters[Month.containing(moment.astimezone(UTC)).quarter][told] += 1
    shown: Counter[str] = Counter()
    for quarter, counted in quarters.items():
        cells = {(0, source): Counter({0: people}) for source, people in counted.items()}
        for cell in visible_segments(cells, quarter, load_policy().minimum_group):
            if cell.level == WHOLE:
                shown[cell.segment] += sum(cell.counts.values())
    return dict(shown), sum(each.total() for each in quarters.values()) > shown.total()


def _judged(now: Mapping[str, int], before: Mapping[str, int]) -> list[Source]:
    """Sources, the largest first, each against its share before; all judged together."""
    n, before_n = sum(now.values()), sum(before.values())
    order = sorted(now, key=lambda each: (-now[each], each))
    found = [Source(each, wilson(now[each], n)) for each in order]
    if not before_n:
        return found
    compared = [
        replace(
            each,
            change=newcombe(each.share.count, n, before.get(each.source, 0), before_n),
            p=chi_square_p(int(each.share.count), n, before.get(each.source, 0), before_n),
        )
        for each in found
    ]
    adjusted = benjamini_hochberg([each.p or 0.0 for each in compared]) if compared else []
    return [
        replace(each, says=_says(each.change, p))
        for each, p in zip(compared, adjusted, strict=True)
    ]


def _says(change: Difference | None, p: float) -> str:
    if change is None or p > share_policy().false_discovery_rate or not change.estimate:
        return "cannot_tell"
    return "more" if change.estimate > 0 else "less"


def _first_visits(organisation_id: int, period: Period) -> Iterator[tuple[datetime, str]]:
    """First visits that fell into the period, with the source told there."""
    # The moment is computed, which no type of Visit knows of.
    kept: QuerySet[Any] = (
        Visit.objects.filter(organisation_id=organisation_id, status__in=_CAME)
        .exclude(person_key="")
        .annotate(moment=_moment())
    )
    earlier = kept.filter(person_key=OuterRef("person_key")).filter(moment__lt=OuterRef("moment"))
    start, stop = (
        datetime(month.year, month.number, 1, tzinfo=UTC) for month in (period.start, period.stop)
    )
    seen: set[str] = set()
    inside = kept.filter(moment__gte=start, moment__lt=stop).exclude(Exists(earlier))
    rows = inside.order_by("moment", "pk")
    fields = ("person_key", "moment", "referral_source")
    for person, moment, source in rows.values_list(*fields).iterator():
        if person not in seen:
            seen.add(person)
            yield moment, source


def _first_known(organisation_id: int) -> datetime | None:
    kept = Visit.objects.filter(organisation_id=organisation_id, status__in=_CAME)
    found: datetime | None = kept.aggregate(first=Min(_moment()))["first"]
    return found


def _moment() -> Coalesce:
    """When somebody came, as well as we know it."""
    return Coalesce(F("arrived_at"), F("scheduled_at"), F("ended_at"), output_field=DateTimeField())
