"""The list of scans, one scan, and deciding about its finds."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from wellheard.base.audit.trail import record_read
from wellheard.people.access.doors import StaffRequest, requires
from wellheard.understand.disclosure.policy import load_policy
from wellheard.understand.expectations import presenters
from wellheard.understand.expectations.actions import NoChoiceError, choose
from wellheard.understand.expectations.models import ExpectationFind, ExpectationScan
from wellheard.understand.expectations.policy import scan_policy
from wellheard.understand.expectations.queries import scan_page, scans_in_force
from wellheard.understand.facts.slices import Month


@requires("review.read")
@require_GET
def scans(request: StaffRequest) -> HttpResponse:
    """Every quarter's scan, newest first."""
    found = scans_in_force(request.person.organisation_id)
    page = {"lines": presenters.scan_lines(found), "policy": scan_policy().name}
    return render(request, "expectations/scans.html", page)


@requires("review.read")
@require_GET
def scan(request: StaffRequest, scan_id: int) -> HttpResponse:
    """What one quarter brought, and what was decided about it."""
    found = _scan_or_404(request, scan_id)
    page, start = scan_page(found), Month.of(found.quarter)
    sections = presenters.sections(page, request.person)
    shown = sum(len(each["quotes"]) for part in sections for each in part["finds"])
    if shown:
        subject = ("comment_list", f"scan {found.pk}")
        record_read(request.person.actor, subject, at=timezone.now(), count=shown)
    context: dict[str, Any] = {
        "page": page,
        "name": presenters.quarter_name(found.quarter),
        "previous": presenters.quarter_name(page.previous.quarter) if page.previous else "",
        "sections": sections,
        "gone": [presenters.find_name(find) for find in page.gone],
        "choices": presenters.choice_names(),
        "may_choose": request.person.may("measure.define"),
        "problem": request.GET.get("problem", ""),
        "start": start.first_day,
        "stop": start.plus(3).first_day - timedelta(days=1),
        "before": start.plus(-3 * scan_policy().quarters_before).first_day,
        "minimum": load_policy().minimum_group,
        "trail": [{"label": _("Expectations"), "url": reverse("expectations:scans")}],
    }
    return render(request, "expectations/scan.html", context)


@requires("measure.define")
@require_POST
def decide(request: StaffRequest, scan_id: int, find_id: int) -> HttpResponse:
    """Watch, act, or no: a row with who and when."""
    found = _scan_or_404(request, scan_id)
    find = ExpectationFind.objects.filter(scan=found, pk=find_id).first()
    if find is None:
        raise Http404
    back = reverse("expectations:scan", args=[scan_id])
    try:
        choose(
            find,
            request.POST.get("choice", ""),
            why=request.POST.get("why", ""),
            owner=request.POST.get("owner", ""),
            by=request.person.actor,
            by_name=request.person.name,
            at=timezone.now(),
        )
    except NoChoiceError as error:
        back = f"{back}?problem={str(error).partition(':')[0]}"
    return redirect(f"{back}#find-{find.pk}")


def _scan_or_404(request: StaffRequest, scan_id: int) -> ExpectationScan:
    found = ExpectationScan.objects.filter(
        pk=scan_id, organisation_id=request.person.organisation_id
    ).first()
    if found is None:
        raise Http404
    return found
