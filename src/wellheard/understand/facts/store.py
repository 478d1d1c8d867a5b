"""Keeping a large organisation's facts in files, month by month."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import datetime, timedelta
from itertools import islice
from typing import Any

from django.db import transaction
from django.db.models import TextField
from django.db.models.functions import Cast

from wellheard.listen.responses.changes import changes_of, months_of, note_changes
from wellheard.listen.responses.models import Response
from wellheard.listen.responses.rules import zone_named
from wellheard.people.places.models import Organisation
from wellheard.understand.facts.models import Fact, FactMonth, FactStore
from wellheard.understand.facts.parquet import (
    LAYOUT,
    Portion,
    Written,
    drop_file,
    drop_others,
    write_file,
)
from wellheard.understand.facts.policy import store_policy
from wellheard.understand.facts.reading import answered_columns
from wellheard.understand.facts.rules import device_of
from wellheard.understand.facts.sources import answers_in, current_files, folder, is_in_files

_AT_ONCE = 20_000
_DELETED_AT_ONCE = 50_000
# A file may be read by a question that began before it was replaced.
_KEPT = timedelta(hours=1)
_RESPONSE = (
    "place_id", "pk", "version", "received_at", "site__zone", "touchpoint_id", "mode", "language",
    "age_band", "sex", "ethnicity", "payer", "instrument", "raw",
)  # fmt: skip


def is_large(organisation_id: int) -> bool:
    """Whether an organisation has more responses than rows are good for."""
    most = store_policy().most_responses_in_rows
    known = Response.objects.filter(organisation_id=organisation_id).order_by()
    return len(known.values_list("pk")[most : most + 1]) > 0


def write_month(organisation: Organisation, month: int, *, at: datetime) -> int:
    """Write a month's file anew from the answers and put it in place of the last. How many facts.

    Killed anywhere on the way, the last file stays the one that counts, or the new one is whole.
    """
    # Asked before the answers are read: what changes on the way makes this file stale at once.
    made_of = changes_of(organisation.pk, [month]).get(month, 0)
    written = write_file(folder(), organisation.pk, month, _portions(organisation, month))
    replaced = _swap(organisation.pk, month, written, made_of, at)
    if replaced is not None:
        drop_file(folder(), replaced)
    return written.facts


def write_stale(
    organisation: Organisation, *, at: datetime, months: Collection[int] | None = None
) -> int:
    """Write every month (of ``months``) whose file is missing or behind. How many months."""
    known = set(months) if months is not None else _known_months(organisation.pk)
    stale = sorted(known - current_files(organisation.pk, known).keys())
    for month in stale:
        write_month(organisation, month, at=at)
    return len(stale)


def move_to_files(organisation: Organisation, *, at: datetime) -> None:
    """Write every month's file, count from files from then on, and drop the rows."""
    responses = Response.objects.filter(organisation=organisation)
    months = [
        month
        for month in months_of(responses, organisation.zone)
        if answers_in(organisation, month).exists()
    ]
    write_stale(organisation, at=at, months=months)
    FactStore.objects.get_or_create(organisation=organisation, defaults={"since": at})
    drop_rows(organisation.pk)


def rebuild_files(organisation: Organisation, *, at: datetime) -> int:
    """Write every month again from what was received. How many facts."""
    responses = Response.objects.filter(organisation=organisation)
    months = {*_known_months(organisation.pk), *months_of(responses, organisation.zone)}
    return sum(write_month(organisation, month, at=at) for month in sorted(months))


def keep_files(organisation_id: int, *, at: datetime) -> None:
    """Bring an organisation's files up to its answers; move it to files when it has grown large."""
    organisation = Organisation.objects.get(pk=organisation_id)
    if is_in_files(organisation_id):
        write_stale(organisation, at=at)
    elif is_large(organisation_id):
        move_to_files(organisation, at=at)


def sweep_store(now: datetime) -> None:
    """Rewrite what is behind, find what changed unseen, drop what nobody names. Periodic."""
    for organisation in Organisation.objects.order_by("pk"):
        if is_in_files(organisation.pk):
            note_changes(organisation.pk, miscounted(organisation))
            drop_rows(organisation.pk)
        keep_files(organisation.pk, at=now)
        named = FactMonth.objects.filter(organisation=organisation).values_list("file", flat=True)
        drop_others(folder(), organisation.pk, named, before=(now - _KEPT).timestamp())


def miscounted(organisation: Organisation) -> list[int]:
    """Months whose file passes as current but holds another number of responses than there are
    (somebody worked on the database by hand)."""
    named = FactMonth.objects.filter(organisation=organisation)
    held = dict(named.values_list("month", "responses"))
    return [
        month
        for month in sorted(current_files(organisation.pk, held))
        if answers_in(organisation, month).count() != held[month]
    ]


def drop_rows(organisation_id: int) -> None:
    """Delete, in portions, the rows of an organisation that is counted from files."""
    rows = Fact.objects.filter(organisation_id=organisation_id, response__isnull=False)
    while some := list(rows.order_by("pk").values_list("pk", flat=True)[:_DELETED_AT_ONCE]):
        rows.filter(pk__gte=some[0], pk__lte=some[-1]).delete()


def _known_months(organisation_id: int) -> set[int]:
    named = FactMonth.objects.filter(organisation_id=organisation_id)
    return {*changes_of(organisation_id), *named.values_list("month", flat=True)}


def _swap(
    organisation_id: int, month: int, written: Written, made_of: int, at: datetime
) -> str | None:
    """Name the new file in place of the old; the file that is no longer named, if any."""
    fields = {
        "file": written.name,
        "size": written.size,
        "facts": written.facts,
        "responses": written.responses,
        "made_of": made_of,
        "layout": LAYOUT,
        "written_at": at,
    }
    with transaction.atomic():
        held, fresh = FactMonth.objects.select_for_update().get_or_create(
            organisation_id=organisation_id, month=month, defaults=fields
        )
        if fresh:
            return None
        if held.made_of > made_of:  # another worker was quicker, with later answers
            return written.name
        FactMonth.objects.filter(pk=held.pk).update(**fields)
        return held.file


def _portions(organisation: Organisation, month: int) -> Iterator[Portion]:
    answers = answers_in(organisation, month).annotate(raw=Cast("answers", TextField()))
    rows = answers.values_list(*_RESPONSE).iterator(_AT_ONCE)
    while some := list(islice(rows, _AT_ONCE)):
        yield _portion(some, organisation.zone, month)


def _portion(rows: list[tuple[Any, ...]], home_zone: str, month: int) -> Portion:
    portion = Portion([], [], [], [])
    said: dict[str, tuple[list[int], list[str]]] = {}
    for position, row in enumerate(rows):
        place, pk, version, received_at, zone, spot, mode, *who, instrument, raw = row
        day = received_at.astimezone(zone_named(zone or home_zone)).date()
        portion.who.append((place, pk, version, month, day, spot, *device_of(mode), *who))
        owner, texts = said.setdefault(instrument, ([], []))
        owner.append(position)
        texts.append(raw)
    for instrument, (owner, texts) in said.items():
        for code, of, values in answered_columns(texts):
            portion.owner.extend([owner[at] for at in of])
            portion.items.extend([f"{instrument}.{code}"] * len(of))
            portion.values.extend(values)
    return portion
