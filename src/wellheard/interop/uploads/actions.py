"""A file on its way in: kept, mapped, handed to a job, imported, forgotten."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

from wellheard.base.audit.actor import Actor
from wellheard.base.audit.trail import acting
from wellheard.base.vault.sealing import new_token
from wellheard.interop.cms.actions import import_cms
from wellheard.interop.csvfiles import actions as files
from wellheard.interop.csvfiles.adherence import import_adherence
from wellheard.interop.csvfiles.codec import FileRefusedError, limits, read_table
from wellheard.interop.csvfiles.costs import import_costs
from wellheard.interop.csvfiles.models import ImportBatch
from wellheard.interop.csvfiles.rules import choose_layout
from wellheard.interop.csvfiles.visits import import_visits
from wellheard.interop.servicearea.actions import import_share
from wellheard.interop.uploads import store
from wellheard.interop.uploads.models import Upload
from wellheard.interop.uploads.queries import layout_of
from wellheard.people.places.models import Organisation


class NotReadyError(Exception):
    """The upload was already handed over."""


def keep_upload(
    *, organisation: Organisation, kind: str, name: str, data: bytes, by: Actor, at: datetime
) -> Upload:
    """Keep a file until its columns are confirmed. Raises FileRefusedError, and keeps nothing."""
    read_table(data)
    # Nothing of the name but its last part is believed, and that only to be shown again.
    facts = files.FileFacts.of(name, data)
    token = new_token(256)
    store.keep(token, data)
    with acting(by, at=at) as trail:
        upload = Upload.objects.create(
            organisation=organisation,
            token=token,
            kind=kind,
            file_name=facts.name,
            size=len(data),
            uploaded_by=f"{by.kind}:{by.ref}",
            uploaded_at=at,
        )
        trail.write("import.uploaded", upload, kind=kind, size=len(data))
    return upload


def choose_columns(
    upload: Upload, header: tuple[str, ...], used: Mapping[str, str], *, by: Actor, at: datetime
) -> None:
    """Remember which column is what. Raises FileRefusedError, NotReadyError."""
    layout = choose_layout(upload.kind, header, used)
    with acting(by, at=at) as trail:
        held = _held(upload, Upload.State.READY, Upload.State.REFUSED)
        held.columns, held.state, held.refusal = dict(layout.used), Upload.State.READY, []
        held.save(update_fields=["columns", "state", "refusal"])
        trail.write("import.columns_chosen", held, columns=sorted(layout.used))


def say_whose(upload: Upload, said: Mapping[str, str], *, by: Actor, at: datetime) -> None:
    """Remember the year of a Hospital Service Area file and our numbers in it. Raises
    NotReadyError."""
    with acting(by, at=at) as trail:
        held = _held(upload, Upload.State.READY, Upload.State.REFUSED)
        held.columns, held.state, held.refusal = dict(said), Upload.State.READY, []
        held.save(update_fields=["columns", "state", "refusal"])
        trail.write("import.columns_chosen", held, columns=sorted(said))


def hand_over(
    upload: Upload, enqueue: Callable[[int, int], Any], *, by: Actor, at: datetime
) -> None:
    """Let the job take the file. Raises NotReadyError when it already waits or is done."""
    with acting(by, at=at) as trail:
        held = _held(upload, Upload.State.READY)
        held.state = Upload.State.WAITING
        held.save(update_fields=["state"])
        trail.write("import.started", held)
        enqueue(held.pk, int(by.ref.partition("/")[0]))


def import_upload(upload_id: int, *, by: Actor, at: datetime) -> None:
    """Import a waiting file, or say why not. Safe to repeat: what is done is left alone."""
    upload = Upload.objects.select_related("organisation").get(pk=upload_id)
    if upload.state != Upload.State.WAITING:
        return
    try:
        _import(upload, by, at)
    except files.RowsRefusedError as error:
        most = limits()["most_faults_told"]
        _refuse(upload, [fault.as_dict() for fault in error.faults[:most]], by, at)
    except FileRefusedError as error:
        _refuse(upload, [{"line": None, "column": "", "reason": str(error)}], by, at)
    except store.FileGoneError:
        gone = "the file is no longer there; upload it again"
        _refuse(upload, [{"line": None, "column": "", "reason": gone}], by, at)
    except Exception:
        # Whoever waits at the screen must not wait for ever; the job still fails aloud.
        broke = "the import broke off, and nothing was kept; try again"
        _refuse(upload, [{"line": None, "column": "", "reason": broke}], by, at)
        raise
    else:
        store.drop(upload.token)


def _import(upload: Upload, by: Actor, at: datetime) -> None:
    """The rows and the word that they are in: kept together or not at all."""
    data = store.fetch(upload.token)
    with acting(by, at=at):
        held = _held(upload, Upload.State.WAITING)
        if upload.kind == ImportBatch.Kind.CMS:
            import_cms(data, upload.file_name, by=by, at=at)
            held.result = ImportBatch.objects.filter(organisation=upload.organisation).first()
        elif upload.kind == ImportBatch.Kind.SHARE:
            import_share(data, upload.file_name, **upload.columns, by=by, at=at)
            held.result = ImportBatch.objects.filter(organisation=upload.organisation).first()
        else:
            held.result = ImportBatch.objects.get(batch=_take(upload, data, by, at).batch)
        held.state = Upload.State.DONE
        held.save(update_fields=["state", "result"])


def _take(upload: Upload, data: bytes, by: Actor, at: datetime) -> files.Imported:
    table = read_table(data)
    kinds: dict[str, Callable[..., files.Imported]] = {
        ImportBatch.Kind.COMMENTS.value: files.import_comments,
        ImportBatch.Kind.RESPONSES.value: files.import_responses,
        ImportBatch.Kind.VISITS.value: import_visits,
        ImportBatch.Kind.ADHERENCE.value: import_adherence,
        ImportBatch.Kind.COSTS.value: import_costs,
    }
    return kinds[upload.kind](
        table,
        layout_of(upload, table),
        files.FileFacts.of(upload.file_name, data),
        organisation=upload.organisation,
        by=by,
        at=at,
    )


def _refuse(upload: Upload, faults: list[dict[str, Any]], by: Actor, at: datetime) -> None:
    with acting(by, at=at) as trail:
        Upload.objects.filter(pk=upload.pk).update(state=Upload.State.REFUSED, refusal=faults)
        trail.write("import.refused", upload, faults=len(faults))


def drop_upload(upload: Upload, *, by: Actor, at: datetime) -> None:
    """Forget a file that is not to be imported after all. Raises NotReadyError."""
    with acting(by, at=at) as trail:
        held = _held(upload, Upload.State.READY, Upload.State.REFUSED)
        trail.write("import.dropped", held)
        held.delete()
    store.drop(upload.token)


def sweep_uploads(now: datetime) -> int:
    """Forget uploads after a day, and files that no upload knows. How many uploads."""
    before = now - timedelta(hours=limits()["kept_hours"])
    stale = Upload.objects.filter(uploaded_at__lt=before).exclude(state=Upload.State.WAITING)
    tokens = list(stale.values_list("token", flat=True))
    stale.delete()
    for token in tokens:
        store.drop(token)
    store.drop_others(Upload.objects.values_list("token", flat=True), before=before.timestamp())
    return len(tokens)


def _held(upload: Upload, *states: str) -> Upload:
    held = Upload.objects.select_for_update().filter(pk=upload.pk, state__in=states).first()
    if held is None:
        raise NotReadyError
    return held
