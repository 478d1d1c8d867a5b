"""The inbox: a list and a reading pane, to be emptied with the keyboard alone."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from urllib.parse import quote

from django.core.paginator import Paginator
from django.http import HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from wellheard.base.audit.trail import acting
from wellheard.base.vault.sealing import digest
from wellheard.people.access.doors import StaffRequest, requires
from wellheard.resolve.complaints.models import Case, SavedView
from wellheard.resolve.complaints.models.case import CaseQuerySet
from wellheard.resolve.complaints.presenters import inbox as present
from wellheard.resolve.complaints.queries.filters import CaseFilter, cases_for, read_filter
from wellheard.resolve.complaints.queries.follow_up import calls_for, escalated_to
from wellheard.resolve.complaints.queries.rulebook import priority_in_force
from wellheard.resolve.complaints.views.desk import Spot, case_context, find_case
from wellheard.resolve.complaints.views.doors import in_house_time

AT_ONCE = 25


@requires("case.read")
@in_house_time
@require_GET
def inbox(request: StaffRequest) -> HttpResponse:
    """The list of a filter, and the case that is open beside it."""
    now = timezone.now()
    context = inbox_context(request, read_filter(request.GET.dict()), now)
    return render(request, "complaints/inbox.html", context)


def inbox_context(
    request: StaffRequest, wanted: CaseFilter, now: datetime, pane: dict[str, Any] | None = None
) -> dict[str, Any]:
    """Everything the inbox shows; `pane` may hold an open case with its form."""
    person = request.person
    model = priority_in_force(person.organisation_id)
    cases = cases_for(person, wanted, now).select_related(
        "place", "site", "organisation", "owner", "patient", "comment", "pack"
    )
    cases = cases.order_by("-closed_at") if wanted.status == "closed" else cases.in_queue_order()
    case = pane["case"] if pane else _opened(request)
    page = Paginator(cases, AT_ONCE).get_page(_page_number(request, cases, case))
    open_id = case.pk if case else 0
    choices = present.selects(person, wanted, model)
    _note_list_read(request, wanted, page.paginator.count, now)
    context = {
        "wanted": wanted,
        "tabs": present.tabs(person, wanted, now),
        "selects": choices,
        "chips": present.chips(wanted, choices),
        "page": page,
        "rows": present.rows(page.object_list, wanted, model, now, open_id),
        "total": page.paginator.count,
        "calls": list(calls_for(person)),
        "escalations": list(escalated_to(person)[:10]),
        "views": _views(request),
        "now": now,
        "query": wanted.to_query(),
        "query_escaped": quote(wanted.to_query()),
        "first_url": _first_url(page.object_list, wanted),
        "undo": _undo(request),
    }
    if case is None:
        return context
    pane = pane or case_context(request, case, Spot(wanted), now)
    return context | pane | neighbours(cases, case, wanted)


def _first_url(cases: Iterable[Case], wanted: CaseFilter) -> str:
    first = next(iter(cases), None)
    return present.inbox_url(wanted, case=str(first.pk)) if first else ""


def _opened(request: StaffRequest) -> Case | None:
    given = str(request.GET.get("case", ""))
    return find_case(request, int(given)) if given.isdigit() else None


def _page_number(request: StaffRequest, cases: CaseQuerySet, case: Case | None) -> str | int:
    """The page that was asked for, else the one on which the open case stands."""
    if case is None or "page" in request.GET:
        return str(request.GET.get("page", "1"))
    ids = list(cases.values_list("pk", flat=True))
    return ids.index(case.pk) // AT_ONCE + 1 if case.pk in ids else 1


def neighbours(cases: CaseQuerySet, case: Case, wanted: CaseFilter) -> dict[str, Any]:
    """The addresses of the case before and after the open one, and its place in the list."""
    ids = list(cases.values_list("pk", flat=True))
    if case.pk not in ids:
        first = str(ids[0]) if ids else ""
        return {"next_url": present.inbox_url(wanted, case=first) if first else "", "place_in": ""}
    at = ids.index(case.pk)
    return {
        "previous_url": present.inbox_url(wanted, case=str(ids[at - 1])) if at else "",
        "next_url": present.inbox_url(wanted, case=str(ids[at + 1])) if at + 1 < len(ids) else "",
        "place_in": _("%(here)s of %(all)s") % {"here": at + 1, "all": len(ids)},
    }


def next_after(request: StaffRequest, wanted: CaseFilter, case: Case, now: datetime) -> str:
    """The id of the case that follows in the list, to go on with; "" when it is the last."""
    ids = list(cases_for(request.person, wanted, now).in_queue_order().values_list("pk", flat=True))
    if case.pk not in ids:
        return str(ids[0]) if ids else ""
    rest = [*ids[ids.index(case.pk) + 1 :], *ids[: ids.index(case.pk)]]
    return str(rest[0]) if rest else ""


def _note_list_read(request: StaffRequest, wanted: CaseFilter, count: int, now: datetime) -> None:
    # The filter may hold a name, so the trail keeps a digest of it.
    key = digest(wanted.to_query(), "case-list")[:16]
    with acting(request.person.actor, at=now) as trail:
        trail.write("read", ("case_list", key), count=count)


def _views(request: StaffRequest) -> list[dict[str, Any]]:
    person = request.person
    own = SavedView.objects.filter(user_id=person.user_id)
    shared = SavedView.objects.filter(organisation_id=person.organisation_id, shared=True)
    views = (own | shared).distinct().order_by("name", "pk")
    return [
        {
            "id": view.pk,
            "name": view.name,
            "url": f"?{view.query}",
            "mine": view.user_id == person.user_id,
        }
        for view in views
    ]


def _undo(request: StaffRequest) -> dict[str, Any] | None:
    """The offer to undo the closure somebody just made."""
    given = str(request.GET.get("closed", ""))
    if not given.isdigit():
        return None
    case = Case.objects.visible_to(request.person).filter(pk=int(given)).first()
    if case is None or case.is_open:
        return None
    return {"case": case, "text": _("%(ref)s is closed.") % {"ref": case.reference}}


@requires("case.read")
@in_house_time
@require_POST
def save_view(request: StaffRequest) -> HttpResponse:
    """Keep the filter that is on under a name."""
    now, person = timezone.now(), request.person
    name = " ".join(request.POST.get("name", "").split())[:60]
    query = read_filter(_query(request.POST.get("query", ""))).to_query()
    if name:
        SavedView.objects.update_or_create(
            user_id=person.user_id,
            name=name,
            defaults={
                "organisation_id": person.organisation_id,
                "query": query[:500],
                "shared": request.POST.get("shared") == "on",
                "at": now,
            },
        )
    return redirect(f"{present.inbox_url(CaseFilter())}?{query}")


@requires("case.read")
@in_house_time
@require_POST
def drop_view(request: StaffRequest, view_id: int) -> HttpResponse:
    """Forget one of one's own views."""
    get_object_or_404(SavedView, pk=view_id, user_id=request.person.user_id).delete()
    return redirect("complaints:inbox")


def _query(text: str) -> dict[str, str]:
    return {key: str(value) for key, value in QueryDict(text).items()}
