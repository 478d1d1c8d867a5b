"""What became of people after their visit, planted: who came back, and how they were later.

How often people come back follows the effect each place has on answers: where people are less
content, somewhat more return. That is invented, and no cause. So is how much better those are
later who were content.
"""

from __future__ import annotations

import random
import uuid
from datetime import datetime, timedelta
from typing import Any

from wellheard.config.demonstration.people import Hospital, hospital_page
from wellheard.listen.followups.models import FollowUp, FollowUpPlan
from wellheard.listen.followups.rules import due_at
from wellheard.listen.followups.vocabulary import follow_up_rule
from wellheard.listen.invitations.models import Invitation
from wellheard.listen.responses.actions import NewResponse, receive_responses
from wellheard.listen.responses.models import Response
from wellheard.listen.sampling.models import SampleMember
from wellheard.listen.surveys.instruments import instrument
from wellheard.people.staff.models import User
from wellheard.people.visits.models import Visit

_RATE, _BY_EFFECT, _LEAST = 0.14, -0.3, 0.05
_PLANNED, _MOVED = 0.08, 0.02
_LATEST = 29
_FOLLOWED, _AGAIN = 320, {0: 1.0, 3: 0.72, 6: 0.6, 12: 0.5}
# points of 100 gained after so many months, and what contentment adds
_GAINED, _CONTENT_GAINS = {0: 0.0, 3: 6.0, 6: 9.0, 12: 10.0}, 4.0


def send_back(hospital: Hospital, now: datetime, seed: int) -> int:
    """Returns after the stays of the year that was sampled. How many."""
    random_ = random.Random(seed + 4)
    chances = _chances(hospital)
    stays = Visit.objects.filter(
        organisation=hospital.organisation, kind=Visit.Kind.INPATIENT, status=Visit.Status.FINISHED
    ).exclude(person_key="")
    wards = [place.pk for place in hospital.places if place.kind == "ward"]
    made = []
    for stay in stays.exclude(discharge_to__in=["died", "hospice", "left"]).order_by("pk"):
        drawn = random_.random()
        if drawn < chances[stay.place_id]:
            made.append(_again(stay, random_, wards))
        elif drawn > 1 - _MOVED:
            made.append(_moved_on(stay, random_, wards))
    made = [visit for visit in made if visit.ended_at and visit.ended_at < now]
    return len(Visit.objects.bulk_create(made, batch_size=1000))


def _chances(hospital: Hospital) -> dict[int, float]:
    page: dict[str, Any] = {
        each["name"]: each["effect"] for site in hospital_page()["sites"] for each in site["places"]
    }
    return {
        place.pk: max(_LEAST, _RATE + _BY_EFFECT * page[place.name]) for place in hospital.places
    }


def _again(stay: Visit, random_: random.Random, wards: list[int]) -> Visit:
    """The same person, some days later, on any ward; a few had it planned."""
    assert stay.ended_at is not None
    # Early returns are commoner than late ones.
    days = 1 + int(_LATEST * random_.random() ** 1.5)
    planned = random_.random() < _PLANNED
    return _stay(stay, stay.ended_at + timedelta(days=days), random_, wards, planned=planned)


def _moved_on(stay: Visit, random_: random.Random, wards: list[int]) -> Visit:
    """Transferred within hours: one time in hospital, no return."""
    assert stay.ended_at is not None
    moved = _stay(stay, stay.ended_at + timedelta(hours=3), random_, wards, planned=False)
    moved.by_transfer = True
    return moved


def _stay(
    stay: Visit, began: datetime, random_: random.Random, wards: list[int], *, planned: bool
) -> Visit:
    nights = random_.randint(2, 7)
    return Visit(
        organisation_id=stay.organisation_id,
        place_id=random_.choice(wards),
        patient_id=stay.patient_id,
        external_id=f"{stay.external_id}-again",
        person_key=stay.person_key,
        kind=Visit.Kind.INPATIENT,
        status=Visit.Status.FINISHED,
        arrived_at=began,
        ended_at=began + timedelta(days=nights),
        nights=nights,
        planned=planned,
        by_transfer=False,
        discharge_to=Visit.Discharge.HOME,
        service_line=stay.service_line,
        language=stay.language,
        age=stay.age,
        age_band=stay.age_band,
        sex=stay.sex,
        ethnicity=stay.ethnicity,
        payer=stay.payer,
        recorded_at=began,
    )


