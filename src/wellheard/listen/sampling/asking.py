"""Asking those whose next step is due, and settling those of whom the end is known.

One transaction queues the messages, closes their steps and opens the next ones: a worker killed
in the middle has done all of it or nothing, and the message's key names the step, so that nobody
is asked twice for one step and nobody is lost.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from django.db.models import F, OuterRef, Q, Subquery

from wellheard.base.audit.actor import Actor
from wellheard.base.audit.trail import acting
from wellheard.channels.outbox.bulk import NewMessage, queue_messages
from wellheard.channels.outbox.wording import fill
from wellheard.listen.sampling.actions import (
    follow_with,
    stop_asking,
    stop_asking_unnamed,
)
from wellheard.listen.sampling.links import LINK, address_of
from wellheard.listen.sampling.members import secret_of
from wellheard.listen.sampling.models import ModeStep, SampleMember, Wave
from wellheard.listen.sampling.queries import running_plans
from wellheard.listen.sampling.rules import ELECTRONIC
from wellheard.listen.sampling.vocabulary import eligibilities, wording
from wellheard.people.consent.models import ConsentEntry
from wellheard.people.patients.rules import name_to_use
from wellheard.people.places.models import Organisation

AT_ONCE = 2000
_UPDATED_AT_ONCE = 900
ABOUT = "sample_step"
_OF_STEP = ("pk", "organisation_id", "number", "mode")
_OF_MEMBER = (
    "pk", "wave_id", "visit_id", "place_id", "patient_id", "language", "way", "starts_at",
    "closes_at", "ended_as", "patient__name", "patient__preferred_name",
)  # fmt: skip


class _Member(NamedTuple):
    """A drawn person, as far as a message needs them. Rows of a hundred thousand as objects of
    three models would cost more than all that is done with them."""

    pk: int
    wave_id: int
    visit_id: int
    place_id: int
    patient_id: int
    language: str
    way: str
    starts_at: datetime
    closes_at: datetime
    ended_as: str
    name: str
    preferred_name: str
    wave: Wave


class _Due(NamedTuple):
    """A step whose time has come."""

    pk: int
    organisation_id: int
    number: int
    mode: str
    member: _Member


def settle(organisation: Organisation, *, at: datetime) -> dict[str, int]:
    """Stop asking those who answered, died or asked not to be asked, and those whose time is
    over. How many of each."""
    open_ones = SampleMember.objects.filter(organisation=organisation).open()
    withdrawn = ConsentEntry.objects.filter(
        patient_id=OuterRef("patient_id"), purpose="survey", at__lte=at
    ).order_by("-at", "-pk")
    counts: dict[str, int] = {}
    with acting(Actor.system(organisation.pk, "sampling"), at=at) as trail:
        ends = [
            ("answered", open_ones.filter(invitation__response__isnull=False)),
            ("died", open_ones.filter(patient__deceased_on__isnull=False)),
            ("refused", open_ones.filter(_stopped())),
            (
                "refused",
                open_ones.filter(patient__isnull=False)
                .annotate(
                    newest=Subquery(withdrawn.values("given")[:1]),
                    newest_at=Subquery(withdrawn.values("at")[:1]),
                )
                .filter(newest=False, newest_at__gte=F("wave__drawn_at")),
            ),
            ("unreachable", open_ones.filter(closes_at__lte=at).exclude(_reached())),
            ("silent", open_ones.filter(closes_at__lte=at)),
        ]
        # First, and without a moment: those of whom only "used" is known.
        if done := stop_asking_unnamed(open_ones.filter(invitation__ended_as="sent")):
            counts["answered"] = done
        for name, members in ends:
            if done := stop_asking(members, name, at):
                counts[name] = counts.get(name, 0) + done
        if counts:
            trail.write("sample.settled", organisation, **counts)
    return counts


def _stopped() -> Q:
    """A STOP to any of their addresses since they were drawn is a refusal of this survey."""
    return Q(patient__contacts__stopped_at__gte=F("wave__drawn_at"))


def _reached() -> Q:
    return Q(steps__outcome__in=["queued", "done"])


def ask_due(organisation: Organisation, *, at: datetime) -> int:
    """Queue the message of every electronic step that is due. How many."""
    plans = running_plans(organisation.pk)
    if not plans:
        return 0
    asked = 0
    while done := _ask_some(organisation, plans, at):
        asked += done
    return asked


def _ask_some(organisation: Organisation, plans: Sequence[int], at: datetime) -> int:
    by = Actor.system(organisation.pk, "sampling")
    with acting(by, at=at) as trail:
        due = _due(organisation, plans, at)
        if not due:
            return 0
        queue_messages([_message(step, organisation) for step in due], by=by, at=at)
        # The message names its step; an update of one row after another would cost most of all.
        for start in range(0, len(due), _UPDATED_AT_ONCE):
            some = [step.pk for step in due[start : start + _UPDATED_AT_ONCE]]
            ModeStep.objects.filter(pk__in=some).update(
                closed_at=at, outcome=ModeStep.Outcome.QUEUED
            )
        follow_with(due, at=at)
        trail.write("sample.asked", organisation, count=len(due))
    return len(due)


def _due(organisation: Organisation, plans: Sequence[int], at: datetime) -> list[_Due]:
    """The next steps of those to ask by message, held for this transaction."""
    rows = (
        ModeStep.objects.select_for_update(skip_locked=True, of=("self",))
        .filter(
            organisation=organisation,
            mode__in=ELECTRONIC,
            closed_at=None,
            due_at__lte=at,
            member__ended_as="",
            member__wave__plan_id__in=plans,
            member__patient__isnull=False,
        )
        .order_by("due_at", "pk")
        .values_list(*_OF_STEP, *(f"member__{name}" for name in _OF_MEMBER))[:AT_ONCE]
    )
    split = len(_OF_STEP)
    read = [(row[:split], row[split:]) for row in rows]
    # Thousands are of one wave: it is read once.
    waves = Wave.objects.select_related("plan").in_bulk({member[1] for _, member in read})
    return [_Due._make((*step, _Member._make((*m, waves[m[1]])))) for step, m in read]


def _key(step: _Due) -> str:
    return f"sample:{step.pk}"


def _message(step: _Due, organisation: Organisation) -> NewMessage:
    member = step.member
    words = fill(
        wording(step.number > 1, eligibilities()[member.wave.plan.eligibility].after),
        member.language,
        name=name_to_use(member.preferred_name, member.name),
        organisation=organisation.name,
        link=link_of(member),
    )
    return NewMessage(
        patient_id=member.patient_id,
        place_id=member.place_id,
        key=_key(step),
        template=words.template,
        version=words.version,
        language=words.language,
        purpose="survey",
        channel=step.mode,
        subject=words.subject,
        body=words.body,
        short=words.short,
        about=(ABOUT, str(step.pk)),
        expires_at=member.closes_at,
    )


def link_of(member: SampleMember | _Member) -> str:
    """The address at which this person answers, the same in every message; of an anonymous plan
    what stands for it until the message leaves."""
    if member.wave.plan.anonymous:
        return LINK
    return address_of(secret_of(member.wave.seed, member.visit_id), member.language)
