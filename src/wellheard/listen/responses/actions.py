"""Receiving answers, singly or sixty thousand at once, and taking an import back."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from wellheard.base.audit.actor import Actor
from wellheard.base.audit.trail import acting
from wellheard.base.tables.bulk import insert_rows
from wellheard.listen.intake.actions import (
    NewComment,
    receive_comment,
    receive_comments,
    remove_comments,
)
from wellheard.listen.intake.rules.words import read_line
from wellheard.listen.responses.models import Response
from wellheard.people.places.models import Organisation, Place, Site

_COMMENT = "comment"


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
    received_at: datetime | None = None
    mode: str = "web"
    language: str = ""
    age_band: str = ""
    sex: str = ""
    ethnicity: str = ""
    payer: str = ""
    comment: str = ""
    question: str = ""
    question_type: str = "nonspecific"
    complete: bool = True
    external_id: str = ""
    submission_key: str | None = None


def receive_response(new: NewResponse, *, by: Actor, at: datetime) -> Response:
    """Keep one response, its comment beside it. A second sending returns the first."""
    with acting(by, at=at) as trail:
        if new.submission_key is not None:
            earlier = Response.objects.filter(submission_key=new.submission_key).first()
            if earlier is not None:
                return earlier
        response = Response(**_row(new, at))
        response.save(force_insert=True)
        trail.write("response_received", response, mode=response.mode, answered=len(new.answers))
        trail.publish("listen.response_received", response_id=response.pk)
        if new.comment.strip():
            receive_comment(_comment_of(new, response.pk, at), by=by, at=at)
    return response


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
        _keep_comments(new, kept, organisation, batch, by, at)
        trail.write("responses_imported", ("listen.batch", str(batch)), count=len(kept))
        trail.publish("listen.responses_imported", batch=str(batch))
    return len(kept)


def undo_batch(*, organisation: Organisation, batch: UUID, by: Actor, at: datetime) -> int:
    """Take an import back: its responses, its comments and what was derived; rows removed.

    Raises intake.actions.CommentsInUseError when somebody already worked with one of them.
    """
    with acting(by, at=at) as trail:
        comments = remove_comments(batch=batch, by=by, at=at)
        responses = Response.objects.filter(organisation=organisation, import_batch=batch)
        count = responses.count()
        responses.delete()
        trail.write("batch_undone", ("listen.batch", str(batch)), responses=count)
        trail.publish("listen.batch_undone", batch=str(batch))
    return comments + count


def _row(new: NewResponse, at: datetime, *, batch: UUID | None = None) -> dict[str, Any]:
    """The response's columns."""
    site = new.site or (new.place.site if new.place else None)
    return {
        "organisation_id": new.organisation.pk,
        "site_id": site.pk if site else None,
        "place_id": new.place.pk if new.place else None,
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
        place=new.place,
        site=new.site,
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
