"""Reading an upload: its table, its columns, and what it would bring."""

from __future__ import annotations

from collections.abc import Callable

from wellheard.interop.cms.actions import Loaded, summary
from wellheard.interop.cms.codec import read_release
from wellheard.interop.csvfiles import actions
from wellheard.interop.csvfiles.adherence import read_adherence
from wellheard.interop.csvfiles.codec import Table, read_table
from wellheard.interop.csvfiles.costs import read_costs
from wellheard.interop.csvfiles.models import ImportBatch
from wellheard.interop.csvfiles.rules import (
    Layout,
    Reading,
    choose_layout,
    columns,
    guess_used,
    read_comments,
)
from wellheard.interop.csvfiles.visits import read_visits
from wellheard.interop.servicearea.actions import Seen, look_at
from wellheard.interop.uploads.models import Upload
from wellheard.interop.uploads.rules import Preview, preview
from wellheard.interop.uploads.store import fetch
from wellheard.people.places.models import Organisation


def table_of(upload: Upload) -> Table:
    """The table in the uploaded file. Raises FileGoneError, FileRefusedError."""
    return read_table(fetch(upload.token))


def our_columns(kind: str) -> list[str]:
    """The columns that a file of this kind may serve, the needed ones first."""
    items = list(actions.response_items()) if kind == ImportBatch.Kind.RESPONSES else []
    needed = columns()["needed"][kind]
    return [*needed, *(name for name in columns()[kind] if name not in needed), *items]


def guessed(kind: str, table: Table) -> dict[str, str]:
    """The likely mapping; without the needed columns when none fits."""
    items = actions.response_items() if kind == ImportBatch.Kind.RESPONSES else ()
    return guess_used(kind, table.header, items)


def layout_of(upload: Upload, table: Table) -> Layout:
    """The layout as it was confirmed. Raises FileRefusedError."""
    return choose_layout(upload.kind, table.header, upload.columns)


def preview_of(upload: Upload) -> Preview:
    """What the file would bring. Raises FileGoneError, FileRefusedError."""
    table = table_of(upload)
    layout = layout_of(upload, table)
    return preview(table, layout, _READ[upload.kind](table, layout, upload.organisation))


def release_of(upload: Upload) -> Loaded:
    """What a file of published figures holds. Raises FileGoneError, FileRefusedError."""
    return summary(read_release(table_of(upload), upload.file_name), upload.file_name)


def share_of(upload: Upload) -> Seen:
    """What a Hospital Service Area file would bring. Raises FileGoneError, FileRefusedError,
    RowsRefusedError."""
    said = {"year": "", "ours": "", **upload.columns}
    return look_at(fetch(upload.token), upload.file_name, year=said["year"], ours=said["ours"])


def _comments(table: Table, layout: Layout, organisation: Organisation) -> Reading:
    return read_comments(table, layout, zone=organisation.zone)


_READ: dict[str, Callable[[Table, Layout, Organisation], Reading]] = {
    ImportBatch.Kind.COMMENTS: _comments,
    ImportBatch.Kind.RESPONSES: actions.read_response_rows,
    ImportBatch.Kind.VISITS: read_visits,
    ImportBatch.Kind.ADHERENCE: read_adherence,
    ImportBatch.Kind.COSTS: read_costs,
}
