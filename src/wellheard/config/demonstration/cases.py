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
from wellheard.config.demonstration.progress import counted
from wellheard.config.demonstration.stories import low_story, planted_texts
from wellheard.listen.intake.actions import NewComment, receive_comment, receive_comments
from wellheard.people.consent.actions import give_consent
from wellheard.people.patients.actions import recognise_patient
from wellheard.people.patients.models import Patient
from wellheard.people.places.models import Place
from wellheard.resolve.complaints.actions.acknowledging import acknowledge_case
from wellheard.resolve.complaints.actions.changing import changing, step
from wellheard.resolve.complaints.actions.opening import NewCase, open_case
from wellheard.resolve.complaints.actions.timing import meet, stop_clocks
from wellheard.resolve.complaints.models import (
    Acknowledgement,
    Case,
    Closure,
    Issue,
    IssueOutcome,
)

_SOURCES = ("complaint_form", "complaint_form", "email", "phone", "card", "letter")
_OPEN_WITHIN_DAYS = 12
_PORTION = 60
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


def past_and_present(
    hospital: Hospital, plan: Plan, random_: random.Random, now: datetime
) -> None:
    """Raise all concerns; those older than a while are settled, with their times."""
    told = _tell(hospital, plan, random_, now)
    portions = [told[n : n + _PORTION] for n in range(0, len(told), _PORTION)]

    def keep(portion: Sequence[Told]) -> None:
        # One transaction a portion: a commit to the disk for each step would take most of the time.
        with acting(hospital.by, at=now):
            for each in portion:
                _live_through(hospital, each, random_, now)

    counted(f"Living through {len(told):,} concerns".replace(",", " "), portions, keep)


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
        patient = _patient(hospital, "en", 4999, random.Random(3), now)
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


def _tell(
    hospital: Hospital, plan: Plan, random_: random.Random, now: datetime
) -> list[Told]:
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


def _live_through(hospital: Hospital, told: Told, random_: random.Random, now: datetime) -> None:
    patient = _patient(hospital, told.language, told.number, random_, told.at)
    comment_id = _receive(hospital, told, patient)
    new = NewCase(tier="high", complainant_name=patient.name if patient else "")
    case, _ = open_case(comment_id=comment_id, new=new, by=hospital.by, at=told.at)
    days = _days_to_close(told.language, random_)
    if told.at > now - timedelta(days=_OPEN_WITHIN_DAYS) and told.at + timedelta(days=days) > now:
        acknowledge_case(case_id=case.pk, by=hospital.by, at=told.at + timedelta(minutes=2))
        return
    _settle(case, told.at + timedelta(days=min(days, 60)), random_, now)


def _receive(hospital: Hospital, told: Told, patient: Patient | None) -> int:
    new = NewComment(
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
    batch = uuid.uuid5(uuid.NAMESPACE_OID, f"wellheard-concern-{told.number}")
    (comment_id,) = receive_comments(
        [new], organisation=hospital.organisation, batch=batch, by=hospital.by, at=told.at
    )
    return comment_id


def _patient(
    hospital: Hospital, language: str, number: int, random_: random.Random, at: datetime
) -> Patient | None:
    """Two in three give a contact and agree to be answered."""
    if number % 3 == 0:
        return None
    by_text = number % 2 == 0
    patient = recognise_patient(
        organisation=hospital.organisation,
        name=invented_name(random_, language),
        phone=invented_phone(number % 1000) if by_text else "",
        email="" if by_text else invented_email(number),
        language=language,
        by=hospital.by,
        at=at,
    )
    if patient is not None:
        give_consent(
            patient=patient,
            channel="sms" if by_text else "email",
            purpose="reply",
            wording=_WORDING,
            source="card",
            by=hospital.by,
            at=at,
        )
    return patient


def _days_to_close(language: str, random_: random.Random) -> float:
    truth = truths()["slow-language"]
    median = truth["median_days"] if language == truth["value"] else truth["others_days"]
    return float(random_.lognormvariate(0, 0.55) * median)


def _settle(case: Case, at: datetime, random_: random.Random, now: datetime) -> None:
    """What was done then, entered as it is when a register of past years is taken over."""
    by, at = Actor("staff", str(case.owner_id), case.organisation_id), min(at, now)
    told = case.received_at + timedelta(hours=random_.uniform(0.2, 40))
    with changing(case.pk, by=by, at=at) as (held, trail):
        step(
            Acknowledgement,
            held,
            by,
            min(told, at),
            way="phone",
            language=held.language,
        )
        held.acknowledged_at = min(told, at)
        meet(held, "acknowledgement", min(told, at))
        meet(held, "review", min(told, at))
        issue = step(Issue, held, by, min(told, at), number=1, words="")
        outcome = random_.choices(
            ("substantiated", "partly", "not_substantiated"), (0.36, 0.31, 0.33)
        )[0]
        step(IssueOutcome, held, by, at, issue=issue, outcome=outcome, finding="")
        satisfied = random_.choices(("yes", "no", "unknown"), (0.62, 0.18, 0.2))[0]
        reason = "appropriate_action" if satisfied == "no" else "satisfied"
        step(Closure, held, by, at, number=1, reason=reason, satisfied=satisfied, told_at=at)
        meet(held, "decision_letter", at)
        meet(held, "closure", at)
        stop_clocks(held, at)
        held.answered_at, held.closed_at, held.ending = at, at, reason
        trail.write("case.taken_over", held, reason=reason)
