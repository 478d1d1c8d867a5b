"""Receiving answers, singly or sixty thousand at once, and taking an import back."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache, partial
from itertools import chain, repeat
from typing import Any
from uuid import UUID

from django.db import connection

from wellheard.base.audit.actor import Actor
from wellheard.base.audit.trail import acting
from wellheard.base.tables.bulk import insert_columns, insert_rows, roomy
from wellheard.base.tables.single import insert_one
from wellheard.listen.intake.actions import (
    NewComment,
    receive_comment,
    receive_comments,
    remove_comments,
)
from wellheard.listen.intake.models import Comment, Disposition
from wellheard.listen.intake.rules.words import read_line
from wellheard.listen.responses.changes import months_of, note_changes
from wellheard.listen.responses.models import Response, ResponseQuerySet
from wellheard.listen.responses.rules import local_month
from wellheard.people.places.models import Organisation, Place, Site

ON_A_KIOSK = ("kiosk", "assisted")
_COMMENT = "comment"
_SENT_BEFORE = "SELECT id FROM listen_response WHERE submission_key = %s"
_REMOVED_AT_ONCE = 5_000
_LINES = {"age_band": 16, "sex": 24, "ethnicity": 80, "payer": 40}
_AS_THEY_ARE = ("instrument", "version", "mode", "language", "answers", "submission_key")


@dataclass(frozen=True, slots=True, kw_only=True)
class NewResponse:
    """A filled-in instrument as it came in.

    ``answers``: item code to value, checked against the instrument (surveys.rules.read_answers);
    ``comment``: the open answer, which becomes a Comment of its own.
    """

    organisation: Organisation
    instrument: str
    version: int
    answers: Mapping[str, int | str] = field(default_factory=dict)
    place: Place | None = None
    site: Site | None = None
    touchpoint_id: int | None = None
    received_at: datetime | None = None
    mode: str = "web"
    language: str = ""
    age_band: str = ""
    sex: str = ""
    ethnicity: str = ""
    payer: str = ""
    comment: str = ""
    comment_apart: bool = False
    question: str = ""
    question_type: str = "nonspecific"
    complete: bool = True
    external_id: str = ""
    submission_key: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ResponseColumns:
    """Many responses, column by column, as a file brings them. All columns are of one length.

    ``answers``: JSON text of item code to number; ``received_at``: None is now. The rest is as in
    NewResponse.
    """

    place: Sequence[Place | None]
    received_at: Sequence[datetime | None]
    instrument: Sequence[str]
    version: Sequence[int]
    mode: Sequence[str]
    language: Sequence[str]
    age_band: Sequence[str]
    sex: Sequence[str]
    ethnicity: Sequence[str]
    payer: Sequence[str]
    answers: Sequence[str]
    comment: Sequence[str]
    external_id: Sequence[str]
    submission_key: Sequence[str]


def receive_response(new: NewResponse, *, by: Actor, at: datetime) -> Response:
    """Keep one response, its comment beside it. A second sending returns the first."""
    with acting(by, at=at) as trail:
        if new.submission_key is not None:
            earlier = _sent_before(new.submission_key)
            if earlier is not None:
                return earlier
        response = Response(**_row(new, at))
        insert_one(response)
        zone = _zone_of(new)
        note_changes(new.organisation.pk, {local_month(response.received_at, zone)})
        trail.write("response_received", response, mode=response.mode, answered=len(new.answers))
        trail.publish("listen.response_received", response_id=response.pk)
        if new.comment.strip():
            receive_comment(_comment_of(new, response.pk, at), by=by, at=at)
    return response


def _sent_before(submission_key: str) -> Response | None:
    # Written out: nearly every response is the first with its key.
    with connection.cursor() as cursor:
        cursor.execute(_SENT_BEFORE, [submission_key])
        found = cursor.fetchone()
    return Response.objects.get(pk=found[0]) if found else None


def receive_responses(
    rows: Iterable[NewResponse],
    *,
    organisation: Organisation,
    batch: UUID,
    by: Actor,
    at: datetime,
) -> int:
    """Keep many responses as one batch: all or none, one audit row, one event. How many.

    Raises ValueError for a row of another organisation, and TooLongError for a comment.
    """
    new = list(rows)
    with acting(by, at=at) as trail:
        if any(each.organisation.pk != organisation.pk for each in new):
            raise ValueError("a batch holds responses of one organisation")
        kept = insert_rows(Response, [_row(each, at, batch=batch) for each in new])
        months = {local_month(each.received_at or at, _zone_of(each)) for each in new}
        note_changes(organisation.pk, months)
        _keep_comments(new, kept, organisation, batch, by, at)
        trail.write("responses_imported", ("listen.batch", str(batch)), count=len(kept))
        trail.publish("listen.responses_imported", batch=str(batch))
    return len(kept)


def receive_response_columns(
    portions: Sequence[ResponseColumns],
    *,
    organisation: Organisation,
    batch: UUID,
    by: Actor,
    at: datetime,
) -> int:
    """Keep very many responses as one batch, as `receive_responses` does. How many.

    Raises ValueError for a place of another organisation, and TooLongError for a comment.
    """
    rows = sum(len(portion.place) for portion in portions)
    with acting(by, at=at) as trail, roomy(Response, Comment, Disposition, rows=rows):
        counts: list[int] = []
        spoken = (
            comment
            for portion in portions
            for comment in _keep_columns(portion, organisation, batch, at, counts)
        )
        first = next(spoken, None)
        if first is not None:
            said = chain([first], spoken)
            receive_comments(said, organisation=organisation, batch=batch, by=by, at=at)
        trail.write("responses_imported", ("listen.batch", str(batch)), count=sum(counts))
        trail.publish("listen.responses_imported", batch=str(batch))
    return sum(counts)


def _keep_columns(
    new: ResponseColumns,
    organisation: Organisation,
    batch: UUID,
    at: datetime,
    counts: list[int],
) -> list[NewComment]:
    """Keep a portion; the comments that came with it, for their own table."""
    if any(place is not None and place.organisation_id != organisation.pk for place in new.place):
        raise ValueError("a batch holds responses of one organisation")
    count = len(new.place)
    received = [moment or at for moment in new.received_at]
    lines = {
        name: list(map(cache(partial(read_line, longest=longest)), getattr(new, name)))
        for name, longest in _LINES.items()
    }
    columns: dict[str, Iterable[Any]] = {
        "organisation_id": repeat(organisation.pk),
        "site_id": [place.site_id if place else None for place in new.place],
        "place_id": [place.pk if place else None for place in new.place],
        "received_at": received,
        "recorded_at": repeat(at),
        "complete": repeat(True),
        "import_batch": repeat(batch),
        "external_id": [own[:80] for own in new.external_id],
        **{name: getattr(new, name) for name in _AS_THEY_ARE},
        **lines,
    }
    ids = insert_columns(Response, columns, count)
    counts.append(count)
    zones = [place.site.zone if place else organisation.zone for place in new.place]
    note_changes(organisation.pk, set(map(local_month, received, zones)))
    return [
        NewComment(
            organisation=organisation,
            source="survey",
            text=new.comment[at_row],
            place=new.place[at_row],
            received_at=received[at_row],
            language=new.language[at_row],
            rating=_number(json.loads(new.answers[at_row]).get("rating")),
            rating_max=10 if '"rating":' in new.answers[at_row] else None,
            response_id=ids[at_row],
            external_id=new.external_id[at_row],
        )
        for at_row in range(count)
        if new.comment[at_row].strip()
    ]


def undo_batch(*, organisation: Organisation, batch: UUID, by: Actor, at: datetime) -> int:
    """Take an import back: its responses, its comments and what was derived; rows removed.

    Raises intake.actions.CommentsInUseError when somebody already worked with one of them.
    """
    with acting(by, at=at) as trail:
        comments = remove_comments(batch=batch, by=by, at=at)
        responses = Response.objects.filter(organisation=organisation, import_batch=batch)
        count = _remove(responses, organisation)
        trail.write("batch_undone", ("listen.batch", str(batch)), responses=count)
        trail.publish("listen.batch_undone", batch=str(batch))
    return comments + count


def correct_answers(
    response: Response, answers: Mapping[str, int | str], *, by: Actor, at: datetime
) -> None:
    """Put other answers in place of those of a response (a paper sheet that was misread).

    ``answers``: checked against the instrument, as in NewResponse. The trail keeps that it
    happened and for which items, not what was said.
    """
    with acting(by, at=at) as trail:
        held = Response.objects.select_for_update().get(pk=response.pk)
        changed = {c for c in {*held.answers, *answers} if held.answers.get(c) != answers.get(c)}
        held.answers = {code: value for code, value in answers.items() if code != _COMMENT}
        held.save(update_fields=["answers"])
        note_changes(held.organisation_id, _months(held))
        trail.write("answers_corrected", held, items=sorted(changed))
        trail.publish("listen.response_corrected", response_id=held.pk)


def erase_responses(
    response_ids: Sequence[int], *, organisation: Organisation, by: Actor, at: datetime
) -> int:
    """Remove responses for good, with what was derived from them. How many.

    Comments given with them are separate items and stay (they are erased on their own).
    """
    with acting(by, at=at) as trail:
        responses = Response.objects.filter(organisation=organisation, pk__in=response_ids)
        months = months_of(responses, organisation.zone)
        Comment.objects.filter(response__in=responses).update(response=None)
        count = _remove(responses, organisation)
        trail.write("responses_erased", organisation, count=count)
        if months:
            trail.publish("listen.responses_erased", first=months[0], last=months[-1])
    return count


def _remove(responses: ResponseQuerySet, organisation: Organisation) -> int:
    """Delete in portions, as a million rows with all that hangs on them fill the memory."""
    note_changes(organisation.pk, months_of(responses, organisation.zone))
    count = 0
    while some := list(responses.order_by("pk").values_list("pk", flat=True)[:_REMOVED_AT_ONCE]):
        Response.objects.filter(pk__in=some).delete()
        count += len(some)
    return count


def _months(response: Response) -> set[int]:
    zone = response.site.zone if response.site else response.organisation.zone
    return {local_month(response.received_at, zone)}


def _zone_of(new: NewResponse) -> str:
    site = new.site or (new.place.site if new.place else None)
    return site.zone if site else new.organisation.zone


def _row(new: NewResponse, at: datetime, *, batch: UUID | None = None) -> dict[str, Any]:
    """The response's columns."""
    site = new.site or (new.place.site if new.place else None)
    return {
        "organisation_id": new.organisation.pk,
        "site_id": site.pk if site else None,
        "place_id": new.place.pk if new.place else None,
        "touchpoint_id": new.touchpoint_id,
        "instrument": new.instrument,
        "version": new.version,
        "received_at": new.received_at or at,
        "recorded_at": at,
        "mode": new.mode,
        "language": new.language,
        "age_band": read_line(new.age_band, longest=16),
        "sex": read_line(new.sex, longest=24),
        "ethnicity": read_line(new.ethnicity, longest=80),
        "payer": read_line(new.payer, longest=40),
        "answers": {code: value for code, value in new.answers.items() if code != _COMMENT},
        "complete": new.complete,
        "external_id": new.external_id[:80],
        "import_batch": batch,
        "submission_key": new.submission_key,
    }


def _keep_comments(
    new: Sequence[NewResponse],
    kept: Sequence[int],
    organisation: Organisation,
    batch: UUID,
    by: Actor,
    at: datetime,
) -> None:
    spoken = [
        _comment_of(each, response_id, at)
        for each, response_id in zip(new, kept, strict=True)
        if each.comment.strip()
    ]
    if spoken:
        receive_comments(spoken, organisation=organisation, batch=batch, by=by, at=at)


def _comment_of(new: NewResponse, response_id: int, at: datetime) -> NewComment:
    return NewComment(
        organisation=new.organisation,
        source="survey",
        text=new.comment,
        # Apart: read by those who read the whole organisation, not by the people of the place.
        place=None if new.comment_apart else new.place,
        site=None if new.comment_apart else new.site,
        touchpoint_id=new.touchpoint_id,
        mode=new.mode if new.mode in ON_A_KIOSK else "",
        received_at=new.received_at or at,
        language=new.language,
        question=new.question,
        question_type=new.question_type,
        rating=_number(new.answers.get("rating")),
        rating_max=10 if "rating" in new.answers else None,
        response_id=response_id,
        external_id=new.external_id,
    )


def _number(value: int | str | None) -> float | None:
    return None if value is None else float(value)
