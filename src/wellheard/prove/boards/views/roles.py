"""The homes of those who look after all voices, and of those who look after all numbers."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone

from wellheard.base.pages.panels import panels
from wellheard.people.access.doors import StaffRequest, requires
from wellheard.people.access.person import Person
from wellheard.prove.boards import homes, presenters
from wellheard.prove.boards.queries import comment_places, organisation_day, places_of
from wellheard.prove.boards.rules import home_policy
from wellheard.prove.reviews.queries import waiting_for
from wellheard.understand.equity.presenters import attribute_tables
from wellheard.understand.equity.queries import equity_of
from wellheard.understand.scores.queries import measures
from wellheard.understand.themes.policy import rising_policy
from wellheard.understand.themes.presenters import theme_lines
from wellheard.understand.themes.queries import comments_between, theme_counts

_THEMES = 8


@requires("review.read")
def lead(request: StaffRequest) -> HttpResponse:
    """What waits, what rises, for whom it is worse, and whether the listening itself works."""
    return lead_page(request)


def lead_page(request: StaffRequest) -> HttpResponse:
    """The home of a patient-experience lead."""
    person, now = request.person, timezone.now()
    places, policy = comment_places(person), rising_policy()
    counts = theme_counts(person.organisation_id, places, now=now)
    ordered = sorted(counts, key=lambda count: (count.rise is None, -count.trouble))[:_THEMES]
    return render(
        request,
        "boards/lead.html",
        {
            "inbox": homes.inbox_state(person, now=now) if person.may("case.read") else None,
            "inbox_url": presenters.address("complaints:inbox"),
            "themes": theme_lines(ordered, policy.recent_weeks, policy.before_weeks),
            "weeks": policy.recent_weeks,
            "total": comments_between(person.organisation_id, places, now)[0],
            "gaps": _gaps(person),
            "equity_url": presenters.address("equity:equity"),
            "health": homes.survey_health(person.organisation_id, now=now),
            "reviews": waiting_for(person, now),
            "ask_url": presenters.address("explore:ask"),
            **home_parts(request),
        },
    )


@requires("measure.define")
def analysis(request: StaffRequest) -> HttpResponse:
    """Whether the numbers can be trusted: freshness, coverage, measures, imports, the engine."""
    return analysis_page(request)


def analysis_page(request: StaffRequest) -> HttpResponse:
    """The home of an analyst."""
    person, now = request.person, timezone.now()
    today = organisation_day(person.organisation_id, now)
    return render(
        request,
        "boards/analysis.html",
        {
            "measures": len(measures(person.organisation_id, on=today)),
            "waiting": homes.waiting_proposals(person.organisation_id),
            "imports": homes.newest_imports(person.organisation_id),
            "imports_url": presenters.address("imports:imports"),
            "model": homes.model_state(person.organisation_id),
            "health": homes.survey_health(person.organisation_id, now=now),
            "reviews": waiting_for(person, now),
            "explore_url": presenters.address("explore:explore"),
            "ask_url": presenters.address("explore:ask"),
            **home_parts(request),
        },
    )


def home_parts(request: StaffRequest) -> dict[str, Any]:
    """What stands on every home: findings first, and the strip of freshness and coverage."""
    person = request.person
    found = homes.coverage(person.organisation_id, places_of(person), now=timezone.now())
    return {
        "finding_panels": panels("boards.home", request, person),
        "coverage": found,
        "coverage_says": presenters.coverage_words(found),
    }


def _gaps(person: Person) -> list[dict[str, Any]]:
    """Groups for whom the first measure is worse by more than chance explains."""
    today = organisation_day(person.organisation_id, timezone.now())
    measure = measures(person.organisation_id, on=today)[home_policy().first_measure]
    tables = attribute_tables(measure, equity_of(person.organisation_id, measure, until=today))
    return [
        {"attribute": table.name, "line": line, "measure": measure}
        for table in tables
        for line in table.lines
        if line.kind == "worse"
    ]
