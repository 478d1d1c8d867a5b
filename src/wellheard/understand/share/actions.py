"""Keeping a file of published cases."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from wellheard.base.audit.actor import Actor
from wellheard.base.audit.trail import acting
from wellheard.understand.share.models import ShareCell, ShareFile
from wellheard.understand.share.rules import Cell

_AT_ONCE = 2_000


class ShareFileError(ValueError):
    """The file contradicts what was kept; the message says how."""


@dataclass(frozen=True, slots=True)
class NewShareFile:
    """A file as it was read: the cells of every hospital in our areas."""

    year: int
    ours: tuple[str, ...]
    file_name: str
    sha256: str
    rows: int
    cells: tuple[Cell, ...]


def keep_share_file(new: NewShareFile, *, by: Actor, at: datetime) -> ShareFile:
    """Keep it; of its year it holds from now on. Raises ShareFileError.

    The very file of another year is a slip of whoever brings it, and so is a year to come.
    """
    if new.year > at.year:
        raise ShareFileError(f"year: {new.year} is still to come")
    with acting(by, at=at) as trail:
        known = ShareFile.objects.filter(
            organisation_id=by.organisation_id, sha256=new.sha256
        ).exclude(year=new.year)
        if twin := known.first():
            raise ShareFileError(f"year: this very file was kept as that of {twin.year}")
        kept = ShareFile.objects.create(
            organisation_id=by.organisation_id,
            year=new.year,
            ours=list(new.ours),
            file_name=new.file_name,
            sha256=new.sha256,
            rows=new.rows,
            kept_by=f"{by.kind}:{by.ref}",
            kept_at=at,
        )
        ShareCell.objects.bulk_create(
            [
                ShareCell(
                    file=kept, hospital=each.hospital, area=each.area, cases=each.cases,
                    days=each.days,
                )
                for each in new.cells
            ],
            batch_size=_AT_ONCE,
        )  # fmt: skip
        trail.write("share_file_kept", kept, year=new.year, cells=len(new.cells))
    return kept
