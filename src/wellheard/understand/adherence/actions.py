"""Keeping what a file tells of medicines, and taking it back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from wellheard.base.audit.actor import Actor
from wellheard.base.audit.trail import acting
from wellheard.people.places.models import Organisation, Place
from wellheard.understand.adherence.models import AdherenceRecord

_AT_ONCE = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class NewAdherence:
    """One line of a file: see ``AdherenceRecord``."""

    person_key: str
    starts_on: date
    days: int
    days_covered: int
    reminded: bool
    programme: str
    design: str
    medicine: str = ""
    place_id: int | None = None
    age_band: str = ""
    sex: str = ""
    payer: str = ""


def receive_adherence(
    rows: Sequence[NewAdherence],
    *,
    organisation: Organisation,
    batch: UUID,
    by: Actor,
    at: datetime,
) -> int:
    """Keep many lines as one batch; how many were new. A person's line with the same programme,
    medicine and first day is kept once. Raises ValueError for a place of another organisation or
    a programme told with two designs."""
    with acting(by, at=at) as trail:
        ours = set(Place.objects.of(organisation.pk).values_list("pk", flat=True))
        if any(row.place_id is not None and row.place_id not in ours for row in rows):
            raise ValueError("a line names a place of another organisation")
        _one_design_each(rows, organisation)
        known = _known(organisation)
        fresh = {_key(row): row for row in rows if _key(row) not in known}
        AdherenceRecord.objects.bulk_create(
            [_record(row, organisation, batch, at) for row in fresh.values()], batch_size=_AT_ONCE
        )
        trail.write("adherence.received", ("understand.batch", str(batch)), count=len(fresh))
    return len(fresh)


def undo_adherence(*, organisation: Organisation, batch: UUID, by: Actor, at: datetime) -> int:
    """Take back what a batch brought. How many."""
    with acting(by, at=at) as trail:
        rows = AdherenceRecord.objects.filter(organisation=organisation, import_batch=batch)
        count, _ = rows.delete()
        trail.write("adherence.undone", ("understand.batch", str(batch)), count=count)
    return count


def _one_design_each(rows: Sequence[NewAdherence], organisation: Organisation) -> None:
    """A comparison came about in one way: a programme of two designs would be none."""
    held = AdherenceRecord.objects.filter(organisation=organisation)
    known = dict(held.order_by().values_list("programme", "design").distinct())
    for row in rows:
        if known.setdefault(row.programme, row.design) != row.design:
            raise ValueError(f"programme {row.programme[:40]!r} is told with two designs")


Key = tuple[str, str, str, date]


def _key(row: NewAdherence) -> Key:
    return (row.programme, row.person_key, row.medicine, row.starts_on)


def _known(organisation: Organisation) -> set[Key]:
    held = AdherenceRecord.objects.filter(organisation=organisation)
    return set(held.values_list("programme", "person_key", "medicine", "starts_on"))


def _record(
    row: NewAdherence, organisation: Organisation, batch: UUID, at: datetime
) -> AdherenceRecord:
    return AdherenceRecord(
        organisation=organisation,
        place_id=row.place_id,
        programme=row.programme,
        design=row.design,
        person_key=row.person_key,
        medicine=row.medicine,
        starts_on=row.starts_on,
        days=row.days,
        days_covered=row.days_covered,
        reminded=row.reminded,
        age_band=row.age_band,
        sex=row.sex,
        payer=row.payer,
        recorded_at=at,
        import_batch=batch,
    )
