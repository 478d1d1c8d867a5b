"""Reading what stands out, as the findings page shows it."""

from __future__ import annotations

from typing import Any, Literal

from django.utils import timezone
from ninja import Query, Router, Schema

from wellheard.base.audit.trail import record_read
from wellheard.interop.api.doors import ApiRequest, need
from wellheard.interop.api.operations.places import place_for
from wellheard.interop.api.problems import Problem
from wellheard.interop.api.refusals import REFUSALS
from wellheard.interop.api.shapes import FindingOut, Findings, PlaceCode
from wellheard.people.places.models import Place
from wellheard.understand.findings.panels import lines_for
from wellheard.understand.findings.queries import newest_run

router = Router(tags=["findings"])
Kind = Literal[
    "shift", "trend", "gap", "driver", "theme_rise", "silence", "dissatisfaction", "peak"
]
_SHOWN = [name for name in FindingOut.model_fields if name not in {"place_code", "also"}]


class AskedFindings(Schema):
    """All that the caller may see, or those of one kind or place."""

    kind: Kind | None = None
    place: PlaceCode | None = None


@router.get("/findings", response={200: Findings, REFUSALS: Problem}, operation_id="list_findings")
def list_findings(request: ApiRequest, asked: Query[AskedFindings]) -> Any:
    """The newest search's findings, the most important first.

    What is said of a site or of everybody is for who sees the whole organisation; what counts
    comments, for who may read them. Small groups were left out when it was searched.
    """
    person = need(request, "measure.read")
    place = place_for(person, asked.place, "measure.read")
    run = newest_run(person.organisation_id)
    lines = lines_for(
        person,
        place_id=place.pk if place else None,
        kinds=[asked.kind] if asked.kind else (),
    )
    codes = dict(Place.objects.of(person.organisation_id).values_list("pk", "code"))
    record_read(person.actor, ("api", "findings"), at=timezone.now(), count=len(lines))
    return {
        "made_at": run.made_at if run else None,
        "data_to": run.data_to if run else None,
        "looked_at": run.looked_at if run else 0,
        "items": [
            {
                **{name: getattr(line.finding, name) for name in _SHOWN},
                "place_code": codes.get(line.finding.place_id or 0),
                "also": list(line.finding.also),
            }
            for line in lines
        ],
    }
