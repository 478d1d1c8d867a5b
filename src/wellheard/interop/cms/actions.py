"""Filling the benchmark store from a CMS file."""

from __future__ import annotations

import hashlib
import uuid
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from wellheard.base.audit.actor import Actor
from wellheard.base.audit.trail import Trail, acting
from wellheard.interop.cms.codec import Figure, Release, read_release
from wellheard.interop.csvfiles.codec import read_table
from wellheard.interop.csvfiles.models import ImportBatch
from wellheard.understand.benchmarks.actions import (
    NewBenchmark,
    load_benchmarks,
    load_footnotes,
)


@dataclass(frozen=True, slots=True)
class Loaded:
    """What one file brought."""

    file: str
    survey: str
    release: str
    figures: int
    not_published: int
    entities: int
    footnotes: int = 0

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)


def import_cms(data: bytes, file_name: str, *, by: Actor, at: datetime) -> Loaded:
    """Read one file and keep its figures, replacing those of a file of the same name.

    Raises FileRefusedError, and then nothing is kept.
    """
    release = read_release(read_table(data), file_name)
    with acting(by, at=at) as trail:
        _load(release, file_name, by, at)
        told = summary(release, file_name)
        _note(trail, told, data)
    return told


def _load(release: Release, file_name: str, by: Actor, at: datetime) -> None:
    if release.footnotes is not None:
        load_footnotes(release.footnotes, release=file_name, by=by, at=at)
    elif release.figures:
        load_benchmarks(
            (_row(figure) for figure in release.figures),
            survey=release.survey,
            release=release.label,
            source_file=file_name,
            by=by,
            at=at,
        )


def _note(trail: Trail, told: Loaded, data: bytes) -> None:
    """Beside the other imports stands who loaded which file, and what it brought."""
    kept = told.figures or told.footnotes
    row = ImportBatch.objects.create(
        organisation_id=trail.by.organisation_id,
        batch=uuid.uuid4(),
        kind=ImportBatch.Kind.CMS,
        file_name=told.file[:200],
        sha256=hashlib.sha256(data).hexdigest(),
        rows=kept,
        imported=kept,
        imported_by=f"{trail.by.kind}:{trail.by.ref}",
        imported_at=trail.at,
    )
    trail.write("import.kept", row, kind=row.kind, imported=kept, duplicates=0)


def _row(figure: Figure) -> NewBenchmark:
    return NewBenchmark(
        level=figure.level,
        code=figure.code,
        measure=figure.measure,
        value=figure.value,
        period_start=figure.period[0],
        period_end=figure.period[1],
        kind=figure.kind,
        name=figure.name,
        city=figure.city,
        state=figure.state,
        completes=figure.completes,
        response_rate=figure.response_rate,
        footnotes=figure.footnotes,
    )


def summary(release: Release, file_name: str) -> Loaded:
    """What a file holds, before or after it is kept."""
    return Loaded(
        file_name,
        release.survey,
        release.label,
        len(release.figures),
        sum(figure.value is None for figure in release.figures),
        len({(figure.level, figure.code) for figure in release.figures}),
        len(release.footnotes or {}),
    )
