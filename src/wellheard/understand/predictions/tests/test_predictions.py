from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from wellheard.base.audit.models import AuditRow
from wellheard.measures.errors import TooFewPoints
from wellheard.people.visits.models import Visit
from wellheard.understand.predictions.actions import (
    NoReasonError,
    NotReadyError,
    check_drift,
    join_outcomes,
    name_owner,
    note_fate,
    predict_waiting,
    switch_model,
    train_model,
)
from wellheard.understand.predictions.models import DriftCheck, RiskModel, RiskPrediction
from wellheard.understand.predictions.queries import (
    history_of,
    model_in_force,
    predictions_for,
    standing,
)
from wellheard.understand.predictions.rules import SwitchedOffError, UseRefusedError
from wellheard.understand.predictions.tasks import keep_up
from wellheard.understand.predictions.tests.factory import appointments, coming

REVIEW = date(2027, 1, 1)
_TRAINED: dict[str, Any] = {}


@pytest.fixture
def on(place: Any, staff: Any, actor: Any, at: Any) -> Any:
    """A trained no-show model, owned and switched on."""
    if not _TRAINED:
        appointments(place, until=at, count=1500)
        made = train_model("no_show", by=actor, at=at)
        _TRAINED.update({name: getattr(made, name) for name in ("weights", "card", "drift")})
        model = made
    else:
        # training once is enough for all tests of what comes after it
        model = RiskModel.objects.create(
            organisation_id=place.organisation_id, kind="no_show", version=1, trained_at=at,
            trained_by="system:test", **_TRAINED,
        )  # fmt: skip
    name_owner("no_show", owner=staff("analyst"), review_by=REVIEW, by=actor, at=at)
    switch_model("no_show", on=True, reason="Clinic asked for call lists", by=actor, at=at)
    return model


@pytest.mark.capability("F05")
def test_no_show_model_finds_the_planted_habit_and_is_calibrated(on: Any, place: Any) -> None:
    found = model_in_force(place.organisation_id, "no_show")
    assert found is not None
    quality = found.card.quality
    assert quality.auc.low > 0.55 and quality.slope.low < 1 < quality.slope.high
    assert quality.intercept.low < 0.25 and quality.intercept.high > -0.25
    weights = found.model.weights["days booked ahead"]
    assert weights["below 1"] < weights["31-60"]
    assert any("booked a day" in name for name in found.card.beside)


@pytest.mark.capability("F05")
def test_card_shows_error_by_groups_that_are_no_features(on: Any, place: Any) -> None:
    card = model_in_force(place.organisation_id, "no_show").card  # type: ignore[union-attr]
    assert {"ethnicity", "language", "payer", "sex", "age band"} <= set(card.groups)
    assert not {"ethnicity", "language", "payer", "sex"} & set(card.features)
    rows = card.groups["ethnicity"]
    assert all(row.observed.low < row.observed.high for row in rows if row.observed)
    assert "race or ethnicity" in card.excluded and card.not_for


@pytest.mark.capability("F05")
def test_too_little_history_makes_no_model_and_says_how_much_is_missing(
    place: Any, actor: Any, at: Any
) -> None:
    appointments(place, until=at, count=120)
    with pytest.raises(TooFewPoints, match="120 with a known end"):
        train_model("no_show", by=actor, at=at)
    with pytest.raises(TooFewPoints):
        train_model("grievance", by=actor, at=at)
    assert not RiskModel.objects.exists()


def test_history_leaves_out_what_is_planned_cancelled_or_later(
    place: Any, actor: Any, at: Any
) -> None:
    rows = appointments(place, until=at, count=60)
    coming(place, at=at)
    Visit.objects.filter(pk=rows[0].pk).update(status="cancelled")
    Visit.objects.filter(pk=rows[1].pk).update(booked_at=None)
    assert len(history_of(place.organisation_id, "no_show", until=at).outcome) == 58


@pytest.mark.capability("F05")
def test_prediction_is_made_once_and_only_while_it_is_on(
    on: Any, place: Any, actor: Any, at: Any
) -> None:
    coming(place, at=at)
    assert predict_waiting("no_show", by=actor, at=at) == 6
    assert predict_waiting("no_show", by=actor, at=at) == 0
    switch_model("no_show", on=False, reason="Under review", by=actor, at=at)
    Visit.objects.filter(external_id="next-0").update(external_id="moved")
    RiskPrediction.objects.filter(visit__external_id="moved").delete()
    assert predict_waiting("no_show", by=actor, at=at) == 0
    assert RiskPrediction.objects.count() == 5


