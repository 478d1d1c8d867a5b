"""The auditor's pages: the trail, whether it is whole, who was refused, what glass was broken."""

from __future__ import annotations

from datetime import timedelta

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from wellheard.base.audit.queries import verify_chain
from wellheard.base.audit.trail import record_read
from wellheard.people.access.actions import GlassRefusedError, review_glass
from wellheard.people.access.doors import StaffRequest, refuse, requires
from wellheard.people.access.forms import ReviewForm, TrailForm
from wellheard.people.access.models import GlassBreak
from wellheard.people.access.presenters import lines
from wellheard.people.access.queries import (
    glass_to_review,
    held_by_everybody,
    refusals,
    trail_of,
)
from wellheard.people.access.vocabulary import glass_rules, role_definitions

A_PAGE = 100


@require_GET
@requires("audit.read")
def audit(request: StaffRequest) -> HttpResponse:
    """The trail, newest first, and what waits for the auditor."""
    person, now = request.person, timezone.now()
    form = TrailForm(person.organisation_id, request.GET or None)
    rows = trail_of(person.organisation_id)
    if form.is_bound and form.is_valid():
        rows = form.narrowed(rows)
    page = Paginator(rows, A_PAGE).get_page(request.GET.get("page"))
    if request.GET:
        record_read(person.actor, ("audit", "search"), at=now, count=len(page.object_list))
    context = {
        "form": form,
        "page": page,
        "lines": lines(page.object_list),
        "waiting": list(glass_to_review(person.organisation_id)),
        "refused": refusals(person.organisation_id, now - timedelta(days=7)).count(),
        "now": now,
    }
    return render(request, "access/audit.html", context)


@require_POST
@requires("audit.read")
def verify(request: StaffRequest) -> HttpResponse:
    """Walks the whole chain and says whether it holds, or names the first row that does not."""
    verdict = verify_chain(request.person.organisation_id)
    return render(request, "access/verdict.html", {"verdict": verdict})


@require_GET
@requires("audit.read")
def refused(request: StaffRequest) -> HttpResponse:
    """Attempts that were denied, newest first."""
    since = timezone.now() - timedelta(days=90)
    rows = refusals(request.person.organisation_id, since)
    page = Paginator(rows, A_PAGE).get_page(request.GET.get("page"))
    context = {"page": page, "lines": lines(page.object_list)}
    return render(request, "access/refused.html", context)


@require_GET
@requires("access.review")
def review(request: StaffRequest) -> HttpResponse:
    """Who may do what: everybody's roles, to be gone through at least once a year."""
    names = role_definitions()
    rows = [
        {
            "user": user,
            "roles": [
                {"name": names[one.role].name, "where": one.place or one.site or ""}
                for one in held
                if one.role in names
            ],
            "privileged": any(names[one.role].privileged for one in held if one.role in names),
        }
        for user, held in held_by_everybody(request.person.organisation_id)
    ]
    return render(request, "access/review.html", {"rows": rows})


@require_http_methods(["GET", "POST"])
@requires("access.review")
def glass(request: StaffRequest, glass_id: int) -> HttpResponse:
    """One broken glass: why, what was looked at meanwhile, and the auditor's word."""
    person = request.person
    broken = get_object_or_404(
        GlassBreak.objects.select_related("user", "review__reviewed_by"),
        pk=glass_id,
        organisation_id=person.organisation_id,
    )
    form = ReviewForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            review_glass(broken=broken, **form.cleaned_data, by=person.actor, at=timezone.now())
        except GlassRefusedError:
            refuse(request, "access.review", ("people.glassbreak", str(broken.pk)))
        messages.success(request, _("Your word is kept."))
        return redirect("access:audit")
    return render(request, "access/glass.html", _glass(broken, form))


def _glass(broken: GlassBreak, form: ReviewForm) -> dict[str, object]:
    meanwhile = trail_of(broken.organisation_id).filter(
        actor_kind="staff",
        actor_ref=str(broken.user_id),
        at__gte=broken.broken_at,
        at__lte=broken.ends_at,
    )
    return {
        "broken": broken,
        "reason": glass_rules().reasons.get(broken.reason, broken.reason),
        "review": getattr(broken, "review", None),
        "form": form,
        "lines": lines(meanwhile[:200]),
    }


@require_GET
@requires("access.review")
def all_glass(request: StaffRequest) -> HttpResponse:
    """Every broken glass, newest first."""
    rows = (
        GlassBreak.objects.select_related("user", "review")
        .filter(organisation_id=request.person.organisation_id)
        .order_by("-broken_at")
    )
    page = Paginator(rows, 50).get_page(request.GET.get("page"))
    return render(request, "access/all_glass.html", {"page": page, "now": timezone.now()})
