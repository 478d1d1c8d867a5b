"""Noting a change, and taking a note back."""

from __future__ import annotations

from datetime import date, datetime

from wellheard.base.audit.actor import Actor
from wellheard.base.audit.trail import acting
from wellheard.people.places.models import Place
from wellheard.prove.effects.models import Change


class ChangeNotToComeError(ValueError):
    """A change is noted once it has begun."""


def note_change(
    place: Place, *, what: str, started_on: date, measure: str = "", by: Actor, at: datetime
) -> Change:
    """Keep that a place began something. Raises ChangeNotToComeError, ValueError for no words."""
    if not what.strip():
        raise ValueError("what: a change needs words")
    if started_on > at.date():
        raise ChangeNotToComeError(str(started_on))
    with acting(by, at=at) as trail:
        change = Change.objects.create(
            organisation_id=place.organisation_id,
            place=place,
            what=what.strip()[:160],
            started_on=started_on,
            measure=measure,
            noted_by=f"{by.kind}:{by.ref}",
            noted_by_name=by.name,
            noted_at=at,
        )
        trail.write("change_noted", change, place=place.pk, measure=measure)
    return change


def withdraw_change(change_id: int, *, by: Actor, at: datetime) -> None:
    """Take a note back; the row stays. Raises Change.DoesNotExist."""
    with acting(by, at=at) as trail:
        change = Change.objects.get(pk=change_id, organisation_id=by.organisation_id)
        if change.withdrawn_at is None:
            change.withdrawn_at = at
            change.save(update_fields=["withdrawn_at"])
            trail.write("change_withdrawn", change, place=change.place_id)
