"""A hospital with discharges, a plan that runs, and a folder as post box."""

from __future__ import annotations

import random
import uuid
from datetime import UTC, date, datetime, timedelta

import pytest

from wellheard.base.audit.actor import Actor
from wellheard.listen.sampling.actions import NewPlan, decide_plan, propose_plan
from wellheard.people.consent.actions import give_consent
from wellheard.people.patients.bulk import Newcomer
from wellheard.people.patients.models import Patient
from wellheard.people.visits.actions import NewVisit, receive_visits
from wellheard.people.visits.models import Visit

FEBRUARY = date(2026, 2, 1)
# Wednesday 4 March: February is over, and nowhere in the country is it a quiet hour.
NOW = datetime(2026, 3, 4, 20, 30, tzinfo=UTC)


@pytest.fixture
def discharges(organisation, place, other_place, actor):
    """``discharges(2000)`` inpatients who left in February; fields may be given."""

    def make(count=1, *, at=NOW, contact=True, consent=True, start=0, **fields):
        chance = random.Random(count + start)
        rows = []
        for number in range(start, start + count):
            ended = datetime(2026, 2, 1 + number % 28, 18, tzinfo=UTC)
            ended = fields.get("ended_at", ended)
            person = Newcomer(
                key=f"{number:064d}",
                name=f"Ann {number}",
                email=f"p{number}@example.org" if contact else "",
                phone=f"+1312556{number:04d}" if contact else "",
                language=fields.get("language", "en"),
            )
            rows.append(
                NewVisit(
                    **{
                        "place_id": (place if number % 4 else other_place).pk,
                        "kind": "inpatient",
                        "status": "finished",
                        "person": person,
                        "external_id": f"V{number}",
                        "household": f"{number:064d}",
                        "arrived_at": ended - timedelta(days=3),
                        "ended_at": ended,
                        "nights": 3,
                        "age": chance.randrange(18, 90),
                        "age_band": "35-49",
                        "service_line": "medical",
                        "discharge_to": "home",
                        "language": "en",
                    }
                    | fields
                )
            )
        receive_visits(rows, organisation=organisation, batch=uuid.uuid4(), by=actor, at=at)
        ids = {row.external_id for row in rows}
        visits = list(Visit.objects.filter(external_id__in=ids).order_by("pk"))
        if consent and count <= 50:
            for patient in Patient.objects.filter(visits__in=visits):
                agree(patient, actor, at)
        return visits

    return make


def agree(patient, by, at):
    for channel in ("email", "sms"):
        give_consent(
            patient=patient,
            channel=channel,
            purpose="survey",
            wording="test",
            source="test",
            by=by,
            at=at - timedelta(days=400),
        )


@pytest.fixture
def colleagues(staff):
    """Two who plan and start: actors."""
    users = [staff("px_specialist"), staff("px_specialist")]
    return [Actor("staff", str(user.pk), user.organisation_id, user.name) for user in users]


@pytest.fixture
def running(organisation, colleagues):
    """``running(size=300)`` is a plan that a second person started."""

    def make(**fields):
        new = {
            "name": "Inpatients",
            "instrument": "pulse",
            "eligibility": "hcahps-like",
            "sequence": "web-text-paper-phone",
            "size": 100,
        } | fields
        plan = propose_plan(NewPlan(**new), by=colleagues[0], at=NOW)
        decide_plan(plan, "approved", by=colleagues[1], at=NOW)
        return plan

    return make


@pytest.fixture
def post_box(settings, tmp_path):
    settings.HOME = tmp_path
    settings.CHANNEL_TRANSPORTS = {"sms": "folder", "email": "folder"}
    return tmp_path / "sent"
