"""Keeping a Hospital Service Area file."""

from __future__ import annotations

import uuid
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from wellheard.base.audit.actor import Actor
from wellheard.base.audit.trail import acting
from wellheard.interop.csvfiles.actions import FileFacts, RowsRefusedError
from wellheard.interop.csvfiles.codec import FileRefusedError, read_table
from wellheard.interop.csvfiles.models import ImportBatch
from wellheard.interop.servicearea.codec import (
    ServiceArea,
    read_hospitals,
    read_service_area,
    read_year,
)
from wellheard.understand.share.actions import NewShareFile, ShareFileError, keep_share_file


@dataclass(frozen=True, slots=True)
class Seen:
    """What a file holds, before or after it is kept."""

    file: str
    year: int
    ours: tuple[str, ...]
    rows: int
    kept: int
    hospitals: int
    areas: int
    not_published: int

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)


def look_at(data: bytes, name: str, *, year: str, ours: str) -> Seen:
    """What a file would bring. Raises FileRefusedError, RowsRefusedError."""
    return _seen(*_read(data, name, year, ours), name)


def import_share(data: bytes, name: str, *, year: str, ours: str, by: Actor, at: datetime) -> Seen:
    """Keep the cells of our areas. Raises FileRefusedError, RowsRefusedError, and keeps nothing."""
    found, which, hospitals = _read(data, name, year, ours)
    facts = FileFacts.of(name, data)
    new = NewShareFile(which, hospitals, facts.name, facts.sha256, found.rows, tuple(found.cells))
    seen = _seen(found, which, hospitals, facts.name)
    try:
        with acting(by, at=at) as trail:
            keep_share_file(new, by=by, at=at)
            row = ImportBatch.objects.create(
                organisation_id=by.organisation_id,
                batch=uuid.uuid4(),
                kind=ImportBatch.Kind.SHARE,
                file_name=facts.name,
                sha256=facts.sha256,
                rows=found.rows,
                imported=len(found.cells),
                columns={"year": str(which), "ours": ", ".join(hospitals)},
                imported_by=f"{by.kind}:{by.ref}",
                imported_at=at,
            )
            trail.write("import.kept", row, kind=row.kind, imported=row.imported, duplicates=0)
    except ShareFileError as error:
        raise FileRefusedError(str(error)) from error
    return seen


def _read(data: bytes, name: str, year: str, ours: str) -> tuple[ServiceArea, int, tuple[str, ...]]:
    which, hospitals = read_year(year), read_hospitals(ours)
    found = read_service_area(read_table(data), hospitals, which, name)
    if found.faults:
        raise RowsRefusedError(found.faults)
    return found, which, hospitals


def _seen(found: ServiceArea, year: int, ours: tuple[str, ...], name: str) -> Seen:
    return Seen(
        file=name,
        year=year,
        ours=ours,
        rows=found.rows,
        kept=len(found.cells),
        hospitals=len({cell.hospital for cell in found.cells}),
        areas=len({cell.area for cell in found.cells}),
        not_published=sum(cell.cases is None for cell in found.cells) + found.nowhere,
    )
