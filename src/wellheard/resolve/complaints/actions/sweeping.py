"""The sweep over everything that is due: warn, mark late, tell somebody higher, find repeats.

It runs every minute, is safe to run twice, and notes late clocks by their own due moment, so a
worker that was down for a day writes the same rows as one that was not.
"""

from __future__ import annotations

from datetime import datetime

from django.db.models import F

from wellheard.base.audit.actor import Actor
from wellheard.base.audit.trail import Trail
from wellheard.people.places.models import Organisation
from wellheard.resolve.complaints.actions.assigning import reassign_absent
from wellheard.resolve.complaints.actions.changing import changing, step
from wellheard.resolve.complaints.actions.closing import link_case, tell_closed
from wellheard.resolve.complaints.actions.letters import send_held_letters
from wellheard.resolve.complaints.actions.paging import overdue_pages, page_on_call
from wellheard.resolve.complaints.actions.promises import break_overdue_promises, wake_due
from wellheard.resolve.complaints.actions.timing import mark_late
from wellheard.resolve.complaints.models import Case, Clock, Escalation
from wellheard.resolve.complaints.queries.rulebook import priority_in_force
from wellheard.resolve.complaints.queries.team import holders, named_in
from wellheard.resolve.complaints.rules.priority import rungs_due

_AT_ONCE = 500
_ROLES = {"place_manager": "nurse_manager"}


def sweep_deadlines(now: datetime) -> None:
    """Periodic work, every minute: clocks, calls, promises, snoozes."""
    wake_due(now)
    warn_due(now)
    escalate_late(now)
    climb_pages(now)
    break_overdue_promises(now)


def sweep_letters(now: datetime) -> None:
    """Periodic work, every few seconds: what was held long enough leaves."""
    send_held_letters(now)
    tell_closed(now)


def sweep_cover(now: datetime) -> None:
    """Periodic work: cases of people who are away move on, and repeats are linked."""
    for organisation in Organisation.objects.order_by("pk"):
        by = Actor.system(organisation.pk, "cover")
        reassign_absent(organisation.pk, by=by, at=now)
    link_repeats(now)


def warn_due(now: datetime) -> int:
    """Note on each clock that its warning moment has come, and wake its case. How many."""
    due = Clock.objects.running().filter(warn_at__lte=now, warned_at__isnull=True)
    rows = list(due.filter(case__closed_at__isnull=True).order_by("pk")[:_AT_ONCE])
    for clock in rows:
        by = Actor.system(clock.organisation_id, "deadlines")
        with changing(clock.case_id, by=by, at=now) as (case, trail):
            Clock.objects.filter(pk=clock.pk).update(warned_at=now)
            if case.snoozed_until is not None:
                case.snoozed_until = None
                case.snoozes.filter(woken_at__isnull=True).update(woken_at=now)
            trail.write("case.clock_warned", case, clock=clock.code, clause=clock.clause)
    return len(rows)


def escalate_late(now: datetime) -> int:
    """Mark late clocks and tell the next person of the ladder. How many were told."""
    late = Clock.objects.running().filter(due_at__lte=now, case__closed_at__isnull=True)
    told = 0
    for case_id, organisation_id in list(
        late.order_by("case_id").values_list("case_id", "organisation_id").distinct()[:_AT_ONCE]
    ):
        if _has_something_new(case_id, organisation_id, now):
            by = Actor.system(organisation_id, "deadlines")
            with changing(case_id, by=by, at=now) as (case, trail):
                if mark_late(case, now):
                    trail.publish("resolve.deadline_missed", case_id=case.pk)
                told += sum(_climb(case, clock, by, now, trail) for clock in _late(case, now))
    return told


def _has_something_new(case_id: int, organisation_id: int, now: datetime) -> bool:
    # Most late cases were escalated before: this read spares them a write every minute.
    ladder = priority_in_force(organisation_id).ladder
    running = Clock.objects.running().filter(case_id=case_id, due_at__lte=now)
    return any(
        clock.late_at is None or clock.rungs < rungs_due(ladder, clock.due_at, now)
        for clock in running
    )


