"""What the screens of accounts show."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Prefetch, QuerySet

from wellheard.people.access.models import Membership
from wellheard.people.access.vocabulary import role_definitions
from wellheard.people.staff.models import SignedInSession, User


@dataclass(frozen=True, slots=True)
class HeldRole:
    """A role of somebody in words."""

    membership: Membership
    name: str
    where: str


def colleagues(organisation_id: int, search: str = "") -> QuerySet[User]:
    """The staff of an organisation by name, with their roles that hold."""
    users = User.objects.filter(organisation_id=organisation_id).order_by("-is_active", "name")
    if search:
        users = users.filter(name__icontains=search) | users.filter(email__icontains=search)
    held = Membership.objects.filter(ended_at__isnull=True).select_related("site", "place")
    return users.prefetch_related(Prefetch("memberships", held, to_attr="held"))


def held_roles(memberships: list[Membership]) -> list[HeldRole]:
    """Roles in words: "Nurse manager, Ward 7"."""
    names = role_definitions()
    return [
        HeldRole(
            one,
            names[one.role].name if one.role in names else one.role,
            str(one.place or one.site or ""),
        )
        for one in memberships
    ]


def sessions_of(user: User) -> list[SignedInSession]:
    """Where the user is signed in, the last seen first."""
    return list(user.sessions.order_by("-seen_at"))
