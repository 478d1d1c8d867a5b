"""How the appointments went: how they were booked and reminded of, who called off and why, when
people came, were brought to a room and seen, and how long they say they waited.

Planted: a Monday morning peak at the clinic that has one, until it was put right; people tell of
waits some minutes longer than the clock shows.
"""

from __future__ import annotations

import random
import uuid
from collections.abc import Collection, Sequence
from datetime import datetime, timedelta

from wellheard.base.audit.actor import Actor
from wellheard.config.demonstration.people import Hospital, truths
from wellheard.listen.invitations.models import Invitation
from wellheard.listen.responses.actions import NewResponse, receive_responses
from wellheard.listen.responses.models import Response
from wellheard.listen.sampling.actions import NewPlan, decide_plan, draw_wave, propose_plan
from wellheard.listen.sampling.models import SampleMember, SamplePlan
from wellheard.listen.surveys.instruments import instrument
from wellheard.people.staff.models import User
from wellheard.people.visits.models import Visit

_MEDIAN, _PEAK, _MINUTES = 11, 28, 25
_ANSWERS = 0.8
# So many call it off, and not all of them in time.
_CALLED = 0.07
_WEEKS, _OF_BOOKING = 12, 0.6
_BOOKING = NewPlan(
    name="Ease of booking",
    instrument="booking",
    eligibility="house-booking",
    sequence="paper-phone",
    period="week",
    size=40,
)
_REASONS = (
    ("", "forgot", "transport", "work", "illness", "recovered", "cost", "elsewhere"),
    (30, 22, 15, 12, 10, 5, 4, 2),
)


def how_they_went(visits: Sequence[Visit], now: datetime, seed: int) -> None:
    """Fill in what the clinics' own system noted; some call off."""
    chance = random.Random(seed + 11)
    for visit in visits:
        visit.booked_by = chance.choices(
            ("telephone", "online", "desk", "app", "referral"), (45, 25, 15, 10, 5)
        )[0]
        _remind(visit, chance)
        if visit.status == Visit.Status.FINISHED and chance.random() > _CALLED:
            _came(visit, now, chance)
        elif visit.status == Visit.Status.FINISHED:
            _call_off(visit, chance)
        if visit.status in (Visit.Status.NO_SHOW, Visit.Status.CANCELLED):
            visit.reason = chance.choices(*_REASONS)[0]


def tell_of_waits(hospital: Hospital, visits: Sequence[Visit], now: datetime, seed: int) -> int:
    """Some of those who came answer some days later. How many."""
    chance = random.Random(seed + 12)
    asked = instrument("appointment")
    scale = asked.item("wait").scale
    assert scale is not None
    new = []
    for visit in visits:
        if visit.seen_at is None:
            continue
        at = visit.seen_at + timedelta(days=chance.randint(1, 4))
        if at >= now or chance.random() > _ANSWERS:
            continue
        felt = max(0.0, _wait(visit) + chance.gauss(truths()["waits-told-longer"]["minutes"], 5))
        nearest = _nearest(scale.values, felt)
        told = {"told": chance.choices((1, 2, 3), (30, 25, 45))[0]} if nearest else {}
        new.append(
            NewResponse(
                organisation=hospital.organisation,
                instrument=asked.code,
                version=asked.version,
                answers={"wait": nearest, **told},
                place=visit.place,
                received_at=at,
                language=visit.language,
                age_band=visit.age_band,
                sex=visit.sex,
                external_id=f"{visit.external_id}-answer",
            )
        )
    batch = uuid.uuid5(uuid.NAMESPACE_OID, "wellheard-demonstration-appointments")
    receive_responses(new, organisation=hospital.organisation, batch=batch, by=hospital.by, at=now)
    return len(new)


def ask_of_booking(hospital: Hospital, now: datetime, seed: int) -> int:
    """The bookings of the last weeks are drawn week by week, and some answer. How many."""
    chance = random.Random(seed + 13)
    users = User.objects.filter(organisation=hospital.organisation).order_by("pk")
    analyst = users.filter(memberships__role="analyst").first()
    second = users.filter(memberships__role="px_specialist").first()
    if analyst is None or second is None:
        return 0
    by, also = (
        Actor("staff", str(user.pk), hospital.organisation.pk, user.name)
        for user in (analyst, second)
    )
    begun = now - timedelta(weeks=_WEEKS + 1)
    plan = propose_plan(_BOOKING, by=by, at=begun)
    decide_plan(plan, "approved", by=also, at=begun)
    monday = (now - timedelta(days=now.weekday())).replace(hour=15, minute=0)
    for weeks in range(_WEEKS, 0, -1):
        drawn_at = min(monday - timedelta(weeks=weeks - 1), now)
        draw_wave(plan, (monday - timedelta(weeks=weeks)).date(), by=also, at=drawn_at)
    return _answer_of_booking(hospital, plan, now, chance)


