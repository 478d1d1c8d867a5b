"""The segments workbench."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from wellheard.people.access.doors import StaffRequest, requires
from wellheard.understand.disclosure.policy import load_policy
from wellheard.understand.drivers.policy import driver_policy
from wellheard.understand.equity.policy import equity_policy
from wellheard.understand.equity.vocabulary import attribute_names
from wellheard.understand.scores.queries import measures, organisation_day
from wellheard.understand.segments import need_words, presenters
from wellheard.understand.segments.actions import decide_segments, keep_forecast, make_version
from wellheard.understand.segments.forms import VersionForm
from wellheard.understand.segments.models import SegmentVersion
from wellheard.understand.segments.needs import needs_page
from wellheard.understand.segments.policy import segment_policy
from wellheard.understand.segments.queries import compare, judged_forecast, period_of, rerun
from wellheard.understand.segments.rules import SegmentError


@requires("review.read")
@require_GET
def segments(request: StaffRequest) -> HttpResponse:
    """Every segmentation, the newest version of each first."""
    versions = _ours(request).order_by("code", "-version")
    page = {"versions": versions, "may_make": request.person.may("measure.define")}
    return render(request, "segments/segments.html", page)


@requires("measure.define")
@require_http_methods(["GET", "POST"])
def make(request: StaffRequest) -> HttpResponse:
    """Make a segmentation, or the next version of one with the same name."""
    today = _today(request)
    items = list(_titles(request, today).items())
    form = VersionForm(request.POST or None, items=items)
    if request.method == "POST" and form.is_valid():
        try:
            version = make_version(
                form.new_version,
                until=today,
                by=request.person.actor,
                by_name=request.person.name,
                at=timezone.now(),
            )
        except SegmentError as error:
            form.add_error(None, str(error))
        else:
            return redirect("segments:version", version.pk)
    page = {
        "form": form,
        "attributes": [(code, attribute_names()[code]) for code in equity_policy().attributes],
        "items": items,
        "trail": _trail(),
    }
    return render(request, "segments/make.html", page, status=422 if form.errors else 200)


@requires("review.read")
@require_GET
def version(request: StaffRequest, segmentversion_id: int) -> HttpResponse:
    """One version: its segments, checks, forecast and decisions."""
    found = _version_or_404(request, segmentversion_id)
    return render(request, "segments/version.html", _page(request, found))


@requires("review.read")
@require_GET
def needs(request: StaffRequest, segmentversion_id: int) -> HttpResponse:
    """What each segment of a version by rules needs, from surveys, comments, boards and data."""
    found = _version_or_404(request, segmentversion_id)
    if found.kind != SegmentVersion.Kind.RULES:
        raise Http404
    found_needs = needs_page(found, boards=request.person.may("panel.read"))
    url = reverse("segments:version", args=[found.pk])
    page = {
        "version": found,
        "sections": need_words.sections(found, found_needs),
        "quarters": presenters.period_words(period_of(found)),
        "minimum": load_policy().minimum_group,
        "policy": f"{load_policy().name}, {driver_policy().name}, {equity_policy().name}",
        "trail": [*_trail(), {"label": found.title, "url": url}],
    }
    return render(request, "segments/needs.html", page)


@requires("measure.define")
@require_POST
def again(request: StaffRequest, segmentversion_id: int) -> HttpResponse:
    """Make a version again from what was known then, and say whether it comes out the same."""
    found = _version_or_404(request, segmentversion_id)
    page = _page(request, found)
    try:
        page["says"] = presenters.rerun_words(rerun(found))
    except SegmentError as error:
        page["problem"] = str(error)
    return render(request, "segments/version.html", page)


@requires("measure.define")
@require_POST
def expect(request: StaffRequest, segmentversion_id: int) -> HttpResponse:
    """Forecast the segments and keep it to be judged."""
    found = _version_or_404(request, segmentversion_id)
    return _done_or_said(
        request,
        found,
        lambda: keep_forecast(
            found, until=_today(request), by=request.person.actor, at=timezone.now()
        ),
    )


@requires("measure.define")
@require_POST
def decide(request: StaffRequest, segmentversion_id: int) -> HttpResponse:
    """Keep which segments are emphasised."""
    found = _version_or_404(request, segmentversion_id)
    scores = {
        name: {
            each.code: _score(request.POST.get(f"score-{i}-{each.code}", ""))
            for each in segment_policy().criteria
        }
        for i, name in enumerate(found.result["sizes"])
    }
    return _done_or_said(
        request,
        found,
        lambda: decide_segments(
            found,
            scores,
            request.POST.getlist("chosen"),
            safeguard=request.POST.get("safeguard", "")[:500],
            by=request.person.actor,
            by_name=request.person.name,
            at=timezone.now(),
        ),
    )


def _done_or_said(request: StaffRequest, found: SegmentVersion, act: Any) -> HttpResponse:
    try:
        act()
    except SegmentError as error:
        page = {**_page(request, found), "problem": str(error)}
        return render(request, "segments/version.html", page, status=422)
    return redirect("segments:version", found.pk)


def _score(text: str) -> float:
    return float(text) if text.isdecimal() and len(text) < 3 else -1.0


def _page(request: StaffRequest, found: SegmentVersion) -> dict[str, Any]:
    today = _today(request)
    before = _ours(request).filter(code=found.code, version=found.version - 1).first()
    forecast = found.forecasts.order_by("-made_at").first()
    decision = found.decisions.order_by("-decided_at").first()
    return {
        "version": found,
        "lines": presenters.segment_lines(found, _titles(request, today)),
        "checks": presenters.check_lines(found),
        "compared": presenters.comparison_words(compare(before, found)) if before else [],
        "before": before,
        "forecast": forecast,
        "forecast_lines": presenters.forecast_lines(
            forecast, judged_forecast(forecast, until=today)
        )
        if forecast
        else [],
        "decision": decision,
        "decision_lines": presenters.decision_lines(decision) if decision else [],
        "criteria": segment_policy().criteria,
        "may_make": request.person.may("measure.define"),
        "is_rules": found.kind == SegmentVersion.Kind.RULES,
        "quarters": presenters.period_words(period_of(found)),
        "policy": f"{load_policy().name}, {segment_policy().name}",
        "trail": _trail(),
    }


def _trail() -> list[dict[str, str]]:
    return [{"label": _("Segments"), "url": reverse("segments:segments")}]


def _titles(request: StaffRequest, today: date) -> dict[str, str]:
    catalogue = measures(request.person.organisation_id, on=today).values()
    return {
        each.item.removeprefix("pulse."): each.title
        for each in catalogue
        if each.item.startswith("pulse.")
    }


def _ours(request: StaffRequest) -> Any:
    return SegmentVersion.objects.filter(organisation_id=request.person.organisation_id)


def _version_or_404(request: StaffRequest, segmentversion_id: int) -> SegmentVersion:
    found: SegmentVersion | None = _ours(request).filter(pk=segmentversion_id).first()
    if found is None:
        raise Http404
    return found


def _today(request: StaffRequest) -> date:
    return organisation_day(request.person.organisation_id, timezone.now())
