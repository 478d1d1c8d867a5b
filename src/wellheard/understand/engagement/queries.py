"""Components read from answers, visits and comments; small groups never leave."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime

from django.db.models import Count, QuerySet

from wellheard.listen.intake.models import Comment
from wellheard.people.visits.models import Visit
from wellheard.understand.disclosure.policy import load_policy
from wellheard.understand.engagement.rules import (
    Change,
    Component,
    Index,
    IndexValue,
    Part,
    change_of,
    index_policy,
    item_part,
    mean_part,
    share_part,
    value_of,
)
from wellheard.understand.facts.queries import tabulate
from wellheard.understand.facts.slices import Month, Period, Slice
from wellheard.understand.themes.models import CommentReading, Sentiment

# Mixed feelings are neither.
_CONTENT = (Sentiment.VERY_POSITIVE, Sentiment.POSITIVE)
_DISCONTENT = (Sentiment.NEGATIVE, Sentiment.VERY_NEGATIVE)


@dataclass(frozen=True, slots=True)
class IndexPage:
    """An index now, how it moved, and the same for each site."""

    value: IndexValue
    change: Change | None
    sites: tuple[tuple[int, IndexValue], ...]


def index_period(until: date) -> Period:
    """The whole quarters that ended by ``until``."""
    return Period.ending(Month.containing(until).quarter, 3 * index_policy().quarters)


def index_page(organisation_id: int, index: Index, *, until: date) -> IndexPage:
    """An index over the last whole quarters, against those before, and by site."""
    now = index_period(until)
    before = Period.ending(now.start, len(now.months))
    value = index_value(organisation_id, index, now)
    earlier = index_value(organisation_id, index, before)
    return IndexPage(value, change_of(value, earlier), _by_site(organisation_id, index, now))


def index_value(organisation_id: int, index: Index, period: Period) -> IndexValue:
    """An index of the whole organisation over whole quarters."""
    parts = [part_of(organisation_id, component, period) for component in index.components]
    return value_of(index, parts, least_weight=index_policy().least_weight)


def part_of(organisation_id: int, component: Component, period: Period) -> Part:
    """One component; without a value when there are no data, or of fewer than may be shown."""
    found = _READERS[component.kind](organisation_id, component, period)
    return found if found.n >= load_policy().minimum_group else Part(component)


def _by_site(
    organisation_id: int, index: Index, period: Period
) -> tuple[tuple[int, IndexValue], ...]:
    """Sites on the answers only: visits and public reviews are counted for the whole."""
    by_site: dict[int, dict[str, Part]] = defaultdict(dict)
    for component in index.components:
        if component.kind == "item":
            table = tabulate(Slice(organisation_id, component.item, period, ("site",)))
            for row in table.rows:
                if row.key[0]:
                    by_site[int(row.key[0])][component.code] = item_part(component, row.counts)
    return tuple((site, _value(index, parts)) for site, parts in sorted(by_site.items()))


def _value(index: Index, parts: Mapping[str, Part]) -> IndexValue:
    every = [parts.get(component.code, Part(component)) for component in index.components]
    return value_of(index, every, least_weight=index_policy().least_weight)


def _item(organisation_id: int, component: Component, period: Period) -> Part:
    table = tabulate(Slice(organisation_id, component.item, period.whole_quarters))
    return item_part(component, table.total)


def _retention(organisation_id: int, component: Component, period: Period) -> Part:
    """Of people seen in the period before, the share seen again within the component's months.

    The months run from a person's last visit of that earlier period, so everybody has had them.
    People whose number the hospital did not give cannot be followed and are left out.
    """
    before = Period.ending(period.start, component.months)
    seen = _last_visits(organisation_id, component, before)
    again = _later_visits(organisation_id, component, period)
    came = sum(
        any(0 < (month_of(day) - month_of(last)) <= component.months for day in again.get(key, ()))
        for key, last in seen.items()
    )
    # Few who left, or few who came, are a small group too.
    few = load_policy().minimum_group
    if 0 < came < few or 0 < len(seen) - came < few:
        return Part(component)
    return share_part(component, came, len(seen))


def month_of(moment: datetime) -> float:
    """Months since year 0, with the day as a fraction."""
    return moment.year * 12 + moment.month + (moment.day - 1) / 31


def _last_visits(organisation_id: int, component: Component, period: Period) -> dict[str, datetime]:
    found: dict[str, datetime] = {}
    for key, ended in _visits(organisation_id, component, period):
        found[key] = max(ended, found.get(key, ended))
    return found


def _later_visits(
    organisation_id: int, component: Component, period: Period
) -> dict[str, list[datetime]]:
    found: dict[str, list[datetime]] = defaultdict(list)
    for key, ended in _visits(organisation_id, component, period):
        found[key].append(ended)
    return found


def _visits(
    organisation_id: int, component: Component, period: Period
) -> list[tuple[str, datetime]]:
    visits = Visit.objects.ended_between(_moment(period.start), _moment(period.stop))
    rows = (
        visits.filter(organisation_id=organisation_id, kind__in=component.visits)
        .exclude(person_key="")
        .values_list("person_key", "ended_at")
    )
    return [(key, ended) for key, ended in rows if ended is not None]


def _rated(organisation_id: int, component: Component, period: Period) -> Part:
    comments = _comments(organisation_id, period).filter(
        source__in=component.sources, rating__isnull=False, rating_max__gt=1
    )
    rows = comments.values_list("rating", "rating_max").annotate(n=Count("*")).order_by()
    points: Counter[float] = Counter()
    for rating, highest, n in rows:
        points[100 * (float(rating) - 1) / (highest - 1)] += n
    return mean_part(component, points)


def _mood(organisation_id: int, component: Component, period: Period) -> Part:
    readings = CommentReading.objects.filter(
        comment__in=_comments(organisation_id, period), sentiment__in=_CONTENT + _DISCONTENT
    )
    levels = dict(readings.values_list("sentiment").annotate(n=Count("*")).order_by())
    content = sum(levels.get(level, 0) for level in _CONTENT)
    discontent = sum(levels.get(level, 0) for level in _DISCONTENT)
    few = load_policy().minimum_group
    if 0 < content < few or 0 < discontent < few:
        return Part(component)
    return share_part(component, content, content + discontent)


def _comments(organisation_id: int, period: Period) -> QuerySet[Comment]:
    return Comment.objects.filter(
        organisation_id=organisation_id,
        received_at__gte=_moment(period.start),
        received_at__lt=_moment(period.stop),
    )


def _moment(month: Month) -> datetime:
    return datetime(month.year, month.number, 1, tzinfo=UTC)


_READERS: dict[str, Callable[[int, Component, Period], Part]] = {
    "item": _item,
    "retention": _retention,
    "rated": _rated,
    "mood": _mood,
}
