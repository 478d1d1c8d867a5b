"""Which places a person may read comments of, and which of them a page was asked for."""

from __future__ import annotations

from wellheard.people.access.doors import StaffRequest, refuse
from wellheard.people.access.person import Person
from wellheard.people.places.models import Place


def readable_places(person: Person) -> list[Place]:
    """Open places whose comments the person may read, at least masked."""
    places = Place.objects.of(person.organisation_id).open().within(reach_of(person))
    return list(places.select_related("site"))


def reach_of(person: Person) -> frozenset[int] | None:
    """Numbers of those places; None for all."""
    full, masked = person.places("comment.read"), person.places("comment.read_masked")
    return None if full is None or masked is None else full | masked


def asked_places(request: StaffRequest) -> tuple[frozenset[int] | None, int | None]:
    """The places to look at: the one asked for when the person may, else all they may."""
    reach = reach_of(request.person)
    asked = request.GET.get("place", "")
    if not asked.isdecimal():
        return reach, None
    if reach is not None and int(asked) not in reach:
        refuse(request, "comment.read_masked", ("people.place", asked))
    return frozenset({int(asked)}), int(asked)
