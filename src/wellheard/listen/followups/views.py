"""Follow-ups: plans of asking the same people again, and how each goes."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from wellheard.listen.followups import actions, presenters, queries
from wellheard.listen.followups.models import FollowUpPlan
from wellheard.listen.followups.vocabulary import follow_up_rule
from wellheard.listen.surveys.instruments import instrument
from wellheard.people.access.doors import StaffRequest, requires
from wellheard.people.places.models import Place


@requires("review.read")
@require_GET
def followups(request: StaffRequest) -> HttpResponse:
    """Every plan, and how many wait, were asked, answered, and were not asked, by why."""
    person, rule = request.person, follow_up_rule()
    found = queries.plans(person.organisation_id)
    asked = instrument(rule.instrument)
    page = {
        "lines": [presenters.plan_line(plan, person.user_id) for plan in found],
        "may_plan": person.may("sample.plan"),
        "may_start": person.may("sample.start"),
        "kinds": [(kind, presenters.KINDS[kind]) for kind in rule.kinds],
        "places": Place.objects.of(person.organisation_id).open().select_related("site"),
        "problem": presenters.PROBLEMS.get(request.GET.get("problem", ""), ""),
        "times": [presenters.when(months) for months in rule.months],
        "rule": rule,
        "title": asked.title["en"],
        "source": asked.source,
        "days": rule.apart.days,
    }
    return render(request, "followups/followups.html", page)


@requires("sample.plan")
@require_POST
def propose(request: StaffRequest) -> HttpResponse:
    """Keep a plan; a second person starts it."""
    person = request.person
    wanted = [int(each) for each in request.POST.getlist("places") if each.isdecimal()]
    places = list(Place.objects.of(person.organisation_id).open().filter(pk__in=wanted))
    try:
        actions.propose_follow_up(
            request.POST.get("name", "")[:120],
            kinds=request.POST.getlist("kinds"),
            places=places,
            by=person.actor,
            at=timezone.now(),
        )
    except actions.FollowUpPlanError as error:
        return _back(str(error))
    messages.success(request, _("The plan is kept. A second person has to start it."))
    return _back()


@requires("sample.start")
@require_POST
def start(request: StaffRequest, pk: int) -> HttpResponse:
    """Let a plan run."""
    try:
        actions.start_follow_up(_plan(request, pk), by=request.person.actor, at=timezone.now())
    except actions.FollowUpPlanError as error:
        return _back(str(error))
    messages.success(request, _("The plan runs: people are taken in as their visits end."))
    return _back()


@requires("sample.start")
@require_POST
def stop(request: StaffRequest, pk: int) -> HttpResponse:
    """Ask nobody any more."""
    actions.stop_follow_up(_plan(request, pk), by=request.person.actor, at=timezone.now())
    messages.success(request, _("The plan is stopped. What was answered stays."))
    return _back()


def _plan(request: StaffRequest, pk: int) -> FollowUpPlan:
    found = FollowUpPlan.objects.filter(pk=pk, organisation_id=request.person.organisation_id)
    plan = found.first()
    if plan is None:
        raise Http404
    return plan


def _back(problem: str = "") -> HttpResponse:
    found = redirect("followups:followups")
    if problem:
        found["Location"] += f"?problem={problem}#new"
    return found
