"""Changing many cases at once, with a preview; writing up a call; the register."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET

from wellheard.base.audit.trail import acting
from wellheard.base.pages.figures import long_moment
from wellheard.people.access.doors import StaffRequest, requires
from wellheard.people.access.person import Person
from wellheard.people.patients.rules import ContactNotUnderstoodError
from wellheard.resolve.complaints.actions import assigning, classifying, promises, working
from wellheard.resolve.complaints.actions.capturing import Captured, capture_case
from wellheard.resolve.complaints.actions.changing import (
    CaseClosedError,
    NotAllowedError,
    StaleCaseError,
)
from wellheard.resolve.complaints.forms.bulk import BulkForm, CaptureForm, organisation_of
from wellheard.resolve.complaints.models import Case
from wellheard.resolve.complaints.presenters.inbox import inbox_url, who_said
from wellheard.resolve.complaints.presenters.register import register_page
from wellheard.resolve.complaints.queries.filters import read_filter
from wellheard.resolve.complaints.queries.register import register as cases_of_register
from wellheard.resolve.complaints.queries.rulebook import priority_in_force
from wellheard.resolve.complaints.queries.team import named_in
from wellheard.resolve.complaints.views.desk import spot_of
from wellheard.resolve.complaints.views.doors import in_house_time
from wellheard.resolve.complaints.views.runs import snooze_until

MOST = 100


@dataclass(frozen=True, slots=True)
class Line:
    """One case of a bulk change: from what to what, or why not."""

    case: Case
    title: str
    before: str
    after: str
    refusal: str


@requires("case.work")
@in_house_time
def bulk(request: StaffRequest) -> HttpResponse:
    """Choose a change, see what it does to each case, then do it."""
    given = request.POST if request.method == "POST" else request.GET
    ids = [int(one) for one in given.getlist("case") if one.isdigit()][:MOST]
    cases = list(
        Case.objects.visible_to(request.person)
        .filter(pk__in=ids)
        .select_related("place", "site", "organisation", "owner", "patient", "comment")
        .in_queue_order()
    )
    form = BulkForm(request.POST if request.method == "POST" else None, person=request.person)
    context = {"cases": cases, "form": form, "back": given.get("back", ""), "lines": []}
    if request.method != "POST" or not form.is_valid():
        return render(request, "complaints/bulk.html", context)
    now = timezone.now()
    lines = [_line(case, form, request.person, now) for case in cases]
    if request.POST.get("sure") != "yes":
        return render(request, "complaints/bulk.html", context | {"lines": lines})
    done = sum(_change(request, line, form, now) for line in lines if not line.refusal)
    messages.success(
        request, ngettext("%(n)s case changed.", "%(n)s cases changed.", done) % {"n": done}
    )
    back = spot_of(f"inbox?{given.get('back', '')}").wanted
    return redirect(inbox_url(back) if back else "complaints:inbox")


def _line(case: Case, form: BulkForm, person: Person, now: datetime) -> Line:
    data = form.cleaned_data
    model = priority_in_force(case.organisation_id)
    change, refusal = data["change"], _refusal(case, form, person)
    changes: dict[str, Callable[[], tuple[str, str]]] = {
        "assign": lambda: (case.owner.name, data["owner"].name),
        "snooze": lambda: ("", long_moment(snooze_until(data["until"], case.zone, now))),
        "tier": lambda: (model.label(case.tier), model.label(data["tier"])),
        "note": lambda: ("", _("one note more")),
    }
    before, after = changes[change]()
    return Line(case, who_said(case), before, after, refusal)


def _refusal(case: Case, form: BulkForm, person: Person) -> str:
    data = form.cleaned_data
    if not person.may("case.work", place_id=case.place_id, case_id=case.pk):
        return _("You may not work on this case.")
    if not case.is_open and data["change"] != "note":
        return _("It is closed.")
    if data["change"] == "assign" and data["owner"].pk in named_in(case):
        return _("This person is named in the case.")
    if data["change"] == "snooze" and case.rank == 0:
        return _("A case of possible danger is not put aside.")
    return ""


def _change(request: StaffRequest, line: Line, form: BulkForm, now: datetime) -> bool:
    """Change one case as it was shown; one that moved meanwhile is left alone."""
    by, data, case = request.person.actor, form.cleaned_data, line.case
    seen = _seen(request, case)
    try:
        with acting(by, at=now):
            if data["change"] == "assign":
                assigning.assign_case(
                    case_id=case.pk,
                    owner=data["owner"],
                    why=data["words"],
                    seen=seen,
                    by=by,
                    at=now,
                )
            elif data["change"] == "snooze":
                until = snooze_until(data["until"], case.zone, now)
                promises.snooze_case(
                    case_id=case.pk, until=until, why=data["words"], seen=seen, by=by, at=now
                )
            elif data["change"] == "tier":
                classifying.change_tier(
                    case_id=case.pk, tier=data["tier"], why=data["words"], seen=seen, by=by, at=now
                )
            else:
                working.add_note(case_id=case.pk, words=data["words"], by=by, at=now)
    except (NotAllowedError, CaseClosedError, StaleCaseError):
        messages.warning(
            request, _("%(ref)s was left as it is: it has changed.") % {"ref": case.reference}
        )
        return False
    return True


def _seen(request: StaffRequest, case: Case) -> int | None:
    shown = request.POST.get(f"version-{case.pk}", "")
    return int(shown) if shown.isdigit() else None


@requires("case.capture")
@in_house_time
def capture(request: StaffRequest) -> HttpResponse:
    """Write up what somebody told us by phone, in person or on paper."""
    now, person = timezone.now(), request.person
    start = {"received_at": timezone.localtime(now), "channel": "phone", "language": "en"}
    form = CaptureForm(
        request.POST if request.method == "POST" else None,
        request.FILES if request.method == "POST" else None,
        person=person,
        now=now,
        initial=start | {"complainant": "patient"},
    )
    if request.method == "POST" and form.is_valid():
        try:
            captured = Captured(organisation=organisation_of(person), **form.cleaned_data)
            case = capture_case(captured, by=person.actor, at=now)
        except ContactNotUnderstoodError:
            form.add_error("phone", _("We do not understand this e-mail or phone number."))
        else:
            messages.success(request, _("Written up as %(ref)s.") % {"ref": case.reference})
            if person.may("case.read", place_id=case.place_id):
                return redirect("complaints:case", case_id=case.pk)
            return redirect("complaints:capture")
    status = 422 if form.errors else 200
    return render(request, "complaints/capture.html", {"form": form}, status=status)


@requires("case.read")
@in_house_time
@require_GET
def register(request: StaffRequest) -> HttpResponse:
    """Every complaint, and its totals: the same query, listed and counted."""
    now, wanted = timezone.now(), read_filter({"status": "any"} | request.GET.dict())
    cases = cases_of_register(request.person, wanted, now)
    page = Paginator(cases, 50).get_page(request.GET.get("page"))
    context = register_page(request.person, wanted, now) | {"page": page, "now": now}
    return render(request, "complaints/register.html", context)
