"""Twelve hundred invented concerns: those long settled, those open now, and what was planted."""

from __future__ import annotations

import random
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from wellheard.base.audit.actor import Actor
from wellheard.base.audit.trail import acting
from wellheard.config.demonstration.answers import Plan
from wellheard.config.demonstration.names import invented_email, invented_name, invented_phone
from wellheard.config.demonstration.people import Hospital, hospital_page, truths
from wellheard.config.demonstration.progress import stage
from wellheard.config.demonstration.stories import low_story, planted_texts
from wellheard.listen.intake.actions import NewComment, receive_comment, receive_comments
from wellheard.people.consent.actions import give_consent
from wellheard.people.patients.actions import recognise_patient
from wellheard.people.patients.bulk import Newcomer, recognise_patients
from wellheard.people.patients.models import Patient
from wellheard.people.patients.rules import read_phone
from wellheard.people.places.models import Place
from wellheard.resolve.complaints.actions.acknowledging import acknowledge_case
from wellheard.resolve.complaints.actions.closing import close_case
from wellheard.resolve.complaints.actions.opening import NewCase, open_case
from wellheard.resolve.complaints.actions.taking_over import PastCase, take_over_cases
from wellheard.resolve.complaints.actions.working import record_contact
from wellheard.resolve.complaints.models import Case

_SOURCES = ("complaint_form", "complaint_form", "email", "phone", "card", "letter")
_OPEN_DAYS = 6
_SLOW_OPEN_DAYS = 14
_WORDING = "demonstration"


@dataclass(frozen=True, slots=True)
class Told:
    """One concern to be: who said what, where, when."""

    place: Place
    at: datetime
    language: str
    text: str
    question_type: str
    source: str
    number: int


def past_and_present(hospital: Hospital, plan: Plan, random_: random.Random, now: datetime) -> None:
    """Raise all concerns; those older than a while were settled in their time."""
    told = _tell(hospital, plan, random_, now)
    with (
        stage(f"Taking over {len(told):,} concerns".replace(",", " ")),
        acting(hospital.by, at=now),
    ):
        patients = _patients(hospital, told, random_, now)
        ids = receive_comments(
            [_comment(hospital, t, who) for t, who in zip(told, patients, strict=True)],
            organisation=hospital.organisation,
            batch=uuid.uuid5(uuid.NAMESPACE_OID, "wellheard-concerns"),
            by=hospital.by,
            at=now,
        )
        past: list[PastCase] = []
        for each, patient, comment_id in zip(told, patients, ids, strict=True):
            closed_at = each.at + timedelta(days=min(_days_to_close(each.language, random_), 60))
            if patient is not None and closed_at >= now and _still_open(each, now):
                _open(hospital, each, patient, comment_id, now)
            else:
                past.append(_settled(each, patient, comment_id, min(closed_at, now), random_))
        take_over_cases(past, by=hospital.by, at=now)


def hand_on(hospital: Hospital, now: datetime) -> None:
    """Survey words of the last weeks that became cases while loading: the teams had them then.

    They came without a name, so there is nobody to write to. Danger stays open.
    """
    waiting = Case.objects.of(hospital.organisation.pk).open().filter(comment__source="survey")
    with stage("Handing on what surveys said"), acting(hospital.by, at=now):
        for case in waiting.exclude(tier="immediate"):
            by = Actor("staff", str(case.owner_id), case.organisation_id)
            close_case(
                case_id=case.pk,
                reason="no_contact",
                why="Told to the team at its huddle.",
                by=by,
                at=now,
            )


def planted(hospital: Hospital, now: datetime) -> None:
    """Yesterday's safety comment, and one complaint that came by three channels."""
    safety, three = truths()["safety-yesterday"], truths()["three-channels"]
    with acting(hospital.by, at=now):
        receive_comment(
            NewComment(
                organisation=hospital.organisation,
                source="card",
                text=planted_texts()["safety"],
                place=hospital.place(safety["place"]),
                received_at=now - timedelta(days=safety["days_ago"]),
                language="en",
                rating=1,
                rating_max=5,
                wants_reply=False,
            ),
            by=Actor.patient(hospital.organisation.pk),
            at=now,
        )
        name = invented_name(random.Random(3), "en")
        patient = recognise_patient(
            organisation=hospital.organisation,
            name=name,
            email=invented_email(4999),
            language="en",
            by=hospital.by,
            at=now,
        )
        _agree_to_replies(hospital, patient, "email", now)
        for hours, source in enumerate(("card", "email", "letter")):
            receive_comment(
                NewComment(
                    organisation=hospital.organisation,
                    source=source,
                    text=planted_texts()["three"],
                    place=hospital.place(three["place"]),
                    received_at=now - timedelta(days=three["days_ago"], hours=-8 * hours),
                    language="en",
                    patient=patient,
                    wants_reply=True,
                ),
                by=Actor.patient(hospital.organisation.pk),
                at=now,
            )


