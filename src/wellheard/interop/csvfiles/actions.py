"""Taking a file in, whole or not at all, and taking it back."""

from __future__ import annotations

import hashlib
import uuid
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from functools import cache
from typing import Any

from wellheard.base.audit.actor import Actor
from wellheard.base.audit.trail import Trail, acting
from wellheard.interop.csvfiles import rules
from wellheard.interop.csvfiles.codec import Stream, Table
from wellheard.interop.csvfiles.columnar import Block, Keys, Reader
from wellheard.interop.csvfiles.models import ImportBatch
from wellheard.interop.csvfiles.rules import Fault, Layout, Reading, version_on
from wellheard.listen.intake.actions import CommentsInUseError, NewComment, receive_comments
from wellheard.listen.intake.models import Comment
from wellheard.listen.responses.actions import ResponseColumns, receive_response_columns
from wellheard.listen.responses.actions import undo_batch as undo_received
from wellheard.listen.responses.models import Response
from wellheard.listen.surveys.instruments import Instrument, instrument, versions
from wellheard.people.places.actions import ensure_place
from wellheard.people.places.models import Organisation, Place
from wellheard.people.places.queries import find_place
from wellheard.people.visits.actions import undo_visits
from wellheard.prove.balance.actions import undo_costs
from wellheard.understand.adherence.actions import undo_adherence

_ASKED_AT_ONCE = 5_000
_READ_AT_ONCE = 20_000
_DEFAULT_INSTRUMENT = "pulse"


class RowsRefusedError(Exception):
    """Rows that cannot be taken: nothing of the file was. ``faults`` name line and reason."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        super().__init__(f"{len(faults)} rows cannot be taken")
        self.faults = tuple(faults)


class CannotUndoError(Exception):
    """The import was already taken back, or people have worked with what it brought."""


@dataclass(frozen=True, slots=True)
class Imported:
    """What became of a file."""

    batch: str
    kind: str
    rows: int
    imported: int
    duplicates: int
    empty: int
    ignored: tuple[str, ...]
    columns: Mapping[str, str]

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)


@dataclass(frozen=True, slots=True)
class FileFacts:
    """A file as it was handed over."""

    name: str
    sha256: str

    @classmethod
    def of(cls, name: str, data: bytes) -> FileFacts:
        return cls(
            name.replace("\\", "/").rsplit("/", 1)[-1][:200], hashlib.sha256(data).hexdigest()
        )


def import_comments(
    table: Table,
    layout: Layout,
    file: FileFacts,
    *,
    organisation: Organisation,
    by: Actor,
    at: datetime,
) -> Imported:
    """Take in a table of comments. Raises RowsRefusedError, and then nothing is kept.

    Rows that came before (same id; without one, the same words) are counted, not kept again.
    """
    reading = rules.read_comments(table, layout, zone=organisation.zone)
    _refuse(reading.faults)
    with acting(by, at=at) as trail:
        places = Places(organisation, by, at)
        fresh, twice = _fresh("comments", reading, organisation.pk, Comment)
        top = rules.rating_scale(v["rating"] for _, v in reading.rows if v["rating"] is not None)
        new = [_comment(values, key, organisation, places, top) for key, values in fresh]
        batch = uuid.uuid4()
        receive_comments(new, organisation=organisation, batch=batch, by=by, at=at)
        return keep_batch(
            trail, "comments", batch, len(table.rows), layout, file, reading, len(new), twice
        )


def import_responses(
    table: Table | Stream,
    layout: Layout,
    file: FileFacts,
    *,
    organisation: Organisation,
    by: Actor,
    at: datetime,
) -> Imported:
    """Take in a table of survey responses, one row each; unknown places are made.

    Raises RowsRefusedError, and then nothing is kept.
    """
    reader, blocks = _read_blocks(table, layout, organisation)
    _refuse(reader.faults)
    with acting(by, at=at) as trail:
        places = Places(organisation, by, at)
        ready = [_ready(block, organisation, places) for block in blocks if len(block)]
        batch = uuid.uuid4()
        taken = receive_response_columns(
            ready, organisation=organisation, batch=batch, by=by, at=at
        )
        twice = reader.rows - reader.empty - taken
        return keep_batch(
            trail, "responses", batch, reader.rows, layout, file, reader, taken, twice
        )


def undo_import(batch: ImportBatch, *, by: Actor, at: datetime) -> int:
    """Take everything back that a file brought. How many rows. Raises CannotUndoError."""
    with acting(by, at=at) as trail:
        held = ImportBatch.objects.select_for_update().get(pk=batch.pk)
        if held.undone_at is not None:
            raise CannotUndoError("this import was already taken back")
        if held.kind == ImportBatch.Kind.CMS:
            raise CannotUndoError("published figures are replaced by loading another file")
        count = _undone(held, by, at)
        held.undone_at, held.undone_by = at, f"{by.kind}:{by.ref}"
        held.save(update_fields=["undone_at", "undone_by"])
        trail.write("import.undone", held, rows=count)
    return count


def _undone(held: ImportBatch, by: Actor, at: datetime) -> int:
    if held.kind in _UNDO:
        undo = _UNDO[held.kind]
        return undo(organisation=held.organisation, batch=held.batch, by=by, at=at)
    try:
        return undo_received(organisation=held.organisation, batch=held.batch, by=by, at=at)
    except CommentsInUseError as error:
        raise CannotUndoError(
            "people have already worked with comments of this file; they stay"
        ) from error


_UNDO: dict[str, Callable[..., int]] = {
    ImportBatch.Kind.VISITS: undo_visits,
    ImportBatch.Kind.ADHERENCE: undo_adherence,
    ImportBatch.Kind.COSTS: undo_costs,
}


def response_items() -> dict[str, tuple[int, int]]:
    """The item codes that a heading may carry, each with its lowest and highest answer."""
    return _ranges(instrument(_DEFAULT_INSTRUMENT))


def _read_blocks(
    table: Table | Stream, layout: Layout, organisation: Organisation
) -> tuple[Reader, list[Block]]:
    """All of a file's rows that are not known yet, and the reader with what it counted."""
    asked = cache(lambda code: _known(code, organisation.pk))
    reader = Reader(layout, zone=organisation.zone, items=response_items(), known=asked)
    keys = Keys(f"{organisation.pk}:responses")
    seen: set[str] = set()
    blocks = []
    is_first = not Response.objects.filter(organisation=organisation).exists()
    for rows in table.portions(_READ_AT_ONCE):
        block = reader.read(table.header, rows)
        if not reader.faults:  # else nothing is taken, and only the faults matter
            blocks.append(_new_ones(block, keys, seen, is_first=is_first))
    return reader, blocks


