"""The models in force, their switches and owners, and predictions for a declared use."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from wellheard.measures.risk.card import Card, card_of
from wellheard.people.access.person import Person
from wellheard.people.places.models import Organisation
from wellheard.understand.concerns.models import Concern
from wellheard.understand.predictions.history import grievance_history, no_show_history
from wellheard.understand.predictions.models import (
    ConcernFate,
    DriftCheck,
    RiskModel,
    RiskOwner,
    RiskPrediction,
    RiskSwitch,
)
from wellheard.understand.predictions.rules import (
    KINDS,
    WINDOW,
    History,
    SwitchedOffError,
    require_use,
    shortfall,
)
from wellheard.understand.predictions.stays import GONE, readmission_history

if TYPE_CHECKING:
    from wellheard.measures.risk.additive import AdditiveModel


class NoModelError(LookupError):
    """There is no model of this kind yet."""


@dataclass(frozen=True, slots=True)
class InForce:
    """A model as it stands. ``row`` is None for one that comes with the product."""

    kind: str
    model: AdditiveModel
    card: Card
    row: RiskModel | None


@dataclass(frozen=True, slots=True)
class Standing:
    """Where one kind of model stands: what there is, whose it is, on or off, the newest check."""

    kind: str
    in_force: InForce | None
    owner: RiskOwner | None
    switch: RiskSwitch | None
    check: DriftCheck | None

    @property
    def is_on(self) -> bool:
        """Whether it may predict: there is a model, an owner, and somebody switched it on."""
        return bool(self.in_force and self.owner and self.switch and self.switch.is_on)


def model_in_force(organisation_id: int, kind: str) -> InForce | None:
    """The newest version of a kind; without one of their own, readmission as it comes."""
    from wellheard.measures.risk.additive import model_of

    rows = RiskModel.objects.filter(organisation_id=organisation_id, kind=kind)
    row = rows.order_by("-version").first()
    if row is not None:
        return InForce(kind, model_of(row.weights), card_of(row.card), row)
    if kind != "readmission":
        return None
    return shipped_readmission()


def shipped_readmission() -> InForce:
    """The model of whole discharge records that comes with the product."""
    from wellheard.measures.risk.readmission.model import load

    return InForce("readmission", *load(), None)


def standing(organisation_id: int, kind: str) -> Standing:
    """Where one kind of model stands."""
    own = {"organisation_id": organisation_id, "kind": kind}
    found = model_in_force(organisation_id, kind)
    checks = DriftCheck.objects.filter(model=found.row) if found and found.row else None
    return Standing(
        kind=kind,
        in_force=found,
        owner=RiskOwner.objects.filter(**own).select_related("owner").order_by("-pk").first(),
        switch=RiskSwitch.objects.filter(**own).order_by("-pk").first(),
        check=checks.order_by("-month").first() if checks is not None else None,
    )


def standings(organisation_id: int) -> list[Standing]:
    """All kinds in their order."""
    return [standing(organisation_id, kind) for kind in KINDS]


def model_for(organisation_id: int, kind: str, *, use: str) -> InForce:
    """The model for a declared use. Raises UseRefusedError, SwitchedOffError."""
    require_use(kind, use)
    found = standing(organisation_id, kind)
    if not found.is_on or found.in_force is None:
        raise SwitchedOffError("This prediction is switched off")
    return found.in_force


def discharge_estimator(organisation_id: int, *, use: str) -> InForce:
    """The model that reads a discharge record, whatever was learned from visits; same switch.

    Raises UseRefusedError, SwitchedOffError.
    """
    model_for(organisation_id, "readmission", use=use)
    return shipped_readmission()


def predictions_for(
    person: Person, kind: str, *, use: str, now: datetime, place_id: int | None = None
) -> list[RiskPrediction]:
    """What is predicted for visits or open concerns the person answers for, highest first.

    Raises UseRefusedError, SwitchedOffError.
    """
    found = model_for(person.organisation_id, kind, use=use)
    rows = RiskPrediction.objects.visible_to(person).filter(model=found.row).waiting()
    rows = rows.select_related("model", "visit__place", "concern__comment__place")
    if kind == "no_show":
        rows = rows.filter(visit__scheduled_at__gte=now, visit__status="planned")
    elif kind == "readmission":
        rows = rows.filter(visit__ended_at__gt=now - WINDOW).exclude(visit__discharge_to__in=GONE)
        rows = rows.exclude(visit__patient__deceased_on__isnull=False)
    if place_id is not None:
        where = "concern__comment__place_id" if kind == "grievance" else "visit__place_id"
        rows = rows.filter(**{where: place_id})
    return list(rows.order_by("-probability", "pk")[:500])


def history_of(organisation_id: int, kind: str, *, until: datetime) -> History:
    """What a kind would learn from. Raises NoModelError for one that is not known."""
    if kind == "no_show":
        return no_show_history(organisation_id, until=until)
    if kind == "grievance":
        return grievance_history(organisation_id, until=until)
    if kind == "readmission":
        return readmission_history(organisation_id, until=until)
    raise NoModelError(kind)


def why_no_model(organisation_id: int, kind: str, *, until: datetime) -> str:
    """Why a kind cannot be trained yet; empty when it can."""
    return shortfall(history_of(organisation_id, kind, until=until))


def open_concerns(organisation_id: int) -> list[int]:
    """Concerns whose fate is not known yet."""
    known = ConcernFate.objects.filter(organisation_id=organisation_id).values("comment_id")
    rows = Concern.objects.filter(organisation_id=organisation_id).exclude(comment_id__in=known)
    return list(rows.values_list("pk", flat=True))


def happened(organisation_id: int, kind: str) -> Sequence[RiskSwitch]:
    """Every time a model was switched, newest first."""
    rows = RiskSwitch.objects.filter(organisation_id=organisation_id, kind=kind)
    return list(rows.order_by("-pk")[:50])


def versions(organisation_id: int, kind: str) -> list[RiskModel]:
    """Every trained version, newest first."""
    rows = RiskModel.objects.filter(organisation_id=organisation_id, kind=kind)
    return list(rows.order_by("-version")[:20])


def checks_of(found: InForce | None) -> list[DriftCheck]:
    """The monthly checks of a model, newest first."""
    if found is None or found.row is None:
        return []
    return list(DriftCheck.objects.filter(model=found.row).order_by("-month")[:24])


def settled(kind: str, now: datetime) -> datetime:
    """Predictions made before this have their end: coming back is told at once, not coming back
    only after 30 days, so that an unfinished month would look worse than it is.
    """
    return now - WINDOW - timedelta(days=1) if kind == "readmission" else now


def said_and_happened(
    organisation_id: int, found: InForce | None, *, now: datetime
) -> dict[date, list[tuple[float, bool]]]:
    """Predictions of the model in force with a known end, by the month they were made in."""
    if found is None or found.row is None:
        return {}
    zone = ZoneInfo(Organisation.objects.get(pk=organisation_id).zone)
    rows = RiskPrediction.objects.filter(
        model=found.row, outcome__isnull=False, made_at__lt=settled(found.kind, now)
    )
    months: dict[date, list[tuple[float, bool]]] = {}
    for made_at, p, outcome in rows.order_by("-made_at").values_list(
        "made_at", "probability", "outcome"
    ):
        month = made_at.astimezone(zone).date().replace(day=1)
        months.setdefault(month, []).append((p, bool(outcome)))
    return dict(list(months.items())[:24])
