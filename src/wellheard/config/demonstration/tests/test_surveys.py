"""The demonstration's own survey goes the way the guide tells, and is in force afterwards."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from wellheard.config.demonstration import people, surveys
from wellheard.listen.surveys.instruments import instrument

pytestmark = pytest.mark.django_db


@pytest.mark.capability("L05")
def test_survey_made_with_the_builder_is_in_force() -> None:
    now = datetime(2026, 11, 24, 9, tzinfo=UTC)
    hospital = people.found_hospital(now)
    surveys.build(hospital, now)
    asked = instrument("finding_us", organisation_id=hospital.organisation.pk)
    assert [item.code for item in asked.items] == ["way", "found", "helped", "comment"]
    assert asked.reviewed.keys() == {"en"} and asked.owner == "Head of facilities"
