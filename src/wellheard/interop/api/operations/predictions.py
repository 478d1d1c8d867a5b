"""Predictions for a declared use; any other use is refused, and that is kept."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from django.utils import timezone
from ninja import Router, Schema
from ninja.errors import HttpError
from pydantic import Field

from wellheard.base.audit.trail import record_read
from wellheard.interop.api.doors import ApiRequest, need
from wellheard.interop.api.operations.places import place_for
from wellheard.interop.api.problems import Problem
from wellheard.interop.api.refusals import REFUSALS
from wellheard.interop.api.shapes import Code, Given, Line, PlaceCode
from wellheard.people.access.person import Person
from wellheard.understand.predictions.actions import note_refused
from wellheard.understand.predictions.models import RiskPrediction
from wellheard.understand.predictions.queries import (
    InForce,
    discharge_estimator,
    predictions_for,
)
from wellheard.understand.predictions.rules import SwitchedOffError, UseRefusedError

router = Router(tags=["predictions"])


class Reason(Schema):
    """What moved a prediction: above 0 it raised it."""

    feature: str
    level: str
    effect: float


class PredictionOut(Schema):
    """One prediction. ``about``: the visit's or the concern's reference."""

    about: str
    place: str | None
    probability: float
    reasons: list[Reason]
    model: str
    use: str


class DischargeIn(Given):
    """One discharge: names of columns as in docs/guide/predictions.md with their values."""

    use: Code
    row: Annotated[
        dict[Annotated[str, Field(max_length=40)], Line], Field(min_length=1, max_length=100)
    ]


@router.get(
    "/predictions/{kind}",
    response={200: list[PredictionOut], REFUSALS: Problem},
    operation_id="list_predictions",
)
def list_predictions(
    request: ApiRequest,
    kind: Literal["no_show", "readmission", "grievance"],
    use: Code,
    place: PlaceCode | None = None,
) -> Any:
    """Whom to help, highest first. ``use`` says what for; an undeclared use answers 403."""
    person = need(request, "prediction.use")
    found = place_for(person, place, "prediction.use")
    now = timezone.now()
    try:
        rows = predictions_for(person, kind, use=use, now=now, place_id=found.pk if found else None)
    except (UseRefusedError, SwitchedOffError) as error:
        raise _refusal(person, kind, use, error) from None
    record_read(person.actor, ("understand.riskprediction", kind), at=now, count=len(rows), use=use)
    return [_shown(each, use) for each in rows]


@router.post(
    "/estimates/readmission",
    response={200: PredictionOut, REFUSALS: Problem},
    operation_id="predict_readmission",
)
def predict_readmission(request: ApiRequest, given: DischargeIn) -> Any:
    """An estimate for one discharge. Nothing that was sent is kept."""
    person = need(request, "prediction.use")
    now = timezone.now()
    try:
        found = discharge_estimator(person.organisation_id, use=given.use)
    except (UseRefusedError, SwitchedOffError) as error:
        raise _refusal(person, "readmission", given.use, error) from None
    answer = _estimate(found, given)
    record_read(person.actor, ("understand.riskmodel", "readmission"), at=now, use=given.use)
    return answer


def _estimate(found: InForce, given: DischargeIn) -> dict[str, Any]:
    from wellheard.measures.risk.readmission.features import example_of
    from wellheard.measures.risk.readmission.reading import (
        cannot_return,
        columns,
        fault_of,
        needed_columns,
    )

    missing = [name for name in needed_columns(outcome=False) if name not in given.row]
    if missing:
        raise HttpError(422, f"missing: {', '.join(missing)}")
    wrong = fault_of(given.row, outcome=False)
    if wrong is not None:
        raise HttpError(422, f"{wrong[0]} {wrong[1]}")
    if cannot_return(given.row):
        raise HttpError(422, f"no prediction: {columns()['cannot_return']['why']}")
    told = found.model.predict(example_of(given.row))
    return {
        "about": given.row[columns()["key"]],
        "place": None,
        "probability": round(told.probability, 5),
        "reasons": [
            {"feature": each.feature, "level": each.level, "effect": round(each.effect, 3)}
            for each in told.reasons
        ],
        "model": found.model.version,
        "use": given.use,
    }


def _refusal(person: Person, kind: str, use: str, error: Exception) -> HttpError:
    if isinstance(error, UseRefusedError):
        note_refused(kind, use, by=person.actor, at=timezone.now())
        return HttpError(403, str(error))
    return HttpError(409, str(error))


def _shown(each: RiskPrediction, use: str) -> dict[str, Any]:
    visit, concern = each.visit, each.concern
    comment = concern.comment if concern else None
    place = visit.place if visit else comment.place if comment else None
    about = visit.external_id if visit else comment.reference if comment else ""
    return {
        "about": about,
        "place": place.code if place else None,
        "probability": round(each.probability, 5),
        "reasons": [
            {"feature": feature, "level": level, "effect": effect}
            for feature, level, effect in each.reasons
        ],
        "model": f"{each.model.kind}-{each.model.version}",
        "use": use,
    }
