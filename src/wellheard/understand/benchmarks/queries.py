"""Reading the benchmark store: find a hospital, set it beside its state and the nation."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from django.db.models import Q, QuerySet

from wellheard.understand.benchmarks.models import (
    Benchmark,
    BenchmarkEntity,
    BenchmarkFootnote,
    BenchmarkRelease,
)
from wellheard.understand.benchmarks.rules import (
    Figure,
    PeriodMismatchError,
    Sized,
    Standing,
    SurveyMismatchError,
    check_comparable,
    standing,
)

_DATA = Path(__file__).with_name("data")
NATION = "US"


@dataclass(frozen=True, slots=True)
class Beside:
    """A figure to compare with, or why there is none: "period", "survey" or "absent"."""

    figure: Figure | None
    refused: str = ""


@dataclass(frozen=True, slots=True)
class Comparison:
    """One measure of one hospital beside its state and the nation, and among all hospitals."""

    hospital: Figure
    state: Beside
    nation: Beside
    standing: Standing | None


def find_hospitals(organisation_id: int, words: str, *, limit: int = 30) -> list[BenchmarkEntity]:
    """Hospitals whose name, city, state or CCN holds every word."""
    found = BenchmarkEntity.objects.filter(
        organisation_id=organisation_id, level=BenchmarkEntity.Level.HOSPITAL
    )
    for word in words.split()[:8]:
        found = found.filter(
            Q(name__icontains=word)
            | Q(city__icontains=word)
            | Q(state__iexact=word)
            | Q(code=word.upper())
        )
    return list(found.order_by("name", "code")[:limit])


def hospital(organisation_id: int, code: str) -> BenchmarkEntity:
    """The hospital of that CCN; raises BenchmarkEntity.DoesNotExist."""
    return BenchmarkEntity.objects.get(
        organisation_id=organisation_id, level=BenchmarkEntity.Level.HOSPITAL, code=code
    )


def releases(organisation_id: int) -> list[BenchmarkRelease]:
    """What has been loaded, newest first."""
    rows = BenchmarkRelease.objects.filter(organisation_id=organisation_id)
    return list(rows.order_by("-loaded_at", "-pk"))


def releases_of(entity: BenchmarkEntity) -> list[BenchmarkRelease]:
    """The releases that have figures of a hospital, newest period first."""
    rows = Benchmark.objects.filter(entity=entity).order_by("-period_end", "-release_id")
    ids = dict.fromkeys(rows.values_list("release_id", flat=True))
    found = BenchmarkRelease.objects.in_bulk(ids)
    return [found[pk] for pk in ids]


def measures_of(entity: BenchmarkEntity, release: BenchmarkRelease) -> list[str]:
    """Every measure that a release has of a hospital."""
    rows = Benchmark.objects.filter(entity=entity, release=release).order_by("measure")
    return list(rows.values_list("measure", flat=True))


def compare(
    entity: BenchmarkEntity, release: BenchmarkRelease, measures: Iterable[str]
) -> list[Comparison]:
    """Each measure that the release has for the hospital, beside state and nation."""
    own = _figures(Benchmark.objects.filter(entity=entity, release=release))
    beside = _beside(entity)
    return [
        Comparison(
            own[code],
            _chosen(own[code], beside.get((BenchmarkEntity.Level.STATE, code), ())),
            _chosen(own[code], beside.get((BenchmarkEntity.Level.NATION, code), ())),
            _standing(own[code], release),
        )
        for code in measures
        if code in own
    ]


def _figures(rows: QuerySet[Benchmark]) -> dict[str, Figure]:
    return {row.measure: _figure(row) for row in rows.select_related("release", "entity")}


def _figure(row: Benchmark) -> Figure:
    return Figure(
        entity=row.entity.name,
        survey=row.release.survey,
        release=row.release.release,
        measure=row.measure,
        value=row.value,
        completes=row.completes,
        footnotes=tuple(row.footnotes),
        period_start=row.period_start,
        period_end=row.period_end,
    )


def _beside(entity: BenchmarkEntity) -> dict[tuple[str, str], list[Figure]]:
    """Figures of the hospital's state and of the nation, by level and measure, newest first."""
    rows = Benchmark.objects.filter(organisation_id=entity.organisation_id).filter(
        Q(entity__level=BenchmarkEntity.Level.STATE, entity__code=entity.state)
        | Q(entity__level=BenchmarkEntity.Level.NATION)
    )
    found: dict[tuple[str, str], list[Figure]] = {}
    for row in rows.select_related("release", "entity").order_by("-period_end", "-release_id"):
        found.setdefault((row.entity.level, row.measure), []).append(_figure(row))
    return found


def _chosen(own: Figure, candidates: Iterable[Figure]) -> Beside:
    """The first candidate that may be compared; otherwise why none may."""
    refused = "absent"
    for candidate in candidates:
        try:
            check_comparable(own, candidate)
        except PeriodMismatchError:
            refused = "period"
        except SurveyMismatchError:
            refused = "survey" if refused == "absent" else refused
        else:
            return Beside(candidate)
    return Beside(None, refused)


def _standing(own: Figure, release: BenchmarkRelease) -> Standing | None:
    if own.value is None:
        return None
    published = Benchmark.objects.filter(
        release=release,
        measure=own.measure,
        value__isnull=False,
        entity__level=BenchmarkEntity.Level.HOSPITAL,
        period_start=own.period_start,
        period_end=own.period_end,
    ).values_list("value", flat=True)
    values = [value for value in published if value is not None]
    return standing(own.value, values) if len(values) > 1 else None


def sized_figures(entity: BenchmarkEntity, release: BenchmarkRelease, measure: str) -> list[Sized]:
    """Every hospital of the release whose share and number of completes were both published.

    Of the period of this hospital's own figure only. Stars and linear scores are no shares.
    """
    own = Benchmark.objects.filter(entity=entity, release=release, measure=measure).first()
    if own is None or own.kind != Benchmark.Kind.PERCENT:
        return []
    rows = Benchmark.objects.filter(
        release=release,
        measure=measure,
        entity__level=BenchmarkEntity.Level.HOSPITAL,
        value__isnull=False,
        completes__gt=0,
        period_start=own.period_start,
        period_end=own.period_end,
    ).order_by("entity__code")
    columns = ("entity__code", "entity__name", "entity__state", "value", "completes")
    return [Sized(*row) for row in rows.values_list(*columns)]


@cache
def known_measures() -> Mapping[str, Any]:
    """What the published measures are called: `main`, `titles` and `measures` by id."""
    page: Mapping[str, Any] = json.loads(
        (_DATA / "hcahps-measures-2024-07.json").read_text("utf-8")
    )
    return page


def footnote_texts(organisation_id: int) -> dict[str, str]:
    """What each footnote means: as loaded, else as shipped."""
    loaded = BenchmarkFootnote.objects.filter(organisation_id=organisation_id)
    return {**_shipped_footnotes(), **dict(loaded.values_list("code", "text"))}


@cache
def _shipped_footnotes() -> Mapping[str, str]:
    page = json.loads((_DATA / "footnotes-2024-07.json").read_text("utf-8"))
    texts: Mapping[str, str] = page["footnotes"]
    return texts
