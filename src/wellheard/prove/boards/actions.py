"""Noting that somebody looked at a place."""

from __future__ import annotations

from datetime import datetime

from wellheard.base.audit.actor import Actor
from wellheard.base.audit.trail import acting
from wellheard.prove.boards.models import MeasureTarget, PlaceVisit
from wellheard.prove.boards.rules import home_policy, is_new_visit


def note_visit(place_id: int, *, comments: int, by: Actor, at: datetime) -> datetime | None:
    """Keep this visit and the reading of ``comments`` comments; when the visit before was."""
    with acting(by, at=at) as trail:
        visit = PlaceVisit.objects.filter(user_id=int(by.ref), place_id=place_id).first()
        if visit is None:
            visit = PlaceVisit(
                organisation_id=by.organisation_id, user_id=int(by.ref), place_id=place_id
            )
        elif is_new_visit(visit.seen_at, at, home_policy()):
            visit.before_at = visit.seen_at
        visit.seen_at = at
        visit.save()
        if comments:
            trail.write("read", ("place_comments", str(place_id)), count=comments)
    return visit.before_at


def set_target(
    measure: str, value: float | None, *, why: str, by: Actor, at: datetime
) -> MeasureTarget:
    """Say what a measure shall reach, and why; None takes the target away."""
    with acting(by, at=at) as trail:
        target = MeasureTarget.objects.create(
            organisation_id=by.organisation_id,
            measure=measure,
            value=value,
            why=why[:300],
            by_name=by.name,
            at=at,
        )
        trail.write("target_set", target, measure=measure, value=value)
    return target
