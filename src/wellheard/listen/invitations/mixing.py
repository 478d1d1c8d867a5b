"""Letting anonymous answers go: together with enough others, in a random order."""

from __future__ import annotations

import json
import secrets
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, time, timedelta
from uuid import uuid4

from wellheard.base.audit.actor import Actor
from wellheard.base.audit.trail import acting
from wellheard.listen.intake.actions import NewComment, receive_comment
from wellheard.listen.invitations.models import SealedAnswers
from wellheard.listen.invitations.vocabulary import field_days, mixed_from
from wellheard.listen.responses.actions import NewResponse, receive_responses

_COMMENT = "comment"


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
    secrets.SystemRandom().shuffle(group)
    first = group[0]
    by = Actor.system(first.organisation_id, "surveys")
    kept = [json.loads(row.sealed) for row in group]
    spoken = Counter(each["language"] for each in kept)
    # One moment for all: the beginning of the week.
    week = now.date() - timedelta(days=now.weekday())
    received_at = datetime.combine(week, time(), tzinfo=UTC)
    place = first.place if level == "place" else None
    site = first.place.site if level in ("place", "site") else None
    with acting(by, at=now) as trail:
        gone, _ = SealedAnswers.objects.filter(pk__in=[row.pk for row in group]).delete()
        if gone != len(group):
            raise RuntimeError("somebody else let these answers go")
        batch = uuid4()
        receive_responses(
            [
                NewResponse(
                    organisation=first.organisation,
                    instrument=first.instrument,
                    version=first.version,
                    answers=each["answers"],
                    place=place,
                    site=site,
                    received_at=received_at,
                    language=_if_shared(each["language"], spoken),
                    comment=each["told"].get(_COMMENT, ""),
                )
                for each in kept
            ],
            organisation=first.organisation,
            batch=batch,
            by=by,
            at=now,
        )
        words = [
            (each["language"], text)
            for each in kept
            for code, text in each["told"].items()
            if code != _COMMENT
        ]
        secrets.SystemRandom().shuffle(words)
        for language, text in words:
            receive_comment(
                NewComment(
                    organisation=first.organisation,
                    source="survey",
                    text=text,
                    place=place,
                    site=site,
                    received_at=received_at,
                    language=language,
                ),
                by=by,
                at=now,
            )
        trail.write("sealed_answers_released", ("listen.batch", str(batch)), count=len(group))


def _if_shared(language: str, spoken: Counter[str]) -> str:
    return language if spoken[language] >= mixed_from() else ""
