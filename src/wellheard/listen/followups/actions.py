"""Planning, taking people in after their visit, and asking each when their time has come."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.conf import settings
from django.db.models import Exists, OuterRef, Q, QuerySet

from wellheard.base.audit.actor import Actor
from wellheard.base.audit.trail import acting
from wellheard.channels.outbox.actions import queue_message
from wellheard.channels.outbox.models import MessageAttempt
from wellheard.channels.outbox.wording import fill
from wellheard.listen.followups.models import FollowUp, FollowUpPlan
from wellheard.listen.followups.rules import WAIT, Standing, due_at, verdict
from wellheard.listen.followups.vocabulary import follow_up_rule, wording
from wellheard.listen.invitations.actions import Invited, invite
from wellheard.people.consent.queries import consents_of
from wellheard.people.patients.queries import name_to_greet, open_contacts
from wellheard.people.places.models import Place
from wellheard.people.visits.models import Visit

ABOUT = "follow_up"
# Written out, not reversed: a worker need not load every page of the house to name one of them.
# A test holds it to the address.
ADDRESS = "/{language}/s/{token}/"
_AT_ONCE = 500
_LOST = ("failed", "rejected")


class FollowUpPlanError(ValueError):
    """The plan cannot be kept or started; the message is a code: name, kinds, place, same_person,
    state."""


def propose_follow_up(
    name: str, *, kinds: Sequence[str], places: Sequence[Place] = (), by: Actor, at: datetime
) -> FollowUpPlan:
    """Keep a plan that a second person has to start. Raises FollowUpPlanError."""
    rule = follow_up_rule()
    if not name.strip():
        raise FollowUpPlanError("name")
    if not kinds or set(kinds) - set(rule.kinds):
        raise FollowUpPlanError("kinds")
    if any(place.organisation_id != by.organisation_id for place in places):
        raise FollowUpPlanError("place")
    with acting(by, at=at) as trail:
        plan = FollowUpPlan.objects.create(
            organisation_id=by.organisation_id,
            name=name.strip()[:120],
            instrument=rule.instrument,
            kinds=sorted(kinds),
            months=list(rule.months),
            rule_version=rule.name,
            proposed_by_id=_staff(by),
            proposed_at=at,
        )
        plan.places.set(places)
        trail.write("follow_up_plan.proposed", plan)
    return plan


def start_follow_up(plan: FollowUpPlan, *, by: Actor, at: datetime) -> None:
    """Let a plan run. Raises FollowUpPlanError for its own proposer, or when it is not waiting."""
    with acting(by, at=at) as trail:
        held = FollowUpPlan.objects.select_for_update().get(
            pk=plan.pk, organisation_id=by.organisation_id
        )
        if held.state != "proposed":
            raise FollowUpPlanError("state")
        if held.proposed_by_id is not None and held.proposed_by_id == _staff(by):
            raise FollowUpPlanError("same_person")
        held.started_at, held.started_by_id = at, _staff(by)
        held.save(update_fields=["started_at", "started_by"])
        trail.write("follow_up_plan.started", held)


def stop_follow_up(plan: FollowUpPlan, *, by: Actor, at: datetime) -> None:
    """Ask nobody any more; what was answered stays."""
    with acting(by, at=at) as trail:
        held = FollowUpPlan.objects.select_for_update().get(
            pk=plan.pk, organisation_id=by.organisation_id
        )
        if held.state == "stopped":
            return
        held.stopped_at, held.stopped_by_id = at, _staff(by)
        held.save(update_fields=["stopped_at", "stopped_by"])
        _waiting().filter(plan=held).update(dropped_as=FollowUp.Dropped.STOPPED)
        trail.write("follow_up_plan.stopped", held)


def take_in(plan: FollowUpPlan, *, at: datetime) -> int:
    """Everybody whose visit has just ended: note when they are asked. How many people. Twice is
    once; nobody is followed after two visits at a time."""
    rule = follow_up_rule()
    by = Actor.system(plan.organisation_id, "followups")
    with acting(by, at=at) as trail:
        chosen: dict[int, Visit] = {}
        for visit in _new_visits(plan, at):
            assert visit.patient_id is not None
            chosen.setdefault(visit.patient_id, visit)
        rows = [
            _asking(plan, visit, months, due_at(visit.ended_at, months, rule))
            for visit in chosen.values()
            for months in plan.months
            if visit.ended_at is not None
        ]
        FollowUp.objects.bulk_create(rows, batch_size=500, ignore_conflicts=True)
        if chosen:
            trail.write("follow_up.taken_in", plan, count=len(chosen))
    return len(chosen)


def _new_visits(plan: FollowUpPlan, at: datetime) -> list[Visit]:
    """Visits that ended within the last days, since the plan began, of adults who live and are
    not followed yet."""
    rule = follow_up_rule()
    began = max(plan.started_at or at, at - rule.enrol_within)
    followed = FollowUp.objects.filter(
        organisation_id=plan.organisation_id,
        patient_id=OuterRef("patient_id"),
        visit__ended_at__gt=due_at(at, -rule.again_after_months, rule),
    )
    rows = (
        Visit.objects.ended_between(began, at)
        .filter(organisation_id=plan.organisation_id, kind__in=plan.kinds, exclusion="")
        .filter(patient__isnull=False, patient__deceased_on=None)
        .filter(Q(age__gte=rule.least_age) | (Q(age=None) & ~Q(age_band__in=["", "0-17"])))
        .exclude(discharge_to__in=rule.not_discharged_to)
        .exclude(Exists(followed))
        .order_by("ended_at", "pk")
    )
    places = list(plan.places.values_list("pk", flat=True))
    return list(rows.filter(place_id__in=places) if places else rows)


def _asking(plan: FollowUpPlan, visit: Visit, months: int, due: datetime) -> FollowUp:
    return FollowUp(
        organisation_id=plan.organisation_id,
        plan=plan,
        visit=visit,
        patient_id=visit.patient_id,
        months=months,
        due_at=due,
        latest_at=due + follow_up_rule().latest,
    )


def ask_due(now: datetime) -> int:
    """Ask everybody whose day has come; how many were asked."""
    ids = list(
        _waiting()
        .filter(due_at__lte=now)
        .order_by("due_at", "pk")
        .values_list("pk", flat=True)[:_AT_ONCE]
    )
    return sum(_ask(each, now) for each in ids)


def _waiting() -> QuerySet[FollowUp]:
    return FollowUp.objects.filter(asked_at=None, dropped_as="")


def _ask(follow_up_id: int, now: datetime) -> bool:
    """Ask one, wait, or note why not. Link, message and note are one transaction, and the
    message's key names the asking: a worker killed here asks nobody twice and forgets nobody."""
    found = FollowUp.objects.get(pk=follow_up_id)
    by = Actor.system(found.organisation_id, "followups")
    with acting(by, at=now) as trail:
        held = FollowUp.objects.select_for_update(of=("self",)).filter(
            pk=follow_up_id, asked_at=None, dropped_as=""
        )
        asking = held.select_related("patient", "plan", "visit__place", "organisation").first()
        if asking is None:
            return False
        says = verdict(_standing(asking, now))
        if says == WAIT:
            FollowUp.objects.filter(pk=asking.pk).update(due_at=now + follow_up_rule().try_again)
            return False
        if says:
            asking.dropped_as = says
            asking.save(update_fields=["dropped_as"])
            trail.write("follow_up.dropped", asking, why=says)
            return False
        made = _invited(asking, by, now)
        _write_to(asking, made, by, now)
        asking.asked_at, asking.invitation = now, made.invitation
        asking.save(update_fields=["asked_at", "invitation"])
        trail.write("follow_up.asked", asking, months=asking.months)
    return True