def _late(case: Case, now: datetime) -> list[Clock]:
    return list(case.clocks.running().filter(due_at__lte=now))


def _climb(case: Case, clock: Clock, by: Actor, now: datetime, trail: Trail) -> int:
    ladder = priority_in_force(case.organisation_id).ladder
    reached = rungs_due(ladder, clock.due_at, now)
    for number in range(clock.rungs, reached):
        _tell(case, clock, ladder[number].to, by, now, trail)
    climbed = max(0, reached - clock.rungs)
    if climbed:
        Clock.objects.filter(pk=clock.pk).update(rungs=F("rungs") + climbed)
    return climbed


def _tell(case: Case, clock: Clock, role: str, by: Actor, now: datetime, trail: Trail) -> None:
    role = _ROLES.get(role, role)
    able = holders(case.organisation_id, role, case.site, case.place, now)
    to = next((user_id for user_id in able if user_id not in named_in(case)), None)
    step(
        Escalation,
        case,
        by,
        now,
        to_id=to,
        to_role=role,
        rule=f"{clock.clause} {clock.code}",
    )
    trail.write("case.escalated", case, clock=clock.code, clause=clock.clause, role=role, to=to)


def tell_owner(*, case_id: int, rule: str, by: Actor, at: datetime) -> None:
    """Tell the owner of something that needs their hand; once per rule."""
    with changing(case_id, by=by, at=at) as (case, trail):
        if not case.escalations.filter(rule=rule[:60]).exists():
            step(Escalation, case, by, at, to_id=case.owner_id, to_role="owner", rule=rule[:60])
            trail.write("case.escalated", case, role="owner", to=case.owner_id, rule=rule)


def ask_approval(*, case_id: int, by: Actor, at: datetime) -> None:
    """Tell those who release letters that one is ready to be read."""
    with changing(case_id, by=by, at=at) as (case, trail):
        able = holders(case.organisation_id, "grievance_officer", case.site, case.place, at)
        to = next((u for u in able if u not in named_in(case) and str(u) != by.ref), None)
        rule = "letter_ready"
        step(Escalation, case, by, at, to_id=to, to_role="grievance_officer", rule=rule)
        trail.write("case.approval_asked", case, to=to)


def climb_pages(now: datetime) -> int:
    """Call the next rung for each case of danger that nobody has answered. How many calls."""
    calls = 0
    for case_id in overdue_pages(now):
        organisation_id = Case.objects.values_list("organisation_id", flat=True).get(pk=case_id)
        by = Actor.system(organisation_id, "on-call")
        calls += len(page_on_call(case_id=case_id, by=by, at=now))
    return calls


def link_repeats(now: datetime) -> int:
    """Link open cases whose comment turned out to be a copy of one with another case. How many."""
    repeats = Case.objects.open().filter(
        same_as__isnull=True,
        comment__duplicate_of__isnull=False,
        comment__duplicate_of__said_in__isnull=False,
    )
    linked = 0
    for case in repeats.select_related("comment__duplicate_of__said_in")[:_AT_ONCE]:
        first_id = case.comment.duplicate_of.said_in.case_id  # type: ignore[union-attr]  # filtered above
        if first_id != case.pk and _same_person(case, first_id):
            by = Actor.system(case.organisation_id, "repeats")
            why = "The same matter arrived by another way."
            link_case(case_id=case.pk, first_id=first_id, why=why, by=by, at=now)
            linked += 1
    return linked


def _same_person(case: Case, first_id: int) -> bool:
    """Two people who complain of one thing are each owed an answer, so only staff link those."""
    first = Case.objects.only("patient_id").get(pk=first_id)
    return case.patient_id is None or case.patient_id == first.patient_id
