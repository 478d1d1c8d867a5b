"""The explore page, its files, and the views people keep."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from wellheard.people.access.doors import StaffRequest, refuse, requires
from wellheard.people.access.person import Person
from wellheard.people.places.models import Place
from wellheard.prove.boards.queries import organisation_day
from wellheard.prove.boards.rules import home_policy
from wellheard.prove.explore import files, presenters
from wellheard.prove.explore.actions import drop_view, keep_view, note_export
from wellheard.prove.explore.asking import Asked, read_asked
from wellheard.prove.explore.models import ExploreView
from wellheard.prove.explore.queries import Answer, OutOfReachError, answer
from wellheard.understand.facts.queries import newest_answer
from wellheard.understand.scores.queries import measures

_SHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_KINDS = {"csv": ("text/csv; charset=utf-8", files.as_csv), "xlsx": (_SHEET, files.as_xlsx)}


@require_GET
@requires("measure.read")
def explore(request: StaffRequest) -> HttpResponse:
    """A measure by place, group and time; the address holds the whole question."""
    asked = read_asked(request.GET)
    found = answered(request, asked)
    return render(request, "explore/explore.html", explore_page(request, found))


@require_GET
@requires("measure.read")
def export(request: StaffRequest, kind: str) -> HttpResponse:
    """The same figures as a file; that they were taken out is kept."""
    if kind not in _KINDS:
        raise Http404
    person = request.person
    found = answered(request, read_asked(request.GET))
    content_type, write = _KINDS[kind]
    page = f"{request.build_absolute_uri(reverse('explore:explore'))}?{found.asked.query()}"
    content = write(found, made_on=timezone.localdate(), address=page)
    rows = len(found.figures)
    note_export(found.asked, kind, rows=rows, by=person.actor, at=timezone.now())
    response = HttpResponse(content, content_type=content_type)
    name = f"wellheard-{found.measure.code}.{kind}"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


@require_POST
@requires("measure.read")
def keep(request: StaffRequest) -> HttpResponse:
    """Keep the question that stands in the address under a name."""
    asked = read_asked(request.GET)
    name = " ".join(request.POST.get("name", "").split())[:80]
    page = f"{reverse('explore:explore')}?{asked.query()}"
    if not name:
        return redirect(f"{page}&unnamed=1")
    shared = request.POST.get("shared") == "on" and request.person.may("view.share")
    keep_view(name, asked, shared=shared, by=request.person.actor, at=timezone.now())
    return redirect(page)


@require_POST
@requires("measure.read")
def drop(request: StaffRequest, explore_view_id: int) -> HttpResponse:
    """Forget a view of one's own."""
    person = request.person
    own = ExploreView.objects.filter(organisation_id=person.organisation_id, user_id=person.user_id)
    view = own.filter(pk=explore_view_id).first()
    if view is None:
        raise Http404
    drop_view(view, by=person.actor, at=timezone.now())
    return redirect("explore:explore")


def answered(request: StaffRequest, asked: Asked) -> Answer:
    """The answer to a question; a part this person may not see is refused and noted."""
    person = request.person
    today = organisation_day(person.organisation_id, timezone.now())
    catalogue = measures(person.organisation_id, on=today)
    if asked.measure not in catalogue:
        first = asked.change(step=asked.step or "month") if not asked.measure else asked
        asked = first.change(measure=home_policy().first_measure)
    try:
        return answer(asked, catalogue[asked.measure], person, today=today)
    except OutOfReachError as error:
        refuse(request, "measure.read", ("people.place", str(error.place_id)))
        raise Http404 from None


def explore_page(request: StaffRequest, found: Answer) -> dict[str, Any]:
    """Everything the page shows."""
    person, asked = request.person, found.asked
    today = organisation_day(person.organisation_id, timezone.now())
    catalogue = measures(person.organisation_id, on=today)
    kept = ExploreView.objects.visible_to(person).select_related("user").order_by("name")
    groups = person.places("measure.read") is None
    return {
        "answer": found,
        "asked": asked,
        "shown": presenters.shown(found, person),
        "choices": presenters.choices(asked, catalogue, _places(person), groups=groups),
        "query": asked.query(),
        "by_answer": presenters.quotes_by_answer(found)
        if presenters.may_quote(found, person) and found.whole
        else [],
        "since": f"{found.period.start.year}-{found.period.start.number:02d}",
        "until": _last_month(found),
        "views": [(view, view.user_id == person.user_id) for view in kept],
        "may_share": person.may("view.share"),
        "unnamed": "unnamed" in request.GET,
        "data_to": newest_answer(person.organisation_id),
        "explore_url": reverse("explore:explore"),
        "only_words": _only_words().get(asked.only, ""),
        "all_url": f"{reverse('explore:explore')}?{asked.change(only='').query()}",
    }


def _only_words() -> dict[str, str]:
    return {"worse": _("only what turned worse"), "better": _("only what turned better")}


def _last_month(found: Answer) -> str:
    last = found.period.stop.plus(-1)
    return f"{last.year}-{last.number:02d}"


def _places(person: Person) -> list[Place]:
    mine = Place.objects.of(person.organisation_id).open().within(person.places("measure.read"))
    return list(mine.select_related("site").order_by("site__name", "name"))
