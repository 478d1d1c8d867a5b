"""The whole organisation: a few measures with what they say, and what waits."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from wellheard.base.audit.trail import record_read
from wellheard.people.access.doors import StaffRequest, requires
from wellheard.people.access.person import Person
from wellheard.people.places.models import Site
from wellheard.prove.boards import presenters as words
from wellheard.prove.boards.actions import set_target
from wellheard.prove.boards.gaps import adjusted_lines, gap_table
from wellheard.prove.boards.homes import due_counts
from wellheard.prove.boards.queries import comment_places, organisation_day, targets
from wellheard.prove.boards.rules import home_policy
from wellheard.prove.boards.views.roles import home_parts
from wellheard.prove.charts.presenters.drawing import Drawing, drawing_of
from wellheard.prove.charts.queries import monthly_series
from wellheard.prove.charts.rules import chart_policy
from wellheard.prove.reviews.queries import waiting_for
from wellheard.resolve.complaints.queries.register import overdue
from wellheard.understand.equity.vocabulary import attribute_names
from wellheard.understand.facts.queries import newest_answer
from wellheard.understand.facts.slices import Where
from wellheard.understand.scores.queries import measures
from wellheard.understand.scores.rules import Measure
from wellheard.understand.themes.queries import comments_on, theme_counts, told
from wellheard.understand.themes.vocabulary import theme_name

_THEMES, _VERBATIMS = 3, 2


@requires("review.read")
def overview(request: StaffRequest) -> HttpResponse:
    """Every measure that matters most, in small, each with its sentence."""
    return overview_page(request)


def overview_page(request: StaffRequest) -> HttpResponse:
    """The overview for somebody who may see the whole organisation's measures."""
    person, now = request.person, timezone.now()
    today = organisation_day(person.organisation_id, now)
    catalogue = measures(person.organisation_id, on=today)
    chosen = [catalogue[code] for code in home_policy().overview if code in catalogue]
    shown = words.tiles(
        [(measure, _chart(person, measure, today)) for measure in chosen],
        targets(person.organisation_id),
    )
    return render(
        request,
        "boards/overview.html",
        {
            "tiles": shown,
            "so_what": words.so_what(shown),
            "themes": _themes(person, now),
            "due": due_counts(person.organisation_id, now=now),
            "overdue": overdue(person.organisation_id, now),
            "inbox_url": words.address("complaints:inbox") if person.may("case.read") else "",
            "reviews": waiting_for(person, now),
            "data_to": newest_answer(person.organisation_id),
            "ask_url": words.address("explore:ask"),
            "explore_url": words.address("explore:explore"),
            **home_parts(request),
        },
    )


@requires("review.read")
def measure(request: StaffRequest, code: str) -> HttpResponse:
    """One measure: the organisation, each site, and groups of people side by side."""
    person = request.person
    today = organisation_day(person.organisation_id, timezone.now())
    found = measures(person.organisation_id, on=today).get(code)
    if found is None:
        raise Http404
    segment = request.GET.get("by", "language")
    return render(
        request,
        "boards/measure.html",
        {
            "measure": found,
            "chart": _chart(person, found, today),
            "sites": _sites(person, found, today),
            "adjusted": adjusted_lines(person.organisation_id, found, until=today),
            "gaps": gap_table(
                person.organisation_id,
                found,
                segment if segment in attribute_names() else "language",
                until=today,
            ),
            "catalogue_url": words.address("scores:measure", code),
            **_target_parts(person, found, request),
        },
    )


@require_POST
@requires("measure.define")
def target(request: StaffRequest, code: str) -> HttpResponse:
    """Say what a measure shall reach; an empty field takes the target away."""
    person, now = request.person, timezone.now()
    found = measures(person.organisation_id, on=organisation_day(person.organisation_id, now))
    if code not in found:
        raise Http404
    typed = request.POST.get("value", "").replace(",", ".").strip()
    page = reverse("boards:measure", args=[code])
    if not _may_be_target(typed, found[code]):
        return redirect(f"{page}?wrong_target=1#target")
    why = " ".join(request.POST.get("why", "").split())
    set_target(code, float(typed) if typed else None, why=why, by=person.actor, at=now)
    return redirect(f"{page}#target")


def _may_be_target(typed: str, measure: Measure) -> bool:
    """A number the measure can reach, or nothing."""
    if not typed:
        return True
    lowest = -100 if measure.statistic == "nps" else 0
    try:
        return lowest <= float(typed) <= 100
    except ValueError:
        return False


def _target_parts(person: Person, measure: Measure, request: StaffRequest) -> dict[str, Any]:
    today = organisation_day(person.organisation_id, timezone.now())
    wanted = targets(person.organisation_id).get(measure.code)
    chart = _chart(person, measure, today)
    found = words.assurance(measure, chart, wanted)
    return {
        "target": wanted,
        "assured": words.assurance_words(measure, wanted, found, has_chart=bool(chart.marks)),
        "may_define": person.may("measure.define"),
        "may_read": person.may("comment.read_masked"),
        "wrong_target": "wrong_target" in request.GET,
    }


def _chart(person: Person, measure: Measure, today: date, where: Where | None = None) -> Drawing:
    series = monthly_series(person.organisation_id, measure, until=today, where=where)
    return drawing_of(series, chart_policy())


def _sites(person: Person, measure: Measure, today: date) -> list[tuple[Site, Drawing]]:
    sites = Site.objects.filter(organisation_id=person.organisation_id)
    return [
        (site, _chart(person, measure, today, Where(sites=frozenset({site.pk})))) for site in sites
    ]


def _themes(person: Person, now: datetime) -> list[dict[str, Any]]:
    """The themes with most to put right, each with two voices."""
    places = comment_places(person)
    if places is not None and not places:
        return []
    counts = theme_counts(person.organisation_id, places, now=now)
    worst = sorted(counts, key=lambda count: -count.trouble)[:_THEMES]
    found = []
    shown: set[int] = set()
    for count in worst:
        comments = comments_on(person.organisation_id, count.theme, places, mood="trouble")
        voices = told(comments.exclude(pk__in=shown), person, limit=_VERBATIMS)
        shown.update(voice.comment.pk for voice in voices)
        found.append(
            {
                "name": theme_name(count.theme),
                "count": count,
                "voices": words.voices(voices, with_place=True),
                "url": words.theme_url(count.theme),
            }
        )
    if shown:
        record_read(person.actor, ("comment_list", "overview"), at=now, count=len(shown))
    return found
