"""Reads about access: who looked at what, who was refused, what waits for a word."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Q, QuerySet

from wellheard.base.audit.models import AuditRow
from wellheard.base.vault.sealing import digest
from wellheard.people.access.actions.tokens import LOOKED_UP_AS
from wellheard.people.access.models import ApiToken, GlassBreak, Membership, RoleProposal, Ruling
from wellheard.people.access.person import Person, person_of
from wellheard.people.access.vocabulary import role_definitions
from wellheard.people.staff.models import User

_STEP = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Reading:
    """One look at a record. ``role`` is the reader's first role now; "" for a program of ours."""

    sequence: int
    at: datetime
    actor_kind: str
    actor_ref: str
    name: str
    role: str


def readers_of(organisation_id: int, object_kind: str, object_id: str) -> list[Reading]:
    """Every look at one record, newest first: exactly the audit trail's rows of reading it.

    ``object_kind`` as the trail names it ("resolve.case"). Looks by the patient themselves are
    left to the caller, who can tell them by ``actor_kind``.
    """
    rows = AuditRow.objects.filter(
        organisation_id=organisation_id,
        object_kind=object_kind,
        object_id=object_id,
        action="read",
    ).order_by("-sequence")
    return _named(rows)


def _named(rows: Iterable[AuditRow]) -> list[Reading]:
    rows = list(rows)
    people = users_by_ref((row.actor_kind, row.actor_ref) for row in rows)
    return [
        Reading(
            row.sequence,
            row.at,
            row.actor_kind,
            row.actor_ref,
            user.name if (user := people.get((row.actor_kind, row.actor_ref))) else "",
            _role(user),
        )
        for row in rows
    ]


def users_by_ref(refs: Iterable[tuple[str, str]]) -> dict[tuple[str, str], User]:
    """The users behind (actor kind, actor ref) pairs of the trail: staff, and their programs."""
    ids = {
        (kind, ref): int(ref.partition("/")[0])
        for kind, ref in set(refs)
        if kind in {"staff", "api"} and ref.partition("/")[0].isdigit()
    }
    users = User.objects.prefetch_related("memberships").in_bulk(set(ids.values()))
    return {pair: users[pk] for pair, pk in ids.items() if pk in users}


def _role(user: User | None) -> str:
    if user is None:
        return ""
    held = [one.role for one in user.memberships.all() if one.ended_at is None]
    return next((d.name for code, d in role_definitions().items() if code in held), "")


def held_by_everybody(organisation_id: int) -> list[tuple[User, list[Membership]]]:
    """Everybody with an open account and the roles they hold, for the yearly review."""
    held = Membership.objects.filter(
        organisation_id=organisation_id, ended_at__isnull=True, user__is_active=True
    )
    found: dict[User, list[Membership]] = {}
    for one in held.select_related("user", "site", "place").order_by("user__name", "role"):
        found.setdefault(one.user, []).append(one)
    return list(found.items())


def trail_of(organisation_id: int) -> QuerySet[AuditRow]:
    """The whole trail of an organisation, newest first."""
    return AuditRow.objects.filter(organisation_id=organisation_id).order_by("-sequence")


def refusals(organisation_id: int, since: datetime) -> QuerySet[AuditRow]:
    """Attempts that were denied, newest first."""
    return AuditRow.objects.filter(
        organisation_id=organisation_id, action="denied", at__gte=since
    ).order_by("-sequence")


def person_by_token(secret: str, *, now: datetime) -> Person | None:
    """The program that holds this token, limited to what the token says; None for a dead one."""
    tokens = ApiToken.objects.select_related("user").filter(
        token_digest=digest(secret, LOOKED_UP_AS),
        revoked_at__isnull=True,
        ends_at__gt=now,
        user__is_active=True,
    )
    token = tokens.first()
    if token is None:
        return None
    if token.used_at is None or now - token.used_at >= _STEP:
        ApiToken.objects.filter(pk=token.pk).update(used_at=now)
    owner = person_of(token.user, now=now)
    return Person(
        user_id=owner.user_id,
        organisation_id=owner.organisation_id,
        name=f"{owner.name} ({token.name})",
        roles=owner.roles,
        rulings=owner.rulings,
        limited_to=frozenset(token.permissions),
        token_id=token.pk,
    )


def glass_to_review(organisation_id: int) -> QuerySet[GlassBreak]:
    """Broken glass nobody has reviewed, the longest due first."""
    return (
        GlassBreak.objects.select_related("user")
        .filter(organisation_id=organisation_id, review__isnull=True)
        .order_by("review_due_at")
    )


def open_glass(person: Person, patient_id: int, *, now: datetime) -> GlassBreak | None:
    """The broken glass through which the person sees this patient just now."""
    return GlassBreak.objects.filter(
        user_id=person.user_id, patient_id=patient_id, broken_at__lte=now, ends_at__gt=now
    ).first()


def rulings_on(
    organisation_id: int, *, now: datetime, user: User | None = None, patient_id: int | None = None
) -> QuerySet[Ruling]:
    """Rulings that hold now, on one colleague or about one patient, newest first."""
    found = Ruling.objects.select_related("user", "place").filter(organisation_id=organisation_id)
    found = found.filter(Q(ends_at__isnull=True) | Q(ends_at__gt=now)).order_by("-made_at")
    if user is not None:
        found = found.filter(user=user)
    return found if patient_id is None else found.filter(patient_id=patient_id)


def open_proposals(organisation_id: int) -> QuerySet[RoleProposal]:
    """Privileged roles that wait for a second person, oldest first."""
    return (
        RoleProposal.objects.select_related("user", "proposed_by", "site", "place")
        .filter(organisation_id=organisation_id, decision__isnull=True)
        .order_by("proposed_at")
    )
