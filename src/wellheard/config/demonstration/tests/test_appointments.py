from __future__ import annotations

from typing import Any

import pytest

from wellheard.config.demonstration.appointments import keep_appointments, predict_missed
from wellheard.config.demonstration.people import Hospital
from wellheard.people.visits.models import Visit
from wellheard.understand.predictions.models import RiskPrediction
from wellheard.understand.predictions.queries import standing


@pytest.mark.capability("F05")
def test_demonstration_predicts_the_planted_habit_of_missing(
    other_place: Any, staff: Any, actor: Any, at: Any
) -> None:
    staff("px_specialist")
    hospital = Hospital(other_place.organisation, (other_place,), actor)
    assert keep_appointments(hospital, at, 1) == 2070
    coming = Visit.objects.filter(status="planned").count()
    assert predict_missed(hospital, at) == coming == RiskPrediction.objects.count()
    found = standing(other_place.organisation_id, "no_show")
    assert found.is_on and found.in_force is not None
    quality = found.in_force.card.quality
    assert quality.auc.low > 0.6 and quality.slope.low < 1 < quality.slope.high
