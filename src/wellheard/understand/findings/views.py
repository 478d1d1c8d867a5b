"""The page of what was found, with what recurs."""

from __future__ import annotations

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from wellheard.people.access.doors import StaffRequest, refuse, requires
from wellheard.people.places.models import Place
from wellheard.understand.findings.actions import close_proposal
from wellheard.understand.findings.models import ImprovementProposal
from wellheard.understand.findings.panels import KIND_NAMES, lines_for
from wellheard.understand.findings.queries import newest_run
from wellheard.understand.themes.vocabulary import theme_name


@requires("measure.read")
@require_GET
def findings(request: StaffRequest) -> HttpResponse:
    """What matters now, the most important first; by kind and by place."""
    person = request.person
    kind, place = request.GET.get("kind", ""), request.GET.get("place", "")
    every = lines_for(person)
    place_id = int(place) if place.isascii() and place.isdigit() and len(place) < 10 else None
    lines = [
        line
        for line in every
        if (kind not in KIND_NAMES or line.finding.kind == kind)
        and (place_id is None or line.finding.place_id == place_id)
    ]
    ids = {line.finding.place_id for line in every if line.finding.place_id}
    return render(
        request,
        "findings/findings.html",
        {
            "lines": lines,
            "is_narrowed": len(lines) < len(every),
            "run": newest_run(person.organisation_id),
            "kinds": [
                {"value": code, "label": name, "chosen": code == kind}
                for code, name in KIND_NAMES.items()
                if any(line.finding.kind == code for line in every)
            ],
            "places": [
                {"value": each.pk, "label": each.name, "chosen": each.pk == place_id}
                for each in Place.objects.of(person.organisation_id).filter(pk__in=ids)
            ],
            "proposals": _proposals(request),
        },
    )


@requires("comment.read_masked")
@require_POST
def close(request: StaffRequest, improvement_proposal_id: int) -> HttpResponse:
    """Say that a proposal was taken up or turned down."""
    found = ImprovementProposal.objects.filter(organisation_id=request.person.organisation_id)
    proposal = found.open().filter(pk=improvement_proposal_id).first()
    if proposal is None:
        raise Http404
    if not request.person.may("comment.read_masked", place_id=proposal.place_id):
        refuse(
            request,
            "comment.read_masked",
            ("understand.improvementproposal", str(improvement_proposal_id)),
        )
    close_proposal(improvement_proposal_id, by=request.person.actor, at=timezone.now())
    return redirect("findings:findings")


def _proposals(request: StaffRequest) -> list[dict[str, object]]:
    if not request.person.may("comment.read_masked"):
        return []
    rows = ImprovementProposal.objects.visible_to(request.person).open()
    return [
        {
            "row": row,
            "title": _("%(theme)s at %(place)s")
            % {"theme": theme_name(row.theme), "place": row.place.name},
            "comments": row.comments.count(),
        }
        for row in rows.select_related("place").order_by("-raised_at")
    ]
