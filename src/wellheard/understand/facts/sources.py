"""Where facts are counted from: rows of the database, a month's file, or the answers themselves.

A small organisation's facts are rows. A large one's (FactStore) are files, one for each month; a
month whose file is missing, or older than the last change of its answers, is counted from the
answers as they stand. So a figure is right at every moment, whatever was killed, erased or
brought back; a file only makes it quick.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection
from django.db.models import Count, F, Func, Q, QuerySet, TextField, Value
from django.db.models.fields.json import KeyTransform

from wellheard.listen.responses.changes import changes_of
from wellheard.listen.responses.models import Response, ResponseQuerySet
from wellheard.listen.responses.rules import month_bounds, zone_named
from wellheard.people.places.models import Organisation, Site
from wellheard.understand.facts.engine import UnreadableError, ask
from wellheard.understand.facts.models import Fact, FactMonth, FactStore
from wellheard.understand.facts.parquet import LAYOUT
from wellheard.understand.facts.prepared import sql_of
from wellheard.understand.facts.rules import answered, device_of
from wellheard.understand.facts.slices import Period

CARD_ITEM = "card.rating"
_NUMBERS = ("integer", "real", "number")
Group = tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Wanted:
    """Facts of one item in whole months, counted by columns of the fact table.

    ``places``: only these; None is every place and answers that name none.
    """

    organisation_id: int
    item: str
    period: Period
    by: tuple[str, ...]
    places: frozenset[int] | None = None


def count_facts(wanted: Wanted) -> Iterator[tuple[Group, int]]:
    """Each group (in the order of ``by``) with how many facts it holds; a group may come again.

    Not for pages: what leaves the house goes through ``tabulate``.
    """
    if wanted.item == CARD_ITEM or not is_in_files(wanted.organisation_id):
        yield from _in_rows(wanted)
        return
    months = [month.code for month in wanted.period.months]
    current = current_files(wanted.organisation_id, months)
    try:
        yield from _in_files(wanted, current)
    except UnreadableError:
        # Gone between the look at the list and the look at the file, or damaged: do without.
        current = {}
    for month in months:
        if month not in current:
            yield from in_answers(wanted, month)


def responses_that_said(
    organisation_id: int, item: str, values: Collection[int], *, other: bool = False
) -> QuerySet[Any, int]:
    """Ids of the responses that gave an item one of ``values`` (``other``: any other number).

    A subquery, for lists of what people said; not for pages that count.
    """
    if not is_in_files(organisation_id):
        facts = Fact.objects.filter(
            organisation_id=organisation_id, item=item, response__isnull=False
        )
        facts = facts.exclude(value__in=values) if other else facts.filter(value__in=values)
        return facts.values_list("response_id", flat=True)
    instrument, _, code = item.partition(".")
    answers = Response.objects.filter(organisation_id=organisation_id, instrument=instrument)
    numbers = answers.annotate(kind=_kind(code)).filter(kind__in=_NUMBERS)
    said = Q(**{f"answers__{code}__in": sorted(values)})
    return numbers.filter(~said if other else said).values_list("pk", flat=True)


def is_in_files(organisation_id: int) -> bool:
    """Whether an organisation's survey answers are counted from files."""
    return FactStore.objects.filter(organisation_id=organisation_id).exists()


def folder() -> Path:
    """Where the files are; it may be lost, and is not part of a backup."""
    return Path(settings.HOME) / "facts"


def current_files(organisation_id: int, months: Iterable[int]) -> dict[int, Path]:
    """The months whose file holds every change of their answers in all columns of today, and is
    there, with its path."""
    asked = list(months)
    changes = changes_of(organisation_id, asked)
    named = FactMonth.objects.filter(
        organisation_id=organisation_id, month__in=asked, layout=LAYOUT
    )
    home = folder()
    return {
        month: home / file
        for month, file, size, made_of in named.values_list("month", "file", "size", "made_of")
        if made_of == changes.get(month, 0) and _is_whole(home / file, size)
    }


