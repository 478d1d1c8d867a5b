"""Putting anonymous answers away, and letting them go: together with enough others, in a random
order."""

from __future__ import annotations

import json
import secrets
import uuid
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from uuid import uuid4

from django.db import transaction

from wellheard.base.audit.actor import Actor
from wellheard.base.audit.trail import acting
from wellheard.listen.intake.actions import NewComment, receive_comment
from wellheard.listen.invitations.classes import shared, smallest
from wellheard.listen.invitations.models import Invitation, MixedBatch, SealedAnswers
from wellheard.listen.invitations.vocabulary import field_days, mixed_from
from wellheard.listen.responses.actions import NewResponse, receive_responses

_COMMENT = "comment"
# What may go on with an answer, and what of it is given up in turn when too few share it.
_TOLD = ("language", "age_band", "sex")
_LEVELS = ((0, 1, 2), (0, 2), (0, 1), (0,), (1,), (2,))
# All rows are of one length (or a few times that), as the length of words would tell them apart.
_LENGTH = 8_192
_WRITTEN_ANEW = 50


def put_away(invitation: Invitation, kept: Mapping[str, Any], *, month: date) -> None:
    """Lay answers beside those that wait for the same survey, in the caller's transaction.

    Those are taken out and laid down again with new keys, the new one among them: neither the
    order of the rows nor the transaction that wrote them tells which came last.
    """
    survey = {
        "organisation_id": invitation.organisation_id,
        "instrument": invitation.instrument,
        "version": invitation.version,
    }
    waiting = SealedAnswers.objects.select_for_update(skip_locked=True).filter(**survey)
    rows = list(waiting.order_by("pk")[:_WRITTEN_ANEW])
    SealedAnswers.objects.filter(pk__in=[row.pk for row in rows]).delete()
    words = json.dumps(kept)
    sealed = words.ljust(-(-len(words) // _LENGTH) * _LENGTH)
    rows.append(SealedAnswers(**survey, place_id=invitation.place_id, month=month, sealed=sealed))
    for row in rows:
        row.pk = uuid.uuid4()
    secrets.SystemRandom().shuffle(rows)
    SealedAnswers.objects.bulk_create(rows)


def release_sealed(now: datetime) -> None:
    """Periodic work: let go what lies with enough others of the same place. What waited for a
    whole field period goes with others of its site, then of the organisation; else it waits."""
    rows = SealedAnswers.objects.select_related("place__site", "organisation")
    surveys: dict[tuple[int, str, int], list[SealedAnswers]] = defaultdict(list)
    for row in rows:
        surveys[row.organisation_id, row.instrument, row.version].append(row)
    long_ago = (now - timedelta(days=field_days())).date().replace(day=1)
    for waiting in surveys.values():
        left = _release(waiting, "place", lambda row: row.place_id, now)
        old = [row for row in left if row.month <= long_ago]
        old = _release(old, "site", lambda row: row.place.site_id, now)
        _release(old, "organisation", lambda row: row.organisation_id, now)


def _release(
    rows: Sequence[SealedAnswers],
    level: str,
    group_of: Callable[[SealedAnswers], int],
    now: datetime,
) -> list[SealedAnswers]:
    """Let the groups go that are large enough; those that are left."""
    groups: dict[int, list[SealedAnswers]] = defaultdict(list)
    for row in rows:
        groups[group_of(row)].append(row)
    for group in groups.values():
        if len(group) >= mixed_from():
            _let_go(group, level, now)
    return [row for group in groups.values() if len(group) < mixed_from() for row in group]


def _let_go(group: list[SealedAnswers], level: str, now: datetime) -> None:
    first = group[0]
    by = Actor.system(first.organisation_id, "surveys")
    with acting(by, at=now) as trail, transaction.atomic():
        ids = [row.pk for row in group]
        held = list(SealedAnswers.objects.select_for_update(skip_locked=True).filter(pk__in=ids))
        if len(held) < len(group):
            return  # Somebody sends just now, and lays them down anew: next time.
        SealedAnswers.objects.filter(pk__in=ids).delete()
        secrets.SystemRandom().shuffle(held)
        kept = [json.loads(row.sealed) for row in held]
        told = shared([_told(each) for each in kept], _LEVELS, mixed_from())
        batch, week = uuid4(), now.date() - timedelta(days=now.weekday())
        where: dict[str, Any] = {
            "organisation": first.organisation,
            "place": first.place if level == "place" else None,
            "site": first.place.site if level in ("place", "site") else None,
            # One moment for all: the beginning of the week.
            "received_at": datetime.combine(week, time(), tzinfo=UTC),
        }
        stays: list[dict[str, Any]] = [dict(zip(_TOLD, each, strict=True)) for each in told]
        receive_responses(
            [
                NewResponse(
                    **where,
                    instrument=first.instrument,
                    version=first.version,
                    answers=each["answers"],
                    comment=each["told"].get(_COMMENT, ""),
                    **who,
                )
                for each, who in zip(kept, stays, strict=True)
            ],
            organisation=first.organisation,
            batch=batch,
            by=by,
            at=now,
        )
        _keep_words(kept, where, by=by, at=now)
        MixedBatch.objects.create(
            organisation=first.organisation,
            instrument=first.instrument,
            batch=batch,
            level=level,
            week=week,
            answers=len(kept),
            smallest=smallest(told),
        )
        trail.write("sealed_answers_released", ("listen.batch", str(batch)), count=len(kept))


def _keep_words(
    kept: Sequence[Mapping[str, Any]], where: Mapping[str, Any], *, by: Actor, at: datetime
) -> None:
    """Each further answer in own words as a comment to be read, in an order of its own."""
    words = [
        (each["language"], text)
        for each in kept
        for code, text in each["told"].items()
        if code != _COMMENT
    ]
    secrets.SystemRandom().shuffle(words)
    for language, text in words:
        new = NewComment(**where, source="survey", text=text, language=language)
        receive_comment(new, by=by, at=at)


def _told(kept: Mapping[str, Any]) -> tuple[str, ...]:
    return tuple(str(kept.get(name, "")) for name in _TOLD)