@pytest.mark.capability("F05")
def test_off_switch_stops_reading_at_once(
    on: Any, place: Any, staff: Any, person_of: Any, actor: Any, at: Any
) -> None:
    coming(place, at=at)
    predict_waiting("no_show", by=actor, at=at)
    person = person_of(staff("px_specialist"))
    shown = predictions_for(person, "no_show", use="reminder_call", now=at)
    assert [each.probability for each in shown] == sorted(
        (each.probability for each in shown), reverse=True
    )
    with pytest.raises(UseRefusedError):
        predictions_for(person, "no_show", use="double_book", now=at)
    switch_model("no_show", on=False, reason="Under review", by=actor, at=at)
    with pytest.raises(SwitchedOffError):
        predictions_for(person, "no_show", use="reminder_call", now=at)


def test_switch_needs_a_reason_a_model_and_an_owner(
    place: Any, staff: Any, actor: Any, at: Any
) -> None:
    with pytest.raises(NoReasonError):
        switch_model("readmission", on=True, reason=" ", by=actor, at=at)
    with pytest.raises(NotReadyError):
        switch_model("readmission", on=True, reason="Try it", by=actor, at=at)
    with pytest.raises(NotReadyError):
        switch_model("no_show", on=True, reason="Try it", by=actor, at=at)
    name_owner("readmission", owner=staff("analyst"), review_by=REVIEW, by=actor, at=at)
    switch_model("readmission", on=True, reason="Try it", by=actor, at=at)
    assert standing(place.organisation_id, "readmission").is_on
    actions = set(AuditRow.objects.values_list("action", flat=True))
    assert {"risk_model.owner_named", "risk_model.switched"} <= actions


def test_predictions_stay_within_the_places_of_whoever_asks(
    on: Any, place: Any, other_place: Any, staff: Any, person_of: Any, actor: Any, at: Any
) -> None:
    coming(place, at=at)
    predict_waiting("no_show", by=actor, at=at)
    elsewhere = person_of(staff("nurse_manager", places=[other_place]))
    here = person_of(staff("nurse_manager", places=[place]))
    assert predictions_for(elsewhere, "no_show", use="reminder_call", now=at) == []
    assert len(predictions_for(here, "no_show", use="reminder_call", now=at)) == 6
    assert not RiskPrediction.objects.visible_to(person_of(staff("auditor"))).exists()


@pytest.mark.capability("F05")
def test_what_happened_is_joined_and_a_moved_base_rate_raises_the_alarm(
    on: Any, place: Any, actor: Any, at: Any
) -> None:
    coming(place, at=at, count=150)
    predict_waiting("no_show", by=actor, at=at)
    Visit.objects.filter(status="planned").update(status="no_show")
    assert join_outcomes("no_show", by=actor, at=at) == 150
    assert join_outcomes("no_show", by=actor, at=at) == 0
    later = at + timedelta(days=40)
    check = check_drift("no_show", by=actor, at=later)
    assert check is not None and check.verdict == DriftCheck.Verdict.ALARM
    assert check.outcomes == check.events == 150 and check.z > 3
    assert check_drift("no_show", by=actor, at=later) is None
    row = AuditRow.objects.get(action="risk_model.checked")
    assert row.details == {"verdict": "alarm", "scored": 150}


@pytest.mark.capability("F05")
def test_small_month_is_judged_with_those_before_it_but_half_a_year_at_most(
    on: Any, place: Any, actor: Any, at: Any
) -> None:
    coming(place, at=at, count=120)
    predict_waiting("no_show", by=actor, at=at)
    Visit.objects.filter(status="planned").update(status="no_show")
    assert join_outcomes("no_show", by=actor, at=at) == 120
    made = list(RiskPrediction.objects.order_by("pk").values_list("pk", flat=True))
    # 40 in each of three months, and one between them in which nobody was booked.
    for months, part in ((3, made[:40]), (1, made[40:80]), (0, made[80:])):
        RiskPrediction.objects.filter(pk__in=part).update(made_at=_month_ago(at, months))
    check = check_drift("no_show", by=actor, at=_month_ago(at, -1))
    assert check is not None and check.verdict == DriftCheck.Verdict.ALARM
    assert (check.outcomes, check.scored) == (120, 120)
    assert check.first_month == _month_ago(at, 3).date().replace(day=1)
    assert check.month == _month_ago(at, 0).date().replace(day=1)
    # What lies longer ago than half a year is not called lately.
    check.delete()
    RiskPrediction.objects.filter(pk__in=made[:40]).update(made_at=_month_ago(at, 6))
    again = check_drift("no_show", by=actor, at=_month_ago(at, -1))
    assert again is not None and (again.outcomes, again.verdict) == (80, "too_few")
    # A month of its own that is large enough is looked at alone.
    again.delete()
    RiskPrediction.objects.filter(pk__in=made[20:]).update(made_at=_month_ago(at, 0))
    alone = check_drift("no_show", by=actor, at=_month_ago(at, -1))
    assert alone is not None and alone.outcomes == 100 and alone.first_month == alone.month


