"""Rulings: one case, patient or place opened to one person, or closed to them."""

from __future__ import annotations

from datetime import datetime

from wellheard.base.audit.actor import Actor
from wellheard.base.audit.trail import acting
from wellheard.people.access.models import Ruling
from wellheard.people.places.models import Place
from wellheard.people.staff.models import User


def make_ruling(
    *,
    user: User,
    effect: str,
    permission: str = "*",
    place: Place | None = None,
    case_id: int | None = None,
    patient_id: int | None = None,
    reason: str,
    ends_at: datetime | None = None,
    by: Actor,
    at: datetime,
) -> Ruling:
    """Opens (``effect`` "grant") or closes ("deny") what is named to one person.

    Raises ValueError for a grant that names nothing, and for a ruling on oneself.
    """
    if effect == Ruling.Effect.GRANT and place is None and case_id is None and patient_id is None:
        raise ValueError("a grant must name a place, a case or a patient")
    if by.kind == "staff" and by.ref == str(user.pk):
        raise ValueError("nobody rules on themselves")
    if by.organisation_id != user.organisation_id:
        raise ValueError("a ruling stays within one organisation")
    with acting(by, at=at) as trail:
        ruling = Ruling.objects.create(
            organisation_id=user.organisation_id,
            user=user,
            effect=effect,
            permission=permission,
            place=place,
            case_id=case_id,
            patient_id=patient_id,
            reason=reason,
            made_by=f"{by.kind}:{by.ref}",
            made_at=at,
            ends_at=ends_at,
        )
        trail.write(f"ruling.{effect}", user, ruling=ruling.pk, permission=permission)
    return ruling


def end_ruling(*, ruling: Ruling, by: Actor, at: datetime) -> None:
    """The ruling holds no longer."""
    with acting(by, at=at) as trail:
        ruling.ends_at = at
        ruling.save(update_fields=["ends_at"])
        trail.write("ruling.ended", ruling.user, ruling=ruling.pk)
