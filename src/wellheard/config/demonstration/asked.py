"""A year of samples with known response propensities: visits, waves, answers.

Every wave is drawn and asked by the product's own actions; only what patients do is invented: who
answers (by language and age, from ``hospital.json``), after how many days, on which device, where
they stop. Deterministic by seed.
"""

from __future__ import annotations

import random
import uuid
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from typing import Any

from wellheard.base.audit.actor import Actor
from wellheard.config.demonstration.answers import Answer, Plan, draw
from wellheard.config.demonstration.people import Hospital, hospital_page
from wellheard.listen.invitations.models import Invitation
from wellheard.listen.responses.actions import NewResponse, receive_responses
from wellheard.listen.responses.models import Response
from wellheard.listen.sampling.actions import NewPlan, decide_plan, draw_wave, propose_plan
from wellheard.listen.sampling.models import ModeStep, SampleMember, SamplePlan
from wellheard.listen.surveys.instruments import instrument
from wellheard.people.patients.bulk import Newcomer
from wellheard.people.staff.models import User
from wellheard.people.visits.actions import NewVisit, receive_visits

_MONTHS = 12
_AGES = {
    "18-34": (18, 34), "35-49": (35, 49), "50-64": (50, 64), "65-74": (65, 74), "75+": (75, 92),
}  # fmt: skip


def ask_for_a_year(hospital: Hospital, plan: Plan, now: datetime, seed: int) -> dict[str, int]:
    """Visits, waves and answers of the last twelve whole months. How many of each."""
    chance = random.Random(seed)
    months = _months_before(plan.last_day)
    page = hospital_page()["sampling"]
    visits = 0
    for month in months:
        rows = [
            row for each in page["plans"] for row in _visits(hospital, plan, each, month, chance)
        ]
        batch = uuid.uuid5(uuid.NAMESPACE_OID, f"wellheard-demonstration-visits-{month}")
        at = _after(month, plan)
        receive_visits(rows, organisation=hospital.organisation, batch=batch, by=hospital.by, at=at)
        visits += len(rows)
    members = answers = 0
    for each in page["plans"]:
        made = _plan(hospital, each, months[0], plan)
        for month in months:
            wave = draw_wave(made, month, by=hospital.by, at=_after(month, plan))
            members += wave.members.count()
        answers += _answer(hospital, plan, made, each, now, chance, seed)
    return {"visits": visits, "drawn": members, "answers": answers}


def _months_before(last_day: date) -> list[date]:
    month = last_day.replace(day=1)
    months = []
    for _turn in range(_MONTHS):
        month = (month - timedelta(days=1)).replace(day=1)
        months.append(month)
    return months[::-1]


def _after(month: date, plan: Plan) -> datetime:
    """The third day after a month, in the morning: when its sample is drawn."""
    following = (month + timedelta(days=32)).replace(day=1)
    return datetime.combine(following + timedelta(days=2), time(9), plan.zone)


def _visits(
    hospital: Hospital, plan: Plan, page: Mapping[str, Any], month: date, chance: random.Random
) -> Iterator[NewVisit]:
    places = _places(plan, page)
    weights = [float(plan.places[n]["weight"]) for n in places]
    days = ((month + timedelta(days=32)).replace(day=1) - month).days
    for number in range(page["visits_a_month"]):
        place = chance.choices(places, weights)[0]
        language = _pick(plan.shares["language"], chance)
        band = _pick(plan.shares["age_band"], chance)
        nights = chance.randint(1, 6) if page["kind"] == "inpatient" else 0
        ended = datetime.combine(
            month + timedelta(days=chance.randrange(days)), time(chance.randint(9, 17)), plan.zone
        )
        name = f"{page['code']}-{month:%Y%m}-{number:04d}"
        has_contact = chance.random() < page["share_with_email"]
        yield NewVisit(
            place_id=hospital.places[place].pk,
            kind=page["kind"],
            status="finished",
            person=Newcomer(
                key=f"demonstration {name}" if has_contact else "",
                email=f"{name}@example.org" if has_contact else "",
                language=language,
            ),
            external_id=name,
            # Nothing is said of how they were booked: `appointments` plants who misses what.
            arrived_at=ended - timedelta(days=nights, hours=2),
            ended_at=ended,
            discharge_to=_pick(page["discharged_to"], chance),
            service_line=_pick(page["service_lines"], chance),
            language=language,
            nights=nights,
            age=chance.randint(*_AGES[band]),
            age_band=band,
            sex=_pick(plan.shares["sex"], chance),
            ethnicity=_pick(plan.shares["ethnicity"], chance),
            payer=_pick(plan.shares["payer"], chance),
        )


def _places(plan: Plan, page: Mapping[str, Any]) -> list[int]:
    # Clinic 4 carries the planted Monday peak, whose hours a sample's answers do not follow.
    planted = plan.truths["monday-peak"]["place"]
    return [
        n
        for n, place in enumerate(plan.places)
        if place["kind"] == page["place_kind"] and place["name"] != planted
    ]


def _plan(hospital: Hospital, page: Mapping[str, Any], first: date, plan: Plan) -> SamplePlan:
    at = datetime.combine(first, time(9), plan.zone)
    starters = User.objects.filter(organisation=hospital.organisation)
    analyst = starters.filter(memberships__role="analyst").first()
    second = starters.filter(memberships__role="px_specialist").first()
    made = propose_plan(
        NewPlan(
            name=page["name"],
            instrument="pulse",
            eligibility=page["eligibility"],
            sequence=page["sequence"],
            size=page["size"],
            method=page["method"],
            stratum=page["stratum"],
            least=page["least"],
        ),
        by=_as(analyst, hospital),
        at=at,
    )
    decide_plan(made, "approved", by=_as(second, hospital), at=at)
    return made