def _standing(asking: FollowUp, now: datetime) -> Standing:
    patient = asking.patient
    own = FollowUp.objects.filter(plan_id=asking.plan_id, visit_id=asking.visit_id)
    ends = set(own.values_list("invitation__ended_as", flat=True))
    first = own.filter(months=min(asking.plan.months), invitation__response__isnull=False)
    agreed = consents_of(patient.pk, now) if patient else frozenset()
    return Standing(
        died=patient is None or patient.deceased_on is not None or "died" in ends,
        refused=bool(ends & {"declined", "stranger"}),
        stopped=asking.plan.stopped_at is not None,
        is_first=asking.months == min(asking.plan.months),
        first_answered=first.exists(),
        agreed=any(purpose == "survey" for _, purpose in agreed),
        reachable=patient is not None and bool(open_contacts(patient.pk)),
        asked_lately=_asked_lately(asking, now),
        too_late=now > asking.latest_at,
    )


def _asked_lately(asking: FollowUp, now: datetime) -> bool:
    """Whether any survey went to this person within the days that lie between two."""
    if asking.patient_id is None:
        return False
    sent = MessageAttempt.objects.filter(
        message__organisation_id=asking.organisation_id,
        message__patient_id=asking.patient_id,
        message__purpose="survey",
        started_at__gt=now - follow_up_rule().apart,
    )
    return sent.exclude(outcome__in=_LOST).exists()


def _invited(asking: FollowUp, by: Actor, at: datetime) -> Invited:
    assert asking.patient is not None
    return invite(
        place=asking.visit.place,
        instrument_code=asking.plan.instrument,
        patient=asking.patient,
        language=language_of(asking.visit.language or asking.patient.language),
        words_apart=True,
        by=by,
        at=at,
    )


def _write_to(asking: FollowUp, made: Invited, by: Actor, at: datetime) -> None:
    assert asking.patient is not None
    language = made.invitation.language
    words = fill(
        wording(),
        language,
        name=name_to_greet(asking.patient),
        organisation=asking.organisation.name,
        link=settings.ADDRESS + ADDRESS.format(language=language, token=made.token),
    )
    # Without a place: it is read by those of the whole organisation only, not on the ward.
    queue_message(
        patient_id=asking.patient.pk,
        template=words.template,
        version=words.version,
        subject=words.subject,
        body=words.body,
        short=words.short,
        language=words.language,
        purpose="survey",
        key=f"follow_up:{asking.pk}",
        about=(ABOUT, str(asking.pk)),
        expires_at=min(made.invitation.expires_at, asking.latest_at),
        by=by,
        at=at,
    )


def language_of(spoken: str) -> str:
    """The language of the pages for a tag such as "es-MX"; English where there is none."""
    base = spoken.replace("_", "-").partition("-")[0].lower()
    return base if base in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE


def _staff(by: Actor) -> int | None:
    reference = by.ref.partition("/")[0]
    return int(reference) if by.kind == "staff" and reference.isdecimal() else None