def follow(hospital: Hospital, now: datetime, seed: int) -> int:
    """A follow-up plan of the past year, and what those answered who answered. How many did."""
    random_ = random.Random(seed + 5)
    rule = follow_up_rule()
    plan = _follow_plan(hospital, now)
    rows: list[tuple[FollowUp, NewResponse | None]] = []
    members = SampleMember.objects.filter(
        organisation=hospital.organisation, visit__kind="inpatient", patient__isnull=False,
        invitation__response__isnull=False,
    ).select_related("visit__place", "invitation__response")  # fmt: skip
    for member in members.order_by("pk")[:_FOLLOWED]:
        response = member.invitation.response if member.invitation else None
        content = response is not None and response.answers.get("rating", 0) >= 9
        start, answered_first = random_.gauss(55, 14), random_.random() < 0.8
        for months in rule.months:
            made = _asking(plan, member, months, now)
            answers = answered_first and random_.random() < _AGAIN[months]
            gained = _GAINED[months] + (_CONTENT_GAINS if content and months else 0)
            given = answers and made.due_at + timedelta(days=2) < now
            told = _told(hospital, made, start + gained, random_) if given else None
            if months and not answered_first:
                made.dropped_as = FollowUp.Dropped.NO_FIRST
            elif made.due_at < now:
                made.asked_at = made.due_at
            rows.append((made, told))
    return _keep_followed(hospital, rows, now)


def _follow_plan(hospital: Hospital, now: datetime) -> FollowUpPlan:
    users = User.objects.filter(organisation=hospital.organisation)
    rule = follow_up_rule()
    at = now - timedelta(days=395)
    return FollowUpPlan.objects.create(
        organisation=hospital.organisation,
        name="After stays",
        instrument=rule.instrument,
        kinds=["inpatient"],
        months=list(rule.months),
        rule_version=rule.name,
        proposed_by=users.filter(memberships__role="analyst").first(),
        proposed_at=at,
        started_by=users.filter(memberships__role="px_specialist").first(),
        started_at=at,
    )


def _asking(plan: FollowUpPlan, member: SampleMember, months: int, now: datetime) -> FollowUp:
    assert member.visit.ended_at is not None
    due = due_at(member.visit.ended_at, months, follow_up_rule())
    return FollowUp(
        organisation_id=plan.organisation_id,
        plan=plan,
        visit=member.visit,
        patient_id=member.patient_id,
        months=months,
        due_at=due,
        latest_at=due + follow_up_rule().latest,
    )


def _told(
    hospital: Hospital, asking: FollowUp, level: float, random_: random.Random
) -> NewResponse:
    """Answers around a level of 0 to 100."""
    visit, asked = asking.visit, instrument(follow_up_rule().instrument)
    codes = [item.code for item in asked.items if item.scale is not None]
    step = [1 + round((level + random_.gauss(0, 12)) / 25) for _ in codes]
    return NewResponse(
        organisation=hospital.organisation,
        instrument=asked.code,
        version=asked.version,
        answers={code: min(max(at, 1), 5) for code, at in zip(codes, step, strict=True)},
        place=visit.place,
        received_at=asking.due_at + timedelta(days=1),
        language=visit.language,
        age_band=visit.age_band,
        sex=visit.sex,
        submission_key=f"demonstration-follow-up-{visit.pk}-{asking.months}",
    )


def _keep_followed(
    hospital: Hospital, rows: list[tuple[FollowUp, NewResponse | None]], now: datetime
) -> int:
    told = [(asking, new) for asking, new in rows if new is not None]
    batch = uuid.uuid5(uuid.NAMESPACE_OID, "wellheard-demonstration-follow-ups")
    receive_responses(
        [new for _, new in told], organisation=hospital.organisation, batch=batch,
        by=hospital.by, at=now,
    )  # fmt: skip
    kept = dict(Response.objects.filter(import_batch=batch).values_list("submission_key", "pk"))
    invitations = [
        Invitation(
            organisation=hospital.organisation,
            place=asking.visit.place,
            patient_id=asking.patient_id,
            instrument=new.instrument,
            version=new.version,
            language=new.language,
            key=f"{new.submission_key}",
            words_apart=True,
            made_at=asking.due_at,
            expires_at=asking.latest_at,
            finished_at=new.received_at,
            response_id=kept[new.submission_key],
        )
        for asking, new in told
    ]
    made = Invitation.objects.bulk_create(invitations, batch_size=500)
    for (asking, _), invitation in zip(told, made, strict=True):
        asking.invitation = invitation
    FollowUp.objects.bulk_create([asking for asking, _ in rows], batch_size=500)
    return len(told)
