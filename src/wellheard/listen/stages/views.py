"""The gap map, and putting a listening point at its stage."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from wellheard.listen.stages import presenters
from wellheard.listen.stages.actions import place_at_stage
from wellheard.listen.stages.queries import stage_lines
from wellheard.listen.stages.vocabulary import stage_model
from wellheard.listen.surveys.instruments import codes
from wellheard.people.access.doors import StaffRequest, requires
from wellheard.people.places.models import Organisation, Touchpoint


@require_GET
@requires("review.read")
def stages(request: StaffRequest) -> HttpResponse:
    """Where we listen along a patient's way, and where not."""
    person = request.person
    organisation = Organisation.objects.get(pk=person.organisation_id)
    found, loose = stage_lines(organisation, now=timezone.now())
    context = {
        "lead": presenters.lead(found),
        "lines": presenters.lines(found),
        "loose": [presenters.point_line(point) for point in loose],
        "days": stage_model().quiet_days,
        "version": stage_model().version,
        "may_place": person.may("sample.plan"),
        "names": [(code, presenters.STAGES[code][0]) for code in stage_model().stages],
        "surveys": codes(person.organisation_id),
        "touchpoints": Touchpoint.objects.open()
        .filter(organisation=organisation)
        .select_related("place"),
    }
    return render(request, "stages/stages.html", context)


@require_POST
@requires("sample.plan")
def place(request: StaffRequest) -> HttpResponse:
    """Put a touchpoint or a survey at a stage; what is not there changes nothing."""
    person = request.person
    kind, _colon, code = request.POST.get("what", "").partition(":")
    stage = request.POST.get("stage", "")
    if stage not in stage_model().stages:
        return redirect("stages:stages")
    if kind == "survey" and code in codes(person.organisation_id):
        place_at_stage(stage, instrument=code, by=person.actor, at=timezone.now())
    if kind == "touchpoint" and code.isdecimal():
        spots = Touchpoint.objects.filter(organisation_id=person.organisation_id, pk=int(code))
        for touchpoint in spots:
            place_at_stage(stage, touchpoint=touchpoint, by=person.actor, at=timezone.now())
    return redirect("stages:stages")
