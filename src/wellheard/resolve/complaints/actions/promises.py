"""Snoozing and promises: out of sight for a while, and what we said we would do."""

from __future__ import annotations

from datetime import datetime

from wellheard.base.audit.actor import Actor
from wellheard.resolve.complaints.actions.changing import (
    NotAllowedError,
    changing,
    must_be_open,
    step,
)
from wellheard.resolve.complaints.models import Case, Promise, Snooze
from wellheard.resolve.complaints.rules.words import read_words


def snooze_case(
    *,
    case_id: int,
    until: datetime,
    why: str = "",
    seen: int | None = None,
    by: Actor,
    at: datetime,
) -> Snooze:
    """Put a case out of sight until a moment. Its clocks run on, and a warning wakes it.

    Raises NotAllowedError for a moment that is past, for a case of danger, or beyond what is due
    next; StaleCaseError, CaseClosedError.
    """
    with changing(case_id, by=by, at=at, seen=seen) as (case, trail):
        must_be_open(case)
        if until <= at:
            raise NotAllowedError("Choose a moment that is still to come.")
        if case.rank == 0:
            raise NotAllowedError("A case of possible danger is not put aside.")
        row = step(Snooze, case, by, at, until=until, why=why.strip())
        case.snoozed_until = until
        trail.write("case.snoozed", case, until=until.isoformat())
    return row


def wake_case(*, case_id: int, rule: str, by: Actor, at: datetime) -> None:
    """Bring a snoozed case back: its time has come, something was added, or something is due."""
    with changing(case_id, by=by, at=at) as (case, trail):
        case.snoozes.filter(woken_at__isnull=True).update(woken_at=at)
        case.snoozed_until = None
        trail.write("case.woken", case, rule=rule)


def wake_due(now: datetime) -> None:
    """Periodic work: wake what was put aside until now, or what has come close to a deadline."""
    snoozed = Case.objects.open().filter(snoozed_until__isnull=False)
    for case_id, organisation_id in snoozed.filter(snoozed_until__lte=now).values_list(
        "pk", "organisation_id"
    ):
        by = Actor.system(organisation_id, "snooze")
        wake_case(case_id=case_id, rule="time", by=by, at=now)


def make_promise(*, case_id: int, words: str, due_at: datetime, by: Actor, at: datetime) -> Promise:
    """Keep what we said we would do by a moment. Raises NotAllowedError, EmptyWordsError."""
    text = read_words(words, longest=1000)
    if due_at <= at:
        raise NotAllowedError("A promise is for a moment that is still to come.")
    with changing(case_id, by=by, at=at) as (case, trail):
        row = step(Promise, case, by, at, words=text, due_at=due_at)
        trail.write("case.promise_made", case, promise=row.pk)
    return row


def keep_promise(*, promise_id: int, by: Actor, at: datetime) -> Promise:
    """Note that a promise was kept. One that was broken stays broken, and is kept late.

    Raises NotAllowedError when it was kept before, Promise.DoesNotExist.
    """
    row = Promise.objects.get(pk=promise_id, organisation_id=by.organisation_id)
    with changing(row.case_id, by=by, at=at) as (case, trail):
        row.refresh_from_db()
        if row.kept_at is not None:
            raise NotAllowedError("This promise was kept already.")
        row.kept_at, row.kept_by = at, f"{by.kind}:{by.ref}"
        row.save(update_fields=["kept_at", "kept_by"])
        trail.write("case.promise_kept", case, promise=row.pk, late=at >= row.due_at)
    return row


def break_overdue_promises(now: datetime) -> None:
    """Periodic work: a promise whose moment has passed is broken, and says so."""
    late = Promise.objects.filter(
        kept_at__isnull=True, broken_at__isnull=True, due_at__lte=now, case__closed_at__isnull=True
    )
    for row in late.order_by("pk")[:500]:
        by = Actor.system(row.organisation_id, "promises")
        with changing(row.case_id, by=by, at=now) as (case, trail):
            Promise.objects.filter(pk=row.pk).update(broken_at=row.due_at)
            trail.write("case.promise_broken", case, promise=row.pk)
            trail.publish("resolve.promise_broken", case_id=case.pk, promise_id=row.pk)