def _answer_of_booking(
    hospital: Hospital, plan: SamplePlan, now: datetime, chance: random.Random
) -> int:
    """Easy or not by the way they booked, as planted."""
    asked, easy = instrument("booking"), truths()["booking-ease"]["share_easy"]
    new: list[NewResponse] = []
    invitations: list[Invitation] = []
    members = SampleMember.objects.filter(wave__plan=plan).select_related(
        "visit", "place__site", "invitation"
    )
    for member in members.order_by("pk"):
        at = member.starts_at + timedelta(hours=chance.expovariate(1 / 40))
        if at >= now or chance.random() > _OF_BOOKING or member.invitation is None:
            continue
        found_easy = chance.random() < easy[member.visit.booked_by]
        invitation = member.invitation
        invitation.opened_at = invitation.begun_at = invitation.finished_at = at
        invitations.append(invitation)
        new.append(
            NewResponse(
                organisation=hospital.organisation,
                instrument=asked.code,
                version=asked.version,
                answers={
                    "ease": chance.choice((4, 5, 5) if found_easy else (1, 2, 3)),
                    "tries": 1 if found_easy else chance.choice((1, 2, 3)),
                },
                place=member.place,
                received_at=at,
                mode="paper",
                language=member.language,
                age_band=member.visit.age_band,
                sex=member.visit.sex,
                submission_key=f"demonstration-booking-{member.pk}",
            )
        )
    batch = uuid.uuid5(uuid.NAMESPACE_OID, "wellheard-demonstration-booking")
    receive_responses(new, organisation=hospital.organisation, batch=batch, by=hospital.by, at=now)
    kept = dict(Response.objects.filter(import_batch=batch).values_list("submission_key", "pk"))
    for invitation, row in zip(invitations, new, strict=True):
        invitation.response_id = kept[row.submission_key]
    fields = ["opened_at", "begun_at", "finished_at", "response"]
    Invitation.objects.bulk_update(invitations, fields, batch_size=500)
    return len(new)


def _remind(visit: Visit, chance: random.Random) -> None:
    """Who comes has read it more often; nothing is sent for what is booked within three days."""
    assert visit.scheduled_at is not None and visit.booked_at is not None
    ahead = visit.scheduled_at - visit.booked_at
    if visit.status == Visit.Status.PLANNED or ahead < timedelta(days=3):
        visit.reminder = Visit.Reminder.NONE
        return
    came = visit.status == Visit.Status.FINISHED
    shares = (24, 28, 48) if came else (32, 30, 38)
    visit.reminder = chance.choices(("none", "sent", "seen"), shares)[0]


def _call_off(visit: Visit, chance: random.Random) -> None:
    assert visit.scheduled_at is not None and visit.booked_at is not None
    before = timedelta(hours=chance.choice((2, 6, 20, 60, 120)))
    visit.status = Visit.Status.CANCELLED
    visit.cancelled_at = max(visit.scheduled_at - before, visit.booked_at)


def _came(visit: Visit, now: datetime, chance: random.Random) -> None:
    assert visit.scheduled_at is not None
    visit.arrived_at = visit.scheduled_at + timedelta(minutes=round(chance.gauss(-8, 6)))
    begun = max(visit.arrived_at, visit.scheduled_at)
    wait = chance.lognormvariate(0, 0.7) * _MEDIAN
    if _is_peak(visit, now):
        wait += chance.gauss(_PEAK, 6)
    wait = min(max(0, round(wait)), 170)
    visit.roomed_at = begun + timedelta(minutes=round(wait * 0.7))
    visit.seen_at = begun + timedelta(minutes=wait)
    visit.ended_at = visit.seen_at + timedelta(minutes=_MINUTES)


def _is_peak(visit: Visit, now: datetime) -> bool:
    truth = truths()["monday-peak"]
    assert visit.scheduled_at is not None
    fixed = now - timedelta(days=truth["fixed_days_ago"])
    morning = visit.scheduled_at.weekday() == 0 and visit.scheduled_at.hour < 18
    return visit.place.name == truth["place"] and morning and visit.scheduled_at < fixed


def _wait(visit: Visit) -> float:
    assert visit.seen_at is not None and visit.arrived_at is not None
    assert visit.scheduled_at is not None
    begun = max(visit.arrived_at, visit.scheduled_at)
    return (visit.seen_at - begun).total_seconds() / 60


def _nearest(values: Collection[int], felt: float) -> int:
    return min(sorted(values), key=lambda value: abs(value - felt))