def _as(user: User | None, hospital: Hospital) -> Actor:
    if user is None:
        return hospital.by
    return Actor("staff", str(user.pk), hospital.organisation.pk, user.name)


def _answer(
    hospital: Hospital,
    plan: Plan,
    made: SamplePlan,
    page: Mapping[str, Any],
    now: datetime,
    chance: random.Random,
    seed: int,
) -> int:
    """What those who were drawn do: answer by their propensity, and when."""
    pool = _pool(plan, page, seed)
    asked = instrument("pulse")
    new: list[NewResponse] = []
    invitations: list[Invitation] = []
    ended: dict[str, list[tuple[int, datetime]]] = {"answered": [], "silent": [], "refused": []}
    members = SampleMember.objects.filter(wave__plan=made).select_related(
        "visit", "place__site", "invitation"
    )
    for member in members.order_by("pk"):
        visit, invitation = member.visit, member.invitation
        assert invitation is not None
        answer = pool[plan_index(hospital, member.place_id)].pop()
        at = member.starts_at + timedelta(hours=chance.expovariate(1 / page["mean_hours"]))
        fits = at < min(now, member.closes_at)
        if chance.random() < propensity(page, visit.language, visit.age_band) and fits:
            complete = chance.random() > page["partial"]
            invitation.opened_at = invitation.begun_at = at
            invitation.device = _pick(page["devices"], chance)
            invitation.last_item = list(answer.answers)[-1] if complete else "rating"
            invitation.finished_at = at
            kept = answer.answers if complete else {"rating": answer.answers["rating"]}
            new.append(
                NewResponse(
                    organisation=hospital.organisation,
                    instrument=asked.code,
                    version=asked.version,
                    answers=kept,
                    place=member.place,
                    received_at=at,
                    mode="web" if member.patient_id else "paper",
                    language=member.language,
                    age_band=visit.age_band,
                    sex=visit.sex,
                    ethnicity=visit.ethnicity,
                    payer=visit.payer,
                    complete=complete,
                    external_id=visit.external_id,
                    submission_key=f"demonstration-sample-{member.pk}",
                )
            )
            invitations.append(invitation)
            ended["answered"].append((member.pk, at))
        elif member.closes_at < now:
            refused = chance.random() < page["refused"]
            ended["refused" if refused else "silent"].append((member.pk, member.closes_at))
    _keep(hospital, made, new, invitations, ended, now)
    return len(new)


def _keep(
    hospital: Hospital,
    made: SamplePlan,
    new: Sequence[NewResponse],
    invitations: Sequence[Invitation],
    ended: Mapping[str, Sequence[tuple[int, datetime]]],
    now: datetime,
) -> None:
    batch = uuid.uuid5(uuid.NAMESPACE_OID, f"wellheard-demonstration-sample-{made.name}")
    receive_responses(new, organisation=hospital.organisation, batch=batch, by=hospital.by, at=now)
    kept = dict(Response.objects.filter(import_batch=batch).values_list("submission_key", "pk"))
    for invitation, row in zip(invitations, new, strict=True):
        invitation.response_id = kept[row.submission_key]
    Invitation.objects.bulk_update(
        invitations,
        ["opened_at", "begun_at", "device", "last_item", "finished_at", "response"],
        batch_size=500,
    )
    members = []
    for name, rows in ended.items():
        members += [SampleMember(pk=pk, ended_as=name, ended_at=at) for pk, at in rows]
    SampleMember.objects.bulk_update(members, ["ended_as", "ended_at"], batch_size=500)
    closed = ModeStep.objects.filter(member__in=[member.pk for member in members])
    for some in range(0, len(members), 900):
        ids = [member.pk for member in members[some : some + 900]]
        closed = ModeStep.objects.filter(member_id__in=ids)
        closed.update(outcome="done", closed_at=now)


def propensity(page: Mapping[str, Any], language: str, age_band: str) -> float:
    """The planted chance that somebody who is asked answers."""
    return float(page["propensity"]["language"][language] * page["propensity"]["age"][age_band])


def _pool(plan: Plan, page: Mapping[str, Any], seed: int) -> dict[int, list[Answer]]:
    """Answers by place, drawn as all others are, without the planted Monday peak."""
    places = _places(plan, page)
    calm = dict(plan.truths) | {"monday-peak": {**plan.truths["monday-peak"], "latent_effect": 0.0}}
    count = page["size"] * _MONTHS * 2
    few = replace(plan, count=count, truths=calm, places=list(plan.places))
    pool: dict[int, list[Answer]] = {n: [] for n in range(len(plan.places))}
    for answer in draw(few, seed + page["visits_a_month"]):
        pool[answer.place].append(answer)
    for n in places:
        # A small place takes its few answers again, one without any those of all.
        own = pool[n] or [answer for each in pool.values() for answer in each]
        pool[n] = [own[turn % len(own)] for turn in range(page["size"] * _MONTHS)]
    return pool


def plan_index(hospital: Hospital, place_id: int) -> int:
    """The position of a place in hospital.json."""
    return next(n for n, place in enumerate(hospital.places) if place.pk == place_id)


def _pick(shares: Mapping[str, float], chance: random.Random) -> str:
    return chance.choices(list(shares), list(shares.values()))[0]