def answers_in(organisation: Organisation, month: int) -> ResponseQuerySet:
    """The responses of a month, each on the calendar of its own site."""
    zones = set(Site.objects.filter(organisation=organisation).values_list("zone", flat=True))
    wanted = Q()
    for zone in sorted({*zones, organisation.zone}):
        start, stop = month_bounds(month, zone)
        here = Q(received_at__gte=start, received_at__lt=stop)
        at_home = Q(site__isnull=True) if zone == organisation.zone else Q(pk__in=[])
        wanted |= here & (Q(site__zone=zone) | at_home)
    edges = [month_bounds(month, zone) for zone in {*zones, organisation.zone}]
    # The outer edges as a plain range, so that the index by time serves.
    return Response.objects.filter(organisation=organisation).received_between(
        min(edge[0] for edge in edges), max(edge[1] for edge in edges)
    ).filter(wanted)  # fmt: skip


def _is_whole(path: Path, size: int) -> bool:
    try:
        return path.stat().st_size == size
    except OSError:
        return False


def _in_rows(wanted: Wanted) -> Iterator[tuple[Group, int]]:
    facts = Fact.objects.filter(
        organisation_id=wanted.organisation_id,
        item=wanted.item,
        month__gte=wanted.period.start.code,
        month__lt=wanted.period.stop.code,
    )
    if wanted.places is not None:
        facts = facts.filter(place_id__in=list(wanted.places))
    for row in facts.values_list(*wanted.by).annotate(n=Count("*")).order_by():
        yield row[:-1], row[-1]


def _in_files(wanted: Wanted, current: dict[int, Path]) -> Sequence[tuple[Group, int]]:
    """From the files, in one question. A range of places is asked, and the others put away."""
    if not current or wanted.places == frozenset():
        return []
    given = {
        "organisation": wanted.organisation_id,
        "item": wanted.item,
        "start": wanted.period.start.code,
        "stop": wanted.period.stop.code,
    }
    narrowed = wanted.places is not None and "place_id" in wanted.by
    if wanted.places is not None:
        given |= {"low": min(wanted.places), "high": max(wanted.places)}
    rows = ask(sql_of(wanted.by, narrowed=wanted.places is not None), list(current.values()), given)
    if not narrowed:
        return [(row[:-1], row[-1]) for row in rows]
    at = wanted.by.index("place_id")
    return [(row[:-1], row[-1]) for row in rows if row[at] in _named(wanted.places)]


def _kind(code: str) -> Func:
    """The kind of thing an answer is, as the database names it: SQLite reads "3" and 3 alike."""
    if connection.vendor == "sqlite":
        path = Value(f'$."{code}"')
        return Func(F("answers"), path, function="JSON_TYPE", output_field=TextField())
    answer = KeyTransform(code, "answers")
    return Func(answer, function="JSONB_TYPEOF", output_field=TextField())


def _named(places: Collection[int] | None) -> Collection[int]:
    return places or ()


def in_answers(wanted: Wanted, month: int) -> Iterator[tuple[Group, int]]:
    """A month counted from the answers as they stand in the database."""
    instrument, _, code = wanted.item.partition(".")
    home = Organisation.objects.get(pk=wanted.organisation_id)
    answers = answers_in(home, month).filter(instrument=instrument)
    answers = answers.annotate(kind=_kind(code)).filter(kind__in=_NUMBERS)
    if wanted.places is not None:
        answers = answers.filter(place_id__in=list(wanted.places))
    columns = [name for name in wanted.by if name not in ("day", "month", "value", "helped")]
    if "helped" in wanted.by and "mode" not in columns:
        columns.append("mode")
    when = ["received_at", "site__zone"] if "day" in wanted.by else []
    rows = answers.order_by().annotate(answer=KeyTransform(code, "answers"))
    grouped: Counter[Group] = Counter()
    for row in rows.values_list("answer", *columns, *when).annotate(n=Count("*")):
        for _, value in answered({code: row[0]}):
            known = {**dict(zip(columns, row[1:], strict=False)), "month": month, "value": value}
            if "mode" in columns:
                known["mode"], known["helped"] = device_of(known["mode"])
            if when:
                known["day"] = row[-3].astimezone(zone_named(row[-2] or home.zone)).date()
            grouped[tuple(known[name] for name in wanted.by)] += row[-1]
    yield from grouped.items()
