"""The person who asks, with everything needed to decide what they may see."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path

from django.db.models import Q

from wellheard.base.audit.actor import Actor
from wellheard.people.access import rules
from wellheard.people.access.models import GlassBreak, Membership, Ruling
from wellheard.people.places.models import Place
from wellheard.people.staff.models import User

_MATRIX_FILE = Path(__file__).with_name("matrix-2026-11.json")


@dataclass(frozen=True, slots=True)
class Person:
    """A signed-in member of staff, or a program that acts for one, read once a request.

    ``opened_patients``: records opened in an emergency, for the time being. ``limited_to``: a
    program may do no more than its token says, whatever its owner may.
    """

    user_id: int
    organisation_id: int
    name: str
    roles: tuple[rules.Role, ...]
    rulings: tuple[rules.Exceptional, ...] = ()
    opened_patients: frozenset[int] = frozenset()
    limited_to: frozenset[str] | None = None
    token_id: int | None = None

    @property
    def actor(self) -> Actor:
        if self.token_id is not None:
            return Actor("api", f"{self.user_id}/{self.token_id}", self.organisation_id, self.name)
        return Actor("staff", str(self.user_id), self.organisation_id, self.name)

    def may(
        self,
        permission: str,
        *,
        place_id: int | None = None,
        case_id: int | None = None,
        patient_id: int | None = None,
    ) -> bool:
        """Whether this is allowed: anywhere when nothing is named, else there."""
        if self.limited_to is not None and permission not in self.limited_to:
            return False
        return rules.allowed(
            matrix(),
            self.roles,
            self.rulings,
            permission,
            place_id=place_id,
            case_id=case_id,
            patient_id=patient_id,
        )

    def places(self, permission: str) -> frozenset[int] | None:
        """Places where the permission holds: None is all, an empty set is none."""
        if self.limited_to is not None and permission not in self.limited_to:
            return frozenset()
        reach = rules.places(matrix(), self.roles, self.rulings, permission)
        denied = rules.denied_places(self.rulings, permission)
        if reach is None and denied:
            every = Place.objects.of(self.organisation_id).values_list("pk", flat=True)
            return frozenset(every) - denied
        return reach

    def hidden_patients(self, permission: str) -> frozenset[int]:
        """Patients that a ruling hides from this person, whatever their role."""
        return rules.denied_patients(self.rulings, permission)

    def has_role(self, name: str) -> bool:
        return any(role.name == name for role in self.roles)


@cache
def matrix() -> Mapping[str, Mapping[str, str]]:
    """The role matrix in force: permission -> role -> scope."""
    found: Mapping[str, Mapping[str, str]] = json.loads(_MATRIX_FILE.read_text("utf-8"))[
        "permissions"
    ]
    return found


def person_of(user: User, *, now: datetime) -> Person:
    """Read a user's roles and rulings as they stand at ``now``."""
    memberships = Membership.objects.filter(user=user).filter(
        Q(ended_at__isnull=True) | Q(ended_at__gt=now)
    )
    rulings = Ruling.objects.filter(user=user).filter(Q(ends_at__isnull=True) | Q(ends_at__gt=now))
    return Person(
        user_id=user.pk,
        organisation_id=user.organisation_id,
        name=user.name,
        roles=tuple(rules.Role(m.role, _reach(m)) for m in memberships),
        rulings=tuple(
            rules.Exceptional(r.effect, r.permission, r.place_id, r.case_id, r.patient_id)
            for r in rulings
        ),
        opened_patients=frozenset(
            GlassBreak.objects.filter(user=user, broken_at__lte=now, ends_at__gt=now).values_list(
                "patient_id", flat=True
            )
        ),
    )


def _reach(membership: Membership) -> frozenset[int] | None:
    if membership.place_id is not None:
        return frozenset({membership.place_id})
    if membership.site_id is not None:
        ids = Place.objects.filter(site_id=membership.site_id).values_list("pk", flat=True)
        return frozenset(ids)
    return None
