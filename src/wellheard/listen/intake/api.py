"""Comments for programs: read within one's reach, in full or with names taken out."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest
from django.utils import timezone
from ninja import Field, Query, Router, Schema

from wellheard.base.audit.trail import record_read
from wellheard.base.vault.sealing import digest
from wellheard.listen.intake.listing import Aside, asides, words_for
from wellheard.listen.intake.models import Comment
from wellheard.listen.intake.queries import waiting
from wellheard.people.access.person import Person

router = Router(tags=["comments"])
MOST = 200
# No larger number is an id in either database.
_Id = Annotated[int, Field(ge=1, le=2**63 - 1)]


class CommentOut(Schema):
    """One comment. ``text`` is null while names have not yet been taken out for this reader."""

    id: int
    reference: str
    received_at: datetime
    place: int | None
    site: int | None
    source: str
    language: str
    text: str | None
    masked: bool
    question_type: str
    rating: float | None
    rating_max: int | None
    wants_reply: bool
    disposition: str
    duplicate_of: int | None


class WaitingOut(Schema):
    """How many comments wait for a first decision, and how many of them too long."""

    undecided: int
    late: int


class CommentFilter(Schema):
    """Which comments. ``before`` is the id of the last one already read: pages go back in time."""

    place: _Id | None = None
    source: Literal[tuple(Comment.Source.values)] | None = None  # type: ignore[valid-type]  # the model's own values
    since: datetime | None = None
    until: datetime | None = None
    undecided: bool = False
    copies: bool = False
    before: _Id | None = None
    limit: Annotated[int, Field(ge=1, le=MOST)] = 50


@router.get("", response=list[CommentOut], summary="What patients told us")
def list_comments(request: HttpRequest, wanted: Query[CommentFilter]) -> list[dict[str, Any]]:
    """Newest first; only places the person may read comments of."""
    person = _person(request)
    found = Comment.objects.visible_to(person)
    found = found if wanted.copies else found.counted()
    if wanted.place is not None:
        found = found.filter(place_id=wanted.place)
    if wanted.source is not None:
        found = found.filter(source=wanted.source)
    if wanted.since is not None:
        found = found.filter(received_at__gte=_aware(wanted.since))
    if wanted.until is not None:
        found = found.filter(received_at__lt=_aware(wanted.until))
    if wanted.undecided:
        found = found.undecided()
    if wanted.before is not None:
        found = found.filter(pk__lt=wanted.before)
    rows = list(found.order_by("-pk")[: wanted.limit])
    asked = digest(request.META.get("QUERY_STRING", ""), "comment-list")[:16]
    record_read(person.actor, ("comment_list", asked), at=timezone.now(), count=len(rows))
    beside = asides(rows, person)
    return [_out(row, person, beside.get(row.pk, Aside())) for row in rows]


@router.get("/waiting", response=WaitingOut, summary="What waits for a first decision")
def count_waiting(request: HttpRequest) -> dict[str, int]:
    """Counts for the places the person may read comments of."""
    person = _person(request)
    full, masked = person.places("comment.read"), person.places("comment.read_masked")
    reach = None if full is None or masked is None else full | masked
    found = waiting(person.organisation_id, reach, now=timezone.now())
    return {"undecided": found.undecided, "late": found.late}


@router.get("/{comment_id}", response=CommentOut, summary="One comment")
def one_comment(request: HttpRequest, comment_id: _Id) -> dict[str, Any]:
    """404 when there is none that the person may read."""
    person = _person(request)
    found = Comment.objects.visible_to(person).filter(pk=comment_id).first()
    if found is None:
        raise Http404
    record_read(person.actor, found, at=timezone.now())
    return _out(found, person, asides([found], person).get(found.pk, Aside()))


def _out(comment: Comment, person: Person, aside: Aside) -> dict[str, Any]:
    words, masked = words_for(comment, person, aside)
    return {
        "id": comment.pk,
        "reference": comment.reference,
        "received_at": comment.received_at,
        "place": comment.place_id,
        "site": comment.site_id,
        "source": comment.source,
        "language": comment.language,
        "text": words,
        "masked": masked,
        "question_type": comment.question_type,
        "rating": comment.rating,
        "rating_max": comment.rating_max,
        "wants_reply": comment.wants_reply,
        "disposition": comment.disposition,
        "duplicate_of": comment.duplicate_of_id,
    }


def _person(request: HttpRequest) -> Person:
    person: Person | None = getattr(request, "person", None)
    if person is None or not (person.may("comment.read_masked") or person.may("comment.read")):
        raise PermissionDenied("comment.read_masked")
    return person


def _aware(moment: datetime) -> datetime:
    """A moment without a zone is read as UTC."""
    return moment if moment.tzinfo else moment.replace(tzinfo=timezone.get_default_timezone())
