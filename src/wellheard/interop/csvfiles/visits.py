"""Visits as a table: which values are understood, and taking them in whole or not at all.

A wrong telephone number is no reason to lose a visit, which counts in every denominator: such a
row is taken without the number, and the outcome is told by line. What says which visit it was
(place, kind, moments) must be right, or nothing of the file is kept.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

from wellheard.base.audit.actor import Actor
from wellheard.base.audit.trail import acting
from wellheard.base.vault.sealing import digest
from wellheard.interop.csvfiles.actions import (
    FileFacts,
    Imported,
    Places,
    RowsRefusedError,
    keep_batch,
)
from wellheard.interop.csvfiles.codec import Table
from wellheard.interop.csvfiles.rules import (
    Fault,
    Layout,
    Reading,
    columns,
    filled_rows,
    note_row,
    read_code,
    read_day,
    read_language,
    read_moment,
    take_cell,
)
from wellheard.people.patients.bulk import Newcomer
from wellheard.people.patients.rules import (
    ContactNotUnderstoodError,
    read_email,
    read_phone,
    tidy_name,
)
from wellheard.people.patients.vocabulary import name_placeholders
from wellheard.people.places.models import Organisation
from wellheard.people.visits.actions import NewVisit, receive_visits
from wellheard.people.visits.models import Visit

_PERSON, _HOME = "visit-person", "visit-household"
_MOMENTS = (
    "booked_at", "scheduled_at", "arrived_at", "roomed_at", "seen_at", "ended_at", "cancelled_at",
)  # fmt: skip
_IN_ORDER = ("arrived_at", "roomed_at", "seen_at", "ended_at")
_TEXTS = (
    "place", "site", "visit_id", "patient_id", "sex", "ethnicity", "payer", "referral_source",
)  # fmt: skip
_CODED = {
    "kind": "visit_kinds",
    "status": "visit_statuses",
    "discharge_to": "visit_discharges",
    "service_line": "visit_lines",
    "exclusion": "visit_exclusions",
    "reason": "visit_reasons",
    "reminder": "visit_reminders",
    "booked_by": "visit_bookings",
    "mobility": "visit_mobilities",
    "planned": "yes_or_no",
    "by_transfer": "yes_or_no",
}
_BEFORE = {
    "arrived_at": "the arrival",
    "roomed_at": "the moment of being roomed",
    "seen_at": "the moment of being seen",
}
_OLDEST = 130


@dataclass(slots=True)
class VisitReading(Reading):
    """``remarks``: cells that were left out, while their rows were taken."""

    remarks: list[Fault] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class ImportedVisits(Imported):
    """What became of a file of visits. ``moved_on``: known visits that are further now."""

    moved_on: int = 0
    remarks: Sequence[Fault] = ()


def read_visits(table: Table, layout: Layout, organisation: Organisation) -> VisitReading:
    """Every row of a file of visits, with faults (nothing is taken) and remarks (taken without).

    The newest allowed moment is not the clock's: a visit may be planned. That what is over ended
    before now is asked by ``import_visits``.
    """
    reading = VisitReading()
    zone, country = organisation.zone, organisation.country
    placeholders = name_placeholders()
    for row, cells, values, faults in filled_rows(table, layout, reading, _TEXTS):
        for name in _MOMENTS:
            faults += take_cell(values, row, layout, cells, name, lambda v: read_moment(v, zone))
        for name, vocabulary in _CODED.items():
            faults += take_cell(values, row, layout, cells, name, read_code(vocabulary))
        faults += take_cell(values, row, layout, cells, "language", read_language)
        faults += take_cell(values, row, layout, cells, "age", _age)
        faults += take_cell(values, row, layout, cells, "distance_km", travel_band)
        for name in ("born_on", "died_on"):
            faults += take_cell(values, row, layout, cells, name, read_day)
        values["age_band"] = cells.get("age_band", "").strip()
        values["name"] = tidy_name(cells.get("name", ""), placeholders=placeholders)
        values["address"] = " ".join(cells.get("address", "").casefold().split())
        for name, read in (("email", read_email), ("phone", lambda v: read_phone(v, country))):
            values[name] = _contact(reading.remarks, row.line, layout, cells, name, read)
        if not faults:
            faults = [*_missing(row.line, layout, values), *_order(row.line, layout, values)]
        note_row(reading, row, values, faults)
    return reading


def import_visits(
    table: Table,
    layout: Layout,
    file: FileFacts,
    *,
    organisation: Organisation,
    by: Actor,
    at: datetime,
) -> ImportedVisits:
    """Take in a table of visits, one row each; unknown places are made.

    Raises RowsRefusedError, and then nothing is kept.
    """
    reading = read_visits(table, layout, organisation)
    reading.faults += _not_yet(reading, layout, at)
    if reading.faults:
        raise RowsRefusedError(sorted(reading.faults, key=lambda fault: fault.line))
    with acting(by, at=at) as trail:
        places = Places(organisation, by, at)
        zone = ZoneInfo(organisation.zone)
        new = [_visit(values, places, zone) for _, values in reading.rows]
        batch = uuid.uuid4()
        received = receive_visits(new, organisation=organisation, batch=batch, by=by, at=at)
        kept = keep_batch(
            trail,
            "visits",
            batch,
            len(table.rows),
            layout,
            file,
            reading,
            received.new + received.moved_on,
            received.known,
        )
    return ImportedVisits(
        **kept.as_dict(), moved_on=received.moved_on, remarks=tuple(reading.remarks)
    )


def _visit(values: Mapping[str, Any], places: Places, zone: ZoneInfo) -> NewVisit:
    place = places.get(values["site"], values["place"])
    if place is None:
        raise ValueError("a visit without a place was read")
    over = values["ended_at"]
    age = values["age"] if values["age"] is not None else _age_at(values["born_on"], over)
    died_on = values["died_on"]
    if values["discharge_to"] == Visit.Discharge.DIED and died_on is None and over:
        died_on = over.date()
    return NewVisit(
        place_id=place.pk,
        kind=values["kind"],
        status=values["status"] or _status(values),
        person=Newcomer(
            key=digest(values["patient_id"], _PERSON) if values["patient_id"] else "",
            name=values["name"],
            email=values["email"],
            phone=values["phone"],
            language=values["language"] or "",
            died_on=died_on,
        ),
        external_id=values["visit_id"],
        household=digest(values["address"], _HOME) if values["address"] else "",
        booked_at=values["booked_at"],
        scheduled_at=values["scheduled_at"],
        arrived_at=values["arrived_at"],
        roomed_at=values["roomed_at"],
        seen_at=values["seen_at"],
        ended_at=over,
        cancelled_at=values["cancelled_at"],
        discharge_to=values["discharge_to"] or "",
        service_line=values["service_line"] or "",
        exclusion=values["exclusion"] or "",
        reason=values["reason"] or "",
        reminder=values["reminder"] or "",
        booked_by=values["booked_by"] or "",
        referral_source=values["referral_source"],
        planned=_said(values["planned"]),
        by_transfer=_said(values["by_transfer"]),
        language=values["language"] or "",
        nights=_nights(values["arrived_at"], over, zone),
        age=age,
        age_band=values["age_band"] or band_of(age),
        sex=values["sex"],
        ethnicity=values["ethnicity"],
        payer=values["payer"],
        travel=values["distance_km"] or "",
        mobility=values["mobility"] or "",
    )


def _said(code: str | None) -> bool | None:
    return None if code is None else code == "yes"


def travel_band(raw: str) -> str:
    """The wide band of a distance from home; the distance itself is let go here."""
    try:
        distance = float(raw.strip().replace(",", "."))
    except ValueError:
        raise ValueError(f"{raw[:40]!r} is not a distance in kilometres") from None
    for low, high, name in columns()["travel_bands"]:
        if low <= distance < high:
            return str(name)
    raise ValueError(f"{raw[:40]!r} is not a distance in kilometres")


def band_of(age: int | None) -> str:
    """The age band of an age in whole years; "" when unknown."""
    if age is None:
        return ""
    return next((name for low, high, name in columns()["age_bands"] if low <= age <= high), "")


def _nights(arrived: datetime | None, ended: datetime | None, zone: ZoneInfo) -> int | None:
    """Midnights between arrival and end, where the hospital stands."""
    if arrived is None or ended is None:
        return None
    return (ended.astimezone(zone).date() - arrived.astimezone(zone).date()).days


def _status(values: Mapping[str, Any]) -> str:
    if values["ended_at"]:
        return Visit.Status.FINISHED
    if values["cancelled_at"]:
        return Visit.Status.CANCELLED
    return Visit.Status.ARRIVED if values["arrived_at"] else Visit.Status.PLANNED


def _contact(
    remarks: list[Fault],
    line: int,
    layout: Layout,
    cells: Mapping[str, str],
    name: str,
    read: Callable[[str], str],
) -> str:
    raw = cells.get(name, "").strip()
    if not raw:
        return ""
    try:
        return read(raw)
    except ContactNotUnderstoodError:
        what = "an e-mail address" if name == "email" else "a telephone number"
        remarks.append(
            Fault(line, layout.used[name], f"is not {what}; the visit is kept without it")
        )
        return ""


def _missing(line: int, layout: Layout, values: Mapping[str, Any]) -> list[Fault]:
    faults = [
        Fault(line, layout.used[name], "is empty")
        for name in ("place", "kind")
        if values[name] in (None, "")
    ]
    if not any(values[name] for name in _MOMENTS):
        faults.append(Fault(line, layout.used["kind"], "has no moment at all"))
    finished = values["status"] == Visit.Status.FINISHED
    if finished and values["ended_at"] is None:
        faults.append(Fault(line, layout.used["status"], "is finished, but has no ended_at"))
    return faults


def _order(line: int, layout: Layout, values: Mapping[str, Any]) -> list[Fault]:
    ended, born = values["ended_at"], values["born_on"]
    faults = []
    told = [name for name in _IN_ORDER if values[name]]
    for before, after in pairwise(told):
        if values[after] < values[before]:
            faults.append(Fault(line, layout.used[after], f"lies before {_BEFORE[before]}"))
    if born and ended and ended.date() < born:
        faults.append(Fault(line, layout.used["born_on"], "lies after the visit"))
    return faults


def _not_yet(reading: Reading, layout: Layout, at: datetime) -> Iterable[Fault]:
    """What is said to be over, but lies ahead: a feed whose clock is wrong. A day is forgiven."""
    for line, values in reading.rows:
        for name in (*_IN_ORDER, "cancelled_at"):
            if values[name] and (values[name] - at).total_seconds() > 86_400:
                yield Fault(line, layout.used[name], "lies in the future")


def _age(raw: str) -> int:
    if not (raw.isascii() and raw.isdigit()) or int(raw) > _OLDEST:
        raise ValueError(f"{raw[:40]!r} is not an age in whole years")
    return int(raw)


def _age_at(born: date | None, moment: datetime | None) -> int | None:
    if born is None or moment is None:
        return None
    day = moment.astimezone(UTC).date()
    return day.year - born.year - ((day.month, day.day) < (born.month, born.day))
