"""Training, naming an owner, switching, predicting, joining what happened, watching drift."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Max

from wellheard.base.audit.actor import Actor
from wellheard.base.audit.trail import acting
from wellheard.measures.risk.examples import Example
from wellheard.people.places.models import Organisation
from wellheard.people.staff.models import User
from wellheard.people.visits.models import Visit
from wellheard.understand.concerns.models import Concern
from wellheard.understand.predictions.history import appointments, tellings
from wellheard.understand.predictions.models import (
    ConcernFate,
    DriftCheck,
    RiskModel,
    RiskOwner,
    RiskPrediction,
    RiskSwitch,
)
from wellheard.understand.predictions.queries import (
    InForce,
    NoModelError,
    history_of,
    open_concerns,
    settled,
    standing,
)
from wellheard.understand.predictions.rules import (
    UseRefusedError,
    grievance_example,
    no_show_examples,
    use_policy,
)
from wellheard.understand.predictions.stays import came_back, went_home

_ENDS = {
    Visit.Status.FINISHED: False,
    Visit.Status.ARRIVED: False,
    Visit.Status.NO_SHOW: True,
}
_PORTION = 500
_MOST_MONTHS = 6
_GRAVITY = {"too_few": 0, "steady": 1, "watch": 2, "alarm": 3}


class NoReasonError(ValueError):
    """A switch needs a reason in words."""


class NotReadyError(ValueError):
    """A model without a version or an owner cannot be switched on."""


def train_model(kind: str, *, by: Actor, at: datetime) -> RiskModel:
    """Learn from everything known before ``at``; a new version, which the switch does not follow:
    it is used when the kind is on. Raises TooFewPoints, NoModelError.
    """
    from wellheard.understand.predictions.learning import learn

    with acting(by, at=at) as trail:
        history = history_of(by.organisation_id, kind, until=at)
        rows = RiskModel.objects.filter(organisation_id=by.organisation_id, kind=kind)
        version = (rows.aggregate(newest=Max("version"))["newest"] or 0) + 1
        owner = standing(by.organisation_id, kind).owner
        learned = learn(
            history,
            version=f"{kind}-{version}",
            owner=str(owner.owner) if owner else "",
            review_by=owner.review_by.isoformat() if owner else "",
        )
        model = RiskModel.objects.create(
            organisation_id=by.organisation_id,
            kind=kind,
            version=version,
            weights=learned.model.as_page(),
            card=learned.card.as_page(),
            drift=dict(learned.drift),
            trained_at=at,
            trained_by=f"{by.kind}:{by.ref}",
        )
        trail.write("risk_model.trained", model, kind=kind, n=len(history.outcome))
    return model


def name_owner(kind: str, *, owner: User, review_by: date, by: Actor, at: datetime) -> RiskOwner:
    """Say who answers for a model, and by when they look at it again."""
    if owner.organisation_id != by.organisation_id:
        raise User.DoesNotExist(owner.pk)
    with acting(by, at=at) as trail:
        row = RiskOwner.objects.create(
            organisation_id=by.organisation_id,
            kind=kind,
            owner=owner,
            review_by=review_by,
            named_by=f"{by.kind}:{by.ref}",
            named_at=at,
        )
        trail.write("risk_model.owner_named", row, kind=kind, owner=owner.pk)
    return row


def switch_model(kind: str, *, on: bool, reason: str, by: Actor, at: datetime) -> RiskSwitch:
    """Switch a kind on or off. Raises NoReasonError, and NotReadyError without model or owner."""
    if not reason.strip():
        raise NoReasonError("a reason is needed")
    with acting(by, at=at) as trail:
        found = standing(by.organisation_id, kind)
        if on and (found.in_force is None or found.owner is None):
            raise NotReadyError("needs a model and an owner first")
        row = RiskSwitch.objects.create(
            organisation_id=by.organisation_id,
            kind=kind,
            is_on=on,
            reason=reason.strip()[:500],
            by=f"{by.kind}:{by.ref}",
            by_name=by.name,
            at=at,
        )
        trail.write("risk_model.switched", row, kind=kind, on=on)
        trail.publish("understand.prediction_switched", switch_id=row.pk, kind=kind)
    return row


def note_refused(kind: str, use: str, *, by: Actor, at: datetime) -> None:
    """Keep that a prediction was asked for a use that is not declared."""
    with acting(by, at=at) as trail:
        trail.write("risk_model.use_refused", ("understand.riskmodel", kind), use=use[:40])


def predict_waiting(kind: str, *, by: Actor, at: datetime) -> int:
    """Predict every coming appointment, discharge or open concern without a prediction. How many.

    Nothing is predicted while the kind is switched off.
    """
    found = standing(by.organisation_id, kind)
    row = found.in_force.row if found.in_force else None
    if not found.is_on or found.in_force is None or row is None:
        return 0
    wanted = _WAITING[kind](by.organisation_id, at=at)
    column = "concern_id" if kind == "grievance" else "visit_id"
    known = set(RiskPrediction.objects.filter(model=row).values_list(column, flat=True))
    fresh = [(pk, example) for pk, example in wanted if pk not in known]
    if not fresh:
        return 0
    with acting(by, at=at) as trail:
        rows = [_prediction(found.in_force, row, column, pk, example, at) for pk, example in fresh]
        RiskPrediction.objects.bulk_create(rows, batch_size=_PORTION, ignore_conflicts=True)
        trail.write("risk_model.predicted", row, count=len(rows))
    return len(fresh)


def _prediction(
    found: InForce, row: RiskModel, column: str, pk: int, example: Example, at: datetime
) -> RiskPrediction:
    told = found.model.predict(example)
    return RiskPrediction(
        organisation_id=row.organisation_id,
        model=row,
        probability=told.probability,
        reasons=[[each.feature, each.level, round(each.effect, 3)] for each in told.reasons],
        made_at=at,
        **{column: pk},
    )


def _coming(organisation_id: int, *, at: datetime) -> list[tuple[int, Example]]:
    horizon = at + timedelta(days=use_policy()["horizon_days"])
    seen = appointments(organisation_id, until=horizon)
    zone = Organisation.objects.get(pk=organisation_id).zone
    pairs = zip(seen, no_show_examples(seen, zone), strict=True)
    return [
        (each.pk, example)
        for each, example in pairs
        if each.missed is None and each.scheduled_at >= at
    ]


def _open(organisation_id: int, *, at: datetime) -> list[tuple[int, Example]]:
    rows = Concern.objects.filter(pk__in=open_concerns(organisation_id), found_at__lte=at)
    return [(each.pk, grievance_example(each)) for each in tellings(rows, known={}, now=None)]


_WAITING: Mapping[str, Callable[..., list[tuple[int, Example]]]] = {
    "no_show": _coming,
    "readmission": went_home,
    "grievance": _open,
}


def note_fate(*, comment_id: int, became_grievance: bool, by: Actor, at: datetime) -> None:
    """Keep what became of a concern; a later telling of the same holds."""
    with acting(by, at=at) as trail:
        fate, _ = ConcernFate.objects.update_or_create(
            comment_id=comment_id,
            defaults={
                "organisation_id": by.organisation_id,
                "became_grievance": became_grievance,
                "known_at": at,
            },
        )
        trail.write("concern.fate_known", fate, comment=comment_id, grievance=became_grievance)


def join_outcomes(kind: str, *, by: Actor, at: datetime) -> int:
    """Write what happened beside the predictions that wait for it. How many."""
    waiting = RiskPrediction.objects.filter(
        organisation_id=by.organisation_id, model__kind=kind
    ).waiting()
    ended = _ends_of(kind, waiting, by.organisation_id, at)
    if not ended:
        return 0
    with acting(by, at=at) as trail:
        for outcome in (True, False):
            ids = [pk for pk, happened in ended.items() if happened is outcome]
            for start in range(0, len(ids), _PORTION):
                RiskPrediction.objects.filter(pk__in=ids[start : start + _PORTION]).update(
                    outcome=outcome, outcome_at=at
                )
        trail.write("risk_model.outcomes_joined", ("understand.riskmodel", kind), count=len(ended))
    return len(ended)


def _ends_of(kind: str, waiting: Any, organisation_id: int, at: datetime) -> dict[int, bool]:
    if kind == "no_show":
        return _ended_visits(waiting)
    if kind == "grievance":
        return _known_fates(waiting)
    visits = Visit.objects.filter(pk__in=waiting.values("visit_id"))
    known = came_back(organisation_id, visits, at=at)
    pairs = waiting.values_list("pk", "visit_id")
    return {pk: known[visit] for pk, visit in pairs if visit in known}


def _ended_visits(waiting: Any) -> dict[int, bool]:
    rows = waiting.filter(visit__status__in=list(_ENDS)).values_list("pk", "visit__status")
    return {pk: _ENDS[status] for pk, status in rows}


def _known_fates(waiting: Any) -> dict[int, bool]:
    comments = dict(waiting.values_list("pk", "concern__comment_id"))
    fates = dict(
        ConcernFate.objects.filter(comment_id__in=set(comments.values())).values_list(
            "comment_id", "became_grievance"
        )
    )
    return {pk: fates[comment] for pk, comment in comments.items() if comment in fates}


def check_drift(kind: str, *, by: Actor, at: datetime) -> DriftCheck | None:
    """Look at the month before ``at``: once a month, None when there is nothing to look at.

    For readmission the newest month of which all 30 days are over. A month of too few outcomes is
    looked at together with those before it, as many as are needed, at most half a year: else a
    small house would read "too few" for ever.
    """
    found = standing(by.organisation_id, kind)
    row = found.in_force.row if found.in_force else None
    zone = Organisation.objects.get(pk=by.organisation_id).zone
    here = settled(kind, at).astimezone(ZoneInfo(zone))
    stop = here.replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    start = (stop - timedelta(days=1)).replace(day=1)
    if row is None or DriftCheck.objects.filter(model=row, month=start.date()).exists():
        return None
    first, pairs = _enough(row, start, stop)
    if not pairs:
        return None
    with acting(by, at=at) as trail:
        check = DriftCheck.objects.create(
            organisation_id=by.organisation_id,
            model=row,
            month=start.date(),
            first_month=first.date(),
            checked_at=at,
            **_looked_at(row, pairs),
        )
        trail.write("risk_model.checked", check, verdict=check.verdict, scored=check.scored)
        if check.verdict == DriftCheck.Verdict.ALARM:
            trail.publish("understand.prediction_drifted", check_id=check.pk, kind=kind)
    return check


def _enough(
    row: RiskModel, start: datetime, stop: datetime
) -> tuple[datetime, list[tuple[float, bool | None]]]:
    """The predictions of a month, with those of the months before it that are needed to judge.

    Nothing is looked at when the month itself has none: then the model is not used any more.
    """
    from wellheard.measures.risk.drift import FEWEST

    first = earlier = start
    pairs = _made(row, start, stop)
    for _month in range(_MOST_MONTHS - 1 if pairs else 0):
        if sum(outcome is not None for _, outcome in pairs) >= FEWEST:
            break
        end, earlier = earlier, (earlier - timedelta(days=1)).replace(day=1)
        more = _made(row, earlier, end)
        first, pairs = (earlier if more else first), pairs + more
    return first, pairs


def _made(row: RiskModel, start: datetime, stop: datetime) -> list[tuple[float, bool | None]]:
    made = RiskPrediction.objects.filter(model=row, made_at__gte=start, made_at__lt=stop)
    return list(made.values_list("probability", "outcome"))


def _looked_at(row: RiskModel, pairs: list[tuple[float, bool | None]]) -> dict[str, Any]:
    from wellheard.measures.risk.drift import counts_within, outcome_drift, score_drift

    now = counts_within([p for p, _ in pairs], row.drift["edges"])
    shift = score_drift(row.drift["counts"], now)
    told = [(p, float(outcome)) for p, outcome in pairs if outcome is not None]
    found = outcome_drift([p for p, _ in told], [y for _, y in told]) if told else None
    verdicts = [shift.verdict, found.verdict if found else "too_few"]
    return {
        "scored": len(pairs),
        "psi": shift.psi,
        "outcomes": found.n if found else 0,
        "events": found.events if found else 0,
        "expected": found.expected if found else None,
        "z": found.z if found else None,
        "verdict": max(verdicts, key=lambda each: _GRAVITY[each]),
    }


__all__ = [
    "NoModelError", "NoReasonError", "NotReadyError", "UseRefusedError", "check_drift",
    "join_outcomes", "name_owner", "note_fate", "note_refused", "predict_waiting",
    "switch_model", "train_model",
]  # fmt: skip
