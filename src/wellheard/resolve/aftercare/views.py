"""How complaints were handled, as the people say who made them."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from wellheard.people.access.doors import StaffRequest, requires
from wellheard.resolve.aftercare import presenters, queries
from wellheard.resolve.aftercare.vocabulary import after_closing


@require_GET
@requires("review.read")
def aftercare(request: StaffRequest) -> HttpResponse:
    """Who was asked, and what they said, by how their case ended; never one case."""
    organisation_id = request.person.organisation_id
    context = {
        "figures": presenters.figures(queries.asked(organisation_id)),
        "questions": presenters.question_words(),
        "lines": presenters.lines(queries.by_ending(organisation_id)),
        "days": after_closing().wait.days,
        "least": after_closing().shown_from,
        "version": after_closing().version,
    }
    return render(request, "aftercare/aftercare.html", context)
