"""Listings near ours: found, judged, and logged until they are taken down."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import datetime

from wellheard.base.audit.actor import Actor
from wellheard.base.audit.trail import Trail, acting
from wellheard.listen.reviews.models import Listing, ListingStep, Outlet
from wellheard.listen.reviews.policy import public_policy
from wellheard.listen.reviews.rules import Entry, likeness
from wellheard.people.places.models import Organisation

Kind, State = ListingStep.Kind, Listing.State
_BECOMES = {Kind.OURS: State.OURS, Kind.FALSE: State.FALSE, Kind.REPORTED: State.FALSE,
            Kind.REFUSED: State.FALSE, Kind.TAKEN_DOWN: State.TAKEN_DOWN}  # fmt: skip


def take_listings(
    outlet: Outlet, entries: Sequence[Entry], trail: Trail, at: datetime
) -> Counter[str]:
    """Keep listings that are near ours, once each; what is far from ours is left out."""
    done: Counter[str] = Counter()
    ours = our_names(outlet.organisation)
    near_at = public_policy().listing["near_at"]
    for entry in entries:
        alike, near = likeness(entry.text.split("\n")[0], entry.about, ours)
        if alike < near_at:
            done["left_out"] += 1
            continue
        listing, is_new = Listing.objects.get_or_create(
            outlet=outlet, external_id=entry.external_id,
            defaults={
                "organisation_id": outlet.organisation_id, "name": entry.text.split("\n")[0][:300],
                "street": entry.about, "url": entry.url, "near": near, "likeness": alike,
                "found_at": at,
            },
        )  # fmt: skip
        if is_new:
            done["new"] += 1
            trail.write("listing.found", listing, likeness=alike)
    return done


def our_names(organisation: Organisation) -> list[tuple[str, str]]:
    """Our names, each with the street of a listing we called ours."""
    names = [organisation.name, *organisation.sites.values_list("name", flat=True)]
    own = Listing.objects.filter(organisation=organisation, state=State.OURS)
    return [(name, "") for name in names] + list(own.values_list("name", "street"))


def note_step(listing: Listing, kind: str, note: str, *, by: Actor, at: datetime) -> ListingStep:
    """Write down what was done. Raises ValueError for a step that does not exist."""
    if kind not in Kind.values:
        raise ValueError(f"there is no step {kind!r}")
    with acting(by, at=at) as trail:
        step = ListingStep.objects.create(
            listing=listing, kind=kind, note=note[:500], by_name=by.name[:120], at=at
        )
        listing.state = _BECOMES[Kind(kind)]
        listing.save(update_fields=["state"])
        trail.write(f"listing.{kind}", listing)
    return step