def _new_ones(block: Block, keys: Keys, seen: set[str], *, is_first: bool) -> Block:
    """The rows that have not come before, in this file or an earlier one, with their keys."""
    block.columns["submission_key"] = made = keys.of(block)
    known = set() if is_first else _known_keys(made, Response)
    fresh = []
    for key in made:
        fresh.append(key not in known and key not in seen)
        seen.add(key)
    return block if all(fresh) else block.only(fresh)


def _ready(block: Block, organisation: Organisation, places: Places) -> ResponseColumns:
    """A block as listen takes it: places, and the instrument's version of each row's day."""
    columns = block.columns
    known = cache(lambda code: _versions(code, organisation.pk))
    named = [code or _DEFAULT_INSTRUMENT for code in columns["instrument"]]
    return ResponseColumns(
        place=list(map(places.get, columns["site"], columns["place"])),
        received_at=columns["received_at"],
        instrument=named,
        version=[
            version_on(known(code), moment)
            for code, moment in zip(named, columns["received_at"], strict=True)
        ],
        mode=[mode or "web" for mode in columns["mode"]],
        language=[language or "" for language in columns["language"]],
        age_band=columns["age_band"],
        sex=columns["sex"],
        ethnicity=columns["ethnicity"],
        payer=columns["payer"],
        answers=columns["answers"],
        comment=columns["comment"],
        external_id=columns["response_id"],
        submission_key=columns["submission_key"],
    )


def _versions(code: str, organisation_id: int) -> list[tuple[str, int]]:
    known = versions(code, organisation_id=organisation_id)
    return sorted((each.effective_from, version) for version, each in known.items())


