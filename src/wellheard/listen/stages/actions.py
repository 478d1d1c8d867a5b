"""Putting a touchpoint or a survey at another stage."""

from __future__ import annotations

from datetime import datetime

from wellheard.base.audit.actor import Actor
from wellheard.base.audit.trail import acting
from wellheard.listen.stages.models import StagePlacing
from wellheard.listen.stages.vocabulary import stage_model
from wellheard.people.places.models import Touchpoint


def place_at_stage(
    stage: str,
    *,
    touchpoint: Touchpoint | None = None,
    instrument: str = "",
    by: Actor,
    at: datetime,
) -> StagePlacing:
    """From now on it listens there. Raises ValueError for no such stage."""
    if stage not in stage_model().stages:
        raise ValueError(stage)
    with acting(by, at=at) as trail:
        placing = StagePlacing.objects.create(
            organisation_id=by.organisation_id,
            touchpoint=touchpoint,
            instrument=instrument,
            stage=stage,
            by=f"{by.kind}:{by.ref}"[:80],
            at=at,
        )
        trail.write("stage.placed", placing, stage=stage)
    return placing
