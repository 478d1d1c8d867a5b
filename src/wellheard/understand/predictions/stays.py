"""Reading stays for the readmission model: who went home, and who came back within 30 days."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db.models import Q, QuerySet

from wellheard.measures.risk.examples import Example
from wellheard.people.visits.models import Visit
from wellheard.understand.predictions.rules import (
    READMISSION_FEATURES,
    WINDOW,
    Discharge,
    History,
    Stay,
    readmission_discharges,
    readmission_example,
)

# Whoever died or went to a hospice is not predicted and not counted.
GONE = (Visit.Discharge.DIED, Visit.Discharge.HOSPICE)
# A prediction made much later than the discharge would help nobody.
_FRESH = timedelta(days=7)
_GROUPS = ("age_band", "sex", "ethnicity", "language", "payer")


def readmission_history(organisation_id: int, *, until: datetime) -> History:
    """Discharges whose 30 days were over before ``until``, in the order of their end."""
    found = _discharges(_visits(organisation_id), until=until)
    known = sorted(
        (each for each in found if each.stay.ended + WINDOW <= until),
        key=lambda each: (each.stay.ended, each.stay.pk),
    )
    return History(
        kind="readmission",
        features=READMISSION_FEATURES,
        examples=[readmission_example(each) for each in known],
        outcome=[each.back is not None for each in known],
        who=[each.stay.who for each in known],
        groups={
            name.replace("_", " "): [each.stay.groups[name] for each in known] for name in _GROUPS
        },
        reachable=[True for _ in known],
        first_day=f"{known[0].stay.ended:%Y-%m-%d}" if known else "",
        last_day=f"{known[-1].stay.ended:%Y-%m-%d}" if known else "",
    )


def went_home(organisation_id: int, *, at: datetime) -> list[tuple[int, Example]]:
    """Discharges of the last days, of people who live, with what is known of them."""
    fresh = Visit.objects.filter(
        organisation_id=organisation_id,
        kind=Visit.Kind.INPATIENT,
        status=Visit.Status.FINISHED,
        ended_at__gt=at - _FRESH,
        ended_at__lte=at,
    ).exclude(patient__deceased_on__isnull=False)
    wanted = set(fresh.values_list("pk", flat=True))
    found = _discharges(_of_the_same_people(organisation_id, fresh), until=at)
    return [(each.stay.pk, readmission_example(each)) for each in found if each.stay.pk in wanted]


def came_back(organisation_id: int, rows: QuerySet[Visit], *, at: datetime) -> dict[int, bool]:
    """Visits whose end is known: back is known at once, not back when the 30 days are over."""
    wanted = set(rows.values_list("pk", flat=True))
    found = _discharges(_of_the_same_people(organisation_id, rows), until=at)
    return {
        each.stay.pk: each.back is not None
        for each in found
        if each.stay.pk in wanted and (each.back is not None or each.stay.ended + WINDOW <= at)
    }


def _visits(organisation_id: int) -> QuerySet[Visit]:
    return Visit.objects.filter(
        organisation_id=organisation_id,
        kind__in=[Visit.Kind.INPATIENT, Visit.Kind.EMERGENCY],
        status__in=[Visit.Status.ARRIVED, Visit.Status.FINISHED],
    )


def _of_the_same_people(organisation_id: int, rows: QuerySet[Visit]) -> QuerySet[Visit]:
    keys = rows.exclude(person_key="").values("person_key")
    patients = rows.filter(person_key="", patient__isnull=False).values("patient_id")
    return _visits(organisation_id).filter(
        Q(person_key__in=keys) | Q(person_key="", patient_id__in=patients)
    )


def stays_since(organisation_id: int, *, since: datetime, until: datetime) -> list[Stay]:
    """Stays and emergency visits of known people that were not over before ``since``."""
    rows = _visits(organisation_id).filter(Q(ended_at__gte=since) | Q(ended_at=None))
    return _stays(rows, until=until)


def _discharges(rows: QuerySet[Visit], *, until: datetime) -> list[Discharge]:
    return readmission_discharges(_stays(rows, until=until))


def _stays(rows: QuerySet[Visit], *, until: datetime) -> list[Stay]:
    read = rows.select_related("place").order_by("pk")
    stays = [_stay(row, until) for row in read.iterator(chunk_size=5000)]
    return [each for each in stays if each is not None]


def _stay(row: Visit, until: datetime) -> Stay | None:
    """The visit as it was known at ``until``; None for somebody unknown or for a later one."""
    who = row.person_key or (f"patient {row.patient_id}" if row.patient_id else "")
    over = row.ended_at if row.status == Visit.Status.FINISHED else None
    ended = over if over and over <= until else None
    began = row.arrived_at or row.scheduled_at or (over and over - timedelta(days=row.nights or 0))
    if not who or began is None or began > until:
        return None
    return Stay(
        pk=row.pk,
        who=who,
        inpatient=row.kind == Visit.Kind.INPATIENT,
        began=began,
        ended=ended or began,
        open=ended is None,
        gone=row.discharge_to in GONE,
        nights=row.nights,
        age=row.age,
        discharged_to=row.discharge_to,
        line=row.service_line,
        groups={name: getattr(row, name) for name in _GROUPS},
        place=row.place_id,
        site=row.place.site_id,
        planned=row.planned,
        transferred=row.by_transfer,
        booked=row.booked_at,
        exclusion=row.exclusion,
    )
