"""Sending comments in, and reading them as far as the caller may."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any

from django.http import Http404
from django.utils import timezone
from ninja import Header, Query, Router, Status

from wellheard.base.audit.trail import record_read
from wellheard.interop.api.doors import ApiRequest, need
from wellheard.interop.api.keys import submission_key
from wellheard.interop.api.operations.places import place_for
from wellheard.interop.api.problems import ConflictError, Problem
from wellheard.interop.api.refusals import REFUSALS
from wellheard.interop.api.shapes import (
    CommentIn,
    CommentOut,
    Comments,
    Kept,
    Key,
    Paging,
    PlaceCode,
    Reference,
    page_of,
)
from wellheard.listen.intake.actions import NewComment, receive_comment
from wellheard.listen.intake.listing import Aside, asides, words_for
from wellheard.listen.intake.models import Comment
from wellheard.listen.intake.queries import comment_by_reference, comment_by_submission
from wellheard.listen.intake.rules.words import read_words
from wellheard.people.access.person import Person
from wellheard.people.places.models import Organisation

router = Router(tags=["comments"])
_TOP = 5


@router.post(
    "/comments",
    response={201: Kept, 200: Kept, REFUSALS: Problem},
    operation_id="send_comment",
)
def send_comment(
    request: ApiRequest,
    given: CommentIn,
    idempotency_key: Annotated[Key | None, Header(alias="Idempotency-Key")] = None,
) -> Any:
    """Keep what somebody said. With an Idempotency-Key a repeated request keeps it once."""
    person = need(request, "import.run")
    place = place_for(person, given.place, "import.run")
    key = submission_key(person, "comment", idempotency_key)
    earlier = comment_by_submission(key) if key else None
    if earlier is not None:
        if earlier.text != read_words(given.text):
            raise ConflictError("This Idempotency-Key came with another comment before.")
        return Status(200, {"reference": earlier.reference, "repeated": True})
    new = NewComment(
        organisation=Organisation.objects.get(pk=person.organisation_id),
        source="api",
        text=given.text,
        place=place,
        received_at=given.received_at,
        language=given.language,
        question=given.question,
        question_type=given.question_type,
        rating=given.rating,
        rating_max=_TOP if given.rating is not None else None,
        external_id=given.external_id,
        respondent_id=given.respondent_id,
        submission_key=key,
    )
    kept = receive_comment(new, by=person.actor, at=timezone.now())
    return Status(201, {"reference": kept.reference, "repeated": False})


@router.get("/comments", response={200: Comments, REFUSALS: Problem}, operation_id="list_comments")
def list_comments(
    request: ApiRequest, paging: Query[Paging], place: PlaceCode | None = None
) -> Any:
    """The comments the caller may read, newest first; names taken out unless they may read all."""
    person = need(request, "comment.read_masked")
    rows = _readable(person)
    if place is not None:
        found = place_for(person, place, "comment.read_masked")
        rows = rows.filter(place=found)
    record_read(
        person.actor,
        ("api", "comments"),
        at=timezone.now(),
        offset=paging.offset,
        limit=paging.limit,
    )
    return page_of(rows.order_by("-received_at", "-pk"), paging, lambda part: _shown(part, person))


@router.get(
    "/comments/{reference}",
    response={200: CommentOut, REFUSALS: Problem},
    operation_id="read_comment",
)
def read_comment(request: ApiRequest, reference: Reference) -> Any:
    """One comment by its reference."""
    person = need(request, "comment.read_masked")
    named = comment_by_reference(person.organisation_id, reference)
    found = _readable(person).filter(pk=named.pk).first() if named else None
    if found is None:
        raise Http404
    record_read(person.actor, found, at=timezone.now())
    return _shown([found], person)[0]


def _readable(person: Person) -> Any:
    rows = Comment.objects.visible_to(person)
    return rows.select_related("place", "duplicate_of")


def _shown(comments: Sequence[Comment], person: Person) -> list[dict[str, Any]]:
    beside = asides(comments, person)
    return [_out(each, person, beside.get(each.pk, Aside())) for each in comments]


def _out(comment: Comment, person: Person, aside: Aside) -> dict[str, Any]:
    text, masked = words_for(comment, person, aside)
    return {
        "reference": comment.reference,
        "received_at": comment.received_at,
        "place": comment.place.code if comment.place else None,
        "source": comment.source,
        "language": comment.language,
        "text": text,
        "masked": masked,
        "rating": comment.rating,
        "rating_max": comment.rating_max,
        "disposition": comment.disposition,
        "duplicate_of": comment.duplicate_of.reference if comment.duplicate_of else None,
    }
