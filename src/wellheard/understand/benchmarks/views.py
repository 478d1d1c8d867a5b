"""Published results: find a hospital, see it beside its state and the nation."""

from __future__ import annotations

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from wellheard.people.access.doors import StaffRequest, requires
from wellheard.understand.benchmarks import funnels, presenters, queries
from wellheard.understand.benchmarks.models import BenchmarkEntity, BenchmarkRelease


@requires("benchmark.read")
@require_GET
def benchmarks(request: StaffRequest) -> HttpResponse:
    """Find a hospital by name, city, state or number; what has been loaded."""
    organisation_id = request.person.organisation_id
    wanted = request.GET.get("q", "").strip()[:80]
    found = queries.find_hospitals(organisation_id, wanted) if wanted else []
    page = {"query": wanted, "hospitals": found, "releases": queries.releases(organisation_id)}
    return render(request, "benchmarks/benchmarks.html", page)


@requires("benchmark.read")
@require_GET
def hospital(request: StaffRequest, code: str) -> HttpResponse:
    """One hospital, one release."""
    organisation_id = request.person.organisation_id
    try:
        entity = queries.hospital(organisation_id, code)
    except BenchmarkEntity.DoesNotExist:
        raise Http404 from None
    releases = queries.releases_of(entity)
    release = _chosen(request, releases)
    everything = request.GET.get("all") == "1"
    compared = queries.compare(entity, release, _measures(entity, release, everything=everything))
    lines = presenters.lines_of(compared)
    own = compared[0].hospital if compared else None
    page = {
        "entity": entity,
        "release": release,
        "releases": releases,
        "lines": lines,
        "everything": everything,
        "completes": own.completes if own else None,
        "period": presenters.period_words(own.period_start, own.period_end) if own else "",
        "footnotes": presenters.footnotes_in(lines, queries.footnote_texts(organisation_id)),
        "trail": [{"label": _("Benchmarks"), "url": reverse("benchmarks:benchmarks")}],
    }
    return render(request, "benchmarks/hospital.html", page)


@requires("benchmark.read")
@require_GET
def funnel(request: StaffRequest, code: str, measure: str) -> HttpResponse:
    """One measure of one hospital among others: within what chance and size explain, or not."""
    organisation_id = request.person.organisation_id
    try:
        entity = queries.hospital(organisation_id, code)
    except BenchmarkEntity.DoesNotExist:
        raise Http404 from None
    release = _chosen(request, queries.releases_of(entity))
    among = request.GET.get("among", "state")
    sized = queries.sized_figures(entity, release, measure)
    drawn = funnels.funnel_of(entity.code, entity.state, sized, among)
    back = f"{reverse('benchmarks:hospital', args=[code])}?release={release.pk}"
    page = {
        "entity": entity,
        "release": release,
        "title": presenters.title_of(measure),
        "funnel": drawn,
        "among": drawn.among,
        "trail": [
            {"label": _("Benchmarks"), "url": reverse("benchmarks:benchmarks")},
            {"label": entity.name, "url": back},
        ],
    }
    return render(request, "benchmarks/funnel.html", page)


def _chosen(request: StaffRequest, releases: list[BenchmarkRelease]) -> BenchmarkRelease:
    if not releases:
        raise Http404
    asked = request.GET.get("release", "")
    return next((each for each in releases if str(each.pk) == asked), releases[0])


def _measures(entity: BenchmarkEntity, release: BenchmarkRelease, *, everything: bool) -> list[str]:
    main = list(queries.known_measures()["main"])
    published = queries.measures_of(entity, release)
    if everything or not set(main) & set(published):
        return published
    return main