def read_response_rows(table: Table, layout: Layout, organisation: Organisation) -> Reading:
    """The rows of a response file, and for each unknown instrument a fault."""
    reading = rules.read_responses(table, layout, zone=organisation.zone, items=response_items())
    column = layout.used.get("instrument", "instrument")
    for line, values in reading.rows:
        named = values["instrument"] or _DEFAULT_INSTRUMENT
        if not _known(named, organisation.pk):
            reading.faults.append(Fault(line, column, f"{named[:40]!r} is not an instrument"))
    return reading


class Places:
    """Places of the rows, each looked up (or made) once."""

    def __init__(self, organisation: Organisation, by: Actor, at: datetime) -> None:
        self._organisation, self._by, self._at = organisation, by, at
        self._known: dict[tuple[str, str], Place] = {}

    def get(self, site: str, place: str) -> Place | None:
        if not place and not site:
            return None
        key = (site.casefold(), place.casefold())
        if key not in self._known:
            self._known[key] = self._found(site, place)
        return self._known[key]

    def _found(self, site: str, place: str) -> Place:
        name = place or site
        known = find_place(self._organisation, name, site)
        return known or ensure_place(
            self._organisation, site_name=site, place_name=name, by=self._by, at=self._at
        )


def _refuse(faults: Sequence[Fault]) -> None:
    if faults:
        raise RowsRefusedError(sorted(faults, key=lambda fault: fault.line))


def _fresh(
    kind: str, reading: Reading, organisation_id: int, model: type[Comment] | type[Response]
) -> tuple[list[tuple[str, dict[str, Any]]], int]:
    """Rows not known yet, with their keys, and how many were known or stood twice."""
    keyed: dict[str, dict[str, Any]] = {}
    said: Counter[str] = Counter()
    for _, values in reading.rows:
        first = rules.fingerprint(f"{organisation_id}:{kind}", values, 0)
        key = rules.fingerprint(f"{organisation_id}:{kind}", values, said[first])
        said[first] += 1
        keyed.setdefault(key, values)
    known = _known_keys(list(keyed), model)
    fresh = [(key, values) for key, values in keyed.items() if key not in known]
    return fresh, len(reading.rows) - len(fresh)


def _known_keys(keys: Sequence[str], model: type[Comment] | type[Response]) -> set[str | None]:
    found: set[str | None] = set()
    for start in range(0, len(keys), _ASKED_AT_ONCE):
        some = keys[start : start + _ASKED_AT_ONCE]
        rows = model._default_manager.filter(submission_key__in=some)
        found.update(rows.values_list("submission_key", flat=True))
    return found


def _comment(
    values: Mapping[str, Any], key: str, organisation: Organisation, places: Places, top: int
) -> NewComment:
    return NewComment(
        organisation=organisation,
        source="import",
        text=values["text"],
        place=places.get(values["site"], values["place"]),
        received_at=values["received_at"],
        language=values["language"] or "",
        question=values["question"],
        question_type=values["question_type"] or "nonspecific",
        rating=values["rating"],
        rating_max=None if values["rating"] is None else top,
        external_id=values["comment_id"],
        respondent_id=values["respondent_id"],
        submission_key=key,
    )


def keep_batch(
    trail: Trail,
    kind: str,
    batch: uuid.UUID,
    rows: int,
    layout: Layout,
    file: FileFacts,
    reading: Reading | Reader,
    imported: int,
    duplicates: int,
) -> Imported:
    row = ImportBatch.objects.create(
        organisation_id=trail.by.organisation_id,
        batch=batch,
        kind=kind,
        file_name=file.name,
        sha256=file.sha256,
        rows=rows,
        imported=imported,
        duplicates=duplicates,
        empty=reading.empty,
        columns=dict(layout.used),
        ignored=list(layout.ignored),
        imported_by=f"{trail.by.kind}:{trail.by.ref}",
        imported_at=trail.at,
    )
    trail.write("import.kept", row, kind=kind, imported=imported, duplicates=duplicates)
    return Imported(
        str(batch),
        kind,
        row.rows,
        imported,
        duplicates,
        reading.empty,
        layout.ignored,
        dict(layout.used),
    )


def _known(code: str, organisation_id: int) -> bool:
    return bool(versions(code, organisation_id=organisation_id))


def _ranges(chosen: Instrument) -> dict[str, tuple[int, int]]:
    return {
        item.code: (min(item.scale.values), max(item.scale.values))
        for item in chosen.items
        if item.scale is not None
    }
