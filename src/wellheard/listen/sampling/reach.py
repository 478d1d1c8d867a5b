"""Which plans and which drawn people somebody may see."""

from __future__ import annotations

from django.db.models import QuerySet

from wellheard.listen.sampling.models import SampleMember, SampleMemberQuerySet, SamplePlan, Wave
from wellheard.people.access.person import Person


def plans_of(person: Person) -> QuerySet[SamplePlan]:
    """Plans of the person's organisation; those with places outside their reach left out."""
    plans = SamplePlan.objects.filter(organisation_id=person.organisation_id)
    places = person.places("sample.read")
    if places is not None:
        plans = plans.filter(places__in=places).distinct()
    return plans.select_related("proposed_by").prefetch_related("steps__by", "places", "waves")


def members_of(wave: Wave, person: Person) -> SampleMemberQuerySet:
    """The drawn people of a wave that this person may count."""
    found: SampleMemberQuerySet = SampleMember.objects.visible_to(person).filter(wave=wave)
    return found
