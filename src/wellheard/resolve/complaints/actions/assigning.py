"""Owners: found by rule, given by people, taken over when somebody is away."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from wellheard.base.audit.actor import Actor
from wellheard.base.audit.trail import acting
from wellheard.people.staff.models import User
from wellheard.resolve.complaints import rulebook
from wellheard.resolve.complaints.actions.changing import NotAllowedError, changing, step
from wellheard.resolve.complaints.models import Absence, Assignment, Case, CasePerson
from wellheard.resolve.complaints.queries.rulebook import pack_of
from wellheard.resolve.complaints.queries.team import (
    absent_at,
    candidates,
    cover_for,
    named_in,
)
from wellheard.resolve.complaints.rules.routing import choose_owner


class NoOwnerError(Exception):
    """Nobody in the organisation can own the case; the event is tried again until somebody can."""


def first_owner(case: Case, at: datetime, barred: Collection[int] = ()) -> tuple[int, str]:
    """(user, rule) for this case by the routing rules. Raises NoOwnerError.

    Somebody who is away is passed over, unless nobody else is left: a case always has an owner.
    """
    able = candidates(case.organisation_id, case.site, case.place, at)
    facts = _routing_facts(case)
    away = absent_at(case.organisation_id, at)
    for out in ({*barred, *away}, set(barred)):
        chosen = choose_owner(able, facts, rulebook.routing(), barred=out)
        if chosen is not None:
            return chosen
    raise NoOwnerError(case.reference)


def _routing_facts(case: Case) -> dict[str, object]:
    klass = pack_of(case).classes[case.klass]
    return {
        "tier": case.tier,
        "formal": klass.formal,
        "klass": case.klass,
        "kind": case.kind,
        "has_place": case.place_id is not None,
    }


def assign_case(
    *, case_id: int, owner: User, why: str = "", seen: int | None = None, by: Actor, at: datetime
) -> Assignment | None:
    """Make somebody the owner; None when they are already.

    Raises NotAllowedError for somebody named in the case or of another organisation,
    StaleCaseError.
    """
    if Case.objects.filter(pk=case_id, owner=owner).exists():
        return None
    with changing(case_id, by=by, at=at, seen=seen) as (case, trail):
        if owner.organisation_id != case.organisation_id or not owner.is_active:
            raise NotAllowedError("This person cannot own the case.")
        if owner.pk in named_in(case):
            raise NotAllowedError("This person is named in the case, so they cannot own it.")
        row = step(Assignment, case, by, at, owner=owner, rule="person", why=why)
        case.owner = owner
        trail.write("case.assigned", case, owner=owner.pk)
    return row


def add_person(
    *,
    case_id: int,
    part: str,
    user: User | None = None,
    name: str = "",
    may_hear: bool = False,
    by: Actor,
    at: datetime,
) -> CasePerson:
    """Note somebody's part in the case. An owner who turns out to be named in it is replaced."""
    with changing(case_id, by=by, at=at) as (case, trail):
        row = step(CasePerson, case, by, at, part=part, user=user, name=name, may_hear=may_hear)
        trail.write("case.person_added", case, part=part, user=user.pk if user else None)
        if part == CasePerson.Part.NAMED and user is not None and user.pk == case.owner_id:
            _hand_over(case, "conflict", by, at)
            trail.write("case.assigned", case, owner=case.owner_id, rule="conflict")
    return row


def record_absence(
    *,
    user: User,
    since: datetime,
    until: datetime,
    cover: User | None = None,
    by: Actor,
    at: datetime,
) -> Absence:
    """Note that somebody is away; their open cases move at once when the absence has begun."""
    with acting(by, at=at) as trail:
        row = Absence.objects.create(
            organisation_id=user.organisation_id,
            user=user,
            cover=cover,
            since=since,
            until=until,
            at=at,
        )
        trail.write("absence.recorded", row, user=user.pk)
        if since <= at < until:
            reassign_absent(user.organisation_id, by=by, at=at)
    return row


def reassign_absent(organisation_id: int, *, by: Actor, at: datetime) -> int:
    """Give the open cases of everybody who is away to their cover, else by rule; how many."""
    away = absent_at(organisation_id, at)
    ids = Case.objects.of(organisation_id).open().filter(owner_id__in=away)
    moved = 0
    for case_id in list(ids.values_list("pk", flat=True)):
        with changing(case_id, by=by, at=at) as (case, trail):
            before = case.owner_id
            _hand_over(case, "cover", by, at)
            if case.owner_id != before:
                moved += 1
                trail.write("case.assigned", case, owner=case.owner_id, rule="cover")
    return moved


def _hand_over(case: Case, rule: str, by: Actor, at: datetime) -> None:
    """To the cover of an absent owner, else to whom the routing rules name."""
    barred = named_in(case)
    cover = cover_for(case.owner_id, at) if rule == "cover" else None
    if cover is not None and cover not in barred:
        owner_id = cover
    else:
        owner_id, _ = first_owner(case, at, barred={*barred, case.owner_id})
    if owner_id != case.owner_id:
        case.owner_id = owner_id
        step(Assignment, case, by, at, owner_id=owner_id, rule=rule)
