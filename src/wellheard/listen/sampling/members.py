"""Those who were drawn: how each is asked, by which link, and what goes on with their answers."""

from __future__ import annotations

import secrets
from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from wellheard.base.tables.bulk import insert_rows
from wellheard.base.vault.sealing import digest
from wellheard.listen.invitations.actions import PURPOSE
from wellheard.listen.invitations.classes import shared
from wellheard.listen.invitations.models import Invitation
from wellheard.listen.sampling import rules
from wellheard.listen.sampling.models import ModeStep, SampleMember, Wave
from wellheard.listen.sampling.queries import people_of
from wellheard.listen.sampling.vocabulary import eligibilities, limits, sequences
from wellheard.listen.surveys.instruments import Instrument
from wellheard.people.visits.models import Visit

LINK = "sample-link"
_ASKED_AT_ONCE = 900


def keep_members(wave: Wave, draw: rules.Draw, asked: Instrument, *, at: datetime) -> None:
    """Keep those drawn, each with a link and a first step, in the caller's transaction."""
    rule = eligibilities()[wave.plan.eligibility]
    sequence = sequences()[wave.sequence]
    visits = _visits(draw.chosen)
    people = people_of({v.patient_id for v in visits.values() if v.patient_id}, at)
    members: list[dict[str, Any]] = []
    invitations: list[dict[str, Any]] = []
    unnamed = wave.plan.anonymous
    told = _told_of(visits) if unnamed else {}
    for visit_id in draw.chosen:
        visit = visits[visit_id]
        person = people.get(visit.patient_id or 0)
        language = _spoken(person.language if person else visit.language, asked)
        usual = sequence.languages.get(language, sequence.steps)
        way = rules.way_of(
            rules.electronic(usual) if unnamed else usual,
            reachable=person.reachable if person else (),
            wish=person.wish if person else "",
        )
        starts_at = max(at, getattr(visit, rule.moment) + timedelta(hours=rule.first_after_hours))
        closes_at = starts_at + timedelta(days=rule.field_days)
        members.append(
            {
                "organisation_id": wave.organisation_id,
                "wave_id": wave.pk,
                "visit_id": visit_id,
                "patient_id": visit.patient_id,
                "place_id": visit.place_id,
                "person_key": visit.person_key,
                "language": language,
                "stratum": draw.stratum[visit_id],
                "probability": draw.probability[visit_id],
                "way": rules.written_way(way),
                "starts_at": starts_at,
                "closes_at": closes_at,
            }
        )
        # No link can be made from what is kept, where nobody may tell whose answers are whose.
        secret = secrets.token_hex(20) if unnamed else secret_of(wave.seed, visit_id)
        age_band, sex = told.get(visit_id, ("", ""))
        invitations.append(
            {
                "organisation_id": wave.organisation_id,
                "place_id": visit.place_id,
                "patient_id": visit.patient_id,
                "instrument": asked.code,
                "version": asked.version,
                "language": language,
                "key": digest(secret, PURPOSE),
                "anonymous": unnamed,
                "age_band": age_band,
                "sex": sex,
                "seed": int(secret[:7], 16) + 1,
                "made_at": at,
                "expires_at": closes_at,
            }
        )
    for member, key in zip(members, insert_rows(Invitation, invitations), strict=True):
        member["invitation_id"] = key
    kept = insert_rows(SampleMember, members)
    steps = [
        _first_step(member_id, member, way[0])
        for member_id, member in zip(kept, members, strict=True)
        if (way := rules.read_way(str(member["way"])))
    ]
    insert_rows(ModeStep, steps)


def _told_of(visits: Mapping[int, Any]) -> dict[int, tuple[str, ...]]:
    """What goes on with the answers of each drawn person: coarse, and only what enough of those
    drawn at the same place share."""
    by_place: dict[int, list[int]] = defaultdict(list)
    for visit_id, visit in visits.items():
        by_place[visit.place_id].append(visit_id)
    found: dict[int, tuple[str, ...]] = {}
    for ids in by_place.values():
        people = [
            (rules.coarse_age(visits[pk].age_band, limits().unnamed_ages), visits[pk].sex)
            for pk in ids
        ]
        found |= zip(ids, shared(people, ((0, 1), (0,), (1,)), limits().minimum_group), strict=True)
    return found


def _first_step(member_id: int, member: Mapping[str, Any], step: tuple[str, int]) -> dict[str, Any]:
    return {
        "organisation_id": member["organisation_id"],
        "member_id": member_id,
        "number": 1,
        "mode": step[0],
        "due_at": member["starts_at"],
    }


def secret_of(seed: str, visit_id: int) -> str:
    """The secret of a drawn person's link. It is stored nowhere: every message makes it anew, so
    that all of them carry the same single-use link."""
    return digest(f"{seed}:{visit_id}", LINK)[:40]


def _visits(ids: Sequence[int]) -> dict[int, Any]:
    found: dict[int, Any] = {}
    for start in range(0, len(ids), _ASKED_AT_ONCE):
        rows = Visit.objects.filter(pk__in=ids[start : start + _ASKED_AT_ONCE]).only(
            "patient_id",
            "place_id",
            "person_key",
            "language",
            "ended_at",
            "booked_at",
            "age_band",
            "sex",
        )
        found.update({visit.pk: visit for visit in rows})
    return found


def _spoken(language: str, asked: Instrument) -> str:
    """The published language to ask in; a patient's own wins over the visit's."""
    base = language.partition("-")[0].casefold()
    return base if base in asked.languages else asked.languages[0]
