"""How plans stand that promise that nobody can tell whose answers are whose."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Count, Q

from wellheard.listen.invitations.models import LinkHalf
from wellheard.listen.sampling.models import SampleMember, SamplePlan
from wellheard.listen.sampling.queries import UNNAMED
from wellheard.people.access.person import Person


@dataclass(frozen=True, slots=True)
class Unnamed:
    """An anonymous plan: people drawn, links made for them, people who used one, and of how many
    age or sex goes on with the answers (of the others too few share it)."""

    drawn: int
    links: int
    used: int
    told: int


def unnamed_of(plan: SamplePlan, person: Person) -> Unnamed:
    """The same of those this person may count."""
    members = SampleMember.objects.visible_to(person).filter(wave__plan=plan)
    told = ~Q(invitation__age_band="") | ~Q(invitation__sex="")
    counts = members.aggregate(
        drawn=Count("pk"), used=Count("pk", filter=UNNAMED), told=Count("pk", filter=told)
    )
    # A join of links would count people more than once.
    links = LinkHalf.objects.filter(invitation__sample_member__in=members.values("pk")).count()
    return Unnamed(links=links, **counts)
