"""Recording how many were treated."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from wellheard.base.audit.actor import Actor
from wellheard.base.audit.trail import acting
from wellheard.base.tables.bulk import insert_rows
from wellheard.people.patients.bulk import Newcomer, recognise_patients
from wellheard.people.places.models import Organisation, Place
from wellheard.people.visits.models import Visit, VisitCount

ALL = "all"
_ASKED_AT_ONCE = 900
_NOBODY = Newcomer()


@dataclass(frozen=True, slots=True)
class NewCount:
    """Visits in one month; ``group`` and ``value`` are "all" for everybody."""

    place_id: int
    month: date
    visits: int
    group: str = ALL
    value: str = ALL


def record_visits(counts: Iterable[NewCount], *, by: Actor, at: datetime) -> int:
    """Keep the counts, replacing earlier ones of the same place, month and group. How many.

    Raises ValueError for a place of another organisation or a month that is not a first day.
    """
    rows = list(counts)
    with acting(by, at=at) as trail:
        ours = set(Place.objects.of(by.organisation_id).values_list("pk", flat=True))
        if any(row.place_id not in ours for row in rows):
            raise ValueError("a count names a place of another organisation")
        if any(row.month.day != 1 for row in rows):
            raise ValueError("a month is given by its first day")
        VisitCount.objects.bulk_create(
            [
                VisitCount(
                    organisation_id=by.organisation_id,
                    place_id=row.place_id,
                    month=row.month,
                    group=row.group,
                    value=row.value,
                    visits=row.visits,
                )
                for row in rows
            ],
            batch_size=2000,
            update_conflicts=True,
            update_fields=["visits"],
            unique_fields=["place", "month", "group", "value"],
        )
        trail.write("visits_recorded", ("people.visitcount", "batch"), count=len(rows))
    return len(rows)


@dataclass(frozen=True, slots=True, kw_only=True)
class NewVisit:
    """One stay or appointment as a feed tells it; codes are those of ``Visit``."""

    place_id: int
    kind: str
    status: str
    person: Newcomer = _NOBODY
    external_id: str = ""
    household: str = ""
    booked_at: datetime | None = None
    scheduled_at: datetime | None = None
    arrived_at: datetime | None = None
    roomed_at: datetime | None = None
    seen_at: datetime | None = None
    ended_at: datetime | None = None
    cancelled_at: datetime | None = None
    discharge_to: str = ""
    service_line: str = ""
    exclusion: str = ""
    reason: str = ""
    reminder: str = ""
    booked_by: str = ""
    referral_source: str = ""
    planned: bool | None = None
    by_transfer: bool | None = None
    language: str = ""
    nights: int | None = None
    age: int | None = None
    age_band: str = ""
    sex: str = ""
    ethnicity: str = ""
    payer: str = ""
    travel: str = ""
    mobility: str = ""


@dataclass(frozen=True, slots=True)
class Received:
    """What became of visits handed over together."""

    new: int
    moved_on: int
    known: int


def receive_visits(
    visits: Sequence[NewVisit], *, organisation: Organisation, batch: UUID, by: Actor, at: datetime
) -> Received:
    """Keep many visits as one batch: all or none, one audit row, one event.

    A visit with a known ``external_id`` is a second telling: left alone when it says the same or
    the visit is over, moved on when it was planned or begun and is now further. Raises ValueError
    for a place of another organisation.
    """
    with acting(by, at=at) as trail:
        ours = set(Place.objects.of(organisation.pk).values_list("pk", flat=True))
        if any(visit.place_id not in ours for visit in visits):
            raise ValueError("a visit names a place of another organisation")
        last = {v.external_id or f"#{n}": v for n, v in enumerate(visits)}
        held = _held(organisation, [v.external_id for v in last.values() if v.external_id])
        fresh = [v for v in last.values() if v.external_id not in held]
        moved = [v for v in last.values() if v.external_id in held and _further(v, held)]
        patients = _patients(fresh + moved, organisation, by, at)
        insert_rows(
            Visit,
            [
                _columns(v, p, organisation, batch, at)
                for v, p in zip(fresh, patients, strict=False)
            ],
        )
        for visit, patient in zip(moved, patients[len(fresh) :], strict=True):
            values = _columns(visit, patient, organisation, batch, at)
            Visit.objects.filter(organisation=organisation, external_id=visit.external_id).update(
                **{name: value for name, value in values.items() if not _stays(name, value)}
            )
        known = len(visits) - len(fresh) - len(moved)
        trail.write(
            "visits_received",
            ("people.batch", str(batch)),
            new=len(fresh),
            moved_on=len(moved),
            known=known,
        )
        trail.publish("people.visits_received", batch=str(batch))
    return Received(len(fresh), len(moved), known)


def undo_visits(*, organisation: Organisation, batch: UUID, by: Actor, at: datetime) -> int:
    """Take back the visits a batch brought (not what it moved on, nor the patients). How many."""
    with acting(by, at=at) as trail:
        rows = Visit.objects.filter(organisation=organisation, import_batch=batch)
        count, _ = rows.delete()
        trail.write("visits_undone", ("people.batch", str(batch)), count=count)
    return count


def _stays(name: str, value: Any) -> bool:
    """Whether a later telling leaves this as it was: how it was booked is told only at first."""
    return name in _FIRST_TOLD or (name in _OF_THE_BOOKING and value in ("", None))


_STEPS = {
    Visit.Status.PLANNED: 0,
    Visit.Status.ARRIVED: 1,
    Visit.Status.FINISHED: 2,
    Visit.Status.NO_SHOW: 2,
    Visit.Status.CANCELLED: 2,
}


def _further(visit: NewVisit, held: Mapping[str, str]) -> bool:
    return _STEPS[Visit.Status(visit.status)] > _STEPS[Visit.Status(held[visit.external_id])]


def _held(organisation: Organisation, ids: Sequence[str]) -> dict[str, str]:
    held: dict[str, str] = {}
    for start in range(0, len(ids), _ASKED_AT_ONCE):
        some = ids[start : start + _ASKED_AT_ONCE]
        rows = Visit.objects.filter(organisation=organisation, external_id__in=some)
        held.update(rows.values_list("external_id", "status"))
    return held


def _patients(
    visits: Sequence[NewVisit], organisation: Organisation, by: Actor, at: datetime
) -> list[int | None]:
    keys = list({v.person.key for v in visits if v.person.key})
    known: dict[str, int] = {}
    for start in range(0, len(keys), _ASKED_AT_ONCE):
        rows = Visit.objects.filter(
            organisation=organisation,
            person_key__in=keys[start : start + _ASKED_AT_ONCE],
            patient__isnull=False,
        )
        known.update(rows.order_by("pk").values_list("person_key", "patient_id"))
    people = [v.person for v in visits]
    return recognise_patients(people, organisation=organisation, known=known, by=by, at=at)


def _columns(
    visit: NewVisit, patient_id: int | None, organisation: Organisation, batch: UUID, at: datetime
) -> dict[str, Any]:
    return {
        "organisation_id": organisation.pk,
        "place_id": visit.place_id,
        "patient_id": patient_id,
        "person_key": visit.person.key,
        "import_batch": batch,
        "recorded_at": at,
        **{name: getattr(visit, name) for name in _COPIED},
    }


_FIRST_TOLD = frozenset({"organisation_id", "import_batch", "recorded_at", "booked_at"})
_OF_THE_BOOKING = frozenset(
    {"scheduled_at", "booked_by", "reminder", "referral_source", "planned", "travel", "mobility"}
)
_COPIED = (
    "external_id", "household", "kind", "status", "booked_at", "scheduled_at", "arrived_at",
    "roomed_at", "seen_at", "ended_at", "cancelled_at", "discharge_to", "service_line",
    "exclusion", "reason", "reminder", "booked_by", "referral_source", "planned", "by_transfer",
    "language", "nights", "age", "age_band", "sex", "ethnicity", "payer", "travel", "mobility",
)  # fmt: skip
