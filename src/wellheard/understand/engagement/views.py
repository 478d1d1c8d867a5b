"""The engagement page: every index with its parts."""

from __future__ import annotations

from datetime import timedelta

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from wellheard.people.access.doors import StaffRequest, requires
from wellheard.people.places.models import Site
from wellheard.understand.disclosure.policy import load_policy
from wellheard.understand.engagement import presenters
from wellheard.understand.engagement.queries import index_page, index_period
from wellheard.understand.engagement.rules import index_policy
from wellheard.understand.scores.queries import organisation_day


@requires("review.read")
@require_GET
def engagement(request: StaffRequest) -> HttpResponse:
    """Engagement, the pair of ease and responsiveness, reputation, recognition."""
    organisation_id = request.person.organisation_id
    today = organisation_day(organisation_id, timezone.now())
    sites = Site.objects.filter(organisation_id=organisation_id)
    names = dict(sites.values_list("pk", "name"))
    pages = [
        presenters.page_of(index_page(organisation_id, index, until=today), names)
        for index in index_policy().indices.values()
    ]
    period = index_period(today)
    return render(
        request,
        "engagement/engagement.html",
        {
            "pages": pages,
            "start": period.start.first_day,
            "stop": period.stop.first_day - timedelta(days=1),
            "least": index_policy().least_weight,
            "policy": f"{load_policy().name}, {index_policy().name}",
        },
    )
