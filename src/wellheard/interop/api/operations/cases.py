"""Reading where cases stand: no names, no words."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

from django.http import Http404
from django.utils import timezone
from ninja import Query, Router

from wellheard.base.audit.trail import record_read
from wellheard.interop.api.doors import ApiRequest, need
from wellheard.interop.api.problems import Problem
from wellheard.interop.api.refusals import REFUSALS
from wellheard.interop.api.shapes import CaseOut, Cases, Paging, Reference, page_of
from wellheard.resolve.complaints.models import Case

router = Router(tags=["cases"])
_SHOWN = [name for name in CaseOut.model_fields if name not in {"status", "place"}]


@router.get("/cases", response={200: Cases, REFUSALS: Problem}, operation_id="list_cases")
def list_cases(
    request: ApiRequest,
    paging: Query[Paging],
    state: Literal["open", "closed", "all"] = "open",
) -> Any:
    """The cases the caller may read, newest first."""
    person = need(request, "case.read")
    rows = Case.objects.visible_to(person).select_related("place")
    if state != "all":
        rows = rows.open() if state == "open" else rows.closed()
    record_read(
        person.actor, ("api", "cases"), at=timezone.now(), offset=paging.offset, limit=paging.limit
    )
    return page_of(rows.order_by("-received_at", "-pk"), paging, _shown)


@router.get(
    "/cases/{reference}", response={200: CaseOut, REFUSALS: Problem}, operation_id="read_case"
)
def read_case(request: ApiRequest, reference: Reference) -> Any:
    """One case by its reference."""
    person = need(request, "case.read")
    rows = Case.objects.visible_to(person).select_related("place")
    found = rows.filter(reference=reference.upper()).first()
    if found is None:
        raise Http404
    record_read(person.actor, found, at=timezone.now())
    return _shown([found])[0]


def _shown(cases: Sequence[Case]) -> list[dict[str, Any]]:
    now = timezone.now()
    return [
        {
            **{name: getattr(case, name) for name in _SHOWN},
            "status": case.status(now),
            "place": case.place.code if case.place else None,
        }
        for case in cases
    ]
