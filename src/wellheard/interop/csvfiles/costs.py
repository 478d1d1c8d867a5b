"""Monthly figures of cost as a table: taken in whole or not at all."""

from __future__ import annotations

import re
import uuid
from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from wellheard.base.audit.actor import Actor
from wellheard.base.audit.trail import acting
from wellheard.interop.csvfiles.actions import FileFacts, Imported, RowsRefusedError, keep_batch
from wellheard.interop.csvfiles.codec import Table
from wellheard.interop.csvfiles.rules import (
    Fault,
    Layout,
    Reading,
    filled_rows,
    note_row,
    take_cell,
    whole_answer,
)
from wellheard.people.places.models import Organisation
from wellheard.prove.balance.actions import NewCost, receive_costs

_TEXTS = ("title", "unit", "source")
_NEEDED = ("month", "title", "amount", "unit")
_MONTH = re.compile(r"(\d{4})-(\d{2})(-\d{2})?")
# A comma may stand for thousands or for the decimal point: whoever writes one says it otherwise.
_AMOUNT = re.compile(r"-?\d{1,11}(\.\d{1,2})?")
_MOST_COUNTED = 100_000_000


def read_costs(table: Table, layout: Layout, organisation: Organisation) -> Reading:
    """Every row of a file of monthly costs, with faults. A figure has one unit in all its rows."""
    reading = Reading()
    units: dict[str, str] = {}
    for row, cells, values, faults in filled_rows(table, layout, reading, _TEXTS):
        faults += take_cell(values, row, layout, cells, "month", _month)
        faults += take_cell(values, row, layout, cells, "amount", _amount)
        faults += take_cell(values, row, layout, cells, "n", _counted)
        if not faults:
            faults = _unfit(row.line, layout, values, units)
        note_row(reading, row, values, faults)
    return reading


def import_costs(
    table: Table,
    layout: Layout,
    file: FileFacts,
    *,
    organisation: Organisation,
    by: Actor,
    at: datetime,
) -> Imported:
    """Take in a table of monthly costs; a month told anew with another amount replaces the one
    before. Raises RowsRefusedError, and then nothing is kept."""
    reading = read_costs(table, layout, organisation)
    if reading.faults:
        raise RowsRefusedError(sorted(reading.faults, key=lambda fault: fault.line))
    with acting(by, at=at) as trail:
        rows = [_new(values) for _, values in reading.rows]
        batch = uuid.uuid4()
        try:
            fresh = receive_costs(rows, organisation=organisation, batch=batch, by=by, at=at)
        except ValueError as error:
            raise RowsRefusedError([Fault(1, layout.used["unit"], str(error))]) from None
        return keep_batch(
            trail, "costs", batch, len(table.rows), layout, file, reading, fresh,
            len(rows) - fresh,
        )  # fmt: skip


def _new(values: Mapping[str, Any]) -> NewCost:
    return NewCost(
        values["month"], values["title"], values["amount"], values["unit"], values["n"],
        values["source"],
    )  # fmt: skip


def _unfit(
    line: int, layout: Layout, values: Mapping[str, Any], units: dict[str, str]
) -> list[Fault]:
    faults = [
        Fault(line, layout.used[name], "is empty") for name in _NEEDED if values[name] in (None, "")
    ]
    if not faults and units.setdefault(values["title"], values["unit"]) != values["unit"]:
        faults.append(
            Fault(line, layout.used["unit"], "differs from the same figure's rows before")
        )
    return faults


def _month(raw: str) -> date:
    found = _MONTH.fullmatch(raw.strip())
    try:
        if found is None:
            raise ValueError
        return date(int(found[1]), int(found[2]), 1)
    except ValueError:
        raise ValueError(
            f"{raw[:40]!r} is not a month as year-month, for example 2026-03"
        ) from None


def _amount(raw: str) -> Decimal:
    if not _AMOUNT.fullmatch(raw.strip()):
        raise ValueError(f"{raw[:40]!r} is not an amount such as 1234.50")
    return Decimal(raw.strip())


def _counted(raw: str) -> int:
    return whole_answer(raw, 1, _MOST_COUNTED)
