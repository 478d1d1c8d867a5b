"""The ease of booking is asked of those who booked that week, and of nobody else."""

from __future__ import annotations

import uuid
from datetime import UTC, date, datetime, timedelta

import pytest

from wellheard.channels.outbox.models import Message
from wellheard.channels.outbox.wording import lint
from wellheard.listen.sampling.actions import NewPlan, PlanError, draw_wave, propose_plan
from wellheard.listen.sampling.asking import ask_due
from wellheard.listen.sampling.forms import PlanForm
from wellheard.listen.sampling.tests.conftest import NOW
from wellheard.listen.sampling.vocabulary import eligibilities, fits, wording
from wellheard.people.patients.bulk import Newcomer
from wellheard.people.visits.actions import NewVisit, receive_visits
from wellheard.people.visits.models import Visit

# Wednesday 4 March is NOW: the week before is Monday 23 February to Sunday 1 March.
WEEK = date(2026, 2, 23)
TUESDAY = datetime(2026, 2, 24, 15, tzinfo=UTC)
BOOKING = {"instrument": "booking", "eligibility": "house-booking", "period": "week"}


@pytest.fixture
def booked(organisation, other_place, actor):
    """``booked("A", at, status=...)``: an appointment in May that was booked then."""

    def make(name, at, **fields):
        person = Newcomer(key=f"{name:>064}", name=name, email=f"{name}@example.org", language="en")
        row = {
            "place_id": other_place.pk, "kind": "ambulatory", "status": "planned", "person": person,
            "external_id": name, "booked_at": at, "scheduled_at": datetime(2026, 5, 5, tzinfo=UTC),
            "age": 40, "age_band": "35-49", "language": "en",
        }  # fmt: skip
        receive_visits(
            [NewVisit(**(row | fields))], organisation=organisation, batch=uuid.uuid4(),
            by=actor, at=NOW,
        )  # fmt: skip
        return Visit.objects.get(external_id=name)

    return make


@pytest.mark.capability("G03")
@pytest.mark.django_db
def test_only_people_who_booked_that_week_are_asked_how_easy_it_was(
    booked, discharges, running, colleagues, organisation
):
    monday = datetime(2026, 2, 23, 6, tzinfo=UTC)  # midnight in Chicago
    first = booked("first", monday)
    last = booked("last", datetime(2026, 3, 2, 5, 59, tzinfo=UTC))
    came = booked("came", TUESDAY, status="finished", ended_at=TUESDAY + timedelta(hours=3))
    booked("before", monday - timedelta(minutes=1))
    booked("after", datetime(2026, 3, 2, 6, tzinfo=UTC))
    booked("walked-in", TUESDAY, scheduled_at=None, status="finished", ended_at=TUESDAY)
    booked("called-off", TUESDAY, status="cancelled")
    booked("child", TUESDAY, age=9)
    discharges(5, ended_at=TUESDAY)
    wave = draw_wave(running(size=50, **BOOKING), WEEK, by=colleagues[1], at=NOW)
    drawn = set(wave.members.values_list("visit_id", flat=True))
    assert drawn == {first.pk, last.pk, came.pk}
    assert wave.left_out == {"called_off": 1, "minor": 1}
    assert ask_due(organisation, at=NOW) == 3
    message = Message.objects.filter(about_kind="sample_step").first()
    assert message is not None and "you made an appointment with us" in message.body


@pytest.mark.capability("G03")
@pytest.mark.django_db
@pytest.mark.parametrize(
    "odd", [{"eligibility": "house-outpatient"}, {"instrument": "pulse"}, {"period": "month"}]
)
def test_plan_that_would_ask_others_or_too_late_is_refused(odd, colleagues, organisation):
    new = {"name": "Ease", "sequence": "web-text", "size": 50} | BOOKING | odd
    with pytest.raises(PlanError, match="unfit"):
        propose_plan(NewPlan(**new), by=colleagues[0], at=NOW)
    data = new | {"method": "simple"}
    form = PlanForm(data, organisation_id=organisation.pk, language="en")
    assert not form.is_valid() and set(form.errors) <= {"eligibility", "period"}


@pytest.mark.django_db
def test_who_booked_but_was_asked_within_ninety_days_is_left_alone(booked, running, colleagues):
    booked("one", TUESDAY - timedelta(days=7))
    plan = running(size=50, **BOOKING)
    draw_wave(plan, WEEK - timedelta(days=7), by=colleagues[1], at=NOW - timedelta(days=7))
    booked("again", TUESDAY, person=Newcomer(key=f"{'one':>064}", email="one@example.org"))
    with pytest.raises(PlanError, match="nobody"):
        draw_wave(plan, WEEK, by=colleagues[1], at=NOW)


def test_every_other_rule_stays_open_to_every_other_survey():
    rules = eligibilities()
    assert fits("pulse", rules["hcahps-like"]) and fits("booking", rules["house-booking"])
    assert not fits("booking", rules["house-everybody"])
    assert lint(wording(reminder=False, after="booking")) == ()
