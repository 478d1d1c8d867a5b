"""Stays that are predicted, followed for 30 days and watched."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.urls import reverse

from wellheard.people.visits.models import Visit
from wellheard.understand.predictions.actions import (
    join_outcomes,
    name_owner,
    predict_waiting,
    switch_model,
    train_model,
)
from wellheard.understand.predictions.models import DriftCheck, RiskModel, RiskPrediction
from wellheard.understand.predictions.queries import (
    discharge_estimator,
    history_of,
    predictions_for,
)
from wellheard.understand.predictions.tasks import keep_up
from wellheard.understand.predictions.tests.factory import stay, stays

_TRAINED: dict[str, Any] = {}


@pytest.fixture
def on(place: Any, staff: Any, actor: Any, at: Any) -> RiskModel:
    """A readmission model of our own stays, owned and switched on."""
    if not _TRAINED:
        stays(place, until=at, count=900)
        made = train_model("readmission", by=actor, at=at)
        _TRAINED.update({name: getattr(made, name) for name in ("weights", "card", "drift")})
        Visit.objects.all().delete()
    else:
        # training once is enough for all tests of what comes after it
        made = RiskModel.objects.create(
            organisation_id=place.organisation_id, kind="readmission", version=1, trained_at=at,
            trained_by="system:test", **_TRAINED,
        )  # fmt: skip
    name_owner("readmission", owner=staff("analyst"), review_by=date(2027, 1, 1), by=actor, at=at)
    switch_model("readmission", on=True, reason="Calls after the stay", by=actor, at=at)
    return made


@pytest.mark.capability("F05")
def test_stay_is_predicted_once_with_the_version_that_did_it(
    on: RiskModel, place: Any, actor: Any, at: Any
) -> None:
    Visit.objects.bulk_create(
        [
            stay(place, "young", at - timedelta(days=1)),
            stay(place, "old", at - timedelta(days=1), age=80),
            stay(place, "died", at - timedelta(days=1), discharge_to="died"),
            stay(place, "hospice", at - timedelta(days=1), discharge_to="hospice"),
            stay(place, "", at - timedelta(days=1)),
            stay(place, "long ago", at - timedelta(days=20)),
            stay(place, "still here", at - timedelta(days=1), status="arrived"),
        ]
    )
    assert predict_waiting("readmission", by=actor, at=at) == 2
    assert predict_waiting("readmission", by=actor, at=at) == 0
    told = {each.visit.person_key: each for each in RiskPrediction.objects.all() if each.visit}
    assert set(told) == {"young", "old"} and told["old"].model == on
    assert told["old"].probability > told["young"].probability


@pytest.mark.capability("F05")
def test_off_switch_stops_it_and_the_shipped_model_stores_nothing(
    on: RiskModel, place: Any, actor: Any, at: Any
) -> None:
    stay(place, "young", at - timedelta(days=1)).save()
    estimator = discharge_estimator(place.organisation_id, use="help_after_discharge")
    assert estimator.row is None and estimator.model.version == "readmission-2026.1"
    switch_model("readmission", on=False, reason="Under review", by=actor, at=at)
    assert predict_waiting("readmission", by=actor, at=at) == 0
    RiskModel.objects.all().delete()
    switch_model("readmission", on=True, reason="Estimates only", by=actor, at=at)
    assert predict_waiting("readmission", by=actor, at=at) == 0


@pytest.mark.capability("F05")
def test_end_is_noted_on_return_or_when_30_days_are_over(
    on: RiskModel, place: Any, actor: Any, at: Any
) -> None:
    ended = at - timedelta(days=1)
    for who in ("back", "late", "never", "emergency", "died since"):
        stay(place, who, ended).save()
    predict_waiting("readmission", by=actor, at=at)
    soon, later = ended + timedelta(days=20), ended + timedelta(days=45)
    stay(place, "back", soon, arrived_at=ended + timedelta(days=10)).save()
    stay(place, "late", later, arrived_at=ended + timedelta(days=31)).save()
    stay(place, "emergency", soon, kind="emergency").save()
    Visit.objects.filter(person_key="died since").update(discharge_to="died")
    assert join_outcomes("readmission", by=actor, at=ended + timedelta(days=9)) == 0
    assert join_outcomes("readmission", by=actor, at=soon) == 1
    assert join_outcomes("readmission", by=actor, at=ended + timedelta(days=29)) == 0
    assert join_outcomes("readmission", by=actor, at=later) == 3
    rows = RiskPrediction.objects.values_list("visit__person_key", "outcome")
    assert dict(rows) == {
        "back": True, "late": False, "never": False, "emergency": False, "died since": None,
    }  # fmt: skip


@pytest.mark.capability("F05")
def test_history_leaves_out_what_is_not_over_and_who_could_not_return(place: Any, at: Any) -> None:
    Visit.objects.bulk_create(
        [
            stay(place, "a", at - timedelta(days=60)),
            stay(place, "a", at - timedelta(days=45)),
            stay(place, "b", at - timedelta(days=29)),
            stay(place, "c", at - timedelta(days=60), discharge_to="died"),
        ]
    )
    found = history_of(place.organisation_id, "readmission", until=at)
    assert found.outcome == [True, False]
    assert [each["stays in the year before"] for each in found.examples] == ["0", "1"]


@pytest.mark.capability("F05")
def test_keeping_up_watches_a_month_when_its_30_days_are_over(
    on: RiskModel, place: Any, at: Any
) -> None:
    ended = at - timedelta(days=1)
    Visit.objects.bulk_create(stay(place, f"p{number}", ended) for number in range(120))
    keep_up(at)
    assert RiskPrediction.objects.waiting().count() == 120
    back = [stay(place, f"p{n}", ended + timedelta(days=9)) for n in range(60)]
    Visit.objects.bulk_create(back)
    first = (at.replace(day=1) + timedelta(days=32)).replace(day=1)
    keep_up(first)
    # those who came back are known, those who did not are not: no verdict on half a month
    assert not DriftCheck.objects.exists()
    keep_up(first + timedelta(days=40))
    check = DriftCheck.objects.get()
    assert (check.outcomes, check.events, check.verdict) == (120, 60, DriftCheck.Verdict.ALARM)


@pytest.mark.capability("F05")
def test_page_shows_each_month_with_n_and_interval(
    on: RiskModel, place: Any, staff: Any, signed_in: Any, at: Any
) -> None:
    visits = Visit.objects.bulk_create(
        stay(place, f"p{number}", at - timedelta(days=90)) for number in range(125)
    )
    RiskPrediction.objects.bulk_create(
        RiskPrediction(
            organisation_id=place.organisation_id, model=on, visit=visit, probability=0.05,
            made_at=at - timedelta(days=200 if number < 120 else 140),
            outcome=number % 2 == 0, outcome_at=at,
        )
        for number, visit in enumerate(visits)
    )  # fmt: skip
    address = reverse("predictions:model", args=["readmission"])
    shown = signed_in(staff("executive")).get(address).content.decode()
    assert "50.0 % (41.2 % – 58.8 %)" in shown and "predicts too little" in shown
    assert "fewer than 11" in shown and "Whoever died or went to a hospice" in shown


@pytest.mark.capability("F05")
def test_only_those_who_may_still_be_helped_are_listed(
    on: RiskModel, place: Any, staff: Any, person_of: Any, actor: Any, at: Any
) -> None:
    for who in ("home", "died since"):
        stay(place, who, at - timedelta(days=1)).save()
    predict_waiting("readmission", by=actor, at=at)
    Visit.objects.filter(person_key="died since").update(discharge_to="died")
    person = person_of(staff("px_specialist"))
    found = predictions_for(person, "readmission", use="help_after_discharge", now=at)
    assert [each.visit.person_key for each in found if each.visit] == ["home"]
    late = at + timedelta(days=40)
    assert predictions_for(person, "readmission", use="help_after_discharge", now=late) == []
