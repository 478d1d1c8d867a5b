"""Which plans and which drawn people somebody may see."""

from __future__ import annotations

from django.db.models import Q, QuerySet

from wellheard.listen.sampling.models import SampleMember, SampleMemberQuerySet, SamplePlan, Wave
from wellheard.people.access.person import Person


def plans_of(person: Person) -> QuerySet[SamplePlan]:
    """Plans of the person's organisation that ask at a place they answer for, be it by asking
    everywhere. What they see of it are figures of their own places (``members_of``)."""
    plans = SamplePlan.objects.filter(organisation_id=person.organisation_id)
    places = person.places("sample.read")
    if places is not None:
        plans = plans.filter(Q(places__in=places) | Q(places=None)).distinct()
    return plans.select_related("proposed_by").prefetch_related("steps__by", "places", "waves")


def members_in_plan(plan: SamplePlan, person: Person) -> SampleMemberQuerySet:
    """The drawn people of all waves of a plan that this person may count."""
    found: SampleMemberQuerySet = SampleMember.objects.visible_to(person).filter(wave__plan=plan)
    return found


def members_of(wave: Wave, person: Person) -> SampleMemberQuerySet:
    """The drawn people of a wave that this person may count."""
    found: SampleMemberQuerySet = SampleMember.objects.visible_to(person).filter(wave=wave)
    return found
