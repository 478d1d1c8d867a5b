"""Giving and ending roles. Nobody changes their own; a privileged one needs a second person."""

from __future__ import annotations

from datetime import datetime

from wellheard.base.audit.actor import Actor
from wellheard.base.audit.trail import acting
from wellheard.people.access.models import Membership, RoleDecision, RoleProposal
from wellheard.people.access.vocabulary import role_definitions
from wellheard.people.places.models import Place, Site
from wellheard.people.staff.models import User


class RoleRefusedError(ValueError):
    """The role cannot be given; ``reason`` is own, second_person, unknown or elsewhere."""

    def __init__(self, reason: str) -> None:
        super().__init__(f"the role was refused: {reason}")
        self.reason = reason


def give_role(
    *,
    user: User,
    role: str,
    site: Site | None = None,
    place: Place | None = None,
    by: Actor,
    at: datetime,
) -> Membership | RoleProposal:
    """Gives a role at once, or, when it is privileged, proposes it to a second administrator.

    What the system itself gives (the first administrator, from the console) needs no second
    person. Raises RoleRefusedError.
    """
    _check(user, role, site, place, by)
    with acting(by, at=at) as trail:
        if role_definitions()[role].privileged and by.kind != "system":
            proposal = RoleProposal.objects.create(
                organisation_id=user.organisation_id,
                user=user,
                role=role,
                site=site,
                place=place,
                proposed_by_id=int(by.ref),
                proposed_at=at,
            )
            trail.write("role.proposed", user, role=role, proposal=proposal.pk)
            return proposal
        return _member(user, role, site, place, by=by, at=at)


def _check(user: User, role: str, site: Site | None, place: Place | None, by: Actor) -> None:
    if role not in role_definitions():
        raise RoleRefusedError("unknown")
    where = {one.organisation_id for one in (site, place) if one} | {by.organisation_id}
    if where != {user.organisation_id}:
        raise RoleRefusedError("elsewhere")
    if by.kind == "staff" and by.ref == str(user.pk):
        raise RoleRefusedError("own")


def _member(
    user: User, role: str, site: Site | None, place: Place | None, *, by: Actor, at: datetime
) -> Membership:
    held = Membership.objects.filter(
        user=user, role=role, site=site, place=place, ended_at__isnull=True
    )
    with acting(by, at=at) as trail:
        if (already := held.first()) is not None:
            return already
        membership = Membership.objects.create(
            organisation_id=user.organisation_id, user=user, role=role, site=site, place=place
        )
        trail.write("role.given", user, role=role, membership=membership.pk)
    return membership


def decide_proposal(
    *, proposal: RoleProposal, approved: bool, by: Actor, at: datetime
) -> RoleDecision:
    """The second person's word. Raises RoleRefusedError("second_person") for the proposer, for
    whom it is about, and for a proposal that was decided already."""
    people = {str(proposal.proposed_by_id), str(proposal.user_id)}
    if by.kind != "staff" or by.ref in people or by.organisation_id != proposal.organisation_id:
        raise RoleRefusedError("second_person")
    with acting(by, at=at) as trail:
        decision, is_new = RoleDecision.objects.get_or_create(
            proposal=proposal,
            defaults={"approved": approved, "decided_by_id": int(by.ref), "decided_at": at},
        )
        if not is_new:
            raise RoleRefusedError("second_person")
        trail.write(
            "role.approved" if approved else "role.refused",
            proposal.user,
            role=proposal.role,
            proposal=proposal.pk,
        )
        if approved:
            where = (proposal.site, proposal.place)
            _member(proposal.user, proposal.role, *where, by=by, at=at)
    return decision


def end_role(*, membership: Membership, by: Actor, at: datetime) -> None:
    """Ends a role from this moment on. Raises RoleRefusedError("own")."""
    if by.kind == "staff" and by.ref == str(membership.user_id):
        raise RoleRefusedError("own")
    with acting(by, at=at) as trail:
        ended = Membership.objects.filter(pk=membership.pk, ended_at__isnull=True)
        if ended.update(ended_at=at):
            trail.write("role.ended", membership.user, role=membership.role)
