"""Days with medicine as a table: which values are understood, and taking them in or not at all."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

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
    filled_rows,
    note_row,
    read_code,
    read_day,
    take_cell,
    whole_answer,
)
from wellheard.people.places.models import Organisation
from wellheard.understand.adherence.actions import NewAdherence, receive_adherence

# The same as of visits: whoever is in both files is one person.
_PERSON = "visit-person"
_LONGEST_SPAN = 400
_TEXTS = ("patient_id", "programme", "medicine", "place", "site", "age_band", "sex", "payer")
_NEEDED = ("patient_id", "starts_on", "days", "days_covered", "reminded")
DEFAULT_PROGRAMME, DEFAULT_DESIGN = "Reminders", "observational"


def read_adherence(table: Table, layout: Layout, organisation: Organisation) -> Reading:
    """Every row of a file of days covered, with faults."""
    reading = Reading()
    designs: dict[str, str] = {}
    for row, cells, values, faults in filled_rows(table, layout, reading, _TEXTS):
        faults += take_cell(values, row, layout, cells, "starts_on", _starts)
        for name, low in (("days", 1), ("days_covered", 0)):
            faults += take_cell(
                values,
                row,
                layout,
                cells,
                name,
                lambda v, low=low: whole_answer(v, low, _LONGEST_SPAN),
            )
        faults += take_cell(values, row, layout, cells, "reminded", _yes)
        faults += take_cell(values, row, layout, cells, "design", read_code("adherence_designs"))
        values["design"] = values["design"] or DEFAULT_DESIGN
        values["programme"] = values["programme"] or DEFAULT_PROGRAMME
        if not faults:
            faults = _unfit(row.line, layout, values, designs)
        note_row(reading, row, values, faults)
    return reading


def import_adherence(
    table: Table,
    layout: Layout,
    file: FileFacts,
    *,
    organisation: Organisation,
    by: Actor,
    at: datetime,
) -> Imported:
    """Take in a table of days covered. Raises RowsRefusedError, and then nothing is kept."""
    reading = read_adherence(table, layout, organisation)
    if reading.faults:
        raise RowsRefusedError(sorted(reading.faults, key=lambda fault: fault.line))
    with acting(by, at=at) as trail:
        places = Places(organisation, by, at)
        rows = [_new(values, places) for _, values in reading.rows]
        batch = uuid.uuid4()
        try:
            fresh = receive_adherence(rows, organisation=organisation, batch=batch, by=by, at=at)
        except ValueError as error:
            raise RowsRefusedError([Fault(1, "design", str(error))]) from None
        return keep_batch(
            trail, "adherence", batch, len(table.rows), layout, file, reading, fresh,
            len(rows) - fresh,
        )  # fmt: skip


def _new(values: Mapping[str, Any], places: Places) -> NewAdherence:
    place = places.get(values["site"], values["place"])
    return NewAdherence(
        person_key=digest(values["patient_id"], _PERSON),
        starts_on=values["starts_on"],
        days=values["days"],
        days_covered=values["days_covered"],
        reminded=values["reminded"],
        programme=values["programme"],
        design=values["design"],
        medicine=values["medicine"],
        place_id=place.pk if place else None,
        age_band=values["age_band"],
        sex=values["sex"],
        payer=values["payer"],
    )


def _unfit(
    line: int, layout: Layout, values: Mapping[str, Any], designs: dict[str, str]
) -> list[Fault]:
    """What is missing, days that do not fit, a programme told with two designs."""
    faults = [
        Fault(line, layout.used[name], "is empty") for name in _NEEDED if values[name] in (None, "")
    ]
    if not faults and values["days_covered"] > values["days"]:
        faults.append(Fault(line, layout.used["days_covered"], "is more than the days there are"))
    if designs.setdefault(values["programme"], values["design"]) != values["design"]:
        faults.append(
            Fault(line, layout.used["design"], "differs from the same programme's rows before")
        )
    return faults


def _yes(raw: str) -> bool:
    try:
        return read_code("yes_or_no")(raw) == "yes"
    except ValueError:
        raise ValueError(f"{raw[:40]!r} is neither yes nor no") from None


def _starts(raw: str) -> date:
    day = read_day(raw)
    if not 1990 <= day.year <= 2100:
        raise ValueError(f"the year {day.year} cannot be right")
    return day
