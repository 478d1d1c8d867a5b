"""A plan that promises that nobody can tell whose answers are whose, with answers under way.

Everything goes through the product's own actions: links made for messages, answers sent by them,
and those that lie with enough others let go.
"""

from __future__ import annotations

import random
from datetime import datetime, time, timedelta

from django.db.models import F

from wellheard.base.audit.actor import Actor
from wellheard.base.vault.sealing import sign
from wellheard.config.demonstration.answers import Plan
from wellheard.config.demonstration.people import Hospital
from wellheard.listen.invitations.actions import PURPOSE, instrument_of, keep_and_send
from wellheard.listen.invitations.halves import add_link
from wellheard.listen.invitations.mixing import release_sealed
from wellheard.listen.invitations.queries import invitation_behind
from wellheard.listen.sampling.actions import NewPlan, decide_plan, draw_wave, propose_plan
from wellheard.listen.sampling.models import ModeStep, SampleMember
from wellheard.people.staff.models import User

_DRAWN, _ANSWER = 60, 0.45
_INSTRUMENT = "nps"


def ask_without_names(hospital: Hospital, plan: Plan, now: datetime, seed: int) -> int:
    """Draw some outpatients of last month who were not asked otherwise; how many answered."""
    chance = random.Random(seed)
    staff = User.objects.filter(organisation=hospital.organisation)
    first = plan.last_day.replace(day=1)
    at = datetime.combine(first, time(9), plan.zone)
    made = propose_plan(
        NewPlan(
            name="Clinics, without names",
            instrument=_INSTRUMENT,
            eligibility="house-outpatient",
            sequence="web-text",
            size=_DRAWN,
            anonymous=True,
        ),
        by=_as(staff.filter(memberships__role="analyst").first(), hospital),
        at=at,
    )
    second = staff.filter(memberships__role="px_specialist").first()
    decide_plan(made, "approved", by=_as(second, hospital), at=at)
    wave = draw_wave(made, first - timedelta(days=1), by=hospital.by, at=at)
    # As if the messages of the first step had left on their day.
    ModeStep.objects.filter(member__wave=wave).update(outcome="done", closed_at=F("due_at"))
    answered = 0
    for member in wave.members.exclude(way="").order_by("pk"):
        secret = add_link(member.invitation_id or 0)
        if chance.random() < _ANSWER:
            _answer(member, sign(secret, PURPOSE), chance, now)
            answered += 1
    release_sealed(now)
    return answered


def _answer(member: SampleMember, token: str, chance: random.Random, now: datetime) -> None:
    invitation, closed = invitation_behind(token, now=now)
    if invitation is None or closed is not None:
        return
    items = list(instrument_of(invitation).items)
    given: dict[str, object] = {}
    for item in items:
        if item.kind in ("scale", "choice") and item.scale is not None:
            values = sorted(item.scale.values)
            given[item.code] = str(chance.choices(values, range(1, len(values) + 1))[0])
    keep_and_send(invitation, items, given, language=member.language, at=now)


def _as(user: User | None, hospital: Hospital) -> Actor:
    if user is None:
        return hospital.by
    return Actor("staff", str(user.pk), hospital.organisation.pk, user.name)
