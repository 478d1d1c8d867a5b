from __future__ import annotations

from typing import Any

import pytest

from wellheard.base.jobs.worker import Worker
from wellheard.config.demonstration.appointments import keep_appointments, predict_missed
from wellheard.config.demonstration.people import Hospital, truths
from wellheard.listen.responses.models import Response
from wellheard.people.visits.models import Visit
from wellheard.understand.ease.queries import ease_of, periods
from wellheard.understand.facts.slices import Month
from wellheard.understand.predictions.models import RiskPrediction
from wellheard.understand.predictions.queries import standing
from wellheard.understand.waits.queries import recent_period, waits_at


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


@pytest.mark.capability("G01")
def test_demonstration_tells_of_longer_waits_than_its_clocks_show(
    other_place: Any, staff: Any, actor: Any, at: Any
) -> None:
    hospital = Hospital(other_place.organisation, (other_place,), actor)
    keep_appointments(hospital, at, 1)
    Worker().drain()
    found = waits_at(hospital.organisation, recent_period(Month.containing(at.date())))
    gap = found[other_place.pk].difference
    assert gap is not None
    assert gap.low < truths()["waits-told-longer"]["minutes"] < gap.high and gap.low > 2


@pytest.mark.capability("G03")
def test_demonstration_asks_who_booked_and_online_was_easier(
    other_place: Any, staff: Any, actor: Any, at: Any, person_of: Any
) -> None:
    staff("analyst")
    reader = person_of(staff("px_specialist"))
    hospital = Hospital(other_place.organisation, (other_place,), actor)
    keep_appointments(hospital, at, 1)
    assert Response.objects.filter(instrument="booking").count() > 100
    _, recent = periods(Month.containing(at.date()).plus(1))
    shares = {each.channel: each.easy for each in ease_of(reader, recent).channels}
    telephone, online = shares["telephone"], shares["online"]
    assert telephone is not None and online is not None
    assert telephone.high < online.low
