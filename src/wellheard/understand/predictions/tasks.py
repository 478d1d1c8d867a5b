"""What runs by itself: predictions for those who wait, what happened, the monthly look."""

from __future__ import annotations

from datetime import datetime

from wellheard.base.audit.actor import Actor
from wellheard.people.places.models import Organisation
from wellheard.understand.predictions.actions import check_drift, join_outcomes, predict_waiting
from wellheard.understand.predictions.rules import KINDS


def keep_up(now: datetime) -> None:
    """Every organisation: predict, join what happened, and once a month look for drift."""
    for organisation in Organisation.objects.order_by("pk"):
        by = Actor.system(organisation.pk, "predictions")
        for kind in KINDS:
            join_outcomes(kind, by=by, at=now)
            check_drift(kind, by=by, at=now)
            predict_waiting(kind, by=by, at=now)
