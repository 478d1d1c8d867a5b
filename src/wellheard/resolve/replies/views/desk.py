"""The list of what waits, the figures, and how each outlet takes replies."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from wellheard.listen.reviews.models import Outlet
from wellheard.people.access.doors import StaffRequest, requires
from wellheard.resolve.replies import presenters, queries
from wellheard.resolve.replies.actions.posting import set_way
from wellheard.resolve.replies.forms import WayForm
from wellheard.resolve.replies.models import ReplyWay
from wellheard.resolve.replies.policy import desk as desk_rules

_WHICH = ("waiting", "mine", "approve", "late")


@requires("comment.read_masked")
@require_GET
def desk(request: StaffRequest) -> HttpResponse:
    """Reviews without an answer, what is due first on top."""
    now, person = timezone.now(), request.person
    lines = queries.unanswered(person, now=now)
    which = request.GET.get("show", "waiting")
    chosen = _narrowed(lines, which, person.user_id, now)
    page = Paginator(chosen, 20).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "lines": [presenters.line_of(each) for each in page.object_list],
        "tabs": _tabs(lines, which, person.user_id, now),
        "done": [presenters.line_of(e) for e in queries.answered_lately(person, now=now, most=5)],
        "ways": _ways(request) if person.may("outlet.manage") else [],
        "now": now,
        "months": desk_rules().months,
    }
    return render(request, "replies/desk.html", context)


@requires("comment.read_masked")
@require_GET
def numbers(request: StaffRequest) -> HttpResponse:
    """How many of each tone are answered, and how fast."""
    now = timezone.now()
    found = queries.answers(request.person, now=now)
    context = {
        "lines": [presenters.coverage_line(each) for each in queries.coverage(found)],
        "chart": presenters.chart_of(queries.months(found)),
        "fewest": desk_rules().chart_from,
        "months": desk_rules().months,
        "version": desk_rules().version,
        "any": bool(found),
        "trail": trail(),
    }
    return render(request, "replies/numbers.html", context)


@requires("outlet.manage")
@require_http_methods(["GET", "POST"])
def way(request: StaffRequest, outlet_id: int) -> HttpResponse:
    """How replies reach one outlet. The secret is never shown again."""
    outlet = Outlet.objects.filter(
        pk=outlet_id, organisation_id=request.person.organisation_id
    ).first()
    if outlet is None:
        raise Http404
    kept = ReplyWay.objects.filter(outlet=outlet).first()
    initial = {"protocol": kept.protocol, "address": kept.address} if kept else {}
    form = WayForm(request.POST or None, initial=initial, has_token=bool(kept and kept.token))
    if request.method == "POST" and form.is_valid():
        set_way(outlet, by=request.person.actor, at=timezone.now(), **form.cleaned_data)
        return redirect("replies:desk")
    context = {"outlet": outlet, "form": form, "trail": trail(), "has_token": bool(kept)}
    return render(request, "replies/way.html", context, status=422 if form.errors else 200)


def trail() -> list[dict[str, str]]:
    """The way back to the desk."""
    return [{"label": _("Replies"), "url": reverse("replies:desk")}]


def _narrowed(lines: list[queries.Waiting], which: str, user_id: int, now: Any) -> Any:
    if which == "mine":
        return [each for each in lines if each.reply and each.reply.owner_id == user_id]
    if which == "approve":
        return [
            each for each in lines
            if each.state == "drafted" and each.draft and each.draft.written_by_id != user_id
        ]  # fmt: skip
    if which == "late":
        return [each for each in lines if each.due_at < now]
    return lines


def _tabs(lines: Any, which: str, user_id: int, now: Any) -> list[dict[str, Any]]:
    words = {"waiting": _("Without a reply"), "mine": _("Mine"), "approve": _("To approve"),
             "late": _("Late")}  # fmt: skip
    return [
        {"label": words[each], "url": f"?show={each}",
         "current": each == (which if which in _WHICH else "waiting"),
         "count": len(_narrowed(lines, each, user_id, now))}
        for each in _WHICH
    ]  # fmt: skip


def _ways(request: StaffRequest) -> list[dict[str, Any]]:
    outlets = Outlet.objects.filter(
        organisation_id=request.person.organisation_id,
        about__in=(Outlet.About.REVIEW, Outlet.About.STORY),
    ).select_related("reply_way")
    return [
        {"outlet": each, "words": desk_rules().protocols[each.reply_way.protocol].words
         if hasattr(each, "reply_way") else _("By hand")}
        for each in outlets
    ]  # fmt: skip
