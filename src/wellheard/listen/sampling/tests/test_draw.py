"""Drawing a wave from real rows."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, date, datetime, timedelta

import pytest

from wellheard.listen.invitations.models import Invitation
from wellheard.listen.sampling.actions import (
    NewPlan,
    PlanError,
    decide_plan,
    draw_wave,
    preview_draw,
    propose_plan,
)
from wellheard.listen.sampling.models import ModeStep, SampleMember, Wave
from wellheard.listen.sampling.queries import plan_state
from wellheard.listen.sampling.tests.conftest import FEBRUARY, NOW
from wellheard.measures.weights import design_weights
from wellheard.people.patients.actions import record_death
from wellheard.people.patients.models import Patient

pytestmark = pytest.mark.django_db


@pytest.mark.capability("B01")
def test_sample_of_two_thousand_discharges_matches_its_plan(discharges, running, colleagues, place):
    discharges(2000)
    plan = running(size=300, method="disproportional", stratum="place", least=120)
    seen = preview_draw(plan, FEBRUARY, at=NOW)
    wave = draw_wave(plan, FEBRUARY, by=colleagues[1], at=NOW)
    members = list(wave.members.all())
    assert (wave.frame, wave.eligible, wave.homes, len(members)) == (2000, 2000, 2000, 300)
    assert {m.visit_id for m in members} == set(seen.draw.chosen)
    sizes = Counter(member.place_id for member in members)
    assert sizes == {int(name): drawn for name, (_, drawn) in wave.strata.items()}
    assert min(sizes.values()) >= 120
    weights = design_weights([member.probability for member in members])
    assert sum(weights.weights) == pytest.approx(2000)
    assert Invitation.objects.count() == ModeStep.objects.count() == 300
    assert {m.visit.ended_at.month for m in wave.members.select_related("visit")} == {2}


@pytest.mark.capability("B01")
def test_nobody_is_drawn_twice_in_ninety_days_by_any_plan(discharges, running, colleagues):
    discharges(200)
    draw_wave(running(size=150), FEBRUARY, by=colleagues[1], at=NOW)
    other = running(name="Other", size=200, eligibility="house-everybody")
    second = draw_wave(other, FEBRUARY, by=colleagues[1], at=NOW)
    assert second.left_out["asked_lately"] == 150 and second.members.count() == 50
    people = SampleMember.objects.values_list("person_key", flat=True)
    assert len(people) == len(set(people)) == 200


def test_new_stay_of_somebody_asked_lately_is_left_out_until_ninety_days_are_over(
    discharges, running, colleagues
):
    discharges(10)
    draw_wave(running(size=10), FEBRUARY, by=colleagues[1], at=NOW)
    for days, eligible in ((31, 0), (120, 10)):
        at = NOW + timedelta(days=days)
        ended = at - timedelta(days=10)
        discharges(10, at=at, ended_at=ended)  # the same people are told again: known ids
        rows = [f"W{days}-{n}" for n in range(10)]
        for number, name in enumerate(rows):
            discharges(1, at=at, start=number, external_id=name, ended_at=ended, consent=False)
        found = preview_draw(running(name=str(days)), ended.date(), at=at)
        assert len(found.frame.candidates) == eligible


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"age": 17}, "minor"),
        ({"age": None, "age_band": ""}, "age_unknown"),
        ({"discharge_to": "died"}, "died"),
        ({"discharge_to": "hospice"}, "discharged_to"),
        ({"discharge_to": "facility"}, "discharged_to"),
        ({"exclusion": "no_publicity"}, "excluded"),
        ({"exclusion": "custody"}, "excluded"),
        ({"service_line": ""}, "other_line"),
        ({"nights": 0}, "no_night"),
        ({"kind": "ambulatory"}, "other_kind"),
        ({"language": "zh"}, "no_language"),
        ({"language": "es-MX"}, ""),
        ({"language": ""}, ""),
        ({"ended_at": datetime(2026, 2, 2, 18, tzinfo=UTC), "at_": 20}, "too_late"),
    ],
)
def test_each_is_left_out_for_the_reason_that_holds(discharges, running, fields, reason):
    later = fields.pop("at_", 0)
    discharges(1, **fields)
    found = preview_draw(running(), FEBRUARY, at=NOW + timedelta(days=later))
    assert found.frame.left_out == ({reason: 1} if reason else {})
    assert len(found.frame.candidates) == (0 if reason else 1)


def test_end_in_the_future_of_a_feed_with_a_wrong_clock_is_not_drawn(discharges, running):
    discharges(1, ended_at=NOW + timedelta(hours=3))
    found = preview_draw(running(), NOW.date(), at=NOW)
    assert found.frame.left_out == {"not_over": 1}


def test_person_known_to_have_died_since_is_left_out(discharges, running, actor):
    (visit,) = discharges(1)
    record_death(patient=visit.patient, died_on=date(2026, 3, 1), by=actor, at=NOW)
    assert preview_draw(running(), FEBRUARY, at=NOW).frame.left_out == {"died": 1}


def test_visit_without_any_contact_is_asked_on_paper_at_once(discharges, running, colleagues):
    discharges(1, contact=False)
    wave = draw_wave(running(), FEBRUARY, by=colleagues[1], at=NOW)
    member = wave.members.get()
    assert member.way == "paper:0"
    assert ModeStep.objects.get().mode == "paper" and member.steps.get().due_at >= NOW


def test_language_of_the_patient_wins_over_that_of_the_visit(discharges, running, colleagues):
    (visit,) = discharges(1, language="es")
    Patient.objects.filter(pk=visit.patient_id).update(language="ar")
    member = draw_wave(running(), FEBRUARY, by=colleagues[1], at=NOW).members.get()
    assert member.language == "ar" and member.way.startswith("sms:0")


def test_first_contact_comes_no_sooner_than_forty_eight_hours(discharges, running, colleagues):
    discharges(1, ended_at=datetime(2026, 3, 1, 5, tzinfo=UTC))  # 28 February in Chicago
    at = datetime(2026, 3, 1, 12, tzinfo=UTC)
    member = draw_wave(running(), FEBRUARY, by=colleagues[1], at=at).members.get()
    assert member.starts_at == datetime(2026, 3, 3, 5, tzinfo=UTC)
    assert member.closes_at - member.starts_at == timedelta(days=49)


def test_plan_needs_a_second_person_and_a_draw_a_running_plan(discharges, colleagues):
    discharges(1)
    new = NewPlan(
        name="P", instrument="pulse", eligibility="hcahps-like", sequence="web-text", size=5
    )
    plan = propose_plan(new, by=colleagues[0], at=NOW)
    with pytest.raises(PlanError, match="own"):
        decide_plan(plan, "approved", by=colleagues[0], at=NOW)
    with pytest.raises(PlanError, match="state"):
        draw_wave(plan, FEBRUARY, by=colleagues[0], at=NOW)
    decide_plan(plan, "approved", by=colleagues[1], at=NOW)
    assert plan_state(plan) == "running"
    with pytest.raises(PlanError, match="not_over"):
        draw_wave(plan, NOW.date(), by=colleagues[0], at=NOW)
    draw_wave(plan, FEBRUARY, by=colleagues[0], at=NOW)
    with pytest.raises(PlanError, match="drawn"):
        draw_wave(plan, FEBRUARY, by=colleagues[0], at=NOW)
    decide_plan(plan, "stopped", by=colleagues[0], at=NOW)
    assert SampleMember.objects.get().ended_as == "stopped"
    with pytest.raises(PlanError, match="state"):
        decide_plan(plan, "resumed", by=colleagues[0], at=NOW)


@pytest.mark.parametrize(
    "wrong",
    [
        {"instrument": "none"},
        {"size": 0},
        {"size": 10_000_000},
        {"sequence": "pigeon"},
        {"method": "proportional"},
    ],
)
def test_plan_that_names_what_does_not_exist_is_refused(colleagues, wrong):
    new = {
        "name": "P",
        "instrument": "pulse",
        "eligibility": "hcahps-like",
        "sequence": "web-text",
        "size": 5,
    }
    with pytest.raises(PlanError, match="unknown"):
        propose_plan(NewPlan(**(new | wrong)), by=colleagues[0], at=NOW)


def test_draw_that_would_ask_nobody_keeps_nothing(running, colleagues, place):
    with pytest.raises(PlanError, match="nobody"):
        draw_wave(running(), FEBRUARY, by=colleagues[1], at=NOW)
    assert not Wave.objects.exists()
