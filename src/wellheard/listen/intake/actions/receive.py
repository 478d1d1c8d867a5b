"""Receiving: the one way by which words become a comment, singly or a whole file at once."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from itertools import islice
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction

from wellheard.base.audit.actor import Actor
from wellheard.base.audit.trail import acting
from wellheard.base.tables.bulk import insert_rows
from wellheard.base.tables.single import insert_one
from wellheard.listen.intake.models import Comment, Disposition
from wellheard.listen.intake.policy import policy
from wellheard.listen.intake.rules.references import new_reference
from wellheard.listen.intake.rules.triage import decide_by, decided_already
from wellheard.listen.intake.rules.words import read_line, read_words
from wellheard.people.patients.models import Patient
from wellheard.people.places.models import Organisation, Place, Site

_ASKED_AT_ONCE = 5_000
_KEPT_AT_ONCE = 20_000
_TRIES = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class NewComment:
    """What came in. ``site`` follows from ``place``; ``received_at`` is now when not given.

    ``submission_key``: what makes a repeated sending the same one; ``respondent_id``: another
    system's key for who spoke, when it gave one.
    """

    organisation: Organisation
    source: str
    text: str = ""
    place: Place | None = None
    site: Site | None = None
    touchpoint_id: int | None = None
    mode: str = ""
    received_at: datetime | None = None
    language: str = ""
    question: str = ""
    question_type: str = "nonspecific"
    rating: float | None = None
    rating_max: int | None = None
    patient: Patient | None = None
    wants_reply: bool = False
    response_id: int | None = None
    external_id: str = ""
    respondent_id: str = ""
    submission_key: str | None = None


def receive_comment(new: NewComment, *, by: Actor, at: datetime) -> Comment:
    """Keep one comment and tell the house of it. Raises TooLongError.

    A second sending with the same ``submission_key`` changes nothing and returns the first.
    """
    with acting(by, at=at) as trail:
        comment = Comment(**_row(new, at))
        earlier = _keep(comment)
        if earlier is not None:
            return earlier
        _keep_dispositions({comment.pk: comment.disposition}, comment.organisation_id, at)
        trail.write("comment_received", comment, source=comment.source, words=len(comment.text))
        trail.publish("listen.comment_received", comment_id=comment.pk)
    return comment


def receive_comments(
    rows: Iterable[NewComment],
    *,
    organisation: Organisation,
    batch: UUID,
    by: Actor,
    at: datetime,
) -> list[int]:
    """Keep many comments as one batch: all or none, one audit row, one event. Their ids.

    Raises TooLongError, and ValueError for a row of another organisation.
    """
    with acting(by, at=at) as trail:
        ids: list[int] = []
        rest = iter(rows)
        while new := list(islice(rest, _KEPT_AT_ONCE)):
            ids += _keep_portion(new, organisation, batch, at)
        trail.write("comments_imported", ("listen.batch", str(batch)), count=len(ids))
        trail.publish("listen.comments_imported", batch=str(batch))
    return ids


def _keep_portion(
    new: Sequence[NewComment], organisation: Organisation, batch: UUID, at: datetime
) -> list[int]:
    if any(each.organisation.pk != organisation.pk for each in new):
        raise ValueError("a batch holds comments of one organisation")
    comments = [_row(each, at, batch=batch) for each in new]
    _renew_references(comments, organisation)
    ids = insert_rows(Comment, comments)
    kinds = {pk: row["disposition"] for pk, row in zip(ids, comments, strict=True)}
    _keep_dispositions(kinds, organisation.pk, at)
    return ids


def _row(new: NewComment, at: datetime, *, batch: UUID | None = None) -> dict[str, Any]:
    """The comment's columns."""
    site = new.site or (new.place.site if new.place else None)
    received_at = new.received_at or at
    text = read_words(new.text)
    return {
        "organisation_id": new.organisation.pk,
        "site_id": site.pk if site else None,
        "place_id": new.place.pk if new.place else None,
        "touchpoint_id": new.touchpoint_id,
        "source": new.source,
        "mode": new.mode,
        "reference": new_reference(secrets.choice),
        "received_at": received_at,
        "recorded_at": at,
        "language": new.language,
        "text": text,
        "question": read_line(new.question, longest=500),
        "question_type": new.question_type,
        "rating": None if new.rating is None else Decimal(str(new.rating)),
        "rating_max": new.rating_max,
        "patient_id": new.patient.pk if new.patient else None,
        "wants_reply": new.wants_reply,
        "response_id": new.response_id,
        "import_batch": batch,
        "external_id": new.external_id[:80],
        "respondent_id": new.respondent_id[:80],
        "submission_key": new.submission_key,
        "disposition": decided_already(
            text=text,
            rating=new.rating,
            received_at=received_at,
            recorded_at=at,
            policy=policy(),
        ),
        "triage_due_at": decide_by(
            at,
            zone=site.zone if site else new.organisation.zone,
            holidays_in=site.holidays_in if site else None,
            policy=policy(),
        ),
    }


def _keep(comment: Comment) -> Comment | None:
    """Keep a comment; the one that an earlier sending with its key became, if there was one.

    A reference that somebody else already has (one in billions) is drawn again.
    """
    for _ in range(_TRIES):
        try:
            with transaction.atomic():
                insert_one(comment)
            return None
        except IntegrityError:
            earlier = _sent_before(comment.submission_key)
            if earlier is not None:
                return earlier
            taken = Comment.objects.filter(
                organisation_id=comment.organisation_id, reference=comment.reference
            )
            if not taken.exists():
                raise
            comment.reference = new_reference(secrets.choice)
    raise IntegrityError("no free reference was found")


def _sent_before(submission_key: str | None) -> Comment | None:
    if submission_key is None:
        return None
    return Comment.objects.filter(submission_key=submission_key).first()


def _renew_references(rows: Sequence[dict[str, Any]], organisation: Organisation) -> None:
    """Give another reference to those that would collide, among themselves or with kept ones."""
    clashing = _taken([row["reference"] for row in rows], organisation)
    seen: set[str] = set()
    for row in rows:
        while row["reference"] in clashing or row["reference"] in seen:
            row["reference"] = new_reference(secrets.choice)
        seen.add(row["reference"])


def _taken(references: Sequence[str], organisation: Organisation) -> set[str]:
    taken: set[str] = set()
    for start in range(0, len(references), _ASKED_AT_ONCE):
        asked = references[start : start + _ASKED_AT_ONCE]
        kept = Comment.objects.filter(organisation=organisation, reference__in=asked)
        taken.update(kept.values_list("reference", flat=True))
    return taken


def _keep_dispositions(kinds: Mapping[int, str], organisation_id: int, at: datetime) -> None:
    insert_rows(
        Disposition,
        [
            {
                "organisation_id": organisation_id,
                "comment_id": comment_id,
                "kind": kind,
                "by": "system:intake",
                "at": at,
            }
            for comment_id, kind in kinds.items()
            if kind
        ],
    )
