"""The invented organisation: its sites, places, staff and how many it treated."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache
from importlib.resources import files
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np

from wellheard.base.audit.actor import Actor
from wellheard.base.audit.trail import acting
from wellheard.config.demonstration.answers import Plan
from wellheard.people.access.models import Membership
from wellheard.people.places.actions import add_organisation, add_place, add_site
from wellheard.people.places.models import Organisation, Place
from wellheard.people.staff.models import User
from wellheard.people.visits.actions import NewCount, record_visits
from wellheard.resolve.complaints.actions.rulebook import set_policy

_FOLDER = files("wellheard.config.demonstration")
_DAYS = 730


@dataclass(frozen=True, slots=True)
class Hospital:
    """The organisation and its places in the order of hospital.json."""

    organisation: Organisation
    places: tuple[Place, ...]
    by: Actor

    def place(self, name: str) -> Place:
        return next(place for place in self.places if place.name == name)


@cache
def hospital_page() -> Mapping[str, Any]:
    found: Mapping[str, Any] = json.loads((_FOLDER / "hospital.json").read_text("utf-8"))
    return found


@cache
def truths() -> Mapping[str, Mapping[str, Any]]:
    """The planted truths by id."""
    page = json.loads((_FOLDER / "truths.json").read_text("utf-8"))
    return {truth["id"]: truth for truth in page["planted"]}


def plan_ending(last_day: date) -> Plan:
    page = hospital_page()
    return Plan(
        places=[place for site in page["sites"] for place in site["places"]],
        items=page["items"],
        shares=page["shares"],
        truths=truths(),
        count=page["sizes"]["responses"],
        last_day=last_day,
        days=_DAYS,
        zone=ZoneInfo(page["organisation"]["zone"]),
    )


def found_hospital(at: datetime) -> Hospital:
    """Make organisation, sites, places and staff, as of two years before ``at``."""
    page, opened = hospital_page(), at - timedelta(days=_DAYS + 30)
    organisation = add_organisation(**page["organisation"], at=opened)
    by = Actor.system(organisation.pk, "demonstration")
    places: list[Place] = []
    with acting(by, at=opened):
        for wanted in page["sites"]:
            site = add_site(
                organisation, name=wanted["name"], code=wanted["code"], by=by, at=opened
            )
            for each in wanted["places"]:
                places.append(
                    add_place(site, name=each["name"], kind=each["kind"], by=by, at=opened)
                )
    hospital = Hospital(organisation, tuple(places), by)
    _hire(hospital, opened)
    set_policy(
        organisation=organisation,
        data=dict(page["policy"]),
        reason="The invented written policy",
        by=by,
        at=opened,
    )
    return hospital


def _hire(hospital: Hospital, at: datetime) -> None:
    """The staff. Nobody has a password: the demonstration's start page signs them in."""
    with acting(hospital.by, at=at) as trail:
        for wanted in hospital_page()["staff"]:
            user = User(
                email=wanted["email"], name=wanted["name"], organisation=hospital.organisation
            )
            user.set_unusable_password()
            user.save()
            for name in wanted["places"] or [None]:
                Membership.objects.create(
                    organisation=hospital.organisation,
                    user=user,
                    role=wanted["role"],
                    place=hospital.place(name) if name else None,
                )
            trail.write("staff.added", user, role=wanted["role"])


def count_visits(hospital: Hospital, plan: Plan, at: datetime, seed: int) -> None:
    """Monthly visits of every place, in all and by language; about four for each answer."""
    rng = np.random.default_rng(seed)
    weights = np.array([place["weight"] for place in plan.places])
    monthly = plan.count * 4 * weights / weights.sum() / 24
    counts: list[NewCount] = []
    for month in _months(plan):
        for number, place in enumerate(hospital.places):
            total = int(rng.poisson(monthly[number]))
            counts.append(NewCount(place.pk, month, total))
            for language, share in _language_shares(plan, place.name).items():
                spoken = round(total * share)
                counts.append(NewCount(place.pk, month, spoken, "language", language))
    record_visits(counts, by=hospital.by, at=at)


def _language_shares(plan: Plan, place: str) -> dict[str, float]:
    shares = dict(plan.shares["language"])
    unheard = truths()["unheard-group"]
    if place == unheard["place"]:
        gained = unheard["share_treated"] - shares[unheard["value"]]
        shares[unheard["value"]] = unheard["share_treated"]
        shares["en"] -= gained
    return shares


def _months(plan: Plan) -> list[date]:
    first = plan.last_day - timedelta(days=plan.days - 1)
    month, months = first.replace(day=1), []
    while month <= plan.last_day:
        months.append(month)
        month = (month + timedelta(days=32)).replace(day=1)
    return months