def _tell(hospital: Hospital, plan: Plan, random_: random.Random, now: datetime) -> list[Told]:
    count = hospital_page()["sizes"]["cases"]
    problem = truths()["high-score-high-problem"]
    weights = [
        place["weight"] * (problem["case_rate_ratio"] if place["name"] == problem["place"] else 1)
        for place in plan.places
    ]
    where = random_.choices(range(len(plan.places)), weights, k=count)
    days = sorted(random_.uniform(0.3, plan.days) for _ in range(count))
    return [
        _one(hospital, plan, number, where[number], now - timedelta(days=day), random_)
        for number, day in enumerate(days)
    ]


def _one(
    hospital: Hospital,
    plan: Plan,
    number: int,
    where: int,
    at: datetime,
    random_: random.Random,
) -> Told:
    language = random_.choices(("en", "es", "ar"), (0.82, 0.15, 0.03))[0]
    name = plan.places[where]["name"]
    story = low_story(name, language, random_)
    source = random_.choice(_SOURCES)
    return Told(
        hospital.places[where], at, language, story.text, story.question_type, source, number
    )


def _comment(hospital: Hospital, told: Told, patient: Patient | None) -> NewComment:
    return NewComment(
        organisation=hospital.organisation,
        source=told.source,
        text=told.text,
        place=told.place,
        received_at=told.at,
        language=told.language,
        question_type=told.question_type,
        patient=patient,
        wants_reply=patient is not None,
    )


def _still_open(told: Told, now: datetime) -> bool:
    """Only the slower-handled language has concerns that are open beyond their seven days."""
    slow = told.language == truths()["slow-language"]["value"]
    return told.at > now - timedelta(days=_SLOW_OPEN_DAYS if slow else _OPEN_DAYS)


def _open(hospital: Hospital, told: Told, patient: Patient, comment_id: int, now: datetime) -> None:
    """A concern of these days: opened, acknowledged and, after a while, called back about."""
    new = NewCase(tier="high", complainant_name=patient.name)
    case, _ = open_case(comment_id=comment_id, new=new, by=hospital.by, at=told.at)
    acknowledge_case(case_id=case.pk, by=hospital.by, at=told.at + timedelta(minutes=2))
    called_at = told.at + timedelta(hours=3)
    if called_at < now:
        by = Actor("staff", str(case.owner_id), case.organisation_id)
        record_contact(case_id=case.pk, way="phone", reached=True, by=by, at=called_at)


def _settled(
    told: Told,
    patient: Patient | None,
    comment_id: int,
    closed_at: datetime,
    random_: random.Random,
) -> PastCase:
    heard = told.at + timedelta(hours=random_.uniform(0.2, 40))
    satisfied = random_.choices(("yes", "no", "unknown"), (0.62, 0.18, 0.2))[0]
    outcomes = ("substantiated", "partly", "not_substantiated")
    return PastCase(
        comment_id=comment_id,
        acknowledged_at=min(heard, closed_at),
        closed_at=closed_at,
        outcome=random_.choices(outcomes, (0.36, 0.31, 0.33))[0],
        reason="appropriate_action" if satisfied == "no" else "satisfied",
        satisfied=satisfied,
        complainant_name=patient.name if patient else "",
    )


def _patients(
    hospital: Hospital, told: Sequence[Told], random_: random.Random, now: datetime
) -> list[Patient | None]:
    """Two in three give a contact and agree to be answered."""
    people = [_newcomer(hospital, each, random_) for each in told]
    ids = recognise_patients(
        people, organisation=hospital.organisation, known={}, by=hospital.by, at=now
    )
    known = Patient.objects.select_related("organisation").in_bulk([pk for pk in ids if pk])
    patients = [known[pk] if pk else None for pk in ids]
    for each, person, patient in zip(told, people, patients, strict=True):
        _agree_to_replies(hospital, patient, "sms" if person.phone else "email", each.at)
    return patients


def _newcomer(hospital: Hospital, told: Told, random_: random.Random) -> Newcomer:
    if told.number % 3 == 0:
        return Newcomer()
    name, by_text = invented_name(random_, told.language), told.number % 2 == 0
    phone = read_phone(invented_phone(told.number % 1000), hospital.organisation.country)
    return Newcomer(
        name=name,
        phone=phone if by_text else "",
        email="" if by_text else invented_email(told.number),
        language=told.language,
        since=told.at,
    )


def _agree_to_replies(
    hospital: Hospital, patient: Patient | None, channel: str, at: datetime
) -> None:
    if patient is not None:
        give_consent(
            patient=patient,
            channel=channel,
            purpose="reply",
            wording=_WORDING,
            source="card",
            by=hospital.by,
            at=at,
        )


def _days_to_close(language: str, random_: random.Random) -> float:
    truth = truths()["slow-language"]
    median = truth["median_days"] if language == truth["value"] else truth["others_days"]
    return float(random_.lognormvariate(0, 0.55) * median)
