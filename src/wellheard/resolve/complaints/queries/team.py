"""Who could own a case, who must not, and who is on call."""

from __future__ import annotations

from collections import Counter
from datetime import datetime

from django.db.models import Q, QuerySet

from wellheard.people.access.models import Membership
from wellheard.people.places.models import Place, Site
from wellheard.people.staff.models import User
from wellheard.resolve.complaints.models import Absence, Case, CasePerson, OnCall
from wellheard.resolve.complaints.rules.routing import Candidate


def candidates(
    organisation_id: int, site: Site | None, place: Place | None, now: datetime
) -> list[Candidate]:
    """Staff with a role that reaches this place, with how near they are and what they carry."""
    near = Q(site__isnull=True, place__isnull=True)
    if site is not None:
        near |= Q(site=site)
    if place is not None:
        near |= Q(place=place)
    members = memberships(organisation_id, now).filter(near)
    load = open_cases_by_owner(organisation_id)
    return [
        Candidate(member.user_id, member.role, _distance(member), load[member.user_id])
        for member in members.order_by("pk")
    ]


def memberships(organisation_id: int, now: datetime) -> QuerySet[Membership]:
    """Roles that hold at `now`, of people who work here."""
    holds = Q(ended_at__isnull=True) | Q(ended_at__gt=now)
    return Membership.objects.filter(
        holds, organisation_id=organisation_id, user__is_active=True
    ).select_related("user")


def holders(
    organisation_id: int, role: str, site: Site | None, place: Place | None, now: datetime
) -> list[int]:
    """Users with this role, nearest first."""
    found = [one for one in candidates(organisation_id, site, place, now) if one.role == role]
    return [one.user_id for one in sorted(found, key=lambda one: (one.distance, one.user_id))]


def open_cases_by_owner(organisation_id: int) -> Counter[int]:
    """How many open cases each owner carries."""
    owners = Case.objects.of(organisation_id).open().values_list("owner_id", flat=True)
    return Counter(owners)


def absent_at(organisation_id: int, now: datetime) -> set[int]:
    """Users who are away at `now`."""
    away = Absence.objects.filter(organisation_id=organisation_id, since__lte=now, until__gt=now)
    return set(away.values_list("user_id", flat=True))


def cover_for(user_id: int, now: datetime) -> int | None:
    """Who covers for an absent user; None when nobody was named or the cover is away too."""
    away = (
        Absence.objects.filter(
            user_id=user_id, since__lte=now, until__gt=now, cover__is_active=True
        )
        .exclude(cover__absences__since__lte=now, cover__absences__until__gt=now)
        .first()
    )
    return away.cover_id if away else None


def named_in(case: Case) -> set[int]:
    """Users whom the complaint is about: they never own, investigate or decide it."""
    rows = CasePerson.objects.filter(case=case, part=CasePerson.Part.NAMED, user__isnull=False)
    return {user_id for user_id in rows.values_list("user_id", flat=True) if user_id is not None}


def on_call_at(organisation_id: int, site: Site | None, now: datetime) -> list[int]:
    """Users on call at `now`: for the site first, else for the whole house."""
    shifts = OnCall.objects.filter(
        Q(until__isnull=True) | Q(until__gt=now),
        organisation_id=organisation_id,
        since__lte=now,
        user__is_active=True,
    ).order_by("pk")
    here = [shift.user_id for shift in shifts if site is not None and shift.site_id == site.pk]
    return here or [shift.user_id for shift in shifts if shift.site_id is None]


def people_who_may_own(case: Case, now: datetime) -> list[User]:
    """Whom a case can be given to: who works on cases there and is not named in it."""
    roles = {"nurse_manager", "px_specialist", "grievance_officer"}
    near = candidates(case.organisation_id, case.site, case.place, now)
    ids = {one.user_id for one in near if one.role in roles} - named_in(case)
    return list(User.objects.filter(pk__in=ids).order_by("name"))


def _distance(member: Membership) -> int:
    if member.place_id is not None:
        return 0
    return 1 if member.site_id is not None else 2
