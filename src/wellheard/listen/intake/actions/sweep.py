"""The sweep: what nobody owns or nobody decided in time is found, noted and given to somebody."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db.models import QuerySet

from wellheard.base.audit.actor import Actor
from wellheard.base.audit.trail import acting
from wellheard.listen.intake.actions.take_up import take_up
from wellheard.listen.intake.models import Comment, OrphanFinding
from wellheard.listen.intake.policy import policy
from wellheard.people.places.models import Organisation

_AT_ONCE = 500


def sweep_orphans(now: datetime) -> None:
    """Periodic work: look through every organisation for comments that were left lying."""
    for organisation in Organisation.objects.order_by("pk"):
        sweep_organisation(organisation.pk, at=now)


def sweep_organisation(organisation_id: int, *, at: datetime) -> int:
    """Note each comment without an owner after an hour, or undecided past its time; how many."""
    by = Actor.system(organisation_id, "orphan-sweep")
    undecided = Comment.objects.undecided().filter(organisation_id=organisation_id)
    waited = at - timedelta(minutes=policy().owned_within_minutes)
    unowned = undecided.filter(owner=None, recorded_at__lte=waited)
    found = list(unowned.values_list("pk", flat=True)[:_AT_ONCE])
    if found:
        take_up(found, by=by, at=at)
    still = unowned.filter(pk__in=found)
    late = undecided.overdue(at)
    return _note(still, "unowned", by, at) + _note(late, "late", by, at)


def _note(comments: QuerySet[Comment], why: str, by: Actor, at: datetime) -> int:
    new = comments.exclude(orphan_findings__why=why).values_list("pk", flat=True)[:_AT_ONCE]
    ids = list(new)
    if not ids:
        return 0
    with acting(by, at=at) as trail:
        rows = [
            OrphanFinding(organisation_id=by.organisation_id, comment_id=pk, why=why, at=at)
            for pk in ids
        ]
        OrphanFinding.objects.bulk_create(rows, ignore_conflicts=True)
        for pk in ids:
            trail.write("comment_orphaned", ("listen.comment", str(pk)), why=why)
            trail.publish("listen.comment_orphaned", comment_id=pk, why=why)
    return len(ids)
