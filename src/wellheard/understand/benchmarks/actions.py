"""Filling the benchmark store. Reading the files is another's work; rows come in ready."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from wellheard.base.audit.actor import Actor
from wellheard.base.audit.trail import acting
from wellheard.base.tables.bulk import insert_rows
from wellheard.understand.benchmarks.models import (
    Benchmark,
    BenchmarkEntity,
    BenchmarkFootnote,
    BenchmarkRelease,
)

_AT_ONCE = 4_000


@dataclass(frozen=True, slots=True, kw_only=True)
class NewBenchmark:
    """One figure as a file gives it. `level`: hospital, state or nation; `code`: CCN, letters, US.

    `kind`: percent, linear, star or points; `value` None when the file gives none; `footnotes`:
    their codes; `period_start` and `period_end`: first and last day.
    """

    level: str
    code: str
    measure: str
    value: float | None
    period_start: date
    period_end: date
    kind: str = "percent"
    name: str = ""
    city: str = ""
    state: str = ""
    completes: int | None = None
    response_rate: float | None = None
    footnotes: tuple[str, ...] = ()


def load_benchmarks(
    rows: Iterable[NewBenchmark],
    *,
    survey: str,
    release: str,
    source_file: str,
    by: Actor,
    at: datetime,
) -> BenchmarkRelease:
    """Keep the figures of one file, all or none; a file of the same name is replaced.

    Raises IntegrityError when the file gives a figure twice.
    """
    new = list(rows)
    with acting(by, at=at) as trail:
        BenchmarkRelease.objects.filter(
            organisation_id=by.organisation_id, source_file=source_file
        ).delete()
        kept = BenchmarkRelease.objects.create(
            organisation_id=by.organisation_id,
            survey=survey,
            release=release,
            source_file=source_file,
            rows=len(new),
            loaded_by=f"{by.kind}:{by.ref}",
            loaded_at=at,
        )
        entities = _entities(new, by.organisation_id)
        insert_rows(Benchmark, [_row(row, kept, entities[row.level, row.code]) for row in new])
        trail.write("benchmarks_loaded", kept, rows=len(new), survey=survey)
        trail.publish("understand.benchmarks_loaded", release_id=kept.pk)
    return kept


def load_footnotes(texts: Mapping[str, str], *, release: str, by: Actor, at: datetime) -> int:
    """Keep what footnotes mean; a text for a known code replaces the earlier one. How many."""
    with acting(by, at=at) as trail:
        BenchmarkFootnote.objects.bulk_create(
            [
                BenchmarkFootnote(
                    organisation_id=by.organisation_id, code=code, text=text, release=release
                )
                for code, text in texts.items()
            ],
            update_conflicts=True,
            update_fields=["text", "release"],
            unique_fields=["organisation", "code"],
        )
        trail.write("footnotes_loaded", ("understand.footnotes", release), count=len(texts))
    return len(texts)


def _entities(rows: Sequence[NewBenchmark], organisation_id: int) -> dict[tuple[str, str], int]:
    wanted = {(row.level, row.code): row for row in rows}
    BenchmarkEntity.objects.bulk_create(
        [
            BenchmarkEntity(
                organisation_id=organisation_id,
                level=level,
                code=code,
                name=row.name or code,
                city=row.city,
                state=row.state,
            )
            for (level, code), row in wanted.items()
        ],
        batch_size=_AT_ONCE,
        update_conflicts=True,
        update_fields=["name", "city", "state"],
        unique_fields=["organisation", "level", "code"],
    )
    mine = BenchmarkEntity.objects.filter(organisation_id=organisation_id)
    return {(level, code): pk for level, code, pk in mine.values_list("level", "code", "pk")}


def _row(row: NewBenchmark, release: BenchmarkRelease, entity_id: int) -> dict[str, object]:
    return {
        "organisation_id": release.organisation_id,
        "release_id": release.pk,
        "entity_id": entity_id,
        "measure": row.measure,
        "kind": row.kind,
        "value": row.value,
        "completes": row.completes,
        "response_rate": row.response_rate,
        "footnotes": list(row.footnotes),
        "period_start": row.period_start,
        "period_end": row.period_end,
    }
