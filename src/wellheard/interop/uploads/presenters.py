"""Imports and uploads as their pages show them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from wellheard.base.pages.figures import number
from wellheard.interop.cms.actions import Loaded
from wellheard.interop.csvfiles.models import ImportBatch
from wellheard.interop.servicearea.actions import Seen
from wellheard.interop.uploads.forms import KINDS
from wellheard.interop.uploads.models import Upload
from wellheard.people.access.queries import users_by_ref

# Published by others and taken as it is: a newer file holds, nothing is taken back.
PUBLISHED = frozenset({ImportBatch.Kind.CMS, ImportBatch.Kind.SHARE})
_WAYS = {
    Upload.State.READY.value: (_("Columns to confirm"), "attention", "imports:columns"),
    Upload.State.WAITING.value: (_("Being imported"), "action", "imports:progress"),
    Upload.State.REFUSED.value: (_("Refused"), "attention", "imports:progress"),
}


@dataclass(frozen=True, slots=True)
class Line:
    """One import in the list."""

    batch: ImportBatch
    kind: str
    by: str
    may_undo: bool


def lines(batches: Sequence[ImportBatch]) -> list[Line]:
    """Imports with the names of those who ran them."""
    refs = {batch.pk: _ref(batch.imported_by) for batch in batches}
    people = users_by_ref(refs.values())
    kinds = dict(KINDS)
    return [
        Line(
            batch,
            str(kinds[batch.kind]),
            user.name if (user := people.get(refs[batch.pk])) else _("From the console"),
            batch.undone_at is None and batch.kind not in PUBLISHED,
        )
        for batch in batches
    ]


def _ref(written: str) -> tuple[str, str]:
    kind, _colon, ref = written.partition(":")
    return kind, ref


def open_uploads(uploads: Iterable[Upload]) -> list[dict[str, Any]]:
    """Files that are not in yet: each with where it stands, and the page to go on with."""
    shown = []
    for upload in uploads:
        words, kind, route = _WAYS[upload.state]
        if upload.kind in PUBLISHED and route == "imports:columns":
            words, route = _("To be confirmed"), f"imports:{first_step(upload)}"
        url = reverse(route, args=[upload.token])
        shown.append({"upload": upload, "words": words, "kind": kind, "url": url})
    return shown


def count_words(batch: ImportBatch) -> list[tuple[str, str]]:
    """What became of the rows, in words."""
    if batch.kind == ImportBatch.Kind.SHARE:
        return [
            (_("Rows in the file"), number(batch.rows)),
            (_("Cells of our areas kept"), number(batch.imported)),
        ]
    if batch.kind == ImportBatch.Kind.CMS:
        return [(_("Published figures or footnotes kept"), number(batch.imported))]
    return [
        (_("Rows in the file"), number(batch.rows)),
        (_("Imported"), number(batch.imported)),
        (_("Known already, left out"), number(batch.duplicates)),
        (_("Empty, left out"), number(batch.empty)),
    ]


def share_words(seen: Seen) -> list[tuple[str, str]]:
    """What a Hospital Service Area file holds of our areas."""
    return [
        (_("Year"), str(seen.year)),
        (_("Our hospitals"), ", ".join(seen.ours)),
        (_("Rows in the file"), number(seen.rows)),
        (_("ZIP codes in which we treated somebody"), number(seen.areas)),
        (_("Hospitals seen there"), number(seen.hospitals)),
        (_("Cells of our areas kept"), number(seen.kept)),
        (_("Of them not published"), number(seen.not_published)),
    ]


def first_step(upload: Upload) -> str:
    """The page on which a file is confirmed first."""
    return "check" if upload.kind == ImportBatch.Kind.CMS else "columns"


def release_words(found: Loaded) -> list[tuple[str, str]]:
    """What a file of published figures holds."""
    if found.footnotes:
        return [(_("Footnotes"), number(found.footnotes))]
    return [
        (_("Survey"), found.survey),
        (_("Release"), found.release),
        (_("Hospitals, states and nation"), number(found.entities)),
        (_("Figures"), number(found.figures)),
        (_("Of them not published"), number(found.not_published)),
    ]


def fault_lead(count: int) -> str:
    first = ngettext("%(count)s cell cannot be taken.", "%(count)s cells cannot be taken.", count)
    whole = _("Nothing was imported: a file is taken whole or not at all.")
    return f"{first % {'count': number(count)}} {whole}"
