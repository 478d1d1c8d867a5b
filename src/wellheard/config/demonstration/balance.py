"""Days with medicine, with a planted effect of reminders, monthly costs, and a published set."""

from __future__ import annotations

import random
import uuid
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from wellheard.config.demonstration.people import Hospital, hospital_page
from wellheard.people.visits.models import Visit
from wellheard.prove.balance.actions import NewCost, publish_set, receive_costs
from wellheard.prove.balance.queries import cost_titles
from wellheard.prove.balance.rules import balance_policy, default_set
from wellheard.understand.adherence.actions import NewAdherence, receive_adherence

_SPAN, _EFFECT, _OLDER_TAKE, _BY_EFFECT = 90, 6.0, 11.0, 30.0
_OBSERVED, _PAIRED = 900, 260
_MONTHS, _COST = 24, 9_400


def bring_medicines(hospital: Hospital, now: datetime, seed: int) -> int:
    """A programme that was observed, in which the old are reminded more, and one before and after.
    How many lines."""
    random_ = random.Random(seed + 6)
    stays = Visit.objects.filter(organisation=hospital.organisation, kind="inpatient")
    people = list(
        stays.exclude(person_key="").order_by("pk").values(
            "person_key", "age_band", "sex", "payer", "place_id"
        )[: _OBSERVED + _PAIRED]
    )  # fmt: skip
    effects = _effects(hospital)
    first = (now - timedelta(days=200)).date()
    rows = []
    for number, person in enumerate(people):
        old = person["age_band"] in ("65-74", "75+")
        usual = 66 + _OLDER_TAKE * old + _BY_EFFECT * effects[person["place_id"]]
        level = usual + random_.gauss(0, 11)
        if number < _OBSERVED:
            reminded = random_.random() < (0.7 if old else 0.3)
            rows.append(_line(person, first, level + _EFFECT * reminded, reminded=reminded))
            continue
        for later, reminded in ((0, False), (1, True)):
            covered = level + _EFFECT * reminded + random_.gauss(0, 6)
            start = first + timedelta(days=later * (_SPAN + 5))
            rows.append(
                _line(person, start, covered, reminded=reminded, programme="Calls after discharge",
                      design="before_after")
            )  # fmt: skip
    batch = uuid.uuid5(uuid.NAMESPACE_OID, "wellheard-demonstration-medicines")
    return receive_adherence(
        rows, organisation=hospital.organisation, batch=batch, by=hospital.by, at=now
    )


def _effects(hospital: Hospital) -> dict[int, float]:
    page = {
        each["name"]: each["effect"] for site in hospital_page()["sites"] for each in site["places"]
    }
    return {place.pk: page[place.name] for place in hospital.places}


def _line(
    person: Mapping[str, Any],
    start: date,
    percent: float,
    *,
    reminded: bool,
    programme: str = "Text messages",
    design: str = "observational",
) -> NewAdherence:
    return NewAdherence(
        person_key=person["person_key"],
        starts_on=start,
        days=_SPAN,
        days_covered=round(_SPAN * min(max(percent, 5), 100) / 100),
        reminded=reminded,
        programme=programme,
        design=design,
        medicine="blood pressure",
        place_id=person["place_id"],
        age_band=person["age_band"],
        sex=person["sex"],
        payer=person["payer"],
    )


def bring_costs_and_publish(hospital: Hospital, now: datetime, seed: int) -> None:
    """Two years of one figure, and a set with something of every family."""
    random_ = random.Random(seed + 7)
    month = now.date().replace(day=1)
    rows = []
    for _turn in range(_MONTHS):
        month = (month - timedelta(days=1)).replace(day=1)
        amount = Decimal(round(_COST * (1 + random_.gauss(0, 0.02)), 2)).quantize(Decimal("0.01"))
        n = random_.randint(640, 760)
        rows.append(NewCost(month, "Cost of a stay", amount, "USD", n, "Invented ledger"))
    batch = uuid.uuid5(uuid.NAMESPACE_OID, "wellheard-demonstration-costs")
    receive_costs(rows, organisation=hospital.organisation, batch=batch, by=hospital.by, at=now)
    policy = balance_policy()
    offered = policy.offered(cost_titles(hospital.organisation.pk))
    publish_set(default_set(offered, policy), why="To begin with", by=hospital.by, at=now)