def _month_ago(at: Any, months: int) -> Any:
    year, month = divmod(at.year * 12 + at.month - 1 - months, 12)
    return at.replace(year=year, month=month + 1, day=15)


def test_month_without_predictions_is_not_checked(on: Any, actor: Any, at: Any) -> None:
    assert check_drift("no_show", by=actor, at=at + timedelta(days=40)) is None


def test_new_version_is_kept_beside_the_old(on: Any, place: Any, actor: Any, at: Any) -> None:
    appointments(place, until=at, count=700)
    second = train_model("no_show", by=actor, at=at)
    assert (on.version, second.version) == (1, 2)
    assert RiskModel.objects.count() == 2
    assert standing(place.organisation_id, "no_show").in_force.row == second  # type: ignore[union-attr]


@pytest.mark.capability("F05")
def test_grievance_model_learns_from_what_became_of_concerns(
    place: Any, staff: Any, person_of: Any, actor: Any, at: Any
) -> None:
    concerns = planted_concerns(place, actor, at, 700)
    model = train_model("grievance", by=actor, at=at + timedelta(days=1))
    weights = model.weights["weights"]
    assert weights["tone"]["5"] > weights["tone"]["3"]
    assert model.card["quality"]["auc"]["low"] > 0.55
    name_owner("grievance", owner=staff("analyst"), review_by=REVIEW, by=actor, at=at)
    switch_model("grievance", on=True, reason="Answer sooner", by=actor, at=at)
    still_open = concerns[700:]
    assert predict_waiting("grievance", by=actor, at=at) == len(still_open)
    shown = predictions_for(
        person_of(staff("px_specialist")), "grievance", use="answer_sooner", now=at
    )
    assert len(shown) == len(still_open)
    note_fate(comment_id=still_open[0].comment_id, became_grievance=True, by=actor, at=at)
    assert join_outcomes("grievance", by=actor, at=at) == 1


def planted_concerns(place: Any, actor: Any, at: Any, count: int) -> list[Any]:
    """Concerns whose tone decides how likely they became a grievance; five more are open."""
    import random

    from wellheard.listen.intake.models import Comment
    from wellheard.understand.concerns.models import Concern
    from wellheard.understand.predictions.models import ConcernFate
    from wellheard.understand.themes.models import CommentReading

    random_ = random.Random(4)
    ours = {"organisation_id": place.organisation_id}
    comments = Comment.objects.bulk_create(
        Comment(
            **ours, place=place, source="card", reference=f"C-{number:06d}",
            received_at=at - timedelta(hours=2 * (count + 5 - number)), recorded_at=at,
            triage_due_at=at, text="words", language=random_.choice(("en", "es")),
        )
        for number in range(count + 5)
    )  # fmt: skip
    tones = [random_.choice((3, 4, 5)) for _ in comments]
    CommentReading.objects.bulk_create(
        CommentReading(**ours, comment=each, engine="x", sentiment=tone, read_at=at)
        for each, tone in zip(comments, tones, strict=True)
    )
    concerns = Concern.objects.bulk_create(
        Concern(**ours, comment=each, tier="normal", rules="x", found_at=each.received_at)
        for each in comments
    )
    ConcernFate.objects.bulk_create(
        ConcernFate(
            **ours, comment=each, known_at=at,
            became_grievance=random_.random() < {3: 0.1, 4: 0.3, 5: 0.6}[tone],
        )
        for each, tone in zip(comments[:count], tones, strict=False)
    )  # fmt: skip
    return concerns


@pytest.mark.capability("F05")
def test_keeping_up_predicts_joins_and_checks_by_itself(
    on: Any, place: Any, actor: Any, at: Any
) -> None:
    coming(place, at=at, count=120)
    keep_up(at)
    assert RiskPrediction.objects.waiting().count() == 120
    Visit.objects.filter(status="planned").update(status="finished")
    keep_up(at + timedelta(days=40))
    assert not RiskPrediction.objects.waiting().exists()
    assert DriftCheck.objects.get().outcomes == 120
