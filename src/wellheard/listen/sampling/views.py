"""Planning, previewing, starting, watching: who is asked, and who stays unheard."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django.contrib import messages
from django.core.mail import send_mail
from django.db.models import Q
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from wellheard.base.audit.trail import acting
from wellheard.base.pages.figures import number
from wellheard.channels.outbox.wording import fill
from wellheard.listen.sampling import actions, presenters, rules
from wellheard.listen.sampling.forms import PlanForm
from wellheard.listen.sampling.frame import visits_of_span
from wellheard.listen.sampling.models import (
    FeedAlarm,
    SampleMember,
    SampleMemberQuerySet,
    SamplePlan,
    TopUp,
    Wave,
)
from wellheard.listen.sampling.queries import (
    GROUPS,
    calendar,
    feeds,
    heard_in,
    method_matrix,
    plan_state,
    wave_figures,
)
from wellheard.listen.sampling.reach import members_in_plan, members_of, plans_of
from wellheard.listen.sampling.vocabulary import limits, wording
from wellheard.people.access.doors import StaffRequest, refuse, requires
from wellheard.people.access.person import Person
from wellheard.people.places.models import Organisation, Place
from wellheard.people.staff.models import User

_NEEDS = {"approved": "sample.start", "declined": "sample.start"}


@require_GET
@requires("sample.read")
def plans(request: StaffRequest) -> HttpResponse:
    """Every plan, what they will do in the weeks ahead, and how well each way does."""
    now, person = timezone.now(), request.person
    everywhere = person.places("sample.read") is None
    context: dict[str, Any] = {
        "lines": [
            presenters.plan_line(plan)
            | ({} if everywhere else {"own": own_of(members_in_plan(plan, person))})
            for plan in plans_of(person)
        ],
        "everywhere": everywhere,
        "may_plan": person.may("sample.plan"),
        "may_watch": person.may("collection.read"),
        "modes": list(presenters.MODES.values()),
    }
    if everywhere:
        home = person.organisation_id
        context["weeks"] = presenters.week_lines(calendar(home, now=now))
        context["matrix"] = presenters.matrix_lines(
            method_matrix(home, since=now - timedelta(days=365))
        )
        context["proposals"] = TopUp.objects.filter(organisation_id=home, accepted=None).count()
        context["alarms"] = FeedAlarm.objects.filter(organisation_id=home, closed_at=None).count()
    return render(request, "sampling/plans.html", context)


@require_http_methods(["GET", "POST"])
@requires("sample.plan")
def new(request: StaffRequest) -> HttpResponse:
    """Propose a plan; a second person starts it."""
    form = PlanForm(
        request.POST or None,
        organisation_id=request.person.organisation_id,
        language=get_language() or "en",
    )
    if request.method == "POST" and form.is_valid():
        try:
            made = actions.propose_plan(form.plan(), by=request.person.actor, at=timezone.now())
        except actions.PlanError as error:
            form.add_error(None, _why(error))
        else:
            messages.success(request, _("The plan is kept. A second person has to start it."))
            return redirect("sampling:plan", made.pk)
    context = {"form": form, "trail": trail()}
    return render(request, "sampling/new.html", context, status=422 if form.errors else 200)


@require_GET
@requires("sample.read")
def plan(request: StaffRequest, plan_id: int) -> HttpResponse:
    """One plan: its settings, its waves, and what the next draw would bring."""
    found, person = _plan(request, plan_id), request.person
    state = plan_state(found)
    words, kind = presenters.STATES[state]
    spans = presenters.spans_to_draw(found, timezone.localdate())
    context: dict[str, Any] = {
        "plan": found,
        "state": state,
        "state_words": words,
        "state_kind": kind,
        "facts": presenters.plan_facts(found),
        "steps": found.steps.select_related("by"),
        "waves": [
            {"wave": wave, "title": presenters.wave_title(wave), "drawn": _drawn(wave, person)}
            for wave in found.waves.all()
        ],
        "spans": spans,
        "trail": trail(),
        "may_plan": person.may("sample.plan"),
        "may_start": person.may("sample.start"),
        "may_look": person.may("survey.change"),
        "own": found.proposed_by_id == person.user_id,
    }
    wanted = _day(request.GET.get("span", "")) or (spans[0][0] if spans else None)
    if wanted and person.may("sample.plan") and state in ("proposed", "running"):
        context |= _preview(found, wanted)
    return render(request, "sampling/plan.html", context)


def _drawn(wave: Wave, person: Person) -> str:
    members = members_of(wave, person)
    everywhere = person.places("sample.read") is None
    return number(members.count()) if everywhere else own_of(members).drawn


def own_of(members: SampleMemberQuerySet) -> presenters.OwnFigures:
    """What those who answer for some places see of these people."""
    return presenters.own_figures(wave_figures(members))


def _preview(found: SamplePlan, wanted: date) -> dict[str, Any]:
    start, end = rules.span_of(found.period, wanted)
    try:
        seen = actions.preview_draw(found, start, at=timezone.now())
    except actions.PlanError as error:
        return {"preview_span": presenters.span_words(start, end), "refused": _why(error)}
    return {
        "preview_span": presenters.span_words(start, end),
        "preview_start": start,
        "over": end <= timezone.localdate(),
        "preview": [
            (_("Visits that ended"), number(seen.frame.visits)),
            (_("May be asked"), number(len(seen.frame.candidates))),
            (_("After one of each home"), number(seen.draw.homes)),
            (_("Would be drawn"), number(len(seen.draw.chosen))),
        ],
        "left_out": presenters.left_out_lines(seen.frame.left_out),
        "strata": presenters.strata_lines(
            {name: list(counts) for name, counts in seen.draw.strata.items()},
            stratum_names(found),
        ),
        "drawable": bool(seen.draw.chosen),
        "languages": ", ".join(seen.asked.languages),
    }


def stratum_names(found: SamplePlan) -> dict[str, str]:
    """What the groups of a plan are called."""
    if found.stratum != "place":
        return {"-": _("Not known")}
    places = Place.objects.of(found.organisation_id)
    return {str(pk): name for pk, name in places.values_list("pk", "name")}


@require_POST
@requires("sample.read")
def decide(request: StaffRequest, plan_id: int) -> HttpResponse:
    """Start, decline, pause, resume or stop."""
    found, kind = _plan(request, plan_id), request.POST.get("kind", "")
    if kind not in ("approved", "declined", "paused", "resumed", "stopped"):
        raise Http404
    permission = _NEEDS.get(kind, "sample.plan")
    if not request.person.may(permission):
        refuse(request, permission)
    try:
        actions.decide_plan(
            found,
            kind,
            why=request.POST.get("why", ""),
            by=request.person.actor,
            at=timezone.now(),
        )
    except actions.PlanError as error:
        messages.error(request, _why(error))
    else:
        messages.success(request, _DECIDED[kind]())
    return redirect("sampling:plan", found.pk)


_DECIDED = {
    "approved": lambda: _("The plan runs. Draw the first wave when its span is over."),
    "declined": lambda: _("The plan was declined. Nobody is asked."),
    "paused": lambda: _("Paused. Nobody is asked until the plan is resumed."),
    "resumed": lambda: _("The plan goes on."),
    "stopped": lambda: _("Stopped. Nobody of it is asked again."),
}


@require_POST
@requires("sample.start")
def draw(request: StaffRequest, plan_id: int) -> HttpResponse:
    """Draw the previewed span and begin to ask."""
    found, wanted = _plan(request, plan_id), _day(request.POST.get("span", ""))
    if wanted is None:
        raise Http404
    try:
        made = actions.draw_wave(found, wanted, by=request.person.actor, at=timezone.now())
    except actions.PlanError as error:
        messages.error(request, _why(error))
        return redirect("sampling:plan", found.pk)
    messages.success(request, _("Drawn. The first are asked within minutes."))
    return redirect("sampling:wave", made.pk)


@require_POST
@requires("sample.plan")
def test_send(request: StaffRequest, plan_id: int) -> HttpResponse:
    """Send the very words of invitation and reminder, in every language, to oneself. The link in
    them leads to the questions as staff see them, so that no test answer is ever counted."""
    found = _plan(request, plan_id)
    user = User.objects.get(pk=request.person.user_id)
    page = reverse("surveys:instrument", args=[found.instrument])
    for reminder in (False, True):
        template = wording(reminder)
        for language in template.languages:
            words = fill(
                template,
                language,
                name=user.name,
                organisation=found.organisation.name,
                link=request.build_absolute_uri(page),
            )
            body = f"{words.body}\n\n---\nSMS: {words.short}"
            send_mail(f"[Test, {language}] {words.subject}", body, None, [user.email])
    with acting(request.person.actor, at=timezone.now()) as trail:
        trail.write("sample.tested", found)
    messages.success(request, _("Test messages were sent to your own address."))
    return redirect("sampling:plan", found.pk)


@require_GET
@requires("sample.read")
def silence(request: StaffRequest) -> HttpResponse:
    """The silence map: who was treated and is not heard."""
    person = request.person
    organisation = Organisation.objects.get(pk=person.organisation_id)
    days = 90 if request.GET.get("days") == "90" else 365
    end = timezone.localdate()
    start = end - timedelta(days=days)
    reach = person.places("sample.read")
    places = Place.objects.of(organisation.pk).open().within(reach)
    chosen = places.filter(pk=_number(request.GET.get("place", ""))).first()
    asked = [chosen.pk] if chosen else list(places.values_list("pk", flat=True))
    visits = visits_of_span(organisation, start, end, asked or [0])
    members = SampleMember.objects.visible_to(person).filter(
        place_id__in=asked, visit__ended_at__gte=timezone.now() - timedelta(days=days)
    )
    # Before anybody who was drawn has answered there is no share to set beside another.
    groups = [each for each in GROUPS if not (chosen and each == "place")] if members else []
    tables: list[dict[str, Any]] = [
        {"name": str(presenters.ATTRIBUTES[group]), "lines": presenters.heard_lines(lines, group)}
        for group in groups
        if len(lines := heard_in(visits, members, group)) > 1
    ]
    proposals = TopUp.objects.filter(organisation=organisation, accepted=None)
    context = {
        "tables": tables,
        "places": places.select_related("site"),
        "chosen": chosen,
        "days": days,
        "below": round(limits().representation_below * 100),
        "least": limits().minimum_group,
        "proposals": _proposals(proposals) if reach is None else [],
        "may_start": person.may("sample.start"),
        "silent": [
            (table["name"], line["value"])
            for table in tables
            for line in table["lines"]
            if line["silent"]
        ],
    }
    return render(request, "sampling/silence.html", context)


def _proposals(rows: Any) -> list[dict[str, Any]]:
    return [
        {
            "top_up": each,
            "group": str(presenters.ATTRIBUTES[each.group]),
            "sequence": presenters.sequence_title(each.sequence),
            "size": number(each.size),
            "plan": each.wave.plan,
        }
        for each in rows.select_related("wave__plan")
    ]


@require_POST
@requires("sample.start")
def top_up(request: StaffRequest, top_up_id: int) -> HttpResponse:
    """Accept or decline a proposal."""
    found = get_object_or_404(TopUp, organisation_id=request.person.organisation_id, pk=top_up_id)
    accepted = request.POST.get("decision") == "accept"
    try:
        made = actions.decide_top_up(
            found, accepted=accepted, by=request.person.actor, at=timezone.now()
        )
    except actions.PlanError as error:
        messages.error(request, _why(error))
        return redirect("sampling:silence")
    if made is None:
        messages.success(request, _("The proposal was declined."))
        return redirect("sampling:silence")
    messages.success(request, _("Drawn. They are asked in the other way."))
    return redirect("sampling:wave", made.pk)


@require_GET
@requires("collection.read")
def health(request: StaffRequest) -> HttpResponse:
    """Whether every feed still speaks: volume, lag, silence."""
    organisation = Organisation.objects.get(pk=request.person.organisation_id)
    now = timezone.now()
    alarms = FeedAlarm.objects.filter(organisation=organisation).filter(
        Q(closed_at=None) | Q(closed_at__gt=now - timedelta(days=30))
    )
    context = {
        "lines": presenters.feed_lines(feeds(organisation, now=now)),
        "alarms": [
            {"alarm": alarm, "name": presenters.feed_name(alarm.feed)} for alarm in alarms[:30]
        ],
        "days": limits().health_days,
    }
    return render(request, "sampling/health.html", context)


def _why(error: actions.PlanError) -> str:
    return {
        "own": _("Nobody starts their own plan. Ask a colleague."),
        "state": _("That cannot be done to it as it stands now."),
        "not_over": _("The span is not over yet."),
        "unfit": _("These questions go only to people who booked that week, each week."),
        "drawn": _("This span was drawn before."),
        "too_small": _("The size does not reach the least of every group. Raise it."),
        "nobody": _("Nobody may be asked: look at the reasons."),
        "unequal": _("An anonymous plan draws in proportion, or all alike."),
        "no_link": _("An anonymous plan asks by e-mail or text."),
    }.get(error.code, _("Something in the plan is not known here."))


def _plan(request: StaffRequest, plan_id: int) -> SamplePlan:
    return get_object_or_404(plans_of(request.person).select_related("organisation"), pk=plan_id)


def address_of_plan(found: SamplePlan) -> str:
    """Where a plan's page is."""
    return reverse("sampling:plan", args=[found.pk])


def trail() -> list[dict[str, str]]:
    """The way back to all plans."""
    return [{"label": _("Sampling"), "url": reverse("sampling:plans")}]


def _day(raw: str) -> date | None:
    try:
        return date.fromisoformat(raw)
    except ValueError:
        return None


def _number(raw: str) -> int:
    return int(raw) if raw.isascii() and raw.isdigit() and len(raw) < 18 else 0
