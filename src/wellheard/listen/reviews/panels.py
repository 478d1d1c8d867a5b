"""What other pages show of public voices."""

from __future__ import annotations

from django.http import HttpRequest
from django.template.loader import render_to_string

from wellheard.listen.reviews.models import Listing
from wellheard.listen.reviews.queries import open_burst
from wellheard.people.access.person import Person


def on_home(request: HttpRequest, person: Person) -> str:
    """An open burst, and listings that nobody has looked at; nothing on a quiet day."""
    if not person.may("outlet.manage"):
        return ""
    burst = open_burst(person.organisation_id)
    listings = Listing.objects.filter(
        organisation_id=person.organisation_id, state=Listing.State.OPEN
    ).count()
    if burst is None and not listings:
        return ""
    page = {"burst": burst, "listings": listings}
    return render_to_string("public_reviews/on_home.html", page, request)
